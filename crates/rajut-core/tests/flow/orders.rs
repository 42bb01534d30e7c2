//! The order and its disposition: who may, what is missing, by word of mouth, addenda.

use rajut_core::act::{Act, Actor, Rule};
use rajut_core::flow::{Command, issue_document, record as record_act};
use rajut_core::id::RunId;
use rajut_core::journal::Hash;
use rajut_core::lateness::{Against, clocks, late};
use rajut_core::number::{NumberEntry, NumberStanding};
use rajut_core::people::{AssignmentKind, Capacity};
use rajut_core::run::{Document, DocumentEvent, DocumentKind};
use rajut_core::stream::StreamKind;

use crate::world::{World, at, day, stream};

#[test]
fn a02_the_head_issues_to_the_kabid_and_no_one_else_does() {
    let mut world = World::new(2);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let mut wrong = world.draft(0..2);
    wrong.addressee = world.post("tata-usaha");
    let command = world.draft_order(run, wrong);
    let refusal = world
        .act(cast.clerk, at("2026-07-06 08:00"), &command)
        .unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.args["field"].as_str()),
        (Rule::InvalidValue, "addressee")
    );
    assert_eq!(refusal.who_could, [world.post("kabid-telematika-persandian")]);
    let command = world.draft_order(run, world.draft(0..2));
    world.must(cast.clerk, at("2026-07-06 08:00"), &command);
    for by in [
        cast.kabid,
        cast.kasi,
        cast.clerk,
        cast.nobody,
        cast.technicians[0],
    ] {
        let issue = world.issue_order(run, by, at("2026-07-06 08:30"));
        let refusal = world.act(by, at("2026-07-06 08:30"), &issue).unwrap_err();
        assert_eq!(
            (refusal.rule, &refusal.who_could[..]),
            (Rule::NoRight, &[world.post("kepala-dinas")][..])
        );
    }
    let issue = world.issue_order(run, cast.head, at("2026-07-06 08:30"));
    world.must(cast.head, at("2026-07-06 08:30"), &issue);
    let order = world.run(run).order.as_ref().unwrap();
    assert_eq!(order.issued.as_ref().unwrap().capacity, Capacity::Own);
    assert_eq!(world.targets(run).len(), 2);
    let again = world.issue_order(run, cast.head, at("2026-07-06 08:40"));
    assert_eq!(
        world
            .act(cast.head, at("2026-07-06 08:40"), &again)
            .unwrap_err()
            .rule,
        Rule::OrderAlreadyIssued
    );
}

#[test]
fn a02_the_paper_must_be_what_its_number_says() {
    let mut world = World::new(1);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let now = at("2026-07-06 08:30");
    let command = world.draft_order(run, world.draft(0..1));
    world.must(cast.clerk, at("2026-07-06 08:00"), &command);
    let Command::IssueOrder { number, document, .. } = world.issue_order(run, cast.head, now) else {
        unreachable!()
    };
    let refused = |world: &mut World, change: &dyn Fn(&mut Document)| {
        let mut document = document.clone();
        change(&mut document);
        let command = Command::IssueOrder {
            run,
            number,
            document,
        };
        world.act(cast.head, now, &command).unwrap_err().rule
    };
    assert_eq!(
        refused(&mut world, &|it| it.number = "palsu".to_owned()),
        Rule::NumberNotReserved
    );
    assert_eq!(
        refused(&mut world, &|it| it.date = day("2026-07-07")),
        Rule::InvalidValue
    );
    assert_eq!(
        refused(&mut world, &|it| it.signed_by = cast.kabid),
        Rule::InvalidValue
    );
    assert_eq!(
        refused(&mut world, &|it| it.kind = DocumentKind::Memo),
        Rule::InvalidValue
    );
    // A number of another register, or of another run, is no number for it.
    let other: RunId = world.fresh();
    for (register, record) in [("memo", run), ("order", other)] {
        let entry = world.reserve(cast.clerk, now, register, stream(StreamKind::Run, record.0));
        let document = Box::new(world.paper(run, DocumentKind::Order, &entry.text, cast.head, now));
        let command = Command::IssueOrder {
            run,
            number: entry.id,
            document,
        };
        assert_eq!(
            world.act(cast.head, now, &command).unwrap_err().rule,
            Rule::NumberNotReserved
        );
    }
    // A number that was given up is never used, and stands in the register with its reason.
    assert_eq!(
        world
            .cancel_number(cast.clerk, now, number, " ")
            .unwrap_err()
            .rule,
        Rule::ReasonMissing
    );
    world
        .cancel_number(cast.clerk, now, number, "salah ketik")
        .unwrap();
    assert_eq!(refused(&mut world, &|_| {}), Rule::NumberNotReserved);
    let standing = &world.records.get::<NumberEntry>(number).unwrap().standing;
    assert!(matches!(standing, NumberStanding::Cancelled { reason, .. } if reason == "salah ketik"));
}

