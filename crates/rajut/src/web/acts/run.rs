//! Acts on a run: issuing, sending back, passing down, giving the cause of what is late.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;
use rajut_core::flow::Command;
use rajut_core::id::PostId;
use rajut_core::procedure::StepId;
use rajut_core::run::Urgency;
use serde::Deserialize;
use uuid::Uuid;

use super::date_if_any;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::{Asked, Nothing};
use crate::web::pages::run_id;

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
    let deadline = date_if_any(&fields.deadline)?;
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

/// The form of a cause.
#[derive(Deserialize)]
pub struct Explain {
    step: StepId,
    place: Uuid,
    cause: String,
    #[serde(default)]
    note: String,
}

/// Gives the cause of an overrun.
pub async fn explain(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Explain>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    let command = Command::ExplainLateness {
        run,
        step: fields.step.clone(),
        place: fields.place,
        cause: fields.cause.trim().to_owned(),
        note: fields.note.trim().to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}#lewat")))
}
