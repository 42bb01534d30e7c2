//! Random acts by random people at random times: nothing panics, nothing forbidden comes about, and the log
//! replayed gives the same state.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use rajut_core::act::{Actor, Envelope};
use rajut_core::complaint::{Complaint, Incident, Priority};
use rajut_core::flow::{Command, FindingDraft, FollowUpDraft, Place, PlannedTarget};
use rajut_core::id::{PersonId, ReportId, RunId, SiteId, TargetId, TeamId, VisitId};
use rajut_core::number::NumberEntry;
use rajut_core::people::Sealed;
use rajut_core::procedure::FieldKind as K;
use rajut_core::register::DeviceCondition;
use rajut_core::run::{BatchRule, FollowUp, Report, Run, RunEnd, Standing, Target};
use rajut_core::stream::StreamRef;
use rajut_core::visit::{Action, Confirmation, Measured, Outcome, Subject, Verdict, Visit};
use uuid::Uuid;

use crate::world::{COMPLAINT, SEED, THIRD, World, at, day, minutes};

/// Choices read off a list of random numbers.
struct Dice<'d> {
    numbers: &'d [u32],
    next: usize,
}

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        let number = self.numbers[self.next % self.numbers.len()] as usize;
        // A second pass over the list reads it differently.
        let shift = self.next / self.numbers.len();
        self.next += 1;
        number.wrapping_mul(2_654_435_761).wrapping_add(shift * 97) / 7 % sides.max(1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }
}

fn ids<T, I>(world: &World, id: impl Fn(&T) -> I) -> Vec<I>
where
    T: rajut_core::stream::AsState + 'static,
{
    world.records.all::<T>().map(id).collect()
}

/// One of those that exist, now and then one that does not.
fn pick<I: Copy + From<Uuid>>(dice: &mut Dice<'_>, known: &[I]) -> I {
    if known.is_empty() || dice.once_in(60) {
        I::from(Uuid::from_u128(3))
    } else {
        dice.of(known)
    }
}

/// A run that is under way, mostly.
fn pick_run(world: &World, dice: &mut Dice<'_>, of_complaint: bool) -> RunId {
    let open: Vec<RunId> = world
        .records
        .all::<Run>()
        .filter(|run| run.complaint.is_some() == of_complaint && run.end.is_none())
        .map(|run| run.id)
        .collect();
    if open.is_empty() || dice.once_in(20) {
        pick(dice, &ids(world, |run: &Run| run.id))
    } else {
        pick(dice, &open)
    }
}

fn pick_team(world: &World, dice: &mut Dice<'_>, run: RunId) -> TeamId {
    let teams: Vec<TeamId> = world
        .records
        .find::<Run>(run.0)
        .map(|run| run.teams.keys().copied().collect())
        .unwrap_or_default();
    pick(dice, &teams)
}

fn text(dice: &mut Dice<'_>) -> String {
    match dice.roll(20) {
        0 => String::new(),
        1 => "x".repeat(10_001),
        _ => "alasan".to_owned(),
    }
}

/// Who would do it, or somebody else.
fn somebody(world: &World, dice: &mut Dice<'_>, fitting: PersonId) -> Actor {
    let cast = &world.cast;
    match dice.roll(10) {
        0 => Actor::System,
        1 if dice.once_in(2) => Actor::Outsider,
        2 => {
            let mut all = vec![
                cast.head,
                cast.kabid,
                cast.kasi,
                cast.officer,
                cast.clerk,
                cast.treasurer,
                cast.nobody,
            ];
            all.extend(&cast.technicians);
            all.extend(&cast.contacts);
            Actor::Person(dice.of(&all))
        }
        _ => Actor::Person(fitting),
    }
}

