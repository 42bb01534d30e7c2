//! Acts per second with 1 and 16 writers, from few to many, and the check of the journal that they leave.

use rajut_core::act::{Act, Actor, Changes, Envelope, Expect};
use rajut_core::id::{FreshIds, OfficeId};
use rajut_core::register::{Edit, Office};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_store::testkit::{self, PgServer};
use rajut_store::{Store, StoreError};

use crate::measure::{Took, Watch, float};
use crate::{Failed, POSTGRES, SQLITE, floor, postgres};

/// Measures and prints.
pub async fn measure(server: &PgServer, quick: bool) -> Result<(), Failed> {
    let sizes: &[u64] = if quick { &[800] } else { &[2_000, 8_000, 32_000] };
    println!("acts: one record each; the floor is a bare INSERT and COMMIT by the same driver, as durable");
    println!(
        "{:9} {:>7} {:>7} {:>8} {:>11} {:>8} {:>7} {:>10} {:>12}",
        "database", "writers", "acts", "acts/s", "CPU ms/act", "floor/s", "ratio", "verify s/M", "deep s/M"
    );
    for writers in [1, 16] {
        for acts in sizes.iter().copied() {
            let db = testkit::sqlite().await;
            let least = floor::sqlite(&db.folder.path().join("bare.db"), writers, acts).await?;
            row(SQLITE, &db.store, writers, acts, least).await?;
            let name = format!("acts_{writers}_{acts}");
            let store = postgres(server, &name).await?;
            let bare = server.create(&format!("bare_{writers}_{acts}")).await;
            let least = floor::postgres(&bare, writers, acts).await?;
            row(POSTGRES, &store, writers, acts, least).await?;
            store.close().await;
        }
    }
    Ok(())
}

async fn row(name: &str, store: &Store, writers: u64, acts: u64, least: Took) -> Result<(), Failed> {
    let took = write(store, writers, acts).await?;
    let done = acts / writers * writers;
    let plain = check(store, false).await?;
    let deep = check(store, true).await?;
    let (rate, floor) = (took.per_second(done), least.per_second(done));
    println!(
        "{name:9} {writers:7} {done:7} {rate:8.0} {:11.3} {floor:8.0} {:6.2}x {plain:10.1} {deep:12.1}",
        took.cpu_ms(done),
        floor / rate,
    );
    Ok(())
}

async fn write(store: &Store, writers: u64, acts: u64) -> Result<Took, Failed> {
    let watch = Watch::start();
    let mut all = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let store = store.clone();
        all.spawn(async move {
            let seed = [u8::try_from(writer).unwrap_or(0); 32];
            let mut ids = FreshIds::new(jiff::Timestamp::UNIX_EPOCH, seed);
            for n in 0..acts / writers {
                store.commit(&act(&mut ids, writer * acts + n)).await?;
            }
            Ok::<_, StoreError>(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    Ok(watch.took())
}

/// Seconds on the wall that checking a million records would take.
async fn check(store: &Store, deep: bool) -> Result<f64, Failed> {
    let watch = Watch::start();
    let report = store.verify(Vec::new(), deep, |_| ()).await?;
    if let Some(fault) = report.faults.first() {
        return Err(format!("the journal does not verify: {fault}").into());
    }
    let records = u64::try_from(report.records)?;
    Ok(watch.took().wall.as_secs_f64() * 1e6 / float(records))
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
        scan: None,
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
    let stream = StreamRef {
        kind: StreamKind::Office,
        id: id.0,
    };
    changes.push(stream, Expect::New, Edit { before: None, after });
    changes
}
