//! Acts on an order before and after it is signed: drafting, initials, laying it before the head, word of mouth,
//! addenda.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use jiff::civil::DateTime;
use rajut_core::flow::Command;
use rajut_core::id::{PersonId, RunId, SiteId};
use rajut_core::register::Site;
use rajut_core::run::{Order, OrderDraft, Run};
use rajut_core::stream::{StreamKind, StreamRef};
use serde::Deserialize;

use super::{date, date_if_any};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::{Asked, Many, Nothing};
use crate::web::pages::run_id;

fn record(run: RunId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Run,
        id: run.0,
    }
}

/// Drafts an order in a new run.
pub async fn draft(State(web): State<Arc<Web>>, form: Asked<Many>) -> Result<Redirect, Failure> {
    let run: RunId = form.fields.parsed("run")?;
    form.still_as_seen(&web, record(run), "0").await?;
    let context = web.app.context().await?;
    let routine = &context.agency_file.procedures.routine;
    let procedure = context.procedure_on(routine, web.today(&context))?;
    let mut scope = chosen(&web, &form.fields, None).await?;
    let mut previous = None;
    if form.fields.one("sisa") == "ya"
        && let Some(earlier) = web.app.previous_run(routine).await?
    {
        let left = web.app.carried_over(&earlier).await?;
        let known: BTreeSet<SiteId> = scope.iter().copied().collect();
        scope.extend(left.into_keys().filter(|site| !known.contains(site)));
        previous = Some(earlier.id);
    }
    let command = Command::DraftOrder {
        run,
        procedure,
        title: form.fields.one("title").to_owned(),
        draft: drafted(&form.fields, scope)?,
        previous,
    };
    form.perform(&web, &command).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=konsep")))
}

/// Revises the draft of a run.
pub async fn revise(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Many>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    form.still_as_seen(&web, record(run), form.fields.one("seen"))
        .await?;
    let known: Run = web.app.find(run.0).await?;
    let scope = chosen(&web, &form.fields, Some(&known)).await?;
    let command = Command::DraftOrder {
        run,
        procedure: known.procedure.clone(),
        title: known.title.clone(),
        draft: drafted(&form.fields, scope)?,
        previous: known.previous,
    };
    form.perform(&web, &command).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=konsep")))
}

fn drafted(fields: &Many, scope: Vec<SiteId>) -> Result<OrderDraft, Failure> {
    let named: Vec<PersonId> = fields.all_parsed("named")?;
    Ok(OrderDraft {
        scope,
        valid_from: date(fields.one("from"))?,
        valid_until: date(fields.one("until"))?,
        addressee: fields.parsed("to")?,
        named,
        purpose: fields.one("purpose").to_owned(),
        basis: fields.one("basis").to_owned(),
    })
}

/// The sites that a form chooses: all, those of the ticked kecamatan, and those ticked one by one.
async fn chosen(web: &Web, fields: &Many, known: Option<&Run>) -> Result<Vec<SiteId>, Failure> {
    // What was ordered by word of mouth keeps its scope.
    if fields.one("cakupan") == "tetap" {
        let order = known.and_then(|run| run.order.as_ref());
        return Ok(order.map(|order| order.draft.scope.clone()).unwrap_or_default());
    }
    let all = fields.one("cakupan") == "semua";
    let districts: BTreeSet<&str> = fields.all("kecamatan").collect();
    let single: BTreeSet<SiteId> = fields.all_parsed("site")?.into_iter().collect();
    let before: BTreeSet<SiteId> = known
        .and_then(|run| run.order.as_ref())
        .map(|order| order.draft.scope.iter().copied().collect())
        .unwrap_or_default();
    let mut sites: Vec<Site> = web
        .app
        .sites()
        .await?
        .into_values()
        // One that was named one by one stays, in use or not; the rest are those in use.
        .filter(|site| site.ended_on.is_none() || (single.contains(&site.id) && before.contains(&site.id)))
        .filter(|site| all || districts.contains(site.district.as_str()) || single.contains(&site.id))
        .collect();
    sites.sort_by(|a, b| (&a.district, &a.code).cmp(&(&b.district, &b.code)));
    Ok(sites.into_iter().map(|site| site.id).collect())
}

/// Initials a draft.
pub async fn initial(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Nothing>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    form.perform(&web, &Command::InitialOrder { run }).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=paraf")))
}

/// Lays a draft before the head.
pub async fn submit(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Nothing>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    form.perform(&web, &Command::SubmitOrder { run }).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=diajukan")))
}

/// The form of an order given by word of mouth.
#[derive(Deserialize)]
pub struct Verbal {
    given_by: PersonId,
    /// The agency's clock, as a browser writes it.
    given_at: String,
    channel: String,
}

/// Records an order given by word of mouth.
pub async fn verbal(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Verbal>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    let zone = web.app.context().await?.agency.zone;
    let given: DateTime = fields
        .given_at
        .trim()
        .parse()
        .map_err(|_| Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-error-date"))?;
    let command = Command::RecordVerbalOrder {
        run,
        given_by: fields.given_by,
        given_at: zone.instant(given),
        channel: fields.channel.trim().to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=lisan")))
}

/// Extends an issued order.
pub async fn addend(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Many>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    form.still_as_seen(&web, record(run), form.fields.one("seen"))
        .await?;
    let known: Run = web.app.find(run.0).await?;
    let covered: BTreeSet<SiteId> = known.order.iter().flat_map(Order::scope).collect();
    let add: Vec<SiteId> = chosen(&web, &form.fields, None)
        .await?
        .into_iter()
        .filter(|site| !covered.contains(site))
        .collect();
    let until = date_if_any(form.fields.one("until"))?;
    web.app
        .addend_order(
            form.who(),
            form.key,
            run,
            add,
            until,
            None,
            form.fields.one("reason"),
        )
        .await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=perubahan")))
}
