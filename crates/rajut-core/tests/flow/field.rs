//! Field facts: never refused for being late, from the wrong person or out of place; flagged instead.

use std::collections::BTreeMap;

use rajut_core::act::{Actor, Envelope, Rule};
use rajut_core::flow::Command;
use rajut_core::id::{DeviceId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::register::{Device, DeviceCondition, Identity, Owner};
use rajut_core::run::{Part, Standing};
use rajut_core::visit::{
    Action, Awaited, Confirmation, FlagCode, Measured, Outcome, PersonMet, Replacement, Subject, Verdict,
    Visit,
};

use crate::world::{World, at, minutes, new_device};

fn codes(visit: &Visit) -> Vec<FlagCode> {
    visit.flags.iter().map(|flag| flag.code).collect()
}

#[test]
fn a06_a_visit_as_it_should_be_carries_no_flag() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let known = world.visit(visit);
    assert!(known.flags.is_empty(), "{:?}", known.flags);
    assert_eq!(known.elapsed_ms(), Some(50 * 60_000));
    assert_eq!(known.present.len(), 2);
}

#[test]
fn a06_after_a_cancelled_run_the_fact_is_kept_and_flagged() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let cancel = |reason: &str| Command::CancelRun {
        run,
        reason: reason.to_owned(),
    };
    let now = at("2026-07-07 08:00");
    let kasi = world.cast.kasi;
    assert_eq!(
        world.act(kasi, now, &cancel("")).unwrap_err().rule,
        Rule::ReasonMissing
    );
    assert_eq!(
        world
            .act(world.cast.clerk, now, &cancel("batal"))
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.must(kasi, now, &cancel("anggaran dialihkan"));
    assert_eq!(
        world.act(kasi, now, &cancel("lagi")).unwrap_err().rule,
        Rule::RunEnded
    );
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    assert_eq!(
        codes(world.visit(visit)),
        [FlagCode::RunEnded, FlagCode::RunEnded]
    );
    assert_eq!(world.target(world.target_at(run, 0)).standing(), Standing::Met);
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn a06_people_who_should_not_be_there_are_flagged() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..2);
    let cast = world.cast.clone();
    let mut changed = world.run(run).teams[&team].clone();
    changed.members[1].until = Some("2026-07-08".parse().unwrap());
    let change = Command::ChangeTeam {
        run,
        team: changed,
        reason: "sakit".to_owned(),
    };
    world.must(cast.kasi, at("2026-07-08 15:00"), &change);
    world.end_assignments(cast.technicians[2], "2026-07-01");
    world.on_leave(cast.technicians[0], "2026-07-09", "2026-07-09");
    let visit: VisitId = world.fresh();
    let mut check_in = world.check_in(visit, run, team, 0, at("2026-07-09 09:00"));
    check_in.present = [cast.technicians[0], cast.technicians[1], cast.technicians[2]].into();
    world.must(
        cast.technicians[1],
        check_in.at,
        &Command::CheckIn(check_in.clone()),
    );
    let seen: Vec<_> = world
        .visit(visit)
        .flags
        .iter()
        .map(|flag| (flag.code, flag.person))
        .collect();
    let person = |number: usize| Some(cast.technicians[number]);
    for expected in [
        (FlagCode::NotMember, person(1)),
        (FlagCode::NotMember, person(2)),
        (FlagCode::NoAssignment, person(2)),
        (FlagCode::OnLeave, person(0)),
    ] {
        assert!(seen.contains(&expected), "{expected:?} in {seen:?}");
    }
    // The same person at another site before leaving this one.
    let other: VisitId = world.fresh();
    let mut elsewhere = world.check_in(other, run, team, 1, at("2026-07-09 09:20"));
    elsewhere.present = [cast.technicians[0]].into();
    world.must(cast.technicians[0], elsewhere.at, &Command::CheckIn(elsewhere));
    assert!(codes(world.visit(other)).contains(&FlagCode::TwoPlaces));
    // A team that the run does not know.
    let third: VisitId = world.fresh();
    check_in.visit = third;
    check_in.team = Some(world.fresh());
    check_in.at = at("2026-07-10 09:00");
    world.must(cast.technicians[0], check_in.at, &Command::CheckIn(check_in));
    assert!(codes(world.visit(third)).contains(&FlagCode::NotMember));
}

