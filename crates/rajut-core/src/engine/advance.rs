//! Moves: decided from a progress without changing it, recorded, then folded in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::progress::{DoneStep, Part, Progress, known};
use super::refusal::EngineRefusal;
use crate::procedure::{ExitCode, Goal, PauseCode, Procedure, StepId};

/// One move of a progress: what an event records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Advance {
    /// When.
    pub at: Timestamp,
    /// The step that was left; none where nothing was open (a join) or stays open (a pause).
    pub done: Option<DoneStep>,
    /// One of several joint actors has acted, and others have yet to: the step stays open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted: Option<Acted>,
    /// What can be done from now on at this level.
    pub opens: Vec<StepId>,
    /// What follows belongs to another scope: the caller fans out, or joins once all are here.
    pub crosses: Option<StepId>,
    /// This level has ended.
    pub ends: bool,
    /// The clock stops.
    pub pauses: Option<Pausing>,
    /// The clock is set going.
    pub resumes: bool,
}

/// A part of a step was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Acted {
    /// The step.
    pub step: StepId,
    /// The part.
    pub part: Part,
}

/// The clock stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Pausing {
    /// Why.
    pub reason: PauseCode,
    /// Finishing this step sets it going again.
    pub until: Option<StepId>,
}

impl Advance {
    /// A move that moves nothing yet.
    pub fn still(at: Timestamp) -> Self {
        Self {
            at,
            done: None,
            acted: None,
            opens: Vec::new(),
            crosses: None,
            ends: false,
            pauses: None,
            resumes: false,
        }
    }

    /// Sets what the goal opens at the level of `progress`.
    fn toward(
        mut self,
        progress: &Progress,
        procedure: &Procedure,
        goal: &Goal,
    ) -> Result<Self, EngineRefusal> {
        match goal {
            Goal::End => self.ends = true,
            Goal::Step(step) if known(procedure, step)?.scope == progress.scope => {
                self.opens.push(step.clone());
            }
            Goal::Step(step) => self.crosses = Some(step.clone()),
        }
        Ok(self)
    }
}

impl Progress {
    /// Finishes a step: by one of its exits where it has exits, without one where it has none.
    ///
    /// Instants are taken as they come: a field fact may arrive late, and whether its time can be right is
    /// the caller's to judge.
    pub fn advance(
        &self,
        procedure: &Procedure,
        step: &StepId,
        exit: Option<&ExitCode>,
        at: Timestamp,
    ) -> Result<Advance, EngineRefusal> {
        self.not_ended()?;
        let row = known(procedure, step)?;
        if !self.is_open(step) {
            return Err(EngineRefusal::NotOpen {
                step: step.clone(),
                open: self.open_steps(),
            });
        }
        let resumes = match &self.pause {
            None => false,
            Some(pause) if pause.until.as_ref() == Some(step) => true,
            Some(pause) => {
                return Err(EngineRefusal::Paused {
                    reason: pause.reason.clone(),
                });
            }
        };
        let goal = row.goal(exit).ok_or_else(|| EngineRefusal::UnknownExit {
            step: step.clone(),
            exit: exit.cloned(),
            allowed: row.exits().iter().map(|exit| exit.code.clone()).collect(),
        })?;
        let mut advance = Advance::still(at).toward(self, procedure, &goal)?;
        advance.done = self.leave(Some(step), exit, at, false);
        advance.resumes = resumes;
        // The pause lasts until the step it leads to is finished; where nothing opens here, nothing could.
        advance.pauses = advance.opens.first().and_then(|opened| {
            let reason = row.exit(exit?)?.pause.clone()?;
            Some(Pausing {
                reason,
                until: Some(opened.clone()),
            })
        });
        Ok(advance)
    }

    /// One of the actors of a step acts. Where each must, the step stays open until the last one has; all
    /// take the same exit. Where either may, this finishes it.
    pub fn act(&self, procedure: &Procedure, step: &StepId, part: Part) -> Result<Advance, EngineRefusal> {
        // What would refuse the last act refuses the first one.
        let exit = part.exit.as_ref();
        let mut advance = self.advance(procedure, step, exit, part.at)?;
        let (row, missing) = (known(procedure, step)?, self.missing(procedure, step));
        if !row.needs_each() {
            if let Some(done) = &mut advance.done {
                done.parts = vec![part];
            }
            return Ok(advance);
        }
        if !missing.contains(&part.lane) {
            return Err(EngineRefusal::HasActed {
                step: step.clone(),
                lane: part.lane,
                missing,
            });
        }
        let mut parts = self
            .opened(step)
            .map(|open| open.parts.clone())
            .unwrap_or_default();
        if let Some(before) = parts.iter().find(|before| before.exit != part.exit) {
            return Err(EngineRefusal::ExitDisagrees {
                step: step.clone(),
                exit: part.exit.clone(),
                before: before.exit.clone(),
            });
        }
        let is_last = missing.iter().all(|lane| *lane == part.lane);
        if !is_last {
            let (at, step) = (part.at, step.clone());
            return Ok(Advance {
                acted: Some(Acted { step, part }),
                ..Advance::still(at)
            });
        }
        // Told in another order than done, it is finished when the last of them had acted.
        let at = parts.iter().map(|part| part.at).fold(part.at, Timestamp::max);
        advance = self.advance(procedure, step, exit, at)?;
        parts.push(part);
        if let Some(done) = &mut advance.done {
            done.parts = parts;
        }
        Ok(advance)
    }

