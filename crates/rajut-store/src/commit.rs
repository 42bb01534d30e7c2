//! One act, one transaction: all of its records or none.
//!
//! Hides locking, versions, the order of writes and the chaining of the journal. It must not know what an
//! event means: it folds what core folds.

use std::collections::{BTreeMap, BTreeSet};

use rajut_core::act::{Changes, Expect};
use rajut_core::journal::{Hash, Record};
use rajut_core::stream::{Event, State, StreamRef};

use crate::db::dialect::{Failure, Lock, Meaning};
use crate::db::{Part, Tx, Value, args};
use crate::sessions::named;
use crate::{Found, Store, StoreError, project, sql};

/// How often a transaction that the database gave up for another one is tried again.
const TRIES: u32 = 10;

/// Where an act stands in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The first record of the act; above `last_seq` for an act without events.
    pub first_seq: i64,
    /// The last record of the act.
    pub last_seq: i64,
    /// The act had been done before under the same key; nothing was written now.
    pub repeated: bool,
}

/// An event beside the text under which it is hashed.
struct Written {
    stream: StreamRef,
    text: String,
    /// As it reads back from the text: what is folded now is what a replay will fold.
    event: Event,
}

/// A record while it is being changed.
struct Held {
    found: Option<i64>,
    version: i64,
    state: Option<State>,
}

