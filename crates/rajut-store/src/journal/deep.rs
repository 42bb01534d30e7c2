//! The replay: every state folded again from its records, one stream after the other, so that memory does
//! not grow with the journal.

use std::collections::BTreeMap;

use rajut_core::journal::{Fault, FaultKind, PersonalValue, Record};
use rajut_core::people::Sealed;
use rajut_core::stream::{Event, State, StreamKind, StreamRef};

use super::{PAGE, read_record};
use crate::db::{Row, Tx, Value, args};
use crate::load::padded;
use crate::{StoreError, project, sql};

/// A stream that has been replayed up to a record.
pub(crate) struct Replayed {
    pub(crate) stream: StreamRef,
    pub(crate) version: i64,
    /// The state, or why its records give none.
    pub(crate) state: Result<Option<State>, String>,
    last_seq: i64,
}

impl Replayed {
    fn new(stream: StreamRef) -> Self {
        Self {
            stream,
            version: 0,
            state: Ok(None),
            last_seq: 0,
        }
    }

    fn push(&mut self, record: &Record) {
        self.last_seq = self.last_seq.max(record.seq);
        self.version += 1;
        let Ok(state) = std::mem::replace(&mut self.state, Ok(None)) else {
            return;
        };
        self.state = if record.version == self.version {
            serde_json::from_str::<Event>(&record.event)
                .map_err(|error| format!("record {} cannot be read: {error}", record.seq))
                .and_then(|event| {
                    State::apply(state, record.stream, &event).map_err(|error| error.to_string())
                })
                .map(Some)
        } else {
            Err(format!(
                "record {} has version {}, expected {}",
                record.seq, record.version, self.version
            ))
        };
    }
}

/// The streams of a journal, replayed one after the other.
pub(crate) struct Replay {
    page: std::vec::IntoIter<Row>,
    after: [Value; 4],
    current: Option<Replayed>,
    ended: bool,
}

impl Replay {
    pub(crate) fn new() -> Self {
        Self {
            page: Vec::new().into_iter(),
            after: args!["", "", i64::MIN, i64::MIN],
            current: None,
            ended: false,
        }
    }

    /// The next stream. Records that cannot be read are left to the check of the chain.
    pub(crate) async fn next(&mut self, tx: &mut Tx) -> Result<Option<Replayed>, StoreError> {
        loop {
            let Some(row) = self.page.next() else {
                if self.ended {
                    return Ok(self.current.take());
                }
                let [kind, id, version, seq] = self.after.clone();
                let rows = tx
                    .rows(
                        sql::JOURNAL_BY_STREAM,
                        &[kind, id, version, seq, Value::from(PAGE)],
                    )
                    .await?;
                match rows.last() {
                    Some(last) => {
                        self.after = args![last.text(3)?, last.text(4)?, last.int(5)?, last.int(0)?];
                    }
                    None => self.ended = true,
                }
                self.page = rows.into_iter();
                continue;
            };
            let record = match read_record(&row) {
                Ok(record) => record,
                Err(StoreError::Corrupt { .. }) => continue,
                Err(error) => return Err(error),
            };
            let current = self.current.get_or_insert_with(|| Replayed::new(record.stream));
            if current.stream == record.stream {
                current.push(&record);
                continue;
            }
            let mut next = Replayed::new(record.stream);
            next.push(&record);
            return Ok(self.current.replace(next));
        }
    }
}

