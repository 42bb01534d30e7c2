//! What all kinds of entry have in common on their way from lines to entries and back.

use std::collections::{BTreeMap, BTreeSet};

use rajut_core::id::FreshIds;
use uuid::Uuid;

use super::file::{Line, Table};
use super::guard;
use super::preview::{Change, Changed, Preview};
use super::problem::{Fault, ProblemCode, Problems};
use super::value::{code, plain};

/// What a cell becomes in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    Flag,
}

/// A column: its key, and the headings under which it is also known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) key: &'static str,
    pub(super) names: &'static [&'static str],
    /// A new entry cannot do without it.
    pub(super) required: bool,
    /// Its values stay out of problems.
    pub(super) personal: bool,
    pub(super) shape: Shape,
}

impl Column {
    pub(super) const fn new(key: &'static str, names: &'static [&'static str]) -> Self {
        Self {
            key,
            names,
            required: false,
            personal: false,
            shape: Shape::Text,
        }
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    pub(super) const fn number(mut self) -> Self {
        self.shape = Shape::Number;
        self
    }

    pub(super) const fn flag(mut self) -> Self {
        self.shape = Shape::Flag;
        self
    }
}

/// A kind of entry.
pub(super) trait Entry: Clone + PartialEq {
    type Id: Copy + Ord + From<Uuid>;
    /// What references are looked up in.
    type Context;
    const COLUMNS: &'static [Column];
    fn id(&self) -> Self::Id;
    /// What a line is matched by.
    fn key(&self) -> String;
    /// A new entry before its line is read.
    fn blank(id: Self::Id) -> Self;
    /// The key of a line.
    fn key_of(row: &mut Row<'_>) -> Option<String> {
        row.value("code", code)
    }
    /// Makes a new entry known to references from the same file.
    fn declare(_context: &mut Self::Context, _key: &str, _id: Self::Id) {}
    /// The entry above it, by the column `parent`.
    fn above(&self) -> Option<Self::Id> {
        None
    }
    /// Takes over what the line says.
    fn fill(&mut self, row: &mut Row<'_>, context: &Self::Context);
    /// The cells, in the order of the columns.
    fn cells(&self, context: &Self::Context) -> Vec<String>;
}

/// One line on its way into an entry.
pub(super) struct Row<'a> {
    line: &'a Line,
    header: &'a Line,
    /// Column -> place in the line.
    places: &'a BTreeMap<&'static str, usize>,
    columns: &'static [Column],
    is_new: bool,
    problems: &'a mut Problems,
    missing: &'a mut BTreeSet<&'static str>,
}

impl Row<'_> {
    /// The cell, if the file has the column; control characters are a problem.
    fn cell(&mut self, key: &'static str) -> Option<String> {
        let column = self.columns.iter().find(|column| column.key == key);
        let Some(place) = self.places.get(key) else {
            if self.is_new && column.is_some_and(|column| column.required) {
                self.missing.insert(key);
            }
            return None;
        };
        let raw = self.line.cells.get(*place).map_or("", String::as_str);
        // Line breaks and tabs inside a cell are how people lay out a heading, not part of a value.
        let text = guard::lift(raw.trim())
            .replace(['\r', '\n', '\t'], " ")
            .trim()
            .to_owned();
        if text.chars().any(char::is_control) {
            self.fault(key, Fault::new(ProblemCode::ControlCharacter));
            return None;
        }
        Some(text)
    }

    /// The value of a cell; `None` if the file has no such column or the cell is faulty, which is noted.
    pub(super) fn value<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let text = self.cell(key)?;
        parse(&text).map_err(|fault| self.fault(key, fault)).ok()
    }

    /// Takes the value of a cell over. A column that the file does not have leaves what was there.
    pub(super) fn set<T>(
        &mut self,
        slot: &mut T,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) {
        if let Some(value) = self.value(key, parse) {
            *slot = value;
        }
    }

    /// Notes a problem of a cell.
    pub(super) fn fault(&mut self, key: &'static str, fault: Fault) {
        let place = self.places.get(key);
        let name = place
            .and_then(|place| self.header.cells.get(*place))
            .map_or(key, String::as_str);
        let hidden = self
            .columns
            .iter()
            .any(|column| column.key == key && column.personal);
        let value = place
            .filter(|_| !hidden)
            .and_then(|place| self.line.cells.get(*place));
        self.problems
            .push(self.line.number, name, value.map_or("", String::as_str), fault);
    }
}

