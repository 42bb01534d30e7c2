//! What a decision comes to: the events of every record touched, with the versions it saw.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Act, Actor};
use crate::account::SecretChange;
use crate::id::ActId;
use crate::journal::{Hash, PersonalValue};
use crate::people::Sealed;
use crate::stream::{Event, StreamRef};

/// Who did what when: what every command carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Envelope {
    /// The idempotency key: the same key twice is one act.
    pub key: ActId,
    /// The kind of act.
    pub act: Act,
    /// When it happened (the device of the one who did it).
    pub occurred_at: Timestamp,
    /// When the server learned of it.
    pub received_at: Timestamp,
    /// Who did it.
    pub done_by: Actor,
    /// Who entered it.
    pub entered_by: Actor,
    /// The bytes that prove it where somebody else entered it: a scan of what was signed, a picture of the message.
    pub scan: Option<Hash>,
}

/// Which version of a record a decision relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// The record does not exist yet.
    New,
    /// The record stands at this version: acts of authority name what they saw.
    Version(i64),
    /// Whatever the version: field facts append, and are never refused for being late. The record may
    /// not exist yet.
    Any,
}

/// One event for one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StreamEvent {
    /// The record.
    pub stream: StreamRef,
    /// What happens to it.
    pub event: Event,
}

/// The outcome of a decision. One transaction applies all of it or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// Who did what when.
    pub envelope: Envelope,
    /// Every record that the decision relied on or touches. A record that is only relied on has an entry
    /// here and no event.
    pub expects: BTreeMap<StreamRef, Expect>,
    /// The events, in order.
    pub events: Vec<StreamEvent>,
    /// Personal values behind the commitments in the events.
    pub personal: Vec<PersonalValue>,
    /// Commitments whose value and salt are emptied by the same act, for good.
    pub erased: Vec<Sealed>,
    /// What checks passwords, PINs, second factors and tokens from now on; the events do not tell of it.
    pub secrets: Vec<SecretChange>,
}

impl Changes {
    /// No change yet.
    pub fn new(envelope: Envelope) -> Self {
        Self {
            envelope,
            expects: BTreeMap::new(),
            events: Vec::new(),
            personal: Vec::new(),
            erased: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// Adds an event. The first expectation named for a record stays.
    pub fn push(&mut self, stream: StreamRef, expect: Expect, event: impl Into<Event>) {
        self.expects.entry(stream).or_insert(expect);
        self.events.push(StreamEvent {
            stream,
            event: event.into(),
        });
    }

    /// Leaves out personal values that do not open their commitment, or whose commitment no event holds: a device made
    /// them, and kept they would be a fault of the records for ever. The fact itself stays.
    pub fn keep_whole_values(&mut self) {
        if self.personal.is_empty() {
            return;
        }
        let told = serde_json::to_string(&self.events).unwrap_or_default();
        self.personal
            .retain(|value| value.is_whole() && told.contains(value.sealed.as_str()));
    }

    /// Notes that the decision relied on a record without touching it.
    pub fn relies_on(&mut self, stream: StreamRef, version: i64) {
        self.expects.entry(stream).or_insert(Expect::Version(version));
    }
}