#[test]
fn a06_outside_its_order_a_visit_is_flagged() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..1);
    let leader = world.cast.technicians[0];
    for (when, expected) in [
        ("2026-07-06 07:30", FlagCode::BeforeOrder),
        ("2026-07-03 09:00", FlagCode::OutsideOrder),
        ("2026-09-01 09:00", FlagCode::OutsideOrder),
        ("2026-07-11 09:00", FlagCode::DayOff),
        ("2026-08-17 09:00", FlagCode::DayOff),
    ] {
        let visit: VisitId = world.fresh();
        let check_in = world.check_in(visit, run, team, 0, at(when));
        world.must(leader, at(when), &Command::CheckIn(check_in));
        assert!(
            codes(world.visit(visit)).contains(&expected),
            "{when}: {:?}",
            world.visit(visit).flags
        );
    }
    let visit: VisitId = world.fresh();
    let mut astray = world.check_in(visit, run, team, 0, at("2026-07-07 09:00"));
    astray.site = world.sites[1];
    world.must(leader, astray.at, &Command::CheckIn(astray));
    assert!(codes(world.visit(visit)).contains(&FlagCode::OutOfScope));
    assert!(world.visit(visit).targets.is_empty());
}

/// A device that knew how wrong its clock was has corrected its times; that it did is told.
#[test]
fn a06_what_a_device_corrected_is_marked() {
    for (off, marked) in [(-10_800_000, true), (200_000, false)] {
        let mut world = World::new(1);
        let (run, team) = world.teamed(0..1);
        let leader = world.cast.technicians[0];
        let visit: VisitId = world.fresh();
        let now = at("2026-07-07 09:00");
        let mut check_in = world.check_in(visit, run, team, 0, now);
        check_in.clock_off_ms = Some(off);
        world.must(leader, now, &Command::CheckIn(check_in));
        let visit = world.visit(visit);
        assert_eq!(visit.check_in.as_ref().unwrap().at, now);
        let told = visit.flags.iter().find(|flag| flag.code == FlagCode::ClockSkew);
        assert_eq!(told.map(|flag| flag.detail.as_str()), marked.then_some("-10800"));
    }
}

#[test]
fn a06_a_clock_that_runs_ahead_is_bounded() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let leader = world.cast.technicians[0];
    let visit: VisitId = world.fresh();
    let (now, ahead) = (at("2026-07-07 09:00"), at("2026-07-07 11:00"));
    let check_in = world.check_in(visit, run, team, 0, ahead);
    let envelope = Envelope {
        occurred_at: ahead,
        received_at: now,
        ..world.envelope(Actor::Person(leader), now)
    };
    let changes = world.decide_in(envelope, &Command::CheckIn(check_in)).unwrap();
    assert_eq!(changes.envelope.occurred_at, now);
    world.commit(changes);
    assert_eq!(world.visit(visit).check_in.as_ref().unwrap().at, now);
    let known = world
        .visit(visit)
        .flags
        .iter()
        .find(|flag| flag.code == FlagCode::ClockSkew)
        .unwrap();
    assert_eq!(known.detail, "7200");
    // Before its arrival nobody leaves.
    let early = minutes(now, -30);
    world.must(
        leader,
        now,
        &Command::CheckOut(World::check_out(visit, Outcome::Complete, early)),
    );
    assert_eq!(world.visit(visit).elapsed_ms(), Some(0));
    // An act of authority from the future is refused, one within the skew is not.
    let issue = |world: &mut World, minutes_ahead| {
        let clerk = world.cast.clerk;
        let draft = world.draft_order(World::no_run(), world.draft(0..1));
        let occurred_at = minutes(now, minutes_ahead);
        let envelope = Envelope {
            occurred_at,
            received_at: now,
            ..world.envelope(Actor::Person(clerk), now)
        };
        world
            .decide_in(envelope, &draft)
            .map(|_| ())
            .map_err(|refusal| refusal.rule)
    };
    assert_eq!(issue(&mut world, 6), Err(Rule::TimeOutOfBounds));
    assert_eq!(issue(&mut world, 5), Ok(()));
}

