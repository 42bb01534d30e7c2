//! Acts per second with 1 and 16 writers, and the check of the journal, on both databases.
//!
//! `cargo run --release -p rajut-store --features testkit --example bench [acts]`; the PostgreSQL server runs
//! with its careful defaults (`fsync` on). CPU seconds are those of this process, without the server.

use std::time::{Duration, Instant};

use rajut_core::act::{Act, Actor, Changes, Envelope, Expect};
use rajut_core::id::{FreshIds, OfficeId};
use rajut_core::register::{Edit, Office};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_store::{Store, testkit};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let acts = std::env::args().nth(1).map_or(Ok(4000), |acts| acts.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        println!(
            "{:10} {:>8} {:>8} {:>10} {:>9} {:>12}",
            "database", "writers", "acts", "acts/s", "CPU s", "CPU ms/act"
        );
        let server = testkit::PgServer::private("bench");
        for writers in [1, 16] {
            let db = testkit::sqlite().await;
            measure("sqlite", &db.store, writers, acts).await?;
            let store = Store::open(&server.create(&format!("bench_{writers}")).await).await?;
            store.migrate().await?;
            measure("postgres", &store, writers, acts).await?;
        }
        Ok(())
    })
}

async fn measure(
    name: &str,
    store: &Store,
    writers: u64,
    acts: u64,
) -> Result<(), Box<dyn std::error::Error>> {
    let (began, cpu) = (now(), cpu_seconds());
    let mut all = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let store = store.clone();
        all.spawn(async move {
            let mut ids = FreshIds::new(
                jiff::Timestamp::UNIX_EPOCH,
                [u8::try_from(writer).unwrap_or(0); 32],
            );
            for n in 0..acts / writers {
                store.commit(&act(&mut ids, writer * acts + n)).await?;
            }
            Ok::<_, rajut_store::StoreError>(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    let (wall, used) = (began.elapsed(), cpu_seconds() - cpu);
    let done = acts / writers * writers;
    println!(
        "{name:10} {writers:8} {done:8} {:10.0} {used:9.2} {:12.3}",
        per_second(done, wall),
        used * 1000.0 / float(done)
    );
    for deep in [false, true] {
        let (began, cpu) = (now(), cpu_seconds());
        let report = store.verify(Vec::new(), deep, |_| ()).await?;
        let (wall, used) = (began.elapsed(), cpu_seconds() - cpu);
        let records = u64::try_from(report.records)?;
        println!(
            "  verify{} {records} records: {:.1} s per million, CPU {:.1} s per million, faults {}",
            if deep { " --deep" } else { "" },
            1e6 / per_second(records, wall),
            used * 1e6 / float(records),
            report.faults.len()
        );
    }
    Ok(())
}

/// One act on a new office: one record, one state.
fn act(ids: &mut FreshIds, n: u64) -> Changes {
    let id: OfficeId = ids.fresh();
    let mut changes = Changes::new(Envelope {
        key: ids.fresh(),
        act: Act::EditRegister,
        occurred_at: jiff::Timestamp::UNIX_EPOCH,
        received_at: jiff::Timestamp::UNIX_EPOCH,
        done_by: Actor::System,
        entered_by: Actor::System,
    });
    let after = Office {
        id,
        code: format!("contoh-{n}"),
        name: "Dinas Contoh".to_owned(),
        alias: String::new(),
        parent: None,
        predecessors: Vec::new(),
        ended_on: None,
    };
    changes.push(
        StreamRef {
            kind: StreamKind::Office,
            id: id.0,
        },
        Expect::New,
        Edit { before: None, after },
    );
    changes
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

fn per_second(count: u64, wall: Duration) -> f64 {
    float(count) / wall.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are small")]
fn float(count: u64) -> f64 {
    count as f64
}

/// CPU time of this process: user and system, in hundredths of a second as Linux counts them.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| {
        after_name
            .split_whitespace()
            .nth(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    float(ticks(11) + ticks(12)) / 100.0
}
