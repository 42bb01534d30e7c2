//! Wire formats as values. Hides offsets, byte order and checksums; knows no sockets and no time.
//!
//! Everything that is parsed here comes from strangers: every read is bounds-checked, and what does not fit
//! is a [`Malformed`], never a panic.

mod dns;
mod http;
mod icmp;
mod ipv4;
mod ntp;
pub mod snmp;
mod stamp;
mod x509;

pub use dns::{DnsKind, DnsQuestion, DnsReply, same_answer};
pub use http::{Body, BodyLength, Head, encode_get, parse_head};
pub use icmp::{
    Asked, Echo, EchoBytes, Message, Peek, Trouble, TroubleBytes, TroubleKind, encode_reply_v4,
    encode_request_v4, encode_request_v6, encode_unreachable_v4, parse_v4, parse_v6, peek_v4, peek_v6,
};
pub use ipv4::{ICMP, Ipv4Packet, encode_ipv4, parse_ipv4};
pub use ntp::{NTP, NtpReply, NtpTime, encode_ntp, encode_ntp_reply, parse_ntp};
pub use stamp::{QUESTION, STAMP, Stamp, Stamper};
pub use x509::{Certificate, parse_certificate};

/// Bytes that are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Fewer bytes than the format needs, or than it says it has.
    #[error("the packet is shorter than its format or its own length field says")]
    Short,
    /// The checksum does not fit.
    #[error("the checksum is wrong")]
    Checksum,
    /// Not this version of the protocol, or a header that contradicts itself.
    #[error("the header contradicts itself")]
    Header,
    /// A piece of a packet. Echoes of our size are never cut.
    #[error("the packet is a fragment")]
    Fragment,
    /// Elements that are not those of the format, or out of its bounds.
    #[error("the encoding is not that of the format")]
    Encoding,
}

/// The internet checksum (RFC 1071). Over bytes that contain their own checksum it gives 0.
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for pair in bytes.chunks(2) {
        sum += u64::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // The loop ends at or below 0xffff.
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Malformed> {
    let pair = bytes.get(at..at + 2).ok_or(Malformed::Short)?;
    Ok(u16::from_be_bytes([pair[0], pair[1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_the_rfc_example() {
        // RFC 1071 section 3: 00 01 f2 03 f4 f5 f6 f7 sums to ddf2.
        assert_eq!(
            checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]),
            !0xddf2
        );
        assert_eq!(checksum(&[0xff]), !0xff00);
        assert_eq!(checksum(&[]), 0xffff);
    }
}