#[test]
fn a06_findings_that_disagree_are_both_kept() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let (one, two) = (world.cast.technicians[0], world.cast.technicians[1]);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let subject = Subject::Link(world.links[0]);
    let mut tell = |by, condition, corrects| {
        let mut finding = world.finding(subject, condition, Action::None, at("2026-07-07 09:30"));
        finding.corrects = corrects;
        let id = finding.id;
        let command = Command::RecordFinding {
            visit,
            finding: Box::new(finding),
            new_device: None,
        };
        world.must(by, at("2026-07-07 10:30"), &command);
        (id, world.visit(visit).holding()[&(subject, "daya")].len())
    };
    let (first, holding) = tell(one, DeviceCondition::Good, None);
    assert_eq!(holding, 1);
    assert_eq!(tell(two, DeviceCondition::Good, None).1, 1);
    assert_eq!(tell(two, DeviceCondition::Minor, None).1, 2);
    assert_eq!(tell(one, DeviceCondition::Minor, Some(first)).1, 2);
    assert_eq!(world.visit(visit).findings.len(), 4);
}

#[test]
fn a06_departures_and_words_of_the_office_that_disagree_are_both_kept() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let two = world.cast.technicians[1];
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Locked);
    let later = at("2026-07-07 10:00");
    world.must(
        two,
        later,
        &Command::CheckOut(World::check_out(visit, Outcome::Complete, later)),
    );
    let known = world.visit(visit);
    assert_eq!(
        (known.outcome, known.other_departures.len()),
        (Some(Outcome::Locked), 1)
    );
    // Visit and target tell the same story.
    assert_eq!(
        world.target(world.target_at(run, 0)).standing(),
        Standing::Attempted
    );
    let confirm = |confirmation| Command::ConfirmVisit {
        visit,
        confirmation,
        personal: Vec::new(),
    };
    let met = PersonMet {
        name: rajut_core::people::Sealed::commit([3; 16], "Contoh"),
        post: "staf".to_owned(),
    };
    let given = Confirmation::Given {
        met,
        evidence: None,
        at: at("2026-07-07 09:45"),
    };
    let withheld = Confirmation::Withheld {
        reason: "tidak ada orang".to_owned(),
        at: at("2026-07-07 09:40"),
    };
    world
        .try_as(Actor::Outsider, later, &confirm(given.clone()))
        .unwrap();
    world.must(two, later, &confirm(withheld.clone()));
    let known = world.visit(visit);
    assert_eq!(
        (known.confirmation.as_ref(), &known.other_confirmations[..]),
        (Some(&given), &[withheld][..])
    );
}

/// A device may send whatever it likes: what does not open its commitment, or belongs to nothing, is not kept.
#[test]
fn only_values_that_open_a_commitment_of_the_act_are_kept() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let later = at("2026-07-07 10:00");
    let mut ids = world.ids(later);
    let whole = rajut_core::journal::PersonalValue::seal("Contoh Kontak", &mut ids);
    let stray = rajut_core::journal::PersonalValue::seal("Contoh Lain", &mut ids);
    let forged = rajut_core::journal::PersonalValue {
        value: "Contoh Palsu".to_owned(),
        ..whole.clone()
    };
    let met = PersonMet {
        name: whole.sealed.clone(),
        post: "staf".to_owned(),
    };
    let confirm = Command::ConfirmVisit {
        visit,
        confirmation: Confirmation::Given {
            met,
            evidence: None,
            at: later,
        },
        personal: vec![forged, stray, whole.clone()],
    };
    let changes = world.decide(Actor::Outsider, later, &confirm).unwrap();
    assert_eq!(changes.personal, [whole]);
    assert!(!changes.events.is_empty(), "the fact itself is kept");
}

