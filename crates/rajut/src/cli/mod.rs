//! The command line: `rajut <noun> <verb>`.
//!
//! Data go to standard output, messages to standard error. Exit 0 done, 1 refused, conflict or found wanting,
//! 2 wrong use, 3 network unreachable, 4 store or disk failed. Hides how arguments become commands; it must
//! not know rules.

mod act;
mod check;
mod complaint;
mod devices;
mod disposition;
mod doctor;
mod document;
mod files;
mod follow_up;
mod help;
mod incident;
mod journal;
mod office;
mod order;
mod output;
mod overtime;
mod person;
mod post;
mod report;
mod run;
mod services;
mod session;
mod setting;
mod sop;
mod sop_print;
mod status;
mod sweep;
mod sweep_print;
mod target;
mod team;
mod token;
mod user;
mod verify;
mod visit;
mod visit_facts;

use rajut_core::act::UnfitCode;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use rajut_app::store::StoreError;
use rajut_app::{App, AppError};

use crate::names;

pub use help::arguments;
pub use output::{Format, code, fail};
pub use session::{Says, Session};

use crate::problem::{self, Problem};
use crate::web::NotServed;
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
    #[arg(
        long,
        global = true,
        env = "RAJUT_DATABASE",
        default_value = "sqlite:rajut.db"
    )]
    pub database: String,
    /// Who acts: the code of a post, a person's name or id.
    // A verb may have a person of its own among its arguments: the id keeps the two apart.
    #[arg(id = "acting", long = "as", global = true, value_name = "PERSON")]
    pub person: Option<String>,
    /// Who keys it in, where somebody else did it on paper or by message.
    #[arg(long, global = true, value_name = "PERSON")]
    pub entered_by: Option<String>,
    /// What shows it then: a scan of what was signed, a picture of the message.
    #[arg(long, global = true, value_name = "FILE", requires = "entered_by")]
    pub scan: Option<PathBuf>,
    /// When it happened, if not now: 2026-02-03T08:30 by the agency's clock, or with an offset.
    #[arg(long, global = true, value_name = "TIME")]
    pub at: Option<String>,
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

impl Arguments {
    /// Whether the log is for programs.
    pub fn logs_json(&self) -> bool {
        matches!(&self.noun, Noun::Serve(serve) if serve.log_json)
    }
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
        /// The agency's file.
        #[arg(long, value_name = "FILE")]
        agency: Option<PathBuf>,
        /// Print a file to fill in, and set nothing up.
        #[arg(long, conflicts_with = "agency")]
        print_template: bool,
        /// Why a fault E01 to E03 of the shipped procedures is accepted: E01=REASON.
        #[arg(long, value_name = "CODE=REASON")]
        accept: Vec<String>,
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
    /// Dispositions.
    #[command(subcommand)]
    Disposition(disposition::Verb),
    /// Teams of a run.
    #[command(subcommand)]
    Team(team::Verb),
    /// Targets of a run.
    #[command(subcommand)]
    Target(target::Verb),
    /// Visits and what was found there.
    #[command(subcommand)]
    Visit(visit::Verb),
    /// Reports of teams, and the final one.
    #[command(subcommand)]
    Report(report::Verb),
    /// Complaints.
    #[command(subcommand)]
    Complaint(complaint::Verb),
    /// Incidents (gangguan): one cause of several complaints.
    #[command(subcommand)]
    Incident(incident::Verb),
    /// Repairs that could not be done at once.
    #[command(subcommand)]
    FollowUp(follow_up::Verb),
    /// Parts that open follow-ups wait for.
    #[command(subcommand)]
    Parts(follow_up::PartsVerb),
    /// Numbered papers.
    #[command(subcommand)]
    Document(document::Verb),
    /// Offices (perangkat daerah) and what becomes of them.
    #[command(subcommand)]
    Office(office::Verb),
    /// People, their posts and days of leave.
    #[command(subcommand)]
    Person(person::Verb),
    /// Posts.
    #[command(subcommand)]
    Post(post::Verb),
    /// Keys of laptops that measure on site without a server, and tokens of programs.
    #[command(subcommand)]
    Token(token::Verb),
    /// Accounts: invite, close, open, sign out.
    #[command(subcommand)]
    User(user::Verb),
    /// Settings.
    #[command(subcommand)]
    Setting(setting::Verb),
    /// Sites and services without connection, with the age of what is known.
    Status,
    /// Measure registered devices or addresses, or ask services.
    Check(check::CheckArguments),
    /// Ask any number of addresses by ICMP echo, and print what each answered.
    Sweep(sweep::SweepArguments),
    /// Look once at every registered device, and keep what was seen.
    Look,
    /// Take a register from a CSV or XLSX file, all lines or none.
    Import(files::ImportArguments),
    /// Write a register into a CSV file (.json: JSON); `-` for standard output.
    Export(files::ExportArguments),
    /// Write everything into one archive, while the program runs.
    Backup {
        /// The archive.
        file: PathBuf,
    },
    /// Fill an empty database from an archive.
    Restore {
        /// The archive.
        file: PathBuf,
    },
    /// Whether everything is as it must be.
    Doctor,
    /// Do acts from a file of JSON documents {key, at, command}, as an offline device sends them.
    Act {
        /// The file; `-` for standard input.
        file: PathBuf,
    },
    /// The journal.
    #[command(subcommand)]
    Journal(journal::Verb),
}

