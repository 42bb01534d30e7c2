//! The command line: `rajut <noun> <verb>`.
//!
//! Data go to standard output, messages to standard error. Exit 0 done, 1 refused, conflict or found wanting,
//! 2 wrong use, 3 network unreachable, 4 store or disk failed. Hides how arguments become commands; it must
//! not know rules.

mod journal;
mod order;
mod output;
mod run;
mod session;
mod sop;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use rajut_app::{App, AppError};
use rajut_app::store::StoreError;

pub use output::Format;
pub use session::Session;

use crate::words::Words;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Refused, conflict, or found wanting.
    Refused = 1,
    /// Wrong use.
    Usage = 2,
    /// The network could not be reached.
    Network = 3,
    /// Store or disk failed.
    Store = 4,
}

/// Anything that ends a command.
pub type Error = AppError;

/// Pemeliharaan jaringan intra pemerintah: SOP, surat perintah, tim, kunjungan, laporan.
#[derive(Debug, Parser)]
#[command(name = "rajut", version, about, propagate_version = true)]
pub struct Arguments {
    /// The database: sqlite:PATH or postgres://...
    #[arg(long, global = true, env = "RAJUT_DATABASE", default_value = "sqlite:rajut.db")]
    pub database: String,
    /// Who acts: the code of a post, a person's name or id.
    #[arg(long = "as", global = true, value_name = "PERSON")]
    pub person: Option<String>,
    /// Language of messages: id or en.
    #[arg(long, global = true, env = "RAJUT_LANG", default_value = "id")]
    pub language: String,
    /// table, json or csv.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Say more on standard error; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub noun: Noun,
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub enum Noun {
    /// Serve the web pages.
    Serve(crate::web::ServeArguments),
    /// Play the demo regency.
    Demo(crate::demo::DemoArguments),
    /// Set an empty database up.
    Setup {
        /// The agency's file; without it the sample agency.
        #[arg(long, value_name = "FILE")]
        agency: Option<PathBuf>,
        /// First day on which procedures and settings are in force.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<jiff::civil::Date>,
    },
    /// Bring the database to the schema of this program.
    Migrate,
    /// Procedures (SOP).
    #[command(subcommand)]
    Sop(sop::Verb),
    /// Orders (surat perintah).
    #[command(subcommand)]
    Order(order::Verb),
    /// Runs.
    #[command(subcommand)]
    Run(run::Verb),
    /// The journal.
    #[command(subcommand)]
    Journal(journal::Verb),
}

/// Runs a command.
pub async fn run(arguments: Arguments) -> Result<Exit, Error> {
    let out = output::Output::new(arguments.format, Words::of(crate::words::Language::of(&arguments.language)));
    match arguments.noun {
        // What needs no database.
        Noun::Sop(verb) => sop::run(verb, &arguments.database, arguments.person.as_deref(), &out).await,
        Noun::Demo(demo) => crate::demo::run(demo).await,
        Noun::Serve(serve) => crate::web::serve(serve, &arguments.database).await,
        Noun::Migrate => {
            app(&arguments.database).await?;
            out.say("migrated");
            Ok(Exit::Done)
        }
        Noun::Setup { agency, from } => setup(&arguments.database, agency, from, &out).await,
        Noun::Order(verb) => order::run(verb, &open(&arguments.database, arguments.person).await?, &out).await,
        Noun::Run(verb) => run::run(verb, &open(&arguments.database, arguments.person).await?, &out).await,
        Noun::Journal(verb) => journal::run(verb, &arguments.database, &out).await,
    }
}

/// Opens the database of a session.
async fn open(database: &str, person: Option<String>) -> Result<Session, Error> {
    Session::open(app(database).await?, person).await
}

/// The application on a database, brought to this program's schema when it is empty.
pub async fn app(database: &str) -> Result<App, Error> {
    App::open(database, Arc::new(crate::rim::SystemClock), crate::rim::entropy()).await
}

async fn setup(
    database: &str,
    agency: Option<PathBuf>,
    from: Option<jiff::civil::Date>,
    out: &output::Output,
) -> Result<Exit, Error> {
    let app = app(database).await?;
    if app.is_set_up().await? {
        return Err(AppError::invalid("setup", "the database is already set up; load settings one by one"));
    }
    let defaults = match agency {
        Some(path) => rajut_app::Defaults::shipped(&session::read(&path)?),
        None => rajut_app::Defaults::demo(),
    };
    let today = rajut_core::calendar::Zone::Wib.date(app.now());
    app.set_up(&defaults, from.unwrap_or(today), "sesuai naskah yang berlaku").await?;
    out.say("set-up-done");
    Ok(Exit::Done)
}

/// What to print for an error, and how to end.
pub fn explain(error: &Error, words: &Words) -> (Exit, String) {
    let exit = match error {
        AppError::Refused(_) | AppError::Conflict { .. } | AppError::NotFound { .. } => Exit::Refused,
        AppError::Invalid { .. } | AppError::Setting { .. } => Exit::Usage,
        AppError::Network(_) => Exit::Network,
        AppError::Store(StoreError::Url { .. }) => Exit::Usage,
        AppError::Store(_) | AppError::Paper(_) => Exit::Store,
    };
    let message = match error {
        AppError::Refused(refusal) => words.refusal(refusal),
        AppError::Conflict { what } => {
            words.say_with("conflict", &std::collections::BTreeMap::from([("what".to_owned(), what.clone())]))
        }
        other => other.to_string(),
    };
    (exit, message)
}
