//! The door for what a phone brings from a visit: field facts and photos, each once however often they are sent.
//!
//! A phone keeps what was tapped until this says what became of it. One entry that cannot be used holds up no other.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use rajut_app::{AppError, FieldData, Key, Readings, Who};
use rajut_core::act::Nature;
use rajut_core::check::{Scope, Vantage};
use rajut_core::clock::Clock as _;
use rajut_core::flow::Command;
use rajut_core::id::{ActId, PersonId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::visit::Subject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::Sent;
use super::failure::Failure;
use super::visitor::Visitor;
use super::{Mode, Web, failure_page};
use crate::words::Words;

/// So many entries are taken at once.
const MOST: usize = 200;

/// The header with the token that every form has as a field.
const TOKEN: &str = "x-rajut-token";

/// Somebody whose script sends: a browser bears the token of its session, which no page elsewhere can know; a program
/// has proved itself by its own.
pub struct Sender(PersonId, Visitor);

impl FromRequestParts<Arc<Web>> for Sender {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, web).await?;
        let person = visitor.person.ok_or_else(|| Failure::of(StatusCode::FORBIDDEN))?;
        if visitor.scope.is_none() {
            let token = parts.headers.get(TOKEN).and_then(|value| value.to_str().ok());
            let ours = visitor.ticket.as_ref().zip(token);
            if !ours.is_some_and(|(ticket, token)| ticket.is_form_token(token)) {
                return Err(Failure::because(
                    StatusCode::FORBIDDEN,
                    "token",
                    "web-error-token",
                ));
            }
        }
        Ok(Self(person, visitor))
    }
}

/// `/api/v1/field`: what a member of a team takes along.
pub async fn data(State(web): State<Arc<Web>>, visitor: Visitor) -> Result<Json<FieldData>, Failure> {
    let person = visitor.person.ok_or_else(|| Failure::of(StatusCode::FORBIDDEN))?;
    Ok(Json(web.app.field_data(person).await?))
}

/// Who is signed in here, and what time it is.
#[derive(Serialize, JsonSchema)]
pub struct Contact {
    person: Option<PersonId>,
    token: Option<String>,
    /// By the program's clock, to which acts are corrected.
    now: Timestamp,
    /// By the clock on the wall: only the demo plays at another time.
    wall: Timestamp,
}

/// `/api/v1/field/contact`: small, since a phone asks it often and on a weak network.
pub async fn contact(State(web): State<Arc<Web>>, visitor: Visitor) -> Json<Contact> {
    let now = web.app.now();
    let wall = match web.mode {
        Mode::Live => now,
        Mode::Demo => crate::rim::SystemClock.now(),
    };
    Json(Contact {
        person: visitor.person,
        token: visitor.session.is_some().then_some(visitor.token),
        now,
        wall,
    })
}

/// One entry of a phone's queue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    key: ActId,
    at: Timestamp,
    command: Told,
}

