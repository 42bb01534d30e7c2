//! A standard time as the paper writes it: a number and a unit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Working minutes in one working day: 37 hours 30 minutes a week over five days (Perpres 21/2023).
pub const WORKING_DAY_MINUTES: i64 = 450;

/// The units in which a standard is written. A day is a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// menit
    Minute,
    /// jam
    Hour,
    /// hari kerja
    Day,
    /// minggu: five working days
    Week,
}

/// A standard time, kept as it was written ("1 hari kerja") so that the paper prints again as it was.
///
/// ```
/// use rajut_core::procedure::TimeAsWritten;
/// let time: TimeAsWritten = "1 hari".parse().unwrap();
/// assert_eq!(time.working_minutes(), 450);
/// assert_eq!(time.to_string(), "1 hari kerja");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct TimeAsWritten {
    /// How many units; at least one.
    pub amount: u32,
    /// Of what.
    pub unit: TimeUnit,
}

/// A text that is not a number and a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the time {0:?}, expected a whole number and menit, jam, hari kerja or minggu")]
pub struct UnreadableTime(
    /// The text as given.
    pub String,
);

impl TimeAsWritten {
    /// The time in working minutes: a day is [`WORKING_DAY_MINUTES`], a week five of them.
    pub fn working_minutes(self) -> i64 {
        let unit = match self.unit {
            TimeUnit::Minute => 1,
            TimeUnit::Hour => 60,
            TimeUnit::Day => WORKING_DAY_MINUTES,
            TimeUnit::Week => 5 * WORKING_DAY_MINUTES,
        };
        i64::from(self.amount) * unit
    }
}

impl FromStr for TimeAsWritten {
    type Err = UnreadableTime;

    fn from_str(text: &str) -> Result<Self, UnreadableTime> {
        let unreadable = || UnreadableTime(text.to_owned());
        let lower = text.to_lowercase();
        let mut words = lower.split_whitespace();
        let amount: u32 = words
            .next()
            .and_then(|word| word.parse().ok())
            .ok_or_else(unreadable)?;
        let unit = match words.collect::<Vec<_>>().as_slice() {
            ["menit"] => TimeUnit::Minute,
            ["jam"] => TimeUnit::Hour,
            ["hari"] | ["hari", "kerja"] => TimeUnit::Day,
            ["minggu"] => TimeUnit::Week,
            _ => return Err(unreadable()),
        };
        if amount == 0 {
            Err(unreadable())
        } else {
            Ok(Self { amount, unit })
        }
    }
}

impl fmt::Display for TimeAsWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            TimeUnit::Minute => "menit",
            TimeUnit::Hour => "jam",
            TimeUnit::Day => "hari kerja",
            TimeUnit::Week => "minggu",
        };
        write!(f, "{} {unit}", self.amount)
    }
}

impl TryFrom<String> for TimeAsWritten {
    type Error = UnreadableTime;
    fn try_from(text: String) -> Result<Self, UnreadableTime> {
        text.parse()
    }
}

impl From<TimeAsWritten> for String {
    fn from(time: TimeAsWritten) -> String {
        time.to_string()
    }
}

/// What stands in a Waktu cell. A draft may hold a text that is no time; lint rule E08 then keeps it
/// from being put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(from = "String", into = "String")]
pub enum WrittenTime {
    /// A number and a unit.
    Read(TimeAsWritten),
    /// Anything else, as written.
    Unreadable(String),
}

impl WrittenTime {
    /// The time, if the text was one.
    pub fn read(&self) -> Option<TimeAsWritten> {
        match self {
            Self::Read(time) => Some(*time),
            Self::Unreadable(_) => None,
        }
    }
}

impl From<String> for WrittenTime {
    fn from(text: String) -> Self {
        text.parse().map_or(Self::Unreadable(text), Self::Read)
    }
}

impl From<WrittenTime> for String {
    fn from(time: WrittenTime) -> String {
        match time {
            WrittenTime::Read(time) => time.to_string(),
            WrittenTime::Unreadable(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_times_become_working_minutes() {
        for (text, minutes, printed) in [
            ("10 menit", 10, "10 menit"),
            (" 1  Jam ", 60, "1 jam"),
            ("1 hari kerja", 450, "1 hari kerja"),
            ("5 hari", 2_250, "5 hari kerja"),
            ("1 minggu", 2_250, "1 minggu"),
            ("4294967295 minggu", 9_663_676_413_750, "4294967295 minggu"),
        ] {
            let time: TimeAsWritten = text.parse().unwrap();
            assert_eq!(
                (time.working_minutes(), time.to_string().as_str()),
                (minutes, printed),
                "{text}"
            );
            assert_eq!(time.to_string().parse::<TimeAsWritten>().unwrap(), time);
        }
    }

    #[test]
    fn what_is_no_time_stays_as_written() {
        for text in [
            "",
            "menit",
            "0 menit",
            "-1 jam",
            "1,5 jam",
            "1 jam kerja",
            "segera",
            "10menit",
        ] {
            assert_eq!(
                WrittenTime::from(text.to_owned()),
                WrittenTime::Unreadable(text.to_owned())
            );
        }
    }
}
