//! Reading the journal and checking it.
//!
//! Hides paging and what is compared with what. It must not know how a chain is judged: that is the
//! verifier of core.

mod deep;
mod verify;

use jiff::Timestamp;
use rajut_core::act::Actor;
use rajut_core::id::ActId;
use rajut_core::journal::{Anchor, Hash, Record};
use rajut_core::stream::StreamRef;
use std::fmt::Display;
use std::str::FromStr;

pub(crate) use deep::Replay;
pub use verify::VerifyReport;

use crate::commit::read_head;
use crate::db::{Part, Row, args};
use crate::{Store, StoreError, sql};

/// How many records are read at once.
pub(crate) const PAGE: i64 = 1000;

/// The end of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last record; 0 in an empty journal.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// The anchor to be kept outside the database.
    pub fn anchor(self, at: Timestamp) -> Anchor {
        Anchor {
            seq: self.seq,
            hash: self.hash,
            at,
        }
    }
}

impl Store {
    /// The end of the journal.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let (seq, hash) = read_head(&mut tx, sql::HEAD).await?;
        Ok(Head { seq, hash })
    }

    /// At most `limit` records from `from_seq` on.
    pub async fn journal(&self, from_seq: i64, limit: u32) -> Result<Vec<Record>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let rows = tx
            .rows(sql::JOURNAL_PAGE, &args![from_seq, i64::from(limit)])
            .await?;
        rows.iter().map(read_record).collect()
    }

    /// At most `limit` records before `seq`, the newest first; of everybody, or of one who acted.
    async fn journal_before(
        &self,
        seq: i64,
        by: Option<Actor>,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let limit = i64::from(limit);
        let rows = match by {
            None => tx.rows(sql::JOURNAL_LATEST, &args![seq, limit]).await?,
            Some(by) => {
                tx.rows(sql::JOURNAL_OF_ACTOR, &args![seq, limit, by.to_string()])
                    .await?
            }
        };
        rows.iter().map(read_record).collect()
    }

    /// At most `limit` records before `seq`, the newest first; of one record, of one who acted, or of all.
    pub async fn journal_of(
        &self,
        record: Option<StreamRef>,
        by: Option<Actor>,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        let Some(record) = record else {
            return self.journal_before(seq, by, limit).await;
        };
        // One record has a short history, which is read whole.
        let mut history = self.history(record).await?;
        history.retain(|record| record.seq < seq && by.is_none_or(|by| record.done_by == by));
        history.reverse();
        history.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(history)
    }

    /// All records of one stream, the oldest first.
    pub async fn history(&self, stream: StreamRef) -> Result<Vec<Record>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let of = args![stream.kind.code(), stream.id.to_string()];
        let rows = tx.rows(sql::JOURNAL_OF_STREAM, &of).await?;
        rows.iter().map(read_record).collect()
    }

    /// The records of the act that was done under a key; none when there was no such act.
    pub async fn act_of(&self, key: ActId) -> Result<Vec<Record>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let rows = tx.rows(sql::JOURNAL_OF_ACT, &args![key.to_string()]).await?;
        rows.iter().map(read_record).collect()
    }
}

/// A record as stored.
fn read_record(row: &Row) -> Result<Record, StoreError> {
    let seq = row.int(0)?;
    let corrupt = |why: String| StoreError::Corrupt {
        what: format!("record {seq}"),
        why,
    };
    Ok(Record {
        seq,
        act_key: part(row, 1).map_err(corrupt)?,
        act: part(row, 2).map_err(corrupt)?,
        stream: StreamRef {
            kind: part(row, 3).map_err(corrupt)?,
            id: part(row, 4).map_err(corrupt)?,
        },
        version: row.int(5)?,
        occurred_at: instant(row, 6).map_err(corrupt)?,
        received_at: instant(row, 7).map_err(corrupt)?,
        done_by: part::<Actor>(row, 8).map_err(corrupt)?,
        entered_by: part::<Actor>(row, 9).map_err(corrupt)?,
        event: row.text(10)?,
        prev: part(row, 11).map_err(corrupt)?,
        hash: part(row, 12).map_err(corrupt)?,
    })
}

fn part<T: FromStr<Err: Display>>(row: &Row, at: usize) -> Result<T, String> {
    let text = row
        .text(at)
        .map_err(|failure| StoreError::from(failure).to_string())?;
    text.parse().map_err(|error: T::Err| format!("{text:?}: {error}"))
}

fn instant(row: &Row, at: usize) -> Result<Timestamp, String> {
    let millis = row
        .int(at)
        .map_err(|failure| StoreError::from(failure).to_string())?;
    Timestamp::from_millisecond(millis).map_err(|error| error.to_string())
}
