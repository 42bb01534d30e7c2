//! Runs: how one is opened, how its steps are finished, what that opens.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::order::distinct;
use super::plan::left_by;
use super::refused::{engine, listed, step_name, step_of_kind};
use super::rights::{Granted, Scene};
use super::{Deciding, invalid, open};
use crate::act::{Expect, FieldName, Refusal, Rule, Wanted, Why};
use crate::complaint::Complaint;
use crate::engine::{OpenStep, Part, Progress};
use crate::id::{PersonId, PostId, RunId, SiteId};
use crate::people::Capacity;
use crate::procedure::{ExitCode, Procedure, ProcedureVersion, Scope, Step, StepId, StepKind, effective_on};
use crate::run::{ActedAs, CarriedOver, Order, ProcedureRef, Run, RunEnd, RunEvent, Target, TargetEvent};
use crate::stream::{StreamKind, StreamRef};

/// The stream of a run.
pub(super) fn run_stream(id: RunId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Run,
        id: id.0,
    }
}

impl<'a> Deciding<'a> {
    /// The run with its procedure, still open.
    pub(super) fn open_run(&self, id: RunId) -> Result<(&'a Run, &'a Procedure), Refusal> {
        let run = self.facts.records.get::<Run>(id.0)?;
        open(run)?;
        Ok((run, self.procedure_of(run)?))
    }

