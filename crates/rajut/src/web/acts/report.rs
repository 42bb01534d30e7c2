//! Acts on reports and on what a run must have settled before it ends: returns, reports, rulings, excuses, the end.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use rajut_core::flow::Command;
use rajut_core::id::{ReportId, RunId, TargetId, TeamId, VisitId};
use rajut_core::run::{Batch, Report};
use serde::Deserialize;

use super::date;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::pages::{report_id, run_id};

fn list(run: RunId, news: &str) -> Redirect {
    Redirect::to(&format!("/pelaksanaan/{run}/laporan?kabar={news}"))
}

/// The days of a team's batch.
#[derive(Deserialize)]
pub struct BatchOf {
    report: ReportId,
    team: TeamId,
    from: String,
    until: String,
}

/// Records that a team is back from the last trip of a batch.
pub async fn returned(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<BatchOf>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    // A fact cannot be refused by the rules, so it is taken at this door from those alone who can know it: the team,
    // and whoever could excuse its targets.
    let bundle = web.app.bundle(run).await?;
    let context = web.app.context().await?;
    let (duty, today) = (web.duty(&context), web.today(&context));
    let goes_along = bundle
        .run
        .teams
        .get(&fields.team)
        .is_some_and(|team| team.leader == form.person || team.has_member(form.person, today));
    if !goes_along && !duty.receives_reports(form.person, &bundle.run) {
        return Err(Failure::of(StatusCode::FORBIDDEN));
    }
    let command = Command::RecordReturn {
        report: fields.report,
        run,
        team: fields.team,
        from: date(&fields.from)?,
        until: date(&fields.until)?,
    };
    form.perform(&web, &command).await?;
    Ok(list(run, "kembali"))
}

/// The form of a team's report.
#[derive(Deserialize)]
pub struct Submit {
    report: ReportId,
    team: TeamId,
    from: String,
    until: String,
    results: String,
    #[serde(default)]
    conclusions: String,
}

/// Submits a team's report.
pub async fn submit(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Submit>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    let command = Command::SubmitReport {
        report: fields.report,
        run,
        team: fields.team,
        from: date(&fields.from)?,
        until: date(&fields.until)?,
        results: fields.results.trim().to_owned(),
        conclusions: fields.conclusions.trim().to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(list(run, "diajukan"))
}

/// The form of a ruling.
#[derive(Deserialize)]
pub struct Rule {
    #[serde(default)]
    note: String,
}

/// Accepts a report.
pub async fn accept(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Rule>,
) -> Result<Redirect, Failure> {
    let report = report_id(&id)?;
    let note = form.fields.note.trim().to_owned();
    form.perform(&web, &Command::AcceptReport { report, note })
        .await?;
    let known: Report = web.app.find(report.0).await?;
    Ok(list(known.run, "diterima"))
}

/// Sends a report back.
pub async fn send_back(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Rule>,
) -> Result<Redirect, Failure> {
    let report = report_id(&id)?;
    let note = form.fields.note.trim().to_owned();
    form.perform(&web, &Command::ReturnReport { report, note })
        .await?;
    let known: Report = web.app.find(report.0).await?;
    Ok(list(known.run, "dikembalikan"))
}

/// The form of the final report.
#[derive(Deserialize)]
pub struct Final {
    report: ReportId,
    results: String,
    #[serde(default)]
    conclusions: String,
}

/// Writes the final report.
pub async fn last(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Final>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    // One that came back is written anew; there is one of a run.
    let bundle = web.app.bundle(run).await?;
    let known = bundle.reports.iter().find(|report| report.batch == Batch::Final);
    let command = Command::SubmitFinalReport {
        report: known.map_or(fields.report, |known| known.id),
        run,
        results: fields.results.trim().to_owned(),
        conclusions: fields.conclusions.trim().to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(list(run, "akhir"))
}

/// The form that closes a run.
#[derive(Deserialize)]
pub struct Close {
    instruction: String,
}

/// Closes a run by a disposition.
pub async fn close(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Close>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let instruction = form.fields.instruction.trim().to_owned();
    form.perform(&web, &Command::CloseRun { run, instruction })
        .await?;
    Ok(list(run, "ditutup"))
}

/// The form of an excuse.
#[derive(Deserialize)]
pub struct Excuse {
    target: TargetId,
    reason: String,
}

/// Excuses a target with a reason.
pub async fn excuse(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Excuse>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let command = Command::ExcuseTarget {
        target: form.fields.target,
        reason: form.fields.reason.trim().to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(list(run, "dikecualikan"))
}

/// The form that accepts a partial visit.
#[derive(Deserialize)]
pub struct Partial {
    target: TargetId,
    visit: VisitId,
}

/// Accepts that a partial visit is enough.
pub async fn accept_partial(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Partial>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let command = Command::AcceptPartial {
        target: form.fields.target,
        visit: form.fields.visit,
    };
    form.perform(&web, &command).await?;
    Ok(list(run, "sebagian"))
}
