//! The statements: one text for both databases.
//!
//! Every statement is either a constant here or composed here, once, from static fragments, so that a test
//! can prepare all of them on both. It must not know how they are run.

use std::fmt::Write as _;
use std::sync::LazyLock;

use rajut_core::stream::StreamKind;

use crate::db::dialect::{Dialect, Lock};
use crate::project::columns;

/// How many values a list `IN ($1, ...)` takes; shorter lists repeat their last value.
pub(crate) const IN_LIST: usize = 50;

macro_rules! statements {
    ($list:ident: $($name:ident = $text:expr;)+) => {
        $(pub(crate) const $name: &str = $text;)+
        #[cfg(feature = "testkit")]
        const $list: &[&str] = &[$($name),+];
    };
}

macro_rules! record_columns {
    () => {
        "seq, act_key, act, stream_kind, stream_id, version, occurred_at, received_at, done_by, entered_by, event, prev, hash"
    };
}

macro_rules! session_columns {
    () => {
        "hash, id, person, began_at, seen_at, ends_at, phone, agent, address"
    };
}

statements! { RECORDS:
    ACT_INSERT = "INSERT INTO act (act_key) VALUES ($1) ON CONFLICT (act_key) DO NOTHING";
    ACT_SPAN = "SELECT MIN(seq), MAX(seq) FROM journal WHERE act_key = $1";
    HEAD = "SELECT seq, hash FROM journal_head WHERE id = 1";
    HEAD_UPDATE = "UPDATE journal_head SET seq = $1, hash = $2 WHERE id = 1";
    RECORD_INSERT = concat!("INSERT INTO journal (", record_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    JOURNAL_PAGE = concat!("SELECT ", record_columns!(), " FROM journal WHERE seq >= $1 ORDER BY seq LIMIT $2");
    JOURNAL_LATEST = concat!("SELECT ", record_columns!(),
        " FROM journal WHERE seq < $1 ORDER BY seq DESC LIMIT $2");
    JOURNAL_OF_ACTOR = concat!("SELECT ", record_columns!(),
        " FROM journal WHERE done_by = $3 AND seq < $1 ORDER BY seq DESC LIMIT $2");
    JOURNAL_OF_STREAM = concat!("SELECT ", record_columns!(), " FROM journal \
        WHERE stream_kind = $1 AND stream_id = $2 ORDER BY version, seq");
    JOURNAL_OF_ACT = concat!("SELECT ", record_columns!(), " FROM journal WHERE act_key = $1 ORDER BY seq");
    PERSONAL_INSERT =
        "INSERT INTO personal (sealed, salt, value) VALUES ($1, $2, $3) ON CONFLICT (sealed) DO NOTHING";
    PERSONAL_ALL = "SELECT sealed, salt, value FROM personal WHERE sealed > $1 ORDER BY sealed LIMIT $2";
    PERSONAL_ERASE = "UPDATE personal SET salt = NULL, value = NULL WHERE sealed = $1 AND value IS NOT NULL";
    JOURNAL_BY_STREAM = concat!("SELECT ", record_columns!(), " FROM journal \
        WHERE (stream_kind, stream_id, version, seq) > ($1, $2, $3, $4) \
        ORDER BY stream_kind, stream_id, version, seq LIMIT $5");
    ACTS_WITHOUT_RECORD = "SELECT act_key FROM act \
        WHERE NOT EXISTS (SELECT 1 FROM journal WHERE journal.act_key = act.act_key) ORDER BY act_key LIMIT 100";
    RECORDS_WITHOUT_ACT = "SELECT act_key, MIN(seq) FROM journal \
        WHERE NOT EXISTS (SELECT 1 FROM act WHERE act.act_key = journal.act_key) \
        GROUP BY act_key ORDER BY act_key LIMIT 100";
    PERSONAL_RESTORE = "INSERT INTO personal (sealed, salt, value) VALUES ($1, $2, $3)";
    ACTS_FROM_JOURNAL = "INSERT INTO act (act_key) SELECT DISTINCT act_key FROM journal";
    JOB = "SELECT holder, claimed_until, due_at FROM job WHERE name = $1";
    JOB_INSERT = "INSERT INTO job (name, claimed_until, due_at) VALUES ($1, 0, 0) ON CONFLICT (name) DO NOTHING";
    JOB_CLAIM = "UPDATE job SET holder = $2, claimed_until = $3 WHERE name = $1";
    JOB_RENEW = "UPDATE job SET claimed_until = $3 WHERE name = $1 AND holder = $2";
    JOB_FINISH =
        "UPDATE job SET holder = NULL, claimed_until = 0, due_at = $3 WHERE name = $1 AND holder = $2";
    AGENCY_SECRET = "SELECT value FROM agency_secret WHERE name = $1";
    AGENCY_SECRET_KEEP =
        "INSERT INTO agency_secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    SECRET_SET = "INSERT INTO secret (person, kind, owner, value) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person, kind, owner) DO UPDATE SET value = excluded.value";
    SECRET_CLEAR = "DELETE FROM secret WHERE person = $1 AND kind = $2 AND owner = $3";
    SECRET = "SELECT value FROM secret WHERE person = $1 AND kind = $2 AND owner = $3";
    SECRET_OWNER = "SELECT person, owner FROM secret WHERE kind = $1 AND value = $2";
    SECRET_RENEW =
        "UPDATE secret SET value = $5 WHERE person = $1 AND kind = $2 AND owner = $3 AND value = $4";
    SECRETS = "SELECT person, kind, owner, value FROM secret \
        WHERE (person, kind, owner) > ($1, $2, $3) ORDER BY person, kind, owner LIMIT $4";
    SECRET_RESTORE = "INSERT INTO secret (person, kind, owner, value) VALUES ($1, $2, $3, $4)";
    SESSION_INSERT = concat!("INSERT INTO session (", session_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    SESSION = concat!("SELECT ", session_columns!(), " FROM session WHERE hash = $1 AND ends_at > $2");
    SESSIONS_OF = concat!("SELECT ", session_columns!(), " FROM session \
        WHERE person = $1 AND ends_at > $2 ORDER BY seen_at DESC, hash");
    SESSIONS_OPEN = "SELECT COUNT(*) FROM session WHERE ends_at > $1";
    SESSION_SEEN = "UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2";
    SESSION_END = "DELETE FROM session WHERE hash = $1";
    SESSIONS_END = "DELETE FROM session WHERE person = $1 AND hash <> $2";
    SESSIONS_OF_PHONE_END = "DELETE FROM session WHERE person = $1 AND phone = $2";
    SESSIONS_OVER = "DELETE FROM session WHERE ends_at <= $1";
    INVITATION_INSERT = "INSERT INTO invitation (hash, person, ends_at) VALUES ($1, $2, $3)";
    INVITATION = "SELECT person FROM invitation WHERE hash = $1 AND ends_at > $2";
    INVITATION_TAKE = "DELETE FROM invitation WHERE hash = $1";
    INVITATIONS_VOID = "DELETE FROM invitation WHERE person = $1 OR ends_at <= $2";
    FAILURES = "SELECT failures, last_at FROM throttle WHERE name = $1";
    FAILURES_FORGET = "DELETE FROM throttle WHERE last_at < $1";
    TRY = "INSERT INTO throttle (name, failures, last_at) VALUES ($1, 1, $2) \
        ON CONFLICT (name) DO UPDATE SET failures = throttle.failures + 1, last_at = excluded.last_at";
    UNCOUNT = "UPDATE throttle SET failures = failures - 1 WHERE name = $1 AND failures > 0";
    FORGIVE = "DELETE FROM throttle WHERE name = $1";
    RECORD_COUNT = "SELECT COUNT(*) FROM journal";
    ATTACHMENT_INSERT = "INSERT INTO attachment (hash, size) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    ATTACHMENT = "SELECT size FROM attachment WHERE hash = $1";
    ATTACHMENTS = "SELECT hash, size FROM attachment WHERE hash > $1 ORDER BY hash LIMIT $2";
    CHUNK_INSERT = "INSERT INTO attachment_chunk (hash, place, bytes) VALUES ($1, $2, $3)";
    CHUNK = "SELECT bytes FROM attachment_chunk WHERE hash = $1 AND place = $2";
    TARGETS_OF_RUN = "SELECT id, version, body FROM s_target WHERE run = $1 ORDER BY id";
    TARGETS_OF_SITE = "SELECT id, version, body FROM s_target WHERE site = $1 ORDER BY id";
    VISITS_OF_RUN = "SELECT id, version, body FROM s_visit WHERE run = $1 ORDER BY id";
    VISITS_BETWEEN =
        "SELECT id, version, body FROM s_visit WHERE began_at >= $1 AND began_at <= $2 ORDER BY began_at, id";
    REPORTS_OF_RUN = "SELECT id, version, body FROM s_report WHERE run = $1 ORDER BY id";
    FOLLOW_UPS_OF_RUN = "SELECT id, version, body FROM s_follow_up WHERE run = $1 ORDER BY id";
    DEVICES_OF_SITE = "SELECT id, version, body FROM s_device WHERE site = $1 ORDER BY code";
    DEVICES_OF_SERIAL = "SELECT id, version, body FROM s_device WHERE serial = $1 ORDER BY id";
    LINKS_OF_SITE = "SELECT id, version, body FROM s_link WHERE site = $1 ORDER BY code";
    COMPLAINT_BY_NUMBER = "SELECT id, version, body FROM s_complaint WHERE number = $1";
    COMPLAINT_OF_RUN = "SELECT id, version, body FROM s_complaint WHERE run = $1";
    ACCOUNT_BY_LOGIN = "SELECT id, version, body FROM s_account WHERE login = $1";
    DOCUMENTS_BY_NUMBER = "SELECT id, version, body FROM s_document WHERE number = $1 ORDER BY id LIMIT $2";
    DOCUMENTS_OF_RECORD = "SELECT id, version, body FROM s_document \
        WHERE record_kind = $1 AND record_id = $2 ORDER BY issued_at, id";
    NUMBER_OF_RECORD = "SELECT id, version, body FROM s_number \
        WHERE record_kind = $1 AND record_id = $2 AND register = $3 AND standing <> 'cancelled' \
        ORDER BY year DESC, seq DESC LIMIT 1";
    LAST_NUMBER = "SELECT MAX(seq) FROM s_number WHERE register = $1 AND year = $2";
}

macro_rules! observation_columns {
    () => {
        "id, device, visit, vantage, started_at, outcome, body"
    };
}

statements! { TELEMETRY:
    OBSERVATION_INSERT = concat!("INSERT INTO observation (", observation_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING");
    OBSERVATION = concat!("SELECT ", observation_columns!(), " FROM observation WHERE id = $1");
    OBSERVATIONS_OF_DEVICE = concat!("SELECT ", observation_columns!(), " FROM observation \
        WHERE device = $1 AND vantage = 'server' ORDER BY started_at DESC, id DESC LIMIT $2");
    OBSERVATIONS_OF_VISIT = concat!("SELECT ", observation_columns!(), " FROM observation \
        WHERE visit = $1 ORDER BY started_at, id");
    OBSERVATIONS = concat!("SELECT ", observation_columns!(), " FROM observation \
        WHERE id > $1 ORDER BY id LIMIT $2");
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
    /// A page of all, by id.
    pub(crate) page: String,
    /// Id, version, body and columns, to hold them against the journal.
    pub(crate) whole: String,
    /// Rows without a record in the journal.
    pub(crate) without_record: String,
    /// For the kinds whose code is unique.
    pub(crate) by_code: Option<String>,
}

impl KindSql {
    #[expect(clippy::format_collect, reason = "composed once")]
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
            page: format!("SELECT id, version, body FROM s_{table} WHERE id > $1 ORDER BY id LIMIT $2"),
            whole: format!(
                "SELECT id, version, body{names} FROM s_{table} WHERE id IN ({})",
                in_list(1)
            ),
            without_record: format!(
                "SELECT id FROM s_{table} WHERE NOT EXISTS (SELECT 1 FROM journal \
                 WHERE stream_kind = '{table}' AND stream_id = s_{table}.id) ORDER BY id LIMIT 100"
            ),
            by_code: matches!(
                kind,
                StreamKind::Office
                    | StreamKind::Site
                    | StreamKind::Device
                    | StreamKind::Link
                    | StreamKind::Service
                    | StreamKind::Post
            )
            .then(|| format!("SELECT id, version, body FROM s_{table} WHERE code = $1")),
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

/// A list with optional filters: one statement for each combination, composed once.
pub(crate) struct Listing(Vec<String>);

impl Listing {
    /// `select` ends in a WHERE with `fixed` arguments; each of `filters` and `order` is written with `?` for
    /// an argument. The last filter is the cursor.
    fn new(select: &str, fixed: usize, filters: &[&str], order: &str) -> Self {
        let compose = |mask: usize| {
            let mut place = fixed;
            let mut text = select.to_owned();
            for (bit, filter) in filters
                .iter()
                .enumerate()
                .filter(|(bit, _)| mask & (1 << bit) != 0)
            {
                debug_assert!(bit < filters.len());
                text.push_str(" AND ");
                for (n, part) in filter.split('?').enumerate() {
                    if n > 0 {
                        place += 1;
                        // Writing to a String cannot fail.
                        let _ = write!(text, "${place}");
                    }
                    text.push_str(part);
                }
            }
            format!("{text} ORDER BY {order} LIMIT ${}", place + 1)
        };
        Self((0..1 << filters.len()).map(compose).collect())
    }

    /// The statement for the filters whose place is set in `chosen`.
    pub(crate) fn statement(&'static self, chosen: &[bool]) -> &'static str {
        let mask = chosen
            .iter()
            .rev()
            .fold(0, |mask, chosen| mask << 1 | usize::from(*chosen));
        &self.0[mask]
    }
}

/// Runs by opening, newest first. Filters: open, procedure, for a complaint, cursor.
pub(crate) static RUNS: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT id, version, body, opened_at, id FROM s_run WHERE 1 = 1",
        0,
        &[
            "is_open = ?",
            "procedure = ?",
            "for_complaint = ?",
            "(opened_at, id) < (?, ?)",
        ],
        "opened_at DESC, id DESC",
    )
});

/// Complaints by receipt, newest first. Filters: site, office, priority, open, cursor.
pub(crate) static COMPLAINTS: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT c.id, c.version, c.body, c.received_at, c.id FROM s_complaint c WHERE 1 = 1",
        0,
        &[
            "c.site = ?",
            "c.office = ?",
            "c.priority = ?",
            "EXISTS (SELECT 1 FROM s_run r WHERE r.id = c.run AND r.is_open = ?)",
            "(c.received_at, c.id) < (?, ?)",
        ],
        "c.received_at DESC, c.id DESC",
    )
});

