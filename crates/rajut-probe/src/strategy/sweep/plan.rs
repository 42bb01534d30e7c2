//! Waves over all addresses: a state machine without I/O that is told the time.
//!
//! Every wave asks each address once, in the order of [`spread`](super::spread). What is kept of a question is when it
//! went out and how long its answer took, eight octets; whatever else belongs to it travels in the question itself.

use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::ops::Range;
use std::time::Duration;

use rajut_core::check::{Sample, Vantage};

use super::spread::spread;

/// Questions that go out in one go, at most.
const BATCH: u32 = 64;
/// A fast sweep wakes up once in this time and asks all that are due.
const TICK: Duration = Duration::from_millis(1);
/// Time lost - the machine was busy - is made up for no more than this: a pace is a promise to the network.
const CREDIT: Duration = Duration::from_millis(5);
/// When a question went out is kept in steps of this: 32 bits of it are five days.
const STEP_US: u64 = 100;

/// How a sweep asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepSettings {
    /// Questions to each address.
    pub count: NonZeroU16,
    /// Between two questions to one address, at least.
    pub spacing: Duration,
    /// How long an answer may take; a later one is late.
    pub timeout: Duration,
    /// Questions per second to all addresses together, at most.
    pub pace: NonZeroU32,
    /// Questions per second to one subnet (a /24 or a /64), at most.
    pub subnet_pace: Option<NonZeroU32>,
    /// From where we look.
    pub vantage: Vantage,
}

