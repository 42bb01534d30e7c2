//! The lists of records and each record by its id: one row of a table for each kind.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use rajut_app::store::{ComplaintFilter, FollowUpFilter, IncidentFilter, Listed, Versioned};
use rajut_core::complaint::{Complaint, Incident, Priority};
use rajut_core::id::{OfficeId, PersonId, RunId, SiteId, TeamId};
use rajut_core::number::NumberEntry;
use rajut_core::people::{Assignment, Leave, Overtime, Person, Post};
use rajut_core::procedure::{ProcedureCode, ProcedureVersion};
use rajut_core::register::{Device, Link, Office, Service, Setting, Site};
use rajut_core::run::{Document, FollowUp, Report, Target};
use rajut_core::stream::{AsState, StreamRef};
use rajut_core::visit::Visit;
use schemars::JsonSchema;
use serde::Deserialize;

use super::openapi::{Answer, Operation};
use super::{Asked, Item, Items, Paging, nothing};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::pages::{papers, procedure};
use crate::web::routes::{Access, Route, read};

/// The type of papers.
const PDF: &str = "application/pdf";

type Answered<T> = Result<Json<T>, Failure>;

/// The rows of all kinds.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        filtered::<OfComplaints, Complaint>("/api/v1/complaints", get(complaints)),
        one::<Complaint>("/api/v1/complaints/{number}", get(complaint)),
        filtered::<OfFollowUps, FollowUp>("/api/v1/follow-ups", get(follow_ups)),
        filtered::<OfIncidents, Incident>("/api/v1/incidents", get(incidents)),
        filtered::<OfRun, Target>("/api/v1/targets", get(targets)),
        filtered::<OfRun, Report>("/api/v1/reports", get(reports)),
        filtered::<OfRunOrSite, Visit>("/api/v1/visits", get(visits)),
        filtered::<OfSite, Device>("/api/v1/devices", get(devices)),
        filtered::<OfSite, Link>("/api/v1/links", get(links)),
        read(
            "/api/v1/procedures/{id}/paper",
            Access::Staff,
            get(procedure_paper),
        )
        .told(Operation::giving(PDF).asked_with::<OfVersion>()),
        read(
            "/api/v1/runs/{id}/blank-checklists",
            Access::Staff,
            get(blank_checklists),
        )
        .told(Operation::giving(PDF).asked_with::<OfTeam>()),
        read("/api/v1/documents/{id}/paper", Access::Staff, get(document_paper)).told(Operation::giving(PDF)),
    ];
    macro_rules! by_id {
        ($($path:literal: $kind:ty;)+) => {$(
            routes.push(one::<$kind>(concat!($path, "/{id}"), get(single::<$kind>)));
        )+};
    }
    by_id! {
        "/api/v1/follow-ups": FollowUp;
        "/api/v1/incidents": Incident;
        "/api/v1/targets": Target;
        "/api/v1/reports": Report;
        "/api/v1/visits": Visit;
        "/api/v1/devices": Device;
        "/api/v1/links": Link;
    }
    macro_rules! plain {
        ($($path:literal: $kind:ty;)+) => {$(
            routes.push(filtered::<Paging, $kind>($path, get(all::<$kind>)));
            routes.push(one::<$kind>(concat!($path, "/{id}"), get(single::<$kind>)));
        )+};
    }
    plain! {
        "/api/v1/offices": Office;
        "/api/v1/sites": Site;
        "/api/v1/services": Service;
        "/api/v1/people": Person;
        "/api/v1/posts": Post;
        "/api/v1/assignments": Assignment;
        "/api/v1/leaves": Leave;
        "/api/v1/overtime": Overtime;
        "/api/v1/documents": Document;
        "/api/v1/numbers": NumberEntry;
        "/api/v1/settings": Setting;
        "/api/v1/procedures": ProcedureVersion;
    }
    routes
}

fn filtered<Q: JsonSchema + 'static, T: JsonSchema + 'static>(
    path: &'static str,
    handler: axum::routing::MethodRouter<Arc<Web>>,
) -> Route {
    read(path, Access::Staff, handler).told(Operation::reading(Answer::of::<Items<T>>()).asked_with::<Q>())
}

