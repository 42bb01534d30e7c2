//! Periodic work on one database: one program at a time, once per period, and a dead one is replaced.

use jiff::{SignedDuration, Timestamp};
use rajut_store::testkit::{self, TestDb};
use rajut_store::{Claim, Store};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::fixtures::*;

on_both!(
    one_does_the_work_and_the_others_wait,
    who_dies_is_replaced_when_the_claim_has_run_out,
    of_many_at_once_one_is_granted,
    a_program_that_starts_may_do_it_early,
    a_clock_that_ran_ahead_stops_nothing
);

const LEASE: SignedDuration = SignedDuration::from_secs(60);
const PERIOD: SignedDuration = SignedDuration::from_secs(300);
const A: Uuid = Uuid::from_u128(1);
const B: Uuid = Uuid::from_u128(2);

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn claim(store: &Store, holder: Uuid, seconds: i64) -> Claim {
    let at = after(seconds);
    store
        .claim_job("timers", holder, at, LEASE, PERIOD, false)
        .await
        .unwrap()
}

fn granted(seconds: i64) -> Claim {
    Claim::Granted {
        until: after(seconds),
    }
}

fn later(seconds: i64) -> Claim {
    Claim::Later { at: after(seconds) }
}

async fn one_does_the_work_and_the_others_wait(db: TestDb) {
    let other = Store::open(&db.url).await.unwrap();
    assert_eq!(claim(&db.store, A, 0).await, granted(60));
    assert_eq!(claim(&other, B, 10).await, later(60));
    assert!(db.store.renew_job("timers", A, after(90)).await.unwrap());
    assert_eq!(claim(&other, B, 61).await, later(90), "prolonged");
    assert!(
        !other.renew_job("timers", B, after(200)).await.unwrap(),
        "it is not B's"
    );
    assert!(!other.finish_job("timers", B, after(200)).await.unwrap());
    assert!(db.store.finish_job("timers", A, after(300)).await.unwrap());
    // Done in this period: nobody does it again, A neither.
    assert_eq!(claim(&other, B, 299).await, later(300));
    assert_eq!(claim(&db.store, A, 299).await, later(300));
    assert_eq!(claim(&other, B, 300).await, granted(360));
    // Another job is another row.
    let monitoring = other
        .claim_job("monitoring", A, after(301), LEASE, PERIOD, false)
        .await
        .unwrap();
    assert_eq!(monitoring, granted(361));
}

async fn who_dies_is_replaced_when_the_claim_has_run_out(db: TestDb) {
    let other = Store::open(&db.url).await.unwrap();
    assert_eq!(claim(&db.store, A, 0).await, granted(60));
    assert_eq!(claim(&other, B, 59).await, later(60));
    assert_eq!(claim(&other, B, 60).await, granted(120));
    // A was only slow: it neither prolongs nor ends what B has by now.
    assert!(!db.store.renew_job("timers", A, after(500)).await.unwrap());
    assert!(!db.store.finish_job("timers", A, after(500)).await.unwrap());
    assert_eq!(claim(&db.store, A, 61).await, later(120));
    assert!(other.finish_job("timers", B, after(300)).await.unwrap());
    // Who holds it may ask again, and is not in its own way.
    assert_eq!(claim(&other, B, 300).await, granted(360));
    assert_eq!(claim(&other, B, 310).await, granted(370));
}

async fn of_many_at_once_one_is_granted(db: TestDb) {
    let stores = [db.store.clone(), Store::open(&db.url).await.unwrap()];
    let asking: Vec<_> = (0..32_u128)
        .map(|n| {
            let store = stores[usize::try_from(n % 2).unwrap()].clone();
            tokio::spawn(async move { claim(&store, Uuid::from_u128(100 + n), 0).await })
        })
        .collect();
    let mut grants = 0;
    for asked in asking {
        match asked.await.unwrap() {
            Claim::Granted { .. } => grants += 1,
            // Either the row was held this very moment, or the claim was seen.
            Claim::Later { at } => assert!([after(1), after(60)].contains(&at), "{at}"),
        }
    }
    assert_eq!(grants, 1);
}

async fn a_clock_that_ran_ahead_stops_nothing(db: TestDb) {
    let year = 366 * 24 * 3600;
    assert_eq!(claim(&db.store, A, year).await, granted(year + 60));
    // It died there: its claim is no claim by the right clock.
    assert_eq!(claim(&db.store, B, 0).await, granted(60));
    db.store.finish_job("timers", B, after(year)).await.unwrap();
    // It ended there: by the right clock the work is due now, and from then on once per period.
    assert_eq!(claim(&db.store, A, 10).await, granted(70));
    db.store.finish_job("timers", A, after(310)).await.unwrap();
    assert_eq!(claim(&db.store, B, 11).await, later(310));
}

async fn a_program_that_starts_may_do_it_early(db: TestDb) {
    assert_eq!(claim(&db.store, A, 0).await, granted(60));
    db.store.finish_job("timers", A, after(300)).await.unwrap();
    let early = |holder| {
        db.store
            .claim_job("timers", holder, after(10), LEASE, PERIOD, true)
    };
    assert_eq!(early(B).await.unwrap(), granted(70));
    // Early, but not beside another one.
    assert_eq!(early(A).await.unwrap(), later(70));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_does_not_wait_for_a_row_that_somebody_holds() {
    let db = testkit::postgres().await;
    assert_eq!(claim(&db.store, A, 0).await, granted(60));
    db.store.finish_job("timers", A, after(0)).await.unwrap();
    let mut other = PgConnection::connect(&db.url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT 1 FROM job WHERE name = 'timers' FOR UPDATE")
        .execute(&mut other)
        .await
        .unwrap();
    assert_eq!(
        claim(&db.store, B, 5).await,
        later(6),
        "asked again soon, not waited for"
    );
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(claim(&db.store, B, 6).await, granted(66));
}
