//! Complaints: attached, joined, judged, carried; their own procedure to the end; follow-ups.

use rajut_core::act::{Actor, Rule};
use rajut_core::complaint::{Origin, Priority};
use rajut_core::flow::{Command, FollowUpDraft, Place};
use rajut_core::id::{ComplaintId, RunId};
use rajut_core::procedure::Goal;
use rajut_core::register::DeviceCondition;
use rajut_core::run::{FollowUp, FollowUpStanding};
use rajut_core::visit::{Action, FlagCode, Outcome, Subject, Verdict};

use crate::world::{COMPLAINT, World, at, day};

fn step(run: RunId, step: &str, exit: Option<&str>, values: &[(&str, &str)]) -> Command {
    Command::CompleteStep {
        place: Place::Run(run),
        step: step.parse().unwrap(),
        exit: exit.map(|exit| exit.parse().unwrap()),
        values: World::values(values),
    }
}

#[test]
fn a05_open_complaints_come_with_the_team_and_later_ones_join() {
    let mut world = World::new(3);
    let before = world.complained(0, at("2026-07-03 09:00"));
    let elsewhere = world.complained(2, at("2026-07-03 09:00"));
    let (run, team) = world.teamed(0..2);
    let target = world.target_at(run, 0);
    assert!(world.target(target).complaints.contains(&before));
    assert_eq!(world.complaint(before).target, Some(target));
    assert_eq!(world.complaint(elsewhere).target, None);
    let joined = world.complained(1, at("2026-07-06 10:00"));
    assert_eq!(world.complaint(joined).target, Some(world.target_at(run, 1)));
    // After the site is done it waits for the next run.
    world.visited(run, team, 1, at("2026-07-07 09:00"), Outcome::Complete);
    let after = world.complained(1, at("2026-07-07 11:00"));
    assert_eq!(world.complaint(after).target, None);
    // A second run of the same site does not take what the first still owes.
    let second = world.disposed(0..1);
    let team = world.team("Tim 2", &[4, 5], rajut_core::run::BatchRule::Day);
    let form = Command::FormTeams {
        run: second,
        teams: vec![team],
        plan: Vec::new(),
        reason: String::new(),
    };
    world.must(world.cast.kasi, at("2026-07-07 13:00"), &form);
    assert_eq!(world.complaint(before).target, Some(target));
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a07_each_verdict_moves_the_complaint_to_the_step_its_procedure_names() {
    for verdict in Verdict::ALL {
        let mut world = World::new(1);
        let complaint = world.complained(0, at("2026-07-03 09:00"));
        let (run, team) = world.teamed(0..1);
        let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
        world.judge(visit, complaint, *verdict, at("2026-07-07 09:30"));
        let own = world.complaint(complaint).run;
        let goal = world.procedures[&world.procedure(COMPLAINT)]
            .verdict_goal(verdict.code())
            .unwrap()
            .clone();
        match goal {
            Goal::End => assert!(world.run(own).end.is_some(), "{verdict}"),
            Goal::Step(step) => assert_eq!(world.open_steps(own), [step.to_string()], "{verdict}"),
        }
        assert!(world.run(own).progress.done.last().unwrap().skipped);
        let target = world.target(world.target_at(run, 0));
        assert_eq!((target.unanswered().count(), target.answered.len()), (0, 1));
        assert_eq!(
            world.visit(visit).verdict_on(complaint).unwrap().verdict,
            *verdict
        );
        assert_eq!(world.complaint(complaint).verdicts.len(), 1);
        assert_eq!(world.replayed(), world.records);
    }
}

/// The desk ends a complaint by its own procedure before the team is there: nobody owes it a verdict any more, and one
/// that comes all the same is kept, flagged, and moves nothing.
#[test]
fn a07_a_complaint_that_ended_by_itself_waits_for_no_verdict() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-03 09:00"));
    let (run, team) = world.teamed(0..1);
    let target = world.target_at(run, 0);
    assert_eq!(world.target(target).unanswered().count(), 1);
    let own = world.complaint(complaint).run;
    let officer = world.cast.officer;
    let sorted = [("kategori", "aplikasi"), ("prioritas", "p4")];
    for (minute, name, exit, values) in [
        (20, "pencatatan", None, &[][..]),
        (21, "kelengkapan", Some("ya"), &[]),
        (22, "pemilahan", None, &sorted),
        (23, "kewenangan", Some("tidak"), &[]),
    ] {
        let moment = at(&format!("2026-07-07 08:{minute}"));
        world.must(officer, moment, &step(own, name, exit, values));
    }
    assert!(world.run(own).end.is_some());
    assert_eq!(world.target(target).unanswered().count(), 0);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    world.judge(visit, complaint, Verdict::NotFound, at("2026-07-07 09:30"));
    let flags = &world.visit(visit).flags;
    assert!(
        flags.iter().any(|flag| flag.code == FlagCode::RunEnded),
        "{flags:?}"
    );
    assert_eq!(world.complaint(complaint).verdicts.len(), 1);
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a07_an_older_verdict_that_arrives_late_moves_nothing() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-03 09:00"));
    let (run, team) = world.teamed(0..1);
    let one = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Partial);
    let two = world.visited(run, team, 0, at("2026-07-08 09:00"), Outcome::Complete);
    world.judge(two, complaint, Verdict::ProvenRepaired, at("2026-07-08 09:30"));
    world.judge(one, complaint, Verdict::ProvenNotRepaired, at("2026-07-07 09:30"));
    let own = world.complaint(complaint).run;
    assert_eq!(world.open_steps(own), ["pengujian"]);
    assert_eq!(world.complaint(complaint).verdicts.len(), 2);
}