/// Runs a command.
pub async fn run(arguments: Arguments) -> Result<Exit, Error> {
    let out = output::Output::new(
        arguments.format,
        Words::of(crate::words::Language::of(&arguments.language)),
    );
    match arguments.noun {
        // What needs no database, or not yet one that is set up.
        Noun::Demo(demo) => crate::demo::run(demo).await,
        Noun::Serve(serve) => match crate::web::serve(serve, &arguments.database, &out.words).await {
            Err(NotServed::Certificate(fault)) => {
                let problem = Problem::plain("certificate", fault.told(&out.words));
                fail(out.format(), &problem, &out.words);
                Ok(Exit::Usage)
            }
            Err(NotServed::App(error)) => Err(error),
            Ok(exit) => Ok(exit),
        },
        Noun::Sop(verb) if verb.needs_no_register() => verb.on_files(&out),
        Noun::Document(verb) if verb.needs_no_register() => verb.on_files(&out),
        Noun::Migrate => {
            new_app(&arguments.database).await?;
            out.say("migrated");
            Ok(Exit::Done)
        }
        Noun::Setup {
            print_template: true, ..
        } => {
            output::Output::text(rajut_app::AgencyFile::TEMPLATE);
            Ok(Exit::Done)
        }
        Noun::Setup {
            agency, from, accept, ..
        } => {
            let asked = SetUp {
                agency,
                from,
                accept,
                at: arguments.at,
            };
            setup(&arguments.database, asked, &out).await
        }
        Noun::Journal(verb) => journal::run(verb, &arguments.database, &out).await,
        Noun::Restore { file } => files::restore(&arguments.database, &file, &out).await,
        Noun::Check(check) if check.needs_no_register() => check::run(check, None, &out).await,
        Noun::Sweep(sweep) => sweep::run(sweep, &out).await,
        noun => {
            let app = app(&arguments.database).await?;
            let says = Says {
                person: arguments.person,
                entered_by: arguments.entered_by,
                scan: arguments.scan,
                at: arguments.at,
            };
            let session = Session::open(app, says).await?;
            match with_session(noun, &session, &out).await {
                Err(AppError::Refused(refusal)) => {
                    let problem = Problem::refused(&session.app, &out.words, &refusal).await;
                    fail(out.format(), &problem, &out.words);
                    Ok(Exit::Refused)
                }
                outcome => outcome,
            }
        }
    }
}

async fn with_session(noun: Noun, session: &Session, out: &output::Output) -> Result<Exit, Error> {
    match noun {
        Noun::Sop(verb) => sop::run(verb, session, out).await,
        Noun::Order(verb) => order::run(verb, session, out).await,
        Noun::Disposition(verb) => disposition::run(verb, session, out).await,
        Noun::Team(verb) => team::run(verb, session, out).await,
        Noun::Target(verb) => target::run(verb, session, out).await,
        Noun::Visit(verb) => visit::run(verb, session, out).await,
        Noun::Report(verb) => report::run(verb, session, out).await,
        Noun::Run(verb) => run::run(verb, session, out).await,
        Noun::Complaint(verb) => complaint::run(verb, session, out).await,
        Noun::Incident(verb) => incident::run(verb, session, out).await,
        Noun::FollowUp(verb) => follow_up::run(verb, session, out).await,
        Noun::Parts(follow_up::PartsVerb::Needed) => follow_up::parts(session, out).await,
        Noun::Document(verb) => document::run(verb, session, out).await,
        Noun::Office(verb) => office::run(verb, session, out).await,
        Noun::Person(verb) => person::run(verb, session, out).await,
        Noun::Post(verb) => post::run(verb, session, out).await,
        Noun::User(verb) => user::run(verb, session, out).await,
        Noun::Token(verb) => token::run(verb, session, out).await,
        Noun::Setting(verb) => setting::run(verb, session, out).await,
        Noun::Status => status::status(session, out).await,
        Noun::Look => status::look(session, out).await,
        Noun::Check(check) => check::run(check, Some(session), out).await,
        Noun::Import(import) => files::import(import, session, out).await,
        Noun::Export(export) => files::export(export, session, out).await,
        Noun::Backup { file } => files::backup(session, &file, out).await,
        Noun::Doctor => doctor::run(session, out).await,
        Noun::Act { file } => act::run(&file, session, out).await,
        Noun::Serve(_)
        | Noun::Demo(_)
        | Noun::Setup { .. }
        | Noun::Migrate
        | Noun::Restore { .. }
        | Noun::Sweep(_)
        | Noun::Journal(_) => Ok(Exit::Usage),
    }
}

