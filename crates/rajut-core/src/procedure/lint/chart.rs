//! The flowchart: symbols, arrows, actors. E04 to E07, E10, W01, I02.

use std::collections::{BTreeMap, BTreeSet};

use super::Faults;
use super::LintCode::{E04, E05, E06, E07, E10, I02, W01};
use crate::procedure::{Goal, Joint, Next, Procedure, Scope, Step, StepId, StepKind, Symbol};

pub(super) fn lint(faults: &mut Faults<'_>) {
    let procedure = faults.procedure;
    terminators(faults, procedure);
    reach(faults, procedure);
    for step in &procedure.steps {
        symbol(faults, step);
        actors(faults, procedure, step);
        arrows(faults, procedure, step);
    }
    verdicts(faults, procedure);
    connectors(faults, procedure);
    for lane in &procedure.lanes {
        if !procedure.steps.iter().any(|step| step.from.contains(&lane.id)) {
            let message = format!("no step is done by the lane {:?}", lane.label);
            let advice = "give it a step (a confirmation, a signature) or remove it";
            faults.add(W01, &format!("lanes.{}", lane.id), message, advice);
        }
    }
    let branches = procedure.steps.iter().any(|step| step.exits().len() > 1);
    if procedure.steps.len() > 10 && !branches {
        let message = format!("{} steps without a branch", procedure.steps.len());
        faults.add(
            I02,
            "steps",
            message,
            "see whether it should be split, or whether decisions are hidden in it",
        );
    }
}

fn terminators(faults: &mut Faults<'_>, procedure: &Procedure) {
    let first = procedure.first();
    for step in &procedure.steps {
        let (starts, ends) = (step.id == *first, step.next == Next::End);
        if (starts || ends) && step.symbol != Symbol::Terminator {
            let which = if starts { "first" } else { "last" };
            let message = format!("the {which} node is not a terminator");
            faults.at(
                E04,
                step,
                "symbol",
                message,
                "start and end are capsules: symbol = \"terminator\"",
            );
        } else if step.symbol == Symbol::Terminator && !starts && !ends {
            faults.at(
                E04,
                step,
                "symbol",
                "a terminator in the middle: there is exactly one start, and what follows an end is nothing",
                "use process or decision, or next = \"end\"",
            );
        }
    }
    if let Some(step) = procedure.step(first).filter(|step| step.scope != Scope::Run) {
        let message = "the start is not done for the whole run";
        faults.at(
            E04,
            step,
            "scope",
            message,
            "scope = \"run\": teams and sites come of it",
        );
    }
    let ends = |step: &Step| step.ways().iter().any(|(_, goal)| *goal == Goal::End);
    if !procedure.steps.iter().any(ends) {
        faults.add(
            E04,
            "steps",
            "no step ends the procedure",
            "let the last step have next = \"end\"",
        );
    }
}

fn reach(faults: &mut Faults<'_>, procedure: &Procedure) {
    let ways: BTreeMap<&StepId, Vec<Goal>> = procedure
        .steps
        .iter()
        .map(|step| (&step.id, step.ways().into_iter().map(|(_, goal)| goal).collect()))
        .collect();
    let mut reached = BTreeSet::from([procedure.first().clone()]);
    let mut ending: BTreeSet<StepId> = BTreeSet::new();
    // Each pass adds at least one step, so as many passes as there are steps are enough.
    for _ in &procedure.steps {
        for (step, goals) in &ways {
            for goal in goals {
                match goal {
                    Goal::Step(to) if reached.contains(*step) => _ = reached.insert(to.clone()),
                    _ => {}
                }
                let ends = match goal {
                    Goal::End => true,
                    Goal::Step(to) => ending.contains(to),
                };
                if ends {
                    ending.insert((*step).clone());
                }
            }
        }
    }
    for step in &procedure.steps {
        if !reached.contains(&step.id) {
            faults.at(
                E05,
                step,
                "id",
                "cannot be reached from the start",
                "let an arrow lead to it, or remove it",
            );
        }
        if !ending.contains(&step.id) {
            faults.at(
                E05,
                step,
                "id",
                "cannot reach an end",
                "let an arrow out of the loop lead on to an end",
            );
        }
    }
}

