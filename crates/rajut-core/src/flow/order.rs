//! The order and its dispositions: steps 1 and 2.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::rights::{Granted, Scene};
use super::{Command, Deciding, invalid, open, reason};
use crate::act::{Expect, Refusal, Rule};
use crate::id::{PersonId, PostId, RunId, SiteId};
use crate::number::NumberEntry;
use crate::people::{Capacity, Person, PersonField};
use crate::procedure::{ExitCode, Procedure, Scope, Step, StepId, StepKind};
use crate::run::{
    ActedAs, Addendum, Disposition, Document, DocumentEvent, DocumentKind, Initial, Issued, Order, OrderDraft, Run, RunEvent,
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
            Command::OpenRun { run, procedure, title, scope, due_on, previous } => {
                self.open_without_order(*run, procedure, title, scope, *due_on, *previous)
            }
            Command::DraftOrder { run, procedure, title, draft, previous } => {
                self.grant(Scene::default())?;
                let (by, at) = (self.person()?, self.at());
                match self.facts.records.find::<Run>(run.0) {
                    Some(known) => {
                        open(known)?;
                        let definition = self.procedure_of(known)?;
                        self.check_draft(draft, definition)?;
                        if let Some(order) = &known.order {
                            self.not_before(order.drafted_at)?;
                            // What was ordered by word of mouth is written as it was said; more comes by an
                            // addendum.
                            let said = order.verbal.is_none() || order.draft.scope == draft.scope;
                            if order.issued.is_some() || !said {
                                return Err(Refusal::new(Rule::OrderAlreadyIssued));
                            }
                        }
                    }
                    None => {
                        let definition = self.definition(procedure)?;
                        self.check_draft(draft, definition)?;
                        if order_step(definition).is_none() {
                            return Err(Refusal::new(Rule::StepMissing).with("kind", "order"));
                        }
                        self.open_new_run(*run, procedure, title, *previous)?;
                    }
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
                let order = self.unissued(*run)?;
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene { run: Some(known), procedure: Some(procedure), ..Scene::default() })?;
                reason(note, "return")?;
                self.not_before(order.submitted_at.unwrap_or(order.drafted_at))?;
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
                if add_sites.is_empty() && valid_until.is_none() && named.is_none() {
                    return Err(Refusal::new(Rule::OrderIncomplete).with("what", "addendum"));
                }
                if let Some(until) = valid_until
                    && *until < order.valid_until()
                {
                    return Err(Refusal::new(Rule::ValidityWrong)
                        .with("from", order.draft.valid_from)
                        .with("until", until));
                }
                distinct(order.scope().chain(add_sites.iter().copied()))?;
                self.check_people(named.as_deref().unwrap_or(&[]))?;
                let number = self.number_of_paper(*number, *run, document, DocumentKind::Addendum)?;
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
                let added = self.scope_targets(known, add_sites.iter().copied(), due);
                self.open_added(known, procedure, &added)?;
                self.issue_document(document);
                Ok(())
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
                if let Some(row) = procedure.step(&step.step) {
                    self.addressed(procedure, row, "to", *to)?;
                }
                if let Some(deadline) = deadline.filter(|deadline| *deadline < self.day()) {
                    return Err(invalid("deadline", deadline, "past"));
                }
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
                self.finish(known, procedure, &id, None, BTreeMap::new(), &granted)
            }
            _ => Ok(()),
        }
    }

    /// The version of a procedure that a new run would follow.
    pub(super) fn definition(&self, procedure: &crate::run::ProcedureRef) -> Result<&'a Procedure, Refusal> {
        self.facts.procedures.get(procedure).ok_or_else(|| {
            Refusal::new(Rule::NotFound).with("record", format!("procedure {}", procedure.code))
        })
    }

    /// An order is optional for a run: a procedure without one begins with the person of its first step.
    fn open_without_order(
        &mut self,
        id: RunId,
        procedure: &crate::run::ProcedureRef,
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
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", "scope"));
        }
        distinct(scope.iter().copied())?;
        if due_on < self.day() {
            return Err(invalid("due_on", due_on, "past"));
        }
        let run = self.open_new_run(id, procedure, title, previous)?;
        self.scope_targets(&run, scope.iter().copied(), due_on);
        Ok(())
    }

    fn open_new_run(
        &mut self,
        id: RunId,
        procedure: &crate::run::ProcedureRef,
        title: &str,
        previous: Option<RunId>,
    ) -> Result<Run, Refusal> {
        let definition = self.definition(procedure)?;
        let progress = crate::engine::Progress::begin(definition, definition.first(), self.at())
            .map_err(|error| engine(&error))?;
        let mut run = Run::open(id, procedure.clone(), title.to_owned(), progress, self.at());
        run.calendar_version = self.facts.calendar.version();
        run.previous = previous;
        self.changes.push(run_stream(id), Expect::New, RunEvent::Opened { run: Box::new(run.clone()) });
        Ok(run)
    }

    fn check_draft(&self, draft: &OrderDraft, procedure: &Procedure) -> Result<(), Refusal> {
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
        if let Some(step) = order_step(procedure) {
            self.addressed(procedure, step, "addressee", draft.addressee)?;
        }
        distinct(draft.scope.iter().copied())
    }

    /// A paper goes to a post that the procedure names for its step, where it names any.
    fn addressed(&self, procedure: &Procedure, step: &Step, field: &str, to: PostId) -> Result<(), Refusal> {
        let receivers = self.receivers(procedure, step);
        if receivers.is_empty() || receivers.contains(&to) {
            return Ok(());
        }
        Err(invalid(field, to, "not_receiver").who_could(receivers))
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
    fn who_could(&self, procedure: &Procedure, run: &Run) -> Vec<PostId> {
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
        given_at: Timestamp,
        channel: &str,
    ) -> Result<(), Refusal> {
        let order = self.unissued(id)?;
        let (run, procedure) = self.open_run(id)?;
        if order.verbal.is_some() {
            return Err(Refusal::new(Rule::OrderAlreadyIssued));
        }
        reason(channel, "channel")?;
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
        // The step was done when the word was given, by the one who gave it, whoever wrote it down later.
        let way = Way { exit: None, values: BTreeMap::new(), by: Some(given_by), at: given_at };
        self.finish_by(run, procedure, &step, way, &granted)
    }

    fn issue(&mut self, id: RunId, number: uuid::Uuid, document: &Document) -> Result<(), Refusal> {
        let order = self.unissued(id)?;
        let (run, procedure) = self.open_run(id)?;
        let granted =
            self.grant(Scene { run: Some(run), procedure: Some(procedure), ..Scene::default() })?;
        self.check_draft(&order.draft, procedure)?;
        self.check_people(order.named())?;
        let since = order.verbal.as_ref().map(|verbal| verbal.at);
        self.not_before(order.submitted_at.or(since).unwrap_or(order.drafted_at))?;
        let number = self.number_of_paper(number, id, document, DocumentKind::Order)?;
        let issued = Issued {
            number,
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
            self.finish(run, procedure, &step, None, BTreeMap::new(), &granted)?;
        }
        self.issue_document(document);
        Ok(())
    }

    /// Uses the number of a paper of a run, which must be what it claims to be.
    fn number_of_paper(
        &mut self,
        number: uuid::Uuid,
        run: RunId,
        document: &Document,
        kind: DocumentKind,
    ) -> Result<String, Refusal> {
        let text = self.use_number(number, kind.code(), run_stream(run), Some(document.id))?;
        if document.number != text {
            return Err(Refusal::new(Rule::NumberNotReserved).with("number", &document.number));
        }
        // The counter of a register starts anew with the year of the document's date.
        let year = self.facts.records.get::<NumberEntry>(number)?.year;
        if document.date != self.day() || document.date.year() != year {
            return Err(invalid("date", document.date, "not_of_number"));
        }
        if document.kind != kind || document.record != run_stream(run) {
            return Err(invalid("document", document.kind, "other_record"));
        }
        if document.signed_by != self.person()? {
            return Err(invalid("signed_by", document.signed_by, "not_the_signer"));
        }
        Ok(text)
    }

    /// Freezes a paper under its number.
    fn issue_document(&mut self, document: &Document) {
        let stream = StreamRef { kind: StreamKind::Document, id: document.id.0 };
        self.changes.push(
            stream,
            Expect::New,
            DocumentEvent::Issued { document: Box::new(document.clone()) },
        );
    }

    /// Puts sites in scope as targets.
    fn scope_targets(
        &mut self,
        run: &Run,
        sites: impl Iterator<Item = SiteId>,
        due: jiff::civil::Date,
    ) -> Vec<Target> {
        let mut scoped = Vec::new();
        for site in sites {
            let target = Target::new(self.ids.fresh(), run.id, site, due);
            let stream = StreamRef { kind: StreamKind::Target, id: target.id.0 };
            self.changes.push(stream, Expect::New, TargetEvent::Scoped { target: Box::new(target.clone()) });
            scoped.push(target);
        }
        scoped
    }

    /// Sites added while the teams are out can be visited at once, and what was complained about them joins.
    fn open_added(&mut self, run: &Run, procedure: &Procedure, added: &[Target]) -> Result<(), Refusal> {
        if run.teams_formed_at.is_none() {
            return Ok(());
        }
        if let Some(step) = &run.progress.waits_for
            && procedure.step(step).map(|step| step.scope) == Some(Scope::Site)
        {
            let begin =
                crate::engine::Progress::begin(procedure, step, self.at()).map_err(|error| engine(&error))?;
            for target in added {
                self.on_target(target.id, TargetEvent::Opened { begin: begin.clone() });
            }
        }
        self.attach_open_complaints(&added.iter().map(|target| (target.site, target.id)).collect());
        Ok(())
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
        let way = Way { exit, values, by: self.changes.envelope.done_by.person(), at: self.at() };
        self.finish_by(run, procedure, step, way, granted)
    }

    fn finish_by(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        step: &StepId,
        way: Way<'_>,
        granted: &Granted,
    ) -> Result<(), Refusal> {
        let advance =
            run.progress.advance(procedure, step, way.exit, way.at).map_err(|error| engine(&error))?;
        let acted_as = match (&granted.capacity, way.by) {
            (Capacity::Own, _) | (_, None) => None,
            (capacity, Some(person)) => {
                Some(ActedAs { step: step.clone(), person, capacity: capacity.clone() })
            }
        };
        let (crosses, ends) = (advance.crosses.clone(), advance.ends);
        self.on_run(run.id, RunEvent::Advanced { advance, values: way.values, acted_as });
        if let Some(next) = crosses {
            self.fan_out(run, procedure, &next)?;
        }
        // Where there is a report, a disposition on it closes the run; else it ends with its steps.
        if ends && procedure.steps.iter().all(|step| step.kind != StepKind::Report) {
            let end = crate::run::RunEnd::Closed { at: way.at, by: None, instruction: String::new() };
            self.on_run(run.id, RunEvent::Ended { end });
        }
        Ok(())
    }

    /// Opens the steps of every site in scope. Steps of teams open with each batch.
    fn fan_out(
        &mut self,
        run: &Run,
        procedure: &Procedure,
        step: &StepId,
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

/// How a step is finished.
struct Way<'w> {
    exit: Option<&'w ExitCode>,
    values: BTreeMap<String, String>,
    by: Option<PersonId>,
    at: Timestamp,
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
