//! Every procedure to every end: by plan over each exit, and by chance.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rajut_core::engine::{Advance, Progress};
use rajut_core::procedure::{ExitCode, Goal, Procedure, Step, StepId, WrittenTime};

use super::PROCEDURES;
use super::world::{Place, World};

/// How many arrows lie between each step and a goal.
fn distances(procedure: &Procedure, goal: &Goal) -> BTreeMap<StepId, usize> {
    let mut found = BTreeMap::new();
    for round in 1..=procedure.steps.len() + 1 {
        let reaches = |step: &&Step| {
            !found.contains_key(&step.id)
                && step.ways().iter().any(|(_, to)| match to {
                    to if to == goal => true,
                    Goal::Step(to) => found.contains_key(to),
                    Goal::End => false,
                })
        };
        let new: Vec<_> = procedure
            .steps
            .iter()
            .filter(reaches)
            .map(|step| step.id.clone())
            .collect();
        found.extend(new.into_iter().map(|step| (step, round)));
    }
    found
}

/// The way out of a step that leads to the goal soonest.
fn toward(procedure: &Procedure, step: &Step, goal: &Goal) -> Option<ExitCode> {
    let far = distances(procedure, goal);
    let distance = |to: &Goal| match to {
        to if to == goal => 0,
        Goal::Step(to) => far.get(to).copied().unwrap_or(usize::MAX),
        Goal::End => usize::MAX,
    };
    step.ways()
        .into_iter()
        .min_by_key(|(_, to)| distance(to))
        .and_then(|(exit, _)| exit)
}

/// What holds of every progress of an ended world.
fn assert_sound(world: &World<'_>) {
    let procedure = world.procedure;
    for tracked in world.all() {
        assert!(tracked.now.open.is_empty());
        let mut replayed = tracked.begun.clone();
        for advance in &tracked.moves {
            let stored = serde_json::to_string(advance).unwrap();
            replayed.apply(&serde_json::from_str::<Advance>(&stored).unwrap());
        }
        assert_eq!(replayed, tracked.now);
        let stored = serde_json::to_string(&tracked.now).unwrap();
        assert_eq!(serde_json::from_str::<Progress>(&stored).unwrap(), tracked.now);

        for done in &tracked.now.done {
            assert!(done.since <= done.finished_at);
            let row = procedure.step(&done.step).unwrap();
            if row.needs_each() && !done.skipped {
                let acted: BTreeSet<_> = done.parts.iter().map(|part| &part.lane).collect();
                assert_eq!(acted, row.from.iter().collect(), "each of them acted");
                assert!(
                    done.parts
                        .iter()
                        .all(|part| part.at <= done.finished_at && part.exit == done.exit)
                );
            }
            assert_eq!(procedure.step(&done.step).unwrap().scope, tracked.now.scope);
            let earlier = tracked
                .now
                .done
                .iter()
                .filter(|d| d.step == done.step && d.round < done.round)
                .count();
            assert_eq!(earlier + 1, done.round as usize, "rounds count up");
        }
    }
}

/// The clocks that the steps of a way through open, in minutes: each shared one once.
fn opened_minutes(procedure: &Procedure, way: &[(StepId, Option<ExitCode>)]) -> i64 {
    way.iter()
        .filter_map(|(step, exit)| procedure.standard_of(step, exit.as_ref()))
        .filter(|view| view.first_of_group)
        .map(|view| view.time.working_minutes())
        .sum()
}

/// The same, counted from the cells of the paper.
fn cell_minutes(procedure: &Procedure, way: &[(StepId, Option<ExitCode>)]) -> i64 {
    let mut cells = BTreeSet::new();
    let minutes = way.iter().filter_map(|(step, exit)| {
        let row = procedure.step(step)?;
        let by_exit = exit
            .as_ref()
            .and_then(|exit| row.exit(exit))
            .and_then(|exit| exit.standard);
        let group = procedure.groups.iter().find(|group| group.steps.contains(step));
        let own = row.standard.time.as_ref().and_then(WrittenTime::read);
        let cell = group.map_or_else(|| step.to_string(), |group| format!("group {}", group.id));
        let time = by_exit
            .or(own)
            .or(group.and_then(|group| group.time.as_ref()?.read()))?;
        cells.insert(cell).then(|| time.working_minutes())
    });
    minutes.sum()
}

#[test]
fn every_exit_of_every_step_can_be_taken_and_leads_on_to_an_end() {
    for procedure in PROCEDURES.iter() {
        for wanted in &procedure.steps {
            for (wanted_exit, _) in wanted.ways() {
                let edge = (wanted.id.clone(), wanted_exit.clone());
                let mut world = World::new(procedure, &[2, 1]);
                while !world.has_ended() {
                    let (place, id) = world.open().remove(0);
                    let step = procedure.step(&id).unwrap();
                    let exit = if world.taken.contains(&edge) {
                        toward(procedure, step, &Goal::End)
                    } else if id == wanted.id {
                        wanted_exit.clone()
                    } else {
                        toward(procedure, step, &Goal::Step(wanted.id.clone()))
                    };
                    world.advance(place, &id, exit.as_ref());
                }
                assert!(
                    world.taken.contains(&edge),
                    "{}: {edge:?} was never taken",
                    procedure.code
                );
                assert_sound(&world);
            }
        }
    }
}

