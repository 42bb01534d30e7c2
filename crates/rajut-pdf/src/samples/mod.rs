//! Samples of every paper: empty, usual, many, long, hostile. Tests set them all, and a template of an agency's own
//! is tried on them before it is used. All people are plainly samples.

mod charts;
mod fill;
mod letters;
mod records;

use crate::Paper;
use crate::paper::PageSize;
use fill::Fill;

/// What a sample tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// A draft in which everything that may be missing is missing.
    Empty,
    /// What an office sees every day.
    Usual,
    /// 60 people, 100 sites.
    Many,
    /// Very long names.
    Long,
    /// Typst markup, control characters, characters without a glyph, in every field.
    Hostile,
}

impl Flavour {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Empty, Self::Usual, Self::Many, Self::Long, Self::Hostile];

    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Usual => "usual",
            Self::Many => "many",
            Self::Long => "long",
            Self::Hostile => "hostile",
        }
    }
}

/// A paper with the name of what it tries.
#[derive(Debug, Clone)]
pub struct Sample {
    /// For example `order-usual-a4`.
    pub name: String,
    /// The paper.
    pub paper: Paper,
}

/// Every paper in every flavour on both page sizes.
pub fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    for page in [PageSize::A4, PageSize::F4] {
        for flavour in Flavour::ALL {
            for (name, paper) in papers(flavour, page) {
                let page = if page == PageSize::A4 { "a4" } else { "f4" };
                samples.push(Sample {
                    name: format!("{name}-{}-{page}", flavour.name()),
                    paper,
                });
            }
        }
    }
    samples
}

/// Every paper in one flavour on one page size, with its name.
pub fn papers(flavour: Flavour, page: PageSize) -> Vec<(&'static str, Paper)> {
    let fill = Fill { flavour, page };
    let mut papers = vec![
        ("order", Paper::Order(letters::order(fill))),
        (
            "order-addendum",
            Paper::OrderAddendum(letters::order_addendum(fill)),
        ),
        ("task-letter", Paper::TaskLetter(letters::task_letter(fill))),
        (
            "disposition-sheet",
            Paper::DispositionSheet(letters::disposition_sheet(fill)),
        ),
        (
            "complaint-list-open",
            Paper::ComplaintList(records::complaint_list(fill, false)),
        ),
        (
            "complaint-list-verified",
            Paper::ComplaintList(records::complaint_list(fill, true)),
        ),
        ("visit-record", Paper::VisitRecord(records::visit_record(fill))),
        ("team-report", Paper::TeamReport(records::team_report(fill))),
        ("final-report", Paper::FinalReport(records::final_report(fill))),
        ("procedure", Paper::Procedure(charts::procedure(fill))),
        (
            "blank-checklists",
            Paper::BlankChecklists(records::blank_checklists(fill)),
        ),
    ];
    papers.extend(
        letters::MINUTES.map(|(name, kind)| (name, Paper::MinutesOfWork(letters::minutes(fill, kind)))),
    );
    papers
}
