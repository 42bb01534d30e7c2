//! Counting working time, day by day and exact to the millisecond.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use thiserror::Error;

use super::hours::{Calendar, CivilInterval, DAY_MILLIS, ServiceWeek};
use super::zone::Zone;
use crate::act::{Unfit, UnfitCode};

/// Why working time cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// The days off of a year that the question touches are not known.
    #[error(
        "the calendar has no year {year}: load the decree on holidays and joint leave of {year} into the settings"
    )]
    MissingYear {
        /// The year to load.
        year: i16,
    },
    /// The answer lies beyond the last date that can be written.
    #[error("the answer lies beyond the last date that can be written")]
    BeyondTime,
}

/// Working time of one kind of week. Cheap to make and to copy.
///
/// A unit with the 24-hour week needs no holidays, so it never misses a year.
#[derive(Debug, Clone, Copy)]
pub struct ServiceCalendar<'a> {
    calendar: &'a Calendar,
    week: ServiceWeek,
}

/// A civil day and the instant at which it begins.
#[derive(Clone, Copy)]
struct LocalDay {
    date: Date,
    midnight: i64,
}

impl LocalDay {
    fn of(zone: Zone, at: Timestamp) -> Self {
        Self::on(zone, zone.date(at))
    }

    fn on(zone: Zone, date: Date) -> Self {
        Self {
            date,
            midnight: zone.instant(date.to_datetime(Time::midnight())).as_millisecond(),
        }
    }

    fn next(self) -> Result<Self, CalendarError> {
        let date = self.date.tomorrow().map_err(|_| CalendarError::BeyondTime)?;
        Ok(Self {
            date,
            midnight: self.midnight + DAY_MILLIS,
        })
    }
}

fn instant(millis: i64) -> Result<Timestamp, CalendarError> {
    Timestamp::from_millisecond(millis).map_err(|_| CalendarError::BeyondTime)
}

/// When a day opens and closes; none if it is closed.
fn bounds(spans: &[(i64, i64)]) -> Option<(i64, i64)> {
    Some((spans.first()?.0, spans.last()?.1))
}

impl<'a> ServiceCalendar<'a> {
    pub(super) fn new(calendar: &'a Calendar, week: ServiceWeek) -> Self {
        Self { calendar, week }
    }