/// The generic step that stands open somewhere, with an exit and what its form asks for.
fn open_step(world: &World, dice: &mut Dice<'_>) -> Option<(PersonId, Command)> {
    let mut open = Vec::new();
    for run in world.records.all::<Run>().filter(|run| run.end.is_none()) {
        open.extend(
            run.progress
                .open
                .iter()
                .map(|it| (Place::Run(run.id), &run.procedure, it.step.clone(), None)),
        );
    }
    for target in world.records.all::<Target>() {
        let Some(run) = world.records.find::<Run>(target.run.0) else {
            continue;
        };
        let steps = target.progress.iter().flat_map(|progress| &progress.open);
        let site = Some(target.site);
        open.extend(steps.map(|it| (Place::Target(target.id), &run.procedure, it.step.clone(), site)));
    }
    let (place, procedure, step, site) = open.get(dice.roll(open.len()))?.clone();
    let procedure = &world.procedures[procedure];
    let row = procedure.step(&step)?;
    let exits = row.exits();
    let exit = (!exits.is_empty()).then(|| exits[dice.roll(exits.len())].code.clone());
    let values = row
        .fields
        .iter()
        .filter_map(|field| {
            if !field.required && !dice.once_in(3) {
                return None;
            }
            let value = match field.kind {
                K::Choice => field.choices[dice.roll(field.choices.len())].code.clone(),
                K::Person => world.cast.technicians[0].to_string(),
                K::Date => "2026-08-01".to_owned(),
                K::Name => Sealed::commit([1; 16], "Contoh Pelapor").to_string(),
                K::Text | K::Number | K::Money => dice.roll(1000).to_string(),
            };
            Some((field.id.clone(), value))
        })
        .collect();
    let cast = &world.cast;
    let contact = site
        .and_then(|site| world.sites.iter().position(|it| *it == site))
        .map(|place| cast.contacts[place]);
    let progress = match place {
        Place::Run(run) => Some(&world.run(run).progress),
        Place::Target(target) => world.target(target).progress.as_ref(),
        Place::Report(report) => world.report(report).progress.as_ref(),
    };
    // Where each must act it is mostly the turn of those who have not.
    let missing = progress?.missing(procedure, &step);
    let lane = if missing.is_empty() || dice.once_in(5) {
        row.from.first()?
    } else {
        &missing[dice.roll(missing.len())]
    };
    let person = match lane.as_str() {
        "kasi" => cast.kasi,
        "kabid" => cast.kabid,
        "kepala" => cast.head,
        "bendahara" => cast.treasurer,
        "kantor" => contact.unwrap_or(cast.kasi),
        "tim" | "teknisi" => dice.of(&cast.technicians),
        _ => cast.officer,
    };
    Some((
        person,
        Command::CompleteStep {
            place,
            step,
            exit,
            values,
            personal: Vec::new(),
        },
    ))
}

