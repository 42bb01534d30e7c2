//! Three teams without a network, and two people at once.

use proptest::prelude::*;
use rajut_core::act::Actor;
use rajut_core::flow::{ApplyFailure, Command, Records};
use rajut_core::id::{PersonId, RunId, TeamId, VisitId};
use rajut_core::register::DeviceCondition;
use rajut_core::run::{BatchRule, Standing};
use rajut_core::visit::{Action, Outcome, Subject, Verdict};

use crate::world::{World, at, minutes};

/// What a team does on its own, in its order.
type Trip = Vec<(PersonId, Command)>;

const SITES: usize = 9;

/// Three teams that visit three sites each; the first two both go to site 0 as well.
fn trips() -> (World, RunId, [Trip; 3]) {
    let mut world = World::new(SITES);
    for site in [1, 4, 7] {
        world.complained(site, at("2026-07-03 09:00"));
    }
    let run = world.disposed(0..SITES);
    let teams = [[0, 1], [2, 3], [4, 5]].map(|members| world.team("Tim", &members, BatchRule::Day));
    let plan = (0..SITES)
        .map(|site| world.planned(run, site, teams[site / 3].id, "2026-07-07"))
        .collect();
    let ids = teams.each_ref().map(|team| team.id);
    let form = Command::FormTeams {
        run,
        teams: teams.to_vec(),
        plan,
        reason: String::new(),
    };
    world.must(world.cast.kasi, at("2026-07-06 08:35"), &form);
    let trips = [0, 1, 2].map(|team| trip(&mut world, run, ids[team], team));
    (world, run, trips)
}

fn trip(world: &mut World, run: RunId, team: TeamId, number: usize) -> Trip {
    let leader = world.run(run).teams[&team].leader;
    let mut trip = Trip::new();
    let mut sites: Vec<usize> = (number * 3..number * 3 + 3).collect();
    if number == 1 {
        sites.push(0);
    }
    for (place, site) in sites.into_iter().enumerate() {
        let began = minutes(at("2026-07-07 08:00"), 90 * i64::try_from(place).unwrap());
        let visit: VisitId = world.fresh();
        trip.push((
            leader,
            Command::CheckIn(world.check_in(visit, run, team, site, began)),
        ));
        let subject = Subject::Device(world.devices[site]);
        let finding = world.finding(
            subject,
            DeviceCondition::Minor,
            Action::Escalate,
            minutes(began, 10),
        );
        // The site that two teams visit has its router in both lists: a register entry is edited once.
        let finding = if site == 0 {
            rajut_core::flow::FindingDraft {
                subject: Subject::Site,
                ..finding
            }
        } else {
            finding
        };
        trip.push((
            leader,
            Command::RecordFinding {
                visit,
                finding: Box::new(finding),
                new_device: None,
            },
        ));
        let complaint = world
            .target(world.target_at(run, site))
            .complaints
            .first()
            .copied();
        if let Some(complaint) = complaint {
            let (verdict, at) = (Verdict::ALL[number], minutes(began, 20));
            trip.push((
                leader,
                Command::GiveVerdict {
                    visit,
                    complaint,
                    verdict,
                    note: String::new(),
                    at,
                },
            ));
        }
        let outcome = if site == 5 {
            Outcome::Locked
        } else {
            Outcome::Complete
        };
        trip.push((
            leader,
            Command::CheckOut(World::check_out(visit, outcome, minutes(began, 40))),
        ));
    }
    trip
}

/// The order in which the acts of the three arrive: each team's own order is kept.
fn interleaved<T: Clone>(trips: &[Vec<T>; 3], picks: &[usize]) -> Vec<T> {
    let mut left = trips.each_ref().map(|trip| trip.iter());
    let mut all = Vec::new();
    for pick in picks.iter().chain([0, 1, 2].iter().cycle()) {
        if let Some(next) = left[pick % 3].next() {
            all.push(next.clone());
        } else if left.iter().all(|rest| rest.len() == 0) {
            break;
        }
    }
    all
}

/// Decided when they arrive, each on what stands then.
fn arrived(world: &World, acts: &[(PersonId, Command)]) -> Records {
    let mut world = world.clone();
    for (person, command) in acts {
        world.must(*person, at("2026-07-08 07:45"), command);
    }
    world.records
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn three_teams_that_sync_in_any_order_leave_the_same_state(
        picks in prop::collection::vec(0_usize..3, 0..60),
    ) {
        let (world, run, trips) = trips();
        let in_turn = arrived(&world, &trips.concat());
        let mixed = arrived(&world, &interleaved(&trips, &picks));
        prop_assert_eq!(&in_turn, &mixed);
        // Decided by each team's laptop on what it knew when it left, and merged later: the same, no conflict.
        let decided = trips.each_ref().map(|trip| {
            let mut alone = world.clone();
            for (person, command) in trip {
                alone.must(*person, at("2026-07-08 07:45"), command);
            }
            alone.log[world.log.len()..].to_vec()
        });
        let mut merged = world.records.clone();
        for changes in interleaved(&decided, &picks) {
            prop_assert!(merged.apply(&changes).is_ok());
        }
        prop_assert_eq!(&merged, &in_turn);
        let mut world = world;
        world.records = merged;
        for (site, standing) in (0..SITES).map(|site| (site, world.target(world.target_at(run, site)).standing())) {
            prop_assert_eq!(standing == Standing::Met, site != 5);
        }
        // Two teams met site 0: the one that left first met it.
        prop_assert_eq!(world.target(world.target_at(run, 0)).met_at(), Some(at("2026-07-07 08:40")));
    }
}

