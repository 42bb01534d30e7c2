//! Backup, restore, and the way from one database to the other.

use futures_util::stream;
use rajut_core::id::{DeviceId, SiteId};
use rajut_core::journal::{FaultKind, Hash, Record};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_store::testkit::{TestDb, postgres, sqlite};
use rajut_store::{StoreError, Versioned};
use uuid::Uuid;

use crate::fixtures::*;

on_both!(
    a_backup_of_a_running_system_is_one_moment,
    a_full_database_is_no_target,
    a_damaged_archive_is_refused,
    a_tampered_journal_is_restored_and_named,
    the_agencys_secret_is_kept_once_and_in_no_backup
);

type Everything = (
    Vec<Record>,
    Vec<(StreamRef, Versioned)>,
    Vec<u8>,
    String,
    usize,
    Hash,
);

async fn everything(db: &TestDb) -> Everything {
    let mut states = Vec::new();
    for kind in StreamKind::ALL {
        states.extend(db.store.all(*kind).await.unwrap());
    }
    let attachment = db
        .store
        .attachment(Hash::of(&vec![7; 300_000]))
        .await
        .unwrap()
        .unwrap()
        .read()
        .await
        .unwrap();
    let personal = db.store.personal(&sealed()).await.unwrap();
    let latest = db
        .store
        .latest_observations(&[DeviceId(Uuid::from_u128(1))], 99)
        .await
        .unwrap();
    let records = db.store.journal(1, 1000).await.unwrap();
    let head = db.store.head().await.unwrap().hash;
    (
        records,
        states,
        attachment,
        format!("{personal:?}"),
        latest.values().flatten().count(),
        head,
    )
}

fn sealed() -> Vec<rajut_core::people::Sealed> {
    SEALED.get().cloned().into_iter().collect()
}

static SEALED: std::sync::OnceLock<rajut_core::people::Sealed> = std::sync::OnceLock::new();

async fn fill(db: &TestDb) {
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    for n in 0..10 {
        let (act, _, run) = register_complaint(n, SiteId(Uuid::from_u128(1)), now());
        db.store.commit(&act).await.unwrap();
        if n % 2 == 0 {
            db.store.commit(&end_run(run, 2)).await.unwrap();
        }
        let _ = SEALED.set(act.personal[0].sealed.clone());
    }
    let bytes = stream::iter([Ok::<_, std::io::Error>(vec![7; 300_000])]);
    db.store.put_attachment(bytes, 1_000_000).await.unwrap();
    let seen: Vec<_> = (0..5).map(|n| crate::bytes::observation(1, n)).collect();
    db.store.insert_observations(&seen).await.unwrap();
}

/// From SQLite to PostgreSQL and back: nothing differs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_travels_between_the_databases() {
    let (a, b, c) = (sqlite().await, postgres().await, sqlite().await);
    fill(&a).await;
    let (one, two) = (a.folder.path().join("one.zip"), a.folder.path().join("two.zip"));
    let manifest = a.store.backup(&one, now()).await.unwrap();
    assert_eq!(manifest.anchor.seq, 36);
    let report = b.store.restore(&one).await.unwrap();
    assert_eq!((report.records, report.faults), (36, Vec::new()));
    let again = b.store.backup(&two, now()).await.unwrap();
    assert_eq!(manifest, again);
    assert_eq!(c.store.restore(&two).await.unwrap().faults, Vec::new());
    let original = everything(&a).await;
    assert_eq!(original, everything(&b).await);
    assert_eq!(original, everything(&c).await);
    // Life goes on where it went.
    let (act, ..) = register_complaint(11, SiteId(Uuid::from_u128(1)), now());
    assert_eq!(c.store.commit(&act).await.unwrap().first_seq, 37);
    assert!(
        c.store
            .verify(vec![manifest.anchor], true, |_| ())
            .await
            .unwrap()
            .faults
            .is_empty()
    );
    // An archive is never overwritten.
    let error = a.store.backup(&one, now()).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
}