/// Open or closed complaints of all sites, by the opening of their runs: the few open ones are found without
/// passing the many closed ones. Filters: priority, cursor.
pub(crate) static COMPLAINTS_BY_RUN: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT c.id, c.version, c.body, r.opened_at, r.id FROM s_run r CROSS JOIN s_complaint c \
         WHERE c.run = r.id AND r.for_complaint = 1 AND r.is_open = $1",
        1,
        &["c.priority = ?", "(r.opened_at, r.id) < (?, ?)"],
        "r.opened_at DESC, r.id DESC",
    )
});

/// Follow-ups by due date. Filters: open, site, owner, cursor.
pub(crate) static FOLLOW_UPS: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT id, version, body, due_on, id FROM s_follow_up WHERE 1 = 1",
        0,
        &["is_open = ?", "site = ?", "owner = ?", "(due_on, id) > (?, ?)"],
        "due_on, id",
    )
});

/// Incidents by their beginning, newest first. Filters: open, cause, cursor.
pub(crate) static INCIDENTS: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT id, version, body, began_at, id FROM s_incident WHERE 1 = 1",
        0,
        &["is_open = ?", "cause = ?", "(began_at, id) < (?, ?)"],
        "began_at DESC, id DESC",
    )
});

/// Visits of a site, newest first. Filter: cursor.
pub(crate) static VISITS_OF_SITE: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT id, version, body, began_at, id FROM s_visit WHERE site = $1",
        1,
        &["(began_at, id) < (?, ?)"],
        "began_at DESC, id DESC",
    )
});

