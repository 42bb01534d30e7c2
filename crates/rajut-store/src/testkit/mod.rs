//! Help for tests of this and other crates, behind the feature `testkit`: databases on demand and fault
//! points. Never part of the program.
//!
//! ```ignore
//! let db = rajut_store::testkit::postgres().await; // or sqlite().await: empty, migrated, one's own
//! db.store.commit(&changes).await?;
//! ```
//!
//! One PostgreSQL server serves all tests of a run, also where each test is a process of its own
//! (see [`PgServer`]); it runs as an unprivileged user, on a socket under the temporary folder, and ends
//! with the run. Where it cannot start, the test fails and says why.
#![expect(
    clippy::missing_panics_doc,
    reason = "whatever goes wrong here fails the test"
)]

mod fault;
mod server;

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

pub use fault::FaultPoint;
pub use server::PgServer;

use crate::db::dialect::Dialect;
use crate::{Store, sql};

/// An empty, migrated database of one's own.
#[derive(Debug)]
pub struct TestDb {
    /// The open database.
    pub store: Store,
    /// Its address, to open it again or from another program.
    pub url: String,
    /// A folder that lives as long as the database; on SQLite its files lie here.
    pub folder: TempDir,
}

/// Every statement that the store runs.
#[derive(Debug, Clone)]
pub struct Statements {
    /// On SQLite, in the file of records.
    pub sqlite: Vec<&'static str>,
    /// On PostgreSQL.
    pub postgres: Vec<&'static str>,
    /// On either, on the tables of observations.
    pub telemetry: Vec<&'static str>,
}

/// Every statement that the store runs, with every combination of filters.
pub fn statements() -> Statements {
    Statements {
        sqlite: sql::records(Dialect::Sqlite),
        postgres: sql::records(Dialect::Postgres),
        telemetry: sql::telemetry(),
    }
}

/// A trace of `strace -f` in which every call is one line, where it ended: a call that others interrupted is told
/// there in two parts. Spaces that only align are one.
pub fn whole_calls(trace: &str) -> Vec<String> {
    let mut begun: std::collections::BTreeMap<&str, &str> = std::collections::BTreeMap::new();
    let mut calls = Vec::new();
    let aligned: Vec<String> = trace
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in &aligned {
        let (process, said) = line.split_once(' ').unwrap_or((line.as_str(), ""));
        if let Some(part) = said.trim_start().strip_suffix("<unfinished ...>") {
            begun.insert(process, part);
            continue;
        }
        let resumed = said
            .trim_start()
            .strip_prefix("<... ")
            .and_then(|rest| rest.split_once(" resumed>"));
        calls.push(match (resumed, begun.remove(process)) {
            (Some((_, end)), Some(part)) => format!("{process} {}{}", part.trim_end(), end.trim_start()),
            _ => line.clone(),
        });
    }
    calls
}

/// A new SQLite database.
pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let url = format!("sqlite:{}", folder.path().join("rajut.db").display());
    let store = Store::open(&url).await.expect("a new file opens");
    store.migrate().await.expect("a new file is migrated");
    TestDb { store, url, folder }
}

/// A new database on the PostgreSQL server of this test run.
pub async fn postgres() -> TestDb {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = PgServer::shared().await;
    let name = format!(
        "t_{}_{}",
        std::process::id(),
        MADE.fetch_add(1, Ordering::Relaxed)
    );
    let url = server.create_from_template(&name).await;
    let store = Store::open(&url).await.expect("a copy of the template opens");
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    TestDb { store, url, folder }
}

#[cfg(test)]
mod tests {
    use super::whole_calls;

    #[test]
    fn a_call_that_was_interrupted_is_told_where_it_ended() {
        let trace = "7 fdatasync(5</a/b-wal> <unfinished ...>\n8 write(1<pipe>, \"x\", 1) = 1\n7 <... fdatasync resumed> )       = 0";
        assert_eq!(
            whole_calls(trace),
            ["8 write(1<pipe>, \"x\", 1) = 1", "7 fdatasync(5</a/b-wal>) = 0"]
        );
    }
}
