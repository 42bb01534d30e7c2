//! Laptops: whose key may be enrolled by whom, and what becomes of the file that comes home.

use jiff::Timestamp;
use rajut_core::act::{Actor, Envelope, Rule};
use rajut_core::check::{
    Measured as Figure, Method, Observation, Outcome as Seen, Scope, Thresholds, Vantage,
};
use rajut_core::flow::{Command, NewLaptopKey, enrol_laptop, import_observations, revoke_laptop};
use rajut_core::id::{LaptopKeyId, PersonId, VisitId};
use rajut_core::laptop::{
    FORMAT, FileFaultCode, Header, LaptopKey, LaptopSecret, Nonce, Verified, open, write,
};
use rajut_core::visit::{FlagCode, Measured, Outcome, Subject};

use crate::world::{World, at, minutes};

const SECRET: [u8; 32] = [7; 32];

fn new_key(world: &mut World, person: PersonId, visit: VisitId, until: &str) -> NewLaptopKey {
    NewLaptopKey {
        id: world.fresh(),
        person,
        visit,
        public: LaptopSecret::from_random(SECRET).public(),
        until: at(until),
    }
}

fn enrol(world: &mut World, by: Actor, now: Timestamp, new: &NewLaptopKey) -> Result<(), Rule> {
    let (envelope, ids) = (world.envelope(by, now), world.ids(now));
    let changes = enrol_laptop(world.facts(), envelope, ids, new).map_err(|it| it.rule)?;
    world.commit(changes);
    Ok(())
}

fn revoke(world: &mut World, by: Actor, now: Timestamp, key: LaptopKeyId, why: &str) -> Result<(), Rule> {
    let (envelope, ids) = (world.envelope(by, now), world.ids(now));
    let changes = revoke_laptop(world.facts(), envelope, ids, key, why).map_err(|it| it.rule)?;
    world.commit(changes);
    Ok(())
}

fn seen(world: &mut World, target: &str, started_at: Timestamp) -> Observation {
    Observation {
        id: world.fresh(),
        target: target.to_owned(),
        method: Method::IcmpEcho,
        vantage: Vantage::Laptop,
        started_at,
        duration_us: 1,
        samples: Vec::new(),
        measures: vec![
            Figure::new("delay", "ms", 12.5),
            Figure::new("delay_min", "ms", 9.0),
        ],
        outcome: Seen::Seen,
        raw: None,
    }
}

/// A file as the laptop writes it and the door reads it.
fn file(world: &World, key: LaptopKeyId, made_at: Timestamp, seen: &[Observation]) -> Verified {
    let known = world.records.get::<LaptopKey>(key.0).unwrap();
    let header = Header {
        format: FORMAT.to_owned(),
        visit: known.visit,
        person: known.person,
        made_at,
        nonce: Nonce::from_random([u8::try_from(known.files.len()).unwrap(); 16]),
    };
    let text = write(&header, seen, key, &LaptopSecret::from_random(SECRET)).unwrap();
    open(text.as_bytes()).unwrap().verify(known, 0).unwrap()
}

fn import(world: &mut World, by: PersonId, now: Timestamp, file: &Verified) -> Result<(), Rule> {
    let (envelope, ids) = (world.envelope(Actor::Person(by), now), world.ids(now));
    let thresholds = Thresholds::read(Thresholds::SHIPPED).unwrap();
    let device = world.devices[0];
    let judge = |it: &Observation| {
        let registered = it.target == "rt";
        let subject = if registered {
            Subject::Device(device)
        } else {
            Subject::Site
        };
        (
            Measured::judged(it, subject, Scope::Gateway, &thresholds, it.started_at),
            registered,
        )
    };
    let changes = import_observations(world.facts(), envelope, ids, file, judge).map_err(|it| it.rule)?;
    world.commit(changes);
    Ok(())
}

fn flags(world: &World, visit: VisitId) -> Vec<FlagCode> {
    world.visit(visit).flags.iter().map(|flag| flag.code).collect()
}

