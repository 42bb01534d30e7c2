//! The plan of one look at many targets: a state machine without I/O that is told the time.
//!
//! Questions go out in waves, one to every target per wave, no faster than the pace and no closer to one
//! another than the spacing. Anchors open every wave and close the look.

use std::collections::VecDeque;
use std::time::Duration;

use super::{How, Settings};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask this one now, then tell the plan with [`Plan::sent`], [`Plan::failed`] or [`Plan::defer`].
    Ask(usize),
    /// Nothing to do until then, unless an answer comes.
    Wait(Duration),
    /// All questions are answered or given up.
    Done,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// When.
    pub at: Duration,
    /// How.
    pub end: End,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The target answered.
    Answered,
    /// The target answered that the port is closed.
    Refused,
    /// Somebody on the way said that the target cannot be reached.
    Unreachable,
}

/// One question that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// When.
    pub at: Duration,
    /// How it ended, or nothing when it was given up.
    pub answer: Option<Answer>,
}

impl Asking {
    /// The round-trip time, if the target itself answered.
    pub fn round_trip(&self) -> Option<Duration> {
        let answer = self.answer.filter(|answer| answer.end != End::Unreachable)?;
        Some(answer.at.saturating_sub(self.at))
    }
}

/// What an answer that came is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is the answer.
    Counted,
    /// That question was answered before.
    Duplicate,
    /// It came after the question was given up.
    Late,
}

#[derive(Debug)]
struct Lane {
    connects: bool,
    anchor: bool,
    asked: Vec<Asking>,
    not_before: Duration,
}

/// The plan. Lanes are numbered: first the targets in their order, then the anchors.
#[derive(Debug)]
pub struct Plan {
    lanes: Vec<Lane>,
    /// Lanes in the order of a wave.
    order: Vec<usize>,
    wave: u32,
    place: usize,
    count: u32,
    closing_wave: u32,
    spacing: Duration,
    timeout: Duration,
    gap: Duration,
    next_slot: Duration,
    open_connects: usize,
    /// Questions that may still be answered, by deadline.
    open: VecDeque<(Duration, usize, usize)>,
}

impl Plan {
    /// A plan that begins at `now`.
    pub fn new(targets: impl IntoIterator<Item = How>, settings: &Settings, now: Duration) -> Self {
        let lane = |how: How, anchor: bool| Lane {
            connects: matches!(how, How::Connect { .. }),
            anchor,
            asked: Vec::new(),
            not_before: now,
        };
        let mut lanes: Vec<Lane> = targets.into_iter().map(|how| lane(how, false)).collect();
        let targets = lanes.len();
        lanes.extend(settings.anchors.iter().map(|anchor| lane(anchor.how, true)));
        let count = u32::from(settings.count.get());
        Self {
            order: (targets..lanes.len()).chain(0..targets).collect(),
            lanes,
            wave: 0,
            place: 0,
            count,
            closing_wave: count + u32::from(settings.retries),
            spacing: settings.spacing,
            timeout: settings.timeout,
            gap: settings.gap(),
            next_slot: now,
            open_connects: settings.open_connects.get(),
            open: VecDeque::new(),
        }
    }

    /// What to do at `now`. All answers that have come must have been told before.
    pub fn next(&mut self, now: Duration) -> Step {
        while let Some(&(deadline, lane, number)) = self.open.front() {
            if deadline > now && self.lanes[lane].asked[number].answer.is_none() {
                break;
            }
            self.open.pop_front();
        }
        while let Some(lane) = self.lane_in_turn() {
            let Some(due) = self.due(lane) else {
                self.pass();
                continue;
            };
            if self.lanes[lane].connects && self.connecting() >= self.open_connects {
                // The front is open, so its deadline lies ahead: waiting ends.
                return Step::Wait(self.open.front().map_or(now, |&(deadline, ..)| deadline));
            }
            return if due <= now {
                Step::Ask(lane)
            } else {
                Step::Wait(due)
            };
        }
        match self.open.back() {
            Some(&(deadline, ..)) => Step::Wait(deadline),
            None => Step::Done,
        }
    }

    /// The question to `lane` went out at `at`. Returns its number, counted from 0.
    pub fn sent(&mut self, lane: usize, at: Duration) -> usize {
        let number = self.lanes[lane].asked.len();
        self.lanes[lane].asked.push(Asking { at, answer: None });
        self.open.push_back((at + self.timeout, lane, number));
        self.after_attempt(lane, at);
        number
    }

    /// The question to `lane` could not be sent and is left out.
    pub fn failed(&mut self, lane: usize, at: Duration) {
        self.after_attempt(lane, at);
    }

