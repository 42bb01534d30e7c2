//! How patiently and how much to ask of a device.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

/// How patiently and how much to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnmpSettings {
    /// How long an answer may take.
    pub timeout: Duration,
    /// Further tries of a question that was not answered.
    pub retries: u32,
    /// Steps of the first bulk question.
    pub first_steps: i32,
    /// Steps of a bulk question, at most.
    pub most_steps: i32,
    /// How long the look at one device may take: one that drips is cut off.
    pub deadline: Duration,
    /// Values kept from one device, at most.
    pub most_values: usize,
    /// Bytes of values kept from one device, at most.
    pub most_bytes: usize,
    /// Questions to one device, at most.
    pub most_questions: u32,
    /// Devices talked with at one time, at most.
    pub together: NonZeroUsize,
    /// Questions per second to all devices together, at most.
    pub pace: NonZeroU32,
}

impl Default for SnmpSettings {
    fn default() -> Self {
        const TOGETHER: NonZeroUsize = NonZeroUsize::new(256).expect("256 is not zero");
        const PACE: NonZeroU32 = NonZeroU32::new(2000).expect("2,000 is not zero");
        Self {
            timeout: Duration::from_secs(2),
            retries: 2,
            first_steps: 20,
            most_steps: 50,
            deadline: Duration::from_mins(3),
            most_values: 200_000,
            most_bytes: 32 << 20,
            most_questions: 20_000,
            together: TOGETHER,
            pace: PACE,
        }
    }
}
