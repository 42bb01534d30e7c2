//! Looks at devices by SNMP: joins the conversations of many devices with one network, and names what they tell.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::device::Named;
use rajut_core::check::{Measured, Method, Observation, Outcome, Sample, Vantage};
use rajut_core::clock::{Clock, to_millis};
use rajut_core::id::FreshIds;

use crate::codec::snmp::{Credential, Envelope, Opened, peek_id};
use crate::naming::{self, Families};
use crate::network::{Event, Network, SendError};
use crate::prober::{ProbeError, Prober, micros};
use crate::strategy::snmp::{Conversation, Next, SnmpSettings, Trouble, Values, Verdict};
use crate::strategy::{Permitted, Target};

/// Samples kept of one look: a walk may ask thousands of questions.
const MOST_SAMPLES: usize = 1000;
/// Talks at one time with one address and port: behind it may be a weak device that many names share.
const TOGETHER_AT_ONE: usize = 4;
/// How long to let full queues drain before the next try.
const DRAIN: Duration = Duration::from_millis(2);

/// How a target is asked by SNMP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The port, 161 by default.
    pub port: u16,
    /// Who asks.
    pub credential: Credential,
}

/// What a look at one device by SNMP saw.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceLook {
    /// The look itself.
    pub observation: Observation,
    /// What the device is, if it answered.
    pub named: Option<Named>,
}

impl Prober {
    /// Looks at all `targets` by SNMP: one look each, in their order. `access` says for each how it is asked.
    #[expect(clippy::too_many_arguments, reason = "each is handed in from elsewhere")]
    pub fn snmp<N: Network>(
        self,
        network: &mut N,
        clock: &dyn Clock,
        ids: &mut FreshIds,
        targets: &Permitted,
        access: &[Access],
        families: &Families,
        settings: &SnmpSettings,
        vantage: Vantage,
    ) -> Result<Vec<DeviceLook>, ProbeError> {
        let (wall, begun) = (clock.now(), network.elapsed());
        let at = move |elapsed: Duration| {
            let passed = i64::try_from(elapsed.saturating_sub(begun).as_micros()).unwrap_or(i64::MAX);
            let instant = wall.as_microsecond().saturating_add(passed);
            to_millis(Timestamp::from_microsecond(instant).unwrap_or(wall))
        };
        let salt = ids.salt();
        let first_id = i32::from_be_bytes([salt[0] & 0x3f, salt[1], salt[2], salt[3]]);
        let mut look = Look {
            network,
            families,
            settings,
            salt: u64::from_be_bytes([
                salt[4], salt[5], salt[6], salt[7], salt[8], salt[9], salt[10], salt[11],
            ]),
            busy: HashMap::new(),
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            timers: BTreeSet::new(),
            open: HashMap::new(),
            next_id: first_id,
            next_slot: begun,
        };
        let asked = targets.targets().iter().zip(access).enumerate();
        let mut waiting: VecDeque<(usize, &Target, &Access)> = asked
            .map(|(number, (target, access))| (number, target, access))
            .collect();
        let mut looks: Vec<Option<DeviceLook>> = vec![None; waiting.len()];
        while !waiting.is_empty() || !look.lanes.is_empty() {
            look.begin_some(&mut waiting);
            for (number, lane) in look.step()? {
                look.leave(lane.to);
                looks[number] = Some(lane.finish(families, ids, vantage, &at));
            }
        }
        Ok(looks.into_iter().flatten().collect())
    }
}

/// What a lane is about to ask when the present questions are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// What the device calls itself.
    Introduce,
    /// What tells its family.
    Identify,
    /// All the rest.
    Walk,
    Done,
}

struct Lane<'a> {
    target: &'a Target,
    to: SocketAddr,
    envelope: Envelope,
    talk: Conversation,
    phase: Phase,
    told: Values,
    /// Ids of the open question and its retries.
    ids: Vec<i32>,
    asked_at: Option<(Duration, usize)>,
    timer: Option<Duration>,
    begun: Option<Duration>,
    ended: Duration,
    samples: Vec<Sample>,
    foreign: u32,
    said: Option<String>,
    our_fault: bool,
    refused: bool,
}

struct Look<'a, N> {
    network: &'a mut N,
    families: &'a Families,
    settings: &'a SnmpSettings,
    salt: u64,
    /// Talks that are under way with an address.
    busy: HashMap<SocketAddr, usize>,
    lanes: HashMap<usize, Lane<'a>>,
    /// Lanes that have something to do now.
    ready: VecDeque<usize>,
    timers: BTreeSet<(Duration, usize)>,
    /// The lane and its own id of every question that may be answered.
    open: HashMap<i32, (usize, i32)>,
    next_id: i32,
    next_slot: Duration,
}

