//! Whom a device sees on its ports: LLDP (IEEE 802.1AB), CDP (CISCO-CDP-MIB), MNDP (MIKROTIK-MIB).

use std::net::{Ipv4Addr, Ipv6Addr};

use rajut_core::check::device::Neighbour;

use super::rows::MOST_ROWS;
use super::text::{hardware_address, integer, some_text};
use crate::codec::snmp::{Oid, Value};
use crate::strategy::snmp::Values;

const LLDP_LOCAL_PORT: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 3, 7, 1];
const LLDP_REMOTE: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1];
const LLDP_ADDRESS: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, 3];
const BRIDGE_PORT: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2];
const CDP: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1];
const MNDP: &[u32] = &[1, 3, 6, 1, 4, 1, 14988, 1, 1, 11, 1, 1];
const IF_NAME: &[u32] = &[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1];
const IF_DESCR: &[u32] = &[1, 3, 6, 1, 2, 1, 2, 2, 1, 2];

/// lldpRemPortIdSubtype, lldpRemChassisIdSubtype: the value is a hardware address.
const PORT_IS_MAC: i64 = 3;
const CHASSIS_IS_MAC: i64 = 4;

pub(super) fn neighbours(told: &Values) -> Vec<Neighbour> {
    let mut found = lldp(told);
    found.extend(cdp(told));
    found.extend(mndp(told));
    found
}

fn lldp(told: &Values) -> Vec<Neighbour> {
    let column = |number: u32| Oid::new(LLDP_REMOTE).child(&[number]);
    // The chassis is the one column that every neighbour has.
    let chassis = column(5);
    let one = |(index, value): (&[u32], &Value)| {
        let cell = |number| told.get(column(number).child(index).arcs());
        let &[_, port, _] = index else { return None };
        let named = |value: &Value, subtype: u32, mac: i64| {
            if cell(subtype).and_then(integer) == Some(mac) {
                hardware_address(value)
            } else {
                some_text(value)
            }
        };
        let chassis_name = named(value, 4, CHASSIS_IS_MAC);
        let remote_port = cell(7).and_then(|port| named(port, 6, PORT_IS_MAC));
        Some(Neighbour {
            protocol: "lldp".to_owned(),
            local_if_index: lldp_interface(told, port),
            remote_name: cell(9).and_then(some_text).or(chassis_name),
            remote_port: remote_port.or_else(|| cell(8).and_then(some_text)),
            remote_address: lldp_address(told, index),
            oids: vec![chassis.child(index).to_string()],
        })
    };
    told.under(chassis.arcs())
        .take(MOST_ROWS)
        .filter_map(one)
        .collect()
}

/// The interface of a local port: by the name that LLDP gives it, by the bridge's table, or the number itself.
fn lldp_interface(told: &Values, port: u32) -> Option<u32> {
    let cell = |number: u32| {
        told.get(Oid::new(LLDP_LOCAL_PORT).child(&[number, port]).arcs())
            .and_then(some_text)
    };
    let by_name = [cell(3), cell(4)].into_iter().flatten().find_map(|name| {
        let fits = |table: &'static [u32]| {
            let same = |value: &Value| some_text(value).is_some_and(|other| other == name);
            told.under(table)
                .find(|(_, value)| same(value))
                .and_then(|(index, _)| index.first().copied())
        };
        fits(IF_NAME).or_else(|| fits(IF_DESCR))
    });
    let bridge = || {
        let index = told
            .get(Oid::new(BRIDGE_PORT).child(&[port]).arcs())
            .and_then(integer)?;
        u32::try_from(index).ok()
    };
    let itself = || told.get(Oid::new(IF_DESCR).child(&[port]).arcs()).map(|_| port);
    by_name.or_else(bridge).or_else(itself)
}

/// The first management address: it stands in the name of its row.
fn lldp_address(told: &Values, index: &[u32]) -> Option<String> {
    let rows = Oid::new(LLDP_ADDRESS).child(index);
    told.under(rows.arcs()).find_map(|(rest, _)| match rest {
        [1, 4, address @ ..] => ipv4(address),
        [2, 16, address @ ..] => {
            let bytes: Vec<u8> = address.iter().filter_map(|&arc| u8::try_from(arc).ok()).collect();
            <[u8; 16]>::try_from(bytes)
                .ok()
                .map(|bytes| Ipv6Addr::from(bytes).to_string())
        }
        _ => None,
    })
}

fn ipv4(arcs: &[u32]) -> Option<String> {
    let bytes: Vec<u8> = arcs.iter().filter_map(|&arc| u8::try_from(arc).ok()).collect();
    <[u8; 4]>::try_from(bytes)
        .ok()
        .map(|bytes| Ipv4Addr::from(bytes).to_string())
}

fn address(value: &Value) -> Option<String> {
    match value {
        Value::IpAddress(bytes) => Some(Ipv4Addr::from(*bytes)),
        Value::Octets(bytes) => <[u8; 4]>::try_from(&**bytes).ok().map(Ipv4Addr::from),
        _ => None,
    }
    .filter(|address| !address.is_unspecified())
    .map(|address| address.to_string())
}

fn cdp(told: &Values) -> Vec<Neighbour> {
    let column = |number: u32| Oid::new(CDP).child(&[number]);
    let name = column(6);
    let one = |(index, value): (&[u32], &Value)| {
        let cell = |number| told.get(column(number).child(index).arcs());
        Some(Neighbour {
            protocol: "cdp".to_owned(),
            local_if_index: index.first().copied(),
            remote_name: some_text(value),
            remote_port: cell(7).and_then(some_text),
            remote_address: cell(4).and_then(address),
            oids: vec![name.child(index).to_string()],
        })
    };
    told.under(name.arcs()).take(MOST_ROWS).filter_map(one).collect()
}

fn mndp(told: &Values) -> Vec<Neighbour> {
    let column = |number: u32| Oid::new(MNDP).child(&[number]);
    let place = column(2);
    let one = |(index, value): (&[u32], &Value)| {
        let cell = |number| told.get(column(number).child(index).arcs());
        let mac = cell(3).and_then(hardware_address);
        Some(Neighbour {
            protocol: "mndp".to_owned(),
            local_if_index: cell(8)
                .and_then(integer)
                .and_then(|index| u32::try_from(index).ok()),
            remote_name: cell(6).and_then(some_text).or(mac),
            remote_port: cell(7)
                .and_then(some_text)
                .filter(|port| port.chars().any(char::is_alphabetic)),
            remote_address: address(value),
            oids: vec![place.child(index).to_string()],
        })
    };
    told.under(place.arcs()).take(MOST_ROWS).filter_map(one).collect()
}
