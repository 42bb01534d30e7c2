//! Full disks, lost servers, newer databases: a clear word, and nothing half done.

use std::path::Path;
use std::process::Command;

use rajut_core::act::{Act, Expect};
use rajut_core::register::Edit;
use rajut_core::stream::StreamKind;
use rajut_store::testkit::{self, PgServer, TestDb};
use rajut_store::{Store, StoreError};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::fixtures::*;

on_both!(
    a_newer_database_is_refused,
    a_database_that_was_not_migrated_says_so,
    migrating_again_changes_nothing
);

async fn a_newer_database_is_refused(db: TestDb) {
    db.store.close().await;
    tamper(&db, "UPDATE meta SET value = 99 WHERE name = 'records_schema'").await;
    let error = Store::open(&db.url).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NewerSchema { found: 99, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("newer program"), "{error}");
}

async fn a_database_that_was_not_migrated_says_so(db: TestDb) {
    tamper(&db, "DROP TABLE s_office").await;
    let error = db.store.load(fresh(StreamKind::Office)).await.unwrap_err();
    assert!(matches!(error, StoreError::NotMigrated { .. }), "{error}");
}

async fn migrating_again_changes_nothing(db: TestDb) {
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    db.store.migrate().await.unwrap();
    let (one, two) = tokio::join!(db.store.migrate(), db.store.migrate());
    one.unwrap();
    two.unwrap();
    assert_eq!(db.store.load(it).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn sqlite_keeps_acts_on_disk() {
    assert!(testkit::sqlite().await.store.is_durable().await.unwrap());
}

#[tokio::test]
async fn postgres_keeps_acts_on_disk_unless_the_server_is_careless() {
    let server = PgServer::private("durable");
    let url = server.create("durable").await;
    assert!(Store::open(&url).await.unwrap().is_durable().await.unwrap());
    // A careless default of the database does not matter: the store asks for what it needs.
    raw(&url, "ALTER DATABASE durable SET synchronous_commit = off")
        .await
        .unwrap();
    assert!(Store::open(&url).await.unwrap().is_durable().await.unwrap());
    // The server of the tests runs without fsync, and that is seen.
    assert!(!testkit::postgres().await.store.is_durable().await.unwrap());
}

/// What PostgreSQL asked of the system while `work` ran: the calls that write and that keep, in their order.
async fn traced(server: &PgServer, work: impl AsyncFnOnce()) -> String {
    use std::io::BufRead as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.txt");
    let mut strace = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=pwrite64,pwritev,fsync,fdatasync,sendto,recvfrom",
            "-o",
        ])
        .arg(&file)
        .args(["-p", &server.process().to_string()])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    let mut says = std::io::BufReader::new(strace.stderr.take().unwrap());
    while !told.contains("attached") {
        assert_ne!(says.read_line(&mut told).unwrap(), 0, "strace ended: {told}");
    }
    work().await;
    // It lets go of the server, and ends when it has written everything.
    let pid = strace.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    strace.wait().unwrap();
    testkit::whole_calls(&std::fs::read_to_string(&file).unwrap()).join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_asks_the_disk_to_keep_an_act_before_it_is_acknowledged() {
    let server = PgServer::private("traced");
    let url = server.create("traced").await;
    Store::open(&url).await.unwrap().migrate().await.unwrap();
    let it = fresh(StreamKind::Office);
    let trace = traced(&server, async || {
        let store = Store::open(&url).await.unwrap();
        store.commit(&new_office(it, "contoh-ditulis")).await.unwrap();
        store.close().await;
    })
    .await;
    // The backend that worked on the act: the one that was told to commit it.
    let backend = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let wrote = trace
        .lines()
        .find(|line| line.contains("recvfrom(") && line.contains("COMMIT"))
        .unwrap_or_else(|| panic!("nobody was told to commit:\n{trace}"));
    let worker = backend(wrote);
    let mine: Vec<&str> = trace.lines().filter(|line| backend(line) == worker).collect();
    let at = |words: &[&str]| {
        mine.iter()
            .rposition(|line| words.iter().all(|word| line.contains(word)))
            .unwrap_or_else(|| panic!("{words:?} in:\n{trace}"))
    };
    let asked = at(&["recvfrom(", "COMMIT"]);
    let kept = at(&["sync(", "/pg_wal/", ") = 0"]);
    let answered = at(&["sendto(", "COMMIT"]);
    assert!(
        asked < kept && kept < answered,
        "{asked} {kept} {answered}:\n{trace}"
    );
}

/// A file system in memory, gone with the test.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn mount() -> Self {
        let it = Self(tempfile::tempdir().unwrap());
        it.run("mount", &["-t", "tmpfs", "-o", "size=64m", "rajut-test"]);
        it
    }

    /// Leaves `free` bytes beyond what is there.
    fn leave(&self, free: u64) {
        let used: u64 = walk(self.0.path());
        self.run("mount", &["-o", &format!("remount,size={}", used + free)]);
    }

    fn run(&self, program: &str, args: &[&str]) {
        let done = Command::new(program)
            .args(args)
            .arg(self.0.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{program} {args:?} needs root: {said}");
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        self.run("umount", &["-l"]);
    }
}

