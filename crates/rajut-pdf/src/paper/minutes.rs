//! Berita Acara.

use serde::{Deserialize, Serialize};

use super::{Action, Condition, Reference, Sheet, Signature};

/// Minutes of a piece of work, signed by both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinutesOfWork {
    /// What every paper carries.
    pub sheet: Sheet,
    /// What it is about.
    pub minutes_kind: MinutesKind,
    /// The date in words, as it follows `Pada hari ini`: `Senin tanggal dua puluh tiga bulan November tahun dua
    /// ribu dua puluh enam`.
    pub date_in_words: String,
    /// The order, if there is one.
    pub order: Option<Reference>,
    /// Numbers of the complaints it answers.
    pub complaints: Vec<String>,
    /// Office.
    pub office: String,
    /// Site.
    pub site: String,
    /// The technician's side.
    pub first: Party,
    /// The office's side.
    pub second: Party,
    /// What was done, per thing.
    pub work: Vec<WorkLine>,
    /// Readings before and after.
    pub readings: Vec<ReadingPair>,
    /// Why it could not be done; printed for [`MinutesKind::NotPossible`], and as a remark otherwise.
    pub remarks: String,
    /// Number of copies, in figures and in words, for example `2 (dua)`.
    pub copies: String,
    /// The superior who takes note, if any.
    pub known_by: Option<Signature>,
}

/// What minutes are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MinutesKind {
    /// Pemeriksaan.
    Inspection,
    /// Perbaikan.
    Repair,
    /// Penggantian.
    Replacement,
    /// Serah Terima.
    Handover,
    /// Tidak Dapat Dilaksanakan.
    NotPossible,
}

/// One side of the minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Name.
    pub name: String,
    /// NIP as printed, if any.
    pub nip: Option<String>,
    /// Rank, if any.
    pub rank: Option<String>,
    /// Post.
    pub post: String,
    /// Office it speaks for.
    pub office: String,
}

/// Work on one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkLine {
    /// Device or link: a code of the register (`router`; `link_fibre` for a link), or words.
    pub thing: String,
    /// Brand and type.
    pub model: String,
    /// Serial number, or the old one when it was replaced; `none`, `unreadable` or `unknown` where there is none.
    pub serial: String,
    /// New serial number, when it was replaced.
    pub new_serial: Option<String>,
    /// Condition that was found.
    pub condition: Condition,
    /// What was done.
    pub action: Action,
    /// More about it, in the words of whoever did it.
    pub note: String,
}

/// A reading before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingPair {
    /// What was measured: a measure of the thresholds (`delay`), or words.
    pub measure: String,
    /// Unit, as the thresholds write it, or as it is to be printed.
    pub unit: String,
    /// Before.
    pub before: Option<f64>,
    /// After.
    pub after: Option<f64>,
}
