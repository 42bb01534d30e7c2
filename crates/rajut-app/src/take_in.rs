//! Registers taken in from a table: first what would be done, then all of it or nothing. Page, API and command line
//! call the same two steps.

use std::collections::BTreeMap;

use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::flow::{EntryEdit, edit_entries};
use rajut_core::id::DeviceId;
use rajut_core::journal::{Hash, PersonalValue};
use rajut_core::register::{Device, Edit, Site};
use rajut_core::stream::{Event, StreamKind};
use serde::Serialize;
use uuid::Uuid;

use crate::edit::entry;
use crate::import::export::Sheet;
use crate::import::{self, Change, Limits, Preview, ProblemCode, Problems, Source, Table, export};
use crate::{App, AppError, Key, OwnedRegisters, Who};

/// The registers that come from files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileOf {
    /// Perangkat daerah.
    Offices,
    /// Lokasi.
    Sites,
    /// Perangkat.
    Devices,
    /// Koneksi.
    Links,
    /// Layanan.
    Services,
    /// Orang.
    People,
}

impl FileOf {
    /// Every register, each after those that its lines name.
    pub const ALL: [Self; 6] = [
        Self::Offices,
        Self::Sites,
        Self::Devices,
        Self::Links,
        Self::Services,
        Self::People,
    ];

    /// The code that addresses and files use.
    pub fn code(self) -> &'static str {
        match self {
            Self::Offices => "offices",
            Self::Sites => "sites",
            Self::Devices => "devices",
            Self::Links => "links",
            Self::Services => "services",
            Self::People => "people",
        }
    }

    /// The register with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The kind of its entries.
    pub fn kind(self) -> StreamKind {
        match self {
            Self::Offices => StreamKind::Office,
            Self::Sites => StreamKind::Site,
            Self::Devices => StreamKind::Device,
            Self::Links => StreamKind::Link,
            Self::Services => StreamKind::Service,
            Self::People => StreamKind::Person,
        }
    }
}

/// A line of what a file would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportLine {
    /// `new` or `changed`.
    pub what: &'static str,
    /// The line of the file.
    pub line: u64,
    /// Code of the entry, or name of the person.
    pub name: String,
    /// The column that differs; of a new entry none.
    pub field: String,
    /// What stands; `***` for a personal value.
    pub before: String,
    /// What is to stand; of a new entry all that the line fills.
    pub after: String,
}

/// What a file would do, ready to be done.
#[derive(Debug)]
pub struct Prepared {
    /// How the file was read.
    pub source: Source,
    /// What would be done, entry by entry.
    pub lines: Vec<ImportLine>,
    /// In numbers.
    pub told: Imported,
    /// What is wrong; while there is anything, nothing is taken in.
    pub problems: Problems,
    edits: Vec<EntryEdit>,
    personal: Vec<PersonalValue>,
}

impl Prepared {
    /// Whether it is what somebody saw before: a mark of the lines, to be shown with them.
    pub fn mark(&self) -> Hash {
        let seen = serde_json::to_vec(&(&self.lines, self.told)).unwrap_or_default();
        Hash::of(&seen)
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Entries that were not there before.
    pub new: usize,
    /// Entries that it changed.
    pub changed: usize,
    /// Entries that it left as they were.
    pub unchanged: usize,
}

impl App {
    /// What a table would do to a register. `who` is to take it in later: without the right nothing is told of what
    /// stands in the register. Whoever reads the database itself, on its own machine, asks for nobody.
    ///
    /// # Errors
    /// Without the right, and for people where nobody asks.
    pub async fn prepare_import(
        &self,
        who: Option<Who>,
        register: FileOf,
        table: &Table,
    ) -> Result<Prepared, AppError> {
        // People have a right of their own, which is asked for where they are read.
        if let Some(who) = who.filter(|_| register != FileOf::People) {
            self.may_import(who).await?;
        }
        let held = self.registers().await?;
        let registers = held.as_registers();
        let mut ids = self.ids();
        Ok(match register {
            FileOf::Offices => {
                let preview = import::offices(table, &registers, &mut ids);
                Prepared::of(preview, register, |it| &it.code, |it| it.id.0)
            }
            FileOf::Sites => {
                let preview = import::sites(table, &registers, &mut ids);
                Prepared::of(preview, register, |it| &it.code, |it| it.id.0)
            }
            FileOf::Devices => {
                let preview = import::devices(table, &registers, &mut ids);
                let gateways = gateways_after(&held, &preview);
                let mut prepared = Prepared::of(preview, register, |it| &it.code, |it| it.id.0);
                let edits = gateways.into_iter();
                let edits = edits.map(|edit| entry(StreamKind::Site, edit.after.id.0, edit));
                prepared.edits.extend(edits);
                prepared
            }
            FileOf::Links => {
                let preview = import::links(table, &registers, &mut ids);
                Prepared::of(preview, register, |it| &it.code, |it| it.id.0)
            }
            FileOf::Services => {
                let preview = import::services(table, &registers, &mut ids);
                Prepared::of(preview, register, |it| &it.code, |it| it.id.0)
            }
            FileOf::People => {
                let who = who.ok_or_else(|| AppError::invalid("--as", UnfitCode::SayWhoActs))?;
                let preview = self.preview_people(who, table).await?;
                let mut prepared = Prepared::told(&preview, |open| open.person.full_name());
                if let Ok(people) = preview.into_people(&mut ids) {
                    let edits = people.edits.into_iter();
                    let edits = edits.map(|edit| entry(register.kind(), edit.after.id.0, edit));
                    prepared.edits = edits.collect();
                    prepared.personal = people.personal;
                }
                prepared
            }
        })
    }

