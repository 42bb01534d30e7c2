//! What becomes of offices when a regulation renames, merges or splits them.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::network::coded;
use crate::id::OfficeId;
use crate::stream::StreamRef;

coded! {
    /// What happens to offices.
    ReorganisationKind {
        /// One goes on under another name.
        Rename = "rename",
        /// Several become one, or are taken in by one that stays.
        Merge = "merge",
        /// One becomes several; it may be one of them itself.
        Split = "split",
    }
}

/// An office that takes the place of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Successor {
    /// A new one.
    New {
        /// Its id.
        id: OfficeId,
        /// Short code, unique also among the offices that no longer exist.
        code: String,
        /// Full name.
        name: String,
        /// Name in daily use.
        alias: String,
        /// The office above it.
        parent: Option<OfficeId>,
    },
    /// One that exists and stays; it may be one of those that are reorganised.
    Known {
        /// Which.
        id: OfficeId,
    },
}

impl Successor {
    /// Its id.
    pub fn id(&self) -> OfficeId {
        match self {
            Self::New { id, .. } | Self::Known { id } => *id,
        }
    }
}

/// A reorganisation, as a regulation orders it.
///
/// Old offices are kept with the day on which they ended, so that complaints, visits and papers of before go on
/// naming them; what is in use moves to the successors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reorganisation {
    /// What happens.
    pub kind: ReorganisationKind,
    /// The offices of before.
    pub from: Vec<OfficeId>,
    /// The offices after. One of `from` that stands here, too, goes on.
    pub into: Vec<Successor>,
    /// The first day on which it holds.
    pub on: Date,
    /// The regulation.
    pub decree: String,
    /// Site, device, link, service, post or office below -> to whom it goes; a site may go to several.
    ///
    /// What is not named goes to the only successor; a device or link of an office goes with its site; else to
    /// `rest`; else it stays with the office of `from` that goes on.
    pub given: BTreeMap<StreamRef, Vec<OfficeId>>,
    /// To whom everything goes that is not named.
    pub rest: Option<OfficeId>,
}
