//! Versions of the schema, and the way from one to the next.

use crate::StoreError;
use crate::db::dialect::{Dialect, POSTGRES_MIGRATION_LOCK};
use crate::db::{Db, Part, Tx, args};

/// The migrations in order; the version is how many were applied.
const RECORDS: &[&str] = &[
    include_str!("../migrations/records-0001.sql"),
    include_str!("../migrations/records-0002.sql"),
    include_str!("../migrations/records-0003.sql"),
    include_str!("../migrations/records-0004.sql"),
];
const TELEMETRY: &[&str] = &[include_str!("../migrations/telemetry-0001.sql")];

const META: &str =
    "CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL) STRICT;";
const META_READ: &str = "SELECT value FROM meta WHERE name = $1";
const META_WRITE: &str =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

impl Part {
    fn migrations(self) -> &'static [&'static str] {
        match self {
            Self::Records => RECORDS,
            Self::Telemetry => TELEMETRY,
        }
    }

    fn known(self) -> i64 {
        i64::try_from(self.migrations().len()).unwrap_or(i64::MAX)
    }

    fn meta_name(self) -> &'static str {
        match self {
            Self::Records => "records_schema",
            Self::Telemetry => "telemetry_schema",
        }
    }
}

/// Refuses a database that a newer program has migrated.
pub(crate) async fn check(db: &Db) -> Result<(), StoreError> {
    for part in [Part::Records, Part::Telemetry] {
        let mut tx = db.read(part).await?;
        match version(&mut tx, part).await {
            Ok(_) | Err(StoreError::NotMigrated { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether the records have any schema of ours.
pub(crate) async fn is_there(db: &Db) -> Result<bool, StoreError> {
    let mut tx = db.read(Part::Records).await?;
    match version(&mut tx, Part::Records).await {
        Ok(version) => Ok(version > 0),
        Err(StoreError::NotMigrated { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Brings the database to the version of this program.
pub(crate) async fn migrate(db: &Db) -> Result<(), StoreError> {
    for part in [Part::Records, Part::Telemetry] {
        let mut tx = db.write(part).await?;
        let dialect = tx.dialect();
        if dialect == Dialect::Postgres {
            tx.rows(POSTGRES_MIGRATION_LOCK, &[]).await?;
        }
        tx.script(dialect.schema(META)).await?;
        let from = version(&mut tx, part).await?;
        for (script, to) in part.migrations().iter().zip(1..) {
            if to > from {
                tx.script(dialect.schema(script)).await?;
                tx.execute(META_WRITE, &args![part.meta_name(), to]).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn version(tx: &mut Tx, part: Part) -> Result<i64, StoreError> {
    let found = match tx.row(META_READ, &args![part.meta_name()]).await? {
        Some(row) => row.int(0)?,
        None => 0,
    };
    let known = part.known();
    if found > known {
        Err(StoreError::NewerSchema { found, known })
    } else {
        Ok(found)
    }
}
