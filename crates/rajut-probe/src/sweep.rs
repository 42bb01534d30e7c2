//! Carries out a sweep on a network, and gives what was seen of each address.

use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rajut_core::check::{Measured, Method, Observation, Outcome, Statistics, Vantage};
use rajut_core::clock::{Clock, to_millis};
use rajut_core::id::FreshIds;

use crate::codec::{Peek, STAMP, Stamp, Stamper, TroubleBytes, TroubleKind};
use crate::network::{EchoNetwork, Question, SendError, Way};
use crate::prober::{DRAIN, TRIES_WHEN_FULL, micros};
use crate::strategy::sweep::{
    Failure, Reported, SweepAddresses, SweepHeard, SweepPlan, SweepSettings, SweepStep, Tally,
};
use crate::{ProbeError, Prober};

/// Answers may lie in the socket for so long before we look: their time is the kernel's.
const LULL: Duration = Duration::from_millis(5);
/// How often whoever started the sweep is told, and may end it.
const TELL: Duration = Duration::from_millis(100);
/// Full reads after which a flood of strangers no longer keeps a sweep from ending.
const LAST_READS: u32 = 1000;

/// How far a sweep is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Questions sent.
    pub sent: u64,
    /// Questions answered.
    pub answered: u64,
    /// Questions to be sent in all.
    pub all: u64,
}

/// What a sweep saw.
#[derive(Debug)]
pub struct Sweep {
    addresses: SweepAddresses,
    plan: SweepPlan,
    tally: Tally,
    /// By version of IP, where there is any.
    ways: [Option<Way>; 2],
    vantage: Vantage,
    wall: Timestamp,
    begun: Duration,
    ended: Duration,
    timeout: Duration,
    dropped: u64,
    interrupted: bool,
}

/// What was seen of one address.
#[derive(Debug, Clone, PartialEq)]
pub struct Swept {
    /// The address.
    pub address: IpAddr,
    /// By which way it was asked.
    pub way: Way,
    /// What was seen. Its measures hold `duplicates`, `late` and `foreign` where there were any.
    pub observation: Observation,
    /// Errors about it, with their senders.
    pub errors: Vec<Reported>,
    /// How many more errors there were, of other kinds or senders.
    pub more_errors: u16,
}

impl Prober {
    /// Asks all addresses in waves. `go_on` is told how far it is, ten times a second, and ends the sweep by saying no:
    /// then what is known is given. `ids` gives the key by which we know our own answers.
    pub fn sweep<N: EchoNetwork>(
        self,
        network: &mut N,
        clock: &dyn Clock,
        ids: &mut FreshIds,
        addresses: SweepAddresses,
        settings: &SweepSettings,
        go_on: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Sweep, ProbeError> {
        let (wall, begun) = (clock.now(), network.elapsed());
        let first = |is_v4| addresses.all().iter().copied().find(|it| it.is_ipv4() == is_v4);
        let first_of_each = [first(true), first(false)];
        let [high, low, ..] = ids.salt();
        let mut run = Run {
            stamper: Stamper::new(ids.salt()),
            veil: u16::from_be_bytes([high, low]),
            plan: SweepPlan::new(addresses.all(), settings, begun),
            tally: Tally::new(addresses.all().len()),
            addresses: addresses.all(),
            sorted: Vec::new(),
            batch: Vec::new(),
            identifiers: first_of_each.map(|it| it.map(|it| network.identifier(it))),
            full: 0,
        };
        let finished = run.carry_out(network, go_on)?;
        let ways = first_of_each.map(|it| it.map(|it| network.way(it)));
        let Run { plan, tally, .. } = run;
        Ok(Sweep {
            plan,
            tally,
            ways,
            vantage: settings.vantage,
            wall,
            begun,
            ended: network.elapsed(),
            timeout: settings.timeout,
            dropped: network.dropped(),
            interrupted: !finished,
            addresses,
        })
    }
}

struct Run<'a> {
    stamper: Stamper,
    /// Sequence numbers are those of the questions under this veil: an error that quotes no stamp must know it.
    veil: u16,
    plan: SweepPlan,
    tally: Tally,
    addresses: &'a [IpAddr],
    /// Places by address; made when somebody must be found by address.
    sorted: Vec<u32>,
    batch: Vec<Question>,
    /// Those of our echoes by version of IP: ping sockets have one each.
    identifiers: [Option<u16>; 2],
    /// Tries in a row that found our queues full.
    full: u32,
}

