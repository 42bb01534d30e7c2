//! What the engine refuses, in the words of the procedure: numbers of steps, labels of exits, pauses and lanes, each
//! beside the code that the command line takes.

use crate::act::{FieldName, Refusal, Rule};
use crate::engine::EngineRefusal;
use crate::procedure::{ExitCode, LaneId, PauseCode, Procedure, StepId, StepKind};

/// What the engine refuses, as the rule that the reader knows, in the words of the procedure.
pub(super) fn engine(procedure: &Procedure, error: &EngineRefusal) -> Refusal {
    use EngineRefusal as E;
    let steps = |ids: &[StepId]| listed(ids.iter().map(|id| step_name(procedure, id)));
    match error {
        E::NotOpen { step, open } => Refusal::new(Rule::StepNotOpen)
            .with("step", step_name(procedure, step))
            .with("open", steps(open)),
        E::UnknownExit { step, exit, allowed } => Refusal::new(Rule::UnknownExit)
            .with("exit", exit_name(procedure, step, exit.as_ref()))
            .with(
                "allowed",
                listed(allowed.iter().map(|exit| exit_name(procedure, step, Some(exit)))),
            ),
        E::HasActed { step, missing, .. } => Refusal::new(Rule::PartDone)
            .with("step", step_name(procedure, step))
            .with(
                "waits_for",
                listed(missing.iter().map(|lane| lane_name(procedure, lane))),
            ),
        E::ExitDisagrees { step, exit, before } => Refusal::new(Rule::JointDisagrees)
            .with("field", FieldName::Exit)
            .with("value", exit_name(procedure, step, exit.as_ref()))
            .with("before", exit_name(procedure, step, before.as_ref())),
        E::Paused { reason } => Refusal::new(Rule::RunPaused).with("reason", pause_name(procedure, reason)),
        E::Ended => Refusal::new(Rule::RunEnded).with("run", ""),
        E::NotPaused => Refusal::new(Rule::NotPaused),
        E::NotPausable { reason, allowed } => Refusal::new(Rule::PauseReasonUnknown)
            .with("reason", pause_name(procedure, reason))
            .with(
                "allowed",
                listed(allowed.iter().map(|reason| pause_name(procedure, reason))),
            ),
        E::StillOpen { open } => Refusal::new(Rule::StepNotOpen)
            .with("step", "")
            .with("open", steps(open)),
        E::OtherScope { step, .. } | E::UnknownStep { step } => Refusal::new(Rule::StepNotOpen)
            .with("step", step_name(procedure, step))
            .with("open", ""),
    }
}

pub(super) fn listed(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The number of a step as on paper, and its id, which the command line takes.
pub(super) fn step_name(procedure: &Procedure, id: &StepId) -> String {
    match procedure.steps.iter().position(|step| step.id == *id) {
        Some(place) => format!("{} ({id})", place + 1),
        None => id.to_string(),
    }
}

/// The name of the first step of a kind; empty where the procedure has none.
pub(super) fn step_of_kind(procedure: &Procedure, kind: StepKind) -> String {
    let step = procedure.steps.iter().find(|step| step.kind == kind);
    step.map_or_else(String::new, |step| step_name(procedure, &step.id))
}

/// The label of an exit, and its code.
fn exit_name(procedure: &Procedure, step: &StepId, exit: Option<&ExitCode>) -> String {
    let Some(code) = exit else {
        return "-".to_owned();
    };
    match procedure.step(step).and_then(|step| step.exit(code)) {
        Some(exit) => format!("{} ({code})", exit.label),
        None => code.to_string(),
    }
}

/// The label of a reason to pause, and its code.
fn pause_name(procedure: &Procedure, code: &PauseCode) -> String {
    let mut known = procedure.steps.iter().flat_map(|step| &step.pauses);
    match known.find(|reason| reason.code == *code) {
        Some(reason) => format!("{} ({code})", reason.label),
        None => code.to_string(),
    }
}

/// The label of a lane.
fn lane_name(procedure: &Procedure, id: &LaneId) -> String {
    let lane = procedure.lanes.iter().find(|lane| lane.id == *id);
    lane.map_or_else(|| id.to_string(), |lane| lane.label.clone())
}