#[test]
fn a06_a_forgotten_departure_is_estimated_until_the_team_says_better() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let cast = world.cast.clone();
    let visit: VisitId = world.fresh();
    let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, at("2026-07-07 09:00")));
    world.must(cast.technicians[0], at("2026-07-07 09:00"), &check_in);
    let estimate = Command::EstimateCheckOut {
        visit,
        at: at("2026-07-07 10:00"),
        outcome: Outcome::Partial,
    };
    let now = at("2026-07-07 16:00");
    for by in [cast.technicians[0], cast.nobody, cast.kabid] {
        assert_eq!(world.act(by, now, &estimate).unwrap_err().rule, Rule::NoRight);
    }
    let stale = world.decide(Actor::Person(cast.kasi), now, &estimate).unwrap();
    world.must(cast.kasi, now, &estimate);
    assert!(world.visit(visit).check_out.as_ref().unwrap().estimated);
    assert_eq!(codes(world.visit(visit)), [FlagCode::Estimated]);
    assert!(
        world.records.clone().apply(&stale).is_err(),
        "an estimate is an act of authority"
    );
    let left = at("2026-07-07 09:45");
    world.must(
        cast.technicians[0],
        now,
        &Command::CheckOut(World::check_out(visit, Outcome::Complete, left)),
    );
    let known = world.visit(visit);
    assert_eq!(
        (known.check_out.as_ref().unwrap().at, known.outcome),
        (left, Some(Outcome::Complete))
    );
    assert_eq!(world.target(world.target_at(run, 0)).met_at(), Some(left));
    assert_eq!(
        world.act(cast.kasi, now, &estimate).unwrap_err().rule,
        Rule::InvalidValue
    );
}

#[test]
fn a06_a_replacement_updates_the_register() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..2);
    let leader = world.cast.technicians[0];
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    let new: DeviceId = world.fresh();
    let now = at("2026-07-07 10:30");
    let replaced = |world: &mut World, visit, new| {
        let subject = Subject::Device(world.devices[0]);
        let mut finding = world.finding(
            subject,
            DeviceCondition::Major,
            Action::Replace,
            at("2026-07-07 09:30"),
        );
        finding.repair_minutes = Some(20);
        finding.replacement = Some(Replacement {
            new_device: new,
            brand: "Contoh".to_owned(),
            model: "R2".to_owned(),
            old_serial: Identity::Unreadable,
            new_serial: Identity::Known("SN-BARU".to_owned()),
            new_inventory_number: Identity::None,
            owner: Owner::Agency,
        });
        let device = Device {
            serial: Identity::Known("SN-BARU".to_owned()),
            ..new_device(new, world.sites[1], 77)
        };
        Command::RecordFinding {
            visit,
            finding: Box::new(finding),
            new_device: Some(Box::new(device)),
        }
    };
    let command = replaced(&mut world, visit, new);
    world.must(leader, now, &command);
    let (old, put_in) = (
        world.records.get::<Device>(world.devices[0].0).unwrap(),
        world.records.get::<Device>(new.0).unwrap(),
    );
    assert_eq!((old.in_use(), old.condition), (false, DeviceCondition::Major));
    assert_eq!(
        old.serial,
        Identity::Known("SN0".to_owned()),
        "what could not be read stays as it was known"
    );
    assert_eq!(
        (put_in.site, put_in.replaces),
        (world.sites[0], Some(world.devices[0]))
    );
    // Told twice, the register changes once and the second word is kept in the visit.
    let again = replaced(&mut world, visit, new);
    world.must(leader, now, &again);
    assert_eq!(world.visit(visit).findings.len(), 2);
    // By the register the device stands at another site: flagged, and the register stays.
    let elsewhere = world.visited(run, team, 1, at("2026-07-07 11:00"), Outcome::Complete);
    let subject = Subject::Device(new);
    let finding = world.finding(
        subject,
        DeviceCondition::Missing,
        Action::None,
        at("2026-07-07 11:10"),
    );
    let command = Command::RecordFinding {
        visit: elsewhere,
        finding: Box::new(finding),
        new_device: None,
    };
    world.must(leader, at("2026-07-07 12:00"), &command);
    assert_eq!(codes(world.visit(elsewhere)), [FlagCode::OutOfScope]);
    assert_eq!(
        world.records.get::<Device>(new.0).unwrap().condition,
        DeviceCondition::Good
    );
}

