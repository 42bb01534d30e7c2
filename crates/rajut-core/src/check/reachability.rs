//! From looks to "without connection". Hides how failures are counted; knows neither sites nor paths.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

use super::{Method, Observation, Outcome, Vantage};

/// What reachability needs of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When it was made.
    pub at: Timestamp,
    /// How.
    pub method: Method,
    /// What it came to.
    pub outcome: Outcome,
}

impl Look {
    /// The look behind an observation, or nothing when the observation does not tell whether the *server*
    /// reaches the target: a laptop on site sees its own gateway though the line to it is cut, and an
    /// instrument sees no host.
    pub fn of(observation: &Observation) -> Option<Self> {
        let tells = observation.vantage == Vantage::Server && observation.method != Method::Reading;
        tells.then_some(Self {
            at: observation.started_at,
            method: observation.method,
            outcome: observation.outcome,
        })
    }
}

/// Whether a device is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reachability {
    /// It is.
    Up,
    /// It failed as often in a row as the setting asks.
    Down {
        /// The first failure of that row.
        since: Timestamp,
    },
    /// Not enough is known.
    Unknown,
}

/// Whether a device is reached, and how old that knowledge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Whether it is reached.
    pub state: Reachability,
    /// The last look that said something about it.
    pub as_of: Option<Timestamp>,
    /// Failures in a row up to now, by the method that counts most.
    pub failures: u32,
}

impl Reach {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        state: Reachability::Unknown,
        as_of: None,
        failures: 0,
    };

    /// Failures in a row after which a device is down, unless the settings say otherwise.
    pub const FAILURES_IN_A_ROW: NonZeroU32 = match NonZeroU32::new(3) {
        Some(three) => three,
        None => unreachable!(),
    };

    /// Folds the recent looks at one device, in any order.
    ///
    /// `not_observed` never counts. One success of any method ends the row. Looks by different methods at
    /// one time are one failure, not two, so a row is counted per method and the longest one decides.
    pub fn fold(looks: &[Look], failures_in_a_row: NonZeroU32) -> Self {
        let mut telling: Vec<(Timestamp, Method, bool)> = looks
            .iter()
            .filter_map(|look| Some((look.at, look.method, look.outcome.alive()?)))
            .collect();
        // At one instant a success stands last: it ends the row.
        telling.sort_by_key(|&(at, _, alive)| (at, alive));
        let row = telling
            .iter()
            .rposition(|&(_, _, alive)| alive)
            .map_or(0, |success| success + 1);
        let ever_up = row > 0;
        let row = &telling[row..];
        let by = |method| row.iter().filter(|&&(_, how, _)| how == method).count();
        let longest = by(Method::IcmpEcho).max(by(Method::TcpConnect));
        let failures = u32::try_from(longest).unwrap_or(u32::MAX);
        let state = match row.first() {
            Some(&(since, ..)) if failures >= failures_in_a_row.get() => Reachability::Down { since },
            _ if ever_up => Reachability::Up,
            _ => Reachability::Unknown,
        };
        Self {
            state,
            as_of: telling.last().map(|&(at, ..)| at),
            failures,
        }
    }

    /// How old the knowledge is.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        self.as_of.map(|at| now.duration_since(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_770_000_000 + 60 * minute).unwrap()
    }

    /// One look per letter and minute: `s`een, `r`efused, `x` silent, `u`nreachable, `n`ot observed.
    fn looks(text: &str, method: Method) -> Vec<Look> {
        text.chars()
            .enumerate()
            .map(|(i, letter)| Look {
                at: minute(i64::try_from(i).unwrap()),
                method,
                outcome: match letter {
                    's' => Outcome::Seen,
                    'r' => Outcome::Refused,
                    'x' => Outcome::Silent,
                    'u' => Outcome::Unreachable,
                    'n' => Outcome::NotObserved,
                    _ => panic!("no such letter"),
                },
            })
            .collect()
    }

    fn fold(text: &str) -> Reach {
        Reach::fold(&looks(text, Method::IcmpEcho), Reach::FAILURES_IN_A_ROW)
    }

    #[test]
    fn three_failures_in_a_row_and_no_fewer() {
        use Reachability::{Down, Unknown, Up};
        for (text, state, failures) in [
            ("", Unknown, 0),
            ("s", Up, 0),
            ("x", Unknown, 1),
            ("xx", Unknown, 2),
            ("xxx", Down { since: minute(0) }, 3),
            ("sxx", Up, 2),
            ("sxxx", Down { since: minute(1) }, 3),
            ("sxux", Down { since: minute(1) }, 3),
            ("sxxsx", Up, 1),
            ("sxxxr", Up, 0),
            ("sxnnnx", Up, 2),
            ("sxnxnx", Down { since: minute(1) }, 3),
            ("nnnn", Unknown, 0),
        ] {
            let got = fold(text);
            assert_eq!((got.state, got.failures), (state, failures), "{text}");
        }
    }

    #[test]
    fn what_was_not_observed_makes_knowledge_older_not_newer() {
        let got = fold("ssnn");
        assert_eq!(got.as_of, Some(minute(1)));
        assert_eq!(got.age(minute(3)), Some(SignedDuration::from_mins(2)));
        assert_eq!(Reach::UNKNOWN.age(minute(3)), None);
    }

    #[test]
    fn two_methods_at_one_time_are_one_failure_and_either_success_counts() {
        let both = |icmp: &str, tcp: &str| {
            let mut all = looks(icmp, Method::IcmpEcho);
            all.extend(looks(tcp, Method::TcpConnect));
            Reach::fold(&all, Reach::FAILURES_IN_A_ROW).state
        };
        assert_eq!(both("sxx", "sxx"), Reachability::Up);
        assert_eq!(both("sxxx", "sxxx"), Reachability::Down { since: minute(1) });
        assert_eq!(
            both("xxxxxx", "rrrrrr"),
            Reachability::Up,
            "ICMP is filtered, the host is alive"
        );
    }

    #[test]
    fn only_the_server_and_only_looks_tell() {
        let mut observation = Observation {
            id: crate::id::FreshIds::new(minute(0), [1; 32]).fresh(),
            target: "contoh".into(),
            method: Method::IcmpEcho,
            vantage: Vantage::Server,
            started_at: minute(0),
            duration_us: 0,
            samples: vec![],
            measures: vec![],
            outcome: Outcome::Seen,
            raw: None,
        };
        assert!(Look::of(&observation).is_some());
        observation.vantage = Vantage::Laptop;
        assert!(Look::of(&observation).is_none());
        observation.vantage = Vantage::Server;
        observation.method = Method::Reading;
        assert!(Look::of(&observation).is_none());
    }

    proptest! {
        #[test]
        fn not_observed_never_changes_the_state(text in "[srxu]{0,12}", holes in prop::collection::vec(0_usize..13, 0..6)) {
            let mut with_holes = looks(&text, Method::IcmpEcho);
            for hole in holes {
                with_holes.push(Look { at: minute(i64::try_from(hole).unwrap()), method: Method::IcmpEcho, outcome: Outcome::NotObserved });
            }
            prop_assert_eq!(Reach::fold(&with_holes, Reach::FAILURES_IN_A_ROW), fold(&text));
        }
    }
}
