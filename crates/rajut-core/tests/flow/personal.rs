//! Seeing and erasing personal values: who may, and what it leaves behind.

use std::collections::BTreeSet;

use rajut_core::act::{Act, Actor, Changes, Expect, Refusal, Rule};
use rajut_core::flow::{access_personal, erase_personal, record};
use rajut_core::id::PersonId;
use rajut_core::people::{Access, AccessEvent, Person, PersonalField, Purpose, Role, Sealed};
use rajut_core::register::Edit;
use rajut_core::stream::{Event, StreamKind};

use crate::world::{World, at, stream};

const NOW: &str = "2026-07-07 09:00";

/// Who asks for whose which fields, why, and the rule that refuses it.
type Case<'a> = (Actor, &'a [PersonId], &'a [PersonalField], &'a str, Rule);

fn fields(all: &[PersonalField]) -> BTreeSet<PersonalField> {
    all.iter().copied().collect()
}

fn see(
    world: &mut World,
    by: Actor,
    people: &[PersonId],
    of: &[PersonalField],
    purpose: Purpose,
    why: &str,
) -> Result<Changes, Refusal> {
    let now = at(NOW);
    let (envelope, ids) = (world.envelope(by, now), world.ids(now));
    let people = people.iter().copied().collect();
    access_personal(world.facts(), envelope, ids, &people, &fields(of), purpose, why)
}

fn erase(
    world: &mut World,
    by: PersonId,
    whose: PersonId,
    history: &[Edit<Person>],
    why: &str,
) -> Result<Changes, Refusal> {
    let now = at(NOW);
    let (envelope, ids) = (world.envelope(Actor::Person(by), now), world.ids(now));
    let of = fields(&[PersonalField::Phone]);
    erase_personal(world.facts(), envelope, ids, whose, &of, why, history)
}

fn granted(changes: &Changes) -> Vec<&Access> {
    changes
        .events
        .iter()
        .filter_map(|change| match &change.event {
            Event::Access(AccessEvent::Granted { access }) => Some(access),
            _ => None,
        })
        .collect()
}

#[test]
fn a_look_says_whose_which_by_whom_and_why() {
    let mut world = World::new(1);
    let cast = world.cast.clone();
    let whose = [cast.technicians[0], cast.technicians[1]];
    world.edit_person(whose[1], |person| person.phone = None);
    for (purpose, act) in [
        (Purpose::Reveal, Act::RevealPersonal),
        (Purpose::Export, Act::Export),
    ] {
        let changes = see(
            &mut world,
            Actor::Person(cast.kasi),
            &whose,
            &[PersonalField::Phone, PersonalField::Address],
            purpose,
            " menghubungi tim ",
        )
        .unwrap();
        assert_eq!((changes.envelope.act, changes.events.len()), (act, 1));
        let seen = granted(&changes)[0];
        assert_eq!((seen.by, seen.purpose, seen.at), (cast.kasi, purpose, at(NOW)));
        assert_eq!(seen.people, whose.into_iter().collect());
        assert_eq!(
            seen.fields,
            fields(&[PersonalField::Address, PersonalField::Phone])
        );
        // Two addresses, one telephone.
        assert_eq!((seen.reason.as_str(), seen.values), ("menghubungi tim", 3));
        assert_eq!(changes.expects.values().collect::<Vec<_>>(), [&Expect::New]);
        assert!(changes.erased.is_empty());
    }
}