#[test]
fn one_enrols_ones_own_laptop_and_the_kasi_anybodys() {
    let mut world = World::new(1);
    let cast = world.cast.clone();
    let now = at("2026-07-06 08:00");
    let visit = world.fresh();
    let [own, other] = [cast.technicians[0], cast.technicians[1]];
    let key = new_key(&mut world, own, visit, "2026-07-13 08:00");
    for by in [
        Actor::Person(other),
        Actor::Person(cast.head),
        Actor::Person(cast.officer),
        Actor::Person(cast.contacts[0]),
        Actor::Person(cast.nobody),
        Actor::System,
        Actor::Outsider,
    ] {
        assert_eq!(enrol(&mut world, by, now, &key), Err(Rule::NoRight), "{by:?}");
    }
    assert_eq!(enrol(&mut world, Actor::Person(own), now, &key), Ok(()));
    let by_kasi = new_key(&mut world, other, visit, "2026-07-13 08:00");
    assert_eq!(enrol(&mut world, Actor::Person(cast.kasi), now, &by_kasi), Ok(()));
    for until in ["2026-07-06 08:00", "2026-07-01 08:00", "2026-08-07 08:00"] {
        let key = new_key(&mut world, own, visit, until);
        assert_eq!(
            enrol(&mut world, Actor::Person(own), now, &key),
            Err(Rule::InvalidValue),
            "{until}"
        );
    }
    let later = minutes(now, 10);
    assert_eq!(
        revoke(&mut world, Actor::Person(other), later, key.id, "hilang"),
        Err(Rule::NoRight)
    );
    assert_eq!(
        revoke(&mut world, Actor::Person(own), later, key.id, " "),
        Err(Rule::ReasonMissing)
    );
    assert_eq!(
        revoke(&mut world, Actor::Person(own), later, key.id, "hilang"),
        Ok(())
    );
    assert_eq!(
        revoke(&mut world, Actor::Person(cast.kasi), later, key.id, "lagi"),
        Err(Rule::InvalidValue)
    );
    assert_eq!(
        revoke(&mut world, Actor::Person(cast.kasi), later, by_kasi.id, "pindah"),
        Ok(())
    );
    assert_eq!(world.records, world.replayed());
}

#[test]
fn a_file_comes_home_and_is_put_into_classes() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let leader = world.cast.technicians[0];
    let visit: VisitId = world.fresh();
    let key = new_key(&mut world, leader, visit, "2026-07-13 08:00");
    enrol(&mut world, Actor::Person(leader), at("2026-07-07 08:00"), &key).unwrap();
    let measured_at = at("2026-07-07 09:20");
    let saw = [
        seen(&mut world, "rt", measured_at),
        seen(&mut world, "hilang", measured_at),
    ];
    let made = file(&world, key.id, at("2026-07-07 09:25"), &saw);
    let clerk = world.cast.clerk;
    // Before anybody has checked in there is no visit to put it to; the file waits.
    assert_eq!(
        import(&mut world, clerk, at("2026-07-07 09:30"), &made),
        Err(Rule::NotFound)
    );
    let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, at("2026-07-07 09:00")));
    world.must(leader, at("2026-07-07 09:00"), &check_in);
    import(&mut world, clerk, at("2026-07-07 16:00"), &made).unwrap();
    let known = world.visit(visit);
    assert_eq!(known.measured.len(), 2);
    let first = &known.measured[0];
    assert_eq!((first.vantage.as_str(), first.at), ("laptop", measured_at));
    assert_eq!(
        first.classes["delay"], "fair",
        "12.5 ms to a device of the site itself"
    );
    assert_eq!(
        first.values.len(),
        1,
        "what has no threshold stays with the observation"
    );
    assert_eq!(known.measured[1].subject, Subject::Site);
    assert_eq!(flags(&world, visit), [FlagCode::OutOfScope]);
    let envelope = &world.log.last().unwrap().envelope;
    assert_eq!(
        envelope.done_by,
        Actor::Person(leader),
        "by the signature, whoever brings it"
    );
    let key = world.records.get::<LaptopKey>(key.id.0).unwrap();
    assert_eq!((key.files.len(), key.files[0].observations), (1, 2));
    assert_eq!(world.records, world.replayed());
}

#[test]
fn what_comes_late_or_from_a_replaced_member_is_kept_and_flagged() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let cast = world.cast.clone();
    let visit = world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    // Somebody who was not there.
    let absent = cast.technicians[4];
    let key = new_key(&mut world, absent, visit, "2026-07-13 08:00");
    enrol(&mut world, Actor::Person(absent), at("2026-07-07 08:00"), &key).unwrap();
    let cancel = Command::CancelRun {
        run,
        reason: "anggaran dialihkan".to_owned(),
    };
    world.must(cast.kasi, at("2026-07-07 11:00"), &cancel);
    let future = at("2026-07-08 09:00");
    let saw = [seen(&mut world, "rt", future)];
    let made = file(&world, key.id, at("2026-07-07 09:30"), &saw);
    revoke(
        &mut world,
        Actor::Person(cast.kasi),
        at("2026-07-07 11:30"),
        key.id,
        "hilang",
    )
    .unwrap();
    let now = at("2026-07-07 12:00");
    import(&mut world, cast.kasi, now, &made).unwrap();
    assert_eq!(
        flags(&world, visit),
        [
            FlagCode::RunEnded,
            FlagCode::NotMember,
            FlagCode::ClockSkew,
            FlagCode::KeyRevoked,
            FlagCode::ImplausibleTime
        ]
    );
    assert_eq!(
        world.visit(visit).measured[0].at,
        now,
        "nothing happens in the future"
    );
}

