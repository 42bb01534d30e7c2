//! Acts: versions, conflicts, idempotency, all or nothing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rajut_core::act::{Act, Actor, Expect};
use rajut_core::id::{PersonId, SessionId, SiteId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::number::NumberEntry;
use rajut_core::register::{Edit, Office};
use rajut_core::stream::{AsState, StreamKind};
use rajut_core::visit::{Visit, VisitEvent};
use rajut_store::testkit::{FaultPoint, TestDb};
use rajut_store::{Found, Session, StoreError};
use uuid::Uuid;

use crate::fixtures::*;

on_both!(
    an_act_is_stored_and_read_back,
    the_same_key_is_one_act,
    a_stale_version_is_a_conflict,
    a_code_is_taken_once,
    numbers_have_neither_gap_nor_reuse,
    an_act_broken_off_anywhere_leaves_nothing,
    facts_that_arrive_together_are_all_kept,
    one_key_sent_twice_at_once_is_one_act,
    an_act_without_events_only_checks,
    personal_values_can_be_erased,
    the_journal_is_read_backwards_and_by_who_acted,
    sessions_are_counted_until_they_are_over,
);

async fn an_act_is_stored_and_read_back(db: TestDb) {
    let it = fresh(StreamKind::Office);
    assert_eq!(db.store.load(it).await.unwrap(), None);
    let done = db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    assert_eq!((done.first_seq, done.last_seq, done.repeated), (1, 1, false));
    let loaded = db.store.load(it).await.unwrap().unwrap();
    assert_eq!(loaded.version, 1);
    let before = Office::of(&loaded.state).unwrap().clone();
    assert_eq!(before, office(it, "dinas-contoh", "Dinas Contoh"));
    let done = db
        .store
        .commit(&rename_office(&before, 1, "Badan Contoh"))
        .await
        .unwrap();
    assert_eq!((done.first_seq, done.last_seq), (2, 2));
    let loaded = db.store.load(it).await.unwrap().unwrap();
    assert_eq!(
        (loaded.version, Office::of(&loaded.state).unwrap().name.as_str()),
        (2, "Badan Contoh")
    );
}

async fn the_same_key_is_one_act(db: TestDb) {
    let it = fresh(StreamKind::Office);
    let act = new_office(it, "dinas-contoh");
    let first = db.store.commit(&act).await.unwrap();
    let again = db.store.commit(&act).await.unwrap();
    assert_eq!(
        (again.first_seq, again.last_seq, again.repeated),
        (first.first_seq, first.last_seq, true)
    );
    assert_eq!(db.store.load(it).await.unwrap().unwrap().version, 1);
}

async fn a_stale_version_is_a_conflict(db: TestDb) {
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    let seen = office(it, "dinas-contoh", "Dinas Contoh");
    db.store
        .commit(&rename_office(&seen, 1, "Badan Contoh"))
        .await
        .unwrap();
    let late = db
        .store
        .commit(&rename_office(&seen, 1, "Kantor Contoh"))
        .await
        .unwrap_err();
    assert!(
        matches!(late, StoreError::Conflict { stream, expected: Expect::Version(1), found: Found::Version(2) } if stream == it),
        "{late}"
    );
    let twice = db.store.commit(&new_office(it, "lain")).await.unwrap_err();
    assert!(
        matches!(
            twice,
            StoreError::Conflict {
                expected: Expect::New,
                found: Found::Version(2),
                ..
            }
        ),
        "{twice}"
    );
    // A record that is only relied on is checked too.
    let other = fresh(StreamKind::Office);
    let mut relying = new_office(other, "lain");
    relying.relies_on(it, 1);
    let error = db.store.commit(&relying).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Conflict { stream, .. } if stream == it),
        "{error}"
    );
    assert_eq!(db.store.load(other).await.unwrap(), None);
}

async fn a_code_is_taken_once(db: TestDb) {
    let (one, two) = (fresh(StreamKind::Office), fresh(StreamKind::Office));
    db.store.commit(&new_office(one, "dinas-contoh")).await.unwrap();
    let error = db
        .store
        .commit(&new_office(two, "dinas-contoh"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::Conflict { stream, found: Found::Taken, .. } if stream == two),
        "{error}"
    );
    db.store.commit(&new_office(two, "badan-contoh")).await.unwrap();
    let mut recoded = changes(Act::EditRegister);
    let before = office(two, "badan-contoh", "Dinas Contoh");
    let after = office(two, "dinas-contoh", "Dinas Contoh");
    recoded.push(
        two,
        Expect::Version(1),
        Edit {
            before: Some(before),
            after,
        },
    );
    let error = db.store.commit(&recoded).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Conflict {
                found: Found::Taken,
                ..
            }
        ),
        "{error}"
    );
}