/// The application on a database that was set up before.
pub async fn app(database: &str) -> Result<App, Error> {
    App::open_existing(database, Arc::new(crate::rim::SystemClock), crate::rim::entropy()).await
}

/// The application on a database that is made where there is none.
pub async fn new_app(database: &str) -> Result<App, Error> {
    App::open(database, Arc::new(crate::rim::SystemClock), crate::rim::entropy()).await
}

/// What `setup` was given.
struct SetUp {
    agency: Option<PathBuf>,
    from: Option<jiff::civil::Date>,
    accept: Vec<String>,
    at: Option<String>,
}

async fn setup(database: &str, asked: SetUp, out: &output::Output) -> Result<Exit, Error> {
    // Nothing is opened, and no file made, before it is known whose database this is to be.
    let Some(agency) = asked.agency else {
        out.refuse("invalid", "set-up-needs-agency");
        return Ok(Exit::Usage);
    };
    let text = session::read(&agency)?;
    // The agency's own file says by which clock it is today; there are no settings yet.
    let zone = rajut_app::AgencyFile::parse(&text)
        .map_err(|error| AppError::invalid("agency", error))?
        .zone;
    let defaults = rajut_app::Defaults::shipped(&text);
    let accepted = sop::accepted(&asked.accept)?;
    let at = asked
        .at
        .map(|at| session::instant_in(zone, "--at", &at))
        .transpose()?;
    let app = new_app(database).await?;
    if app.is_set_up().await? {
        return Err(AppError::invalid("setup", UnfitCode::AlreadySetUp));
    }
    let today = zone.date(at.unwrap_or_else(|| app.now()));
    let key = rajut_app::Key {
        key: None,
        occurred_at: at,
    };
    app.set_up_under(key, &defaults, asked.from.unwrap_or(today), &accepted)
        .await?;
    out.say("set-up-done");
    Ok(Exit::Done)
}

/// What to print for an error, and how to end.
pub fn explain(error: &Error, words: &Words) -> (Exit, Problem) {
    let exit = match error {
        AppError::Refused(_)
        | AppError::Conflict { .. }
        | AppError::TryAgain { .. }
        | AppError::NotFound { .. } => Exit::Refused,
        AppError::Invalid { .. }
        | AppError::ProcedureFile { .. }
        | AppError::Setting { .. }
        | AppError::NotSetUp { .. }
        | AppError::Store(StoreError::Url { .. }) => Exit::Usage,
        AppError::Network(_) => Exit::Network,
        AppError::Store(_) | AppError::Paper(_) => Exit::Store,
    };
    let say = |key: &str, args: &[(&str, &str)]| said(words, key, args);
    let message = match error {
        AppError::Refused(refusal) => words.refusal(refusal, None),
        AppError::Conflict { what } => say("conflict", &[("what", what)]),
        AppError::TryAgain { .. } => say("web-error-try-again", &[]),
        AppError::NotSetUp { database } => say("not-set-up", &[("database", database)]),
        AppError::NotFound { thing, name } => {
            let key = format!("thing-{}", thing.replace('_', "-"));
            let name = if name.is_empty() {
                String::new()
            } else {
                format!(" {name}")
            };
            say("not-found", &[("thing", &words.say(&key)), ("name", &name)])
        }
        AppError::ProcedureFile { what, fault } => crate::faults::of_file(words, what, fault),
        AppError::Setting { what, why } => say(
            "setting-unusable",
            &[("what", &words.named(what)), ("why", &words.unfit(why))],
        ),
        AppError::Paper(why) => say("paper-failed", &[("why", why)]),
        AppError::Network(why) => say("network-failed", &[("why", why)]),
        AppError::Store(error) => stored(error, words),
        AppError::Invalid { what, why } => say(
            "invalid",
            &[("what", &words.named(what)), ("why", &words.unfit(why))],
        ),
    };
    let rule = match error {
        AppError::Refused(refusal) => Some(refusal.rule.code()),
        _ => None,
    };
    let problem = Problem {
        rule,
        ..Problem::plain(problem::code(error), message)
    };
    (exit, problem)
}

