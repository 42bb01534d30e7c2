//! Blank checklists, to be filled in by hand where there is no phone.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ChecklistGroup, Reference, Sheet};

/// The forms that a team takes along, one for each site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlankChecklists {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order under which the visits are made, if it is issued.
    pub order: Option<Reference>,
    /// The forms.
    pub forms: Vec<BlankForm>,
}

/// The form of one site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlankForm {
    /// The number under which the form is keyed in: it names site and target, and stands on each page.
    pub number: String,
    /// Office.
    pub office: String,
    /// Site.
    pub site: String,
    /// Kecamatan.
    pub district: Option<String>,
    /// Team.
    pub team: String,
    /// Names of the members.
    pub members: Vec<String>,
    /// Planned day.
    pub planned: Option<Date>,
    /// Last day.
    pub due: Option<Date>,
    /// The checklist in force, with a line for each thing that stands there; nothing is found yet.
    pub groups: Vec<ChecklistGroup>,
    /// What may be measured.
    pub readings: Vec<BlankReading>,
    /// Complaints that wait for a verdict.
    pub complaints: Vec<BlankComplaint>,
}

/// A reading that is to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlankReading {
    /// What is measured: a measure of the thresholds (`delay`), or words.
    pub measure: String,
    /// Its unit, as the thresholds write it.
    pub unit: String,
}

/// A complaint that waits for a verdict. Who reported it is not on the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlankComplaint {
    /// Its number.
    pub number: String,
    /// What is wrong.
    pub symptom: String,
}