#[test]
fn a06_what_comes_after_the_report_is_flagged() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let leader = world.cast.technicians[0];
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    world.reported(run, team, "2026-07-07", at("2026-07-08 07:45"));
    let measured = Measured {
        observation: world.fresh(),
        classes: BTreeMap::new(),
        values: BTreeMap::from([("jitter".to_owned(), 3.0)]),
        subject: Subject::Site,
        vantage: "laptop".to_owned(),
        thresholds_version: "1".to_owned(),
        at: at("2026-07-09 23:00"),
    };
    let command = Command::RecordObservation {
        visit,
        measured: Box::new(measured),
    };
    world.must(leader, at("2026-07-08 09:00"), &command);
    assert_eq!(
        codes(world.visit(visit)),
        [FlagCode::ClockSkew, FlagCode::AfterReport]
    );
    assert_eq!(world.visit(visit).measured[0].at, at("2026-07-08 09:00"));
    let complaint = world.complained(0, at("2026-07-07 07:45"));
    world.judge(visit, complaint, Verdict::NotFound, at("2026-07-08 09:10"));
    assert_eq!(world.visit(visit).verdicts.len(), 1);
}

/// A replacement of a device: by which id, code and serial number.
fn put_in(
    world: &mut World,
    visit: VisitId,
    old: usize,
    (id, code, serial): (DeviceId, &str, &str),
) -> Command {
    let subject = Subject::Device(world.devices[old]);
    let when = at("2026-07-07 09:30");
    let mut finding = world.finding(subject, DeviceCondition::Major, Action::Replace, when);
    let serial = Identity::Known(serial.to_owned());
    finding.replacement = Some(Replacement {
        new_device: id,
        brand: "Contoh".to_owned(),
        model: "R2".to_owned(),
        old_serial: Identity::Unknown,
        new_serial: serial.clone(),
        new_inventory_number: Identity::Unknown,
        owner: Owner::Agency,
    });
    let device = Device {
        code: code.to_owned(),
        serial,
        ..new_device(id, world.sites[old], 77)
    };
    Command::RecordFinding {
        visit,
        finding: Box::new(finding),
        new_device: Some(Box::new(device)),
    }
}

#[test]
fn a_replacement_of_what_was_replaced_or_by_what_stands_elsewhere_is_flagged() {
    let mut world = World::new(3);
    let (run, team) = world.teamed(0..3);
    let leader = world.cast.technicians[0];
    let visits: Vec<VisitId> = (0..3)
        .map(|site| {
            let arrived = minutes(at("2026-07-07 07:30"), 60 * i64::try_from(site).unwrap());
            world.visited(run, team, site, arrived, Outcome::Complete)
        })
        .collect();
    let now = at("2026-07-07 12:00");
    let flags = |world: &World, visit| -> Vec<(FlagCode, String)> {
        let flags = world.visit(visit).flags.iter();
        flags.map(|it| (it.code, it.detail.clone())).collect()
    };
    let ids: Vec<DeviceId> = (0..5).map(|_| world.fresh()).collect();
    let old_code = world
        .records
        .get::<Device>(world.devices[0].0)
        .unwrap()
        .code
        .clone();
    let first = put_in(&mut world, visits[0], 0, (ids[0], "rt-baru", "SN-BARU"));
    world.must(leader, now, &first);
    // The same one told again is one replacement.
    let again = put_in(&mut world, visits[0], 0, (ids[0], "rt-baru", "SN-BARU"));
    world.must(leader, now, &again);
    assert_eq!(flags(&world, visits[0]), []);
    let register = |world: &World| world.records.all::<Device>().cloned().collect::<Vec<_>>();
    let stands = register(&world);
    // A second and third device in the place of one that has left it: kept, flagged, and the register stays.
    for id in [ids[1], ids[2]] {
        let more = put_in(&mut world, visits[0], 0, (id, "rt-baru", "SN-BARU"));
        world.must(leader, now, &more);
    }
    assert_eq!(flags(&world, visits[0]), [(FlagCode::AlreadyReplaced, old_code)]);
    assert_eq!(world.visit(visits[0]).findings.len(), 4);
    // One code for two devices: no register can hold that.
    let same_code = put_in(&mut world, visits[1], 1, (ids[3], "rt-baru", "SN-LAIN"));
    world.must(leader, now, &same_code);
    let in_use = (FlagCode::NumberInUse, "rt-baru".to_owned());
    assert_eq!(flags(&world, visits[1]), std::slice::from_ref(&in_use));
    assert_eq!(register(&world), stands);
    // One serial number for two devices: it was put in all the same.
    let same_serial = put_in(&mut world, visits[2], 2, (ids[4], "rt-baru-3", "SN-BARU"));
    world.must(leader, now, &same_serial);
    assert_eq!(flags(&world, visits[2]), [in_use]);
    assert_eq!(
        world.records.get::<Device>(ids[4].0).unwrap().replaces,
        Some(world.devices[2])
    );
    assert_eq!(world.records, world.replayed());
}

