//! A procedure without an order, driven end to end: a money check that loops, an approval that returns, two
//! acting jointly, the office's confirmation with a timer, a report of the whole run.

use rajut_core::act::{Actor, Refusal, Rule};
use rajut_core::flow::{Command, Place};
use rajut_core::id::{RunId, TeamId};
use rajut_core::lateness::clocks;
use rajut_core::people::AssignmentKind;
use rajut_core::run::{BatchRule, RunEnd, Standing};
use rajut_core::visit::Outcome;

use crate::world::{SEED, THIRD, World, at, day};

fn open(world: &World, run: RunId, sites: std::ops::Range<usize>) -> Command {
    Command::OpenRun {
        run,
        procedure: world.procedure(THIRD),
        title: "Penggantian perangkat".to_owned(),
        scope: world.sites[sites].to_vec(),
        due_on: day("2026-07-31"),
        previous: None,
    }
}

fn step(place: Place, step: &str, exit: Option<&str>, values: &[(&str, &str)]) -> Command {
    Command::CompleteStep {
        place,
        step: step.parse().unwrap(),
        exit: exit.map(|exit| exit.parse().unwrap()),
        values: World::values(values),
        personal: Vec::new(),
    }
}

/// Opened, proposed, paid for, approved, and a team formed for two sites.
fn teamed(world: &mut World) -> (RunId, TeamId) {
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let place = Place::Run(run);
    let begin = open(world, run, 0..2);
    world.must(cast.kasi, at("2026-07-06 08:00"), &begin);
    world.must(
        cast.kasi,
        at("2026-07-06 08:20"),
        &step(place, "usul", None, &[("biaya", "5000000")]),
    );
    world.must(
        cast.treasurer,
        at("2026-07-06 09:00"),
        &step(place, "anggaran", Some("cukup"), &[]),
    );
    world.must(
        cast.head,
        at("2026-07-06 10:00"),
        &step(place, "persetujuan", Some("setuju"), &[]),
    );
    let team = world.team("Tim 1", &[0, 1], BatchRule::Day);
    let plan = (0..2)
        .map(|site| rajut_core::flow::PlannedTarget {
            due_on: day("2026-07-31"),
            ..world.planned(run, site, team.id, "2026-07-07")
        })
        .collect();
    let id = team.id;
    let form = Command::FormTeams {
        run,
        teams: vec![team],
        plan,
        reason: String::new(),
    };
    world.must(cast.kasi, at("2026-07-06 10:30"), &form);
    (run, id)
}

#[test]
fn a11_a_run_without_an_order_begins_with_its_first_step() {
    let mut world = World::new(2);
    let cast = world.cast.clone();
    let run: RunId = world.fresh();
    let now = at("2026-07-06 08:00");
    let begin = open(&world, run, 0..2);
    for by in [
        cast.head,
        cast.treasurer,
        cast.clerk,
        cast.nobody,
        cast.contacts[0],
    ] {
        assert_eq!(world.act(by, now, &begin).unwrap_err().rule, Rule::NoRight);
    }
    let with = |change: &dyn Fn(&mut Command)| {
        let mut command = begin.clone();
        change(&mut command);
        command
    };
    let seed = world.procedure(SEED);
    let ordered = with(&|it| {
        if let Command::OpenRun { procedure, .. } = it {
            procedure.clone_from(&seed);
        }
    });
    // The seed begins with an order: only the head could begin it, and not in this way.
    assert_eq!(
        world.act(cast.head, now, &ordered).unwrap_err().rule,
        Rule::OrderMissing
    );
    let nowhere = with(&|it| {
        if let Command::OpenRun { scope, .. } = it {
            scope.clear();
        }
    });
    assert_eq!(
        world.act(cast.kasi, now, &nowhere).unwrap_err().rule,
        Rule::OrderIncomplete
    );
    let late = with(&|it| {
        if let Command::OpenRun { due_on, .. } = it {
            *due_on = day("2026-07-05");
        }
    });
    assert_eq!(
        world.act(cast.kasi, now, &late).unwrap_err().rule,
        Rule::InvalidValue
    );
    world.must(cast.kasi, now, &begin);
    assert_eq!(
        (world.targets(run).len(), world.open_steps(run)),
        (2, vec!["usul".to_owned()])
    );
    let draft = Command::DraftOrder {
        run: world.fresh(),
        procedure: world.procedure(THIRD),
        title: String::new(),
        draft: world.draft(0..1),
        previous: None,
    };
    assert_eq!(
        world.act(cast.clerk, now, &draft).unwrap_err().rule,
        Rule::StepMissing
    );
}

