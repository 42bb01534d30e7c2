//! The `IPv4` header (RFC 791), as far as echoes need it.

use std::net::Ipv4Addr;

use super::{Malformed, checksum, u16_at};

/// Protocol number of ICMP.
pub const ICMP: u8 = 1;

const HEADER: usize = 20;
const DO_NOT_FRAGMENT: u16 = 0x4000;
const FRAGMENT: u16 = 0x3fff;
const HOPS: u8 = 64;

/// A whole `IPv4` packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv4Packet<'a> {
    /// From.
    pub source: Ipv4Addr,
    /// To.
    pub destination: Ipv4Addr,
    /// Protocol number of the payload.
    pub protocol: u8,
    /// What it carries.
    pub payload: &'a [u8],
}

/// Reads a packet. Its checksum is the kernel's business: it drops what does not fit before we see it.
pub fn parse_ipv4(bytes: &[u8]) -> Result<Ipv4Packet<'_>, Malformed> {
    let header = parse_header(bytes)?;
    let total = usize::from(u16_at(bytes, 2)?);
    if u16_at(bytes, 6)? & FRAGMENT != 0 {
        return Err(Malformed::Fragment);
    }
    let payload = bytes.get(header.length..total).ok_or(Malformed::Short)?;
    Ok(Ipv4Packet {
        source: header.source,
        destination: header.destination,
        protocol: header.protocol,
        payload,
    })
}

/// Writes a packet with 64 hops and the don't-fragment bit.
///
/// A payload that does not fit into 65,535 bytes with its header is cut; no caller has one.
pub fn encode_ipv4(packet: &Ipv4Packet<'_>) -> Vec<u8> {
    let payload = &packet.payload[..packet.payload.len().min(usize::from(u16::MAX) - HEADER)];
    let total = u16::try_from(HEADER + payload.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![0x45, 0];
    bytes.extend(total.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(DO_NOT_FRAGMENT.to_be_bytes());
    bytes.extend([HOPS, packet.protocol, 0, 0]);
    bytes.extend(packet.source.octets());
    bytes.extend(packet.destination.octets());
    let sum = checksum(&bytes);
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(super) struct Header {
    pub(super) length: usize,
    pub(super) source: Ipv4Addr,
    pub(super) destination: Ipv4Addr,
    pub(super) protocol: u8,
}

/// The header alone: an ICMP error quotes it with a total length larger than what is quoted.
pub(super) fn parse_header(bytes: &[u8]) -> Result<Header, Malformed> {
    let fixed = bytes.get(..HEADER).ok_or(Malformed::Short)?;
    let length = usize::from(fixed[0] & 0x0f) * 4;
    if fixed[0] >> 4 != 4 || length < HEADER {
        return Err(Malformed::Header);
    }
    if bytes.len() < length {
        return Err(Malformed::Short);
    }
    Ok(Header {
        length,
        source: Ipv4Addr::new(fixed[12], fixed[13], fixed[14], fixed[15]),
        destination: Ipv4Addr::new(fixed[16], fixed[17], fixed[18], fixed[19]),
        protocol: fixed[9],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_packet_that_lies_about_itself_is_malformed() {
        let packet = Ipv4Packet {
            source: [10, 0, 0, 1].into(),
            destination: [10, 0, 0, 2].into(),
            protocol: ICMP,
            payload: b"abcd",
        };
        let good = encode_ipv4(&packet);
        assert_eq!(parse_ipv4(&good), Ok(packet));
        assert_eq!(checksum(&good[..20]), 0);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            parse_ipv4(&bytes).unwrap_err()
        };
        assert_eq!(with(0, 0x65), Malformed::Header, "version 6");
        assert_eq!(with(0, 0x44), Malformed::Header, "a header of 16 bytes");
        assert_eq!(with(0, 0x4f), Malformed::Short, "a header of 60 bytes");
        assert_eq!(with(3, 25), Malformed::Short, "one byte more than there is");
        assert_eq!(with(3, 19), Malformed::Short, "less than its header");
        assert_eq!(with(6, 0x20), Malformed::Fragment);
        assert_eq!(parse_ipv4(&good[..19]), Err(Malformed::Short));
        let mut padded = good.clone();
        padded.push(0);
        assert_eq!(parse_ipv4(&padded), Ok(packet), "Ethernet padding is not payload");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(packet) = parse_ipv4(&bytes) {
                prop_assert!(packet.payload.len() + 20 <= bytes.len());
            }
        }

        #[test]
        fn what_is_written_is_read(source: [u8; 4], destination: [u8; 4], protocol: u8, payload in prop::collection::vec(any::<u8>(), 0..200)) {
            let packet = Ipv4Packet { source: source.into(), destination: destination.into(), protocol, payload: &payload };
            let bytes = encode_ipv4(&packet);
            prop_assert_eq!(parse_ipv4(&bytes), Ok(packet));
        }
    }
}