    /// We are out of room for the moment: ask `lane` not before `until`.
    pub fn defer(&mut self, lane: usize, until: Duration) {
        self.lanes[lane].not_before = until;
    }

    /// Something ended question `number` to `lane`. An answer after the deadline does not count.
    pub fn heard(&mut self, lane: usize, number: usize, answer: Answer) -> Heard {
        let timeout = self.timeout;
        let Some(asking) = self
            .lanes
            .get_mut(lane)
            .and_then(|lane| lane.asked.get_mut(number))
        else {
            return Heard::Late;
        };
        if asking.answer.is_some() {
            return Heard::Duplicate;
        }
        if answer.at > asking.at + timeout {
            return Heard::Late;
        }
        asking.answer = Some(answer);
        Heard::Counted
    }

    /// The questions that went to `lane`, in order.
    pub fn asked(&self, lane: usize) -> &[Asking] {
        &self.lanes[lane].asked
    }

    /// How long an answer may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether our own uplink worked while `lane` was asked: an anchor answered a question sent in the
    /// first half of that time or before, and one sent in the second half or after. Always so without anchors.
    pub fn uplink_worked(&self, lane: usize) -> bool {
        let mut anchors = self.lanes.iter().filter(|lane| lane.anchor).peekable();
        if anchors.peek().is_none() {
            return true;
        }
        let asked = &self.lanes[lane].asked;
        let (Some(first), Some(last)) = (asked.first(), asked.last()) else {
            return false;
        };
        let middle = (first.at + last.at) / 2;
        let answered: Vec<Duration> = anchors
            .flat_map(|anchor| &anchor.asked)
            .filter(|asking| asking.round_trip().is_some())
            .map(|asking| asking.at)
            .collect();
        answered.iter().any(|&at| at <= middle) && answered.iter().any(|&at| at >= middle)
    }

    fn lane_in_turn(&self) -> Option<usize> {
        if self.wave > self.closing_wave {
            None
        } else {
            self.order.get(self.place).copied()
        }
    }

    /// When `lane` is to be asked in this wave; nothing when this wave passes it by.
    fn due(&self, lane: usize) -> Option<Duration> {
        let Lane {
            anchor,
            asked,
            not_before,
            ..
        } = &self.lanes[lane];
        let retry = self.wave >= self.count;
        let mut due = self.next_slot.max(*not_before);
        if *anchor {
            if retry && self.wave < self.closing_wave {
                return None;
            }
        } else {
            if self.wave == self.closing_wave || (retry && asked.iter().any(|one| one.answer.is_some())) {
                return None;
            }
            if retry && let Some(last) = asked.last() {
                due = due.max(last.at + self.timeout);
            }
        }
        Some(due)
    }

    fn connecting(&self) -> usize {
        let open = |&&(_, lane, number): &&(Duration, usize, usize)| {
            self.lanes[lane].connects && self.lanes[lane].asked[number].answer.is_none()
        };
        self.open.iter().filter(open).count()
    }

    fn after_attempt(&mut self, lane: usize, at: Duration) {
        self.lanes[lane].not_before = at + self.spacing;
        self.next_slot = at + self.gap;
        self.pass();
    }

