//! The table of rights: every act, its nature, and by what right it is done.

use super::Act;
use crate::people::Role;
use crate::procedure::StepKind;

/// Whether an act can be refused at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Decides something: refused when the rules say so, and it names the version that it saw.
    Authority,
    /// Records what was seen or done in the field: always stored, flagged when something is odd.
    FieldFact,
}

/// By what right an act is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// The lane that performs the step of this kind in the run's procedure.
    StepActor(StepKind),
    /// The lane that receives the step of this kind.
    StepReceiver(StepKind),
    /// The lane that performs the step named in the command.
    NamedStep,
    /// A holder of a post with one of these roles.
    Roles(&'static [Role]),
    /// A member of the team at work.
    TeamMember,
    /// The person whose account it is.
    Own,
    /// The program itself.
    System,
    /// Anybody, with or without an account.
    Anyone,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority {
    /// Whether it can be refused.
    pub nature: Nature,
    /// By what right.
    pub right: Right,
}

const DRAFTERS: &[Role] = &[
    Role::Clerk,
    Role::SectionHead,
    Role::DivisionHead,
    Role::AgencyHead,
];
const SUPERIORS: &[Role] = &[Role::SectionHead, Role::DivisionHead, Role::AgencyHead];
const DESK: &[Role] = &[Role::ServiceOfficer, Role::SectionHead, Role::DivisionHead];
const RECORDERS: &[Role] = &[
    Role::OfficeUser,
    Role::ServiceOfficer,
    Role::Technician,
    Role::SectionHead,
    Role::Clerk,
];
const REGISTRARS: &[Role] = &[Role::Admin, Role::SectionHead, Role::ServiceOfficer];
const ADMIN: &[Role] = &[Role::Admin];
const PROCEDURE_WRITERS: &[Role] = &[
    Role::Admin,
    Role::Clerk,
    Role::SectionHead,
    Role::DivisionHead,
    Role::AgencyHead,
];
const READERS: &[Role] = &[
    Role::Admin,
    Role::Auditor,
    Role::AgencyHead,
    Role::DivisionHead,
    Role::SectionHead,
    Role::ServiceOfficer,
    Role::Clerk,
];
const FOLLOWERS: &[Role] = &[Role::SectionHead, Role::Technician, Role::ServiceOfficer];
const MEASURERS: &[Role] = &[Role::Technician, Role::SectionHead, Role::Admin];
const NUMBERERS: &[Role] = &[
    Role::Clerk,
    Role::ServiceOfficer,
    Role::SectionHead,
    Role::DivisionHead,
    Role::AgencyHead,
];

impl Act {
    /// The row of the table for this act.
    pub fn authority(self) -> Authority {
        let act = |right| Authority {
            nature: Nature::Authority,
            right,
        };
        let fact = |right| Authority {
            nature: Nature::FieldFact,
            right,
        };
        match self {
            Self::DraftOrder | Self::SubmitOrder | Self::InitialOrder | Self::RecordVerbalOrder => {
                act(Right::Roles(DRAFTERS))
            }
            Self::ReturnOrder | Self::IssueOrder | Self::AddendOrder => {
                act(Right::StepActor(StepKind::Order))
            }
            Self::Dispose => act(Right::StepActor(StepKind::Disposition)),
            Self::FormTeams | Self::ChangeTeam | Self::PlanTargets => act(Right::StepActor(StepKind::Team)),
            Self::CheckIn
            | Self::CheckOut
            | Self::RecordFinding
            | Self::RecordObservation
            | Self::ImportObservations
            | Self::GiveVerdict => fact(Right::StepActor(StepKind::Visit)),
            Self::ConfirmVisit => fact(Right::Anyone),
            Self::RecordReturn => fact(Right::StepActor(StepKind::Report)),
            Self::SubmitReport => act(Right::StepActor(StepKind::Report)),
            // Where the report is a step of the whole run, who does that step writes the final report.
            Self::ExcuseTarget
            | Self::AcceptPartial
            | Self::EstimateCheckOut
            | Self::AcceptReport
            | Self::ReturnReport
            | Self::SubmitFinalReport
            | Self::CloseRun => act(Right::StepReceiver(StepKind::Report)),
            Self::CancelRun | Self::OrderOvertime => act(Right::Roles(SUPERIORS)),
            Self::OpenRun | Self::CompleteStep => act(Right::NamedStep),
            Self::PauseRun | Self::ResumeRun => act(Right::Roles(&[
                Role::ServiceOfficer,
                Role::Technician,
                Role::SectionHead,
                Role::DivisionHead,
            ])),
            Self::Proceed | Self::FreezeDocument => act(Right::System),
            Self::ExplainLateness => act(Right::Roles(&[
                Role::Technician,
                Role::SectionHead,
                Role::DivisionHead,
                Role::AgencyHead,
            ])),
            Self::RegisterComplaint => act(Right::Roles(RECORDERS)),
            Self::ClassifyComplaint
            | Self::CarryComplaint
            | Self::OpenIncident
            | Self::AttachIncident
            | Self::DetachIncident
            | Self::NoteTicket
            | Self::ResolveIncident => act(Right::Roles(DESK)),
            Self::OpenFollowUp | Self::ResolveFollowUp => act(Right::Roles(FOLLOWERS)),
            Self::ReserveNumber | Self::CancelNumber | Self::IssueDocument => act(Right::Roles(NUMBERERS)),
            Self::EnrolLaptop | Self::RevokeLaptop => act(Right::Roles(MEASURERS)),
            Self::EditRegister | Self::Import | Self::ReorganiseOffices => act(Right::Roles(REGISTRARS)),
            Self::EditPeople => act(Right::Roles(&[Role::Admin, Role::Clerk])),
            Self::DraftProcedure => act(Right::Roles(PROCEDURE_WRITERS)),
            // Pengesahan is the head's; so is taking it back.
            Self::ApproveProcedure | Self::ReturnProcedure => act(Right::Roles(&[Role::AgencyHead])),
            // What takes a way in away an administrator may do as well; see where it is decided.
            Self::SetPassword
            | Self::SetSecondFactor
            | Self::EnrolPhone
            | Self::RevokePhone
            | Self::IssueToken
            | Self::RevokeToken => act(Right::Own),
            Self::OpenAccount
            | Self::CloseAccount
            | Self::SignOut
            | Self::EditSettings
            | Self::ActivateProcedure
            | Self::ErasePersonal => act(Right::Roles(ADMIN)),
            Self::RevealPersonal | Self::PrintPersonal | Self::Export => act(Right::Roles(READERS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_facts_are_exactly_those_of_the_field() {
        let facts: Vec<&str> = Act::ALL
            .iter()
            .filter(|act| act.authority().nature == Nature::FieldFact)
            .map(|act| act.code())
            .collect();
        assert_eq!(
            facts,
            [
                "visit.check_in",
                "visit.check_out",
                "visit.finding",
                "visit.observation",
                "visit.import_observations",
                "visit.verdict",
                "visit.confirm",
                "report.returned_home"
            ]
        );
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for act in Act::ALL {
            if let Right::Roles(roles) = act.authority().right
                && roles.contains(&Role::Auditor)
            {
                assert!(
                    matches!(act, Act::RevealPersonal | Act::PrintPersonal | Act::Export),
                    "{}",
                    act.code()
                );
            }
        }
    }
}
