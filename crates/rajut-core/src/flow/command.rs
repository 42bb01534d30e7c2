//! The commands: what people ask for, as data.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::act::Act;
use crate::complaint::{Channel, Origin, Priority, Reporter, Symptom};
use crate::id::{
    ComplaintId, DeviceId, FindingId, FollowUpId, IncidentId, LinkId, OfficeId, PersonId, PostId, ReportId,
    RunId, ServiceId, SiteId, TargetId, TeamId, VisitId,
};
use crate::journal::{Hash, PersonalValue};
use crate::procedure::{ExitCode, PauseCode, StepId};
use crate::register::{self, Device, DeviceCondition};
use crate::run::{Document, OrderDraft, Part, ProcedureRef, Team, Urgency};
use crate::visit::{
    Action, Awaited, Confirmation, Measured, Outcome, PersonMet, Replacement, Subject, Verdict,
};

/// A target as the Kasi plans it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlannedTarget {
    /// The target.
    pub target: TargetId,
    /// The team.
    pub team: TeamId,
    /// The day planned.
    pub planned_on: Option<Date>,
    /// The last day.
    pub due_on: Date,
}

/// An arrival at a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CheckIn {
    /// The visit, named by the device that records it.
    pub visit: VisitId,
    /// Where.
    pub site: SiteId,
    /// Under which run.
    pub run: RunId,
    /// By which team.
    pub team: Option<TeamId>,
    /// The targets that it serves.
    pub targets: BTreeSet<TargetId>,
    /// The members present.
    pub present: BTreeSet<PersonId>,
    /// When, by the device.
    pub at: Timestamp,
    /// How far the device's clock was from the server's when they last met: `at`, and whatever else the device tells
    /// of this visit, is corrected by it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_off_ms: Option<i64>,
    /// Where the device is, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<register::Place>,
}

/// A departure from a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CheckOut {
    /// The visit.
    pub visit: VisitId,
    /// How it went.
    pub outcome: Outcome,
    /// Whom the team met; the name is sealed.
    pub met: Option<PersonMet>,
    /// The sealed name's value.
    pub personal: Vec<PersonalValueField>,
    /// Remarks.
    pub note: String,
    /// When, by the device.
    pub at: Timestamp,
}

/// A personal value that travels with a command.
pub type PersonalValueField = PersonalValue;

/// An incident as it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct IncidentDraft {
    /// Its id.
    pub id: IncidentId,
    /// Code of the cause.
    pub cause: String,
    /// In words.
    pub what: String,
    /// Sites that it hits, besides those of its links and devices.
    pub sites: BTreeSet<SiteId>,
    /// Links that it is about.
    pub links: BTreeSet<LinkId>,
    /// Devices that it is about.
    pub devices: BTreeSet<DeviceId>,
    /// When it began.
    pub began_at: Timestamp,
    /// Complaints that join it at once.
    pub complaints: Vec<ComplaintId>,
}

/// A result of the checklist as the technician gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FindingDraft {
    /// Its id, made by the device that records it.
    pub id: FindingId,
    /// On what.
    pub subject: Subject,
    /// Code of the checklist item.
    pub item: String,
    /// The condition.
    pub condition: DeviceCondition,
    /// What was done.
    pub action: Action,
    /// Minutes that a repair or replacement took: they stand on their own clock.
    pub repair_minutes: Option<u32>,
    /// What came in its place.
    pub replacement: Option<Replacement>,
    /// What a fault that stays waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<Awaited>,
    /// In words.
    pub note: String,
    /// Photos.
    pub photos: Vec<Hash>,
    /// The finding that it corrects.
    pub corrects: Option<FindingId>,
    /// When, by the device.
    pub at: Timestamp,
}

/// A follow-up as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FollowUpDraft {
    /// Its id.
    pub id: FollowUpId,
    /// Where.
    pub site: SiteId,
    /// On what.
    pub subject: Subject,
    /// The visit that found it.
    pub visit: Option<VisitId>,
    /// The run.
    pub run: Option<RunId>,
    /// The complaint that waits for it.
    pub complaint: Option<ComplaintId>,
    /// What is to be done.
    pub what: String,
    /// Who answers for it.
    pub owner: Option<PersonId>,
    /// Until when.
    pub due_on: Date,
    /// What is needed.
    pub part: Option<Part>,
}

/// What lets a reporter ask for the state of a complaint without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Receipt(pub Hash);

impl Receipt {
    /// The receipt for a number and the code handed to the reporter.
    pub fn of(number: &str, code: &str) -> Self {
        Self(Hash::of(format!("rajut-receipt/1\n{number}\n{code}").as_bytes()))
    }
}