#[test]
fn a03_nobody_is_named_whose_data_is_missing() {
    let mut world = World::new(1);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let member = cast.technicians[0];
    let mut draft = world.draft(0..1);
    draft.named = vec![member];
    let command = world.draft_order(run, draft);
    world.must(cast.clerk, at("2026-07-06 08:00"), &command);
    world.edit_person(member, |person| {
        person.status = rajut_core::people::CivilStatus::Pns;
        person.phone = None;
    });
    let issue = world.issue_order(run, cast.head, at("2026-07-06 08:30"));
    let refusal = world.act(cast.head, at("2026-07-06 08:30"), &issue).unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.args["missing"].as_str()),
        (Rule::PersonIncomplete, "nip, phone")
    );
    let verbal = Command::RecordVerbalOrder {
        run,
        given_by: cast.head,
        given_at: at("2026-07-06 08:10"),
        channel: "telepon".to_owned(),
    };
    assert_eq!(
        world
            .act(cast.clerk, at("2026-07-06 08:30"), &verbal)
            .unwrap_err()
            .rule,
        Rule::PersonIncomplete
    );
}

#[test]
fn a03_names_are_asked_for_again_when_a_team_is_formed() {
    let mut world = World::new(1);
    let run = world.disposed(0..1);
    let team = world.team("Tim 1", &[0, 1], rajut_core::run::BatchRule::Day);
    let member = world.cast.technicians[1];
    world.edit_person(member, |person| person.address = None);
    let form = Command::FormTeams {
        run,
        teams: vec![team],
        plan: Vec::new(),
        reason: "ya".to_owned(),
    };
    let refusal = world
        .act(world.cast.kasi, at("2026-07-06 08:35"), &form)
        .unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.args["missing"].as_str()),
        (Rule::PersonIncomplete, "address")
    );
}

#[test]
fn a04_only_the_kabid_disposes_and_only_to_the_kasi() {
    let mut world = World::new(1);
    let run = world.ordered(0..1);
    let cast = world.cast.clone();
    let dispose = world.dispose(run);
    let now = at("2026-07-06 08:08");
    for by in [cast.kasi, cast.clerk, cast.technicians[0], cast.nobody, cast.head] {
        let refusal = world.act(by, now, &dispose).unwrap_err();
        assert_eq!(refusal.rule, Rule::NoRight);
        assert_eq!(refusal.who_could, [world.post("kabid-telematika-persandian")]);
    }
    assert_eq!(
        world.try_as(Actor::System, now, &dispose).unwrap_err().rule,
        Rule::NoRight
    );
    assert_eq!(
        world.try_as(Actor::Outsider, now, &dispose).unwrap_err().rule,
        Rule::NoRight
    );
    let with = |change: &dyn Fn(&mut Command)| {
        let mut command = dispose.clone();
        change(&mut command);
        command
    };
    let clerk = world.post("tata-usaha");
    let astray = with(&|it| {
        if let Command::Dispose { to, .. } = it {
            *to = clerk;
        }
    });
    assert_eq!(
        world.act(cast.kabid, now, &astray).unwrap_err().rule,
        Rule::InvalidValue
    );
    let silent = with(&|it| {
        if let Command::Dispose { instruction, .. } = it {
            instruction.clear();
        }
    });
    assert_eq!(
        world.act(cast.kabid, now, &silent).unwrap_err().rule,
        Rule::ReasonMissing
    );
    let past = with(&|it| {
        if let Command::Dispose { deadline, .. } = it {
            *deadline = Some(day("2026-07-05"));
        }
    });
    assert_eq!(
        world.act(cast.kabid, now, &past).unwrap_err().rule,
        Rule::InvalidValue
    );
    assert_eq!(
        world
            .act(cast.kabid, at("2026-07-06 07:50"), &dispose)
            .unwrap_err()
            .rule,
        Rule::TimeOutOfBounds
    );
    world.must(cast.kabid, now, &dispose);
    let given = &world.run(run).dispositions[0];
    assert_eq!(
        (given.by, given.from),
        (cast.kabid, world.post("kabid-telematika-persandian"))
    );
    assert_eq!((given.to, given.at), (world.post("kasi-telematika"), now));
    let twice = world.act(cast.kabid, now, &dispose).unwrap_err();
    assert_eq!(
        (twice.rule, twice.args["open"].as_str()),
        (Rule::StepNotOpen, "3 (pembentukan-tim)")
    );
}