impl<'a, N: Network> Look<'a, N> {
    /// Begins as many talks as there may be.
    fn begin_some(&mut self, waiting: &mut VecDeque<(usize, &'a Target, &'a Access)>) {
        for _ in 0..waiting.len() {
            if self.lanes.len() >= self.settings.together.get() {
                return;
            }
            let Some((number, target, access)) = waiting.pop_front() else {
                return;
            };
            let busy = self
                .busy
                .entry(SocketAddr::new(target.address, access.port))
                .or_default();
            if *busy < TOGETHER_AT_ONE {
                *busy += 1;
                self.begin(number, target, access);
            } else {
                waiting.push_back((number, target, access));
            }
        }
    }

    /// A talk with this address has ended.
    fn leave(&mut self, at: SocketAddr) {
        if let Some(busy) = self.busy.get_mut(&at) {
            *busy = busy.saturating_sub(1);
            if *busy == 0 {
                self.busy.remove(&at);
            }
        }
    }

    fn begin(&mut self, number: usize, target: &'a Target, access: &Access) {
        // Each device has keys of its own, so that numbers may begin anew; they are far apart all the same.
        let salt = self.salt ^ (number as u64) << 32;
        let envelope = Envelope::new(access.credential.clone(), salt);
        let mut talk = Conversation::new(self.settings, envelope.version(), 0);
        talk.get(naming::first_questions());
        let lane = Lane {
            target,
            to: SocketAddr::new(target.address, access.port),
            envelope,
            talk,
            phase: Phase::Introduce,
            told: Values::default(),
            ids: Vec::new(),
            asked_at: None,
            timer: None,
            begun: None,
            ended: Duration::ZERO,
            samples: Vec::new(),
            foreign: 0,
            said: None,
            our_fault: false,
            refused: false,
        };
        self.lanes.insert(number, lane);
        self.ready.push_back(number);
    }

    /// Hears what has come, asks what may be asked, or waits. Gives the lanes that are through.
    fn step(&mut self) -> Result<Vec<(usize, Lane<'a>)>, ProbeError> {
        let mut done = Vec::new();
        while let Some(event) = self.network.wait(Duration::ZERO)? {
            self.hear(event);
        }
        let now = self.network.elapsed();
        while let Some(&(due, number)) = self.timers.first().filter(|(due, _)| *due <= now) {
            self.timers.remove(&(due, number));
            self.ready.push_back(number);
        }
        if self.ready.is_empty() || now < self.next_slot {
            let timer = self.timers.first().map(|(due, _)| *due);
            let slot = (!self.ready.is_empty()).then_some(self.next_slot);
            let until = [timer, slot].into_iter().flatten().min().unwrap_or(now);
            if let Some(event) = self.network.wait(until)? {
                self.hear(event);
            }
            return Ok(done);
        }
        while self.network.elapsed() >= self.next_slot
            && let Some(number) = self.ready.pop_front()
        {
            if self.advance(number, self.network.elapsed())
                && let Some(lane) = self.lanes.remove(&number)
            {
                for id in &lane.ids {
                    self.open.remove(id);
                }
                done.push((number, lane));
            }
        }
        Ok(done)
    }

    /// Does what the lane has to do; gives whether it is through.
    fn advance(&mut self, number: usize, now: Duration) -> bool {
        let Some(lane) = self.lanes.get_mut(&number) else {
            return false;
        };
        if let Some(timer) = lane.timer.take() {
            self.timers.remove(&(timer, number));
        }
        lane.begun.get_or_insert(now);
        loop {
            match lane.talk.next(now) {
                Next::Wait(until) => {
                    lane.timer = Some(until);
                    self.timers.insert((until, number));
                    return false;
                }
                Next::Done => {
                    lane.ended = now;
                    if lane.next_phase(self.families) == Phase::Done {
                        return true;
                    }
                }
                Next::Ask(mut pdu) => {
                    let own = pdu.request_id;
                    let id = self.next_id;
                    self.next_id = (id + 1) & 0x7fff_ffff;
                    pdu.request_id = id;
                    lane.note_question(now);
                    match self.network.send_datagram(lane.to, &lane.envelope.wrap(pdu, now)) {
                        Ok(()) => {
                            self.open.insert(id, (number, own));
                            lane.ids.push(id);
                        }
                        Err(SendError::Busy(_)) => self.next_slot = now + DRAIN,
                        Err(error) => {
                            lane.our_fault |= matches!(error, SendError::OurFault(_));
                            lane.said = Some(error.to_string());
                        }
                    }
                    self.next_slot = self.next_slot.max(now.saturating_sub(Duration::from_millis(10)))
                        + Duration::from_secs(1) / self.settings.pace.get();
                }
            }
        }
    }

