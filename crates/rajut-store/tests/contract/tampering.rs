//! What is done to the database behind the store's back is found and named.

use rajut_core::id::SiteId;
use rajut_core::journal::{Anchor, Fault, FaultKind, Hash, Record};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_store::read_anchors;
use rajut_store::testkit::TestDb;
use uuid::Uuid;

use crate::fixtures::*;

on_both!(
    a_changed_record,
    a_changed_record_with_a_new_hash,
    an_unreadable_record,
    a_removed_record,
    swapped_records,
    an_inserted_record,
    a_cut_tail,
    a_cut_tail_with_a_new_head,
    a_rebuilt_chain,
    a_damaged_head,
    a_changed_state,
    a_changed_column,
    a_changed_version,
    a_removed_state,
    an_added_state,
    a_removed_act,
    an_added_act,
    a_changed_personal_value,
);

struct Untouched {
    db: TestDb,
    records: Vec<Record>,
    anchor: Anchor,
    office: StreamRef,
}

/// Five records: an office that is renamed, a complaint with its run.
async fn untouched(db: TestDb) -> Untouched {
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    let before = office(it, "dinas-contoh", "Dinas Contoh");
    db.store
        .commit(&rename_office(&before, 1, "Badan Contoh"))
        .await
        .unwrap();
    let (act, ..) = register_complaint(1, SiteId(Uuid::from_u128(1)), now());
    db.store.commit(&act).await.unwrap();
    let file = db.folder.path().join("anchors.jsonl");
    let anchor = db.store.write_anchor(&file, now()).await.unwrap();
    assert_eq!(read_anchors(&file).unwrap(), std::slice::from_ref(&anchor));
    let records = db.store.journal(1, 100).await.unwrap();
    assert_eq!(records.len(), 5);
    let it = Untouched {
        db,
        records,
        anchor,
        office: it,
    };
    assert_eq!(it.faults(true).await, Vec::new());
    it
}

impl Untouched {
    async fn faults(&self, deep: bool) -> Vec<Fault> {
        self.db
            .store
            .verify(vec![self.anchor.clone()], deep, |_| ())
            .await
            .unwrap()
            .faults
    }

    /// What the check of the chain says once `script` has run.
    async fn chain(&self, script: &str) -> Vec<(i64, FaultKind)> {
        tamper(&self.db, script).await;
        self.faults(false)
            .await
            .into_iter()
            .map(|fault| (fault.seq, fault.kind))
            .collect()
    }

    /// What the deep check says; the chain stays whole.
    async fn deep(&self, script: &str) -> Vec<String> {
        tamper(&self.db, script).await;
        assert_eq!(self.faults(false).await, Vec::new());
        let named = self.faults(true).await.into_iter().map(|fault| match fault.kind {
            FaultKind::StateDiffers { stream, what } => format!("{stream}: {what}"),
            other => panic!("{other:?}"),
        });
        named.collect()
    }
}

async fn a_changed_record(db: TestDb) {
    let it = untouched(db).await;
    let found = it
        .chain("UPDATE journal SET event = replace(event, 'Badan', 'Kantor') WHERE seq = 2")
        .await;
    assert_eq!(found, [(2, FaultKind::Changed)]);
}

async fn a_changed_record_with_a_new_hash(db: TestDb) {
    let it = untouched(db).await;
    let mut forged = it.records[1].clone();
    forged.event = forged.event.replace("Badan", "Kantor");
    let hash = forged.expected_hash(2, forged.prev);
    let script = format!(
        "UPDATE journal SET event = replace(event, 'Badan', 'Kantor'), hash = '{hash}' WHERE seq = 2"
    );
    assert_eq!(it.chain(&script).await, [(3, FaultKind::Unlinked)]);
}

async fn an_unreadable_record(db: TestDb) {
    let it = untouched(db).await;
    let found = it
        .chain("UPDATE journal SET act = 'order.dream' WHERE seq = 2")
        .await;
    assert!(
        matches!(&found[0], (2, FaultKind::Unreadable { why }) if why.contains("order.dream")),
        "{found:?}"
    );
}

async fn a_removed_record(db: TestDb) {
    let it = untouched(db).await;
    assert_eq!(
        it.chain("DELETE FROM journal WHERE seq = 3").await,
        [(3, FaultKind::Removed { until: 3 })]
    );
}

async fn swapped_records(db: TestDb) {
    let it = untouched(db).await;
    let found = it
        .chain(
            "UPDATE journal SET seq = -2 WHERE seq = 2; UPDATE journal SET seq = 2 WHERE seq = 3; \
             UPDATE journal SET seq = 3 WHERE seq = -2",
        )
        .await;
    assert!(found.contains(&(2, FaultKind::Moved { from: 3 })), "{found:?}");
    assert!(found.contains(&(3, FaultKind::Moved { from: 2 })), "{found:?}");
}

