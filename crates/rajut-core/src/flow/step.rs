//! Steps of generic kinds, pauses, timers; the join of sites and teams.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::advance::Way;
use super::refused::{engine, step_name};
use super::rights::Scene;
use super::{Command, Deciding, Place};
use crate::act::{Refusal, Rule, Why};
use crate::engine::{Advance, Part, Progress};
use crate::id::{ReportId, RunId};
use crate::procedure::{ExitCode, FieldKind, Procedure, Scope, Step, StepId, StepKind};
use crate::run::{Report, ReportEvent, ReportStanding, Run, RunEnd, RunEvent, Target, TargetEvent};
use crate::stream::{StreamKind, StreamRef};

/// Kinds whose form the procedure file describes.
const GENERIC: &[StepKind] = &[
    StepKind::Record,
    StepKind::Decision,
    StepKind::Approval,
    StepKind::Confirm,
];

impl<'a> Deciding<'a> {
    pub(super) fn step(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::CompleteStep {
                place,
                step,
                exit,
                values,
                personal,
            } => {
                self.changes.personal.extend(personal.iter().cloned());
                self.complete(*place, step, exit.as_ref(), values)
            }
            Command::PauseRun { run, reason } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                if let Some(since) = known.progress.open.iter().map(|open| open.since).max() {
                    self.not_before(since)?;
                }
                let paused = known.progress.pause(procedure, reason, self.at());
                self.moves(*run, paused.map_err(|error| engine(procedure, &error))?);
                Ok(())
            }
            Command::ResumeRun { run } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                if let Some(pause) = &known.progress.pause {
                    self.not_before(pause.since)?;
                }
                let resumed = known.progress.resume(self.at());
                self.moves(*run, resumed.map_err(|error| engine(procedure, &error))?);
                Ok(())
            }
            Command::Proceed { run } => {
                let (known, procedure) = self.open_run(*run)?;
                let granted = self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                if let Some(timer) = self.timer_due(&known.progress, procedure)? {
                    let none = BTreeMap::new();
                    return self.finish(known, procedure, &timer.step, Some(&timer.take), none, &granted);
                }
                self.proceed_at_sites(known, procedure)?;
                self.open_due_reports(known, procedure)?;
                // What joins looks at what stands; the next call sees what this one did.
                if self.changes.events.is_empty() {
                    self.join_if_done(known, procedure)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An advance of the run that finishes no step by anybody's hand.
    fn moves(&mut self, run: RunId, advance: Advance) {
        self.on_run(
            run,
            RunEvent::Advanced {
                advance,
                values: BTreeMap::new(),
                acted_as: None,
            },
        );
    }

    /// Timers that have run out at a site.
    fn proceed_at_sites(&mut self, run: &Run, procedure: &Procedure) -> Result<(), Refusal> {
        for target in self.targets_of(run.id).filter(|target| target.excuse.is_none()) {
            let Some(progress) = &target.progress else {
                continue;
            };
            if let Some(timer) = self.timer_due(progress, procedure)? {
                let advance = progress
                    .advance(procedure, &timer.step, Some(&timer.take), self.at())
                    .map_err(|error| engine(procedure, &error))?;
                self.advance_target(target, procedure, advance);
            }
        }
        Ok(())
    }

    fn advance_target(&mut self, target: &Target, procedure: &Procedure, advance: Advance) {
        let sends_back = opens_kind(procedure, &advance, StepKind::Visit);
        self.on_target(target.id, TargetEvent::Advanced { advance, sends_back });
    }

    /// The timer that has run out, counted in working time.
    fn timer_due(
        &self,
        progress: &Progress,
        procedure: &Procedure,
    ) -> Result<Option<crate::engine::RunningTimer>, Refusal> {
        let zone = self.facts.agency.zone;
        let missing = std::cell::Cell::new(None);
        let due = progress.timer_due(procedure, self.at(), |from, to| {
            match self.facts.calendar.working_millis_between(zone, from, to) {
                Ok(millis) => millis / 60_000,
                Err(error) => {
                    missing.set(Some(super::advance::calendar(error)));
                    0
                }
            }
        });
        match missing.take() {
            Some(refusal) => Err(refusal),
            None => Ok(due),
        }
    }

    fn complete(
        &mut self,
        place: Place,
        id: &StepId,
        exit: Option<&ExitCode>,
        values: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let (run_id, site, team) = match place {
            Place::Run(run) => (run, None, None),
            Place::Target(target) => {
                let target = self.facts.records.get::<Target>(target.0)?;
                (target.run, Some(target.site), target.team)
            }
            Place::Report(report) => {
                let report = self.facts.records.get::<Report>(report.0)?;
                (report.run, None, report.team())
            }
        };
        let (run, procedure) = self.open_run(run_id)?;
        let step = procedure
            .step(id)
            .filter(|step| GENERIC.contains(&step.kind))
            .ok_or_else(|| Refusal::new(Rule::StepMissing).with("kind", id))?;
        let site = site.or_else(|| {
            run.complaint
                .and_then(|id| self.facts.records.find::<crate::complaint::Complaint>(id.0))
                .map(|complaint| complaint.site)
        });
        let scene = Scene {
            run: Some(run),
            procedure: Some(procedure),
            step: Some(step),
            team,
            site,
            whose: None,
        };
        let progress = self.progress_at(place)?;
        let missing = progress.map_or_else(Vec::new, |progress| progress.missing(procedure, id));
        // Where one act is enough, and where nothing is open, any of its actors may come.
        let lanes = if step.needs_each() && !missing.is_empty() {
            &missing
        } else {
            &step.from
        };
        let (lane, granted) = self.grant_part(scene, lanes)?;
        let opened = progress.and_then(|progress| progress.opened(id));
        let parts = opened.map_or(&[][..], |open| &open.parts);
        check_values(step, values)?;
        let merged = merged(parts, values)?;
        if !step.needs_each() || missing.iter().all(|other| *other == lane) {
            check_required(step, &merged)?;
        }
        if let Some(open) = opened {
            self.not_before(open.since)?;
        }
        let part = Part {
            lane,
            by: self.changes.envelope.done_by.person(),
            at: self.at(),
            exit: exit.cloned(),
            values: values.clone(),
        };
        match place {
            Place::Run(_) => {
                let way = Way {
                    exit,
                    values: merged,
                    by: part.by,
                    at: part.at,
                    part: step.needs_each().then_some(part),
                };
                self.finish_by(run, procedure, id, way, &granted)
            }
            Place::Target(target) => {
                let known = self.facts.records.get::<Target>(target.0)?;
                let progress = progress.ok_or_else(|| not_open(procedure, id))?;
                let advance = progress
                    .act(procedure, id, part)
                    .map_err(|error| engine(procedure, &error))?;
                self.advance_target(known, procedure, advance);
                Ok(())
            }
            Place::Report(report) => {
                let progress = progress.ok_or_else(|| not_open(procedure, id))?;
                self.complete_in_report(report, procedure, step, progress, part, &merged)
            }
        }
    }

    /// A step of a team: where it is the approval of a report that waits, it rules on it.
    fn complete_in_report(
        &mut self,
        report: ReportId,
        procedure: &Procedure,
        step: &Step,
        progress: &Progress,
        part: Part,
        values: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let known = self.facts.records.get::<Report>(report.0)?;
        let advance = progress
            .act(procedure, &step.id, part)
            .map_err(|error| engine(procedure, &error))?;
        let finished = advance.done.is_some();
        let back = opens_kind(procedure, &advance, StepKind::Report);
        self.on_report(report, ReportEvent::Advanced { advance });
        if finished && step.kind == StepKind::Approval && known.standing() == ReportStanding::Submitted {
            let note = values.values().next().cloned().unwrap_or_default();
            let ruling = crate::run::Ruling {
                accepted: !back,
                by: self.person()?,
                at: self.at(),
                note,
            };
            let progress = None;
            self.on_report(report, ReportEvent::Ruled { ruling, progress });
        }
        Ok(())
    }

    /// How far the steps have come in which a command finishes one.
    fn progress_at(&self, place: Place) -> Result<Option<&'a Progress>, Refusal> {
        let records = self.facts.records;
        Ok(match place {
            Place::Run(run) => Some(&records.get::<Run>(run.0)?.progress),
            Place::Target(target) => records.get::<Target>(target.0)?.progress.as_ref(),
            Place::Report(report) => records.get::<Report>(report.0)?.progress.as_ref(),
        })
    }

    /// The step of a target that a visit which meets it at `at` finishes.
    pub(super) fn visit_step(
        &self,
        run: &Run,
        target: &Target,
        at: Timestamp,
    ) -> Result<Option<Advance>, Refusal> {
        let procedure = self.procedure_of(run)?;
        let Some(progress) = &target.progress else {
            return Ok(None);
        };
        // Of two visits the one that was there first finishes the step, whichever is told first: so the other
        // one names the step too, and the target takes the earlier time.
        let visited = |step: &StepId| {
            procedure
                .step(step)
                .is_some_and(|step| step.kind == StepKind::Visit)
        };
        if let Some(last) = progress.done.last().filter(|last| visited(&last.step)) {
            let mut advance = Advance {
                done: Some(last.clone()),
                ..Advance::still(at)
            };
            if let Some(done) = &mut advance.done {
                done.finished_at = at.max(done.since);
            }
            return Ok(Some(advance));
        }
        let open = progress.open.iter().find(|open| visited(&open.step));
        match open {
            Some(open) => progress
                .advance(procedure, &open.step, None, at.max(open.since))
                .map(Some)
                .map_err(|error| engine(procedure, &error)),
            None => Ok(None),
        }
    }

    /// Opens the step of the whole run that waits for all sites and teams, once they are done; where nothing
    /// waits and nobody reports, the run ends with its last site.
    fn join_if_done(&mut self, run: &Run, procedure: &Procedure) -> Result<(), Refusal> {
        if run.teams_formed_at.is_none() || run.progress.waits_for.is_none() {
            return Ok(());
        }
        let sites_done = self.targets_of(run.id).all(Target::done_with);
        if !sites_done || self.reports_settled(run.id, procedure).is_err() {
            return Ok(());
        }
        match joined_step(procedure) {
            Some(step) => {
                let advance = run
                    .progress
                    .enter(procedure, step, self.at())
                    .map_err(|error| engine(procedure, &error))?;
                self.moves(run.id, advance);
            }
            None if procedure.steps.iter().all(|step| step.kind != StepKind::Report) => {
                let advance = run
                    .progress
                    .finish(self.at())
                    .map_err(|error| engine(procedure, &error))?;
                self.moves(run.id, advance);
                let end = RunEnd::Closed {
                    at: self.at(),
                    by: None,
                    instruction: String::new(),
                };
                self.on_run(run.id, RunEvent::Ended { end });
            }
            // A disposition on the final report closes the run.
            None => {}
        }
        Ok(())
    }

    /// An event of a report under the version that was seen.
    pub(super) fn on_report(&mut self, report: ReportId, event: ReportEvent) {
        let stream = StreamRef {
            kind: StreamKind::Report,
            id: report.0,
        };
        let seen = self.facts.records.seen(stream);
        self.changes.push(stream, seen, event);
    }
}

