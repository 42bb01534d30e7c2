//! Working time: zones, calendars, holidays, office hours. It must not know runs or steps.
//!
//! Hides how a day is cut into working intervals, which days are off and why, and how time is counted
//! over them. Everything that changes by decree or place is read from a file ([`Calendar::parse`]); a
//! year that the file does not hold is an error that names it, never a guess.

mod clockwork;
mod fault;
mod file;
mod hours;
mod zone;

#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod minute_counter;

pub use clockwork::{CalendarError, ServiceCalendar};
pub use fault::{CalendarFault, CalendarFileError};
pub use hours::{Calendar, CivilInterval, DayOff, DayOffKind, Ramadan, ServiceWeek};
pub use zone::Zone;

/// The text of the calendar shipped with the program; set-up loads it into the settings.
pub fn default_calendar() -> &'static str {
    include_str!("../../../../data/calendar/indonesia.toml")
}
