//! A follow-up: a repair that cannot be done now. It outlives the run.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{ComplaintId, FollowUpId, PersonId, RunId, SiteId, VisitId};
use crate::stream::Fold;
use crate::visit::Subject;

/// A part that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Part {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// Where a follow-up stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum FollowUpStanding {
    /// Waiting.
    Open,
    /// Done.
    Done {
        /// When.
        at: Timestamp,
        /// By whom.
        by: PersonId,
        /// What was done.
        note: String,
    },
    /// Given up with a reason.
    Dropped {
        /// When.
        at: Timestamp,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: String,
    },
}

/// A repair that cannot be done now: owner, date, part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FollowUp {
    /// Its id.
    pub id: FollowUpId,
    /// Where.
    pub site: SiteId,
    /// On what.
    pub subject: Subject,
    /// The visit that found it.
    pub visit: Option<VisitId>,
    /// The run under which it was found.
    pub run: Option<RunId>,
    /// The complaint that waits for it.
    pub complaint: Option<ComplaintId>,
    /// What is to be done.
    pub what: String,
    /// Who answers for it; `None` until the Kasi names somebody.
    pub owner: Option<PersonId>,
    /// Until when.
    pub due_on: Date,
    /// What is needed.
    pub part: Option<Part>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Where it stands.
    pub standing: FollowUpStanding,
}

/// What happens to a follow-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpEvent {
    /// Opened.
    Opened {
        /// The follow-up.
        follow_up: Box<FollowUp>,
    },
    /// Given to somebody, or given another date.
    Assigned {
        /// Who answers for it.
        owner: PersonId,
        /// Until when.
        due_on: Date,
    },
    /// Settled.
    Settled {
        /// How.
        standing: FollowUpStanding,
    },
}

impl Fold for FollowUp {
    type Event = FollowUpEvent;

    fn fold(state: Option<Self>, event: &FollowUpEvent) -> Result<Self, String> {
        match (state, event) {
            (None, FollowUpEvent::Opened { follow_up }) => Ok((**follow_up).clone()),
            (Some(mut it), FollowUpEvent::Assigned { owner, due_on }) => {
                it.owner = Some(*owner);
                it.due_on = *due_on;
                Ok(it)
            }
            (Some(mut it), FollowUpEvent::Settled { standing }) => {
                it.standing = standing.clone();
                Ok(it)
            }
            (None, _) => Err("the follow-up was never opened".to_owned()),
            (Some(_), FollowUpEvent::Opened { .. }) => Err("the follow-up is already open".to_owned()),
        }
    }
}
