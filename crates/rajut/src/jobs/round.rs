//! One round of a job: claimed, done, given back. Of several programs on one database one does it, and once per
//! period; whoever dies in the middle is replaced when the claim has run out.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rajut_app::store::Claim;
use rajut_app::{App, AppError};
use uuid::Uuid;

/// How long a claim holds unless it is prolonged: as long as a dead program is waited for.
pub const LEASE: SignedDuration = SignedDuration::from_mins(1);
/// How often it is prolonged while the work goes on.
const PROLONG: Duration = Duration::from_secs(20);
/// No round asks again sooner, whatever the clocks say.
const SHORTEST: Duration = Duration::from_millis(200);

/// A job on a node.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// What it is called in the database.
    pub name: &'static str,
    /// This program, among those on the database.
    pub node: Uuid,
    /// From one beginning to the next.
    pub period: Duration,
}

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Whether the work was done here.
    pub done: bool,
    /// How long to wait before the next round.
    pub wait: Duration,
}

impl Job {
    /// Does the work if it is due and nobody else does it; with `early` it need not be due.
    ///
    /// A failure of the work is logged, and the work is due again after its period like any other.
    pub async fn round<F, Fut>(&self, app: &App, early: bool, work: F) -> Result<Round, AppError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<(), AppError>>,
    {
        let begun = app.now();
        let period = SignedDuration::try_from(self.period).unwrap_or(SignedDuration::MAX);
        let claim = app
            .store()
            .claim_job(self.name, self.node, begun, LEASE, period, early)
            .await?;
        if let Claim::Later { at } = claim {
            let wait = until(begun, at).min(self.period);
            return Ok(Round { done: false, wait });
        }
        if let Err(error) = self.hold(app, work()).await {
            tracing::error!(job = self.name, %error, "job failed; the next round tries again");
        }
        let due_at = begun.saturating_add(period).unwrap_or(Timestamp::MAX);
        if !app.store().finish_job(self.name, self.node, due_at).await? {
            tracing::warn!(job = self.name, "the claim ran out before the job ended");
        }
        let wait = until(app.now(), due_at);
        Ok(Round { done: true, wait })
    }

    /// Prolongs the claim while the work goes on. Work that has lost its claim is not broken off: every job can
    /// be done twice, and half of a look at the network would cost more than a second look.
    async fn hold(
        &self,
        app: &App,
        work: impl Future<Output = Result<(), AppError>>,
    ) -> Result<(), AppError> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(PROLONG) => {
                    let until = app.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
                    match app.store().renew_job(self.name, self.node, until).await {
                        Ok(true) => {}
                        Ok(false) => tracing::warn!(job = self.name, "somebody else has taken the job over"),
                        Err(error) => tracing::warn!(job = self.name, %error, "the claim was not prolonged"),
                    }
                }
            }
        }
    }
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    let left = i64::max(at.as_millisecond() - now.as_millisecond(), 0);
    Duration::from_millis(left.unsigned_abs()).max(SHORTEST)
}
