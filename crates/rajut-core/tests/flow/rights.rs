//! Nobody gets past the table of rights, by whatever command; no text is longer than allowed.

use std::collections::{BTreeMap, BTreeSet};

use rajut_core::act::{Act, Actor, Changes, Nature, Rule};
use rajut_core::complaint::Priority;
use rajut_core::flow::{Command, EntryEdit, FollowUpDraft, IncidentDraft, Place, edit_entries, record};
use rajut_core::id::{FollowUpId, ReportId, RunId, VisitId};
use rajut_core::people::Assignment;
use rajut_core::register::{DeviceCondition, Edit, Site};
use rajut_core::run::{BatchRule, RunEvent};
use rajut_core::stream::{Event, StreamKind};
use rajut_core::visit::{Action, Confirmation, Flag, Measured, Outcome, Subject, Verdict, VisitEvent};

use crate::world::{THIRD, World, at, day, stream};

/// A place in the list of commands; a new command does not compile until it is named here.
fn place(command: &Command) -> usize {
    match command {
        Command::OpenRun { .. } => 0,
        Command::DraftOrder { .. } => 1,
        Command::InitialOrder { .. } => 2,
        Command::SubmitOrder { .. } => 3,
        Command::ReturnOrder { .. } => 4,
        Command::RecordVerbalOrder { .. } => 5,
        Command::IssueOrder { .. } => 6,
        Command::AddendOrder { .. } => 7,
        Command::Dispose { .. } => 8,
        Command::FormTeams { .. } => 9,
        Command::ChangeTeam { .. } => 10,
        Command::PlanTargets { .. } => 11,
        Command::ExcuseTarget { .. } => 12,
        Command::AcceptPartial { .. } => 13,
        Command::CheckIn(_) => 14,
        Command::CheckOut(_) => 15,
        Command::RecordFinding { .. } => 16,
        Command::RecordObservation { .. } => 17,
        Command::GiveVerdict { .. } => 18,
        Command::ConfirmVisit { .. } => 19,
        Command::EstimateCheckOut { .. } => 20,
        Command::RecordReturn { .. } => 21,
        Command::SubmitReport { .. } => 22,
        Command::AcceptReport { .. } => 23,
        Command::ReturnReport { .. } => 24,
        Command::SubmitFinalReport { .. } => 25,
        Command::CloseRun { .. } => 26,
        Command::CancelRun { .. } => 27,
        Command::ExplainLateness { .. } => 28,
        Command::CompleteStep { .. } => 29,
        Command::PauseRun { .. } => 30,
        Command::ResumeRun { .. } => 31,
        Command::Proceed { .. } => 32,
        Command::RegisterComplaint(_) => 33,
        Command::ClassifyComplaint { .. } => 34,
        Command::CarryComplaint { .. } => 35,
        Command::OpenFollowUp(_) => 36,
        Command::AssignFollowUp { .. } => 37,
        Command::ResolveFollowUp { .. } => 38,
        Command::OpenIncident(_) => 39,
        Command::AttachComplaints { .. } => 40,
        Command::DetachComplaints { .. } => 41,
        Command::NoteTicket { .. } => 42,
        Command::ResolveIncident { .. } => 43,
    }
}

