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
    /// Play on this database instead of one in the folder. It must be empty.
    #[arg(long = "on", value_name = "URL")]
    on: Option<String>,
}

/// Plays a quarter and leaves what it gave; found wanting when the procedure was not followed.
pub async fn run(arguments: DemoArguments) -> Result<Exit, AppError> {
    debug_assert!(arguments.headless);
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| AppError::invalid(&arguments.out.display().to_string(), error))?;
    let url = match &arguments.on {
        Some(url) => url.clone(),
        None => {
            let file = arguments.out.join("demo.db");
            fresh(&file)?;
            format!("sqlite:{}", file.display())
        }
    };
    let clock = Arc::new(PlayClock::at(play::BEGIN));
    let app = App::open(&url, Arc::clone(&clock) as _, clock::entropy(arguments.seed)).await?;
    if app.is_set_up().await? {
        return Err(AppError::invalid(&url, "the database is not empty; name an empty one"));
    }
    let played = play::quarter(&app, &clock, arguments.seed).await?;
    let followed = outputs::write(&app, &arguments.out, &played).await?;
    eprintln!(
        "{} sites, {} visits, {} reports; journal of {} records verified; outputs in {}",
        played.targets,
        played.visits,
        played.reports,
        played.records,
        arguments.out.display()
    );
    for problem in &played.problems {
        eprintln!("not as the procedure asks: {problem}");
    }
    Ok(if followed { Exit::Done } else { Exit::Refused })
}

/// Removes what an earlier demo left in its own files, and nothing else.
fn fresh(file: &std::path::Path) -> Result<(), AppError> {
    let name = file.display().to_string();
    for suffix in ["", "-wal", "-shm", ".telemetry", ".telemetry-wal", ".telemetry-shm"] {
        let path = PathBuf::from(format!("{name}{suffix}"));
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(AppError::invalid(&path.display().to_string(), error)),
        }
    }
    Ok(())
}
