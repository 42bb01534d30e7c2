//! Overtime orders: who may give one, and what is odd without.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rajut_core::act::{Act, Actor, Changes, Refusal, Rule};
use rajut_core::flow::{Command, cancel_overtime, order_overtime};
use rajut_core::id::{OvertimeId, PersonId};
use rajut_core::people::{Overtime, OvertimePaper};
use rajut_core::run::BatchRule;
use rajut_core::stream::StreamKind;
use rajut_core::visit::{FlagCode, Outcome};
use uuid::Uuid;

use crate::world::{World, at, day, stream};

/// A Saturday, and the day of independence.
const OFF: [&str; 2] = ["2026-07-11", "2026-08-17"];
const NOW: &str = "2026-07-06 08:30";

type Change = Box<dyn Fn(&mut Overtime)>;

fn order(world: &mut World, people: &[PersonId], days: &[&str]) -> Overtime {
    Overtime {
        id: world.fresh(),
        paper: OvertimePaper {
            number: "800/1/SETDA/2026".to_owned(),
            dated: day("2026-07-06"),
            register: Some("Setda".to_owned()),
        },
        people: people.iter().copied().collect(),
        days: days.iter().map(|text| day(text)).collect(),
        reason: "kantor hanya kosong pada hari libur".to_owned(),
        by: world.cast.kasi,
        withdrawn: None,
    }
}

fn decide(world: &mut World, by: Actor, order: &Overtime, number: Option<Uuid>) -> Result<Changes, Refusal> {
    let (envelope, ids) = (world.envelope(by, at(NOW)), world.ids(at(NOW)));
    order_overtime(world.facts(), envelope, ids, order, number)
}

fn does(world: &mut World, order: &Overtime) {
    let by = Actor::Person(world.cast.kasi);
    let changes = decide(world, by, order, None).unwrap();
    world.commit(changes);
}

#[test]
fn an_order_is_given_by_a_superior_and_is_whole() {
    let mut world = World::new(1);
    let cast = world.cast.clone();
    let good = order(&mut world, &[cast.technicians[0]], &OFF);
    for by in [cast.kasi, cast.kabid, cast.head] {
        let its = Overtime { by, ..good.clone() };
        let changes = decide(&mut world, Actor::Person(by), &its, None).unwrap();
        assert_eq!(changes.envelope.act, Act::OrderOvertime);
    }
    for by in [cast.technicians[0], cast.clerk, cast.officer, cast.nobody] {
        let its = Overtime { by, ..good.clone() };
        let refusal = decide(&mut world, Actor::Person(by), &its, None).unwrap_err();
        assert_eq!(refusal.rule, Rule::NoRight);
        assert!(refusal.who_could.contains(&world.post("kasi-telematika")));
    }
    let refusal = decide(&mut world, Actor::System, &good, None).unwrap_err();
    assert_eq!(refusal.rule, Rule::NoRight);
    let stranger: PersonId = world.fresh();
    let cases: [(Change, Rule); 10] = [
        (Box::new(|it| it.reason = " ".to_owned()), Rule::ReasonMissing),
        (Box::new(|it| it.reason = "a".repeat(10_001)), Rule::TooLong),
        (Box::new(|it| it.people.clear()), Rule::InvalidValue),
        (
            Box::new(move |it| it.people = BTreeSet::from([stranger])),
            Rule::NotFound,
        ),
        (Box::new(|it| it.days.clear()), Rule::InvalidValue),
        (
            Box::new(|it| it.paper.dated = day("2026-07-07")),
            Rule::InvalidValue,
        ),
        (
            Box::new(|it| it.days = BTreeSet::from([day("2026-07-05")])),
            Rule::InvalidValue,
        ),
        (
            Box::new(|it| it.paper.number = String::new()),
            Rule::ReasonMissing,
        ),
        (
            Box::new(|it| it.paper.register = Some(" ".to_owned())),
            Rule::ReasonMissing,
        ),
        (Box::new(|it| it.paper.register = None), Rule::NumberNotReserved),
    ];
    for (n, (change, rule)) in cases.iter().enumerate() {
        let mut its = good.clone();
        change(&mut its);
        let by = Actor::Person(cast.kasi);
        assert_eq!(decide(&mut world, by, &its, None).unwrap_err().rule, *rule, "{n}");
    }
    let for_another = Overtime {
        by: cast.kabid,
        ..good
    };
    let refusal = decide(&mut world, Actor::Person(cast.kasi), &for_another, None).unwrap_err();
    assert_eq!(refusal.args["why"], "not_who_acts");
}

#[test]
fn an_order_of_ours_uses_the_number_that_is_reserved_for_it() {
    let mut world = World::new(1);
    let kasi = world.cast.kasi;
    let mut ours = order(&mut world, &[kasi], &OFF);
    ours.paper.register = None;
    let record = stream(StreamKind::Overtime, ours.id.0);
    let elsewhere = stream(StreamKind::Overtime, world.fresh());
    let entry = world.reserve(kasi, at(NOW), "overtime", record);
    let other = world.reserve(kasi, at(NOW), "overtime", elsewhere);
    assert!(entry.text.contains("LBR-001"), "{}", entry.text);
    let by = Actor::Person(kasi);
    // Not by another text, nor by a number of another record.
    assert_eq!(
        decide(&mut world, by, &ours, Some(entry.id)).unwrap_err().rule,
        Rule::NumberNotReserved
    );
    ours.paper.number.clone_from(&entry.text);
    assert_eq!(
        decide(&mut world, by, &ours, Some(other.id)).unwrap_err().rule,
        Rule::NumberNotReserved
    );
    let changes = decide(&mut world, by, &ours, Some(entry.id)).unwrap();
    assert_eq!(changes.events.len(), 2);
    world.commit(changes);
    let again = Overtime {
        id: world.fresh(),
        ..ours
    };
    assert_eq!(
        decide(&mut world, by, &again, Some(entry.id)).unwrap_err().rule,
        Rule::NumberNotReserved
    );
}

