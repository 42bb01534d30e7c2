//! Reading an archive: a thread unpacks it, checks every entry against the manifest and hands over the rows.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zip::ZipArchive;

use super::write::joined;
use super::{ATTACHMENTS, FORMAT, MANIFEST, Manifest};
use crate::StoreError;
use crate::db::Value;
use crate::file::failed;

const CHUNK: usize = 256 * 1024;
/// No manifest of a real agency comes near it.
const MANIFEST_LIMIT: u64 = 256 * 1024 * 1024;

/// The tables of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Journal,
    Personal,
    Secrets,
    Observations,
}

pub(super) type JsonRow = serde_json::Map<String, serde_json::Value>;

/// One thing out of an archive.
pub(super) enum Item {
    Row(Table, JsonRow),
    Attachment {
        hash: String,
        bytes: mpsc::Receiver<Result<Vec<u8>, String>>,
    },
}

/// An archive that is being read.
pub(super) struct Archive {
    manifest: mpsc::Receiver<Manifest>,
    items: mpsc::Receiver<Item>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|source| failed(path, source))?;
        let (tell, manifest) = mpsc::channel(1);
        let (send, items) = mpsc::channel(256);
        let thread = tokio::task::spawn_blocking(move || {
            let mut zip = ZipArchive::new(BufReader::new(file)).map_err(wrong)?;
            let found = read_manifest(&mut zip)?;
            // Whoever no longer listens has given up.
            if tell.blocking_send(found.clone()).is_err() {
                return Ok(());
            }
            for entry in &found.entries {
                let file = zip.by_name(&entry.name).map_err(wrong)?;
                let mut hashing = Hashing {
                    inner: file.take(entry.size + 1),
                    hash: Sha256::new(),
                    size: 0,
                };
                let go_on = send_entry(&entry.name, &mut hashing, &send)?;
                if !go_on {
                    return Ok(());
                }
                if hashing.size != entry.size
                    || hex::encode(hashing.hash.finalize()) != entry.hash.to_string()
                {
                    return Err(wrong(format!("{} does not match the manifest", entry.name)));
                }
            }
            Ok(())
        });
        Ok(Self {
            manifest,
            items,
            thread: Some(thread),
        })
    }

    /// What the archive says that it holds.
    pub(super) async fn manifest(&mut self) -> Result<Manifest, StoreError> {
        match self.manifest.recv().await {
            Some(manifest) => Ok(manifest),
            None => Err(self
                .ended()
                .await
                .err()
                .unwrap_or_else(|| wrong("it has no manifest"))),
        }
    }

    /// The next thing in it; `None` once all of it was read and found whole.
    pub(super) async fn next(&mut self) -> Result<Option<Item>, StoreError> {
        match self.items.recv().await {
            Some(item) => Ok(Some(item)),
            None => self.ended().await.map(|()| None),
        }
    }

    async fn ended(&mut self) -> Result<(), StoreError> {
        match self.thread.take() {
            Some(thread) => joined(thread.await),
            None => Ok(()),
        }
    }
}

fn wrong(why: impl std::fmt::Display) -> StoreError {
    StoreError::Archive { why: why.to_string() }
}

fn read_manifest(zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, StoreError> {
    let file = zip
        .by_name(MANIFEST)
        .map_err(|error| wrong(format!("{MANIFEST}: {error}")))?;
    let manifest: Manifest = serde_json::from_reader(file.take(MANIFEST_LIMIT)).map_err(wrong)?;
    if manifest.format == FORMAT {
        Ok(manifest)
    } else {
        Err(wrong(format!(
            "its format is {:?}, this program reads {FORMAT:?}",
            manifest.format
        )))
    }
}

/// Hands an entry over; `false` when nobody listens any more.
fn send_entry(name: &str, bytes: &mut impl Read, items: &mpsc::Sender<Item>) -> Result<bool, StoreError> {
    if let Some(hash) = name.strip_prefix(ATTACHMENTS) {
        let (send, received) = mpsc::channel(4);
        if items
            .blocking_send(Item::Attachment {
                hash: hash.to_owned(),
                bytes: received,
            })
            .is_err()
        {
            return Ok(false);
        }
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = bytes.take(CHUNK as u64).read_to_end(&mut chunk);
            if let Err(error) = &read {
                let _ = send.blocking_send(Err(error.to_string()));
            }
            if read.map_err(wrong)? == 0 {
                return Ok(true);
            }
            if send.blocking_send(Ok(chunk)).is_err() {
                return Ok(false);
            }
        }
    }
    let table = match name {
        "journal.jsonl" => Table::Journal,
        "personal.jsonl" => Table::Personal,
        "secrets.jsonl" => Table::Secrets,
        "observations.jsonl" => Table::Observations,
        other => return Err(wrong(format!("{other} is not known"))),
    };
    for line in BufReader::new(bytes).lines() {
        let line = line.map_err(wrong)?;
        let row = serde_json::from_str(&line).map_err(|error| wrong(format!("{name}: {error}")))?;
        if items.blocking_send(Item::Row(table, row)).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The arguments that write a row.
pub(super) fn values(row: &JsonRow, columns: &[&str]) -> Result<Vec<Value>, StoreError> {
    columns
        .iter()
        .map(|column| match row.get(*column) {
            Some(serde_json::Value::String(text)) => Ok(Value::from(text.as_str())),
            Some(serde_json::Value::Number(number)) => number
                .as_i64()
                .map(Value::from)
                .ok_or_else(|| wrong(format!("{column} is {number}"))),
            // Only columns of text may be empty.
            Some(serde_json::Value::Null) => Ok(Value::Text(None)),
            other => Err(wrong(format!("{column} is {other:?}"))),
        })
        .collect()
}

struct Hashing<R> {
    inner: R,
    hash: Sha256,
    size: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.size += read as u64;
        Ok(read)
    }
}
