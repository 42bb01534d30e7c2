//! The way to a host: echoes that may pass one hop, then two, and so on; each hop says who it is by an error.

use std::net::IpAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use rajut_core::check::{Measured, Method, Outcome, Sample, Statistics};
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use serde::Serialize;

use super::{Details, ServiceLook, Terms, Tries, Wanting};
use crate::codec::{Peek, STAMP, Stamp, Stamper, TroubleKind};
use crate::network::{EchoNetwork, Question};
use crate::prober::micros;
use crate::{ProbeError, Prober};

/// Hops at most, as every traceroute has it.
const MOST_HOPS: u8 = 30;
/// Hops in a row that say nothing, after which the way is given up.
const SILENT_HOPS: u8 = 5;
/// How long we rest between two looks at what has come.
const LULL: Duration = Duration::from_millis(2);

/// A host, the way to which is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathService {
    /// What the observation calls it.
    pub target: String,
    /// Its address.
    pub address: IpAddr,
    /// Questions to each hop.
    pub count: NonZeroU16,
}

/// The way to a host.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathLook {
    /// The hops, nearest first.
    pub hops: Vec<Hop>,
    /// Whether the host itself answered.
    pub reached: bool,
    /// Whether an address on the way is none of a private network (RFC 1918, RFC 4193, RFC 6598): the way leads over the
    /// internet.
    pub leaves_intranet: bool,
}

/// A hop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hop {
    /// How many hops from here.
    pub distance: u8,
    /// Who answered; several where the way is not always the same.
    pub addresses: Vec<IpAddr>,
    /// Questions that were to end there.
    pub sent: usize,
    /// How many of them it answered.
    pub received: usize,
    /// The share that it did not answer, percent. Routers answer few of such questions by design: only loss that stays
    /// at every hop behind it is loss.
    pub loss_percent: f64,
    /// Mean round-trip time, milliseconds.
    pub delay_ms: Option<f64>,
}

#[derive(Debug, Clone)]
struct Asked {
    at: Duration,
    answer: Option<(IpAddr, Duration)>,
}

/// Questions by hop and round, and what is known of the end.
struct Walk {
    stamper: Stamper,
    /// Sequence numbers stand under it: an error that quotes no stamp must know it.
    veil: u16,
    to: IpAddr,
    hops: Vec<Vec<Asked>>,
    /// The distance of the host.
    end: Option<u8>,
    /// Who said that the way ends.
    refused_by: Option<IpAddr>,
}

impl Prober {
    /// Follows the way to a host. A network that may send no raw echo hears no error: then nothing is observed.
    pub fn path<N: EchoNetwork>(
        self,
        network: &mut N,
        service: &PathService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> Result<ServiceLook, ProbeError> {
        let mut tries = Tries::new(service.target.clone(), Method::Path, terms, clock);
        let [high, low, ..] = ids.salt();
        let mut walk = Walk {
            stamper: Stamper::new(ids.salt()),
            veil: u16::from_be_bytes([high, low]),
            to: service.address,
            hops: Vec::new(),
            end: None,
            refused_by: None,
        };
        let begun = network.elapsed();
        for round in 0..service.count.get() {
            if let Err(said) = walk.round(network, round, terms.timeout)? {
                tries.raw = Some(said);
                break;
            }
        }
        tries.passed = network.elapsed().saturating_sub(begun);
        let look = walk.look();
        if let Some(last) = walk.end.and_then(|end| walk.hops.get(usize::from(end) - 1)) {
            let sample = |asked: &Asked| Sample {
                offset_us: micros(asked.at.saturating_sub(begun)),
                rtt_us: asked.answer.map(|(_, took)| micros(took)),
            };
            tries.samples = last.iter().map(sample).collect();
        }
        tries.outcome = match () {
            () if look.reached => Outcome::Seen,
            () if tries.raw.is_some() || walk.hops.is_empty() => Outcome::NotObserved,
            () if walk.refused_by.is_some() => Outcome::Unreachable,
            () => Outcome::Silent,
        };
        if let Some(router) = walk.refused_by {
            tries.raw = Some(format!("{router} says unreachable"));
        }
        let mut observation = tries.observation(ids);
        let count = f64::from(u8::try_from(look.hops.len()).unwrap_or(u8::MAX));
        if look.reached {
            observation.measures.push(Measured::new("hops", "count", count));
        }
        Ok(ServiceLook {
            observation,
            wanting: if look.reached || look.hops.is_empty() {
                Vec::new()
            } else {
                vec![Wanting::NotReached]
            },
            details: Some(Details::Path(look)),
        })
    }
}

impl Walk {
    /// Asks every hop once, nearest first; each has its time. Returns our own fault, in words.
    fn round<N: EchoNetwork>(
        &mut self,
        network: &mut N,
        round: u16,
        patience: Duration,
    ) -> Result<Result<(), String>, ProbeError> {
        let mut silent = 0;
        for distance in 1..=self.end.unwrap_or(MOST_HOPS) {
            let at = network.elapsed();
            if let Err(error) = network.limit_hops(self.to, distance) {
                return Ok(Err(error.to_string()));
            }
            let identifier = network.identifier(self.to);
            let stamp = Stamp {
                place: u32::from(distance),
                number: round,
                at,
            };
            let sequence = sequence(distance, round) ^ self.veil;
            let bytes = self
                .stamper
                .question(self.to.is_ipv4(), identifier, sequence, stamp);
            let place = usize::from(distance) - 1;
            if self.hops.len() <= place {
                self.hops.push(Vec::new());
            }
            if let (0, Some(error)) = network.send(&[Question { to: self.to, bytes }]) {
                return Ok(Err(error.to_string()));
            }
            self.hops[place].push(Asked { at, answer: None });
            let answered = |walk: &Self| walk.hops[place].last().is_some_and(|it| it.answer.is_some());
            while !answered(self) && network.elapsed() < at + patience {
                while network.receive(&mut |from, peek, at| self.hear(identifier, from, peek, at))? > 0 {}
                if !answered(self) {
                    network.rest((network.elapsed() + LULL).min(at + patience));
                }
            }
            silent = if answered(self) { 0 } else { silent + 1 };
            let over = self.end.is_some_and(|end| distance >= end) || self.refused_by.is_some();
            if over || silent >= SILENT_HOPS {
                break;
            }
        }
        Ok(Ok(()))
    }

