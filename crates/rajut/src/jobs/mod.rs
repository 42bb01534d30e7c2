//! Work that nobody asks for: looking at the network, timers, the daily anchor.
//!
//! Hides when it is done, and by which of several programs on one database. Every job can be repeated and interrupted
//! at any point; a failure is logged and the next round tries again, so that one bad minute never ends the watching.

mod ledger;
mod round;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rajut_app::probe::Network;
use rajut_app::probe::network::Sockets;
use rajut_app::{App, AppError, Held};
use rajut_core::clock::Clock;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

pub use ledger::Ledger;
use round::Job;

/// How often timers are looked at.
const TIMERS: Duration = Duration::from_mins(1);

/// How often visits are looked through for what should have followed them; the first time at the start.
const EFFECTS: Duration = Duration::from_hours(6);

/// How often the end of the journal is written outside the database.
const ANCHORS: Duration = Duration::from_hours(24);

/// When to try again what the database did not let us do.
const AGAIN: Duration = Duration::from_secs(30);

/// How often it is asked whether monitoring was turned on, or the database set up.
const TURNED_ON: Duration = Duration::from_mins(5);

/// Whether a job is done once when the program starts, due or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// What another program left undone may wait here.
    AtStart,
    /// When it is due.
    WhenDue,
}

/// Does rounds of a job until `stop` says so. `period` is asked before each round; `None` lets one out.
async fn every<P, PFut, F, Fut>(
    (app, ledger): (App, Arc<Ledger>),
    (name, node, first): (&'static str, Uuid, First),
    mut stop: watch::Receiver<bool>,
    period: P,
    work: F,
) where
    P: Fn(App) -> PFut,
    PFut: Future<Output = Result<Option<Duration>, AppError>>,
    F: Fn(App) -> Fut,
    Fut: Future<Output = Result<(), AppError>>,
{
    let mut early = first == First::AtStart;
    loop {
        let round = async {
            let Some(period) = period(app.clone()).await? else {
                return Ok(TURNED_ON);
            };
            let job = Job { name, node, period };
            let noted = || async {
                let outcome = work(app.clone()).await;
                ledger.note(name, app.now(), outcome.is_ok());
                outcome
            };
            job.round(&app, early, noted).await.map(|round| {
                early &= !round.done;
                round.wait
            })
        };
        let wait = round.await.unwrap_or_else(|error: AppError| {
            tracing::error!(job = name, %error, "job could not begin; it is tried again");
            AGAIN
        });
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            changed = stop.changed() => {
                if changed.is_err() || *stop.borrow() {
                    return;
                }
            }
        }
    }
}

/// The jobs of a served database; they end when they are told to.
pub struct Jobs {
    node: Uuid,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
    ledger: Arc<Ledger>,
}

impl Jobs {
    /// The jobs of an agency: its devices are looked at over the real network.
    pub fn start(app: &App, database: &str, ledger: &Arc<Ledger>) -> Self {
        let mut jobs = Self::of(app, anchor_file(database), ledger);
        // A prober tells its own echoes by the identifier; two on one machine must differ.
        let identifier = u16::try_from(std::process::id() % u32::from(u16::MAX)).unwrap_or(0);
        let network = Sockets::open(identifier).unwrap_or_else(|error| {
            tracing::warn!(%error, "no ICMP here: devices are looked at by TCP where they have a port");
            Sockets::tcp_only()
        });
        let held = Arc::new(Mutex::new(Held::new(network)));
        jobs.watch(app, move |app| {
            let held = Arc::clone(&held);
            async move { look(&app, &mut *held.lock().await, Arc::new(crate::rim::SystemClock)).await }
        });
        jobs
    }

    /// The same without looking at any device.
    pub fn blind(app: &App, database: &str, ledger: &Arc<Ledger>) -> Self {
        Self::of(app, anchor_file(database), ledger)
    }