/// Holds a file against what stands in the register.
pub(super) fn preview<T: Entry>(
    table: &Table,
    existing: &[T],
    mut context: T::Context,
    ids: &mut FreshIds,
) -> Preview<T> {
    let mut problems = table.problems.clone();
    let places = places(table, T::COLUMNS, &mut problems);
    let mut missing = BTreeSet::new();
    let mut standing: BTreeMap<String, &T> = BTreeMap::new();
    let mut ambiguous = BTreeSet::new();
    for entry in existing {
        if standing.insert(entry.key(), entry).is_some() {
            ambiguous.insert(entry.key());
        }
    }
    let mut row = |line, is_new, problems: &mut Problems, act: &mut dyn FnMut(&mut Row<'_>)| {
        act(&mut Row {
            line,
            header: &table.header,
            places: &places,
            columns: T::COLUMNS,
            is_new,
            problems,
            missing: &mut missing,
        });
    };
    // All keys first: a line may name an entry that comes further down.
    let mut drafts: Vec<(&Line, Option<&T>, T)> = Vec::new();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for line in &table.lines {
        row(line, true, &mut problems, &mut |row| {
            if line
                .cells
                .iter()
                .skip(table.header.cells.len())
                .any(|cell| !cell.trim().is_empty())
            {
                row.problems
                    .push(line.number, "", "", Fault::new(ProblemCode::ExtraCells));
            }
            let Some(key) = T::key_of(row) else { return };
            if let Some(first) = seen.insert(key.clone(), line.number) {
                row.fault(
                    T::COLUMNS[0].key,
                    Fault::new(ProblemCode::Duplicate).with("line", first),
                );
                return;
            }
            if ambiguous.contains(&key) {
                row.fault(T::COLUMNS[0].key, Fault::new(ProblemCode::Ambiguous));
                return;
            }
            let before = standing.get(&key).copied();
            let draft = before.cloned().unwrap_or_else(|| T::blank(ids.fresh()));
            if before.is_none() {
                T::declare(&mut context, &key, draft.id());
            }
            drafts.push((line, before, draft));
        });
    }
    for (line, before, draft) in &mut drafts {
        row(line, before.is_none(), &mut problems, &mut |row| {
            draft.fill(row, &context);
        });
    }
    for cycle in cycles(existing, &drafts) {
        row(cycle.0, false, &mut problems, &mut |row| {
            row.fault("parent", Fault::new(ProblemCode::Cycle).with("path", &cycle.1));
        });
    }
    for key in missing {
        problems.push(
            table.header.number,
            key,
            "",
            Fault::new(ProblemCode::MissingColumn),
        );
    }
    let mut preview = Preview {
        source: table.source.clone(),
        new: Vec::new(),
        filled: Vec::new(),
        changed: Vec::new(),
        unchanged: 0,
        problems: problems.in_order(),
    };
    for (line, before, after) in drafts {
        match before {
            None => {
                let fields = changes(&T::blank(after.id()), &after, &context);
                preview.filled.push((line.number, fields));
                preview.new.push(after);
            }
            Some(before) if *before == after => preview.unchanged += 1,
            Some(before) => {
                let fields = changes(before, &after, &context);
                preview.changed.push(Changed {
                    line: line.number,
                    before: before.clone(),
                    after,
                    fields,
                });
            }
        }
    }
    preview
}

/// Which column stands where; what is unknown, repeated or lacks is noted.
fn places(
    table: &Table,
    columns: &'static [Column],
    problems: &mut Problems,
) -> BTreeMap<&'static str, usize> {
    let mut places = BTreeMap::new();
    for (place, heading) in table.header.cells.iter().enumerate() {
        let wanted = plain(heading);
        let known = columns.iter().find(|column| {
            plain(column.key) == wanted || column.names.iter().any(|name| plain(name) == wanted)
        });
        let line = table.header.number;
        if let Some(column) = known {
            if let Some(first) = places.insert(column.key, place) {
                let first = table.header.cells.get(first).cloned().unwrap_or_default();
                problems.push(
                    line,
                    heading,
                    heading,
                    Fault::new(ProblemCode::RepeatedColumn).with("first", first),
                );
            }
        } else if wanted.is_empty() || matches!(wanted.as_str(), "no" | "no urut" | "nomor urut") {
            // A running number says nothing; a column without a heading must be empty.
            if wanted.is_empty()
                && let Some(line) = table
                    .lines
                    .iter()
                    .find(|l| l.cells.get(place).is_some_and(|c| !c.trim().is_empty()))
            {
                problems.push(
                    line.number,
                    "",
                    &line.cells[place],
                    Fault::new(ProblemCode::ExtraCells),
                );
            }
        } else {
            let known: Vec<&str> = columns.iter().map(|column| column.key).collect();
            problems.push(
                line,
                heading,
                heading,
                Fault::new(ProblemCode::UnknownColumn).with("known", known.join(", ")),
            );
        }
    }
    places
}

/// The lines whose entry is above itself, with the way around.
fn cycles<'t, T: Entry>(existing: &[T], drafts: &[(&'t Line, Option<&T>, T)]) -> Vec<(&'t Line, String)> {
    let all = existing.iter().chain(drafts.iter().map(|(.., draft)| draft));
    let by_id: BTreeMap<T::Id, &T> = all.map(|entry| (entry.id(), entry)).collect();
    let mut cycles = Vec::new();
    for (line, _, draft) in drafts {
        let mut path = vec![draft.id()];
        while let Some(above) = path
            .last()
            .and_then(|id| by_id.get(id))
            .and_then(|entry| entry.above())
        {
            if above == draft.id() {
                let names: Vec<String> = path
                    .iter()
                    .chain([&above])
                    .filter_map(|id| by_id.get(id))
                    .map(|e| e.key())
                    .collect();
                cycles.push((*line, names.join(" > ")));
                break;
            }
            if path.contains(&above) {
                break;
            }
            path.push(above);
        }
    }
    cycles
}

fn changes<T: Entry>(before: &T, after: &T, context: &T::Context) -> Vec<Change> {
    let cells = before.cells(context).into_iter().zip(after.cells(context));
    T::COLUMNS
        .iter()
        .zip(cells)
        .filter(|(_, (before, after))| before != after)
        .map(|(column, (before, after))| {
            // That a personal value changes may be seen; what it was and is may not.
            let shown = |text: String| {
                if column.personal && !text.is_empty() {
                    "***".to_owned()
                } else {
                    text
                }
            };
            Change {
                field: column.key,
                before: shown(before),
                after: shown(after),
            }
        })
        .collect()
}