/// Two who act at once on what both saw: one wins, the other is told, and nothing of it is half done.
#[test]
fn a11_of_two_acts_of_authority_one_wins() {
    let mut world = World::new(3);
    let cast = world.cast.clone();
    let race = |world: &mut World, one: (PersonId, Command), two: (PersonId, Command), now: &str| {
        let first = world.decide(Actor::Person(one.0), at(now), &one.1).unwrap();
        let second = world.decide(Actor::Person(two.0), at(now), &two.1).unwrap();
        world.commit(first);
        let before = world.records.clone();
        let lost = world.records.apply(&second);
        assert!(
            matches!(lost, Err(ApplyFailure::Conflict { .. })),
            "{:?}: {lost:?}",
            two.1.act()
        );
        assert_eq!(before, world.records, "all or none");
    };
    let run: RunId = world.fresh();
    let draft = world.draft_order(run, world.draft(0..3));
    world.must(cast.clerk, at("2026-07-06 07:40"), &draft);
    race(
        &mut world,
        (cast.clerk, draft.clone()),
        (cast.kasi, draft),
        "2026-07-06 07:45",
    );
    let submit = Command::SubmitOrder { run };
    race(
        &mut world,
        (cast.clerk, submit.clone()),
        (cast.kasi, submit),
        "2026-07-06 07:50",
    );
    let (one, two) = (
        world.issue_order(run, cast.head, at("2026-07-06 08:00")),
        world.issue_order(run, cast.head, at("2026-07-06 08:00")),
    );
    race(&mut world, (cast.head, one), (cast.head, two), "2026-07-06 08:00");
    let dispose = world.dispose(run);
    race(
        &mut world,
        (cast.kabid, dispose.clone()),
        (cast.kabid, dispose),
        "2026-07-06 08:05",
    );
    let team = world.team("Tim 1", &[0, 1], BatchRule::Day);
    let id = team.id;
    let form = Command::FormTeams {
        run,
        teams: vec![team],
        plan: Vec::new(),
        reason: String::new(),
    };
    race(
        &mut world,
        (cast.kasi, form.clone()),
        (cast.kasi, form),
        "2026-07-06 08:10",
    );
    let excuse = Command::ExcuseTarget {
        target: world.target_at(run, 0),
        reason: "tutup".to_owned(),
    };
    let plan = Command::PlanTargets {
        run,
        plan: vec![world.planned(run, 0, id, "2026-07-09")],
        reason: String::new(),
    };
    race(
        &mut world,
        (cast.kasi, excuse),
        (cast.kasi, plan),
        "2026-07-06 08:15",
    );
    world.visited(run, id, 1, at("2026-07-07 08:00"), Outcome::Complete);
    let (report, submit) = world.submit_report(run, id, "2026-07-07", "2026-07-07");
    race(
        &mut world,
        (cast.technicians[0], submit.clone()),
        (cast.technicians[1], submit),
        "2026-07-07 10:00",
    );
    let accept = Command::AcceptReport {
        report,
        note: String::new(),
    };
    let send_back = Command::ReturnReport {
        report,
        note: "kurang".to_owned(),
    };
    race(
        &mut world,
        (cast.kasi, accept),
        (cast.kasi, send_back),
        "2026-07-07 11:00",
    );
    let complaint = world.complained(2, at("2026-07-07 09:00"));
    let own = world.complaint(complaint).run;
    let note = Command::CompleteStep {
        place: rajut_core::flow::Place::Run(own),
        step: "pencatatan".parse().unwrap(),
        exit: None,
        values: World::values(&[]),
        personal: Vec::new(),
    };
    race(
        &mut world,
        (cast.officer, note.clone()),
        (cast.officer, note),
        "2026-07-07 12:00",
    );
    let cancel = Command::CancelRun {
        run,
        reason: "batal".to_owned(),
    };
    race(
        &mut world,
        (cast.kasi, cancel),
        (cast.head, cancel_too(run)),
        "2026-07-08 12:00",
    );
}

/// Another act on the same run.
fn cancel_too(run: RunId) -> Command {
    Command::CancelRun {
        run,
        reason: "batal juga".to_owned(),
    }
}
