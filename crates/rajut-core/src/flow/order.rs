//! The order and its dispositions: steps 1 and 2.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::advance::{Way, calendar, in_force, order_step, run_stream};
use super::rights::Scene;
use super::{Command, Deciding, invalid, open, reason};
use crate::act::{FieldName, Refusal, Rule, Wanted, Why};
use crate::id::{PersonId, PostId, RunId, SiteId};
use crate::people::{Person, PersonField};
use crate::procedure::{Procedure, Step, StepKind};
use crate::run::{
    Addendum, Disposition, Document, DocumentKind, Initial, Issued, Order, OrderDraft, ProcedureRef, Run,
    RunEvent, Verbal,
};

/// At most so many people initial a draft (paraf hierarki).
const MOST_INITIALS: usize = 3;

impl<'a> Deciding<'a> {
    pub(super) fn order(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::OpenRun {
                run,
                procedure,
                title,
                scope,
                due_on,
                previous,
            } => self.open_without_order(*run, procedure, title, scope, *due_on, *previous),
            Command::DraftOrder {
                run,
                procedure,
                title,
                draft,
                previous,
            } => self.draft_order(*run, procedure, title, draft, *previous),
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
                self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                reason(note, Wanted::Return)?;
                self.not_before(order.submitted_at.unwrap_or(order.drafted_at))?;
                let event = RunEvent::OrderReturned {
                    by: self.person()?,
                    at: self.at(),
                    note: note.clone(),
                };
                self.on_run(*run, event);
                Ok(())
            }
            Command::RecordVerbalOrder {
                run,
                given_by,
                given_at,
                channel,
            } => {
                self.grant(Scene::default())?;
                self.verbal(*run, *given_by, *given_at, channel)
            }
            Command::IssueOrder {
                run,
                number,
                document,
            } => self.issue(*run, *number, document),
            Command::AddendOrder { run, .. } => self.addend(*run, command),
            Command::Dispose { run, .. } => self.dispose(*run, command),
            _ => Ok(()),
        }
    }

    fn draft_order(
        &mut self,
        run: RunId,
        procedure: &ProcedureRef,
        title: &str,
        draft: &OrderDraft,
        previous: Option<RunId>,
    ) -> Result<(), Refusal> {
        self.grant(Scene::default())?;
        let (by, at) = (self.person()?, self.at());
        if let Some(known) = self.facts.records.find::<Run>(run.0) {
            open(known)?;
            self.check_draft(draft, self.procedure_of(known)?)?;
            if let Some(order) = &known.order {
                self.not_before(order.drafted_at)?;
                // What was ordered by word of mouth is written as it was said; more comes by an addendum.
                let said = order.verbal.is_none() || order.draft.scope == draft.scope;
                if order.issued.is_some() || !said {
                    return Err(Refusal::new(Rule::OrderAlreadyIssued));
                }
            }
        } else {
            let definition = self.definition(procedure)?;
            self.check_draft(draft, definition)?;
            if order_step(definition).is_none() {
                return Err(Refusal::new(Rule::StepMissing).with("kind", "order"));
            }
            self.open_new_run(run, procedure, title, previous)?;
        }
        self.on_run(
            run,
            RunEvent::OrderDrafted {
                draft: draft.clone(),
                by,
                at,
            },
        );
        Ok(())
    }

    fn addend(&mut self, run: RunId, command: &Command) -> Result<(), Refusal> {
        let Command::AddendOrder {
            number,
            document,
            add_sites,
            valid_until,
            named,
            reason: why,
            ..
        } = command
        else {
            return Ok(());
        };
        let (known, procedure) = self.open_run(run)?;
        self.grant(Scene {
            run: Some(known),
            procedure: Some(procedure),
            ..Scene::default()
        })?;
        reason(why, Wanted::Addendum)?;
        let order = in_force(known)?;
        let issued = order
            .issued
            .as_ref()
            .ok_or_else(|| Refusal::new(Rule::OrderMissing))?;
        self.not_before(issued.at)?;
        if add_sites.is_empty() && valid_until.is_none() && named.is_none() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", Wanted::Addition));
        }
        if let Some(until) = valid_until.filter(|until| *until < order.valid_until()) {
            return Err(Refusal::new(Rule::ValidityWrong)
                .with("from", order.draft.valid_from)
                .with("until", until));
        }
        distinct(order.scope().chain(add_sites.iter().copied()))?;
        self.check_people(named.as_deref().unwrap_or(&[]))?;
        let addendum = Addendum {
            number: self.number_of_paper(*number, run_stream(run), document, DocumentKind::Addendum)?,
            document: document.id,
            add_sites: add_sites.clone(),
            valid_until: *valid_until,
            named: named.clone(),
            reason: why.clone(),
            by: self.person()?,
            at: self.at(),
        };
        let due = valid_until.unwrap_or_else(|| order.valid_until());
        self.on_run(run, RunEvent::OrderAddended { addendum });
        let added = self.scope_targets(known, add_sites.iter().copied(), due);
        self.open_added(known, procedure, &added)?;
        self.issue_document(document);
        Ok(())
    }

    fn dispose(&mut self, run: RunId, command: &Command) -> Result<(), Refusal> {
        let Command::Dispose {
            to,
            instruction,
            urgency,
            deadline,
            ..
        } = command
        else {
            return Ok(());
        };
        let (known, procedure) = self.open_run(run)?;
        in_force(known)?;
        let granted = self.grant(Scene {
            run: Some(known),
            procedure: Some(procedure),
            ..Scene::default()
        })?;
        reason(instruction, Wanted::Disposition)?;
        let step = self.open_step_of(known, procedure, StepKind::Disposition)?;
        self.not_before(step.since)?;
        if let Some(row) = procedure.step(&step.step) {
            self.addressed(procedure, row, FieldName::To, *to)?;
        }
        if let Some(deadline) = deadline.filter(|deadline| *deadline < self.day()) {
            return Err(invalid(FieldName::Deadline, deadline, Why::Past));
        }
        let disposition = Disposition {
            by: self.person()?,
            from: granted.post.unwrap_or(*to),
            capacity: granted.capacity,
            to: *to,
            instruction: instruction.clone(),
            urgency: *urgency,
            deadline: *deadline,
            at: self.at(),
        };
        let id = step.step.clone();
        self.on_run(run, RunEvent::Disposed { disposition });
        self.finish(known, procedure, &id, None, BTreeMap::new(), &granted)
    }

    fn check_draft(&self, draft: &OrderDraft, procedure: &Procedure) -> Result<(), Refusal> {
        if draft.valid_until < draft.valid_from {
            return Err(Refusal::new(Rule::ValidityWrong)
                .with("from", draft.valid_from)
                .with("until", draft.valid_until));
        }
        if draft.scope.is_empty() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", Wanted::Scope));
        }
        if draft.purpose.trim().is_empty() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", Wanted::Purpose));
        }
        if let Some(step) = order_step(procedure) {
            self.addressed(procedure, step, FieldName::Addressee, draft.addressee)?;
        }
        distinct(draft.scope.iter().copied())
    }

    /// A paper goes to a post that the procedure names for its step, where it names any.
    fn addressed(
        &self,
        procedure: &Procedure,
        step: &Step,
        field: FieldName,
        to: PostId,
    ) -> Result<(), Refusal> {
        let receivers = self.receivers(procedure, step);
        if receivers.is_empty() || receivers.contains(&to) {
            return Ok(());
        }
        Err(invalid(field, to, Why::NotReceiver).who_could(receivers))
    }

    /// Name, NIP or non-ASN status, address and telephone of whoever is named (the output of step 1).
    pub(super) fn check_people(&self, people: &[PersonId]) -> Result<(), Refusal> {
        for id in people {
            let person = self.facts.records.get::<Person>(id.0)?;
            let missing = person.missing_for_order();
            if !missing.is_empty() {
                let missing: Vec<&str> = missing.iter().map(|field| person_field(*field).code()).collect();
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
        let order = run
            .order
            .as_ref()
            .ok_or_else(|| Refusal::new(Rule::OrderMissing))?;
        match order.issued {
            Some(_) => Err(Refusal::new(Rule::OrderAlreadyIssued)),
            None => Ok(order),
        }
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
        reason(channel, Wanted::Channel)?;
        if given_at > self.at() {
            return Err(Refusal::new(Rule::TimeOutOfBounds)
                .with("at", given_at)
                .with("bound", self.at()));
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
        let granted = giver.grant(Scene {
            run: Some(run),
            procedure: Some(procedure),
            step: definition,
            ..Scene::default()
        })?;
        let written_due = self
            .facts
            .calendar
            .working_days_after(
                self.facts.agency.zone.date(given_at),
                self.facts.agency.verbal_days,
            )
            .map_err(calendar)?;
        let verbal = Verbal {
            by: given_by,
            at: given_at,
            channel: channel.to_owned(),
            written_due,
        };
        let step = step.step.clone();
        let (scope, due): (Vec<SiteId>, _) = (order.scope().collect(), order.valid_until());
        self.on_run(id, RunEvent::OrderGivenVerbally { verbal });
        self.scope_targets(run, scope.into_iter(), due);
        // The step was done when the word was given, by the one who gave it, whoever wrote it down later.
        let way = Way {
            part: None,
            exit: None,
            values: BTreeMap::new(),
            by: Some(given_by),
            at: given_at,
        };
        self.finish_by(run, procedure, &step, way, &granted)
    }

    fn issue(&mut self, id: RunId, number: uuid::Uuid, document: &Document) -> Result<(), Refusal> {
        let order = self.unissued(id)?;
        let (run, procedure) = self.open_run(id)?;
        let granted = self.grant(Scene {
            run: Some(run),
            procedure: Some(procedure),
            ..Scene::default()
        })?;
        self.check_draft(&order.draft, procedure)?;
        self.check_people(order.named())?;
        let since = order.verbal.as_ref().map(|verbal| verbal.at);
        self.not_before(order.submitted_at.or(since).unwrap_or(order.drafted_at))?;
        self.signed_by_actor(document)?;
        let number = self.number_of_paper(number, run_stream(id), document, DocumentKind::Order)?;
        let issued = Issued {
            number,
            document: document.id,
            date: self.day(),
            by: self.person()?,
            capacity: granted.capacity,
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

    /// An order bears the name of whoever issues it.
    fn signed_by_actor(&self, document: &Document) -> Result<(), Refusal> {
        if document.signed_by != self.person()? {
            return Err(invalid(
                FieldName::SignedBy,
                document.signed_by,
                Why::NotTheSigner,
            ));
        }
        Ok(())
    }
}

/// No site is named twice.
pub(super) fn distinct(sites: impl Iterator<Item = SiteId>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for site in sites {
        if !seen.insert(site) {
            return Err(Refusal::new(Rule::SiteRepeated).with("site", site));
        }
    }
    Ok(())
}

/// The code of a field of a person, as the sentence names it.
fn person_field(field: PersonField) -> FieldName {
    match field {
        PersonField::Name => FieldName::Name,
        PersonField::Nip => FieldName::Nip,
        PersonField::Address => FieldName::Address,
        PersonField::Phone => FieldName::Phone,
    }
}
