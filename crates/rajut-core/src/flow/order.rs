//! The order and its dispositions: steps 1 and 2.

use std::collections::BTreeSet;

use super::rights::{Granted, Scene};
use super::{Command, Deciding, open, reason};
use crate::act::{Expect, Refusal, Rule};
use crate::id::{PersonId, RunId, SiteId};
use crate::people::{Capacity, Person, PersonField};
use crate::procedure::{Procedure, Scope, StepKind};
use crate::run::{
    ActedAs, Addendum, Disposition, Document, DocumentEvent, Initial, Issued, Order, OrderDraft, Run, RunEvent,
    Target, TargetEvent, Verbal,
};
use crate::stream::{StreamKind, StreamRef};

/// At most so many people initial a draft (paraf hierarki).
const MOST_INITIALS: usize = 3;

/// The stream of a run.
pub(super) fn run_stream(id: RunId) -> StreamRef {
    StreamRef { kind: StreamKind::Run, id: id.0 }
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
            Refusal::new(Rule::NotFound)
                .with("record", format!("procedure {} version {}", run.procedure.code, run.procedure.version))
        })
    }

    /// An event of a run under the version that was seen.
    pub(super) fn on_run(&mut self, run: RunId, event: RunEvent) {
        let stream = run_stream(run);
        let seen = self.facts.records.seen(stream);
        self.changes.push(stream, seen, event);
    }

    pub(super) fn order(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::DraftOrder { run, procedure, title, draft, previous } => {
                self.grant(Scene::default())?;
                self.check_draft(draft)?;
                let (by, at) = (self.person()?, self.at());
                match self.facts.records.find::<Run>(run.0) {
                    Some(known) => {
                        open(known)?;
                        if known.order.as_ref().is_some_and(|order| order.issued.is_some()) {
                            return Err(Refusal::new(Rule::OrderAlreadyIssued));
                        }
                    }
                    None => self.open_new_run(*run, procedure, title, *previous)?,
                }
                self.on_run(*run, RunEvent::OrderDrafted { draft: draft.clone(), by, at });
                Ok(())
            }
            Command::InitialOrder { run } => {
                self.grant(Scene::default())?;
                let order = self.unissued(*run)?;
                let by = self.person()?;
                if order.initials.len() >= MOST_INITIALS || order.initials.iter().any(|i| i.by == by) {
                    return Err(Refusal::new(Rule::TooManyInitials));
                }
                self.not_before(order.drafted_at)?;
                let initial = Initial { by, at: self.at() };
                self.on_run(*run, RunEvent::OrderInitialled { initial });
                Ok(())
            }
            Command::SubmitOrder { run } => {
                self.grant(Scene::default())?;
                let order = self.unissued(*run)?;
                self.not_before(order.drafted_at)?;
                let at = self.at();
                self.on_run(*run, RunEvent::OrderSubmitted { at });
                Ok(())
            }
            Command::ReturnOrder { run, note } => {
                self.unissued(*run)?;
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene { run: Some(known), procedure: Some(procedure), ..Scene::default() })?;
                reason(note, "return")?;
                let event = RunEvent::OrderReturned { by: self.person()?, at: self.at(), note: note.clone() };
                self.on_run(*run, event);
                Ok(())
            }
            Command::RecordVerbalOrder { run, given_by, given_at, channel } => {
                self.grant(Scene::default())?;
                self.verbal(*run, *given_by, *given_at, channel)
            }
            Command::IssueOrder { run, number, document } => self.issue(*run, *number, document),
            Command::AddendOrder { run, number, document, add_sites, valid_until, named, reason: why } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene { run: Some(known), procedure: Some(procedure), ..Scene::default() })?;
                reason(why, "addendum")?;
                let order = in_force(known)?;
                let issued = order.issued.as_ref().ok_or_else(|| Refusal::new(Rule::OrderMissing))?;
                self.not_before(issued.at)?;
                if let Some(until) = valid_until
                    && *until < order.draft.valid_from
                {
                    return Err(Refusal::new(Rule::ValidityWrong)
                        .with("from", order.draft.valid_from)
                        .with("until", until));
                }
                distinct(order.scope().chain(add_sites.iter().copied()))?;
                self.check_people(named.as_deref().unwrap_or(&[]))?;
                let number = self.use_number(*number, run_stream(*run), Some(document.id))?;
                let addendum = Addendum {
                    number: number.clone(),
                    document: document.id,
                    add_sites: add_sites.clone(),
                    valid_until: *valid_until,
                    named: named.clone(),
                    reason: why.clone(),
                    by: self.person()?,
                    at: self.at(),
                };
                let due = valid_until.unwrap_or_else(|| order.valid_until());
                self.on_run(*run, RunEvent::OrderAddended { addendum });
                self.scope_targets(known, add_sites.iter().copied(), due);
                self.issue_document(document, number)
            }
            Command::Dispose { run, to, instruction, urgency, deadline } => {
                let (known, procedure) = self.open_run(*run)?;
                in_force(known)?;
                let granted = self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                reason(instruction, "disposition")?;
                let step = self.open_step_of(known, procedure, StepKind::Disposition)?;
                self.not_before(step.since)?;
                let by = self.person()?;
                let disposition = Disposition {
                    by,
                    from: granted.post.unwrap_or(*to),
                    capacity: granted.capacity.clone(),
                    to: *to,
                    instruction: instruction.clone(),
                    urgency: *urgency,
                    deadline: *deadline,
                    at: self.at(),
                };
                let id = step.step.clone();
                self.on_run(*run, RunEvent::Disposed { disposition });
                self.finish(known, procedure, &id, None, std::collections::BTreeMap::new(), &granted)
            }
            _ => Ok(()),
        }
    }

    fn open_new_run(
        &mut self,
        id: RunId,
        procedure: &crate::run::ProcedureRef,
        title: &str,
        previous: Option<RunId>,
    ) -> Result<(), Refusal> {
        let definition = self.facts.procedures.get(procedure).ok_or_else(|| {
            Refusal::new(Rule::NotFound).with("record", format!("procedure {}", procedure.code))
        })?;
        if !definition.steps.iter().any(|step| step.kind == StepKind::Order) {
            return Err(Refusal::new(Rule::StepMissing).with("kind", "order"));
        }
        let progress = crate::engine::Progress::begin(definition, definition.first(), self.at())
            .map_err(|error| engine(&error))?;
        let mut run = Run::open(id, procedure.clone(), title.to_owned(), progress, self.at());
        run.calendar_version = self.facts.calendar.version();
        run.previous = previous;
        self.changes.push(run_stream(id), Expect::New, RunEvent::Opened { run: Box::new(run) });
        Ok(())
    }

    fn check_draft(&self, draft: &OrderDraft) -> Result<(), Refusal> {
        if draft.valid_until < draft.valid_from {
            return Err(Refusal::new(Rule::ValidityWrong)
                .with("from", draft.valid_from)
                .with("until", draft.valid_until));
        }
        if draft.scope.is_empty() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", "scope"));
        }
        if draft.purpose.trim().is_empty() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", "purpose"));
        }
        distinct(draft.scope.iter().copied())
    }

    /// Name, NIP or non-ASN status, address and telephone of whoever is named (the output of step 1).
    pub(super) fn check_people(&self, people: &[PersonId]) -> Result<(), Refusal> {
        for id in people {
            let person = self.facts.records.get::<Person>(id.0)?;
            let missing = person.missing_for_order();
            if !missing.is_empty() {
                let missing: Vec<&str> = missing.iter().copied().map(person_field).collect();
                return Err(Refusal::new(Rule::PersonIncomplete)
                    .with("person", &person.name)
                    .with("missing", missing.join(", ")));
            }
        }
        Ok(())
    }

    /// The draft of an open run that is not issued yet.
    fn unissued(&self, run: RunId) -> Result<&'a Order, Refusal> {
        let (run, _) = self.open_run(run)?;
        let order = run.order.as_ref().ok_or_else(|| Refusal::new(Rule::OrderMissing))?;
        match order.issued {
            Some(_) => Err(Refusal::new(Rule::OrderAlreadyIssued)),
            None => Ok(order),
        }
    }

    /// The open step of a kind in the run.
    pub(super) fn open_step_of<'s>(
        &self,
        run: &'s Run,
        procedure: &Procedure,
        kind: StepKind,
    ) -> Result<&'s crate::engine::OpenStep, Refusal> {
        run.progress
            .open
            .iter()
            .find(|open| procedure.step(&open.step).is_some_and(|step| step.kind == kind))
            .ok_or_else(|| {
                let open: Vec<&str> = run.progress.open.iter().map(|open| open.step.as_str()).collect();
                Refusal::new(Rule::StepNotOpen)
                    .with("step", format!("{kind:?}").to_lowercase())
                    .with("open", open.join(", "))
                    .who_could(self.who_could(procedure, run))
            })
    }

    /// The posts of the lanes of the steps that are open now.
    fn who_could(&self, procedure: &Procedure, run: &Run) -> Vec<crate::id::PostId> {
        run.progress
            .open
            .iter()
            .filter_map(|open| procedure.step(&open.step))
            .flat_map(|step| step.from.iter())
            .filter_map(|lane| self.post_of_lane(procedure, lane))
            .collect()
    }

    fn verbal(
        &mut self,
        id: RunId,
        given_by: PersonId,
        given_at: jiff::Timestamp,
        channel: &str,
    ) -> Result<(), Refusal> {
        let order = self.unissued(id)?;
        let (run, procedure) = self.open_run(id)?;
        if order.verbal.is_some() {
            return Err(Refusal::new(Rule::OrderAlreadyIssued));
        }
        if given_at > self.at() {
            return Err(Refusal::new(Rule::TimeOutOfBounds).with("at", given_at).with("bound", self.at()));
        }
        self.check_people(&order.draft.named)?;
        // The right is that of the one who gave it, on the day it was given.
        let step = self.open_step_of(run, procedure, StepKind::Order)?;
        let definition = procedure.step(&step.step);
        let giver = Deciding {
            facts: self.facts,
            ids: self.ids.clone(),
            changes: crate::act::Changes::new(crate::act::Envelope {
                act: crate::act::Act::IssueOrder,
                done_by: crate::act::Actor::Person(given_by),
                occurred_at: given_at,
                ..self.changes.envelope.clone()
            }),
        };
        let granted =
            giver.grant(Scene { run: Some(run), procedure: Some(procedure), step: definition, ..Scene::default() })?;
        let written_due = self
            .facts
            .calendar
            .working_days_after(self.facts.agency.zone.date(given_at), self.facts.agency.verbal_days)
            .map_err(|error| calendar(&error))?;
        let verbal = Verbal { by: given_by, at: given_at, channel: channel.to_owned(), written_due };
        let step = step.step.clone();
        let (scope, due): (Vec<SiteId>, _) = (order.scope().collect(), order.valid_until());
        self.on_run(id, RunEvent::OrderGivenVerbally { verbal });
        self.scope_targets(run, scope.into_iter(), due);
        self.finish(run, procedure, &step, None, std::collections::BTreeMap::new(), &granted)
    }

    fn issue(&mut self, id: RunId, number: uuid::Uuid, document: &Document) -> Result<(), Refusal> {
        let order = self.unissued(id)?;
        let (run, procedure) = self.open_run(id)?;
        let granted =
            self.grant(Scene { run: Some(run), procedure: Some(procedure), ..Scene::default() })?;
        self.check_draft(&order.draft)?;
        self.check_people(order.named())?;
        self.not_before(order.submitted_at.unwrap_or(order.drafted_at))?;
        let number = self.use_number(number, run_stream(id), Some(document.id))?;
        let issued = Issued {
            number: number.clone(),
            document: document.id,
            date: self.day(),
            by: self.person()?,
            capacity: granted.capacity.clone(),
            at: self.at(),
        };
        self.on_run(id, RunEvent::OrderIssued { issued });
        if order.verbal.is_none() {
            let step = self.open_step_of(run, procedure, StepKind::Order)?.step.clone();
            let (scope, due): (Vec<SiteId>, _) = (order.scope().collect(), order.valid_until());
            self.scope_targets(run, scope.into_iter(), due);
            self.finish(run, procedure, &step, None, std::collections::BTreeMap::new(), &granted)?;
        }
        self.issue_document(document, number)
    }

    /// Freezes a paper under its number.
    fn issue_document(&mut self, document: &Document, number: String) -> Result<(), Refusal> {
        if document.number != number {
            return Err(Refusal::new(Rule::NumberNotReserved).with("number", &document.number));
        }
        let stream = StreamRef { kind: StreamKind::Document, id: document.id.0 };
        self.changes.push(
            stream,
            Expect::New,
            DocumentEvent::Issued { document: Box::new(document.clone()) },
        );
        Ok(())
    }

    /// Puts sites in scope as targets.
    fn scope_targets(&mut self, run: &Run, sites: impl Iterator<Item = SiteId>, due: jiff::civil::Date) {
        for site in sites {
            let target = Target::new(self.ids.fresh(), run.id, site, due);
            let stream = StreamRef { kind: StreamKind::Target, id: target.id.0 };
            self.changes.push(stream, Expect::New, TargetEvent::Scoped { target: Box::new(target) });
        }
    }

    /// Finishes a step of the run and opens what follows.
    pub(super) fn finish(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        step: &crate::procedure::StepId,
        exit: Option<&crate::procedure::ExitCode>,
        values: std::collections::BTreeMap<String, String>,
        granted: &Granted,
    ) -> Result<(), Refusal> {
        let advance = run.progress.advance(procedure, step, exit, self.at()).map_err(|error| engine(&error))?;
        let acted_as = match (&granted.capacity, self.changes.envelope.done_by.person()) {
            (Capacity::Own, _) | (_, None) => None,
            (capacity, Some(person)) => {
                Some(ActedAs { step: step.clone(), person, capacity: capacity.clone() })
            }
        };
        let (crosses, ends) = (advance.crosses.clone(), advance.ends);
        self.on_run(run.id, RunEvent::Advanced { advance, values, acted_as });
        if let Some(next) = crosses {
            self.fan_out(run, procedure, &next)?;
        }
        if ends && run.complaint.is_some() {
            let end = crate::run::RunEnd::Closed { at: self.at(), by: None, instruction: String::new() };
            self.on_run(run.id, RunEvent::Ended { end });
        }
        Ok(())
    }

    /// Opens the steps of every site in scope. Steps of teams open with each batch.
    fn fan_out(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        step: &crate::procedure::StepId,
    ) -> Result<(), Refusal> {
        if procedure.step(step).map(|step| step.scope) != Some(Scope::Site) {
            return Ok(());
        }
        let begin = crate::engine::Progress::begin(procedure, step, self.at()).map_err(|error| engine(&error))?;
        let targets: Vec<_> = self
            .facts
            .records
            .all::<Target>()
            .filter(|target| target.run == run.id && target.progress.is_none())
            .map(|target| target.id)
            .collect();
        for target in targets {
            let stream = StreamRef { kind: StreamKind::Target, id: target.0 };
            let seen = self.facts.records.seen(stream);
            self.changes.push(stream, seen, TargetEvent::Opened { begin: begin.clone() });
        }
        Ok(())
    }
}

