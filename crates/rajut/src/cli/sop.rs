//! `rajut sop`: lint, diff, list, print; draft, approve, return, activate.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use rajut_app::{AppError, lint_procedure, render_procedure};
use rajut_core::id::PersonId;
use rajut_core::procedure::{
    Lint, LintCode, Procedure, ProcedureCode, ProcedureVersion, Severity, VersionState, diff,
};
use serde::Serialize;

use super::document::put_paper;
use super::output::{Output, code};
use super::session::coded;
use super::{Error, Exit, Session, session, sop_print};
use crate::faults;

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
    /// Say what differs between two files, between two versions of the register (CODE 1 2), or between a version
    /// and the one in force (CODE 2).
    Diff {
        /// Before: a file, or the code of a procedure.
        before: String,
        /// After: a file, or a version.
        after: String,
        /// After, where the first two are a code and a version.
        #[arg(id = "number", value_name = "VERSION")]
        version: Option<u32>,
    },
    /// Every version of every procedure and where it stands.
    List,
    /// Print the version in force, or a file: identity page and flowchart rows.
    #[command(disable_version_flag = true)]
    Print {
        /// Its code, or a file, which is printed as a draft.
        procedure: String,
        /// This version instead of the one in force.
        #[arg(long = "version", id = "number", value_name = "N")]
        version: Option<u32>,
        /// The text of its file instead.
        #[arg(long)]
        source: bool,
        /// The paper as PDF into this file instead: identity page and flowchart pages.
        #[arg(long, value_name = "FILE", conflicts_with = "source")]
        pdf: Option<PathBuf>,
    },
    /// Put down the next version of a procedure, or replace its draft.
    Draft {
        /// The file.
        file: PathBuf,
    },
    /// Sign a draft (Pengesahan): faults E04 to E10 refuse it, E01 to E03 need a reason each.
    Approve {
        /// Its code.
        code: ProcedureCode,
        /// Its version.
        #[arg(id = "number", value_name = "VERSION")]
        version: u32,
        /// The mark of the text that was read, as `sop list` and `sop draft` show it: another text is not approved.
        #[arg(long, value_name = "MARK")]
        seen: String,
        /// Why a fault of E01 to E03 is accepted: E01=REASON.
        #[arg(long, value_name = "CODE=REASON")]
        accept: Vec<String>,
    },
    /// Take the signature back, so that the version can be edited.
    Return {
        /// Its code.
        code: ProcedureCode,
        /// Its version.
        #[arg(id = "number", value_name = "VERSION")]
        version: u32,
        /// What has to be changed.
        #[arg(long)]
        note: String,
    },
    /// Put an approved version in force.
    Activate {
        /// Its code.
        code: ProcedureCode,
        /// Its version.
        #[arg(id = "number", value_name = "VERSION")]
        version: u32,
        /// From this day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: jiff::civil::Date,
    },
}

impl Verb {
    /// Whether it works on files alone.
    pub(super) fn needs_no_register(&self) -> bool {
        match self {
            Self::Lint { .. } => true,
            Self::Diff { after, version, .. } => version.is_none() && after.parse::<u32>().is_err(),
            Self::Print {
                procedure, version, ..
            } => version.is_none() && procedure.parse::<ProcedureCode>().is_err(),
            _ => false,
        }
    }

    /// What works on files alone.
    pub(super) fn on_files(&self, out: &Output) -> Result<Exit, Error> {
        match self {
            Self::Lint { file, known } => lint(file, known, out),
            Self::Diff { before, after, .. } => {
                let read = |path: &str| parse(Path::new(path));
                Ok(compare(&read(before)?, &read(after)?, out))
            }
            Self::Print {
                procedure,
                source,
                pdf,
                ..
            } => {
                let procedure = parse(Path::new(procedure))?;
                if let Some(pdf) = pdf {
                    put_paper(&render_procedure(&procedure, today())?, Some(pdf))?;
                } else {
                    put(&procedure, *source, out);
                }
                Ok(Exit::Done)
            }
            _ => Ok(Exit::Usage),
        }
    }
}

