//! Pages and certificates against real servers made here on the loopback, honest and hostile.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rajut_core::check::{Outcome, Vantage};
use rajut_core::id::FreshIds;
use rajut_probe::Prober;
use rajut_probe::services::{
    Details, HttpLook, HttpService, ServiceLook, Terms, TlsLook, TlsService, Wanting,
};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use common::FixedClock;

fn terms(timeout_ms: u64) -> Terms {
    Terms {
        timeout: Duration::from_millis(timeout_ms),
        tries: NonZeroU16::MIN,
        source: None,
        vantage: Vantage::Server,
    }
}

/// A server that serves so many connections, one after the other, and ends.
fn served(
    connections: usize,
    mut serve: impl FnMut(usize, TcpStream) + Send + 'static,
) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        for number in 0..connections {
            let (stream, _) = listener.accept().unwrap();
            serve(number, stream);
        }
    });
    (port, thread)
}

/// Reads a question to its empty line.
fn question(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut one = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut one).unwrap_or(0) == 1 {
        bytes.push(one[0]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Answers each question with the next of these.
fn answers(all: &[&str]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    let thread = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in all {
            let (mut stream, _) = listener.accept().unwrap();
            asked.push(question(&mut stream));
            // Who has enough of it goes away.
            let _ = stream.write_all(answer.as_bytes());
        }
        asked
    });
    (port, thread)
}

fn service(url: &str) -> HttpService {
    HttpService::new(url).unwrap()
}

#[test]
fn an_address_of_a_page_is_one() {
    for wrong in [
        "www.contoh.go.id",
        "ftp://contoh.go.id/",
        "http://",
        "https://budi:rahasia@contoh.go.id/",
        "file:///etc/hosts",
    ] {
        assert!(HttpService::new(wrong).is_none(), "{wrong}");
    }
    assert!(HttpService::new("https://[::1]:8443/a?b").is_some());
}

fn ask(service: &HttpService, timeout_ms: u64) -> ServiceLook {
    let mut ids = FreshIds::new(FixedClock::AT, [8; 32]);
    Prober.http(service, &terms(timeout_ms), &FixedClock, &mut ids)
}

fn page(look: &ServiceLook) -> &HttpLook {
    match &look.details {
        Some(Details::Http(page)) => page,
        other => panic!("{other:?} {:?}", look.observation),
    }
}

