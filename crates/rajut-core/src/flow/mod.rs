//! Deciding: facts and a command in, changes or a refusal out.
//!
//! Everything that people do to a run goes through [`decide`]. It is pure: the caller loads the records that
//! the command may touch into [`Records`], and the store applies the changes, all or none. Hides the rules of
//! the procedure; it must not know how records are stored or how an act is shown.

mod account;
mod advance;
mod command;
mod complaint;
mod entered;
mod field;
mod finding;
mod incident;
mod laptop;
mod numbers;
mod offices;
mod order;
mod overtime;
mod personal;
mod plan;
mod records;
mod refused;
mod register;
mod report;
mod rights;
mod step;
mod texts;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

pub use account::{AccountCommand, decide_account};
pub use command::{
    CheckIn, CheckOut, Command, ComplaintDraft, FindingDraft, FollowUpDraft, IncidentDraft, Place,
    PlannedTarget, Receipt,
};
pub use laptop::{NewLaptopKey, enrol_laptop, import_observations, revoke_laptop};
pub use numbers::{cancel_number, issue_document, next_number, reserve_number};
pub use offices::reorganise_offices;
pub use overtime::{cancel_overtime, order_overtime};
pub use personal::{Sight, access_personal, access_reporter, erase_personal, erase_reporter, print_personal};
pub use plan::{Oddity, left_by, oddities};
pub use records::{ApplyFailure, Procedures, Records};
pub use register::{EntryEdit, edit_entries, record};
pub use rights::Granted;
pub use version::{VersionCommand, decide_version, faults_of_text, signable};

use crate::act::{Actor, Changes, Envelope, Refusal, Rule, Wanted, Why};
use crate::calendar::{Calendar, Zone};
use crate::complaint::Causes;
use crate::id::{FreshIds, PostId};
use crate::procedure::{LaneId, ProcedureCode};
use crate::run::Run;

/// How the agency has set itself up: what is local and may change by decree.
#[derive(Debug, Clone, PartialEq)]
pub struct Agency {
    /// Where its clocks stand.
    pub zone: Zone,
    /// Lanes bound to posts: `(procedure, lane)` -> post. A lane that is not bound takes the post whose code
    /// the procedure names.
    pub lanes: BTreeMap<(ProcedureCode, LaneId), PostId>,
    /// How far a device's clock may run ahead of the server's.
    pub clock_skew_ms: i64,
    /// Working days within which a verbal order must be written.
    pub verbal_days: u32,
    /// The longest free text, in characters.
    pub text_limit: usize,
    /// Codes of the causes of outages that it tells apart.
    pub causes: BTreeSet<String>,
}

impl Default for Agency {
    fn default() -> Self {
        Self {
            zone: Zone::Wib,
            lanes: BTreeMap::new(),
            clock_skew_ms: 5 * 60 * 1000,
            verbal_days: 3,
            text_limit: 10_000,
            // A test reads the shipped list.
            causes: Causes::parse(Causes::SHIPPED)
                .map(|causes| causes.codes())
                .unwrap_or_default(),
        }
    }
}

/// What a decision may look at.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The records that the command may touch, with their versions.
    pub records: &'a Records,
    /// The versions of the procedures in use.
    pub procedures: &'a Procedures,
    /// Working time in force.
    pub calendar: &'a Calendar,
    /// The agency's set-up.
    pub agency: &'a Agency,
}

/// A decision in the making.
struct Deciding<'a> {
    facts: Facts<'a>,
    ids: FreshIds,
    changes: Changes,
}