    /// The procedure that a run follows.
    pub(super) fn procedure_of(&self, run: &Run) -> Result<&'a Procedure, Refusal> {
        self.facts.procedures.get(&run.procedure).ok_or_else(|| {
            Refusal::new(Rule::NotFound).with(
                "record",
                format!(
                    "procedure {} version {}",
                    run.procedure.code, run.procedure.version
                ),
            )
        })
    }

    /// The version of a procedure that a new run would follow.
    pub(super) fn definition(&self, procedure: &ProcedureRef) -> Result<&'a Procedure, Refusal> {
        self.facts.procedures.get(procedure).ok_or_else(|| {
            Refusal::new(Rule::NotFound).with("record", format!("procedure {}", procedure.code))
        })
    }

    /// The same, of a version that was approved and is in force on the day of the act: no other is followed.
    pub(super) fn effective(&self, procedure: &ProcedureRef) -> Result<&'a Procedure, Refusal> {
        let definition = self.definition(procedure)?;
        let (versions, day) = (self.facts.records.all::<ProcedureVersion>(), self.day());
        if effective_on(versions, &procedure.code, day) != Some(procedure.version) {
            return Err(Refusal::new(Rule::ProcedureNotEffective)
                .with("procedure", format!("{} {}", procedure.code, procedure.version))
                .with("date", day));
        }
        Ok(definition)
    }

    /// An event of a run under the version that was seen.
    pub(super) fn on_run(&mut self, run: RunId, event: RunEvent) {
        let stream = run_stream(run);
        let seen = self.facts.records.seen(stream);
        self.changes.push(stream, seen, event);
    }

    pub(super) fn open_new_run(
        &mut self,
        id: RunId,
        procedure: &ProcedureRef,
        title: &str,
        previous: Option<RunId>,
    ) -> Result<Run, Refusal> {
        let definition = self.effective(procedure)?;
        let progress = Progress::begin(definition, definition.first(), self.at())
            .map_err(|error| engine(definition, &error))?;
        let mut run = Run::open(id, procedure.clone(), title.to_owned(), progress, self.at());
        run.calendar_version = self.facts.calendar.version();
        run.previous = previous;
        if let Some(previous) = previous {
            run.carried = self.left_by(previous, procedure)?;
        }
        self.changes.push(
            run_stream(id),
            Expect::New,
            RunEvent::Opened {
                run: Box::new(run.clone()),
            },
        );
        Ok(run)
    }

    /// What an earlier run of the same procedure leaves to a new one.
    fn left_by(
        &self,
        previous: RunId,
        procedure: &ProcedureRef,
    ) -> Result<BTreeMap<SiteId, CarriedOver>, Refusal> {
        let earlier = self.facts.records.get::<Run>(previous.0)?;
        if earlier.procedure.code != procedure.code {
            return Err(invalid(FieldName::Previous, earlier.label(), Why::OtherProcedure));
        }
        Ok(left_by(self.facts.records, earlier))
    }

    /// An order is optional for a run: a procedure without one begins with the person of its first step.
    pub(super) fn open_without_order(
        &mut self,
        id: RunId,
        procedure: &ProcedureRef,
        title: &str,
        scope: &[SiteId],
        due_on: jiff::civil::Date,
        previous: Option<RunId>,
    ) -> Result<(), Refusal> {
        let definition = self.definition(procedure)?;
        self.grant(Scene {
            procedure: Some(definition),
            step: definition.step(definition.first()),
            ..Scene::default()
        })?;
        if order_step(definition).is_some() {
            return Err(Refusal::new(Rule::OrderMissing));
        }
        if scope.is_empty() && definition.steps.iter().any(|step| step.scope == Scope::Site) {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", Wanted::Scope));
        }
        distinct(scope.iter().copied())?;
        if due_on < self.day() {
            return Err(invalid(FieldName::DueOn, due_on, Why::Past));
        }
        let run = self.open_new_run(id, procedure, title, previous)?;
        self.scope_targets(&run, scope.iter().copied(), due_on);
        Ok(())
    }

    /// Puts sites in scope as targets.
    pub(super) fn scope_targets(
        &mut self,
        run: &Run,
        sites: impl Iterator<Item = SiteId>,
        due: jiff::civil::Date,
    ) -> Vec<Target> {
        let mut scoped = Vec::new();
        for site in sites {
            let target = Target {
                carried_over: run.carried.get(&site).cloned(),
                ..Target::new(self.ids.fresh(), run.id, site, due)
            };
            let stream = StreamRef {
                kind: StreamKind::Target,
                id: target.id.0,
            };
            self.changes.push(
                stream,
                Expect::New,
                TargetEvent::Scoped {
                    target: Box::new(target.clone()),
                },
            );
            scoped.push(target);
        }
        scoped
    }

    /// Sites added while the teams are out can be visited at once, and what was complained about them joins.
    pub(super) fn open_added(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        added: &[Target],
    ) -> Result<(), Refusal> {
        if run.teams_formed_at.is_none() {
            return Ok(());
        }
        if let Some(step) = &run.progress.waits_for
            && procedure.step(step).map(|step| step.scope) == Some(Scope::Site)
        {
            let begin =
                Progress::begin(procedure, step, self.at()).map_err(|error| engine(procedure, &error))?;
            for target in added {
                self.on_target(target.id, TargetEvent::Opened { begin: begin.clone() });
            }
        }
        self.attach_open_complaints(&added.iter().map(|target| (target.site, target.id)).collect());
        Ok(())
    }

    /// The open step of a kind in the run.
    pub(super) fn open_step_of<'s>(
        &self,
        run: &'s Run,
        procedure: &Procedure,
        kind: StepKind,
    ) -> Result<&'s OpenStep, Refusal> {
        run.progress
            .open
            .iter()
            .find(|open| procedure.step(&open.step).is_some_and(|step| step.kind == kind))
            .ok_or_else(|| {
                let open = run.progress.open.iter();
                Refusal::new(Rule::StepNotOpen)
                    .with("step", step_of_kind(procedure, kind))
                    .with("open", listed(open.map(|open| step_name(procedure, &open.step))))
                    .who_could(self.who_could(procedure, run))
            })
    }

    /// The posts of the lanes of the steps that are open now.
    fn who_could(&self, procedure: &Procedure, run: &Run) -> Vec<PostId> {
        run.progress
            .open
            .iter()
            .filter_map(|open| procedure.step(&open.step))
            .flat_map(|step| step.from.iter())
            .filter_map(|lane| self.post_of_lane(procedure, lane))
            .collect()
    }

    /// Finishes a step of the run, by the one who acts and at the time of the act, and opens what follows.
    pub(super) fn finish(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        step: &StepId,
        exit: Option<&ExitCode>,
        values: BTreeMap<String, String>,
        granted: &Granted,
    ) -> Result<(), Refusal> {
        let way = Way {
            exit,
            values,
            part: None,
            by: self.changes.envelope.done_by.person(),
            at: self.at(),
        };
        self.finish_by(run, procedure, step, way, granted)
    }

    pub(super) fn finish_by(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        step: &StepId,
        way: Way<'_>,
        granted: &Granted,
    ) -> Result<(), Refusal> {
        let advance = match way.part {
            Some(part) => run.progress.act(procedure, step, part),
            None => run.progress.advance(procedure, step, way.exit, way.at),
        }
        .map_err(|error| engine(procedure, &error))?;
        let acted_as = match (&granted.capacity, way.by) {
            (Capacity::Own, _) | (_, None) => None,
            (capacity, Some(person)) => Some(ActedAs {
                step: step.clone(),
                person,
                capacity: *capacity,
            }),
        };
        let (crosses, ends) = (advance.crosses.clone(), advance.ends);
        // While others have yet to act the part keeps its own values.
        let values = match advance.done {
            Some(_) => way.values,
            None => BTreeMap::new(),
        };
        self.on_run(
            run.id,
            RunEvent::Advanced {
                advance,
                values,
                acted_as,
            },
        );
        if let Some(next) = crosses {
            self.fan_out(run, procedure, &next)?;
        }
        // Where there is a report, a disposition on it closes the run; else it ends with its steps.
        if ends && procedure.steps.iter().all(|step| step.kind != StepKind::Report) {
            let end = RunEnd::Closed {
                at: way.at,
                by: None,
                instruction: String::new(),
            };
            self.on_run(run.id, RunEvent::Ended { end });
            self.leave_target(run)?;
        }
        Ok(())
    }

    /// A complaint whose procedure has ended waits for no verdict at the target to which it was attached.
    fn leave_target(&mut self, run: &Run) -> Result<(), Refusal> {
        let Some(complaint) = run.complaint else {
            return Ok(());
        };
        if let Some(target) = self.facts.records.get::<Complaint>(complaint.0)?.target {
            let stream = StreamRef {
                kind: StreamKind::Target,
                id: target.0,
            };
            let event = TargetEvent::ComplaintEnded { complaint };
            self.changes.push(stream, Expect::Any, event);
        }
        Ok(())
    }

    /// Opens the steps of every site in scope. Steps of teams open with each batch.
    fn fan_out(&mut self, run: &Run, procedure: &Procedure, step: &StepId) -> Result<(), Refusal> {
        if procedure.step(step).map(|step| step.scope) != Some(Scope::Site) {
            return Ok(());
        }
        let begin = Progress::begin(procedure, step, self.at()).map_err(|error| engine(procedure, &error))?;
        let targets: Vec<_> = self
            .facts
            .records
            .all::<Target>()
            .filter(|target| target.run == run.id && target.progress.is_none())
            .map(|target| target.id)
            .collect();
        for target in targets {
            let stream = StreamRef {
                kind: StreamKind::Target,
                id: target.0,
            };
            let seen = self.facts.records.seen(stream);
            self.changes
                .push(stream, seen, TargetEvent::Opened { begin: begin.clone() });
        }
        Ok(())
    }
}

