//! Lateness to the minute: standards, merged cells, pauses, visits, plans; totals and forecast.

use jiff::Timestamp;
use rajut_core::act::Rule;
use rajut_core::flow::{Command, Place};
use rajut_core::id::RunId;
use rajut_core::lateness::{Against, Clock, ClockOf, clocks, forecast, late, totals};
use rajut_core::register::DeviceCondition;
use rajut_core::visit::{Action, Outcome, Subject};

use crate::world::{World, at, minutes};

fn clock_of(world: &World, run: RunId, step: &str, now: Timestamp) -> Clock {
    let all = world.with_facts(run, |facts| clocks(facts, now).unwrap());
    all.into_iter()
        .find(|clock| clock.step.as_str() == step)
        .expect("a clock of the step")
}

/// The merged cell of order and disposition: from the draft before the head to the disposition, ten minutes.
#[test]
fn a09_exactly_at_the_standard_is_in_time_and_a_minute_more_is_late() {
    for (disposed, over) in [("08:10", 0), ("08:11", 1), ("08:25", 15)] {
        let mut world = World::new(1);
        let run = world.ordered(0..1);
        let now = at(&format!("2026-07-06 {disposed}"));
        let dispose = world.dispose(run);
        world.must(world.cast.kabid, now, &dispose);
        let clock = clock_of(&world, run, "surat-perintah", at("2026-07-06 12:00"));
        assert_eq!(
            (clock.standard_minutes, clock.over_minutes()),
            (10, over),
            "{disposed}"
        );
        assert_eq!((clock.since, clock.until), (at("2026-07-06 08:00"), Some(now)));
        let cells = world.with_facts(run, |facts| clocks(facts, now).unwrap());
        assert!(
            cells.iter().all(|clock| clock.step.as_str() != "disposisi"),
            "a merged cell is counted once"
        );
        let found = world.with_facts(run, |facts| late(facts, now).unwrap());
        assert_eq!(found.len(), usize::from(over > 0));
    }
}

/// A started minute counts; nights and weekends do not.
#[test]
fn a09_only_working_time_counts() {
    let mut world = World::new(1);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let draft = world.draft_order(run, world.draft(0..1));
    world.must(cast.clerk, at("2026-07-10 15:00"), &draft);
    // Friday ten minutes before the office closes (16.30), and Monday from 07.30 on.
    world.must(cast.clerk, at("2026-07-10 16:25"), &Command::SubmitOrder { run });
    let over = |world: &World, now: Timestamp| clock_of(world, run, "surat-perintah", now).over_minutes();
    assert_eq!(over(&world, at("2026-07-12 12:00")), 0);
    assert_eq!(over(&world, at("2026-07-13 07:35")), 0);
    let tick = Timestamp::from_millisecond(at("2026-07-13 07:35").as_millisecond() + 1).unwrap();
    assert_eq!(over(&world, tick), 1);
    assert_eq!(over(&world, at("2026-07-13 07:45")), 10);
}

#[test]
fn a09_pauses_do_not_count_while_they_last_nor_afterwards() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-06 08:00"));
    let run = world.complaint(complaint).run;
    let officer = world.cast.officer;
    let step = |step: &str, exit: Option<&str>| Command::CompleteStep {
        place: Place::Run(run),
        step: step.parse().unwrap(),
        exit: exit.map(|exit| exit.parse().unwrap()),
        values: World::values(&[]),
        personal: Vec::new(),
    };
    world.must(officer, at("2026-07-06 08:02"), &step("pencatatan", None));
    world.must(
        officer,
        at("2026-07-06 08:05"),
        &step("kelengkapan", Some("tidak")),
    );
    // Waiting for the reporter, who has five minutes by the paper and all the time there is.
    let waiting = |world: &World, now: &str| {
        let all = world.with_facts(run, |facts| clocks(facts, at(now)).unwrap());
        all.into_iter()
            .rfind(|clock| clock.step.as_str() == "pengaduan")
            .expect("open")
            .counted_ms
    };
    assert_eq!(waiting(&world, "2026-07-08 10:00"), 0);
    world.must(
        world.cast.contacts[0],
        at("2026-07-08 10:00"),
        &step("pengaduan", None),
    );
    assert_eq!(waiting(&world, "2026-07-08 12:00"), 0);
    world.must(officer, at("2026-07-08 10:01"), &step("pencatatan", None));
    world.must(officer, at("2026-07-08 10:12"), &step("kelengkapan", Some("ya")));
    let cells: Vec<_> = world
        .with_facts(run, |facts| clocks(facts, at("2026-07-08 10:12")).unwrap())
        .into_iter()
        .filter(|clock| clock.step.as_str() == "pencatatan")
        .map(|clock| (clock.counted_ms / 60_000, clock.over_minutes()))
        .collect();
    assert_eq!(cells, [(5, 0), (12, 2)]);
}

