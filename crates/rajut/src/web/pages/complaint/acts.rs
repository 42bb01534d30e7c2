//! What people do with a complaint by forms; each ends at its page.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;
use rajut_app::{AppError, NewIncident};
use rajut_core::complaint::Priority;
use rajut_core::flow::Command;
use rajut_core::id::IncidentId;
use rajut_core::procedure::{ExitCode, PauseCode, StepId};
use serde::Deserialize;

use super::step::StepFields;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::{Asked, Nothing};
use crate::web::pages::Page;
use crate::web::visitor::Visitor;

fn there(number: &str, news: &str) -> Redirect {
    Redirect::to(&format!("/pengaduan/{number}?kabar={news}"))
}

/// Why something is done.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// Shows who complained, once the look is recorded.
pub async fn reveal(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(number): Path<String>,
    form: Asked<Reason>,
) -> Page {
    let complaint = web.app.complaint(&number).await?;
    let reason = form.fields.reason.trim();
    let open = web
        .app
        .reveal_reporter(form.who(), form.key, complaint.id, reason)
        .await?;
    super::page(&web, &visitor, complaint, None, Some(open)).await
}

/// The form that classifies.
#[derive(Deserialize)]
pub struct Classify {
    category: String,
    priority: Priority,
    #[serde(default)]
    duplicate_of: String,
}

/// Gives a complaint a category and a class.
pub async fn classify(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<Classify>,
) -> Result<Redirect, Failure> {
    let complaint = web.app.complaint(&number).await?;
    let duplicate_of = match form.fields.duplicate_of.trim() {
        "" => None,
        other => Some(web.app.complaint(&other.to_uppercase()).await?.id),
    };
    let command = Command::ClassifyComplaint {
        complaint: complaint.id,
        category: form.fields.category.trim().to_owned(),
        priority: form.fields.priority,
        duplicate_of,
    };
    form.perform(&web, &command).await?;
    Ok(there(&number, "klasifikasi"))
}

/// Does the step that a form of a step names.
pub async fn do_step(web: &Web, number: &str, form: &Asked<StepFields>) -> Result<(), Failure> {
    let complaint = web.app.complaint(number).await?;
    let code = |what: &str, text: &str| {
        AppError::invalid(what, Unfit::from(UnfitCode::NotOfProcedure).with("value", text))
    };
    let step = StepId::try_from(form.fields.step.clone()).map_err(|_| code("step", &form.fields.step))?;
    let exit = match form.fields.exit.as_str() {
        "" => None,
        exit => Some(ExitCode::try_from(exit.to_owned()).map_err(|_| code("exit", exit))?),
    };
    let values = form.fields.values();
    web.app
        .complete_complaint_step(form.who(), form.key, &complaint, step, exit, values)
        .await?;
    Ok(())
}

/// Does the open step.
pub async fn step(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<StepFields>,
) -> Result<Redirect, Failure> {
    do_step(&web, &number, &form).await?;
    Ok(there(&number, "langkah"))
}

/// The reason for which the clock stands still.
#[derive(Deserialize)]
pub struct Pausing {
    reason: String,
}

/// Stops the clock.
pub async fn pause(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<Pausing>,
) -> Result<Redirect, Failure> {
    let run = web.app.complaint(&number).await?.run;
    let given = &form.fields.reason;
    let wrong = |_| {
        AppError::invalid(
            "reason",
            Unfit::from(UnfitCode::NotOfProcedure).with("value", given),
        )
    };
    let reason = PauseCode::try_from(form.fields.reason.clone()).map_err(wrong)?;
    form.perform(&web, &Command::PauseRun { run, reason }).await?;
    Ok(there(&number, "jeda"))
}

/// Sets the clock going again.
pub async fn resume(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<Nothing>,
) -> Result<Redirect, Failure> {
    let run = web.app.complaint(&number).await?.run;
    form.perform(&web, &Command::ResumeRun { run }).await?;
    Ok(there(&number, "jeda"))
}

/// Which incident.
#[derive(Deserialize)]
pub struct Which {
    incident: IncidentId,
}

/// Joins the complaint to an incident.
pub async fn attach(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<Which>,
) -> Result<Redirect, Failure> {
    let complaint = web.app.complaint(&number).await?;
    let command = Command::AttachComplaints {
        incident: form.fields.incident,
        complaints: vec![complaint.id],
    };
    form.perform(&web, &command).await?;
    Ok(there(&number, "gangguan"))
}

/// From which incident, and why.
#[derive(Deserialize)]
pub struct Leaving {
    incident: IncidentId,
    reason: String,
}

/// Takes the complaint off its incident.
pub async fn detach(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<Leaving>,
) -> Result<Redirect, Failure> {
    let complaint = web.app.complaint(&number).await?;
    let command = Command::DetachComplaints {
        incident: form.fields.incident,
        complaints: vec![complaint.id],
        reason: form.fields.reason.trim().to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(there(&number, "gangguan"))
}

/// What an incident is.
#[derive(Deserialize)]
pub struct Opening {
    cause: String,
    what: String,
}

/// Opens an incident of which the complaint is the first to tell.
pub async fn open_incident(
    State(web): State<Arc<Web>>,
    Path(number): Path<String>,
    form: Asked<Opening>,
) -> Result<Redirect, Failure> {
    let complaint = web.app.complaint(&number).await?;
    let new = NewIncident {
        cause: form.fields.cause.clone(),
        what: form.fields.what.trim().to_owned(),
        sites: BTreeSet::from([complaint.site]),
        complaints: vec![complaint.id],
        ..NewIncident::default()
    };
    web.app.open_incident(form.who(), form.key, new).await?;
    Ok(there(&number, "gangguan"))
}
