//! The demo regency: the real places of Kabupaten Ciamis, with invented machines, contracts and people.
//!
//! Hides the data files and how they are filled out from a seed. It must not know the store, and it never
//! touches a network: the addresses that it hands out belong to a simulated one.

mod data;
mod dice;
mod equipment;
mod places;
mod staff;
mod topology;

use jiff::civil::Date;
use rajut_core::id::FreshIds;
use rajut_core::register::{Device, Link, Office, Service, Site};

pub use staff::{DemoPerson, DemoPost};

use data::Data;

/// A regency to try everything on. The same seed gives the same one, ids included.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoRegency {
    /// The day on which it stands: contracts and installations are laid around it.
    pub as_of: Date,
    /// The served offices.
    pub offices: Vec<Office>,
    /// The hundred sites, the NOC among them.
    pub sites: Vec<Site>,
    /// What stands at them.
    pub devices: Vec<Device>,
    /// What connects them.
    pub links: Vec<Link>,
    /// What people use over them.
    pub services: Vec<Service>,
    /// Sample people, each with the post that they hold.
    pub people: Vec<DemoPerson>,
    /// The posts of the agency, and one contact at every office.
    pub posts: Vec<DemoPost>,
    /// The simulated network as TOML: a `[[link]]` for the uplink of every site but the NOC, named by the
    /// link's code, and a `[[host]]` for every device with an address, named by the device's code.
    pub topology: String,
}

/// Makes the demo regency.
pub fn regency(seed: u64) -> DemoRegency {
    let data = Data::embedded();
    let mut ids = FreshIds::new(data.regency.began_at(), dice::seed_bytes(seed, "ids"));
    let (offices, mut sites) = places::lay_out(&data, seed, &mut ids);
    let devices = equipment::devices(&data, seed, &mut sites, &mut ids);
    let links = equipment::links(&data, seed, &sites, &mut ids);
    let services = places::services(&data, &offices, &sites, &mut ids);
    let (people, posts) = staff::hire(&data, &offices);
    let topology = topology::text(&data, seed, &sites, &links, &devices);
    DemoRegency {
        as_of: data.regency.as_of(),
        offices,
        sites,
        devices,
        links,
        services,
        people,
        posts,
        topology,
    }
}

#[cfg(test)]
mod tests;
