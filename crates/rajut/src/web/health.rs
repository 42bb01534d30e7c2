//! For supervisors: whether the program runs, and whether it can do its work.

use std::sync::Arc;

use axum::extract::State;

use super::Web;
use super::failure::Failure;

/// `/healthz`: the program answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: the database answers too.
pub async fn ready(State(web): State<Arc<Web>>) -> Result<&'static str, Failure> {
    web.app.store().head().await?;
    Ok("ready\n")
}
