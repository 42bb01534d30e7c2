//! Files against registers: what is read, refused, previewed, and what comes back.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use jiff::civil::date;
use proptest::prelude::*;
use rajut_core::id::FreshIds;
use rajut_core::people::{CivilStatus, Ranks, default_ranks};
use rajut_core::register::{
    Accuracy, Device, DeviceCondition, DeviceKind, Edit, Identity, Medium, Office, Place, ServiceWeekKind,
    Site,
};
use zip::write::SimpleFileOptions;

use super::export;
use super::*;
use crate::demo::{DemoRegency, regency};

mod faults;
mod people;
mod round_trip;
mod workbook;

fn ids() -> FreshIds {
    FreshIds::new("2026-10-01T00:00:00Z".parse().unwrap(), [3; 32])
}

fn table(text: &str) -> Table {
    Table::read(text.as_bytes(), &Limits::default()).unwrap()
}

fn fixture(name: &str) -> Table {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    Table::read(&std::fs::read(path).unwrap(), &Limits::default()).unwrap()
}

fn of(demo: &DemoRegency) -> Registers<'_> {
    Registers {
        offices: &demo.offices,
        sites: &demo.sites,
        devices: &demo.devices,
        links: &demo.links,
        services: &demo.services,
    }
}

fn after<T>(edits: Vec<Edit<T>>) -> Vec<T> {
    edits.into_iter().map(|edit| edit.after).collect()
}

/// Line, column and code of each problem.
fn found(problems: &Problems) -> Vec<(u64, &str, ProblemCode)> {
    problems
        .shown
        .iter()
        .map(|p| (p.line, p.column.as_str(), p.code))
        .collect()
}

fn office(code: &str, ids: &mut FreshIds) -> Office {
    let text = format!("kode,nama\n{code},Kantor {code}\n");
    after(
        offices(&table(&text), &Registers::default(), ids)
            .into_edits()
            .unwrap(),
    )
    .remove(0)
}

fn rules() -> PeopleRules {
    PeopleRules {
        ranks: Ranks::parse(default_ranks()).unwrap(),
        today: date(2026, 10, 1),
    }
}