/// Whether an advance opens a step of a kind.
fn opens_kind(procedure: &Procedure, advance: &Advance, kind: StepKind) -> bool {
    advance
        .opens
        .iter()
        .any(|opened| procedure.step(opened).is_some_and(|step| step.kind == kind))
}

/// The first step of the whole run that follows steps of sites or teams, if there is one.
fn joined_step(procedure: &Procedure) -> Option<&StepId> {
    procedure
        .steps
        .iter()
        .filter(|step| step.scope != Scope::Run)
        .flat_map(Step::ways)
        .find_map(|(_, goal)| match goal {
            crate::procedure::Goal::Step(id) => procedure
                .steps
                .iter()
                .find(|step| step.id == id && step.scope == Scope::Run),
            crate::procedure::Goal::End => None,
        })
        .map(|step| &step.id)
}

fn not_open(procedure: &Procedure, step: &StepId) -> Refusal {
    Refusal::new(Rule::StepNotOpen)
        .with("step", step_name(procedure, step))
        .with("open", "")
}

/// The values fit the form that the procedure describes.
fn check_values(step: &Step, values: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (name, value) in values {
        let field = step
            .fields
            .iter()
            .find(|field| field.id == *name)
            .ok_or_else(|| wrong(step, name, value, Why::UnknownField))?;
        let fits = match field.kind {
            FieldKind::Text => true,
            FieldKind::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            FieldKind::Date => value.parse::<Date>().is_ok(),
            FieldKind::Choice => field.choices.iter().any(|choice| choice.code == *value),
            FieldKind::Person => value.parse::<crate::id::PersonId>().is_ok(),
            FieldKind::Name => crate::people::Sealed::try_from(value.clone()).is_ok(),
            FieldKind::Money => {
                value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<u64>().is_ok()
            }
        };
        if !fits {
            return Err(wrong(step, name, value, Why::WrongKind));
        }
    }
    Ok(())
}

/// What the form must hold before the step can be left.
fn check_required(step: &Step, values: &BTreeMap<String, String>) -> Result<(), Refusal> {
    match step
        .fields
        .iter()
        .find(|field| field.required && values.get(&field.id).is_none_or(|value| value.trim().is_empty()))
    {
        Some(field) => Err(wrong(step, &field.id, "", Why::Required)),
        None => Ok(()),
    }
}

/// What joint actors put into one form: a later one agrees with those before, or adds.
fn merged(parts: &[Part], values: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for part in parts {
        all.extend(part.values.clone());
    }
    for (field, value) in values {
        match all.get(field) {
            Some(before) if before != value => {
                return Err(Refusal::new(Rule::JointDisagrees)
                    .with("field", field)
                    .with("value", value)
                    .with("before", before));
            }
            _ => {
                all.insert(field.clone(), value.clone());
            }
        }
    }
    Ok(all)
}

/// A value of a form: the procedure has a label for the field, if it has the field.
fn wrong(step: &Step, name: &str, value: &str, why: Why) -> Refusal {
    let refusal = super::invalid(name, value, why);
    match step.fields.iter().find(|field| field.id == name) {
        Some(field) => refusal.with("label", &field.label),
        None => refusal,
    }
}
