//! A network in the process, in virtual time: waiting costs nothing, and the same seed gives the same answers.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::clock::{Clock, to_millis};

use super::terrain::Terrain;
use super::{Agent, Topology, TopologyError};
use crate::codec::{Echo, Message};
use crate::network::{Connecting, Event, Network, SendError, StreamEnd, WaitError};

/// The simulated network.
#[derive(Debug)]
pub struct Simulator {
    terrain: Terrain,
    time: Arc<AtomicU64>,
    start: Timestamp,
    due: BTreeMap<(Duration, u64), Happening>,
    next: u64,
    unplugged: bool,
    agents: HashMap<SocketAddr, Agent>,
}

#[derive(Debug)]
enum Happening {
    Event(Event),
    Link { name: String, cut: bool },
}

/// The simulator's clock: it moves when the simulator waits.
#[derive(Debug, Clone)]
pub struct SimulatedClock {
    start: Timestamp,
    time: Arc<AtomicU64>,
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.time.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let instant = self.start.as_microsecond().saturating_add(passed);
        to_millis(Timestamp::from_microsecond(instant).unwrap_or(self.start))
    }
}

impl Simulator {
    /// The identifier of its echoes.
    pub const IDENTIFIER: u16 = 0x5261;

    /// A network whose time begins at `start`.
    pub fn new(topology: &Topology, start: Timestamp) -> Self {
        Self {
            terrain: Terrain::new(topology),
            time: Arc::default(),
            start,
            due: BTreeMap::new(),
            next: 0,
            unplugged: false,
            agents: HashMap::new(),
        }
    }

    /// Its clock.
    pub fn clock(&self) -> SimulatedClock {
        SimulatedClock {
            start: self.start,
            time: Arc::clone(&self.time),
        }
    }

    /// Lets time pass without anybody looking.
    pub fn advance(&mut self, by: Duration) {
        let until = self.elapsed() + by;
        while self.pop_due(until).is_some() {}
        self.set_time(until);
    }

    /// Cuts or mends a link at once.
    pub fn set_cut(&mut self, link: &str, cut: bool) -> Result<(), TopologyError> {
        self.terrain.set_cut(link, cut)
    }

    /// Cuts or mends a link after a while.
    pub fn set_cut_later(&mut self, after: Duration, link: &str, cut: bool) {
        self.plan(
            after,
            Happening::Link {
                name: link.to_owned(),
                cut,
            },
        );
    }

    /// Pulls our own plug, or puts it back: sending fails in our own system.
    pub fn unplug(&mut self, unplugged: bool) {
        self.unplugged = unplugged;
    }

    /// Lets something happen after a while, for instance an answer from a stranger. Its time is set.
    pub fn inject(&mut self, after: Duration, event: Event) {
        self.plan(after, Happening::Event(event));
    }

    /// Lets an SNMP agent answer at an address; the host must be in the topology.
    pub fn add_agent(&mut self, at: SocketAddr, agent: Agent) {
        self.agents.insert(at, agent);
    }

    fn plan(&mut self, after: Duration, happening: Happening) {
        let at = self.elapsed() + after;
        self.due.insert((at, self.next), happening);
        self.next += 1;
    }

    pub(super) fn set_time(&self, time: Duration) {
        // Rounded up: who waits for a moment between two microseconds must find it passed.
        let micros = u64::try_from(time.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
        self.time.fetch_max(micros, Ordering::Relaxed);
    }

    /// The next event up to `until`; links change on the way.
    fn pop_due(&mut self, until: Duration) -> Option<Event> {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= until) {
            let now = entry.key().0;
            let happening = entry.remove();
            self.set_time(now);
            match happening {
                Happening::Event(mut event) => {
                    let (Event::Icmp { at, .. } | Event::Stream { at, .. } | Event::Datagram { at, .. }) =
                        &mut event;
                    *at = now;
                    return Some(event);
                }
                // A link that is not there changes nothing.
                Happening::Link { name, cut } => drop(self.terrain.set_cut(&name, cut)),
            }
        }
        None
    }

    fn plugged(&self) -> Result<(), SendError> {
        if self.unplugged {
            return Err(SendError::OurFault(io::ErrorKind::NetworkUnreachable.into()));
        }
        Ok(())
    }
}

impl Network for Simulator {
    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.time.load(Ordering::Relaxed))
    }

    fn identifier(&self, _to: IpAddr) -> u16 {
        Self::IDENTIFIER
    }

    fn send_echo(&mut self, to: IpAddr, sequence: u16, payload: &[u8]) -> Result<(), SendError> {
        self.plugged()?;
        let Some(round_trip) = self.terrain.round_trip(to) else {
            return Ok(());
        };
        let times = if self.terrain.host(to).is_some_and(|host| host.duplicates) {
            2
        } else {
            1
        };
        for _ in 0..times {
            let echo = Echo {
                identifier: Self::IDENTIFIER,
                sequence,
                payload: payload.to_vec(),
            };
            let message = Message::EchoReply(echo);
            self.inject(
                round_trip,
                Event::Icmp {
                    from: to,
                    message,
                    at: Duration::ZERO,
                },
            );
        }
        Ok(())
    }

    fn send_datagram(&mut self, to: SocketAddr, bytes: &[u8]) -> Result<(), SendError> {
        self.plugged()?;
        let Some(agent) = self.agents.get_mut(&to) else {
            return Ok(());
        };
        let Some(round_trip) = self.terrain.round_trip(to.ip()) else {
            return Ok(());
        };
        for (from, bytes) in agent.answer(to, bytes) {
            self.inject(
                round_trip,
                Event::Datagram {
                    from,
                    bytes,
                    at: Duration::ZERO,
                },
            );
        }
        Ok(())
    }

    fn connect(&mut self, to: SocketAddr, give_up: Duration) -> Result<Connecting, SendError> {
        self.plugged()?;
        let connecting = Connecting(self.next);
        let patience = give_up.saturating_sub(self.elapsed());
        let end = self.terrain.host(to.ip()).and_then(|host| {
            let open = host.tcp_open.contains(&to.port()).then_some(StreamEnd::Open);
            open.or_else(|| {
                host.tcp_refused
                    .contains(&to.port())
                    .then_some(StreamEnd::Refused)
            })
        });
        let answer = self
            .terrain
            .round_trip(to.ip())
            .filter(|round_trip| *round_trip <= patience)
            .zip(end);
        let (after, end) = answer.unwrap_or((patience, StreamEnd::Silent));
        self.inject(
            after,
            Event::Stream {
                connecting,
                end,
                at: Duration::ZERO,
            },
        );
        Ok(connecting)
    }

    fn wait(&mut self, until: Duration) -> Result<Option<Event>, WaitError> {
        let until = until.max(self.elapsed());
        let event = self.pop_due(until);
        if event.is_none() {
            self.set_time(until);
        }
        Ok(event)
    }
}
