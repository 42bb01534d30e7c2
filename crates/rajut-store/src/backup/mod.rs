//! Backup and restore: one portable archive for both databases, and so the way from one to the other.
//!
//! The archive is a zip file: `journal.jsonl`, `personal.jsonl`, `secrets.jsonl`, `observations.jsonl` (a JSON object per
//! row),
//! `attachments/<SHA-256>`, and last `manifest.json` with the hash of each entry and the anchor. States are
//! not in it: a restore folds them from the journal again, whatever columns the program has by then. It must
//! not know what an event means.

mod read;
mod write;

use std::path::Path;

use futures_util::stream;
use jiff::Timestamp;
use rajut_core::journal::{Anchor, Hash};
use serde::{Deserialize, Serialize};

use crate::commit::{read_head, state_row};
use crate::db::{Part, Tx, Value, args};
use crate::journal::{PAGE, Replay, VerifyReport};
use crate::{Head, Store, StoreError, observations, sql};
use read::{Item, Table};

const FORMAT: &str = "rajut-backup/1";
const MANIFEST: &str = "manifest.json";
const ATTACHMENTS: &str = "attachments/";

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `rajut-backup/1`.
    pub format: String,
    /// The end of the journal in it, and when it was made.
    pub anchor: Anchor,
    /// Its entries in order.
    pub entries: Vec<Entry>,
}

/// One entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its length in bytes, uncompressed.
    pub size: u64,
    /// The SHA-256 of its bytes, uncompressed.
    pub hash: Hash,
}

/// The columns of the journal, in the order of its statements.
const JOURNAL: [&str; 13] = [
    "seq",
    "act_key",
    "act",
    "stream_kind",
    "stream_id",
    "version",
    "occurred_at",
    "received_at",
    "done_by",
    "entered_by",
    "event",
    "prev",
    "hash",
];
const PERSONAL: [&str; 3] = ["sealed", "salt", "value"];
const SECRETS: [&str; 4] = ["person", "kind", "owner", "value"];

impl Store {
    /// Writes everything of one moment into a new archive, while acts go on. The archive appears under its
    /// name when it is complete; it holds personal data, and only its owner may read it.
    ///
    /// # Errors
    /// [`StoreError::File`] where a file of that name exists already.
    pub async fn backup(&self, to: &Path, at: Timestamp) -> Result<Manifest, StoreError> {
        // What is looked at first is the moment; attachments are never removed or changed.
        let mut tx = self.db.read(Part::Records).await?;
        let (seq, hash) = read_head(&mut tx, sql::HEAD).await?;
        let mut archive = write::Archive::create(to)?;
        self.write_attachments(&mut tx, &mut archive).await?;
        self.write_observations(&mut archive).await?;
        archive.begin("journal.jsonl").await?;
        let mut next = i64::MIN;
        loop {
            let rows = tx.rows(sql::JOURNAL_PAGE, &args![next, PAGE]).await?;
            let Some(last) = rows.last() else { break };
            next = last.int(0)? + 1;
            for row in &rows {
                // As they are, readable or not: a journal that was tampered with is evidence.
                let mut values = args![row.int(0)?].to_vec();
                for at in 1..JOURNAL.len() {
                    values.push(match at {
                        5..=7 => Value::from(row.int(at)?),
                        _ => Value::from(row.text(at)?),
                    });
                }
                archive.row(&JOURNAL, values).await?;
            }
        }
        archive.begin("personal.jsonl").await?;
        let mut after = String::new();
        loop {
            let rows = tx.rows(sql::PERSONAL_ALL, &args![after, PAGE]).await?;
            let Some(last) = rows.last() else { break };
            after = last.text(0)?;
            for row in &rows {
                archive
                    .row(
                        &PERSONAL,
                        args![row.text(0)?, row.opt_text(1)?, row.opt_text(2)?].to_vec(),
                    )
                    .await?;
            }
        }
        archive.begin("secrets.jsonl").await?;
        let mut after = args!["", "", ""];
        loop {
            let [person, kind, owner] = after;
            let rows = tx
                .rows(sql::SECRETS, &[person, kind, owner, Value::from(PAGE)])
                .await?;
            let Some(last) = rows.last() else { break };
            after = args![last.text(0)?, last.text(1)?, last.text(2)?];
            for row in &rows {
                let values = args![row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?];
                archive.row(&SECRETS, values.to_vec()).await?;
            }
        }
        archive.finish(Head { seq, hash }.anchor(at)).await
    }

