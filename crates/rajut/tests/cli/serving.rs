//! `rajut serve`: on a PostgreSQL server that goes away and comes back, and with a certificate.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rajut_app::store::testkit::PgServer;

use crate::stage::Stage;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program, ended with the test.
struct Served {
    child: Child,
    address: SocketAddr,
    /// With which it is asked.
    token: String,
}

impl Served {
    fn start(url: &str, folder: &std::path::Path, token: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rajut"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", url])
            .current_dir(folder)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok())
            .expect("it says where it listens");
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            token: token.to_owned(),
        }
    }

    /// Status and body of an answer.
    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (host, token) = (self.address, &self.token);
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Asks until it is ready again.
    fn recovers(&self) {
        let recovered = (0..1_000).any(|_| self.get("/readyz").0 == 200);
        assert!(recovered, "it does not come back");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_database_server_that_goes_away_is_said_and_needs_no_restart() {
    let server = PgServer::private("served");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = runtime.block_on(server.create("served"));
    let database = Stage::beside(&url);
    database.fill();
    let invite = ["user", "invite", "kasi-telematika", "--login", "contoh.kasi"];
    database.does("pengelola-sistem", "08:00", &invite);
    let issued = database.does(
        "kasi-telematika",
        "08:00",
        &["token", "issue", "--label", "uji", "--format", "json"],
    );
    let token = issued.json()["token"].as_str().unwrap().to_owned();
    let program = Served::start(&url, &database.path(""), &token);
    let pages = ["/", "/masuk", "/api/v1/status", "/api/v1/runs"];
    for path in pages {
        let (status, body) = program.get(path);
        assert_eq!(status, 200, "{path}: {body}");
    }
    assert_eq!(program.get("/readyz"), (200, "ready\n".to_owned()));

    for crash in [false, true] {
        if crash {
            server.crash();
        } else {
            server.stop();
        }
        assert_eq!(program.get("/healthz").0, 200, "the program itself runs");
        assert_eq!(program.get("/readyz").0, 503);
        for path in pages {
            let (status, body) = program.get(path);
            assert_eq!(status, 503, "{path}: {body}");
            let told = if path.starts_with("/api/") {
                "\"code\":\"unavailable\""
            } else {
                "Basis data sedang tidak terjangkau"
            };
            assert!(body.contains(told), "{path}: {body}");
        }
        // Another command says the same and ends as it should.
        let away = database.rajut(&["run", "list"]);
        assert_eq!(away.code, 4, "{away:?}");
        assert!(away.err.contains("tidak dapat dihubungi"), "{}", away.err);

        server.start();
        program.recovers();
        for path in pages {
            let (status, body) = program.get(path);
            assert_eq!(status, 200, "{path}: {body}");
        }
        database.done(&["journal", "verify", "--deep"]);
    }
}

/// Runs `serve` to its end.
fn ends(stage: &Stage, more: &[&str]) -> (i32, String) {
    let ended = stage.rajut(&[&["serve", "--listen", "127.0.0.1:0"], more].concat());
    (ended.code, ended.err)
}

#[test]
fn a_certificate_that_cannot_be_used_is_said_before_anything_is_served() {
    let stage = Stage::set_up();
    let text = stage.write("bukan.pem", "halo\n");
    let files = ["--tls-cert", &text, "--tls-key", &text];
    let (code, told) = ends(&stage, &files);
    assert_eq!(code, 2, "{told}");
    assert!(
        told.contains("tidak memuat sertifikat") && told.contains("bukan.pem"),
        "{told}"
    );
    let (code, told) = ends(&stage, &[&files[..], &["--language", "en"]].concat());
    assert_eq!(code, 2);
    assert!(told.contains("holds no certificate"), "{told}");
    let (code, told) = ends(&stage, &[&files[..], &["--format", "json"]].concat());
    assert_eq!(code, 2);
    assert!(told.contains("\"code\":\"certificate\""), "{told}");
    // Half of it, two at once, or a proxy beside it is wrong use.
    for wrong in [
        &["--tls-cert", &text][..],
        &["--tls-cert", &text, "--tls-key", &text, "--tls-own", "rajut"],
        &["--tls-own", "rajut", "--behind-proxy"],
        &["--tls-own", "http://rajut"],
        &["--listen-http", "127.0.0.1:0"],
    ] {
        let (code, told) = ends(&stage, wrong);
        assert_eq!(code, 2, "{wrong:?}: {told}");
    }
}

/// The whole way: an authority is made, the page is read in clear, what it gives is trusted, and the program ends well.
#[test]
fn an_authority_of_our_own_is_made_shown_and_trusted() {
    let stage = Stage::set_up();
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--listen-http",
        "127.0.0.1:0",
        "--tls-own",
        "rajut.ciamiskab.go.id",
        "-v",
        "--log-json",
    ];
    let mut program = stage
        .command(&arguments)
        .stderr(Stdio::piped())
        .spawn()
        .map(Ended)
        .unwrap();
    let mut lines = BufReader::new(program.0.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let address: SocketAddr = lines
        .by_ref()
        .find_map(|line| line.strip_prefix("listening on https://")?.parse().ok())
        .expect("it says where it listens");
    let told = lines.by_ref().find(|line| line.contains("Sidik jari")).unwrap();
    let ask = |mut stream: Box<dyn ReadWrite>, path: &str| {
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
            address.port()
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    };
    let connect = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    let clear = ask(Box::new(connect()), "/sertifikat/rajut.crt");
    let at = clear.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let certificate = clear[at..].to_vec();
    let fingerprint: Vec<String> = rajut_core::journal::Hash::of(&certificate)
        .bytes()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    assert!(told.contains(&fingerprint.join(":")), "{told}");
    let led = String::from_utf8(ask(Box::new(connect()), "/masuk")).unwrap();
    let to = format!("location: https://localhost:{}/masuk", address.port());
    assert!(led.starts_with("HTTP/1.1 307") && led.contains(&to), "{led}");

    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.into()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = std::sync::Arc::new(config);
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let client = rustls::ClientConnection::new(config, name).unwrap();
    let stream = rustls::StreamOwned::new(client, connect());
    let page = String::from_utf8(ask(Box::new(stream), "/masuk")).unwrap();
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("; Secure"),
        "{page}"
    );

    let pid = program.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = lines.collect();
    assert!(program.0.wait().unwrap().success());
    // One line for each request, by the template of its route, with the id that the answer bears.
    let answered: Vec<serde_json::Value> = rest
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &serde_json::Value| line["message"] == "answered")
        .collect();
    let line = answered
        .iter()
        .find(|line| line["route"] == "/masuk" && line["status"] == 200)
        .unwrap_or_else(|| panic!("{rest:?}"));
    let id = line["id"].as_str().unwrap();
    assert!(page.contains(&format!("x-request-id: {id}")), "{page}");
    assert!(line["took_ms"].is_number() && line["method"] == "GET");
}

/// Something to ask over.
trait ReadWrite: std::io::Read + std::io::Write {}
impl<T: std::io::Read + std::io::Write> ReadWrite for T {}

/// A program that ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