/// A random command, with the person who would do it.
fn command(world: &mut World, dice: &mut Dice<'_>, now: Timestamp) -> (PersonId, Command) {
    let cast = world.cast.clone();
    let (head, kabid, kasi, officer, clerk) = (cast.head, cast.kabid, cast.kasi, cast.officer, cast.clerk);
    let technician = dice.of(&cast.technicians);
    let run = pick_run(world, dice, false);
    let team = pick_team(world, dice, run);
    let leader = world
        .records
        .find::<Run>(run.0)
        .and_then(|run| run.teams.get(&team))
        .map_or(technician, |it| it.leader);
    let target = {
        let of_run: Vec<TargetId> = world.targets(run).iter().map(|target| target.id).collect();
        pick(dice, &of_run)
    };
    let visits: Vec<VisitId> = ids(world, |visit: &Visit| visit.id);
    let mut visit: VisitId = pick(dice, &visits);
    // Mostly one that is still under way.
    let under_way: Vec<VisitId> = world
        .records
        .all::<Visit>()
        .filter(|visit| visit.check_out.is_none())
        .map(|visit| visit.id)
        .collect();
    if !under_way.is_empty() && !dice.once_in(4) {
        visit = dice.of(&under_way);
    }
    let present = world
        .records
        .find::<Visit>(visit.0)
        .and_then(|visit| visit.present.first().copied())
        .unwrap_or(technician);
    let report: ReportId = pick(dice, &ids(world, |report: &Report| report.id));
    let complaints: Vec<_> = ids(world, |complaint: &Complaint| complaint.id);
    let complaint = pick(dice, &complaints);
    let follow_up = pick(dice, &ids(world, |it: &FollowUp| it.id));
    let site: SiteId = dice.of(&world.sites.clone());
    let outcome = dice.of(&[
        Outcome::Complete,
        Outcome::Complete,
        Outcome::Partial,
        Outcome::Locked,
        Outcome::Unsafe,
    ]);
    let on = world.agency.zone.date(now);
    let why = text(dice);
    let subject = match dice.roll(3) {
        0 => Subject::Site,
        1 => Subject::Device(dice.of(&world.devices.clone())),
        _ => Subject::Link(dice.of(&world.links.clone())),
    };
    match dice.roll(50) {
        0 => {
            let scope = (0..=dice.roll(4))
                .map(|_| dice.of(&world.sites.clone()))
                .collect();
            let procedure = world.procedure(if dice.once_in(4) { SEED } else { THIRD });
            let run = world.fresh();
            (
                kasi,
                Command::OpenRun {
                    run,
                    procedure,
                    title: why,
                    scope,
                    due_on: day("2026-08-28"),
                    previous: None,
                },
            )
        }
        1 => {
            let mut draft = world.draft(0..world.sites.len());
            draft.scope.rotate_left(dice.roll(3));
            draft.scope.truncate(1 + dice.roll(6));
            let fresh = world.fresh();
            (
                clerk,
                world.draft_order(if dice.once_in(2) { run } else { fresh }, draft),
            )
        }
        2 => (dice.of(&[clerk, kasi, kabid]), Command::InitialOrder { run }),
        3 => (clerk, Command::SubmitOrder { run }),
        4 => (head, Command::ReturnOrder { run, note: why }),
        5 => {
            let given_at = minutes(now, -30);
            (
                clerk,
                Command::RecordVerbalOrder {
                    run,
                    given_by: head,
                    given_at,
                    channel: why,
                },
            )
        }
        6 | 7 => (head, world.issue_order(run, head, now)),
        8 => (
            head,
            world.addendum(run, now, vec![site], dice.once_in(2).then(|| day("2026-09-30"))),
        ),
        9 | 10 => (kabid, world.dispose(run)),
        11..=13 => {
            let members = [dice.roll(9), dice.roll(9)];
            let rule = dice.of(&[BatchRule::Day, BatchRule::Trip, BatchRule::Week]);
            let team = world.team("Tim", &members, rule);
            let plan = world
                .targets(run)
                .iter()
                .map(|target| PlannedTarget {
                    target: target.id,
                    team: team.id,
                    planned_on: Some(day("2026-07-09")),
                    due_on: day("2026-07-31"),
                })
                .collect();
            (
                kasi,
                Command::FormTeams {
                    run,
                    teams: vec![team],
                    plan,
                    reason: why,
                },
            )
        }
        14 => {
            let rule = dice.of(&[BatchRule::Day, BatchRule::Week]);
            (
                kasi,
                Command::ChangeTeam {
                    run,
                    team: world.team("Tim", &[dice.roll(9)], rule),
                    reason: why,
                },
            )
        }
        15 => {
            let plan = vec![PlannedTarget {
                target,
                team,
                planned_on: Some(on),
                due_on: on,
            }];
            (
                kasi,
                Command::PlanTargets {
                    run,
                    plan,
                    reason: why,
                },
            )
        }
        16 => (kasi, Command::ExcuseTarget { target, reason: why }),
        17 => {
            let partial = world
                .records
                .find::<Target>(target.0)
                .and_then(|it| it.visits.first())
                .map(|it| it.visit);
            (
                kasi,
                Command::AcceptPartial {
                    target,
                    visit: partial.unwrap_or(visit),
                },
            )
        }
        18..=22 => {
            let at_site = world
                .records
                .find::<Target>(target.0)
                .map_or(site, |target| target.site);
            let place = world.sites.iter().position(|it| *it == at_site).unwrap_or(0);
            let fresh = world.fresh();
            let id = if dice.once_in(15) { visit } else { fresh };
            let known = world.records.find::<Run>(run.0).is_some()
                && world.targets(run).iter().any(|it| it.site == world.sites[place]);
            if !known {
                return (kasi, Command::Proceed { run });
            }
            (
                leader,
                Command::CheckIn(world.check_in(
                    id,
                    run,
                    team,
                    place,
                    minutes(now, 3 - i64::from(dice.once_in(2)) * 60),
                )),
            )
        }
        23..=26 => {
            let spent = i64::try_from(dice.roll(90)).unwrap();
            (
                present,
                Command::CheckOut(World::check_out(visit, outcome, minutes(now, 10 - spent))),
            )
        }
        27 | 28 => {
            let condition = dice.of(DeviceCondition::ALL);
            let mut finding = world.finding(subject, condition, dice.of(Action::ALL), now);
            finding.repair_minutes = dice.once_in(2).then_some(u32::MAX);
            let finding = FindingDraft { note: why, ..finding };
            (
                present,
                Command::RecordFinding {
                    visit,
                    finding: Box::new(finding),
                    new_device: None,
                },
            )
        }
        29 => {
            let measured = Measured {
                observation: world.fresh(),
                classes: BTreeMap::new(),
                values: BTreeMap::from([("jitter".to_owned(), 1.5)]),
                subject,
                vantage: why,
                thresholds_version: "1".to_owned(),
                at: now,
            };
            (
                present,
                Command::RecordObservation {
                    visit,
                    measured: Box::new(measured),
                },
            )
        }
        30 | 31 => {
            let verdict = dice.of(Verdict::ALL);
            (
                present,
                Command::GiveVerdict {
                    visit,
                    complaint,
                    verdict,
                    note: why,
                    at: now,
                },
            )
        }
        32 => {
            let confirmation = Confirmation::Withheld { reason: why, at: now };
            (
                present,
                Command::ConfirmVisit {
                    visit,
                    confirmation,
                    personal: Vec::new(),
                },
            )
        }
        33 => (
            kasi,
            Command::EstimateCheckOut {
                visit,
                at: minutes(now, -20),
                outcome,
            },
        ),
        34 => (
            leader,
            Command::RecordReturn {
                report: world.fresh(),
                run,
                team,
                from: on,
                until: on,
            },
        ),
        35 | 36 => (
            leader,
            world.submit_report(run, team, "2026-07-06", "2026-08-28").1,
        ),
        37 if dice.once_in(4) => (kasi, Command::ReturnReport { report, note: why }),
        37 | 38 => (kasi, Command::AcceptReport { report, note: why }),
        39 => (kasi, world.final_report(run)),
        40 => (dice.of(&[kasi, head]), World::close(run)),
        41 if dice.once_in(8) => (kasi, Command::CancelRun { run, reason: why }),
        41 => {
            let step = "pengecekan".parse().unwrap();
            (
                kasi,
                Command::ExplainLateness {
                    run,
                    step,
                    place: target.0,
                    cause: why.clone(),
                    note: why,
                },
            )
        }
        42 => {
            let run = pick_run(world, dice, true);
            let reason = dice.of(&["pelapor", "penyedia", "bosan"]).parse().unwrap();
            (
                officer,
                if dice.once_in(2) {
                    Command::PauseRun { run, reason }
                } else {
                    Command::ResumeRun { run }
                },
            )
        }
        43 => {
            let mut draft = world.complaint_draft(0, now);
            draft.site = site;
            if dice.once_in(9) {
                draft.procedure = world.procedure(if dice.once_in(2) { COMPLAINT } else { THIRD });
            }
            (officer, Command::RegisterComplaint(Box::new(draft)))
        }
        44 => {
            let duplicate_of = dice.once_in(2).then(|| pick(dice, &complaints));
            (
                officer,
                Command::ClassifyComplaint {
                    complaint,
                    category: why,
                    priority: Priority::P1,
                    duplicate_of,
                },
            )
        }
        45 => (
            kasi,
            Command::CarryComplaint {
                target,
                complaint,
                reason: why,
            },
        ),
        46 => match dice.roll(3) {
            0 => {
                let draft = FollowUpDraft {
                    id: world.fresh(),
                    site,
                    subject,
                    visit: Some(visit),
                    run: Some(run),
                    complaint: None,
                    what: why,
                    owner: None,
                    due_on: on,
                    part: None,
                };
                (technician, Command::OpenFollowUp(Box::new(draft)))
            }
            1 => (
                kasi,
                Command::AssignFollowUp {
                    follow_up,
                    owner: technician,
                    due_on: on,
                },
            ),
            _ => (
                kasi,
                Command::ResolveFollowUp {
                    follow_up,
                    done: dice.once_in(2),
                    note: why,
                },
            ),
        },
        47 => {
            let join = if complaints.is_empty() {
                vec![]
            } else {
                vec![complaint]
            };
            let mut draft = crate::incidents::draft(world, &join);
            draft.began_at = minutes(now, -30);
            (officer, Command::OpenIncident(Box::new(draft)))
        }
        48 => {
            let incident = pick(dice, &ids(world, |it: &Incident| it.id));
            let joined = vec![complaint];
            let command = match dice.roll(5) {
                0 | 1 => Command::AttachComplaints {
                    incident,
                    complaints: joined,
                },
                2 => Command::DetachComplaints {
                    incident,
                    complaints: joined,
                    reason: why,
                },
                3 => Command::NoteTicket {
                    incident,
                    provider: why.clone(),
                    number: why,
                },
                _ => Command::ResolveIncident { incident, what: why },
            };
            (officer, command)
        }
        _ => match open_step(world, dice) {
            Some(step) => step,
            None => (kasi, Command::Proceed { run }),
        },
    }
}

