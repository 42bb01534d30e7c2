//! Attachments: bytes by their SHA-256. Files beside SQLite, chunked rows in PostgreSQL.
//!
//! Bytes are first written to a file that has no name yet, so that neither memory nor the database holds
//! what turns out too large or breaks off. It must not know what the bytes mean.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;

use futures_util::stream::{self, BoxStream, Stream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use rajut_core::journal::Hash;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::db::{Db, Part, args};
use crate::file::failed;
use crate::{Store, StoreError, sql};

/// How many bytes travel at once, and stand in one row.
const CHUNK: usize = 256 * 1024;

/// Bytes on their way out.
pub struct Attachment {
    /// How many.
    pub size: u64,
    /// The bytes. The last item is an error where they do not match their hash.
    pub bytes: BoxStream<'static, Result<Vec<u8>, StoreError>>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Attachment {
    /// All bytes at once, for what is known to be small.
    pub async fn read(self) -> Result<Vec<u8>, StoreError> {
        self.bytes.try_concat().await
    }
}

impl Store {
    /// Keeps bytes and gives the hash by which they are found. The same bytes are kept once.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] above `limit` bytes, [`StoreError::Upload`] where `bytes` gives an error.
    pub async fn put_attachment<B, E>(
        &self,
        bytes: impl Stream<Item = Result<B, E>>,
        limit: u64,
    ) -> Result<Hash, StoreError>
    where
        B: AsRef<[u8]>,
        E: std::fmt::Display,
    {
        let folder = match &*self.db {
            Db::Sqlite(files) => files.attachments.clone(),
            Db::Postgres(_) => std::env::temp_dir(),
        };
        let spooled = Spooled::take(&folder, bytes, limit).await?;
        let size = i64::try_from(spooled.size).map_err(|_| StoreError::TooLarge { limit })?;
        let hash = spooled.hash;
        let row = args![hash.to_string(), size];
        match &*self.db {
            Db::Sqlite(files) => {
                // The file first: a row never names bytes that are not there.
                let path = path_of(&files.attachments, hash);
                blocking(move || spooled.keep(&path)).await?;
                let mut tx = self.begin(Part::Records).await?;
                tx.execute(sql::ATTACHMENT_INSERT, &row).await?;
                tx.commit().await?;
            }
            Db::Postgres(_) => {
                let mut tx = self.begin(Part::Records).await?;
                if tx.execute(sql::ATTACHMENT_INSERT, &row).await? == 1 {
                    let (path, file) = spooled.reopen()?;
                    let mut file = tokio::fs::File::from_std(file);
                    for place in 0_i64.. {
                        let chunk = next_chunk(&mut file)
                            .await
                            .map_err(|error| failed(&path, error))?;
                        if chunk.is_empty() {
                            break;
                        }
                        let mut row = args![hash.to_string(), place].to_vec();
                        row.push(crate::db::Value::Bytes(chunk));
                        tx.execute(sql::CHUNK_INSERT, &row).await?;
                    }
                    tx.commit().await?;
                }
            }
        }
        Ok(hash)
    }

    /// The bytes of a hash, or `None` where none are kept under it.
    pub async fn attachment(&self, hash: Hash) -> Result<Option<Attachment>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let Some(row) = tx.row(sql::ATTACHMENT, &args![hash.to_string()]).await? else {
            return Ok(None);
        };
        let size = u64::try_from(row.int(0)?).unwrap_or(0);
        let bytes = match &*self.db {
            Db::Sqlite(files) => {
                let path = path_of(&files.attachments, hash);
                let file = tokio::fs::File::open(&path)
                    .await
                    .map_err(|source| match source.kind() {
                        io::ErrorKind::NotFound => damaged(hash, "its file is gone"),
                        _ => failed(&path, source),
                    })?;
                stream::try_unfold((file, path), |(mut file, path)| async move {
                    let chunk = next_chunk(&mut file)
                        .await
                        .map_err(|error| failed(&path, error))?;
                    Ok(if chunk.is_empty() {
                        None
                    } else {
                        Some((chunk, (file, path)))
                    })
                })
                .boxed()
            }
            Db::Postgres(_) => stream::try_unfold((self.clone(), 0_i64), move |(store, place)| async move {
                let mut tx = store.db.read(Part::Records).await?;
                let row = tx.row(sql::CHUNK, &args![hash.to_string(), place]).await?;
                drop(tx);
                row.map(|row| Ok((row.bytes(0)?, (store, place + 1)))).transpose()
            })
            .boxed(),
        };
        Ok(Some(Attachment {
            size,
            bytes: checked(hash, bytes).boxed(),
        }))
    }
}