#[test]
fn with_an_order_a_day_off_is_planned_without_a_reason_and_not_flagged() {
    let mut world = World::new(1);
    let run = world.disposed(0..1);
    let team = world.team("Tim 1", &[0, 1], BatchRule::Day);
    let cast = world.cast.clone();
    let (one, two) = (cast.technicians[0], cast.technicians[1]);
    let form = |world: &World, on: &str| Command::FormTeams {
        run,
        teams: vec![team.clone()],
        plan: vec![world.planned(run, 0, team.id, on)],
        reason: String::new(),
    };
    let odd = |world: &mut World, on: &str| {
        let command = form(world, on);
        let refusal = world.decide(Actor::Person(cast.kasi), at(NOW), &command).err()?;
        assert_eq!(refusal.rule, Rule::NeedsReason);
        assert_eq!(refusal.args["why"], "day_off");
        Some(refusal.args["person"].clone())
    };
    assert_eq!(
        odd(&mut world, OFF[0]),
        Some(String::new()),
        "nobody has an order"
    );
    let first = order(&mut world, &[one], &OFF);
    does(&mut world, &first);
    assert_eq!(
        odd(&mut world, OFF[0]),
        Some(two.to_string()),
        "the other one has none"
    );
    let second = order(&mut world, &[two, cast.technicians[5]], &OFF[..1]);
    does(&mut world, &second);
    assert_eq!(odd(&mut world, OFF[0]), None);
    assert_eq!(
        odd(&mut world, OFF[1]),
        Some(two.to_string()),
        "it names another day"
    );
    // An order says nothing of leave.
    world.on_leave(one, OFF[0], OFF[0]);
    let command = form(&world, OFF[0]);
    let refusal = world
        .decide(Actor::Person(cast.kasi), at(NOW), &command)
        .unwrap_err();
    assert_eq!(refusal.args["why"], "on_leave");

    // Withdrawn, it covers nobody any more.
    let (envelope, ids) = (
        world.envelope(Actor::Person(cast.kasi), at(NOW)),
        world.ids(at(NOW)),
    );
    let silent = cancel_overtime(world.facts(), envelope.clone(), ids.clone(), first.id, " ");
    assert_eq!(silent.unwrap_err().rule, Rule::ReasonMissing);
    let unknown = cancel_overtime(
        world.facts(),
        envelope.clone(),
        ids.clone(),
        OvertimeId(Uuid::nil()),
        "a",
    );
    assert_eq!(unknown.unwrap_err().rule, Rule::NotFound);
    let changes = cancel_overtime(world.facts(), envelope.clone(), ids.clone(), first.id, "batal").unwrap();
    world.commit(changes);
    let again = cancel_overtime(world.facts(), envelope, ids, first.id, "batal");
    assert_eq!(again.unwrap_err().rule, Rule::InvalidValue);
    assert_eq!(odd(&mut world, OFF[0]), Some(one.to_string()));
    assert_eq!(world.replayed(), world.records);
}

proptest! {
    /// On site it is flagged who has no order for that day: all of them as one, where nobody has.
    #[test]
    fn a_visit_is_flagged_for_who_has_no_order(
        named in proptest::collection::btree_set(0_usize..3, 0..3),
        other_day in any::<bool>(),
        at_work in any::<bool>(),
    ) {
        let mut world = World::new(1);
        let (run, team) = world.teamed(0..1);
        let cast = world.cast.clone();
        let members: Vec<PersonId> = world.run(run).teams[&team].members.iter().map(|it| it.person).collect();
        let on = if at_work { "2026-07-10" } else { OFF[0] };
        let people: Vec<PersonId> = named.iter().map(|n| cast.technicians[*n]).collect();
        if !people.is_empty() {
            let days = if other_day { &OFF[1..] } else { &[on][..] };
            let given = order(&mut world, &people, days);
            does(&mut world, &given);
        }
        let visit = world.visited(run, team, 0, at(&format!("{on} 09:00")), Outcome::Complete);
        let flagged: Vec<Option<PersonId>> = world
            .visit(visit)
            .flags
            .iter()
            .filter(|flag| flag.code == FlagCode::DayOff)
            .map(|flag| flag.person)
            .collect();
        let covered = |person: &PersonId| !other_day && people.contains(person);
        let without: Vec<Option<PersonId>> = members.iter().filter(|it| !covered(it)).map(|it| Some(*it)).collect();
        let expected = if at_work {
            Vec::new()
        } else if without.len() == members.len() {
            vec![None]
        } else {
            without
        };
        prop_assert_eq!(flagged, expected);
    }
}
