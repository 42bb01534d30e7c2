//! The clocks of a run, each with its standard.

use jiff::Timestamp;
use serde::Serialize;

use super::RunFacts;
use crate::calendar::CalendarError;
use crate::engine::Progress;
use crate::procedure::{ExitCode, StepId, StepKind};
use crate::stream::{StreamKind, StreamRef};

/// Which time a clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockOf {
    /// Working minutes of the unit that must act.
    WorkingTime,
    /// Elapsed minutes on site, repair not counted.
    OnSite,
}

/// One clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Clock {
    /// The step; of a merged cell its first step.
    pub step: StepId,
    /// Where it stands.
    #[serde(serialize_with = "super::as_text")]
    #[schemars(with = "String")]
    pub place: StreamRef,
    /// Which time it counts.
    pub of: ClockOf,
    /// Minutes allowed.
    pub standard_minutes: i64,
    /// Milliseconds counted so far.
    pub counted_ms: i64,
    /// From when.
    pub since: Timestamp,
    /// To when; `None` while it runs.
    pub until: Option<Timestamp>,
}

impl Clock {
    /// Whole minutes over the standard; 0 when within it.
    pub fn over_minutes(&self) -> i64 {
        // A started minute over the standard is a minute over.
        let over = self.counted_ms - self.standard_minutes * 60_000;
        if over <= 0 {
            0
        } else {
            over.div_euclid(60_000) + i64::from(over % 60_000 != 0)
        }
    }
}

/// A clock of working time before it is counted.
struct Raw {
    step: StepId,
    standard_minutes: i64,
    since: Timestamp,
    until: Option<Timestamp>,
}

/// Every clock of a run at `now`.
pub fn clocks(facts: RunFacts<'_>, now: Timestamp) -> Result<Vec<Clock>, CalendarError> {
    let mut all = Vec::new();
    let run_place = StreamRef {
        kind: StreamKind::Run,
        id: facts.run.id.0,
    };
    let raws = of_progress(facts, &facts.run.progress);
    working(facts, now, run_place, raws, &facts.run.progress, &mut all)?;
    for report in facts.reports {
        let Some(progress) = &report.progress else {
            continue;
        };
        let place = StreamRef {
            kind: StreamKind::Report,
            id: report.id.0,
        };
        working(
            facts,
            now,
            place,
            of_progress(facts, progress),
            progress,
            &mut all,
        )?;
    }
    for target in facts.targets {
        // The visit has a clock of its own below; what the office or others do at a site has working time.
        let Some(progress) = &target.progress else {
            continue;
        };
        let place = StreamRef {
            kind: StreamKind::Target,
            id: target.id.0,
        };
        let raws = of_progress(facts, progress)
            .into_iter()
            .filter(|raw| !is_kind(facts, &raw.step, StepKind::Visit))
            // Nobody need do anything more at an excused site.
            .map(|raw| Raw {
                until: raw.until.or(target.excuse.as_ref().map(|excuse| excuse.at)),
                ..raw
            })
            .collect();
        working(facts, now, place, raws, progress, &mut all)?;
    }
    on_site(facts, now, &mut all);
    Ok(all)
}

fn is_kind(facts: RunFacts<'_>, step: &StepId, kind: StepKind) -> bool {
    facts.procedure.step(step).is_some_and(|step| step.kind == kind)
}

/// From when a step of the run counts: the order from the moment its issue-ready draft reached the head.
fn possible_since(
    facts: RunFacts<'_>,
    step: &StepId,
    opened: Timestamp,
    ended: Option<Timestamp>,
) -> Timestamp {
    if !is_kind(facts, step, StepKind::Order) {
        return opened;
    }
    match &facts.run.order {
        // A word of mouth may come before the draft, or while the draft lies there.
        Some(order) => order
            .verbal
            .iter()
            .map(|verbal| verbal.at)
            .chain(order.submitted_at)
            .min()
            .unwrap_or_else(|| ended.unwrap_or(opened)),
        None => opened,
    }
}

