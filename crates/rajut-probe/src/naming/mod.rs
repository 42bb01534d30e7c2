//! What a device is and how it fares, from what it told: names and values in, a [`Named`] out. Pure.
//!
//! Hides the standard MIBs and the format of the family files (`data/devices/`); must not know how the values came
//! here, and does not judge them. A value that is not there leaves its field absent and is never an error.

mod device;
mod entity;
mod families;
mod family;
mod host_resources;
mod if_types;
mod interfaces;
mod neighbours;
mod rows;
mod sensors;
mod standard;
mod template;
#[cfg(test)]
mod tests;
mod text;

pub use families::{Families, FamilyError};
pub use family::Family;
pub use standard::{first_questions, standard_roots};
pub use text::{printable, text};

use rajut_core::check::device::Named;

use crate::strategy::snmp::Values;

/// Names a device of this family from all that it told.
pub fn name(family: &Family, told: &Values) -> Named {
    let (device, evidence) = device::device(family, told);
    let host = host_resources::HostResources::read(family, told);
    let mut named = Named {
        device,
        evidence,
        interfaces: interfaces::interfaces(told),
        processors: rows::processors(family, told),
        memory: rows::memory(family, told),
        storage: rows::storage(family, told),
        sensors: sensors::sensors(family, told),
        wireless: rows::wireless(family, told),
        neighbours: neighbours::neighbours(told),
    };
    host.add_to(&mut named);
    round_shares(&mut named);
    named
}

/// Shares are told in whole percent: nobody acts on less.
fn round_shares(named: &mut Named) {
    for processor in &mut named.processors {
        processor.usage = processor.usage.round();
    }
    let memory = named.memory.iter_mut().map(|it| &mut it.percent);
    let storage = named.storage.iter_mut().map(|it| &mut it.percent);
    for share in memory.chain(storage).flatten() {
        *share = share.round();
    }
}
