//! Hearing of it when the journal has grown, whoever wrote it.
//!
//! PostgreSQL tells (`LISTEN`/`NOTIFY`, sent with the commit); in one process SQLite's writers tell; what another
//! process wrote into an SQLite file is seen by its data version, looked at now and then. It must not know what
//! was written: the sequence is all that is told, and whoever wants to know more reads the journal.

use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{PgPool, SqliteConnection};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::db::{Db, Sqlite, dialect};
use crate::{Store, StoreError};

/// A feed of the head of the journal. It ends with the store, or when it is dropped.
#[derive(Debug)]
pub struct Watch {
    seen: watch::Receiver<i64>,
    task: JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watch {
    /// The last record that is known of.
    pub fn seq(&self) -> i64 {
        *self.seen.borrow()
    }

    /// Waits until the journal has grown and gives its last record. Several acts may be told as one, none is
    /// left untold.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] once the store was closed.
    pub async fn grown(&mut self) -> Result<i64, StoreError> {
        self.seen.changed().await.map_err(|_| StoreError::Unavailable {
            why: "the store was closed".to_owned(),
        })?;
        Ok(*self.seen.borrow_and_update())
    }
}

/// Tells of growth only: a head that was read late takes nothing back.
fn tell(feed: &watch::Sender<i64>, seq: i64) {
    feed.send_if_modified(|known| {
        let grown = seq > *known;
        if grown {
            *known = seq;
        }
        grown
    });
}

impl Store {
    /// Watches the journal. `pause` is how often an SQLite file is looked at for what another process wrote, and
    /// how long to wait before a lost PostgreSQL is tried again: seconds are often enough.
    pub async fn watch(&self, pause: Duration) -> Result<Watch, StoreError> {
        let store = self.clone();
        let (seen, task) = match &*self.db {
            Db::Sqlite(files) => {
                let own = dialect::connect_to_watch(files).await?;
                let within = files.grown.subscribe();
                let (feed, seen) = watch::channel(self.head().await?.seq);
                let task = async move { follow_file(&store, own, within, &feed, pause).await };
                (seen, tokio::spawn(task))
            }
            Db::Postgres(pool) => {
                let listener = listen(pool).await?;
                // Read after the listening has begun, so that nothing falls between the two.
                let (feed, seen) = watch::channel(self.head().await?.seq);
                let pool = pool.clone();
                let task = async move { follow_server(&store, &pool, listener, &feed, pause).await };
                (seen, tokio::spawn(task))
            }
        };
        Ok(Watch { seen, task })
    }
}

impl Sqlite {
    /// Tells the watchers of this process.
    pub(crate) fn tell(&self, seq: i64) {
        tell(&self.grown, seq);
    }
}

/// Follows what this process and others write into a file.
async fn follow_file(
    store: &Store,
    mut own: SqliteConnection,
    mut within: watch::Receiver<i64>,
    feed: &watch::Sender<i64>,
    pause: Duration,
) {
    let mut version = None;
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !feed.is_closed() && !store.is_closed() {
        tokio::select! {
            told = within.changed() => match told {
                Ok(()) => tell(feed, *within.borrow_and_update()),
                Err(_) => return,
            },
            _ = ticks.tick() => match dialect::data_version(&mut own).await {
                // The file as it was.
                Ok(found) if version == Some(found) => {}
                Ok(found) => match store.head().await {
                    Ok(head) => {
                        version = Some(found);
                        tell(feed, head.seq);
                    }
                    Err(error) => tracing::warn!(%error, "the journal could not be watched"),
                },
                Err(error) => tracing::warn!(%error, "the file could not be watched"),
            },
        }
    }
}

async fn listen(pool: &PgPool) -> Result<PgListener, StoreError> {
    let failed = |error| StoreError::from(dialect::Failure::new("LISTEN", error));
    let mut listener = PgListener::connect_with(pool).await.map_err(failed)?;
    // What was told while the connection was away is lost: it is made again here, and the head read after it.
    listener.eager_reconnect(false);
    listener.listen(dialect::CHANNEL).await.map_err(failed)?;
    Ok(listener)
}

/// Follows what a server tells, through its going away and coming back.
async fn follow_server(
    store: &Store,
    pool: &PgPool,
    first: PgListener,
    feed: &watch::Sender<i64>,
    pause: Duration,
) {
    let mut listener = Some(first);
    while !feed.is_closed() && !pool.is_closed() {
        if let Some(open) = &mut listener {
            match open.try_recv().await {
                Ok(Some(told)) => {
                    if let Ok(seq) = told.payload().parse() {
                        tell(feed, seq);
                    } else {
                        tracing::warn!(payload = told.payload(), "the server told no sequence");
                    }
                }
                Ok(None) => listener = None,
                Err(error) => {
                    tracing::info!(%error, "the server is not heard any more");
                    listener = None;
                }
            }
            continue;
        }
        match again(store, pool, feed).await {
            Ok(open) => {
                tracing::info!("the server is heard again");
                listener = Some(open);
            }
            Err(error) => {
                tracing::debug!(%error, "the server is still away");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

async fn again(store: &Store, pool: &PgPool, feed: &watch::Sender<i64>) -> Result<PgListener, StoreError> {
    let listener = listen(pool).await?;
    tell(feed, store.head().await?.seq);
    Ok(listener)
}
