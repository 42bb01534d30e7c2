//! A PostgreSQL server for tests.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::OnceCell;

use crate::Store;

const TEMPLATE: &str = "rajut_template";

/// A PostgreSQL server on a socket in a folder of its own, run as an unprivileged user: `initdb` refuses
/// root, so tests that run as root start it as `postgres` or `nobody`.
///
/// The shared server does without `fsync`: it need not outlive a loss of power, and tests are faster. A private
/// one keeps the server's careful default.
///
/// The tests of one run share one server. `cargo nextest` runs each test in a process of its own: they meet
/// in a folder named after the run, the first one starts the server while it holds a lock. A watchdog
/// process stops the server and removes the folder once the runner (or, under `cargo test`, the test
/// program) is gone, however it ended.
#[derive(Debug)]
pub struct PgServer {
    folder: PathBuf,
    user: Option<(u32, u32)>,
    fsync: bool,
}

static SHARED: OnceCell<PgServer> = OnceCell::const_new();

impl PgServer {
    /// The server of this test run, with a migrated template database.
    pub async fn shared() -> &'static Self {
        SHARED
            .get_or_init(|| async {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "only the environment tells which run this is"
                )]
                let (run, guardian) = match std::env::var("NEXTEST_RUN_ID") {
                    Ok(run) => (run, parent_id()),
                    Err(_) => (format!("pid-{}", std::process::id()), std::process::id()),
                };
                let folder = std::env::temp_dir().join(format!("rajut-pg-{run}"));
                let lock_path = std::env::temp_dir().join(format!("rajut-pg-{run}.lock"));
                let lock = File::create(&lock_path).expect("the temporary folder is writable");
                lock.lock().expect("a lock is granted");
                let server = Self {
                    folder,
                    user: unprivileged(),
                    fsync: false,
                };
                let ready = server.folder.join("ready");
                if !ready.exists() {
                    server.set_up();
                    server.start();
                    server.watch(guardian, &lock_path);
                    server.make_template().await;
                    fs::write(&ready, "").expect("the folder is writable");
                }
                server
            })
            .await
    }

    /// A server of one's own, to stop and start it. It ends with this process.
    pub fn private(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rajut-pg-{name}-{}", std::process::id()));
        let server = Self {
            folder,
            user: unprivileged(),
            fsync: true,
        };
        server.set_up();
        server.start();
        server.watch(std::process::id(), &server.folder);
        server
    }

    /// The address of a database on this server.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://rajut@localhost/{database}?host={}",
            self.folder.display()
        )
    }

    /// Makes an empty database, not migrated, and gives its address.
    pub async fn create(&self, name: &str) -> String {
        self.create_with(name, "").await
    }

    /// Makes a migrated database on the shared server, and gives its address.
    pub(super) async fn create_from_template(&self, name: &str) -> String {
        self.create_with(name, &format!("TEMPLATE {TEMPLATE}")).await
    }

    async fn create_with(&self, name: &str, how: &str) -> String {
        let mut admin = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the server runs");
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} {how}")))
            .execute(&mut admin)
            .await
            .expect("a database is made");
        admin.close().await.expect("the connection closes");
        self.url(name)
    }

    async fn make_template(&self) {
        let store = Store::open(&self.create(TEMPLATE).await)
            .await
            .expect("the template opens");
        store.migrate().await.expect("the template is migrated");
        store.close().await;
    }

    /// Starts the server and waits until it answers.
    pub fn start(&self) {
        self.control(&[
            "start",
            "-w",
            "-t",
            "60",
            "-o",
            &format!(
                "-k '{}' -c listen_addresses='' -c max_connections=300 -c shared_buffers=64MB -c fsync={}",
                self.folder.display(),
                if self.fsync { "on" } else { "off" }
            ),
        ]);
    }

    /// Stops the server as an administrator would, breaking all connections.
    pub fn stop(&self) {
        self.control(&["stop", "-w", "-m", "fast"]);
    }

    /// Stops the server without a checkpoint, as a crash would: the next start recovers.
    pub fn crash(&self) {
        self.control(&["stop", "-w", "-m", "immediate"]);
    }

    /// The number of the server's first process, of which all others are children.
    pub fn process(&self) -> u32 {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).expect("the server runs");
        let first = text.lines().next().unwrap_or_default();
        first.trim().parse().expect("the file begins with the number")
    }

    fn control(&self, args: &[&str]) {
        let mut command = self.command("pg_ctl");
        command
            .arg("-D")
            .arg(self.data())
            .arg("-l")
            .arg(self.folder.join("log"))
            .args(args);
        run(&mut command);
    }

    fn set_up(&self) {
        // What a killed run of the same name left.
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(&self.folder).expect("the temporary folder is writable");
        if let Some((user, group)) = self.user {
            chown(&self.folder, Some(user), Some(group)).expect("root may give a folder away");
        }
        let mut command = self.command("initdb");
        command.arg("-D").arg(self.data());
        // Words sort by the rules of a language here, so that a test notices where the schema relies on it.
        command.args(["--no-sync", "-A", "trust", "-U", "rajut", "-E", "UTF8"]);
        command.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=id"]);
        run(&mut command);
    }

    /// Stops the server and removes its folder once process `guardian` is gone.
    fn watch(&self, guardian: u32, also_remove: &Path) {
        let script = r#"( while [ -d "/proc/$1" ]; do sleep 0.5; done
            "$2" -D "$3/data" -m immediate stop; rm -rf "$3" "$4" ) &"#;
        let mut command = Command::new("sh");
        // As whoever runs the tests: the lock file belongs to them, and pg_ctl refuses root.
        let pg_ctl = if self.user.is_some() {
            self.folder.join("stop")
        } else {
            binary("pg_ctl")
        };
        if let Some((user, group)) = self.user {
            let stop = format!(
                "#!/bin/sh\nexec setpriv --reuid={user} --regid={group} --clear-groups {} \"$@\"\n",
                binary("pg_ctl").display()
            );
            fs::write(&pg_ctl, stop).expect("the folder is writable");
            fs::set_permissions(&pg_ctl, std::os::unix::fs::PermissionsExt::from_mode(0o755))
                .expect("one's own file can be made executable");
        }
        command
            .arg("-c")
            .arg(script)
            .arg("sh")
            .arg(guardian.to_string())
            .arg(pg_ctl);
        command.arg(&self.folder).arg(also_remove);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Not in the group of the test, which a runner may kill as a whole.
        command.process_group(0).status().expect("sh runs");
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(binary(name));
        command.current_dir(&self.folder).env("LC_ALL", "C.UTF-8");
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.stdin(Stdio::null());
        command
    }
}

