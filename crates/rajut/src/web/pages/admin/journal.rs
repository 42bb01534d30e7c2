//! The journal as a list of acts: who did what to which record, when. What an event holds is not shown; personal values
//! stand in no event anyway.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use rajut_app::Context;
use rajut_app::store::{StoreError, read_anchors};
use rajut_core::act::Actor;
use rajut_core::id::PersonId;
use rajut_core::journal::{Anchor, Record};
use rajut_core::people::Person;
use rajut_core::stream::{StreamKind, StreamRef};
use serde::Deserialize;

use crate::names;
use crate::web::failure::Failure;
use crate::web::frame::Frame;
use crate::web::pages::{Page, rendered};
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many records on a page.
const ON_A_PAGE: u32 = 50;
/// Later than this after it happened an act counts as told afterwards.
const AFTERWARDS_MS: i64 = 60_000;

/// Which part of the journal.
#[derive(Deserialize, Default)]
pub struct Wanted {
    /// Who acted: an id, or part of a name.
    #[serde(default)]
    orang: String,
    /// Of which record: `kind/id`, or the number of a complaint.
    #[serde(default)]
    catatan: String,
    /// Before this record.
    sebelum: Option<i64>,
}

struct Row {
    seq: i64,
    at: String,
    afterwards: Option<String>,
    who: String,
    who_href: String,
    entered_by: Option<String>,
    act: String,
    kind: String,
    record: String,
    record_href: String,
}

/// How the chain was found.
struct Checked {
    sentence: String,
    faults: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin_journal.html")]
struct JournalPage {
    frame: Frame,
    orang: String,
    catatan: String,
    /// Whom the name may mean.
    several: Vec<(String, String)>,
    /// Whether the name or the record is nowhere.
    unknown: bool,
    about: Option<String>,
    rows: Vec<Row>,
    next: Option<String>,
    records: String,
    anchor: String,
    checked: Option<Checked>,
}

/// What a filter means.
enum Meant<T> {
    Any,
    One(T),
    None,
}

/// `/pengelolaan/jurnal`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    rendered(&page(&web, &visitor, &wanted, None).await?)
}

/// `/pengelolaan/jurnal/periksa`: the same after the chain was checked, with the anchors that this program wrote.
pub async fn check(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let words = visitor.words();
    let busy = || Failure::because(StatusCode::TOO_MANY_REQUESTS, "try_again", "web-journal-busy");
    let _one = web.checking.try_acquire().map_err(|_| busy())?;
    let anchors = anchors(&web.anchors)?;
    let kept = anchors.len();
    let report = web.app.store().verify(anchors, false, |_| {}).await?;
    let zone = web.app.context().await.ok().map(|context| context.agency.zone);
    let args = [
        ("records", report.records.into()),
        ("anchors", kept.into()),
        ("faults", report.faults.len().into()),
    ];
    let key = if report.faults.is_empty() {
        "web-journal-whole"
    } else {
        "web-journal-faulty"
    };
    let told = |fault| crate::faults::of_journal(words, zone, fault);
    let checked = Checked {
        sentence: say(words, key, &args),
        faults: report.faults.iter().take(100).map(told).collect(),
    };
    rendered(&page(&web, &visitor, &Wanted::default(), Some(checked)).await?)
}

