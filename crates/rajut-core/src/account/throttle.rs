//! How long one waits after wrong tries: by name and by address. Waiting grows, nothing is locked for good, so nobody
//! can lock another out for long.

use jiff::{SignedDuration, Timestamp};

/// Tries under one name before waiting begins.
const FREE_BY_NAME: u32 = 5;
/// Tries from one address: an office sits behind one.
const FREE_BY_ADDRESS: u32 = 40;
/// The first wait.
const FIRST: SignedDuration = SignedDuration::from_secs(30);
/// The longest.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// After so long without a try nothing counts any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Tries for one account, phone or person.
    Name,
    /// Tries from one address.
    Address,
}

/// Until when one waits after `count` tries of which the last was at `last_at`; `None` when one need not.
pub fn waits_until(of: Counted, count: u32, last_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if last_at < forgotten_before(now) {
        return None;
    }
    let free = match of {
        Counted::Name => FREE_BY_NAME,
        Counted::Address => FREE_BY_ADDRESS,
    };
    let over = count.checked_sub(free)?;
    let wait = FIRST
        .checked_mul(1_i32.checked_shl(over.min(16)).unwrap_or(i32::MAX))
        .unwrap_or(LONGEST)
        .min(LONGEST);
    let until = last_at.saturating_add(wait).unwrap_or(last_at);
    (now < until).then_some(until)
}

/// What was counted before does not count any more.
pub fn forgotten_before(now: Timestamp) -> Timestamp {
    now.saturating_sub(FORGOTTEN).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_begins_after_five_and_grows_to_a_quarter_of_an_hour() {
        let last: Timestamp = "2026-11-25T08:00:00Z".parse().unwrap();
        let wait =
            |of, count| waits_until(of, count, last, last).map(|until| last.duration_until(until).as_secs());
        for (count, seconds) in [
            (0, None),
            (4, None),
            (5, Some(30)),
            (6, Some(60)),
            (9, Some(480)),
            (99, Some(900)),
        ] {
            assert_eq!(wait(Counted::Name, count), seconds, "{count}");
        }
        assert_eq!(wait(Counted::Address, 39), None);
        assert_eq!(wait(Counted::Address, 40), Some(30));
        let later = last + SignedDuration::from_secs(30);
        assert_eq!(waits_until(Counted::Name, 5, last, later), None);
        let tomorrow = last + SignedDuration::from_hours(24);
        assert_eq!(waits_until(Counted::Name, 99, last, tomorrow), None);
    }
}
