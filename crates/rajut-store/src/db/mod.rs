//! The two databases behind one face: pools, transactions, values, rows.
//!
//! Hides which driver is at work. Statements come in as static text with `$1` placeholders that both
//! understand. It must not know what the tables mean.

pub(crate) mod dialect;
mod row;
mod tx;
mod url;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::watch;

pub(crate) use row::{Row, Value, args};
pub(crate) use tx::Tx;
pub use url::DbUrl;

use crate::StoreError;
use dialect::Failure;

/// How long to wait for a connection before the database counts as unreachable.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a writer waits for the one before it: an import may take its time.
const WRITER_PATIENCE: Duration = Duration::from_mins(1);
const READERS: u32 = 6;
const POSTGRES_CONNECTIONS: u32 = 20;

/// An open database.
#[derive(Debug)]
pub(crate) enum Db {
    /// Files in a data folder.
    Sqlite(Sqlite),
    /// A server.
    Postgres(PgPool),
}

/// The connections to the files of one data folder.
#[derive(Debug)]
pub(crate) struct Sqlite {
    /// One connection: writers of this process queue here, without polling for the lock.
    writer: SqlitePool,
    reader: SqlitePool,
    telemetry: SqlitePool,
    pub(crate) records: PathBuf,
    pub(crate) attachments: PathBuf,
    /// The last record that this process wrote, for whoever watches.
    pub(crate) grown: watch::Sender<i64>,
}

/// Where a transaction reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What is journalled, and what belongs to it.
    Records,
    /// Observations.
    Telemetry,
}

impl Db {
    /// With `create` files are made where there are none.
    pub(crate) async fn connect(url: &DbUrl, create: bool) -> Result<Self, StoreError> {
        match url {
            DbUrl::Sqlite(path) => {
                let files = url::Files::beside(path);
                if !create && !path.is_file() {
                    return Err(StoreError::Missing { url: url.to_string() });
                }
                files.make_folder()?;
                let open = |options: SqlitePoolOptions, write| {
                    options
                        .max_lifetime(None)
                        .idle_timeout(None)
                        .test_before_acquire(false)
                        .connect_with(dialect::sqlite_options(&files.records, write))
                };
                let writer = open(
                    SqlitePoolOptions::new()
                        .max_connections(1)
                        .acquire_timeout(WRITER_PATIENCE),
                    true,
                );
                let writer = writer.await.map_err(|error| Failure::new("open", error))?;
                let reader = open(
                    SqlitePoolOptions::new()
                        .max_connections(READERS)
                        .acquire_timeout(PATIENCE),
                    false,
                );
                let reader = reader.await.map_err(|error| Failure::new("open", error))?;
                let telemetry = SqlitePoolOptions::new()
                    .max_connections(READERS)
                    .acquire_timeout(PATIENCE)
                    .test_before_acquire(false)
                    .connect_with(dialect::telemetry_options(&files.telemetry))
                    .await
                    .map_err(|error| Failure::new("open", error))?;
                Ok(Self::Sqlite(Sqlite {
                    writer,
                    reader,
                    telemetry,
                    records: files.records,
                    attachments: files.attachments,
                    grown: watch::Sender::new(0),
                }))
            }
            DbUrl::Postgres(url) => {
                let options = dialect::postgres_options(url)?;
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .connect_with(options)
                    .await
                    .map_err(|error| Failure::new("connect", error))?;
                Ok(Self::Postgres(pool))
            }
        }
    }

    /// A transaction that writes. On SQLite it holds the write lock from the start.
    pub(crate) async fn write(&self, part: Part) -> Result<Tx, StoreError> {
        let begun = match (self, part) {
            (Self::Sqlite(files), Part::Records) => begin(&files.writer, dialect::SQLITE_WRITE).await,
            (Self::Sqlite(files), Part::Telemetry) => begin(&files.telemetry, dialect::SQLITE_WRITE).await,
            (Self::Postgres(pool), _) => pool.begin_with(dialect::POSTGRES_WRITE).await.map(Tx::postgres),
        };
        begun.map_err(|error| Failure::new("BEGIN", error).into())
    }

    /// A transaction that sees one unchanging moment and writes nothing.
    pub(crate) async fn read(&self, part: Part) -> Result<Tx, StoreError> {
        let begun = match (self, part) {
            (Self::Sqlite(files), Part::Records) => begin(&files.reader, dialect::SQLITE_READ).await,
            (Self::Sqlite(files), Part::Telemetry) => begin(&files.telemetry, dialect::SQLITE_READ).await,
            (Self::Postgres(pool), _) => pool.begin_with(dialect::POSTGRES_READ).await.map(Tx::postgres),
        };
        begun.map_err(|error| Failure::new("BEGIN", error).into())
    }

    /// Empties the write-ahead log of SQLite, in which overwritten values linger.
    pub(crate) async fn forget_log(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(files) => {
                let emptied = sqlx::query(dialect::SQLITE_EMPTY_LOG)
                    .execute(&files.writer)
                    .await;
                emptied
                    .map(drop)
                    .map_err(|error| Failure::new(dialect::SQLITE_EMPTY_LOG, error).into())
            }
            // The server reuses its log; its vacuum removes old rows.
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Tells the watchers of this process that the journal has grown; PostgreSQL tells them by itself.
    pub(crate) fn grew(&self, seq: i64) {
        if let Self::Sqlite(files) = self {
            files.tell(seq);
        }
    }

    /// Whether the connections were closed.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(files) => files.reader.is_closed(),
            Self::Postgres(pool) => pool.is_closed(),
        }
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(files) => {
                files.reader.close().await;
                files.telemetry.close().await;
                files.writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins on SQLite. Where an earlier failure, such as a full disk, made SQLite itself undo the transaction,
/// the driver does not know, and a connection that it still holds for occupied is replaced.
async fn begin(pool: &SqlitePool, how: &'static str) -> Result<Tx, sqlx::Error> {
    for _ in 0..=READERS {
        match pool.begin_with(how).await {
            Err(sqlx::Error::InvalidSavePointStatement) => pool.acquire().await?.close().await?,
            begun => return begun.map(Tx::sqlite),
        }
    }
    Err(sqlx::Error::BeginFailed)
}

/// A shared database.
pub(crate) type Shared = Arc<Db>;
