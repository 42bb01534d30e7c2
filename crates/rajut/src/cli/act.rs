//! `rajut act`: acts as data, each under its own key, as an offline device sends them. JSON comes as lines, one for
//! each act at the moment it is kept.

use rajut_core::act::{Unfit, UnfitCode};
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use rajut_app::{AppError, Key};
use rajut_core::flow::Command;
use rajut_core::id::ActId;
use serde::Deserialize;

use super::output::{Format, Output};
use super::{Error, Exit, Session, names};

/// What is read at most: a day's queue of a device is far smaller.
const MOST_BYTES: u64 = 16 << 20;

/// One entry of a queue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Made by the device: the same key twice is one act.
    key: ActId,
    /// When it happened, by the device.
    at: Timestamp,
    /// What.
    command: Command,
}

/// A document is one entry, or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Document {
    Many(Vec<serde_json::Value>),
    One(serde_json::Value),
}

fn read(file: &Path) -> Result<Vec<Entry>, AppError> {
    let name = file.display().to_string();
    let wrong = |why: Unfit| AppError::invalid(&name, why);
    let failed = |error| AppError::file(file, error);
    let mut text = String::new();
    let source: Box<dyn std::io::Read> = if name == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(failed)?)
    };
    source
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(wrong(Unfit::from(UnfitCode::TooLarge).with("most", MOST_BYTES)));
    }
    let mut entries = Vec::new();
    for document in serde_json::Deserializer::from_str(&text).into_iter::<Document>() {
        let values = match document.map_err(|error| wrong(Unfit::detail(error)))? {
            Document::Many(values) => values,
            Document::One(value) => vec![value],
        };
        for value in values {
            let place = entries.len() + 1;
            let entry = serde_json::from_value(value).map_err(|error| {
                wrong(
                    Unfit::from(UnfitCode::Entry)
                        .with("place", place)
                        .with("detail", error),
                )
            })?;
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Papers and complaints take a number here, and a measurement is judged here by the thresholds in force: they are not
/// acts that a device can make up.
fn from_a_device(command: &Command) -> bool {
    !matches!(
        command,
        Command::IssueOrder { .. }
            | Command::AddendOrder { .. }
            | Command::RegisterComplaint(_)
            | Command::RecordObservation { .. }
    )
}

pub(super) async fn run(file: &Path, session: &Session, out: &Output) -> Result<Exit, Error> {
    let entries = read(file)?;
    if let Some(entry) = entries.iter().find(|entry| !from_a_device(&entry.command)) {
        let why = Unfit::from(UnfitCode::NumberedHere).with("act", entry.command.act().code());
        return Err(AppError::invalid(&entry.key.to_string(), why));
    }
    let who = session.who()?;
    let (mut rows, mut refused) = (Vec::new(), false);
    for entry in entries {
        let key = Key {
            key: Some(entry.key),
            occurred_at: Some(entry.at),
        };
        let (outcome, record, why) = match session.app.act(who, key, &entry.command).await {
            Ok(done) => {
                let code = if done.committed.repeated {
                    "repeated"
                } else {
                    "done"
                };
                (code, Some(done.committed.first_seq), String::new())
            }
            // The others of the queue do not wait for what the rules do not allow.
            Err(AppError::Refused(refusal)) => {
                refused = true;
                (
                    "refused",
                    None,
                    names::refusal(&session.app, &out.words, &refusal).await,
                )
            }
            Err(AppError::Conflict { what }) => {
                refused = true;
                ("conflict", None, what)
            }
            Err(other) => return Err(other),
        };
        if let (Command::CheckOut(left), Some(_)) = (&entry.command, record) {
            session.app.follow_visit(left.visit).await?;
        }
        let act = entry.command.act().code();
        if out.format() == Format::Json {
            // Told as soon as it is kept: whoever sends a queue and is cut off knows what need not be sent again.
            Output::json_line(&serde_json::json!({
                "key": entry.key, "act": act, "outcome": outcome, "record": record, "message": why,
            }));
            continue;
        }
        rows.push(vec![
            entry.key.to_string(),
            act.to_owned(),
            out.word("act-outcome", outcome),
            record.map(|record| record.to_string()).unwrap_or_default(),
            why,
        ]);
    }
    if out.format() != Format::Json {
        out.print(&(), &["key", "act", "outcome", "record", "message"], rows);
    }
    Ok(if refused { Exit::Refused } else { Exit::Done })
}
