//! The list of complaints: 1,000, 10,000 and 100,000 of them, filtered and paged.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rajut_core::act::{Act, Actor, Changes, Envelope, Expect};
use rajut_core::complaint::{Channel, Complaint, ComplaintEvent, Origin, Priority, Reporter, Symptom};
use rajut_core::engine::Progress;
use rajut_core::id::{ActId, ComplaintId, FreshIds, OfficeId, RunId, SiteId};
use rajut_core::journal::Hash;
use rajut_core::people::Sealed;
use rajut_core::procedure::{ProcedureCode, Scope};
use rajut_core::run::{ProcedureRef, Run, RunEnd, RunEvent};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_store::testkit::{self, PgServer};
use rajut_store::{ComplaintFilter, Page, Store};
use uuid::Uuid;

use crate::measure::{Took, Watch, median_and_p99, resident_mib};
use crate::{Failed, POSTGRES, SQLITE, postgres};

/// Complaints of one act while the list is filled.
const TOGETHER: u64 = 250;
/// How often a page is read.
const TIMES: usize = 300;
/// Items of a page.
const LIMIT: u32 = 50;
/// Sites from which complaints come.
const SITES: u64 = 100;

/// Measures and prints.
pub async fn measure(server: &PgServer, quick: bool) -> Result<(), Failed> {
    let sizes: &[u64] = if quick {
        &[500, 1_000]
    } else {
        &[1_000, 10_000, 100_000]
    };
    println!();
    println!("list of complaints, a page of {LIMIT}, read {TIMES} times: median and p99 in ms");
    print!("{:9} {:>10} {:>8}", "database", "complaints", "MiB");
    for (name, _) in filters() {
        print!(" {name:>15}");
    }
    println!(" {:>15} {:>12}", "deep page", "CPU ms/page");
    for name in [SQLITE, POSTGRES] {
        let mut smallest: Option<Vec<f64>> = None;
        let mut largest = Vec::new();
        for many in sizes.iter().copied() {
            let db = testkit::sqlite().await;
            let store = if name == SQLITE {
                db.store.clone()
            } else {
                postgres(server, &format!("list_{many}")).await?
            };
            fill(&store, many).await?;
            largest = row(name, &store, many).await?;
            smallest.get_or_insert_with(|| largest.clone());
            store.close().await;
        }
        let growth: Vec<String> = smallest
            .unwrap_or_default()
            .iter()
            .zip(&largest)
            .map(|(small, large)| format!("{:.1}x", large / small))
            .collect();
        println!(
            "{name:9} growth of the median, largest to smallest: {}",
            growth.join(" ")
        );
    }
    Ok(())
}

fn filters() -> Vec<(&'static str, ComplaintFilter)> {
    let all = ComplaintFilter::default();
    let site = Some(SiteId(Uuid::from_u128(7)));
    vec![
        ("all", all),
        (
            "open",
            ComplaintFilter {
                open: Some(true),
                ..all
            },
        ),
        (
            "open P1",
            ComplaintFilter {
                open: Some(true),
                priority: Some(Priority::P1),
                ..all
            },
        ),
        ("a site's", ComplaintFilter { site, ..all }),
        (
            "site's open",
            ComplaintFilter {
                site,
                open: Some(true),
                ..all
            },
        ),
        (
            "an office's",
            ComplaintFilter {
                office: Some(OfficeId(Uuid::from_u128(7))),
                ..all
            },
        ),
    ]
}

/// Prints one line, and gives the median of each filter.
async fn row(name: &str, store: &Store, many: u64) -> Result<Vec<f64>, Failed> {
    let watch = Watch::start();
    let mut told = String::new();
    let mut middle = Vec::new();
    let mut pages = 0;
    for (what, filter) in filters() {
        let first = Page::first(LIMIT);
        let listed = store.complaints(&filter, &first).await?;
        if listed.items.is_empty() {
            return Err(format!("no complaint fits the filter {what:?}: nothing would be measured").into());
        }
        let (median, p99) = times(store, &filter, &first).await?;
        pages += TIMES + 1;
        middle.push(median);
        write!(told, " {:>15}", format!("{median:.2} / {p99:.2}"))?;
    }
    // A page in the middle costs what the first one costs, or paging is wrong.
    let filter = ComplaintFilter::default();
    let mut page = Page::first(200);
    let mut passed = 0;
    while passed < many / 2 {
        let listed = store.complaints(&filter, &page).await?;
        passed += u64::try_from(listed.items.len())?;
        pages += 1;
        page.after = listed.next;
    }
    page.limit = LIMIT;
    let (median, p99) = times(store, &filter, &page).await?;
    pages += TIMES;
    middle.push(median);
    let took: Took = watch.took();
    println!(
        "{name:9} {many:10} {:8.0}{told} {:>15} {:12.3}",
        resident_mib(),
        format!("{median:.2} / {p99:.2}"),
        took.cpu_ms(u64::try_from(pages)?)
    );
    Ok(middle)
}

