//! What else was heard of each address, in sixteen octets: answers that do not count, and errors with their senders.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::codec::Trouble;

/// An error that somebody on the way sent about questions to one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported {
    /// Who sent it.
    pub from: IpAddr,
    /// What it says.
    pub trouble: Trouble,
    /// How often.
    pub count: u16,
}

/// Why a question did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The host does not answer on our own segment.
    Unreachable,
    /// Our own system cannot send there. It says nothing about the host.
    OurFault,
}

/// Different errors that are kept for one address; further ones are only counted.
const KEPT: usize = 2;

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    duplicates: u16,
    late: u16,
    foreign: u16,
    /// Errors beyond those kept, and how questions failed: bit 15 ours, bit 14 unreachable.
    more: u16,
    /// Place in `known`, and how often. What did not happen is no error.
    kept: [(u16, u16); KEPT],
}

const OURS: u16 = 1 << 15;
const UNREACHABLE: u16 = 1 << 14;
const MORE: u16 = UNREACHABLE - 1;

/// What else was heard.
#[derive(Debug)]
pub struct Tally {
    lines: Vec<Line>,
    known: Vec<(IpAddr, Trouble)>,
    places: HashMap<(IpAddr, Trouble), u16>,
    /// Foreign answers of which it is not known about whom they are.
    pub strangers: u64,
    /// Why our own system could not send, in its words; the first time.
    pub said: Option<String>,
}

impl Tally {
    /// Of so many addresses.
    pub fn new(addresses: usize) -> Self {
        Self {
            lines: vec![Line::default(); addresses],
            known: Vec::new(),
            places: HashMap::new(),
            strangers: 0,
            said: None,
        }
    }

    /// An answer to a question that was answered before.
    pub fn duplicate(&mut self, address: u32) {
        self.count(address, |line| &mut line.duplicates);
    }

    /// An answer that took too long.
    pub fn late(&mut self, address: u32) {
        self.count(address, |line| &mut line.late);
    }

    /// An answer that we did not ask for in this form: from another address, or with a payload that is not ours.
    pub fn foreign(&mut self, address: Option<u32>) {
        match address {
            Some(address) => self.count(address, |line| &mut line.foreign),
            None => self.strangers = self.strangers.saturating_add(1),
        }
    }

    fn count(&mut self, address: u32, field: impl Fn(&mut Line) -> &mut u16) {
        if let Some(line) = self.lines.get_mut(address as usize) {
            let count = field(line);
            *count = count.saturating_add(1);
        }
    }

    /// Somebody on the way sent an error.
    pub fn reported(&mut self, address: u32, from: IpAddr, trouble: Trouble) {
        let place = match self.places.get(&(from, trouble)) {
            Some(place) => Some(*place),
            // Whoever makes up senders fills this table and no more.
            None => u16::try_from(self.known.len()).ok().inspect(|place| {
                self.known.push((from, trouble));
                self.places.insert((from, trouble), *place);
            }),
        };
        let Some(line) = self.lines.get_mut(address as usize) else {
            return;
        };
        let same = line
            .kept
            .iter_mut()
            .find(|(known, count)| *count == 0 || Some(*known) == place);
        match (same, place) {
            (Some(kept), Some(place)) => *kept = (place, kept.1.saturating_add(1)),
            _ => line.more = (line.more & !MORE) | ((line.more & MORE) + 1).min(MORE),
        }
    }

    /// A question could not be sent.
    pub fn failed(&mut self, address: u32, failure: Failure) {
        if let Some(line) = self.lines.get_mut(address as usize) {
            line.more |= match failure {
                Failure::OurFault => OURS,
                Failure::Unreachable => UNREACHABLE,
            };
        }
    }

    /// Whether a question to it failed in this way.
    pub fn has_failed(&self, address: u32, failure: Failure) -> bool {
        let bit = match failure {
            Failure::OurFault => OURS,
            Failure::Unreachable => UNREACHABLE,
        };
        self.line(address).more & bit != 0
    }

    /// Answers that do not count: duplicates, late, foreign.
    pub fn uncounted(&self, address: u32) -> (u16, u16, u16) {
        let line = self.line(address);
        (line.duplicates, line.late, line.foreign)
    }

    /// Errors about it, and how many more there were of other kinds or senders.
    pub fn errors(&self, address: u32) -> (Vec<Reported>, u16) {
        let line = self.line(address);
        let told = |&(place, count): &(u16, u16)| {
            let &(from, trouble) = self.known.get(usize::from(place)).filter(|_| count > 0)?;
            Some(Reported { from, trouble, count })
        };
        (line.kept.iter().filter_map(told).collect(), line.more & MORE)
    }

    fn line(&self, address: u32) -> Line {
        self.lines.get(address as usize).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::TroubleKind;

    fn sender(last: u8) -> IpAddr {
        IpAddr::from([10, 9, 0, last])
    }

    const HOST: Trouble = Trouble {
        kind: TroubleKind::Unreachable,
        code: 1,
    };

    #[test]
    fn errors_are_kept_with_their_senders_and_bounded() {
        let mut tally = Tally::new(2);
        let expired = Trouble {
            kind: TroubleKind::Expired,
            code: 0,
        };
        tally.reported(1, sender(1), HOST);
        tally.reported(1, sender(2), expired);
        tally.reported(1, sender(1), HOST);
        for last in 3..10 {
            tally.reported(1, sender(last), HOST);
        }
        let reported = |from, trouble, count| Reported { from, trouble, count };
        assert_eq!(
            tally.errors(1),
            (
                vec![reported(sender(1), HOST, 2), reported(sender(2), expired, 1)],
                7
            )
        );
        assert_eq!(tally.errors(0), (vec![], 0));
        tally.reported(9, sender(1), HOST);
        assert_eq!(tally.errors(9), (vec![], 0));
    }

    #[test]
    fn counts_end_and_never_turn_over() {
        let mut tally = Tally::new(1);
        for _ in 0..70_000_u32 {
            tally.duplicate(0);
            tally.reported(0, sender(1), HOST);
            tally.reported(0, sender(2), HOST);
            tally.reported(0, sender(3), HOST);
        }
        tally.failed(0, Failure::Unreachable);
        assert_eq!(tally.uncounted(0), (u16::MAX, 0, 0));
        let (errors, more) = tally.errors(0);
        assert_eq!(
            (errors[0].count, errors[1].count, more),
            (u16::MAX, u16::MAX, MORE)
        );
        assert!(tally.has_failed(0, Failure::Unreachable) && !tally.has_failed(0, Failure::OurFault));
        assert_eq!(size_of::<Line>(), 16);
    }

    #[test]
    fn made_up_senders_fill_a_table_that_ends() {
        let mut tally = Tally::new(1);
        for number in 0..70_000_u32 {
            tally.reported(0, IpAddr::from(number.to_be_bytes()), HOST);
        }
        assert_eq!(tally.known.len(), usize::from(u16::MAX) + 1);
        tally.foreign(None);
        tally.foreign(Some(0));
        assert_eq!((tally.strangers, tally.uncounted(0)), (1, (0, 0, 1)));
    }
}
