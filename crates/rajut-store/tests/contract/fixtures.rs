//! Sample acts. The people and offices are samples.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use rajut_core::act::{Act, Actor, Changes, Envelope, Expect};
use rajut_core::id::{ActId, FreshIds, OfficeId};
use rajut_core::number::{NumberEntry, NumberEvent, NumberStanding};
use rajut_core::register::{Edit, Office};
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