/// Decides a command. `envelope.act` must be the act of the command.
pub fn decide(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    command: &Command,
) -> Result<Changes, Refusal> {
    envelope.act = command.act();
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    command.check_texts(facts.agency.text_limit)?;
    match command {
        Command::OpenRun { .. }
        | Command::DraftOrder { .. }
        | Command::InitialOrder { .. }
        | Command::SubmitOrder { .. }
        | Command::ReturnOrder { .. }
        | Command::RecordVerbalOrder { .. }
        | Command::IssueOrder { .. }
        | Command::AddendOrder { .. }
        | Command::Dispose { .. } => deciding.order(command)?,
        Command::FormTeams { .. }
        | Command::ChangeTeam { .. }
        | Command::PlanTargets { .. }
        | Command::ExcuseTarget { .. }
        | Command::AcceptPartial { .. } => deciding.plan(command)?,
        Command::CheckIn(_)
        | Command::CheckOut(_)
        | Command::RecordFinding { .. }
        | Command::RecordObservation { .. }
        | Command::GiveVerdict { .. }
        | Command::ConfirmVisit { .. }
        | Command::EstimateCheckOut { .. } => deciding.field(command)?,
        Command::RecordReturn { .. }
        | Command::SubmitReport { .. }
        | Command::AcceptReport { .. }
        | Command::ReturnReport { .. }
        | Command::SubmitFinalReport { .. }
        | Command::CloseRun { .. }
        | Command::CancelRun { .. }
        | Command::ExplainLateness { .. } => deciding.report(command)?,
        Command::CompleteStep { .. }
        | Command::PauseRun { .. }
        | Command::ResumeRun { .. }
        | Command::Proceed { .. } => deciding.step(command)?,
        Command::RegisterComplaint(_)
        | Command::ClassifyComplaint { .. }
        | Command::CarryComplaint { .. }
        | Command::OpenFollowUp(_)
        | Command::AssignFollowUp { .. }
        | Command::ResolveFollowUp { .. } => deciding.complaint(command)?,
        Command::OpenIncident(_)
        | Command::AttachComplaints { .. }
        | Command::DetachComplaints { .. }
        | Command::NoteTicket { .. }
        | Command::ResolveIncident { .. } => deciding.incident(command)?,
    }
    deciding.keep_scan()?;
    deciding.changes.keep_whole_values();
    Ok(deciding.changes)
}

impl Deciding<'_> {
    /// When the act happened.
    fn at(&self) -> Timestamp {
        self.changes.envelope.occurred_at
    }

    /// On which day, in the agency's zone.
    fn day(&self) -> Date {
        self.facts.agency.zone.date(self.at())
    }

    /// The person who acts.
    fn person(&self) -> Result<crate::id::PersonId, Refusal> {
        self.changes.envelope.done_by.person().ok_or_else(|| {
            Refusal::new(Rule::NoRight)
                .with("act", self.changes.envelope.act.code())
                .with("date", self.day())
        })
    }

    /// Who entered it may do so, and nothing happens in the future. An act of authority with a clock that runs ahead is refused; a field
    /// fact is bounded and flagged where it is recorded.
    fn check_times(&mut self) -> Result<(), Refusal> {
        let envelope = &mut self.changes.envelope;
        let limit = envelope.received_at.as_millisecond() + self.facts.agency.clock_skew_ms;
        if envelope.occurred_at.as_millisecond() > limit {
            if envelope.act.authority().nature == crate::act::Nature::Authority {
                return Err(Refusal::new(Rule::TimeOutOfBounds)
                    .with("at", envelope.occurred_at)
                    .with("bound", envelope.received_at));
            }
            envelope.occurred_at = envelope.received_at;
        }
        self.check_entered()
    }

    /// An act cannot come before what it follows.
    fn not_before(&self, bound: Timestamp) -> Result<(), Refusal> {
        let skew = self.facts.agency.clock_skew_ms;
        if self.at().as_millisecond() + skew < bound.as_millisecond() {
            return Err(Refusal::new(Rule::TimeOutOfBounds)
                .with("at", self.at())
                .with("bound", bound));
        }
        Ok(())
    }
}

/// The run has not ended.
fn open(run: &Run) -> Result<(), Refusal> {
    match &run.end {
        Some(_) => Err(Refusal::new(Rule::RunEnded).with("run", run.label())),
        None => Ok(()),
    }
}

/// A reason that says something.
fn reason(text: &str, what: Wanted) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new(Rule::ReasonMissing).with("what", what));
    }
    Ok(())
}

/// A value of the command that cannot be.
fn invalid(field: impl std::fmt::Display, value: impl std::fmt::Display, why: Why) -> Refusal {
    Refusal::new(Rule::InvalidValue)
        .with("field", field)
        .with("value", value)
        .with("why", why)
}

/// An actor who stands behind a field fact.
fn actor(envelope: &Envelope) -> Actor {
    envelope.done_by
}
