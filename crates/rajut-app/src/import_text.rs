//! A register taken in from a text by a program: the same file, the same checks as from the command line.

use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::flow::edit_entries;
use rajut_core::stream::StreamKind;

use crate::edit::entry;
use crate::import::{self, Limits, Preview, ProblemCode, Problems, Registers, Table};
use crate::{App, AppError, Key, Who};

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Entries that were not there before.
    pub new: usize,
    /// Entries that it changed.
    pub changed: usize,
    /// Entries that it left as they were.
    pub unchanged: usize,
}

impl App {
    /// Takes in a register from a text (CSV), all or nothing. The same key twice is one import: nothing is told of it
    /// again.
    ///
    /// # Errors
    /// Names how many problems there are and the first of them; nothing was taken in.
    pub async fn import_text(
        &self,
        who: Who,
        key: Key,
        register: StreamKind,
        text: &str,
    ) -> Result<Option<Imported>, AppError> {
        let envelope = self.envelope(who, key.without_time(), Act::Import);
        if self.repeated(&envelope).await?.is_some() {
            return Ok(None);
        }
        // An edit of nothing asks for the right: whoever has none is told nothing of what stands in the register.
        let context = self.context().await?;
        let facts = context.facts(&context.people);
        edit_entries(facts, envelope, self.ids(), Act::Import, Vec::new(), Vec::new())?;
        let table = Table::read(text.as_bytes(), &Limits::default())
            .map_err(|error| AppError::invalid("text", error))?;
        let held = self.registers().await?;
        let registers = Registers {
            offices: &held.offices,
            sites: &held.sites,
            devices: &held.devices,
            links: &held.links,
            services: &held.services,
        };
        let mut ids = self.ids();
        macro_rules! entries {
            ($of:ident) => {{
                let preview = import::$of(&table, &registers, &mut ids);
                let told = told(&preview);
                let edits = preview
                    .into_edits()
                    .map_err(|problems| refused(&problems))?;
                let edits: Vec<_> = edits
                    .into_iter()
                    .map(|edit| entry(register, edit.after.id.0, edit))
                    .collect();
                (told, edits)
            }};
        }
        let (told, edits) = match register {
            StreamKind::Office => entries!(offices),
            StreamKind::Site => entries!(sites),
            StreamKind::Device => entries!(devices),
            StreamKind::Link => entries!(links),
            StreamKind::Service => entries!(services),
            other => {
                let why = Unfit::from(UnfitCode::NotOneOf).with("value", other.code());
                let why = why.with("allowed", "office, site, device, link, service");
                return Err(AppError::invalid("register", why));
            }
        };
        if !edits.is_empty() {
            self.edit_under(who, key, Act::Import, edits, Vec::new()).await?;
        }
        Ok(Some(told))
    }
}

fn told<T>(preview: &Preview<T>) -> Imported {
    Imported {
        new: preview.new.len(),
        changed: preview.changed.len(),
        unchanged: preview.unchanged,
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
