//! What follows by itself: timers that ran out, the last of all sites and teams, forgotten effects.

use rajut_core::flow::{Command, decide};
use rajut_store::{Page, RunFilter};

use crate::{App, AppError, Key, Who};

/// How many runs are read at once.
const PAGE: u32 = 200;

impl App {
    /// Lets every open run do what follows by itself, and says how many did something. It can be called at any
    /// time and any number of times: what has been done is not done again.
    pub async fn proceed_all(&self) -> Result<usize, AppError> {
        let filter = RunFilter {
            open: Some(true),
            ..RunFilter::default()
        };
        let mut page = Page::first(PAGE);
        let mut moved = 0;
        loop {
            let listed = self.store().runs(&filter, &page).await?;
            for run in &listed.items {
                moved += usize::from(self.proceed(run.state.id).await?);
            }
            match listed.next {
                Some(next) => {
                    page = Page {
                        after: Some(next),
                        limit: PAGE,
                    }
                }
                None => return Ok(moved),
            }
        }
    }

    /// Takes up again what should have followed the visits of open runs: the program may have been stopped between a
    /// check-out and the complaints and follow-ups that come of it. Each is done once, however often this is called.
    pub async fn follow_open_visits(&self) -> Result<(), AppError> {
        let filter = RunFilter {
            open: Some(true),
            for_complaint: Some(false),
            ..RunFilter::default()
        };
        let mut page = Page::first(PAGE);
        loop {
            let listed = self.store().runs(&filter, &page).await?;
            for run in &listed.items {
                let of_run = self.store().of_run(run.state.id).await?;
                for visit in of_run
                    .visits
                    .iter()
                    .filter(|visit| visit.state.check_out.is_some())
                {
                    self.follow_visit(visit.state.id).await?;
                }
            }
            match listed.next {
                Some(next) => {
                    page = Page {
                        after: Some(next),
                        limit: PAGE,
                    }
                }
                None => return Ok(()),
            }
        }
    }

    /// Lets one run do what follows by itself.
    async fn proceed(&self, run: rajut_core::id::RunId) -> Result<bool, AppError> {
        let command = Command::Proceed { run };
        let context = self.context().await?;
        let envelope = self.envelope(Who::system(), Key::default(), command.act());
        let records = self.records_for(&context, &command, envelope.occurred_at).await?;
        let changes = decide(context.facts(&records), envelope, self.ids(), &command)?;
        if changes.events.is_empty() {
            return Ok(false);
        }
        match self.commit(changes).await {
            Ok(_) => Ok(true),
            // Somebody acted on the run in the meantime; the next round looks again.
            Err(AppError::Conflict { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }
}
