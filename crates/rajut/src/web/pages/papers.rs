//! Papers of a run: a copy of what was issued, or a draft that says so on its face. Personal values are masked.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rajut_app::Who;
use rajut_core::id::TeamId;
use rajut_core::procedure::StepKind;
use rajut_core::run::Run;
use serde::Deserialize;

use super::run_id;
use crate::web::Web;
use crate::web::failure::Failure;

/// `/pelaksanaan/{id}/surat-perintah.pdf`: a copy of the order as issued, else of the draft as it would be issued now.
pub async fn order(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Response, Failure> {
    let run: Run = web.app.find(run_id(&id)?.0).await?;
    let issued = run.order.as_ref().and_then(|order| order.issued.as_ref());
    let _one = one_of_few(&web).await?;
    let bytes = if let Some(issued) = issued {
        let document = web.app.find(issued.document.0).await?;
        web.app.copy_of_document(&document).await?.pdf
    } else {
        let context = web.app.context().await?;
        let duty = web.duty(&context);
        // The draft shows who would sign it today, whoever looks at it.
        let signer = duty
            .procedure(&run)
            .zip(duty.step(&run, StepKind::Order))
            .and_then(|(procedure, step)| {
                duty.posts_of(procedure, &step.from)
                    .into_iter()
                    .find_map(|post| duty.holder(post.id))
            })
            .ok_or_else(|| Failure::because(StatusCode::CONFLICT, "no_signer", "web-error-no-signer"))?;
        let paper = web
            .app
            .order_paper(&run, Who::person(signer.0), web.app.now(), None)
            .await?;
        web.app.copy_of_paper(&paper).await?.pdf
    };
    let name = if issued.is_some() {
        "surat-perintah.pdf"
    } else {
        "konsep-surat-perintah.pdf"
    };
    Ok(pdf(name, bytes))
}

/// `/pelaksanaan/{id}/disposisi.pdf`: the sheet with its whole chain.
pub async fn disposition(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Response, Failure> {
    let paper = web.app.disposition_paper(run_id(&id)?).await?;
    let _one = one_of_few(&web).await?;
    Ok(pdf(
        "lembar-disposisi.pdf",
        web.app.copy_of_paper(&paper).await?.pdf,
    ))
}

/// Of which team.
#[derive(Deserialize)]
pub struct OfTeam {
    tim: Option<TeamId>,
}

/// `/pelaksanaan/{id}/daftar-periksa.pdf`: the blank checklists of what is still to be visited, of one team or of all.
pub async fn blanks(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    Query(of): Query<OfTeam>,
) -> Result<Response, Failure> {
    let paper = web.app.blank_checklists_paper(run_id(&id)?, of.tim, None).await?;
    let _one = one_of_few(&web).await?;
    Ok(pdf(
        "daftar-periksa.pdf",
        web.app.copy_of_paper(&paper).await?.pdf,
    ))
}

/// A turn at setting papers: of many who ask at once a few are served at a time.
pub async fn one_of_few(web: &Web) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
    web.papers.acquire().await.map_err(Failure::internal)
}

/// A PDF to look at, under the name by which it is kept.
pub fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    (headers, bytes).into_response()
}