/// The desk works on a complaint while the team, offline, judges it: both stand, one step is open.
#[test]
fn a07_a_verdict_decided_on_an_old_view_leaves_one_step_open() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-03 09:00"));
    let (run, team) = world.teamed(0..1);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let own = world.complaint(complaint).run;
    let given = at("2026-07-07 09:30");
    let verdict = Verdict::ProvenRepaired;
    let judge = Command::GiveVerdict {
        visit,
        complaint,
        verdict,
        note: String::new(),
        at: given,
    };
    let person = Actor::Person(world.cast.technicians[0]);
    let decided = world.decide(person, given, &judge).unwrap();
    world.must(
        world.cast.officer,
        at("2026-07-07 09:20"),
        &step(own, "pencatatan", None, &[]),
    );
    world.commit(decided);
    assert_eq!(world.open_steps(own), ["pengujian"]);
    let left = world.run(own).progress.done.last().unwrap();
    assert_eq!((left.step.as_str(), left.skipped), ("kelengkapan", true));
    // On one that is closed a verdict is kept and flagged.
    world.must(
        world.cast.kasi,
        at("2026-07-07 12:00"),
        &Command::CancelRun {
            run: own,
            reason: "ganda".to_owned(),
        },
    );
    world.judge(visit, complaint, Verdict::NotFound, at("2026-07-07 12:30"));
    assert!(
        world
            .visit(visit)
            .flags
            .iter()
            .any(|flag| flag.code == FlagCode::RunEnded)
    );
}

