//! Overtime orders: with one, work on a day off is as planned; without, it is odd and needs a reason.

use jiff::civil::Date;
use uuid::Uuid;

use super::rights::Scene;
use super::{Deciding, Facts, invalid, reason};
use crate::act::{Act, Changes, Envelope, Expect, FieldName, Refusal, Rule, Wanted, Why};
use crate::id::{FreshIds, OvertimeId, PersonId};
use crate::number::NumberEntry;
use crate::people::{Overtime, Person};
use crate::register::Edit;
use crate::stream::{StreamKind, StreamRef};

/// The register in which our own overtime orders are numbered.
const REGISTER: &str = "overtime";

fn stream(id: OvertimeId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Overtime,
        id: id.0,
    }
}

/// Decides an overtime order. A paper of ours uses `number`, which is reserved for it; one of another register
/// brings its own.
///
/// # Errors
/// Without right or reason; for nobody, no day, or somebody who is not in the register; for days before the paper;
/// for a number that is not reserved for it.
pub fn order_overtime(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    order: &Overtime,
    number: Option<Uuid>,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids)?;
    reason(&order.reason, Wanted::Overtime)?;
    let register = order.paper.register.as_deref();
    deciding.check_texts(&[
        (FieldName::Reason, &order.reason),
        (FieldName::Number, &order.paper.number),
        (FieldName::Register, register.unwrap_or_default()),
    ])?;
    let (by, today, dated) = (deciding.person()?, deciding.day(), order.paper.dated);
    if order.by != by {
        return Err(invalid(FieldName::By, order.by, Why::NotWhoActs));
    }
    if order.people.is_empty() {
        return Err(invalid(FieldName::People, "", Why::None));
    }
    for person in &order.people {
        facts.records.get::<Person>(person.0)?;
    }
    let Some(first) = order.days.first().copied() else {
        return Err(invalid(FieldName::Days, "", Why::None));
    };
    if dated > today {
        return Err(invalid(FieldName::Dated, dated, Why::InTheFuture));
    }
    // Nothing is ordered for days that were over when it was written.
    if first < dated {
        return Err(invalid(FieldName::Days, first, Why::BeforeThePaper));
    }
    match (register, number) {
        (None, Some(number)) => {
            let text = deciding.use_number(number, REGISTER, stream(order.id), None)?;
            let year = facts.records.get::<NumberEntry>(number)?.year;
            if order.paper.number != text {
                return Err(Refusal::new(Rule::NumberNotReserved).with("number", &order.paper.number));
            }
            if dated != today || dated.year() != year {
                return Err(invalid(FieldName::Dated, dated, Why::NotOfNumber));
            }
        }
        (Some(register), None) => {
            reason(&order.paper.number, Wanted::Number)?;
            reason(register, Wanted::Register)?;
        }
        (None, None) | (Some(_), Some(_)) => {
            return Err(Refusal::new(Rule::NumberNotReserved).with("number", &order.paper.number));
        }
    }
    let after = Overtime {
        withdrawn: None,
        ..order.clone()
    };
    deciding
        .changes
        .push(stream(order.id), Expect::New, Edit { before: None, after });
    Ok(deciding.changes)
}

/// Decides that an overtime order is withdrawn, with a reason. It stays; what was planned under it is not undone.
///
/// # Errors
/// Without right or reason; for an order that is unknown or withdrawn already.
pub fn cancel_overtime(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    order: OvertimeId,
    why: &str,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids)?;
    reason(why, Wanted::Withdraw)?;
    deciding.check_texts(&[(FieldName::Reason, why)])?;
    let before = facts.records.get::<Overtime>(order.0)?.clone();
    if before.withdrawn.is_some() {
        return Err(invalid(FieldName::Overtime, &before.paper.number, Why::Withdrawn));
    }
    let after = Overtime {
        withdrawn: Some(why.trim().to_owned()),
        ..before.clone()
    };
    let seen = facts.records.seen(stream(order));
    let edit = Edit {
        before: Some(before),
        after,
    };
    deciding.changes.push(stream(order), seen, edit);
    Ok(deciding.changes)
}

fn begin(facts: Facts<'_>, mut envelope: Envelope, ids: FreshIds) -> Result<Deciding<'_>, Refusal> {
    envelope.act = Act::OrderOvertime;
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(Scene::default())?;
    Ok(deciding)
}

impl Deciding<'_> {
    /// Those who are at work on a day off without an order that says so.
    pub(super) fn without_overtime(
        &self,
        people: impl IntoIterator<Item = PersonId>,
        day: Date,
    ) -> Vec<PersonId> {
        without_overtime(self.facts, people, day)
    }

    /// No free text is longer than the agency allows.
    pub(super) fn check_texts(&self, texts: &[(FieldName, &str)]) -> Result<(), Refusal> {
        let limit = self.facts.agency.text_limit;
        for (field, text) in texts {
            let found = text.chars().count();
            if found > limit {
                return Err(Refusal::new(Rule::TooLong)
                    .with("field", field)
                    .with("limit", limit)
                    .with("found", found));
            }
        }
        Ok(())
    }
}

/// Of some people those whom no order asks to work on a day off.
pub(super) fn without_overtime(
    facts: Facts<'_>,
    people: impl IntoIterator<Item = PersonId>,
    day: Date,
) -> Vec<PersonId> {
    let covered = |person| {
        facts
            .records
            .all::<Overtime>()
            .any(|order| order.covers(person, day))
    };
    people.into_iter().filter(|person| !covered(*person)).collect()
}
