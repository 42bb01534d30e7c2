//! Laporan: of one team, and the final one that gathers the accepted ones.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{PersonLine, Reference, Sheet, Signature, VerifiedLine};

/// Report of one team on one batch (a day, a trip, a week).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeamReport {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order.
    pub order: Option<Reference>,
    /// The Surat Tugas of the team.
    pub task_letter: Option<Reference>,
    /// Team.
    pub team: String,
    /// Its people in that batch.
    pub members: Vec<PersonLine>,
    /// Contents.
    pub body: ReportBody,
    /// To whom it goes, a post.
    pub to: String,
    /// Who signs.
    pub signature: Signature,
}

/// Laporan Hasil Pengecekan of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FinalReport {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order.
    pub order: Option<Reference>,
    /// Every team with its totals.
    pub teams: Vec<TeamSummary>,
    /// Contents.
    pub body: ReportBody,
    /// Targets that were excused and go into the next run.
    pub carried: Vec<CarriedSite>,
    /// The team reports that were accepted.
    pub reports: Vec<Reference>,
    /// To whom it goes, a post.
    pub to: String,
    /// Who signs.
    pub signature: Signature,
    /// Annexes that go with it, by name.
    pub annexes: Vec<String>,
}

/// The contents that both reports share, sections A to E.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportBody {
    /// What was checked, for example `Pemeliharaan Jaringan Intra Pemerintah`.
    pub subject: String,
    /// First day reported on.
    pub from: Date,
    /// Last day reported on.
    pub until: Date,
    /// A: general remarks, in paragraphs; a fixed sentence stands first.
    pub general: Vec<String>,
    /// A: further rules it rests on, beside the order.
    pub basis: Vec<String>,
    /// B: the targets, in the order of visits.
    pub targets: Vec<TargetLine>,
    /// C: lateness, worst first.
    pub lateness: Vec<LateLine>,
    /// C: complaints with their verdicts.
    pub complaints: Vec<VerifiedLine>,
    /// C: work left for later.
    pub follow_ups: Vec<FollowUpLine>,
    /// D: conclusions.
    pub conclusions: Vec<String>,
    /// D: suggestions.
    pub suggestions: Vec<String>,
}

/// One target and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetLine {
    /// Site.
    pub site: String,
    /// Office.
    pub office: String,
    /// Last day by the plan.
    pub due: Option<Date>,
    /// Check-in of the visit that counts.
    pub visited_at: Option<DateTime>,
    /// Elapsed minutes on site.
    pub minutes: Option<u32>,
    /// What became of it.
    pub state: TargetState,
    /// Findings that are not good.
    pub faults: u32,
    /// Note.
    pub note: String,
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    /// Terpenuhi.
    Met,
    /// Sebagian, diterima.
    PartlyAccepted,
    /// Dikecualikan.
    Excused,
    /// Belum terpenuhi: not visited, or in vain.
    Open,
}

/// One overrun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LateLine {
    /// Step or target.
    pub what: String,
    /// Minutes allowed, working or elapsed; `None` when it is late against the plan.
    pub standard_minutes: Option<u32>,
    /// Minutes over that.
    pub over_minutes: u32,
    /// Cause that was given, in words; open when empty.
    pub cause: String,
}

/// Work left for later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowUpLine {
    /// Site.
    pub site: String,
    /// What is to be done.
    pub work: String,
    /// Part that is needed.
    pub part: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
}

/// Totals of one team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeamSummary {
    /// Team.
    pub team: String,
    /// Its leader.
    pub leader: String,
    /// Targets.
    pub targets: u32,
    /// Of them met.
    pub met: u32,
    /// Of them excused.
    pub excused: u32,
    /// Visits made.
    pub visits: u32,
    /// Findings that are not good.
    pub faults: u32,
}

/// A target that goes into the next run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CarriedSite {
    /// Site.
    pub site: String,
    /// Why.
    pub reason: String,
}
