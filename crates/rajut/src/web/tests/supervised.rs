//! What supervisors see: counters by the template of a route, and to whom they are told.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt as _;

use super::world::World;
use crate::web::{Mode, routes};

/// Asks from an address.
async fn from(world: &World, peer: &str, path: &str, more: &[(&'static str, &str)]) -> (StatusCode, String) {
    let mut request = Request::builder()
        .uri(path)
        .header(header::HOST, "127.0.0.1:8080");
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let peer: SocketAddr = format!("{peer}:4000").parse().unwrap();
    let request = request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap();
    let answer = routes::router(Arc::clone(&world.web))
        .oneshot(request)
        .await
        .unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn this_machine_may_count_and_whoever_comes_through_a_proxy_may_not() {
    let world = World::new(Mode::Live).await;
    for (peer, more, expected) in [
        ("127.0.0.1", &[][..], StatusCode::OK),
        ("[::1]", &[], StatusCode::OK),
        ("10.1.2.3", &[], StatusCode::UNAUTHORIZED),
        (
            "127.0.0.1",
            &[("x-forwarded-for", "10.1.2.3")],
            StatusCode::UNAUTHORIZED,
        ),
        (
            "127.0.0.1",
            &[("forwarded", "for=10.1.2.3")],
            StatusCode::UNAUTHORIZED,
        ),
    ] {
        let (status, text) = from(&world, peer, "/metrics", more).await;
        assert_eq!(status, expected, "{peer} {more:?}: {text}");
    }
    let proxied = World::with(Mode::Live, true).await;
    let (status, _) = from(&proxied, "127.0.0.1", "/metrics", &[]).await;
    assert_eq!(
        status,
        StatusCode::UNAUTHORIZED,
        "a proxy may forget to say for whom it asks"
    );
}

#[tokio::test]
async fn counters_name_routes_and_never_what_stands_in_them() {
    let world = World::new(Mode::Live).await;
    let secret = "5e2b7f00aa";
    for path in [
        &format!("/undangan/{secret}"),
        &format!("/nowhere/{secret}"),
        "/healthz",
    ] {
        from(&world, "127.0.0.1", path, &[]).await;
    }
    let (_, text) = from(&world, "127.0.0.1", "/metrics", &[]).await;
    for told in [
        "rajut_requests_total{route=\"/undangan/{token}\",method=\"GET\",status=\"404\"} 1",
        "rajut_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
        "rajut_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1",
        "rajut_database_up 1",
        "rajut_database_errors_total 0",
        "rajut_sessions 0",
    ] {
        assert!(text.lines().any(|line| line == told), "{told}\n{text}");
    }
    assert!(!text.contains(secret));
    assert!(text.contains(&format!(
        "rajut_build_info{{version=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION")
    )));
    // Every line is one of the form.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(
            name.starts_with("rajut_") && value.parse::<f64>().is_ok(),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_database_that_went_away_is_counted_and_does_not_keep_the_rest_back() {
    let world = World::new(Mode::Live).await;
    world.web.jobs.note("anchors", world.app.now(), true);
    world.web.jobs.note("timers", world.app.now(), false);
    world.app.store().close().await;
    let (status, _) = from(&world, "127.0.0.1", "/readyz", &[]).await;
    assert!(status.is_server_error());
    let (status, text) = from(&world, "127.0.0.1", "/metrics", &[]).await;
    assert_eq!(status, StatusCode::OK);
    for told in [
        "rajut_database_up 0",
        "rajut_database_errors_total 1",
        "rajut_job_failures_total{job=\"timers\"} 1",
        "rajut_job_failures_total{job=\"anchors\"} 0",
    ] {
        assert!(text.lines().any(|line| line == told), "{told}\n{text}");
    }
    assert!(text.contains("rajut_job_last_success_timestamp_seconds{job=\"anchors\"} "));
    assert!(!text.contains("rajut_sessions"));
}