/// How a step is finished.
pub(super) struct Way<'w> {
    pub exit: Option<&'w ExitCode>,
    pub values: BTreeMap<String, String>,
    /// What one of several joint actors does; none where one act finishes the step.
    pub part: Option<Part>,
    pub by: Option<PersonId>,
    pub at: Timestamp,
}

/// The step at which a procedure issues an order, if it has one.
pub(super) fn order_step(procedure: &Procedure) -> Option<&Step> {
    procedure.steps.iter().find(|step| step.kind == StepKind::Order)
}

/// The order under which work may happen, where the procedure has one.
pub(super) fn order_of<'r>(run: &'r Run, procedure: &Procedure) -> Result<Option<&'r Order>, Refusal> {
    match order_step(procedure) {
        Some(_) => in_force(run).map(Some),
        None => Ok(run.order.as_ref()),
    }
}

/// The order under which work may happen.
pub(super) fn in_force(run: &Run) -> Result<&Order, Refusal> {
    run.order
        .as_ref()
        .filter(|order| order.in_force())
        .ok_or_else(|| Refusal::new(Rule::OrderMissing))
}

/// A calendar that lacks a year cannot be guessed at.
pub(super) fn calendar(error: crate::calendar::CalendarError) -> Refusal {
    Refusal::new(Rule::CalendarYearMissing).with(
        "year",
        match error {
            crate::calendar::CalendarError::MissingYear { year } => year.to_string(),
            crate::calendar::CalendarError::BeyondTime => String::new(),
        },
    )
}
