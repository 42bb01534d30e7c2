//! Lateness: every clock of a run against its standard, every target against its plan (the first warning of
//! the procedure is late handling).
//!
//! Hides which clock a thing stands on: steps of the run and of teams in working minutes from the moment they
//! became possible, a check on site in elapsed minutes, repair and travel on neither. It must not know who is
//! to blame.

mod clocks;
mod forecast;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

pub use clocks::{Clock, ClockOf, clocks};
pub use forecast::{Forecast, Totals, forecast, totals};

use crate::calendar::{Calendar, CalendarError, Zone};
use crate::procedure::{Procedure, StepId, StepKind};
use crate::run::{Report, Run, Target};
use crate::stream::{StreamKind, StreamRef};
use crate::visit::Visit;

/// Everything about a run that its clocks need.
#[derive(Clone, Copy)]
pub struct RunFacts<'a> {
    /// The run.
    pub run: &'a Run,
    /// The version of the procedure that it follows.
    pub procedure: &'a Procedure,
    /// Its targets.
    pub targets: &'a [&'a Target],
    /// Its visits.
    pub visits: &'a [&'a Visit],
    /// Its reports.
    pub reports: &'a [&'a Report],
    /// The calendar by which it is judged.
    pub calendar: &'a Calendar,
    /// Where the agency's clocks stand.
    pub zone: Zone,
}

/// Against what something is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The standard of its step.
    Standard,
    /// The due date, or the end of the order.
    Plan,
}

/// Something late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Late {
    /// Against what.
    pub against: Against,
    /// The step; `None` for a target past its due date and a run past its order's end. Against the plan only the
    /// order has one: it was given by word of mouth and is due in writing.
    pub step: Option<StepId>,
    /// The record in which it stands.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub place: StreamRef,
    /// Minutes allowed; `None` against a plan.
    pub standard_minutes: Option<i64>,
    /// Minutes over the standard; against a plan, working minutes since the end of the due day.
    pub over_minutes: i64,
    /// Since when its clock ran, or the due date's end.
    pub since: Timestamp,
    /// When it ended; `None` while it still runs.
    pub until: Option<Timestamp>,
    /// The cause given.
    pub cause: Option<String>,
}

fn as_text<S: serde::Serializer>(stream: &StreamRef, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(stream)
}

/// What is late at `now`, worst first.
pub fn late(facts: RunFacts<'_>, now: Timestamp) -> Result<Vec<Late>, CalendarError> {
    let cause = |place: StreamRef, step: Option<&StepId>| {
        facts
            .run
            .explanations
            .iter()
            .rev()
            .find(|given| given.place == place.id && step.is_none_or(|step| *step == given.step))
            .map(|given| given.cause.clone())
    };
    let mut found: Vec<Late> = clocks(facts, now)?
        .into_iter()
        .filter(|clock| clock.over_minutes() > 0)
        .map(|clock| Late {
            against: Against::Standard,
            cause: cause(clock.place, Some(&clock.step)),
            over_minutes: clock.over_minutes(),
            step: Some(clock.step),
            place: clock.place,
            standard_minutes: Some(clock.standard_minutes),
            since: clock.since,
            until: clock.until,
        })
        .collect();
    let end_of = |day: Date| day.tomorrow().map(|next| facts.zone.instant(next.at(0, 0, 0, 0)));
    let mut past_due = |place: StreamRef,
                        step: Option<&StepId>,
                        due: Date,
                        until: Option<Timestamp>|
     -> Result<(), CalendarError> {
        let Ok(since) = end_of(due) else { return Ok(()) };
        let to = until.unwrap_or(now);
        if to > since {
            let over = facts.calendar.working_millis_between(facts.zone, since, to)? / 60_000;
            found.push(Late {
                against: Against::Plan,
                step: step.cloned(),
                place,
                standard_minutes: None,
                over_minutes: over,
                since,
                until,
                cause: cause(place, step),
            });
        }
        Ok(())
    };
    for target in facts.targets {
        let place = StreamRef {
            kind: StreamKind::Target,
            id: target.id.0,
        };
        let ended = facts.run.end.as_ref().map(crate::run::RunEnd::at);
        let settled = target
            .met_at()
            .or(target.excuse.as_ref().map(|excuse| excuse.at))
            .or(ended);
        past_due(place, None, target.due_on, settled)?;
    }
    if let Some(order) = &facts.run.order {
        let place = StreamRef {
            kind: StreamKind::Run,
            id: facts.run.id.0,
        };
        if order.in_force() {
            past_due(
                place,
                None,
                order.valid_until(),
                facts.run.end.as_ref().map(crate::run::RunEnd::at),
            )?;
        }
        if let Some(verbal) = &order.verbal {
            // What was ordered by word of mouth is due in writing.
            let step = facts
                .procedure
                .steps
                .iter()
                .find(|step| step.kind == StepKind::Order)
                .map(|step| &step.id);
            past_due(
                place,
                step,
                verbal.written_due,
                order.issued.as_ref().map(|issued| issued.at),
            )?;
        }
    }
    // Running ones before ended ones, then by how much.
    found.sort_by_key(|late| {
        (
            late.until.is_some(),
            std::cmp::Reverse(late.over_minutes),
            late.place,
        )
    });
    Ok(found)
}