#[test]
fn a08_a_complaint_moves_to_the_next_run_only_if_nobody_could_judge_it() {
    let mut world = World::new(3);
    let known = world.complained(0, at("2026-07-03 09:00"));
    let (run, team) = world.teamed(0..3);
    let cast = world.cast.clone();
    let carry = |world: &World, site, complaint, reason: &str| Command::CarryComplaint {
        target: world.target_at(run, site),
        complaint,
        reason: reason.to_owned(),
    };
    let now = at("2026-07-07 15:00");
    let early = carry(&world, 0, known, "nanti");
    assert_eq!(
        world.act(cast.kasi, now, &early).unwrap_err().rule,
        Rule::ComplaintsOpen
    );
    let partial = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Partial);
    // It came after the last visit, and then the Kasi said that the visit is enough.
    let after = world.complained(0, at("2026-07-07 11:00"));
    let excused = world.complained(1, at("2026-07-07 11:00"));
    let target = world.target_at(run, 0);
    world.must(
        cast.kasi,
        at("2026-07-07 12:00"),
        &Command::AcceptPartial {
            target,
            visit: partial,
        },
    );
    let excuse = Command::ExcuseTarget {
        target: world.target_at(run, 1),
        reason: "tutup".to_owned(),
    };
    world.must(cast.kasi, at("2026-07-07 12:00"), &excuse);
    let owed = carry(&world, 0, known, "nanti");
    assert_eq!(
        world.act(cast.kasi, now, &owed).unwrap_err().rule,
        Rule::ComplaintsOpen
    );
    let silent = carry(&world, 0, after, "");
    assert_eq!(
        world.act(cast.kasi, now, &silent).unwrap_err().rule,
        Rule::ReasonMissing
    );
    for (site, complaint) in [(0, after), (1, excused)] {
        let command = carry(&world, site, complaint, "datang setelah kunjungan");
        assert_eq!(
            world.act(cast.technicians[0], now, &command).unwrap_err().rule,
            Rule::NoRight
        );
        world.must(cast.kasi, now, &command);
        assert_eq!(
            world.act(cast.kasi, now, &command).unwrap_err().rule,
            Rule::NotFound
        );
    }
    world.judge(partial, known, Verdict::Recovered, at("2026-07-07 09:30"));
    // The next run takes them over.
    let next = world.disposed(0..2);
    let team = world.team("Tim 2", &[4, 5], rajut_core::run::BatchRule::Day);
    let form = Command::FormTeams {
        run: next,
        teams: vec![team],
        plan: Vec::new(),
        reason: String::new(),
    };
    world.must(cast.kasi, at("2026-07-08 13:00"), &form);
    assert_eq!(world.complaint(after).target, Some(world.target_at(next, 0)));
    assert_eq!(world.complaint(excused).target, Some(world.target_at(next, 1)));
}

#[test]
fn a07_a_fault_without_a_complaint_becomes_one_by_the_program() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let subject = Subject::Link(world.links[0]);
    let finding = world.finding(
        subject,
        DeviceCondition::Major,
        Action::Escalate,
        at("2026-07-07 09:30"),
    );
    let found = finding.id;
    let command = Command::RecordFinding {
        visit,
        finding: Box::new(finding),
        new_device: None,
    };
    world.must(world.cast.technicians[0], at("2026-07-07 09:31"), &command);
    let now = at("2026-07-07 10:00");
    let mut draft = world.complaint_draft(0, now);
    draft.origin = Origin::Finding {
        visit,
        finding: found,
    };
    let id = draft.id;
    world
        .try_as(Actor::System, now, &Command::RegisterComplaint(Box::new(draft)))
        .unwrap();
    assert_eq!(
        world.complaint(id).origin,
        Origin::Finding {
            visit,
            finding: found
        }
    );
    assert_eq!(world.complaint(id).number, "ADU-2026-00001");
    assert_eq!(world.open_steps(world.complaint(id).run), ["pencatatan"]);
    let follow_up = FollowUpDraft {
        id: world.fresh(),
        site: world.sites[0],
        subject,
        visit: Some(visit),
        run: Some(run),
        complaint: Some(id),
        what: "tarik kabel baru".to_owned(),
        owner: None,
        due_on: day("2026-07-14"),
        part: None,
    };
    let open = Command::OpenFollowUp(Box::new(follow_up.clone()));
    assert_eq!(
        world.act(world.cast.clerk, now, &open).unwrap_err().rule,
        Rule::NoRight
    );
    world.try_as(Actor::System, now, &open).unwrap();
    // It outlives the run.
    let kasi = world.cast.kasi;
    world.must(
        kasi,
        now,
        &Command::CancelRun {
            run,
            reason: "batal".to_owned(),
        },
    );
    let assign = Command::AssignFollowUp {
        follow_up: follow_up.id,
        owner: world.cast.technicians[3],
        due_on: day("2026-07-20"),
    };
    world.must(kasi, now, &assign);
    let resolve = |done, note: &str| Command::ResolveFollowUp {
        follow_up: follow_up.id,
        done,
        note: note.to_owned(),
    };
    assert_eq!(
        world.act(kasi, now, &resolve(true, "")).unwrap_err().rule,
        Rule::ReasonMissing
    );
    world.must(
        world.cast.technicians[3],
        at("2026-07-20 10:00"),
        &resolve(true, "kabel diganti"),
    );
    assert_eq!(
        world
            .act(kasi, at("2026-07-20 11:00"), &resolve(false, "x"))
            .unwrap_err()
            .rule,
        Rule::FollowUpSettled
    );
    assert_eq!(
        world.act(kasi, at("2026-07-20 11:00"), &assign).unwrap_err().rule,
        Rule::FollowUpSettled
    );
    let known = world.records.get::<FollowUp>(follow_up.id.0).unwrap();
    assert!(matches!(&known.standing, FollowUpStanding::Done { by, .. } if *by == world.cast.technicians[3]));
}