    fn pass(&mut self) {
        self.place += 1;
        if self.place >= self.order.len() {
            self.place = 0;
            self.wave += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};

    use proptest::prelude::*;
    use rajut_core::check::Vantage;

    use super::*;
    use crate::strategy::Target;

    fn settings(count: u16, retries: u16, pace: u32) -> Settings {
        Settings {
            count: NonZeroU16::new(count).unwrap(),
            retries,
            pace: NonZeroU32::new(pace).unwrap(),
            spacing: Duration::from_millis(200),
            timeout: Duration::from_secs(1),
            open_connects: NonZeroUsize::new(2).unwrap(),
            ..Settings::visit(Vantage::Server)
        }
    }

    /// Runs a plan in which lane `i` answers after `after(i)`, and gives every question in order.
    fn play(mut plan: Plan, after: impl Fn(usize) -> Option<Duration>) -> (Vec<(Duration, usize)>, Plan) {
        let mut asked = Vec::new();
        let mut now = Duration::ZERO;
        let mut coming: Vec<(Duration, usize, usize)> = Vec::new();
        loop {
            coming.sort_unstable();
            while coming.first().is_some_and(|&(at, ..)| at <= now) {
                let (at, lane, number) = coming.remove(0);
                plan.heard(
                    lane,
                    number,
                    Answer {
                        at,
                        end: End::Answered,
                    },
                );
            }
            match plan.next(now) {
                Step::Ask(lane) => {
                    asked.push((now, lane));
                    let number = plan.sent(lane, now);
                    coming.extend(after(lane).map(|after| (now + after, lane, number)));
                    coming.sort_unstable();
                }
                Step::Wait(until) => {
                    assert!(until > now, "waiting for the past never ends");
                    now = coming.first().map_or(until, |&(at, ..)| at.min(until));
                }
                Step::Done => return (asked, plan),
            }
        }
    }

    #[test]
    fn a_plan_without_targets_is_done() {
        assert_eq!(
            Plan::new([], &settings(3, 0, 10), Duration::ZERO).next(Duration::ZERO),
            Step::Done
        );
    }

    #[test]
    fn only_those_who_answered_nothing_are_asked_again() {
        let plan = Plan::new([How::Echo; 3], &settings(2, 2, 1000), Duration::ZERO);
        let (_, plan) = play(plan, |lane| (lane != 1).then_some(Duration::from_millis(5)));
        assert_eq!([0, 1, 2].map(|lane| plan.asked(lane).len()), [2, 4, 2]);
        let silent = plan.asked(1);
        assert!(
            silent[2].at >= silent[1].at + Duration::from_secs(1),
            "a retry waits for the timeout"
        );
    }

    #[test]
    fn no_more_connections_are_open_than_allowed() {
        let plan = Plan::new(
            [How::Connect { port: 80 }; 6],
            &settings(1, 0, 1000),
            Duration::ZERO,
        );
        let (asked, _) = play(plan, |_| None);
        for (at, _) in &asked {
            let open = asked
                .iter()
                .filter(|(other, _)| other <= at && *other + Duration::from_secs(1) > *at);
            assert!(open.count() <= 2);
        }
        assert_eq!(asked.len(), 6);
    }

    #[test]
    fn anchors_open_every_wave_and_close_the_look() {
        let anchor = Target {
            name: "jangkar".into(),
            address: [10, 9, 0, 1].into(),
            how: How::Echo,
        };
        let with_anchor = Settings {
            anchors: vec![anchor],
            ..settings(2, 0, 1000)
        };
        let plan = Plan::new([How::Echo; 2], &with_anchor, Duration::ZERO);
        let (asked, plan) = play(plan, |_| None);
        assert_eq!(
            asked.iter().map(|(_, lane)| *lane).collect::<Vec<_>>(),
            [2, 0, 1, 2, 0, 1, 2]
        );
        assert!(!plan.uplink_worked(0));
    }

    #[test]
    fn an_answer_counts_once_and_only_in_time() {
        let mut plan = Plan::new([How::Echo], &settings(1, 0, 10), Duration::ZERO);
        assert_eq!(plan.next(Duration::ZERO), Step::Ask(0));
        let number = plan.sent(0, Duration::ZERO);
        let answer = |ms| Answer {
            at: Duration::from_millis(ms),
            end: End::Answered,
        };
        assert_eq!(plan.heard(0, number, answer(1001)), Heard::Late);
        assert_eq!(plan.heard(0, number, answer(1000)), Heard::Counted);
        assert_eq!(plan.heard(0, number, answer(3)), Heard::Duplicate);
        assert_eq!(plan.heard(0, number + 1, answer(3)), Heard::Late, "never asked");
        assert_eq!(plan.asked(0)[0].round_trip(), Some(Duration::from_secs(1)));
    }

    proptest! {
        #[test]
        fn pace_and_spacing_hold_and_everybody_is_asked(
            lanes in 1_usize..30,
            count in 1_u16..6,
            retries in 0_u16..3,
            pace in 1_u32..2000,
            answer_ms in prop::collection::vec(prop::option::of(0_u64..1500), 30),
        ) {
            let settings = settings(count, retries, pace);
            let plan = Plan::new(vec![How::Echo; lanes], &settings, Duration::ZERO);
            let (asked, plan) = play(plan, |lane| answer_ms[lane].map(Duration::from_millis));
            for pair in asked.windows(2) {
                prop_assert!(pair[1].0 >= pair[0].0 + settings.gap());
            }
            for (lane, answer_ms) in answer_ms.iter().enumerate().take(lanes) {
                let own = plan.asked(lane);
                for pair in own.windows(2) {
                    prop_assert!(pair[1].at >= pair[0].at + settings.spacing);
                }
                let answered = answer_ms.is_some_and(|ms| ms <= 1000);
                prop_assert_eq!(own.len(), usize::from(count + if answered { 0 } else { retries }));
                prop_assert!(own.iter().all(|one| one.answer.is_some() == answered));
            }
        }
    }
}
