//! Complaints and incidents.
//!
//! Hides what a complaint holds. Its state is not here: it is computed from the complaint's own run of the
//! complaint procedure.

mod incident;
mod priority;
mod promise;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use incident::{Cause, Causes, CausesError, Incident, IncidentEvent, ProviderTicket, Resolution};
pub use priority::{Priority, ServiceLevel, ServiceLevelError, ServiceLevels};
pub use promise::{Promise, PromiseFacts, Promises, promises};

use crate::id::{ComplaintId, FindingId, IncidentId, OfficeId, RunId, ServiceId, SiteId, TargetId, VisitId};
use crate::journal::Hash;
use crate::people::Sealed;
use crate::register::coded;
use crate::stream::Fold;
use crate::visit::GivenVerdict;

coded! {
    /// How a complaint came.
    Channel {
        /// The web.
        Web = "web",
        /// A messaging application.
        Message = "message",
        /// Telephone.
        Phone = "phone",
        /// Letter.
        Letter = "letter",
        /// In person.
        InPerson = "in_person",
        /// Electronic mail.
        Email = "email",
        /// A fault found in a routine check.
        RoutineCheck = "routine_check",
        /// Monitoring.
        Monitoring = "monitoring",
    }
}

coded! {
    /// What is wrong, as the reporter sees it.
    Symptom {
        /// No connection at all.
        Down = "down",
        /// Slow.
        Slow = "slow",
        /// Comes and goes.
        Flapping = "flapping",
        /// Wireless only.
        Wireless = "wireless",
        /// One application only.
        Application = "application",
        /// A device is damaged.
        Damage = "damage",
        /// A wish or a question.
        Request = "request",
        /// Something else.
        Other = "other",
    }
}

/// Who complained: commitments, since a reporter need not be of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reporter {
    /// Name.
    pub name: Sealed,
    /// Telephone or address of electronic mail.
    pub contact: Option<Sealed>,
    /// Post.
    pub post: String,
}

/// Where a complaint came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Origin {
    /// Somebody reported it.
    Reported,
    /// A finding of a routine check for which there was no complaint.
    Finding {
        /// The visit.
        visit: VisitId,
        /// The finding.
        finding: FindingId,
    },
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// Its number.
    pub number: String,
    /// How it came.
    pub channel: Channel,
    /// When it came.
    pub received_at: Timestamp,
    /// Since when it is so, by the reporter.
    pub happened_at: Option<Timestamp>,
    /// Whose.
    pub office: Option<OfficeId>,
    /// Where.
    pub site: SiteId,
    /// By whom.
    pub reporter: Reporter,
    /// What is wrong.
    pub symptom: Symptom,
    /// In the reporter's words.
    pub text: String,
    /// How many people are hit.
    pub users_affected: Option<u32>,
    /// Services that are hit.
    pub services: BTreeSet<ServiceId>,
    /// Where it came from.
    pub origin: Origin,
    /// The run of the complaint procedure that it is.
    pub run: RunId,
    /// SHA-256 of number and code: with both the reporter sees its state without an account.
    pub receipt: Hash,
    /// Category, once classified.
    pub category: Option<String>,
    /// Priority, once classified.
    pub priority: Option<Priority>,
    /// The complaint that it repeats.
    pub duplicate_of: Option<ComplaintId>,
    /// One cause of several.
    pub incident: Option<IncidentId>,
    /// The target to which it is attached now.
    pub target: Option<TargetId>,
    /// Verdicts, with the visit.
    pub verdicts: Vec<(VisitId, GivenVerdict)>,
}

/// What happens to a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintEvent {
    /// Registered.
    Registered {
        /// The complaint.
        complaint: Box<Complaint>,
    },
    /// Classified.
    Classified {
        /// Category.
        category: String,
        /// Priority.
        priority: Priority,
        /// The complaint that it repeats.
        duplicate_of: Option<ComplaintId>,
    },
    /// Attached to a target of a run.
    Attached {
        /// The target.
        target: TargetId,
    },
    /// Judged on site.
    Judged {
        /// During which visit.
        visit: VisitId,
        /// The verdict.
        given: GivenVerdict,
    },
    /// Joined to an incident.
    Joined {
        /// The incident.
        incident: IncidentId,
    },
    /// Taken off it again.
    Left {
        /// The incident.
        incident: IncidentId,
    },
}

impl Fold for Complaint {
    type Event = ComplaintEvent;

    fn fold(state: Option<Self>, event: &ComplaintEvent) -> Result<Self, String> {
        let mut complaint = match (state, event) {
            (None, ComplaintEvent::Registered { complaint }) => return Ok((**complaint).clone()),
            (None, _) => return Err("the complaint was never registered".to_owned()),
            (Some(_), ComplaintEvent::Registered { .. }) => {
                return Err("the complaint is already registered".to_owned());
            }
            (Some(complaint), _) => complaint,
        };
        match event {
            ComplaintEvent::Registered { .. } => {}
            ComplaintEvent::Classified {
                category,
                priority,
                duplicate_of,
            } => {
                complaint.category = Some(category.clone());
                complaint.priority = Some(*priority);
                complaint.duplicate_of = *duplicate_of;
            }
            ComplaintEvent::Attached { target } => complaint.target = Some(*target),
            ComplaintEvent::Judged { visit, given } => complaint.verdicts.push((*visit, given.clone())),
            ComplaintEvent::Joined { incident } => complaint.incident = Some(*incident),
            ComplaintEvent::Left { incident } => {
                complaint.incident = complaint.incident.filter(|joined| joined != incident);
            }
        }
        Ok(complaint)
    }
}
