//! The year before the quarter that is played in full: three more orders, and the complaints of every working day.

use jiff::civil::{Date, date};
use rajut_app::AppError;
use rajut_core::act::Unfit;
use rajut_core::clock::Clock as _;

use super::{QUARTER, Quarter, Stage, fill};

/// The first instant of the year: Monday 5 January 2026, 07.30 WIB.
pub const BEGIN: &str = "2026-01-05T00:30:00Z";

/// The orders of the year before the last one.
const PAST: [Quarter; 3] = [
    Quarter {
        begin: date(2026, 1, 6),
        until: date(2026, 3, 6),
        whole: false,
    },
    Quarter {
        begin: date(2026, 4, 6),
        until: date(2026, 6, 5),
        whole: false,
    },
    Quarter {
        begin: date(2026, 7, 1),
        until: date(2026, 8, 28),
        whole: false,
    },
];

impl Stage<'_> {
    /// Plays the year up to the quarter.
    pub(super) async fn past(&mut self) -> Result<(), AppError> {
        self.cases = Some(Vec::new());
        let mut day = self.context.agency.zone.date(self.clock.now());
        for quarter in PAST {
            self.idle(day, quarter.begin).await?;
            self.quarter(quarter).await?;
            day = after(quarter.until)?;
        }
        self.idle(day, QUARTER.begin).await
    }

    /// The order of the next quarter waits for the head, and two teams are out under one of their own.
    pub(super) async fn next(&mut self) -> Result<(), AppError> {
        let first = after(self.quarter.until)?;
        let until = self
            .context
            .calendar
            .working_days_after(first, 40)
            .map_err(|error| AppError::invalid("calendar", error))?;
        let mut day = first;
        while !self.works(day)? {
            day = after(day)?;
        }
        self.desk(day).await?;
        self.moment(day, 8, 10);
        fill::draft(self.app, &self.regency, day, until, self.previous).await?;
        fill::under_way(self.app, &self.regency).await?;
        Ok(())
    }

    /// Working days on which nobody is out on an order.
    async fn idle(&mut self, from: Date, until: Date) -> Result<(), AppError> {
        let mut day = from;
        while day < until {
            if self.works(day)? {
                self.bar.set_message(format!("{day}: complaints"));
                self.desk(day).await?;
            }
            day = after(day)?;
        }
        Ok(())
    }

    fn works(&self, day: Date) -> Result<bool, AppError> {
        self.context
            .calendar
            .is_working_day(day)
            .map_err(|error| AppError::invalid("calendar", error))
    }
}

fn after(day: Date) -> Result<Date, AppError> {
    day.tomorrow()
        .map_err(|error| AppError::invalid("date", Unfit::detail(error)))
}
