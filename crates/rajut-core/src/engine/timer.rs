//! What happens by itself if nobody acts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::progress::Progress;
use crate::procedure::{ExitCode, Procedure, StepId, TimeAsWritten};

/// A timer that runs on an open step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RunningTimer {
    /// The step.
    pub step: StepId,
    /// Since when.
    pub since: Timestamp,
    /// How long it waits.
    pub after: TimeAsWritten,
    /// The exit to take then.
    pub take: ExitCode,
}

impl Progress {
    /// The timer of what is open, if it has one.
    pub fn timer(&self, procedure: &Procedure) -> Option<RunningTimer> {
        self.open.iter().find_map(|open| {
            let timer = procedure.step(&open.step)?.timer.as_ref()?;
            Some(RunningTimer {
                step: open.step.clone(),
                since: open.since,
                after: timer.after,
                take: timer.take.clone(),
            })
        })
    }

    /// The timer that has run out by `now`, to be carried out by [`Progress::advance`]. `working_minutes`
    /// counts the working minutes between two instants; pauses within the wait do not count, and while the
    /// clock stands still nothing runs out.
    pub fn timer_due(
        &self,
        procedure: &Procedure,
        now: Timestamp,
        working_minutes: impl Fn(Timestamp, Timestamp) -> i64,
    ) -> Option<RunningTimer> {
        if self.pause.is_some() || self.ended_at.is_some() {
            return None;
        }
        let timer = self.timer(procedure)?;
        let stood: i64 = self
            .paused
            .iter()
            .map(|pause| (pause.since.max(timer.since), pause.resumed_at.min(now)))
            .filter(|(from, to)| from < to)
            .map(|(from, to)| working_minutes(from, to))
            .sum();
        let waited = working_minutes(timer.since, now.max(timer.since)) - stood;
        (waited >= timer.after.working_minutes()).then_some(timer)
    }
}
