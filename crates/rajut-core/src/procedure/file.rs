//! Reading a procedure from TOML. What cannot be read is told by line, column, and what was expected.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use super::codes::{LaneId, ProcedureCode, StepId};
use super::identity::Identity;
use super::lines::{Lines, Place};
use super::model::{Definition, Labels, Lane, Procedure};
use super::standard::{Standard, StandardGroup};
use super::step::{
    Exit, Field, FieldKind, Goal, Inferred, Joint, Next, PauseReason, Scope, Step, StepKind, Symbol, Timer,
};
use super::time::WrittenTime;
use crate::calendar::Zone;
use crate::register::coded;

coded! {
    /// What could have stood where a file cannot be read. The words stand in `locales/` under `expected-<code>`.
    ExpectedCode {
        /// A whole number, not negative.
        Number = "number",
        /// A text in quotes.
        Text = "text",
        /// True or false.
        Boolean = "boolean",
        /// A list.
        List = "list",
        /// A table.
        Table = "table",
        /// A day.
        Date = "date",
        /// A code.
        Code = "code",
        /// One of some. Name: which.
        OneOf = "one_of",
        /// A key. Name: its own.
        Key = "key",
        /// A version from 1.
        Version = "version",
        /// A step.
        Step = "step",
        /// Fewer steps.
        FewerSteps = "fewer_steps",
        /// Another id: this one names the end.
        OtherId = "other_id",
        /// An id that no earlier entry has.
        FreshId = "fresh_id",
        /// Choices on a field of kind choice, and on no other.
        Choices = "choices",
        /// What follows: next or exits.
        Next = "next",
        /// One of next and exits.
        OneNext = "one_next",
        /// TOML. Name: what the reader says.
        Toml = "toml",
        /// What the reader of the file says, which is the name.
        Other = "other",
    }
}

/// Why a file could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: expected {expected}, found {found}")]
pub struct ProcedureFileError {
    /// From one.
    pub line: u32,
    /// From one, in characters.
    pub column: u32,
    /// What could have stood there, as a code.
    pub code: ExpectedCode,
    /// What the words of the code need.
    pub name: String,
    /// What could have stood there, for the log.
    pub expected: String,
    /// What stands there, for the log.
    pub found: String,
}

