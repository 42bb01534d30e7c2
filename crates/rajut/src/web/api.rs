//! The API, version 1, read-only for now: the same JSON as the command line's `--format json`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use rajut_app::{RunView, StatusReport};
use rajut_core::run::Run;
use rajut_app::store::{Page, RunFilter};
use serde::{Deserialize, Serialize};

use super::Web;
use super::failure::Failure;
use super::pages::{cursor, run_id};

/// The most items of one answer.
const MOST: u32 = 200;

/// A page of a list.
#[derive(Serialize)]
pub struct Items<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// Which runs.
#[derive(Deserialize)]
pub struct Wanted {
    /// Also those that have ended.
    #[serde(default)]
    all: bool,
    after: Option<String>,
    limit: Option<u32>,
}

/// `/api/v1/runs`, the newest first.
pub async fn runs(
    State(web): State<Arc<Web>>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Items<Run>>, Failure> {
    let open = (!wanted.all).then_some(true);
    let filter = RunFilter { open, for_complaint: Some(false), procedure: None };
    let page = Page { after: cursor(wanted.after.as_deref())?, limit: wanted.limit.unwrap_or(MOST).clamp(1, MOST) };
    let listed = web.app.store().runs(&filter, &page).await?;
    let items = listed.items.into_iter().map(|run| run.state).collect();
    Ok(Json(Items { items, next: listed.next.map(|next| next.to_string()) }))
}

/// `/api/v1/runs/{id}`.
pub async fn run(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Json<RunView>, Failure> {
    Ok(Json(web.app.run_view(run_id(&id)?, web.app.now()).await?))
}

/// `/api/v1/status`.
pub async fn status(State(web): State<Arc<Web>>) -> Result<Json<StatusReport>, Failure> {
    Ok(Json(web.app.status(web.app.now()).await?))
}