    /// Moves the work to a step or the end from wherever it is, as a verdict does. What was open counts as
    /// skipped, a pause ends. Moving to what is open already changes nothing but the pause.
    pub fn jump(&self, procedure: &Procedure, to: &Goal, at: Timestamp) -> Result<Advance, EngineRefusal> {
        self.not_ended()?;
        let mut advance = Advance::still(at);
        if !matches!(to, Goal::Step(step) if self.is_open(step)) {
            advance = advance.toward(self, procedure, to)?;
            advance.done = self.leave(None, None, at, true);
        }
        advance.resumes = self.pause.is_some();
        Ok(advance)
    }

    /// Opens a step at this level when what it waited for has been joined here.
    pub fn enter(
        &self,
        procedure: &Procedure,
        step: &StepId,
        at: Timestamp,
    ) -> Result<Advance, EngineRefusal> {
        self.not_ended()?;
        self.nothing_open()?;
        let scope = known(procedure, step)?.scope;
        if scope != self.scope {
            return Err(EngineRefusal::OtherScope {
                step: step.clone(),
                scope,
            });
        }
        Advance::still(at).toward(self, procedure, &Goal::Step(step.clone()))
    }

    /// Ends this level when all that it waited for has ended.
    pub fn finish(&self, at: Timestamp) -> Result<Advance, EngineRefusal> {
        self.not_ended()?;
        self.nothing_open()?;
        Ok(Advance {
            ends: true,
            ..Advance::still(at)
        })
    }

    /// Stops the clock for a reason that an open step allows.
    pub fn pause(
        &self,
        procedure: &Procedure,
        reason: &PauseCode,
        at: Timestamp,
    ) -> Result<Advance, EngineRefusal> {
        self.not_ended()?;
        if let Some(pause) = &self.pause {
            return Err(EngineRefusal::Paused {
                reason: pause.reason.clone(),
            });
        }
        let steps = self.open.iter().filter_map(|open| procedure.step(&open.step));
        let allowed: Vec<PauseCode> = steps
            .flat_map(|step| step.pauses.iter().map(|pause| pause.code.clone()))
            .collect();
        if !allowed.contains(reason) {
            return Err(EngineRefusal::NotPausable {
                reason: reason.clone(),
                allowed,
            });
        }
        let pauses = Some(Pausing {
            reason: reason.clone(),
            until: None,
        });
        Ok(Advance {
            pauses,
            ..Advance::still(at)
        })
    }

    /// Sets the clock going again.
    pub fn resume(&self, at: Timestamp) -> Result<Advance, EngineRefusal> {
        self.not_ended()?;
        if self.pause.is_none() {
            return Err(EngineRefusal::NotPaused);
        }
        Ok(Advance {
            resumes: true,
            ..Advance::still(at)
        })
    }

    fn not_ended(&self) -> Result<(), EngineRefusal> {
        if self.ended_at.is_some() {
            Err(EngineRefusal::Ended)
        } else {
            Ok(())
        }
    }

    fn nothing_open(&self) -> Result<(), EngineRefusal> {
        if self.open.is_empty() {
            Ok(())
        } else {
            Err(EngineRefusal::StillOpen {
                open: self.open_steps(),
            })
        }
    }

    /// What leaving the open step (that step, or whichever is open) records.
    fn leave(
        &self,
        step: Option<&StepId>,
        exit: Option<&ExitCode>,
        at: Timestamp,
        skipped: bool,
    ) -> Option<DoneStep> {
        let open = self
            .open
            .iter()
            .find(|open| step.is_none_or(|step| open.step == *step))?;
        Some(DoneStep {
            step: open.step.clone(),
            round: open.round,
            since: open.since,
            finished_at: at,
            exit: exit.cloned(),
            skipped,
            parts: open.parts.clone(),
        })
    }
}
