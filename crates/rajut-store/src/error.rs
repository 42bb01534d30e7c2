//! What can go wrong in the store, and what to do about it.

use rajut_core::act::Expect;
use rajut_core::stream::{ApplyError, StreamRef};

/// Why the store did not do what it was asked.
///
/// Unless a variant says otherwise nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else was faster. Load the records again, decide again, and let the user see what changed.
    #[error("conflict on {stream}: expected {expected:?}, found {found:?}; load it again and repeat")]
    Conflict {
        /// The record.
        stream: StreamRef,
        /// What the decision relied on.
        expected: Expect,
        /// What stands there.
        found: Found,
    },
    /// The database kept choosing this transaction as the victim of a deadlock or a serialisation failure.
    /// Repeat it with the same key.
    #[error("too much contention, repeat with the same key: {why}")]
    Contended {
        /// In the words of the database.
        why: String,
    },
    /// An event does not fit the state of its record: a mistake in the decision.
    #[error(transparent)]
    Misfit(#[from] ApplyError),
    /// An event does not read back from its own text, so that no replay could give the state.
    #[error("event of {stream} cannot be stored: {why}")]
    Unstorable {
        /// The record.
        stream: StreamRef,
        /// Why.
        why: String,
    },
    /// A newer program wrote this database. Use that program, or restore a backup of this version.
    #[error("the database has schema version {found}, this program knows {known}: use the newer program")]
    NewerSchema {
        /// The version of the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// There is no such database. Name another one, or begin one.
    #[error("there is no database {url}")]
    Missing {
        /// Its address.
        url: String,
    },
    /// The database lacks tables of this version. Run the migration.
    #[error("the database is not migrated ({why}): run the migration")]
    NotMigrated {
        /// What is missing.
        why: String,
    },
    /// The disk is full. Free some space and repeat with the same key.
    #[error("the disk of the database is full, free some space and repeat: {why}")]
    Full {
        /// In the words of the database.
        why: String,
    },
    /// The database cannot be reached, or went away in the middle. Where that happened during the commit
    /// itself its outcome is unknown: repeat with the same key, the store then does it exactly once.
    #[error("the database is not reachable, repeat with the same key once it is back: {why}")]
    Unavailable {
        /// In the words of the database.
        why: String,
    },
    /// Stored bytes are not what was written. Verify the journal and restore from a backup.
    #[error("{what} is damaged: {why}; verify the journal, restore from a backup")]
    Corrupt {
        /// What.
        what: String,
        /// How.
        why: String,
    },
    /// More bytes than allowed.
    #[error("larger than the {limit} bytes allowed")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes that were to be stored stopped coming.
    #[error("the upload broke off: {why}")]
    Upload {
        /// Why.
        why: String,
    },
    /// The target of a restore already holds records. Restore into an empty database.
    #[error("the database already holds {records} records: restore into an empty one")]
    NotEmpty {
        /// How many.
        records: i64,
    },
    /// The archive is not a backup, or is damaged. Use another copy.
    #[error("the archive cannot be restored: {why}")]
    Archive {
        /// Why.
        why: String,
    },
    /// The mark of a page is not one that a list gave out. Start at the first page.
    #[error("{cursor:?} is no place in this list: start at its first page")]
    Cursor {
        /// As given.
        cursor: String,
    },
    /// A file of the data folder cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The address of the database is not understood.
    #[error("{url:?} is no database: write sqlite:PATH or postgres://USER@HOST/NAME")]
    Url {
        /// As given, without a password.
        url: String,
    },
    /// A statement failed in a way that nobody foresaw: a mistake in this program.
    #[error("statement failed: {statement}: {source}")]
    Statement {
        /// The statement.
        statement: String,
        /// Why.
        source: sqlx::Error,
    },
}

/// What stood in the way of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The record does not exist.
    Nothing,
    /// The record stands at this version.
    Version(i64),
    /// Another record holds the same number or code.
    Taken,
}
