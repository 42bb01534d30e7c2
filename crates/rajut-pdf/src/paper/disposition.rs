//! Lembar Disposisi: one letter, and the chain of those who passed it on.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::Sheet;

/// The sheet of one letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DispositionSheet {
    /// What every paper carries; its number, if any, is the agenda number.
    pub sheet: Sheet,
    /// The letter that is passed on.
    pub letter: IncomingLetter,
    /// Posts to tick. Posts that a disposition names and that are missing here are added by the template.
    pub posts: Vec<String>,
    /// Every disposition, in the order given.
    pub chain: Vec<DispositionEntry>,
}

/// The letter that a sheet belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncomingLetter {
    /// From whom.
    pub from: String,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// When it was received.
    pub received: Date,
    /// Its subject.
    pub subject: String,
    /// How urgent; ordinary when `None`.
    pub urgency: Option<Urgency>,
}

/// Nature of a letter or a disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Sangat segera.
    VeryUrgent,
    /// Segera.
    Urgent,
    /// Rahasia.
    Secret,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DispositionEntry {
    /// Post of the sender, with `Plt.` or `Plh.` if so.
    pub from_post: String,
    /// Name of the sender.
    pub from_name: String,
    /// Posts (and names, if wanted) of the receivers.
    pub to: Vec<String>,
    /// What is asked, ticked.
    pub instructions: Vec<Instruction>,
    /// What is asked, in the sender's words.
    pub note: String,
    /// Nature.
    pub urgency: Option<Urgency>,
    /// Last day.
    pub deadline: Option<Date>,
    /// When it was given.
    pub at: DateTime,
    /// Who keyed in a disposition that was written on paper.
    pub entered_by: Option<String>,
}

/// The usual requests of a disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instruction {
    /// Tanggapan dan saran.
    Advise,
    /// Proses lebih lanjut.
    Process,
    /// Koordinasi dan konfirmasi.
    Coordinate,
}
