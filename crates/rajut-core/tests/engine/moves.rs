//! Single moves of the engine: what is refused and why, pauses, rounds, timers.

use jiff::Timestamp;
use rajut_core::engine::{Advance, EngineRefusal, Progress};
use rajut_core::procedure::{ExitCode, Goal, PauseCode, Procedure, Scope, StepId};

use super::PROCEDURES;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + minute * 60).unwrap()
}

fn step(id: &str) -> StepId {
    id.parse().unwrap()
}

fn exit(code: &str) -> ExitCode {
    code.parse().unwrap()
}

fn complaint() -> (&'static Procedure, Progress) {
    let procedure = &PROCEDURES[1];
    let progress = Progress::begin(procedure, procedure.first(), at(0)).unwrap();
    (procedure, progress)
}

/// Finishes steps one after another, a minute each.
fn walk(procedure: &Procedure, progress: &mut Progress, steps: &[(&str, Option<&str>)]) {
    for (id, code) in steps {
        let now = at(i64::try_from(progress.done.len()).unwrap() + 1);
        let advance = progress
            .advance(procedure, &step(id), code.map(exit).as_ref(), now)
            .unwrap();
        progress.apply(&advance);
    }
}

#[test]
fn a_step_out_of_order_is_refused_with_what_is_open() {
    let (procedure, progress) = complaint();
    let refusal = progress
        .advance(procedure, &step("diagnosis"), None, at(1))
        .unwrap_err();
    assert_eq!(
        refusal,
        EngineRefusal::NotOpen {
            step: step("diagnosis"),
            open: vec![step("pengaduan")]
        }
    );
    assert_eq!(
        refusal.to_string(),
        "the step diagnosis is not open; open: pengaduan"
    );
    let unknown = progress
        .advance(procedure, &step("tidak-ada"), None, at(1))
        .unwrap_err();
    assert_eq!(
        unknown,
        EngineRefusal::UnknownStep {
            step: step("tidak-ada")
        }
    );
    assert!(Progress::begin(procedure, &step("tidak-ada"), at(0)).is_err());
}

#[test]
fn an_exit_must_be_one_of_the_step() {
    let (procedure, mut progress) = complaint();
    let refusal = progress
        .advance(procedure, &step("pengaduan"), Some(&exit("ya")), at(1))
        .unwrap_err();
    let unknown = |id: &str, code: Option<&str>, allowed: &[&str]| EngineRefusal::UnknownExit {
        step: step(id),
        exit: code.map(exit),
        allowed: allowed.iter().copied().map(exit).collect(),
    };
    assert_eq!(refusal, unknown("pengaduan", Some("ya"), &[]));
    walk(
        procedure,
        &mut progress,
        &[("pengaduan", None), ("pencatatan", None)],
    );
    for code in [None, Some("mungkin")] {
        let refusal = progress
            .advance(procedure, &step("kelengkapan"), code.map(exit).as_ref(), at(3))
            .unwrap_err();
        assert_eq!(refusal, unknown("kelengkapan", code, &["ya", "tidak"]));
    }
    let json = serde_json::to_value(unknown("a", None, &["ya"])).unwrap();
    assert_eq!(json["rule"], "unknown_exit");
}

#[test]
fn an_incomplete_complaint_stands_still_until_the_reporter_completes_it() {
    let (procedure, mut progress) = complaint();
    walk(
        procedure,
        &mut progress,
        &[
            ("pengaduan", None),
            ("pencatatan", None),
            ("kelengkapan", Some("tidak")),
        ],
    );
    let pause = progress.pause.clone().unwrap();
    assert_eq!(
        (pause.reason.as_str(), pause.since, pause.until),
        ("pelapor", at(3), Some(step("pengaduan")))
    );
    assert_eq!((progress.open[0].round, progress.open[0].since), (2, at(3)));

    walk(procedure, &mut progress, &[("pengaduan", None)]);
    assert_eq!(progress.pause, None);
    assert_eq!(
        (progress.paused[0].since, progress.paused[0].resumed_at),
        (at(3), at(4))
    );
    assert_eq!((progress.done[3].round, progress.done[3].finished_at), (2, at(4)));
    assert_eq!(
        (progress.open[0].step.clone(), progress.open[0].round),
        (step("pencatatan"), 2)
    );
}

#[test]
fn a_pause_needs_a_reason_of_the_step_and_holds_everything() {
    let (procedure, mut progress) = complaint();
    let weather: PauseCode = "cuaca".parse().unwrap();
    assert_eq!(
        progress.pause(procedure, &weather, at(1)).unwrap_err(),
        EngineRefusal::NotPausable {
            reason: weather.clone(),
            allowed: vec![]
        }
    );
    assert_eq!(progress.resume(at(1)).unwrap_err(), EngineRefusal::NotPaused);
    let jump = progress
        .jump(procedure, &Goal::Step(step("eskalasi")), at(1))
        .unwrap();
    progress.apply(&jump);
    assert!(progress.done[0].skipped && progress.done[0].exit.is_none());

    progress.apply(&progress.pause(procedure, &weather, at(2)).unwrap());
    let paused = EngineRefusal::Paused {
        reason: weather.clone(),
    };
    assert_eq!(
        progress
            .advance(procedure, &step("eskalasi"), None, at(3))
            .unwrap_err(),
        paused
    );
    assert_eq!(progress.pause(procedure, &weather, at(3)).unwrap_err(), paused);
    progress.apply(&progress.resume(at(5)).unwrap());
    assert_eq!(
        (progress.paused[0].since, progress.paused[0].resumed_at),
        (at(2), at(5))
    );
    assert!(
        progress
            .advance(procedure, &step("eskalasi"), None, at(6))
            .is_ok()
    );
}