#[test]
fn a04_plt_plh_and_a_superior_act_for_a_post_and_are_marked() {
    for (kind, vacant) in [
        (Some(AssignmentKind::Plt), true),
        (Some(AssignmentKind::Plh), false),
        (None, true),
    ] {
        let mut world = World::new(1);
        let run = world.ordered(0..1);
        let cast = world.cast.clone();
        let post = world.post("kabid-telematika-persandian");
        if vacant {
            world.end_assignments(cast.kabid, "2026-07-05");
        } else {
            world.on_leave(cast.kabid, "2026-07-06", "2026-07-06");
        }
        let (by, expected) = match kind {
            Some(kind) => {
                world.assign(cast.treasurer, post, kind, "2026-07-06", Some("2026-07-06"));
                (cast.treasurer, if vacant { Capacity::Plt } else { Capacity::Plh })
            }
            None => (cast.head, Capacity::SuperiorForVacant(world.post("kepala-dinas"))),
        };
        let dispose = world.dispose(run);
        let refusal = world
            .act(cast.kabid, at("2026-07-06 08:08"), &dispose)
            .unwrap_err();
        assert_eq!(refusal.rule, Rule::NoRight);
        world.must(by, at("2026-07-06 08:08"), &dispose);
        let run = world.run(run);
        assert_eq!(run.dispositions[0].capacity, expected);
        assert_eq!(
            (run.acted_as[0].person, &run.acted_as[0].capacity),
            (by, &expected)
        );
    }
}

#[test]
fn a02_a_draft_takes_three_initials_and_can_come_back() {
    let mut world = World::new(1);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let draft = world.draft_order(run, world.draft(0..1));
    world.must(cast.clerk, at("2026-07-06 08:00"), &draft);
    for by in [cast.clerk, cast.kasi, cast.kabid] {
        world.must(by, at("2026-07-06 08:05"), &Command::InitialOrder { run });
        let twice = world
            .act(by, at("2026-07-06 08:05"), &Command::InitialOrder { run })
            .unwrap_err();
        assert_eq!(twice.rule, Rule::TooManyInitials);
    }
    let fourth = world
        .act(cast.head, at("2026-07-06 08:06"), &Command::InitialOrder { run })
        .unwrap_err();
    assert_eq!(fourth.rule, Rule::TooManyInitials);
    world.must(cast.kasi, at("2026-07-06 08:10"), &Command::SubmitOrder { run });
    // Laid before the head again, the clock still runs from the first time.
    world.must(cast.kasi, at("2026-07-06 08:50"), &Command::SubmitOrder { run });
    assert_eq!(
        world.run(run).order.as_ref().unwrap().submitted_at,
        Some(at("2026-07-06 08:10"))
    );
    let send_back = |note: &str| Command::ReturnOrder {
        run,
        note: note.to_owned(),
    };
    let now = at("2026-07-06 09:00");
    assert_eq!(
        world.act(cast.head, now, &send_back("  ")).unwrap_err().rule,
        Rule::ReasonMissing
    );
    assert_eq!(
        world.act(cast.kabid, now, &send_back("salah")).unwrap_err().rule,
        Rule::NoRight
    );
    world.must(cast.head, now, &send_back("tambah lokasi"));
    let order = world.run(run).order.as_ref().unwrap();
    assert_eq!(
        (order.submitted_at, order.initials.len(), order.sent_back.len()),
        (None, 0, 1)
    );
    assert_eq!(
        world.with_facts(run, |facts| clocks(facts, at("2026-07-06 15:00")).unwrap()),
        []
    );
    world.must(cast.clerk, at("2026-07-06 09:30"), &draft);
    world.must(cast.clerk, at("2026-07-06 10:00"), &Command::SubmitOrder { run });
    let issue = world.issue_order(run, cast.head, at("2026-07-06 10:04"));
    world.must(cast.head, at("2026-07-06 10:04"), &issue);
    let dispose = world.dispose(run);
    world.must(cast.kabid, at("2026-07-06 10:10"), &dispose);
    let clock = world.with_facts(run, |facts| {
        clocks(facts, at("2026-07-06 10:10")).unwrap().remove(0)
    });
    assert_eq!((clock.counted_ms / 60_000, clock.standard_minutes), (10, 10));
}