/// What a phone can tell: the commands of the rules, and figures as they were read, which are judged here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Told {
    Read(Read),
    Command(Box<Command>),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Read {
    record_readings: TypedReadings,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TypedReadings {
    visit: VisitId,
    vantage: Vantage,
    subject: Subject,
    scope: Scope,
    values: Vec<String>,
    #[serde(default)]
    raw: Option<String>,
}

/// What became of an entry.
#[derive(Serialize, JsonSchema)]
pub struct Became {
    key: Value,
    /// `done`, `repeated`, `refused`, `conflict`, or `failed`: then it and what follows is to be sent again.
    outcome: &'static str,
    record: Option<i64>,
    code: Option<&'static str>,
    message: String,
}

/// The answer to a queue, in its order.
#[derive(Serialize, JsonSchema)]
pub struct Answered {
    items: Vec<Became>,
}

/// `/api/v1/acts`.
pub async fn acts(
    State(web): State<Arc<Web>>,
    Sender(person, visitor): Sender,
    Sent(entries): Sent<Vec<Value>>,
) -> Result<Json<Answered>, Failure> {
    if entries.len() > MOST {
        return Err(Failure::of(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let words = visitor.words();
    let mut items = Vec::with_capacity(entries.len());
    for value in entries {
        let became = one(&web, person, words, value).await;
        let ended = became.outcome == "failed";
        items.push(became);
        if ended {
            break;
        }
    }
    Ok(Json(Answered { items }))
}

async fn one(web: &Web, person: PersonId, words: &Words, value: Value) -> Became {
    let key = value.get("key").cloned().unwrap_or(Value::Null);
    let refused = |code, message| Became {
        key: key.clone(),
        outcome: "refused",
        record: None,
        code: Some(code),
        message,
    };
    let entry: Entry = match serde_json::from_value(value) {
        Ok(entry) => entry,
        Err(error) => return refused("invalid", error.to_string()),
    };
    match perform(web, person, &entry).await {
        Ok(Some((repeated, record))) => Became {
            key,
            outcome: if repeated { "repeated" } else { "done" },
            record: Some(record),
            code: None,
            message: String::new(),
        },
        Ok(None) => refused("not_a_field_fact", words.say("web-error-field-fact")),
        Err(error) => {
            let failure = Failure::from(error);
            let message = failure_page::sentence(words, &failure);
            // What the server cannot do now it can do later; what it will never do is told once.
            let outcome = match failure.code {
                "conflict" => "conflict",
                _ if failure.status.is_server_error() => {
                    tracing::error!(what = ?failure.what, "an entry of a phone failed");
                    "failed"
                }
                _ => "refused",
            };
            Became {
                outcome,
                code: Some(failure.code),
                ..refused(failure.code, message)
            }
        }
    }
}

/// Does an entry; `None` where it is nothing that can be told from the field.
async fn perform(web: &Web, person: PersonId, entry: &Entry) -> Result<Option<(bool, i64)>, AppError> {
    let who = Who::person(person);
    let key = Key {
        key: Some(entry.key),
        occurred_at: Some(entry.at),
    };
    let done = match &entry.command {
        Told::Read(Read {
            record_readings: told,
        }) => {
            let readings = Readings {
                vantage: told.vantage,
                subject: told.subject,
                scope: told.scope,
                values: told.values.clone(),
                raw: told.raw.clone(),
            };
            web.app.record_readings(who, key, told.visit, &readings).await?
        }
        Told::Command(command) => {
            let judged_here = matches!(**command, Command::RecordObservation { .. });
            if judged_here || command.act().authority().nature != Nature::FieldFact {
                return Ok(None);
            }
            let done = web.app.act(who, key, command).await?;
            if let Command::CheckOut(left) = &**command {
                web.app.follow_visit(left.visit).await?;
            }
            done
        }
    };
    Ok(Some((done.committed.repeated, done.committed.first_seq)))
}

/// What was kept.
#[derive(Serialize, JsonSchema)]
pub struct Kept {
    sha256: Hash,
}

/// `/api/v1/attachments`: the bytes of a photo, kept as they come.
pub async fn attach(
    State(web): State<Arc<Web>>,
    Sender(..): Sender,
    body: Body,
) -> Result<Json<Kept>, Failure> {
    let mut bytes = body.into_data_stream();
    let (mut begin, mut first) = (Vec::new(), Vec::new());
    while begin.len() < 12 {
        let Some(chunk) = bytes.next().await else { break };
        let chunk = chunk.map_err(|_| Failure::of(StatusCode::BAD_REQUEST))?;
        begin.extend_from_slice(&chunk);
        first.push(Ok(chunk));
    }
    if !is_photo(&begin) {
        return Err(Failure::because(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_a_photo",
            "web-error-not-a-photo",
        ));
    }
    let whole = futures_util::stream::iter(first).chain(bytes);
    let sha256 = web.app.attach_stream(whole).await?;
    Ok(Json(Kept { sha256 }))
}

/// The types of photos.
pub const PHOTOS: &[&str] = &["image/jpeg", "image/png", "image/webp"];

/// JPEG, PNG or WebP, by how they begin: what the browser calls it does not count.
fn is_photo(begin: &[u8]) -> bool {
    begin.starts_with(&[0xff, 0xd8, 0xff])
        || begin.starts_with(b"\x89PNG\r\n\x1a\n")
        || (begin.starts_with(b"RIFF") && begin.get(8..12) == Some(b"WEBP"))
}