#[test]
fn nothing_is_seen_without_right_or_reason() {
    let mut world = World::new(1);
    let cast = world.cast.clone();
    let (phone, whose) = ([PersonalField::Phone], [cast.technicians[0]]);
    let stranger: PersonId = world.fresh();
    let long = "a".repeat(10_001);
    let (kasi, nobody) = (Actor::Person(cast.kasi), Actor::Person(cast.nobody));
    let technician = Actor::Person(cast.technicians[0]);
    let cases: [Case<'_>; 9] = [
        (technician, &whose, &phone, "ingin tahu", Rule::NoRight),
        (nobody, &whose, &phone, "ingin tahu", Rule::NoRight),
        (Actor::System, &whose, &phone, "rutin", Rule::NoRight),
        (Actor::Outsider, &whose, &phone, "ingin tahu", Rule::NoRight),
        (kasi, &whose, &phone, " \t", Rule::ReasonMissing),
        (kasi, &whose, &phone, &long, Rule::TooLong),
        (kasi, &[], &phone, "rapat", Rule::InvalidValue),
        (kasi, &whose, &[], "rapat", Rule::InvalidValue),
        (kasi, &[stranger], &phone, "rapat", Rule::NotFound),
    ];
    for (by, people, of, why, rule) in cases {
        for purpose in [Purpose::Reveal, Purpose::Export] {
            let refusal = see(&mut world, by, people, of, purpose, why).unwrap_err();
            assert_eq!(refusal.rule, rule, "{by:?} {purpose}");
        }
    }
    // An erasure does not come in by this door, whoever asks.
    let refusal = see(&mut world, kasi, &whose, &phone, Purpose::Erase, "salah").unwrap_err();
    assert_eq!(refusal.rule, Rule::NoRight);
    // Nor does a look by the door for records without rules of their own.
    let now = at(NOW);
    let person = world.records.get::<Person>(whose[0].0).unwrap().clone();
    for act in [Act::RevealPersonal, Act::Export, Act::ErasePersonal] {
        let (envelope, ids) = (world.envelope(kasi, now), world.ids(now));
        let edit = Edit {
            before: Some(person.clone()),
            after: person.clone(),
        };
        let place = stream(StreamKind::Person, whose[0].0);
        let refusal = record(world.facts(), envelope, ids, act, place, edit).unwrap_err();
        assert_eq!(refusal.rule, Rule::NoRight, "{act:?}");
    }
}

#[test]
fn an_erasure_empties_what_stood_there_ever() {
    let mut world = World::new(1);
    let cast = world.cast.clone();
    let admin = world.with_post("admin-contoh", Role::Admin, "Contoh Admin");
    let whose = cast.technicians[0];
    let now = world.records.get::<Person>(whose.0).unwrap().clone();
    let commitment = |n| Some(Sealed::commit([n; 16], "0800"));
    let first = Person {
        phone: commitment(91),
        ..now.clone()
    };
    let second = Person {
        phone: commitment(92),
        ..now.clone()
    };
    let history = [
        Edit {
            before: None,
            after: first.clone(),
        },
        Edit {
            before: Some(first.clone()),
            after: second.clone(),
        },
        Edit {
            before: Some(second.clone()),
            after: now.clone(),
        },
    ];
    for by in [cast.head, cast.kasi, cast.clerk] {
        let refusal = erase(&mut world, by, whose, &history, "permintaan").unwrap_err();
        assert_eq!(refusal.rule, Rule::NoRight);
    }
    let refusal = erase(&mut world, admin, whose, &history, "").unwrap_err();
    assert_eq!(refusal.rule, Rule::ReasonMissing);

    let changes = erase(&mut world, admin, whose, &history, "permintaan yang bersangkutan").unwrap();
    let erased: BTreeSet<Option<Sealed>> = changes.erased.iter().cloned().map(Some).collect();
    assert_eq!(
        erased,
        BTreeSet::from([first.phone, second.phone, now.phone.clone()])
    );
    let noted = granted(&changes)[0].clone();
    assert_eq!((noted.purpose, noted.values), (Purpose::Erase, 1));
    world.commit(changes);
    let after = world.records.get::<Person>(whose.0).unwrap().clone();
    assert_eq!(
        after,
        Person {
            phone: None,
            ..now.clone()
        }
    );
    // Once more, with nothing left in the register: what lies behind old commitments is emptied all the same.
    let again = erase(&mut world, admin, whose, &history, "sekali lagi").unwrap();
    assert_eq!((again.events.len(), again.erased.len()), (1, 3));
    assert_eq!(granted(&again)[0].values, 0);
}
