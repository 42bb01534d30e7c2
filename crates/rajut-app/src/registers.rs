//! The registers as a whole, for what goes from and to files.

use rajut_core::act::Act;
use rajut_core::id::PersonId;
use rajut_core::journal::PersonalValue;
use rajut_core::people::{Person, Sealed};
use rajut_core::register::{Device, Edit, Link, Office, Site};
use rajut_core::stream::{State, StreamKind, StreamRef};

use crate::act::Done;
use crate::import::OpenPerson;
use crate::{App, AppError, Who};
use rajut_core::flow::EntryEdit;

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
}

impl App {
    /// Reads the registers.
    pub async fn registers(&self) -> Result<OwnedRegisters, AppError> {
        let mut held = OwnedRegisters::default();
        for kind in [
            StreamKind::Office,
            StreamKind::Site,
            StreamKind::Device,
            StreamKind::Link,
        ] {
            for (_, known) in self.store().all(kind).await? {
                match known.state {
                    State::Office(office) => held.offices.push(*office),
                    State::Site(site) => held.sites.push(*site),
                    State::Device(device) => held.devices.push(*device),
                    State::Link(link) => held.links.push(*link),
                    _ => {}
                }
            }
        }
        Ok(held)
    }

    /// All people with their personal values in clear; a value that was erased by law is absent.
    pub async fn open_people(&self) -> Result<Vec<OpenPerson>, AppError> {
        let context = self.context().await?;
        let people: Vec<Person> = context.people.all::<Person>().cloned().collect();
        let sealed: Vec<Sealed> = people
            .iter()
            .flat_map(|person| [&person.nip, &person.address, &person.phone])
            .flatten()
            .cloned()
            .collect();
        let values = self.store().personal(&sealed).await?;
        let open = |sealed: &Option<Sealed>| sealed.as_ref().and_then(|sealed| values.get(sealed).cloned());
        Ok(people
            .into_iter()
            .map(|person| OpenPerson {
                nip: open(&person.nip),
                address: open(&person.address),
                phone: open(&person.phone),
                person,
            })
            .collect())
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
