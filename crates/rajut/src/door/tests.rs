//! The door as clients meet it: real handshakes on this machine, and clients that take their time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request};
use axum::http::StatusCode;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use rajut_core::clock::Clock as _;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsConnector;

use super::authority::Authority;
use super::connection::Seat;
use super::{Certificates, Door, Fault, HostName, Limits, Line, SlowBody, Source};
use crate::rim::SystemClock;
use crate::words::{Language, Words};

const NOW: &str = "2026-11-28T02:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn days(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

fn names(texts: &[&str]) -> Vec<HostName> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn own(folder: &Path, texts: &[&str]) -> Source {
    Source::Own {
        file: folder.join("rajut.authority.json"),
        names: names(texts),
    }
}

fn roots(authority: &[u8]) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.to_vec())).unwrap();
    Arc::new(roots)
}

fn connector(authority: &[u8]) -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots(authority))
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Whether a phone that trusts the authority takes a certificate for a name at some time.
fn is_taken(authority: &[u8], chain: &[CertificateDer<'static>], name: &str, at: Timestamp) -> bool {
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots(authority), provider)
        .build()
        .unwrap();
    let at = Duration::from_secs(at.as_second().unsigned_abs());
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier
        .verify_server_cert(&chain[0], &[], &name, &[], UnixTime::since_unix_epoch(at))
        .is_ok()
}

/// Says over which line it was asked, and reads bodies.
fn router() -> Router {
    let how = |line: Line| if line.encrypted { "encrypted" } else { "clear" };
    let read = async |Extension(slow): Extension<SlowBody>, body: Result<String, _>| {
        let body: Result<String, axum::extract::rejection::StringRejection> = body;
        match body {
            Ok(text) => (StatusCode::OK, format!("{} bytes", text.len())),
            Err(_) if slow.was_given_up() => (StatusCode::REQUEST_TIMEOUT, "slow".to_owned()),
            Err(_) => (StatusCode::BAD_REQUEST, "broken".to_owned()),
        }
    };
    Router::new()
        .route("/", get(async move |Extension(line): Extension<Line>| how(line)))
        .route("/read", post(read))
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Asks over a stream and reads to the end.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_phone_that_trusts_the_authority_is_let_in_by_any_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let source = own(folder.path(), &["rajut.ciamiskab.go.id", "10.9.8.7"]);
    let certificates = Arc::new(Certificates::open(source, SystemClock.now()).unwrap());
    let trust = certificates.trust().unwrap();
    let listener = listener().await;
    let address = listener.local_addr().unwrap();
    let door = Door::open(vec![listener], &router(), Some(&certificates), Limits::default()).unwrap();
    for name in ["rajut.ciamiskab.go.id", "10.9.8.7", "localhost", "127.0.0.1"] {
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from(name).unwrap();
        let stream = connector(&trust.certificate).connect(name, stream).await.unwrap();
        assert!(ask(stream, ASK).await.ends_with("encrypted"));
    }
    // By the same port in clear: the router is told.
    let clear = ask(TcpStream::connect(address).await.unwrap(), ASK).await;
    assert!(clear.ends_with("clear"), "{clear}");

    // Another name is not ours, and another authority says nothing about us.
    let other = tempfile::tempdir().unwrap();
    let other = Certificates::open(own(other.path(), &["localhost"]), now()).unwrap();
    for (authority, name) in [
        (&trust.certificate, "rajut.bandungkab.go.id"),
        (&other.trust().unwrap().certificate, "localhost"),
    ] {
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from(name).unwrap();
        let refused = connector(authority).connect(name, stream).await.unwrap_err();
        assert!(refused.to_string().contains("certificate"), "{refused}");
    }
    assert!(door.close(Duration::from_secs(30)).await);
}

