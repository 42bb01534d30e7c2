//! Attachments and observations.

use futures_util::{StreamExt as _, stream};
use rajut_core::id::{DeviceId, ObservationId, VisitId};
use rajut_core::journal::Hash;
use rajut_store::testkit::TestDb;
use rajut_store::{StoreError, StoredObservation};
use uuid::Uuid;

use crate::fixtures::*;

on_both!(
    attachments_are_kept_once_and_read_back,
    attachments_beyond_the_limit_leave_nothing,
    damaged_attachments_are_found,
    observations_are_kept_once_and_found,
);

/// More than two chunks, the last one incomplete.
fn sample() -> Vec<u8> {
    (0..700_000_u32)
        .flat_map(|n| (n % 251).to_le_bytes())
        .take(700_001)
        .collect()
}

fn pieces(bytes: &[u8]) -> impl futures_util::Stream<Item = Result<Vec<u8>, std::io::Error>> + use<> {
    stream::iter(
        bytes
            .chunks(10_000)
            .map(|piece| Ok(piece.to_vec()))
            .collect::<Vec<_>>(),
    )
}

async fn attachments_are_kept_once_and_read_back(db: TestDb) {
    for bytes in [sample(), Vec::new(), vec![7; 262_144]] {
        let hash = db.store.put_attachment(pieces(&bytes), 1_000_000).await.unwrap();
        assert_eq!(hash, Hash::of(&bytes));
        assert_eq!(
            db.store.put_attachment(pieces(&bytes), 1_000_000).await.unwrap(),
            hash
        );
        let read = db.store.attachment(hash).await.unwrap().unwrap();
        assert_eq!(read.size, bytes.len() as u64);
        assert!(read.read().await.unwrap() == bytes);
    }
    assert!(db.store.attachment(Hash::of(b"unknown")).await.unwrap().is_none());
}

async fn attachments_beyond_the_limit_leave_nothing(db: TestDb) {
    let error = db
        .store
        .put_attachment(pieces(&sample()), 700_000)
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::TooLarge { limit: 700_000 }),
        "{error}"
    );
    let broken = pieces(&sample())
        .take(3)
        .chain(stream::iter([Err(std::io::ErrorKind::BrokenPipe.into())]));
    let error = db.store.put_attachment(broken, 1_000_000).await.unwrap_err();
    assert!(matches!(error, StoreError::Upload { .. }), "{error}");
    assert!(db.store.attachment(Hash::of(&sample())).await.unwrap().is_none());
    if db.url.starts_with("sqlite:") {
        let left = std::fs::read_dir(db.folder.path().join("rajut.attachments"))
            .unwrap()
            .count();
        assert_eq!(left, 0);
    }
}

async fn damaged_attachments_are_found(db: TestDb) {
    let hash = db
        .store
        .put_attachment(pieces(&sample()), 1_000_000)
        .await
        .unwrap();
    if db.url.starts_with("sqlite:") {
        let name = hash.to_string();
        let path = db
            .folder
            .path()
            .join("rajut.attachments")
            .join(&name[..2])
            .join(&name);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[500_000] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    } else {
        tamper(
            &db,
            "UPDATE attachment_chunk SET bytes = set_byte(bytes, 9, 255) WHERE place = 1",
        )
        .await;
    }
    let error = db
        .store
        .attachment(hash)
        .await
        .unwrap()
        .unwrap()
        .read()
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

pub fn observation(device: u128, seconds: i64) -> StoredObservation {
    StoredObservation {
        id: ids().fresh::<ObservationId>(),
        device: Some(DeviceId(Uuid::from_u128(device))),
        visit: (device == 1).then(|| VisitId(Uuid::from_u128(3))),
        vantage: "server".to_owned(),
        started_at: now() + jiff::SignedDuration::from_secs(seconds),
        outcome: "seen".to_owned(),
        body: format!("{{\"n\":{seconds}}}"),
    }
}

async fn observations_are_kept_once_and_found(db: TestDb) {
    let all: Vec<_> = (0..10)
        .map(|n| observation(1 + u128::from(n % 2 == 0), n))
        .collect();
    assert_eq!(db.store.insert_observations(&all).await.unwrap(), 10);
    assert_eq!(db.store.insert_observations(&all[3..]).await.unwrap(), 0);
    let devices = [1, 2, 9].map(|id| DeviceId(Uuid::from_u128(id)));
    // Newer ones from the site itself do not stand in the way of the server's.
    let on_site: Vec<_> = (20..30)
        .map(|n| StoredObservation {
            vantage: "laptop".to_owned(),
            visit: None,
            ..observation(1, n)
        })
        .collect();
    assert_eq!(db.store.insert_observations(&on_site).await.unwrap(), 10);
    let latest = db.store.latest_observations(&devices, 3).await.unwrap();
    assert_eq!(latest.keys().copied().collect::<Vec<_>>(), &devices[..2]);
    assert_eq!(latest[&devices[0]], [9, 7, 5].map(|n| all[n].clone()));
    assert_eq!(latest[&devices[1]], [8, 6, 4].map(|n| all[n].clone()));
    let of_visit = db
        .store
        .observations_of_visit(VisitId(Uuid::from_u128(3)))
        .await
        .unwrap();
    assert_eq!(of_visit, [1, 3, 5, 7, 9].map(|n| all[n].clone()));
}
