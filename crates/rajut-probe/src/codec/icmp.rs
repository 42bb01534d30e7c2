//! ICMP (RFC 792) and `ICMPv6` (RFC 4443): echo, and the errors that answer one.

use std::net::{IpAddr, Ipv6Addr};

use super::ipv4::{ICMP, parse_header};
use super::{Malformed, checksum, u16_at};

const HEADER: usize = 8;
const V4_ECHO_REPLY: u8 = 0;
const V4_UNREACHABLE: u8 = 3;
const V4_ECHO_REQUEST: u8 = 8;
const V4_EXPIRED: u8 = 11;
const V4_PARAMETER: u8 = 12;
const V6_UNREACHABLE: u8 = 1;
const V6_TOO_BIG: u8 = 2;
const V6_EXPIRED: u8 = 3;
const V6_PARAMETER: u8 = 4;
const V6_ECHO_REQUEST: u8 = 128;
const V6_ECHO_REPLY: u8 = 129;
const V6_IP_HEADER: usize = 40;
const V6_ICMP: u8 = 58;

/// An echo, request or reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// Tells the conversations of one host apart.
    pub identifier: u16,
    /// Tells the echoes of one conversation apart.
    pub sequence: u16,
    /// What the other side must send back unchanged.
    pub payload: Vec<u8>,
}

/// An ICMP message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Somebody asks.
    EchoRequest(Echo),
    /// Somebody answers.
    EchoReply(Echo),
    /// Somebody on the way says that an echo could not be delivered.
    Unreachable {
        /// Why, by the codes of the RFC (for `IPv4` 0 network, 1 host, 13 prohibited).
        code: u8,
        /// Which echo.
        asked: Asked,
    },
    /// A message of another kind.
    Other,
}

/// The echo request that an error is about, as far as the error quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// To whom it was sent.
    pub to: IpAddr,
    /// Its identifier.
    pub identifier: u16,
    /// Its sequence number.
    pub sequence: u16,
}

/// An echo request for `IPv4`.
pub fn encode_request_v4(echo: &Echo) -> Vec<u8> {
    encode_v4(V4_ECHO_REQUEST, echo)
}

/// An echo reply for `IPv4`.
pub fn encode_reply_v4(echo: &Echo) -> Vec<u8> {
    encode_v4(V4_ECHO_REPLY, echo)
}

/// An echo request for `IPv6`. The checksum covers addresses that only the kernel knows, so the kernel
/// writes it on every `ICMPv6` socket (RFC 3542 section 3.1); it is zero here.
pub fn encode_request_v6(echo: &Echo) -> Vec<u8> {
    encode(V6_ECHO_REQUEST, echo)
}

/// An ICMP message as it lies in its bytes: nothing is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peek<'a> {
    /// Somebody asks.
    Request(EchoBytes<'a>),
    /// Somebody answers.
    Reply(EchoBytes<'a>),
    /// Somebody on the way says that an echo went no further.
    Trouble(TroubleBytes<'a>),
    /// A message of another kind.
    Other,
}

/// An echo as it lies in its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EchoBytes<'a> {
    /// Tells the conversations of one host apart.
    pub identifier: u16,
    /// Tells the echoes of one conversation apart.
    pub sequence: u16,
    /// What the other side must send back unchanged.
    pub payload: &'a [u8],
}

/// An error about one of our echoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TroubleBytes<'a> {
    /// What went wrong.
    pub trouble: Trouble,
    /// The echo that it is about.
    pub asked: Asked,
    /// The payload of that echo, as far as the error quotes it; it need not quote any (RFC 792).
    pub payload: &'a [u8],
}

/// What somebody on the way says went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trouble {
    /// The kind.
    pub kind: TroubleKind,
    /// Why, by the codes of the RFC (for unreachable in `IPv4` 0 network, 1 host, 13 prohibited).
    pub code: u8,
}

/// The kinds of ICMP errors (RFC 792, RFC 4443).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// The destination cannot be reached.
    Unreachable,
    /// The packet does not fit through a link (RFC 4443; in `IPv4` it is code 4 of unreachable).
    TooBig,
    /// It passed as many hops as it was allowed.
    Expired,
    /// A field of its header cannot be used.
    Parameter,
}

impl TroubleKind {
    /// The stable code, as it stands in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TooBig => "too_big",
            Self::Expired => "expired",
            Self::Parameter => "parameter",
        }
    }
}

/// Reads an `IPv4` ICMP message and checks its checksum.
pub fn parse_v4(bytes: &[u8]) -> Result<Message, Malformed> {
    peek_v4(bytes).map(Message::from)
}

/// Reads an `ICMPv6` message. The kernel has checked its checksum (RFC 3542 section 3.1).
pub fn parse_v6(bytes: &[u8]) -> Result<Message, Malformed> {
    peek_v6(bytes).map(Message::from)
}

