//! `kill -9` at random moments: no acknowledged act is lost, none is half done, and the journal holds.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use rajut_core::act::{Act, Actor, Changes, Envelope, Expect};
use rajut_core::id::{ActId, FreshIds};
use rajut_core::journal::Hash;
use rajut_core::register::Edit;
use rajut_core::stream::StreamKind;
use rajut_store::testkit::{self, PgServer};
use rajut_store::{Store, StoreError};
use uuid::Uuid;

use crate::fixtures::*;

/// Tells the child which database it writes to.
const URL: &str = "RAJUT_TEST_KILLED_URL";
/// Tells the child which ids it makes.
const ROUND: &str = "RAJUT_TEST_KILLED_ROUND";
/// Records of one act: a half done one would show.
const RECORDS: usize = 3;
/// What the child says of an act that the store has acknowledged.
const TOLD: &str = "acknowledged ";

fn act(ids: &mut FreshIds) -> Changes {
    let mut changes = Changes::new(Envelope {
        key: ids.fresh(),
        act: Act::EditRegister,
        occurred_at: now(),
        received_at: now(),
        done_by: Actor::System,
        entered_by: Actor::System,
        scan: None,
    });
    for _ in 0..RECORDS {
        let it = stream(StreamKind::Office, ids.fresh::<Uuid>());
        let after = office(it, &format!("k-{}", it.id), "Dinas Contoh");
        changes.push(it, Expect::New, Edit { before: None, after });
    }
    changes
}

fn ids_of(round: u32) -> FreshIds {
    let mut seed = [0xc5; 32];
    seed[..4].copy_from_slice(&round.to_be_bytes());
    FreshIds::new(now(), seed)
}

/// Between 1 and 12, and every round another one.
fn acts_before_the_end(round: u32) -> usize {
    1 + usize::from(Hash::of(&round.to_be_bytes()).bytes()[0]) % 12
}

/// The program that is killed. Without its two variables it is no test and does nothing.
#[tokio::test]
async fn child() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the parent tells its child by the environment"
    )]
    let (Ok(url), Ok(round)) = (std::env::var(URL), std::env::var(ROUND)) else {
        return;
    };
    let store = Store::open(&url).await.unwrap();
    let mut ids = ids_of(round.parse().unwrap());
    loop {
        let changes = act(&mut ids);
        store.commit(&changes).await.unwrap();
        // Once nobody listens any more this ends the program.
        println!("{TOLD}{}", changes.envelope.key);
    }
}

/// Lets a child write and kills it, again and again.
async fn kill(url: &str, rounds: u32) {
    let mut acknowledged: Vec<ActId> = Vec::new();
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::child", "--nocapture"])
            .env(URL, url)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut keys = lines.filter_map(|line| {
            let line = line.unwrap();
            let (_, key) = line.split_once(TOLD)?;
            Some(key.parse::<ActId>().unwrap())
        });
        for _ in 0..acts_before_the_end(round) {
            acknowledged.push(keys.next().expect("the child writes until it is killed"));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(keys);
    }
    whole(&Store::open(url).await.unwrap(), &acknowledged).await;
}

/// Every acknowledged act is there with all its records, and nothing else is wrong.
async fn whole(store: &Store, acknowledged: &[ActId]) {
    assert!(!acknowledged.is_empty());
    for key in acknowledged {
        assert_eq!(store.act_of(*key).await.unwrap().len(), RECORDS, "{key}");
    }
    let report = store.verify(Vec::new(), true, |_| {}).await.unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(report.records % i64::try_from(RECORDS).unwrap(), 0);
}

#[tokio::test]
async fn sqlite_survives_200_kills() {
    let db = testkit::sqlite().await;
    db.store.close().await;
    kill(&db.url, 200).await;
}

#[tokio::test]
async fn postgres_survives_50_kills_of_the_program() {
    let db = testkit::postgres().await;
    db.store.close().await;
    kill(&db.url, 50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_crashes_of_the_postgresql_server_lose_nothing() {
    let server = PgServer::private("killed");
    let url = server.create("killed").await;
    Store::open(&url).await.unwrap().migrate().await.unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..5 {
        let store = Store::open(&url).await.unwrap();
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let writing = tokio::spawn(async move {
            let mut ids = ids_of(1000 + round);
            loop {
                let changes = act(&mut ids);
                match store.commit(&changes).await {
                    Ok(_) => told
                        .send(changes.envelope.key)
                        .expect("the test listens to the end"),
                    Err(error) => return error,
                }
            }
        });
        for _ in 0..acts_before_the_end(1000 + round) {
            acknowledged.push(heard.recv().await.expect("it writes until the server is gone"));
        }
        tokio::task::block_in_place(|| server.crash());
        let error = writing.await.unwrap();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        while let Some(key) = heard.recv().await {
            acknowledged.push(key);
        }
        server.start();
    }
    whole(&Store::open(&url).await.unwrap(), &acknowledged).await;
}
