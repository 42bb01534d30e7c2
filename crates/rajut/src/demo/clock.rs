//! Clocks of the demo, and randomness from a seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use rajut_app::Entropy;
use rajut_core::clock::Clock;
use rajut_core::journal::Hash;

/// A clock that stands until it is set: played time.
#[derive(Debug)]
pub struct PlayClock(AtomicI64);

impl PlayClock {
    /// A clock that shows this instant.
    pub fn at(text: &str) -> Self {
        let at: Timestamp = text
            .parse()
            .expect("the demo's first instant is written in this program");
        Self(AtomicI64::new(at.as_millisecond()))
    }

    /// Sets it forward; never back.
    pub fn set(&self, at: Timestamp) {
        self.0.fetch_max(at.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for PlayClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The machine's clock, moved so that the demo goes on from where it was left.
#[derive(Debug)]
pub struct OffsetClock {
    ahead_ms: i64,
}

impl OffsetClock {
    /// A clock that shows `start` now.
    pub fn from(start: Timestamp) -> Self {
        let real = crate::rim::SystemClock.now();
        Self {
            ahead_ms: start.as_millisecond() - real.as_millisecond(),
        }
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        let real = crate::rim::SystemClock.now();
        Timestamp::from_millisecond(real.as_millisecond() + self.ahead_ms).unwrap_or(real)
    }
}

/// 32 bytes at a time, all from one seed: the same play gives the same ids.
pub fn entropy(seed: u64) -> Entropy {
    let drawn = Arc::new(AtomicU64::new(0));
    Arc::new(move || {
        let n = drawn.fetch_add(1, Ordering::SeqCst);
        *Hash::of(format!("rajut-demo/1\n{seed}\n{n}").as_bytes()).bytes()
    })
}
