//! The calendar as a value: which days are off and why, and the working hours of the others.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Weekday};
use serde::{Deserialize, Serialize};

use super::clockwork::{CalendarError, ServiceCalendar};

/// Milliseconds of a civil day; no zone of Indonesia has a shorter or longer one.
pub(super) const DAY_MILLIS: i64 = 86_400_000;

/// How a unit or a site works through the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum ServiceWeek {
    /// An office: Monday to Friday.
    #[serde(rename = "5-day")]
    Office,
    /// A unit that serves the public from Monday to Saturday.
    #[serde(rename = "6-day")]
    SixDay,
    /// Day and night, holidays included (a hospital): working time is calendar time.
    #[serde(rename = "24-hour")]
    AllHours,
}

/// Why a day is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayOffKind {
    /// Libur nasional.
    National,
    /// Cuti bersama.
    JointLeave,
    /// Added by the region's own decree.
    Local,
}

/// A day on which offices are closed although the week would have them open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayOff {
    /// Why.
    pub kind: DayOffKind,
    /// Its name, in Indonesian.
    pub name: String,
    /// The decree that sets it.
    pub decree: String,
}

/// A month of fasting with its shorter hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ramadan {
    /// Year of the Hijri calendar.
    pub hijri: u16,
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub until: Date,
    /// True until the minister has decided the dates.
    pub estimate: bool,
}

/// A stretch of working time on the wall clock: `from` included, `until` excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CivilInterval {
    /// Begins.
    pub from: DateTime,
    /// Ends; midnight of the next day for a whole day.
    pub until: DateTime,
}

/// The working time of one version of the settings.
///
/// Its own methods speak of the office week (five days); [`Calendar::service`] gives the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub(super) version: u32,
    pub(super) years: BTreeMap<i16, Year>,
    pub(super) ramadan: Vec<Ramadan>,
    pub(super) office: Seasons,
    pub(super) six_day: Seasons,
}

/// The days off of a year and the decree that lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Year {
    pub(super) decree: String,
    pub(super) days_off: BTreeMap<Date, DayOff>,
}

/// The same week in and out of Ramadan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seasons {
    pub(super) normal: WeekHours,
    pub(super) ramadan: WeekHours,
}

/// Seven days, Monday first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WeekHours(pub(super) [DayHours; 7]);

/// Working stretches of a day in milliseconds since midnight: ascending, apart, none empty.
pub(super) type DayHours = Vec<(i64, i64)>;

impl WeekHours {
    pub(super) fn on(&self, weekday: Weekday) -> &[(i64, i64)] {
        &self.0[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }
}

impl Calendar {
    /// The version that the file carries; a judgement records it.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The years whose days off are known, ascending.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }

    /// The decree on holidays and joint leave of a year.
    pub fn decree(&self, year: i16) -> Result<&str, CalendarError> {
        Ok(&self.year(year)?.decree)
    }

    /// Why a day is off, or none if only the week decides.
    pub fn day_off(&self, date: Date) -> Result<Option<&DayOff>, CalendarError> {
        Ok(self.year(date.year())?.days_off.get(&date))
    }

    /// Every day off of a year, ascending; some fall on a weekend.
    pub fn days_off(&self, year: i16) -> Result<impl Iterator<Item = (Date, &DayOff)>, CalendarError> {
        Ok(self.year(year)?.days_off.iter().map(|(date, off)| (*date, off)))
    }

    /// The month of fasting that a day belongs to.
    pub fn ramadan(&self, date: Date) -> Option<&Ramadan> {
        self.ramadan
            .iter()
            .find(|month| month.from <= date && date <= month.until)
    }

    /// Working time of a site or unit with this week.
    pub fn service(&self, week: ServiceWeek) -> ServiceCalendar<'_> {
        ServiceCalendar::new(self, week)
    }

    pub(super) fn year(&self, year: i16) -> Result<&Year, CalendarError> {
        self.years.get(&year).ok_or(CalendarError::MissingYear { year })
    }
}
