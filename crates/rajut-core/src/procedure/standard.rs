//! *Mutu baku*: the time and output of a step, merged cells, and the totals.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::codes::{ExitCode, GroupId, StepId};
use super::model::Procedure;
use super::step::{Goal, Step};
use super::time::{TimeAsWritten, WrittenTime};

/// A step's own cells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Standard {
    /// Waktu; absent where the cell is merged, or the exit taken decides.
    pub time: Option<WrittenTime>,
    /// Output, one entry per item.
    pub output: Vec<String>,
}

/// A cell of *mutu baku* merged over consecutive steps: its time is one clock over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardGroup {
    /// Its name within the file.
    pub id: GroupId,
    /// The rows it spans.
    pub steps: Vec<StepId>,
    /// Waktu.
    pub time: Option<WrittenTime>,
    /// Output, where that cell is merged too.
    #[serde(default)]
    pub output: Vec<String>,
}

/// The standard that applies to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardView {
    /// How long.
    pub time: TimeAsWritten,
    /// The group, if the time is shared: then it runs from the first step's first start to the last one's
    /// last end, and counts once.
    pub group: Option<GroupId>,
    /// The step opens the clock: first of its group, or on its own.
    pub first_of_group: bool,
    /// The step closes the clock: last of its group, or on its own.
    pub last_of_group: bool,
}

impl Procedure {
    /// The group that a step belongs to.
    pub fn group_of(&self, step: &StepId) -> Option<&StandardGroup> {
        self.groups.iter().find(|group| group.steps.contains(step))
    }

    /// The standard of a step: that of the exit taken if the exit has one, else its own, else its group's.
    /// None if the step has none, or a text that is no time.
    pub fn standard_of(&self, step: &StepId, exit: Option<&ExitCode>) -> Option<StandardView> {
        let step = self.step(step)?;
        let alone = |time| StandardView {
            time,
            group: None,
            first_of_group: true,
            last_of_group: true,
        };
        if let Some(time) = exit
            .and_then(|code| step.exit(code))
            .and_then(|exit| exit.standard)
        {
            return Some(alone(time));
        }
        if let Some(time) = &step.standard.time {
            return time.read().map(alone);
        }
        let group = self.group_of(&step.id)?;
        let time = group.time.as_ref()?.read()?;
        // The order of the rows counts, not the order in which the group happens to name them.
        let rows = || {
            self.steps
                .iter()
                .filter(|row| group.steps.contains(&row.id))
                .map(|row| &row.id)
        };
        Some(StandardView {
            time,
            group: Some(group.id.clone()),
            first_of_group: rows().next() == Some(&step.id),
            last_of_group: rows().next_back() == Some(&step.id),
        })
    }

    /// Working minutes of all steps, each group once; a step timed by its exits counts its longest.
    pub fn total_standard_minutes(&self) -> i64 {
        let mut counted = BTreeSet::new();
        self.steps
            .iter()
            .map(|step| match self.shared(step) {
                Some((group, minutes)) => {
                    if counted.insert(group) {
                        minutes
                    } else {
                        0
                    }
                }
                None => step
                    .ways()
                    .iter()
                    .map(|(exit, _)| self.alone(step, exit.as_ref()))
                    .max()
                    .unwrap_or(0),
            })
            .sum()
    }

    /// Working minutes of the longest way from the first step to the end that never goes back up. None if
    /// no such way reaches the end.
    pub fn longest_path_minutes(&self) -> Option<i64> {
        // Arrows that go down the page cannot make a loop, so one pass in row order is enough.
        let mut reached: Vec<Option<i64>> = vec![None; self.steps.len()];
        let entering = |step: &Step, from: Option<&Step>| match self.shared(step) {
            Some((group, minutes)) if from.and_then(|from| self.shared(from)).map(|s| s.0) != Some(group) => {
                minutes
            }
            _ => 0,
        };
        if let (Some(start), Some(step)) = (reached.first_mut(), self.steps.first()) {
            *start = Some(entering(step, None));
        }
        let mut longest = None;
        for (row, step) in self.steps.iter().enumerate() {
            let Some(sum) = reached[row] else { continue };
            for (exit, goal) in step.ways() {
                let own = if self.shared(step).is_some() {
                    0
                } else {
                    self.alone(step, exit.as_ref())
                };
                match goal {
                    Goal::End => longest = longest.max(Some(sum + own)),
                    Goal::Step(to) => {
                        if let Some(below) = self.steps.iter().position(|s| s.id == to).filter(|b| *b > row) {
                            let sum = sum + own + entering(&self.steps[below], Some(step));
                            reached[below] = reached[below].max(Some(sum));
                        }
                    }
                }
            }
        }
        longest
    }

    /// The group and minutes of a step that has no time of its own.
    fn shared(&self, step: &Step) -> Option<(&GroupId, i64)> {
        if step.standard.time.is_some() {
            return None;
        }
        let group = self.group_of(&step.id)?;
        Some((&group.id, group.time.as_ref()?.read()?.working_minutes()))
    }

    fn alone(&self, step: &Step, exit: Option<&ExitCode>) -> i64 {
        self.standard_of(&step.id, exit)
            .map_or(0, |view| view.time.working_minutes())
    }
}