fn damaged(hash: Hash, why: &str) -> StoreError {
    StoreError::Corrupt {
        what: format!("attachment {hash}"),
        why: why.to_owned(),
    }
}

/// The same bytes, with an error at the end where they do not match their hash.
fn checked(
    hash: Hash,
    bytes: BoxStream<'static, Result<Vec<u8>, StoreError>>,
) -> impl Stream<Item = Result<Vec<u8>, StoreError>> + Send {
    stream::try_unfold((bytes, Sha256::new()), move |(mut bytes, mut seen)| async move {
        match bytes.try_next().await? {
            Some(chunk) => {
                seen.update(&chunk);
                Ok(Some((chunk, (bytes, seen))))
            }
            None if hex::encode(seen.finalize()) == hash.to_string() => Ok(None),
            None => Err(damaged(hash, "its bytes do not match its hash")),
        }
    })
}

/// Where the bytes of a hash lie: 256 folders keep each of them small.
fn path_of(folder: &Path, hash: Hash) -> PathBuf {
    let hash = hash.to_string();
    folder.join(&hash[..2]).join(hash)
}

/// Up to [`CHUNK`] bytes; none at the end.
async fn next_chunk(file: &mut tokio::fs::File) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64).read_to_end(&mut chunk).await?;
    Ok(chunk)
}

/// Runs file work where it may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(StoreError::Unavailable {
            why: error.to_string(),
        }),
    }
}

/// Bytes in a temporary file.
struct Spooled {
    file: NamedTempFile,
    hash: Hash,
    size: u64,
}

impl Spooled {
    async fn take<B: AsRef<[u8]>, E: std::fmt::Display>(
        folder: &Path,
        bytes: impl Stream<Item = Result<B, E>>,
        limit: u64,
    ) -> Result<Self, StoreError> {
        let named = NamedTempFile::new_in(folder).map_err(|source| failed(folder, source))?;
        let path = named.path().to_owned();
        let wrong = |source| failed(&path, source);
        let mut file = tokio::fs::File::from_std(named.reopen().map_err(wrong)?);
        let mut hash = Sha256::new();
        let mut size = 0_u64;
        let mut bytes = pin!(bytes);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|error| StoreError::Upload {
                why: error.to_string(),
            })?;
            let chunk = chunk.as_ref();
            size += chunk.len() as u64;
            if size > limit {
                return Err(StoreError::TooLarge { limit });
            }
            hash.update(chunk);
            file.write_all(chunk).await.map_err(wrong)?;
        }
        file.flush().await.map_err(wrong)?;
        file.sync_all().await.map_err(wrong)?;
        let hash = hex::encode(hash.finalize())
            .parse()
            .expect("64 hexadecimal digits are a hash");
        Ok(Self {
            file: named,
            hash,
            size,
        })
    }

    /// Gives the file its name, and has the disk keep both.
    fn keep(self, path: &Path) -> Result<(), StoreError> {
        let wrong = |source| failed(path, source);
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(wrong)?;
        self.file.persist(path).map_err(|error| wrong(error.error))?;
        for folder in [Some(folder), folder.parent()].into_iter().flatten() {
            std::fs::File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(wrong)?;
        }
        Ok(())
    }

    /// The path, for messages, and the bytes from their beginning.
    fn reopen(&self) -> Result<(PathBuf, std::fs::File), StoreError> {
        let path = self.file.path().to_owned();
        let file = self.file.reopen().map_err(|source| failed(&path, source))?;
        Ok((path, file))
    }
}
