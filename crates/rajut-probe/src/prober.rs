//! Carries out a plan on a network and makes observations of what comes back.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::{Measured, Observation, Outcome, Sample, Statistics};
use rajut_core::clock::{Clock, to_millis};
use rajut_core::id::FreshIds;

use crate::codec::Message;
use crate::network::{Connecting, Event, Network, SendError, StreamEnd, WaitError};
use crate::strategy::{Answer, Asking, End, Heard, How, Permitted, Plan, Settings, Step, Target};

/// How long to let full queues drain before the next try, and how often in a row to try. After that every
/// question fails at once until one goes through: a second is lost, not a second per target.
pub(crate) const DRAIN: Duration = Duration::from_millis(2);
pub(crate) const TRIES_WHEN_FULL: u32 = 500;

/// Looks at targets. It blocks its thread: an async caller hands it to one made for that.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prober;

/// The look as a whole failed. What a single target does is never an error.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The system does not let us wait for answers.
    #[error(transparent)]
    Wait(#[from] WaitError),
}

impl Prober {
    /// Looks at all `targets`: one observation each, in their order. `ids` gives the observations' ids and
    /// the nonce by which we know our own echoes.
    ///
    /// The clock is read once: if it is set while we look, the figures stay right.
    pub fn check<N: Network>(
        self,
        network: &mut N,
        clock: &dyn Clock,
        ids: &mut FreshIds,
        targets: &Permitted,
        settings: &Settings,
    ) -> Result<Vec<Observation>, ProbeError> {
        let mut look = Look::new(network, ids, targets.targets(), settings);
        let (wall, begun) = (clock.now(), look.network.elapsed());
        look.carry_out()?;
        let at = |elapsed: Duration| {
            let passed = i64::try_from(elapsed.saturating_sub(begun).as_micros()).unwrap_or(i64::MAX);
            let instant = wall.as_microsecond().saturating_add(passed);
            to_millis(Timestamp::from_microsecond(instant).unwrap_or(wall))
        };
        let observe = |(lane, target)| look.observation(lane, target, ids, &at);
        Ok(targets.targets().iter().enumerate().map(observe).collect())
    }
}

struct Look<'a, N> {
    network: &'a mut N,
    plan: Plan,
    settings: &'a Settings,
    lanes: Vec<Lane<'a>>,
    nonce: [u8; 16],
    echoes: HashMap<(IpAddr, u16), (usize, usize)>,
    next_sequence: HashMap<IpAddr, u16>,
    connects: HashMap<Connecting, (usize, usize)>,
    /// Tries in a row that found our queues or open files full.
    full: u32,
}

struct Lane<'a> {
    target: &'a Target,
    duplicates: u32,
    late: u32,
    /// Why a question could not be sent, or what the way said.
    said: Option<String>,
    our_fault: bool,
}

impl<'a, N: Network> Look<'a, N> {
    fn new(network: &'a mut N, ids: &mut FreshIds, targets: &'a [Target], settings: &'a Settings) -> Self {
        let lane = |target| Lane {
            target,
            duplicates: 0,
            late: 0,
            said: None,
            our_fault: false,
        };
        Self {
            plan: Plan::new(
                targets.iter().map(|target| target.how),
                settings,
                network.elapsed(),
            ),
            network,
            settings,
            lanes: targets.iter().chain(&settings.anchors).map(lane).collect(),
            nonce: ids.salt(),
            echoes: HashMap::new(),
            next_sequence: HashMap::new(),
            connects: HashMap::new(),
            full: 0,
        }
    }

    fn carry_out(&mut self) -> Result<(), ProbeError> {
        loop {
            // Answers first: time spent sending must not be charged to a target.
            while let Some(event) = self.network.wait(Duration::ZERO)? {
                self.hear(&event);
            }
            match self.plan.next(self.network.elapsed()) {
                Step::Ask(lane) => self.ask(lane),
                Step::Wait(until) => {
                    if let Some(event) = self.network.wait(until)? {
                        self.hear(&event);
                    }
                }
                Step::Done => return Ok(()),
            }
        }
    }

    fn ask(&mut self, lane: usize) {
        let at = self.network.elapsed();
        let result = match self.lanes[lane].target.how {
            How::Echo => self.send_echo(lane, at),
            How::Connect { port } => self.connect(lane, port, at),
        };
        let Err(error) = result else {
            self.full = 0;
            return;
        };
        let told = &mut self.lanes[lane];
        told.said = Some(error.to_string());
        match error {
            SendError::Unreachable => {
                let number = self.plan.sent(lane, at);
                self.plan.heard(
                    lane,
                    number,
                    Answer {
                        at,
                        end: End::Unreachable,
                    },
                );
            }
            SendError::Busy(_) if self.full < TRIES_WHEN_FULL => {
                self.full += 1;
                self.plan.defer(lane, at + DRAIN);
            }
            SendError::Busy(_) | SendError::OurFault(_) => {
                told.our_fault = true;
                self.plan.failed(lane, at);
            }
        }
    }

