//! Reports and the end of a run.

use rajut_core::act::{Actor, Rule};
use rajut_core::flow::{ApplyFailure, Command};
use rajut_core::id::ReportId;
use rajut_core::lateness::{clocks, late};
use rajut_core::run::{BatchRule, Report, ReportStanding, RunEnd, Standing};
use rajut_core::visit::{FlagCode, Outcome};

use crate::world::{World, at};

#[test]
fn a08_due_returned_submitted_again_accepted() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..2);
    let cast = world.cast.clone();
    let leader = cast.technicians[0];
    let (report, submit) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    let empty = world.act(leader, at("2026-07-07 15:00"), &submit).unwrap_err();
    assert_eq!(empty.rule, Rule::BatchEmpty);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    assert_eq!(
        world
            .act(leader, at("2026-07-07 08:00"), &submit)
            .unwrap_err()
            .rule,
        Rule::TimeOutOfBounds
    );
    for by in [cast.kasi, cast.clerk, cast.technicians[5], cast.nobody] {
        assert_eq!(
            world.act(by, at("2026-07-07 15:00"), &submit).unwrap_err().rule,
            Rule::NoRight
        );
    }
    let back = Command::RecordReturn {
        report,
        run,
        team,
        from: "2026-07-07".parse().unwrap(),
        until: "2026-07-07".parse().unwrap(),
    };
    world.must(leader, at("2026-07-07 13:00"), &back);
    assert_eq!(world.report(report).standing(), ReportStanding::Due);
    world.must(leader, at("2026-07-07 13:20"), &submit);
    assert_eq!(world.report(report).submissions[0].visits, [visit]);
    assert_eq!(
        world
            .act(leader, at("2026-07-07 13:25"), &submit)
            .unwrap_err()
            .rule,
        Rule::ReportNotWaiting
    );
    let send_back = |note: &str| Command::ReturnReport {
        report,
        note: note.to_owned(),
    };
    let now = at("2026-07-07 13:30");
    assert_eq!(
        world.act(cast.kasi, now, &send_back(" ")).unwrap_err().rule,
        Rule::ReasonMissing
    );
    assert_eq!(
        world
            .act(leader, now, &send_back("kurang foto"))
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.must(cast.kasi, now, &send_back("kurang foto"));
    assert_eq!(world.report(report).standing(), ReportStanding::Returned);
    let accept = Command::AcceptReport {
        report,
        note: String::new(),
    };
    assert_eq!(
        world.act(cast.kasi, now, &accept).unwrap_err().rule,
        Rule::ReportNotWaiting
    );
    // Another id for the same team and day is the same report.
    let (other, again) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    world.must(leader, at("2026-07-07 14:10"), &again);
    assert!(world.records.find::<Report>(other.0).is_none());
    world.must(cast.kasi, at("2026-07-07 14:15"), &accept);
    assert_eq!(world.report(report).standing(), ReportStanding::Accepted);
    // The first round took 20 minutes, the second 40: late by ten.
    let rounds: Vec<_> = world
        .with_facts(run, |facts| clocks(facts, at("2026-07-08 08:00")).unwrap())
        .into_iter()
        .filter(|clock| clock.place.id == report.0)
        .map(|clock| (clock.counted_ms / 60_000, clock.over_minutes()))
        .collect();
    assert_eq!(rounds, [(20, 0), (40, 10)]);
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a08_what_stands_in_one_report_stands_in_no_other() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..2);
    let leader = world.cast.technicians[0];
    let first = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let report = world.reported(run, team, "2026-07-07", at("2026-07-08 07:45"));
    let (_, again) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    assert_eq!(
        world
            .act(leader, at("2026-07-08 08:00"), &again)
            .unwrap_err()
            .rule,
        Rule::BatchEmpty
    );
    // A visit of that day that arrives late is reported by itself.
    let late = world.visited(run, team, 1, at("2026-07-07 11:00"), Outcome::Complete);
    let (second, submit) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    world.must(leader, at("2026-07-08 08:00"), &submit);
    assert_eq!(world.report(report).submissions[0].visits, [first]);
    assert_eq!(world.report(second).submissions[0].visits, [late]);
}