/// Looks at personal values, newest first. Filters: to whom, cursor.
pub(crate) static ACCESSES: LazyLock<Listing> = LazyLock::new(|| {
    Listing::new(
        "SELECT id, version, body, given_at, id FROM s_access WHERE 1 = 1",
        0,
        &["given_to = ?", "(given_at, id) < (?, ?)"],
        "given_at DESC, id DESC",
    )
});

/// Personal values by their commitments.
pub(crate) static PERSONAL: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT sealed, value FROM personal WHERE sealed IN ({}) AND value IS NOT NULL",
        in_list(1)
    )
});

/// Open complaints of some sites.
pub(crate) static OPEN_COMPLAINTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT c.id, c.version, c.body FROM s_complaint c WHERE c.site IN ({}) \
         AND EXISTS (SELECT 1 FROM s_run r WHERE r.id = c.run AND r.is_open = 1)",
        in_list(1)
    )
});

/// Reads the head and holds it to the end of the transaction.
pub(crate) fn head_locked(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => HEAD,
        Dialect::Postgres => "SELECT seq, hash FROM journal_head WHERE id = 1 FOR UPDATE",
    }
}

/// Reads a job and holds its row to the end of the transaction; on PostgreSQL a row that somebody else holds is
/// not waited for.
pub(crate) fn job_locked(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => JOB,
        Dialect::Postgres => {
            "SELECT holder, claimed_until, due_at FROM job WHERE name = $1 FOR UPDATE SKIP LOCKED"
        }
    }
}