    /// Whether somebody has the right; an edit of nothing asks for it and changes nothing.
    async fn may_import(&self, who: Who) -> Result<(), AppError> {
        let context = self.context().await?;
        let envelope = self.envelope(who, Key::default(), Act::Import);
        let facts = context.facts(&context.people);
        edit_entries(facts, envelope, self.ids(), Act::Import, Vec::new(), Vec::new())?;
        Ok(())
    }

    /// Takes in what was prepared, all or nothing. The same key twice is one import: nothing is told of it again.
    ///
    /// # Errors
    /// Where the file has problems: how many, and the first of them. Where an entry was changed since it was prepared.
    pub async fn take_in(
        &self,
        who: Who,
        key: Key,
        prepared: Prepared,
    ) -> Result<Option<Imported>, AppError> {
        let envelope = self.envelope(who, key.without_time(), Act::Import);
        if self.repeated(&envelope).await?.is_some() {
            return Ok(None);
        }
        if !prepared.problems.is_empty() {
            return Err(refused(&prepared.problems));
        }
        if !prepared.edits.is_empty() {
            self.edit_under(who, key, Act::Import, prepared.edits, prepared.personal)
                .await?;
        }
        Ok(Some(prepared.told))
    }

    /// Takes in a register from a text (CSV) in one step, as programs do.
    ///
    /// # Errors
    /// As [`App::prepare_import`] and [`App::take_in`], and for a text that is no table.
    pub async fn import_text(
        &self,
        who: Who,
        key: Key,
        register: FileOf,
        text: &str,
    ) -> Result<Option<Imported>, AppError> {
        let envelope = self.envelope(who, key.without_time(), Act::Import);
        if self.repeated(&envelope).await?.is_some() {
            return Ok(None);
        }
        // The right comes first: whoever has none is not told of the file either.
        self.may_import(who).await?;
        let table = Table::read(text.as_bytes(), &Limits::default())
            .map_err(|error| AppError::invalid("text", error))?;
        let prepared = self.prepare_import(Some(who), register, &table).await?;
        self.take_in(who, key, prepared).await
    }

    /// A register as a sheet to be opened elsewhere; people masked.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn sheet(&self, register: FileOf) -> Result<Sheet, AppError> {
        if register == FileOf::People {
            return self.export_people().await;
        }
        let held = self.registers().await?;
        let registers = held.as_registers();
        Ok(match register {
            FileOf::Offices => export::offices(&registers),
            FileOf::Sites => export::sites(&registers),
            FileOf::Devices => export::devices(&registers),
            FileOf::Links => export::links(&registers),
            FileOf::Services | FileOf::People => export::services(&registers),
        })
    }
}

/// A site that will have one router in use goes out by it.
fn gateways_after(held: &OwnedRegisters, preview: &Preview<Device>) -> Vec<Edit<Site>> {
    if !preview.problems.is_empty() {
        return Vec::new();
    }
    let changed: BTreeMap<DeviceId, &Device> = preview
        .changed
        .iter()
        .map(|it| (it.after.id, &it.after))
        .collect();
    let stand = held
        .devices
        .iter()
        .map(|known| changed.get(&known.id).copied().unwrap_or(known));
    let devices: Vec<Device> = stand.chain(&preview.new).cloned().collect();
    import::gateways(&held.sites, &devices)
}

impl Prepared {
    /// What a preview would do, without the edits.
    fn told<T>(preview: &Preview<T>, name: impl Fn(&T) -> String) -> Self {
        let filled = |fields: &[Change]| {
            let told = fields.iter().map(|it| format!("{}: {}", it.field, it.after));
            told.collect::<Vec<_>>().join("; ")
        };
        let new = preview.new.iter().zip(&preview.filled);
        let new = new.map(|(entry, (line, fields))| ImportLine {
            what: "new",
            line: *line,
            name: name(entry),
            field: String::new(),
            before: String::new(),
            after: filled(fields),
        });
        let changed = preview.changed.iter().flat_map(|changed| {
            let name = name(&changed.after);
            changed.fields.iter().map(move |field| ImportLine {
                what: "changed",
                line: changed.line,
                name: name.clone(),
                field: field.field.to_owned(),
                before: field.before.clone(),
                after: field.after.clone(),
            })
        });
        Self {
            source: preview.source.clone(),
            lines: new.chain(changed).collect(),
            told: Imported {
                new: preview.new.len(),
                changed: preview.changed.len(),
                unchanged: preview.unchanged,
            },
            problems: preview.problems.clone(),
            edits: Vec::new(),
            personal: Vec::new(),
        }
    }

    fn of<T>(
        preview: Preview<T>,
        register: FileOf,
        code: impl Fn(&T) -> &String,
        id: impl Fn(&T) -> Uuid,
    ) -> Self
    where
        Event: From<Edit<T>>,
    {
        let mut prepared = Self::told(&preview, |entry| code(entry).clone());
        let edits = preview.into_edits().unwrap_or_default().into_iter();
        prepared.edits = edits
            .map(|edit| entry(register.kind(), id(&edit.after), edit))
            .collect();
        prepared
    }
}

/// The code as it is written.
fn code_of(code: ProblemCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn refused(problems: &Problems) -> AppError {
    let mut why = Unfit::from(UnfitCode::ImportRefused).with("total", problems.total);
    if let Some(first) = problems.shown.first() {
        for (name, value) in &first.args {
            why = why.with(name, value);
        }
        why = why
            .with("row", first.line)
            .with("field", &first.column)
            .with("problem", code_of(first.code));
    }
    AppError::invalid("text", why)
}
