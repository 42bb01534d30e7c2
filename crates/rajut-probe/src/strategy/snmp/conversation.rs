//! The talk with one device: a state machine without I/O that is told the time. One question is open at a time:
//! the weakest devices in the field have room for no more.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::{SnmpSettings, Values};
use crate::codec::snmp::{Binding, Kind, Oid, Pdu, Value, Version};

/// Names in one question.
const NAMES: usize = 16;
/// Subtrees in a row that may stay without an answer before the device is left alone.
const GAPS_IN_A_ROW: u32 = 2;

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send this question now.
    Ask(Pdu),
    /// Nothing to do until then, unless an answer comes.
    Wait(Duration),
    /// Everything was asked, or the device was given up.
    Done,
}

/// What an answer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It answers the open question.
    Taken,
    /// It answers nothing that is open.
    Foreign,
}

/// What went wrong in a talk; what was told before stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// A question stayed without an answer.
    Gap,
    /// Names came back that do not increase: a loop.
    Loop,
    /// The device reported a failure of its own.
    Failure,
    /// More values, bytes or questions than are kept from one device.
    TooMuch,
    /// It took longer than one device may.
    TooSlow,
}

#[derive(Debug)]
enum Task {
    Get(Vec<Oid>),
    Walk { roots: Vec<Oid>, at: usize, cursor: Oid },
}

#[derive(Debug)]
struct Open {
    pdu: Pdu,
    tries: u32,
    deadline: Duration,
}

/// The talk with one device.
#[derive(Debug)]
pub struct Conversation {
    settings: SnmpSettings,
    version: Version,
    tasks: VecDeque<Task>,
    open: Option<Open>,
    resend: bool,
    steps: i32,
    /// Bulk questions that this device survives have at most so many steps.
    ceiling: i32,
    names: usize,
    told: Vec<(Oid, Value)>,
    bytes: usize,
    questions: u32,
    begun: Option<Duration>,
    answered: bool,
    gaps_in_a_row: u32,
    trouble: BTreeSet<Trouble>,
    next_id: i32,
}

impl Conversation {
    /// A talk in which nothing was asked yet. Ids of questions are `first_id` and the following.
    pub fn new(settings: &SnmpSettings, version: Version, first_id: i32) -> Self {
        Self {
            steps: settings.first_steps,
            ceiling: settings.most_steps,
            settings: settings.clone(),
            version,
            tasks: VecDeque::new(),
            open: None,
            resend: false,
            names: NAMES,
            told: Vec::new(),
            bytes: 0,
            questions: 0,
            begun: None,
            answered: false,
            gaps_in_a_row: 0,
            trouble: BTreeSet::new(),
            next_id: first_id & i32::MAX,
        }
    }

    /// Asks for the values of these names.
    pub fn get(&mut self, names: impl IntoIterator<Item = Oid>) {
        let names: BTreeSet<Oid> = names.into_iter().collect();
        if !names.is_empty() {
            self.tasks.push_back(Task::Get(names.into_iter().rev().collect()));
        }
    }

    /// Asks for all that stands below these names.
    pub fn walk(&mut self, roots: impl IntoIterator<Item = Oid>) {
        let sorted: BTreeSet<Oid> = roots.into_iter().collect();
        let mut roots: Vec<Oid> = Vec::new();
        for root in sorted {
            if !roots.last().is_some_and(|last| root.is_under(last)) {
                roots.push(root);
            }
        }
        if let Some(cursor) = roots.first().cloned() {
            self.tasks.push_back(Task::Walk { roots, at: 0, cursor });
        }
    }

    /// Whether the device answered anything at all.
    pub fn answered(&self) -> bool {
        self.answered
    }

    /// What went wrong.
    pub fn trouble(&self) -> &BTreeSet<Trouble> {
        &self.trouble
    }

    /// Questions that were sent, retries included.
    pub fn questions(&self) -> u32 {
        self.questions
    }

    /// Takes out what was told so far.
    pub fn take_values(&mut self) -> Values {
        std::mem::take(&mut self.told).into_iter().collect()
    }