#[test]
fn a_verdict_moves_the_work_from_wherever_it_is_even_from_a_pause() {
    let (procedure, mut progress) = complaint();
    let escalate = procedure.verdict_goal("escalate").unwrap();
    progress.apply(&progress.jump(procedure, escalate, at(1)).unwrap());
    progress.apply(
        &progress
            .pause(procedure, &"suku_cadang".parse().unwrap(), at(2))
            .unwrap(),
    );

    // The same verdict again changes nothing but the pause.
    let again = progress.jump(procedure, escalate, at(3)).unwrap();
    assert!(again.done.is_none() && again.opens.is_empty() && again.resumes);

    let recovered = procedure.verdict_goal("recovered").unwrap();
    progress.apply(&progress.jump(procedure, recovered, at(3)).unwrap());
    assert!(progress.pause.is_none() && progress.is_open(&step("konfirmasi")));
    progress.apply(
        &progress
            .jump(procedure, procedure.verdict_goal("duplicate").unwrap(), at(4))
            .unwrap(),
    );
    assert_eq!(progress.ended_at, Some(at(4)));
    for refusal in [
        progress.jump(procedure, recovered, at(5)).unwrap_err(),
        progress
            .advance(procedure, &step("konfirmasi"), Some(&exit("ya")), at(5))
            .unwrap_err(),
        progress
            .pause(procedure, &"cuaca".parse().unwrap(), at(5))
            .unwrap_err(),
        progress.resume(at(5)).unwrap_err(),
        progress.enter(procedure, &step("konfirmasi"), at(5)).unwrap_err(),
        progress.finish(at(5)).unwrap_err(),
    ] {
        assert_eq!(refusal, EngineRefusal::Ended);
    }
}

#[test]
fn a_timer_runs_out_in_working_time_without_the_pauses() {
    let (procedure, mut progress) = complaint();
    // Every minute is a working minute here.
    let minutes = |from: Timestamp, to: Timestamp| (to.as_second() - from.as_second()) / 60;
    assert_eq!(progress.timer(procedure), None);
    progress.apply(
        &progress
            .jump(procedure, procedure.verdict_goal("not_found").unwrap(), at(100))
            .unwrap(),
    );
    assert_eq!(progress.timer_due(procedure, at(100 + 449), minutes), None);
    let due = progress.timer_due(procedure, at(100 + 450), minutes).unwrap();
    assert_eq!(
        (due.step.as_str(), due.take.as_str(), due.since),
        ("konfirmasi", "tanpa-jawaban", at(100))
    );

    let pause = Advance {
        pauses: Some(rajut_core::engine::Pausing {
            reason: "pelapor".parse().unwrap(),
            until: None,
        }),
        ..progress
            .jump(procedure, &Goal::Step(step("konfirmasi")), at(200))
            .unwrap()
    };
    progress.apply(&pause);
    assert_eq!(
        progress.timer_due(procedure, at(10_000), minutes),
        None,
        "nothing runs out in a pause"
    );
    progress.apply(&progress.resume(at(230)).unwrap());
    assert_eq!(progress.timer_due(procedure, at(100 + 479), minutes), None);
    assert!(progress.timer_due(procedure, at(100 + 480), minutes).is_some());
    let advance = progress
        .advance(procedure, &due.step, Some(&due.take), at(600))
        .unwrap();
    assert_eq!(advance.opens, [step("berita-acara")]);
}

#[test]
fn crossing_into_another_scope_is_told_and_the_join_comes_back() {
    let routine = &PROCEDURES[0];
    let mut run = Progress::begin(routine, routine.first(), at(0)).unwrap();
    walk(
        routine,
        &mut run,
        &[("surat-perintah", None), ("disposisi", None)],
    );
    let advance = run
        .advance(routine, &step("pembentukan-tim"), None, at(3))
        .unwrap();
    assert_eq!(
        (advance.crosses.clone(), advance.opens.len(), advance.ends),
        (Some(step("pengecekan")), 0, false)
    );
    assert!(matches!(run.finish(at(3)), Err(EngineRefusal::StillOpen { .. })));
    assert!(matches!(
        run.enter(routine, &step("disposisi"), at(3)),
        Err(EngineRefusal::StillOpen { .. })
    ));
    run.apply(&advance);
    assert_eq!(run.waits_for, Some(step("pengecekan")));
    assert_eq!(
        run.enter(routine, &step("pengecekan"), at(4)).unwrap_err(),
        EngineRefusal::OtherScope {
            step: step("pengecekan"),
            scope: Scope::Site
        }
    );

    let mut site = Progress::begin(routine, &step("pengecekan"), at(4)).unwrap();
    assert_eq!(site.scope, Scope::Site);
    walk(routine, &mut site, &[("pengecekan", None)]);
    assert_eq!((site.waits_for, site.ended_at), (Some(step("pelaporan")), None));
    let mut team = Progress::begin(routine, &step("pelaporan"), at(5)).unwrap();
    walk(routine, &mut team, &[("pelaporan", None)]);
    assert!(team.ended_at.is_some());
    run.apply(&run.finish(at(9)).unwrap());
    assert_eq!((run.ended_at, run.waits_for), (Some(at(9)), None));
}
