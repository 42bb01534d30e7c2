//! The objects that every device is asked, whatever its family.

use crate::codec::snmp::Oid;

pub(super) const SYS_DESCR: &[u32] = &[1, 3, 6, 1, 2, 1, 1, 1, 0];
pub(super) const SYS_OBJECT_ID: &[u32] = &[1, 3, 6, 1, 2, 1, 1, 2, 0];
pub(super) const SYS_UP_TIME: &[u32] = &[1, 3, 6, 1, 2, 1, 1, 3, 0];
pub(super) const SYS_NAME: &[u32] = &[1, 3, 6, 1, 2, 1, 1, 5, 0];

/// ifEntry (IF-MIB, RFC 2863).
pub(super) const IF_ENTRY: &[u32] = &[1, 3, 6, 1, 2, 1, 2, 2, 1];
/// ifXEntry.
pub(super) const IF_X_ENTRY: &[u32] = &[1, 3, 6, 1, 2, 1, 31, 1, 1, 1];

/// Subtrees, each with its source.
const ROOTS: &[&[u32]] = &[
    // dot1dBasePortIfIndex (BRIDGE-MIB, RFC 4188): which interface a port of LLDP is.
    &[1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2],
    // hrMemorySize, hrStorageEntry, hrDeviceDescr, hrProcessorLoad (HOST-RESOURCES-MIB, RFC 2790).
    &[1, 3, 6, 1, 2, 1, 25, 2, 2],
    &[1, 3, 6, 1, 2, 1, 25, 2, 3, 1],
    &[1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3],
    &[1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2],
    // entPhysicalEntry (ENTITY-MIB, RFC 6933).
    super::entity::ENTRY,
    // entPhySensorEntry (ENTITY-SENSOR-MIB, RFC 3433).
    &[1, 3, 6, 1, 2, 1, 99, 1, 1, 1],
    // entSensorValueEntry (CISCO-ENTITY-SENSOR-MIB).
    &[1, 3, 6, 1, 4, 1, 9, 9, 91, 1, 1, 1, 1],
    // pethMainPseEntry (POWER-ETHERNET-MIB, RFC 3621).
    &[1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1],
    // Memory, disks, idle time, lm-sensors (UCD-SNMP-MIB, LM-SENSORS-MIB).
    &[1, 3, 6, 1, 4, 1, 2021, 4],
    &[1, 3, 6, 1, 4, 1, 2021, 9, 1],
    &[1, 3, 6, 1, 4, 1, 2021, 11, 11],
    &[1, 3, 6, 1, 4, 1, 2021, 13, 16],
    // lldpLocPortTable, lldpRemTable, lldpRemManAddrTable (LLDP-MIB, IEEE 802.1AB).
    &[1, 0, 8802, 1, 1, 2, 1, 3, 7, 1],
    &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1],
    &[1, 0, 8802, 1, 1, 2, 1, 4, 2, 1],
    // cdpCacheEntry (CISCO-CDP-MIB).
    &[1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1],
    // mtxrNeighborTableEntry (MIKROTIK-MIB).
    &[1, 3, 6, 1, 4, 1, 14988, 1, 1, 11, 1, 1],
    // UPS-MIB (RFC 1628).
    &[1, 3, 6, 1, 2, 1, 33, 1],
];

/// What to ask first: what the device calls itself.
pub fn first_questions() -> Vec<Oid> {
    [SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME, SYS_NAME]
        .map(Oid::new)
        .to_vec()
}

/// The subtrees of the standard MIBs that are walked: those of the ports, and the others.
pub fn standard_roots() -> (Vec<Oid>, Vec<Oid>) {
    let ports = [IF_ENTRY, IF_X_ENTRY].map(Oid::new).to_vec();
    (ports, ROOTS.iter().map(|root| Oid::new(root)).collect())
}
