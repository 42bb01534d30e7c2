//! Seeing and erasing personal values: each leaves a record that says whose, which, by whom and why.

use std::collections::BTreeSet;

use super::rights::Scene;
use super::{Deciding, Facts, invalid, reason};
use crate::act::{Changes, Envelope, Expect, FieldName, Refusal, Wanted, Why};
use crate::complaint::Complaint;
use crate::id::{AccessId, ComplaintId, FreshIds, PersonId};
use crate::people::{Access, AccessEvent, Person, PersonalField, Purpose, Sealed};
use crate::register::Edit;
use crate::stream::{StreamKind, StreamRef};

/// Which personal values somebody comes to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// People of the register whose values are among them.
    pub people: BTreeSet<PersonId>,
    /// Which of their fields.
    pub fields: BTreeSet<PersonalField>,
    /// How many values that comes to.
    pub values: u32,
    /// The record that they belong to, beside the register.
    pub about: Option<StreamRef>,
    /// The paper on which they stand.
    pub paper: Option<String>,
}

impl Sight {
    fn of_complaint(complaint: ComplaintId, values: u32) -> Self {
        Self {
            values,
            about: Some(StreamRef {
                kind: StreamKind::Complaint,
                id: complaint.0,
            }),
            ..Self::default()
        }
    }
}

/// Decides that personal values may be seen. The caller commits the changes first and reads the values after:
/// nobody sees what the journal does not tell of.
///
/// # Errors
/// Without the right, without a reason, for nobody, for no field, or for somebody who is not in the register.
pub fn access_personal(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    people: &BTreeSet<PersonId>,
    fields: &BTreeSet<PersonalField>,
    purpose: Purpose,
    why: &str,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, purpose, why)?;
    some_field(fields)?;
    if !matches!(purpose, Purpose::Reveal | Purpose::Export) {
        return Err(invalid(FieldName::Purpose, purpose, Why::HasItsOwnAct));
    }
    if people.is_empty() {
        return Err(invalid(FieldName::People, "", Why::None));
    }
    let mut values = 0;
    for id in people {
        values += filled(facts.records.get::<Person>(id.0)?, fields);
    }
    let sight = Sight {
        people: people.clone(),
        fields: fields.clone(),
        values,
        ..Sight::default()
    };
    deciding.note(sight, purpose, why)?;
    Ok(deciding.changes)
}

/// Decides that a paper is written with its personal values in full. The caller commits the changes first and
/// writes the paper after.
///
/// # Errors
/// Without the right or a reason.
pub fn print_personal(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    sight: Sight,
    why: &str,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, Purpose::Print, why)?;
    deciding.note(sight, Purpose::Print, why)?;
    Ok(deciding.changes)
}

/// Decides that it may be seen who complained, and where to reach them.
///
/// # Errors
/// Without the right or a reason, or for a complaint that is not known.
pub fn access_reporter(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    complaint: ComplaintId,
    why: &str,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, Purpose::Reveal, why)?;
    let reporter = &facts.records.get::<Complaint>(complaint.0)?.reporter;
    let values = 1 + u32::from(reporter.contact.is_some());
    deciding.note(Sight::of_complaint(complaint, values), Purpose::Reveal, why)?;
    Ok(deciding.changes)
}

/// Decides that it is erased by law who complained: value and salt behind both commitments. The complaint stays,
/// without a name.
///
/// # Errors
/// Without the right or a reason, or for a complaint that is not known.
pub fn erase_reporter(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    complaint: ComplaintId,
    why: &str,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, Purpose::Erase, why)?;
    let reporter = &facts.records.get::<Complaint>(complaint.0)?.reporter;
    let sealed: Vec<Sealed> = std::iter::once(&reporter.name)
        .chain(&reporter.contact)
        .cloned()
        .collect();
    let values = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
    deciding.note(Sight::of_complaint(complaint, values), Purpose::Erase, why)?;
    deciding.changes.erased = sealed;
    Ok(deciding.changes)
}

/// Decides that personal values of somebody are erased by law: the fields are emptied, and with them value and
/// salt behind every commitment that ever stood there. `history` is every edit of the person.
///
/// What the journal holds stays: commitments without salt tell nothing, and the chain verifies. Papers that were
/// issued with the value are archives and stay as well; so do backups made before.
///
/// # Errors
/// Without the right or a reason, or for somebody who is not in the register.
pub fn erase_personal(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    person: PersonId,
    fields: &BTreeSet<PersonalField>,
    why: &str,
    history: &[Edit<Person>],
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, Purpose::Erase, why)?;
    some_field(fields)?;
    let before = facts.records.get::<Person>(person.0)?;
    let ever: BTreeSet<&Sealed> = history
        .iter()
        .flat_map(|edit| edit.before.iter().chain([&edit.after]))
        .chain([before])
        .flat_map(|known| fields.iter().filter_map(|field| field.of(known)))
        .collect();
    let mut after = before.clone();
    for field in fields {
        field.clear(&mut after);
    }
    let sight = Sight {
        people: BTreeSet::from([person]),
        fields: fields.clone(),
        values: filled(before, fields),
        ..Sight::default()
    };
    deciding.note(sight, Purpose::Erase, why)?;
    let stream = StreamRef {
        kind: StreamKind::Person,
        id: person.0,
    };
    // Relied on even where nothing stands there any more: an old value may still lie behind an old commitment.
    let seen = facts.records.seen(stream);
    if after == *before {
        deciding.changes.expects.insert(stream, seen);
    } else {
        let edit = Edit {
            before: Some(before.clone()),
            after,
        };
        deciding.changes.push(stream, seen, edit);
    }
    deciding.changes.erased = ever.into_iter().cloned().collect();
    Ok(deciding.changes)
}

/// What all of them ask first.
fn begin<'a>(
    facts: Facts<'a>,
    mut envelope: Envelope,
    ids: FreshIds,
    purpose: Purpose,
    why: &str,
) -> Result<Deciding<'a>, Refusal> {
    envelope.act = purpose.act();
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(Scene::default())?;
    reason(
        why,
        match purpose {
            Purpose::Reveal => Wanted::Reveal,
            Purpose::Export => Wanted::Export,
            Purpose::Print => Wanted::Print,
            Purpose::Erase => Wanted::Erase,
        },
    )?;
    deciding.check_texts(&[(FieldName::Reason, why)])?;
    Ok(deciding)
}

fn some_field(fields: &BTreeSet<PersonalField>) -> Result<(), Refusal> {
    if fields.is_empty() {
        return Err(invalid(FieldName::Fields, "", Why::None));
    }
    Ok(())
}

fn filled(person: &Person, fields: &BTreeSet<PersonalField>) -> u32 {
    fields
        .iter()
        .map(|field| u32::from(field.of(person).is_some()))
        .sum()
}

impl Deciding<'_> {
    fn note(&mut self, sight: Sight, purpose: Purpose, why: &str) -> Result<(), Refusal> {
        let access = Access {
            id: self.ids.fresh::<AccessId>(),
            by: self.person()?,
            people: sight.people,
            fields: sight.fields,
            about: sight.about,
            paper: sight.paper,
            purpose,
            reason: why.trim().to_owned(),
            values: sight.values,
            at: self.at(),
        };
        let stream = StreamRef {
            kind: StreamKind::Access,
            id: access.id.0,
        };
        self.changes
            .push(stream, Expect::New, AccessEvent::Granted { access });
        Ok(())
    }
}
