//! Anchors: the end of the journal, written down outside the database.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use rajut_core::journal::Anchor;

use crate::file::failed;
use crate::{Store, StoreError};

impl Store {
    /// Adds the present end of the journal to a file of anchors, one JSON object a line, and gives it. Whoever
    /// holds a copy of the file can tell whether the tail was cut or the chain built anew.
    pub async fn write_anchor(&self, file: &Path, at: Timestamp) -> Result<Anchor, StoreError> {
        let anchor = self.head().await?.anchor(at);
        let line = serde_json::to_string(&anchor).map_err(|error| failed(file, error.into()))?;
        append(file, &line).map_err(|source| failed(file, source))?;
        Ok(anchor)
    }
}

fn append(file: &Path, line: &str) -> std::io::Result<()> {
    let mut open = OpenOptions::new().create(true).append(true).open(file)?;
    open.write_all(format!("{line}\n").as_bytes())?;
    open.sync_all()?;
    match file.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// The anchors of a file.
///
/// # Errors
/// [`StoreError::File`] when it cannot be read or a line is no anchor.
pub fn read_anchors(file: &Path) -> Result<Vec<Anchor>, StoreError> {
    let text = std::fs::read_to_string(file).map_err(|source| failed(file, source))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(|error| failed(file, error.into())))
        .collect()
}
