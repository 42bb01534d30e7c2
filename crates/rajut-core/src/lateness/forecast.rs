//! Totals of a run, the pace it needs, and when it will end.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::RunFacts;
use crate::calendar::CalendarError;
use crate::id::VisitId;
use crate::procedure::Scope;
use crate::run::{Batch, ReportStanding, Standing};
use crate::visit::Outcome;

/// How far a run has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Totals {
    /// Sites in scope.
    pub targets: usize,
    /// Met.
    pub met: usize,
    /// Excused.
    pub excused: usize,
    /// Visited without being met.
    pub attempted: usize,
    /// A team is there now.
    pub under_way: usize,
    /// Not visited yet.
    pub planned: usize,
    /// Past their due date and not settled.
    pub overdue: usize,
    /// Ended visits.
    pub visits: usize,
    /// Of these, the ones that met nothing.
    pub failed_visits: usize,
    /// Complaints without a verdict.
    pub complaints_open: usize,
    /// Reports of teams.
    pub reports: usize,
    /// Of these, accepted.
    pub reports_accepted: usize,
}

/// What is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Forecast {
    /// Minutes by the standards: run + sites + reports, each counted once.
    pub planned_minutes: i64,
    /// The same with every further visit that was needed.
    pub forecast_minutes: i64,
    /// Working days left, today included.
    pub working_days_left: u32,
    /// Sites a working day that are needed to end in time; `None` when no day is left.
    #[serde(serialize_with = "one_decimal")]
    pub pace_needed: Option<f64>,
    /// Sites a working day so far; `None` before the first one.
    #[serde(serialize_with = "one_decimal")]
    pub pace: Option<f64>,
    /// The day on which the last site is met at the pace so far.
    pub ends_on: Option<Date>,
}

/// A pace is told with one decimal: more would promise more than it knows.
#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
fn one_decimal<S: serde::Serializer>(pace: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match pace {
        Some(pace) => to.serialize_some(&((pace * 10.0).round() / 10.0)),
        None => to.serialize_none(),
    }
}

/// Counts a run at `now`.
pub fn totals(facts: RunFacts<'_>, now: Timestamp) -> Totals {
    let today = facts.zone.date(now);
    let mut totals = Totals {
        targets: facts.targets.len(),
        ..Totals::default()
    };
    for target in facts.targets {
        match target.standing() {
            Standing::Planned => totals.planned += 1,
            Standing::UnderWay => totals.under_way += 1,
            Standing::Attempted => totals.attempted += 1,
            Standing::Met => totals.met += 1,
            Standing::Excused => totals.excused += 1,
        }
        totals.overdue += usize::from(!target.settled() && target.due_on < today);
        totals.complaints_open += target.unanswered().count();
    }
    let accepted: BTreeSet<VisitId> = facts
        .targets
        .iter()
        .flat_map(|target| {
            target
                .visits
                .iter()
                .filter(|visit| visit.accepted)
                .map(|visit| visit.visit)
        })
        .collect();
    for visit in facts.visits.iter().filter(|visit| visit.check_out.is_some()) {
        totals.visits += 1;
        let met = match visit.outcome {
            Some(Outcome::Complete) => true,
            Some(Outcome::Partial) => accepted.contains(&visit.id),
            _ => false,
        };
        totals.failed_visits += usize::from(!met);
    }
    for report in facts.reports.iter().filter(|report| report.batch != Batch::Final) {
        totals.reports += 1;
        totals.reports_accepted += usize::from(report.standing() == ReportStanding::Accepted);
    }
    totals
}

/// Minutes by the standards of the steps of one scope, merged cells once.
fn standard_minutes(facts: RunFacts<'_>, scope: Scope) -> i64 {
    facts
        .procedure
        .steps
        .iter()
        .filter(|step| step.scope == scope)
        .filter_map(|step| facts.procedure.standard_of(&step.id, None))
        .filter(|view| view.group.is_none() || view.first_of_group)
        .map(|view| view.time.working_minutes())
        .sum()
}

/// How many reports the plan asks for: one for each day or week on which a team is planned, one for a trip.
fn planned_batches(facts: RunFacts<'_>) -> usize {
    let mut batches = BTreeSet::new();
    for team in facts.run.teams.values() {
        let days = facts
            .targets
            .iter()
            .filter(|target| target.team == Some(team.id))
            .filter_map(|it| it.planned_on);
        let before = batches.len();
        batches.extend(days.map(|day| (team.id, team.batch.first_day(day))));
        if batches.len() == before {
            batches.insert((team.id, Date::MIN));
        }
    }
    batches.len()
}

/// What is to be expected of a run at `now`.
pub fn forecast(facts: RunFacts<'_>, now: Timestamp) -> Result<Forecast, CalendarError> {
    let totals = totals(facts, now);
    let today = facts.zone.date(now);
    let reports = totals.reports.max(planned_batches(facts)).max(1);
    let (sites, reports) = (count(totals.targets), count(reports));
    let per_site = standard_minutes(facts, Scope::Site);
    let planned_minutes = standard_minutes(facts, Scope::Run)
        + per_site * sites
        + standard_minutes(facts, Scope::Team) * reports;
    let settled = totals.met + totals.excused;
    let further = count(totals.visits) - count(totals.met);
    let left = totals.targets - settled;
    let until = facts.run.order.as_ref().map(crate::run::Order::valid_until);
    let working_days_left = match until {
        Some(until) if until >= today => working_days(facts, today, until)?,
        _ => 0,
    };
    let first_day = facts
        .visits
        .iter()
        .filter_map(|v| v.check_in.as_ref())
        .map(|s| facts.zone.date(s.at))
        .min();
    let days_gone = match first_day {
        Some(first) if first <= today => working_days(facts, first, today)?,
        _ => 0,
    };
    let pace = (days_gone > 0 && totals.met > 0).then(|| ratio(totals.met, days_gone));
    let ends_on = match (pace, left) {
        (Some(pace), 1..) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bounded above by 3650"
            )]
            let days = (ratio(left, 1) / pace).ceil().min(3650.0) as u32;
            // A forecast beyond the calendar's last year is no forecast.
            facts.calendar.working_days_after(today, days).ok()
        }
        _ => None,
    };
    Ok(Forecast {
        planned_minutes,
        forecast_minutes: planned_minutes + per_site * further.max(0),
        working_days_left,
        pace_needed: (working_days_left > 0).then(|| ratio(left, working_days_left)),
        pace,
        ends_on,
    })
}

fn working_days(facts: RunFacts<'_>, from: Date, until: Date) -> Result<u32, CalendarError> {
    let mut days = 0;
    let mut day = from;
    while day <= until {
        days += u32::from(facts.calendar.is_working_day(day)?);
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    Ok(days)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn ratio(n: usize, days: u32) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX)) / f64::from(days)
}
