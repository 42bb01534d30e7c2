//! The run of a procedure: order, dispositions, teams, targets, reports, follow-ups.
//!
//! Hides what each record holds and how its events fold. It must not know why an act is allowed: that is
//! decided in `flow`.

mod carry;
mod document;
mod follow_up;
mod order;
mod report;
mod target;
mod team;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use carry::{CarriedOver, carried_over};
pub use document::{Document, DocumentEvent, DocumentKind, PaperMark};
pub use follow_up::{FollowUp, FollowUpEvent, FollowUpStanding, Part};
pub use order::{Addendum, Disposition, Initial, Issued, Order, OrderDraft, SentBack, Urgency, Verbal};
pub use report::{Batch, Report, ReportEvent, ReportStanding, Ruling, Submission};
pub use target::{Excuse, Standing, Target, TargetEvent, TargetVisit};
pub use team::{BatchRule, Member, Team};

use crate::act::Act;
use crate::engine::{Advance, Progress};
use crate::id::{ComplaintId, PersonId, RunId, SiteId, TeamId};
use crate::journal::Hash;
use crate::people::Capacity;
use crate::procedure::{ProcedureCode, StepId};
use crate::stream::Fold;

/// Which version of which procedure a run follows: it stays on it to the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProcedureRef {
    /// Its code.
    pub code: ProcedureCode,
    /// Its version.
    pub version: u32,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum RunEnd {
    /// Closed by a disposition, or at the end of its steps.
    Closed {
        /// When.
        at: Timestamp,
        /// Who closed it; `None` when the steps simply came to their end.
        by: Option<PersonId>,
        /// The disposition on the final report.
        instruction: String,
    },
    /// Cancelled.
    Cancelled {
        /// When.
        at: Timestamp,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: String,
    },
}

impl RunEnd {
    /// When it ended.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Closed { at, .. } | Self::Cancelled { at, .. } => *at,
        }
    }
}

/// The cause given for an overrun: each overrun asks for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Explanation {
    /// The step that was late.
    pub step: StepId,
    /// The record in which it stands: run, target or report.
    pub place: uuid::Uuid,
    /// Code of the cause.
    pub cause: String,
    /// In words.
    pub note: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Somebody acted in a capacity other than their own post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ActedAs {
    /// The step.
    pub step: StepId,
    /// Who.
    pub person: PersonId,
    /// In what capacity.
    pub capacity: Capacity,
}

/// What shows that somebody did by hand what another keyed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Scan {
    /// What was done.
    pub act: Act,
    /// Who did it.
    pub official: PersonId,
    /// When.
    pub at: Timestamp,
    /// Who keyed it in.
    pub clerk: PersonId,
    /// When.
    pub entered_at: Timestamp,
    /// The bytes of the scan.
    pub bytes: Hash,
}

/// One execution of one version of a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What it follows.
    pub procedure: ProcedureRef,
    /// What people call it.
    pub title: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Version of the calendar in force when it was opened.
    pub calendar_version: u32,
    /// The steps of scope run.
    pub progress: Progress,
    /// The order, if the procedure has one: at most one.
    pub order: Option<Order>,
    /// Dispositions in order.
    pub dispositions: Vec<Disposition>,
    /// The teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// When the teams were formed: from then on the targets can be visited.
    pub teams_formed_at: Option<Timestamp>,
    /// The complaint that this run serves, if it is the run of one.
    pub complaint: Option<ComplaintId>,
    /// The run from which targets and complaints were carried over.
    pub previous: Option<RunId>,
    /// The sites that come over from it, with the reason.
    #[serde(default)]
    pub carried: BTreeMap<SiteId, CarriedOver>,
    /// Values of generic steps: step -> field -> value, the last round.
    pub values: BTreeMap<StepId, BTreeMap<String, String>>,
    /// Acts by substitutes.
    pub acted_as: Vec<ActedAs>,
    /// Causes given for overruns.
    pub explanations: Vec<Explanation>,
    /// What shows the acts that were keyed in for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<Scan>,
    /// How it ended.
    pub end: Option<RunEnd>,
}

