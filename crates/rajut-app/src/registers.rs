//! The registers as a whole, for what goes from and to files.

use rajut_core::act::Act;
use rajut_core::flow::{EntryEdit, reorganise_offices};
use rajut_core::id::PersonId;
use rajut_core::journal::PersonalValue;
use rajut_core::people::Person;
use rajut_core::register::{Device, Edit, Link, Office, Reorganisation, Service, Site};
use rajut_core::stream::{State, StreamKind, StreamRef};

use crate::act::Done;
use crate::import::Registers;
use crate::{App, AppError, Key, Who};

/// Everything that stands in the registers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnedRegisters {
    /// All offices.
    pub offices: Vec<Office>,
    /// All sites.
    pub sites: Vec<Site>,
    /// All devices.
    pub devices: Vec<Device>,
    /// All links.
    pub links: Vec<Link>,
    /// All services.
    pub services: Vec<Service>,
}

impl OwnedRegisters {
    /// The same, lent to an import or export.
    pub fn as_registers(&self) -> Registers<'_> {
        Registers {
            offices: &self.offices,
            sites: &self.sites,
            devices: &self.devices,
            links: &self.links,
            services: &self.services,
        }
    }
}

/// The kinds of entry that a reorganisation of offices may touch, besides people's posts.
const REGISTERS: [StreamKind; 5] = [
    StreamKind::Office,
    StreamKind::Site,
    StreamKind::Device,
    StreamKind::Link,
    StreamKind::Service,
];

impl App {
    /// Reads the registers.
    pub async fn registers(&self) -> Result<OwnedRegisters, AppError> {
        let mut held = OwnedRegisters::default();
        for kind in REGISTERS {
            for (_, known) in self.store().all(kind).await? {
                match known.state {
                    State::Office(office) => held.offices.push(*office),
                    State::Site(site) => held.sites.push(*site),
                    State::Device(device) => held.devices.push(*device),
                    State::Link(link) => held.links.push(*link),
                    State::Service(service) => held.services.push(*service),
                    _ => {}
                }
            }
        }
        Ok(held)
    }

    /// Renames, merges or splits offices: one act, in which everything in use moves to the successors.
    pub async fn reorganise_offices(
        &self,
        who: Who,
        key: Key,
        asked: &Reorganisation,
    ) -> Result<Done, AppError> {
        let envelope = self.envelope(who, key, Act::ReorganiseOffices);
        // The same key twice is one act: its own effects do not refuse the repetition.
        if let Some(done) = self.repeated(&envelope).await? {
            return Ok(done);
        }
        let context = self.context().await?;
        let mut records = context.records();
        for kind in REGISTERS {
            for (stream, known) in self.store().all(kind).await? {
                records.insert(stream, known.version, known.state);
            }
        }
        let changes = reorganise_offices(context.facts(&records), envelope, self.ids(), asked)?;
        self.commit(changes).await
    }

    /// Edits people with their personal values, all or none.
    pub async fn edit_people(
        &self,
        who: Who,
        act: Act,
        edits: Vec<Edit<Person>>,
        personal: Vec<PersonalValue>,
    ) -> Result<Done, AppError> {
        let stream = |id: PersonId| StreamRef {
            kind: StreamKind::Person,
            id: id.0,
        };
        let edits = edits
            .into_iter()
            .map(|edit| EntryEdit {
                stream: stream(edit.after.id),
                new: edit.before.is_none(),
                event: edit.into(),
            })
            .collect();
        self.edit(who, act, edits, personal).await
    }
}
