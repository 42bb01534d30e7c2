//! What became of the jobs that this program did.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// What is known of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// When it last came to its end.
    pub done_at: Option<Timestamp>,
    /// How often it failed.
    pub failures: u64,
}

/// The jobs by name.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<BTreeMap<&'static str, Seen>>);

impl Ledger {
    /// Notes how a round ended.
    pub fn note(&self, job: &'static str, at: Timestamp, done: bool) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = jobs.entry(job).or_default();
        if done {
            seen.done_at = Some(at);
        } else {
            seen.failures += 1;
        }
    }

    /// All that is known.
    pub fn seen(&self) -> BTreeMap<&'static str, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
