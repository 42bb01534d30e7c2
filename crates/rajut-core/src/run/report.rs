//! Reports: per team and batch, and the final one that gathers them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::engine::Progress;
use crate::id::{PersonId, ReportId, RunId, TeamId, VisitId};
use crate::stream::Fold;
use crate::visit::Flag;

/// What a report covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum Batch {
    /// The visits of a team from one day to another, both included.
    Team {
        /// The team.
        team: TeamId,
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// The whole run.
    Final,
}

/// What the Kasi said to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ruling {
    /// Accepted, else returned.
    pub accepted: bool,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Note; never empty on a return.
    pub note: String,
}

/// One submission of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Submission {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Results in words.
    pub results: String,
    /// Conclusions and advice.
    pub conclusions: String,
    /// The visits reported on.
    pub visits: Vec<VisitId>,
    /// What was ruled on it.
    pub ruling: Option<Ruling>,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportStanding {
    /// The batch has ended, the report is due.
    Due,
    /// Before the Kasi.
    Submitted,
    /// Returned to the team.
    Returned,
    /// Accepted.
    Accepted,
}

/// The report of a team and batch, or the final one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The run.
    pub run: RunId,
    /// What it covers.
    pub batch: Batch,
    /// When it became possible: the return of the team, else the next working morning.
    pub possible_at: Timestamp,
    /// Whether the leader recorded the return (else `possible_at` is assumed).
    pub returned_at: Option<Timestamp>,
    /// The team steps of the procedure; `None` for the final report.
    pub progress: Option<Progress>,
    /// Submissions in order: one more after each return.
    pub submissions: Vec<Submission>,
    /// What is odd about the record of the return.
    #[serde(default)]
    pub flags: BTreeSet<Flag>,
}

/// What happens to a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportEvent {
    /// It became due.
    Opened {
        /// The report.
        report: Box<Report>,
    },
    /// The leader recorded the return from the batch's last trip.
    Returned {
        /// When.
        at: Timestamp,
        /// What is odd about it.
        #[serde(default)]
        flags: BTreeSet<Flag>,
    },
    /// It was submitted.
    Submitted {
        /// The submission.
        submission: Submission,
        /// The step that this finishes.
        advance: Option<crate::engine::Advance>,
    },
    /// A generic step of the team was finished.
    Advanced {
        /// What that does.
        advance: crate::engine::Advance,
    },
    /// It was accepted or sent back.
    Ruled {
        /// The ruling.
        ruling: Ruling,
        /// Where a return leaves the team steps.
        progress: Option<Progress>,
    },
}

impl Report {
    /// Where it stands.
    pub fn standing(&self) -> ReportStanding {
        match self.submissions.last() {
            None => ReportStanding::Due,
            Some(Submission { ruling: None, .. }) => ReportStanding::Submitted,
            Some(Submission {
                ruling: Some(Ruling { accepted: true, .. }),
                ..
            }) => ReportStanding::Accepted,
            Some(_) => ReportStanding::Returned,
        }
    }

    /// The team, unless it is the final report.
    pub fn team(&self) -> Option<TeamId> {
        match self.batch {
            Batch::Team { team, .. } => Some(team),
            Batch::Final => None,
        }
    }
}

impl Fold for Report {
    type Event = ReportEvent;

    fn fold(state: Option<Self>, event: &ReportEvent) -> Result<Self, String> {
        let mut report = match (state, event) {
            (None, ReportEvent::Opened { report }) => return Ok((**report).clone()),
            (None, _) => return Err("the report was never opened".to_owned()),
            (Some(_), ReportEvent::Opened { .. }) => return Err("the report is already open".to_owned()),
            (Some(report), _) => report,
        };
        match event {
            ReportEvent::Opened { .. } => {}
            ReportEvent::Returned { at, flags } => {
                report.returned_at = Some(*at);
                report.flags.extend(flags.iter().cloned());
                if report.submissions.is_empty() {
                    // The clock of what is open starts with the return that was recorded.
                    for open in report.progress.iter_mut().flat_map(|progress| &mut progress.open) {
                        if open.since == report.possible_at {
                            open.since = *at;
                        }
                    }
                    report.possible_at = *at;
                }
            }
            ReportEvent::Submitted { submission, advance } => {
                report.submissions.push(submission.clone());
                if let (Some(progress), Some(advance)) = (&mut report.progress, advance) {
                    progress.apply(advance);
                }
            }
            ReportEvent::Advanced { advance } => {
                report
                    .progress
                    .as_mut()
                    .ok_or("the report has no steps")?
                    .apply(advance);
            }
            ReportEvent::Ruled { ruling, progress } => {
                let last = report.submissions.last_mut().ok_or("nothing was submitted")?;
                if last.ruling.is_some() {
                    return Err("the submission was already ruled on".to_owned());
                }
                last.ruling = Some(ruling.clone());
                if progress.is_some() {
                    report.progress.clone_from(progress);
                }
            }
        }
        Ok(report)
    }
}
