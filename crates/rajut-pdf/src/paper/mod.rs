//! The papers as data: what each one says, and nothing about how it looks.
//!
//! A caller fills one of these structures and passes it to [`render`](crate::render). The structures hold plain
//! values (names, numbers, dates, codes); every fixed Indonesian word stands in the templates. A value that is
//! text is printed as typed, whatever it contains. This folder must not know Typst, fonts or pages.

mod blank;
mod complaint_list;
mod disposition;
mod minutes;
mod order;
mod parts;
mod procedure;
mod report;
mod visit;

use serde::{Deserialize, Serialize};

pub use blank::{BlankChecklists, BlankComplaint, BlankForm, BlankReading};
pub use complaint_list::{ComplaintLine, ComplaintList, ComplaintRows, Priority, VerifiedLine};
pub use disposition::{DispositionEntry, DispositionSheet, IncomingLetter, Instruction, Urgency};
pub use minutes::{MinutesKind, MinutesOfWork, Party, ReadingPair, WorkLine};
pub use order::{
    Channel, MemberChange, Order, OrderAddendum, RemovedSite, TaskLetter, Validity, VerbalOrder,
};
pub use parts::{
    Action, ContactLine, Emblem, ImageFormat, Initial, Letterhead, PageSize, PersonLine, Reference, Role,
    Sheet, Signature, SiteLine, Standing, Verdict, Zone,
};
pub use procedure::{
    ChartCell, ChartColumns, ChartLabel, ChartLine, ChartRow, ChartSide, ChartSymbol, MergedCell, Procedure,
    ProcedureIdentity,
};
pub use report::{
    CarriedSite, FinalReport, FollowUpLine, LateLine, ReportBody, TargetLine, TargetState, TeamReport,
    TeamSummary,
};
pub use visit::{
    AwaitedPart, ChecklistGroup, ChecklistItem, Conclusion, Condition, Confirmation, FindingValue, FlagKind,
    Measurement, Outcome, Replacement, VisitFlag, VisitRecord, VisitVerdict,
};

/// One official paper. The set grows by a variant, its structure and its template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Paper {
    /// Surat Perintah.
    Order(Order),
    /// Perubahan lampiran Surat Perintah.
    OrderAddendum(OrderAddendum),
    /// Surat Tugas of one team.
    TaskLetter(TaskLetter),
    /// Lembar Disposisi with its whole chain.
    DispositionSheet(DispositionSheet),
    /// Daftar Pengaduan, open or verified.
    ComplaintList(ComplaintList),
    /// The filled checklist of one visit.
    VisitRecord(VisitRecord),
    /// Berita Acara.
    MinutesOfWork(MinutesOfWork),
    /// Laporan of one team.
    TeamReport(TeamReport),
    /// Laporan Hasil Pengecekan.
    FinalReport(FinalReport),
    /// SOP.
    Procedure(Procedure),
    /// Blank checklists of the visits to come.
    BlankChecklists(BlankChecklists),
}

impl Paper {
    /// The file name of the template that prints this paper.
    pub fn template(&self) -> &'static str {
        match self {
            Self::Order(_) => "order.typ",
            Self::OrderAddendum(_) => "order_addendum.typ",
            Self::TaskLetter(_) => "task_letter.typ",
            Self::DispositionSheet(_) => "disposition_sheet.typ",
            Self::ComplaintList(_) => "complaint_list.typ",
            Self::VisitRecord(_) => "visit_record.typ",
            Self::MinutesOfWork(_) => "minutes_of_work.typ",
            Self::TeamReport(_) => "team_report.typ",
            Self::FinalReport(_) => "final_report.typ",
            Self::Procedure(_) => "procedure.typ",
            Self::BlankChecklists(_) => "blank_checklist.typ",
        }
    }

    /// What every paper carries.
    pub fn sheet(&self) -> &Sheet {
        match self {
            Self::Order(paper) => &paper.sheet,
            Self::OrderAddendum(paper) => &paper.sheet,
            Self::TaskLetter(paper) => &paper.sheet,
            Self::DispositionSheet(paper) => &paper.sheet,
            Self::ComplaintList(paper) => &paper.sheet,
            Self::VisitRecord(paper) => &paper.sheet,
            Self::MinutesOfWork(paper) => &paper.sheet,
            Self::TeamReport(paper) => &paper.sheet,
            Self::FinalReport(paper) => &paper.sheet,
            Self::Procedure(paper) => &paper.sheet,
            Self::BlankChecklists(paper) => &paper.sheet,
        }
    }

    /// The same, to fill in number and date when the paper is issued.
    pub fn sheet_mut(&mut self) -> &mut Sheet {
        match self {
            Self::Order(paper) => &mut paper.sheet,
            Self::OrderAddendum(paper) => &mut paper.sheet,
            Self::TaskLetter(paper) => &mut paper.sheet,
            Self::DispositionSheet(paper) => &mut paper.sheet,
            Self::ComplaintList(paper) => &mut paper.sheet,
            Self::VisitRecord(paper) => &mut paper.sheet,
            Self::MinutesOfWork(paper) => &mut paper.sheet,
            Self::TeamReport(paper) => &mut paper.sheet,
            Self::FinalReport(paper) => &mut paper.sheet,
            Self::Procedure(paper) => &mut paper.sheet,
            Self::BlankChecklists(paper) => &mut paper.sheet,
        }
    }
}
