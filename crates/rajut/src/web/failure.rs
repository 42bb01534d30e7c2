//! What went wrong, kept until it is known who asked: a page with a way back for people, JSON for programs.
//!
//! The user reads a safe sentence and an incident id; the log has the frank words beside the same id.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rajut_app::AppError;
use rajut_app::store::StoreError;
use rajut_core::act::{Refusal, Rule};

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
        let (status, code) = match &error {
            AppError::Refused(refusal) => match refusal.rule {
                Rule::NotFound => (StatusCode::NOT_FOUND, "not_found"),
                Rule::NoRight => (StatusCode::FORBIDDEN, "refused"),
                _ => (StatusCode::CONFLICT, "refused"),
            },
            AppError::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
            AppError::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
            AppError::Invalid { .. }
            | AppError::ProcedureFile { .. }
            | AppError::Store(StoreError::Cursor { .. }) => (StatusCode::BAD_REQUEST, "invalid"),
            AppError::Store(StoreError::TooLarge { .. }) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            AppError::Store(StoreError::Full { .. }) => (StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            AppError::Store(StoreError::Unavailable { .. } | StoreError::Contended { .. }) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            AppError::Setting { .. } | AppError::NotSetUp { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "setting")
            }
            AppError::Store(_) | AppError::Paper(_) | AppError::Network(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
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
