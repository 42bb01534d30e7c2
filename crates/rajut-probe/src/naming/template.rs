//! Texts with places that a device fills: `{index}`, `{index:0}`, `{1.3.6.1…}` (the value of that column in the same
//! row), `{1.3.6.1…:0-1}` (in the row of the first two arcs of the index), `{1.3.6.1…*}` (the first text in that
//! column), `{1.3.6.1…>1.3.6.1…}` (the value of the first column is the index into the second), `{chassis:13}` (column 13 of the chassis in entPhysicalTable), `{ascii}` (the index read as text).

use serde::{Deserialize, Deserializer, de};

use super::entity;
use super::text::{integer, some_text};
use crate::codec::snmp::Oid;
use crate::strategy::snmp::Values;

/// A text with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Index(Arcs),
    Ascii,
    Column(Oid, Arcs),
    Via(Oid, Arcs, Oid),
    First(Oid),
    Chassis(u32),
}

/// Which arcs of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arcs {
    All,
    From(usize, usize),
}

impl Arcs {
    fn of(self, index: &[u32]) -> Option<&[u32]> {
        match self {
            Self::All => Some(index),
            Self::From(first, last) => index.get(first..=last.min(index.len().wrapping_sub(1))),
        }
    }
}

/// A rendered text and the objects that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) oids: Vec<Oid>,
    /// Whether a place stayed empty.
    pub(super) gaps: bool,
}

impl Template {
    /// Fills the places for the row `index`.
    pub(super) fn render(&self, told: &Values, index: &[u32]) -> Rendered {
        let mut rendered = Rendered {
            text: String::new(),
            oids: Vec::new(),
            gaps: false,
        };
        for part in &self.0 {
            let found = match part {
                Part::Text(text) => Some((text.clone(), None)),
                Part::Index(arcs) => arcs.of(index).map(|arcs| (Oid::new(arcs).to_string(), None)),
                Part::Ascii => Some((ascii(index), None)),
                Part::Column(column, arcs) => arcs.of(index).and_then(|arcs| {
                    let name = column.child(arcs);
                    let text = told.get(name.arcs()).and_then(some_text)?;
                    Some((text, Some(name)))
                }),
                Part::Via(column, arcs, other) => arcs.of(index).and_then(|arcs| {
                    let first = column.child(arcs);
                    let index = told.get(first.arcs()).and_then(integer)?;
                    let name = other.child(&[u32::try_from(index).ok()?]);
                    let text = told.get(name.arcs()).and_then(some_text)?;
                    Some((text, Some(name)))
                }),
                Part::First(column) => told
                    .under(column.arcs())
                    .find_map(|(rest, value)| some_text(value).map(|text| (text, Some(column.child(rest))))),
                Part::Chassis(column) => {
                    entity::of_chassis(told, *column).map(|(text, name)| (text, Some(name)))
                }
            };
            match found {
                Some((text, oid)) => {
                    rendered.text.push_str(&text);
                    rendered.oids.extend(oid);
                }
                None => rendered.gaps = true,
            }
        }
        let tidy: Vec<&str> = rendered
            .text
            .split([' '])
            .filter(|word| !word.is_empty())
            .collect();
        Rendered {
            text: tidy.join(" ").trim().to_owned(),
            ..rendered
        }
    }

    /// The column of which any text will do, if the template is nothing else.
    pub(super) fn any_of(&self) -> Option<&Oid> {
        match &self.0[..] {
            [Part::First(column)] => Some(column),
            _ => None,
        }
    }

    /// The columns and objects that it reads.
    pub(super) fn oids(&self) -> impl Iterator<Item = Oid> {
        self.0.iter().flat_map(|part| match part {
            Part::Column(oid, _) | Part::First(oid) => vec![oid.clone()],
            Part::Via(oid, _, other) => vec![oid.clone(), other.clone()],
            Part::Chassis(column) => vec![Oid::new(entity::ENTRY).child(&[*column])],
            Part::Text(_) | Part::Index(_) | Part::Ascii => Vec::new(),
        })
    }
}

/// An index whose arcs are characters, with or without their number before them.
fn ascii(index: &[u32]) -> String {
    let index = match index {
        [length, rest @ ..] if usize::try_from(*length) == Ok(rest.len()) => rest,
        all => all,
    };
    index
        .iter()
        .filter_map(|&arc| char::from_u32(arc))
        .filter(|character| !character.is_control())
        .collect()
}

fn arcs(text: &str) -> Option<Arcs> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(Arcs::From(
        first.parse().ok()?,
        if last.is_empty() {
            usize::MAX
        } else {
            last.parse().ok()?
        },
    ))
}

fn place(text: &str) -> Option<Part> {
    if text == "ascii" {
        return Some(Part::Ascii);
    }
    if let Some((first, other)) = text.split_once('>') {
        let Part::Column(column, rows) = place(first)? else {
            return None;
        };
        return Some(Part::Via(column, rows, other.parse().ok()?));
    }
    let (name, rows) = match text.split_once(':') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    };
    if name == "chassis" {
        return Some(Part::Chassis(rows?.parse().ok()?));
    }
    let rows = match rows {
        Some(rest) => arcs(rest)?,
        None => Arcs::All,
    };
    if name == "index" {
        return Some(Part::Index(rows));
    }
    match name.strip_suffix('*') {
        Some(column) => Some(Part::First(column.parse().ok()?)),
        None => Some(Part::Column(name.parse().ok()?, rows)),
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let wrong = || {
                de::Error::custom(format!(
                    "`{text}` has a place that is none: {{index}}, {{1.3.6…}}"
                ))
            };
            let (inside, after) = after.split_once('}').ok_or_else(wrong)?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(place(inside).ok_or_else(wrong)?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }
}