impl Store {
    /// Does an act: checks what it relied on, folds its events, writes states, personal values and, last,
    /// the journal, in one transaction.
    ///
    /// Personal values that the act erases are gone with it, for good, and so are their salts. The chain stays
    /// whole: it holds commitments only. Backups made before keep the values; on SQLite its write-ahead log loses
    /// them when no reader holds it any more, on PostgreSQL the server's own log and vacuum do.
    ///
    /// An act without events only checks what it relied on.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a record is not as expected; [`StoreError::Full`],
    /// [`StoreError::Unavailable`] and [`StoreError::Contended`] may be answered by the same call again.
    pub async fn commit(&self, changes: &Changes) -> Result<Committed, StoreError> {
        let written = changes
            .events
            .iter()
            .map(|change| {
                let unstorable = |error: serde_json::Error| StoreError::Unstorable {
                    stream: change.stream,
                    why: error.to_string(),
                };
                let text = serde_json::to_string(&change.event).map_err(unstorable)?;
                let event = serde_json::from_str(&text).map_err(unstorable)?;
                Ok(Written {
                    stream: change.stream,
                    text,
                    event,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let mut tries = 1;
        loop {
            match self.attempt(changes, &written).await {
                Err(StoreError::Contended { why }) if tries < TRIES => {
                    tracing::debug!(tries, why, "commit gave way, trying again");
                    tries += 1;
                }
                Ok(committed) => {
                    if !changes.erased.is_empty()
                        && let Err(error) = self.db.forget_log().await
                    {
                        // The act is done; the next one that erases, or the end of the program, empties the log.
                        tracing::warn!(%error, "erased values linger in the write-ahead log");
                    }
                    return Ok(committed);
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt(&self, changes: &Changes, written: &[Written]) -> Result<Committed, StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        let key = changes.envelope.key.to_string();
        if !written.is_empty() && tx.execute(sql::ACT_INSERT, &args![key.as_str()]).await? == 0 {
            let row = tx.row(sql::ACT_SPAN, &args![key]).await?;
            return match row
                .map(|row| Ok::<_, Failure>((row.opt_int(0)?, row.opt_int(1)?)))
                .transpose()?
            {
                Some((Some(first_seq), Some(last_seq))) => Ok(Committed {
                    first_seq,
                    last_seq,
                    repeated: true,
                }),
                _ => Err(StoreError::Corrupt {
                    what: format!("act {}", changes.envelope.key),
                    why: "it has no record".to_owned(),
                }),
            };
        }
        let mut held = hold(&mut tx, changes, written).await?;
        let versions = fold(&mut held, written)?;
        for (stream, held) in &held {
            if let Some(state) = &held.state
                && Some(held.version) != held.found
            {
                let expected = changes.expects.get(stream).copied().unwrap_or(Expect::Any);
                write_state(&mut tx, *stream, expected, held, state).await?;
            }
        }
        for value in &changes.personal {
            tx.execute(
                sql::PERSONAL_INSERT,
                &args![value.sealed.as_str(), value.salt.as_str(), value.value.as_str()],
            )
            .await?;
        }
        for sealed in &changes.erased {
            tx.execute(sql::PERSONAL_ERASE, &args![sealed.as_str()]).await?;
        }
        for change in &changes.secrets {
            let mut row = named(change.name).to_vec();
            match &change.check {
                Some(check) => {
                    row.push(check.as_str().into());
                    tx.execute(sql::SECRET_SET, &row).await?;
                }
                None => {
                    tx.execute(sql::SECRET_CLEAR, &row).await?;
                }
            }
        }
        let (first_seq, last_seq) = append(&mut tx, changes, written, &versions).await?;
        if !written.is_empty() {
            tx.commit().await?;
            self.db.grew(last_seq);
        }
        Ok(Committed {
            first_seq,
            last_seq,
            repeated: false,
        })
    }
}

/// Locks and reads every record that the act relied on or touches, always in the same order, so that two
/// acts never wait for each other.
async fn hold(
    tx: &mut Tx,
    changes: &Changes,
    written: &[Written],
) -> Result<BTreeMap<StreamRef, Held>, StoreError> {
    let touched: BTreeSet<StreamRef> = written.iter().map(|event| event.stream).collect();
    let all: BTreeSet<StreamRef> = changes.expects.keys().chain(&touched).copied().collect();
    let mut held = BTreeMap::new();
    for stream in all {
        let lock = if touched.contains(&stream) {
            Lock::Write
        } else {
            Lock::Share
        };
        let select = sql::of(stream.kind).select(tx.dialect(), Some(lock));
        let row = tx.row(select, &args![stream.id.to_string()]).await?;
        let found = row.as_ref().map(|row| row.int(0)).transpose()?;
        let expected = changes.expects.get(&stream).copied().unwrap_or(Expect::Any);
        let as_expected = match expected {
            Expect::New => found.is_none(),
            Expect::Version(version) => found == Some(version),
            Expect::Any => true,
        };
        if !as_expected {
            let found = found.map_or(Found::Nothing, Found::Version);
            return Err(StoreError::Conflict {
                stream,
                expected,
                found,
            });
        }
        if touched.contains(&stream) {
            let state = row.map(|row| read_state(stream, &row.text(1)?)).transpose()?;
            held.insert(
                stream,
                Held {
                    found,
                    version: found.unwrap_or(0),
                    state,
                },
            );
        }
    }
    Ok(held)
}

/// The state as stored.
pub(crate) fn read_state(stream: StreamRef, body: &str) -> Result<State, StoreError> {
    let corrupt = |why: String| StoreError::Corrupt {
        what: format!("state of {stream}"),
        why,
    };
    let state: State = serde_json::from_str(body).map_err(|error| corrupt(error.to_string()))?;
    if state.kind() == stream.kind {
        Ok(state)
    } else {
        Err(corrupt(format!("it is a {}", state.kind().code())))
    }
}

/// Folds the events in order and says which version each one gives.
fn fold(held: &mut BTreeMap<StreamRef, Held>, written: &[Written]) -> Result<Vec<i64>, StoreError> {
    let mut versions = Vec::with_capacity(written.len());
    for event in written {
        let held = held.entry(event.stream).or_insert_with(|| Held {
            found: None,
            version: 0,
            state: None,
        });
        held.state = Some(State::apply(held.state.take(), event.stream, &event.event)?);
        held.version += 1;
        versions.push(held.version);
    }
    Ok(versions)
}

/// The arguments that write a state row.
pub(crate) fn state_row(stream: StreamRef, version: i64, state: &State) -> Result<Vec<Value>, StoreError> {
    let body = serde_json::to_string(state).map_err(|error| StoreError::Unstorable {
        stream,
        why: error.to_string(),
    })?;
    let mut row = args![stream.id.to_string(), version, body].to_vec();
    row.extend(project::project(state).into_iter().map(|(_, value)| value));
    Ok(row)
}

async fn write_state(
    tx: &mut Tx,
    stream: StreamRef,
    expected: Expect,
    held: &Held,
    state: &State,
) -> Result<(), StoreError> {
    let sql = sql::of(stream.kind);
    let row = state_row(stream, held.version, state)?;
    let conflict = |found| StoreError::Conflict {
        stream,
        expected,
        found,
    };
    if held.found.is_some() {
        return match tx.execute(&sql.update, &row).await {
            Err(failure) if failure.meaning == Meaning::Unique => Err(conflict(Found::Taken)),
            other => Ok(other.map(drop)?),
        };
    }
    if tx.execute(&sql.insert, &row).await? == 1 {
        return Ok(());
    }
    match tx.row(&sql.version, &args![stream.id.to_string()]).await? {
        None => Err(conflict(Found::Taken)),
        // Whoever appends whatever the version may simply append to what is there now.
        Some(_) if expected == Expect::Any => Err(StoreError::Contended {
            why: format!("{stream} was begun by another act at the same time"),
        }),
        Some(row) => Err(conflict(Found::Version(row.int(0)?))),
    }
}

/// Chains the records behind the head: the last writes of the transaction, so that the head is held as
/// briefly as can be.
async fn append(
    tx: &mut Tx,
    changes: &Changes,
    written: &[Written],
    versions: &[i64],
) -> Result<(i64, i64), StoreError> {
    let locked = if written.is_empty() {
        sql::HEAD
    } else {
        sql::head_locked(tx.dialect())
    };
    let (head, mut hash) = read_head(tx, locked).await?;
    let envelope = &changes.envelope;
    let mut seq = head;
    for (event, version) in written.iter().zip(versions) {
        seq += 1;
        let record = Record {
            seq,
            act_key: envelope.key,
            act: envelope.act,
            stream: event.stream,
            version: *version,
            occurred_at: envelope.occurred_at,
            received_at: envelope.received_at,
            done_by: envelope.done_by,
            entered_by: envelope.entered_by,
            event: event.text.clone(),
            prev: hash,
            hash: Hash::GENESIS,
        }
        .chained(seq, hash);
        hash = record.hash;
        tx.execute(sql::RECORD_INSERT, &record_row(record)).await?;
    }
    if !written.is_empty() {
        tx.execute(sql::HEAD_UPDATE, &args![seq, hash.to_string()])
            .await?;
        if let Some(notify) = sql::notify(tx.dialect()) {
            tx.execute(notify, &args![seq.to_string()]).await?;
        }
    }
    Ok((head + 1, seq))
}

/// Reads the head by `select`.
pub(crate) async fn read_head(tx: &mut Tx, select: &'static str) -> Result<(i64, Hash), StoreError> {
    let corrupt = |why: String| StoreError::Corrupt {
        what: "the head of the journal".to_owned(),
        why,
    };
    let row = tx
        .row(select, &[])
        .await?
        .ok_or_else(|| corrupt("it is missing".to_owned()))?;
    Ok((
        row.int(0)?,
        row.text(1)?
            .parse()
            .map_err(|error: rajut_core::journal::HashError| corrupt(error.to_string()))?,
    ))
}

/// The arguments that write a record.
pub(crate) fn record_row(record: Record) -> [Value; 13] {
    args![
        record.seq,
        record.act_key.to_string(),
        record.act.code(),
        record.stream.kind.code(),
        record.stream.id.to_string(),
        record.version,
        record.occurred_at.as_millisecond(),
        record.received_at.as_millisecond(),
        record.done_by.to_string(),
        record.entered_by.to_string(),
        record.event,
        record.prev.to_string(),
        record.hash.to_string(),
    ]
}