    fn hear(&mut self, event: Event) {
        let Event::Datagram { from, bytes, at } = event else {
            return;
        };
        let Some(&(number, own)) = peek_id(&bytes).ok().and_then(|id| self.open.get(&id)) else {
            return;
        };
        let Some(lane) = self.lanes.get_mut(&number) else {
            return;
        };
        if from != lane.to {
            lane.foreign += 1;
            return;
        }
        let mut pdu = match lane.envelope.open(&bytes, at) {
            Ok(Opened::Answer(pdu)) => pdu,
            Ok(Opened::Again) => {
                lane.talk.ask_again();
                self.ready.push_back(number);
                return;
            }
            Ok(Opened::Refused(why)) => {
                lane.refused = true;
                lane.said = Some(why.to_owned());
                lane.talk.give_up_all();
                self.ready.push_back(number);
                return;
            }
            Err(_) => {
                lane.foreign += 1;
                return;
            }
        };
        pdu.request_id = own;
        if lane.talk.heard(pdu) == Verdict::Foreign {
            lane.foreign += 1;
            return;
        }
        for id in lane.ids.drain(..) {
            self.open.remove(&id);
        }
        lane.note_answer(at);
        self.ready.push_back(number);
    }
}

impl Lane<'_> {
    fn note_question(&mut self, now: Duration) {
        let begun = self.begun.unwrap_or(now);
        if self.samples.len() < MOST_SAMPLES {
            self.asked_at = Some((now, self.samples.len()));
            self.samples.push(Sample {
                offset_us: micros(now.saturating_sub(begun)),
                rtt_us: None,
            });
        } else {
            self.asked_at = None;
        }
    }

    fn note_answer(&mut self, at: Duration) {
        self.ended = at;
        if let Some((asked, place)) = self.asked_at.take()
            && let Some(sample) = self.samples.get_mut(place)
        {
            sample.rtt_us = Some(micros(at.saturating_sub(asked)));
        }
    }

    /// Puts the questions of the next phase.
    fn next_phase(&mut self, families: &Families) -> Phase {
        let told = self.talk.take_values();
        self.told = std::mem::take(&mut self.told).join(told);
        self.phase = match self.phase {
            _ if !self.talk.answered() => Phase::Done,
            Phase::Introduce => {
                self.talk.get(families.questions(&self.told));
                Phase::Identify
            }
            Phase::Identify => {
                let (single, mut roots) = Families::asked(families.recognise(&self.told));
                // What a device is and its ports first: one that is slow may not come to the end.
                let (ports, rest) = naming::standard_roots();
                roots.extend(rest);
                self.talk.get(single);
                self.talk.walk(ports);
                self.talk.walk(roots);
                Phase::Walk
            }
            Phase::Walk | Phase::Done => Phase::Done,
        };
        self.phase
    }

    fn finish(
        self,
        families: &Families,
        ids: &mut FreshIds,
        vantage: Vantage,
        at: &impl Fn(Duration) -> Timestamp,
    ) -> DeviceLook {
        let answered = self.talk.answered();
        let begun = self.begun.unwrap_or_default();
        let count = |name: &str, count: usize| {
            Measured::new(name, "count", f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
        };
        let mut measures = vec![
            count("snmp_questions", self.talk.questions() as usize),
            count("snmp_values", self.told.len()),
        ];
        if self.foreign > 0 {
            measures.push(count("foreign", self.foreign as usize));
        }
        let outcome = match () {
            () if answered => Outcome::Seen,
            () if self.refused => Outcome::Refused,
            () if self.our_fault => Outcome::NotObserved,
            () => Outcome::Silent,
        };
        let trouble: Vec<&str> = self
            .talk
            .trouble()
            .iter()
            .filter(|_| answered)
            .map(|it| trouble(*it))
            .collect();
        let observation = Observation {
            id: ids.fresh(),
            target: self.target.name.clone(),
            method: Method::Snmp,
            vantage,
            started_at: at(begun),
            duration_us: micros(self.ended.saturating_sub(begun)),
            samples: self.samples,
            measures,
            outcome,
            raw: if trouble.is_empty() {
                self.said
            } else {
                Some(trouble.join("; "))
            },
        };
        let named = answered.then(|| naming::name(families.recognise(&self.told), &self.told));
        DeviceLook { observation, named }
    }
}

fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Gap => "some questions were not answered",
        Trouble::Loop => "names came back that do not increase",
        Trouble::Failure => "the device reported failures of its own",
        Trouble::TooMuch => "the device tells more than is kept",
        Trouble::TooSlow => "the device answers too slowly to be asked everything",
    }
}
