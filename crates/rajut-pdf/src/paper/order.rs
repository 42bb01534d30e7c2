//! Surat Perintah, the change of its annex, and the Surat Tugas that follows from it.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{ContactLine, Initial, PersonLine, Reference, Sheet, Signature, SiteLine};

/// First and last day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

/// Surat Perintah: the authority under which a run works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// What every paper carries.
    pub sheet: Sheet,
    /// What is to be done, for example `Pemeliharaan Jaringan Intra Pemerintah`.
    pub subject: String,
    /// Menimbang: the reasons; the heading is left out when there is none.
    pub considering: Vec<String>,
    /// Dasar: rules, the procedure, the budget.
    pub basis: Vec<String>,
    /// To whom the order goes. Up to three stand in the letter, more in an annex.
    pub addressees: Vec<PersonLine>,
    /// Sites in scope. Up to five stand in the letter, more in an annex.
    pub sites: Vec<SiteLine>,
    /// Days on which the order holds.
    pub valid: Validity,
    /// Duties beyond the fixed ones, printed after them.
    pub further_tasks: Vec<String>,
    /// To whom the result is reported, a post.
    pub report_to: String,
    /// Last day of the report, if set.
    pub report_due: Option<Date>,
    /// The spoken order that this paper confirms.
    pub verbal: Option<VerbalOrder>,
    /// Who signs.
    pub signature: Signature,
    /// Tembusan.
    pub copies: Vec<String>,
    /// Paraf on the draft; not printed on an issued order.
    pub initials: Vec<Initial>,
    /// Address and telephone of the people, as an annex that stays in the unit.
    pub internal_annex: Option<Vec<ContactLine>>,
}

/// An order that was spoken first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerbalOrder {
    /// Post and name of who gave it.
    pub given_by: String,
    /// When.
    pub given_at: DateTime,
    /// By which channel.
    pub channel: Channel,
}

/// How a spoken order was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Tatap muka.
    InPerson,
    /// Telepon.
    Telephone,
    /// Pesan tertulis singkat.
    Message,
    /// Rapat.
    Meeting,
}

/// A numbered change of an order's annex.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderAddendum {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order that is changed.
    pub order: Reference,
    /// Which change of it: 1, 2, ...
    pub ordinal: u32,
    /// Why.
    pub reasons: Vec<String>,
    /// Sites that join.
    pub added_sites: Vec<SiteLine>,
    /// Sites that leave.
    pub removed_sites: Vec<RemovedSite>,
    /// The days that hold from now on, when they change.
    pub valid: Option<Validity>,
    /// People who join, leave or replace another.
    pub members: Vec<MemberChange>,
    /// Who signs.
    pub signature: Signature,
    /// Tembusan.
    pub copies: Vec<String>,
}

/// A site that leaves the scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemovedSite {
    /// The site.
    pub site: SiteLine,
    /// Why.
    pub reason: String,
}

/// A change among the people of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberChange {
    /// Team, if the order names teams.
    pub team: Option<String>,
    /// Who leaves.
    pub leaves: Option<PersonLine>,
    /// Who joins.
    pub joins: Option<PersonLine>,
    /// From which day.
    pub from: Date,
    /// Why.
    pub reason: String,
}

/// Surat Tugas of one team under an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskLetter {
    /// What every paper carries.
    pub sheet: Sheet,
    /// The order it rests on.
    pub order: Reference,
    /// Further rules or dispositions it rests on.
    pub basis: Vec<String>,
    /// Name of the team.
    pub team: String,
    /// Its people, leader first. Up to four stand in the letter, more in an annex.
    pub members: Vec<PersonLine>,
    /// Vehicle, as people know it.
    pub vehicle: Option<String>,
    /// Sites to visit. Up to five stand in the letter, more in an annex.
    pub sites: Vec<SiteLine>,
    /// Days of the task.
    pub valid: Validity,
    /// Number of open complaints handed to the team.
    pub open_complaints: u32,
    /// Duties beyond the fixed ones.
    pub further_tasks: Vec<String>,
    /// To whom the team reports, a post.
    pub report_to: String,
    /// Last day of the report, if set.
    pub report_due: Option<Date>,
    /// Who signs.
    pub signature: Signature,
    /// Tembusan.
    pub copies: Vec<String>,
    /// Address and telephone of the members, as an annex that stays in the unit.
    pub internal_annex: Option<Vec<ContactLine>>,
}
