//! Reading a calendar from TOML and refusing one that contradicts itself, with the line of the fault.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::civil::{Date, Time};
use serde::Deserialize;
use toml::Spanned;

use super::fault::{CalendarFault, CalendarFileError};
use super::hours::{Calendar, DayHours, DayOff, DayOffKind, Ramadan, Seasons, WeekHours, Year};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    version: u32,
    hours: HoursFile,
    #[serde(default)]
    ramadan: Vec<Spanned<RamadanFile>>,
    #[serde(default)]
    year: Vec<YearFile>,
    #[serde(default)]
    local: Vec<LocalFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    office: SeasonsFile,
    six_day: SeasonsFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeasonsFile {
    normal: WeekFile,
    ramadan: WeekFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeekFile {
    weekly_minutes: Spanned<u32>,
    monday: Option<Spanned<DayFile>>,
    tuesday: Option<Spanned<DayFile>>,
    wednesday: Option<Spanned<DayFile>>,
    thursday: Option<Spanned<DayFile>>,
    friday: Option<Spanned<DayFile>>,
    saturday: Option<Spanned<DayFile>>,
    sunday: Option<Spanned<DayFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayFile {
    from: Time,
    until: Time,
    #[serde(default)]
    breaks: Vec<Spanned<BreakFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakFile {
    from: Time,
    until: Time,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RamadanFile {
    hijri: u16,
    from: Date,
    until: Date,
    estimate: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: Spanned<i16>,
    decree: Spanned<String>,
    holidays: Vec<DayOffFile>,
    joint_leave: Vec<DayOffFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayOffFile {
    date: Spanned<Date>,
    name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocalFile {
    date: Spanned<Date>,
    name: Spanned<String>,
    decree: Spanned<String>,
}

/// A fault and the byte where it stands.
struct Fault(usize, CalendarFault);

impl Calendar {
    /// Reads a calendar and checks it: sums of the week, breaks, days under their year, none twice, a
    /// Ramadan for every year.
    pub fn parse(text: &str) -> Result<Self, CalendarFileError> {
        let locate = |Fault(at, fault)| {
            let before = &text[..text.floor_char_boundary(at)];
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            CalendarFileError {
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
                fault,
            }
        };
        let file: CalendarFile = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            locate(Fault(at, CalendarFault::Syntax(error.message().to_owned())))
        })?;
        file.check().map_err(locate)
    }
}

impl CalendarFile {
    fn check(self) -> Result<Calendar, Fault> {
        let mut years = BTreeMap::new();
        for year in self.year {
            year.add_to(&mut years)?;
        }
        if years.is_empty() {
            return Err(Fault(0, CalendarFault::NoYear));
        }
        for local in self.local {
            let date = *local.date.get_ref();
            let Some(year) = years.get_mut(&date.year()) else {
                return Err(Fault(local.date.span().start, CalendarFault::UnknownYear(date)));
            };
            let decree = not_empty(local.decree)?;
            year.add(
                DayOffKind::Local,
                &decree,
                DayOffFile {
                    date: local.date,
                    name: local.name,
                },
            )?;
        }
        Ok(Calendar {
            version: self.version,
            ramadan: ramadan(self.ramadan, years.keys().copied())?,
            years,
            office: self.hours.office.check()?,
            six_day: self.hours.six_day.check()?,
        })
    }
}

fn not_empty(text: Spanned<String>) -> Result<String, Fault> {
    if text.get_ref().trim().is_empty() {
        return Err(Fault(text.span().start, CalendarFault::Empty));
    }
    Ok(text.into_inner())
}

impl YearFile {
    fn add_to(self, years: &mut BTreeMap<i16, Year>) -> Result<(), Fault> {
        let (number, at) = (*self.year.get_ref(), self.year.span().start);
        let Entry::Vacant(slot) = years.entry(number) else {
            return Err(Fault(at, CalendarFault::YearTwice(number)));
        };
        let decree = not_empty(self.decree)?;
        let mut year = Year {
            decree: decree.clone(),
            days_off: BTreeMap::new(),
        };
        let national = self.holidays.into_iter().map(|day| (DayOffKind::National, day));
        let joint = self
            .joint_leave
            .into_iter()
            .map(|day| (DayOffKind::JointLeave, day));
        for (kind, day) in national.chain(joint) {
            let date = *day.date.get_ref();
            if date.year() != number {
                return Err(Fault(
                    day.date.span().start,
                    CalendarFault::OtherYear { date, year: number },
                ));
            }
            year.add(kind, &decree, day)?;
        }
        slot.insert(year);
        Ok(())
    }
}

impl Year {
    fn add(&mut self, kind: DayOffKind, decree: &str, day: DayOffFile) -> Result<(), Fault> {
        let (date, at) = (*day.date.get_ref(), day.date.span().start);
        match self.days_off.entry(date) {
            Entry::Occupied(there) => Err(Fault(
                at,
                CalendarFault::DayTwice {
                    date,
                    name: there.get().name.clone(),
                },
            )),
            Entry::Vacant(slot) => {
                slot.insert(DayOff {
                    kind,
                    name: not_empty(day.name)?,
                    decree: decree.to_owned(),
                });
                Ok(())
            }
        }
    }
}

fn ramadan(
    months: Vec<Spanned<RamadanFile>>,
    years: impl Iterator<Item = i16>,
) -> Result<Vec<Ramadan>, Fault> {
    let mut read: Vec<Ramadan> = Vec::new();
    for month in months {
        let at = month.span().start;
        let RamadanFile {
            hijri,
            from,
            until,
            estimate,
        } = month.into_inner();
        let days = (until - from).get_days() + 1;
        if !(29..=30).contains(&days) {
            return Err(Fault(at, CalendarFault::RamadanLength(days)));
        }
        if let Some(other) = read
            .iter()
            .find(|other| other.from <= until && from <= other.until)
        {
            return Err(Fault(at, CalendarFault::RamadanOverlap(other.hijri)));
        }
        read.push(Ramadan {
            hijri,
            from,
            until,
            estimate,
        });
    }
    for year in years {
        if !read
            .iter()
            .any(|month| month.from.year() <= year && year <= month.until.year())
        {
            return Err(Fault(0, CalendarFault::RamadanMissing(year)));
        }
    }
    Ok(read)
}

impl SeasonsFile {
    fn check(self) -> Result<Seasons, Fault> {
        Ok(Seasons {
            normal: self.normal.check()?,
            ramadan: self.ramadan.check()?,
        })
    }
}

impl WeekFile {
    fn check(self) -> Result<WeekHours, Fault> {
        let days = [
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        ];
        let mut week = WeekHours(Default::default());
        for (hours, day) in week.0.iter_mut().zip(days) {
            if let Some(day) = day {
                *hours = day_hours(day)?;
            }
        }
        let millis: i64 = week.0.iter().flatten().map(|(from, until)| until - from).sum();
        let (sum, said) = (millis / 60_000, i64::from(*self.weekly_minutes.get_ref()));
        if sum != said || sum == 0 {
            return Err(Fault(
                self.weekly_minutes.span().start,
                CalendarFault::WeekSum { sum, said },
            ));
        }
        Ok(week)
    }
}

fn day_hours(day: Spanned<DayFile>) -> Result<DayHours, Fault> {
    let at = day.span().start;
    let DayFile { from, until, breaks } = day.into_inner();
    if until <= from {
        return Err(Fault(at, CalendarFault::Reversed { from, until }));
    }
    let mut hours = DayHours::new();
    let mut resumes = from;
    for pause in breaks {
        let at = pause.span().start;
        let BreakFile { from, until: end } = pause.into_inner();
        if from <= resumes || end <= from || end >= until {
            return Err(Fault(at, CalendarFault::BreakOutside { from, until: end }));
        }
        hours.push((millis(resumes), millis(from)));
        resumes = end;
    }
    hours.push((millis(resumes), millis(until)));
    Ok(hours)
}

fn millis(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600_000
        + i64::from(time.minute()) * 60_000
        + i64::from(time.second()) * 1_000
        + i64::from(time.millisecond())
}
