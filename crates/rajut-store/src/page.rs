//! Pages of long lists: by the last item seen, so that a page costs the same wherever it lies.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Value;
use crate::{StoreError, Versioned};

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Behind this place; `None` from the beginning.
    pub after: Option<Cursor>,
    /// At most so many items.
    pub limit: u32,
}

impl Page {
    /// The first `limit` items.
    pub fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }
}

/// A place in a list: what it is sorted by, and the id. Its text is for URLs and has no meaning elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    sort: String,
    id: Uuid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.sort, self.id)
    }
}

impl FromStr for Cursor {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let parts = text
            .rsplit_once('~')
            .and_then(|(sort, id)| Some((sort.to_owned(), id.parse().ok()?)));
        let (sort, id) = parts.ok_or_else(|| StoreError::Cursor {
            cursor: text.chars().take(100).collect(),
        })?;
        Ok(Self { sort, id })
    }
}

impl Cursor {
    /// The place behind an item of a list that is sorted by an instant.
    pub fn at(instant: Timestamp, id: Uuid) -> Self {
        Self::new(instant.as_millisecond().to_string(), id)
    }

    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn new(sort: String, id: Uuid) -> Self {
        Self { sort, id }
    }

    /// The arguments for a list that is sorted by a text.
    pub(crate) fn by_text(&self) -> [Value; 2] {
        [Value::from(self.sort.as_str()), Value::from(self.id.to_string())]
    }

    /// The arguments for a list that is sorted by an instant.
    pub(crate) fn by_instant(&self) -> Result<[Value; 2], StoreError> {
        let sort: i64 = self.sort.parse().map_err(|_| StoreError::Cursor {
            cursor: self.to_string(),
        })?;
        Ok([Value::from(sort), Value::from(self.id.to_string())])
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<Versioned<T>>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_named() {
        let cursor = Cursor::new("2026-11-23".to_owned(), Uuid::from_u128(7));
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        assert!(cursor.by_instant().is_err());
        for wrong in ["", "7", "7~8", "~"] {
            assert!(wrong.parse::<Cursor>().is_err(), "{wrong}");
        }
    }
}
