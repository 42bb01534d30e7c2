//! `rajut sop`: lint, diff, activate, list, print.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use rajut_app::{AppError, lint_procedure};
use rajut_core::procedure::{Procedure, Severity, diff};

use super::output::{Output, code};
use super::{Error, Exit, Session, session, sop_print};

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
    /// Print the version in force: identity page and flowchart rows.
    Print {
        /// Its code.
        code: String,
        /// The text of its file instead.
        #[arg(long)]
        source: bool,
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

fn parse(path: &Path) -> Result<Procedure, Error> {
    Procedure::parse(&session::read(path)?)
        .map_err(|error| AppError::invalid(&path.display().to_string(), error))
}

/// Prints what is wrong with a file; found wanting when there is an error.
pub(super) fn lint(file: &Path, known: &[PathBuf], out: &Output) -> Result<Exit, Error> {
    use rajut_core::clock::Clock as _;
    let procedure = parse(file)?;
    let known = known
        .iter()
        .map(|path| parse(path))
        .collect::<Result<Vec<_>, _>>()?;
    let today = rajut_core::calendar::Zone::Wib.date(crate::rim::SystemClock.now());
    let mut all: Vec<&Procedure> = known.iter().collect();
    all.push(&procedure);
    let found = lint_procedure(&procedure, &all, today);
    let rows = found
        .iter()
        .map(|lint| {
            vec![
                lint.code.to_string(),
                out.word("severity", &code(&lint.severity)),
                lint.line.to_string(),
                lint.message.clone(),
                lint.advice.clone(),
            ]
        })
        .collect();
    out.print(&found, &["code", "severity", "line", "message", "advice"], rows);
    let faulty = found.iter().any(|lint| lint.severity == Severity::Error);
    Ok(if faulty { Exit::Refused } else { Exit::Done })
}

/// Prints what differs between two files; found wanting when anything does.
pub(super) fn compare(before: &Path, after: &Path, out: &Output) -> Result<Exit, Error> {
    let found = diff(&parse(before)?, &parse(after)?);
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
    Ok(if found.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::Lint { file, known } => lint(&file, &known, out),
        Verb::Diff { before, after } => compare(&before, &after, out),
        Verb::List => {
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
                    vec![
                        procedure.code.to_string(),
                        procedure.version.to_string(),
                        from.to_string(),
                    ]
                })
                .collect();
            out.print(&listed, &["code", "version", "effective-from"], rows);
            Ok(Exit::Done)
        }
        Verb::Print { code, source } => {
            let context = app.context().await?;
            let today = session.day().await?;
            let code = code.parse().map_err(|error| AppError::invalid("code", error))?;
            let reference = context.procedure_on(&code, today)?;
            let procedure = &context.procedures[&reference];
            if source {
                Output::text(procedure.source());
            } else {
                sop_print::print(procedure, out);
            }
            Ok(Exit::Done)
        }
        Verb::Activate { file, from, accept } => {
            let reasons: BTreeMap<String, String> = accept
                .iter()
                .map(|text| {
                    text.split_once('=')
                        .map(|(code, reason)| (code.to_owned(), reason.to_owned()))
                        .ok_or_else(|| AppError::invalid("--accept", "write CODE=REASON"))
                })
                .collect::<Result<_, _>>()?;
            app.activate_procedure(session.who()?, &session::read(&file)?, from, &reasons)
                .await?;
            out.say("activated");
            Ok(Exit::Done)
        }
    }
}
