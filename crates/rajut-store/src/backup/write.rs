//! Writing an archive: rows and bytes go through a channel to a thread that compresses them.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use rajut_core::journal::{Anchor, Hash};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Entry, FORMAT, MANIFEST, Manifest};
use crate::StoreError;
use crate::db::Value;
use crate::file::failed;

enum Piece {
    Begin(String),
    Bytes(Vec<u8>),
    Finish(Anchor),
}

/// An archive that is being written.
pub(super) struct Archive {
    pieces: mpsc::Sender<Piece>,
    thread: JoinHandle<Result<Manifest, StoreError>>,
}

impl Archive {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        if path.exists() {
            return Err(failed(path, std::io::ErrorKind::AlreadyExists.into()));
        }
        let file = NamedTempFile::new_in(folder).map_err(|source| failed(folder, source))?;
        let (pieces, received) = mpsc::channel(64);
        let path = path.to_owned();
        let thread = tokio::task::spawn_blocking(move || write(file, &path, received));
        Ok(Self { pieces, thread })
    }

    /// Begins the next entry.
    pub(super) async fn begin(&mut self, name: &str) -> Result<(), StoreError> {
        self.send(Piece::Begin(name.to_owned())).await
    }

    /// Adds a row to the entry.
    pub(super) async fn row(&mut self, columns: &[&str], values: Vec<Value>) -> Result<(), StoreError> {
        let object: serde_json::Map<String, serde_json::Value> = columns
            .iter()
            .zip(values)
            .map(|(column, value)| {
                let value = match value {
                    Value::Text(text) => text.into(),
                    Value::Int(number) => number.into(),
                    Value::Bytes(bytes) => hex::encode(bytes).into(),
                };
                ((*column).to_owned(), value)
            })
            .collect();
        let mut line = serde_json::Value::Object(object).to_string().into_bytes();
        line.push(b'\n');
        self.send(Piece::Bytes(line)).await
    }

    /// Adds bytes to the entry.
    pub(super) async fn stream(
        &mut self,
        mut bytes: BoxStream<'static, Result<Vec<u8>, StoreError>>,
    ) -> Result<(), StoreError> {
        while let Some(chunk) = bytes.try_next().await? {
            self.send(Piece::Bytes(chunk)).await?;
        }
        Ok(())
    }

    /// Ends the archive and gives it its name.
    pub(super) async fn finish(mut self, anchor: Anchor) -> Result<Manifest, StoreError> {
        self.send(Piece::Finish(anchor)).await?;
        drop(self.pieces);
        joined(self.thread.await)
    }

    async fn send(&mut self, piece: Piece) -> Result<(), StoreError> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        // The thread has stopped before its time: its outcome says why.
        match joined((&mut self.thread).await) {
            Err(error) => Err(error),
            Ok(_) => Err(StoreError::Archive {
                why: "it ended too early".to_owned(),
            }),
        }
    }
}

pub(super) fn joined<T>(
    outcome: Result<Result<T, StoreError>, tokio::task::JoinError>,
) -> Result<T, StoreError> {
    outcome.unwrap_or_else(|error| {
        Err(StoreError::Archive {
            why: error.to_string(),
        })
    })
}

fn write(
    file: NamedTempFile,
    path: &Path,
    mut pieces: mpsc::Receiver<Piece>,
) -> Result<Manifest, StoreError> {
    let wrong = |source| failed(path, source);
    let zipped = |error: zip::result::ZipError| failed(path, error.into());
    let options = SimpleFileOptions::default().large_file(true);
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Option<(String, u64, Sha256)> = None;
    let close = |open: &mut Option<(String, u64, Sha256)>, entries: &mut Vec<Entry>| {
        if let Some((name, size, hash)) = open.take() {
            let hash: Hash = hex::encode(hash.finalize())
                .parse()
                .expect("64 hexadecimal digits are a hash");
            entries.push(Entry { name, size, hash });
        }
    };
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Begin(name) => {
                close(&mut open, &mut entries);
                zip.start_file(&name, options).map_err(zipped)?;
                open = Some((name, 0, Sha256::new()));
            }
            Piece::Bytes(bytes) => {
                if let Some((_, size, hash)) = &mut open {
                    *size += bytes.len() as u64;
                    hash.update(&bytes);
                }
                zip.write_all(&bytes).map_err(wrong)?;
            }
            Piece::Finish(anchor) => {
                close(&mut open, &mut entries);
                let manifest = Manifest {
                    format: FORMAT.to_owned(),
                    anchor,
                    entries,
                };
                let text = serde_json::to_vec_pretty(&manifest).map_err(|error| wrong(error.into()))?;
                zip.start_file(MANIFEST, options).map_err(zipped)?;
                zip.write_all(&text).map_err(wrong)?;
                let buffered = zip.finish().map_err(zipped)?;
                let file = buffered.into_inner().map_err(|error| wrong(error.into_error()))?;
                file.as_file().sync_all().map_err(wrong)?;
                file.persist_noclobber(path).map_err(|error| wrong(error.error))?;
                if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
                    std::fs::File::open(folder)
                        .and_then(|folder| folder.sync_all())
                        .map_err(wrong)?;
                }
                return Ok(manifest);
            }
        }
    }
    // Whoever was sending gave up; the temporary file goes with it.
    Err(StoreError::Archive {
        why: "it was given up".to_owned(),
    })
}
