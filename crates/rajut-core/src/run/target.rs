//! A target: one site in a run's scope, met by a visit or excused with a reason.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::CarriedOver;
use crate::engine::{Advance, Progress};
use crate::id::{ComplaintId, PersonId, RunId, SiteId, TargetId, TeamId, VisitId};
use crate::stream::Fold;
use crate::visit::Outcome;

/// An attempt as its target sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TargetVisit {
    /// The visit.
    pub visit: VisitId,
    /// When it began.
    pub began_at: Timestamp,
    /// How it ended, once it has.
    pub ended: Option<(Timestamp, Outcome)>,
    /// Whether the Kasi accepts that a partial visit is enough.
    pub accepted: bool,
    /// Whether the end is an estimate, which gives way to what the team says.
    #[serde(default)]
    pub estimated: bool,
}

/// Why a target needs no visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Excuse {
    /// The reason.
    pub reason: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Where a target stands: derived from its visits, never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not visited yet.
    Planned,
    /// A team is there.
    UnderWay,
    /// Visited without meeting it.
    Attempted,
    /// Met.
    Met,
    /// Excused; it carries over to the next run.
    Excused,
}

/// One site in a run's scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// The run.
    pub run: RunId,
    /// The site.
    pub site: SiteId,
    /// The team that goes there.
    pub team: Option<TeamId>,
    /// The day planned.
    pub planned_on: Option<Date>,
    /// The day by which it must be met.
    pub due_on: Date,
    /// The site steps of the procedure; `None` until the teams stand.
    pub progress: Option<Progress>,
    /// The attempts, in the order of their ids: they are made by devices that may arrive in any order.
    pub visits: Vec<TargetVisit>,
    /// Complaints attached to it.
    pub complaints: BTreeSet<ComplaintId>,
    /// Of these, the ones with a verdict.
    pub answered: BTreeSet<ComplaintId>,
    /// Of these, the ones moved to the next run, with the reason.
    pub carried: BTreeMap<ComplaintId, String>,
    /// Of these, the ones that their own procedure ended before anybody judged them here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ended: BTreeSet<ComplaintId>,
    /// Of these, the ones that came over from an earlier run, with the reason for which it left them.
    #[serde(default)]
    pub brought: BTreeMap<ComplaintId, String>,
    /// Why the site comes over from an earlier run, if it does.
    #[serde(default)]
    pub carried_over: Option<CarriedOver>,
    /// Why it needs no visit.
    pub excuse: Option<Excuse>,
    /// When a later step sent the work back to the visit: what was done before no longer meets the target.
    #[serde(default)]
    pub sent_back_at: Option<Timestamp>,
}

/// What happens to a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetEvent {
    /// Put in scope.
    Scoped {
        /// The target.
        target: Box<Target>,
    },
    /// Its steps became possible: the teams stand.
    Opened {
        /// The site steps.
        begin: Progress,
    },
    /// Given to a team and planned.
    Planned {
        /// The team.
        team: TeamId,
        /// The day.
        planned_on: Option<Date>,
        /// The last day.
        due_on: Date,
        /// Why, where a reason was needed.
        reason: String,
    },
    /// A complaint joined it.
    ComplaintAttached {
        /// The complaint.
        complaint: ComplaintId,
        /// Why an earlier run left it, if it comes over from one.
        #[serde(default)]
        brought: Option<String>,
    },
    /// A team arrived.
    VisitBegan {
        /// The visit.
        visit: VisitId,
        /// When.
        at: Timestamp,
    },
    /// A team left.
    VisitEnded {
        /// The visit.
        visit: VisitId,
        /// When.
        at: Timestamp,
        /// How it went.
        outcome: Outcome,
        /// Whether time and outcome are an estimate.
        #[serde(default)]
        estimated: bool,
        /// The step that this finishes, unless another visit has done so.
        advance: Option<Advance>,
    },
    /// The Kasi accepts a partial visit.
    PartialAccepted {
        /// The visit.
        visit: VisitId,
        /// The step that this finishes.
        advance: Option<Advance>,
    },
    /// A complaint got its verdict here.
    ComplaintAnswered {
        /// The complaint.
        complaint: ComplaintId,
    },
    /// A complaint moves to the next run.
    ComplaintCarried {
        /// The complaint.
        complaint: ComplaintId,
        /// Why.
        reason: String,
    },
    /// Its own procedure ended a complaint: nobody need judge it here.
    ComplaintEnded {
        /// The complaint.
        complaint: ComplaintId,
    },
    /// A later site step was finished (such as the office's confirmation).
    Advanced {
        /// What that does.
        advance: Advance,
        /// It sends the work back to the visit, as when the office does not accept it.
        #[serde(default)]
        sends_back: bool,
    },
    /// Excused.
    Excused {
        /// Why.
        excuse: Excuse,
    },
}

impl Target {
    /// A target of an order's scope, not yet planned.
    pub fn new(id: TargetId, run: RunId, site: SiteId, due_on: Date) -> Self {
        Self {
            id,
            run,
            site,
            team: None,
            planned_on: None,
            due_on,
            progress: None,
            visits: Vec::new(),
            complaints: BTreeSet::new(),
            answered: BTreeSet::new(),
            carried: BTreeMap::new(),
            brought: BTreeMap::new(),
            carried_over: None,
            ended: BTreeSet::new(),
            excuse: None,
            sent_back_at: None,
        }
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        if self.met_at().is_some() {
            Standing::Met
        } else if self.excuse.is_some() {
            Standing::Excused
        } else if self.visits.iter().any(|visit| visit.ended.is_none()) {
            Standing::UnderWay
        } else if self.visits.is_empty() {
            Standing::Planned
        } else {
            Standing::Attempted
        }
    }