#[test]
fn a08_a_return_from_a_stranger_or_after_the_end_is_flagged() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let cast = world.cast.clone();
    let back = |report, team| Command::RecordReturn {
        report,
        run,
        team,
        from: "2026-07-07".parse().unwrap(),
        until: "2026-07-07".parse().unwrap(),
    };
    let flags = |world: &World, report: ReportId| {
        world
            .report(report)
            .flags
            .iter()
            .map(|flag| flag.code)
            .collect::<Vec<_>>()
    };
    let (one, two): (ReportId, ReportId) = (world.fresh(), world.fresh());
    world.must(cast.nobody, at("2026-07-07 13:00"), &back(one, team));
    assert_eq!(flags(&world, one), [FlagCode::NotMember]);
    world.must(
        cast.kasi,
        at("2026-07-07 14:00"),
        &Command::CancelRun {
            run,
            reason: "batal".to_owned(),
        },
    );
    let unknown = world.fresh();
    world.must(cast.technicians[0], at("2026-07-07 15:00"), &back(two, unknown));
    assert_eq!(flags(&world, two), [FlagCode::RunEnded, FlagCode::NotMember]);
}

/// Without a record of the return the clock runs from the next working morning, told or not.
#[test]
fn a09_a_report_that_nobody_writes_is_late() {
    for (batch, before, due) in [
        (BatchRule::Day, "2026-07-08 07:29", "2026-07-08 07:30"),
        // Nobody has gone out for a working day: the trip is over.
        (BatchRule::Trip, "2026-07-09 07:29", "2026-07-09 07:30"),
        (BatchRule::Week, "2026-07-12 23:59", "2026-07-13 00:00"),
    ] {
        let mut world = World::new(1);
        let run = world.disposed(0..1);
        let team = world.team("Tim 1", &[0, 1], batch);
        let (id, plan) = (team.id, vec![world.planned(run, 0, team.id, "2026-07-07")]);
        let form = Command::FormTeams {
            run,
            teams: vec![team],
            plan,
            reason: String::new(),
        };
        world.must(world.cast.kasi, at("2026-07-06 08:35"), &form);
        world.visited(run, id, 0, at("2026-07-07 09:00"), Outcome::Complete);
        let mut opened = |now: &str| {
            world.proceed(run, at(now));
            world.records.all::<Report>().next().cloned()
        };
        assert_eq!(opened(before), None, "{batch:?}");
        let report = opened(due).expect("due");
        assert_eq!(report.standing(), ReportStanding::Due);
        assert_eq!(report.possible_at, at("2026-07-08 07:30"));
        assert_eq!(opened("2026-07-13 08:00"), Some(report.clone()), "opened once");
        let found = world.with_facts(run, |facts| late(facts, at("2026-07-08 08:05")).unwrap());
        assert_eq!(
            (found.len(), found[0].over_minutes, found[0].place.id),
            (1, 5, report.id.0)
        );
        // The team's own report is that report.
        let (_, submit) = world.submit_report(run, id, "2026-07-07", "2026-07-07");
        world.must(world.cast.technicians[0], at("2026-07-13 09:00"), &submit);
        assert_eq!(world.report(report.id).standing(), ReportStanding::Submitted);
        assert_eq!(world.replayed(), world.records);
    }
}

