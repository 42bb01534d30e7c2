//! Registers from and to files: CSV and XLSX in, with a preview and a problem for every faulty line; CSV and
//! JSON out.
//!
//! Hides how tables are written by people and by spreadsheets, which headings and words are understood, and
//! how much of a hostile file is read. It must not know the store: what stands in the registers is handed in,
//! and out come edits that somebody else carries out, all of them or none.

mod devices;
mod entry;
pub mod export;
mod file;
mod guard;
mod links;
mod names;
mod offices;
mod people;
mod predecessors;
mod preview;
mod problem;
mod services;
mod sites;
mod text;
mod value;
mod workbook;

use rajut_core::id::FreshIds;
use rajut_core::register::{Device, Link, Office, Service, Site};

pub use devices::gateways;
pub use file::{FileError, Limits, Source, Table};
pub use guard::disarmed;
pub use names::Registers;
pub use people::{OpenPerson, PeopleEdits, PeopleRules};
pub use preview::{Change, Changed, Preview};
pub use problem::{Problem, ProblemCode, Problems, SHOWN_PROBLEMS};

use names::Names;

/// What a file of offices would do.
///
/// In all kinds of file a line is matched by its code; a column that the file does not have leaves what
/// stands, an empty cell empties it; lines may name entries that come further down.
pub fn offices(table: &Table, registers: &Registers<'_>, ids: &mut FreshIds) -> Preview<Office> {
    entry::preview(table, registers.offices, Names::of(registers), ids)
}

/// What a file of sites would do. Its offices must be in the register.
pub fn sites(table: &Table, registers: &Registers<'_>, ids: &mut FreshIds) -> Preview<Site> {
    entry::preview(table, registers.sites, Names::of(registers), ids)
}

/// What a file of devices would do. Its sites must be in the register.
pub fn devices(table: &Table, registers: &Registers<'_>, ids: &mut FreshIds) -> Preview<Device> {
    entry::preview(table, registers.devices, Names::of(registers), ids)
}

/// What a file of links would do. Its sites must be in the register.
pub fn links(table: &Table, registers: &Registers<'_>, ids: &mut FreshIds) -> Preview<Link> {
    entry::preview(table, registers.links, Names::of(registers), ids)
}

/// What a file of services would do. Its offices and sites must be in the register.
pub fn services(table: &Table, registers: &Registers<'_>, ids: &mut FreshIds) -> Preview<Service> {
    entry::preview(table, registers.services, Names::of(registers), ids)
}

/// What a file of people would do. A line is matched by its NIP, or by the name where it has none: somebody
/// who is given a first NIP is therefore edited by hand, or would come in as a new person.
pub fn people(
    table: &Table,
    known: &[OpenPerson],
    rules: &PeopleRules,
    ids: &mut FreshIds,
) -> Preview<OpenPerson> {
    entry::preview(table, known, rules.clone(), ids)
}

#[cfg(test)]
mod tests;