fn of_progress(facts: RunFacts<'_>, progress: &Progress) -> Vec<Raw> {
    let done = progress
        .done
        .iter()
        .filter(|done| !done.skipped)
        .map(|done| (&done.step, done.exit.as_ref(), done.since, Some(done.finished_at)));
    let open = progress
        .open
        .iter()
        .filter(|open| {
            // Before a draft lies before the head there is nothing to be late with.
            !is_kind(facts, &open.step, StepKind::Order)
                || facts
                    .run
                    .order
                    .as_ref()
                    .is_some_and(|order| order.submitted_at.is_some())
        })
        .map(|open| (&open.step, None::<&ExitCode>, open.since, None));
    let mut raws: Vec<Raw> = Vec::new();
    // The merged cell that the walk is in: its clock goes on until the walk leaves it or comes round again.
    let mut cell: Option<Cell> = None;
    for (step, exit, since, until) in done.chain(open) {
        let view = facts.procedure.standard_of(step, exit);
        let group = view
            .as_ref()
            .and_then(|view| view.group.as_ref())
            .map(ToString::to_string);
        let same = cell
            .take()
            .filter(|cell| Some(&cell.group) == group.as_ref() && !cell.steps.contains(step));
        let Some(view) = view else { continue };
        let since = possible_since(facts, step, since, until);
        match (same, group) {
            // A merged cell runs from its first start to its last end, and is counted once.
            (Some(mut same), _) => {
                let known = &mut raws[same.raw];
                known.since = known.since.min(since);
                known.until = until.map(|until| known.until.map_or(until, |known| known.max(until)));
                same.steps.push(step.clone());
                cell = Some(same);
            }
            (None, group) => {
                let standard_minutes = view.time.working_minutes();
                raws.push(Raw {
                    step: step.clone(),
                    standard_minutes,
                    since,
                    until,
                });
                cell = group.map(|group| Cell {
                    group,
                    raw: raws.len() - 1,
                    steps: vec![step.clone()],
                });
            }
        }
    }
    raws
}

/// A merged cell during the walk over what was done.
struct Cell {
    group: String,
    raw: usize,
    steps: Vec<StepId>,
}

fn working(
    facts: RunFacts<'_>,
    now: Timestamp,
    place: StreamRef,
    raws: Vec<Raw>,
    progress: &Progress,
    all: &mut Vec<Clock>,
) -> Result<(), CalendarError> {
    // A pause that lasts counts as little as one that is over.
    let pauses: Vec<(Timestamp, Timestamp)> = progress
        .paused
        .iter()
        .map(|pause| (pause.since, pause.resumed_at))
        .chain(progress.pause.iter().map(|pause| (pause.since, Timestamp::MAX)))
        .collect();
    for raw in raws {
        let end = raw
            .until
            .unwrap_or_else(|| facts.run.end.as_ref().map_or(now, crate::run::RunEnd::at));
        let between = |from, to| facts.calendar.working_millis_between(facts.zone, from, to);
        let mut counted_ms = between(raw.since, end)?.max(0);
        for (since, resumed_at) in &pauses {
            let (from, to) = ((*since).max(raw.since), (*resumed_at).min(end));
            if from < to {
                counted_ms -= between(from, to)?;
            }
        }
        all.push(Clock {
            step: raw.step,
            place,
            of: ClockOf::WorkingTime,
            standard_minutes: raw.standard_minutes,
            counted_ms,
            since: raw.since,
            until: raw.until,
        });
    }
    Ok(())
}

/// A check counts the minutes between check-in and check-out, less what repairs took.
fn on_site(facts: RunFacts<'_>, now: Timestamp, all: &mut Vec<Clock>) {
    let Some(step) = facts
        .procedure
        .steps
        .iter()
        .find(|step| step.kind == StepKind::Visit)
    else {
        return;
    };
    let Some(view) = facts.procedure.standard_of(&step.id, None) else {
        return;
    };
    for visit in facts.visits {
        let Some(arrival) = &visit.check_in else { continue };
        let left = visit.check_out.as_ref().map(|stamp| stamp.at);
        let repair = visit.repair_minutes();
        let elapsed = left.unwrap_or(now).as_millisecond() - arrival.at.as_millisecond();
        all.push(Clock {
            step: step.id.clone(),
            place: StreamRef {
                kind: StreamKind::Visit,
                id: visit.id.0,
            },
            of: ClockOf::OnSite,
            // One visit may serve several targets at its site: the standard is per site.
            standard_minutes: view.time.working_minutes(),
            counted_ms: (elapsed - repair * 60_000).max(0),
            since: arrival.at,
            until: left,
        });
    }
}