fn symbol(faults: &mut Faults<'_>, step: &Step) {
    if let Symbol::Other(text) = &step.symbol {
        let message = if text.is_empty() {
            "has no symbol".to_owned()
        } else {
            format!("{text:?} is not one of the symbols")
        };
        faults.at(
            E06,
            step,
            "symbol",
            message,
            "use terminator, process, decision or connector",
        );
    }
    let exits = step.exits();
    if exits.len() > 1 && step.symbol != Symbol::Decision {
        faults.at(
            E06,
            step,
            "exits",
            "has several exits and is no decision",
            "symbol = \"decision\"",
        );
    }
    if step.symbol == Symbol::Decision && exits.len() < 2 {
        faults.at(
            E06,
            step,
            "symbol",
            "a decision with fewer than two exits",
            "label an exit for each answer",
        );
    }
    let mut codes = BTreeSet::new();
    let mut labels = BTreeSet::new();
    for exit in exits {
        let label = exit.label.trim().to_lowercase();
        if label.is_empty() {
            let message = format!("the exit `{}` has no label", exit.code);
            faults.at(E06, step, "exits", message, "label it, e.g. Ya or Tidak");
        } else if !labels.insert(label) || !codes.insert(&exit.code) {
            let message = format!("two exits are called {:?} (`{}`)", exit.label, exit.code);
            faults.at(
                E06,
                step,
                "exits",
                message,
                "give each exit a code and label of its own",
            );
        }
    }
}

fn actors(faults: &mut Faults<'_>, procedure: &Procedure, step: &Step) {
    if step.from.is_empty() {
        faults.at(
            E07,
            step,
            "from",
            "nobody acts",
            "name the lane that acts in `from`",
        );
    }
    joint(faults, step);
    for (key, lanes) in [("from", &step.from), ("to", &step.to)] {
        for lane in lanes.iter().filter(|lane| procedure.lane(lane).is_none()) {
            let message = format!("`{lane}` is not a lane");
            faults.at(E07, step, key, message, "declare it under [[lanes]]");
        }
    }
}

/// Several actors: whether each must act, or either may, is said and can be kept.
fn joint(faults: &mut Faults<'_>, step: &Step) {
    let generic = matches!(
        step.kind,
        StepKind::Record | StepKind::Decision | StepKind::Approval | StepKind::Confirm
    );
    let (message, advice) = match step.joint {
        None if step.from.len() > 1 => (
            "several act, and it is not said whether each must or either may",
            "say `joint = \"each\"` or `joint = \"either\"`",
        ),
        Some(_) if step.from.len() < 2 => (
            "`joint` on a step with one actor",
            "leave it out, or name the other actors in `from`",
        ),
        Some(Joint::Each) if !generic => (
            "each must act, but this kind of step is finished by one act",
            "use a step of kind record, decision, approval or confirm",
        ),
        _ => return,
    };
    let key = if step.joint.is_some() { "joint" } else { "from" };
    faults.at(E07, step, key, message, advice);
}

fn arrows(faults: &mut Faults<'_>, procedure: &Procedure, step: &Step) {
    for (exit, goal) in step.ways() {
        if let Goal::Step(to) = goal
            && procedure.step(&to).is_none()
        {
            let key = if exit.is_some() { "exits" } else { "next" };
            faults.at(
                E10,
                step,
                key,
                format!("the arrow leads to `{to}`, which is no step"),
                "name a step, or end",
            );
        }
    }
    for exit in step.exits() {
        if let Some(pause) = exit
            .pause
            .as_ref()
            .filter(|code| !step.pauses.iter().any(|p| p.code == **code))
        {
            let message = format!(
                "the exit `{}` stops the clock for `{pause}`, which is none of its reasons",
                exit.code
            );
            faults.at(
                E10,
                step,
                "exits",
                message,
                "declare the reason under `pauses` of the same step",
            );
        }
    }
    if let Some(timer) = &step.timer
        && step.exit(&timer.take).is_none()
    {
        let message = format!(
            "the timer takes the exit `{}`, which is none of its exits",
            timer.take
        );
        faults.at(E10, step, "timer", message, "name an exit of the same step");
    }
}

fn verdicts(faults: &mut Faults<'_>, procedure: &Procedure) {
    for (verdict, goal) in &procedure.verdicts {
        if let Goal::Step(to) = goal
            && procedure.step(to).is_none()
        {
            let message = format!("the verdict `{verdict}` leads to `{to}`, which is no step");
            faults.add(
                E10,
                &format!("verdicts.{verdict}"),
                message,
                "name a step, or end",
            );
        }
    }
}

fn connectors(faults: &mut Faults<'_>, procedure: &Procedure) {
    for step in &procedure.steps {
        match (&step.connector, &step.symbol) {
            (Some(mark), _) => {
                let same = |other: &&Step| other.connector.as_ref() == Some(mark);
                if procedure.steps.iter().filter(same).count() != 2 {
                    let message = format!("the connector {mark:?} has no single partner");
                    faults.at(
                        E10,
                        step,
                        "connector",
                        message,
                        "exactly two steps bear the same mark",
                    );
                }
            }
            (None, Symbol::Connector) => {
                faults.at(
                    E10,
                    step,
                    "symbol",
                    "a connector without a mark",
                    "give it and its partner a `connector`",
                );
            }
            (None, _) => {}
        }
    }
}
