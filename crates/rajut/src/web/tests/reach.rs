//! Over which lines pages are answered: what an encrypted one bears, and what is answered in clear beside it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;

use super::world::World;
use crate::door::{Line, Trust};
use crate::web::reach::{Https, Reach};
use crate::web::{Mode, Web, routes};

fn trust() -> Trust {
    Trust {
        name: "Rajut rajut.ciamiskab.go.id".to_owned(),
        certificate: b"a certificate".to_vec(),
        until: jiff::civil::date(2036, 11, 28),
        names: ["rajut.ciamiskab.go.id", "10.0.0.5"]
            .map(|name| name.parse().unwrap())
            .to_vec(),
    }
}

/// The same agency with a certificate of its own making or of somebody else's.
fn encrypted(world: &World, own: bool) -> Arc<Web> {
    let reach = Reach {
        https: Some(Https {
            port: 443,
            clear_port: 80,
            trust: own.then(trust),
        }),
        ..Reach::default()
    };
    let entropy = Arc::new(|| [7; 32]);
    Arc::new(Web::new(
        world.app.clone(),
        Mode::Live,
        reach,
        entropy,
        world.web.anchors.clone(),
    ))
}

async fn ask(web: &Arc<Web>, encrypted: bool, host: &str, path: &str) -> (StatusCode, HeaderMap, String) {
    let peer = "10.1.2.3:4000".parse().unwrap();
    let request = Request::builder()
        .uri(path)
        .header(header::HOST, host)
        .extension(Line { peer, encrypted })
        .extension(ConnectInfo(peer))
        .body(Body::empty())
        .unwrap();
    let answer = routes::router(Arc::clone(web)).oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8_lossy(&body).into_owned(),
    )
}

#[tokio::test]
async fn in_clear_everything_leads_to_the_encrypted_pages_but_what_explains_them() {
    let world = World::new(Mode::Live).await;
    let web = encrypted(&world, true);
    let host = "rajut.ciamiskab.go.id";
    for path in [
        "/",
        "/masuk?ke=/",
        "/api/v1/runs",
        "/metrics",
        "/healthz",
        "/sertifikatpalsu",
        "/x//evil.example",
    ] {
        let (status, headers, body) = ask(&web, false, host, path).await;
        assert_eq!(status, StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(headers[header::LOCATION], format!("https://{host}{path}"));
        assert!(
            body.is_empty() && !headers.contains_key(header::SET_COOKIE),
            "{path}"
        );
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
    }
    let (status, headers, page) = ask(&web, false, host, "/sertifikat").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        !headers.contains_key(header::SET_COOKIE),
        "nothing secret goes in clear"
    );
    let first: String = trust().fingerprint().chars().take(23).collect();
    for told in [
        first.as_str(),
        "<svg",
        "http://rajut.ciamiskab.go.id/sertifikat",
        "Android",
        "28 November 2036",
    ] {
        assert!(page.contains(told), "{told}");
    }
    // By an address that is ours too, and by a name that is none of ours.
    let (_, _, page) = ask(&web, false, "10.0.0.5:80", "/sertifikat").await;
    assert!(page.contains("https://10.0.0.5/"), "{page}");
    let (_, _, page) = ask(&web, false, "evil.example", "/sertifikat").await;
    assert!(
        page.contains("https://rajut.ciamiskab.go.id/") && !page.contains("evil.example"),
        "{page}"
    );
    let (status, headers, body) = ask(&web, false, host, "/sertifikat/rajut.crt").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "a certificate"));
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-x509-ca-cert");
    assert!(
        !headers.contains_key(header::CONTENT_DISPOSITION),
        "phones ask themselves what to do with it"
    );
}

#[tokio::test]
async fn encrypted_pages_have_cookies_of_their_own_and_bind_browsers_only_to_a_certificate_of_others() {
    let world = World::new(Mode::Live).await;
    for own in [true, false] {
        let web = encrypted(&world, own);
        let (status, headers, _) = ask(&web, true, "rajut.ciamiskab.go.id", "/masuk").await;
        assert_eq!(status, StatusCode::OK);
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.ends_with("; Secure"), "{cookie}");
        assert_eq!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY), !own);
        let (status, _, _) = ask(&web, true, "rajut.ciamiskab.go.id", "/sertifikat").await;
        assert_eq!(status == StatusCode::OK, own);
    }
    let (status, headers, _) = ask(&world.web, true, "127.0.0.1", "/sertifikat").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
}
