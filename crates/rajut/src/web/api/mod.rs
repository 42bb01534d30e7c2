//! The API, version 1: the same JSON as the command line's `--format json`, by the same use cases. Its description is
//! made from the types that it reads and writes. It must not know pages.

mod acts;
mod ask;
pub mod openapi;
mod records;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use rajut_app::store::{Listed, Page, RunFilter};
use rajut_app::{AppError, Checked, RunView, StatusReport};
use rajut_core::act::{Unfit, UnfitCode};
use rajut_core::laptop::PublicKey;
use rajut_core::run::Run;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Web;
use super::failure::Failure;
use super::pages::{cursor, run_id};
use super::visitor::Visitor;

pub use acts::routes as act_routes;
pub use records::routes as record_routes;

/// The most items of one answer.
const MOST: u32 = 200;

/// A record with the version at which it stands: an act may hand it back as `seen`.
#[derive(Serialize, JsonSchema)]
pub struct Item<T> {
    /// How often the record has changed.
    seen: i64,
    #[serde(flatten)]
    record: T,
}

/// A page of a list.
#[derive(Serialize, JsonSchema)]
pub struct Items<T> {
    /// The records.
    items: Vec<Item<T>>,
    /// Where the next page begins, for `after`; null at the end.
    next: Option<String>,
}

impl<T> From<Listed<T>> for Items<T> {
    fn from(listed: Listed<T>) -> Self {
        let items = listed.items.into_iter().map(|it| Item {
            seen: it.version,
            record: it.state,
        });
        Self {
            items: items.collect(),
            next: listed.next.map(|next| next.to_string()),
        }
    }
}

/// Which part of a list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

impl Paging {
    fn page(&self) -> Result<Page, Failure> {
        let limit = self.limit.unwrap_or(MOST);
        if !(1..=MOST).contains(&limit) {
            let why = Unfit::from(UnfitCode::NotOneOf).with("value", limit);
            return Err(AppError::invalid("limit", why.with("allowed", "1-200")).into());
        }
        Ok(Page {
            after: cursor(self.after.as_deref())?,
            limit,
        })
    }
}

/// What stands behind `?`; what cannot be read is told as every other failure.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Web>> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        match Query::<T>::from_request_parts(parts, web).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(QueryRejection::FailedToDeserializeQueryString(why)) => {
                Err(AppError::invalid("query", Unfit::detail(why.body_text())).into())
            }
            Err(why) => Err(Failure::of(why.status())),
        }
    }
}

/// A body of JSON; what cannot be read is told as every other failure.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Web>> for Sent<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        match Json::<T>::from_request(request, web).await {
            Ok(Json(sent)) => Ok(Self(sent)),
            Err(JsonRejection::JsonDataError(why)) => Err(unreadable(&why.body_text())),
            Err(JsonRejection::JsonSyntaxError(why)) => Err(unreadable(&why.body_text())),
            Err(why) => Err(Failure::of(why.status())),
        }
    }
}

fn unreadable(why: &str) -> Failure {
    AppError::invalid("body", Unfit::detail(why)).into()
}

/// Which runs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedRuns {
    /// Also those that have ended.
    #[serde(default)]
    all: bool,
    /// Behind this place: the `next` of the page before.
    after: Option<String>,
    /// At most so many, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// `/api/v1/runs`, the newest first.
pub async fn runs(
    State(web): State<Arc<Web>>,
    Asked(wanted): Asked<WantedRuns>,
) -> Result<Json<Items<Run>>, Failure> {
    let filter = RunFilter {
        open: (!wanted.all).then_some(true),
        for_complaint: Some(false),
        procedure: None,
    };
    let paging = Paging {
        after: wanted.after,
        limit: wanted.limit,
    };
    Ok(Json(web.app.store().runs(&filter, &paging.page()?).await?.into()))
}

/// `/api/v1/runs/{id}`.
pub async fn run(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Json<RunView>, Failure> {
    Ok(Json(web.app.run_view(run_id(&id)?, web.app.now()).await?))
}

/// `/api/v1/status`.
pub async fn status(State(web): State<Arc<Web>>) -> Result<Json<StatusReport>, Failure> {
    Ok(Json(web.app.status(web.app.now()).await?))
}

/// What to check.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedCheck {
    /// What the QR code of a paper holds.
    mark: Option<String>,
}

/// The public key by which papers are checked.
#[derive(Serialize, JsonSchema)]
pub struct PaperKey {
    /// 64 hexadecimal digits.
    key: PublicKey,
}

/// `/api/v1/paper-check`: what a mark is worth.
pub async fn paper_check(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Asked(wanted): Asked<WantedCheck>,
) -> Result<Json<Checked>, Failure> {
    let mark = wanted.mark.unwrap_or_default();
    Ok(Json(web.app.check_mark(&mark, &visitor.address).await?))
}

/// `/api/v1/paper-key`.
pub async fn paper_key(State(web): State<Arc<Web>>) -> Result<Json<PaperKey>, Failure> {
    let key = web.app.paper_key().await?;
    Ok(Json(PaperKey { key }))
}

/// An address that names nothing.
fn nothing() -> Failure {
    Failure::of(StatusCode::NOT_FOUND)
}
