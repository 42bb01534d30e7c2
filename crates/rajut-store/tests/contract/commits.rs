//! Acts: versions, conflicts, idempotency, all or nothing.

use rajut_core::act::{Act, Expect};
use rajut_core::register::{Edit, Office};
use rajut_core::stream::{AsState, StreamKind};
use rajut_store::testkit::TestDb;
use rajut_store::{Found, StoreError};

use crate::fixtures::*;

on_both!(
    an_act_is_stored_and_read_back,
    the_same_key_is_one_act,
    a_stale_version_is_a_conflict,
    a_code_is_taken_once
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