#[test]
fn an_authority_is_made_once_and_its_key_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let first = Certificates::open(own(folder.path(), &["rajut.ciamiskab.go.id"]), now()).unwrap();
    let file = folder.path().join("rajut.authority.json");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing half made is left"
    );
    // Other names within its bounds: phones need nothing new.
    let second = Certificates::open(
        own(folder.path(), &["baru.ciamiskab.go.id", "10.1.1.1"]),
        days(400),
    )
    .unwrap();
    let (first, second) = (first.trust().unwrap(), second.trust().unwrap());
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_eq!(first.fingerprint().len(), 95);
    assert_eq!(second.names[0], names(&["baru.ciamiskab.go.id"])[0]);

    for (bad, at) in [
        (&["bank.example"][..], now()),
        (&["rajut.ciamiskab.go.id"], days(3660)),
    ] {
        let fault = Certificates::open(own(folder.path(), bad), at).unwrap_err();
        assert!(
            matches!(fault, Fault::OutOfBounds { .. } | Fault::Ended { .. }),
            "{fault}"
        );
    }
    std::fs::write(&file, "{}").unwrap();
    let fault = Certificates::open(own(folder.path(), &["localhost"]), now()).unwrap_err();
    assert!(matches!(fault, Fault::Authority { .. }), "{fault}");
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "{}",
        "it is not replaced in silence"
    );
}

/// Whoever steals the key of the authority cannot pass for a bank on the phones that trust it.
#[test]
fn phones_hold_the_authority_to_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let authority = Authority::open(&file, &names(&["rajut.ciamiskab.go.id"]), now()).unwrap();
    let trusted = authority.trust(&[]).certificate;
    let today = jiff::civil::date(2026, 11, 28);
    for (name, taken) in [
        ("rajut.ciamiskab.go.id", true),
        ("lain.ciamiskab.go.id", true),
        ("192.168.1.4", true),
        ("bank.example", false),
        ("bandungkab.go.id", false),
        ("8.8.8.8", false),
    ] {
        let issued = authority.sign(&names(&[name]), today).unwrap();
        assert_eq!(is_taken(&trusted, &issued.chain, name, now()), taken, "{name}");
    }
}

#[test]
fn a_certificate_lasts_as_long_as_phones_accept_and_is_made_anew_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let name = "rajut.ciamiskab.go.id";
    let authority = Authority::open(&file, &names(&[name]), now()).unwrap();
    let trusted = authority.trust(&[]).certificate;
    let chain = authority.issue(&names(&[name]), now()).unwrap().chain;
    // A phone whose clock is some hours behind takes it too.
    for (at, taken) in [
        (days(0) - SignedDuration::from_hours(20), true),
        (days(390), true),
        (days(397), false),
    ] {
        assert_eq!(is_taken(&trusted, &chain, name, at), taken, "{at}");
    }
    let certificates = Certificates::open(own(folder.path(), &[name]), now()).unwrap();
    assert!(!certificates.renew(days(20)).unwrap());
    assert!(certificates.renew(days(31)).unwrap());
    assert!(!certificates.renew(days(32)).unwrap());
    // The clock was wrong and has been set right.
    assert!(certificates.renew(days(2)).unwrap());
}

/// A certificate and its key in files.
fn files(folder: &TempDir, name: &str) -> (PathBuf, PathBuf) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let path = |kind: &str| folder.path().join(format!("{name}.{kind}"));
    std::fs::write(path("pem"), certificate.pem()).unwrap();
    std::fs::write(path("key"), key.serialize_pem()).unwrap();
    (path("pem"), path("key"))
}

