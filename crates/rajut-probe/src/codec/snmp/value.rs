//! The values that SNMP carries (RFC 2578 section 7, RFC 3416 section 3).

use super::super::Malformed;
use super::Oid;
use super::ber::{self, Writer};

const IP_ADDRESS: u8 = 0x40;
const COUNTER32: u8 = 0x41;
const GAUGE32: u8 = 0x42;
const TIME_TICKS: u8 = 0x43;
const OPAQUE: u8 = 0x44;
const COUNTER64: u8 = 0x46;
const NO_SUCH_OBJECT: u8 = 0x80;
const NO_SUCH_INSTANCE: u8 = 0x81;
const END_OF_VIEW: u8 = 0x82;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number. The standard has 32 bits; some devices send more.
    Integer(i64),
    /// Bytes: a text, an address, a bit string.
    Octets(Box<[u8]>),
    /// Nothing: what a question carries.
    Null,
    /// A name.
    ObjectId(Oid),
    /// An `IPv4` address.
    IpAddress([u8; 4]),
    /// A count that wraps at 2^32.
    Counter32(u32),
    /// A measure that stays at its bounds.
    Gauge32(u32),
    /// Hundredths of a second.
    TimeTicks(u32),
    /// Bytes of another encoding; floats travel in it.
    Opaque(Box<[u8]>),
    /// A count that wraps at 2^64.
    Counter64(u64),
    /// The device has no such object.
    NoSuchObject,
    /// The device has the object but not this row.
    NoSuchInstance,
    /// Nothing comes after this name.
    EndOfView,
}

impl Value {
    /// Whether it says that there is no value.
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            Self::Null | Self::NoSuchObject | Self::NoSuchInstance | Self::EndOfView
        )
    }

    /// Bytes that it holds in memory beyond its own size.
    pub fn weight(&self) -> usize {
        match self {
            Self::Octets(bytes) | Self::Opaque(bytes) => bytes.len(),
            Self::ObjectId(oid) => oid.arcs().len() * 4,
            _ => 0,
        }
    }

    pub(super) fn read(tag: u8, content: &[u8]) -> Result<Self, Malformed> {
        // A 32-bit number that a device sends with more bits is cut to those it was meant to have.
        let word = |content| ber::unsigned(content).map(|value| (value & 0xffff_ffff) as u32);
        Ok(match tag {
            ber::INTEGER => Self::Integer(ber::signed(content)?),
            ber::OCTETS => Self::Octets(content.into()),
            ber::NULL => Self::Null,
            ber::OBJECT_ID => Self::ObjectId(Oid::read(content)?),
            IP_ADDRESS => Self::IpAddress(content.try_into().map_err(|_| Malformed::Encoding)?),
            COUNTER32 => Self::Counter32(word(content)?),
            GAUGE32 => Self::Gauge32(word(content)?),
            TIME_TICKS => Self::TimeTicks(word(content)?),
            OPAQUE => Self::Opaque(content.into()),
            COUNTER64 => Self::Counter64(ber::unsigned(content)?),
            NO_SUCH_OBJECT => Self::NoSuchObject,
            NO_SUCH_INSTANCE => Self::NoSuchInstance,
            END_OF_VIEW => Self::EndOfView,
            _ => return Err(Malformed::Encoding),
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Self::Integer(value) => out.signed(ber::INTEGER, *value),
            Self::Octets(bytes) => out.octets(ber::OCTETS, bytes),
            Self::Null => out.octets(ber::NULL, &[]),
            Self::ObjectId(oid) => write_oid(oid, out),
            Self::IpAddress(address) => out.octets(IP_ADDRESS, address),
            Self::Counter32(value) => out.unsigned(COUNTER32, u64::from(*value)),
            Self::Gauge32(value) => out.unsigned(GAUGE32, u64::from(*value)),
            Self::TimeTicks(value) => out.unsigned(TIME_TICKS, u64::from(*value)),
            Self::Opaque(bytes) => out.octets(OPAQUE, bytes),
            Self::Counter64(value) => out.unsigned(COUNTER64, *value),
            Self::NoSuchObject => out.octets(NO_SUCH_OBJECT, &[]),
            Self::NoSuchInstance => out.octets(NO_SUCH_INSTANCE, &[]),
            Self::EndOfView => out.octets(END_OF_VIEW, &[]),
        }
    }
}

pub(super) fn write_oid(oid: &Oid, out: &mut Writer) {
    let mut content = Vec::with_capacity(24);
    oid.write_backwards(&mut content);
    content.reverse();
    out.octets(ber::OBJECT_ID, &content);
}
