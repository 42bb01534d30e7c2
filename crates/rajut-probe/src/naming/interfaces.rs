//! The interfaces: ifTable and ifXTable (IF-MIB, RFC 2863). A row is there when any of its columns is.

use std::collections::BTreeMap;

use rajut_core::check::device::Interface;

use super::if_types;
use super::standard::{IF_ENTRY, IF_X_ENTRY};
use super::text::{count, hardware_address, some_text};
use crate::codec::snmp::{Oid, Value};
use crate::strategy::snmp::Values;

/// More interfaces than any device that one can hold in a hand; the rest is not kept.
const MOST_INTERFACES: usize = 20_000;

const ADMIN: [&str; 3] = ["up", "down", "testing"];
const OPER: [&str; 7] = [
    "up",
    "down",
    "testing",
    "unknown",
    "dormant",
    "notPresent",
    "lowerLayerDown",
];

pub(super) fn interfaces(told: &Values) -> Vec<Interface> {
    let mut rows: BTreeMap<u32, Interface> = BTreeMap::new();
    for table in [IF_ENTRY, IF_X_ENTRY] {
        for (rest, value) in told.under(table) {
            let &[column, index] = rest else { continue };
            if rows.len() >= MOST_INTERFACES && !rows.contains_key(&index) {
                continue;
            }
            let row = rows.entry(index).or_insert_with(|| Interface {
                if_index: index,
                ..Interface::default()
            });
            if let Some(field) = fill(row, table == IF_ENTRY, column, value) {
                let name = Oid::new(table).child(rest).to_string();
                row.evidence.insert(field.to_owned(), name);
            }
        }
    }
    rows.into_values().map(finish).collect()
}

/// Puts a value into its field and names the field.
fn fill(row: &mut Interface, basic: bool, column: u32, value: &Value) -> Option<&'static str> {
    let code = |names: &[&str]| {
        let number = usize::try_from(count(value)?).ok()?;
        names.get(number.checked_sub(1)?).map(|name| (*name).to_owned())
    };
    let set = |field: &mut Option<String>, text: Option<String>| {
        let some = text.is_some();
        if some {
            *field = text;
        }
        some
    };
    let put = |field: &mut Option<u64>, number: Option<u64>| {
        let some = number.is_some();
        if some {
            *field = number;
        }
        some
    };
    // A 64-bit counter that stands at zero is no better than a 32-bit one that counts.
    let better = |field: &mut Option<u64>, number: Option<u64>| {
        let some = number.is_some_and(|number| number > 0 || field.is_none());
        if some {
            *field = number;
        }
        some
    };
    let (name, filled) = match (basic, column) {
        (true, 2) => ("descr", set(&mut row.descr, some_text(value))),
        (true, 3) => {
            row.type_id = count(value).and_then(|number| u32::try_from(number).ok());
            row.kind = row.type_id.map(if_types::name);
            ("type", row.type_id.is_some())
        }
        (true, 5) => ("speed_bps", put(&mut row.speed_bps, count(value))),
        (true, 6) => (
            "phys_address",
            set(&mut row.phys_address, hardware_address(value)),
        ),
        (true, 7) => ("admin_status", set(&mut row.admin_status, code(&ADMIN))),
        (true, 8) => ("oper_status", set(&mut row.oper_status, code(&OPER))),
        (true, 10) => ("in_octets", put(&mut row.in_octets, count(value))),
        (true, 14) => ("in_errors", put(&mut row.in_errors, count(value))),
        (true, 16) => ("out_octets", put(&mut row.out_octets, count(value))),
        (true, 20) => ("out_errors", put(&mut row.out_errors, count(value))),
        (false, 1) => ("name", set(&mut row.name, some_text(value))),
        (false, 6) => ("in_octets", better(&mut row.in_octets, count(value))),
        (false, 10) => ("out_octets", better(&mut row.out_octets, count(value))),
        (false, 15) => ("high_speed_mbps", put(&mut row.high_speed_mbps, count(value))),
        (false, 18) => ("alias", set(&mut row.alias, some_text(value))),
        _ => return None,
    };
    filled.then_some(name)
}

/// ifSpeed has no room above 4.29 Gbit/s; ifHighSpeed has.
fn finish(mut row: Interface) -> Interface {
    let full = row.speed_bps.is_none_or(|speed| speed >= u64::from(u32::MAX));
    if full && let Some(mbps) = row.high_speed_mbps.filter(|&mbps| mbps > 0) {
        row.speed_bps = mbps.checked_mul(1_000_000);
    }
    row
}
