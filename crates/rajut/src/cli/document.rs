//! `rajut document`: issue, list, print.

use rajut_core::act::UnfitCode;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use rajut_app::{AppError, ComplaintsOf, Paper, Rendered, Signing, paper_text};
use rajut_core::id::{DocumentId, ReportId, RunId, TeamId};
use rajut_core::run::{Batch, Document};
use rajut_core::stream::{State, StreamKind, StreamRef};
use uuid::Uuid;

use super::files::private_file;
use super::names::Names;
use super::output::Output;
use super::session::team;
use super::verify::{beside, verify};
use super::{Error, Exit, Session};

/// Papers that take a number when they are issued; orders and addenda are issued by their own acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Numbered {
    /// Surat Tugas of a team.
    TaskLetter,
    /// Berita Acara of a visit.
    Minutes,
    /// Laporan of a team's last batch; without a team the final one.
    Report,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Issued papers, the newest first.
    List {
        /// Only those of this run.
        #[arg(long)]
        run: Option<String>,
    },
    /// Issue a paper under its number.
    Issue {
        /// Which.
        #[arg(value_enum)]
        paper: Numbered,
        /// The run of a letter or report.
        #[arg(long, required_if_eq_any([("paper", "task-letter"), ("paper", "report")]))]
        run: Option<String>,
        /// The team of a letter or report.
        #[arg(long, required_if_eq("paper", "task-letter"))]
        team: Option<String>,
        /// The visit of a Berita Acara: its id, or the code of its site.
        #[arg(long, required_if_eq("paper", "minutes"))]
        visit: Option<String>,
    },
    /// Print a paper: its text, or the PDF as it was issued into a file.
    Print {
        /// Its number, or what has none: `disposition`, `complaints`, `verified-complaints` and `blank-checklists` of a run,
        /// `checklist` of a visit.
        number: String,
        /// The run of a sheet, list or form.
        #[arg(
            long,
            required_if_eq_any([
                ("number", "disposition"),
                ("number", "complaints"),
                ("number", "verified-complaints"),
                ("number", "blank-checklists"),
            ])
        )]
        run: Option<String>,
        /// The team of a list of complaints, or of blank checklists, if it is for one.
        #[arg(long)]
        team: Option<String>,
        /// The site of a blank checklist, by its code; without it all that are still to be visited.
        #[arg(long)]
        site: Option<String>,
        /// The visit of a checklist: its id, or the code of its site.
        #[arg(long, required_if_eq("number", "checklist"))]
        visit: Option<String>,
        /// The file for the PDF; it is its owner's alone.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        /// With NIP, address, telephone and names of reporters in full, as it was issued, for this reason; the
        /// journal keeps who printed it and why. Without, they are masked.
        #[arg(long, value_name = "REASON")]
        in_full: Option<String>,
    },
    /// Check a paper without a database: what its QR code holds, or its PDF as it was issued.
    Verify {
        /// What a scanner read (RAJUT1:...), or the file.
        paper: String,
        /// The agency's public key: 64 hexadecimal digits, or a file that holds them.
        #[arg(long, value_name = "PUB")]
        key: String,
        /// The signature of the file; without it the file of that name with `.sig` behind it.
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
    },
    /// The public key by which the agency's papers are checked.
    Key,
}

impl Verb {
    /// Whether it works on files alone.
    pub(super) fn needs_no_register(&self) -> bool {
        matches!(self, Self::Verify { .. })
    }

    /// What works on files alone.
    pub(super) fn on_files(&self, out: &Output) -> Result<Exit, Error> {
        match self {
            Self::Verify {
                paper,
                key,
                signature,
            } => verify(paper, key, signature.as_deref(), out),
            _ => Ok(Exit::Usage),
        }
    }
}

