//! Edits of registers, people and settings: records with before and after.

use super::rights::Scene;
use super::{Deciding, Facts};
use crate::act::{Act, Actor, Changes, Envelope, Expect, Refusal, Rule};
use crate::id::FreshIds;
use crate::journal::PersonalValue;
use crate::people::Assignment;
use crate::run::DocumentEvent;
use crate::stream::{Event, StreamKind, StreamRef};

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
    mut envelope: Envelope,
    ids: FreshIds,
    act: Act,
    edits: Vec<EntryEdit>,
    personal: Vec<PersonalValue>,
) -> Result<Changes, Refusal> {
    envelope.act = act;
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    let unmanned = facts.records.all::<Assignment>().next().is_none();
    let by_people = deciding.changes.envelope.done_by != Actor::System || !unmanned;
    if by_people {
        deciding.grant(Scene::default())?;
    }
    for edit in edits {
        // Whatever the act is called, an entry is edited only by whom the table names for its kind.
        let needed = act_for(edit.stream.kind).filter(|_| edit.event.kind() == edit.stream.kind);
        match needed {
            // The set-up brings procedures with their signatures; later versions have commands of their own.
            None if !by_people && edit.stream.kind == StreamKind::Procedure => {}
            None => return Err(refused(&deciding, act)),
            Some(needed) if by_people => {
                deciding.grant_by(needed.authority().right, Scene::default())?;
            }
            Some(_) => {}
        }
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

/// The act by which entries of a kind are edited; `None` for records that only their own commands change.
fn act_for(kind: StreamKind) -> Option<Act> {
    use StreamKind as K;
    match kind {
        K::Office | K::Site | K::Device | K::Link | K::Service => Some(Act::EditRegister),
        K::Person | K::Post | K::Assignment | K::Leave => Some(Act::EditPeople),
        K::Setting => Some(Act::EditSettings),
        K::Procedure
        | K::Run
        | K::Target
        | K::Visit
        | K::Report
        | K::FollowUp
        | K::Complaint
        | K::Incident
        | K::Document
        | K::Number
        | K::LaptopKey
        | K::Account
        | K::Overtime
        | K::Access => None,
    }
}

fn refused(deciding: &Deciding<'_>, act: Act) -> Refusal {
    Refusal::new(Rule::NoRight)
        .with("act", act.code())
        .with("date", deciding.day())
}

/// Records that a paper's bytes were kept, or another act without rules beyond its right.
pub fn record(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    act: Act,
    stream: StreamRef,
    event: impl Into<Event>,
) -> Result<Changes, Refusal> {
    envelope.act = act;
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(Scene::default())?;
    let event = event.into();
    // What has a command of its own, or rules of its own, does not come in by this door.
    let fits = event.kind() == stream.kind
        && match act {
            Act::FreezeDocument => matches!(&event, Event::Document(DocumentEvent::Frozen { .. })),
            _ => act_for(stream.kind) == Some(act),
        };
    if !fits {
        return Err(refused(&deciding, act));
    }
    let seen = facts.records.seen(stream);
    deciding.changes.push(stream, seen, event);
    Ok(deciding.changes)
}
