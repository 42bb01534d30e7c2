//! What a file would do, before anything is done.

use rajut_core::register::Edit;

use super::file::Source;
use super::problem::Problems;

/// One field of a changed entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// Key of the column.
    pub field: &'static str,
    /// As a file would write what stands; `***` for a personal value.
    pub before: String,
    /// As a file would write what is to stand.
    pub after: String,
}

/// An entry that the file changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed<T> {
    /// The line that does it.
    pub line: u64,
    /// What stands.
    pub before: T,
    /// What is to stand.
    pub after: T,
    /// The fields that differ.
    pub fields: Vec<Change>,
}

/// What a file would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview<T> {
    /// How the file was read.
    pub source: Source,
    /// Entries that are not there yet.
    pub new: Vec<T>,
    /// Of each of these the line, and the fields that it fills.
    pub filled: Vec<(u64, Vec<Change>)>,
    /// Entries that it changes.
    pub changed: Vec<Changed<T>>,
    /// How many entries it leaves as they are.
    pub unchanged: usize,
    /// What is wrong; while there is anything, nothing is imported.
    pub problems: Problems,
}

impl<T> Preview<T> {
    /// All edits of the file, new entries first in the order of the lines; or none of them and the problems.
    pub fn into_edits(self) -> Result<Vec<Edit<T>>, Problems> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let new = self.new.into_iter().map(|after| Edit { before: None, after });
        let changed = self.changed.into_iter().map(|c| Edit {
            before: Some(c.before),
            after: c.after,
        });
        Ok(new.chain(changed).collect())
    }
}
