//! Registers as CSV and JSON. What is written can be imported again and then changes nothing.

use rajut_core::people::PersonalField;
use rajut_core::register::{Device, Link, Office, Service, Site};
use serde_json::{Map, Number, Value};

use super::entry::{Column, Entry, Shape};
use super::guard;
use super::names::{Names, Registers};
use super::people::{self, OpenPerson};

/// A list ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    columns: Vec<(&'static str, Shape)>,
    rows: Vec<Vec<String>>,
}

/// Whether personal values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// The birth date of a NIP, the last three digits of a telephone, nothing of an address.
    Masked,
    /// As they are; the reveal is the caller's to record.
    Revealed,
}

/// All offices.
pub fn offices(registers: &Registers<'_>) -> Sheet {
    sheet::<Office>(registers.offices, &Names::of(registers))
}

/// All sites, without their contacts.
pub fn sites(registers: &Registers<'_>) -> Sheet {
    sheet::<Site>(registers.sites, &Names::of(registers))
}

/// All devices.
pub fn devices(registers: &Registers<'_>) -> Sheet {
    sheet::<Device>(registers.devices, &Names::of(registers))
}

/// All links.
pub fn links(registers: &Registers<'_>) -> Sheet {
    sheet::<Link>(registers.links, &Names::of(registers))
}

/// All services.
pub fn services(registers: &Registers<'_>) -> Sheet {
    sheet::<Service>(registers.services, &Names::of(registers))
}

/// People.
pub fn people(people: &[OpenPerson], personal: Personal) -> Sheet {
    let rows = people.iter().map(|open| match personal {
        Personal::Revealed => people::cells(open),
        Personal::Masked => people::cells(&masked(open)),
    });
    Sheet {
        columns: columns(OpenPerson::COLUMNS),
        rows: rows.collect(),
    }
}

fn sheet<T: Entry>(entries: &[T], context: &T::Context) -> Sheet {
    Sheet {
        columns: columns(T::COLUMNS),
        rows: entries.iter().map(|entry| entry.cells(context)).collect(),
    }
}

fn columns(columns: &[Column]) -> Vec<(&'static str, Shape)> {
    columns.iter().map(|column| (column.key, column.shape)).collect()
}

fn masked(open: &OpenPerson) -> OpenPerson {
    let shown =
        |field: PersonalField, value: &Option<String>| value.as_ref().map(|value| field.masked(value));
    OpenPerson {
        person: open.person.clone(),
        nip: shown(PersonalField::Nip, &open.nip),
        address: shown(PersonalField::Address, &open.address),
        phone: shown(PersonalField::Phone, &open.phone),
    }
}

impl Sheet {
    /// As CSV: comma, CRLF (RFC 4180), formulas disarmed. With a byte order mark a spreadsheet knows that the
    /// text is UTF-8.
    pub fn to_csv(&self, byte_order_mark: bool) -> String {
        let heading: Vec<&str> = self.columns.iter().map(|(key, _)| *key).collect();
        let mut text = heading.join(",");
        text.push_str("\r\n");
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| quoted(&guard::disarmed(cell))).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        if byte_order_mark {
            format!("\u{feff}{text}")
        } else {
            text
        }
    }

    /// As a JSON array with one object per entry; an empty cell is `null`.
    pub fn to_json(&self) -> Value {
        let object = |row: &Vec<String>| {
            let cells = self.columns.iter().zip(row);
            Value::Object(
                cells
                    .map(|((key, shape), cell)| ((*key).to_owned(), value(cell, *shape)))
                    .collect::<Map<_, _>>(),
            )
        };
        Value::Array(self.rows.iter().map(object).collect())
    }
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains([',', ';', '"', '\r', '\n', '\t']) && cell.trim() == cell;
    if plain {
        cell.to_owned()
    } else {
        format!("\"{}\"", cell.replace('"', "\"\""))
    }
}

fn value(cell: &str, shape: Shape) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    match shape {
        Shape::Text => Value::String(cell.to_owned()),
        Shape::Flag => Value::Bool(cell == "yes"),
        Shape::Number => cell
            .parse::<Number>()
            .map_or_else(|_| Value::String(cell.to_owned()), Value::Number),
    }
}
