//! Breaking off in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::Store;

/// Breaks a transaction off after a number of statements, as a lost connection would.
#[derive(Debug, Clone)]
pub struct FaultPoint {
    left: Arc<AtomicI64>,
}

impl FaultPoint {
    /// Strikes after the `n`th statement that follows, once.
    pub fn after(n: i64) -> Self {
        Self {
            left: Arc::new(AtomicI64::new(n)),
        }
    }

    /// Whether it has struck.
    pub fn struck(&self) -> bool {
        self.left.load(Ordering::SeqCst) <= 0
    }

    pub(crate) fn strikes(&self) -> bool {
        self.left.fetch_sub(1, Ordering::SeqCst) == 1
    }
}

impl Store {
    /// The same database with a fault point in every transaction that writes.
    #[must_use]
    pub fn with_fault(&self, fault: FaultPoint) -> Self {
        Self {
            db: self.db.clone(),
            fault: Some(fault),
        }
    }
}
