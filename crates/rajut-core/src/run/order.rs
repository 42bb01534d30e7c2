//! The order of a run, from draft to addenda, and its dispositions.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DocumentId, PersonId, PostId, SiteId};
use crate::people::Capacity;

/// The text of an order before it is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OrderDraft {
    /// The sites to be checked.
    pub scope: Vec<SiteId>,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity.
    pub valid_until: Date,
    /// The post to which it is addressed.
    pub addressee: PostId,
    /// People named in it; it may name none.
    pub named: Vec<PersonId>,
    /// What it is for, one sentence.
    pub purpose: String,
    /// On what it is based.
    pub basis: String,
}

/// A paraf: an initial on the draft by somebody on the way to the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Initial {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// An order given by word of mouth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verbal {
    /// Who gave it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// How: by telephone, in a meeting, by message.
    pub channel: String,
    /// The day by which the written order is due.
    pub written_due: Date,
}

/// The order as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Issued {
    /// Its number.
    pub number: String,
    /// The paper.
    pub document: DocumentId,
    /// Its date in the agency's zone.
    pub date: Date,
    /// Who signed.
    pub by: PersonId,
    /// In what capacity.
    pub capacity: Capacity,
    /// When.
    pub at: Timestamp,
}

/// A numbered extension of an issued order (change of annex).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Addendum {
    /// Its number.
    pub number: String,
    /// The paper.
    pub document: DocumentId,
    /// Sites added.
    pub add_sites: Vec<SiteId>,
    /// New last day of validity.
    pub valid_until: Option<Date>,
    /// People added or replaced, as named now.
    pub named: Option<Vec<PersonId>>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A returned draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SentBack {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// With which note.
    pub note: String,
}

/// The order of a run: scope of sites, validity, addressee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Order {
    /// The text as it stands.
    pub draft: OrderDraft,
    /// Who drafted it last.
    pub drafted_by: PersonId,
    /// When.
    pub drafted_at: Timestamp,
    /// Initials on the draft.
    pub initials: Vec<Initial>,
    /// When the issue-ready draft reached the head: the clock of the step starts here.
    pub submitted_at: Option<Timestamp>,
    /// The times it was returned.
    pub sent_back: Vec<SentBack>,
    /// Given by word of mouth first.
    pub verbal: Option<Verbal>,
    /// Issued in writing.
    pub issued: Option<Issued>,
    /// Extensions.
    pub addenda: Vec<Addendum>,
}

impl Order {
    pub(super) fn draft(draft: OrderDraft, by: PersonId, at: Timestamp) -> Self {
        Self {
            draft,
            drafted_by: by,
            drafted_at: at,
            initials: Vec::new(),
            submitted_at: None,
            sent_back: Vec::new(),
            verbal: None,
            issued: None,
            addenda: Vec::new(),
        }
    }

    /// A revised draft has been initialled by nobody.
    pub(super) fn revise(&mut self, draft: OrderDraft, by: PersonId, at: Timestamp) {
        self.draft = draft;
        self.drafted_by = by;
        self.drafted_at = at;
        self.initials.clear();
        self.submitted_at = None;
    }

    pub(super) fn send_back(&mut self, by: PersonId, at: Timestamp, note: String) {
        self.submitted_at = None;
        self.initials.clear();
        self.sent_back.push(SentBack { by, at, note });
    }

    /// Whether work may happen under it.
    pub fn in_force(&self) -> bool {
        self.issued.is_some() || self.verbal.is_some()
    }

    /// The sites in scope, addenda included, in the order in which they were named.
    pub fn scope(&self) -> impl Iterator<Item = SiteId> + '_ {
        let added = self.addenda.iter().flat_map(|addendum| addendum.add_sites.iter());
        self.draft.scope.iter().chain(added).copied()
    }

    /// The last day of validity, addenda included.
    pub fn valid_until(&self) -> Date {
        self.addenda
            .iter()
            .rev()
            .find_map(|addendum| addendum.valid_until)
            .unwrap_or(self.draft.valid_until)
    }

    /// The people named, addenda included.
    pub fn named(&self) -> &[PersonId] {
        self.addenda
            .iter()
            .rev()
            .find_map(|addendum| addendum.named.as_deref())
            .unwrap_or(self.draft.named.as_slice())
    }
}

/// How urgent a disposition is (sifat).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Biasa.
    Ordinary,
    /// Segera.
    Urgent,
    /// Sangat segera.
    Immediate,
    /// Rahasia.
    Secret,
}

/// A disposition: an instruction from one post to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Disposition {
    /// Who made it.
    pub by: PersonId,
    /// From which post.
    pub from: PostId,
    /// In what capacity.
    pub capacity: Capacity,
    /// To which post.
    pub to: PostId,
    /// What is to be done.
    pub instruction: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Until when.
    pub deadline: Option<Date>,
    /// When.
    pub at: Timestamp,
}