#[test]
fn a08_a_run_closes_only_when_everything_is_settled() {
    let mut world = World::new(3);
    let (run, team) = world.teamed(0..3);
    let cast = world.cast.clone();
    let close = World::close(run);
    let refused = |world: &mut World, command: &Command, now: &str| {
        let refusal = world.act(cast.kasi, at(now), command).unwrap_err();
        let arg = |name: &str| refusal.args.get(name).cloned().unwrap_or_default();
        (refusal.rule, arg("count"), arg("first"))
    };
    let last = world.final_report(run);
    let complaint = world.complained(1, at("2026-07-06 10:00"));
    let first = world.targets(run)[0].site.to_string();
    let open = (Rule::TargetsOpen, "3".to_owned(), first);
    assert_eq!(refused(&mut world, &last, "2026-07-06 11:00"), open);
    assert_eq!(refused(&mut world, &close, "2026-07-06 11:00"), open);
    let visits: Vec<_> = [(0, "08:00"), (1, "09:00")]
        .iter()
        .map(|(site, hour)| {
            world.visited(
                run,
                team,
                *site,
                at(&format!("2026-07-07 {hour}")),
                Outcome::Complete,
            )
        })
        .collect();
    let excuse = Command::ExcuseTarget {
        target: world.target_at(run, 2),
        reason: "pindah".to_owned(),
    };
    world.must(cast.kasi, at("2026-07-07 10:00"), &excuse);
    // A second visit that nobody left: it must end, by its team or by an estimate.
    let forgotten = world.fresh();
    let arrive = Command::CheckIn(world.check_in(forgotten, run, team, 0, at("2026-07-07 10:05")));
    world.must(cast.technicians[0], at("2026-07-07 10:05"), &arrive);
    let never_left = (Rule::VisitsOpen, "1".to_owned(), world.sites[0].to_string());
    assert_eq!(refused(&mut world, &last, "2026-07-07 11:00"), never_left);
    let estimate = Command::EstimateCheckOut {
        visit: forgotten,
        at: at("2026-07-07 10:30"),
        outcome: Outcome::Complete,
    };
    world.must(cast.kasi, at("2026-07-07 10:50"), &estimate);
    let unanswered = (Rule::ComplaintsOpen, "1".to_owned(), complaint.to_string());
    assert_eq!(refused(&mut world, &last, "2026-07-07 11:00"), unanswered);
    world.judge(
        visits[1],
        complaint,
        rajut_core::visit::Verdict::ProvenRepaired,
        at("2026-07-07 09:40"),
    );
    let unreported = refused(&mut world, &last, "2026-07-07 11:00");
    assert_eq!((unreported.0, unreported.1.as_str()), (Rule::ReportsOpen, "3"));
    let (report, submit) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    world.must(cast.technicians[0], at("2026-07-07 14:00"), &submit);
    let waiting = (Rule::ReportsOpen, "1".to_owned(), report.to_string());
    assert_eq!(refused(&mut world, &last, "2026-07-07 15:00"), waiting);
    world.must(
        cast.kasi,
        at("2026-07-07 15:00"),
        &Command::AcceptReport {
            report,
            note: String::new(),
        },
    );
    assert_eq!(
        refused(&mut world, &close, "2026-07-07 15:10").0,
        Rule::FinalReportMissing
    );
    assert_eq!(
        world
            .act(cast.technicians[0], at("2026-07-07 15:10"), &last)
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.must(cast.kasi, at("2026-07-07 15:10"), &last);
    let another = world.final_report(run);
    assert_eq!(
        refused(&mut world, &another, "2026-07-07 15:11").0,
        Rule::ReportNotWaiting
    );
    for by in [cast.clerk, cast.technicians[0], cast.kabid, cast.nobody] {
        assert_eq!(
            world.act(by, at("2026-07-07 15:20"), &close).unwrap_err().rule,
            Rule::NoRight
        );
    }
    let silent = Command::CloseRun {
        run,
        instruction: String::new(),
    };
    assert_eq!(
        refused(&mut world, &silent, "2026-07-07 15:20").0,
        Rule::ReasonMissing
    );
    assert_eq!(
        refused(&mut world, &close, "2026-07-07 14:00").0,
        Rule::TimeOutOfBounds
    );
    // Somebody goes there again while the Kasi closes: one wins, the other is told.
    let stale = world
        .decide(Actor::Person(cast.kasi), at("2026-07-07 15:20"), &close)
        .unwrap();
    let visit = world.visited(run, team, 0, at("2026-07-07 14:00"), Outcome::Complete);
    assert!(matches!(
        world.records.clone().apply(&stale),
        Err(ApplyFailure::Conflict { .. })
    ));
    assert_eq!(
        refused(&mut world, &close, "2026-07-07 15:30").2,
        visit.to_string()
    );
    let (report, submit) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    world.must(cast.technicians[0], at("2026-07-07 15:40"), &submit);
    world.must(
        cast.kasi,
        at("2026-07-07 15:41"),
        &Command::AcceptReport {
            report,
            note: String::new(),
        },
    );
    world.must(cast.kasi, at("2026-07-07 15:50"), &close);
    assert!(matches!(world.run(run).end, Some(RunEnd::Closed { .. })));
    assert_eq!(refused(&mut world, &close, "2026-07-07 15:55").0, Rule::RunEnded);
    assert_eq!(
        world.target(world.target_at(run, 2)).standing(),
        Standing::Excused
    );
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a08_a_returned_final_report_is_written_again() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let kasi = world.cast.kasi;
    world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    world.reported(run, team, "2026-07-07", at("2026-07-08 07:45"));
    let last = world.final_report(run);
    let Command::SubmitFinalReport { report, .. } = &last else {
        unreachable!()
    };
    world.must(kasi, at("2026-07-08 09:00"), &last);
    let send_back = Command::ReturnReport {
        report: *report,
        note: "tambah lampiran".to_owned(),
    };
    world.must(kasi, at("2026-07-08 09:10"), &send_back);
    let refusal = world
        .act(kasi, at("2026-07-08 09:20"), &World::close(run))
        .unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.args["standing"].as_str()),
        (Rule::ReportNotWaiting, "returned")
    );
    world.must(kasi, at("2026-07-08 09:30"), &last);
    world.must(kasi, at("2026-07-08 09:40"), &World::close(run));
    assert_eq!(world.report(*report).submissions.len(), 2);
}