impl Run<'_> {
    /// Returns whether it came to its end.
    fn carry_out<N: EchoNetwork>(
        &mut self,
        network: &mut N,
        go_on: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<bool, ProbeError> {
        let mut tell_at = network.elapsed();
        let mut last_reads = 0;
        loop {
            let read = self.hear(network)?;
            let now = network.elapsed();
            if now >= tell_at {
                tell_at = now + TELL;
                let (sent, answered, all) = self.plan.progress();
                if !go_on(Progress { sent, answered, all }) {
                    return Ok(false);
                }
            }
            match self.plan.next(now) {
                SweepStep::Ask(number) => self.ask(network, number, now),
                SweepStep::Wait(until) => network.rest(until.min(now + LULL).min(tell_at)),
                // What came in time may still lie there.
                SweepStep::Done if read > 0 && last_reads < LAST_READS => last_reads += 1,
                SweepStep::Done => return Ok(true),
            }
        }
    }

    fn ask<N: EchoNetwork>(&mut self, network: &mut N, number: usize, at: Duration) {
        let (places, number) = self.plan.upcoming(number);
        self.batch.clear();
        for &place in places {
            let to = self.addresses[place as usize];
            let stamp = Stamp { place, number, at };
            let bytes =
                self.stamper
                    .question(to.is_ipv4(), network.identifier(to), number ^ self.veil, stamp);
            self.batch.push(Question { to, bytes });
        }
        let first = places.first().copied();
        let place_of = |sent: usize| places.get(sent).copied().or(first).unwrap_or_default();
        let (sent, error) = network.send(&self.batch);
        let failed = place_of(sent);
        if sent > 0 {
            self.full = 0;
            self.plan.sent(sent, at);
        }
        match error {
            None => {}
            Some(SendError::Unreachable) => {
                self.plan.sent(1, at);
                self.tally.failed(failed, Failure::Unreachable);
            }
            Some(SendError::Busy(_)) if self.full < TRIES_WHEN_FULL => {
                self.full += 1;
                self.plan.defer(at + DRAIN);
            }
            Some(error @ (SendError::Busy(_) | SendError::OurFault(_))) => {
                let place = self.plan.skipped(at);
                self.tally.failed(place, Failure::OurFault);
                self.tally.said.get_or_insert_with(|| error.to_string());
            }
        }
    }

    fn hear<N: EchoNetwork>(&mut self, network: &mut N) -> Result<usize, ProbeError> {
        let identifiers = self.identifiers;
        let is_ours = |address: IpAddr, identifier: u16| {
            identifiers[usize::from(!address.is_ipv4())] == Some(identifier)
        };
        let read = network.receive(&mut |from, peek, at| match peek {
            Peek::Reply(echo) if is_ours(from, echo.identifier) => self.hear_reply(from, echo.payload, at),
            Peek::Trouble(bytes) if is_ours(bytes.asked.to, bytes.asked.identifier) => {
                self.hear_trouble(from, &bytes);
            }
            _ => {}
        })?;
        Ok(read)
    }

    fn hear_reply(&mut self, from: IpAddr, payload: &[u8], at: Duration) {
        let Some(stamp) = self.stamper.read(payload) else {
            let place = self.place_of(from);
            self.tally.foreign(place);
            return;
        };
        if self.addresses.get(stamp.place as usize) != Some(&from) {
            self.tally.foreign(Some(stamp.place));
            return;
        }
        match self.plan.heard(stamp.place, stamp.number, stamp.at, at) {
            SweepHeard::Counted => {}
            SweepHeard::Duplicate => self.tally.duplicate(stamp.place),
            SweepHeard::Late => self.tally.late(stamp.place),
            SweepHeard::NotAsked => self.tally.foreign(Some(stamp.place)),
        }
    }

    fn hear_trouble(&mut self, from: IpAddr, bytes: &TroubleBytes<'_>) {
        let place = if let Some(stamp) = bytes.payload.get(..STAMP) {
            // It quotes enough to prove that its sender saw the question.
            self.stamper.read(stamp).map(|stamp| stamp.place)
        } else {
            let number = bytes.asked.sequence ^ self.veil;
            let asked = self.plan.upcoming(0).1;
            (number <= asked).then(|| self.place_of(bytes.asked.to)).flatten()
        };
        let asked = |place: &u32| self.addresses.get(*place as usize) == Some(&bytes.asked.to);
        if let Some(place) = place.filter(asked) {
            self.tally.reported(place, from, bytes.trouble);
        }
    }

    fn place_of(&mut self, address: IpAddr) -> Option<u32> {
        let addresses = self.addresses;
        if self.sorted.is_empty() {
            self.sorted = (0..).zip(addresses).map(|(place, _): (u32, _)| place).collect();
            self.sorted
                .sort_unstable_by_key(|place| addresses[*place as usize]);
        }
        let found = self
            .sorted
            .binary_search_by_key(&address, |place| addresses[*place as usize]);
        found.ok().map(|at| self.sorted[at])
    }
}

