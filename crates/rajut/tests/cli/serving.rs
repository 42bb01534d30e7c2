//! `rajut serve` on a PostgreSQL server that goes away and comes back.

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