    /// When it was met: the earliest end of a visit that meets it.
    pub fn met_at(&self) -> Option<Timestamp> {
        self.visits
            .iter()
            .filter_map(|visit| match visit.ended {
                Some((at, Outcome::Complete)) => Some(at),
                Some((at, Outcome::Partial)) if visit.accepted => Some(at),
                _ => None,
            })
            .filter(|at| self.sent_back_at.is_none_or(|back| *at > back))
            .min()
    }

    /// Met or excused.
    pub fn settled(&self) -> bool {
        matches!(self.standing(), Standing::Met | Standing::Excused)
    }

    /// Settled, and nothing of its steps is left to do: such as the office's confirmation of the visit.
    pub fn done_with(&self) -> bool {
        let waits = self
            .progress
            .as_ref()
            .is_some_and(|progress| !progress.open.is_empty());
        self.settled() && (self.excuse.is_some() || !waits)
    }

    /// Complaints that have neither a verdict nor been moved on, and that their own procedure has not ended.
    pub fn unanswered(&self) -> impl Iterator<Item = ComplaintId> + '_ {
        self.complaints
            .iter()
            .filter(|complaint| {
                !self.carried.contains_key(complaint)
                    && [&self.answered, &self.ended]
                        .iter()
                        .all(|settled| !settled.contains(complaint))
            })
            .copied()
    }

    /// Applies an advance unless its step is no longer open: two teams may meet one target, and what
    /// both saw stands in their visits. Whoever was there first finished it, whoever arrives first.
    fn advance(&mut self, advance: Option<&Advance>) {
        let Some((progress, advance)) = self.progress.as_mut().zip(advance) else {
            return;
        };
        if advance.acted.is_some() {
            progress.apply(advance);
            return;
        }
        let Some(done) = &advance.done else { return };
        if progress.is_open(&done.step) {
            progress.apply(advance);
        } else if let Some(last) = progress.done.last_mut()
            && (&last.step, last.round) == (&done.step, done.round)
            && done.finished_at < last.finished_at
        {
            last.finished_at = done.finished_at;
            for open in &mut progress.open {
                open.since = done.finished_at;
            }
            if let Some(ended_at) = &mut progress.ended_at {
                *ended_at = done.finished_at;
            }
        }
    }

    fn visit_mut(&mut self, id: VisitId, at: Timestamp) -> &mut TargetVisit {
        let place = match self.visits.binary_search_by_key(&id, |visit| visit.visit) {
            Ok(place) => place,
            // A check-out that arrives before its check-in still counts.
            Err(place) => {
                let visit = TargetVisit {
                    visit: id,
                    began_at: at,
                    ended: None,
                    accepted: false,
                    estimated: false,
                };
                self.visits.insert(place, visit);
                place
            }
        };
        &mut self.visits[place]
    }
}

impl Fold for Target {
    type Event = TargetEvent;

    fn fold(state: Option<Self>, event: &TargetEvent) -> Result<Self, String> {
        let mut target = match (state, event) {
            (None, TargetEvent::Scoped { target }) => return Ok((**target).clone()),
            (None, _) => return Err("the target was never put in scope".to_owned()),
            (Some(_), TargetEvent::Scoped { .. }) => return Err("the target is already in scope".to_owned()),
            (Some(target), _) => target,
        };
        match event {
            TargetEvent::Scoped { .. } => {}
            TargetEvent::Opened { begin } => {
                target.progress.get_or_insert_with(|| begin.clone());
            }
            TargetEvent::Planned {
                team,
                planned_on,
                due_on,
                ..
            } => {
                target.team = Some(*team);
                target.planned_on = *planned_on;
                target.due_on = *due_on;
            }
            TargetEvent::ComplaintAttached { complaint, brought } => {
                target.complaints.insert(*complaint);
                if let Some(reason) = brought {
                    target.brought.insert(*complaint, reason.clone());
                }
            }
            TargetEvent::VisitBegan { visit, at } => {
                // Two phones of one team may both check in: the earlier arrival holds, as in the visit.
                let known = target.visit_mut(*visit, *at);
                known.began_at = known.began_at.min(*at);
            }
            TargetEvent::VisitEnded {
                visit,
                at,
                outcome,
                estimated,
                advance,
            } => {
                // The same end holds as in the visit.
                let known = target.visit_mut(*visit, *at);
                if known.ended.is_none() || (known.estimated && !estimated) {
                    known.ended = Some((*at, *outcome));
                    known.estimated = *estimated;
                    target.advance(advance.as_ref());
                }
            }
            TargetEvent::PartialAccepted { visit, advance } => {
                let known = target.visits.iter_mut().find(|known| known.visit == *visit);
                known.ok_or("the target has no such visit")?.accepted = true;
                target.advance(advance.as_ref());
            }
            TargetEvent::ComplaintAnswered { complaint } => {
                target.complaints.insert(*complaint);
                target.answered.insert(*complaint);
            }
            TargetEvent::ComplaintCarried { complaint, reason } => {
                target.carried.insert(*complaint, reason.clone());
            }
            TargetEvent::ComplaintEnded { complaint } => {
                target.ended.insert(*complaint);
            }
            TargetEvent::Advanced { advance, sends_back } => {
                target.advance(Some(advance));
                if *sends_back {
                    target.sent_back_at = Some(advance.at);
                }
            }
            TargetEvent::Excused { excuse } => target.excuse = Some(excuse.clone()),
        }
        Ok(target)
    }
}