impl Sweep {
    /// How many addresses were swept.
    pub fn count(&self) -> usize {
        self.addresses.all().len()
    }

    /// Answers that our own system had no room for: with any, a silent address proves nothing.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether it was ended before its time.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Answers that nobody of the addresses can have sent.
    pub fn strangers(&self) -> u64 {
        self.tally.strangers
    }

    /// How long it took.
    pub fn duration(&self) -> Duration {
        self.ended.saturating_sub(self.begun)
    }

    /// By which ways echoes went.
    pub fn ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> = self.ways.into_iter().flatten().collect();
        ways.dedup();
        ways
    }

    /// What was seen of each address, in the order in which they were named; each is made when it is asked for.
    pub fn all<'a>(&'a self, ids: &'a mut FreshIds) -> impl Iterator<Item = Swept> + 'a {
        (0..)
            .zip(self.addresses.all())
            .map(|(place, address)| self.swept(place, *address, ids))
    }

    fn swept(&self, place: u32, address: IpAddr, ids: &mut FreshIds) -> Swept {
        let samples = self.plan.samples(place, self.ended);
        let statistics = Statistics::of(&samples);
        let mut measures = statistics.measures();
        let (duplicates, late, foreign) = self.tally.uncounted(place);
        for (name, count) in [("duplicates", duplicates), ("late", late), ("foreign", foreign)] {
            if count > 0 {
                measures.push(Measured::new(name, "count", f64::from(count)));
            }
        }
        let (errors, more_errors) = self.tally.errors(place);
        let (outcome, raw) = self.outcome(place, &statistics, &errors);
        let begun = self.plan.first_asked(place).unwrap_or(self.ended);
        let end = |sample: &rajut_core::check::Sample| {
            sample
                .offset_us
                .saturating_add(sample.rtt_us.unwrap_or_else(|| micros(self.timeout)))
        };
        let passed =
            SignedDuration::try_from(begun.saturating_sub(self.begun)).unwrap_or(SignedDuration::ZERO);
        Swept {
            address,
            way: self.ways[usize::from(!address.is_ipv4())].unwrap_or(Way::RawSocket),
            observation: Observation {
                id: ids.fresh(),
                target: address.to_string(),
                method: Method::IcmpEcho,
                vantage: self.vantage,
                started_at: to_millis(self.wall.saturating_add(passed).unwrap_or(self.wall)),
                duration_us: samples.iter().map(end).max().unwrap_or_default(),
                samples,
                measures,
                outcome,
                raw,
            },
            errors,
            more_errors,
        }
    }

    fn outcome(&self, place: u32, statistics: &Statistics, errors: &[Reported]) -> (Outcome, Option<String>) {
        let unreachable = errors
            .iter()
            .find(|it| it.trouble.kind == TroubleKind::Unreachable);
        let said = unreachable.map(|it| format!("{} says unreachable, code {}", it.from, it.trouble.code));
        if statistics.received > 0 {
            (Outcome::Seen, said)
        } else if statistics.sent == 0 || self.tally.has_failed(place, Failure::OurFault) {
            (Outcome::NotObserved, self.tally.said.clone())
        } else if self.dropped > 0 {
            let raw = format!("our own system had no room for {} answers", self.dropped);
            (Outcome::NotObserved, Some(raw))
        } else if unreachable.is_some() {
            (Outcome::Unreachable, said)
        } else if self.tally.has_failed(place, Failure::Unreachable) {
            (Outcome::Unreachable, Some(SendError::Unreachable.to_string()))
        } else {
            (Outcome::Silent, None)
        }
    }
}
