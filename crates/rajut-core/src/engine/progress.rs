//! How far one level of an execution has come: a value that is stored, and the fold of its advances.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::advance::Advance;
use super::refusal::EngineRefusal;
use crate::id::PersonId;
use crate::procedure::{ExitCode, LaneId, PauseCode, Procedure, Scope, StepId};

/// How far a run, a team's batch, or a site has come in a procedure.
///
/// It is in one of three states: something is open; nothing is open and it waits for what it crossed into
/// (a run whose sites are being checked); it has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Progress {
    /// Which level this is.
    pub scope: Scope,
    /// What can be done now. A procedure never splits within a scope, so at most one.
    pub open: Vec<OpenStep>,
    /// What was done, oldest first.
    pub done: Vec<DoneStep>,
    /// The step of another scope for which this level waits.
    pub waits_for: Option<StepId>,
    /// Whether the clock stands still.
    pub pause: Option<Paused>,
    /// When it stood still before, oldest first.
    pub paused: Vec<PastPause>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A step that can be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OpenStep {
    /// The step.
    pub step: StepId,
    /// When it became possible.
    pub since: Timestamp,
    /// Which time it is open, from one.
    pub round: u32,
    /// What some of its actors have done already, where each of them must act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One of several joint actors has acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Part {
    /// In which lane.
    pub lane: LaneId,
    /// Who; `None` for somebody outside the register.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// By which exit, where the step has exits.
    pub exit: Option<ExitCode>,
    /// What they put into the form.
    pub values: BTreeMap<String, String>,
}

/// A step that was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DoneStep {
    /// The step.
    pub step: StepId,
    /// Which time it was open, from one.
    pub round: u32,
    /// When it became possible.
    pub since: Timestamp,
    /// When it was left.
    pub finished_at: Timestamp,
    /// By which exit, where it has exits.
    pub exit: Option<ExitCode>,
    /// It was not finished: a verdict moved the work elsewhere.
    pub skipped: bool,
    /// What its actors did: all of them, where each must act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// The clock stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Paused {
    /// Why.
    pub reason: PauseCode,
    /// Since when.
    pub since: Timestamp,
    /// Finishing this step sets the clock going; without one it is set going by hand.
    pub until: Option<StepId>,
}

/// The clock stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PastPause {
    /// Why.
    pub reason: PauseCode,
    /// From.
    pub since: Timestamp,
    /// Until.
    pub resumed_at: Timestamp,
}

impl Progress {
    /// Begins a level at a step, which gives the scope: the first step for a run, and whatever was crossed
    /// into for a team or a site.
    pub fn begin(procedure: &Procedure, step: &StepId, at: Timestamp) -> Result<Self, EngineRefusal> {
        let scope = known(procedure, step)?.scope;
        Ok(Self {
            scope,
            open: vec![OpenStep {
                step: step.clone(),
                since: at,
                round: 1,
                parts: Vec::new(),
            }],
            done: Vec::new(),
            waits_for: None,
            pause: None,
            paused: Vec::new(),
            ended_at: None,
        })
    }

    /// Whether the step can be done now.
    pub fn is_open(&self, step: &StepId) -> bool {
        self.open.iter().any(|open| open.step == *step)
    }

    /// The ids of what is open.
    pub fn open_steps(&self) -> Vec<StepId> {
        self.open.iter().map(|open| open.step.clone()).collect()
    }

    /// The open step of that id.
    pub fn opened(&self, step: &StepId) -> Option<&OpenStep> {
        self.open.iter().find(|open| open.step == *step)
    }

    /// The lanes of an open step that have yet to act: all of them where one act is enough.
    pub fn missing(&self, procedure: &Procedure, step: &StepId) -> Vec<LaneId> {
        let Some((open, row)) = self.opened(step).zip(procedure.step(step)) else {
            return Vec::new();
        };
        row.from
            .iter()
            .filter(|lane| open.parts.iter().all(|part| part.lane != **lane))
            .cloned()
            .collect()
    }

    /// A move from outside that was decided on another view of this progress: it leaves what is open now.
    pub fn leaving_what_is_open(&self, moved: &Advance) -> Advance {
        let mut advance = moved.clone();
        let leads_on = advance.ends || advance.crosses.is_some() || !advance.opens.is_empty();
        if leads_on && advance.done.as_ref().is_none_or(|done| !self.is_open(&done.step)) {
            advance.done = self.open.first().map(|open| DoneStep {
                step: open.step.clone(),
                round: open.round,
                since: open.since,
                finished_at: advance.at,
                exit: None,
                skipped: true,
                parts: open.parts.clone(),
            });
        }
        advance
    }

    /// Folds an advance in. It must be the next one of this very progress; a replay of all of them, from
    /// [`Progress::begin`] on, gives the same value.
    pub fn apply(&mut self, advance: &Advance) {
        if advance.resumes
            && let Some(pause) = self.pause.take()
        {
            let past = PastPause {
                reason: pause.reason,
                since: pause.since,
                resumed_at: advance.at,
            };
            self.paused.push(past);
        }
        if let Some(acted) = &advance.acted
            && let Some(open) = self.open.iter_mut().find(|open| open.step == acted.step)
            && open.parts.iter().all(|part| part.lane != acted.part.lane)
        {
            open.parts.push(acted.part.clone());
        }
        if let Some(done) = &advance.done {
            self.open.retain(|open| open.step != done.step);
            self.done.push(done.clone());
        }
        if let Some(step) = &advance.crosses {
            self.waits_for = Some(step.clone());
        }
        for step in &advance.opens {
            let before = self.done.iter().filter(|done| done.step == *step).count();
            let round = u32::try_from(before + 1).unwrap_or(u32::MAX);
            self.open.push(OpenStep {
                step: step.clone(),
                since: advance.at,
                round,
                parts: Vec::new(),
            });
            self.waits_for = None;
        }
        if let Some(pausing) = &advance.pauses {
            self.pause = Some(Paused {
                reason: pausing.reason.clone(),
                since: advance.at,
                until: pausing.until.clone(),
            });
        }
        if advance.ends {
            self.waits_for = None;
            self.ended_at = Some(advance.at);
        }
    }
}

/// The step of that id, or the refusal that names it.
pub(super) fn known<'a>(
    procedure: &'a Procedure,
    step: &StepId,
) -> Result<&'a crate::procedure::Step, EngineRefusal> {
    procedure
        .step(step)
        .ok_or_else(|| EngineRefusal::UnknownStep { step: step.clone() })
}
