//! What people do by forms: each is one use case, and ends at the page that shows what came of it.
//!
//! Hides how a form becomes a command. It must not know whether an act is allowed: the rules say so when it is done.

pub mod order;
pub mod report;
pub mod run;
pub mod team;

use axum::http::StatusCode;
use jiff::civil::Date;

use super::failure::Failure;

/// A date of a form.
pub fn date(text: &str) -> Result<Date, Failure> {
    text.trim()
        .parse()
        .map_err(|_| Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-error-date"))
}

/// A date that may be left out.
pub fn date_if_any(text: &str) -> Result<Option<Date>, Failure> {
    match text.trim() {
        "" => Ok(None),
        text => date(text).map(Some),
    }
}
