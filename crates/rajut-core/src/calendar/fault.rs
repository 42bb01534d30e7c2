//! What can be wrong in a calendar file.

use jiff::civil::{Date, Time};
use thiserror::Error;

use crate::act::{Unfit, UnfitCode};

/// A calendar file that cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct CalendarFileError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub fault: CalendarFault,
}

/// What can be wrong in a calendar file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarFault {
    /// Not TOML, or not the fields that a calendar has.
    #[error("{0}")]
    Syntax(String),
    /// There is no year at all.
    #[error("no [[year]]: write at least one year with its decree")]
    NoYear,
    /// The same year twice.
    #[error("the year {0} is written twice")]
    YearTwice(i16),
    /// A decree or a name is empty.
    #[error("this must not be empty")]
    Empty,
    /// A day is listed under another year.
    #[error("{date} does not belong to the year {year}")]
    OtherYear {
        /// The day as written.
        date: Date,
        /// The year it stands under.
        year: i16,
    },
    /// A local day in a year that the file does not hold.
    #[error("{0} lies in a year that this file does not hold")]
    UnknownYear(Date),
    /// A day is listed twice.
    #[error("{date} is written twice: it is already \"{name}\"")]
    DayTwice {
        /// The day.
        date: Date,
        /// The name under which it stands already.
        name: String,
    },
    /// A month of fasting does not last 29 or 30 days.
    #[error("Ramadan lasts 29 or 30 days, not {0}")]
    RamadanLength(i32),
    /// Two months of fasting touch the same day.
    #[error("this Ramadan overlaps that of {0} H")]
    RamadanOverlap(u16),
    /// Every year of the civil calendar has days of Ramadan.
    #[error("the year {0} has no Ramadan: write its dates, as an estimate if they are not decided")]
    RamadanMissing(i16),
    /// A day ends before it begins.
    #[error("the end {until} is not after the beginning {from}")]
    Reversed {
        /// Beginning as written.
        from: Time,
        /// End as written.
        until: Time,
    },
    /// A break lies outside the day or touches the one before it.
    #[error("the break {from}-{until} must lie within the day and after the break before it")]
    BreakOutside {
        /// Beginning as written.
        from: Time,
        /// End as written.
        until: Time,
    },
    /// The days do not add up to the week.
    #[error("the days add up to {sum} minutes net of breaks, but weekly_minutes says {said}")]
    WeekSum {
        /// What the days add up to.
        sum: i64,
        /// What the file says.
        said: i64,
    },
}

impl From<CalendarFileError> for Unfit {
    fn from(error: CalendarFileError) -> Self {
        let of = |code: UnfitCode| Self::from(code);
        let told = match error.fault {
            CalendarFault::Syntax(detail) => Self::detail(detail),
            CalendarFault::NoYear => of(UnfitCode::CalendarNoYear),
            CalendarFault::YearTwice(year) => of(UnfitCode::CalendarYearTwice).with("year", year),
            CalendarFault::Empty => of(UnfitCode::Empty),
            CalendarFault::OtherYear { date, year } => of(UnfitCode::CalendarOtherYear)
                .with("date", date)
                .with("year", year),
            CalendarFault::UnknownYear(date) => of(UnfitCode::CalendarUnknownYear).with("date", date),
            CalendarFault::DayTwice { date, name } => of(UnfitCode::CalendarDayTwice)
                .with("date", date)
                .with("name", name),
            CalendarFault::RamadanLength(days) => of(UnfitCode::RamadanLength).with("days", days),
            CalendarFault::RamadanOverlap(year) => of(UnfitCode::RamadanOverlap).with("year", year),
            CalendarFault::RamadanMissing(year) => of(UnfitCode::RamadanMissing).with("year", year),
            CalendarFault::Reversed { from, until } => {
                of(UnfitCode::Reversed).with("from", from).with("until", until)
            }
            CalendarFault::BreakOutside { from, until } => of(UnfitCode::BreakOutside)
                .with("from", from)
                .with("until", until),
            CalendarFault::WeekSum { sum, said } => {
                of(UnfitCode::WeekSum).with("sum", sum).with("said", said)
            }
        };
        told.with("line", error.line).with("column", error.column)
    }
}
