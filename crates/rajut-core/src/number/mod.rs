//! Numbers of papers and complaints: templates as data, one register per kind and year.
//!
//! Hides how a number is written. It must not know what carries it.

mod template;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use template::{NumberTemplate, TemplateError, Templates};

use crate::id::DocumentId;
use crate::stream::{Fold, StreamRef};

/// One number of a register: never reused, and a gap is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NumberEntry {
    /// Its id.
    pub id: Uuid,
    /// The register (`order`, `complaint`, `report`, ...).
    pub register: String,
    /// The year of the document's date in the agency's zone.
    pub year: i16,
    /// Place in the register: 1, 2, 3, ...
    pub seq: u32,
    /// As written.
    pub text: String,
    /// The record that it is bound to: after a crash the same record resumes it.
    pub record: StreamRef,
    /// What became of it.
    pub standing: NumberStanding,
}

/// What became of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum NumberStanding {
    /// Taken for its record, not used yet.
    Reserved,
    /// In use.
    Used {
        /// When.
        at: Timestamp,
        /// By which paper, if it is one.
        document: Option<DocumentId>,
    },
    /// Never to be used.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// What happens to a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberEvent {
    /// Taken for a record.
    Reserved {
        /// The entry.
        entry: NumberEntry,
    },
    /// Put on the record.
    Used {
        /// When.
        at: Timestamp,
        /// On which paper, if it is one.
        document: Option<DocumentId>,
    },
    /// Given up with a reason.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl Fold for NumberEntry {
    type Event = NumberEvent;

    fn fold(state: Option<Self>, event: &NumberEvent) -> Result<Self, String> {
        match (state, event) {
            (None, NumberEvent::Reserved { entry }) => Ok(entry.clone()),
            (Some(mut entry), NumberEvent::Used { at, document })
                if entry.standing == NumberStanding::Reserved =>
            {
                entry.standing = NumberStanding::Used {
                    at: *at,
                    document: *document,
                };
                Ok(entry)
            }
            (Some(mut entry), NumberEvent::Cancelled { at, reason })
                if entry.standing == NumberStanding::Reserved =>
            {
                entry.standing = NumberStanding::Cancelled {
                    at: *at,
                    reason: reason.clone(),
                };
                Ok(entry)
            }
            (state, _) => Err(format!(
                "the number stands as {:?}",
                state.map(|entry| entry.standing)
            )),
        }
    }
}
