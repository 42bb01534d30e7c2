//! ENTITY-MIB (RFC 6933): which of the physical parts is the device itself.

use super::text::{integer, some_text};
use crate::codec::snmp::Oid;
use crate::strategy::snmp::Values;

/// entPhysicalEntry.
pub(super) const ENTRY: &[u32] = &[1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1];

const CONTAINED_IN: u32 = 4;
const CLASS: u32 = 5;
/// entPhysicalClass: the case of a device.
const CHASSIS: i64 = 3;
/// entPhysicalClass: several devices that act as one.
const STACK: i64 = 11;

/// A column of a part.
pub(super) fn cell(told: &Values, column: u32, index: &[u32]) -> Option<String> {
    let name = Oid::new(ENTRY).child(&[column]).child(index);
    told.get(name.arcs()).and_then(some_text)
}

/// A column of the device itself: of its chassis or stack, or of the first part that stands in no other. Of a stack
/// whose own cell is empty, that of its first chassis.
pub(super) fn of_chassis(told: &Values, column: u32) -> Option<(String, Oid)> {
    let wanted = Oid::new(ENTRY).child(&[column]);
    let text = |index: &[u32]| {
        let name = wanted.child(index);
        told.get(name.arcs()).and_then(some_text).map(|text| (text, name))
    };
    let class = Oid::new(ENTRY).child(&[CLASS]);
    let of_class = |wanted: i64| {
        let fits = move |value| integer(value) == Some(wanted);
        told.under(class.arcs())
            .filter(move |(_, value)| fits(value))
            .map(|(index, _)| index)
    };
    let container = Oid::new(ENTRY).child(&[CONTAINED_IN]);
    let top = told
        .under(container.arcs())
        .filter(|(_, value)| integer(value) == Some(0))
        .map(|(index, _)| index);
    of_class(STACK)
        .chain(of_class(CHASSIS))
        .chain(top)
        .chain([&[1][..]])
        .find_map(text)
}
