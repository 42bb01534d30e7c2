//! What was promised for a complaint of its class, and how far that time has run.

use jiff::Timestamp;
use serde::Serialize;

use super::{Complaint, ServiceLevel};
use crate::calendar::{Calendar, CalendarError, ServiceWeek, Zone};
use crate::procedure::{Procedure, StepKind};
use crate::register::ServiceWeekKind;
use crate::run::Run;

/// One promise: so many minutes, pauses not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Promise {
    /// Minutes allowed.
    pub allowed_minutes: i64,
    /// Milliseconds counted so far, without the time in which the clock stood still.
    pub counted_ms: i64,
    /// The same with it.
    pub gross_ms: i64,
    /// By when it is kept, as things stand now.
    pub due_at: Timestamp,
    /// When it was kept or broken for good; `None` while it runs.
    pub until: Option<Timestamp>,
}

impl Promise {
    /// Whether it took, or takes, longer than was promised.
    pub fn is_over(&self) -> bool {
        self.counted_ms > self.allowed_minutes * 60_000
    }
}

/// Both promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Promises {
    /// The first response: something was done about it.
    pub response: Promise,
    /// The restored service: whoever complained was asked to confirm it, and has not denied it; else the end.
    pub restore: Promise,
}

/// What the promises need besides the complaint.
#[derive(Clone, Copy)]
pub struct PromiseFacts<'a> {
    /// Its run.
    pub run: &'a Run,
    /// The version of the procedure that it follows.
    pub procedure: &'a Procedure,
    /// What is promised for its class.
    pub level: ServiceLevel,
    /// The week of its site.
    pub week: ServiceWeekKind,
    /// Working time.
    pub calendar: &'a Calendar,
    /// Where the clocks stand.
    pub zone: Zone,
}

/// The promises for a complaint at `now`.
pub fn promises(
    complaint: &Complaint,
    facts: PromiseFacts<'_>,
    now: Timestamp,
) -> Result<Promises, CalendarError> {
    let ended = facts.run.end.as_ref().map(crate::run::RunEnd::at);
    let response = first_response(facts).or(ended);
    let restored = restored_at(facts).or(ended);
    let clock = |minutes: u32, until: Option<Timestamp>| -> Result<Promise, CalendarError> {
        let week = match (facts.level.calendar_time, facts.week) {
            (true, _) | (_, ServiceWeekKind::Always) => ServiceWeek::AllHours,
            (_, ServiceWeekKind::FiveDays) => ServiceWeek::Office,
            (_, ServiceWeekKind::SixDays) => ServiceWeek::SixDay,
        };
        let service = facts.calendar.service(week);
        let since = complaint.received_at;
        let to = until.unwrap_or(now).max(since);
        let gross_ms = service.working_millis_between(facts.zone, since, to)?;
        let progress = &facts.run.progress;
        let past = progress.paused.iter().map(|it| (it.since, it.resumed_at));
        let standing = progress.pause.iter().map(|it| (it.since, to));
        let mut stood = 0;
        for (from, until) in past.chain(standing) {
            let (from, until) = (from.max(since), until.min(to));
            if from < until {
                stood += service.working_millis_between(facts.zone, from, until)?;
            }
        }
        let allowed_minutes = i64::from(minutes);
        Ok(Promise {
            allowed_minutes,
            counted_ms: gross_ms - stood,
            gross_ms,
            due_at: service.add_working_millis(
                facts.zone,
                since,
                u64::from(minutes) * 60_000 + stood.unsigned_abs(),
            )?,
            until,
        })
    };
    Ok(Promises {
        response: clock(facts.level.response_minutes, response)?,
        restore: clock(facts.level.restore_minutes, restored)?,
    })
}

/// When the first step after the telling was done.
fn first_response(facts: PromiseFacts<'_>) -> Option<Timestamp> {
    let done = &facts.run.progress.done;
    done.iter()
        .find(|done| done.step != *facts.procedure.first() && !done.skipped)
        .map(|done| done.finished_at)
}

/// When whoever complained was last asked to confirm, unless the answer sent the work back.
fn restored_at(facts: PromiseFacts<'_>) -> Option<Timestamp> {
    let (procedure, progress) = (facts.procedure, &facts.run.progress);
    let confirm = procedure
        .steps
        .iter()
        .find(|step| step.kind == StepKind::Confirm)?;
    let before = progress.open.iter().any(|open| {
        let row = procedure.step(&open.step);
        row.is_some_and(|step| step.number < confirm.number)
    });
    if before {
        return None;
    }
    let open = progress.opened(&confirm.id).map(|open| open.since);
    open.or_else(|| {
        let last = progress.done.iter().rev().find(|done| done.step == confirm.id);
        last.map(|done| done.since)
    })
}