/// Reasons for accepted faults, as the command line writes them: E01=REASON.
pub(super) fn accepted(texts: &[String]) -> Result<BTreeMap<LintCode, String>, AppError> {
    texts
        .iter()
        .map(|text| {
            let (code, reason) = text.split_once('=').ok_or_else(|| {
                AppError::invalid(
                    "--accept",
                    Unfit::from(UnfitCode::WriteAs).with("form", "CODE=REASON (E01=…)"),
                )
            })?;
            Ok((coded("--accept", code.trim())?, reason.trim().to_owned()))
        })
        .collect()
}

fn parse(path: &Path) -> Result<Procedure, Error> {
    Procedure::parse(&session::read(path)?).map_err(|error| AppError::procedure_file(path.display(), error))
}

/// The day, where no agency says in which zone.
fn today() -> jiff::civil::Date {
    use rajut_core::clock::Clock as _;
    rajut_core::calendar::Zone::Wib.date(crate::rim::SystemClock.now())
}

/// Prints a procedure for people, or the text of its file.
fn put(procedure: &Procedure, source: bool, out: &Output) {
    if source {
        Output::text(procedure.source());
    } else {
        sop_print::print(procedure, out);
    }
}

/// Prints what is wrong with a file; found wanting when there is an error.
fn lint(file: &Path, known: &[PathBuf], out: &Output) -> Result<Exit, Error> {
    let procedure = parse(file)?;
    let known = known
        .iter()
        .map(|path| parse(path))
        .collect::<Result<Vec<_>, _>>()?;
    let today = today();
    let mut all: Vec<&Procedure> = known.iter().collect();
    all.push(&procedure);
    let found = lint_procedure(&procedure, &all, today);
    Ok(if tell(&found, out) {
        Exit::Refused
    } else {
        Exit::Done
    })
}

/// A fault as it is told.
#[derive(Debug, Serialize)]
struct Told {
    code: LintCode,
    severity: Severity,
    line: u32,
    message: String,
    advice: String,
}

/// Prints faults; whether one is an error.
fn tell(found: &[Lint], out: &Output) -> bool {
    let told: Vec<Told> = found
        .iter()
        .map(|lint| {
            let (message, advice) = faults::of_procedure(&out.words, lint);
            Told {
                code: lint.code,
                severity: lint.severity,
                line: lint.line,
                message,
                advice,
            }
        })
        .collect();
    let rows = told
        .iter()
        .map(|told| {
            vec![
                told.code.to_string(),
                out.word("severity", &code(&told.severity)),
                told.line.to_string(),
                told.message.clone(),
                told.advice.clone(),
            ]
        })
        .collect();
    out.print(&told, &["code", "severity", "line", "message", "advice"], rows);
    found.iter().any(|lint| lint.severity == Severity::Error)
}

/// Prints what differs; found wanting when anything does.
fn compare(before: &Procedure, after: &Procedure, out: &Output) -> Exit {
    let found = diff(before, after);
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
    if found.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    }
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::Lint { .. } => verb.on_files(out),
        Verb::Diff {
            before,
            after,
            version,
        } => {
            let code = procedure_code(&before)?;
            let number = |text: &str| {
                text.parse().map_err(|_| {
                    let why = Unfit::from(UnfitCode::NotUnderstood).with("value", text);
                    AppError::invalid("version", why)
                })
            };
            let (before, after) = match version {
                Some(version) => (Some(number(&after)?), version),
                None => (None, number(&after)?),
            };
            let before = read_version(&registered(session, &code, before).await?)?;
            let after = read_version(&registered(session, &code, Some(after)).await?)?;
            Ok(compare(&before, &after, out))
        }
        Verb::List => list(session, out).await,
        Verb::Print {
            procedure,
            version,
            source,
            pdf,
        } => {
            let known = registered(session, &procedure_code(&procedure)?, version).await?;
            match pdf {
                Some(pdf) => {
                    let paper = app.procedure_paper(&known).await?;
                    put_paper(&app.copy_of_paper(&paper).await?, Some(&pdf))?;
                }
                None => put(&read_version(&known)?, source, out),
            }
            Ok(Exit::Done)
        }
        Verb::Draft { file } => {
            let text = session::read(&file)?;
            let drafted = app.draft_procedure(session.who()?, session.key(), &text).await?;
            tell(&drafted.found, out);
            let (code, version) = (drafted.code.to_string(), drafted.version.to_string());
            let told = [
                ("procedure", &*code),
                ("version", &*version),
                ("mark", &*drafted.mark),
            ];
            out.say_with("sop-drafted", &told);
            Ok(Exit::Done)
        }
        Verb::Approve {
            code,
            version,
            seen,
            accept,
        } => {
            let accepted = accepted(&accept)?;
            let (who, key) = (session.who()?, session.key());
            app.approve_procedure(who, key, &code, version, &seen, &accepted)
                .await?;
            say(out, "sop-approved", &code, version);
            Ok(Exit::Done)
        }
        Verb::Return { code, version, note } => {
            let (who, key) = (session.who()?, session.key());
            app.return_procedure(who, key, &code, version, &note).await?;
            say(out, "sop-returned", &code, version);
            Ok(Exit::Done)
        }
        Verb::Activate { code, version, from } => {
            let (who, key) = (session.who()?, session.key());
            app.activate_procedure(who, key, &code, version, from).await?;
            say(out, "activated", &code, version);
            Ok(Exit::Done)
        }
    }
}