#[test]
fn a09_a_check_counts_minutes_on_site_less_its_repairs() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let (one, two) = (world.cast.technicians[0], world.cast.technicians[1]);
    let visit = world.fresh();
    let began = at("2026-07-07 11:40");
    let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, began));
    world.must(one, began, &check_in);
    // Elapsed time, the lunch break included.
    let clock = clock_of(&world, run, "pengecekan", minutes(began, 61));
    assert_eq!(
        (clock.of, clock.over_minutes(), clock.until),
        (ClockOf::OnSite, 1, None)
    );
    let subject = Subject::Device(world.devices[0]);
    let mut repair = |by, took, corrects| {
        let mut finding = world.finding(
            subject,
            DeviceCondition::Minor,
            Action::Repair,
            minutes(began, 30),
        );
        finding.repair_minutes = Some(took);
        finding.corrects = corrects;
        let id = finding.id;
        let command = Command::RecordFinding {
            visit,
            finding: Box::new(finding),
            new_device: None,
        };
        world.must(by, minutes(began, 100), &command);
        id
    };
    let mistaken = repair(one, 500, None);
    repair(one, 40, Some(mistaken));
    // Both phones told of the same repair: it counts once.
    repair(two, 40, None);
    let left = minutes(began, 101);
    world.must(
        one,
        left,
        &Command::CheckOut(World::check_out(visit, Outcome::Complete, left)),
    );
    let clock = clock_of(&world, run, "pengecekan", minutes(left, 500));
    assert_eq!((clock.counted_ms / 60_000, clock.over_minutes()), (61, 1));
}

#[test]
fn a09_late_against_the_plan() {
    let mut world = World::new(3);
    let (run, team) = world.teamed(0..3);
    let cast = world.cast.clone();
    let plan = (0..3)
        .map(|site| rajut_core::flow::PlannedTarget {
            due_on: "2026-07-10".parse().unwrap(),
            ..world.planned(run, site, team, "2026-07-07")
        })
        .collect();
    world.must(
        cast.kasi,
        at("2026-07-06 09:00"),
        &Command::PlanTargets {
            run,
            plan,
            reason: String::new(),
        },
    );
    world.visited(run, team, 0, at("2026-07-10 10:00"), Outcome::Complete);
    let plan_late = |world: &World, now: &str| {
        let all = world.with_facts(run, |facts| late(facts, at(now)).unwrap());
        all.into_iter()
            .filter(|late| late.against == Against::Plan)
            .collect::<Vec<_>>()
    };
    assert_eq!(plan_late(&world, "2026-07-10 23:59"), []);
    let found = plan_late(&world, "2026-07-13 08:30");
    assert_eq!(
        found.iter().map(|late| late.over_minutes).collect::<Vec<_>>(),
        [60, 60]
    );
    world.visited(run, team, 1, at("2026-07-13 09:00"), Outcome::Complete);
    // Running ones first; what was late and is done stays on the list.
    let found = plan_late(&world, "2026-07-14 12:00");
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].place.id, found[0].until),
        (world.target_at(run, 2).0, None)
    );
    assert_eq!(found[1].until, Some(at("2026-07-13 09:50")));
    let counted = world.with_facts(run, |facts| totals(facts, at("2026-07-14 12:00")));
    assert_eq!((counted.met, counted.planned, counted.overdue), (2, 1, 1));
    // Each overrun asks for a cause.
    let explain = |cause: &str| Command::ExplainLateness {
        run,
        step: "pengecekan".parse().unwrap(),
        place: world.target_at(run, 2).0,
        cause: cause.to_owned(),
        note: "jembatan putus".to_owned(),
    };
    let (silent, told) = (explain(" "), explain("cuaca"));
    assert_eq!(
        world
            .act(cast.kasi, at("2026-07-14 13:00"), &silent)
            .unwrap_err()
            .rule,
        Rule::ReasonMissing
    );
    world.must(cast.kasi, at("2026-07-14 13:00"), &told);
    assert_eq!(
        plan_late(&world, "2026-07-14 13:00")[0].cause.as_deref(),
        Some("cuaca")
    );
    // Past the end of the order the run itself is late; cancelled, nothing goes on counting.
    let past = plan_late(&world, "2026-08-31 09:00");
    assert!(past.iter().any(|late| late.place.id == run.0));
    world.must(
        cast.kasi,
        at("2026-08-31 09:00"),
        &Command::CancelRun {
            run,
            reason: "selesai".to_owned(),
        },
    );
    assert_eq!(plan_late(&world, "2026-09-30 09:00").len(), past.len());
    assert!(
        plan_late(&world, "2026-09-30 09:00")
            .iter()
            .all(|late| late.until.is_some())
    );
}

#[test]
fn a09_totals_pace_and_forecast() {
    let mut world = World::new(10);
    let (run, team) = world.teamed(0..10);
    let begin = world.with_facts(run, |facts| forecast(facts, at("2026-07-06 09:00")).unwrap());
    // 10 + 30 + 60 x 10 sites + 30 x 1 day.
    assert_eq!(
        (begin.planned_minutes, begin.pace, begin.ends_on),
        (670, None, None)
    );
    // 6 July to 28 August less 17 and 25 August.
    assert_eq!(begin.working_days_left, 38);
    for (site, when, outcome) in [
        (0, "2026-07-07 08:00", Outcome::Complete),
        (1, "2026-07-07 10:00", Outcome::Locked),
        (1, "2026-07-08 08:00", Outcome::Complete),
        (2, "2026-07-08 10:00", Outcome::Partial),
    ] {
        world.visited(run, team, site, at(when), outcome);
    }
    let now = at("2026-07-08 15:00");
    let (counted, expected) =
        world.with_facts(run, |facts| (totals(facts, now), forecast(facts, now).unwrap()));
    assert_eq!((counted.met, counted.attempted, counted.planned), (2, 1, 7));
    assert_eq!((counted.visits, counted.failed_visits), (4, 2));
    assert_eq!(expected.forecast_minutes - expected.planned_minutes, 120);
    assert_eq!(expected.pace, Some(1.0));
    // Eight sites left, one a day from the ninth on.
    assert_eq!(expected.ends_on, Some("2026-07-20".parse().unwrap()));
    assert_eq!(expected.pace_needed, Some(8.0 / 36.0));
}