/// What may never be, whatever was done.
fn check(world: &World, only: Option<&BTreeSet<StreamRef>>) {
    let wanted = |stream: &StreamRef| only.is_none_or(|only| only.contains(stream));
    let one_open =
        |progress: &rajut_core::engine::Progress| assert!(progress.open.len() <= 1, "{progress:?}");
    for (stream, _, state) in world.records.iter().filter(|(stream, _, _)| wanted(stream)) {
        match state {
            rajut_core::stream::State::Target(target) => {
                target.progress.iter().for_each(one_open);
                check_target(world, target);
            }
            rajut_core::stream::State::Report(report) => report.progress.iter().for_each(one_open),
            rajut_core::stream::State::Run(run) => {
                one_open(&run.progress);
                assert_eq!(run.id.0, stream.id);
                check_run(world, run);
            }
            rajut_core::stream::State::Visit(visit) => {
                assert_eq!(visit.check_out.is_some(), visit.outcome.is_some());
                assert!(visit.elapsed_ms().is_none_or(|elapsed| elapsed >= 0));
                for target in &visit.targets {
                    assert_eq!(
                        world.target(*target).site,
                        visit.site,
                        "a target is met where it is"
                    );
                }
            }
            rajut_core::stream::State::Complaint(complaint) => {
                assert_eq!(world.run(complaint.run).complaint, Some(complaint.id));
            }
            _ => {}
        }
    }
}

