//! All that differs between SQLite and PostgreSQL.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::StoreError;

/// Takes the write lock at once: a transaction that reads first and writes later could be refused.
pub(super) const SQLITE_WRITE: &str = "BEGIN IMMEDIATE";
pub(super) const SQLITE_READ: &str = "BEGIN DEFERRED";
pub(super) const SQLITE_EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// Rows are locked one by one, and what was decided is checked against the locked version.
pub(super) const POSTGRES_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
pub(super) const POSTGRES_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Keeps two programs from migrating one PostgreSQL database at once; released with the transaction.
pub(crate) const POSTGRES_MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7310575208459894)";

/// Where PostgreSQL tells that the journal has grown; the statement that tells it names the same.
pub(crate) const CHANNEL: &str = "rajut_journal";

const SQLITE_DATA_VERSION: &str = "PRAGMA data_version";

/// A connection of its own for watching a file: the version that SQLite tells is that of the connection.
pub(crate) async fn connect_to_watch(files: &super::Sqlite) -> Result<SqliteConnection, Failure> {
    SqliteConnection::connect_with(&sqlite_options(&files.records, false))
        .await
        .map_err(|error| Failure::new("open", error))
}

/// A number that changes when another connection has written into the file.
pub(crate) async fn data_version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    sqlx::query(SQLITE_DATA_VERSION)
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(|error| Failure::new(SQLITE_DATA_VERSION, error).into())
}

/// What shows whether an acknowledged act is on the disk: the statements, and the answers that say so.
pub(crate) fn durability(dialect: Dialect) -> &'static [(&'static str, &'static [&'static str])] {
    match dialect {
        // FULL, EXTRA.
        Dialect::Sqlite => &[(
            "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
            &["2", "3"],
        )],
        Dialect::Postgres => &[
            ("SELECT current_setting('fsync')", &["on"]),
            ("SELECT current_setting('full_page_writes')", &["on"]),
            (
                "SELECT current_setting('synchronous_commit')",
                &["on", "remote_write", "remote_apply"],
            ),
        ],
    }
}

/// How a row is held until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It will be written.
    Write,
    /// It must not change meanwhile.
    Share,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// What is appended to a SELECT to lock its rows. SQLite holds the lock on the whole file already.
    pub(crate) fn lock(self, lock: Lock) -> &'static str {
        match (self, lock) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, Lock::Write) => " FOR UPDATE",
            (Self::Postgres, Lock::Share) => " FOR SHARE",
        }
    }

    /// A migration, written with TEXT, BIGINT, BYTES and STRICT, in the words of this database.
    ///
    /// Text sorts by its bytes on both: the binary collation is SQLite's default and must be asked for on
    /// PostgreSQL.
    pub(crate) fn schema(self, script: &str) -> String {
        match self {
            Self::Sqlite => script.replace(" BIGINT", " INTEGER").replace(" BYTES", " BLOB"),
            Self::Postgres => script
                .replace(" TEXT", " TEXT COLLATE \"C\"")
                .replace(" BYTES", " BYTEA")
                .replace(") STRICT", ")"),
        }
    }
}

pub(super) fn sqlite_options(path: &Path, write: bool) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        // An act that was acknowledged survives the loss of power.
        .synchronous(SqliteSynchronous::Full)
        // Erased personal values do not linger in free pages.
        .pragma("secure_delete", "on");
    if write {
        options
    } else {
        options.pragma("query_only", "on")
    }
}

pub(super) fn telemetry_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(10))
        // The last measurements before a loss of power may be lost, the file stays whole.
        .synchronous(SqliteSynchronous::Normal)
}

pub(super) fn postgres_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|_| StoreError::Url {
        url: super::DbUrl::Postgres(url.to_owned()).to_string(),
    })?;
    Ok(options
        .application_name("rajut")
        // An acknowledged act is on the disk of the server, whatever the server's default.
        .options([("synchronous_commit", "on"), ("timezone", "UTC")]))
}

/// What a failure means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Contended,
    Unique,
    Full,
    Unavailable,
    NotMigrated,
    Corrupt,
    Unforeseen,
}

/// A statement that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    statement: Cow<'static, str>,
    source: sqlx::Error,
    pub(crate) meaning: Meaning,
}

impl Failure {
    pub(crate) fn new(statement: impl Into<Cow<'static, str>>, source: sqlx::Error) -> Self {
        let meaning = meaning(&source);
        Self {
            statement: statement.into(),
            source,
            meaning,
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        let why = failure.source.to_string();
        match failure.meaning {
            Meaning::Contended => Self::Contended { why },
            Meaning::Full => Self::Full { why },
            Meaning::Unavailable => Self::Unavailable { why },
            Meaning::NotMigrated => Self::NotMigrated { why },
            Meaning::Corrupt => Self::Corrupt {
                what: "the database".to_owned(),
                why,
            },
            Meaning::Unique | Meaning::Unforeseen => Self::Statement {
                statement: failure.statement.into_owned(),
                source: failure.source,
            },
        }
    }
}

fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Meaning::Unavailable,
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Meaning::Corrupt,
        sqlx::Error::Database(error) => {
            if let Some(sqlite) = error.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                let code = sqlx::error::DatabaseError::code(sqlite);
                let code = code.and_then(|code| code.parse().ok()).unwrap_or(0);
                sqlite_meaning(code, error.message())
            } else {
                postgres_meaning(error.code().as_deref().unwrap_or_default())
            }
        }
        _ => Meaning::Unforeseen,
    }
}

/// By the extended result codes of SQLite (sqlite.org/rescode.html).
fn sqlite_meaning(code: i32, message: &str) -> Meaning {
    match (code & 0xff, code) {
        // FULL; IOERR_SHMSIZE: the index of the write-ahead log could not grow.
        (13, _) | (_, 4874) => Meaning::Full,
        // CONSTRAINT_UNIQUE, CONSTRAINT_PRIMARYKEY.
        (_, 2067 | 1555) => Meaning::Unique,
        // CORRUPT, NOTADB.
        (11 | 26, _) => Meaning::Corrupt,
        // BUSY, LOCKED (another program holds the file), READONLY, IOERR, CANTOPEN.
        (5 | 6 | 8 | 10 | 14, _) => Meaning::Unavailable,
        (1, _) if message.contains("no such table") || message.contains("no such column") => {
            Meaning::NotMigrated
        }
        _ => Meaning::Unforeseen,
    }
}

/// By SQLSTATE (appendix A of the PostgreSQL manual).
fn postgres_meaning(state: &str) -> Meaning {
    match state {
        // serialization_failure, deadlock_detected.
        "40001" | "40P01" => Meaning::Contended,
        "23505" => Meaning::Unique,
        // disk_full.
        "53100" => Meaning::Full,
        // undefined_table, undefined_column.
        "42P01" | "42703" => Meaning::NotMigrated,
        // data_corrupted, index_corrupted.
        "XX001" | "XX002" => Meaning::Corrupt,
        // admin_shutdown, crash_shutdown, cannot_connect_now; too_many_connections; read_only_sql_transaction
        // (a former primary of a cluster); invalid_catalog_name (the database is not there).
        "57P01" | "57P02" | "57P03" | "53300" | "25006" | "3D000" => Meaning::Unavailable,
        _ if state.starts_with("08") => Meaning::Unavailable,
        _ => Meaning::Unforeseen,
    }
}