#[test]
fn a_page_is_asked_for_and_judged_by_status_and_text() {
    let (port, server) = answers(&[
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalo\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhal\r\n1\r\no\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nselamat pagi",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Sibuk\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 Sibuk\r\nContent-Length: 0\r\n\r\n",
    ]);
    let url = format!("http://127.0.0.1:{port}/status?a=1");
    let with_text = HttpService {
        text: Some("halo".to_owned()),
        ..service(&url)
    };
    for expected in [
        &[][..],
        &[],
        &[Wanting::TextMissing],
        &[Wanting::OtherStatus, Wanting::TextMissing],
    ] {
        let look = ask(&with_text, 5000);
        assert_eq!(
            (look.observation.outcome, &look.wanting[..]),
            (Outcome::Seen, expected)
        );
        assert!(page(&look).phases.head_ms.is_some() && look.observation.measure("connect").is_some());
    }
    let sick = HttpService {
        status: Some(503),
        ..service(&url)
    };
    assert!(ask(&sick, 5000).wanting.is_empty());
    let asked = server.join().unwrap();
    let head = format!("GET /status?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    assert!(asked[0].starts_with(&head), "{}", asked[0]);
}

#[test]
fn ways_are_followed_on_the_same_host_and_not_for_ever() {
    let moved = |to: &str| format!("HTTP/1.1 302 x\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned();
    let all = [
        moved("/baru"),
        ok,
        moved("http://localhost:1/"),
        moved("//[bukan"),
        moved("/"),
        moved("/"),
        moved("/"),
    ];
    let (port, server) = answers(&all.each_ref().map(String::as_str));
    let url = format!("http://127.0.0.1:{port}/");
    let look = ask(&service(&url), 5000);
    assert_eq!((page(&look).status, page(&look).redirects), (200, 1));
    assert_eq!(page(&look).url, format!("{url}baru"));
    // Another host was not named by whoever asks.
    let look = ask(&service(&url), 5000);
    assert_eq!(
        (page(&look).leads_to.as_deref(), &look.wanting[..]),
        (Some("http://localhost:1/"), &[][..])
    );
    assert_eq!(
        page(&ask(&service(&url), 5000)).leads_to,
        None,
        "it leads nowhere"
    );
    let twice = HttpService {
        redirects: 2,
        ..service(&url)
    };
    assert_eq!(ask(&twice, 5000).wanting, [Wanting::LeadsOnAndOn]);
    server.join().unwrap();
}

#[test]
fn who_speaks_otherwise_or_ends_too_early_is_no_web_server() {
    let cut = [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalo",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ];
    let (port, server) = answers(&cut);
    for text in cut {
        let look = ask(&service(&format!("http://127.0.0.1:{port}/")), 5000);
        assert_eq!(
            (look.observation.outcome, look.details),
            (Outcome::Refused, None),
            "{text}"
        );
        assert!(look.observation.raw.is_some());
    }
    server.join().unwrap();
    let look = ask(&service(&format!("http://127.0.0.1:{port}/")), 5000);
    assert_eq!(look.observation.outcome, Outcome::Refused, "the port is closed");
}

#[test]
fn a_giant_body_is_not_read_to_its_end_and_a_drip_ends_in_time() {
    let (port, server) = served(2, |number, mut stream| {
        question(&mut stream);
        if number == 0 {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n");
            let piece = vec![b'x'; 1 << 16];
            while stream.write_all(&piece).is_ok() {}
        } else {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Drip: ");
            // One octet whenever the other side has taken the last: it would never end by itself.
            while stream.write_all(b"a").and_then(|()| stream.flush()).is_ok() {
                std::thread::yield_now();
            }
        }
    });
    let url = format!("http://127.0.0.1:{port}/");
    let look = ask(&service(&url), 20_000);
    assert_eq!(page(&look).body_octets, 1 << 20);
    let look = ask(&service(&url), 300);
    assert_ne!(look.observation.outcome, Outcome::Seen);
    assert!(look.details.is_none());
    server.join().unwrap();
}

/// A certificate for these names from a day until another, and its key.
fn certificate(
    names: &[&str],
    from: (i32, u8, u8),
    until: (i32, u8, u8),
) -> (CertificateDer<'static>, KeyPair) {
    let mut params =
        CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(until.0, until.1, until.2);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.der().clone(), key)
}

fn secure(connections: usize, certificate: CertificateDer<'static>, key: &KeyPair) -> (u16, JoinHandle<()>) {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    served(connections, move |_, stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        if question(&mut stream).starts_with("GET") {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalo");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

fn handshake(port: u16, name: &str, roots: Option<RootCertStore>) -> ServiceLook {
    let service = TlsService {
        target: format!("{name}:{port}"),
        name: name.to_owned(),
        port,
        roots,
    };
    let mut ids = FreshIds::new(FixedClock::AT, [8; 32]);
    Prober.tls(&service, &terms(5000), &FixedClock, &mut ids)
}

fn shown(look: &ServiceLook) -> &TlsLook {
    match &look.details {
        Some(Details::Tls(shown)) => shown,
        other => panic!("{other:?} {:?}", look.observation),
    }
}

#[test]
fn a_certificate_is_told_and_judged() {
    // The clock of these tests stands at 22 November 2026.
    let (good, key) = certificate(&["127.0.0.1"], (2026, 1, 1), (2026, 12, 22));
    let mut roots = RootCertStore::empty();
    let (port, server) = secure(3, good, &key);
    let look = handshake(port, "127.0.0.1", None);
    assert_eq!(
        (look.observation.outcome, &look.wanting[..]),
        (Outcome::Seen, &[][..])
    );
    let tls = shown(&look);
    assert!(
        tls.name_matches && tls.trusted.is_none() && tls.version == "TLS 1.3",
        "{tls:?}"
    );
    let left = FixedClock::AT
        .duration_until("2026-12-22T00:00:00Z".parse().unwrap())
        .as_hours()
        / 24;
    assert_eq!(tls.days_left, left);
    assert_eq!(tls.chain[0].names, ["127.0.0.1"]);
    let (other, _) = certificate(&["lain"], (2026, 1, 1), (2026, 12, 22));
    roots.add(other).unwrap();
    let look = handshake(port, "127.0.0.1", Some(roots));
    assert_eq!(
        (shown(&look).trusted, &look.wanting[..]),
        (Some(false), &[Wanting::NotTrusted][..])
    );
    let look = ask(&service(&format!("https://127.0.0.1:{port}/")), 5000);
    let tls = page(&look).tls.as_ref().unwrap();
    assert!(tls.name_matches && page(&look).phases.tls_ms.is_some());
    assert_eq!((page(&look).body_octets, &look.wanting[..]), (4, &[][..]));
    server.join().unwrap();
}

#[test]
fn a_certificate_of_another_name_or_another_time_is_found_wanting() {
    for (names, from, until, expected) in [
        (
            ["127.0.0.1"],
            (2025, 1, 1),
            (2026, 11, 1),
            Wanting::CertificateExpired,
        ),
        (
            ["127.0.0.1"],
            (2027, 1, 1),
            (2028, 1, 1),
            Wanting::CertificateExpired,
        ),
        (
            ["www.contoh.go.id"],
            (2026, 1, 1),
            (2027, 1, 1),
            Wanting::OtherName,
        ),
    ] {
        let (der, key) = certificate(&names, from, until);
        let (port, server) = secure(1, der, &key);
        assert_eq!(
            handshake(port, "127.0.0.1", None).wanting,
            [expected],
            "{names:?} {until:?}"
        );
        server.join().unwrap();
    }
}

#[test]
fn who_speaks_no_tls_is_refused() {
    let (port, server) = served(1, |_, mut stream| {
        stream.write_all(b"220 contoh.go.id ESMTP\r\n").unwrap();
    });
    let look = handshake(port, "127.0.0.1", None);
    assert_eq!((look.observation.outcome, look.details), (Outcome::Refused, None));
    server.join().unwrap();
}
