//! What an official did by hand and a clerk keys in: by whom, with what, and what is nobody else's.

use rajut_core::act::{Actor, Changes, Refusal, Rule};
use rajut_core::flow::Command;
use rajut_core::id::{PersonId, RunId};
use rajut_core::journal::Hash;
use rajut_core::people::Role;

use crate::world::{World, at};

/// Decides as if `clerk` keyed in what `official` did at one time, at another.
fn keyed(
    world: &mut World,
    (official, clerk): (PersonId, PersonId),
    (done, entered): (&str, &str),
    scan: Option<Hash>,
    command: &Command,
) -> Result<Changes, Refusal> {
    let mut envelope = world.envelope(Actor::Person(official), at(done));
    envelope.entered_by = Actor::Person(clerk);
    envelope.received_at = at(entered);
    envelope.scan = scan;
    world
        .decide_in(envelope, command)
        .map(|changes| world.commit(changes))
}

#[test]
fn a_clerk_keys_in_a_disposition_with_its_scan_and_nobody_else_does() {
    let mut world = World::new(1);
    let run: RunId = world.ordered(0..1);
    let cast = world.cast.clone();
    let scan = Some(Hash::of(b"lembar disposisi"));
    let (done, entered) = ("2026-07-06 09:00", "2026-07-06 13:00");
    let dispose = world.dispose(run);
    for other in [cast.kasi, cast.technicians[0], cast.nobody, cast.head] {
        let refused = keyed(&mut world, (cast.kabid, other), (done, entered), scan, &dispose);
        let refusal = refused.unwrap_err();
        assert_eq!(refusal.rule, Rule::NotForOthers);
        assert!(!refusal.who_could.is_empty());
    }
    let without = keyed(
        &mut world,
        (cast.kabid, cast.clerk),
        (done, entered),
        None,
        &dispose,
    );
    assert_eq!(without.unwrap_err().rule, Rule::ScanMissing);
    // The clerk's hand gives nobody a right that they do not hold.
    let stranger = keyed(
        &mut world,
        (cast.nobody, cast.clerk),
        (done, entered),
        scan,
        &dispose,
    );
    assert_eq!(stranger.unwrap_err().rule, Rule::NoRight);
    let ahead = keyed(
        &mut world,
        (cast.kabid, cast.clerk),
        (entered, done),
        scan,
        &dispose,
    );
    assert_eq!(ahead.unwrap_err().rule, Rule::TimeOutOfBounds);

    keyed(
        &mut world,
        (cast.kabid, cast.clerk),
        (done, entered),
        scan,
        &dispose,
    )
    .unwrap();
    let known = world.run(run);
    let [kept] = known.scans.as_slice() else {
        panic!("one scan, not {:?}", known.scans)
    };
    assert_eq!((kept.official, kept.clerk), (cast.kabid, cast.clerk));
    assert_eq!((kept.at, kept.entered_at), (at(done), at(entered)));
    assert_eq!(Some(kept.bytes), scan);
    // The clock of the step ran until it was done, not until it was keyed in.
    let made = known.dispositions.last().unwrap();
    assert_eq!((made.by, made.at), (cast.kabid, at(done)));
    assert_eq!(
        world.replayed().get::<rajut_core::run::Run>(run.0),
        Ok(world.run(run))
    );
}

#[test]
fn whoever_is_a_clerk_on_the_day_of_the_entry_keys_in() {
    let mut world = World::new(1);
    let run: RunId = world.ordered(0..1);
    let cast = world.cast.clone();
    world.end_assignments(cast.clerk, "2026-07-06");
    let after = world.with_post("tu-baru", Role::Clerk, "Contoh Pengganti");
    let scan = Some(Hash::of(b"lembar"));
    let times = ("2026-07-06 09:00", "2026-07-07 08:00");
    let dispose = world.dispose(run);
    let former = keyed(&mut world, (cast.kabid, cast.clerk), times, scan, &dispose);
    assert_eq!(former.unwrap_err().rule, Rule::NotForOthers);
    keyed(&mut world, (cast.kabid, after), times, scan, &dispose).unwrap();
}