    fn send_echo(&mut self, lane: usize, at: Duration) -> Result<(), SendError> {
        let to = self.lanes[lane].target.address;
        let next = self.next_sequence.entry(to).or_default();
        let sequence = *next;
        self.network.send_echo(to, sequence, &self.nonce)?;
        *next = sequence.wrapping_add(1);
        let number = self.plan.sent(lane, at);
        self.echoes.insert((to, sequence), (lane, number));
        Ok(())
    }

    fn connect(&mut self, lane: usize, port: u16, at: Duration) -> Result<(), SendError> {
        let to = SocketAddr::new(self.lanes[lane].target.address, port);
        let connecting = self.network.connect(to, at + self.settings.timeout)?;
        let number = self.plan.sent(lane, at);
        self.connects.insert(connecting, (lane, number));
        Ok(())
    }

    fn hear(&mut self, event: &Event) {
        match event {
            Event::Icmp {
                from,
                message: Message::EchoReply(echo),
                at,
            } => {
                // Our own identifier, the address that was asked, and the nonce of this very look: what
                // is left over from an earlier look, or made up by a stranger, has none or another.
                if echo.identifier == self.network.identifier(*from) && echo.payload == self.nonce {
                    self.hear_echo(*from, echo.sequence, *at, End::Answered);
                }
            }
            Event::Icmp {
                from,
                message: Message::Unreachable { code, asked },
                at,
            } => {
                if asked.identifier == self.network.identifier(asked.to)
                    && let Some(lane) = self.hear_echo(asked.to, asked.sequence, *at, End::Unreachable)
                {
                    self.lanes[lane].said = Some(format!("{from} says unreachable, code {code}"));
                }
            }
            Event::Icmp { .. } | Event::Datagram { .. } => {}
            Event::Stream { connecting, end, at } => self.hear_stream(*connecting, *end, *at),
        }
    }

    /// Returns the lane if this was the answer.
    fn hear_echo(&mut self, to: IpAddr, sequence: u16, at: Duration, end: End) -> Option<usize> {
        let &(lane, number) = self.echoes.get(&(to, sequence))?;
        match self.plan.heard(lane, number, Answer { at, end }) {
            Heard::Counted => return Some(lane),
            Heard::Duplicate if end == End::Answered => self.lanes[lane].duplicates += 1,
            Heard::Late if end == End::Answered => self.lanes[lane].late += 1,
            Heard::Duplicate | Heard::Late => {}
        }
        None
    }

    fn hear_stream(&mut self, connecting: Connecting, end: StreamEnd, at: Duration) {
        let Some((lane, number)) = self.connects.remove(&connecting) else {
            return;
        };
        let end = match end {
            StreamEnd::Open => End::Answered,
            StreamEnd::Refused => End::Refused,
            StreamEnd::Unreachable => End::Unreachable,
            StreamEnd::Silent => return,
            StreamEnd::OurFault => {
                self.lanes[lane].our_fault = true;
                self.lanes[lane].said = Some("our own system broke off the connection".to_owned());
                return;
            }
        };
        self.plan.heard(lane, number, Answer { at, end });
    }

    fn observation(
        &self,
        lane: usize,
        target: &Target,
        ids: &mut FreshIds,
        at: &impl Fn(Duration) -> Timestamp,
    ) -> Observation {
        let asked = self.plan.asked(lane);
        let told = &self.lanes[lane];
        let begun = asked.first().map_or_else(|| Duration::ZERO, |first| first.at);
        let ended = asked.iter().map(|one| self.end_of(one)).max().unwrap_or(begun);
        let samples: Vec<Sample> = asked
            .iter()
            .map(|one| Sample {
                offset_us: micros(one.at.saturating_sub(begun)),
                rtt_us: one.round_trip().map(micros),
            })
            .collect();
        let mut measures = Statistics::of(&samples).measures();
        for (name, count) in [("duplicates", told.duplicates), ("late", told.late)] {
            if count > 0 {
                measures.push(Measured::new(name, "count", f64::from(count)));
            }
        }
        let (outcome, raw) = self.outcome(lane, asked);
        Observation {
            id: ids.fresh(),
            target: target.name.clone(),
            method: target.how.method(),
            vantage: self.settings.vantage,
            started_at: at(begun),
            duration_us: micros(ended.saturating_sub(begun)),
            samples,
            measures,
            outcome,
            raw,
        }
    }

    fn end_of(&self, asking: &Asking) -> Duration {
        asking
            .answer
            .map_or(asking.at + self.plan.timeout(), |answer| answer.at)
    }

    fn outcome(&self, lane: usize, asked: &[Asking]) -> (Outcome, Option<String>) {
        let any = |end| {
            asked
                .iter()
                .any(|one| one.answer.is_some_and(|answer| answer.end == end))
        };
        let said = self.lanes[lane].said.clone();
        if any(End::Answered) {
            (Outcome::Seen, said)
        } else if any(End::Refused) {
            (Outcome::Refused, said)
        } else if asked.is_empty() || self.lanes[lane].our_fault {
            // Not all questions went out: silence after that proves nothing.
            (Outcome::NotObserved, said)
        } else if !self.plan.uplink_worked(lane) {
            (
                Outcome::NotObserved,
                Some("no anchor answered while we asked".to_owned()),
            )
        } else if any(End::Unreachable) {
            (Outcome::Unreachable, said)
        } else {
            (Outcome::Silent, said)
        }
    }
}

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