/// Looks at an `IPv4` ICMP message and checks its checksum.
pub fn peek_v4(bytes: &[u8]) -> Result<Peek<'_>, Malformed> {
    if bytes.len() < HEADER {
        return Err(Malformed::Short);
    }
    if checksum(bytes) != 0 {
        return Err(Malformed::Checksum);
    }
    let kind = match bytes[0] {
        V4_ECHO_REQUEST => return Ok(Peek::Request(echo(bytes)?)),
        V4_ECHO_REPLY => return Ok(Peek::Reply(echo(bytes)?)),
        V4_UNREACHABLE => TroubleKind::Unreachable,
        V4_EXPIRED => TroubleKind::Expired,
        V4_PARAMETER => TroubleKind::Parameter,
        _ => return Ok(Peek::Other),
    };
    let code = bytes[1];
    let quoted = &bytes[HEADER..];
    let header = parse_header(quoted)?;
    let to = IpAddr::V4(header.destination);
    let is_icmp = header.protocol == ICMP;
    let trouble = Trouble { kind, code };
    about(trouble, to, is_icmp, &quoted[header.length..], V4_ECHO_REQUEST)
}

/// Looks at an `ICMPv6` message. The kernel has checked its checksum (RFC 3542 section 3.1).
pub fn peek_v6(bytes: &[u8]) -> Result<Peek<'_>, Malformed> {
    if bytes.len() < HEADER {
        return Err(Malformed::Short);
    }
    let kind = match bytes[0] {
        V6_ECHO_REQUEST => return Ok(Peek::Request(echo(bytes)?)),
        V6_ECHO_REPLY => return Ok(Peek::Reply(echo(bytes)?)),
        V6_UNREACHABLE => TroubleKind::Unreachable,
        V6_TOO_BIG => TroubleKind::TooBig,
        V6_EXPIRED => TroubleKind::Expired,
        V6_PARAMETER => TroubleKind::Parameter,
        _ => return Ok(Peek::Other),
    };
    let quoted = &bytes[HEADER..];
    let header = quoted.get(..V6_IP_HEADER).ok_or(Malformed::Short)?;
    if header[0] >> 4 != 6 {
        return Err(Malformed::Header);
    }
    let mut to = [0_u8; 16];
    to.copy_from_slice(&header[24..40]);
    let to = IpAddr::V6(Ipv6Addr::from(to));
    let trouble = Trouble { kind, code: bytes[1] };
    let is_icmp = header[6] == V6_ICMP;
    about(trouble, to, is_icmp, &quoted[V6_IP_HEADER..], V6_ECHO_REQUEST)
}

fn about(
    trouble: Trouble,
    to: IpAddr,
    is_icmp: bool,
    quoted: &[u8],
    request: u8,
) -> Result<Peek<'_>, Malformed> {
    if !is_icmp || quoted.first() != Some(&request) {
        return Ok(Peek::Other);
    }
    let asked = Asked {
        to,
        identifier: u16_at(quoted, 4)?,
        sequence: u16_at(quoted, 6)?,
    };
    let payload = &quoted[HEADER..];
    Ok(Peek::Trouble(TroubleBytes {
        trouble,
        asked,
        payload,
    }))
}

fn echo(bytes: &[u8]) -> Result<EchoBytes<'_>, Malformed> {
    Ok(EchoBytes {
        identifier: u16_at(bytes, 4)?,
        sequence: u16_at(bytes, 6)?,
        payload: bytes.get(HEADER..).ok_or(Malformed::Short)?,
    })
}

impl From<EchoBytes<'_>> for Echo {
    fn from(bytes: EchoBytes<'_>) -> Self {
        Self {
            identifier: bytes.identifier,
            sequence: bytes.sequence,
            payload: bytes.payload.to_vec(),
        }
    }
}

impl From<Peek<'_>> for Message {
    fn from(peek: Peek<'_>) -> Self {
        match peek {
            Peek::Request(echo) => Self::EchoRequest(echo.into()),
            Peek::Reply(echo) => Self::EchoReply(echo.into()),
            Peek::Trouble(TroubleBytes { trouble, asked, .. })
                if trouble.kind == TroubleKind::Unreachable =>
            {
                Self::Unreachable {
                    code: trouble.code,
                    asked,
                }
            }
            Peek::Trouble(_) | Peek::Other => Self::Other,
        }
    }
}

impl Echo {
    fn peek(&self) -> EchoBytes<'_> {
        EchoBytes {
            identifier: self.identifier,
            sequence: self.sequence,
            payload: &self.payload,
        }
    }
}

impl Message {
    /// The message as it would lie in its bytes.
    pub fn peek(&self) -> Peek<'_> {
        match self {
            Self::EchoRequest(echo) => Peek::Request(echo.peek()),
            Self::EchoReply(echo) => Peek::Reply(echo.peek()),
            Self::Unreachable { code, asked } => Peek::Trouble(TroubleBytes {
                trouble: Trouble {
                    kind: TroubleKind::Unreachable,
                    code: *code,
                },
                asked: *asked,
                payload: &[],
            }),
            Self::Other => Peek::Other,
        }
    }
}