/// 64 at once ask for the last number and take the next one, until each has one.
async fn numbers_have_neither_gap_nor_reuse(db: TestDb) {
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let store = db.store.clone();
        all.spawn(async move {
            let record = fresh(StreamKind::Complaint);
            loop {
                let last = store.last_number("complaint", 2026).await.unwrap().unwrap_or(0);
                match store.commit(&reserve("complaint", last + 1, record)).await {
                    Ok(_) => return (record, last + 1),
                    Err(StoreError::Conflict {
                        found: Found::Taken, ..
                    }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    let taken = all.join_all().await;
    let numbers: BTreeSet<u32> = taken.iter().map(|(_, number)| *number).collect();
    assert_eq!(numbers, (1..=64).collect());
    for (record, number) in taken {
        let held = db.store.number_of(record, "complaint").await.unwrap().unwrap();
        assert_eq!((held.state.seq, held.state.record), (number, record));
    }
    assert_eq!(db.store.all(NumberEntry::KIND).await.unwrap().len(), 64);
    assert_eq!(db.store.head().await.unwrap().seq, 64);
    let report = db.store.verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!((report.records, report.faults), (64, Vec::new()));
}

/// Breaks the same act off after its first, second, ... statement until it passes.
async fn an_act_broken_off_anywhere_leaves_nothing(db: TestDb) {
    let (act, complaint, run) = register_complaint(1, SiteId(Uuid::from_u128(1)), now());
    let mut broken = 0;
    for statement in 1.. {
        let fault = FaultPoint::after(statement);
        match db.store.with_fault(fault.clone()).commit(&act).await {
            Err(StoreError::Unavailable { .. }) => broken += 1,
            Ok(done) => {
                assert!(!fault.struck() && !done.repeated);
                assert_eq!((done.first_seq, done.last_seq), (1, 3));
                break;
            }
            Err(error) => panic!("{error}"),
        }
        assert!(fault.struck());
        assert_eq!(db.store.load(complaint).await.unwrap(), None);
        assert_eq!(db.store.load(run).await.unwrap(), None);
        assert_eq!(db.store.head().await.unwrap().seq, 0);
        assert_eq!(
            db.store
                .personal(&[act.personal[0].sealed.clone()])
                .await
                .unwrap()
                .len(),
            0
        );
        let report = db.store.verify(Vec::new(), true, |_| ()).await.unwrap();
        assert_eq!((report.records, report.faults), (0, Vec::new()));
    }
    // act, two reads, two states, one personal value, head read, three records, head written; a server is told of it.
    let told = i32::from(db.url.starts_with("postgres"));
    assert_eq!(broken, 11 + told);
    assert_eq!(db.store.load(run).await.unwrap().unwrap().version, 2);
    assert_eq!(db.store.act_of(act.envelope.key).await.unwrap().len(), 3);
    assert_eq!(
        db.store.verify(Vec::new(), true, |_| ()).await.unwrap().faults,
        Vec::new()
    );
}

/// Sixteen phones check in to one visit that nobody has begun.
async fn facts_that_arrive_together_are_all_kept(db: TestDb) {
    let it = fresh(StreamKind::Visit);
    let mut all = tokio::task::JoinSet::new();
    for person in 0..16 {
        let store = db.store.clone();
        all.spawn(async move {
            let mut act = changes(Act::CheckIn);
            let mut visit = Visit::unannounced(VisitId(it.id), SiteId(Uuid::from_u128(1)));
            visit.present.insert(PersonId(Uuid::from_u128(person)));
            act.push(
                it,
                Expect::Any,
                VisitEvent::CheckedIn {
                    visit: Box::new(visit),
                },
            );
            store.commit(&act).await.unwrap();
        });
    }
    all.join_all().await;
    let visit = db.store.load(it).await.unwrap().unwrap();
    assert_eq!(visit.version, 16);
    assert_eq!(Visit::of(&visit.state).unwrap().present.len(), 16);
    assert_eq!(
        db.store.verify(Vec::new(), true, |_| ()).await.unwrap().faults,
        Vec::new()
    );
}

async fn one_key_sent_twice_at_once_is_one_act(db: TestDb) {
    let it = fresh(StreamKind::Office);
    let act = new_office(it, "dinas-contoh");
    let (one, two) = tokio::join!(db.store.commit(&act), db.store.commit(&act));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.repeated, two.repeated);
    assert_eq!((one.first_seq, one.last_seq), (two.first_seq, two.last_seq));
    assert_eq!(db.store.head().await.unwrap().seq, 1);
}

async fn an_act_without_events_only_checks(db: TestDb) {
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    let mut act = changes(Act::Export);
    act.relies_on(it, 1);
    let done = db.store.commit(&act).await.unwrap();
    assert!(done.last_seq < done.first_seq);
    let mut act = changes(Act::Export);
    act.relies_on(it, 2);
    assert!(matches!(
        db.store.commit(&act).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(db.store.head().await.unwrap().seq, 1);
}

async fn personal_values_can_be_erased(db: TestDb) {
    let (act, ..) = register_complaint(1, SiteId(Uuid::from_u128(1)), now());
    db.store.commit(&act).await.unwrap();
    let sealed = [act.personal[0].sealed.clone()];
    assert_eq!(
        db.store.personal(&sealed).await.unwrap()[&sealed[0]],
        "Contoh Pelapor"
    );
    // An act that comes to nothing erases nothing.
    let it = fresh(StreamKind::Office);
    let mut lost = rename_office(&office(it, "dinas-contoh", "Dinas Contoh"), 7, "Dinas Lain");
    lost.erased = sealed.to_vec();
    assert!(db.store.commit(&lost).await.is_err());
    assert_eq!(db.store.personal(&sealed).await.unwrap().len(), 1);
    let mut erasing = new_office(it, "dinas-contoh");
    erasing.erased = sealed.to_vec();
    db.store.commit(&erasing).await.unwrap();
    assert_eq!(db.store.personal(&sealed).await.unwrap().len(), 0);
    assert_eq!(
        db.store.verify(Vec::new(), true, |_| ()).await.unwrap().faults,
        Vec::new()
    );
    if db.url.starts_with("sqlite:") {
        for file in std::fs::read_dir(db.folder.path()).unwrap().map(Result::unwrap) {
            if file.file_type().unwrap().is_file() {
                let bytes = std::fs::read(file.path()).unwrap();
                let found = bytes.windows(14).any(|window| window == b"Contoh Pelapor");
                assert!(!found, "{}", file.path().display());
            }
        }
    }
}

async fn the_journal_is_read_backwards_and_by_who_acted(db: TestDb) {
    let people = [1, 2].map(|n| Actor::Person(PersonId(Uuid::from_u128(n))));
    for n in 0..5 {
        let mut act = new_office(fresh(StreamKind::Office), &format!("kantor-{n}"));
        act.envelope.done_by = people[n % 2];
        db.store.commit(&act).await.unwrap();
    }
    for (before, by, limit, expected) in [
        (i64::MAX, None, 2, &[5, 4][..]),
        (4, None, 9, &[3, 2, 1]),
        (i64::MAX, Some(people[0]), 2, &[5, 3]),
        (3, Some(people[0]), 2, &[1]),
        (i64::MAX, Some(people[1]), 9, &[4, 2]),
        (i64::MAX, Some(Actor::Outsider), 9, &[]),
    ] {
        let found = db.store.journal_of(None, by, before, limit).await.unwrap();
        let found: Vec<i64> = found.iter().map(|record| record.seq).collect();
        assert_eq!(found, expected, "{before} {by:?}");
    }
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    let state = db.store.load(it).await.unwrap().unwrap().state;
    let mut act = rename_office(Office::of(&state).unwrap(), 1, "Badan Contoh");
    act.envelope.done_by = people[0];
    db.store.commit(&act).await.unwrap();
    for (before, by, limit, expected) in [
        (i64::MAX, None, 9, &[7, 6][..]),
        (i64::MAX, None, 1, &[7]),
        (7, None, 9, &[6]),
        (i64::MAX, Some(people[0]), 9, &[7]),
        (i64::MAX, Some(people[1]), 9, &[]),
    ] {
        let found = db.store.journal_of(Some(it), by, before, limit).await.unwrap();
        let found: Vec<i64> = found.iter().map(|record| record.seq).collect();
        assert_eq!(found, expected, "{before} {by:?} of one record");
    }
}

async fn sessions_are_counted_until_they_are_over(db: TestDb) {
    let began: Timestamp = "2026-11-23T02:00:00Z".parse().unwrap();
    let after = |hours| began + SignedDuration::from_hours(hours);
    for n in 1..=3_u8 {
        let session = Session {
            hash: Hash::of(&[n]),
            id: SessionId(Uuid::from_u128(n.into())),
            person: PersonId(Uuid::from_u128(7)),
            began_at: began,
            seen_at: began,
            ends_at: after(n.into()),
            phone: None,
            agent: String::new(),
            address: String::new(),
        };
        db.store.begin_session(&session).await.unwrap();
    }
    for (hours, expected) in [(0, 3), (1, 2), (2, 1), (3, 0)] {
        let counted = db.store.session_count(after(hours)).await.unwrap();
        assert_eq!(counted, expected, "after {hours} h");
    }
}
