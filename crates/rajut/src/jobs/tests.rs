//! Two programs on one database share the periodic work; a dead one is replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rajut_app::store::testkit::{TestDb, postgres, sqlite};
use rajut_app::{App, AppError, Defaults};
use rajut_core::clock::Clock;
use uuid::Uuid;

use super::monitored;
use super::round::{Job, Round};

/// A clock that stands until it is set.
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

const BEGIN: i64 = 1_780_000_000;

struct Nodes {
    clock: Arc<Set>,
    apps: [App; 2],
    jobs: [Job; 2],
    done: [AtomicUsize; 2],
}

impl Nodes {
    async fn on(db: &TestDb) -> Self {
        let clock = Arc::new(Set(AtomicI64::new(BEGIN)));
        let open = |n: u8| App::open(&db.url, Arc::clone(&clock) as _, Arc::new(move || [n; 32]));
        let job = |n| Job {
            name: "timers",
            node: Uuid::from_u128(n),
            period: Duration::from_mins(5),
        };
        Self {
            apps: [open(1).await.unwrap(), open(2).await.unwrap()],
            jobs: [job(1), job(2)],
            done: Default::default(),
            clock,
        }
    }

    fn at(&self, seconds: i64) {
        self.clock.0.store(BEGIN + seconds, Ordering::SeqCst);
    }

    async fn round(&self, node: usize, early: bool) -> Round {
        let work = || async {
            self.done[node].fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        self.jobs[node]
            .round(&self.apps[node], early, work)
            .await
            .unwrap()
    }

    fn counts(&self) -> [usize; 2] {
        [0, 1].map(|node| self.done[node].load(Ordering::SeqCst))
    }
}

fn waits(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn one_of_two_does_the_work_once_per_period(db: TestDb) {
    let nodes = Nodes::on(&db).await;
    assert_eq!(
        nodes.round(0, false).await,
        Round {
            done: true,
            wait: waits(300)
        }
    );
    nodes.at(100);
    // The second one began later, and is told when it is worth asking again.
    assert_eq!(
        nodes.round(1, false).await,
        Round {
            done: false,
            wait: waits(200)
        }
    );
    nodes.at(300);
    let [one, two] = {
        let (one, two) = tokio::join!(nodes.round(0, false), nodes.round(1, false));
        [one.done, two.done]
    };
    assert!(one != two, "exactly one of them");
    assert_eq!(nodes.counts().iter().sum::<usize>(), 2);
    // What must be looked at when a program starts is looked at, due or not.
    nodes.at(310);
    assert!(nodes.round(1, true).await.done);
}

async fn a_node_that_died_in_the_middle_is_replaced(db: TestDb) {
    let nodes = Nodes::on(&db).await;
    // It claims, begins to work, and is gone.
    let (begun, begins) = tokio::sync::oneshot::channel();
    let work = || async move {
        begun.send(()).unwrap();
        std::future::pending::<Result<(), AppError>>().await
    };
    let mut dying = Box::pin(nodes.jobs[0].round(&nodes.apps[0], false, work));
    tokio::select! {
        ended = &mut dying => panic!("{ended:?}"),
        begun = begins => begun.unwrap(),
    }
    drop(dying);
    // The other one hears that somebody has the work, until the claim runs out.
    assert_eq!(
        nodes.round(1, true).await,
        Round {
            done: false,
            wait: waits(60)
        }
    );
    nodes.at(59);
    assert!(!nodes.round(1, true).await.done, "the claim still holds");
    nodes.at(60);
    assert!(nodes.round(1, true).await.done);
    assert_eq!(nodes.counts(), [0, 1]);
}

async fn a_job_that_fails_is_due_again_like_any_other(db: TestDb) {
    let nodes = Nodes::on(&db).await;
    let fails = || async { Err(AppError::Network("putus".to_owned())) };
    let round = nodes.jobs[0].round(&nodes.apps[0], false, fails).await.unwrap();
    assert_eq!(
        round,
        Round {
            done: true,
            wait: waits(300)
        }
    );
    nodes.at(300);
    assert!(nodes.round(1, false).await.done);
}

async fn monitoring_follows_the_setting(db: TestDb) {
    let nodes = Nodes::on(&db).await;
    let [app, other] = &nodes.apps;
    assert_eq!(
        monitored(app.clone()).await.unwrap(),
        None,
        "nothing is set up yet"
    );
    let from = jiff::civil::date(2026, 1, 1);
    other
        .set_up(&Defaults::demo(), from, &Defaults::demo_reasons())
        .await
        .unwrap();
    assert_eq!(
        monitored(app.clone()).await.unwrap(),
        Some(Duration::from_mins(5))
    );
}

macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(super::sqlite().await).await })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(super::postgres().await).await })+
        }
    };
}

on_both!(
    one_of_two_does_the_work_once_per_period,
    a_node_that_died_in_the_middle_is_replaced,
    a_job_that_fails_is_due_again_like_any_other,
    monitoring_follows_the_setting,
);
