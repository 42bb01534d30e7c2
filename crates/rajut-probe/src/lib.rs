//! Looks at the network and says what it saw.
//!
//! - [`codec`]: bytes to values and back. No I/O.
//! - [`strategy`]: whom to ask, when, how often, and whom not to ask. Pure, driven by a clock.
//! - [`network`]: the trait [`Network`] and the real sockets behind it.
//! - [`naming`]: what a device is, from what it told by SNMP. Pure.
//! - [`services`]: name servers, clocks, the way to a host; one target at a time.
//! - [`stage`]: networks made for tests and demo: simulator, farm, lab.
//!
//! [`Prober`] joins them. It produces [`rajut_core::check::Observation`]s and never judges them. It knows
//! neither the register nor the store: what may be looked at is handed in as [`Permitted`].

pub mod codec;
pub mod naming;
pub mod network;
mod prober;
pub mod services;
mod snmp;
pub mod stage;
pub mod strategy;
mod sweep;

pub use network::Network;
pub use prober::{ProbeError, Prober};
pub use snmp::{Access, DeviceLook};
pub use strategy::{How, Permitted, Refusal, Settings, Target, explicit, registered_only};
pub use sweep::{Progress, Sweep, Swept};