#[test]
fn a11_money_check_and_approval_send_the_proposal_back() {
    let mut world = World::new(2);
    let cast = world.cast.clone();
    let run: RunId = world.fresh();
    let place = Place::Run(run);
    let begin = open(&world, run, 0..2);
    world.must(cast.kasi, at("2026-07-06 08:00"), &begin);
    let propose = step(place, "usul", None, &[("biaya", "5000000")]);
    let money = |exit| step(place, "anggaran", Some(exit), &[]);
    let approve = |exit| step(place, "persetujuan", Some(exit), &[]);
    for cost in ["", "lima juta", "-1", "+5", "5.5"] {
        let wrong = step(place, "usul", None, &[("biaya", cost)]);
        assert_eq!(
            world
                .act(cast.kasi, at("2026-07-06 08:05"), &wrong)
                .unwrap_err()
                .rule,
            Rule::InvalidValue
        );
    }
    world.must(cast.kasi, at("2026-07-06 08:20"), &propose);
    assert_eq!(
        world
            .act(cast.clerk, at("2026-07-06 09:00"), &money("cukup"))
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.must(cast.treasurer, at("2026-07-06 09:00"), &money("kurang"));
    assert_eq!(world.open_steps(run), ["usul"]);
    world.must(cast.kasi, at("2026-07-07 09:00"), &propose);
    world.must(cast.treasurer, at("2026-07-07 10:00"), &money("cukup"));
    world.must(cast.head, at("2026-07-07 11:00"), &approve("kembali"));
    world.must(cast.kasi, at("2026-07-07 13:00"), &propose);
    world.must(cast.treasurer, at("2026-07-07 14:00"), &money("cukup"));
    world.must(cast.head, at("2026-07-07 15:00"), &approve("setuju"));
    assert_eq!(world.open_steps(run), ["pembagian"]);
    // The merged cell is counted once each time it is passed, and never over the loop.
    let cells: Vec<i64> = world
        .with_facts(run, |facts| clocks(facts, at("2026-07-07 15:00")).unwrap())
        .iter()
        .filter(|clock| clock.step.as_str() == "anggaran")
        .map(|clock| clock.counted_ms / 60_000)
        .collect();
    assert_eq!(cells, [40, 120, 120]);
}

/// Team and office have tested what was put in, a minute apart.
fn tested(world: &mut World, site: usize, place: Place, when: &str) {
    let cast = world.cast.clone();
    let test = step(place, "pengujian", None, &[("hasil", "baik")]);
    world.must(cast.technicians[0], at(when), &test);
    world.must(
        cast.contacts[site],
        at(when),
        &step(place, "pengujian", None, &[]),
    );
}

fn third(world: &mut World) -> (RunId, TeamId, [Place; 2]) {
    let (run, team) = teamed(world);
    let places = [0, 1].map(|site| Place::Target(world.target_at(run, site)));
    for (site, hour) in [(0, "08:00"), (1, "09:00")] {
        world.visited(
            run,
            team,
            site,
            at(&format!("2026-07-07 {hour}")),
            Outcome::Complete,
        );
    }
    (run, team, places)
}

#[test]
fn a11_team_and_office_test_together_and_the_office_confirms() {
    let mut world = World::new(2);
    let (run, team, places) = third(&mut world);
    let cast = world.cast.clone();
    let test = |place| step(place, "pengujian", None, &[("hasil", "baik")]);
    let confirm = |place, exit| step(place, "konfirmasi", Some(exit), &[]);
    let refused = |result: Result<_, Refusal>| result.map(|_: rajut_core::act::Changes| ()).unwrap_err().rule;
    let now = at("2026-07-07 10:00");
    assert_eq!(
        refused(world.act(cast.contacts[0], now, &confirm(places[0], "diterima"))),
        Rule::StepNotOpen
    );
    for by in [cast.contacts[1], cast.kasi, cast.nobody, cast.technicians[5]] {
        assert_eq!(refused(world.act(by, now, &test(places[0]))), Rule::NoRight);
    }
    assert_eq!(
        refused(world.act(cast.contacts[0], at("2026-07-07 08:10"), &test(places[0]))),
        Rule::TimeOutOfBounds
    );
    // Each of the two acts: the first leaves the step open for the other.
    let note = |value| step(places[0], "pengujian", None, &[("catatan", value)]);
    world.must(cast.contacts[0], now, &note("lampu hijau"));
    let of = |world: &World| {
        let id = world.target_at(run, 0);
        world.target(id).progress.clone().unwrap()
    };
    let procedure = world.procedures[&world.run(run).procedure].clone();
    let missing: Vec<String> = of(&world)
        .missing(&procedure, &"pengujian".parse().unwrap())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(missing, ["tim"]);
    let twice = world.act(cast.contacts[0], now, &test(places[0])).unwrap_err();
    assert_eq!(
        (twice.rule, twice.args["waits_for"].as_str()),
        (Rule::PartDone, "Tim")
    );
    // What the other says must agree or add, and the form is whole when the last one acts.
    assert_eq!(
        refused(world.act(cast.technicians[0], now, &note("mati"))),
        Rule::JointDisagrees
    );
    assert_eq!(
        refused(world.act(cast.technicians[0], now, &note("lampu hijau"))),
        Rule::InvalidValue
    );
    assert_eq!(
        refused(world.act(cast.contacts[0], now, &confirm(places[0], "diterima"))),
        Rule::StepNotOpen
    );
    let before = world.with_facts(run, |facts| clocks(facts, at("2026-07-07 10:20")).unwrap());
    let testing = |clocks: &[rajut_core::lateness::Clock], place: Place| {
        let Place::Target(id) = place else { unreachable!() };
        clocks
            .iter()
            .find(|clock| clock.step.as_str() == "pengujian" && clock.place.id == id.0)
            .map(|clock| (clock.since, clock.until))
            .unwrap()
    };
    assert_eq!(testing(&before, places[0]).1, None, "its clock runs on");
    let later = at("2026-07-07 10:25");
    world.must(cast.technicians[0], later, &test(places[0]));
    let after = world.with_facts(run, |facts| clocks(facts, at("2026-07-07 10:30")).unwrap());
    assert_eq!(testing(&after, places[0]).1, Some(later));
    let done = of(&world).done.last().unwrap().clone();
    let parts: Vec<_> = done
        .parts
        .iter()
        .map(|part| (part.lane.as_str(), part.by, part.at))
        .collect();
    assert_eq!(
        parts,
        [
            ("kantor", Some(cast.contacts[0]), now),
            ("tim", Some(cast.technicians[0]), later)
        ]
    );
    tested(&mut world, 1, places[1], "2026-07-07 10:00");
    let now = later;
    assert_eq!(
        refused(world.act(cast.technicians[1], now, &confirm(places[0], "diterima"))),
        Rule::NoRight
    );
    assert_eq!(
        refused(world.act(cast.contacts[1], now, &confirm(places[0], "diterima"))),
        Rule::NoRight
    );
    // The office's own person says no: the team has to come again.
    world.must(
        cast.contacts[0],
        at("2026-07-07 11:00"),
        &confirm(places[0], "ditolak"),
    );
    let first = world.target_at(run, 0);
    assert_eq!(world.target(first).standing(), Standing::Attempted);
    // Somebody met at the office, without an account, says yes.
    world
        .try_as(
            Actor::Outsider,
            at("2026-07-07 11:30"),
            &confirm(places[1], "diterima"),
        )
        .unwrap();
    world.proceed(run, at("2026-07-07 12:00"));
    assert_eq!(
        world.open_steps(run),
        Vec::<String>::new(),
        "a site is still open"
    );
    let excuse = Command::ExcuseTarget {
        target: world.target_at(run, 1),
        reason: "x".to_owned(),
    };
    assert_eq!(
        refused(world.act(cast.head, at("2026-07-07 12:00"), &excuse)),
        Rule::TargetSettled
    );
    world.visited(run, team, 0, at("2026-07-08 08:00"), Outcome::Complete);
    assert_eq!(world.target(first).met_at(), Some(at("2026-07-08 08:50")));
    tested(&mut world, 0, places[0], "2026-07-08 09:00");
    // Nobody answers: after one working day the program takes it for accepted.
    world.proceed(run, at("2026-07-09 08:59"));
    assert_eq!(world.target(first).progress.as_ref().unwrap().open.len(), 1);
    world.proceed(run, at("2026-07-09 09:00"));
    assert_eq!(world.open_steps(run), ["laporan"]);
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a08_a_report_of_the_whole_run_closes_it() {
    let mut world = World::new(2);
    let (run, team, places) = third(&mut world);
    let cast = world.cast.clone();
    let last = world.final_report(run);
    let now = at("2026-07-09 10:00");
    let rule = |world: &mut World, by, command: &Command| world.act(by, now, command).unwrap_err().rule;
    // Met by a visit, and yet nothing is done before the office has spoken.
    assert_eq!(rule(&mut world, cast.kasi, &last), Rule::TargetsOpen);
    assert_eq!(rule(&mut world, cast.head, &World::close(run)), Rule::TargetsOpen);
    for (site, place) in places.into_iter().enumerate() {
        tested(&mut world, site, place, "2026-07-07 10:00");
    }
    world.proceed(run, at("2026-07-08 16:00"));
    assert_eq!(world.open_steps(run), ["laporan"]);
    let (_, submit) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    assert_eq!(rule(&mut world, cast.kasi, &submit), Rule::StepMissing);
    assert_eq!(rule(&mut world, cast.head, &last), Rule::NoRight);
    assert_eq!(
        rule(&mut world, cast.head, &World::close(run)),
        Rule::FinalReportMissing
    );
    world.must(cast.kasi, now, &last);
    assert!(world.run(run).progress.ended_at.is_some());
    assert!(world.run(run).end.is_none(), "the head has not seen it");
    assert_eq!(rule(&mut world, cast.kasi, &World::close(run)), Rule::NoRight);
    world.must(cast.head, at("2026-07-09 11:00"), &World::close(run));
    assert!(matches!(world.run(run).end, Some(RunEnd::Closed { by: Some(by), .. }) if by == cast.head));
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a11_a_lane_is_bound_by_the_agency_and_follows_the_assignment() {
    let mut world = World::new(1);
    let run: RunId = world.fresh();
    let kasi = world.cast.kasi;
    world.end_assignments(kasi, "2026-07-05");
    let begin = open(&world, run, 0..1);
    let refusal = world.act(kasi, at("2026-07-06 08:00"), &begin).unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.who_could),
        (Rule::NoRight, vec![world.post("kasi-telematika")])
    );
    let (officer, post) = (world.cast.officer, world.post("kasi-telematika"));
    world.assign(officer, post, AssignmentKind::Plt, "2026-07-06", None);
    world.must(officer, at("2026-07-06 08:00"), &begin);
    let place = Place::Run(run);
    world.must(
        officer,
        at("2026-07-06 08:10"),
        &step(place, "usul", None, &[("biaya", "1")]),
    );
    assert_eq!(world.run(run).acted_as[0].person, officer);
}
