//! Orders to work on days off (surat perintah lembur): who is named for a day is not at work by mistake.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{OvertimeId, PersonId};

/// The paper that an overtime order is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OvertimePaper {
    /// Its number.
    pub number: String,
    /// Its date.
    pub dated: Date,
    /// Whose register numbered it; `None` is ours.
    pub register: Option<String>,
}

/// An order to work on days off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Overtime {
    /// Its id.
    pub id: OvertimeId,
    /// The paper.
    pub paper: OvertimePaper,
    /// Who is to work.
    pub people: BTreeSet<PersonId>,
    /// On which days.
    pub days: BTreeSet<Date>,
    /// Why it cannot wait.
    pub reason: String,
    /// Who ordered it.
    pub by: PersonId,
    /// Why it was withdrawn, if it was.
    pub withdrawn: Option<String>,
}

impl Overtime {
    /// Whether it has somebody work on a day.
    pub fn covers(&self, person: PersonId, day: Date) -> bool {
        self.withdrawn.is_none() && self.people.contains(&person) && self.days.contains(&day)
    }
}
