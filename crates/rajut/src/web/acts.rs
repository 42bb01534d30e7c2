//! What people do by forms: each is one use case, and ends at the page that shows what came of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use jiff::civil::Date;
use rajut_core::flow::Command;
use rajut_core::id::PostId;
use rajut_core::run::Urgency;
use serde::Deserialize;

use super::Web;
use super::failure::Failure;
use super::form::{Asked, Nothing};
use super::pages::run_id;

/// Issues the order of a run.
pub async fn issue(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Nothing>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    web.app.issue_order(form.who(), form.key, run).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=terbit")))
}

/// The form that sends a draft back.
#[derive(Deserialize)]
pub struct SendBack {
    note: String,
}

/// Sends the draft of an order back with a note.
pub async fn send_back(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<SendBack>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let note = form.fields.note.trim().to_owned();
    form.perform(&web, &Command::ReturnOrder { run, note }).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=kembali")))
}

/// The form of a disposition.
#[derive(Deserialize)]
pub struct Dispose {
    to: PostId,
    instruction: String,
    urgency: Urgency,
    #[serde(default)]
    deadline: String,
}

/// Passes an order down.
pub async fn dispose(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Dispose>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    let deadline = match fields.deadline.trim() {
        "" => None,
        day => Some(
            day.parse::<Date>()
                .map_err(|_| Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-error-date"))?,
        ),
    };
    let command = Command::Dispose {
        run,
        to: fields.to,
        instruction: fields.instruction.trim().to_owned(),
        urgency: fields.urgency,
        deadline,
    };
    form.perform(&web, &command).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=disposisi")))
}
