//! Daftar Pengaduan, as handed to a team and as it comes back with verdicts.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{Action, Reference, Sheet, Signature, Verdict};

/// The list of a run or a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComplaintList {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order it belongs to, if any.
    pub order: Option<Reference>,
    /// The team, if it is the list of one.
    pub team: Option<String>,
    /// The lines.
    pub rows: ComplaintRows,
    /// Who signs, if it is signed.
    pub signature: Option<Signature>,
}

/// Either all open or all verified: the two are different papers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "lines", rename_all = "snake_case")]
pub enum ComplaintRows {
    /// Daftar Pengaduan.
    Open(Vec<ComplaintLine>),
    /// Daftar Pengaduan yang Telah Diverifikasi.
    Verified(Vec<VerifiedLine>),
}

/// One complaint. The reporter's telephone is not part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComplaintLine {
    /// Its number.
    pub number: String,
    /// When it came.
    pub received_at: DateTime,
    /// Office.
    pub office: String,
    /// Site.
    pub site: String,
    /// Name (and post) of the reporter.
    pub reporter: String,
    /// What is wrong.
    pub symptom: String,
    /// Class.
    pub priority: Option<Priority>,
}

/// Classes of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Priority {
    /// Several sites, or a public counter, without connection.
    P1,
    /// One site without connection.
    P2,
    /// Degraded.
    P3,
    /// A question or a request.
    P4,
}

/// One complaint with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifiedLine {
    /// The complaint.
    pub complaint: ComplaintLine,
    /// The verdict.
    pub verdict: Verdict,
    /// Cause that was found.
    pub cause: String,
    /// What was done.
    pub done: Vec<Action>,
    /// More about it, in words.
    pub action: String,
    /// Day of the look on site.
    pub checked_on: Date,
    /// Who looked.
    pub checked_by: String,
}