/// A complaint as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ComplaintDraft {
    /// Its id.
    pub id: ComplaintId,
    /// The run of the complaint procedure that it becomes.
    pub run: RunId,
    /// The procedure.
    pub procedure: ProcedureRef,
    /// The reserved number.
    pub number: Uuid,
    /// How it came.
    pub channel: Channel,
    /// Since when.
    pub happened_at: Option<Timestamp>,
    /// Whose.
    pub office: Option<OfficeId>,
    /// Where.
    pub site: SiteId,
    /// By whom.
    pub reporter: Reporter,
    /// The reporter's sealed values.
    pub personal: Vec<PersonalValueField>,
    /// What is wrong.
    pub symptom: Symptom,
    /// In words.
    pub text: String,
    /// How many are hit.
    pub users_affected: Option<u32>,
    /// Services that are hit.
    pub services: BTreeSet<ServiceId>,
    /// Where it came from.
    pub origin: Origin,
    /// The receipt.
    pub receipt: Receipt,
    /// The target of a run under way at that site, to which it joins by itself.
    pub target: Option<TargetId>,
}

/// In which record a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "in", content = "id")]
pub enum Place {
    /// The run itself.
    Run(RunId),
    /// A target.
    Target(TargetId),
    /// A report.
    Report(ReportId),
}

/// Everything that can be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "fields are named after the records that they reach; see those"
)]
pub enum Command {
    /// Open a run of a procedure that has no order, with its sites in scope. The right is that of its first
    /// step.
    OpenRun {
        run: RunId,
        procedure: ProcedureRef,
        title: String,
        scope: Vec<SiteId>,
        due_on: Date,
        previous: Option<RunId>,
    },
    /// Draft an order in a new run, or revise the draft of one.
    DraftOrder {
        run: RunId,
        procedure: ProcedureRef,
        title: String,
        draft: OrderDraft,
        previous: Option<RunId>,
    },
    /// Initial the draft.
    InitialOrder { run: RunId },
    /// Lay the draft before the head.
    SubmitOrder { run: RunId },
    /// Send the draft back.
    ReturnOrder { run: RunId, note: String },
    /// Record an order given by word of mouth.
    RecordVerbalOrder {
        run: RunId,
        given_by: PersonId,
        given_at: Timestamp,
        channel: String,
    },
    /// Issue the order in writing under its reserved number.
    IssueOrder {
        run: RunId,
        number: Uuid,
        document: Box<Document>,
    },
    /// Extend an issued order.
    AddendOrder {
        run: RunId,
        number: Uuid,
        document: Box<Document>,
        add_sites: Vec<SiteId>,
        valid_until: Option<Date>,
        named: Option<Vec<PersonId>>,
        reason: String,
    },
    /// Pass the order down.
    Dispose {
        run: RunId,
        to: PostId,
        instruction: String,
        urgency: Urgency,
        deadline: Option<Date>,
    },
    /// Form the teams and spread the targets over them.
    FormTeams {
        run: RunId,
        teams: Vec<Team>,
        plan: Vec<PlannedTarget>,
        reason: String,
    },
    /// Change or add a team.
    ChangeTeam { run: RunId, team: Team, reason: String },
    /// Move targets.
    PlanTargets {
        run: RunId,
        plan: Vec<PlannedTarget>,
        reason: String,
    },
    /// Excuse a target.
    ExcuseTarget { target: TargetId, reason: String },
    /// Accept that a partial visit is enough.
    AcceptPartial { target: TargetId, visit: VisitId },
    /// Arrive.
    CheckIn(CheckIn),
    /// Leave.
    CheckOut(CheckOut),
    /// Record a result of the checklist. `new_device` is the entry of what was put in.
    RecordFinding {
        visit: VisitId,
        finding: Box<FindingDraft>,
        new_device: Option<Box<Device>>,
    },
    /// Record a measurement.
    RecordObservation { visit: VisitId, measured: Box<Measured> },
    /// Judge a complaint.
    GiveVerdict {
        visit: VisitId,
        complaint: ComplaintId,
        verdict: Verdict,
        note: String,
        at: Timestamp,
    },
    /// Record the office's word.
    ConfirmVisit {
        visit: VisitId,
        confirmation: Confirmation,
        personal: Vec<PersonalValueField>,
    },
    /// Close a forgotten visit at an estimated time.
    EstimateCheckOut {
        visit: VisitId,
        at: Timestamp,
        outcome: Outcome,
    },
    /// Record the return from the last trip of a batch.
    RecordReturn {
        report: ReportId,
        run: RunId,
        team: TeamId,
        from: Date,
        until: Date,
    },
    /// Submit a team's report.
    SubmitReport {
        report: ReportId,
        run: RunId,
        team: TeamId,
        from: Date,
        until: Date,
        results: String,
        conclusions: String,
    },
    /// Accept a report.
    AcceptReport { report: ReportId, note: String },
    /// Return a report.
    ReturnReport { report: ReportId, note: String },
    /// Write the final report.
    SubmitFinalReport {
        report: ReportId,
        run: RunId,
        results: String,
        conclusions: String,
    },
    /// Close the run by a disposition.
    CloseRun { run: RunId, instruction: String },
    /// Cancel the run.
    CancelRun { run: RunId, reason: String },
    /// Give the cause of an overrun.
    ExplainLateness {
        run: RunId,
        step: StepId,
        place: Uuid,
        cause: String,
        note: String,
    },
    /// Finish a generic step.
    CompleteStep {
        place: Place,
        step: StepId,
        exit: Option<ExitCode>,
        values: BTreeMap<String, String>,
        /// Names of people outside the register, behind the commitments in `values`.
        #[serde(default)]
        personal: Vec<PersonalValueField>,
    },
    /// Stop the clock.
    PauseRun { run: RunId, reason: PauseCode },
    /// Start it again.
    ResumeRun { run: RunId },
    /// Let the program do what follows by itself: a timer that ran out, the last of all sites and teams.
    Proceed { run: RunId },
    /// Register a complaint.
    RegisterComplaint(Box<ComplaintDraft>),
    /// Classify it.
    ClassifyComplaint {
        complaint: ComplaintId,
        category: String,
        priority: Priority,
        duplicate_of: Option<ComplaintId>,
    },
    /// Move it to the next run.
    CarryComplaint {
        target: TargetId,
        complaint: ComplaintId,
        reason: String,
    },
    /// Open a follow-up.
    OpenFollowUp(Box<FollowUpDraft>),
    /// Give a follow-up to somebody.
    AssignFollowUp {
        follow_up: FollowUpId,
        owner: PersonId,
        due_on: Date,
    },
    /// Settle a follow-up.
    ResolveFollowUp {
        follow_up: FollowUpId,
        done: bool,
        note: String,
    },
    /// Open an incident.
    OpenIncident(Box<IncidentDraft>),
    /// Join complaints to it.
    AttachComplaints {
        incident: IncidentId,
        complaints: Vec<ComplaintId>,
    },
    /// Take complaints off it again.
    DetachComplaints {
        incident: IncidentId,
        complaints: Vec<ComplaintId>,
        reason: String,
    },
    /// Note the provider's ticket.
    NoteTicket {
        incident: IncidentId,
        provider: String,
        number: String,
    },
    /// Say that it is over.
    ResolveIncident { incident: IncidentId, what: String },
}

