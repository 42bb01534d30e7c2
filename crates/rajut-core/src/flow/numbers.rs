//! Numbers: reserve for a record, use, or cancel with a reason.

use uuid::Uuid;

use super::{Deciding, Facts, reason};
use crate::act::{Act, Changes, Envelope, Expect, Refusal, Rule};
use crate::id::{DocumentId, FreshIds};
use crate::number::{NumberEntry, NumberEvent, NumberStanding, Templates};
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
    reason(why, "number")?;
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

impl Deciding<'_> {
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
