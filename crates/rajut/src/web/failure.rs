//! What went wrong, kept until it is known who asked: a page with a way back for people, JSON for programs.
//!
//! The user reads a safe sentence and an incident id; the log has the frank words beside the same id.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rajut_app::AppError;
use rajut_app::store::StoreError;
use rajut_core::act::{Refusal, Rule};

use crate::problem;

/// A request that did not come to its end.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The status of the answer.
    pub status: StatusCode,
    /// A stable code for programs.
    pub code: &'static str,
    /// What to say.
    pub what: What,
}

/// What to say about a failure.
#[derive(Debug, Clone)]
pub enum What {
    /// The sentence of a key.
    Sentence(&'static str),
    /// What the use case says.
    App(Arc<AppError>),
    /// Something that only the log may know.
    Hidden(Arc<str>),
}

impl Failure {
    /// A plain failure of a status.
    pub fn of(status: StatusCode) -> Self {
        let (code, key) = match status {
            StatusCode::NOT_FOUND => ("not_found", "web-error-not-found"),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "web-error-method"),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "web-error-too-large"),
            StatusCode::MISDIRECTED_REQUEST => ("wrong_host", "web-error-host"),
            StatusCode::FORBIDDEN => ("forbidden", "web-error-forbidden"),
            status if status.is_server_error() => ("internal", "web-error-internal"),
            _ => ("bad_request", "web-error-bad-request"),
        };
        Self::because(status, code, key)
    }

    /// A failure with a sentence of its own.
    pub fn because(status: StatusCode, code: &'static str, key: &'static str) -> Self {
        Self {
            status,
            code,
            what: What::Sentence(key),
        }
    }

    /// A fault of the program.
    pub fn internal(why: impl Into<Box<dyn std::error::Error>>) -> Self {
        let what = What::Hidden(why.into().to_string().into());
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal",
            what,
        }
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.what {
            What::App(error) => match error.as_ref() {
                AppError::Refused(refusal) => Some(refusal),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let code = problem::code(&error);
        let status = match (&error, code) {
            (AppError::Refused(refusal), _) if refusal.rule == Rule::NoRight => StatusCode::FORBIDDEN,
            (_, "refused" | "conflict") => StatusCode::CONFLICT,
            (_, "try_again") => StatusCode::TOO_MANY_REQUESTS,
            (_, "not_found") => StatusCode::NOT_FOUND,
            (_, "invalid") => StatusCode::BAD_REQUEST,
            (_, "too_large") => StatusCode::PAYLOAD_TOO_LARGE,
            (_, "disk_full") => StatusCode::INSUFFICIENT_STORAGE,
            (_, "unavailable" | "setting") => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            code,
            what: What::App(Arc::new(error)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        AppError::from(refusal).into()
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Failure {
    /// The answer without its body: the outermost layer knows the language and whether a person or a program asked.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