impl Command {
    /// The act that it is.
    pub fn act(&self) -> Act {
        match self {
            Self::OpenRun { .. } => Act::OpenRun,
            Self::DraftOrder { .. } => Act::DraftOrder,
            Self::InitialOrder { .. } => Act::InitialOrder,
            Self::SubmitOrder { .. } => Act::SubmitOrder,
            Self::ReturnOrder { .. } => Act::ReturnOrder,
            Self::RecordVerbalOrder { .. } => Act::RecordVerbalOrder,
            Self::IssueOrder { .. } => Act::IssueOrder,
            Self::AddendOrder { .. } => Act::AddendOrder,
            Self::Dispose { .. } => Act::Dispose,
            Self::FormTeams { .. } => Act::FormTeams,
            Self::ChangeTeam { .. } => Act::ChangeTeam,
            Self::PlanTargets { .. } => Act::PlanTargets,
            Self::ExcuseTarget { .. } => Act::ExcuseTarget,
            Self::AcceptPartial { .. } => Act::AcceptPartial,
            Self::CheckIn(_) => Act::CheckIn,
            Self::CheckOut(_) => Act::CheckOut,
            Self::RecordFinding { .. } => Act::RecordFinding,
            Self::RecordObservation { .. } => Act::RecordObservation,
            Self::GiveVerdict { .. } => Act::GiveVerdict,
            Self::ConfirmVisit { .. } => Act::ConfirmVisit,
            Self::EstimateCheckOut { .. } => Act::EstimateCheckOut,
            Self::RecordReturn { .. } => Act::RecordReturn,
            Self::SubmitReport { .. } => Act::SubmitReport,
            Self::AcceptReport { .. } => Act::AcceptReport,
            Self::ReturnReport { .. } => Act::ReturnReport,
            Self::SubmitFinalReport { .. } => Act::SubmitFinalReport,
            Self::CloseRun { .. } => Act::CloseRun,
            Self::CancelRun { .. } => Act::CancelRun,
            Self::ExplainLateness { .. } => Act::ExplainLateness,
            Self::CompleteStep { .. } => Act::CompleteStep,
            Self::PauseRun { .. } => Act::PauseRun,
            Self::ResumeRun { .. } => Act::ResumeRun,
            Self::Proceed { .. } => Act::Proceed,
            Self::RegisterComplaint(_) => Act::RegisterComplaint,
            Self::ClassifyComplaint { .. } => Act::ClassifyComplaint,
            Self::CarryComplaint { .. } => Act::CarryComplaint,
            Self::OpenFollowUp(_) => Act::OpenFollowUp,
            Self::OpenIncident(_) => Act::OpenIncident,
            Self::AttachComplaints { .. } => Act::AttachIncident,
            Self::DetachComplaints { .. } => Act::DetachIncident,
            Self::NoteTicket { .. } => Act::NoteTicket,
            Self::ResolveIncident { .. } => Act::ResolveIncident,
            Self::AssignFollowUp { .. } | Self::ResolveFollowUp { .. } => Act::ResolveFollowUp,
        }
    }
}