/// The words of a paper to the terminal, or its PDF into a file.
pub(super) fn put_paper(paper: &Rendered, pdf: Option<&Path>) -> Result<(), AppError> {
    let Some(path) = pdf else {
        Output::text(&crate::rim::plain_lines(paper_text(paper)));
        return Ok(());
    };
    private_file(path)
        .and_then(|mut file| file.write_all(&paper.pdf))
        .map_err(|error| AppError::file(path, error))
}

async fn all(session: &Session) -> Result<Vec<Document>, AppError> {
    let all = session.app.store().all(StreamKind::Document).await?;
    let mut documents: Vec<Document> = all
        .into_iter()
        .filter_map(|(_, known)| match known.state {
            State::Document(document) => Some(*document),
            _ => None,
        })
        .collect();
    documents.sort_by_key(|document| std::cmp::Reverse((document.issued_at, document.id)));
    Ok(documents)
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::Verify { .. } => return verb.on_files(out),
        Verb::Key => {
            let key = app.paper_key().await?;
            let value = serde_json::json!({ "key": key });
            out.print(&value, &["paper-key"], vec![vec![key.to_string()]]);
        }
        Verb::List { run } => list(session, run, out).await?,
        Verb::Issue {
            paper,
            run,
            team,
            visit,
        } => {
            let id = issue(session, paper, run, team, visit).await?;
            let document: Document = app.find(id.0).await?;
            let row = vec![
                document.number.clone(),
                document.date.to_string(),
                document.subject.clone(),
            ];
            out.print(&document, &["number", "date", "title"], vec![row]);
        }
        Verb::Print {
            number,
            run,
            team,
            site,
            visit,
            pdf,
            in_full,
        } => {
            let made = if number == "blank-checklists" {
                Some(blank_checklists(session, run, team, site).await?)
            } else {
                unnumbered(session, &number, run, team, visit).await?
            };
            let mut signature = None;
            let rendered = match (made, in_full) {
                (Some((record, paper)), Some(reason)) => {
                    let (who, key) = (session.who()?, session.key());
                    app.print_paper(who, key, &number, record, &paper, &reason)
                        .await?
                }
                (Some((_, paper)), None) => app.copy_of_paper(&paper).await?,
                (None, reason) => {
                    let document = all(session)
                        .await?
                        .into_iter()
                        .find(|document| document.number == number)
                        .ok_or_else(|| AppError::not_found("paper", number))?;
                    match reason {
                        Some(reason) => {
                            let printed = app
                                .print_document(session.who()?, session.key(), &document, &reason)
                                .await?;
                            signature = app.find::<Document>(document.id.0).await?.signature;
                            printed
                        }
                        None => app.copy_of_document(&document).await?,
                    }
                }
            };
            put_paper(&rendered, pdf.as_deref())?;
            // The bytes as they were issued can be checked; a masked copy is another file.
            if let (Some(signature), Some(path)) = (signature, pdf) {
                let path = beside(&path);
                std::fs::write(&path, format!("{signature}\n"))
                    .map_err(|error| AppError::file(&path, error))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Issued papers, the newest first.
async fn list(session: &Session, run: Option<String>, out: &Output) -> Result<(), Error> {
    let mut documents = all(session).await?;
    if let Some(run) = run {
        // A Berita Acara belongs to its visit and a Laporan to its report: they are papers of the run, too.
        let bundle = session.bundle(&run).await?;
        let of_run: BTreeSet<Uuid> = std::iter::once(bundle.run.id.0)
            .chain(bundle.visits.iter().map(|visit| visit.id.0))
            .chain(bundle.reports.iter().map(|report| report.id.0))
            .collect();
        documents.retain(|document| of_run.contains(&document.record.id));
    }
    let names = Names::read(&session.app).await?;
    let rows = documents
        .iter()
        .map(|document| {
            vec![
                document.number.clone(),
                document.date.to_string(),
                out.word("document", document.kind.code()),
                document.subject.clone(),
                names.person(document.signed_by),
            ]
        })
        .collect();
    out.list(
        &documents,
        None,
        &["number", "date", "kind", "title", "signed-by"],
        rows,
    );
    Ok(())
}

/// The run, and its team where one is named.
async fn of_run(
    session: &Session,
    run: Option<String>,
    name: Option<String>,
) -> Result<(RunId, Option<TeamId>), AppError> {
    let bundle = session.bundle(&run.unwrap_or_default()).await?;
    let team = name.map(|name| team(&bundle, &name)).transpose()?;
    Ok((bundle.run.id, team.map(|team| team.id)))
}

async fn issue(
    session: &Session,
    paper: Numbered,
    run: Option<String>,
    team: Option<String>,
    visit: Option<String>,
) -> Result<DocumentId, AppError> {
    let (app, who, key) = (&session.app, session.who()?, session.key());
    match paper {
        Numbered::TaskLetter => {
            let (run, team) = of_run(session, run, team).await?;
            let team = team.ok_or_else(|| AppError::invalid("--team", UnfitCode::Needed))?;
            app.issue_task_letter(who, key, run, team).await
        }
        Numbered::Minutes => {
            let visit = session.visit(&visit.unwrap_or_default()).await?;
            app.issue_minutes(who, key, visit.id).await
        }
        Numbered::Report => {
            let (run, team) = of_run(session, run, team).await?;
            app.issue_report(who, key, report(session, run, team).await?)
                .await
        }
    }
}

/// The last report of a team, or the final one.
async fn report(session: &Session, run: RunId, team: Option<TeamId>) -> Result<ReportId, AppError> {
    let reports = session.app.bundle(run).await?.reports;
    let wanted = |batch: &Batch| match (batch, team) {
        (Batch::Final, None) => true,
        (Batch::Team { team: of, .. }, Some(team)) => *of == team,
        _ => false,
    };
    reports
        .into_iter()
        .filter(|report| wanted(&report.batch) && !report.submissions.is_empty())
        .max_by_key(|report| (report.possible_at, report.id))
        .map(|report| report.id)
        .ok_or_else(|| AppError::not_found("report", ""))
}

/// The forms that a team takes along.
async fn blank_checklists(
    session: &Session,
    run: Option<String>,
    team: Option<String>,
    site: Option<String>,
) -> Result<(StreamRef, Paper), AppError> {
    let (run, team) = of_run(session, run, team).await?;
    let site = match site {
        Some(code) => Some(session.site(&code).await?.id),
        None => None,
    };
    let paper = session.app.blank_checklists_paper(run, team, site).await?;
    Ok((record(StreamKind::Run, run.0), paper))
}

/// A paper without a number, made from the records as they stand, and what it tells of.
async fn unnumbered(
    session: &Session,
    what: &str,
    run: Option<String>,
    team: Option<String>,
    visit: Option<String>,
) -> Result<Option<(StreamRef, Paper)>, AppError> {
    let app = &session.app;
    let list = match what {
        "disposition" => {
            let (run, _) = of_run(session, run, None).await?;
            let paper = app.disposition_paper(run).await?;
            return Ok(Some((record(StreamKind::Run, run.0), paper)));
        }
        "checklist" => {
            let visit = session.visit(&visit.unwrap_or_default()).await?;
            let paper = app.visit_record_paper(visit.id, Signing::default()).await?;
            return Ok(Some((record(StreamKind::Visit, visit.id.0), paper)));
        }
        "complaints" => ComplaintsOf::Open,
        "verified-complaints" => ComplaintsOf::Verified,
        _ => return Ok(None),
    };
    let (run, team) = of_run(session, run, team).await?;
    let paper = app
        .complaint_list_paper(run, team, list, Signing::at(session.now()))
        .await?;
    Ok(Some((record(StreamKind::Run, run.0), paper)))
}

fn record(kind: StreamKind, id: Uuid) -> StreamRef {
    StreamRef { kind, id }
}