    async fn write_attachments(&self, tx: &mut Tx, archive: &mut write::Archive) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let rows = tx.rows(sql::ATTACHMENTS, &args![after, PAGE]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.text(0)?;
            for row in &rows {
                let name = row.text(0)?;
                let hash: Hash =
                    name.parse()
                        .map_err(|error: rajut_core::journal::HashError| StoreError::Corrupt {
                            what: format!("attachment {name}"),
                            why: error.to_string(),
                        })?;
                let attachment = self.attachment(hash).await?.ok_or_else(|| StoreError::Corrupt {
                    what: format!("attachment {name}"),
                    why: "its row is gone".to_owned(),
                })?;
                archive.begin(&format!("{ATTACHMENTS}{name}")).await?;
                archive.stream(attachment.bytes).await?;
            }
        }
    }

    async fn write_observations(&self, archive: &mut write::Archive) -> Result<(), StoreError> {
        let mut tx = self.db.read(Part::Telemetry).await?;
        archive.begin("observations.jsonl").await?;
        let mut after = String::new();
        loop {
            let rows = tx.rows(sql::OBSERVATIONS, &args![after, PAGE]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.text(0)?;
            for row in &rows {
                archive
                    .row(&observations::COLUMNS, observations::values(row)?.to_vec())
                    .await?;
            }
        }
    }

    /// Reads an archive into this database, which must be empty (it is migrated first), and checks the journal
    /// that it brought. Records come in all or not at all; an archive that was damaged on the way is refused.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::Archive`].
    pub async fn restore(&self, from: &Path) -> Result<VerifyReport, StoreError> {
        self.migrate().await?;
        let mut archive = read::Archive::open(from)?;
        let manifest = archive.manifest().await?;
        refuse_unless_empty(&mut self.db.read(Part::Records).await?).await?;
        let mut seen = self.restore_rest(&mut archive).await?;

        let mut tx = self.begin(Part::Records).await?;
        refuse_unless_empty(&mut tx).await?;
        while let Some(item) = seen {
            match item {
                Item::Row(Table::Journal, row) => {
                    tx.execute(sql::RECORD_INSERT, &read::values(&row, &JOURNAL)?)
                        .await?;
                }
                Item::Row(Table::Personal, row) => {
                    tx.execute(sql::PERSONAL_RESTORE, &read::values(&row, &PERSONAL)?)
                        .await?;
                }
                Item::Row(Table::Secrets, row) => {
                    tx.execute(sql::SECRET_RESTORE, &read::values(&row, &SECRETS)?)
                        .await?;
                }
                Item::Row(Table::Observations, _) | Item::Attachment { .. } => {
                    return Err(StoreError::Archive {
                        why: "its entries are not in order".to_owned(),
                    });
                }
            }
            seen = archive.next().await?;
        }
        let head = args![manifest.anchor.seq, manifest.anchor.hash.to_string()];
        tx.execute(sql::HEAD_UPDATE, &head).await?;
        tx.execute(sql::ACTS_FROM_JOURNAL, &[]).await?;
        fold_states(&mut tx).await?;
        if let Some(notify) = sql::notify(tx.dialect()) {
            tx.execute(notify, &args![manifest.anchor.seq.to_string()])
                .await?;
        }
        tx.commit().await?;
        self.db.grew(manifest.anchor.seq);
        self.verify(vec![manifest.anchor], true, |_| ()).await
    }

    /// Takes in what may stand twice, attachments and observations, and gives the first record.
    async fn restore_rest(&self, archive: &mut read::Archive) -> Result<Option<Item>, StoreError> {
        let mut tx = None;
        loop {
            match archive.next().await? {
                Some(Item::Attachment { hash, bytes }) => {
                    let chunks = stream::unfold(bytes, |mut bytes| async move {
                        bytes.recv().await.map(|chunk| (chunk, bytes))
                    });
                    let kept = self
                        .put_attachment(chunks, u64::MAX)
                        .await
                        .map_err(|error| match error {
                            StoreError::Upload { why } => StoreError::Archive { why },
                            other => other,
                        })?;
                    if kept.to_string() != hash {
                        let why = format!("the bytes of attachment {hash} do not match their hash");
                        return Err(StoreError::Archive { why });
                    }
                }
                Some(Item::Row(Table::Observations, row)) => {
                    let tx = match &mut tx {
                        Some(tx) => tx,
                        none => none.insert(self.begin(Part::Telemetry).await?),
                    };
                    let row = read::values(&row, &observations::COLUMNS)?;
                    tx.execute(sql::OBSERVATION_INSERT, &row).await?;
                }
                other => {
                    if let Some(tx) = tx {
                        tx.commit().await?;
                    }
                    return Ok(other);
                }
            }
        }
    }
}

async fn refuse_unless_empty(tx: &mut Tx) -> Result<(), StoreError> {
    let records = match tx.row(sql::RECORD_COUNT, &[]).await? {
        Some(row) => row.int(0)?,
        None => 0,
    };
    if records == 0 {
        Ok(())
    } else {
        Err(StoreError::NotEmpty { records })
    }
}

/// Writes the state of every stream whose records give one; the check afterwards names the others.
async fn fold_states(tx: &mut Tx) -> Result<(), StoreError> {
    let mut replay = Replay::new();
    while let Some(replayed) = replay.next(tx).await? {
        if let Ok(Some(state)) = &replayed.state {
            let row = state_row(replayed.stream, replayed.version, state)?;
            tx.execute(&sql::of(replayed.stream.kind).insert, &row).await?;
        }
    }
    Ok(())
}
