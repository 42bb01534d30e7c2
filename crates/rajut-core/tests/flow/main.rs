//! Runs from the order to the closing, driven command by command as an agency would.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic as the test may")]
#![allow(
    clippy::too_many_lines,
    reason = "a run is told from its beginning to its end"
)]

mod carry;
mod complaints;
mod entered;
mod field;
mod incidents;
mod laptop;
mod lateness;
mod offices;
mod offline;
mod orders;
mod overtime;
mod papers;
mod personal;
mod random;
mod reports;
mod rights;
mod teams;
mod third;
mod versions;
mod whole;
mod world;
