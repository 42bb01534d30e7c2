//! Whoever watches hears of every act, by whom it was written ever.

use std::time::Duration;

use rajut_core::stream::StreamKind;
use rajut_store::testkit::{PgServer, TestDb};
use rajut_store::{Store, StoreError, Watch};
use sqlx::{Connection as _, PgConnection};

use crate::fixtures::*;

on_both!(
    acts_of_this_program_are_heard,
    acts_of_another_program_are_heard,
    what_is_not_committed_is_not_heard,
    a_closed_store_ends_its_watchers,
    a_restore_is_heard
);

/// How often a file is looked at here.
const PAUSE: Duration = Duration::from_millis(20);
/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the record `seq` is known of.
async fn heard(watch: &mut Watch, seq: i64) {
    let waiting = async {
        while watch.seq() < seq {
            watch.grown().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it is told");
    assert_eq!(watch.seq(), seq);
}

async fn act(store: &Store, code: &str) -> i64 {
    let act = new_office(fresh(StreamKind::Office), code);
    store.commit(&act).await.unwrap().last_seq
}

async fn acts_of_this_program_are_heard(db: TestDb) {
    let before = act(&db.store, "sebelum").await;
    // So rarely that only the telling within the process can be it.
    let mut watch = db.store.watch(Duration::from_hours(24)).await.unwrap();
    assert_eq!(watch.seq(), before, "it begins at the head");
    let mut second = db.store.watch(Duration::from_hours(24)).await.unwrap();
    for code in ["satu", "dua", "tiga"] {
        let seq = act(&db.store.clone(), code).await;
        heard(&mut watch, seq).await;
        heard(&mut second, seq).await;
    }
}

async fn acts_of_another_program_are_heard(db: TestDb) {
    let mut watch = db.store.watch(PAUSE).await.unwrap();
    // A store of its own shares nothing with the other but the database.
    let other = Store::open(&db.url).await.unwrap();
    for code in ["satu", "dua", "tiga"] {
        let seq = act(&other, code).await;
        heard(&mut watch, seq).await;
    }
}

async fn what_is_not_committed_is_not_heard(db: TestDb) {
    let mut watch = db.store.watch(PAUSE).await.unwrap();
    let it = fresh(StreamKind::Office);
    let first = db.store.commit(&new_office(it, "satu")).await.unwrap().last_seq;
    heard(&mut watch, first).await;
    let refused = db.store.commit(&new_office(it, "satu")).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
    // The next thing that is told is the next act.
    let seq = act(&db.store, "dua").await;
    assert_eq!(seq, first + 1);
    heard(&mut watch, seq).await;
}

async fn a_closed_store_ends_its_watchers(db: TestDb) {
    let mut watch = db.store.watch(PAUSE).await.unwrap();
    act(&db.store, "satu").await;
    // The listener gives its connection back, or this would not end.
    tokio::time::timeout(PATIENCE, db.store.close()).await.unwrap();
    let ending = async { while watch.grown().await.is_ok() {} };
    tokio::time::timeout(PATIENCE, ending).await.expect("it ends");
}

async fn a_restore_is_heard(db: TestDb) {
    let seq = act(&db.store, "satu").await;
    let archive = db.folder.path().join("arsip.zip");
    db.store.backup(&archive, now()).await.unwrap();
    for empty in [
        rajut_store::testkit::sqlite().await,
        rajut_store::testkit::postgres().await,
    ] {
        let mut watch = empty.store.watch(PAUSE).await.unwrap();
        assert_eq!(watch.seq(), 0);
        empty.store.restore(&archive).await.unwrap();
        heard(&mut watch, seq).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_is_heard_again() {
    let server = PgServer::private("watched");
    let url = server.create("watched").await;
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let mut watch = store.watch(PAUSE).await.unwrap();
    heard(&mut watch, act(&store, "sebelum").await).await;
    for (crash, codes) in [(false, ["a1", "a2"]), (true, ["b1", "b2"])] {
        if crash {
            server.crash();
        } else {
            server.stop();
        }
        server.start();
        // Written before the watcher may be back: it is found in the head, not in what was told.
        let other = Store::open(&url).await.unwrap();
        heard(&mut watch, act(&other, codes[0]).await).await;
        // And what comes now is told again.
        heard(&mut watch, act(&other, codes[1]).await).await;
        other.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_was_thrown_out_comes_back() {
    let db = rajut_store::testkit::postgres().await;
    let mut watch = db.store.watch(PAUSE).await.unwrap();
    heard(&mut watch, act(&db.store, "sebelum").await).await;
    let mut admin = PgConnection::connect(&db.url).await.unwrap();
    sqlx::raw_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(&mut admin)
    .await
    .unwrap();
    let other = Store::open(&db.url).await.unwrap();
    heard(&mut watch, act(&other, "sesudah").await).await;
}
