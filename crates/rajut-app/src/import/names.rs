//! Codes of entries, both ways.

use std::collections::BTreeMap;

use rajut_core::id::{DeviceId, OfficeId, SiteId};
use rajut_core::register::{Device, Link, Office, Service, Site};

use super::problem::{Fault, ProblemCode};

/// What stands in the registers: a file is held against it, and its codes are looked up in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registers<'a> {
    /// All offices.
    pub offices: &'a [Office],
    /// All sites.
    pub sites: &'a [Site],
    /// All devices.
    pub devices: &'a [Device],
    /// All links.
    pub links: &'a [Link],
    /// All services.
    pub services: &'a [Service],
}

/// Codes of one kind.
#[derive(Debug, Clone)]
pub(super) struct Codes<Id> {
    kind: &'static str,
    ids: BTreeMap<String, Id>,
    written: BTreeMap<Id, String>,
}

impl<Id: Copy + Ord> Codes<Id> {
    fn new<'a>(kind: &'static str, entries: impl Iterator<Item = (&'a str, Id)>) -> Self {
        let mut codes = Self {
            kind,
            ids: BTreeMap::new(),
            written: BTreeMap::new(),
        };
        for (code, id) in entries {
            codes.add(code, id);
        }
        codes
    }

    pub(super) fn add(&mut self, code: &str, id: Id) {
        self.ids.insert(code.to_lowercase(), id);
        self.written.insert(id, code.to_owned());
    }

    /// The entry with this code, which must be there.
    pub(super) fn id(&self, code: &str) -> Result<Id, Fault> {
        if code.is_empty() {
            return Err(Fault::new(ProblemCode::MissingValue));
        }
        self.ids
            .get(&code.to_lowercase())
            .copied()
            .ok_or_else(|| Fault::new(ProblemCode::UnknownReference).with("kind", self.kind))
    }

    /// The code of an entry; its id if the register does not hold it.
    pub(super) fn code(&self, id: Id) -> String
    where
        Id: ToString,
    {
        self.written.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// The code of an entry, empty for none.
    pub(super) fn maybe_code(&self, id: Option<Id>) -> String
    where
        Id: ToString,
    {
        id.map(|id| self.code(id)).unwrap_or_default()
    }
}

/// All codes that a line may name.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) offices: Codes<OfficeId>,
    pub(super) sites: Codes<SiteId>,
    pub(super) devices: Codes<DeviceId>,
    pub(super) device_sites: BTreeMap<DeviceId, SiteId>,
}

impl Names {
    pub(super) fn of(registers: &Registers<'_>) -> Self {
        Self {
            offices: Codes::new(
                "office",
                registers.offices.iter().map(|o| (o.code.as_str(), o.id)),
            ),
            sites: Codes::new("site", registers.sites.iter().map(|s| (s.code.as_str(), s.id))),
            devices: Codes::new(
                "device",
                registers.devices.iter().map(|d| (d.code.as_str(), d.id)),
            ),
            device_sites: registers.devices.iter().map(|d| (d.id, d.site)).collect(),
        }
    }
}
