//! Why the engine would not move.

use serde::Serialize;

use crate::procedure::{ExitCode, LaneId, PauseCode, Scope, StepId};

/// Why the engine would not move. Each says what would have been possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum EngineRefusal {
    /// The step is not open: it comes later, or is done.
    #[error("the step {step} is not open; open: {}", list(open))]
    NotOpen {
        /// The step asked for.
        step: StepId,
        /// What is open.
        open: Vec<StepId>,
    },
    /// The step has no such exit, needs one, or takes none.
    #[error("the step {step} cannot be left by {}; allowed: {}", exit.as_ref().map_or("no exit", |e| e.as_str()), list(allowed))]
    UnknownExit {
        /// The step.
        step: StepId,
        /// The exit asked for.
        exit: Option<ExitCode>,
        /// Its exits; none if it is left without.
        allowed: Vec<ExitCode>,
    },
    /// That actor has done their part; others have yet to.
    #[error("{lane} has acted in the step {step}; still to act: {}", list(missing))]
    HasActed {
        /// The step.
        step: StepId,
        /// The lane that acted.
        lane: LaneId,
        /// The lanes that have yet to act.
        missing: Vec<LaneId>,
    },
    /// Joint actors take one exit; another one was taken already.
    #[error("the step {step} was answered {}, not {}", exit_name(before.as_ref()), exit_name(exit.as_ref()))]
    ExitDisagrees {
        /// The step.
        step: StepId,
        /// The exit asked for.
        exit: Option<ExitCode>,
        /// The exit of those who acted before.
        before: Option<ExitCode>,
    },
    /// The clock stands still; it must be set going first.
    #[error("the work is paused ({reason}); resume it first")]
    Paused {
        /// Why it stands still.
        reason: PauseCode,
    },
    /// The clock does not stand still.
    #[error("the work is not paused")]
    NotPaused,
    /// No open step may be paused for that reason.
    #[error("the work cannot be paused for {reason}; allowed: {}", list(allowed))]
    NotPausable {
        /// The reason asked for.
        reason: PauseCode,
        /// The reasons of what is open.
        allowed: Vec<PauseCode>,
    },
    /// Nothing moves after the end.
    #[error("it has ended")]
    Ended,
    /// Something is still open here.
    #[error("still open: {}", list(open))]
    StillOpen {
        /// What is open.
        open: Vec<StepId>,
    },
    /// The step is done at another level: for the run, a team, or a site.
    #[error("the step {step} belongs to the scope {scope:?}")]
    OtherScope {
        /// The step.
        step: StepId,
        /// Its scope.
        scope: Scope,
    },
    /// The procedure has no such step.
    #[error("the procedure has no step {step}")]
    UnknownStep {
        /// The step asked for.
        step: StepId,
    },
}

fn exit_name(exit: Option<&ExitCode>) -> &str {
    exit.map_or("-", ExitCode::as_str)
}

fn list<T: ToString>(items: &[T]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