fn say(out: &Output, key: &str, code: &ProcedureCode, version: u32) {
    let (code, version) = (code.to_string(), version.to_string());
    out.say_with(key, &[("procedure", &code), ("version", &version)]);
}

fn procedure_code(text: &str) -> Result<ProcedureCode, AppError> {
    text.parse().map_err(|error| AppError::invalid("code", error))
}

/// A version of the register; without a number the one in force.
async fn registered(
    session: &Session,
    code: &ProcedureCode,
    version: Option<u32>,
) -> Result<ProcedureVersion, AppError> {
    let context = session.app.context().await?;
    let version = match version {
        Some(version) => version,
        None => context.procedure_on(code, session.day().await?)?.version,
    };
    Ok(context.version(code, version)?.clone())
}

fn read_version(version: &ProcedureVersion) -> Result<Procedure, AppError> {
    Procedure::parse(&version.text).map_err(|error| AppError::procedure_file("procedure", error))
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    code: &'a ProcedureCode,
    version: u32,
    mark: String,
    drafted_by: Option<String>,
    drafted_on: jiff::civil::Date,
    approved_by: Option<String>,
    in_force: bool,
    #[serde(flatten)]
    state: &'a VersionState,
}

async fn list(session: &Session, out: &Output) -> Result<Exit, Error> {
    let context = session.app.context().await?;
    let today = session.day().await?;
    let name = |id: Option<PersonId>| Some(context.person(id?).ok()?.full_name());
    let mut listed: Vec<Listed<'_>> = context
        .versions()
        .map(|known| Listed {
            code: &known.code,
            version: known.version,
            mark: known.mark(),
            drafted_by: name(known.drafted_by),
            drafted_on: known.drafted_on,
            approved_by: name(known.state.approval().and_then(|it| it.by)),
            in_force: context
                .procedure_on(&known.code, today)
                .is_ok_and(|it| it.version == known.version),
            state: &known.state,
        })
        .collect();
    listed.sort_by_key(|line| (line.code, line.version));
    let shown = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let rows = listed
        .iter()
        .map(|line| {
            let state = if line.in_force {
                "in_force"
            } else {
                line.state.code()
            };
            vec![
                line.code.to_string(),
                line.version.to_string(),
                line.mark.clone(),
                out.word("state", state),
                line.drafted_on.to_string(),
                line.drafted_by.clone().unwrap_or_default(),
                shown(line.state.approval().map(|it| it.on)),
                line.approved_by.clone().unwrap_or_default(),
                shown(line.state.effective_from()),
            ]
        })
        .collect();
    let headers = [
        "code",
        "version",
        "sop-mark",
        "standing",
        "sop-drafted-on",
        "sop-drafted-by",
        "sop-approved-on",
        "sop-approved-by",
        "effective-from",
    ];
    out.list(&listed, None, &headers, rows);
    Ok(Exit::Done)
}
