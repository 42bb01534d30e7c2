//! What the tests on real sockets share.

use jiff::Timestamp;
use rajut_core::clock::Clock;

/// A clock that stands still: the figures come from the network's own time.
pub struct FixedClock;

impl FixedClock {
    /// Where it stands.
    pub const AT: Timestamp = Timestamp::constant(1_795_399_200, 0);
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Self::AT
    }
}