impl ProcedureFileError {
    pub(super) fn at(
        place: Place,
        code: ExpectedCode,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            line: place.line,
            column: place.column,
            code,
            name: String::new(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Reads the sentence of the TOML reader, which is "found, expected this".
    pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let place = Place::of(text, error.span().map_or(0, |span| span.start));
        let message = error.message().trim();
        if let Some((found, expected)) = message.split_once(", expected ") {
            let (code, name) = coded_of(expected);
            Self::at(place, code, plain(expected), found).named(name)
        } else if let Some(field) = message.strip_prefix("missing field ") {
            Self::at(
                place,
                ExpectedCode::Key,
                format!("the key {field}"),
                "a table without it",
            )
            .named(field)
        } else {
            Self::at(place, ExpectedCode::Toml, "valid TOML 1.0", message).named(message)
        }
    }

    /// What stands there, where it can be quoted.
    pub fn quoted(&self) -> Option<&str> {
        let start = self.found.find(['`', '"'])?;
        let end = self.found.rfind(['`', '"'])?;
        (start < end).then(|| &self.found[start..=end])
    }
}

/// What the reader expects, as a code and a name.
fn coded_of(expected: &str) -> (ExpectedCode, &str) {
    let code = match expected {
        "u32" => ExpectedCode::Number,
        "a string" => ExpectedCode::Text,
        "a boolean" => ExpectedCode::Boolean,
        "a sequence" => ExpectedCode::List,
        "a map" => ExpectedCode::Table,
        "a TOML datetime" => ExpectedCode::Date,
        text if text.starts_with("struct ") => ExpectedCode::Table,
        text if text.starts_with("a date ") => ExpectedCode::Date,
        text if text.starts_with("lowercase letters") => ExpectedCode::Code,
        text => {
            let names = text.strip_prefix("one of ").unwrap_or(text);
            let code = if names.starts_with('`') {
                ExpectedCode::OneOf
            } else {
                ExpectedCode::Other
            };
            return (code, names);
        }
    };
    (code, "")
}

/// The reader names Rust's types; the author of a procedure need not know them.
fn plain(expected: &str) -> &str {
    match expected {
        "u32" => "a whole number, not negative",
        "a sequence" => "a list in [ ]",
        "a map" => "a table",
        "a TOML datetime" => "a date such as 2021-01-04",
        other => other,
    }
}

/// More rows than any procedure has; it keeps a hostile file from costing much.
const MAX_STEPS: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileProcedure {
    code: ProcedureCode,
    version: u32,
    zone: Option<Zone>,
    #[serde(default)]
    labels: Labels,
    annex: Option<String>,
    frequency: Option<String>,
    identity: Identity,
    lanes: Vec<Lane>,
    steps: Vec<FileStep>,
    #[serde(default)]
    groups: Vec<StandardGroup>,
    #[serde(default)]
    definitions: Vec<Definition>,
    #[serde(default)]
    verdicts: BTreeMap<String, Goal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileStep {
    id: StepId,
    kind: StepKind,
    scope: Scope,
    #[serde(default)]
    from: Vec<LaneId>,
    joint: Option<Joint>,
    #[serde(default)]
    to: Vec<LaneId>,
    activity: String,
    #[serde(default)]
    completeness: Vec<String>,
    time: Option<WrittenTime>,
    #[serde(default)]
    output: Vec<String>,
    #[serde(default)]
    records: Vec<String>,
    #[serde(default)]
    symbol: String,
    #[serde(default)]
    inferred: Vec<Inferred>,
    next: Option<Goal>,
    exits: Option<Vec<Exit>>,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    pauses: Vec<PauseReason>,
    timer: Option<Timer>,
    starts: Option<ProcedureCode>,
    connector: Option<String>,
    note: Option<String>,
}

impl Procedure {
    /// Reads a procedure. The same text always gives the same procedure.
    pub fn parse(text: &str) -> Result<Self, ProcedureFileError> {
        let document = DeTable::parse(text).map_err(|error| ProcedureFileError::from_toml(text, &error))?;
        let lines = Lines::of(text, document.get_ref());
        let file = FileProcedure::deserialize(Deserializer::from(document))
            .map_err(|error| ProcedureFileError::from_toml(text, &error))?;

        let wrong = |path: &str, code: ExpectedCode, expected: &str, found: &str| {
            ProcedureFileError::at(lines.find(path), code, expected, found)
        };
        if file.version == 0 {
            return Err(wrong("version", ExpectedCode::Version, "a version from 1", "0"));
        }
        let Some(first) = file.steps.first().map(|step| step.id.clone()) else {
            return Err(wrong("steps", ExpectedCode::Step, "at least one step", "none"));
        };
        if file.steps.len() > MAX_STEPS {
            return Err(wrong(
                "steps",
                ExpectedCode::FewerSteps,
                "at most 1000 steps",
                &file.steps.len().to_string(),
            ));
        }
        unique("lanes", &lines, file.lanes.iter().map(|lane| lane.id.as_str()))?;
        unique("steps", &lines, file.steps.iter().map(|step| step.id.as_str()))?;
        unique(
            "groups",
            &lines,
            file.groups.iter().map(|group| group.id.as_str()),
        )?;
        let steps = (1..)
            .zip(file.steps)
            .map(|(number, step)| step.build(number, &lines))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            code: file.code,
            version: file.version,
            zone: file.zone,
            labels: file.labels,
            annex: file.annex,
            frequency: file.frequency,
            identity: file.identity,
            lanes: file.lanes,
            steps,
            groups: file.groups,
            definitions: file.definitions,
            verdicts: file.verdicts,
            first,
            source: text.to_owned(),
            lines,
        })
    }
}

impl FileStep {
    fn build(self, number: u32, lines: &Lines) -> Result<Step, ProcedureFileError> {
        let path = format!("steps.{}", self.id);
        let wrong = |key: &str, code: ExpectedCode, expected: &str, found: &str| {
            Err(ProcedureFileError::at(
                lines.find(&format!("{path}{key}")),
                code,
                expected,
                found,
            ))
        };
        if self.id.as_str() == "end" {
            return wrong(
                ".id",
                ExpectedCode::OtherId,
                "another id: `end` names the end",
                "`end`",
            );
        }
        unique(
            &format!("{path}.fields"),
            lines,
            self.fields.iter().map(|field| field.id.as_str()),
        )?;
        for field in &self.fields {
            let is_choice = field.kind == FieldKind::Choice;
            if is_choice == field.choices.is_empty() {
                return wrong(
                    &format!(".fields.{}", field.id),
                    ExpectedCode::Choices,
                    "`choices` on a field of kind choice, and on no other",
                    if is_choice { "none" } else { "choices" },
                );
            }
        }
        let next = match (self.next, self.exits) {
            (Some(Goal::End), None) => Next::End,
            (Some(Goal::Step(step)), None) => Next::Step(step),
            (None, Some(exits)) if !exits.is_empty() => Next::Exits(exits),
            (None, _) => {
                return wrong(
                    "",
                    ExpectedCode::Next,
                    "`next` (the id of a step, or end) or `exits`",
                    "neither",
                );
            }
            (Some(_), Some(_)) => {
                return wrong(
                    ".exits",
                    ExpectedCode::OneNext,
                    "either `next` or `exits`",
                    "both",
                );
            }
        };
        Ok(Step {
            id: self.id,
            number,
            kind: self.kind,
            scope: self.scope,
            from: self.from,
            joint: self.joint,
            to: self.to,
            activity: self.activity,
            completeness: self.completeness,
            standard: Standard {
                time: self.time,
                output: self.output,
            },
            records: self.records,
            symbol: Symbol::from(self.symbol),
            inferred: self.inferred,
            next,
            fields: self.fields,
            pauses: self.pauses,
            timer: self.timer,
            starts: self.starts,
            connector: self.connector,
            note: self.note,
        })
    }
}

