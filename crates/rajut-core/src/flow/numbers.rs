//! Numbers: reserve for a record, use, or cancel with a reason.

use uuid::Uuid;

use super::{Deciding, Facts, invalid, reason};
use crate::act::{Act, Changes, Envelope, Expect, FieldName, Refusal, Rule, Wanted, Why};
use crate::id::{DocumentId, FreshIds};
use crate::number::{NumberEntry, NumberEvent, NumberStanding, Templates};
use crate::people::Person;
use crate::run::{Document, DocumentEvent, DocumentKind};
use crate::stream::{StreamKind, StreamRef};

/// The stream of a number.
pub(super) fn stream(id: Uuid) -> StreamRef {
    StreamRef {
        kind: StreamKind::Number,
        id,
    }
}

/// The number after `last` in its register.
pub fn next_number(last: Option<u32>) -> Option<u32> {
    last.unwrap_or(0).checked_add(1)
}

/// Reserves place `seq` of a register for a record. The place is taken when the changes are applied; whoever
/// is second gets a conflict and asks for the next one.
pub fn reserve_number(
    facts: Facts<'_>,
    mut envelope: Envelope,
    mut ids: FreshIds,
    templates: &Templates,
    register: &str,
    seq: u32,
    record: StreamRef,
) -> Result<(NumberEntry, Changes), Refusal> {
    envelope.act = Act::ReserveNumber;
    let date = facts.agency.zone.date(envelope.occurred_at);
    let template = templates
        .get(register)
        .ok_or_else(|| Refusal::new(Rule::NotFound).with("record", format!("number template {register}")))?;
    let entry = NumberEntry {
        id: ids.fresh(),
        register: register.to_owned(),
        year: date.year(),
        seq,
        text: template.write(seq, date),
        record,
        standing: NumberStanding::Reserved,
    };
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(super::rights::Scene::default())?;
    deciding.changes.push(
        stream(entry.id),
        Expect::New,
        NumberEvent::Reserved { entry: entry.clone() },
    );
    Ok((entry, deciding.changes))
}

/// Cancels a reserved number with a reason: it stays in the register.
pub fn cancel_number(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    number: Uuid,
    why: &str,
) -> Result<Changes, Refusal> {
    envelope.act = Act::CancelNumber;
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(super::rights::Scene::default())?;
    reason(why, Wanted::Number)?;
    let entry = facts.records.get::<NumberEntry>(number)?;
    if entry.standing != NumberStanding::Reserved {
        return Err(Refusal::new(Rule::NumberNotReserved).with("number", &entry.text));
    }
    let (seen, at) = (facts.records.seen(stream(number)), deciding.at());
    deciding.changes.push(
        stream(number),
        seen,
        NumberEvent::Cancelled {
            at,
            reason: why.to_owned(),
        },
    );
    Ok(deciding.changes)
}

/// Issues a paper under a number that is reserved for its record: number and paper in one act, so that no
/// number is used without its paper. An order and its addenda have commands of their own.
///
/// Whoever keeps the register may issue what others sign: a technician signs a Berita Acara, a clerk numbers it.
pub fn issue_document(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    number: Uuid,
    document: &Document,
) -> Result<Changes, Refusal> {
    let mut changes = Changes::new(envelope);
    changes.envelope.act = Act::IssueDocument;
    let mut deciding = Deciding { facts, ids, changes };
    deciding.check_times()?;
    deciding.grant(super::rights::Scene::default())?;
    // The program keeps the bytes of papers; it issues none by itself.
    deciding.person()?;
    if matches!(document.kind, DocumentKind::Order | DocumentKind::Addendum) {
        return Err(invalid(FieldName::Document, document.kind, Why::HasItsOwnAct));
    }
    facts.records.get::<Person>(document.signed_by.0)?;
    deciding.number_of_paper(number, document.record, document, document.kind)?;
    deciding.issue_document(document);
    Ok(deciding.changes)
}

impl Deciding<'_> {
    /// Uses the number of a paper of a record, which must be what it claims to be.
    pub(super) fn number_of_paper(
        &mut self,
        number: Uuid,
        record: StreamRef,
        document: &Document,
        kind: DocumentKind,
    ) -> Result<String, Refusal> {
        let text = self.use_number(number, kind.code(), record, Some(document.id))?;
        if document.number != text {
            return Err(Refusal::new(Rule::NumberNotReserved).with("number", &document.number));
        }
        // The counter of a register starts anew with the year of the document's date.
        let year = self.facts.records.get::<NumberEntry>(number)?.year;
        if document.date != self.day() || document.date.year() != year {
            return Err(invalid(FieldName::Date, document.date, Why::NotOfNumber));
        }
        if document.kind != kind || document.record != record {
            return Err(invalid(FieldName::Document, document.kind, Why::OtherRecord));
        }
        Ok(text)
    }

    /// Freezes a paper under its number.
    pub(super) fn issue_document(&mut self, document: &Document) {
        let stream = StreamRef {
            kind: StreamKind::Document,
            id: document.id.0,
        };
        let event = DocumentEvent::Issued {
            document: Box::new(document.clone()),
        };
        self.changes.push(stream, Expect::New, event);
    }

    /// Puts a reserved number on its record.
    pub(super) fn use_number(
        &mut self,
        number: Uuid,
        register: &str,
        record: StreamRef,
        document: Option<DocumentId>,
    ) -> Result<String, Refusal> {
        let entry = self.facts.records.get::<NumberEntry>(number)?;
        if entry.standing != NumberStanding::Reserved || entry.record != record || entry.register != register
        {
            return Err(Refusal::new(Rule::NumberNotReserved).with("number", &entry.text));
        }
        let text = entry.text.clone();
        let (seen, at) = (self.facts.records.seen(stream(number)), self.at());
        self.changes
            .push(stream(number), seen, NumberEvent::Used { at, document });
        Ok(text)
    }
}
