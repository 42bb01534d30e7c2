//! A database that nobody has set up yet: until somebody does, by a link that only the terminal shows, every page says so.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rajut_app::App;
use rajut_core::journal::Hash;
use tokio::sync::Notify;

/// How often it is looked whether another program has set the database up.
const LOOK: Duration = Duration::from_secs(5);

/// Where the set-up stands.
#[derive(Default)]
enum Stage {
    /// It was done before the program started, or by another program.
    #[default]
    Over,
    /// It is to come; a hash of the secret of the link that leads to it.
    Awaited(Hash),
    /// It was done by this link, which now leads on to the administrator's password.
    Done(Hash, String),
}

/// What a link opens.
#[derive(Debug, PartialEq, Eq)]
pub enum Opens {
    /// Nothing: it is not the link, or no longer.
    Nothing,
    /// The set-up.
    SetUp,
    /// The invitation that the set-up gave: its secret part.
    Invitation(String),
}

/// Whether the set-up is still to come, and the link that leads to it.
#[derive(Default)]
pub struct Beginning {
    stage: Mutex<Stage>,
    done: Notify,
    /// One sets up at a time: a double click is one set-up.
    pub turn: tokio::sync::Mutex<()>,
}

impl Beginning {
    /// Closes everything but the set-up, which opens to this secret.
    pub fn await_by(&self, secret: &str) {
        *self.stage() = Stage::Awaited(Hash::of(secret.as_bytes()));
    }

    /// Whether the set-up is still to come.
    pub fn is_awaited(&self) -> bool {
        matches!(*self.stage(), Stage::Awaited(_))
    }

    /// What the link with this secret opens.
    pub fn opens(&self, secret: &str) -> Opens {
        let asked = Hash::of(secret.as_bytes());
        match &*self.stage() {
            Stage::Awaited(known) if *known == asked => Opens::SetUp,
            Stage::Done(known, invitation) if *known == asked => Opens::Invitation(invitation.clone()),
            _ => Opens::Nothing,
        }
    }

    /// The database was set up by the link with this secret: the pages open.
    pub fn done(&self, secret: &str, invitation: String) {
        *self.stage() = Stage::Done(Hash::of(secret.as_bytes()), invitation);
        self.done.notify_one();
    }

    /// Waits until the database is set up, by a page of this program or by another program. A database that is away is
    /// asked again.
    pub async fn wait(&self, app: &App) {
        while self.is_awaited() {
            match app.is_set_up().await {
                Ok(true) => {
                    let mut stage = self.stage();
                    // A page that has just done it knows where its link leads.
                    if matches!(*stage, Stage::Awaited(_)) {
                        *stage = Stage::Over;
                    }
                    continue;
                }
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "whether the database is set up is not known"),
            }
            tokio::select! {
                () = self.done.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // It is a value that is replaced whole.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