async fn an_inserted_record(db: TestDb) {
    let it = untouched(db).await;
    let found = it
        .chain(
            "INSERT INTO journal SELECT 6, act_key, act, stream_kind, stream_id, version, occurred_at, received_at, \
             done_by, entered_by, event, prev, hash FROM journal WHERE seq = 5",
        )
        .await;
    assert!(found.contains(&(6, FaultKind::Inserted)), "{found:?}");
}

async fn a_cut_tail(db: TestDb) {
    let it = untouched(db).await;
    let found = it.chain("DELETE FROM journal WHERE seq > 3").await;
    assert!(found.contains(&(4, FaultKind::Removed { until: 5 })), "{found:?}");
}

async fn a_cut_tail_with_a_new_head(db: TestDb) {
    let it = untouched(db).await;
    let hash = it.records[2].hash;
    let script =
        format!("DELETE FROM journal WHERE seq > 3; UPDATE journal_head SET seq = 3, hash = '{hash}'");
    assert_eq!(
        it.chain(&script).await,
        [(5, FaultKind::TailCut { anchored_at: now() })]
    );
}

async fn a_rebuilt_chain(db: TestDb) {
    let it = untouched(db).await;
    let mut prev = Hash::GENESIS;
    let mut script = String::new();
    for record in &it.records {
        let mut forged = record.clone();
        forged.event = forged.event.replace("Badan", "Kantor");
        let forged = forged.chained(record.seq, prev);
        let forgery = format!(
            "UPDATE journal SET event = replace(event, 'Badan', 'Kantor'), prev = '{prev}', hash = '{hash}' \
             WHERE seq = {seq}; UPDATE journal_head SET hash = '{hash}';",
            hash = forged.hash,
            seq = record.seq
        );
        script.push_str(&forgery);
        prev = forged.hash;
    }
    assert_eq!(
        it.chain(&script).await,
        [(5, FaultKind::Rebuilt { anchored_at: now() })]
    );
}

async fn a_damaged_head(db: TestDb) {
    let it = untouched(db).await;
    let found = it.chain("UPDATE journal_head SET hash = 'x'").await;
    assert!(
        matches!(found[..], [(5, FaultKind::Unreadable { .. })]),
        "{found:?}"
    );
    let found = it.chain("UPDATE journal_head SET seq = 4").await;
    assert!(!found.is_empty());
}

async fn a_changed_state(db: TestDb) {
    let it = untouched(db).await;
    let found = it
        .deep("UPDATE s_office SET body = replace(body, 'Badan', 'Kantor')")
        .await;
    assert_eq!(found, [format!("{}: body", it.office)]);
}

async fn a_changed_column(db: TestDb) {
    let it = untouched(db).await;
    let found = it.deep("UPDATE s_office SET code = 'lain'").await;
    assert_eq!(found, [format!("{}: column code", it.office)]);
}

async fn a_changed_version(db: TestDb) {
    let it = untouched(db).await;
    let found = it.deep("UPDATE s_office SET version = 7").await;
    assert_eq!(
        found,
        [format!("{}: version is 7, its records give 2", it.office)]
    );
}

async fn a_removed_state(db: TestDb) {
    let it = untouched(db).await;
    let found = it.deep("DELETE FROM s_office").await;
    assert_eq!(found, [format!("{}: the row is missing", it.office)]);
}

async fn an_added_state(db: TestDb) {
    let it = untouched(db).await;
    let id = Uuid::from_u128(9);
    let found = it
        .deep(&format!(
            "INSERT INTO s_office (id, version, body, code) SELECT '{id}', version, body, 'lain' FROM s_office"
        ))
        .await;
    assert_eq!(found, [format!("office/{id}: the journal has no record of it")]);
}

async fn a_removed_act(db: TestDb) {
    let it = untouched(db).await;
    let key = it.records[0].act_key;
    let found = it.deep(&format!("DELETE FROM act WHERE act_key = '{key}'")).await;
    assert_eq!(found, [format!("act/{key}: it is missing in the list of acts")]);
}

async fn an_added_act(db: TestDb) {
    let it = untouched(db).await;
    let found = it.deep("INSERT INTO act (act_key) VALUES ('x')").await;
    assert_eq!(found, ["act/x: the journal has no record of it"]);
}

async fn a_changed_personal_value(db: TestDb) {
    let it = untouched(db).await;
    let found = it.deep("UPDATE personal SET value = 'Contoh Lain'").await;
    assert!(found.len() == 1 && found[0].starts_with("personal/"), "{found:?}");
}