/// The anchors that this program wrote; none where it has written none yet.
fn anchors(file: &Path) -> Result<Vec<Anchor>, Failure> {
    match read_anchors(file) {
        Ok(anchors) => Ok(anchors),
        Err(StoreError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    wanted: &Wanted,
    checked: Option<Checked>,
) -> Result<JournalPage, Failure> {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let zone = context.agency.zone;
    let (by, several) = person(&context, wanted);
    let record = record(web, &wanted.catatan).await?;
    let unknown = matches!(by, Meant::None) && several.is_empty() || matches!(record, Meant::None);
    let (mut records, more) = if matches!(by, Meant::None) || matches!(record, Meant::None) {
        (Vec::new(), false)
    } else {
        found(web, &by, &record, wanted.sebelum.unwrap_or(i64::MAX)).await?
    };
    let limit = usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    records.truncate(limit);
    let next = records.last().filter(|_| more).map(|last| {
        format!(
            "/pengelolaan/jurnal?orang={}&catatan={}&sebelum={}",
            show::escaped(&wanted.orang),
            show::escaped(&wanted.catatan),
            last.seq
        )
    });
    let about = match &record {
        Meant::One(stream) => Some(labelled(web, words, &context, *stream).await.join(" ")),
        _ => None,
    };
    let head = web.app.store().head().await?;
    let anchor = match anchors(&web.anchors)?.last() {
        Some(anchor) => say(
            words,
            "web-journal-anchor",
            &[
                ("seq", anchor.seq.to_string().into()),
                ("at", show::moment(words, zone, anchor.at).into()),
            ],
        ),
        None => words.say("web-journal-no-anchor"),
    };
    Ok(JournalPage {
        orang: match &by {
            Meant::One(Actor::Person(id)) => name(&context, *id),
            _ => wanted.orang.trim().to_owned(),
        },
        catatan: wanted.catatan.trim().to_owned(),
        several,
        unknown,
        about,
        rows: rows(web, words, &context, &records).await,
        next,
        records: say(words, "web-journal-records", &[("count", head.seq.into())]),
        anchor,
        checked,
        frame,
    })
}

fn name(context: &Context, id: PersonId) -> String {
    context
        .person(id)
        .map_or_else(|_| id.to_string(), Person::full_name)
}

/// Who is meant; and who could be, where it is more than one.
fn person(context: &Context, wanted: &Wanted) -> (Meant<Actor>, Vec<(String, String)>) {
    let typed = wanted.orang.trim();
    if typed.is_empty() {
        return (Meant::Any, Vec::new());
    }
    if let Ok(actor) = typed.parse::<Actor>() {
        return (Meant::One(actor), Vec::new());
    }
    let lower = typed.to_lowercase();
    let mut found: Vec<&Person> = context
        .people
        .all::<Person>()
        .filter(|person| person.full_name().to_lowercase().contains(&lower))
        .collect();
    found.sort_by_key(|person| person.name.to_lowercase());
    let exact = found
        .iter()
        .position(|person| person.full_name().to_lowercase() == lower);
    match (found.as_slice(), exact) {
        ([], _) => (Meant::None, Vec::new()),
        ([only], _) => (Meant::One(Actor::Person(only.id)), Vec::new()),
        (_, Some(exact)) => (Meant::One(Actor::Person(found[exact].id)), Vec::new()),
        (many, None) => {
            let choice = |person: &&Person| {
                let (id, record) = (person.id, show::escaped(wanted.catatan.trim()));
                (
                    format!("/pengelolaan/jurnal?orang={id}&catatan={record}"),
                    person.full_name(),
                )
            };
            (Meant::None, many.iter().take(20).map(choice).collect())
        }
    }
}

/// Which record is meant.
async fn record(web: &Web, text: &str) -> Result<Meant<StreamRef>, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Meant::Any);
    }
    if let Ok(stream) = text.parse() {
        return Ok(Meant::One(stream));
    }
    let complaint = web.app.store().complaint_by_number(text).await?;
    Ok(complaint.map_or(Meant::None, |complaint| {
        Meant::One(StreamRef {
            kind: StreamKind::Complaint,
            id: complaint.state.id.0,
        })
    }))
}

/// The records, the newest first, and whether there are more than a page of them.
async fn found(
    web: &Web,
    by: &Meant<Actor>,
    of: &Meant<StreamRef>,
    before: i64,
) -> Result<(Vec<Record>, bool), Failure> {
    let by = match by {
        Meant::One(actor) => Some(*actor),
        _ => None,
    };
    let of = match of {
        Meant::One(stream) => Some(*stream),
        _ => None,
    };
    let records = web.app.store().journal_of(of, by, before, ON_A_PAGE + 1).await?;
    let more = records.len() > usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    Ok((records, more))
}

async fn rows(web: &Web, words: &Words, context: &Context, records: &[Record]) -> Vec<Row> {
    let zone = context.agency.zone;
    let mut labels: BTreeMap<StreamRef, [String; 2]> = BTreeMap::new();
    let mut rows = Vec::new();
    let actor = |actor: Actor| match actor {
        Actor::Person(id) => name(context, id),
        Actor::System => words.say("web-journal-system"),
        Actor::Outsider => words.say("web-journal-outsider"),
    };
    for record in records {
        let [kind, label] = match labels.entry(record.stream) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let label = labelled(web, words, context, record.stream).await;
                place.insert(label).clone()
            }
        };
        let late = record.received_at.as_millisecond() - record.occurred_at.as_millisecond();
        rows.push(Row {
            seq: record.seq,
            at: show::moment(words, zone, record.occurred_at),
            afterwards: (late > AFTERWARDS_MS).then(|| show::moment(words, zone, record.received_at)),
            who: actor(record.done_by),
            who_href: format!("/pengelolaan/jurnal?orang={}", record.done_by),
            entered_by: (record.entered_by != record.done_by).then(|| actor(record.entered_by)),
            act: words
                .word("act", record.act.code())
                .unwrap_or_else(|| record.act.code().to_owned()),
            kind,
            record: label,
            record_href: format!(
                "/pengelolaan/jurnal?catatan={}",
                show::escaped(&record.stream.to_string())
            ),
        });
    }
    rows
}

/// What kind of record it is, and what it is called; the end of its id where it has no name.
async fn labelled(web: &Web, words: &Words, context: &Context, stream: StreamRef) -> [String; 2] {
    let code = stream.kind.code();
    let kind = match stream.kind {
        StreamKind::Person => words.say("web-journal-person"),
        _ => words.word("thing", code).unwrap_or_else(|| code.to_owned()),
    };
    let label = match stream.kind {
        // An account is called by its owner.
        StreamKind::Account => Some(name(context, PersonId(stream.id))),
        _ => names::of_record(&web.app, stream).await,
    };
    // Ids of one hour begin alike.
    [kind, label.unwrap_or_else(|| stream.id.to_string().split_off(28))]
}
