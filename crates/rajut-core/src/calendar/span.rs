//! A duration as a procedure writes it: "10 menit", "1 hari kerja".

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Working minutes of a day: 37 h 30 min a week over five days (Perpres 21/2023).
///
/// A written "day" is always worth this much, also in Ramadan when a day is shorter: the standard is one
/// number, and the calendar decides how long it takes to pass.
pub const WORKING_DAY_MINUTES: u32 = 450;

/// Working minutes of a week: 37 h 30 min (Perpres 21/2023).
pub const WORKING_WEEK_MINUTES: u32 = 5 * WORKING_DAY_MINUTES;

/// The unit that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// "menit"
    Minute,
    /// "jam"
    Hour,
    /// "hari": a working day too, which is how procedures mean it; printed as it was written.
    Day,
    /// "hari kerja"
    WorkingDay,
    /// "minggu": five working days.
    Week,
}

impl Unit {
    /// The Indonesian word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Minute => "menit",
            Self::Hour => "jam",
            Self::Day => "hari",
            Self::WorkingDay => "hari kerja",
            Self::Week => "minggu",
        }
    }

    /// Working minutes in one of it.
    pub fn working_minutes(self) -> u32 {
        match self {
            Self::Minute => 1,
            Self::Hour => 60,
            Self::Day | Self::WorkingDay => WORKING_DAY_MINUTES,
            Self::Week => WORKING_WEEK_MINUTES,
        }
    }
}

/// A duration kept as written, with what it is worth in working time.
///
/// ```
/// let span: rajut_core::calendar::Span = "1  Hari kerja".parse().unwrap();
/// assert_eq!((span.to_string().as_str(), span.working_minutes()), ("1 hari kerja", 450));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    amount: u32,
    unit: Unit,
}

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpanError {
    /// It does not begin with a whole number from 1.
    #[error("'{0}' does not begin with a whole number from 1; write for example \"10 menit\"")]
    Amount(String),
    /// The unit is none of those known.
    #[error("'{0}' is no unit of time; write menit, jam, hari, hari kerja or minggu")]
    Unit(String),
    /// It is longer than can be counted.
    #[error("'{0}' is too long; at most {max} working minutes can be counted", max = u32::MAX)]
    TooLong(String),
}

impl Span {
    /// `amount` of `unit`. Refuses nought and what does not fit into `u32` working minutes.
    pub fn new(amount: u32, unit: Unit) -> Result<Self, SpanError> {
        let written = || format!("{amount} {}", unit.word());
        if amount == 0 {
            return Err(SpanError::Amount(written()));
        }
        match amount.checked_mul(unit.working_minutes()) {
            Some(_) => Ok(Self { amount, unit }),
            None => Err(SpanError::TooLong(written())),
        }
    }

    /// How many units were written; at least one.
    pub fn amount(self) -> u32 {
        self.amount
    }

    /// The unit that was written.
    pub fn unit(self) -> Unit {
        self.unit
    }

    /// What it is worth in working minutes; a day is [`WORKING_DAY_MINUTES`].
    pub fn working_minutes(self) -> u32 {
        self.amount * self.unit.working_minutes()
    }

    /// What it is worth in milliseconds of working time.
    pub fn working_millis(self) -> u64 {
        u64::from(self.working_minutes()) * 60_000
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let mut words = text.split_whitespace();
        let amount = words
            .next()
            .and_then(|word| word.parse::<u32>().ok())
            .filter(|amount| *amount > 0)
            .ok_or_else(|| SpanError::Amount(text.to_owned()))?;
        let rest = words.collect::<Vec<_>>().join(" ").to_lowercase();
        let unit = match rest.as_str() {
            "menit" => Unit::Minute,
            "jam" => Unit::Hour,
            "hari" => Unit::Day,
            "hari kerja" => Unit::WorkingDay,
            "minggu" => Unit::Week,
            _ => return Err(SpanError::Unit(rest)),
        };
        Self::new(amount, unit)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit.word())
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;
    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_worth() {
        for (text, minutes, shown) in [
            ("10 menit", 10, "10 menit"),
            ("1 jam", 60, "1 jam"),
            (" 30  Menit ", 30, "30 menit"),
            ("3 hari", 1350, "3 hari"),
            ("1 hari kerja", 450, "1 hari kerja"),
            ("1 minggu", 2250, "1 minggu"),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.working_minutes(), minutes, "{text}");
            assert_eq!(span.to_string(), shown);
            assert_eq!(shown.parse::<Span>().unwrap(), span);
        }
    }

    #[test]
    fn what_is_no_duration() {
        for text in ["", "menit", "0 menit", "-1 jam", "1,5 jam", "setengah jam"] {
            assert!(
                matches!(text.parse::<Span>(), Err(SpanError::Amount(_))),
                "{text}"
            );
        }
        for text in ["10", "10 minutes", "1 hari libur", "2 bulan"] {
            assert!(matches!(text.parse::<Span>(), Err(SpanError::Unit(_))), "{text}");
        }
        assert_eq!(
            "9544372 minggu".parse::<Span>(),
            Err(SpanError::TooLong("9544372 minggu".to_owned()))
        );
    }

    #[test]
    fn read_from_a_file() {
        #[derive(Deserialize, Serialize)]
        struct Standard {
            time: Span,
        }
        let standard: Standard = toml::from_str("time = \"2 jam\"").unwrap();
        assert_eq!(standard.time, Span::new(2, Unit::Hour).unwrap());
        assert_eq!(serde_json::to_string(&standard).unwrap(), r#"{"time":"2 jam"}"#);
        let error = toml::from_str::<Standard>("time = \"2 ember\"")
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("'ember' is no unit of time"), "{error}");
    }
}