/// What happens to a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunEvent {
    /// Opened.
    Opened {
        /// The run as opened.
        run: Box<Run>,
    },
    /// An order was drafted, or the draft revised.
    OrderDrafted {
        /// The draft.
        draft: OrderDraft,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// The draft was initialled (paraf).
    OrderInitialled {
        /// The initial.
        initial: Initial,
    },
    /// The issue-ready draft reached the head.
    OrderSubmitted {
        /// When.
        at: Timestamp,
    },
    /// The draft was returned.
    OrderReturned {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// With which note.
        note: String,
    },
    /// The order was given by word of mouth.
    OrderGivenVerbally {
        /// How.
        verbal: Verbal,
    },
    /// The order was issued in writing.
    OrderIssued {
        /// Number, date, signer.
        issued: Issued,
    },
    /// The order was extended.
    OrderAddended {
        /// How.
        addendum: Addendum,
    },
    /// The order was passed down.
    Disposed {
        /// How.
        disposition: Disposition,
    },
    /// The teams stand: the fan-out over sites is open.
    TeamsFormed {
        /// The teams.
        teams: Vec<Team>,
        /// When.
        at: Timestamp,
    },
    /// A team changed or was added.
    TeamChanged {
        /// The team as it is now.
        team: Team,
        /// Why, where a reason was needed.
        reason: String,
    },
    /// A step was finished.
    Advanced {
        /// What that does.
        advance: Advance,
        /// Fields of a generic step.
        values: BTreeMap<String, String>,
        /// The substitute who did it, if it was one.
        acted_as: Option<ActedAs>,
    },
    /// Something outside moved the run: a verdict given on site, or the last of its sites and teams. It
    /// appends whatever the version, so a run that has ended in the meantime stays ended, and a step that
    /// is open stays open once.
    Moved {
        /// What that does.
        advance: Advance,
    },
    /// The cause of an overrun was given.
    Explained {
        /// The cause.
        explanation: Explanation,
    },
    /// What was done by hand was keyed in: here is what shows it.
    Scanned {
        /// What shows it.
        scan: Scan,
    },
    /// The run ended.
    Ended {
        /// How.
        end: RunEnd,
    },
}

impl Run {
    /// A run at its first step.
    pub fn open(
        id: RunId,
        procedure: ProcedureRef,
        title: String,
        progress: Progress,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            procedure,
            title,
            opened_at: at,
            calendar_version: 0,
            progress,
            order: None,
            dispositions: Vec::new(),
            teams: BTreeMap::new(),
            teams_formed_at: None,
            complaint: None,
            previous: None,
            carried: BTreeMap::new(),
            values: BTreeMap::new(),
            acted_as: Vec::new(),
            explanations: Vec::new(),
            scans: Vec::new(),
            end: None,
        }
    }

    /// The order's number, or the title until it has one.
    pub fn label(&self) -> &str {
        self.order
            .as_ref()
            .and_then(|order| order.issued.as_ref())
            .map_or(self.title.as_str(), |issued| issued.number.as_str())
    }

    fn order_mut(&mut self) -> Result<&mut Order, String> {
        self.order
            .as_mut()
            .ok_or_else(|| "the run has no order".to_owned())
    }
}

impl Fold for Run {
    type Event = RunEvent;

    fn fold(state: Option<Self>, event: &RunEvent) -> Result<Self, String> {
        let mut run = match (state, event) {
            (None, RunEvent::Opened { run }) => return Ok((**run).clone()),
            (None, _) => return Err("the run was never opened".to_owned()),
            (Some(_), RunEvent::Opened { .. }) => return Err("the run is already open".to_owned()),
            (Some(run), _) => run,
        };
        match event {
            RunEvent::Opened { .. } => {}
            RunEvent::OrderDrafted { draft, by, at } => match &mut run.order {
                Some(order) => order.revise(draft.clone(), *by, *at),
                None => run.order = Some(Order::draft(draft.clone(), *by, *at)),
            },
            RunEvent::OrderInitialled { initial } => run.order_mut()?.initials.push(initial.clone()),
            RunEvent::OrderSubmitted { at } => {
                // Laid before the head once more, it still lies there since the first time.
                run.order_mut()?.submitted_at.get_or_insert(*at);
            }
            RunEvent::OrderReturned { by, at, note } => run.order_mut()?.send_back(*by, *at, note.clone()),
            RunEvent::OrderGivenVerbally { verbal } => run.order_mut()?.verbal = Some(verbal.clone()),
            RunEvent::OrderIssued { issued } => run.order_mut()?.issued = Some(issued.clone()),
            RunEvent::OrderAddended { addendum } => run.order_mut()?.addenda.push(addendum.clone()),
            RunEvent::Disposed { disposition } => run.dispositions.push(disposition.clone()),
            RunEvent::TeamsFormed { teams, at } => {
                run.teams.extend(teams.iter().map(|team| (team.id, team.clone())));
                run.teams_formed_at.get_or_insert(*at);
            }
            RunEvent::TeamChanged { team, .. } => {
                run.teams.insert(team.id, team.clone());
            }
            RunEvent::Advanced {
                advance,
                values,
                acted_as,
            } => {
                run.progress.apply(advance);
                if let Some(done) = advance.done.as_ref().filter(|_| !values.is_empty()) {
                    run.values.insert(done.step.clone(), values.clone());
                }
                run.acted_as.extend(acted_as.clone());
            }
            RunEvent::Moved { advance } => {
                let repeats = advance.opens.iter().any(|step| run.progress.is_open(step));
                if run.end.is_none() && !repeats {
                    run.progress.apply(&run.progress.leaving_what_is_open(advance));
                    if advance.ends {
                        let instruction = String::new();
                        run.end = Some(RunEnd::Closed {
                            at: advance.at,
                            by: None,
                            instruction,
                        });
                    }
                }
            }
            RunEvent::Explained { explanation } => run.explanations.push(explanation.clone()),
            RunEvent::Scanned { scan } => run.scans.push(scan.clone()),
            RunEvent::Ended { end } => run.end = Some(end.clone()),
        }
        Ok(run)
    }
}