/// Tells whoever listens that the journal has grown, once the transaction is committed. On SQLite the writer tells
/// its own process, and others see it by the file.
pub(crate) fn notify(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some("SELECT pg_notify('rajut_journal', $1)"),
    }
}

/// Every statement that the store runs on its records, for the tests.
#[cfg(feature = "testkit")]
pub(crate) fn records(dialect: Dialect) -> Vec<&'static str> {
    let mut all = RECORDS.to_vec();
    all.push(head_locked(dialect));
    all.push(job_locked(dialect));
    all.extend(notify(dialect));
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
            &sql.page,
            &sql.whole,
            &sql.without_record,
        ]);
        all.extend(sql.by_code.as_deref());
    }
    let listings = [
        &RUNS,
        &COMPLAINTS,
        &COMPLAINTS_BY_RUN,
        &FOLLOW_UPS,
        &INCIDENTS,
        &VISITS_OF_SITE,
        &ACCESSES,
    ];
    all.extend(
        listings
            .into_iter()
            .flat_map(|listing| listing.0.iter().map(String::as_str)),
    );
    all.extend([OPEN_COMPLAINTS.as_str(), PERSONAL.as_str()]);
    all
}

/// Every statement that the store runs on observations, for the tests.
#[cfg(feature = "testkit")]
pub(crate) fn telemetry() -> Vec<&'static str> {
    TELEMETRY.to_vec()
}