fn unique<'a>(
    list: &str,
    lines: &Lines,
    ids: impl Iterator<Item = &'a str>,
) -> Result<(), ProcedureFileError> {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        if !seen.insert(id) {
            let place = lines.find(&format!("{list}.{id}.#{index}.id"));
            return Err(ProcedureFileError::at(
                place,
                ExpectedCode::FreshId,
                "an id that no earlier entry has",
                format!("`{id}` again"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"code = "uji"
version = 1
[identity]
title = "Uji"
[[lanes]]
id = "kasi"
label = "Kasi"
binding = { post = "kasi" }
[[steps]]
id = "a"
kind = "record"
scope = "run"
from = ["kasi"]
activity = "Mencatat"
time = "10 menit"
output = ["Catatan"]
symbol = "terminator"
next = "end"
"#;

    fn error(from: &str, to: &str) -> (u32, u32, String, String) {
        assert!(GOOD.contains(from), "the fixture lacks {from:?}");
        let error = Procedure::parse(&GOOD.replacen(from, to, 1)).unwrap_err();
        (error.line, error.column, error.expected, error.found)
    }

    #[test]
    fn a_good_file_is_read_and_keeps_its_text() {
        let procedure = Procedure::parse(GOOD).unwrap();
        assert_eq!(procedure.first().as_str(), "a");
        assert_eq!(procedure.source(), GOOD);
        assert_eq!(Procedure::parse(procedure.source()).unwrap(), procedure);
        let json = serde_json::to_value(&procedure).unwrap();
        assert_eq!(json["steps"][0]["standard"]["time"], "10 menit");
        assert_eq!(json["lanes"][0]["binding"]["post"], "kasi");
    }

    #[test]
    fn a_malformed_file_tells_line_column_and_what_was_expected() {
        let (line, column, expected, _) = error("version = 1", "version 1");
        assert_eq!((line, column), (2, 9), "{expected}");
        assert!(expected.contains('='), "{expected}");

        let (line, column, expected, found) = error("version = 1", "version = \"satu\"");
        assert_eq!(
            (line, column, expected.as_str()),
            (2, 11, "a whole number, not negative")
        );
        assert!(found.contains("satu"), "{found}");

        assert_eq!(error("[\"kasi\"]", "\"kasi\"").2, "a list in [ ]");
        assert_eq!(error("[identity]\n", "identity = 1\n").2, "struct Identity");

        let (line, column, expected, found) = error("time =", "waktu =");
        assert_eq!((line, column), (15, 1));
        assert!(
            found.contains("waktu") && expected.contains("`time`"),
            "{found} / {expected}"
        );

        let (line, _, expected, _) = error("activity = \"Mencatat\"\n", "");
        assert_eq!((line, expected.as_str()), (9, "the key `activity`"));

        let (line, _, expected, found) = error("kind = \"record\"", "kind = \"rekam\"");
        assert_eq!(line, 11);
        assert!(
            found.contains("rekam") && expected.contains("`record`"),
            "{found} / {expected}"
        );

        let read = |text: &str| Procedure::parse(text).unwrap_err();
        let wrong = read(&GOOD.replace("version = 1", "version = \"satu\""));
        assert_eq!(
            (wrong.code, wrong.quoted()),
            (ExpectedCode::Number, Some("\"satu\""))
        );
        let wrong = read(&GOOD.replace("time =", "waktu ="));
        assert_eq!(
            (wrong.code, wrong.quoted()),
            (ExpectedCode::OneOf, Some("`waktu`"))
        );
        let wrong = read(&GOOD.replace("version = 1", "version = 0"));
        assert_eq!((wrong.code, wrong.quoted()), (ExpectedCode::Version, None));

        let (line, column, expected, _) = error("id = \"a\"", "id = \"A b\"");
        assert_eq!((line, column), (10, 6));
        assert!(expected.starts_with("lowercase"), "{expected}");

        let (line, _, expected, _) = error("title = \"Uji\"", "created = 2026-02-31");
        assert_eq!(line, 4);
        assert!(expected.contains("28"), "{expected}");
        let (line, _, expected, _) = error("title = \"Uji\"", "created = 2026-02-03T10:00:00");
        assert_eq!(line, 4);
        assert!(expected.contains("a date"), "{expected}");

        assert_eq!(error("next = \"end\"\n", "").0, 9);
        assert_eq!(
            error("version = 1", "version = 0"),
            (2, 1, "a version from 1".into(), "0".into())
        );
        let twice = error(
            "[[steps]]",
            "[[lanes]]\nid = \"kasi\"\nlabel = \"K\"\nbinding = \"team\"\n[[steps]]",
        );
        assert_eq!((twice.0, twice.1, twice.3.as_str()), (10, 1, "`kasi` again"));
    }

    #[test]
    fn a_choice_needs_choices_and_nothing_else_has_them() {
        let field = "next = \"end\"\nfields = [{ id = \"f\", label = \"F\", kind = \"choice\" }]";
        assert_eq!(error("next = \"end\"", field).3, "none");
    }
}
