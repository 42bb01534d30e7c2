//! The demo: the demo regency on a database of its own, and one whole quarter played on it.
//!
//! Everything goes through the same use cases as the work of real people; only the clock is ours. Hides how a
//! plausible quarter is made up. It must not know rules: when the procedure refuses, the play shows it.

mod clock;
mod fill;
mod outputs;
#[cfg(test)]
mod papers_tests;
mod play;
mod visits;

use rajut_core::act::{Unfit, UnfitCode};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use rajut_app::{App, AppError};

pub use clock::{OffsetClock, PlayClock};
pub use fill::fill;

use crate::cli::Exit;

/// Arguments of `rajut demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Play without a screen.
    #[arg(long, required = true)]
    headless: bool,
    /// The folder for the database and every output.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    out: PathBuf,
    /// The seed of everything that is left to chance.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Play the rest of the year first: three more orders and some 300 complaints; and draft the next order after it.
    #[arg(long)]
    year: bool,
    /// Play on this database instead of one in the folder. It must be empty.
    #[arg(long = "on", value_name = "URL")]
    on: Option<String>,
}

/// Plays a quarter and leaves what it gave; found wanting when the procedure was not followed.
pub async fn run(arguments: DemoArguments) -> Result<Exit, AppError> {
    debug_assert!(arguments.headless);
    std::fs::create_dir_all(&arguments.out).map_err(|error| AppError::file(&arguments.out, error))?;
    let url = if let Some(url) = &arguments.on {
        url.clone()
    } else {
        let file = arguments.out.join("demo.db");
        fresh(&file)?;
        format!("sqlite:{}", file.display())
    };
    let begin = if arguments.year {
        play::YEAR_BEGIN
    } else {
        play::BEGIN
    };
    let clock = Arc::new(PlayClock::at(begin));
    let app = App::open(&url, Arc::clone(&clock) as _, clock::entropy(arguments.seed)).await?;
    if app.is_set_up().await? {
        return Err(AppError::invalid(&url, UnfitCode::DatabaseNotEmpty));
    }
    let played = play::play(&app, &clock, arguments.seed, arguments.year).await?;
    let followed = outputs::write(&app, &arguments.out, &played).await?;
    crate::rim::tell(&format!(
        "{} sites, {} visits, {} reports; journal of {} records verified; outputs in {}",
        played.targets,
        played.visits,
        played.reports,
        played.records,
        arguments.out.display()
    ));
    for problem in &played.problems {
        crate::rim::tell(&format!("not as the procedure asks: {problem}"));
    }
    Ok(if followed { Exit::Done } else { Exit::Refused })
}

/// How many of the last records are looked at for the time to which the demo has come.
const LOOK_BACK: i64 = 499;
const LOOK_BACK_LIMIT: u32 = 500;

/// Opens a demo database on a clock that goes on from the latest thing that happened in it; a new one begins on the
/// first day of the played quarter. The demo's calendar thus never runs out.
pub async fn open(url: &str) -> Result<App, AppError> {
    let begin = PlayClock::at(play::BEGIN);
    let app = App::open(url, Arc::new(begin), crate::rim::entropy()).await?;
    let head = app.store().head().await?.seq;
    // The played year ends when it ends: what the command line adds by the real clock may lie before that, and does
    // not send the demo back.
    let last = app
        .store()
        .journal((head - LOOK_BACK).max(1), LOOK_BACK_LIMIT)
        .await?;
    let start = last
        .iter()
        .map(|record| record.received_at)
        .max()
        .unwrap_or_else(|| app.now());
    let clock = Arc::new(OffsetClock::from(start));
    Ok(App::new(app.store().clone(), clock, crate::rim::entropy()))
}

/// The simulated network of the demo regency, as it stands at `now`.
pub fn network(now: jiff::Timestamp) -> Result<rajut_app::probe::stage::Simulator, AppError> {
    let regency = rajut_app::demo::regency(fill::SEED);
    let topology = rajut_app::probe::stage::Topology::read(&regency.topology)
        .map_err(|error| AppError::invalid("topology", Unfit::detail(error)))?;
    Ok(rajut_app::probe::stage::Simulator::new(&topology, now))
}

/// Removes what an earlier demo left in its own files, and nothing else.
fn fresh(file: &std::path::Path) -> Result<(), AppError> {
    let telemetry = file.with_extension("telemetry.db");
    for (name, suffix) in [file, &telemetry]
        .into_iter()
        .flat_map(|name| ["", "-wal", "-shm"].map(|suffix| (name, suffix)))
    {
        let path = PathBuf::from(format!("{}{suffix}", name.display()));
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(AppError::file(&path, error)),
        }
    }
    Ok(())
}
