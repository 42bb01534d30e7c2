//! The registers: offices, sites, devices, links, services; settings.
//!
//! Hides what an entry consists of. It must not know runs: work on a device reaches the register as an
//! edit like any other.

mod entry;
mod network;
mod place;
mod reorganisation;

pub use entry::{Edit, Registered, Setting, SettingKind};
pub(crate) use network::coded;
pub use network::{Device, DeviceCondition, DeviceKind, Endpoint, Identity, Link, Medium, Owner};
pub use place::{Accuracy, Office, Place, Predecessor, Service, ServiceWeekKind, Site};
pub use reorganisation::{Reorganisation, ReorganisationKind, Successor};
