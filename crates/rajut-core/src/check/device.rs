//! What a device is and how it fares, as it told us itself. Names and units are those of the JSON that
//! `rajut check` prints; a field that the device did not tell is absent, and absence is never a fault.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything that one look at a device named.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Named {
    /// What it is.
    pub device: Device,
    /// Where the fields of [`Device`] were read.
    pub evidence: BTreeMap<String, Evidence>,
    /// Its interfaces (IF-MIB), by index.
    pub interfaces: Vec<Interface>,
    /// Its processors.
    pub processors: Vec<Processor>,
    /// Its memory.
    pub memory: Vec<Memory>,
    /// Its file systems and flash.
    pub storage: Vec<Storage>,
    /// Its sensors.
    pub sensors: Vec<Sensor>,
    /// What its radios tell.
    pub wireless: Vec<Wireless>,
    /// Whom it sees on its ports.
    pub neighbours: Vec<Neighbour>,
}

/// What a device is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    /// Code of its family (`routeros`, `ios`); `generic` when no family fits.
    pub os: String,
    /// The family in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_text: Option<String>,
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// sysDescr (SNMPv2-MIB).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sys_descr: Option<String>,
    /// sysObjectID (SNMPv2-MIB).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sys_object_id: Option<String>,
    /// sysName (SNMPv2-MIB).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sys_name: Option<String>,
    /// sysUpTime (SNMPv2-MIB), seconds; it wraps after 497 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_s: Option<u64>,
    /// Model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// Version of its software.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Edition, licence, further firmware.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<String>,
}

/// Where a fact was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How the fact follows from what was read.
    pub how: How,
    /// The objects that were read.
    pub oids: Vec<String>,
}

/// How a fact follows from what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is one value, unchanged.
    Verbatim,
    /// It is part of one value.
    Contained,
    /// It is composed, or looked up.
    Derived,
}

/// An interface (IF-MIB, RFC 2863).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Interface {
    /// ifIndex.
    pub if_index: u32,
    /// ifDescr.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descr: Option<String>,
    /// ifName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ifAlias: what people wrote about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// ifType, its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_id: Option<u32>,
    /// ifType, its name in the `IANAifType-MIB`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// ifAdminStatus: what it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_status: Option<String>,
    /// ifOperStatus: what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oper_status: Option<String>,
    /// ifHighSpeed, Mbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_speed_mbps: Option<u64>,
    /// Speed, bit/s: ifSpeed, or ifHighSpeed where ifSpeed has no room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_bps: Option<u64>,
    /// ifPhysAddress, as `aa:bb:cc:dd:ee:ff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phys_address: Option<String>,
    /// Octets received: the 64-bit counter where there is one that counts, else the 32-bit one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_octets: Option<u64>,
    /// Octets sent, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_octets: Option<u64>,
    /// ifInErrors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_errors: Option<u64>,
    /// ifOutErrors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_errors: Option<u64>,
    /// Where the fields were read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
}

/// A processor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Processor {
    /// Its name.
    pub descr: String,
    /// How busy it is, whole percent.
    pub usage: f64,
    /// Where that was read.
    pub oid: String,
}

/// A kind of memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Its name.
    pub descr: String,
    /// `system`, `virtual`, `swap`, `buffers`, `cached` or `shared`.
    pub class: String,
    /// Used, whole percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// Bytes there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Bytes used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<i64>,
    /// Bytes free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free: Option<i64>,
    /// Where that was read.
    pub oids: Vec<String>,
}

/// A file system, a disk, a flash card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Storage {
    /// Its name.
    pub descr: String,
    /// What it is (`hrStorageFixedDisk`, `FlashMemory`).
    #[serde(rename = "type")]
    pub kind: String,
    /// Used, whole percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// Bytes there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Bytes used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<i64>,
    /// Where that was read.
    pub oids: Vec<String>,
}

/// A sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sensor {
    /// What it measures: temperature, voltage, current, power, frequency, fanspeed, dbm, humidity, charge,
    /// load, runtime, state, count and others.
    pub class: String,
    /// Its name.
    pub descr: String,
    /// The value, in the unit of its class: degrees Celsius, volt, ampere, watt, hertz, revolutions per minute,
    /// dBm, percent, minutes.
    pub value: f64,
    /// That unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What was read is divided by this, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub divisor: Option<f64>,
    /// What was read is multiplied by this, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<f64>,
    /// Whether the value was converted otherwise (mW to dBm, text to number).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub transformed: bool,
    /// A state in words of its maker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// What that state means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generic: Option<Health>,
    /// Where it was read.
    pub oid: String,
}

/// What a state means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Ok,
    /// Worth a look.
    Warning,
    /// Broken.
    Critical,
    /// It says nothing.
    Unknown,
}

/// What a radio tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wireless {
    /// What is told: clients, frequency (MHz), power (dBm), rate (bit/s), distance (km) and others.
    pub class: String,
    /// Of what.
    pub descr: String,
    /// The value.
    pub value: f64,
    /// What was read is divided by this, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub divisor: Option<f64>,
    /// What was read is multiplied by this, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<f64>,
    /// How several readings became one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<String>,
    /// Where it was read.
    pub oids: Vec<String>,
}

/// Somebody on the other end of a port's cable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Neighbour {
    /// `lldp`, `cdp` or `mndp`.
    pub protocol: String,
    /// The port, as in [`Interface::if_index`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_if_index: Option<u32>,
    /// How the neighbour calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_name: Option<String>,
    /// How the neighbour calls its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_port: Option<String>,
    /// The neighbour's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_address: Option<String>,
    /// Where it was read.
    pub oids: Vec<String>,
}
