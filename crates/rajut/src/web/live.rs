//! Live updates: a page hears that the journal has grown, and asks for itself again.
//!
//! Only the place of the last record is told, never what was done: what a page may show is decided when it asks. One
//! program listens once, however many browsers do.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use rajut_app::App;
use tokio::sync::watch;

use super::Web;

/// How often a file is looked at for what another program wrote, and how soon a lost server is asked again.
const PAUSE: Duration = Duration::from_secs(2);
/// A browser is told at most so often: what happens in between is told as one.
const AT_MOST: Duration = Duration::from_secs(1);
/// A line now and then keeps proxies from cutting a quiet connection.
const ALIVE: Duration = Duration::from_secs(20);

/// The feed of the head of the journal; it ends when the program is told to end.
pub struct Feed(watch::Sender<Option<i64>>);

impl Feed {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(Some(0)))
    }

    /// Follows the journal until the store closes; a store that cannot be watched is tried again.
    pub async fn follow(self: Arc<Self>, app: App) {
        loop {
            match app.store().watch(PAUSE).await {
                Ok(mut watch) => {
                    self.tell(watch.seq());
                    while let Ok(seq) = watch.grown().await {
                        self.tell(seq);
                    }
                }
                Err(error) => tracing::warn!(%error, "live updates pause"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn tell(&self, seq: i64) {
        // Once ended it stays so.
        self.0.send_if_modified(|known| match known {
            Some(last) if seq > *last => {
                *known = Some(seq);
                true
            }
            _ => false,
        });
    }

    /// Ends every stream, so that the program can end.
    pub fn end(&self) {
        self.0.send_replace(None);
    }
}

/// `/siaran`: an event for every growth of the journal, its data the place of the last record.
pub async fn stream(State(web): State<Arc<Web>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut seen = web.feed.0.subscribe();
    // The first event says where the page stands.
    seen.mark_changed();
    let events = unfold((seen, false), |(mut seen, told)| async move {
        if told {
            tokio::time::sleep(AT_MOST).await;
        }
        seen.changed().await.ok()?;
        let seq = (*seen.borrow_and_update())?;
        let event = Event::default().event("tumbuh").data(seq.to_string());
        Some((Ok(event), (seen, true)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
}