#[test]
fn a_time_that_cannot_be_is_kept_and_flagged_with_the_bound() {
    let arrived = at("2026-07-07 09:00");
    for (measured_at, bound) in [
        // Both clocks may be off by the skew of the set-up, five minutes.
        ("2026-07-07 08:55", None),
        ("2026-07-07 09:25", None),
        ("2026-07-07 08:54", Some("2026-07-07 09:00")),
        ("2026-07-06 08:00", Some("2026-07-07 09:00")),
        ("1999-12-31 23:59", Some("2026-07-07 09:00")),
        ("2026-07-07 09:26", Some("2026-07-07 09:25")),
    ] {
        let mut world = World::new(1);
        let (run, team) = world.teamed(0..1);
        let leader = world.cast.technicians[0];
        let visit: VisitId = world.fresh();
        let key = new_key(&mut world, leader, visit, "2026-07-13 08:00");
        enrol(&mut world, Actor::Person(leader), at("2026-07-07 08:00"), &key).unwrap();
        let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, arrived));
        world.must(leader, arrived, &check_in);
        let saw = [seen(&mut world, "rt", at(measured_at))];
        let made = file(&world, key.id, at("2026-07-07 09:25"), &saw);
        import(&mut world, leader, at("2026-07-07 16:00"), &made).unwrap();
        let known = world.visit(visit);
        assert_eq!(known.measured[0].at, at(measured_at), "kept as it was signed");
        let told: Vec<_> = known
            .flags
            .iter()
            .map(|it| (it.code, it.detail.clone()))
            .collect();
        let expected: Vec<_> = bound
            .map(|bound| {
                let relation = if at(measured_at) < at(bound) { '<' } else { '>' };
                let detail = format!("{} {relation} {}", at(measured_at), at(bound));
                (FlagCode::ImplausibleTime, detail)
            })
            .into_iter()
            .collect();
        assert_eq!(told, expected, "{measured_at}");
    }
}

#[test]
fn a_key_that_begins_after_the_arrival_bounds_what_it_signs() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let leader = world.cast.technicians[0];
    let visit: VisitId = world.fresh();
    let arrived = at("2026-07-07 09:00");
    let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, arrived));
    world.must(leader, arrived, &check_in);
    let key = new_key(&mut world, leader, visit, "2026-07-13 08:00");
    enrol(&mut world, Actor::Person(leader), at("2026-07-07 10:00"), &key).unwrap();
    let saw = [seen(&mut world, "rt", at("2026-07-07 09:30"))];
    let made = file(&world, key.id, at("2026-07-07 10:30"), &saw);
    import(&mut world, leader, at("2026-07-07 16:00"), &made).unwrap();
    assert_eq!(flags(&world, visit), [FlagCode::ImplausibleTime]);
}

#[test]
fn an_observation_that_another_file_brought_refuses_the_whole_file() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let leader = world.cast.technicians[0];
    let visit: VisitId = world.fresh();
    let key = new_key(&mut world, leader, visit, "2026-07-13 08:00");
    enrol(&mut world, Actor::Person(leader), at("2026-07-07 08:00"), &key).unwrap();
    let check_in = Command::CheckIn(world.check_in(visit, run, team, 0, at("2026-07-07 09:00")));
    world.must(leader, at("2026-07-07 09:00"), &check_in);
    let first = seen(&mut world, "rt", at("2026-07-07 09:20"));
    let made = file(
        &world,
        key.id,
        at("2026-07-07 09:25"),
        std::slice::from_ref(&first),
    );
    import(&mut world, leader, at("2026-07-07 16:00"), &made).unwrap();
    let other = Observation {
        started_at: at("2026-07-07 09:30"),
        ..first
    };
    let saw = [seen(&mut world, "rt", at("2026-07-07 09:29")), other];
    let made = file(&world, key.id, at("2026-07-07 09:35"), &saw);
    assert_eq!(
        import(&mut world, leader, at("2026-07-07 16:00"), &made),
        Err(Rule::LaptopFile)
    );
    let fault = made.known_id(saw[1].id);
    assert_eq!((fault.line, fault.code), (3, FileFaultCode::KnownId));
    assert_eq!(world.visit(visit).measured.len(), 1);
}

#[test]
fn a_key_is_in_force_from_when_it_is_received() {
    let mut world = World::new(1);
    let leader = world.cast.technicians[0];
    let visit: VisitId = world.fresh();
    let key = new_key(&mut world, leader, visit, "2026-07-13 08:00");
    let (said, received) = (at("2026-06-20 08:00"), at("2026-07-07 08:00"));
    let envelope = Envelope {
        occurred_at: said,
        ..world.envelope(Actor::Person(leader), received)
    };
    let ids = world.ids(received);
    let changes = enrol_laptop(world.facts(), envelope, ids, &key).unwrap();
    assert_eq!(changes.envelope.occurred_at, received);
    world.commit(changes);
    let known = world.records.get::<LaptopKey>(key.id.0).unwrap();
    assert_eq!((known.from, known.until), (received, key.until));
    // One that had run out before it was received is none.
    let old = new_key(&mut world, leader, visit, "2026-06-27 08:00");
    let envelope = Envelope {
        occurred_at: said,
        ..world.envelope(Actor::Person(leader), received)
    };
    let ids = world.ids(received);
    let refused = enrol_laptop(world.facts(), envelope, ids, &old).unwrap_err();
    assert_eq!(refused.rule, Rule::InvalidValue);
}