#[test]
fn a_number_that_cannot_be_read_needs_a_photo() {
    let known = || Identity::Known("SN-1".to_owned());
    for (old, new, inventory, photo, flagged) in [
        (known(), known(), known(), false, false),
        (known(), known(), Identity::Unknown, false, false),
        (Identity::Unreadable, known(), known(), false, true),
        (known(), Identity::Unreadable, known(), false, true),
        (known(), known(), Identity::None, false, true),
        (
            Identity::Unreadable,
            Identity::None,
            Identity::Unreadable,
            true,
            false,
        ),
    ] {
        let mut world = World::new(1);
        let (run, team) = world.teamed(0..1);
        let leader = world.cast.technicians[0];
        let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
        let id: DeviceId = world.fresh();
        let subject = Subject::Device(world.devices[0]);
        let when = at("2026-07-07 09:30");
        let mut finding = world.finding(subject, DeviceCondition::Major, Action::Replace, when);
        finding.photos = photo.then(|| Hash::of(b"foto")).into_iter().collect();
        finding.replacement = Some(Replacement {
            new_device: id,
            brand: "Contoh".to_owned(),
            model: "R2".to_owned(),
            old_serial: old.clone(),
            new_serial: new.clone(),
            new_inventory_number: inventory.clone(),
            owner: Owner::Agency,
        });
        let told = finding.id;
        let command = Command::RecordFinding {
            visit,
            finding: Box::new(finding),
            new_device: None,
        };
        world.must(leader, at("2026-07-07 10:00"), &command);
        let visit = world.visit(visit);
        assert_eq!(visit.findings.len(), 1, "kept");
        let flags: Vec<_> = visit
            .flags
            .iter()
            .map(|it| (it.code, it.detail.clone()))
            .collect();
        let expected = flagged.then(|| (FlagCode::NoPhoto, told.to_string()));
        assert_eq!(
            flags,
            expected.into_iter().collect::<Vec<_>>(),
            "{old:?} {new:?} {inventory:?}"
        );
    }
}

#[test]
fn a06_a_part_that_only_one_of_two_names_holds() {
    let part = |name: &str| Awaited {
        part: Part {
            name: name.to_owned(),
            quantity: 1,
        },
        due_on: None,
    };
    let fan = || Some(part("kipas contoh"));
    let supply = || Some(part("catu daya contoh"));
    for (told, holding) in [
        (vec![None, fan()], vec![fan()]),
        (vec![fan(), None], vec![fan()]),
        (vec![fan(), fan()], vec![fan()]),
        (vec![None, fan(), supply()], vec![fan(), supply()]),
        (vec![None, None], vec![None]),
    ] {
        let mut world = World::new(1);
        let (run, team) = world.teamed(0..1);
        let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
        let subject = Subject::Device(world.devices[0]);
        for (who, awaits) in told.into_iter().enumerate() {
            let when = at("2026-07-07 09:30");
            let mut finding = world.finding(subject, DeviceCondition::Major, Action::Escalate, when);
            finding.awaits = awaits;
            let command = Command::RecordFinding {
                visit,
                finding: Box::new(finding),
                new_device: None,
            };
            let by = world.cast.technicians[who % 2];
            world.must(by, at("2026-07-07 10:30"), &command);
        }
        let known = world.visit(visit);
        let stand: Vec<_> = known
            .holding()
            .into_values()
            .flatten()
            .map(|finding| finding.awaits.clone())
            .collect();
        assert_eq!(stand, holding);
    }
}
