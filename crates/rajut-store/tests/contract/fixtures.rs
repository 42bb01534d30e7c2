//! Sample acts. The people and offices are samples.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use rajut_core::act::{Act, Actor, Changes, Envelope, Expect};
use rajut_core::complaint::{Channel, Complaint, ComplaintEvent, Origin, Reporter, Symptom};
use rajut_core::engine::Progress;
use rajut_core::id::{ActId, ComplaintId, FreshIds, OfficeId, PersonId, RunId, SiteId};
use rajut_core::journal::{Hash, PersonalValue};
use rajut_core::number::{NumberEntry, NumberEvent, NumberStanding};
use rajut_core::people::Sealed;
use rajut_core::procedure::ProcedureCode;
use rajut_core::register::{Edit, Office};
use rajut_core::run::{Explanation, ProcedureRef, Run, RunEnd, RunEvent};
use rajut_core::stream::{StreamKind, StreamRef};
use uuid::Uuid;

pub fn now() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

/// Ids that differ from call to call within a process, and are the same in every run.
pub fn ids() -> FreshIds {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&MADE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    FreshIds::new(now(), seed)
}

pub fn changes(act: Act) -> Changes {
    Changes::new(Envelope {
        key: ids().fresh::<ActId>(),
        act,
        occurred_at: now(),
        received_at: now(),
        done_by: Actor::System,
        entered_by: Actor::System,
        scan: None,
    })
}

pub fn stream(kind: StreamKind, id: impl Into<Uuid>) -> StreamRef {
    StreamRef { kind, id: id.into() }
}

pub fn fresh(kind: StreamKind) -> StreamRef {
    stream(kind, ids().fresh::<Uuid>())
}

pub fn office(stream: StreamRef, code: &str, name: &str) -> Office {
    Office {
        id: OfficeId(stream.id),
        code: code.to_owned(),
        name: name.to_owned(),
        alias: String::new(),
        parent: None,
        predecessors: Vec::new(),
        ended_on: None,
    }
}

/// An act that sets up an office.
pub fn new_office(stream: StreamRef, code: &str) -> Changes {
    let mut changes = changes(Act::EditRegister);
    changes.push(
        stream,
        Expect::New,
        Edit {
            before: None,
            after: office(stream, code, "Dinas Contoh"),
        },
    );
    changes
}

/// An act that renames it, having seen `version`.
pub fn rename_office(before: &Office, version: i64, name: &str) -> Changes {
    let mut changes = changes(Act::EditRegister);
    let after = Office {
        name: name.to_owned(),
        ..before.clone()
    };
    changes.push(
        stream(StreamKind::Office, before.id.0),
        Expect::Version(version),
        Edit {
            before: Some(before.clone()),
            after,
        },
    );
    changes
}

/// An act that reserves a number for a record.
pub fn reserve(register: &str, seq: u32, record: StreamRef) -> Changes {
    let id = ids().fresh::<Uuid>();
    let mut changes = changes(Act::ReserveNumber);
    let entry = NumberEntry {
        id,
        register: register.to_owned(),
        year: 2026,
        seq,
        text: format!("ADU-2026-{seq:05}"),
        record,
        standing: NumberStanding::Reserved,
    };
    changes.push(
        stream(StreamKind::Number, id),
        Expect::New,
        NumberEvent::Reserved { entry },
    );
    changes
}

/// The same test on both databases.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(rajut_store::testkit::sqlite().await).await })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(rajut_store::testkit::postgres().await).await })+
        }
    };
}
pub(crate) use on_both;

/// Runs raw SQL behind the store's back.
pub async fn tamper(db: &rajut_store::testkit::TestDb, script: &str) {
    raw(&db.url, script).await.unwrap();
}

pub async fn raw(url: &str, script: &str) -> Result<(), sqlx::Error> {
    use sqlx::Connection as _;
    let script = sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned()));
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await?;
        script.execute(&mut connection).await?;
        connection.close().await
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await?;
        script.execute(&mut connection).await?;
        connection.close().await
    }
}

pub fn run(stream: StreamRef, title: &str, complaint: Option<ComplaintId>, opened_at: Timestamp) -> Run {
    let progress = Progress {
        open: Vec::new(),
        done: Vec::new(),
        ended_at: None,
        pause: None,
        paused: Vec::new(),
        scope: rajut_core::procedure::Scope::Run,
        waits_for: None,
    };
    let procedure = ProcedureRef {
        code: procedure_code(),
        version: 1,
    };
    let mut run = Run::open(RunId(stream.id), procedure, title.to_owned(), progress, opened_at);
    run.complaint = complaint;
    run
}

pub fn procedure_code() -> ProcedureCode {
    serde_json::from_str("\"contoh\"").unwrap()
}

pub fn complaint(
    stream: StreamRef,
    number: u32,
    run: StreamRef,
    site: SiteId,
    received_at: Timestamp,
) -> Complaint {
    Complaint {
        id: ComplaintId(stream.id),
        number: format!("ADU-2026-{number:05}"),
        channel: Channel::Phone,
        received_at,
        happened_at: None,
        office: None,
        site,
        reporter: Reporter {
            name: Sealed::try_from("00".repeat(32)).expect("64 digits"),
            contact: None,
            post: String::new(),
        },
        symptom: Symptom::Down,
        text: "Internet mati".to_owned(),
        users_affected: None,
        services: std::collections::BTreeSet::new(),
        origin: Origin::Reported,
        run: RunId(run.id),
        receipt: Hash::of(b"contoh"),
        category: None,
        priority: None,
        duplicate_of: None,
        incident: None,
        target: None,
        verdicts: Vec::new(),
    }
}

/// An act over several records: a complaint with its run, and an office renamed in passing.
pub fn register_complaint(number: u32, site: SiteId, at: Timestamp) -> (Changes, StreamRef, StreamRef) {
    let (it, of) = (fresh(StreamKind::Complaint), fresh(StreamKind::Run));
    let mut changes = changes(Act::RegisterComplaint);
    let run = run(of, "Pengaduan", Some(ComplaintId(it.id)), at);
    changes.push(of, Expect::New, RunEvent::Opened { run: Box::new(run) });
    let complaint = complaint(it, number, of, site, at);
    changes.push(
        it,
        Expect::New,
        ComplaintEvent::Registered {
            complaint: Box::new(complaint),
        },
    );
    let paused = RunEvent::Explained {
        explanation: Explanation {
            step: serde_json::from_str("\"terima\"").unwrap(),
            place: of.id,
            cause: "contoh".to_owned(),
            note: String::new(),
            by: PersonId(Uuid::from_u128(1)),
            at,
        },
    };
    changes.push(of, Expect::New, paused);
    changes
        .personal
        .push(PersonalValue::seal("Contoh Pelapor", &mut ids()));
    (changes, it, of)
}

pub fn end_run(run: StreamRef, version: i64) -> Changes {
    let mut changes = changes(Act::CloseRun);
    let end = RunEnd::Closed {
        at: now(),
        by: None,
        instruction: String::new(),
    };
    changes.push(run, Expect::Version(version), RunEvent::Ended { end });
    changes
}
