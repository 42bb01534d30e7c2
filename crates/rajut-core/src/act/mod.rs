//! Acts: what a person or the system can do, and by what right.
//!
//! Hides the table of rights. Routes, API verbs and commands of the command line each map to one act
//! here, so there is one place to ask "who may?".

mod authority;
mod change;
mod refusal;
mod told;
mod unfit;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use authority::{Authority, Nature, Right};
pub use change::{Changes, Envelope, Expect, StreamEvent};
pub use refusal::{Refusal, Rule};
pub use told::{FieldName, Wanted, Why};
pub use unfit::{Unfit, UnfitCode};

use crate::id::PersonId;

/// Who stands behind an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A person of the register.
    Person(PersonId),
    /// The program itself: a timer, a scheduled job.
    System,
    /// Somebody outside the register, such as a reporter without an account or the person met at a site.
    Outsider,
}

impl Actor {
    /// The person, if it is one of the register.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::System | Self::Outsider => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => fmt::Display::fmt(id, f),
            Self::System => f.write_str("system"),
            Self::Outsider => f.write_str("outsider"),
        }
    }
}

impl FromStr for Actor {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "system" => Ok(Self::System),
            "outsider" => Ok(Self::Outsider),
            other => other.parse().map(Self::Person),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An unknown act code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the code of an act")]
pub struct UnknownAct(String);

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// Everything that can be done. The code is what the journal and the API say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Act { $($(#[$doc])* $name),+ }

        impl Act {
            /// All acts, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }

        impl FromStr for Act {
            type Err = UnknownAct;
            fn from_str(text: &str) -> Result<Self, UnknownAct> {
                match text { $($code => Ok(Self::$name),)+ other => Err(UnknownAct(other.to_owned())) }
            }
        }
    };
}

