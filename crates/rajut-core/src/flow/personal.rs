//! Seeing and erasing personal values: each leaves a record that says whose, which, by whom and why.

use std::collections::BTreeSet;

use super::rights::Scene;
use super::{Deciding, Facts, invalid, reason};
use crate::act::{Changes, Envelope, Expect, FieldName, Refusal, Wanted, Why};
use crate::id::{AccessId, FreshIds, PersonId};
use crate::people::{Access, AccessEvent, Person, PersonalField, Purpose, Sealed};
use crate::register::Edit;
use crate::stream::{StreamKind, StreamRef};

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
    let mut deciding = begin(facts, envelope, ids, fields, purpose, why)?;
    if purpose == Purpose::Erase {
        return Err(invalid(FieldName::Purpose, purpose, Why::HasItsOwnAct));
    }
    if people.is_empty() {
        return Err(invalid(FieldName::People, "", Why::None));
    }
    let mut values = 0;
    for id in people {
        values += filled(facts.records.get::<Person>(id.0)?, fields);
    }
    deciding.note(people, fields, purpose, why, values)?;
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
    let mut deciding = begin(facts, envelope, ids, fields, Purpose::Erase, why)?;
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
    deciding.note(
        &BTreeSet::from([person]),
        fields,
        Purpose::Erase,
        why,
        filled(before, fields),
    )?;
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
    fields: &BTreeSet<PersonalField>,
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
            Purpose::Erase => Wanted::Erase,
        },
    )?;
    deciding.check_texts(&[(FieldName::Reason, why)])?;
    if fields.is_empty() {
        return Err(invalid(FieldName::Fields, "", Why::None));
    }
    Ok(deciding)
}

fn filled(person: &Person, fields: &BTreeSet<PersonalField>) -> u32 {
    fields
        .iter()
        .map(|field| u32::from(field.of(person).is_some()))
        .sum()
}

impl Deciding<'_> {
    fn note(
        &mut self,
        people: &BTreeSet<PersonId>,
        fields: &BTreeSet<PersonalField>,
        purpose: Purpose,
        why: &str,
        values: u32,
    ) -> Result<(), Refusal> {
        let access = Access {
            id: self.ids.fresh::<AccessId>(),
            by: self.person()?,
            people: people.clone(),
            fields: fields.clone(),
            purpose,
            reason: why.trim().to_owned(),
            values,
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
