//! Networks made for tests and demo, from one topology in TOML:
//!
//! - the [`Simulator`]: in process, virtual time, no privileges;
//! - the [`Farm`]: a TUN device that answers for any number of hosts, through the real sockets (root);
//! - the [`Lab`]: network namespaces joined by veth pairs, with the kernel's own answers (root).
//!
//! Nothing outside of tests, demo and the stage commands may use it.

mod agent;
mod dice;
mod echoes;
mod farm;
mod lab;
mod namespace;
mod simulator;
mod terrain;
mod topology;

pub use agent::{Agent, Oddity, read_recording};
pub use farm::{Farm, Tally};
pub use lab::Lab;
pub use namespace::{Namespace, StageError};
pub use simulator::{SimulatedClock, Simulator};
pub use topology::{Host, Link, Topology, TopologyError};