acts! {
    /// Open a run of a procedure that has no order.
    OpenRun = "run.open",
    /// Draft an order, or revise the draft.
    DraftOrder = "order.draft",
    /// Initial a draft (paraf); at most three people do.
    InitialOrder = "order.initial",
    /// Lay the finished draft before the head: the clock of step 1 starts.
    SubmitOrder = "order.submit",
    /// Send a draft back with a note.
    ReturnOrder = "order.return",
    /// Issue the order under its number.
    IssueOrder = "order.issue",
    /// Record an order given by word of mouth.
    RecordVerbalOrder = "order.verbal",
    /// Extend an issued order: sites, validity, members.
    AddendOrder = "order.addendum",
    /// Pass the order down with an instruction.
    Dispose = "disposition.make",
    /// Form the teams and spread the targets over them.
    FormTeams = "team.form",
    /// Change the members, vehicle or batch of a team.
    ChangeTeam = "team.change",
    /// Move targets between teams or days.
    PlanTargets = "target.plan",
    /// Excuse a target with a reason.
    ExcuseTarget = "target.excuse",
    /// Accept that a partial visit meets its target.
    AcceptPartial = "target.accept_partial",
    /// Start a visit at a site.
    CheckIn = "visit.check_in",
    /// Leave the site with an outcome.
    CheckOut = "visit.check_out",
    /// Record one result of the checklist, with condition and action.
    RecordFinding = "visit.finding",
    /// Record a measurement.
    RecordObservation = "visit.observation",
    /// Take in what a laptop measured on site and signed.
    ImportObservations = "visit.import_observations",
    /// Record a verdict on a complaint.
    GiveVerdict = "visit.verdict",
    /// Record the office's confirmation of a visit.
    ConfirmVisit = "visit.confirm",
    /// Close the clock of a forgotten check-out with an estimate.
    EstimateCheckOut = "visit.estimate",
    /// Record that a team is back from the batch's last trip.
    RecordReturn = "report.returned_home",
    /// Submit the report of a team and batch.
    SubmitReport = "report.submit",
    /// Accept a report.
    AcceptReport = "report.accept",
    /// Send a report back with a note.
    ReturnReport = "report.return",
    /// Write the final report that gathers the accepted ones.
    SubmitFinalReport = "report.final",
    /// Close the run by a disposition on the final report.
    CloseRun = "run.close",
    /// Cancel the run with a reason.
    CancelRun = "run.cancel",
    /// Do a step of a generic kind: record, decide, approve, confirm.
    CompleteStep = "step.complete",
    /// Stop the clock of a run for a reason.
    PauseRun = "step.pause",
    /// Start the clock again.
    ResumeRun = "step.resume",
    /// Let the program do what follows by itself: a timer that ran out, the last of all sites and teams.
    Proceed = "step.proceed",
    /// Give the cause of an overrun.
    ExplainLateness = "run.explain",
    /// Register a complaint from any channel.
    RegisterComplaint = "complaint.register",
    /// Classify a complaint: category, priority, duplicate.
    ClassifyComplaint = "complaint.classify",
    /// Move an unanswered complaint to the next run.
    CarryComplaint = "complaint.carry",
    /// Open an incident: one cause of outages.
    OpenIncident = "incident.open",
    /// Join complaints to one cause.
    AttachIncident = "incident.attach",
    /// Take complaints off it again.
    DetachIncident = "incident.detach",
    /// Note the ticket that the provider gave.
    NoteTicket = "incident.ticket",
    /// Say that an incident is over, and what was done.
    ResolveIncident = "incident.resolve",
    /// Open a repair that cannot be done now.
    OpenFollowUp = "follow_up.open",
    /// Finish, hand over or drop a follow-up.
    ResolveFollowUp = "follow_up.resolve",
    /// Reserve a number for a record.
    ReserveNumber = "number.reserve",
    /// Cancel a reserved number with a reason.
    CancelNumber = "number.cancel",
    /// Issue a numbered paper.
    IssueDocument = "document.issue",
    /// Keep the bytes of an issued paper.
    FreezeDocument = "document.freeze",
    /// Set an entry of the registers of offices, sites, devices, links and services.
    EditRegister = "register.edit",
    /// Order people to work on days off, or withdraw such an order.
    OrderOvertime = "overtime.order",
    /// Rename, merge or split offices.
    ReorganiseOffices = "office.reorganise",
    /// Set persons, posts, assignments and leave.
    EditPeople = "people.edit",
    /// Import many register entries at once.
    Import = "register.import",
    /// Load or change a setting.
    EditSettings = "settings.edit",
    /// Put down a version of a procedure, or replace its draft.
    DraftProcedure = "procedure.draft",
    /// Sign a version of a procedure (Pengesahan).
    ApproveProcedure = "procedure.approve",
    /// Take the signature back, to edit the version.
    ReturnProcedure = "procedure.return",
    /// Make an approved version of a procedure effective from a day.
    ActivateProcedure = "procedure.activate",
    /// See a masked personal value in full.
    RevealPersonal = "people.reveal",
    /// Write a paper with personal values in full.
    PrintPersonal = "document.print",
    /// Take data out.
    Export = "register.export",
    /// Enrol the key with which a laptop signs what it measures.
    EnrolLaptop = "laptop.enrol",
    /// Take such a key out of force.
    RevokeLaptop = "laptop.revoke",
    /// Open an account for a person of the register.
    OpenAccount = "account.open",
    /// Close an account for now, or open it again.
    CloseAccount = "account.close",
    /// Sign somebody out everywhere.
    SignOut = "account.sign_out",
    /// Set one's own password.
    SetPassword = "account.password",
    /// Ask for a second factor at one's own account, or end it.
    SetSecondFactor = "account.second_factor",
    /// Have a phone remembered, with a PIN that confirms acts of authority.
    EnrolPhone = "account.enrol_phone",
    /// Forget a phone that is lost.
    RevokePhone = "account.revoke_phone",
    /// Issue a token with which a program acts for oneself.
    IssueToken = "token.issue",
    /// Take a token out of force.
    RevokeToken = "token.revoke",
    /// Empty a personal value by law.
    ErasePersonal = "people.erase",
}

impl Serialize for Act {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        let codes: std::collections::BTreeSet<_> = Act::ALL.iter().map(|act| act.code()).collect();
        assert_eq!(codes.len(), Act::ALL.len());
        for act in Act::ALL {
            assert_eq!(act.code().parse(), Ok(*act));
        }
        assert!("order.dream".parse::<Act>().is_err());
    }
}