async fn times(store: &Store, filter: &ComplaintFilter, page: &Page) -> Result<(f64, f64), Failed> {
    let mut all: Vec<Duration> = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let watch = Watch::start();
        store.complaints(filter, page).await?;
        all.push(watch.took().wall);
    }
    Ok(median_and_p99(all))
}

/// Enters complaints with their runs; of ten, nine are closed.
async fn fill(store: &Store, many: u64) -> Result<(), Failed> {
    // 4 January 2021, 07.30 WIB.
    let begin = Timestamp::constant(1_609_720_200, 0);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&many.to_be_bytes());
    let mut ids = FreshIds::new(begin, seed);
    let code: ProcedureCode = serde_json::from_str("\"contoh\"")?;
    let mut entered = 0;
    while entered < many {
        let mut changes = Changes::new(Envelope {
            key: ids.fresh::<ActId>(),
            act: Act::RegisterComplaint,
            occurred_at: begin,
            received_at: begin,
            done_by: Actor::System,
            entered_by: Actor::System,
            scan: None,
        });
        for n in entered..(entered + TOGETHER).min(many) {
            let at = begin + SignedDuration::from_mins(i64::try_from(n)? * 20);
            register(&mut changes, &mut ids, &code, n, at)?;
        }
        store.commit(&changes).await?;
        entered += TOGETHER;
    }
    Ok(())
}

fn register(
    changes: &mut Changes,
    ids: &mut FreshIds,
    code: &ProcedureCode,
    n: u64,
    at: Timestamp,
) -> Result<(), Failed> {
    let (id, run): (ComplaintId, RunId) = (ids.fresh(), ids.fresh());
    let progress = Progress {
        open: Vec::new(),
        done: Vec::new(),
        ended_at: None,
        pause: None,
        paused: Vec::new(),
        scope: Scope::Run,
        waits_for: None,
    };
    let procedure = ProcedureRef {
        code: code.clone(),
        version: 1,
    };
    let number = format!("ADU-2026-{n:06}");
    let mut opened = Run::open(run, procedure, number.clone(), progress, at);
    opened.complaint = Some(id);
    let of_run = StreamRef {
        kind: StreamKind::Run,
        id: run.0,
    };
    let event = RunEvent::Opened {
        run: Box::new(opened),
    };
    changes.push(of_run, Expect::New, event);
    if !n.is_multiple_of(10) {
        let end = RunEnd::Closed {
            at,
            by: None,
            instruction: String::new(),
        };
        changes.push(of_run, Expect::New, RunEvent::Ended { end });
    }
    let complaint = Complaint {
        id,
        number,
        channel: Channel::Phone,
        received_at: at,
        happened_at: None,
        office: Some(OfficeId(Uuid::from_u128(u128::from(n % SITES)))),
        site: SiteId(Uuid::from_u128(u128::from(n / 10 % SITES))),
        reporter: Reporter {
            name: Sealed::try_from("00".repeat(32)).map_err(|error| format!("{error:?}"))?,
            contact: None,
            post: "Staf".to_owned(),
        },
        symptom: Symptom::Down,
        text: "Koneksi terputus sejak pagi, layanan tidak dapat dibuka di semua ruangan".to_owned(),
        users_affected: Some(12),
        services: std::collections::BTreeSet::new(),
        origin: Origin::Reported,
        run,
        receipt: Hash::of(b"contoh"),
        category: None,
        priority: None,
        duplicate_of: None,
        incident: None,
        target: None,
        verdicts: Vec::new(),
    };
    let of_complaint = StreamRef {
        kind: StreamKind::Complaint,
        id: id.0,
    };
    let complaint = Box::new(complaint);
    changes.push(
        of_complaint,
        Expect::New,
        ComplaintEvent::Registered { complaint },
    );
    let priority = Priority::ALL[usize::try_from(n / 100)? % Priority::ALL.len()];
    let event = ComplaintEvent::Classified {
        category: String::new(),
        priority,
        duplicate_of: None,
    };
    changes.push(of_complaint, Expect::New, event);
    Ok(())
}