/// Runs a command, and fails the test with its words where it fails.
fn run(command: &mut Command) {
    let log = tempfile::tempfile().expect("the temporary folder is writable");
    let copy = || log.try_clone().expect("a handle can be copied");
    let done = command.stdout(copy()).stderr(copy()).status();
    let succeeded = done.as_ref().is_ok_and(std::process::ExitStatus::success);
    let mut said = String::new();
    let _ =
        std::io::Seek::rewind(&mut &log).and_then(|()| std::io::Read::read_to_string(&mut &log, &mut said));
    assert!(succeeded, "{command:?}: {done:?}\n{said}");
}

/// The newest PostgreSQL of the system: Debian keeps its programs out of the search path.
fn binary(name: &str) -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin").join(name)))
        })
        .filter(|(_, path)| path.exists())
        .collect();
    found.sort();
    found.pop().map_or_else(|| PathBuf::from(name), |(_, path)| path)
}

/// The user that the server runs as, where the tests run as root.
fn unprivileged() -> Option<(u32, u32)> {
    let me = fs::metadata("/proc/self").map(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata));
    if me.is_ok_and(|uid| uid != 0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the system has users");
    let entry = |name: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            (fields.first() == Some(&name))
                .then(|| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))
        })?
    };
    Some(
        entry("postgres")
            .or_else(|| entry("nobody"))
            .expect("the system has a user postgres or nobody"),
    )
}