fn check_target(world: &World, target: &Target) {
    for known in &target.visits {
        let visit = world.visit(known.visit);
        assert!(visit.targets.contains(&target.id));
        let ended = visit.check_out.as_ref().map(|stamp| stamp.at).zip(visit.outcome);
        // A phone that checks in to a visit later may bring its targets after the end was told.
        if known.ended.is_some() {
            assert_eq!(known.ended, ended, "visit and target tell the same");
        }
    }
    let met = target.visits.iter().any(|visit| match visit.ended {
        Some((_, Outcome::Complete)) => true,
        Some((_, Outcome::Partial)) => visit.accepted,
        _ => false,
    });
    if target.standing() == Standing::Met {
        assert!(met, "no target is met without a visit");
    }
}

fn check_run(world: &World, run: &Run) {
    let targets = world.targets(run.id);
    let sites: BTreeSet<SiteId> = targets.iter().map(|target| target.site).collect();
    assert_eq!(sites.len(), targets.len(), "a site is in scope once");
    if let Some(RunEnd::Closed { by: Some(_), .. }) = &run.end {
        for target in &targets {
            assert!(target.settled(), "a run is never closed with open targets");
        }
        let reports = world
            .records
            .all::<Report>()
            .filter(|report| report.run == run.id);
        assert!(reports.filter(|report| !report.submissions.is_empty()).count() > 0);
        assert!(run.order.as_ref().is_none_or(|order| order.issued.is_some()));
    }
    if run.teams_formed_at.is_some() {
        assert!(
            targets.iter().all(|target| target.progress.is_some()),
            "whatever is in scope can be visited"
        );
    }
    if let Some(order) = &run.order {
        let scope: BTreeSet<SiteId> = order.scope().collect();
        assert!(
            !order.in_force() || scope == sites,
            "the order's scope is what is visited"
        );
    }
}

