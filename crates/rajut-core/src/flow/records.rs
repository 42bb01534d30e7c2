//! The records that a decision looks at.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::act::{Expect, Refusal, Rule};
use crate::number::{NumberEntry, NumberEvent};
use crate::procedure::Procedure;
use crate::run::ProcedureRef;
use crate::stream::{AsState, Event, State, StreamRef};

/// Versions of procedures, as parsed.
pub type Procedures = BTreeMap<ProcedureRef, Procedure>;

/// A snapshot of records with their versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    states: BTreeMap<StreamRef, (i64, State)>,
}

impl Records {
    /// No record.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a record in.
    pub fn insert(&mut self, stream: StreamRef, version: i64, state: State) {
        self.states.insert(stream, (version, state));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// The record, if it is there.
    pub fn find<T: AsState>(&self, id: Uuid) -> Option<&T> {
        self.states
            .get(&StreamRef { kind: T::KIND, id })
            .and_then(|(_, state)| T::of(state))
    }

    /// The record, or a refusal that names it.
    pub fn get<T: AsState>(&self, id: Uuid) -> Result<&T, Refusal> {
        self.find(id)
            .ok_or_else(|| Refusal::new(Rule::NotFound).with("record", StreamRef { kind: T::KIND, id }))
    }

    /// The version at which a record stands: what a decision that saw it relies on.
    pub fn seen(&self, stream: StreamRef) -> Expect {
        self.states
            .get(&stream)
            .map_or(Expect::New, |(version, _)| Expect::Version(*version))
    }

    /// The version, if the record is there.
    pub fn version(&self, stream: StreamRef) -> Option<i64> {
        self.states.get(&stream).map(|(version, _)| *version)
    }

    /// All records of one kind.
    pub fn all<T: AsState + 'static>(&self) -> impl Iterator<Item = &T> + '_ {
        let from = StreamRef {
            kind: T::KIND,
            id: Uuid::nil(),
        };
        let to = StreamRef {
            kind: T::KIND,
            id: Uuid::max(),
        };
        self.states
            .range(from..=to)
            .filter_map(|(_, (_, state))| T::of(state))
    }

    /// Everything, in the order of streams.
    pub fn iter(&self) -> impl Iterator<Item = (&StreamRef, i64, &State)> + '_ {
        self.states
            .iter()
            .map(|(stream, (version, state))| (stream, *version, state))
    }

    /// Applies changes to the snapshot as a store would: all or none. For property tests, previews and
    /// simulations; the store does the same against its tables.
    pub fn apply(&mut self, changes: &crate::act::Changes) -> Result<(), ApplyFailure> {
        for (stream, expect) in &changes.expects {
            let found = self.version(*stream);
            let fits = match expect {
                Expect::New => found.is_none(),
                Expect::Version(version) => found == Some(*version),
                Expect::Any => true,
            };
            if !fits {
                return Err(ApplyFailure::Conflict {
                    stream: *stream,
                    expected: *expect,
                    found,
                });
            }
        }
        for change in &changes.events {
            // As the store's unique index does: one place of a register is given once.
            if let Event::Number(NumberEvent::Reserved { entry }) = &change.event
                && self.all::<NumberEntry>().any(|known| {
                    (&known.register, known.year, known.seq) == (&entry.register, entry.year, entry.seq)
                })
            {
                let (stream, expected) = (change.stream, Expect::New);
                return Err(ApplyFailure::Conflict {
                    stream,
                    expected,
                    found: None,
                });
            }
        }
        let mut after: BTreeMap<StreamRef, (i64, State)> = BTreeMap::new();
        for change in &changes.events {
            let (version, state) = match after.remove(&change.stream) {
                Some((version, state)) => (version, Some(state)),
                None => match self.states.get(&change.stream) {
                    Some((version, state)) => (*version, Some(state.clone())),
                    None => (0, None),
                },
            };
            let state = State::apply(state, change.stream, &change.event).map_err(ApplyFailure::Misfit)?;
            after.insert(change.stream, (version + 1, state));
        }
        self.states.extend(after);
        Ok(())
    }
}

/// Changes that a snapshot cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyFailure {
    /// Somebody else was faster.
    #[error("{stream} was expected at {expected:?} and stands at {found:?}")]
    Conflict {
        /// The record.
        stream: StreamRef,
        /// What the decision saw.
        expected: Expect,
        /// What stands.
        found: Option<i64>,
    },
    /// An event does not fit: the decision was wrong.
    #[error(transparent)]
    Misfit(crate::stream::ApplyError),
}
