//! Periodic work of several programs on one database: who does it now, and when it is due again.
//!
//! A claim is a row with an end. Whoever holds it prolongs it while the work goes on; whoever dies lets it run
//! out, and another one takes over. Time comes in as an argument.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::db::{Part, Tx, args};
use crate::{Store, StoreError, sql};

/// How soon to ask again about a row that another program is looking at this very moment.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);

/// Whether the work is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is, by who asked, until this moment unless the claim is prolonged.
    Granted {
        /// The end of the claim.
        until: Timestamp,
    },
    /// It is done already, or somebody else does it.
    Later {
        /// When it is worth asking again.
        at: Timestamp,
    },
}

impl Store {
    /// Claims the work called `name` for `holder` until `now + lease`, if it is due and nobody else has it. With
    /// `early` it need not be due.
    ///
    /// `period` is from one beginning to the next: what is due later than that, or claimed for longer than a lease
    /// can last, was written by a clock that ran ahead, and is not believed. Otherwise one bad clock would stop the
    /// work until its date has come.
    pub async fn claim_job(
        &self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        lease: SignedDuration,
        period: SignedDuration,
        early: bool,
    ) -> Result<Claim, StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        let at_once = Claim::Later {
            at: now.saturating_add(AT_ONCE).unwrap_or(now),
        };
        let mut row = Self::job(&mut tx, name).await?;
        if row.is_none() {
            tx.execute(sql::JOB_INSERT, &args![name]).await?;
            row = Self::job(&mut tx, name).await?;
        }
        // Nothing is found where another program holds the row: it is not waited for.
        let Some((claimed_by, claimed_until, due_at)) = row else {
            tx.commit().await?;
            return Ok(at_once);
        };
        let now_ms = now.as_millisecond();
        let within = |at: i64, span: SignedDuration| {
            let most = now.saturating_add(span).unwrap_or(Timestamp::MAX);
            now_ms < at && at <= most.as_millisecond()
        };
        // A claim that was prolonged by a clock a little ahead is still one.
        let taken =
            within(claimed_until, lease + lease) && claimed_by.is_some_and(|by| by != holder.to_string());
        let waits = within(due_at, period);
        if !waits && due_at > now_ms {
            tracing::warn!(
                job = name,
                due_at,
                "due later than its period allows: a clock ran ahead; done now"
            );
        }
        if taken || (waits && !early) {
            // Dropped, it would hold the row until its connection is used again.
            tx.commit().await?;
            let at = if taken { claimed_until } else { due_at };
            let at = Timestamp::from_millisecond(at).unwrap_or(now);
            return Ok(Claim::Later { at });
        }
        let until = now.saturating_add(lease).unwrap_or(now);
        tx.execute(
            sql::JOB_CLAIM,
            &args![name, holder.to_string(), until.as_millisecond()],
        )
        .await?;
        tx.commit().await?;
        Ok(Claim::Granted { until })
    }

    async fn job(tx: &mut Tx, name: &str) -> Result<Option<(Option<String>, i64, i64)>, StoreError> {
        let select = sql::job_locked(tx.dialect());
        let row = tx.row(select, &args![name]).await?;
        row.map(|row| Ok((row.opt_text(0)?, row.int(1)?, row.int(2)?)))
            .transpose()
    }

    /// Prolongs a claim; `false` when somebody else has it by now.
    pub async fn renew_job(&self, name: &str, holder: Uuid, until: Timestamp) -> Result<bool, StoreError> {
        let row = args![name, holder.to_string(), until.as_millisecond()];
        self.change_job(sql::JOB_RENEW, &row).await
    }

    /// Gives a claim back: the work is due again at `due_at`. `false` when somebody else has it by now, who
    /// will say so instead.
    pub async fn finish_job(&self, name: &str, holder: Uuid, due_at: Timestamp) -> Result<bool, StoreError> {
        let row = args![name, holder.to_string(), due_at.as_millisecond()];
        self.change_job(sql::JOB_FINISH, &row).await
    }

    async fn change_job(&self, change: &'static str, row: &[crate::db::Value]) -> Result<bool, StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        let changed = tx.execute(change, row).await?;
        tx.commit().await?;
        Ok(changed == 1)
    }
}