    /// What to do at `now`. All answers that have come must have been told before.
    pub fn next(&mut self, now: Duration) -> Next {
        let begun = *self.begun.get_or_insert(now);
        if now >= begun + self.settings.deadline && !self.tasks.is_empty() {
            self.stop(Trouble::TooSlow);
        }
        loop {
            if let Some(open) = &mut self.open {
                if now < open.deadline && !self.resend {
                    return Next::Wait(open.deadline.min(begun + self.settings.deadline));
                }
                // A large answer that is lost twice is lost for its size: fewer steps are tried instead.
                let retries = if open.pdu.kind == Kind::GetBulk {
                    1
                } else {
                    u32::MAX
                };
                if self.resend || open.tries <= self.settings.retries.min(retries) {
                    self.resend = false;
                    open.tries += 1;
                    // A device that is slow needs time, not more questions.
                    open.deadline = now + self.settings.timeout * open.tries;
                    let pdu = open.pdu.clone();
                    if self.count_question() {
                        return Next::Ask(pdu);
                    }
                    continue;
                }
                self.give_up();
                continue;
            }
            let Some(pdu) = self.question() else {
                return Next::Done;
            };
            self.open = Some(Open {
                pdu,
                tries: 0,
                deadline: now,
            });
        }
    }

    /// An answer came from the device.
    pub fn heard(&mut self, pdu: Pdu) -> Verdict {
        let fits = |open: &Open| pdu.kind == Kind::Response && pdu.request_id == open.pdu.request_id;
        let Some(open) = self.open.take_if(|open| fits(open)) else {
            return Verdict::Foreign;
        };
        self.resend = false;
        self.answered = true;
        self.gaps_in_a_row = 0;
        match self.tasks.front() {
            Some(Task::Get(_)) => self.heard_get(&open.pdu, pdu),
            Some(Task::Walk { .. }) => self.heard_walk(&open.pdu, pdu),
            None => {}
        }
        if self.told.len() > self.settings.most_values || self.bytes > self.settings.most_bytes {
            self.stop(Trouble::TooMuch);
        }
        Verdict::Taken
    }

    /// The open question must be sent again at once: the device told what our message lacked.
    pub fn ask_again(&mut self) {
        self.resend = self.open.is_some();
    }

    /// Nothing more is to be asked.
    pub fn give_up_all(&mut self) {
        self.tasks.clear();
        self.open = None;
    }

    fn count_question(&mut self) -> bool {
        self.questions += 1;
        if self.questions > self.settings.most_questions {
            self.stop(Trouble::TooMuch);
            return false;
        }
        true
    }

    fn stop(&mut self, why: Trouble) {
        self.trouble.insert(why);
        self.tasks.clear();
        self.open = None;
    }

    fn question(&mut self) -> Option<Pdu> {
        let id = self.next_id;
        let pdu = match self.tasks.front()? {
            Task::Get(names) => {
                let names = names.iter().rev().take(self.names).cloned();
                Pdu::ask(Kind::Get, id, 0, names)
            }
            Task::Walk { cursor, .. } if self.version == Version::V1 || self.steps <= 1 => {
                Pdu::ask(Kind::GetNext, id, 0, [cursor.clone()])
            }
            Task::Walk { cursor, .. } => Pdu::ask(Kind::GetBulk, id, self.steps, [cursor.clone()]),
        };
        self.next_id = id.wrapping_add(1) & i32::MAX;
        Some(pdu)
    }

    /// The open question was never answered.
    fn give_up(&mut self) {
        let Some(open) = self.open.take() else { return };
        if !self.answered {
            self.stop(Trouble::Gap);
            return;
        }
        // A large answer may be what is lost on the way: ask for less before giving up.
        if open.pdu.kind == Kind::GetBulk && self.steps > 1 {
            self.steps /= 2;
            self.ceiling = self.steps.max(1);
            return;
        }
        if open.pdu.bindings.len() > 1 {
            self.names = 1;
            return;
        }
        self.gaps_in_a_row += 1;
        if self.gaps_in_a_row >= GAPS_IN_A_ROW {
            self.stop(Trouble::Gap);
        } else {
            self.skip(Trouble::Gap);
        }
    }

