//! Who saw whose personal values, which ones, and why (UU 27/2022): a record of its own, written before
//! anything is shown. An erasure stands in the same log.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::personal::PersonalField;
use crate::act::Act;
use crate::id::{AccessId, PersonId};
use crate::register::coded;
use crate::stream::{Fold, StreamRef};

coded! {
    /// What for.
    Purpose {
        /// Seen on a screen.
        Reveal = "reveal",
        /// Taken out in a file.
        Export = "export",
        /// Written in full on a paper.
        Print = "print",
        /// Erased by law.
        Erase = "erase",
    }
}

impl Purpose {
    /// The act by which it is done.
    pub fn act(self) -> Act {
        match self {
            Self::Reveal => Act::RevealPersonal,
            Self::Export => Act::Export,
            Self::Print => Act::PrintPersonal,
            Self::Erase => Act::ErasePersonal,
        }
    }
}

/// One look at personal values. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Access {
    /// Its id.
    pub id: AccessId,
    /// By whom.
    pub by: PersonId,
    /// Whose.
    pub people: BTreeSet<PersonId>,
    /// Which fields.
    pub fields: BTreeSet<PersonalField>,
    /// The record whose values it was, where they are not of the register of people: a complaint with its
    /// reporter, or what a paper tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<StreamRef>,
    /// The paper, as it is called: its number, or the name of one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
    /// What for.
    pub purpose: Purpose,
    /// Why, in the words of the one who asked.
    pub reason: String,
    /// How many values that came to: fields that were filled when the record was written.
    pub values: u32,
    /// When.
    pub at: Timestamp,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessEvent {
    /// It was granted.
    Granted {
        /// As it stands.
        access: Access,
    },
}

impl Fold for Access {
    type Event = AccessEvent;

    fn fold(state: Option<Self>, event: &AccessEvent) -> Result<Self, String> {
        match (state, event) {
            (None, AccessEvent::Granted { access }) => Ok(access.clone()),
            (Some(_), AccessEvent::Granted { .. }) => Err("it was granted already".to_owned()),
        }
    }
}
