//! The clock as an argument.

use jiff::Timestamp;

/// Tells the time to whoever may not ask the machine.
///
/// Instants are UTC and truncated to milliseconds, the resolution that is stored.
pub trait Clock: Send + Sync {
    /// The present instant, whole milliseconds.
    fn now(&self) -> Timestamp;
}

/// Cuts an instant to whole milliseconds towards the past, as every stored instant is.
///
/// ```
/// let at: jiff::Timestamp = "2026-11-23T09:00:00.123456Z".parse().unwrap();
/// assert_eq!(rajut_core::clock::to_millis(at).to_string(), "2026-11-23T09:00:00.123Z");
/// ```
pub fn to_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
