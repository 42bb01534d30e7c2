//! Steps of generic kinds, pauses, timers; the join of sites and teams.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::order::engine;
use super::rights::Scene;
use super::{Command, Deciding, Place};
use crate::act::{Refusal, Rule};
use crate::engine::Advance;
use crate::id::{ReportId, RunId};
use crate::procedure::{ExitCode, FieldKind, Procedure, Scope, Step, StepId, StepKind};
use crate::run::{Report, ReportEvent, ReportStanding, Run, RunEvent, Target, TargetEvent};
use crate::stream::{StreamKind, StreamRef};

/// Kinds whose form the procedure file describes.
const GENERIC: &[StepKind] =
    &[StepKind::Record, StepKind::Decision, StepKind::Approval, StepKind::Confirm];

impl Deciding<'_> {
    pub(super) fn step(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::CompleteStep { place, step, exit, values } => {
                self.complete(*place, step, exit.as_ref(), values)
            }
            Command::PauseRun { run, reason } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene { run: Some(known), procedure: Some(procedure), ..Scene::default() })?;
                let paused = known.progress.pause(procedure, reason, self.at());
                self.moves(*run, paused.map_err(|error| engine(&error))?);
                Ok(())
            }
            Command::ResumeRun { run } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene { run: Some(known), procedure: Some(procedure), ..Scene::default() })?;
                if let Some(pause) = &known.progress.pause {
                    self.not_before(pause.since)?;
                }
                let resumed = known.progress.resume(self.at());
                self.moves(*run, resumed.map_err(|error| engine(&error))?);
                Ok(())
            }
            Command::Proceed { run } => {
                let (known, procedure) = self.open_run(*run)?;
                let granted =
                    self.grant(Scene { run: Some(known), procedure: Some(procedure), ..Scene::default() })?;
                if let Some(timer) = self.timer_due(known, procedure)? {
                    let none = BTreeMap::new();
                    return self.finish(known, procedure, &timer.step, Some(&timer.take), none, &granted);
                }
                self.join_if_done(known, procedure)
            }
            _ => Ok(()),
        }
    }

    /// An advance of the run that finishes no step by anybody's hand.
    fn moves(&mut self, run: RunId, advance: Advance) {
        self.on_run(run, RunEvent::Advanced { advance, values: BTreeMap::new(), acted_as: None });
    }

    /// The timer that has run out, counted in working time.
    fn timer_due(
        &self,
        run: &Run,
        procedure: &Procedure,
    ) -> Result<Option<crate::engine::RunningTimer>, Refusal> {
        let zone = self.facts.agency.zone;
        let missing = std::cell::Cell::new(None);
        let due = run.progress.timer_due(procedure, self.at(), |from, to| {
            match self.facts.calendar.working_millis_between(zone, from, to) {
                Ok(millis) => millis / 60_000,
                Err(error) => {
                    missing.set(Some(super::order::calendar(&error)));
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
        let scene =
            Scene { run: Some(run), procedure: Some(procedure), step: Some(step), team, site };
        let granted = self.grant(scene)?;
        check_values(step, values)?;
        match place {
            Place::Run(_) => self.finish(run, procedure, id, exit, values.clone(), &granted),
            Place::Target(target) => {
                let known = self.facts.records.get::<Target>(target.0)?;
                let progress = known.progress.as_ref().ok_or_else(|| not_open(id))?;
                let advance =
                    progress.advance(procedure, id, exit, self.at()).map_err(|error| engine(&error))?;
                self.on_target(target, TargetEvent::Advanced { advance });
                Ok(())
            }
            Place::Report(report) => {
                let known = self.facts.records.get::<Report>(report.0)?;
                let progress = known.progress.as_ref().ok_or_else(|| not_open(id))?;
                let advance =
                    progress.advance(procedure, id, exit, self.at()).map_err(|error| engine(&error))?;
                let back = advance.opens.iter().any(|opened| {
                    procedure.step(opened).is_some_and(|step| step.kind == StepKind::Report)
                });
                self.on_report(report, ReportEvent::Advanced { advance });
                if step.kind == StepKind::Approval {
                    let note = values.values().next().cloned().unwrap_or_default();
                    let ruling =
                        crate::run::Ruling { accepted: !back, by: self.person()?, at: self.at(), note };
                    self.on_report(report, ReportEvent::Ruled { ruling, progress: None });
                }
                Ok(())
            }
        }
    }

    /// The step of a target that a visit which meets it finishes.
    pub(super) fn visit_step(&self, run: &Run, target: &Target) -> Result<Option<Advance>, Refusal> {
        let procedure = self.procedure_of(run)?;
        let Some(progress) = &target.progress else { return Ok(None) };
        let open = progress
            .open
            .iter()
            .find(|open| procedure.step(&open.step).is_some_and(|step| step.kind == StepKind::Visit));
        match open {
            Some(open) => progress
                .advance(procedure, &open.step, None, self.at().max(open.since))
                .map(Some)
                .map_err(|error| engine(&error)),
            None => Ok(None),
        }
    }

    /// Opens the step of the whole run that waits for all sites and teams, once they are done.
    fn join_if_done(&mut self, run: &Run, procedure: &Procedure) -> Result<(), Refusal> {
        let Some(step) = joined_step(procedure) else { return Ok(()) };
        let known = run.progress.is_open(step) || run.progress.done.iter().any(|done| done.step == *step);
        if known || run.teams_formed_at.is_none() {
            return Ok(());
        }
        let of_run = |target: &&Target| target.run == run.id;
        let sites_done = self.facts.records.all::<Target>().filter(of_run).all(|target| {
            let steps_done = target.progress.as_ref().is_none_or(|progress| progress.open.is_empty());
            target.excuse.is_some() || (target.settled() && steps_done)
        });
        let reports_done = self
            .facts
            .records
            .all::<Report>()
            .filter(|report| report.run == run.id)
            .all(|report| report.standing() == ReportStanding::Accepted);
        if sites_done && reports_done {
            let advance =
                run.progress.enter(procedure, step, self.at()).map_err(|error| engine(&error))?;
            self.moves(run.id, advance);
        }
        Ok(())
    }

    /// An event of a report under the version that was seen.
    pub(super) fn on_report(&mut self, report: ReportId, event: ReportEvent) {
        let stream = StreamRef { kind: StreamKind::Report, id: report.0 };
        let seen = self.facts.records.seen(stream);
        self.changes.push(stream, seen, event);
    }

    /// The run of which a complaint is the subject.
    pub(super) fn complaint_run(&self, run: RunId) -> Result<&Run, Refusal> {
        self.facts.records.get::<Run>(run.0)
    }
}

/// The first step of the whole run that follows steps of sites or teams, if there is one.
fn joined_step(procedure: &Procedure) -> Option<&StepId> {
    procedure
        .steps
        .iter()
        .filter(|step| step.scope != Scope::Run)
        .flat_map(Step::ways)
        .find_map(|(_, goal)| match goal {
            crate::procedure::Goal::Step(id) => {
                procedure.steps.iter().find(|step| step.id == id && step.scope == Scope::Run)
            }
            crate::procedure::Goal::End => None,
        })
        .map(|step| &step.id)
}

fn not_open(step: &StepId) -> Refusal {
    Refusal::new(Rule::StepNotOpen).with("step", step).with("open", "")
}

/// The values fit the form that the procedure describes.
fn check_values(step: &Step, values: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let wrong = |field: &str, value: &str, why: &str| {
        Refusal::new(Rule::InvalidValue).with("field", field).with("value", value).with("why", why)
    };
    for (name, value) in values {
        let field = step
            .fields
            .iter()
            .find(|field| field.id == *name)
            .ok_or_else(|| wrong(name, value, "unknown_field"))?;
        let fits = match field.kind {
            FieldKind::Text => true,
            FieldKind::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            FieldKind::Date => value.parse::<Date>().is_ok(),
            FieldKind::Choice => field.choices.iter().any(|choice| choice.code == *value),
            FieldKind::Person => value.parse::<crate::id::PersonId>().is_ok(),
            FieldKind::Money => value.parse::<u64>().is_ok(),
        };
        if !fits {
            return Err(wrong(name, value, "wrong_kind"));
        }
    }
    match step.fields.iter().find(|field| {
        field.required && values.get(&field.id).is_none_or(|value| value.trim().is_empty())
    }) {
        Some(field) => Err(wrong(&field.id, "", "required")),
        None => Ok(()),
    }
}