fn check_whole(world: &World) {
    check(world, None);
    let mut texts = BTreeSet::new();
    for entry in world.records.all::<NumberEntry>() {
        assert!(
            texts.insert((entry.register.clone(), entry.year, entry.seq)),
            "a number is given once"
        );
    }
    for incident in world
        .records
        .all::<Incident>()
        .filter(|it| it.resolution.is_none())
    {
        for complaint in &incident.complaints {
            let joined = world.complaint(*complaint).incident;
            assert_eq!(
                joined,
                Some(incident.id),
                "a complaint has one incident at a time"
            );
        }
    }
    let complaints: Vec<&str> = world
        .records
        .all::<Complaint>()
        .map(|it| it.number.as_str())
        .collect();
    assert_eq!(complaints.iter().collect::<BTreeSet<_>>().len(), complaints.len());
    let mut events: BTreeMap<StreamRef, i64> = BTreeMap::new();
    for change in world.log.iter().flat_map(|changes| &changes.events) {
        *events.entry(change.stream).or_default() += 1;
    }
    for (stream, version, _) in world.records.iter() {
        let before = world.start.version(*stream).unwrap_or(0);
        assert_eq!(
            version,
            before + events.get(stream).copied().unwrap_or(0),
            "{stream}"
        );
    }
    assert_eq!(world.replayed(), world.records);
}

/// Plays random acts; how many were done of how many kinds.
fn play(world: &mut World, numbers: &[u32], acts: usize) -> BTreeMap<&'static str, usize> {
    let mut dice = Dice { numbers, next: 0 };
    let mut now = at("2026-07-06 09:00");
    let mut done = BTreeMap::new();
    for _ in 0..acts {
        now = minutes(now, i64::try_from(dice.roll(40)).unwrap());
        let (fitting, command) = command(world, &mut dice, now);
        let done_by = match command {
            Command::Proceed { .. } => Actor::System,
            _ => somebody(world, &mut dice, fitting),
        };
        let occurred_at = match dice.roll(30) {
            0 => minutes(now, -3000),
            1 => minutes(now, 3000),
            2 => minutes(now, 4),
            _ => now,
        };
        let envelope = Envelope {
            occurred_at,
            received_at: now,
            ..world.envelope(done_by, now)
        };
        let before = world.records.len();
        match world.decide_in(envelope, &command) {
            Ok(changes) => {
                let touched: BTreeSet<StreamRef> =
                    changes.events.iter().map(|change| change.stream).collect();
                world.commit(changes);
                check(world, Some(&touched));
                *done.entry(command.act().code()).or_default() += 1;
            }
            Err(refusal) => {
                assert_eq!(world.records.len(), before);
                // A fact about what is known is never refused, whoever tells it and whenever; text that is
                // too long is turned away at the door.
                if command.act().authority().nature == rajut_core::act::Nature::FieldFact {
                    let rule = refusal.rule;
                    assert!(
                        matches!(
                            rule,
                            rajut_core::act::Rule::NotFound | rajut_core::act::Rule::TooLong
                        ),
                        "{:?}: {refusal}",
                        command.act()
                    );
                }
            }
        }
    }
    check_whole(world);
    done
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_forbidden_comes_about(numbers in prop::collection::vec(any::<u32>(), 200..400)) {
        let mut world = World::new(5);
        let (_, _) = world.teamed(0..3);
        play(&mut world, &numbers, 350);
    }
}

/// The size of a quarter, long enough that runs are closed and complaints come to their end.
#[test]
fn a_quarter_of_random_acts() {
    let mut world = World::new(100);
    let (first, _) = world.teamed(0..100);
    let mut seed = 20_260_706_u32;
    let numbers: Vec<u32> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed
    })
    .take(5000)
    .collect();
    let done = play(&mut world, &numbers, 3000);
    assert!(world.targets(first).len() >= 100);
    // The walk got everywhere: otherwise what it shows is little.
    let kinds: Vec<&str> = done.keys().copied().collect();
    assert!(kinds.len() >= 34, "{done:?}");
}