fn one<T: JsonSchema + 'static>(path: &'static str, handler: axum::routing::MethodRouter<Arc<Web>>) -> Route {
    read(path, Access::Staff, handler).told(Operation::reading(Answer::of::<Item<T>>()))
}

async fn all<T: AsState + Clone>(
    State(web): State<Arc<Web>>,
    Asked(paging): Asked<Paging>,
) -> Answered<Items<T>> {
    Ok(Json(web.app.store().page_of::<T>(&paging.page()?).await?.into()))
}

async fn single<T: AsState + Clone>(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
) -> Answered<Item<T>> {
    let id = id.parse().map_err(|_| nothing())?;
    let found = web.app.store().load(StreamRef { kind: T::KIND, id }).await?;
    let Some(Versioned { version, state }) = found else {
        return Err(nothing());
    };
    let record = T::of(&state).cloned().ok_or_else(nothing)?;
    Ok(Json(Item {
        seen: version,
        record,
    }))
}

/// Which version of a procedure.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfVersion {
    /// This one; without it the one in force, else the newest.
    version: Option<u32>,
}

/// `/api/v1/procedures/{id}/paper`: a version as SOP, by its id or by the code of the procedure; a draft says so on its
/// face.
async fn procedure_paper(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    Asked(asked): Asked<OfVersion>,
) -> Result<Response, Failure> {
    let version: ProcedureVersion = if let Ok(id) = id.parse() {
        web.app.find(id).await?
    } else {
        let context = web.app.context().await?;
        let code: ProcedureCode = id.parse().map_err(|_| nothing())?;
        procedure::wanted_version(&web, &context, &code, asked.version)?.clone()
    };
    let paper = web.app.procedure_paper(&version).await?;
    let _one = papers::one_of_few(&web).await?;
    let bytes = web.app.copy_of_paper(&paper).await?.pdf;
    Ok(papers::pdf(
        &format!("sop-{}-{}.pdf", version.code, version.version),
        bytes,
    ))
}

/// Of which team and site; without them all that are still to be visited.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfTeam {
    /// Of this team.
    team: Option<TeamId>,
    /// Of this site.
    site: Option<SiteId>,
}

/// `/api/v1/runs/{id}/blank-checklists`: forms to be filled in by hand.
async fn blank_checklists(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    Asked(asked): Asked<OfTeam>,
) -> Result<Response, Failure> {
    let run = RunId(id.parse().map_err(|_| nothing())?);
    let paper = web
        .app
        .blank_checklists_paper(run, asked.team, asked.site)
        .await?;
    let _one = papers::one_of_few(&web).await?;
    let bytes = web.app.copy_of_paper(&paper).await?.pdf;
    Ok(papers::pdf("blank-checklists.pdf", bytes))
}

