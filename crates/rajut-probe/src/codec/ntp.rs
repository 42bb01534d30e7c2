//! NTP (RFC 5905 section 7.3), as far as a client that asks once needs it.

use super::Malformed;

/// Octets of a packet without extensions.
pub const NTP: usize = 48;
/// Seconds from 1900 to 1970.
const TO_1970: u64 = 2_208_988_800;
const CLIENT_OF_VERSION_4: u8 = 0x23;
const SERVER: u8 = 4;

/// A moment as NTP writes it: seconds since 1900 and their 2^32nd parts, without the era. Only differences below 68
/// years mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NtpTime(u64);

impl NtpTime {
    /// From nanoseconds since 1970.
    pub fn since_1970(nanos: u128) -> Self {
        const SECOND: u128 = 1_000_000_000;
        let seconds = u64::try_from(nanos / SECOND).unwrap_or(u64::MAX);
        // Below 2^32: the rest is less than a second.
        let parts = u64::try_from(((nanos % SECOND) << 32) / SECOND).unwrap_or(0);
        Self((seconds.wrapping_add(TO_1970) << 32) | parts)
    }

    /// How much later this is than another, seconds.
    pub fn later_than(self, other: Self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "53 bits of a difference are nanoseconds up to months"
        )]
        let parts = self.0.wrapping_sub(other.0).cast_signed() as f64;
        parts / 4_294_967_296.0
    }
}

/// What a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NtpReply {
    /// Whether the server itself has a time: leap indicator 3 says that it has none.
    pub synchronised: bool,
    /// Its distance from a clock: 1 has one, 16 has none; 0 is a word in `reference` (kiss-o'-death).
    pub stratum: u8,
    /// Four octets that name its source, or the word by which it refuses.
    pub reference: [u8; 4],
    /// When the question came to it.
    pub received: NtpTime,
    /// When it answered.
    pub answered: NtpTime,
}

/// A question. The cookie stands where our time would, which is nobody's business: the server must return it.
pub fn encode_ntp(cookie: [u8; 8]) -> [u8; NTP] {
    let mut bytes = [0; NTP];
    bytes[0] = CLIENT_OF_VERSION_4;
    bytes[40..].copy_from_slice(&cookie);
    bytes
}

/// Reads the answer to the question with this cookie. Another's answer is malformed.
pub fn parse_ntp(bytes: &[u8], cookie: [u8; 8]) -> Result<NtpReply, Malformed> {
    let bytes = bytes.first_chunk::<NTP>().ok_or(Malformed::Short)?;
    let (first, version) = (bytes[0], (bytes[0] >> 3) & 7);
    if first & 7 != SERVER || !(1..=4).contains(&version) || bytes[24..32] != cookie {
        return Err(Malformed::Header);
    }
    let time = |at: usize| {
        let parts = (at..at + 8).fold(0, |parts, at| (parts << 8) | u64::from(bytes[at]));
        NtpTime(parts)
    };
    Ok(NtpReply {
        synchronised: first >> 6 != 3 && (1..16).contains(&bytes[1]),
        stratum: bytes[1],
        reference: [bytes[12], bytes[13], bytes[14], bytes[15]],
        received: time(32),
        answered: time(40),
    })
}

/// An answer as a server would write it, for the stage.
pub fn encode_ntp_reply(question: &[u8], reply: &NtpReply) -> Option<[u8; NTP]> {
    let question = question.first_chunk::<NTP>()?;
    let mut bytes = [0; NTP];
    bytes[0] = if reply.synchronised { 0x24 } else { 0xe4 };
    bytes[1] = reply.stratum;
    bytes[12..16].copy_from_slice(&reply.reference);
    bytes[24..32].copy_from_slice(&question[40..]);
    bytes[32..40].copy_from_slice(&reply.received.0.to_be_bytes());
    bytes[40..].copy_from_slice(&reply.answered.0.to_be_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COOKIE: [u8; 8] = *b"kue-kami";

    fn reply() -> NtpReply {
        NtpReply {
            synchronised: true,
            stratum: 2,
            reference: [10, 9, 0, 1],
            received: NtpTime::since_1970(1_795_399_200_000_000_000),
            answered: NtpTime::since_1970(1_795_399_200_000_500_000),
        }
    }

    #[test]
    fn a_time_is_that_of_the_rfc() {
        // RFC 5905 figure 4: the first day of Unix is second 2,208,988,800; eras begin anew in 2036.
        assert_eq!(NtpTime::since_1970(0), NtpTime(TO_1970 << 32));
        assert_eq!(
            NtpTime::since_1970(500_000_000),
            NtpTime((TO_1970 << 32) | (1 << 31))
        );
        let before = NtpTime::since_1970(2_085_978_495_000_000_000);
        let after = NtpTime::since_1970(2_085_978_496_500_000_000);
        assert!((after.later_than(before) - 1.5).abs() < 1e-9);
        assert!((before.later_than(after) + 1.5).abs() < 1e-9);
    }

    #[test]
    fn only_the_answer_to_our_question_is_read() {
        let question = encode_ntp(COOKIE);
        assert_eq!((question[0], &question[40..]), (0x23, &COOKIE[..]));
        let bytes = encode_ntp_reply(&question, &reply()).unwrap();
        assert_eq!(parse_ntp(&bytes, COOKIE), Ok(reply()));
        assert_eq!(parse_ntp(&bytes, [0; 8]), Err(Malformed::Header));
        assert_eq!(parse_ntp(&bytes[..47], COOKIE), Err(Malformed::Short));
        assert_eq!(
            parse_ntp(&question, COOKIE),
            Err(Malformed::Header),
            "an echo is no answer"
        );
        for (reply, synchronised) in [
            (
                NtpReply {
                    stratum: 16,
                    ..reply()
                },
                false,
            ),
            (
                NtpReply {
                    stratum: 0,
                    reference: *b"RATE",
                    ..reply()
                },
                false,
            ),
            (
                NtpReply {
                    synchronised: false,
                    ..reply()
                },
                false,
            ),
        ] {
            let bytes = encode_ntp_reply(&question, &reply).unwrap();
            assert_eq!(parse_ntp(&bytes, COOKIE).unwrap().synchronised, synchronised);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), cookie: [u8; 8]) {
            let _ = parse_ntp(&bytes, cookie);
        }
    }
}