    /// The jobs of the demo: its devices stand in a simulated network.
    pub fn demo(app: &App, folder: &Path, ledger: &Arc<Ledger>) -> Self {
        let mut jobs = Self::of(app, demo_anchor_file(folder), ledger);
        match crate::demo::network(app.now()) {
            Ok(network) => {
                let held = Arc::new(Mutex::new(Held::new(network)));
                jobs.watch(app, move |app| {
                    let held = Arc::clone(&held);
                    async move {
                        let mut held = held.lock().await;
                        let Some(network) = held.get_mut() else {
                            return Err(AppError::Network("the simulated network was lost".to_owned()));
                        };
                        let behind = network.clock().now().duration_until(app.now()).as_millis();
                        network.advance(Duration::from_millis(u64::try_from(behind).unwrap_or(0)));
                        let clock = Arc::new(network.clock());
                        look(&app, &mut held, clock).await
                    }
                });
            }
            Err(error) => tracing::error!(%error, "monitoring does not start"),
        }
        jobs
    }

    /// What every database needs.
    fn of(app: &App, anchors: PathBuf, ledger: &Arc<Ledger>) -> Self {
        let mut jobs = Self {
            node: app.ids().fresh(),
            stop: watch::Sender::new(false),
            running: JoinSet::new(),
            ledger: Arc::clone(ledger),
        };
        jobs.add(app, "timers", First::WhenDue, TIMERS, |app| async move {
            let moved = app.proceed_all().await?;
            if moved > 0 {
                tracing::info!(moved, "runs went on by themselves");
            }
            Ok(())
        });
        jobs.add(app, "effects", First::AtStart, EFFECTS, |app| async move {
            app.follow_open_visits().await
        });
        jobs.add(app, "anchors", First::WhenDue, ANCHORS, move |app| {
            let file = anchors.clone();
            async move {
                let anchor = app.store().write_anchor(&file, app.now()).await?;
                tracing::info!(seq = anchor.seq, file = %file.display(), "journal anchored");
                Ok(())
            }
        });
        jobs
    }

    /// Adds a job of a fixed period.
    fn add<F, Fut>(&mut self, app: &App, name: &'static str, first: First, period: Duration, work: F)
    where
        F: Fn(App) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        let of = (app.clone(), Arc::clone(&self.ledger));
        let (stopped, named) = (self.stop.subscribe(), (name, self.node, first));
        let fixed = move |_| async move { Ok(Some(period)) };
        self.running.spawn(every(of, named, stopped, fixed, work));
    }

    /// Looks at the network as often as the agency has set; a changed setting holds from the next round.
    fn watch<F, Fut>(&mut self, app: &App, work: F)
    where
        F: Fn(App) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        let of = (app.clone(), Arc::clone(&self.ledger));
        let (stopped, named) = (self.stop.subscribe(), ("monitoring", self.node, First::WhenDue));
        self.running.spawn(every(of, named, stopped, monitored, work));
    }

    /// Tells all jobs to end and waits until they have.
    pub async fn stop(mut self) {
        // Jobs that ended by themselves are no longer listening.
        let _ = self.stop.send(true);
        while self.running.join_next().await.is_some() {}
    }
}

/// From one look at the network to the next, as the agency has set it; nothing where it is turned off, or nothing is
/// set up yet.
async fn monitored(app: App) -> Result<Option<Duration>, AppError> {
    match app.context().await {
        Ok(context) => {
            let minutes = context.agency_file.monitoring.every_minutes;
            Ok((minutes > 0).then(|| Duration::from_mins(u64::from(minutes))))
        }
        Err(AppError::Setting { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One look at every registered device.
async fn look<N: Network + Send + 'static>(
    app: &App,
    network: &mut Held<N>,
    clock: Arc<dyn Clock>,
) -> Result<(), AppError> {
    let seen = app.look_at_all(network, clock).await?;
    tracing::info!(seen, "devices looked at");
    Ok(())
}

/// Where anchors go: beside the file of an SQLite database, else in the working folder.
pub fn anchor_file(database: &str) -> PathBuf {
    match database.strip_prefix("sqlite:") {
        Some(path) => Path::new(path).with_extension("anchors.jsonl"),
        None => PathBuf::from("rajut.anchors.jsonl"),
    }
}

/// The same in the demo's folder.
pub fn demo_anchor_file(folder: &Path) -> PathBuf {
    folder.join("anchors.jsonl")
}
