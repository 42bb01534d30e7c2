//! What can go wrong in a use case.

use rajut_core::act::Refusal;
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
        why: String,
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
        /// The field.
        what: String,
        /// Why.
        why: String,
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
    pub fn invalid(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Invalid {
            what: what.to_owned(),
            why: why.to_string(),
        }
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
