//! Who is signed in, what checks a secret, invitations, and counted failures.
//!
//! None of it is journalled: a session is no act, and the journal must not hold what checks a secret. What is kept
//! of a token is its hash. Time comes in as an argument.

use jiff::Timestamp;
use rajut_core::account::{SecretKind, SecretName};
use rajut_core::id::{PersonId, PhoneId, SessionId};
use rajut_core::journal::Hash;
use uuid::Uuid;

use crate::db::{Part, Row, Value, args};
use crate::{Store, StoreError, sql};

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of the token that the browser holds.
    pub hash: Hash,
    /// Its id, by which its owner ends it.
    pub id: SessionId,
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub began_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// It is over then, whatever happens.
    pub ends_at: Timestamp,
    /// On which remembered phone.
    pub phone: Option<PhoneId>,
    /// What the browser calls itself.
    pub agent: String,
    /// From which address.
    pub address: String,
}

/// What is known of failures under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was.
    pub last_at: Timestamp,
}

fn instant(row: &Row, at: usize) -> Result<Timestamp, StoreError> {
    let millis = row.int(at)?;
    Timestamp::from_millisecond(millis).map_err(|error| corrupt(&error))
}

fn corrupt(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        what: "a session".to_owned(),
        why: error.to_string(),
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error: T::Err| corrupt(&error))
}

fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        hash: parsed(&row.text(0)?)?,
        id: parsed(&row.text(1)?)?,
        person: parsed(&row.text(2)?)?,
        began_at: instant(row, 3)?,
        seen_at: instant(row, 4)?,
        ends_at: instant(row, 5)?,
        phone: row.opt_text(6)?.as_deref().map(parsed).transpose()?,
        agent: row.text(7)?,
        address: row.text(8)?,
    })
}

impl Store {
    /// Keeps a session; those that are over by `began_at` go.
    pub async fn begin_session(&self, new: &Session) -> Result<(), StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        tx.execute(sql::SESSIONS_OVER, &args![new.began_at.as_millisecond()])
            .await?;
        let phone: Option<String> = new.phone.map(|phone| phone.to_string());
        tx.execute(
            sql::SESSION_INSERT,
            &args![
                new.hash.to_string(),
                new.id.to_string(),
                new.person.to_string(),
                new.began_at.as_millisecond(),
                new.seen_at.as_millisecond(),
                new.ends_at.as_millisecond(),
                phone,
                new.agent.as_str(),
                new.address.as_str()
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session behind a token, if it is not over.
    pub async fn session(&self, hash: Hash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx
            .row(sql::SESSION, &args![hash.to_string(), now.as_millisecond()])
            .await?;
        row.as_ref().map(session).transpose()
    }

    /// The sessions of a person, the last used first.
    pub async fn sessions_of(&self, person: PersonId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let rows = tx
            .rows(sql::SESSIONS_OF, &args![person.to_string(), now.as_millisecond()])
            .await?;
        rows.iter().map(session).collect()
    }

    /// How many sessions are not over.
    pub async fn session_count(&self, now: Timestamp) -> Result<i64, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx.row(sql::SESSIONS_OPEN, &args![now.as_millisecond()]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or_default())
    }

    /// Notes that a session was used.
    pub async fn see_session(&self, hash: Hash, now: Timestamp) -> Result<(), StoreError> {
        self.change(sql::SESSION_SEEN, &args![hash.to_string(), now.as_millisecond()])
            .await?;
        Ok(())
    }

    /// Ends a session; `false` where there is none.
    pub async fn end_session(&self, hash: Hash) -> Result<bool, StoreError> {
        Ok(self.change(sql::SESSION_END, &args![hash.to_string()]).await? == 1)
    }

    /// Ends the sessions of a person, but for the one named; says how many.
    pub async fn end_sessions(&self, person: PersonId, but: Option<Hash>) -> Result<u64, StoreError> {
        let but = but.map(|hash| hash.to_string()).unwrap_or_default();
        self.change(sql::SESSIONS_END, &args![person.to_string(), but])
            .await
    }

    /// Ends the sessions of a phone.
    pub async fn end_sessions_of_phone(&self, person: PersonId, phone: PhoneId) -> Result<u64, StoreError> {
        let row = args![person.to_string(), phone.to_string()];
        self.change(sql::SESSIONS_OF_PHONE_END, &row).await
    }

    /// What checks a secret.
    pub async fn secret(&self, name: SecretName) -> Result<Option<String>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx.row(sql::SECRET, &named(name)).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Whose secret of a kind has this value: how a token finds its owner.
    pub async fn secret_owner(
        &self,
        kind: SecretKind,
        value: &str,
    ) -> Result<Option<(PersonId, Uuid)>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx.row(sql::SECRET_OWNER, &args![kind.code(), value]).await?;
        row.map(|row| Ok((parsed(&row.text(0)?)?, parsed(&row.text(1)?)?)))
            .transpose()
    }