/// An `IPv4` error of kind unreachable that quotes a packet.
pub fn encode_unreachable_v4(code: u8, quoted: &[u8]) -> Vec<u8> {
    let mut bytes = vec![V4_UNREACHABLE, code, 0, 0, 0, 0, 0, 0];
    bytes.extend(quoted);
    let sum = checksum(&bytes);
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn encode(kind: u8, echo: &Echo) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 0, 0];
    bytes.extend(echo.identifier.to_be_bytes());
    bytes.extend(echo.sequence.to_be_bytes());
    bytes.extend(&echo.payload);
    bytes
}

fn encode_v4(kind: u8, echo: &Echo) -> Vec<u8> {
    let mut bytes = encode(kind, echo);
    let sum = checksum(&bytes);
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::{Ipv4Packet, encode_ipv4};
    use super::*;
    use proptest::prelude::*;

    fn echo() -> Echo {
        Echo {
            identifier: 0x1234,
            sequence: 7,
            payload: b"contoh".to_vec(),
        }
    }

    #[test]
    fn an_echo_request_has_the_bytes_of_the_rfc() {
        let bytes = encode_request_v4(&Echo {
            identifier: 1,
            sequence: 2,
            payload: vec![],
        });
        assert_eq!(bytes, [8, 0, 0xf7, 0xfc, 0, 1, 0, 2]);
        assert_eq!(encode_request_v6(&echo())[..8], [128, 0, 0, 0, 0x12, 0x34, 0, 7]);
    }

    #[test]
    fn a_changed_bit_is_noticed() {
        let mut bytes = encode_reply_v4(&echo());
        assert_eq!(parse_v4(&bytes), Ok(Message::EchoReply(echo())));
        bytes[9] ^= 1;
        assert_eq!(parse_v4(&bytes), Err(Malformed::Checksum));
        assert_eq!(parse_v4(&bytes[..7]), Err(Malformed::Short));
    }

    #[test]
    fn an_error_names_the_echo_that_it_quotes() {
        let to = std::net::Ipv4Addr::new(10, 9, 1, 1);
        let request = encode_request_v4(&echo());
        let packet = Ipv4Packet {
            source: [10, 0, 0, 1].into(),
            destination: to,
            protocol: ICMP,
            payload: &request,
        };
        let quoted = encode_ipv4(&packet);
        let asked = Asked {
            to: to.into(),
            identifier: 0x1234,
            sequence: 7,
        };
        // The RFC asks for the header and eight bytes only.
        assert_eq!(
            parse_v4(&encode_unreachable_v4(1, &quoted[..28])),
            Ok(Message::Unreachable { code: 1, asked })
        );
        assert_eq!(
            parse_v4(&encode_unreachable_v4(1, &quoted[..27])),
            Err(Malformed::Short)
        );
        assert_eq!(
            parse_v4(&encode_unreachable_v4(1, &quoted[..12])),
            Err(Malformed::Short)
        );
        let udp = encode_ipv4(&Ipv4Packet {
            protocol: 17,
            ..packet
        });
        assert_eq!(parse_v4(&encode_unreachable_v4(3, &udp)), Ok(Message::Other));
    }

    #[test]
    fn an_error_of_version_six_names_its_echo_too() {
        let to: Ipv6Addr = "2001:db8::7".parse().unwrap();
        let mut bytes = vec![V6_UNREACHABLE, 3, 0, 0, 0, 0, 0, 0, 0x60];
        bytes.extend([0; 5]);
        bytes.extend([V6_ICMP, 64]);
        bytes.extend([0; 16]);
        bytes.extend(to.octets());
        bytes.extend(encode_request_v6(&echo()));
        let asked = Asked {
            to: to.into(),
            identifier: 0x1234,
            sequence: 7,
        };
        assert_eq!(parse_v6(&bytes), Ok(Message::Unreachable { code: 3, asked }));
        assert_eq!(parse_v6(&bytes[..40]), Err(Malformed::Short));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..120), kind in prop::sample::select(vec![0_u8, 1, 3, 8, 128, 129])) {
            let _ = parse_v4(&bytes);
            let _ = parse_v6(&bytes);
            // Past the checksum and into the kinds that are looked at.
            if bytes.len() >= 4 {
                bytes[0] = kind;
                bytes[2..4].fill(0);
                let sum = checksum(&bytes);
                bytes[2..4].copy_from_slice(&sum.to_be_bytes());
                prop_assert_ne!(parse_v4(&bytes), Err(Malformed::Checksum));
                let _ = parse_v6(&bytes);
            }
        }

        #[test]
        fn what_is_written_is_read(identifier: u16, sequence: u16, payload in prop::collection::vec(any::<u8>(), 0..200)) {
            let echo = Echo { identifier, sequence, payload };
            prop_assert_eq!(parse_v4(&encode_request_v4(&echo)), Ok(Message::EchoRequest(echo.clone())));
            prop_assert_eq!(parse_v4(&encode_reply_v4(&echo)), Ok(Message::EchoReply(echo.clone())));
            prop_assert_eq!(parse_v6(&encode_request_v6(&echo)), Ok(Message::EchoRequest(echo)));
        }
    }
}