impl SweepSettings {
    /// Polite: 1,000 questions a second and 100 of them to one subnet, 100 kB/s and 10 kB/s with all headers.
    pub fn polite(count: NonZeroU16) -> Self {
        const PACE: NonZeroU32 = NonZeroU32::new(1000).expect("1000 is not zero");
        const SUBNET: NonZeroU32 = NonZeroU32::new(100).expect("100 is not zero");
        Self {
            count,
            spacing: Duration::from_secs(1),
            timeout: Duration::from_secs(2),
            pace: PACE,
            subnet_pace: Some(SUBNET),
            vantage: Vantage::Server,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepStep {
    /// Send the next so many questions ([`SweepPlan::upcoming`]), then tell with [`SweepPlan::sent`],
    /// [`SweepPlan::skipped`] or [`SweepPlan::defer`].
    Ask(usize),
    /// No question is due before then.
    Wait(Duration),
    /// All questions are answered or given up.
    Done,
}

/// What an answer that came is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is the answer.
    Counted,
    /// That question was answered before.
    Duplicate,
    /// It took longer than it may.
    Late,
    /// That question was never asked.
    NotAsked,
}

#[derive(Debug, Clone, Copy, Default)]
struct Question {
    /// When it went out, in steps since the begin, plus one; 0: it did not.
    sent: u32,
    /// How long its answer took, microseconds, plus one; 0: there is none.
    answered: u32,
}

/// The plan of one sweep.
#[derive(Debug)]
pub struct SweepPlan {
    order: Vec<u32>,
    /// All questions, those to one address side by side.
    questions: Vec<Question>,
    count: u16,
    wave: u16,
    /// How many of this wave are done.
    done: usize,
    begun: Duration,
    gap: Duration,
    batch: u32,
    credit: Duration,
    next_slot: Duration,
    not_before: Duration,
    spacing: Duration,
    timeout: Duration,
    last_sent: Duration,
    sent: u64,
    answered: u64,
}

impl SweepPlan {
    /// A plan that begins at `now`.
    pub fn new(addresses: &[IpAddr], settings: &SweepSettings, now: Duration) -> Self {
        let (order, largest) = spread(addresses);
        let gap = gap(addresses.len(), largest, settings);
        let in_a = |time: Duration| {
            let times = time.as_nanos().checked_div(gap.as_nanos()).unwrap_or(u128::MAX);
            u32::try_from(times.clamp(1, u128::from(BATCH))).unwrap_or(BATCH)
        };
        let count = settings.count.get();
        Self {
            questions: vec![Question::default(); order.len() * usize::from(count)],
            order,
            count,
            wave: 0,
            done: 0,
            begun: now,
            gap,
            batch: in_a(TICK),
            credit: gap * (in_a(CREDIT) - 1),
            next_slot: now,
            not_before: now,
            spacing: settings.spacing,
            timeout: settings.timeout,
            last_sent: now,
            sent: 0,
            answered: 0,
        }
    }

    /// What to do at `now`. All answers that have come must have been told before.
    pub fn next(&self, now: Duration) -> SweepStep {
        if self.wave == self.count || self.order.is_empty() {
            let end = self.last_sent + self.timeout;
            return if self.sent == self.answered || now >= end {
                SweepStep::Done
            } else {
                SweepStep::Wait(end)
            };
        }
        let left = u32::try_from(self.order.len() - self.done).unwrap_or(u32::MAX);
        let wanted = self.batch.min(left);
        let due = (self.next_slot + self.gap * (wanted - 1))
            .max(self.not_before)
            .max(self.spaced(self.done));
        if due > now {
            return SweepStep::Wait(due);
        }
        let passed = now.saturating_sub(self.next_slot).as_nanos();
        let slots = passed.checked_div(self.gap.as_nanos()).unwrap_or(u128::MAX);
        let most = u32::try_from(slots).unwrap_or(u32::MAX).saturating_add(1);
        let most = most.clamp(wanted, BATCH).min(left) as usize;
        let spaced = (self.done..self.done + most).take_while(|&place| self.spaced(place) <= now);
        SweepStep::Ask(spaced.count().max(1))
    }

    /// When the address at this place of the wave may be asked again.
    fn spaced(&self, place: usize) -> Duration {
        let Some(before) = self.wave.checked_sub(1) else {
            return Duration::ZERO;
        };
        match self.questions[self.at(self.order[place], before)].sent {
            0 => Duration::ZERO,
            // Rounded up: a step more, never less.
            sent => self.begun + Duration::from_micros(u64::from(sent) * STEP_US) + self.spacing,
        }
    }

    fn at(&self, address: u32, number: u16) -> usize {
        address as usize * usize::from(self.count) + usize::from(number)
    }

    /// The next `most` questions: addresses by their places, and the number of the question.
    pub fn upcoming(&self, most: usize) -> (&[u32], u16) {
        let end = (self.done + most).min(self.order.len());
        (&self.order[self.done..end], self.wave)
    }

    /// The next `number` questions went out at `at`.
    pub fn sent(&mut self, number: usize, at: Duration) {
        let steps = at.saturating_sub(self.begun).as_micros() / u128::from(STEP_US) + 1;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        for place in self.done..(self.done + number).min(self.order.len()) {
            let question = self.at(self.order[place], self.wave);
            self.questions[question].sent = steps;
        }
        self.sent += number as u64;
        self.last_sent = at;
        self.pass(number, at);
    }

    /// The next question cannot be sent and is left out. Returns to whom it would have gone.
    pub fn skipped(&mut self, at: Duration) -> u32 {
        let address = self.order[self.done];
        self.pass(1, at);
        address
    }

    /// We are out of room: nothing more before `until`.
    pub fn defer(&mut self, until: Duration) {
        self.not_before = until;
    }

    fn pass(&mut self, number: usize, at: Duration) {
        let slots = u32::try_from(number).unwrap_or(u32::MAX);
        self.next_slot = self.next_slot.max(at.saturating_sub(self.credit)) + self.gap * slots;
        self.done += number;
        if self.done >= self.order.len() {
            self.done = 0;
            self.wave += 1;
        }
    }

    /// An answer to question `number` to an address came at `at`; it says that it was asked at `asked`.
    pub fn heard(&mut self, address: u32, number: u16, asked: Duration, at: Duration) -> Heard {
        if address as usize >= self.order.len() || number >= self.count {
            return Heard::NotAsked;
        }
        let place = self.at(address, number);
        let took = at.saturating_sub(asked);
        let question = &mut self.questions[place];
        if question.sent == 0 {
            return Heard::NotAsked;
        }
        if question.answered != 0 {
            return Heard::Duplicate;
        }
        if took > self.timeout {
            return Heard::Late;
        }
        question.answered = u32::try_from(took.as_micros())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        self.answered += 1;
        Heard::Counted
    }

    /// Questions sent, answered, and to be sent in all.
    pub fn progress(&self) -> (u64, u64, u64) {
        (self.sent, self.answered, self.questions.len() as u64)
    }

    /// When the first question to an address went out.
    pub fn first_asked(&self, address: u32) -> Option<Duration> {
        let first = *self.of(address).find(|it| it.sent != 0)?;
        Some(self.begun + Duration::from_micros(offset(first)))
    }

    /// The questions to an address that went out and of which the end is known at `now`: answered, or given up.
    pub fn samples(&self, address: u32, now: Duration) -> Vec<Sample> {
        let passed = u64::try_from(now.saturating_sub(self.begun).as_micros()).unwrap_or(u64::MAX);
        let patience = u64::try_from(self.timeout.as_micros()).unwrap_or(u64::MAX);
        let first = self
            .of(address)
            .find(|it| it.sent != 0)
            .map_or(0, |it| offset(*it));
        let known = |it: &&Question| {
            it.sent != 0 && (it.answered != 0 || offset(**it).saturating_add(patience) <= passed)
        };
        self.of(address)
            .filter(known)
            .map(|it| Sample {
                offset_us: offset(*it) - first,
                rtt_us: it.answered.checked_sub(1).map(u64::from),
            })
            .collect()
    }

    fn of(&self, address: u32) -> impl Iterator<Item = &Question> {
        let Range { start, end } = self.at(address, 0)..self.at(address, 0) + usize::from(self.count);
        self.questions[start..end].iter()
    }
}

/// Microseconds since the begin.
fn offset(question: Question) -> u64 {
    u64::from(question.sent.saturating_sub(1)) * STEP_US
}

/// The time between two questions. As the wave is spread evenly, a subnet of `largest` among `all` gets its share of the
/// pace, and the pace is what lets that share be no more than it may.
fn gap(all: usize, largest: u32, settings: &SweepSettings) -> Duration {
    let gap = Duration::from_secs(1) / settings.pace.get();
    let Some(subnet_pace) = settings.subnet_pace else {
        return gap;
    };
    let for_subnet = Duration::from_secs(1) / subnet_pace.get();
    let all = u32::try_from(all).unwrap_or(u32::MAX).max(1);
    gap.max(for_subnet * largest / all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings(count: u16, pace: u32) -> SweepSettings {
        SweepSettings {
            pace: NonZeroU32::new(pace).unwrap(),
            subnet_pace: None,
            spacing: Duration::from_millis(200),
            timeout: Duration::from_secs(1),
            ..SweepSettings::polite(NonZeroU16::new(count).unwrap())
        }
    }

    fn hosts(number: u16) -> Vec<IpAddr> {
        (0..number)
            .map(|it| {
                let [third, last] = it.to_be_bytes();
                IpAddr::from([10, 9, third, last])
            })
            .collect()
    }

    /// Plays a plan in which address `i` answers after `after(i)`; gives (time, address, number) of every question.
    fn play(plan: &mut SweepPlan, after: impl Fn(u32) -> Option<Duration>) -> Vec<(Duration, u32, u16)> {
        let mut now = Duration::ZERO;
        let mut asked = Vec::new();
        let mut coming: Vec<(Duration, u32, u16, Duration)> = Vec::new();
        loop {
            coming.sort_unstable();
            let heard = coming.partition_point(|&(at, ..)| at <= now);
            for (at, address, number, sent) in coming.drain(..heard) {
                plan.heard(address, number, sent, at);
            }
            match plan.next(now) {
                SweepStep::Ask(number) => {
                    let (addresses, wave) = plan.upcoming(number);
                    assert_eq!(addresses.len(), number, "a batch stays within its wave");
                    for &address in addresses {
                        asked.push((now, address, wave));
                        coming.extend(after(address).map(|it| (now + it, address, wave, now)));
                    }
                    plan.sent(number, now);
                }
                SweepStep::Wait(until) => {
                    assert!(until > now, "waiting for the past never ends");
                    now = coming.first().map_or(until, |&(at, ..)| at.min(until)).max(now);
                }
                SweepStep::Done => return asked,
            }
        }
    }

    #[test]
    fn it_ends_with_the_last_answer_or_with_patience() {
        let mut plan = SweepPlan::new(&hosts(3), &settings(2, 1000), Duration::ZERO);
        let asked = play(&mut plan, |_| Some(Duration::from_millis(5)));
        assert_eq!(asked.len(), 6);
        assert_eq!(plan.progress(), (6, 6, 6));
        let answered = [
            Sample {
                offset_us: 0,
                rtt_us: Some(5000),
            },
            Sample {
                offset_us: 200_100,
                rtt_us: Some(5000),
            },
        ];
        assert_eq!(plan.samples(0, Duration::from_secs(9)), answered);
        let mut empty = SweepPlan::new(&[], &settings(2, 1000), Duration::ZERO);
        assert!(play(&mut empty, |_| None).is_empty());
    }

    #[test]
    fn an_answer_is_counted_once_and_in_time_only() {
        let mut plan = SweepPlan::new(&hosts(2), &settings(2, 1000), Duration::ZERO);
        let ms = Duration::from_millis;
        assert_eq!(plan.heard(0, 0, ms(0), ms(1)), Heard::NotAsked);
        assert_eq!(plan.next(ms(0)), SweepStep::Ask(1));
        plan.sent(1, ms(0));
        assert_eq!(plan.heard(0, 0, ms(0), ms(1001)), Heard::Late);
        assert_eq!(plan.heard(0, 0, ms(0), ms(1000)), Heard::Counted);
        assert_eq!(plan.heard(0, 0, ms(0), ms(3)), Heard::Duplicate);
        assert_eq!(plan.heard(0, 2, ms(0), ms(3)), Heard::NotAsked);
        assert_eq!(plan.heard(2, 0, ms(0), ms(3)), Heard::NotAsked);
        // A clock that went back between question and answer is no reason to panic or to lose it.
        plan.sent(1, ms(50));
        assert_eq!(plan.heard(1, 0, ms(50), ms(40)), Heard::Counted);
        assert_eq!(plan.samples(1, ms(50))[0].rtt_us, Some(0));
    }

    #[test]
    fn what_is_still_under_way_is_no_loss() {
        let mut plan = SweepPlan::new(&hosts(1), &settings(3, 1000), Duration::ZERO);
        plan.sent(1, Duration::ZERO);
        plan.sent(1, Duration::from_millis(700));
        assert_eq!(plan.samples(0, Duration::from_millis(900)), []);
        let lost = Sample {
            offset_us: 0,
            rtt_us: None,
        };
        assert_eq!(plan.samples(0, Duration::from_secs(1)), [lost]);
        assert_eq!(plan.samples(0, Duration::from_millis(1700)).len(), 2);
    }

    #[test]
    fn a_subnet_gets_no_more_than_its_share() {
        let mut polite = settings(1, 1000);
        polite.subnet_pace = NonZeroU32::new(100);
        let one: Vec<IpAddr> = (1..=200).map(|it| IpAddr::from([10, 9, 1, it])).collect();
        let asked = play(&mut SweepPlan::new(&one, &polite, Duration::ZERO), |_| None);
        assert_eq!(asked.last().unwrap().0, Duration::from_millis(1990));
        // Ten subnets together may have ten times as much.
        let ten: Vec<IpAddr> = (0..10)
            .flat_map(|net| (1..=20).map(move |it| IpAddr::from([10, 9, net, it])))
            .collect();
        let asked = play(&mut SweepPlan::new(&ten, &polite, Duration::ZERO), |_| None);
        assert_eq!(asked.last().unwrap().0, Duration::from_millis(199));
    }

    #[test]
    fn after_a_stall_the_pace_is_kept() {
        let mut plan = SweepPlan::new(&hosts(4000), &settings(1, 1000), Duration::ZERO);
        plan.sent(1, Duration::ZERO);
        let late = Duration::from_secs(3);
        let SweepStep::Ask(burst) = plan.next(late) else {
            panic!("nothing is due")
        };
        plan.sent(burst, late);
        let mut asked = burst;
        while let SweepStep::Ask(more) = plan.next(late) {
            plan.sent(more, late);
            asked += more;
        }
        assert!(asked <= 64 + 5, "{asked} at once");
    }

    proptest! {
        #[test]
        fn pace_and_spacing_hold_and_everybody_is_asked(
            number in 1_u16..60,
            count in 1_u16..5,
            pace in 1_u32..200_000,
            answer_ms in prop::collection::vec(prop::option::of(0_u64..1500), 60),
        ) {
            let settings = settings(count, pace);
            let mut plan = SweepPlan::new(&hosts(number), &settings, Duration::ZERO);
            let asked = play(&mut plan, |it| answer_ms[it as usize].map(Duration::from_millis));
            prop_assert_eq!(asked.len(), usize::from(number) * usize::from(count));
            // As many as the pace allows since the begin, and one batch of a tick.
            for (sent, (at, ..)) in (1_u32..).zip(&asked) {
                let allowed = at.as_secs_f64() * f64::from(pace) + 1.0 + f64::from(pace) / 1000.0;
                prop_assert!(f64::from(sent) <= allowed + 1.0, "{sent} at {at:?}");
            }
            for address in 0..u32::from(number) {
                let own: Vec<_> = asked.iter().filter(|(_, it, _)| *it == address).collect();
                for pair in own.windows(2) {
                    prop_assert!(pair[1].0 >= pair[0].0 + settings.spacing);
                }
                let samples = plan.samples(address, Duration::from_secs(1 << 20));
                let expected = answer_ms[address as usize].filter(|ms| *ms <= 1000).map(|ms| ms * 1000);
                prop_assert!(samples.iter().all(|it| it.rtt_us == expected));
                prop_assert_eq!(samples.len(), usize::from(count));
            }
        }
    }
}
