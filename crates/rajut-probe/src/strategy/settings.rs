//! How often, how fast and how patiently to ask.

use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::time::Duration;

use rajut_core::check::Vantage;

use super::Target;

/// How often, how fast and how patiently to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Questions to each target.
    pub count: NonZeroU16,
    /// Between two questions to the same target, at least.
    pub spacing: Duration,
    /// How long an answer may take; a later one is ignored.
    pub timeout: Duration,
    /// Further questions to a target that answered none.
    pub retries: u16,
    /// Questions per second to all targets together, at most.
    pub pace: NonZeroU32,
    /// TCP connections being opened at one time, at most: each holds an open file.
    pub open_connects: NonZeroUsize,
    /// Targets near us that answer whenever our own uplink works. With anchors given, a target that does
    /// not answer is only blamed when an anchor answered before and after.
    pub anchors: Vec<Target>,
    /// From where we look.
    pub vantage: Vantage,
}

impl Settings {
    /// For a visit: 20 questions, enough for a loss in steps of 5 % and a jitter worth the name.
    pub fn visit(vantage: Vantage) -> Self {
        const COUNT: NonZeroU16 = NonZeroU16::new(20).expect("20 is not zero");
        const PACE: NonZeroU32 = NonZeroU32::new(100).expect("100 is not zero");
        const OPEN: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not zero");
        Self {
            count: COUNT,
            spacing: Duration::from_millis(200),
            timeout: Duration::from_secs(2),
            retries: 0,
            pace: PACE,
            open_connects: OPEN,
            anchors: Vec::new(),
            vantage,
        }
    }

    /// For the server's regular look at every device: three questions, one more for the silent.
    pub fn monitoring() -> Self {
        const COUNT: NonZeroU16 = NonZeroU16::new(3).expect("3 is not zero");
        const PACE: NonZeroU32 = NonZeroU32::new(200).expect("200 is not zero");
        Self {
            count: COUNT,
            spacing: Duration::from_secs(1),
            retries: 1,
            pace: PACE,
            ..Self::visit(Vantage::Server)
        }
    }

    /// The time between any two questions.
    pub fn gap(&self) -> Duration {
        Duration::from_secs(1) / self.pace.get()
    }
}
