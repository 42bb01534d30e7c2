//! The flowchart: symbols, arrows, actors. E04 to E07, E10, W01, I02.

use std::collections::{BTreeMap, BTreeSet};

use super::LintCode::{E04, E05, E06, E07, E10, I02, W01};
use super::{Faults, LintFault};
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
            faults.add(
                W01,
                &format!("lanes.{}", lane.id),
                LintFault::LaneIdle.with("lane", &lane.label),
            );
        }
    }
    let branches = procedure.steps.iter().any(|step| step.exits().len() > 1);
    if procedure.steps.len() > 10 && !branches {
        faults.add(
            I02,
            "steps",
            LintFault::NoBranch.with("count", procedure.steps.len()),
        );
    }
}

fn terminators(faults: &mut Faults<'_>, procedure: &Procedure) {
    let first = procedure.first();
    for step in &procedure.steps {
        let (starts, ends) = (step.id == *first, step.next == Next::End);
        if (starts || ends) && step.symbol != Symbol::Terminator {
            let fault = if starts {
                LintFault::StartNoTerminator
            } else {
                LintFault::EndNoTerminator
            };
            faults.at(E04, step, "symbol", fault);
        } else if step.symbol == Symbol::Terminator && !starts && !ends {
            faults.at(E04, step, "symbol", LintFault::TerminatorInside);
        }
    }
    if let Some(step) = procedure.step(first).filter(|step| step.scope != Scope::Run) {
        faults.at(E04, step, "scope", LintFault::StartNotOfRun);
    }
    let ends = |step: &Step| step.ways().iter().any(|(_, goal)| *goal == Goal::End);
    if !procedure.steps.iter().any(ends) {
        faults.add(E04, "steps", LintFault::NoEnd);
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
            faults.at(E05, step, "id", LintFault::Unreachable);
        }
        if !ending.contains(&step.id) {
            faults.at(E05, step, "id", LintFault::Endless);
        }
    }
}

fn symbol(faults: &mut Faults<'_>, step: &Step) {
    if let Symbol::Other(text) = &step.symbol {
        let fault = if text.is_empty() {
            LintFault::SymbolMissing.into()
        } else {
            LintFault::SymbolUnknown.with("symbol", text)
        };
        faults.at(E06, step, "symbol", fault);
    }
    let exits = step.exits();
    if exits.len() > 1 && step.symbol != Symbol::Decision {
        faults.at(E06, step, "exits", LintFault::ExitsOfNoDecision);
    }
    if step.symbol == Symbol::Decision && exits.len() < 2 {
        faults.at(E06, step, "symbol", LintFault::DecisionWithoutExits);
    }
    let mut codes = BTreeSet::new();
    let mut labels = BTreeSet::new();
    for exit in exits {
        let label = exit.label.trim().to_lowercase();
        if label.is_empty() {
            faults.at(
                E06,
                step,
                "exits",
                LintFault::ExitUnlabelled.with("exit", &exit.code),
            );
        } else if !labels.insert(label) || !codes.insert(&exit.code) {
            faults.at(
                E06,
                step,
                "exits",
                LintFault::ExitRepeated
                    .with("label", &exit.label)
                    .with("exit", &exit.code),
            );
        }
    }
}

fn actors(faults: &mut Faults<'_>, procedure: &Procedure, step: &Step) {
    if step.from.is_empty() {
        faults.at(E07, step, "from", LintFault::NobodyActs);
    }
    joint(faults, step);
    for (key, lanes) in [("from", &step.from), ("to", &step.to)] {
        for lane in lanes.iter().filter(|lane| procedure.lane(lane).is_none()) {
            faults.at(E07, step, key, LintFault::LaneUnknown.with("lane", lane));
        }
    }
}

/// Several actors: whether each must act, or either may, is said and can be kept.
fn joint(faults: &mut Faults<'_>, step: &Step) {
    let generic = matches!(
        step.kind,
        StepKind::Record | StepKind::Decision | StepKind::Approval | StepKind::Confirm
    );
    let fault = match step.joint {
        None if step.from.len() > 1 => LintFault::JointUnsaid,
        Some(_) if step.from.len() < 2 => LintFault::JointAlone,
        Some(Joint::Each) if !generic => LintFault::JointNotOfKind,
        _ => return,
    };
    let key = if step.joint.is_some() { "joint" } else { "from" };
    faults.at(E07, step, key, fault);
}

fn arrows(faults: &mut Faults<'_>, procedure: &Procedure, step: &Step) {
    for (exit, goal) in step.ways() {
        if let Goal::Step(to) = goal
            && procedure.step(&to).is_none()
        {
            let key = if exit.is_some() { "exits" } else { "next" };
            faults.at(E10, step, key, LintFault::ArrowLost.with("to", &to));
        }
    }
    for exit in step.exits() {
        if let Some(pause) = exit
            .pause
            .as_ref()
            .filter(|code| !step.pauses.iter().any(|p| p.code == **code))
        {
            faults.at(
                E10,
                step,
                "exits",
                LintFault::ExitPauseUnknown
                    .with("exit", &exit.code)
                    .with("pause", pause),
            );
        }
    }
    if let Some(timer) = &step.timer
        && step.exit(&timer.take).is_none()
    {
        faults.at(
            E10,
            step,
            "timer",
            LintFault::TimerExitUnknown.with("exit", &timer.take),
        );
    }
}

fn verdicts(faults: &mut Faults<'_>, procedure: &Procedure) {
    for (verdict, goal) in &procedure.verdicts {
        if let Goal::Step(to) = goal
            && procedure.step(to).is_none()
        {
            faults.add(
                E10,
                &format!("verdicts.{verdict}"),
                LintFault::VerdictLost.with("verdict", verdict).with("to", to),
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
                    faults.at(
                        E10,
                        step,
                        "connector",
                        LintFault::ConnectorAlone.with("mark", mark),
                    );
                }
            }
            (None, Symbol::Connector) => {
                faults.at(E10, step, "symbol", LintFault::ConnectorUnmarked);
            }
            (None, _) => {}
        }
    }
}
