//! Single records and small registers.

use std::collections::BTreeMap;

use rajut_core::stream::{State, StreamKind, StreamRef};

use crate::commit::read_state;
use crate::db::{Part, Row, Value, args};
use crate::{Store, StoreError, sql};

/// A state at its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<T = State> {
    /// How many events it had.
    pub version: i64,
    /// What they come to.
    pub state: T,
}

impl Store {
    /// One record.
    pub async fn load(&self, stream: StreamRef) -> Result<Option<Versioned>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let select = sql::of(stream.kind).select(tx.dialect(), None);
        let row = tx.row(select, &args![stream.id.to_string()]).await?;
        row.map(|row| {
            Ok(Versioned {
                version: row.int(0)?,
                state: read_state(stream, &row.text(1)?)?,
            })
        })
        .transpose()
    }

    /// Many records at one moment; those that do not exist are left out.
    pub async fn load_many(
        &self,
        streams: &[StreamRef],
    ) -> Result<BTreeMap<StreamRef, Versioned>, StoreError> {
        let mut by_kind: BTreeMap<StreamKind, Vec<String>> = BTreeMap::new();
        for stream in streams {
            by_kind
                .entry(stream.kind)
                .or_default()
                .push(stream.id.to_string());
        }
        let mut tx = self.db.read(Part::Records).await?;
        let mut found = BTreeMap::new();
        for (kind, ids) in by_kind {
            for ids in ids.chunks(sql::IN_LIST) {
                for row in tx.rows(&sql::of(kind).many, &padded(ids)).await? {
                    let (stream, versioned) = read_row(kind, &row)?;
                    found.insert(stream, versioned);
                }
            }
        }
        Ok(found)
    }

    /// Every record of a kind, by id. Meant for small registers: people, posts, settings, procedures.
    pub async fn all(&self, kind: StreamKind) -> Result<Vec<(StreamRef, Versioned)>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let rows = tx.rows(&sql::of(kind).all, &[]).await?;
        rows.iter().map(|row| read_row(kind, row)).collect()
    }
}

/// A list of at most [`sql::IN_LIST`] values as the arguments of `IN`.
pub(crate) fn padded(values: &[String]) -> Vec<Value> {
    let last = values.last().cloned();
    values
        .iter()
        .cloned()
        .map(Some)
        .chain(std::iter::repeat(last))
        .take(sql::IN_LIST)
        .map(Value::from)
        .collect()
}

/// A row of `id, version, body`.
pub(crate) fn read_row(kind: StreamKind, row: &Row) -> Result<(StreamRef, Versioned), StoreError> {
    let id = row.text(0)?;
    let id = id.parse().map_err(|_| StoreError::Corrupt {
        what: format!("a row of {}", kind.code()),
        why: format!("{id:?} is no id"),
    })?;
    let stream = StreamRef { kind, id };
    Ok((
        stream,
        Versioned {
            version: row.int(1)?,
            state: read_state(stream, &row.text(2)?)?,
        },
    ))
}