/// Every command, each in a state in which somebody could do it, and sound but for who does it.
fn every_command(world: &mut World) -> Vec<Command> {
    let now = at("2026-07-07 12:00");
    let cast = world.cast.clone();
    let drafted: RunId = world.fresh();
    let draft = world.draft_order(drafted, world.draft(1..2));
    world.must(cast.clerk, at("2026-07-06 07:40"), &draft);
    let issued = world.ordered(1..2);
    let disposed = world.disposed(1..2);
    let complaint = world.complained(0, at("2026-07-06 08:00"));
    let (run, team) = world.teamed(0..1);
    let target = world.target_at(run, 0);
    let partial = world.visited(run, team, 0, at("2026-07-07 08:00"), Outcome::Partial);
    let visit: VisitId = world.fresh();
    let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, at("2026-07-07 09:00")));
    world.must(cast.technicians[0], at("2026-07-07 09:00"), &check_in);
    let (report, submit) = world.submit_report(run, team, "2026-07-07", "2026-07-07");
    world.must(cast.technicians[0], at("2026-07-07 11:00"), &submit);
    let (_, another) = world.submit_report(run, team, "2026-07-08", "2026-07-08");
    let follow_up: FollowUpId = world.fresh();
    let open = FollowUpDraft {
        id: follow_up,
        site: world.sites[0],
        subject: Subject::Site,
        visit: Some(visit),
        run: Some(run),
        complaint: None,
        what: "ganti adaptor".to_owned(),
        owner: None,
        due_on: day("2026-07-14"),
        part: None,
    };
    world.must(cast.kasi, now, &Command::OpenFollowUp(Box::new(open.clone())));
    let fresh_team = world.team("Tim 9", &[4, 5], BatchRule::Day);
    let finding = world.finding(
        Subject::Device(world.devices[0]),
        DeviceCondition::Minor,
        Action::Clean,
        now,
    );
    let measured = Measured {
        observation: world.fresh(),
        classes: BTreeMap::new(),
        values: BTreeMap::new(),
        subject: Subject::Site,
        vantage: "layar".to_owned(),
        thresholds_version: "1".to_owned(),
        at: now,
    };
    let complaint_run = world.complaint(complaint).run;
    let joined = world.complained(1, at("2026-07-06 08:00"));
    let opened = crate::incidents::draft(world, &[joined]);
    let incident = opened.id;
    world.must(cast.kasi, now, &Command::OpenIncident(Box::new(opened)));
    let text = || "alasan".to_owned();
    let (from, until) = (day("2026-07-07"), day("2026-07-07"));
    let head = cast.head;
    let new_visit: VisitId = world.fresh();
    vec![
        Command::OpenRun {
            run: world.fresh(),
            procedure: world.procedure(THIRD),
            title: text(),
            scope: vec![world.sites[0]],
            due_on: day("2026-07-31"),
            previous: None,
        },
        draft,
        Command::InitialOrder { run: drafted },
        Command::SubmitOrder { run: drafted },
        Command::ReturnOrder {
            run: drafted,
            note: text(),
        },
        Command::RecordVerbalOrder {
            run: drafted,
            given_by: head,
            given_at: now,
            channel: text(),
        },
        world.issue_order(drafted, cast.nobody, now),
        world.addendum(issued, now, vec![world.sites[0]], None),
        world.dispose(issued),
        Command::FormTeams {
            run: disposed,
            teams: vec![fresh_team.clone()],
            plan: Vec::new(),
            reason: text(),
        },
        Command::ChangeTeam {
            run,
            team: fresh_team,
            reason: text(),
        },
        Command::PlanTargets {
            run,
            plan: vec![world.planned(run, 0, team, "2026-07-09")],
            reason: text(),
        },
        Command::ExcuseTarget {
            target,
            reason: text(),
        },
        Command::AcceptPartial {
            target,
            visit: partial,
        },
        Command::CheckIn(world.check_in(new_visit, run, team, 0, now)),
        Command::CheckOut(World::check_out(visit, Outcome::Complete, now)),
        Command::RecordFinding {
            visit,
            finding: Box::new(finding),
            new_device: None,
        },
        Command::RecordObservation {
            visit,
            measured: Box::new(measured),
        },
        Command::GiveVerdict {
            visit,
            complaint,
            verdict: Verdict::NotFound,
            note: text(),
            at: now,
        },
        Command::ConfirmVisit {
            visit,
            confirmation: Confirmation::Withheld {
                reason: text(),
                at: now,
            },
            personal: Vec::new(),
        },
        Command::EstimateCheckOut {
            visit,
            at: now,
            outcome: Outcome::Complete,
        },
        Command::RecordReturn {
            report: world.fresh::<ReportId>(),
            run,
            team,
            from,
            until,
        },
        another,
        Command::AcceptReport { report, note: text() },
        Command::ReturnReport { report, note: text() },
        world.final_report(run),
        World::close(run),
        Command::CancelRun { run, reason: text() },
        Command::ExplainLateness {
            run,
            step: "pengecekan".parse().unwrap(),
            place: target.0,
            cause: text(),
            note: text(),
        },
        Command::CompleteStep {
            place: Place::Run(complaint_run),
            step: "pencatatan".parse().unwrap(),
            exit: None,
            values: BTreeMap::new(),
            personal: Vec::new(),
        },
        Command::PauseRun {
            run: complaint_run,
            reason: "pelapor".parse().unwrap(),
        },
        Command::ResumeRun { run: complaint_run },
        Command::Proceed { run },
        Command::RegisterComplaint(Box::new(world.complaint_draft(0, now))),
        Command::ClassifyComplaint {
            complaint,
            category: text(),
            priority: Priority::P3,
            duplicate_of: None,
        },
        Command::CarryComplaint {
            target,
            complaint,
            reason: text(),
        },
        Command::OpenFollowUp(Box::new(FollowUpDraft {
            id: world.fresh(),
            ..open
        })),
        Command::AssignFollowUp {
            follow_up,
            owner: cast.technicians[2],
            due_on: day("2026-07-20"),
        },
        Command::ResolveFollowUp {
            follow_up,
            done: true,
            note: text(),
        },
        Command::OpenIncident(Box::new(IncidentDraft {
            what: text(),
            ..crate::incidents::draft(world, &[])
        })),
        Command::AttachComplaints {
            incident,
            complaints: vec![complaint],
        },
        Command::DetachComplaints {
            incident,
            complaints: vec![joined],
            reason: text(),
        },
        Command::NoteTicket {
            incident,
            provider: text(),
            number: text(),
        },
        Command::ResolveIncident {
            incident,
            what: text(),
        },
    ]
}