#[test]
fn b03_who_may_complain_and_about_what() {
    let mut world = World::new(2);
    let cast = world.cast.clone();
    let now = at("2026-07-06 09:00");
    let mut register = |by: Actor, change: &dyn Fn(&mut rajut_core::flow::ComplaintDraft)| {
        let mut draft = world.complaint_draft(0, now);
        change(&mut draft);
        world
            .try_as(by, now, &Command::RegisterComplaint(Box::new(draft)))
            .map(|_| ())
            .map_err(|it| it.rule)
    };
    let same: &dyn Fn(&mut rajut_core::flow::ComplaintDraft) = &|_| {};
    for by in [
        Actor::Person(cast.contacts[0]),
        Actor::Person(cast.officer),
        Actor::Outsider,
        Actor::System,
    ] {
        assert_eq!(register(by, same), Ok(()), "{by}");
    }
    // A served office speaks for its own sites only.
    assert_eq!(
        register(Actor::Person(cast.contacts[1]), same),
        Err(Rule::NoRight)
    );
    assert_eq!(register(Actor::Person(cast.nobody), same), Err(Rule::NoRight));
    let officer = Actor::Person(cast.officer);
    assert_eq!(
        register(officer, &|it| it.text = " ".to_owned()),
        Err(Rule::OrderIncomplete)
    );
    assert_eq!(
        register(officer, &|it| it.happened_at = Some(at("2026-07-06 09:01"))),
        Err(Rule::TimeOutOfBounds)
    );
    assert_eq!(
        register(officer, &|it| it.number = uuid::Uuid::nil()),
        Err(Rule::NotFound)
    );
    assert_eq!(
        register(officer, &|it| it.site.0 = uuid::Uuid::nil()),
        Err(Rule::NotFound)
    );
    assert_eq!(
        register(officer, &|it| it.text = "x".repeat(10_001)),
        Err(Rule::TooLong)
    );
    assert_eq!(
        register(officer, &|it| it.procedure.version = 99),
        Err(Rule::NotFound)
    );
    let (run, _) = world.teamed(0..2);
    let target = world.target_at(run, 1);
    let mut draft = world.complaint_draft(0, now);
    draft.target = Some(target);
    let refusal = world
        .act(cast.officer, now, &Command::RegisterComplaint(Box::new(draft)))
        .unwrap_err();
    assert_eq!(refusal.rule, Rule::InvalidValue);
}

#[test]
fn b04_a_complaint_is_classified() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-06 09:00"));
    let classify = |duplicate_of: Option<ComplaintId>| Command::ClassifyComplaint {
        complaint,
        category: "internet".to_owned(),
        priority: Priority::P2,
        duplicate_of,
    };
    let now = at("2026-07-06 09:10");
    let officer = world.cast.officer;
    assert_eq!(
        world
            .act(world.cast.contacts[0], now, &classify(None))
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    assert_eq!(
        world
            .act(officer, now, &classify(Some(complaint)))
            .unwrap_err()
            .rule,
        Rule::InvalidValue
    );
    world.must(officer, now, &classify(None));
    assert_eq!(world.complaint(complaint).priority, Some(Priority::P2));
}