#[test]
fn a_straight_way_through_counts_each_standard_once() {
    for procedure in PROCEDURES.iter() {
        let mut world = World::new(procedure, &[1]);
        while !world.has_ended() {
            let (place, id) = world.open().remove(0);
            // The exit that goes down the page and takes longest.
            let step = procedure.step(&id).unwrap();
            let row = |goal: &Goal| match goal {
                Goal::Step(to) => procedure.step(to).unwrap().number,
                Goal::End => 0,
            };
            let minutes = |exit: &Option<ExitCode>| {
                procedure
                    .standard_of(&id, exit.as_ref())
                    .map_or(0, |view| view.time.working_minutes())
            };
            let ways = step
                .ways()
                .into_iter()
                .filter(|(_, to)| row(to) > step.number || row(to) == 0);
            let (exit, _) = ways
                .max_by_key(|(exit, to)| (row(to) > 0, minutes(exit)))
                .unwrap();
            world.advance(place, &id, exit.as_ref());
        }
        let minutes = opened_minutes(procedure, &world.taken);
        assert_eq!(minutes, cell_minutes(procedure, &world.taken));
        assert_eq!(
            Some(minutes),
            procedure.longest_path_minutes(),
            "{}",
            procedure.code
        );
        assert!(minutes <= procedure.total_standard_minutes());
    }
}

/// Does something that is possible, by chance.
fn act_by_chance(world: &mut World<'_>, draw: &mut impl FnMut(usize) -> usize) {
    let procedure = world.procedure;
    let open = world.open();
    let (place, id) = open[draw(open.len())].clone();
    let step = procedure.step(&id).unwrap();
    let is_paused = world.active[&place]
        .now
        .pause
        .as_ref()
        .is_some_and(|pause| pause.until.as_ref() != Some(&id));
    let verdicts: Vec<&Goal> = procedure.verdicts.values().collect();
    match draw(8) {
        0 if place == Place::Run && !verdicts.is_empty() => {
            world.jump(place, verdicts[draw(verdicts.len())]);
        }
        _ if is_paused => world.act(place, |progress, _, at| progress.resume(at)),
        1 | 2 if !step.pauses.is_empty() && world.active[&place].now.pause.is_none() => {
            let reason = &step.pauses[draw(step.pauses.len())].code;
            world.act(place, |progress, procedure, at| {
                progress.pause(procedure, reason, at)
            });
        }
        _ => {
            let ways = step.ways();
            let exit = ways[draw(ways.len())].0.clone();
            world.part(place, &id, exit.as_ref(), draw(4));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_chosen_nothing_is_ever_stuck_and_a_replay_is_equal(
        which in 0_usize..3,
        sites in prop::collection::vec(1_usize..5, 1..4),
        chances in prop::collection::vec(any::<u16>(), 0..200),
    ) {
        let procedure = &PROCEDURES[which];
        let mut world = World::new(procedure, &sites);
        let mut chances = chances.into_iter();
        while !world.has_ended() && chances.len() > 0 {
            act_by_chance(&mut world, &mut |n| usize::from(chances.next().unwrap_or(0)) % n);
        }
        // From wherever chance led, the shortest way ends it.
        while !world.has_ended() {
            let (place, id) = world.open().remove(0);
            let now = &world.active[&place].now;
            if now.pause.as_ref().is_some_and(|pause| pause.until.as_ref() != Some(&id)) {
                world.act(place, |progress, _, at| progress.resume(at));
                continue;
            }
            let exit = toward(procedure, procedure.step(&id).unwrap(), &Goal::End);
            world.advance(place, &id, exit.as_ref());
        }
        assert_sound(&world);
    }

    #[test]
    fn merged_cells_are_never_counted_twice(sizes in prop::collection::vec((1_usize..5, 1_u32..100), 1..8)) {
        // Consecutive rows in blocks: a block of one has its own time, a longer one shares a cell.
        let rows: usize = sizes.iter().map(|(size, _)| size).sum();
        let mut text = "code = \"x\"\nversion = 1\nlanes = []\n[identity]\n".to_owned();
        let mut row = 0;
        for (size, minutes) in &sizes {
            let block = row..row + size;
            row += size;
            for n in block.clone() {
                let next = if n + 1 == rows { "end".to_owned() } else { format!("s{}", n + 1) };
                let time = if *size == 1 { format!("time = \"{minutes} menit\"\n") } else { String::new() };
                let head = "kind = \"record\"\nscope = \"run\"\nactivity = \"A\"";
                text.extend([format!("[[steps]]\nid = \"s{n}\"\n{head}\nnext = \"{next}\"\n{time}")]);
            }
            if *size > 1 {
                let id = block.start;
                let steps: Vec<String> = block.rev().map(|n| format!("\"s{n}\"")).collect();
                let steps = steps.join(", ");
                let time = format!("time = \"{minutes} menit\"");
                text.extend([format!("[[groups]]\nid = \"g{id}\"\nsteps = [{steps}]\n{time}\n")]);
            }
        }
        let procedure = Procedure::parse(&text).unwrap();
        let expected: i64 = sizes.iter().map(|(_, minutes)| i64::from(*minutes)).sum();
        prop_assert_eq!(procedure.total_standard_minutes(), expected);
        prop_assert_eq!(procedure.longest_path_minutes(), Some(expected));
        let views: Vec<_> = procedure.steps.iter().map(|s| procedure.standard_of(&s.id, None).unwrap()).collect();
        prop_assert_eq!(views.iter().filter(|view| view.first_of_group).count(), sizes.len());
        prop_assert_eq!(views.iter().filter(|view| view.last_of_group).count(), sizes.len());
    }
}