    /// Replaces what checks a secret if it is still `before`: of two at once one does.
    pub async fn renew_secret(
        &self,
        name: SecretName,
        before: &str,
        after: &str,
    ) -> Result<bool, StoreError> {
        let mut row = named(name).to_vec();
        row.extend([Value::from(before), Value::from(after)]);
        Ok(self.change(sql::SECRET_RENEW, &row).await? == 1)
    }

    /// A secret of the agency itself. No backup holds it.
    pub async fn agency_secret(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx.row(sql::AGENCY_SECRET, &args![name]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Keeps a secret of the agency unless there is one: of two at once one does. Gives the one that is kept.
    pub async fn keep_agency_secret(&self, name: &str, value: &str) -> Result<String, StoreError> {
        self.change(sql::AGENCY_SECRET_KEEP, &args![name, value]).await?;
        self.agency_secret(name)
            .await?
            .ok_or_else(|| StoreError::Corrupt {
                what: format!("agency_secret {name}"),
                why: "its row is gone".to_owned(),
            })
    }

    /// Keeps an invitation for a person; an earlier one is void, and so are those that ran out.
    pub async fn invite(
        &self,
        hash: Hash,
        person: PersonId,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        tx.execute(
            sql::INVITATIONS_VOID,
            &args![person.to_string(), now.as_millisecond()],
        )
        .await?;
        tx.execute(
            sql::INVITATION_INSERT,
            &args![hash.to_string(), person.to_string(), ends_at.as_millisecond()],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// For whom an invitation is.
    pub async fn invitation(&self, hash: Hash, now: Timestamp) -> Result<Option<PersonId>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx
            .row(sql::INVITATION, &args![hash.to_string(), now.as_millisecond()])
            .await?;
        row.map(|row| parsed(&row.text(0)?)).transpose()
    }

    /// Takes an invitation up: it is worth nothing afterwards. `false` where another was faster.
    pub async fn take_invitation(&self, hash: Hash) -> Result<bool, StoreError> {
        Ok(self
            .change(sql::INVITATION_TAKE, &args![hash.to_string()])
            .await?
            == 1)
    }

    /// What is known of failures under a name.
    pub async fn failures(&self, name: &str) -> Result<Option<Failures>, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let row = tx.row(sql::FAILURES, &args![name]).await?;
        row.map(|row| {
            Ok(Failures {
                count: u32::try_from(row.int(0)?).unwrap_or(u32::MAX),
                last_at: instant(&row, 1)?,
            })
        })
        .transpose()
    }

    /// Counts a try under a name before it is known how it ends, so that many at once are counted each. What was
    /// counted before `forgotten` does not count any more.
    pub async fn count_try(
        &self,
        name: &str,
        now: Timestamp,
        forgotten: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        let (now, forgotten) = (now.as_millisecond(), forgotten.as_millisecond());
        tx.execute(sql::FAILURES_FORGET, &args![forgotten]).await?;
        tx.execute(sql::TRY, &args![name, now]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes one counted try back: it turned out to be a right one.
    pub async fn uncount_try(&self, name: &str) -> Result<(), StoreError> {
        self.change(sql::UNCOUNT, &args![name]).await?;
        Ok(())
    }

    /// Forgets the failures under a name.
    pub async fn forgive(&self, name: &str) -> Result<(), StoreError> {
        self.change(sql::FORGIVE, &args![name]).await?;
        Ok(())
    }

    async fn change(&self, change: &'static str, row: &[Value]) -> Result<u64, StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        let changed = tx.execute(change, row).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

/// The columns that name a secret.
pub(crate) fn named(name: SecretName) -> [Value; 3] {
    args![name.person.to_string(), name.kind.code(), name.of.to_string()]
}
