//! Single moves of the engine: what is refused and why, pauses, rounds, timers.

use jiff::Timestamp;
use rajut_core::engine::{Advance, EngineRefusal, Part, Progress};
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

/// A question that two answer together, with a timer.
fn joint(how: &str) -> Procedure {
    let text = r#"code = "uji"
version = 1
[identity]
title = "Uji"
[[lanes]]
id = "satu"
label = "Satu"
binding = { post = "satu" }
[[lanes]]
id = "dua"
label = "Dua"
binding = { post = "dua" }
[[steps]]
id = "a"
kind = "decision"
scope = "run"
from = ["satu", "dua"]
joint = "HOW"
activity = "Menilai"
time = "1 jam"
timer = { after = "1 hari kerja", take = "ya" }
exits = [{ code = "ya", label = "Ya", to = "end" }, { code = "tidak", label = "Tidak", to = "a" }]
"#;
    Procedure::parse(&text.replace("HOW", how)).unwrap()
}

fn part(lane: &str, code: &str, minute: i64) -> Part {
    Part {
        lane: lane.parse().unwrap(),
        by: None,
        at: at(minute),
        exit: Some(exit(code)),
        values: std::collections::BTreeMap::new(),
    }
}

#[test]
fn joint_actors_agree_on_the_exit_and_the_last_one_finishes() {
    let procedure = joint("each");
    let mut progress = Progress::begin(&procedure, procedure.first(), at(0)).unwrap();
    let a = step("a");
    let first = progress.act(&procedure, &a, part("dua", "tidak", 5)).unwrap();
    assert!(first.done.is_none() && first.opens.is_empty() && !first.ends);
    progress.apply(&first);
    assert_eq!(progress.missing(&procedure, &a), ["satu".parse().unwrap()]);
    assert_eq!(
        progress.act(&procedure, &a, part("satu", "ya", 6)),
        Err(EngineRefusal::ExitDisagrees {
            step: a.clone(),
            exit: Some(exit("ya")),
            before: Some(exit("tidak")),
        })
    );
    assert!(matches!(
        progress.act(&procedure, &a, part("dua", "tidak", 6)),
        Err(EngineRefusal::HasActed { .. })
    ));
    assert!(matches!(
        progress.act(&procedure, &a, part("tiga", "tidak", 6)),
        Err(EngineRefusal::HasActed { .. })
    ));
    assert!(matches!(
        progress.act(&procedure, &a, part("satu", "entah", 6)),
        Err(EngineRefusal::UnknownExit { .. })
    ));
    // Told later, though done earlier: finished when the last of them had acted.
    let last = progress.act(&procedure, &a, part("satu", "tidak", 3)).unwrap();
    progress.apply(&last);
    let done = progress.done.last().unwrap();
    assert_eq!(
        (done.since, done.finished_at, done.parts.len()),
        (at(0), at(5), 2)
    );
    // Round again, and nobody has acted in the new round.
    let open = progress.opened(&a).unwrap();
    assert_eq!((open.round, open.parts.len()), (2, 0));

    // A timer does not wait for the others; what was done stays written.
    let again = progress.act(&procedure, &a, part("satu", "tidak", 8)).unwrap();
    progress.apply(&again);
    let forced = progress
        .advance(&procedure, &a, Some(&exit("ya")), at(600))
        .unwrap();
    progress.apply(&forced);
    assert_eq!(progress.done.last().unwrap().parts, [part("satu", "tidak", 8)]);
    assert!(progress.ended_at.is_some());
}

#[test]
fn either_of_several_finishes_alone() {
    let procedure = joint("either");
    let mut progress = Progress::begin(&procedure, procedure.first(), at(0)).unwrap();
    let advance = progress
        .act(&procedure, &step("a"), part("dua", "ya", 5))
        .unwrap();
    progress.apply(&advance);
    assert_eq!(progress.ended_at, Some(at(5)));
}