/// The order under which work may happen.
pub(super) fn in_force(run: &Run) -> Result<&Order, Refusal> {
    run.order
        .as_ref()
        .filter(|order| order.in_force())
        .ok_or_else(|| Refusal::new(Rule::OrderMissing))
}

fn distinct(sites: impl Iterator<Item = SiteId>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for site in sites {
        if !seen.insert(site) {
            return Err(Refusal::new(Rule::SiteRepeated).with("site", site));
        }
    }
    Ok(())
}

/// The code of a field of a person, as the sentence names it.
fn person_field(field: PersonField) -> &'static str {
    match field {
        PersonField::Name => "name",
        PersonField::Nip => "nip",
        PersonField::Address => "address",
        PersonField::Phone => "phone",
    }
}

/// What the engine refuses, as the rule that the reader knows.
pub(super) fn engine(error: &crate::engine::EngineRefusal) -> Refusal {
    use crate::engine::EngineRefusal as E;
    let list = |codes: &[String]| codes.join(", ");
    match error {
        E::NotOpen { step, open } => Refusal::new(Rule::StepNotOpen)
            .with("step", step)
            .with("open", list(&open.iter().map(ToString::to_string).collect::<Vec<_>>())),
        E::UnknownExit { exit, allowed, .. } => Refusal::new(Rule::UnknownExit)
            .with("exit", exit.as_ref().map_or("-", |exit| exit.as_str()))
            .with("allowed", list(&allowed.iter().map(ToString::to_string).collect::<Vec<_>>())),
        E::Paused { reason } => Refusal::new(Rule::RunPaused).with("reason", reason),
        E::Ended => Refusal::new(Rule::RunEnded).with("run", ""),
        E::NotPaused => Refusal::new(Rule::NotPaused),
        E::NotPausable { reason, allowed } => Refusal::new(Rule::PauseReasonUnknown)
            .with("reason", reason)
            .with("allowed", list(&allowed.iter().map(ToString::to_string).collect::<Vec<_>>())),
        other => Refusal::new(Rule::StepNotOpen).with("step", other).with("open", ""),
    }
}

/// A calendar that lacks a year cannot be guessed at.
pub(super) fn calendar(error: &crate::calendar::CalendarError) -> Refusal {
    Refusal::new(Rule::CalendarYearMissing).with("year", error)
}