/// Flags that a decision raises, on a visit or a report.
fn flags(changes: &Changes) -> BTreeSet<Flag> {
    let mut all = BTreeSet::new();
    for change in &changes.events {
        match &change.event {
            Event::Visit(VisitEvent::CheckedIn { visit }) => all.extend(visit.flags.clone()),
            Event::Visit(
                VisitEvent::Found { flags, .. }
                | VisitEvent::Measured { flags, .. }
                | VisitEvent::Judged { flags, .. }
                | VisitEvent::CheckedOut { flags, .. }
                | VisitEvent::Confirmed { flags, .. },
            )
            | Event::Report(rajut_core::run::ReportEvent::Returned { flags, .. }) => {
                all.extend(flags.clone());
            }
            _ => {}
        }
    }
    all
}

#[test]
fn a11_without_a_post_no_act_of_authority_and_every_field_fact() {
    let mut world = World::new(2);
    let commands = every_command(&mut world);
    let places: Vec<usize> = commands.iter().map(place).collect();
    assert_eq!(places, (0..44).collect::<Vec<_>>(), "every command is walked");
    let now = at("2026-07-07 12:05");
    let nobody = Actor::Person(world.cast.nobody);
    for command in &commands {
        let act = command.act();
        let decided = world.decide(nobody, now, command);
        match act.authority().nature {
            Nature::Authority => assert_eq!(
                decided.map(|_| ()).map_err(|it| it.rule),
                Err(Rule::NoRight),
                "{act:?}"
            ),
            Nature::FieldFact => {
                let changes = decided.unwrap_or_else(|refusal| panic!("{act:?}: {refusal}"));
                // Anybody may speak for the office.
                assert_eq!(flags(&changes).is_empty(), act == Act::ConfirmVisit, "{act:?}");
                assert!(world.records.clone().apply(&changes).is_ok());
            }
        }
    }
}

#[test]
fn a11_an_ended_assignment_gives_no_right_any_more() {
    let mut world = World::new(2);
    let commands = every_command(&mut world);
    let cast = world.cast.clone();
    let everybody: Vec<_> = [
        cast.head,
        cast.kabid,
        cast.kasi,
        cast.officer,
        cast.clerk,
        cast.treasurer,
    ]
    .into_iter()
    .chain(cast.technicians)
    .collect();
    for person in &everybody {
        world.end_assignments(*person, "2026-07-07");
    }
    let now = at("2026-07-08 08:00");
    for command in commands
        .iter()
        .filter(|it| it.act().authority().nature == Nature::Authority)
    {
        for person in &everybody {
            // A member of a team goes on in it until the Kasi says otherwise.
            if matches!(command, Command::SubmitReport { .. }) {
                continue;
            }
            let decided = world.decide(Actor::Person(*person), now, command);
            assert_eq!(
                decided.map(|_| ()).map_err(|it| it.rule),
                Err(Rule::NoRight),
                "{:?}",
                command.act()
            );
        }
    }
}

#[test]
fn a11_the_program_and_outsiders_do_only_what_is_theirs() {
    let mut world = World::new(2);
    let commands = every_command(&mut world);
    let now = at("2026-07-07 12:05");
    let allowed = |world: &mut World, actor| {
        let mut acts = Vec::new();
        for command in commands
            .iter()
            .filter(|it| it.act().authority().nature == Nature::Authority)
        {
            if world.decide(actor, now, command).is_ok() {
                acts.push(command.act());
            }
        }
        acts
    };
    let by_program = [
        Act::EstimateCheckOut,
        Act::Proceed,
        Act::RegisterComplaint,
        Act::OpenFollowUp,
    ];
    assert_eq!(allowed(&mut world, Actor::System), by_program);
    assert_eq!(allowed(&mut world, Actor::Outsider), [Act::RegisterComplaint]);
}

