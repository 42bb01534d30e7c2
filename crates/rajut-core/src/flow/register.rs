//! Edits of registers, people, settings and versions of procedures: records with before and after.

use super::rights::Scene;
use super::{Deciding, Facts};
use crate::act::{Act, Actor, Changes, Envelope, Expect, Refusal, Rule};
use crate::id::FreshIds;
use crate::journal::PersonalValue;
use crate::people::Assignment;
use crate::stream::{Event, StreamRef};

/// An edit of one entry: which, what it becomes, and whether it is new.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryEdit {
    /// The entry.
    pub stream: StreamRef,
    /// The edit.
    pub event: Event,
    /// Whether the entry is new.
    pub new: bool,
}

/// Decides edits of register entries under one act: all or none. Each names the version that was seen.
///
/// While no post is held by anybody the system may set the register up; afterwards only people with the right.
pub fn edit_entries(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    act: Act,
    edits: Vec<EntryEdit>,
    personal: Vec<PersonalValue>,
) -> Result<Changes, Refusal> {
    let envelope = Envelope { act, ..envelope };
    let mut deciding = Deciding { facts, ids, changes: Changes::new(envelope) };
    deciding.check_times()?;
    let unmanned = facts.records.all::<Assignment>().next().is_none();
    if deciding.changes.envelope.done_by != Actor::System || !unmanned {
        deciding.grant(Scene::default())?;
    }
    for edit in edits {
        let expect = match (edit.new, facts.records.seen(edit.stream)) {
            (true, _) => Expect::New,
            (false, Expect::New | Expect::Any) => {
                return Err(Refusal::new(Rule::NotFound).with("record", edit.stream));
            }
            (false, seen) => seen,
        };
        deciding.changes.push(edit.stream, expect, edit.event);
    }
    deciding.changes.personal = personal;
    Ok(deciding.changes)
}

/// Records that a paper's bytes were kept, or another act without rules beyond its right.
pub fn record(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    act: Act,
    stream: StreamRef,
    event: impl Into<Event>,
) -> Result<Changes, Refusal> {
    let mut deciding =
        Deciding { facts, ids, changes: Changes::new(Envelope { act, ..envelope }) };
    deciding.grant(Scene::default())?;
    let seen = facts.records.seen(stream);
    deciding.changes.push(stream, seen, event);
    Ok(deciding.changes)
}
