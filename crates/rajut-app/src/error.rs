//! What can go wrong in a use case.

use rajut_core::act::{Refusal, Unfit, UnfitCode};
use rajut_core::procedure::ProcedureFileError;
use rajut_store::StoreError;

/// A use case that did not come to its end. Nothing was half done.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else was faster; look again and repeat.
    #[error("somebody else changed {what} in the meantime; look again and repeat")]
    Conflict {
        /// The record.
        what: String,
    },
    /// The store.
    #[error(transparent)]
    Store(StoreError),
    /// A setting is missing or cannot be used.
    #[error("setting {what}: {why}")]
    Setting {
        /// Which.
        what: String,
        /// Why.
        why: Unfit,
    },
    /// There is no database there, or one that was never set up.
    #[error("{database} is no database that was set up: name the right one, or begin with `rajut setup`")]
    NotSetUp {
        /// Its address, without a password.
        database: String,
    },
    /// There is no such thing.
    #[error("there is no {thing} {name}")]
    NotFound {
        /// What was looked for: a code, of which the words of a language are in the locales (`thing-<code>`).
        thing: &'static str,
        /// Under which name; empty where it has none.
        name: String,
    },
    /// What was given cannot be used.
    #[error("{what}: {why}")]
    Invalid {
        /// The field, by its code (`field-<code>` in the locales), the option or the file.
        what: String,
        /// Why.
        why: Unfit,
    },
    /// Too many wrong tries.
    #[error("too many wrong tries; try again after {until}")]
    TryAgain {
        /// From when on another try counts.
        until: jiff::Timestamp,
    },
    /// The file of a procedure cannot be read.
    #[error("{what}: {fault}")]
    ProcedureFile {
        /// Which file or version.
        what: String,
        /// Where and why.
        fault: Box<ProcedureFileError>,
    },
    /// A paper could not be written.
    #[error("the paper could not be written: {0}")]
    Paper(String),
    /// The network could not be looked at.
    #[error("the network could not be looked at: {0}")]
    Network(String),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { stream, .. } => Self::Conflict {
                what: stream.to_string(),
            },
            other => Self::Store(other),
        }
    }
}

impl AppError {
    /// A field that cannot be used.
    pub fn invalid(what: &str, why: impl Into<Unfit>) -> Self {
        Self::Invalid {
            what: what.to_owned(),
            why: why.into(),
        }
    }

    /// A setting that is missing or cannot be used.
    pub fn setting(what: &str, why: impl Into<Unfit>) -> Self {
        Self::Setting {
            what: what.to_owned(),
            why: why.into(),
        }
    }

    /// A file that cannot be read or written.
    pub fn file(path: &std::path::Path, error: std::io::Error) -> Self {
        Self::invalid(&path.display().to_string(), of_io(error))
    }

    /// The file of a procedure that cannot be read.
    pub fn procedure_file(what: impl std::fmt::Display, fault: ProcedureFileError) -> Self {
        Self::ProcedureFile {
            what: what.to_string(),
            fault: Box::new(fault),
        }
    }

    /// Something that does not exist, under the name by which it was looked for.
    pub fn not_found(thing: &'static str, name: impl std::fmt::Display) -> Self {
        Self::NotFound {
            thing,
            name: name.to_string(),
        }
    }
}

/// What the operating system says of a file, where the words are ours.
fn of_io(error: std::io::Error) -> Unfit {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => UnfitCode::FileMissing.into(),
        ErrorKind::PermissionDenied => UnfitCode::FileDenied.into(),
        ErrorKind::IsADirectory => UnfitCode::FileIsFolder.into(),
        ErrorKind::AlreadyExists => UnfitCode::FileExists.into(),
        ErrorKind::InvalidData => UnfitCode::FileNotText.into(),
        ErrorKind::StorageFull => UnfitCode::DiskFull.into(),
        _ => Unfit::detail(error),
    }
}
