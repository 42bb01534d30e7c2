//! The filled checklist of one visit.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::{Action, PersonLine, Reference, Sheet, Signature, Verdict};

/// What a team found and did at a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitRecord {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order, if the visit was made under one.
    pub order: Option<Reference>,
    /// Office.
    pub office: String,
    /// Site.
    pub site: String,
    /// Latitude and longitude as they are to be printed.
    pub coordinates: Option<String>,
    /// Whether a complaint and not the routine led there.
    pub for_complaint: bool,
    /// Check-in.
    pub started_at: DateTime,
    /// Check-out.
    pub ended_at: DateTime,
    /// The check-out was forgotten and is estimated.
    pub end_estimated: bool,
    /// Team.
    pub team: String,
    /// Who was there.
    pub members: Vec<PersonLine>,
    /// Who answered for the site: name.
    pub met_name: Option<String>,
    /// Who answered for the site: post.
    pub met_post: Option<String>,
    /// How the visit went.
    pub outcome: Outcome,
    /// What stands behind an outcome that is not complete.
    pub outcome_note: String,
    /// The checklist.
    pub groups: Vec<ChecklistGroup>,
    /// Readings.
    pub measurements: Vec<Measurement>,
    /// Things that were replaced.
    pub replacements: Vec<Replacement>,
    /// Verdicts on complaints.
    pub verdicts: Vec<VisitVerdict>,
    /// What the team concludes.
    pub conclusion: Conclusion,
    /// Notes.
    pub notes: String,
    /// What is odd about the visit and has to be looked at.
    pub flags: Vec<VisitFlag>,
    /// What the office says.
    pub confirmation: Option<Confirmation>,
    /// The leader who signs for the team.
    pub signature: Signature,
}

/// How a visit went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Selesai.
    Complete,
    /// Sebagian.
    Partial,
    /// Terkunci.
    Locked,
    /// Ditolak.
    Refused,
    /// Listrik padam.
    NoPower,
    /// Tidak aman.
    Unsafe,
    /// Ditunda.
    Postponed,
}

/// A group of the checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChecklistGroup {
    /// Its name, from the agency's checklist.
    pub name: String,
    /// Its items.
    pub items: Vec<ChecklistItem>,
}

/// One item, checked on one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// What is checked, from the agency's checklist.
    pub item: String,
    /// Device or link it was checked on, if it is about one.
    pub subject: Option<String>,
    /// What was found. More than one when people entered different things; then all are printed, and none is
    /// preferred. Empty when nobody checked.
    pub values: Vec<FindingValue>,
    /// Number of photos kept with it.
    pub photos: u32,
}

/// One person's finding on an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingValue {
    /// Condition.
    pub condition: Condition,
    /// Action.
    pub action: Action,
    /// Note.
    pub note: String,
    /// The part that a fault which stays waits for, with how many.
    #[serde(default)]
    pub awaits: Option<AwaitedPart>,
    /// Who entered it.
    pub by: String,
    /// When it was observed.
    pub at: DateTime,
}

/// A part that a repair waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedPart {
    /// Its name.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// Condition of what was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Baik.
    Good,
    /// Rusak ringan.
    MinorDamage,
    /// Rusak berat.
    MajorDamage,
    /// Tidak ada.
    Absent,
    /// Tidak diperiksa.
    NotChecked,
}

/// One reading with its class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured: a measure of the thresholds (`delay`), or words (`Ping ke NOC: rata-rata`).
    pub measure: String,
    /// From where or with what: a code of the observation (`server`), or words (`Laptop di lokasi`).
    pub vantage: String,
    /// The value; `None` when it was not observed.
    pub value: Option<f64>,
    /// Its unit, as the thresholds write it, or as it is to be printed.
    pub unit: String,
    /// Number of samples, if it comes from several.
    pub samples: Option<u32>,
    /// Class by the agency's thresholds: its code (`very_good`), or words.
    pub class: Option<String>,
}

/// One thing replaced by another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replacement {
    /// Kind of device.
    pub device: String,
    /// Old: brand and type.
    pub old_model: String,
    /// Old: serial number, as read, or what the caller prints for none or unreadable.
    pub old_serial: String,
    /// Old: inventory number.
    pub old_inventory: String,
    /// New: brand and type.
    pub new_model: String,
    /// New: serial number.
    pub new_serial: String,
    /// New: inventory number.
    pub new_inventory: String,
}

/// Verdict on one complaint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitVerdict {
    /// Number of the complaint.
    pub complaint: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Note.
    pub note: String,
}

/// What the team concludes about the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Normal.
    Normal,
    /// Normal dengan catatan.
    NormalWithNotes,
    /// Gangguan.
    Fault,
    /// Nothing was looked at.
    Undetermined,
}

/// Something odd about a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitFlag {
    /// What.
    pub flag: FlagKind,
    /// Name of the person concerned, if it is about one.
    pub person: Option<String>,
}

/// What may be odd about a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// The run had ended.
    RunEnded,
    /// Not a member of the team on that day.
    NotMember,
    /// No post on that day.
    NoAssignment,
    /// On leave on that day.
    OnLeave,
    /// At another site at that time.
    TwoPlaces,
    /// On a day off.
    DayOff,
    /// Outside the days of the order.
    OutsideOrder,
    /// The end of the visit is an estimate.
    Estimated,
    /// The clock of the device was off.
    ClockSkew,
    /// After the report was accepted.
    AfterReport,
    /// The site is not in scope.
    OutOfScope,
    /// Before the order.
    BeforeOrder,
    /// The key that signed it was revoked before the file came in.
    KeyRevoked,
    /// Measured before the laptop's key or the visit began, or after its file was made.
    ImplausibleTime,
    /// A number is said to be missing or unreadable, and no photo shows it.
    NoPhoto,
    /// The device that was replaced had been replaced or taken out before.
    AlreadyReplaced,
    /// The code or serial number of the device put in is that of another device.
    NumberInUse,
}

/// What the office said about the visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who.
    pub name: String,
    /// Their post.
    pub post: String,
    /// When.
    pub at: DateTime,
    /// Whether they agree with the record.
    pub agrees: bool,
    /// Their words.
    pub note: String,
}