    fn hear(&mut self, identifier: u16, from: IpAddr, peek: Peek<'_>, at: Duration) {
        match peek {
            Peek::Reply(echo) if from == self.to && echo.identifier == identifier => {
                let Some(stamp) = self.stamper.read(echo.payload) else {
                    return;
                };
                let Ok(distance) = u8::try_from(stamp.place) else {
                    return;
                };
                if self.answered(distance, stamp.number, from, at) {
                    self.end = Some(self.end.map_or(distance, |end| end.min(distance)));
                }
            }
            Peek::Trouble(bytes) if bytes.asked.to == self.to && bytes.asked.identifier == identifier => {
                let (distance, round) = match bytes.payload.get(..STAMP).map(|it| self.stamper.read(it)) {
                    Some(Some(stamp)) => (u8::try_from(stamp.place).unwrap_or(0), stamp.number),
                    // It quotes what is not ours.
                    Some(None) => return,
                    None => parts(bytes.asked.sequence ^ self.veil),
                };
                let known = self.answered(distance, round, from, at);
                if known && bytes.trouble.kind == TroubleKind::Unreachable {
                    self.refused_by = Some(from);
                }
            }
            _ => {}
        }
    }

    /// Whether that was asked, and is answered by this for the first time.
    fn answered(&mut self, distance: u8, round: u16, from: IpAddr, at: Duration) -> bool {
        let hop = usize::from(distance)
            .checked_sub(1)
            .and_then(|place| self.hops.get_mut(place));
        match hop.and_then(|hop| hop.get_mut(usize::from(round))) {
            Some(asked) if asked.answer.is_none() => {
                asked.answer = Some((from, at.saturating_sub(asked.at)));
                true
            }
            _ => false,
        }
    }

    fn look(&self) -> PathLook {
        let mut hops: Vec<Hop> = (1..)
            .zip(&self.hops)
            .map(|(distance, asked)| hop(distance, asked))
            .collect();
        // Behind the last that said anything nothing is known.
        let last_told = || {
            hops.iter()
                .rposition(|hop| hop.received > 0)
                .map_or(0, |last| last + 1)
        };
        let length = self.end.map_or_else(last_told, usize::from);
        hops.truncate(length);
        PathLook {
            leaves_intranet: hops
                .iter()
                .flat_map(|hop| &hop.addresses)
                .any(|it| is_public(*it)),
            reached: self.end.is_some(),
            hops,
        }
    }
}

fn hop(distance: u8, asked: &[Asked]) -> Hop {
    let samples: Vec<Sample> = asked
        .iter()
        .map(|it| Sample {
            offset_us: micros(it.at),
            rtt_us: it.answer.map(|(_, took)| micros(took)),
        })
        .collect();
    let statistics = Statistics::of(&samples);
    let mut addresses: Vec<IpAddr> = Vec::new();
    for (from, _) in asked.iter().filter_map(|it| it.answer) {
        if !addresses.contains(&from) {
            addresses.push(from);
        }
    }
    Hop {
        distance,
        addresses,
        sent: statistics.sent,
        received: statistics.received,
        loss_percent: statistics.loss_percent.unwrap_or_default(),
        delay_ms: statistics.round_trip.map(|it| it.avg_us / 1000.0),
    }
}

/// Hop and round in one sequence number: five bits of distance, the rest of the round.
fn sequence(distance: u8, round: u16) -> u16 {
    (round << 5) | u16::from(distance & 31)
}

fn parts(sequence: u16) -> (u8, u16) {
    (u8::try_from(sequence & 31).unwrap_or(0), sequence >> 5)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            let [first, second, ..] = it.octets();
            let shared = first == 100 && second & 0xc0 == 64;
            !(it.is_private() || it.is_loopback() || it.is_link_local() || shared)
        }
        IpAddr::V6(it) => !(it.is_unique_local() || it.is_loopback() || it.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_told_from_the_internet() {
        for (address, public) in [
            ("10.9.1.1", false),
            ("172.31.0.1", false),
            ("192.168.1.1", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("127.0.0.1", false),
            ("203.0.113.1", true),
            ("fd00::1", false),
            ("fe80::1", false),
            ("2001:db8::1", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn hop_and_round_fit_into_a_sequence_number() {
        for distance in 1..=MOST_HOPS {
            for round in [0, 1, 99] {
                assert_eq!(parts(sequence(distance, round)), (distance, round));
            }
        }
    }
}
