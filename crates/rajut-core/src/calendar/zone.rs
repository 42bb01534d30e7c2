//! The three time zones of Indonesia.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// A zone of Indonesia (Keppres 41/1987): a fixed distance from UTC, no daylight saving.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Zone {
    /// Western time, UTC+7.
    Wib,
    /// Central time, UTC+8.
    Wita,
    /// Eastern time, UTC+9.
    Wit,
}

impl Zone {
    /// Every zone, from west to east.
    pub const ALL: [Self; 3] = [Self::Wib, Self::Wita, Self::Wit];

    /// The distance from UTC.
    pub fn offset(self) -> Offset {
        match self {
            Self::Wib => Offset::constant(7),
            Self::Wita => Offset::constant(8),
            Self::Wit => Offset::constant(9),
        }
    }

    /// The abbreviation printed after a time: "WIB", "WITA", "WIT".
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    /// The zone with this abbreviation.
    pub fn from_abbreviation(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|zone| zone.abbreviation() == text)
    }

    /// The day on the calendar at this instant.
    pub fn date(self, at: Timestamp) -> Date {
        self.civil(at).date()
    }

    /// What calendar and clock on the wall show at this instant.
    pub fn civil(self, at: Timestamp) -> DateTime {
        self.offset().to_datetime(at)
    }

    /// The instant at which calendar and clock on the wall show `civil`.
    ///
    /// The last or first hours of all representable time saturate; no record comes near them.
    pub fn instant(self, civil: DateTime) -> Timestamp {
        self.offset().to_timestamp(civil).unwrap_or(if civil.year() > 0 {
            Timestamp::MAX
        } else {
            Timestamp::MIN
        })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime};

    #[test]
    fn the_same_instant_on_three_walls() {
        let at: Timestamp = "2026-11-23T16:30:00Z".parse().unwrap();
        assert_eq!(Zone::Wib.civil(at), datetime(2026, 11, 23, 23, 30, 0, 0));
        assert_eq!(Zone::Wita.civil(at), datetime(2026, 11, 24, 0, 30, 0, 0));
        assert_eq!(Zone::Wit.date(at), date(2026, 11, 24));
        for zone in Zone::ALL {
            assert_eq!(zone.instant(zone.civil(at)), at);
        }
    }

    #[test]
    fn written_by_its_abbreviation() {
        for (zone, text) in [
            (Zone::Wib, "\"WIB\""),
            (Zone::Wita, "\"WITA\""),
            (Zone::Wit, "\"WIT\""),
        ] {
            assert_eq!(serde_json::to_string(&zone).unwrap(), text);
            assert_eq!(serde_json::from_str::<Zone>(text).unwrap(), zone);
            assert_eq!(format!("\"{zone}\""), text);
        }
    }

    #[test]
    fn the_end_of_time_saturates() {
        assert_eq!(Zone::Wib.instant(DateTime::MAX), Timestamp::MAX);
        assert_eq!(Zone::Wib.instant(DateTime::MIN), Timestamp::MIN);
    }
}
