//! `rajut document`: issue, list, print.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use rajut_app::{AppError, ComplaintsOf, Paper, Signing, paper_text};
use rajut_core::id::{DocumentId, ReportId, RunId, TeamId};
use rajut_core::run::{Batch, Document};
use rajut_core::stream::{State, StreamKind};
use uuid::Uuid;

use super::names::Names;
use super::output::Output;
use super::session::team;
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
        /// Its number, or what has none: `disposition`, `complaints` and `verified-complaints` of a run, `checklist` of a
        /// visit.
        number: String,
        /// The run of a sheet or list.
        #[arg(
            long,
            required_if_eq_any([
                ("number", "disposition"),
                ("number", "complaints"),
                ("number", "verified-complaints"),
            ])
        )]
        run: Option<String>,
        /// The team of a list of complaints, if it is for one.
        #[arg(long)]
        team: Option<String>,
        /// The visit of a checklist: its id, or the code of its site.
        #[arg(long, required_if_eq("number", "checklist"))]
        visit: Option<String>,
        /// The file for the PDF.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
    },
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
        Verb::List { run } => {
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
            let names = Names::read(app).await?;
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
        }
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
            visit,
            pdf,
        } => {
            let (text, bytes) = if let Some(paper) = unnumbered(session, &number, run, team, visit).await? {
                let sheet = app.render_paper(&paper).await?;
                (paper_text(&sheet).to_owned(), sheet.pdf)
            } else {
                let document = all(session)
                    .await?
                    .into_iter()
                    .find(|document| document.number == number)
                    .ok_or_else(|| AppError::not_found("paper", number))?;
                let rendered = app.render_document(&document).await?;
                (
                    paper_text(&rendered).to_owned(),
                    app.document_bytes(document.id).await?,
                )
            };
            match pdf {
                Some(path) => std::fs::write(&path, bytes)
                    .map_err(|error| AppError::invalid(&path.display().to_string(), error))?,
                None => Output::text(&crate::rim::plain_lines(&text)),
            }
        }
    }
    Ok(Exit::Done)
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
            let team = team.ok_or_else(|| AppError::invalid("--team", "name the team"))?;
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

/// A paper without a number, made from the records as they stand.
async fn unnumbered(
    session: &Session,
    what: &str,
    run: Option<String>,
    team: Option<String>,
    visit: Option<String>,
) -> Result<Option<Paper>, AppError> {
    let app = &session.app;
    let list = match what {
        "disposition" => {
            let (run, _) = of_run(session, run, None).await?;
            return app.disposition_paper(run).await.map(Some);
        }
        "checklist" => {
            let visit = session.visit(&visit.unwrap_or_default()).await?;
            return app
                .visit_record_paper(visit.id, Signing::default())
                .await
                .map(Some);
        }
        "complaints" => ComplaintsOf::Open,
        "verified-complaints" => ComplaintsOf::Verified,
        _ => return Ok(None),
    };
    let (run, team) = of_run(session, run, team).await?;
    app.complaint_list_paper(run, team, list, Signing::at(session.now()))
        .await
        .map(Some)
}