#[test]
fn a11_the_doors_for_registers_open_to_nothing_else() {
    let mut world = World::new(1);
    let (run, _) = world.teamed(0..1);
    let cast = world.cast.clone();
    let now = at("2026-07-07 09:00");
    let site = world.records.get::<Site>(world.sites[0].0).unwrap().clone();
    let mut edit = |by, act, edits: Vec<EntryEdit>| {
        let envelope = world.envelope(by, now);
        let ids = world.ids(now);
        edit_entries(world.facts(), envelope, ids, act, edits, Vec::new())
            .map(|_| ())
            .map_err(|it| it.rule)
    };
    let of_site = |new: bool| EntryEdit {
        stream: stream(StreamKind::Site, site.id.0),
        event: Edit {
            before: Some(site.clone()),
            after: Site {
                name: "Baru".to_owned(),
                ..site.clone()
            },
        }
        .into(),
        new,
    };
    let officer = Actor::Person(cast.officer);
    assert_eq!(edit(officer, Act::EditRegister, vec![of_site(false)]), Ok(()));
    assert_eq!(
        edit(
            Actor::Person(cast.nobody),
            Act::EditRegister,
            vec![of_site(false)]
        ),
        Err(Rule::NoRight)
    );
    // Once anybody holds a post, the program sets nothing up any more.
    assert_eq!(
        edit(Actor::System, Act::EditRegister, vec![of_site(false)]),
        Err(Rule::NoRight)
    );
    // Under the name of an act that he may do an officer neither gives himself a post nor ends a run.
    let assignment = Assignment {
        id: rajut_core::id::AssignmentId(uuid::Uuid::from_u128(99)),
        person: cast.officer,
        post: rajut_core::id::PostId(uuid::Uuid::from_u128(98)),
        kind: rajut_core::people::AssignmentKind::Definitif,
        from: day("2026-07-01"),
        until: None,
        decree: String::new(),
    };
    let promoted = EntryEdit {
        stream: stream(StreamKind::Assignment, assignment.id.0),
        event: Edit {
            before: None,
            after: assignment,
        }
        .into(),
        new: true,
    };
    let end = rajut_core::run::RunEnd::Closed {
        at: now,
        by: None,
        instruction: String::new(),
    };
    let ended = EntryEdit {
        stream: stream(StreamKind::Run, run.0),
        event: RunEvent::Ended { end: end.clone() }.into(),
        new: false,
    };
    for act in [Act::EditRegister, Act::Import, Act::RegisterComplaint] {
        assert_eq!(
            edit(officer, act, vec![promoted.clone()]),
            Err(Rule::NoRight),
            "{act:?}"
        );
        assert_eq!(
            edit(officer, act, vec![ended.clone()]),
            Err(Rule::NoRight),
            "{act:?}"
        );
    }
    assert_eq!(
        edit(Actor::Person(cast.clerk), Act::EditPeople, vec![promoted]),
        Ok(())
    );
    let mut kept_by = |by, act, at: StreamKind, event: Event| {
        let envelope = world.envelope(Actor::Person(by), now);
        let ids = world.ids(now);
        record(world.facts(), envelope, ids, act, stream(at, run.0), event)
            .map(|_| ())
            .map_err(|it| it.rule)
    };
    let ended: Event = RunEvent::Ended { end }.into();
    for act in [
        Act::IssueDocument,
        Act::Export,
        Act::RevealPersonal,
        Act::CancelRun,
        Act::PauseRun,
    ] {
        assert_eq!(
            kept_by(cast.kasi, act, StreamKind::Run, ended.clone()),
            Err(Rule::NoRight),
            "{act:?}"
        );
    }
}

/// Whatever free text a command carries, ten million letters of it are refused with what is allowed.
#[test]
fn a06_no_text_is_longer_than_the_agency_allows() {
    let mut world = World::new(2);
    let commands = every_command(&mut world);
    let now = at("2026-07-07 12:05");
    let kasi = Actor::Person(world.cast.kasi);
    let mut with_text = 0;
    for command in &commands {
        let json = serde_json::to_string(command).unwrap();
        // Each of the texts that the list above fills in.
        for text in [
            "\"alasan\"",
            "\"Tim 9\"",
            "\"Z 1234 XX\"",
            "\"layar\"",
            "\"daya\"",
            "\"ganti adaptor\"",
            "\"staf\"",
        ] {
            if !json.contains(text) {
                continue;
            }
            with_text += 1;
            let long = json.replace(text, &format!("\"{}\"", "a".repeat(10_001)));
            let long: Command = serde_json::from_str(&long).unwrap();
            let refusal = world.decide(kasi, now, &long).unwrap_err();
            assert_eq!(refusal.rule, Rule::TooLong, "{:?}", command.act());
            assert_eq!(
                (refusal.args["limit"].as_str(), refusal.args["found"].as_str()),
                ("10000", "10001")
            );
        }
    }
    assert!(with_text > 20, "{with_text}");
}
