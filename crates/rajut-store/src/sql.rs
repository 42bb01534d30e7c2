//! The statements: one text for both databases.
//!
//! Every statement is either a constant here or composed here, once, from static fragments, so that a test
//! can prepare all of them on both. It must not know how they are run.

use std::sync::LazyLock;

use rajut_core::stream::StreamKind;

use crate::db::dialect::{Dialect, Lock};
use crate::project::columns;

/// How many values a list `IN ($1, ...)` takes; shorter lists repeat their last value.
pub(crate) const IN_LIST: usize = 50;

macro_rules! statements {
    ($($name:ident = $text:expr;)+) => {
        $(pub(crate) const $name: &str = $text;)+
        const FIXED: &[&str] = &[$($name),+];
    };
}

macro_rules! record_columns {
    () => {
        "seq, act_key, act, stream_kind, stream_id, version, occurred_at, received_at, done_by, entered_by, event, prev, hash"
    };
}

statements! {
    ACT_INSERT = "INSERT INTO act (act_key) VALUES ($1) ON CONFLICT (act_key) DO NOTHING";
    ACT_SPAN = "SELECT MIN(seq), MAX(seq) FROM journal WHERE act_key = $1";
    HEAD = "SELECT seq, hash FROM journal_head WHERE id = 1";
    HEAD_UPDATE = "UPDATE journal_head SET seq = $1, hash = $2 WHERE id = 1";
    RECORD_INSERT = concat!("INSERT INTO journal (", record_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    JOURNAL_PAGE = concat!("SELECT ", record_columns!(), " FROM journal WHERE seq >= $1 ORDER BY seq LIMIT $2");
    JOURNAL_OF_ACT = concat!("SELECT ", record_columns!(), " FROM journal WHERE act_key = $1 ORDER BY seq");
    PERSONAL_INSERT =
        "INSERT INTO personal (sealed, salt, value) VALUES ($1, $2, $3) ON CONFLICT (sealed) DO NOTHING";
}

/// The statements of one kind of stream.
pub(crate) struct KindSql {
    select: String,
    select_for_update: String,
    select_for_share: String,
    pub(crate) version: String,
    pub(crate) insert: String,
    pub(crate) update: String,
    pub(crate) many: String,
    pub(crate) all: String,
}

impl KindSql {
    fn new(kind: StreamKind) -> Self {
        let table = kind.code();
        let columns = columns(kind);
        let select = format!("SELECT version, body FROM s_{table} WHERE id = $1");
        let names: String = columns.iter().map(|column| format!(", {column}")).collect();
        let places: String = (4..columns.len() + 4)
            .map(|place| format!(", ${place}"))
            .collect();
        let sets: String = columns
            .iter()
            .zip(4..)
            .map(|(column, place)| format!(", {column} = ${place}"))
            .collect();
        Self {
            select_for_update: format!("{select}{}", Dialect::Postgres.lock(Lock::Write)),
            select_for_share: format!("{select}{}", Dialect::Postgres.lock(Lock::Share)),
            select,
            version: format!("SELECT version FROM s_{table} WHERE id = $1"),
            insert: format!(
                "INSERT INTO s_{table} (id, version, body{names}) VALUES ($1, $2, $3{places}) ON CONFLICT DO NOTHING"
            ),
            update: format!("UPDATE s_{table} SET version = $2, body = $3{sets} WHERE id = $1"),
            many: format!(
                "SELECT id, version, body FROM s_{table} WHERE id IN ({}) ORDER BY id",
                in_list(1)
            ),
            all: format!("SELECT id, version, body FROM s_{table} ORDER BY id"),
        }
    }

    /// Reads a row, locked where the database locks rows.
    pub(crate) fn select(&'static self, dialect: Dialect, lock: Option<Lock>) -> &'static str {
        match (dialect, lock) {
            (Dialect::Sqlite, _) | (_, None) => &self.select,
            (Dialect::Postgres, Some(Lock::Write)) => &self.select_for_update,
            (Dialect::Postgres, Some(Lock::Share)) => &self.select_for_share,
        }
    }
}

/// `$first, ...`, [`IN_LIST`] places.
fn in_list(first: usize) -> String {
    (first..first + IN_LIST)
        .map(|place| format!("${place}"))
        .collect::<Vec<_>>()
        .join(", ")
}

static KINDS: LazyLock<Vec<KindSql>> =
    LazyLock::new(|| StreamKind::ALL.iter().map(|kind| KindSql::new(*kind)).collect());

/// The statements of a kind.
pub(crate) fn of(kind: StreamKind) -> &'static KindSql {
    // The kinds are numbered as ALL lists them: both come from one macro.
    &KINDS[kind as usize]
}

/// Reads the head and holds it to the end of the transaction.
pub(crate) fn head_locked(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => HEAD,
        Dialect::Postgres => "SELECT seq, hash FROM journal_head WHERE id = 1 FOR UPDATE",
    }
}

/// Every statement that the store runs, for the tests.
#[cfg(feature = "testkit")]
pub(crate) fn all(dialect: Dialect) -> Vec<&'static str> {
    let mut all = FIXED.to_vec();
    all.push(head_locked(dialect));
    for kind in StreamKind::ALL {
        let sql = of(*kind);
        all.extend([
            sql.select(dialect, None),
            sql.select(dialect, Some(Lock::Write)),
            sql.select(dialect, Some(Lock::Share)),
            &sql.version,
            &sql.insert,
            &sql.update,
            &sql.many,
            &sql.all,
        ]);
    }
    all
}
