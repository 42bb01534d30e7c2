//! Work that nobody asks for: looking at the network, timers, the daily anchor.
//!
//! Hides when it is done. Every job can be repeated and interrupted at any point; a failure is logged and the next
//! round tries again, so that one bad minute never ends the watching.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rajut_app::probe::Network;
use rajut_app::probe::network::Sockets;
use rajut_app::{App, AppError};
use rajut_core::clock::Clock;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// How often timers are looked at.
const TIMERS: Duration = Duration::from_mins(1);

/// How often visits are looked through for what should have followed them; the first time at the start.
const EFFECTS: Duration = Duration::from_hours(6);

/// How often the end of the journal is written outside the database.
const ANCHORS: Duration = Duration::from_hours(24);

/// Runs a job at once and then every `period`, until `stop` says so.
async fn every<F, Fut>(name: &'static str, period: Duration, mut stop: watch::Receiver<bool>, mut job: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), AppError>>,
{
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                if let Err(error) = job().await {
                    tracing::error!(job = name, %error, "job failed; the next round tries again");
                }
            }
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
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Jobs {
    /// The jobs of an agency: its devices are looked at over the real network.
    pub fn start(app: &App, database: &str) -> Self {
        let mut jobs = Self::of(app, anchor_file(database));
        // A prober tells its own echoes by the identifier; two on one machine must differ.
        let identifier = u16::try_from(std::process::id() % u32::from(u16::MAX)).unwrap_or(0);
        let network = Sockets::open(identifier).unwrap_or_else(|error| {
            tracing::warn!(%error, "no ICMP here: devices are looked at by TCP where they have a port");
            Sockets::tcp_only()
        });
        let held = Arc::new(Mutex::new(Some(network)));
        jobs.watch(app, move |app| {
            let held = Arc::clone(&held);
            async move { look(&app, &held, Arc::new(crate::rim::SystemClock)).await }
        });
        jobs
    }

    /// The jobs of the demo: its devices stand in a simulated network.
    pub fn demo(app: &App, folder: &Path) -> Self {
        let mut jobs = Self::of(app, folder.join("anchors.jsonl"));
        match crate::demo::network(app.now()) {
            Ok(network) => {
                let held = Arc::new(Mutex::new(Some(network)));
                jobs.watch(app, move |app| {
                    let held = Arc::clone(&held);
                    async move {
                        let clock = {
                            let mut network = held.lock().await;
                            let Some(network) = network.as_mut() else {
                                return Err(lost());
                            };
                            let behind = network.clock().now().duration_until(app.now()).as_millis();
                            network.advance(Duration::from_millis(u64::try_from(behind).unwrap_or(0)));
                            Arc::new(network.clock())
                        };
                        look(&app, &held, clock).await
                    }
                });
            }
            Err(error) => tracing::error!(%error, "monitoring does not start"),
        }
        jobs
    }

    /// What every database needs.
    fn of(app: &App, anchors: PathBuf) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        let timers = app.clone();
        running.spawn(every("timers", TIMERS, stopped.clone(), move || {
            let app = timers.clone();
            async move {
                let moved = app.proceed_all().await?;
                if moved > 0 {
                    tracing::info!(moved, "runs went on by themselves");
                }
                Ok(())
            }
        }));
        let followed = app.clone();
        running.spawn(every("effects", EFFECTS, stopped.clone(), move || {
            let app = followed.clone();
            async move { app.follow_open_visits().await }
        }));
        let anchored = app.clone();
        running.spawn(every("anchors", ANCHORS, stopped, move || {
            let (app, file) = (anchored.clone(), anchors.clone());
            async move {
                let anchor = app.store().write_anchor(&file, app.now()).await?;
                tracing::info!(seq = anchor.seq, file = %file.display(), "journal anchored");
                Ok(())
            }
        }));
        Self { stop, running }
    }

    /// Looks at the network as often as the agency has set.
    fn watch<F, Fut>(&mut self, app: &App, job: F)
    where
        F: Fn(App) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        let (app, stopped) = (app.clone(), self.stop.subscribe());
        self.running.spawn(async move {
            let minutes = match app.context().await {
                Ok(context) => context.agency_file.monitoring.every_minutes,
                Err(error) => {
                    tracing::warn!(%error, "monitoring starts once the database is set up and the program restarted");
                    return;
                }
            };
            if minutes == 0 {
                tracing::info!("monitoring is turned off by setting");
                return;
            }
            let period = Duration::from_secs(u64::from(minutes) * 60);
            every("monitoring", period, stopped, move || job(app.clone())).await;
        });
    }

    /// Tells all jobs to end and waits until they have.
    pub async fn stop(mut self) {
        // Jobs that ended by themselves are no longer listening.
        let _ = self.stop.send(true);
        while self.running.join_next().await.is_some() {}
    }
}

/// One look at every registered device, on a network that stays open between looks.
async fn look<N: Network + Send + 'static>(
    app: &App,
    held: &Mutex<Option<N>>,
    clock: Arc<dyn Clock>,
) -> Result<(), AppError> {
    let mut network = held.lock().await;
    let Some(open) = network.take() else {
        return Err(lost());
    };
    let (open, seen) = app.look_at_all(open, clock).await?;
    *network = Some(open);
    tracing::info!(seen, "devices looked at");
    Ok(())
}

fn lost() -> AppError {
    AppError::Network("the network was lost in an earlier round; restart the program".to_owned())
}

/// Where anchors go: beside the file of an SQLite database, else in the working folder.
fn anchor_file(database: &str) -> PathBuf {
    match database.strip_prefix("sqlite:") {
        Some(path) => Path::new(path).with_extension("anchors.jsonl"),
        None => PathBuf::from("rajut.anchors.jsonl"),
    }
}