    /// The working stretches of a day, in milliseconds since its midnight.
    fn hours(self, date: Date) -> Result<&'a [(i64, i64)], CalendarError> {
        let seasons = match self.week {
            ServiceWeek::AllHours => return Ok(&[(0, DAY_MILLIS)]),
            ServiceWeek::Office => &self.calendar.office,
            ServiceWeek::SixDay => &self.calendar.six_day,
        };
        if self.calendar.day_off(date)?.is_some() {
            return Ok(&[]);
        }
        let week = if self.calendar.ramadan(date).is_some() {
            &seasons.ramadan
        } else {
            &seasons.normal
        };
        Ok(week.on(date.weekday()))
    }

    /// Whether there is any working time on that day.
    pub fn is_working_day(self, date: Date) -> Result<bool, CalendarError> {
        Ok(!self.hours(date)?.is_empty())
    }

    /// How many days of the year are working days.
    pub fn working_days_in(self, year: i16) -> Result<u32, CalendarError> {
        let first = Date::new(year, 1, 1).map_err(|_| CalendarError::BeyondTime)?;
        let mut days = 0;
        for date in first
            .series(jiff::Span::new().days(1))
            .take_while(|date| date.year() == year)
        {
            days += u32::from(self.is_working_day(date)?);
        }
        Ok(days)
    }

    /// The stretches of working time of a day, breaks left out, ascending.
    pub fn working_intervals(self, date: Date) -> Result<Vec<CivilInterval>, CalendarError> {
        let midnight = date.to_datetime(Time::midnight());
        let wall = |millis| {
            midnight
                .checked_add(jiff::SignedDuration::from_millis(millis))
                .map_err(|_| CalendarError::BeyondTime)
        };
        let spans = self.hours(date)?;
        spans
            .iter()
            .map(|&(from, until)| {
                Ok(CivilInterval {
                    from: wall(from)?,
                    until: wall(until)?,
                })
            })
            .collect()
    }

    /// Milliseconds of working time from one instant to another; negative if `to` lies before `from`.
    pub fn working_millis_between(
        self,
        zone: Zone,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<i64, CalendarError> {
        if to < from {
            return Ok(-self.working_millis_between(zone, to, from)?);
        }
        let (begin, end) = (from.as_millisecond(), to.as_millisecond());
        let mut sum = 0;
        let mut day = LocalDay::of(zone, from);
        while day.midnight < end {
            let spans = self.hours(day.date)?;
            sum += spans
                .iter()
                .map(|(open, close)| (end.min(day.midnight + close) - begin.max(day.midnight + open)).max(0))
                .sum::<i64>();
            day = day.next()?;
        }
        Ok(sum)
    }

    /// The earliest instant, not before `from`, at which `millis` of working time have passed.
    ///
    /// One working hour from Friday 16.00 ends on Monday at 08.00 in a normal office week; time that runs
    /// out when the office closes ends there, not at the next opening.
    pub fn add_working_millis(
        self,
        zone: Zone,
        from: Timestamp,
        millis: u64,
    ) -> Result<Timestamp, CalendarError> {
        let begin = from.as_millisecond();
        let mut rest = i64::try_from(millis).map_err(|_| CalendarError::BeyondTime)?;
        if rest == 0 {
            return instant(begin);
        }
        let mut day = LocalDay::of(zone, from);
        loop {
            for (open, close) in self.hours(day.date)? {
                let start = begin.max(day.midnight + open);
                let room = day.midnight + close - start;
                if room >= rest {
                    return instant(start + rest);
                }
                rest -= room.max(0);
            }
            day = day.next()?;
        }
    }

    /// The first opening of a working day strictly after `at`.
    ///
    /// Before the opening of a working day that is the same morning; for the 24-hour week it is the next
    /// midnight.
    pub fn next_working_morning(self, zone: Zone, at: Timestamp) -> Result<Timestamp, CalendarError> {
        let now = at.as_millisecond();
        let mut day = LocalDay::of(zone, at);
        loop {
            match bounds(self.hours(day.date)?) {
                Some((open, _)) if day.midnight + open > now => return instant(day.midnight + open),
                _ => day = day.next()?,
            }
        }
    }

    /// The same time of the day, `days` working days later.
    ///
    /// What arrives outside opening hours counts from the next opening (a break does not close the
    /// office). Where the last day closes earlier or opens later, as in Ramadan, that is the time.
    pub fn add_working_days(self, zone: Zone, at: Timestamp, days: u32) -> Result<Timestamp, CalendarError> {
        if days == 0 {
            return instant(at.as_millisecond());
        }
        let today = LocalDay::of(zone, at);
        let time = at.as_millisecond() - today.midnight;
        let is_open = |(open, close): (i64, i64)| open <= time && time <= close;
        let (first, time) = if bounds(self.hours(today.date)?).is_some_and(is_open) {
            (today, time)
        } else {
            let morning = self.next_working_morning(zone, at)?;
            let day = LocalDay::of(zone, morning);
            (day, morning.as_millisecond() - day.midnight)
        };
        let last = LocalDay::on(zone, self.working_days_after(first.date, days)?);
        let (open, close) = bounds(self.hours(last.date)?).unwrap_or((time, time));
        instant(last.midnight + time.clamp(open, close))
    }

    /// The `days`-th working day after `date`, which itself is not counted; for 0 `date` itself.
    pub fn working_days_after(self, date: Date, days: u32) -> Result<Date, CalendarError> {
        let mut date = date;
        let mut left = days;
        while left > 0 {
            date = date.tomorrow().map_err(|_| CalendarError::BeyondTime)?;
            left -= u32::from(self.is_working_day(date)?);
        }
        Ok(date)
    }
}

/// The office week: each does what the method of the same name of [`ServiceCalendar`] says.
impl Calendar {
    fn office_week(&self) -> ServiceCalendar<'_> {
        self.service(ServiceWeek::Office)
    }

    /// Whether offices work on that day.
    pub fn is_working_day(&self, date: Date) -> Result<bool, CalendarError> {
        self.office_week().is_working_day(date)
    }

    /// How many working days the year has.
    pub fn working_days_in(&self, year: i16) -> Result<u32, CalendarError> {
        self.office_week().working_days_in(year)
    }

    /// The stretches of office time of a day, breaks left out.
    pub fn working_intervals(&self, date: Date) -> Result<Vec<CivilInterval>, CalendarError> {
        self.office_week().working_intervals(date)
    }

    /// Milliseconds of office time between two instants.
    pub fn working_millis_between(
        &self,
        zone: Zone,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<i64, CalendarError> {
        self.office_week().working_millis_between(zone, from, to)
    }

    /// When `millis` of office time have passed.
    pub fn add_working_millis(
        &self,
        zone: Zone,
        from: Timestamp,
        millis: u64,
    ) -> Result<Timestamp, CalendarError> {
        self.office_week().add_working_millis(zone, from, millis)
    }

    /// The first opening of an office day strictly after `at`.
    pub fn next_working_morning(&self, zone: Zone, at: Timestamp) -> Result<Timestamp, CalendarError> {
        self.office_week().next_working_morning(zone, at)
    }

    /// The same time of the day, `days` working days later.
    pub fn add_working_days(&self, zone: Zone, at: Timestamp, days: u32) -> Result<Timestamp, CalendarError> {
        self.office_week().add_working_days(zone, at, days)
    }

    /// The `days`-th working day after `date`.
    pub fn working_days_after(&self, date: Date, days: u32) -> Result<Date, CalendarError> {
        self.office_week().working_days_after(date, days)
    }
}

impl From<CalendarError> for Unfit {
    fn from(error: CalendarError) -> Self {
        match error {
            CalendarError::MissingYear { year } => Self::from(UnfitCode::MissingYear).with("year", year),
            CalendarError::BeyondTime => UnfitCode::BeyondTime.into(),
        }
    }
}
