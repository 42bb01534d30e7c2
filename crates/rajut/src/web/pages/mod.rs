//! The pages: each a struct beside the handler that fills it; what its template needs is a field or a method.
//!
//! Hides which use cases a page asks. A failed read becomes a failure, never an empty list.

pub mod account;
pub mod admin;
pub mod board;
pub mod by_hand;
pub mod certificate;
pub mod check;
pub mod check_paper;
pub mod complaint;
pub mod complaints;
pub mod draft;
pub mod field;
pub mod home;
pub mod import;
pub mod invitation;
pub mod office;
pub mod order;
pub mod papers;
pub mod people;
pub mod person_form;
pub mod procedure;
pub mod procedure_acts;
pub mod reports;
pub mod run;
pub mod runs;
pub mod set_up;
pub mod sign_in;
pub mod sites;
pub mod spread;
pub mod status;
pub mod steps;
pub mod teams;

use axum::http::StatusCode;
use axum::response::Html;
use rajut_app::store::Cursor;
use rajut_core::id::{ReportId, RunId};

use super::failure::Failure;

/// A rendered page.
pub type Page = Result<Html<String>, Failure>;

fn rendered(page: &impl askama::Template) -> Page {
    Ok(Html(page.render()?))
}

/// The run of a path: what is no id names no run.
pub fn run_id(text: &str) -> Result<RunId, Failure> {
    text.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))
}

/// The report of a path.
pub fn report_id(text: &str) -> Result<ReportId, Failure> {
    text.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))
}

/// The place in a list of a query.
pub fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Failure> {
    text.filter(|text| !text.is_empty())
        .map(str::parse::<Cursor>)
        .transpose()
        .map_err(Failure::from)
}
