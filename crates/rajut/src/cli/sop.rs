//! `rajut sop`: lint, diff, activate, list, print.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use rajut_app::{AppError, lint_procedure};
use rajut_core::procedure::{Procedure, Severity, diff};

use super::output::Output;
use super::{Error, Exit, Session, session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Check a procedure file by the rules of its format.
    Lint {
        /// The file.
        file: PathBuf,
        /// Files of procedures that it may refer to.
        #[arg(long, value_name = "FILE")]
        known: Vec<PathBuf>,
    },
    /// Say what differs between two files.
    Diff {
        /// Before.
        before: PathBuf,
        /// After.
        after: PathBuf,
    },
    /// The versions in the register.
    List,
    /// Print the text of a version in force.
    Print {
        /// Its code.
        code: String,
    },
    /// Put a version in force.
    Activate {
        /// The file.
        file: PathBuf,
        /// From this day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: jiff::civil::Date,
        /// Why a fault of E01 to E03 is accepted: E01=REASON.
        #[arg(long, value_name = "CODE=REASON")]
        accept: Vec<String>,
    },
}

fn parse(path: &PathBuf) -> Result<Procedure, Error> {
    Procedure::parse(&session::read(path)?)
        .map_err(|error| AppError::invalid(&path.display().to_string(), error))
}

pub(super) async fn run(
    verb: Verb,
    database: &str,
    person: Option<&str>,
    out: &Output,
) -> Result<Exit, Error> {
    match verb {
        Verb::Lint { file, known } => {
            let procedure = parse(&file)?;
            let known = known.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
            use rajut_core::clock::Clock as _;
            let today = rajut_core::calendar::Zone::Wib.date(crate::rim::SystemClock.now());
            let mut all: Vec<&Procedure> = known.iter().collect();
            all.push(&procedure);
            let found = lint_procedure(&procedure, &all, today);
            let rows = found
                .iter()
                .map(|lint| {
                    vec![
                        format!("{:?}", lint.code),
                        lint.line.to_string(),
                        lint.message.clone(),
                        lint.advice.clone(),
                    ]
                })
                .collect();
            out.print(&found, &["code", "line", "message", "advice"], rows);
            let faulty = found.iter().any(|lint| lint.severity == Severity::Error);
            Ok(if faulty { Exit::Refused } else { Exit::Done })
        }
        Verb::Diff { before, after } => {
            let found = diff(&parse(&before)?, &parse(&after)?);
            let rows = found
                .iter()
                .map(|difference| {
                    vec![
                        difference.path.clone(),
                        difference.before.clone().unwrap_or_default(),
                        difference.after.clone().unwrap_or_default(),
                    ]
                })
                .collect();
            out.print(&found, &["path", "before", "after"], rows);
            Ok(if found.is_empty() { Exit::Done } else { Exit::Refused })
        }
        Verb::List => {
            let app = super::app(database).await?;
            let context = app.context().await?;
            let listed: Vec<_> = context
                .effective
                .iter()
                .map(|(procedure, from)| {
                    serde_json::json!({"code": procedure.code, "version": procedure.version, "effective_from": from})
                })
                .collect();
            let rows = context
                .effective
                .iter()
                .map(|(procedure, from)| {
                    vec![procedure.code.to_string(), procedure.version.to_string(), from.to_string()]
                })
                .collect();
            out.print(&listed, &["code", "version", "effective-from"], rows);
            Ok(Exit::Done)
        }
        Verb::Print { code } => {
            let app = super::app(database).await?;
            let context = app.context().await?;
            let today = context.agency.zone.date(app.now());
            let code = code.parse().map_err(|error| AppError::invalid("code", error))?;
            let reference = context.procedure_on(&code, today)?;
            out.text(context.procedures[&reference].source());
            Ok(Exit::Done)
        }
        Verb::Activate { file, from, accept } => {
            let session = Session::open(super::app(database).await?, person.map(str::to_owned)).await?;
            let reasons: BTreeMap<String, String> = accept
                .iter()
                .map(|text| {
                    text.split_once('=')
                        .map(|(code, reason)| (code.to_owned(), reason.to_owned()))
                        .ok_or_else(|| AppError::invalid("--accept", "write CODE=REASON"))
                })
                .collect::<Result<_, _>>()?;
            session.app.activate_procedure(session.who()?, &session::read(&file)?, from, &reasons).await?;
            out.say("activated");
            Ok(Exit::Done)
        }
    }
}
