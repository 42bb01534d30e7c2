//! Persons, posts, dated assignments, NIP, ranks. It must not know runs.
//!
//! Hides how an employee number is built, and how it follows from decrees and leave who holds a post on a
//! given day, in what capacity, and how that person signs. Who a person is and which post they hold are kept
//! apart: posts are renamed, holders change, and old papers stay as they were.

mod access;
mod nip;
mod overtime;
mod person;
mod personal;
mod post;
mod rank;
mod roster;
mod signature;

#[cfg(test)]
mod nip_tests;
#[cfg(test)]
mod roster_tests;

pub use access::{Access, AccessEvent, Purpose};
pub use nip::{CivilId, NiPppk, Nip, NipError, NipWarning, Sex};
pub use overtime::{Overtime, OvertimePaper};
pub use person::{CivilStatus, Person, PersonField, Sealed, SealedError};
pub use personal::{PersonalField, masked_name};
pub use post::{Assignment, AssignmentKind, FormerLabel, Leave, Post, Role};
pub use rank::{Rank, RankError, Ranks};
pub use roster::{Actor, Capacity, Holding, Overlap, Roster, RosterFault};
pub use signature::{Mark, OnBehalf, SignatureBlock, SignerError, TitleLine};

/// The text of the ranks shipped with the program; set-up loads it into the settings.
pub fn default_ranks() -> &'static str {
    include_str!("../../../../data/ranks.toml")
}