/// `/api/v1/documents/{id}/paper`: a copy of an issued paper with masked values.
async fn document_paper(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Response, Failure> {
    let document: Document = web.app.find(id.parse().map_err(|_| nothing())?).await?;
    let _one = papers::one_of_few(&web).await?;
    let bytes = web.app.copy_of_document(&document).await?.pdf;
    Ok(papers::pdf(&format!("{}.pdf", document.kind.code()), bytes))
}

/// A whole list, of what belongs to one record.
fn whole<T>(items: Vec<Versioned<T>>) -> Items<T> {
    Listed { items, next: None }.into()
}

/// Which complaints, the newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfComplaints {
    /// Not ended yet, or ended; without it both.
    open: Option<bool>,
    /// At this site.
    site: Option<SiteId>,
    /// Of this office.
    office: Option<OfficeId>,
    /// Of this class.
    priority: Option<Priority>,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

async fn complaints(
    State(web): State<Arc<Web>>,
    Asked(asked): Asked<OfComplaints>,
) -> Answered<Items<Complaint>> {
    let filter = ComplaintFilter {
        open: asked.open,
        site: asked.site,
        office: asked.office,
        priority: asked.priority,
    };
    let paging = paging(asked.after, asked.limit);
    Ok(Json(
        web.app.store().complaints(&filter, &paging.page()?).await?.into(),
    ))
}

async fn complaint(State(web): State<Arc<Web>>, Path(number): Path<String>) -> Answered<Item<Complaint>> {
    let found = web
        .app
        .store()
        .complaint_by_number(&number)
        .await?
        .ok_or_else(nothing)?;
    Ok(Json(Item {
        seen: found.version,
        record: found.state,
    }))
}

/// Which follow-ups, the most urgent first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfFollowUps {
    /// Waiting, or settled; without it both.
    open: Option<bool>,
    /// At this site.
    site: Option<SiteId>,
    /// Given to this person.
    owner: Option<PersonId>,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

async fn follow_ups(
    State(web): State<Arc<Web>>,
    Asked(asked): Asked<OfFollowUps>,
) -> Answered<Items<FollowUp>> {
    let filter = FollowUpFilter {
        open: asked.open,
        site: asked.site,
        owner: asked.owner,
    };
    let paging = paging(asked.after, asked.limit);
    Ok(Json(
        web.app.store().follow_ups(&filter, &paging.page()?).await?.into(),
    ))
}

/// Which incidents, the newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfIncidents {
    /// Not over yet, or over; without it both.
    open: Option<bool>,
    /// Of this cause.
    cause: Option<String>,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

async fn incidents(
    State(web): State<Arc<Web>>,
    Asked(asked): Asked<OfIncidents>,
) -> Answered<Items<Incident>> {
    let filter = IncidentFilter {
        open: asked.open,
        cause: asked.cause,
    };
    let paging = paging(asked.after, asked.limit);
    Ok(Json(
        web.app.store().incidents(&filter, &paging.page()?).await?.into(),
    ))
}

/// Of which run; without one all, by id.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfRun {
    /// Of this run, whole.
    run: Option<RunId>,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

async fn targets(State(web): State<Arc<Web>>, Asked(asked): Asked<OfRun>) -> Answered<Items<Target>> {
    let page = paging(asked.after, asked.limit).page()?;
    Ok(Json(match asked.run {
        Some(run) => whole(web.app.store().targets_of(run).await?),
        None => web.app.store().page_of(&page).await?.into(),
    }))
}

async fn reports(State(web): State<Arc<Web>>, Asked(asked): Asked<OfRun>) -> Answered<Items<Report>> {
    let page = paging(asked.after, asked.limit).page()?;
    Ok(Json(match asked.run {
        Some(run) => whole(web.app.store().reports_of(run).await?),
        None => web.app.store().page_of(&page).await?.into(),
    }))
}

/// Of which run or site; without either all, by id.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfRunOrSite {
    /// Of this run, whole.
    run: Option<RunId>,
    /// At this site, the newest first; it does not go with `run`.
    site: Option<SiteId>,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

async fn visits(State(web): State<Arc<Web>>, Asked(asked): Asked<OfRunOrSite>) -> Answered<Items<Visit>> {
    let page = paging(asked.after, asked.limit).page()?;
    let store = web.app.store();
    Ok(Json(match (asked.run, asked.site) {
        (Some(run), _) => whole(store.of_run(run).await?.visits),
        (None, Some(site)) => store.visits_of_site(site, &page).await?.into(),
        (None, None) => store.page_of(&page).await?.into(),
    }))
}

/// At which site; without one all, by id.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfSite {
    /// At this site, whole.
    site: Option<SiteId>,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

async fn devices(State(web): State<Arc<Web>>, Asked(asked): Asked<OfSite>) -> Answered<Items<Device>> {
    let page = paging(asked.after, asked.limit).page()?;
    Ok(Json(match asked.site {
        Some(site) => whole(web.app.store().devices_of(site).await?),
        None => web.app.store().page_of(&page).await?.into(),
    }))
}

async fn links(State(web): State<Arc<Web>>, Asked(asked): Asked<OfSite>) -> Answered<Items<Link>> {
    let page = paging(asked.after, asked.limit).page()?;
    Ok(Json(match asked.site {
        Some(site) => whole(web.app.store().links_of(site).await?),
        None => web.app.store().page_of(&page).await?.into(),
    }))
}

fn paging(after: Option<String>, limit: Option<u32>) -> Paging {
    Paging { after, limit }
}