/// A sentence with its arguments.
fn said(words: &Words, key: &str, args: &[(&str, &str)]) -> String {
    let args = args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    words.say_with(key, &args)
}

/// A failure of the store in words: what happened and what to do. What nobody foresaw stays in the words of the
/// program, for whoever mends it.
fn stored(error: &StoreError, words: &Words) -> String {
    let say = |key: &str, args: &[(&str, &str)]| said(words, key, args);
    match error {
        StoreError::NewerSchema { found, known } => say(
            "store-newer",
            &[("found", &found.to_string()), ("known", &known.to_string())],
        ),
        StoreError::Missing { url } => say("not-set-up", &[("database", url)]),
        StoreError::Contended { why } => say("store-contended", &[("why", why)]),
        StoreError::NotMigrated { why } => say("store-not-migrated", &[("why", why)]),
        StoreError::Full { why } => say("store-full", &[("why", why)]),
        StoreError::Unavailable { why } => say("store-unavailable", &[("why", why)]),
        StoreError::Corrupt { what, why } => say("store-corrupt", &[("what", what), ("why", why)]),
        StoreError::TooLarge { limit } => say("store-too-large", &[("limit", &limit.to_string())]),
        StoreError::NotEmpty { records } => say("store-not-empty", &[("records", &records.to_string())]),
        StoreError::Archive { why } => say("store-archive", &[("why", why)]),
        StoreError::Cursor { cursor } => say("store-cursor", &[("cursor", cursor)]),
        StoreError::File { path, source } => {
            say("store-file", &[("path", path), ("why", &source.to_string())])
        }
        StoreError::Url { url } => say("store-url", &[("url", url)]),
        StoreError::Conflict { .. }
        | StoreError::Misfit(_)
        | StoreError::Unstorable { .. }
        | StoreError::Upload { .. }
        | StoreError::Statement { .. } => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    /// Things that are looked for beside the records.
    const OTHER_THINGS: &[&str] = &[
        "issued-order",
        "order",
        "version",
        "version-in-force",
        "holder",
        "team",
        "paper",
        "open-follow-up",
        "checklist-item",
        "checklist-group",
        "partial-visit",
        "overrun",
        "open-report",
    ];

    #[test]
    fn every_kind_of_failure_has_its_exit_and_a_text() {
        let words = Words::of(Language::Indonesian);
        let newer = AppError::Store(StoreError::NewerSchema { found: 97, known: 1 });
        let (exit, problem) = explain(&newer, &words);
        let text = problem.message;
        assert_eq!(exit, Exit::Store);
        assert!(text.contains("97"), "{text}");
        let cases = [
            (
                AppError::Conflict {
                    what: "run/1".to_owned(),
                },
                Exit::Refused,
            ),
            (AppError::not_found("run", "1"), Exit::Refused),
            (AppError::invalid("--at", UnfitCode::Empty), Exit::Usage),
            (AppError::Network("no".to_owned()), Exit::Network),
            (AppError::Paper("no".to_owned()), Exit::Store),
        ];
        for (error, expected) in cases {
            assert_eq!(explain(&error, &words).0, expected, "{error}");
        }
        let (_, told) = explain(&AppError::not_found("run", "1"), &words);
        assert_eq!(told.code, "not_found");
        assert_eq!(told.message, "Tidak ada pelaksanaan 1.");
    }

    #[test]
    fn every_thing_that_may_not_be_found_has_a_word() {
        for language in [Language::Indonesian, Language::English] {
            let words = Words::of(language);
            let registers = rajut_core::stream::StreamKind::ALL.iter().map(|kind| kind.code());
            for thing in registers.chain(OTHER_THINGS.iter().copied()) {
                let key = format!("thing-{}", thing.replace('_', "-"));
                assert_ne!(words.say(&key), key);
            }
        }
    }
}