/// The space that files take, in whole pages.
fn walk(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .unwrap()
        .map(Result::unwrap)
        .map(|entry| match entry.metadata().unwrap() {
            data if data.is_dir() => walk(&entry.path()),
            data => data.len().next_multiple_of(4096),
        })
        .sum()
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_is_half_done() {
    let disk = Tmpfs::mount();
    let url = format!("sqlite:{}", disk.0.path().join("rajut.db").display());
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    disk.leave(1024 * 1024);

    let store = Store::open(&url).await.unwrap();
    let mut kept = Vec::new();
    let (lost, error) = loop {
        let it = fresh(StreamKind::Office);
        let mut act = changes(Act::EditRegister);
        let after = office(it, &format!("dinas-{}", kept.len()), &"Contoh ".repeat(3000));
        act.push(it, Expect::New, Edit { before: None, after });
        match store.commit(&act).await {
            Ok(_) => kept.push(it),
            Err(error) => break (act, error),
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(kept.len() > 3, "{}", kept.len());
    // It stays readable, and says the same again.
    let again = store.commit(&lost).await.unwrap_err();
    assert!(matches!(again, StoreError::Full { .. }), "{again:?}");
    let bytes = futures_util::stream::iter([Ok::<_, std::io::Error>(vec![0; 2 << 20])]);
    let error = store.put_attachment(bytes, u64::MAX).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(store.all(StreamKind::Office).await.unwrap().len(), kept.len());
    let report = store.verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(
        (usize::try_from(report.records).unwrap(), report.faults),
        (kept.len(), Vec::new())
    );
    store.close().await;

    // With room again, opened anew, the same act passes.
    disk.leave(8 << 20);
    let store = Store::open(&url).await.unwrap();
    assert!(!store.commit(&lost).await.unwrap().repeated);
    assert_eq!(
        store.verify(Vec::new(), true, |_| ()).await.unwrap().faults,
        Vec::new()
    );
    store.close().await;
}

/// Returns once a connection to this database waits for a lock.
async fn somebody_waits(observer: &mut PgConnection) {
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query(waiting)
        .fetch_one(&mut *observer)
        .await
        .unwrap()
        .get::<i64, _>(0)
        == 0
    {
        tokio::task::yield_now().await;
    }
}

/// Somebody else holds one record and wants the other: the database gives up our act, and it is done again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_chosen_as_victim_of_a_deadlock_is_done_again() {
    let db = testkit::postgres().await;
    let (one, two) = (fresh(StreamKind::Office), fresh(StreamKind::Office));
    let (low, high) = (one.min(two), one.max(two));
    db.store.commit(&new_office(low, "rendah")).await.unwrap();
    db.store.commit(&new_office(high, "tinggi")).await.unwrap();
    let mut act = changes(Act::EditRegister);
    for (it, code) in [(low, "rendah"), (high, "tinggi")] {
        let before = office(it, code, "Dinas Contoh");
        let after = office(it, code, "Badan Contoh");
        act.push(
            it,
            Expect::Version(1),
            Edit {
                before: Some(before),
                after,
            },
        );
    }

    let mut other = PgConnection::connect(&db.url).await.unwrap();
    // The other one is patient, so that it is our act that gives way.
    sqlx::raw_sql("SET deadlock_timeout = '60s'; BEGIN")
        .execute(&mut other)
        .await
        .unwrap();
    let hold = "SELECT 1 FROM s_office WHERE id = $1 FOR UPDATE";
    sqlx::query(hold)
        .bind(high.id.to_string())
        .execute(&mut other)
        .await
        .unwrap();
    let store = db.store.clone();
    let committing = tokio::spawn(async move { store.commit(&act).await });
    let mut observer = PgConnection::connect(&db.url).await.unwrap();
    somebody_waits(&mut observer).await;
    // Granted once our act has given way; then it comes again, and waits again.
    sqlx::query(hold)
        .bind(low.id.to_string())
        .execute(&mut other)
        .await
        .unwrap();
    somebody_waits(&mut observer).await;
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    assert!(!committing.await.unwrap().unwrap().repeated);
    assert_eq!(db.store.load(low).await.unwrap().unwrap().version, 2);
    assert_eq!(
        db.store.verify(Vec::new(), true, |_| ()).await.unwrap().faults,
        Vec::new()
    );
}

#[tokio::test]
async fn a_server_that_stops_is_unreachable_until_it_is_back() {
    let server = PgServer::private("stops");
    let store = Store::open(&server.create("stops").await).await.unwrap();
    store.migrate().await.unwrap();
    let (before, during) = (fresh(StreamKind::Office), fresh(StreamKind::Office));
    store.commit(&new_office(before, "sebelum")).await.unwrap();
    let act = new_office(during, "selama");
    for crash in [false, true] {
        if crash {
            server.crash();
        } else {
            server.stop();
        }
        let error = store.commit(&act).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        let error = store.load(before).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        server.start();
        assert_eq!(store.commit(&act).await.unwrap().repeated, crash);
        assert_eq!(
            store.verify(Vec::new(), true, |_| ()).await.unwrap().faults,
            Vec::new()
        );
    }
    assert_eq!(store.all(StreamKind::Office).await.unwrap().len(), 2);
}
