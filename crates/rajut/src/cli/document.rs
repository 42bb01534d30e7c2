//! `rajut document`: list, print.

use std::path::PathBuf;

use clap::Subcommand;
use rajut_app::{AppError, paper_text};
use rajut_core::run::Document;
use rajut_core::stream::{State, StreamKind};

use super::names::Names;
use super::output::Output;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Issued papers, the newest first.
    List {
        /// Only those of this run.
        #[arg(long)]
        run: Option<String>,
    },
    /// Print a paper: its text, or the PDF as it was issued into a file.
    Print {
        /// Its number, or `disposition` with --run for the sheet of dispositions.
        number: String,
        /// The run of a sheet of dispositions.
        #[arg(long, required_if_eq("number", "disposition"))]
        run: Option<String>,
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
                let run = session.run(&run).await?;
                documents.retain(|document| document.record.id == run.0);
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
        Verb::Print { number, run, pdf } => {
            let (text, bytes) = if number == "disposition" {
                let run = session.run(&run.unwrap_or_default()).await?;
                let sheet = app.render_paper(&app.disposition_paper(run).await?).await?;
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
                None => Output::text(&text),
            }
        }
    }
    Ok(Exit::Done)
}