async fn a_backup_of_a_running_system_is_one_moment(db: TestDb) {
    let writer = db.store.clone();
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writing = tokio::spawn(async move {
        let mut n = 0;
        while stopped.try_recv().is_err() {
            let (act, ..) = register_complaint(n, SiteId(Uuid::from_u128(1)), now());
            writer.commit(&act).await.unwrap();
            n += 1;
        }
    });
    while db.store.head().await.unwrap().seq < 30 {
        tokio::task::yield_now().await;
    }
    for n in 0..5 {
        let archive = db.folder.path().join(format!("{n}.zip"));
        let manifest = db.store.backup(&archive, now()).await.unwrap();
        let copy = sqlite().await;
        let report = copy.store.restore(&archive).await.unwrap();
        assert_eq!((report.records, report.faults), (manifest.anchor.seq, Vec::new()));
        assert_eq!(report.records % 3, 0, "an act is never cut in two");
        // The original still holds what the copy was made from.
        assert_eq!(
            db.store
                .verify(vec![manifest.anchor], true, |_| ())
                .await
                .unwrap()
                .faults,
            Vec::new()
        );
    }
    stop.send(()).unwrap();
    writing.await.unwrap();
}

async fn a_full_database_is_no_target(db: TestDb) {
    fill(&db).await;
    let archive = db.folder.path().join("backup.zip");
    db.store.backup(&archive, now()).await.unwrap();
    let error = db.store.restore(&archive).await.unwrap_err();
    assert!(matches!(error, StoreError::NotEmpty { records: 36 }), "{error}");
}

async fn a_damaged_archive_is_refused(db: TestDb) {
    let source = sqlite().await;
    fill(&source).await;
    let archive = db.folder.path().join("backup.zip");
    source.store.backup(&archive, now()).await.unwrap();
    let whole = std::fs::read(&archive).unwrap();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 20) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        std::fs::write(&archive, damaged).unwrap();
        match db.store.restore(&archive).await {
            Err(StoreError::Archive { .. }) => refused += 1,
            // A byte that carries nothing, such as the time of an entry.
            Ok(report) => {
                assert_eq!(report.faults, Vec::new());
                return assert!(refused > 0);
            }
            Err(error) => panic!("{error}"),
        }
        assert_eq!(db.store.head().await.unwrap().seq, 0);
    }
    std::fs::write(&archive, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(
        db.store.restore(&archive).await,
        Err(StoreError::Archive { .. })
    ));
    std::fs::write(&archive, &whole).unwrap();
    assert_eq!(db.store.restore(&archive).await.unwrap().faults, Vec::new());
}

async fn a_tampered_journal_is_restored_and_named(db: TestDb) {
    let source = sqlite().await;
    fill(&source).await;
    tamper(&source, "UPDATE journal SET event = '{}' WHERE seq = 5").await;
    tamper(&source, "UPDATE journal SET act = 'order.dream' WHERE seq = 7").await;
    let archive = db.folder.path().join("backup.zip");
    source.store.backup(&archive, now()).await.unwrap();
    let report = db.store.restore(&archive).await.unwrap();
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.seq == 5 && fault.kind == FaultKind::Changed)
    );
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.seq == 7 && matches!(fault.kind, FaultKind::Unreadable { .. }))
    );
}

async fn the_agencys_secret_is_kept_once_and_in_no_backup(db: TestDb) {
    assert_eq!(db.store.agency_secret("papers").await.unwrap(), None);
    let kept = db
        .store
        .keep_agency_secret("papers", "rahasia-pertama")
        .await
        .unwrap();
    let second = db
        .store
        .keep_agency_secret("papers", "rahasia-kedua")
        .await
        .unwrap();
    assert_eq!(
        (kept.as_str(), second.as_str()),
        ("rahasia-pertama", "rahasia-pertama")
    );
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("cadangan.zip");
    db.store.backup(&archive, now()).await.unwrap();
    let restored = sqlite().await;
    restored.store.restore(&archive).await.unwrap();
    assert_eq!(restored.store.agency_secret("papers").await.unwrap(), None);
    let bytes = std::fs::read(&archive).unwrap();
    assert!(!bytes.windows(7).any(|part| part == b"rahasia"));
}
