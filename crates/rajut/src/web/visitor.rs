//! Who asks, in which language, under which request id; and the answer to failures in their language.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rajut_app::store::Session;
use rajut_core::account::TokenScope;
use rajut_core::id::PersonId;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::failure::{Failure, What};
use super::session::{self, SESSION, Ticket, VISIT, cookie};
use super::{Mode, Web, failure_page, guard};
use crate::door::{Line, SlowBody};
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
    /// What the browser holds; every page has one.
    pub ticket: Option<Ticket>,
    /// The token for the forms of the page.
    pub token: String,
    /// The session of somebody who has signed in.
    pub session: Option<Session>,
    /// On whose behalf.
    pub person: Option<PersonId>,
    /// The token by which a program asks; what it may be used for.
    pub scope: Option<TokenScope>,
    /// From which address.
    pub address: String,
    /// Whether it is a program on this machine, with nothing in between.
    pub is_here: bool,
    /// What the browser calls itself.
    pub agent: String,
}

impl Visitor {
    /// The words of the language.
    pub fn words(&self) -> &'static Words {
        Words::shared(self.language)
    }

    /// Whether a program asks, which gets JSON.
    pub fn is_program(&self) -> bool {
        is_for_programs(&self.path)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Failure::internal("no visitor before the handler"))
    }
}

/// With the microseconds behind the point, and no more.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// Whether programs ask for this, by a token.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path == "/metrics"
}

/// The outermost layer.
pub async fn layer(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let line = request.extensions().get::<Line>().copied();
    if let Some(mut away) = web
        .reach
        .led_away(line.as_ref(), request.uri(), request.headers())
    {
        let status = away.status().as_u16();
        web.metrics
            .answered(route, request.method(), status, began.elapsed());
        tracing::info!(method = %request.method(), route, status, "led to HTTPS");
        guard::harden(away.headers_mut());
        return away;
    }
    let (asked, kept) = languages(request.uri(), request.headers());
    let path = request.uri().path().to_owned();
    // Files need nobody; programs prove themselves by a token, browsers by a cookie.
    let is_file = ["/assets/", "/healthz", "/readyz", "/sw.js", "/rajut.webmanifest"]
        .iter()
        .any(|place| path.starts_with(place));
    let is_program = is_for_programs(&path);
    let address = peer(&web, &request);
    let is_here = is_here(&web, &request);
    let agent = text_of(request.headers(), header::USER_AGENT);
    let mut visitor = Visitor {
        language: asked.or(kept).unwrap_or(Language::Indonesian),
        request_id: hex::encode(&(web.entropy)()[..8]),
        path,
        ticket: None,
        token: String::new(),
        session: None,
        person: None,
        scope: None,
        address,
        is_here,
        agent,
    };
    let mut fresh = None;
    let found = if is_file {
        Ok(())
    } else {
        recognise(&web, request.headers(), &mut visitor).await
    };
    // A cookie that was told in clear is nobody's secret.
    let in_clear = web.reach.https.is_some() && line.is_some_and(|line| !line.encrypted);
    if !is_file && !is_program && !in_clear && visitor.ticket.is_none() {
        let ticket = Ticket::fresh((web.entropy)());
        visitor.ticket = Some(ticket.clone());
        fresh = Some(ticket);
    }
    if let Some(ticket) = &visitor.ticket {
        visitor.token = ticket.form_token();
    }
    request.extensions_mut().insert(visitor.clone());
    let span = tracing::info_span!("request", id = %visitor.request_id);
    let method = request.method().clone();
    let allowed = guard::check(&method, request.uri(), request.headers(), web.reach.local_only);
    let slow = request.extensions().get::<SlowBody>().cloned();
    let answer = async {
        let mut response = match allowed.and(found) {
            Ok(()) => next.run(request).await,
            Err(failure) => failure.into_response(),
        };
        // Whatever a handler made of half a body, this is what was wrong with it.
        if slow.is_some_and(|body| body.was_given_up()) {
            let status = StatusCode::REQUEST_TIMEOUT;
            response = Failure::because(status, "too_slow", "web-error-too-slow").into_response();
        }
        finish(&web, &visitor, response).await
    };
    let mut response = answer.instrument(span).await;
    let status = response.status().as_u16();
    let took = began.elapsed();
    web.metrics.answered(route, &method, status, took);
    let (id, took_ms) = (&visitor.request_id, millis(took));
    // By the template of the route: what stands in its place may be the secret of a link.
    let person = visitor.person.map(tracing::field::display);
    tracing::info!(%id, %method, route, status, took_ms, person, "answered");
    let headers = response.headers_mut();
    // A handler that began or ended a session has set its cookie already.
    let by_handler = headers.contains_key(header::SET_COOKIE);
    if let Some(language) = asked {
        let code = language.code();
        let value = format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
        append_cookie(headers, &value);
    }
    if let Some(fresh) = fresh.filter(|_| !by_handler) {
        append_cookie(
            headers,
            &session::set_cookie(VISIT, fresh.as_str(), web.reach.is_secure()),
        );
    }
    if let Ok(id) = HeaderValue::from_str(&visitor.request_id) {
        headers.insert("x-request-id", id);
    }
    guard::harden(headers);
    if web.reach.is_for_good() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, guard::FOR_GOOD);
    }
    response
}

