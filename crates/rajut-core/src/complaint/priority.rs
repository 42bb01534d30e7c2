//! Priority classes and service levels, from data.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::{Unfit, UnfitCode};
use crate::calendar::{Calendar, CalendarError, ServiceWeek, Zone};
use crate::register::{ServiceWeekKind, coded};

coded! {
    /// The class of a complaint, most urgent first.
    Priority {
        /// Backbone, several sites, or a public counter fully down.
        P1 = "p1",
        /// One site fully down.
        P2 = "p2",
        /// Degraded, or part of a site.
        P3 = "p3",
        /// Request, question.
        P4 = "p4",
    }
}

/// What is promised for a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// Minutes to the first response.
    pub response_minutes: u32,
    /// Minutes to the restored service.
    pub restore_minutes: u32,
    /// Counted in calendar time instead of the site's service time.
    #[serde(default)]
    pub calendar_time: bool,
}

/// The service levels of all classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevels {
    /// By class; every class has one.
    pub levels: BTreeMap<Priority, ServiceLevel>,
}

impl ServiceLevel {
    /// By when a complaint received at that time is answered, and by when the service is restored, counted in the
    /// service time of its site. Pauses are not taken off: this is the gross promise.
    ///
    /// # Errors
    /// Where the calendar lacks a year.
    pub fn due(
        &self,
        calendar: &Calendar,
        week: ServiceWeekKind,
        zone: Zone,
        received_at: Timestamp,
    ) -> Result<(Timestamp, Timestamp), CalendarError> {
        let week = match week {
            _ if self.calendar_time => ServiceWeek::AllHours,
            ServiceWeekKind::FiveDays => ServiceWeek::Office,
            ServiceWeekKind::SixDays => ServiceWeek::SixDay,
            ServiceWeekKind::Always => ServiceWeek::AllHours,
        };
        let service = calendar.service(week);
        let after = |minutes: u32| service.add_working_millis(zone, received_at, u64::from(minutes) * 60_000);
        Ok((after(self.response_minutes)?, after(self.restore_minutes)?))
    }
}

/// A file of service levels that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceLevelError {
    /// Not TOML of the expected shape.
    #[error("service levels: {0}")]
    File(Unfit),
    /// A class has none.
    #[error("service levels: class {0} is missing")]
    Missing(Priority),
}

impl ServiceLevels {
    /// Reads `[levels.p1]` to `[levels.p4]`.
    pub fn parse(text: &str) -> Result<Self, ServiceLevelError> {
        let read: Self =
            toml::from_str(text).map_err(|error| ServiceLevelError::File(Unfit::toml(text, &error)))?;
        match Priority::ALL
            .iter()
            .find(|class| !read.levels.contains_key(class))
        {
            Some(class) => Err(ServiceLevelError::Missing(*class)),
            None => Ok(read),
        }
    }
}

impl From<ServiceLevelError> for Unfit {
    fn from(error: ServiceLevelError) -> Self {
        match error {
            ServiceLevelError::File(fault) => fault,
            ServiceLevelError::Missing(class) => Self::from(UnfitCode::LevelMissing).with("class", class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_runs_in_the_service_time_of_the_site() {
        let calendar = Calendar::parse(crate::calendar::default_calendar()).unwrap();
        let level = ServiceLevel {
            response_minutes: 30,
            restore_minutes: 450,
            calendar_time: false,
        };
        // A Friday, an hour before the end of office time.
        let at: Timestamp = "2026-07-10T08:30:00Z".parse().unwrap();
        let due = |level: ServiceLevel, week| {
            let (response, restore) = level.due(&calendar, week, Zone::Wib, at).unwrap();
            (response.to_string(), restore.to_string())
        };
        let always = due(level, ServiceWeekKind::Always);
        assert_eq!(
            always,
            (
                "2026-07-10T09:00:00Z".to_owned(),
                "2026-07-10T16:00:00Z".to_owned()
            )
        );
        let office = due(level, ServiceWeekKind::FiveDays);
        assert_eq!(
            (office.0.as_str(), &office.1[..10]),
            ("2026-07-10T09:00:00Z", "2026-07-13")
        );
        let by_calendar = ServiceLevel {
            calendar_time: true,
            ..level
        };
        assert_eq!(due(by_calendar, ServiceWeekKind::FiveDays), always);
    }

    #[test]
    fn every_class_has_a_level() {
        let levels = ServiceLevels::parse(include_str!("../../../../data/service-levels.toml")).unwrap();
        assert_eq!(levels.levels[&Priority::P2].restore_minutes, 450);
        let error =
            ServiceLevels::parse("[levels.p1]\nresponse_minutes = 1\nrestore_minutes = 2").unwrap_err();
        assert_eq!(error, ServiceLevelError::Missing(Priority::P2));
    }
}