/// The fifteen steps one by one, with a return for completion, a pause, and an end that nobody confirms.
#[test]
fn b04_the_complaint_procedure_to_its_end() {
    let mut world = World::new(2);
    let cast = world.cast.clone();
    let (officer, kasi, technician, contact) =
        (cast.officer, cast.kasi, cast.technicians[3], cast.contacts[0]);
    let complaint = world.complained(0, at("2026-07-06 09:00"));
    let run = world.complaint(complaint).run;
    let rule = |world: &mut World, by, now: &str, command: &Command| {
        world.act(by, at(now), command).unwrap_err().rule
    };
    assert_eq!(world.open_steps(run), ["pencatatan"]);
    assert_eq!(
        rule(
            &mut world,
            kasi,
            "2026-07-06 09:02",
            &step(run, "pencatatan", None, &[])
        ),
        Rule::NoRight
    );
    let later = step(
        run,
        "pemilahan",
        None,
        &[("kategori", "internet"), ("prioritas", "p2")],
    );
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:02", &later),
        Rule::StepNotOpen
    );
    world.must(
        officer,
        at("2026-07-06 09:02"),
        &step(run, "pencatatan", None, &[]),
    );
    let incomplete = |exit| step(run, "kelengkapan", exit, &[]);
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:04", &incomplete(None)),
        Rule::UnknownExit
    );
    assert_eq!(
        rule(
            &mut world,
            officer,
            "2026-07-06 09:04",
            &incomplete(Some("mungkin"))
        ),
        Rule::UnknownExit
    );
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 08:50", &incomplete(Some("ya"))),
        Rule::TimeOutOfBounds
    );
    world.must(officer, at("2026-07-06 09:04"), &incomplete(Some("tidak")));
    assert!(world.run(run).progress.pause.is_some());
    assert_eq!(world.open_steps(run), ["pengaduan"]);
    assert_eq!(
        rule(
            &mut world,
            cast.contacts[1],
            "2026-07-06 10:00",
            &step(run, "pengaduan", None, &[])
        ),
        Rule::NoRight
    );
    world.must(
        contact,
        at("2026-07-06 10:00"),
        &step(run, "pengaduan", None, &[]),
    );
    assert!(world.run(run).progress.pause.is_none());
    world.must(
        officer,
        at("2026-07-06 10:01"),
        &step(run, "pencatatan", None, &[]),
    );
    world.must(officer, at("2026-07-06 10:02"), &incomplete(Some("ya")));
    for (values, why) in [
        (vec![("kategori", "internet")], "required"),
        (vec![("kategori", "bukan"), ("prioritas", "p1")], "wrong_kind"),
        (
            vec![("kategori", "internet"), ("prioritas", "p1"), ("warna", "biru")],
            "unknown_field",
        ),
    ] {
        let command = step(run, "pemilahan", None, &values);
        let refusal = world.act(officer, at("2026-07-06 10:05"), &command).unwrap_err();
        assert_eq!(
            (refusal.rule, refusal.args["why"].as_str()),
            (Rule::InvalidValue, why)
        );
    }
    world.must(officer, at("2026-07-06 10:05"), &later);
    assert_eq!(
        world.run(run).values[&"pemilahan".parse().unwrap()]["prioritas"],
        "p2"
    );
    world.must(
        officer,
        at("2026-07-06 10:06"),
        &step(run, "kewenangan", Some("ya"), &[]),
    );
    let diagnosed = step(run, "diagnosis", None, &[("hasil", "kabel putus")]);
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 10:20", &diagnosed),
        Rule::NoRight
    );
    world.must(technician, at("2026-07-06 10:20"), &diagnosed);
    world.must(
        technician,
        at("2026-07-06 10:21"),
        &step(run, "jarak-jauh", Some("tidak"), &[]),
    );
    let person = technician.to_string();
    world.must(
        kasi,
        at("2026-07-06 10:30"),
        &step(run, "penugasan", None, &[("teknisi", &person)]),
    );
    world.must(
        technician,
        at("2026-07-06 13:30"),
        &step(run, "pemeriksaan", None, &[("temuan", "kabel putus")]),
    );
    world.must(
        technician,
        at("2026-07-06 13:40"),
        &step(run, "perbaikan", Some("tidak"), &[]),
    );
    // Either of those who decide jointly writes it down, and nobody else.
    let escalated = step(
        run,
        "eskalasi",
        None,
        &[("keputusan", "penyedia"), ("biaya", "150000")],
    );
    let pause = |reason: &str| Command::PauseRun {
        run,
        reason: reason.parse().unwrap(),
    };
    assert_eq!(
        rule(&mut world, kasi, "2026-07-06 13:50", &pause("bosan")),
        Rule::PauseReasonUnknown
    );
    assert_eq!(
        rule(&mut world, kasi, "2026-07-06 13:50", &Command::ResumeRun { run }),
        Rule::NotPaused
    );
    world.must(kasi, at("2026-07-06 13:50"), &pause("penyedia"));
    assert_eq!(
        rule(&mut world, kasi, "2026-07-06 13:55", &escalated),
        Rule::RunPaused
    );
    world.must(kasi, at("2026-07-07 13:50"), &Command::ResumeRun { run });
    assert_eq!(
        rule(&mut world, technician, "2026-07-07 13:55", &escalated),
        Rule::NoRight
    );
    let minus = step(run, "eskalasi", None, &[("keputusan", "ganti"), ("biaya", "-5")]);
    assert_eq!(
        rule(&mut world, cast.kabid, "2026-07-07 13:55", &minus),
        Rule::InvalidValue
    );
    world.must(cast.kabid, at("2026-07-07 13:55"), &escalated);
    world.must(
        technician,
        at("2026-07-07 14:00"),
        &step(run, "pengujian", None, &[("sesudah", "baik")]),
    );
    // Nobody answers: one working day later the program takes it for recovered.
    world.proceed(run, at("2026-07-08 13:59"));
    assert_eq!(world.open_steps(run), ["konfirmasi"]);
    assert_eq!(
        world
            .act(kasi, at("2026-07-08 14:00"), &Command::Proceed { run })
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.proceed(run, at("2026-07-08 14:00"));
    assert_eq!(world.open_steps(run), ["berita-acara"]);
    world.must(
        technician,
        at("2026-07-08 14:10"),
        &step(run, "berita-acara", None, &[]),
    );
    world.must(
        technician,
        at("2026-07-08 14:20"),
        &step(run, "penutupan", None, &[("ringkasan", "selesai")]),
    );
    assert!(world.run(run).end.is_some());
    assert_eq!(
        rule(
            &mut world,
            technician,
            "2026-07-08 14:30",
            &step(run, "penutupan", None, &[])
        ),
        Rule::RunEnded
    );
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn b04_an_outsider_confirms_and_can_open_it_again() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-06 09:00"));
    let run = world.complaint(complaint).run;
    let visit_run = world.teamed(0..1);
    let visit = world.visited(
        visit_run.0,
        visit_run.1,
        0,
        at("2026-07-07 09:00"),
        Outcome::Complete,
    );
    world.judge(visit, complaint, Verdict::NotFound, at("2026-07-07 09:30"));
    let confirm = |exit| step(run, "konfirmasi", Some(exit), &[]);
    world
        .try_as(Actor::Outsider, at("2026-07-07 10:00"), &confirm("tidak"))
        .unwrap();
    assert_eq!(world.open_steps(run), ["diagnosis"]);
    let diagnosis = step(run, "diagnosis", None, &[("hasil", "x")]);
    let refusal = world
        .try_as(Actor::Outsider, at("2026-07-07 10:10"), &diagnosis)
        .unwrap_err();
    assert_eq!(refusal.rule, Rule::NoRight);
}
