//! Work that nobody asks for: looking at the network, timers, the daily anchor.
//!
//! Hides when it is done. Every job can be repeated and interrupted at any point; a failure is logged and the next
//! round tries again, so that one bad minute never ends the watching.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rajut_app::probe::Network;
use rajut_app::{App, AppError};
use rajut_core::clock::Clock;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// How often timers are looked at.
const TIMERS: Duration = Duration::from_mins(1);

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

/// Timers of open runs.
pub async fn timers(app: App, stop: watch::Receiver<bool>) {
    every("timers", TIMERS, stop, || async {
        let moved = app.proceed_all().await?;
        if moved > 0 {
            tracing::info!(moved, "runs went on by themselves");
        }
        Ok(())
    })
    .await;
}

/// The end of the journal, once a day, into a file beside the database.
pub async fn anchors(app: App, file: PathBuf, stop: watch::Receiver<bool>) {
    every("anchors", ANCHORS, stop, || async {
        let anchor = app.store().write_anchor(&file, app.now()).await?;
        tracing::info!(seq = anchor.seq, file = %file.display(), "journal anchored");
        Ok(())
    })
    .await;
}

/// Looks at every registered device as often as the agency has set, on a network that stays open.
pub async fn monitoring<N>(app: App, network: N, clock: Arc<dyn Clock>, stop: watch::Receiver<bool>)
where
    N: Network + Send + 'static,
{
    let minutes = match app.context().await {
        Ok(context) => context.agency_file.monitoring.every_minutes,
        Err(error) => {
            tracing::error!(%error, "monitoring does not start");
            return;
        }
    };
    if minutes == 0 {
        tracing::info!("monitoring is turned off by setting");
        return;
    }
    let network = tokio::sync::Mutex::new(Some(network));
    every(
        "monitoring",
        Duration::from_secs(u64::from(minutes) * 60),
        stop,
        || async {
            let mut held = network.lock().await;
            let Some(open) = held.take() else {
                return Err(AppError::Network(
                    "the network was lost in an earlier round; restart".to_owned(),
                ));
            };
            let (open, seen) = app.look_at_all(open, Arc::clone(&clock)).await?;
            *held = Some(open);
            tracing::info!(seen, "devices looked at");
            Ok(())
        },
    )
    .await;
}
