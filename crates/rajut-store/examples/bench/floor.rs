//! The least that a database could do: one row of the size of an act's state and record, inserted and committed
//! as durably as acts are, by the same driver. What the store costs beyond it is ours.

use std::path::Path;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::Failed;
use crate::measure::{Took, Watch};

const TABLE: &str = "CREATE TABLE bare (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)";
const INSERT: &str = "INSERT INTO bare (id, body) VALUES ($1, $2)";
/// About what one act on one record writes: its state, and its line in the journal.
const BYTES: usize = 1000;

/// Commits `acts` rows to an SQLite file, by one connection as the store does.
pub async fn sqlite(file: &Path, writers: u64, acts: u64) -> Result<Took, Failed> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    sqlx::query(TABLE).execute(&pool).await?;
    by_writers(writers, acts, move |id| {
        let pool = pool.clone();
        async move {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT)
                .bind(id)
                .bind("x".repeat(BYTES))
                .execute(&mut *tx)
                .await?;
            tx.commit().await
        }
    })
    .await
}

/// The same on PostgreSQL, by as many connections as there are writers.
pub async fn postgres(url: &str, writers: u64, acts: u64) -> Result<Took, Failed> {
    let pool = PgPoolOptions::new()
        .max_connections(u32::try_from(writers)?)
        .connect(url)
        .await?;
    sqlx::query(TABLE).execute(&pool).await?;
    by_writers(writers, acts, move |id| {
        let pool = pool.clone();
        async move {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT)
                .bind(id)
                .bind("x".repeat(BYTES))
                .execute(&mut *tx)
                .await?;
            tx.commit().await
        }
    })
    .await
}

/// Lets writers share the rows to commit, each one after the other.
async fn by_writers<F, Fut>(writers: u64, acts: u64, commit: F) -> Result<Took, Failed>
where
    F: Fn(String) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<(), sqlx::Error>> + Send,
{
    let watch = Watch::start();
    let mut all = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let commit = commit.clone();
        all.spawn(async move {
            for n in 0..acts / writers {
                commit(format!("{writer}-{n}")).await?;
            }
            Ok::<_, sqlx::Error>(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    Ok(watch.took())
}