    /// Leaves out the name or the subtree in turn.
    fn skip(&mut self, why: Trouble) {
        self.trouble.insert(why);
        match self.tasks.front_mut() {
            Some(Task::Get(names)) => {
                names.pop();
            }
            Some(Task::Walk { roots, at, cursor }) => {
                *at += 1;
                if let Some(root) = roots.get(*at) {
                    cursor.clone_from(root);
                }
            }
            None => {}
        }
        self.end_of_task();
    }

    fn end_of_task(&mut self) {
        let over = match self.tasks.front() {
            Some(Task::Get(names)) => names.is_empty(),
            Some(Task::Walk { roots, at, .. }) => *at >= roots.len(),
            None => false,
        };
        if over {
            self.tasks.pop_front();
        }
    }

    fn keep(&mut self, name: Oid, value: Value) {
        self.bytes += value.weight() + name.arcs().len() * 4;
        self.told.push((name, value));
    }

    fn heard_get(&mut self, asked: &Pdu, answer: Pdu) {
        let count = asked.bindings.len();
        if answer.status != 0 {
            if count > 1 && answer.status == Pdu::TOO_BIG {
                self.names = (count / 2).max(1);
                return;
            }
            // The index says which name failed; the rest is asked again.
            let culprit = usize::try_from(answer.index).unwrap_or(0);
            let culprit = asked.bindings.get(culprit.wrapping_sub(1));
            let Some(Task::Get(names)) = self.tasks.front_mut() else {
                return;
            };
            match culprit {
                Some(culprit) => names.retain(|name| *name != culprit.name),
                None if count > 1 => self.names = 1,
                None => {
                    names.pop();
                }
            }
            if answer.status != Pdu::NO_SUCH_NAME {
                self.trouble.insert(Trouble::Failure);
            }
            self.end_of_task();
            return;
        }
        for Binding { name, value } in answer.bindings {
            if !value.is_missing() && asked.bindings.iter().any(|it| it.name == name) {
                self.keep(name, value);
            }
        }
        if let Some(Task::Get(names)) = self.tasks.front_mut() {
            names.truncate(names.len().saturating_sub(count));
        }
        self.end_of_task();
    }

    fn heard_walk(&mut self, asked: &Pdu, answer: Pdu) {
        match answer.status {
            0 => {}
            // Version 1 says so when nothing follows.
            Pdu::NO_SUCH_NAME => {
                self.tasks.pop_front();
                return;
            }
            _ if asked.kind == Kind::GetBulk => {
                self.steps = if answer.status == Pdu::TOO_BIG {
                    self.steps / 2
                } else {
                    1
                };
                self.ceiling = self.steps.max(1);
                return;
            }
            _ => return self.skip(Trouble::Failure),
        }
        if answer.bindings.is_empty() {
            return self.skip(Trouble::Failure);
        }
        if asked.kind == Kind::GetBulk && answer.bindings.len() >= usize::try_from(self.steps).unwrap_or(0) {
            self.steps = (self.steps * 2).min(self.ceiling);
        }
        let Some(Task::Walk {
            roots,
            mut at,
            cursor,
        }) = self.tasks.pop_front()
        else {
            return;
        };
        // The name before: what was kept is not copied.
        let (mut other, mut kept) = (cursor, false);
        let mut looped = false;
        for Binding { name, value } in answer.bindings {
            if value == Value::EndOfView {
                return;
            }
            if name <= *self.name_before(&other, kept) {
                looped = true;
                break;
            }
            // What follows is in order: subtrees that it passes are empty.
            while roots
                .get(at)
                .is_some_and(|root| name > *root && !name.is_under(root))
            {
                at += 1;
            }
            let Some(root) = roots.get(at) else { break };
            kept = name.is_under(root) && !value.is_missing();
            if kept {
                self.keep(name, value);
            } else {
                other = name;
            }
        }
        if looped {
            self.trouble.insert(Trouble::Loop);
            at += 1;
        }
        let Some(root) = roots.get(at) else { return };
        let before = self.name_before(&other, kept);
        let cursor = if looped || before < root { root } else { before }.clone();
        self.tasks.push_front(Task::Walk { roots, at, cursor });
    }

    fn name_before<'a>(&'a self, other: &'a Oid, kept: bool) -> &'a Oid {
        match self.told.last() {
            Some((name, _)) if kept => name,
            _ => other,
        }
    }
}
