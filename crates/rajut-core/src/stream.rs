//! Streams: the records that have a life of their own, each with a version.
//!
//! The journal is the log of their events; a state is the fold of its stream's events, nothing else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{Account, AccountEvent};
use crate::act::{Unfit, UnfitCode};
use crate::complaint::{Complaint, ComplaintEvent, Incident, IncidentEvent};
use crate::laptop::{LaptopKey, LaptopKeyEvent};
use crate::number::{NumberEntry, NumberEvent};
use crate::people::{Access, AccessEvent, Assignment, Leave, Overtime, Person, Post};
use crate::procedure::{ProcedureVersion, VersionEvent};
use crate::register::{Device, Edit, Link, Office, Service, Setting, Site};
use crate::run::{
    Document, DocumentEvent, FollowUp, FollowUpEvent, Report, ReportEvent, Run, RunEvent, Target, TargetEvent,
};
use crate::visit::{Visit, VisitEvent};

/// An event does not fit the state of its stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event does not fit {stream}: {why}")]
pub struct ApplyError {
    /// The stream, `kind/id`.
    pub stream: String,
    /// What does not fit.
    pub why: String,
}

/// Names one stream.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct StreamRef {
    /// Of which kind.
    pub kind: StreamKind,
    /// Which one.
    pub id: Uuid,
}

impl fmt::Display for StreamRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.code(), self.id)
    }
}

/// A text that names no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind/id")]
pub struct NoRecord(String);

impl FromStr for StreamRef {
    type Err = NoRecord;

    fn from_str(text: &str) -> Result<Self, NoRecord> {
        let read = || {
            let (kind, id) = text.split_once('/')?;
            Some(Self {
                kind: kind.parse().ok()?,
                id: id.parse().ok()?,
            })
        };
        read().ok_or_else(|| NoRecord(text.chars().take(80).collect()))
    }
}

/// A state that folds its events.
pub trait Fold: Sized {
    /// What happens to it.
    type Event;
    /// The state after `event`; `None` before the first one.
    fn fold(state: Option<Self>, event: &Self::Event) -> Result<Self, String>;
}

macro_rules! streams {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $state:ty, $event:ty;)+) => {
        /// The kinds of stream.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum StreamKind { $($(#[$doc])* $name),+ }

        impl StreamKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, also the name of the state table.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }

        impl FromStr for StreamKind {
            type Err = Unfit;
            fn from_str(text: &str) -> Result<Self, Unfit> {
                match text {
                    $($code => Ok(Self::$name),)+
                    other => Err(Unfit::from(UnfitCode::NotOneOf)
                        .with("value", other)
                        .with("allowed", [$($code),+].join(", "))),
                }
            }
        }

        /// An event of any stream.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Event { $($(#[$doc])* $name($event)),+ }

        impl Event {
            /// The kind of stream that it belongs to.
            pub fn kind(&self) -> StreamKind {
                match self { $(Self::$name(_) => StreamKind::$name),+ }
            }
        }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self { Self::$name(event) }
        })+

        /// The state of any stream.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum State { $($(#[$doc])* $name(Box<$state>)),+ }

        impl State {
            /// The kind of stream that it belongs to.
            pub fn kind(&self) -> StreamKind {
                match self { $(Self::$name(_) => StreamKind::$name),+ }
            }

            /// The state of `stream` after `event`.
            pub fn apply(state: Option<Self>, stream: StreamRef, event: &Event) -> Result<Self, ApplyError> {
                let misfit = |why: String| ApplyError { stream: stream.to_string(), why };
                if event.kind() != stream.kind {
                    return Err(misfit(format!("an event of kind {}", event.kind().code())));
                }
                match (state, event) {
                    $((None, Event::$name(event)) => <$state as Fold>::fold(None, event)
                        .map(|state| Self::$name(Box::new(state))).map_err(misfit),
                    (Some(Self::$name(state)), Event::$name(event)) => <$state as Fold>::fold(Some(*state), event)
                        .map(|state| Self::$name(Box::new(state))).map_err(misfit),)+
                    (Some(other), _) => Err(misfit(format!("a state of kind {}", other.kind().code()))),
                }
            }
        }

        $(impl AsState for $state {
            const KIND: StreamKind = StreamKind::$name;
            fn of(state: &State) -> Option<&Self> {
                match state { State::$name(state) => Some(state), _ => None }
            }
        })+
    };
}

/// A type that is the state of one kind of stream.
pub trait AsState: Sized {
    /// Which kind.
    const KIND: StreamKind;
    /// The state, if it is of this kind.
    fn of(state: &State) -> Option<&Self>;
}

streams! {
    /// A run: the authority under which work happens.
    Run = "run": Run, RunEvent;
    /// A site in a run's scope.
    Target = "target": Target, TargetEvent;
    /// One attempt at a site.
    Visit = "visit": Visit, VisitEvent;
    /// A report of a team and batch, or the final one.
    Report = "report": Report, ReportEvent;
    /// A repair that waits.
    FollowUp = "follow_up": FollowUp, FollowUpEvent;
    /// A complaint.
    Complaint = "complaint": Complaint, ComplaintEvent;
    /// One cause of several complaints.
    Incident = "incident": Incident, IncidentEvent;
    /// A numbered paper.
    Document = "document": Document, DocumentEvent;
    /// A number of a register.
    Number = "number": NumberEntry, NumberEvent;
    /// An organisation.
    Office = "office": Office, Edit<Office>;
    /// A place.
    Site = "site": Site, Edit<Site>;
    /// A thing on the network.
    Device = "device": Device, Edit<Device>;
    /// A connection.
    Link = "link": Link, Edit<Link>;
    /// A service that people use.
    Service = "service": Service, Edit<Service>;
    /// A person.
    Person = "person": Person, Edit<Person>;
    /// A post.
    Post = "post": Post, Edit<Post>;
    /// A dated holding of a post.
    Assignment = "assignment": Assignment, Edit<Assignment>;
    /// Days of leave.
    Leave = "leave": Leave, Edit<Leave>;
    /// An order to work on days off.
    Overtime = "overtime": Overtime, Edit<Overtime>;
    /// A look at personal values, or their erasure.
    Access = "access": Access, AccessEvent;
    /// A version of a setting.
    Setting = "setting": Setting, Edit<Setting>;
    /// A key with which a laptop signs what it measured.
    LaptopKey = "laptop_key": LaptopKey, LaptopKeyEvent;
    /// How a person signs in.
    Account = "account": Account, AccountEvent;
    /// A version of a procedure.
    Procedure = "procedure": ProcedureVersion, VersionEvent;
}
