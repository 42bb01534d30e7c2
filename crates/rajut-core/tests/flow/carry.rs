//! What a run leaves moves to the next one by itself, with the reason.

use std::collections::BTreeMap;

use rajut_core::act::Rule;
use rajut_core::flow::{Command, left_by};
use rajut_core::id::{ComplaintId, RunId};
use rajut_core::run::BatchRule;
use rajut_core::visit::Outcome;

use crate::world::{COMPLAINT, World, at};

/// A run over four sites: the first is met and complained of afterwards, the second excused with a complaint, the
/// third excused and visited all the same, the fourth met.
fn left(world: &mut World) -> (RunId, ComplaintId, ComplaintId) {
    let (run, team) = world.teamed(0..4);
    let kasi = world.cast.kasi;
    for (site, hour) in [(0, "08:00"), (2, "10:00"), (3, "11:30")] {
        if site == 2 {
            excuse(world, run, 2, "banjir");
        }
        let began = at(&format!("2026-07-07 {hour}"));
        world.visited(run, team, site, began, Outcome::Complete);
    }
    let late = world.complained(0, at("2026-07-07 13:00"));
    let shut = world.complained(1, at("2026-07-07 13:00"));
    excuse(world, run, 1, "kantor tutup");
    let carry = Command::CarryComplaint {
        target: world.target_at(run, 1),
        complaint: shut,
        reason: "menunggu kantor buka".to_owned(),
    };
    world.must(kasi, at("2026-07-07 15:00"), &carry);
    (run, late, shut)
}

fn excuse(world: &mut World, run: RunId, site: usize, reason: &str) {
    let excuse = Command::ExcuseTarget {
        target: world.target_at(run, site),
        reason: reason.to_owned(),
    };
    world.must(world.cast.kasi, at("2026-07-07 14:00"), &excuse);
}

/// Drafted after another run, issued, disposed, and a team formed for it.
fn next(world: &mut World, previous: RunId, sites: std::ops::Range<usize>) -> RunId {
    let run: RunId = world.fresh();
    let (cast, dispose) = (world.cast.clone(), world.dispose(run));
    let mut draft = world.draft_order(run, world.draft(sites));
    if let Command::DraftOrder { previous: of, .. } = &mut draft {
        *of = Some(previous);
    }
    world.must(cast.clerk, at("2026-07-08 08:00"), &draft);
    world.must(cast.clerk, at("2026-07-08 08:10"), &Command::SubmitOrder { run });
    let issue = world.issue_order(run, cast.head, at("2026-07-08 08:20"));
    world.must(cast.head, at("2026-07-08 08:20"), &issue);
    world.must(cast.kabid, at("2026-07-08 08:30"), &dispose);
    let form = Command::FormTeams {
        run,
        teams: vec![world.team("Tim 2", &[4, 5], BatchRule::Day)],
        plan: Vec::new(),
        reason: String::new(),
    };
    world.must(cast.kasi, at("2026-07-08 09:00"), &form);
    run
}

fn reasons(world: &World, run: RunId) -> BTreeMap<usize, String> {
    let left = left_by(&world.records, world.run(run));
    left.into_iter()
        .map(|(site, left)| {
            let place = world.sites.iter().position(|it| *it == site).unwrap();
            (place, left.reasons.join("; "))
        })
        .collect()
}

#[test]
fn excused_sites_and_carried_complaints_come_with_their_reasons() {
    let mut world = World::new(4);
    let (run, late, shut) = left(&mut world);
    let expected = BTreeMap::from([
        (0, "after_last_visit".to_owned()),
        (1, "kantor tutup; menunggu kantor buka".to_owned()),
    ]);
    assert_eq!(reasons(&world, run), expected);

    // The next run has the first site in its scope, and not the second.
    let second = next(&mut world, run, 0..1);
    let target = world.target(world.target_at(second, 0)).clone();
    let over = target.carried_over.unwrap();
    assert_eq!(
        (over.from, over.reasons),
        (run, vec!["after_last_visit".to_owned()])
    );
    assert_eq!(world.complaint(late).target, Some(target.id));
    assert_eq!(
        target.brought,
        BTreeMap::from([(late, "after_last_visit".to_owned())])
    );
    // What nobody put in scope goes on to the one after.
    assert_eq!(
        reasons(&world, second),
        BTreeMap::from([(1, "kantor tutup; menunggu kantor buka".to_owned())])
    );
    excuse_later(&mut world, second);
    let third = next(&mut world, second, 0..2);
    let of = |world: &World, site| {
        let target = world.target(world.target_at(third, site));
        target.carried_over.as_ref().map(|over| over.reasons[0].clone())
    };
    assert_eq!(of(&world, 0).as_deref(), Some("listrik padam"));
    assert_eq!(of(&world, 1).as_deref(), Some("kantor tutup"));
    let target = world.target_at(third, 1);
    assert_eq!(world.complaint(shut).target, Some(target));
    assert_eq!(world.target(target).brought[&shut], "menunggu kantor buka");
    assert_eq!(world.replayed(), world.records);
}

fn excuse_later(world: &mut World, run: RunId) {
    let excuse = Command::ExcuseTarget {
        target: world.target_at(run, 0),
        reason: "listrik padam".to_owned(),
    };
    world.must(world.cast.kasi, at("2026-07-08 10:00"), &excuse);
}

#[test]
fn a_run_takes_over_from_one_of_its_own_procedure() {
    let mut world = World::new(1);
    let complaint = world.complained(0, at("2026-07-03 09:00"));
    let other = world.complaint(complaint).run;
    assert_eq!(world.run(other).procedure, world.procedure(COMPLAINT));
    let clerk = world.cast.clerk;
    for (previous, rule) in [(other, Rule::InvalidValue), (World::no_run(), Rule::NotFound)] {
        let run = world.fresh();
        let mut draft = world.draft_order(run, world.draft(0..1));
        if let Command::DraftOrder { previous: of, .. } = &mut draft {
            *of = Some(previous);
        }
        let refused = world.act(clerk, at("2026-07-06 08:00"), &draft).unwrap_err();
        assert_eq!(refused.rule, rule);
    }
}
