//! Incidents: one cause, to which complaints attach. Closing them is each complaint's own affair.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::{Unfit, UnfitCode};
use crate::id::{ComplaintId, DeviceId, IncidentId, LinkId, PersonId, SiteId};
use crate::stream::Fold;

/// A ticket at the provider of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProviderTicket {
    /// The provider.
    pub provider: String,
    /// The number that it gave.
    pub number: String,
    /// When it was noted.
    pub at: Timestamp,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Resolution {
    /// When.
    pub at: Timestamp,
    /// Who says so.
    pub by: PersonId,
    /// What was done.
    pub what: String,
}

/// One cause to which complaints attach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// Code of the cause, from the list of causes in settings.
    pub cause: String,
    /// In words.
    pub what: String,
    /// The sites that it hits.
    pub sites: BTreeSet<SiteId>,
    /// The links that it is about.
    pub links: BTreeSet<LinkId>,
    /// The devices that it is about.
    pub devices: BTreeSet<DeviceId>,
    /// When it began.
    pub began_at: Timestamp,
    /// The complaints that have this cause.
    pub complaints: BTreeSet<ComplaintId>,
    /// Tickets at providers, oldest first.
    pub tickets: Vec<ProviderTicket>,
    /// How it ended.
    pub resolution: Option<Resolution>,
}

/// What happens to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentEvent {
    /// Opened.
    Opened {
        /// The incident.
        incident: Box<Incident>,
    },
    /// Complaints have this cause.
    Attached {
        /// Which.
        complaints: BTreeSet<ComplaintId>,
    },
    /// Complaints have another cause after all.
    Detached {
        /// Which.
        complaints: BTreeSet<ComplaintId>,
        /// Why.
        reason: String,
    },
    /// The provider was told.
    TicketNoted {
        /// Its ticket.
        ticket: ProviderTicket,
    },
    /// Over.
    Resolved {
        /// How.
        resolution: Resolution,
    },
}

impl Fold for Incident {
    type Event = IncidentEvent;

    fn fold(state: Option<Self>, event: &IncidentEvent) -> Result<Self, String> {
        let mut incident = match (state, event) {
            (None, IncidentEvent::Opened { incident }) => return Ok((**incident).clone()),
            (None, _) => return Err("the incident was never opened".to_owned()),
            (Some(_), IncidentEvent::Opened { .. }) => {
                return Err("the incident is already open".to_owned());
            }
            (Some(incident), _) => incident,
        };
        if incident.resolution.is_some() {
            return Err("the incident is over".to_owned());
        }
        match event {
            IncidentEvent::Opened { .. } => {}
            IncidentEvent::Attached { complaints } => incident.complaints.extend(complaints),
            IncidentEvent::Detached { complaints, .. } => {
                incident.complaints.retain(|one| !complaints.contains(one));
            }
            IncidentEvent::TicketNoted { ticket } => incident.tickets.push(ticket.clone()),
            IncidentEvent::Resolved { resolution } => incident.resolution = Some(resolution.clone()),
        }
        Ok(incident)
    }
}

/// A cause of outages, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// Kept with incidents.
    pub code: String,
    /// What people read.
    pub label: String,
}

/// The causes that an agency tells apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Causes {
    /// In the order in which they are offered.
    pub causes: Vec<Cause>,
}

/// A list of causes that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CausesError {
    /// Not TOML of the expected shape.
    #[error("causes: {0}")]
    File(Unfit),
    /// A code is empty, has no label, or stands twice.
    #[error("causes: {0:?} is empty, has no label, or stands twice")]
    Code(String),
}

impl Causes {
    /// The list that comes with the program.
    pub const SHIPPED: &str = include_str!("../../../../data/causes.toml");

    /// Reads `[[causes]]`.
    pub fn parse(text: &str) -> Result<Self, CausesError> {
        let read: Self =
            toml::from_str(text).map_err(|error| CausesError::File(Unfit::toml(text, &error)))?;
        let mut known = BTreeSet::new();
        for cause in &read.causes {
            let blank = cause.code.trim().is_empty() || cause.label.trim().is_empty();
            if blank || !known.insert(&cause.code) {
                return Err(CausesError::Code(cause.code.clone()));
            }
        }
        if read.causes.is_empty() {
            return Err(CausesError::Code(String::new()));
        }
        Ok(read)
    }

    /// The codes.
    pub fn codes(&self) -> BTreeSet<String> {
        self.causes.iter().map(|cause| cause.code.clone()).collect()
    }

    /// What people read for a code: the code itself where the list has no such cause any more.
    pub fn label<'a>(&'a self, code: &'a str) -> &'a str {
        let known = self.causes.iter().find(|cause| cause.code == code);
        known.map_or(code, |cause| &cause.label)
    }
}

impl From<CausesError> for Unfit {
    fn from(error: CausesError) -> Self {
        match error {
            CausesError::File(fault) => fault,
            CausesError::Code(code) => Self::from(UnfitCode::CauseWrong).with("code", code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_causes_are_read_and_mistakes_are_named() {
        let causes = Causes::parse(Causes::SHIPPED).unwrap();
        for code in ["contract", "power", "disaster", "device", "cable"] {
            assert_ne!(causes.label(code), code);
        }
        assert_eq!(causes.label("gone"), "gone");
        let twice = "[[causes]]\ncode = \"a\"\nlabel = \"A\"\n".repeat(2);
        assert_eq!(Causes::parse(&twice), Err(CausesError::Code("a".to_owned())));
        let blank = "[[causes]]\ncode = \"a\"\nlabel = \" \"\n";
        assert_eq!(Causes::parse(blank), Err(CausesError::Code("a".to_owned())));
        assert!(matches!(Causes::parse("causes = []"), Err(CausesError::Code(_))));
        assert!(matches!(Causes::parse("x = 1"), Err(CausesError::File(_))));
    }
}
