//! By which ways browsers come to the pages, and what leads from the plain one to the encrypted one.

use std::net::SocketAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::door::{HostName, Line, Trust};

/// What is answered in clear although there is a certificate: how to come to trust it, and what that page looks like.
const IN_CLEAR: &[&str] = &["/sertifikat", "/assets/"];

/// How browsers come to the pages.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// On this machine alone.
    pub local_only: bool,
    /// Through a proxy that has a certificate.
    pub behind_proxy: bool,
    /// With a certificate of this program's.
    pub https: Option<Https>,
}

/// HTTPS by this program itself.
#[derive(Debug, Clone)]
pub struct Https {
    /// Its port.
    pub port: u16,
    /// A port that answers plain HTTP; it may be the same.
    pub clear_port: u16,
    /// What phones are told of an authority of our own.
    pub trust: Option<Trust>,
}

fn url(scheme: &str, host: &str, port: u16) -> String {
    match (scheme, port) {
        ("https", 443) | ("http", 80) => format!("{scheme}://{host}"),
        _ => format!("{scheme}://{host}:{port}"),
    }
}

impl Https {
    /// The name by which a browser asked, if it is one of ours, else the first.
    fn host(&self, asked: Option<&str>) -> String {
        let Some(trust) = &self.trust else {
            return asked.unwrap_or_default().to_owned();
        };
        let known = asked
            .and_then(|host| host.trim_matches(['[', ']']).parse::<HostName>().ok())
            .filter(|host| trust.names.contains(host));
        let name = known.as_ref().or(trust.names.first());
        name.map(HostName::in_url).unwrap_or_default()
    }

    /// Where the pages are.
    pub fn address(&self, asked: Option<&str>) -> String {
        url("https", &self.host(asked), self.port)
    }

    /// Where a phone that does not trust us yet reads how to.
    pub fn page_in_clear(&self, asked: Option<&str>) -> String {
        let base = url("http", &self.host(asked), self.clear_port);
        format!("{base}/sertifikat")
    }
}

impl Reach {
    /// Whether cookies are for HTTPS only.
    pub fn is_secure(&self) -> bool {
        self.behind_proxy || self.https.is_some()
    }

    /// Whether a browser may be told never to come in clear again. Not with an authority of our own: whoever lost it
    /// and makes another must reach the page in clear that tells how to trust that one.
    pub fn is_for_good(&self) -> bool {
        self.https.as_ref().is_some_and(|https| https.trust.is_none())
    }

    /// What the addresses of pages begin with for the browser that asks.
    pub fn as_seen(&self, host: Option<&Authority>) -> String {
        let scheme = if self.is_secure() { "https" } else { "http" };
        format!("{scheme}://{}", host.map(Authority::as_str).unwrap_or_default())
    }

    /// What the addresses of pages begin with, as far as it is known here.
    pub fn base(&self, address: SocketAddr) -> String {
        match &self.https {
            Some(https) if https.trust.is_some() => https.address(None),
            Some(_) => format!("https://{address}"),
            None => format!("http://{address}"),
        }
    }

    /// Where a request must go instead that came in clear.
    pub fn led_away(&self, line: Option<&Line>, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        let https = self.https.as_ref()?;
        // What comes by no line was sent by a test.
        if line.is_none_or(|line| line.encrypted) {
            return None;
        }
        let is_part = |place: &str| match place.strip_suffix('/') {
            Some(_) => uri.path().starts_with(place),
            None => uri
                .path()
                .strip_prefix(place)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        };
        if IN_CLEAR.iter().any(|place| is_part(place)) {
            return None;
        }
        let Some(host) = host_of(headers) else {
            return Some(StatusCode::BAD_REQUEST.into_response());
        };
        let base = url("https", host.host(), https.port);
        let rest = uri.path_and_query().map_or("/", |it| it.as_str());
        // For now: whoever gives HTTPS up again must not be held to it by what a browser remembers.
        Some(Redirect::temporary(&format!("{base}{rest}")).into_response())
    }
}

/// The name and port by which a browser asked.
pub fn host_of(headers: &HeaderMap) -> Option<Authority> {
    headers.get(header::HOST)?.to_str().ok()?.parse().ok()
}
