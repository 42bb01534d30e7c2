//! Who asks, in which language, under which request id; and the answer to failures in their language.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use rajut_core::id::PersonId;
use tracing::Instrument as _;

use super::failure::{Failure, What};
use super::session::{Sessions, Ticket, cookie};
use super::{Mode, Web, failure_page, guard};
use crate::words::{Language, Words};

/// Keeps the language that a visitor chose.
const LANGUAGE_COOKIE: &str = "rajut-lang";

/// Who asks.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// In which language.
    pub language: Language,
    /// The request, in the log and on error pages.
    pub request_id: String,
    /// What is asked for, without query.
    pub path: String,
    /// The session; there is one on every page of the demo.
    pub ticket: Option<Ticket>,
    /// The token for the forms of the page, empty without a session.
    pub token: String,
    /// On whose behalf.
    pub person: Option<PersonId>,
}

impl Visitor {
    /// The words of the language.
    pub fn words(&self) -> &'static Words {
        Words::shared(self.language)
    }

    /// Whether a program asks, which gets JSON.
    pub fn is_program(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Failure::internal("no visitor before the handler"))
    }
}

/// The outermost layer.
pub async fn layer(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let began = web.app.now();
    let (asked, kept) = languages(request.uri(), request.headers());
    let path = request.uri().path().to_owned();
    let known = web.sessions.of(request.headers());
    // Only pages have forms; files and programs need no session.
    let is_page = !["/assets/", "/api/", "/healthz", "/readyz"].iter().any(|place| path.starts_with(place));
    let ticket = known.clone().or_else(|| {
        (web.mode == Mode::Demo && is_page).then(|| Sessions::begin((web.entropy)()))
    });
    let visitor = Visitor {
        language: asked.or(kept).unwrap_or(Language::Indonesian),
        request_id: hex::encode(&(web.entropy)()[..8]),
        path,
        token: ticket.as_ref().map(|ticket| web.sessions.token(ticket)).unwrap_or_default(),
        person: known.as_ref().and_then(|ticket| web.sessions.person(ticket)),
        ticket: ticket.clone(),
    };
    request.extensions_mut().insert(visitor.clone());
    let span = tracing::info_span!("request", id = %visitor.request_id);
    let method = request.method().clone();
    let allowed = guard::check(&method, request.uri(), request.headers(), web.local_only);
    let answer = async {
        let response = match allowed {
            Ok(()) => next.run(request).await,
            Err(failure) => axum::response::IntoResponse::into_response(failure),
        };
        finish(&web, &visitor, response).await
    };
    let mut response = answer.instrument(span).await;
    let status = response.status().as_u16();
    let took_ms = began.duration_until(web.app.now()).as_millis();
    let (id, path) = (&visitor.request_id, &visitor.path);
    tracing::info!(%id, %method, %path, status, took_ms, "answered");
    let headers = response.headers_mut();
    if let Some(language) = asked {
        let code = language.code();
        let value = format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
        append_cookie(headers, &value);
    }
    // A handler that changed the session has set its cookie already.
    if let (None, Some(fresh), false) = (&known, &ticket, headers.contains_key("x-session")) {
        append_cookie(headers, &web.sessions.set_cookie(fresh));
    }
    headers.remove("x-session");
    if let Ok(id) = HeaderValue::from_str(&visitor.request_id) {
        headers.insert("x-request-id", id);
    }
    guard::harden(headers);
    response
}

/// Gives a response the cookie of a session that takes the place of the one before.
pub fn change_session(web: &Web, response: &mut Response, ticket: &Ticket) {
    append_cookie(response.headers_mut(), &web.sessions.set_cookie(ticket));
    response.headers_mut().insert("x-session", HeaderValue::from_static("changed"));
}

fn append_cookie(headers: &mut HeaderMap, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// The language asked for now, and the one chosen before.
fn languages(uri: &Uri, headers: &HeaderMap) -> (Option<Language>, Option<Language>) {
    let known = |code: &str| match code {
        "id" => Some(Language::Indonesian),
        "en" => Some(Language::English),
        _ => None,
    };
    let asked = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("lang="));
    (asked.and_then(known), cookie(headers, LANGUAGE_COOKIE).and_then(known))
}

/// Logs what failed and gives it a body.
async fn finish(web: &Web, visitor: &Visitor, response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = match response.extensions().get::<Failure>() {
        Some(failure) => failure.clone(),
        // What axum itself refuses (a body too large, a path that is no id) has words that no user should read.
        None => Failure::of(status),
    };
    match &failure.what {
        What::App(error) if status.is_server_error() => tracing::error!(%error, "failed"),
        What::Hidden(why) => tracing::error!(%why, "failed"),
        What::App(error) => tracing::debug!(%error, "refused"),
        What::Sentence(_) => {}
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut page = failure_page::render(web, visitor, &failure).await;
    if let (StatusCode::METHOD_NOT_ALLOWED, Some(allow)) = (status, allow) {
        page.headers_mut().insert(header::ALLOW, allow);
    }
    page
}