/// Compares everything that the journal implies with what is stored.
pub(super) async fn compare(tx: &mut Tx) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    let mut replay = Replay::new();
    let mut batch: Vec<Replayed> = Vec::with_capacity(sql::IN_LIST);
    loop {
        let next = replay.next(tx).await?;
        let goes_on = next.as_ref().is_some_and(|next| {
            batch.len() < sql::IN_LIST
                && batch
                    .first()
                    .is_none_or(|first| first.stream.kind == next.stream.kind)
        });
        if !goes_on {
            compare_rows(tx, &batch, &mut faults).await?;
            batch.clear();
        }
        match next {
            Some(next) => batch.push(next),
            None => break,
        }
    }
    for kind in StreamKind::ALL {
        for row in tx.rows(&sql::of(*kind).without_record, &[]).await? {
            let stream = format!("{}/{}", kind.code(), row.text(0)?);
            faults.push(differs(0, stream, "the journal has no record of it".to_owned()));
        }
    }
    for row in tx.rows(sql::ACTS_WITHOUT_RECORD, &[]).await? {
        faults.push(differs(
            0,
            format!("act/{}", row.text(0)?),
            "the journal has no record of it".to_owned(),
        ));
    }
    for row in tx.rows(sql::RECORDS_WITHOUT_ACT, &[]).await? {
        faults.push(differs(
            row.int(1)?,
            format!("act/{}", row.text(0)?),
            "it is missing in the list of acts".to_owned(),
        ));
    }
    personal(tx, &mut faults).await?;
    Ok(faults)
}

fn differs(seq: i64, stream: String, what: String) -> Fault {
    Fault {
        seq,
        kind: FaultKind::StateDiffers { stream, what },
    }
}

/// Compares the state rows of some streams of one kind.
async fn compare_rows(tx: &mut Tx, batch: &[Replayed], faults: &mut Vec<Fault>) -> Result<(), StoreError> {
    let Some(first) = batch.first() else { return Ok(()) };
    let ids: Vec<String> = batch
        .iter()
        .map(|replayed| replayed.stream.id.to_string())
        .collect();
    let mut rows = BTreeMap::new();
    for row in tx.rows(&sql::of(first.stream.kind).whole, &padded(&ids)).await? {
        rows.insert(row.text(0)?, row);
    }
    for (replayed, id) in batch.iter().zip(&ids) {
        if let Some(what) = difference(replayed, rows.get(id))? {
            faults.push(differs(replayed.last_seq, replayed.stream.to_string(), what));
        }
    }
    Ok(())
}

/// What in a state row is not what its records give.
fn difference(replayed: &Replayed, row: Option<&Row>) -> Result<Option<String>, StoreError> {
    let state = match &replayed.state {
        Ok(Some(state)) => state,
        Ok(None) => return Ok(Some("its records give no state".to_owned())),
        Err(why) => return Ok(Some(why.clone())),
    };
    let Some(row) = row else {
        return Ok(Some("the row is missing".to_owned()));
    };
    let version = row.int(1)?;
    if version != replayed.version {
        return Ok(Some(format!(
            "version is {version}, its records give {}",
            replayed.version
        )));
    }
    // Values, not texts: what matters is what is read from it.
    if serde_json::from_str::<State>(&row.text(2)?).ok().as_ref() != Some(state) {
        return Ok(Some("body".to_owned()));
    }
    for (at, (column, expected)) in (3..).zip(project::project(state)) {
        let found = match expected {
            Value::Text(_) => Value::Text(row.opt_text(at)?),
            Value::Int(_) => Value::Int(row.opt_int(at)?),
            Value::Bytes(_) => Value::Bytes(row.bytes(at)?),
        };
        if found != expected {
            return Ok(Some(format!("column {column}")));
        }
    }
    Ok(None)
}

/// Holds every personal value that was not erased against its commitment.
async fn personal(tx: &mut Tx, faults: &mut Vec<Fault>) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let rows = tx.rows(sql::PERSONAL_ALL, &args![after.as_str(), PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.text(0)?;
        for row in &rows {
            let sealed = row.text(0)?;
            let whole = match (row.opt_text(1)?, row.opt_text(2)?) {
                (Some(salt), Some(value)) => Sealed::try_from(sealed.clone())
                    .is_ok_and(|sealed| PersonalValue { sealed, salt, value }.is_whole()),
                (None, None) => true,
                _ => false,
            };
            if !whole {
                let what = "value or salt does not match its commitment".to_owned();
                faults.push(differs(0, format!("personal/{sealed}"), what));
            }
        }
    }
}
