//! What every answer bears and every request must pass, whatever the page: headers, host, origin.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use super::failure::Failure;

/// Own scripts and styles only, nothing inline, nothing from elsewhere, no page of ours in a frame. `blob:` shows the
/// photos that wait on a phone; the worker keeps the visit's page for places without a network.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Tells a browser to come encrypted only, for a year (RFC 6797).
pub const FOR_GOOD: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Puts the headers of every answer on it.
pub fn harden(headers: &mut HeaderMap) {
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(), geolocation=(self)",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages hold what is true now and for this person; only files under hashed names say otherwise.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// Refuses what another site sends, and on a loopback address every host but this one.
pub fn check(method: &Method, uri: &Uri, headers: &HeaderMap, local_only: bool) -> Result<(), Failure> {
    let host = uri
        .authority()
        .map(axum::http::uri::Authority::as_str)
        .or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()))
        .unwrap_or_default();
    // A page elsewhere can point its own name at 127.0.0.1 and read what answers there; it cannot choose the name
    // that its browser sends.
    if local_only && !is_this_machine(host) {
        return Err(Failure::of(StatusCode::MISDIRECTED_REQUEST));
    }
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let elsewhere = || Failure::because(StatusCode::FORBIDDEN, "elsewhere", "web-error-elsewhere");
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return Err(elsewhere());
    }
    // A browser sends one of the two with every form; who sends neither has no cookies of a person either.
    match text("origin") {
        Some(origin) if origin.split_once("://").is_none_or(|(_, from)| from != host) => Err(elsewhere()),
        _ => Ok(()),
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(method: &Method, host: &str, more: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        for (name, value) in more {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        check(method, &Uri::from_static("/x"), &headers, true).is_ok()
    }

    #[test]
    fn a_name_pointed_at_this_machine_is_not_its_name() {
        for host in [
            "127.0.0.1:8080",
            "localhost:1",
            "LOCALHOST",
            "[::1]:8080",
            "127.9.9.9",
        ] {
            assert!(passes(&Method::GET, host, &[]), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "10.0.0.1",
        ] {
            assert!(!passes(&Method::GET, host, &[]), "{host}");
        }
    }

    #[test]
    fn another_site_cannot_send_forms() {
        let host = "127.0.0.1:8080";
        let good: [&[_]; 3] = [
            &[
                ("origin", "http://127.0.0.1:8080"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("origin", "http://127.0.0.1:8080")],
            &[],
        ];
        for more in good {
            assert!(passes(&Method::POST, host, more), "{more:?}");
        }
        let bad: [&[_]; 5] = [
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://evil.example")],
            &[("origin", "http://127.0.0.1:8081")],
            &[("origin", "null")],
        ];
        for more in bad {
            assert!(!passes(&Method::POST, host, more), "{more:?}");
            assert!(passes(&Method::GET, host, more), "{more:?}");
        }
    }
}
