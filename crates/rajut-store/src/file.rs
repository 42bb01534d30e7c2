//! Errors of files, told apart as those of the databases are.

use std::io;
use std::path::Path;

use crate::StoreError;

/// What a failed file operation on `path` means.
pub(crate) fn failed(path: &Path, source: io::Error) -> StoreError {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full {
            why: format!("{}: {source}", path.display()),
        },
        _ => StoreError::File {
            path: path.display().to_string(),
            source,
        },
    }
}