/// Who asks: by the token of a program, else by the cookie of a session.
async fn recognise(web: &Web, headers: &HeaderMap, visitor: &mut Visitor) -> Result<(), Failure> {
    if let Some(token) = text_of(headers, header::AUTHORIZATION)
        .strip_prefix("Bearer ")
        .filter(|_| visitor.is_program())
    {
        let owner = web.app.token_owner(token.trim()).await?;
        let owner = owner
            .ok_or_else(|| Failure::because(StatusCode::UNAUTHORIZED, "token", "web-error-api-token"))?;
        visitor.person = Some(owner.person);
        visitor.scope = Some(owner.scope);
        return Ok(());
    }
    if let Some(ticket) = Ticket::of(headers, SESSION)
        && let Some(session) = web.app.session(ticket.as_str(), web.mode == Mode::Demo).await?
    {
        visitor.person = Some(session.person);
        visitor.session = Some(session);
        visitor.ticket = Some(ticket);
        return Ok(());
    }
    visitor.ticket = Ticket::of(headers, VISIT);
    Ok(())
}

/// The address of the browser: behind a proxy the last one that the proxy names, else the other end of the line.
fn peer(web: &Web, request: &Request) -> String {
    // A proxy may add a line of its own behind what the client wrote.
    let lines = request
        .headers()
        .get_all(HeaderName::from_static("x-forwarded-for"));
    let forwarded = lines
        .iter()
        .next_back()
        .and_then(|line| line.to_str().ok())
        .unwrap_or_default();
    if web.reach.behind_proxy
        && let Some(last) = forwarded.rsplit(',').map(str::trim).find(|one| !one.is_empty())
    {
        return last.chars().take(64).collect();
    }
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip().to_string())
        .unwrap_or_default()
}

/// Whether somebody on this machine asks. A proxy stands here too, and asks for everybody.
fn is_here(web: &Web, request: &Request) -> bool {
    let passed_on = ["x-forwarded-for", "forwarded", "via"];
    !web.reach.behind_proxy
        && !passed_on.iter().any(|name| request.headers().contains_key(*name))
        && request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .is_some_and(|peer| peer.0.ip().is_loopback())
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> String {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// Gives a response a cookie.
pub fn give_cookie(web: &Web, response: &mut Response, name: &str, value: &str) {
    append_cookie(
        response.headers_mut(),
        &session::set_cookie(name, value, web.reach.is_secure()),
    );
}

/// Takes a cookie away.
pub fn take_cookie(response: &mut Response, name: &str) {
    append_cookie(response.headers_mut(), &session::no_cookie(name));
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
    let asked = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="));
    (
        asked.and_then(known),
        cookie(headers, LANGUAGE_COOKIE).and_then(known),
    )
}

/// A page that says itself what was wrong, such as a form that is shown again.
#[derive(Debug, Clone, Copy)]
pub struct Whole;

/// Logs what failed and gives it a body.
async fn finish(web: &Web, visitor: &Visitor, response: Response) -> Response {
    let status = response.status();
    let is_whole = response.extensions().get::<Whole>().is_some();
    if is_whole || (!status.is_client_error() && !status.is_server_error()) {
        return response;
    }
    if let Some(Failure {
        what: What::App(error),
        ..
    }) = response.extensions().get::<Failure>()
    {
        web.metrics.failed(error);
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