#[test]
fn wrong_files_are_told_apart_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = files(&folder, "one");
    let (other, _) = files(&folder, "two");
    let text = folder.path().join("text");
    std::fs::write(&text, "halo\n").unwrap();
    let broken = folder.path().join("broken");
    let pem = |what: &str| format!("-----BEGIN {what}-----\nAAAA\n-----END {what}-----\n");
    std::fs::write(&broken, pem("CERTIFICATE") + &pem("PRIVATE KEY")).unwrap();
    let missing = folder.path().join("missing");
    let open = |certificate: &PathBuf, key: &PathBuf| {
        let source = Source::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        Certificates::open(source, now())
    };
    let good = open(&certificate, &key).unwrap();
    assert!(
        good.trust().is_none(),
        "the agency's own certificate is trusted already"
    );
    let cases: [(&PathBuf, &PathBuf, [&str; 2]); 7] = [
        (&missing, &key, ["tidak dapat dibaca", "cannot be read"]),
        (&certificate, &missing, ["tidak dapat dibaca", "cannot be read"]),
        (&text, &key, ["tidak memuat sertifikat", "holds no certificate"]),
        (
            &certificate,
            &text,
            ["tidak memuat kunci", "holds no private key"],
        ),
        (&broken, &key, ["Sertifikat di", "cannot be used"]),
        (&certificate, &broken, ["Kunci di", "Take an RSA"]),
        (&other, &key, ["bukan kunci dari sertifikat", "is not the key of"]),
    ];
    for (certificate, key, told) in cases {
        let fault = open(certificate, key).unwrap_err();
        for (language, told) in [Language::Indonesian, Language::English].into_iter().zip(told) {
            let sentence = fault.told(&Words::of(language));
            assert!(sentence.contains(told), "{fault}: {sentence}");
        }
    }
    // What is in force stays while the files are wrong, and the new ones hold once they are right.
    std::fs::copy(&other, &certificate).unwrap();
    assert!(matches!(good.renew(now()), Err(Fault::Mismatch { .. })));
    files(&folder, "one");
    assert!(good.renew(now()).unwrap());
}

/// So little patience that a test has no time to wait.
fn impatient() -> Limits {
    let moment = Duration::from_millis(100);
    Limits {
        handshake: moment,
        head: moment,
        pause: moment,
        unread: moment,
        ..Limits::default()
    }
}

const CLEAR: &str = "127.0.0.1:1";

