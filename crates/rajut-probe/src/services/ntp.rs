//! A clock of the network: how far ours is off, by it.

use std::net::SocketAddr;

use rajut_core::check::{Measured, Method};
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use serde::Serialize;

use super::{Answered, Details, ServiceLook, Terms, Tries, Wanting};
use crate::Prober;
use crate::codec::{NtpReply, NtpTime, encode_ntp, parse_ntp};
use crate::network::ask_datagram;

/// A time server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NtpService {
    /// What the observation calls it.
    pub target: String,
    /// The server.
    pub server: SocketAddr,
}

/// What a time server answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NtpLook {
    /// How much the server's clock is ahead of ours, milliseconds; known within half the delay. Nothing when the server
    /// has no time.
    pub offset_ms: Option<f64>,
    /// The way there and back, without the time that the server took, milliseconds.
    pub delay_ms: f64,
    /// The server's distance from a clock (RFC 5905): 1 has one.
    pub stratum: u8,
    /// Its source, or the word by which it refuses.
    pub reference: String,
}

impl Prober {
    /// Asks a time server.
    pub fn ntp(
        self,
        service: &NtpService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> ServiceLook {
        let mut tries = Tries::new(service.target.clone(), Method::Ntp, terms, clock);
        let mut found = None;
        for _ in 0..terms.tries.get() {
            let cookie = ids.salt().first_chunk().copied().unwrap_or_default();
            let mut reply = None;
            let ended = ask_datagram(
                terms.source,
                service.server,
                &encode_ntp(cookie),
                terms.timeout,
                &mut |bytes| {
                    reply = parse_ntp(bytes, cookie).ok();
                    reply.is_some()
                },
            );
            found = tries.take(ended, terms.timeout).zip(reply);
            if found.is_some() {
                break;
            }
        }
        let mut observation = tries.observation(ids);
        let look = found.map(|(answered, reply)| (NtpLook::of(&answered, &reply), reply.synchronised));
        if let Some((look, _)) = &look {
            let offset = look.offset_ms.map(|it| Measured::new("clock_offset", "ms", it));
            observation.measures.extend(offset);
        }
        ServiceLook {
            observation,
            wanting: match &look {
                Some((_, false)) => vec![Wanting::NotSynchronised],
                _ => Vec::new(),
            },
            details: look.map(|(look, _)| Details::Ntp(look)),
        }
    }
}

impl NtpLook {
    /// Offset and delay by RFC 5905 section 8. The second of our times is the first and how long it took, so that a
    /// clock that is set meanwhile does no harm.
    fn of(answered: &Answered, reply: &NtpReply) -> Self {
        let asked = NtpTime::since_1970(answered.sent_at.as_nanos());
        let heard = NtpTime::since_1970((answered.sent_at + answered.took).as_nanos());
        let offset = f64::midpoint(reply.received.later_than(asked), reply.answered.later_than(heard));
        let delay = heard.later_than(asked) - reply.answered.later_than(reply.received);
        let words = String::from_utf8_lossy(&reply.reference);
        let words = words.trim_end_matches('\0');
        let is_word = reply.stratum <= 1 && words.chars().all(|it| it.is_ascii_graphic());
        Self {
            offset_ms: reply.synchronised.then_some(offset * 1000.0),
            delay_ms: delay * 1000.0,
            stratum: reply.stratum,
            reference: if is_word {
                words.to_owned()
            } else {
                std::net::Ipv4Addr::from(reply.reference).to_string()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn offset_and_delay_are_those_of_the_rfc() {
        let sent_at = Duration::from_hours(498_722);
        let answered = Answered {
            bytes: Vec::new(),
            took: Duration::from_millis(30),
            sent_at,
        };
        // The server is 100 ms ahead, and the way there and back takes 10 ms each; it thinks for 10 ms.
        let at = |ms| NtpTime::since_1970((sent_at + Duration::from_millis(ms)).as_nanos());
        let reply = NtpReply {
            synchronised: true,
            stratum: 1,
            reference: *b"GPS\0",
            received: at(110),
            answered: at(120),
        };
        let look = NtpLook::of(&answered, &reply);
        assert!((look.offset_ms.unwrap() - 100.0).abs() < 1e-3, "{look:?}");
        assert!((look.delay_ms - 20.0).abs() < 1e-3, "{look:?}");
        assert_eq!(look.reference, "GPS");
        let lost = NtpReply {
            synchronised: false,
            stratum: 16,
            ..reply
        };
        assert_eq!(NtpLook::of(&answered, &lost).offset_ms, None);
        let made_up = NtpReply {
            stratum: 1,
            reference: [27, 91, 50, 74],
            ..reply
        };
        assert_eq!(NtpLook::of(&answered, &made_up).reference, "27.91.50.74");
    }
}
