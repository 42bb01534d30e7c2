//! `rajut journal`: verify, anchor, show.

use std::path::PathBuf;

use clap::Subcommand;
use rajut_app::existing_store;
use rajut_app::store::read_anchors;
use rajut_core::act::Actor;
use rajut_core::stream::StreamRef;

use super::output::Output;
use super::session::find_person;
use super::{Error, Exit};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Check the chain, and with `--deep` every state against it.
    Verify {
        /// Replay everything and compare the state tables.
        #[arg(long)]
        deep: bool,
        /// A file of anchors kept outside the database.
        #[arg(long, value_name = "FILE")]
        anchor: Option<PathBuf>,
    },
    /// Write the end of the chain down in a file outside the database; it is added to what stands there.
    Anchor {
        /// The file.
        file: PathBuf,
    },
    /// Print records, the oldest first.
    Show {
        /// Behind this one: what the page before calls `next`.
        #[arg(long)]
        after: Option<i64>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// The newest first.
        #[arg(long)]
        latest: bool,
        /// What one person did, the newest first.
        #[arg(long, value_name = "PERSON")]
        by: Option<String>,
        /// What happened to one record, the newest first.
        #[arg(long, value_name = "KIND/ID")]
        record: Option<StreamRef>,
    },
}

pub(super) async fn run(verb: Verb, database: &str, out: &Output) -> Result<Exit, Error> {
    let store = existing_store(database).await?;
    match verb {
        Verb::Verify { deep, anchor } => {
            let anchors = match anchor {
                Some(path) => read_anchors(&path)?,
                None => Vec::new(),
            };
            let report = store.verify(anchors, deep, |_| {}).await?;
            let zone = zone(database).await;
            let rows = report
                .faults
                .iter()
                .map(|fault| {
                    let told = crate::faults::of_journal(&out.words, zone, fault);
                    vec![fault.seq.to_string(), told]
                })
                .collect();
            out.print(&report.faults, &["record", "fault"], rows);
            let (records, faults) = (report.records.to_string(), report.faults.len().to_string());
            out.say_with("journal-verified", &[("records", &records), ("faults", &faults)]);
            Ok(if report.faults.is_empty() {
                Exit::Done
            } else {
                Exit::Refused
            })
        }
        Verb::Anchor { file } => {
            use rajut_core::clock::Clock as _;
            let anchor = store.write_anchor(&file, crate::rim::SystemClock.now()).await?;
            let row = vec![anchor.seq.to_string(), anchor.hash.to_string()];
            out.print(&anchor, &["record", "hash"], vec![row]);
            Ok(Exit::Done)
        }
        Verb::Show {
            after,
            limit,
            latest,
            by,
            record,
        } => {
            let records = if latest || by.is_some() || record.is_some() {
                let by = match by {
                    Some(by) => Some(acted(database, &by).await?),
                    None => None,
                };
                store
                    .journal_of(record, by, after.unwrap_or(i64::MAX), limit)
                    .await?
            } else {
                store.journal(after.unwrap_or(0).saturating_add(1), limit).await?
            };
            let more = u32::try_from(records.len()).is_ok_and(|many| many == limit);
            let next = records.last().filter(|_| more).map(|last| last.seq.to_string());
            let rows = records
                .iter()
                .map(|record| {
                    vec![
                        record.seq.to_string(),
                        record.received_at.to_string(),
                        out.word("act", record.act.code()),
                        record.stream.to_string(),
                        record.done_by.to_string(),
                    ]
                })
                .collect();
            out.list(
                &records,
                next,
                &["record", "received-at", "act", "stream", "done-by"],
                rows,
            );
            Ok(Exit::Done)
        }
    }
}

/// Who acted: a person by post, name or id, or the program.
async fn acted(database: &str, text: &str) -> Result<Actor, Error> {
    if let Ok(actor) = text.parse() {
        return Ok(actor);
    }
    let app = super::app(database).await?;
    let now = app.now();
    find_person(&app, text, now).await.map(Actor::Person)
}

/// The agency's zone, if the journal is not too broken for settings to be read.
async fn zone(database: &str) -> Option<rajut_core::calendar::Zone> {
    let app = super::app(database).await.ok()?;
    Some(app.context().await.ok()?.agency.zone)
}