#[test]
fn a02_by_word_of_mouth_first_and_on_paper_later() {
    let mut world = World::new(3);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let draft = world.draft_order(run, world.draft(0..2));
    world.must(cast.clerk, at("2026-07-06 10:00"), &draft);
    let verbal = |given_by, given_at: &str, channel: &str| Command::RecordVerbalOrder {
        run,
        given_by,
        given_at: at(given_at),
        channel: channel.to_owned(),
    };
    let now = at("2026-07-06 10:05");
    let rule = |world: &mut World, command: &Command| world.act(cast.clerk, now, command).unwrap_err().rule;
    assert_eq!(
        rule(&mut world, &verbal(cast.kabid, "2026-07-06 08:00", "telepon")),
        Rule::NoRight
    );
    assert_eq!(
        rule(&mut world, &verbal(cast.head, "2026-07-06 11:00", "telepon")),
        Rule::TimeOutOfBounds
    );
    assert_eq!(
        rule(&mut world, &verbal(cast.head, "2026-07-06 08:00", "")),
        Rule::ReasonMissing
    );
    let given = verbal(cast.head, "2026-07-06 08:00", "telepon");
    assert_eq!(
        world.act(cast.technicians[0], now, &given).unwrap_err().rule,
        Rule::NoRight
    );
    world.must(cast.clerk, now, &given);
    assert_eq!(rule(&mut world, &given), Rule::OrderAlreadyIssued);
    assert_eq!(world.targets(run).len(), 2);
    let spoken = world.run(run).order.as_ref().unwrap().verbal.clone().unwrap();
    assert_eq!((spoken.by, spoken.written_due), (cast.head, day("2026-07-09")));
    // The disposition follows the word at once, and step 1 was done when it was given.
    let dispose = world.dispose(run);
    world.must(cast.kabid, at("2026-07-06 10:10"), &dispose);
    assert_eq!(
        world.run(run).progress.done[0].finished_at,
        at("2026-07-06 08:00")
    );
    // The paper says what was said: more sites come by an addendum.
    let more = world.draft_order(run, world.draft(0..3));
    assert_eq!(rule(&mut world, &more), Rule::OrderAlreadyIssued);
    let early = world.addendum(run, at("2026-07-06 11:00"), vec![world.sites[2]], None);
    assert_eq!(
        world
            .act(cast.head, at("2026-07-06 11:00"), &early)
            .unwrap_err()
            .rule,
        Rule::OrderMissing
    );
    // Not closable before it is written, and late when the days are over.
    let team = world.team("Tim 1", &[0, 1], rajut_core::run::BatchRule::Day);
    let plan = (0..2)
        .map(|site| world.planned(run, site, team.id, "2026-07-07"))
        .collect();
    let id = team.id;
    let form = Command::FormTeams {
        run,
        teams: vec![team],
        plan,
        reason: String::new(),
    };
    world.must(cast.kasi, at("2026-07-06 10:30"), &form);
    for (site, hour) in [(0, "09:00"), (1, "10:00")] {
        world.visited(
            run,
            id,
            site,
            at(&format!("2026-07-07 {hour}")),
            rajut_core::visit::Outcome::Complete,
        );
    }
    world.reported(run, id, "2026-07-07", at("2026-07-08 07:45"));
    let last = world.final_report(run);
    world.must(cast.kasi, at("2026-07-08 09:00"), &last);
    let refusal = world
        .act(cast.kasi, at("2026-07-08 10:00"), &World::close(run))
        .unwrap_err();
    assert_eq!(refusal.rule, Rule::VerbalNotPapered);
    let overdue = |world: &World, now: &str| {
        let late = world.with_facts(run, |facts| late(facts, at(now)).unwrap());
        late.into_iter()
            .any(|late| late.against == Against::Plan && late.step.is_some())
    };
    assert!(!overdue(&world, "2026-07-09 16:00"));
    assert!(overdue(&world, "2026-07-10 09:00"));
    let issue = world.issue_order(run, cast.head, at("2026-07-10 09:30"));
    world.must(cast.head, at("2026-07-10 09:30"), &issue);
    world.must(cast.kasi, at("2026-07-10 10:00"), &World::close(run));
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a02_a_substitute_who_gave_the_word_is_marked_not_the_clerk() {
    let mut world = World::new(1);
    let run: RunId = world.fresh();
    let cast = world.cast.clone();
    let post = world.post("kepala-dinas");
    world.on_leave(cast.head, "2026-07-06", "2026-07-06");
    world.assign(
        cast.kabid,
        post,
        AssignmentKind::Plh,
        "2026-07-06",
        Some("2026-07-06"),
    );
    let draft = world.draft_order(run, world.draft(0..1));
    world.must(cast.clerk, at("2026-07-06 08:00"), &draft);
    let channel = "rapat".to_owned();
    let verbal = Command::RecordVerbalOrder {
        run,
        given_by: cast.kabid,
        given_at: at("2026-07-06 08:01"),
        channel,
    };
    world.must(cast.clerk, at("2026-07-06 08:05"), &verbal);
    let marked = &world.run(run).acted_as[0];
    assert_eq!((marked.person, &marked.capacity), (cast.kabid, &Capacity::Plh));
}

#[test]
fn a02_an_addendum_adds_sites_and_days() {
    let mut world = World::new(4);
    let (run, team) = world.teamed(0..2);
    let cast = world.cast.clone();
    let complaint = world.complained(2, at("2026-07-08 09:00"));
    let now = at("2026-07-09 09:00");
    let with = |world: &mut World, sites: &[usize], until: Option<&str>| {
        let sites = sites.iter().map(|site| world.sites[*site]).collect();
        world.addendum(run, now, sites, until.map(day))
    };
    let rule = |world: &mut World, sites: &[usize], until: Option<&str>| {
        let command = with(world, sites, until);
        world.act(cast.head, now, &command).unwrap_err().rule
    };
    assert_eq!(rule(&mut world, &[0], None), Rule::SiteRepeated);
    assert_eq!(rule(&mut world, &[2, 2], None), Rule::SiteRepeated);
    assert_eq!(rule(&mut world, &[], None), Rule::OrderIncomplete);
    assert_eq!(rule(&mut world, &[2], Some("2026-08-27")), Rule::ValidityWrong);
    let command = with(&mut world, &[2, 3], Some("2026-09-11"));
    assert_eq!(
        world.act(cast.kasi, now, &command).unwrap_err().rule,
        Rule::NoRight
    );
    world.must(cast.head, now, &command);
    let order = world.run(run).order.as_ref().unwrap();
    assert_eq!(
        (order.scope().count(), order.valid_until()),
        (4, day("2026-09-11"))
    );
    // Teams are out already: the new sites can be planned, visited, and bring their complaints.
    let target = world.target(world.target_at(run, 2));
    assert!(
        target
            .progress
            .as_ref()
            .is_some_and(|progress| progress.open.len() == 1)
    );
    assert!(target.complaints.contains(&complaint));
    assert_eq!(world.complaint(complaint).target, Some(target.id));
    let mut planned = world.planned(run, 2, team, "2026-09-01");
    planned.due_on = day("2026-09-11");
    let plan = Command::PlanTargets {
        run,
        plan: vec![planned],
        reason: String::new(),
    };
    world.must(cast.kasi, at("2026-07-09 10:00"), &plan);
    let too_late = rajut_core::flow::PlannedTarget {
        due_on: day("2026-09-12"),
        ..world.planned(run, 3, team, "2026-09-01")
    };
    let plan = Command::PlanTargets {
        run,
        plan: vec![too_late],
        reason: String::new(),
    };
    assert_eq!(
        world
            .act(cast.kasi, at("2026-07-09 10:00"), &plan)
            .unwrap_err()
            .rule,
        Rule::OutsideOrder
    );
}

#[test]
fn a02_a_number_is_given_once() {
    let mut world = World::new(1);
    let record = stream(StreamKind::Run, world.fresh::<RunId>().0);
    let now = at("2026-07-06 08:00");
    let mut reserve = |seq| {
        let envelope = world.envelope(Actor::Person(world.cast.clerk), now);
        let ids = world.ids(now);
        rajut_core::flow::reserve_number(
            world.facts(),
            envelope,
            ids,
            &world.templates,
            "order",
            seq,
            record,
        )
    };
    let (first, one) = reserve(1).unwrap();
    let (_, two) = reserve(1).unwrap();
    assert_eq!(first.text, "100.3.5/001/Diskominfo/2026");
    world.records.apply(&one).unwrap();
    assert!(world.records.apply(&two).is_err());
}

#[test]
fn b08_a_number_is_used_in_the_act_that_issues_its_paper() {
    let mut world = World::new(1);
    let cast = world.cast.clone();
    let run = world.ordered(0..1);
    let now = at("2026-07-06 10:00");
    let record = stream(StreamKind::Run, run.0);
    let entry = world.reserve(cast.clerk, now, "minutes", record);
    let document = world.paper(run, DocumentKind::Minutes, &entry.text, cast.technicians[0], now);
    let issue = |world: &mut World, by: Actor, document: &Document| {
        let (envelope, ids) = (world.envelope(by, now), world.ids(now));
        issue_document(world.facts(), envelope, ids, entry.id, document)
    };
    let clerk = Actor::Person(cast.clerk);

    // A technician signs and a clerk numbers; neither an outsider nor the program by itself issues anything.
    for other in [Actor::Person(cast.technicians[0]), Actor::Outsider, Actor::System] {
        assert_eq!(
            issue(&mut world, other, &document).unwrap_err().rule,
            Rule::NoRight
        );
    }
    let refused = |world: &mut World, edit: &dyn Fn(&mut Document)| {
        let mut other = document.clone();
        edit(&mut other);
        issue(world, clerk, &other).unwrap_err().rule
    };
    assert_eq!(
        refused(&mut world, &|it| it.number = "palsu".to_owned()),
        Rule::NumberNotReserved
    );
    assert_eq!(
        refused(&mut world, &|it| it.kind = DocumentKind::Report),
        Rule::NumberNotReserved
    );
    assert_eq!(
        refused(&mut world, &|it| it.kind = DocumentKind::Order),
        Rule::InvalidValue
    );
    assert_eq!(
        refused(&mut world, &|it| it.date = day("2026-07-05")),
        Rule::InvalidValue
    );
    assert_eq!(
        refused(&mut world, &|it| it.record.id = uuid::Uuid::nil()),
        Rule::NumberNotReserved
    );

    let changes = issue(&mut world, clerk, &document).unwrap();
    world.commit(changes);
    let standing = &world.records.get::<NumberEntry>(entry.id).unwrap().standing;
    assert_eq!(
        *standing,
        NumberStanding::Used {
            at: now,
            document: Some(document.id)
        }
    );
    assert_eq!(
        world.records.get::<Document>(document.id.0).unwrap().number,
        entry.text
    );
    // The number is used up.
    let again = world.paper(run, DocumentKind::Minutes, &entry.text, cast.technicians[0], now);
    assert_eq!(
        issue(&mut world, clerk, &again).unwrap_err().rule,
        Rule::NumberNotReserved
    );

    // The program keeps the bytes, and issues nothing by that door.
    let kept = |world: &mut World, event: DocumentEvent| {
        let (envelope, ids) = (world.envelope(Actor::System, now), world.ids(now));
        let stream = stream(StreamKind::Document, document.id.0);
        record_act(world.facts(), envelope, ids, Act::FreezeDocument, stream, event)
    };
    let issued = DocumentEvent::Issued {
        document: Box::new(again),
    };
    assert_eq!(kept(&mut world, issued).unwrap_err().rule, Rule::NoRight);
    let changes = kept(
        &mut world,
        DocumentEvent::Frozen {
            bytes: Hash::of(b"pdf"),
            signature: None,
        },
    )
    .unwrap();
    world.commit(changes);
    assert_eq!(
        world.records.get::<Document>(document.id.0).unwrap().bytes,
        Some(Hash::of(b"pdf"))
    );
}