/// A connection in memory.
fn connection(router: Router, room: usize) -> (tokio::io::DuplexStream, impl Future<Output = ()>) {
    let (client, server) = duplex(room);
    let (ending, ended) = watch::channel(false);
    let seat = Seat {
        router,
        acceptor: None,
        limits: impatient(),
        ending: ended,
    };
    let line = Line {
        peer: CLEAR.parse().unwrap(),
        encrypted: false,
    };
    let answering = async move {
        seat.speak(server, line).await;
        drop(ending);
    };
    (client, answering)
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut() {
    for begun in [&b""[..], b"GET / HTTP/1.1\r\nHost: lo"] {
        let (mut client, answering) = connection(router(), 1 << 16);
        tokio::spawn(answering);
        client.write_all(begun).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(answer.is_empty(), "{answer:?}");
    }
    // One header now and then does not prolong it.
    let (mut client, answering) = connection(router(), 1 << 16);
    tokio::spawn(answering);
    client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut now_and_then = tokio::time::interval(impatient().head / 5);
    let mut headers = 0;
    while client.write_all(b"X: y\r\n").await.is_ok() {
        now_and_then.tick().await;
        headers += 1;
        assert!(headers < 50, "it is still waited for");
    }
}

#[tokio::test]
async fn an_answered_connection_is_not_kept_for_ever() {
    let (mut client, answering) = connection(router(), 1 << 16);
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    answering.await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_and_told_so() {
    let head = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    // Nothing at all; and a byte now and then.
    for drips in [false, true] {
        let (client, answering) = connection(router(), 1 << 16);
        tokio::spawn(answering);
        let (mut from, mut to) = tokio::io::split(client);
        to.write_all(head).await.unwrap();
        let mut sent = 0;
        let mut now_and_then = tokio::time::interval(impatient().pause / 5);
        let mut answer = String::new();
        let reading = from.read_to_string(&mut answer);
        tokio::pin!(reading);
        loop {
            tokio::select! {
                read = &mut reading => { read.unwrap(); break; }
                _ = now_and_then.tick(), if drips => {
                    sent += 1;
                    assert!(sent < 50, "it is still waited for");
                    if to.write_all(b"x").await.is_err() { break; }
                }
            }
        }
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[tokio::test]
async fn whoever_asks_and_does_not_read_is_cut() {
    let large = Router::new().route("/", get(async || Body::from(vec![b'x'; 1 << 20])));
    let (mut client, answering) = connection(large, 1024);
    client.write_all(ASK).await.unwrap();
    answering.await;
    let mut some = Vec::new();
    client.read_to_end(&mut some).await.unwrap();
    assert!(!some.is_empty() && some.len() < 1 << 20);
}

/// A client that greets for TLS and then says nothing.
#[tokio::test]
async fn a_greeting_that_never_ends_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Arc::new(Certificates::open(own(folder.path(), &["localhost"]), now()).unwrap());
    let listener = listener().await;
    let address = listener.local_addr().unwrap();
    let door = Door::open(vec![listener], &router(), Some(&certificates), impatient()).unwrap();
    for begun in [&b""[..], &[0x16, 3, 1]] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(begun).await.unwrap();
        let mut answer = Vec::new();
        // It may end by a reset where bytes were left unread.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.is_empty());
    }
    assert!(door.close(Duration::from_secs(30)).await);
}

#[tokio::test]
async fn others_are_served_while_a_client_is_slow_and_places_are_given_back() {
    let listener = listener().await;
    let address = listener.local_addr().unwrap();
    let limits = Limits {
        head: Duration::from_millis(200),
        connections: 3,
        ..Limits::default()
    };
    let door = Door::open(vec![listener], &router(), None, limits).unwrap();
    let open = door.counter();
    let mut slow = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HT").await.unwrap();
        slow.push(stream);
    }
    // More than there are places: each of them gets one in the end.
    for _ in 0..5 {
        let answer = ask(TcpStream::connect(address).await.unwrap(), ASK).await;
        assert!(answer.ends_with("clear"), "{answer}");
    }
    for mut stream in slow {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
    }
    assert!(door.close(Duration::from_secs(30)).await);
    assert_eq!(open(), 0);
}

#[tokio::test]
async fn what_is_being_answered_is_answered_before_the_door_closes() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(own(folder.path(), &["localhost"]), SystemClock.now());
    let certificates = Arc::new(certificates.unwrap());
    let trusted = certificates.trust().unwrap().certificate;
    let (asked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, waits) = (Arc::clone(&asked), Arc::clone(&go_on));
    let waiting = Router::new().route(
        "/",
        get(move |_: Request| {
            let (told, waits) = (Arc::clone(&told), Arc::clone(&waits));
            async move {
                told.notify_one();
                waits.notified().await;
                "whole"
            }
        }),
    );
    let listener = listener().await;
    let address = listener.local_addr().unwrap();
    let door = Door::open(vec![listener], &waiting, Some(&certificates), Limits::default()).unwrap();
    // One that has said nothing yet keeps nobody up.
    let _silent = TcpStream::connect(address).await.unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = connector(&trusted).connect(name, stream).await.unwrap();
    let keeps = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = tokio::spawn(ask(stream, keeps));
    asked.notified().await;
    let mut closing = tokio::spawn(door.close(Duration::from_secs(30)));
    tokio::select! {
        biased;
        ended = &mut closing => panic!("it closed too early: {ended:?}"),
        () = tokio::task::yield_now() => {}
    }
    go_on.notify_one();
    let answer = answer.await.unwrap();
    assert!(
        answer.contains("whole") && answer.contains("connection: close"),
        "{answer}"
    );
    assert!(closing.await.unwrap());
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody is let in any more"
    );
}

#[tokio::test]
async fn who_never_ends_is_not_waited_for() {
    let asked = Arc::new(Notify::new());
    let told = Arc::clone(&asked);
    let never = async move || {
        told.notify_one();
        std::future::pending::<()>().await;
    };
    let endless = Router::new().route("/", get(never));
    let listener = listener().await;
    let address = listener.local_addr().unwrap();
    let door = Door::open(vec![listener], &endless, None, Limits::default()).unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(ASK).await.unwrap();
    asked.notified().await;
    assert_eq!(door.counter()(), 1);
    assert!(!door.close(Duration::from_millis(50)).await);
}
