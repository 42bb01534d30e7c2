//! The free texts of commands: none is longer than the agency allows.

use super::{Command, FindingDraft};
use crate::act::{FieldName, Refusal, Rule};
use crate::register::{Device, Identity};
use crate::run::Team;
use crate::visit::Confirmation;

impl Command {
    /// No free text is longer than the agency allows.
    pub(super) fn check_texts(&self, limit: usize) -> Result<(), Refusal> {
        for (field, text) in self.texts() {
            let found = text.chars().count();
            if found > limit {
                return Err(Refusal::new(Rule::TooLong)
                    .with("field", field)
                    .with("limit", limit)
                    .with("found", found));
            }
        }
        Ok(())
    }

    /// The free texts that it carries.
    #[expect(clippy::too_many_lines, reason = "one arm for each command")]
    fn texts(&self) -> Vec<(FieldName, &str)> {
        match self {
            Self::OpenRun { title, .. } => vec![(FieldName::Title, title)],
            Self::DraftOrder { title, draft, .. } => {
                vec![
                    (FieldName::Title, title),
                    (FieldName::Purpose, &draft.purpose),
                    (FieldName::Basis, &draft.basis),
                ]
            }
            Self::ReturnOrder { note, .. }
            | Self::GiveVerdict { note, .. }
            | Self::AcceptReport { note, .. }
            | Self::ReturnReport { note, .. }
            | Self::ResolveFollowUp { note, .. } => vec![(FieldName::Note, note)],
            Self::ExplainLateness { cause, note, .. } => {
                vec![(FieldName::Cause, cause), (FieldName::Note, note)]
            }
            Self::RecordVerbalOrder { channel, .. } => vec![(FieldName::Channel, channel)],
            Self::IssueOrder { document, .. } => vec![(FieldName::Subject, &document.subject)],
            Self::AddendOrder { document, reason, .. } => {
                vec![
                    (FieldName::Subject, &document.subject),
                    (FieldName::Reason, reason),
                ]
            }
            Self::FormTeams { teams, reason, .. } => {
                let mut texts = vec![(FieldName::Reason, reason.as_str())];
                texts.extend(teams.iter().flat_map(texts_of_team));
                texts
            }
            Self::ChangeTeam { team, reason, .. } => {
                let mut texts = vec![(FieldName::Reason, reason.as_str())];
                texts.extend(texts_of_team(team));
                texts
            }
            Self::PlanTargets { reason, .. }
            | Self::ExcuseTarget { reason, .. }
            | Self::CancelRun { reason, .. }
            | Self::CarryComplaint { reason, .. }
            | Self::DetachComplaints { reason, .. } => vec![(FieldName::Reason, reason)],
            Self::Dispose { instruction, .. } | Self::CloseRun { instruction, .. } => {
                vec![(FieldName::Instruction, instruction)]
            }
            Self::CheckOut(out) => {
                let mut texts = vec![(FieldName::Note, out.note.as_str())];
                texts.extend(out.met.iter().map(|met| (FieldName::Post, met.post.as_str())));
                texts.extend(
                    out.personal
                        .iter()
                        .map(|value| (FieldName::Name, value.value.as_str())),
                );
                texts
            }
            Self::RecordFinding {
                finding, new_device, ..
            } => texts_of_finding(finding, new_device.as_deref()),
            Self::RecordObservation { measured, .. } => {
                let mut texts = vec![
                    (FieldName::Vantage, measured.vantage.as_str()),
                    (FieldName::ThresholdsVersion, measured.thresholds_version.as_str()),
                ];
                texts.extend(
                    measured
                        .classes
                        .iter()
                        .flat_map(|(k, v)| [(FieldName::Measure, k.as_str()), (FieldName::Class, v)]),
                );
                texts.extend(
                    measured
                        .values
                        .keys()
                        .map(|measure| (FieldName::Measure, measure.as_str())),
                );
                texts
            }
            Self::ConfirmVisit {
                confirmation,
                personal,
                ..
            } => {
                let mut texts = vec![match confirmation {
                    Confirmation::Given { met, .. } => (FieldName::Post, met.post.as_str()),
                    Confirmation::Withheld { reason, .. } => (FieldName::Reason, reason.as_str()),
                }];
                texts.extend(
                    personal
                        .iter()
                        .map(|value| (FieldName::Name, value.value.as_str())),
                );
                texts
            }
            Self::SubmitReport {
                results, conclusions, ..
            }
            | Self::SubmitFinalReport {
                results, conclusions, ..
            } => {
                vec![
                    (FieldName::Results, results),
                    (FieldName::Conclusions, conclusions),
                ]
            }
            Self::CompleteStep { values, personal, .. } => values
                .iter()
                .flat_map(|(name, value)| {
                    [
                        (FieldName::Field, name.as_str()),
                        (FieldName::Value, value.as_str()),
                    ]
                })
                .chain(
                    personal
                        .iter()
                        .map(|value| (FieldName::Name, value.value.as_str())),
                )
                .collect(),
            Self::RegisterComplaint(draft) => {
                let mut texts = vec![
                    (FieldName::Text, draft.text.as_str()),
                    (FieldName::Post, &draft.reporter.post),
                ];
                texts.extend(
                    draft
                        .personal
                        .iter()
                        .map(|value| (FieldName::Reporter, value.value.as_str())),
                );
                texts
            }
            Self::ClassifyComplaint { category, .. } => vec![(FieldName::Category, category)],
            Self::OpenIncident(draft) => {
                vec![(FieldName::Cause, &draft.cause), (FieldName::What, &draft.what)]
            }
            Self::NoteTicket { provider, number, .. } => {
                vec![(FieldName::Provider, provider), (FieldName::Number, number)]
            }
            Self::ResolveIncident { what, .. } => vec![(FieldName::What, what)],
            Self::OpenFollowUp(draft) => {
                let mut texts = vec![(FieldName::What, draft.what.as_str())];
                texts.extend(
                    draft
                        .part
                        .iter()
                        .map(|part| (FieldName::Part, part.name.as_str())),
                );
                texts
            }
            Self::InitialOrder { .. }
            | Self::SubmitOrder { .. }
            | Self::AcceptPartial { .. }
            | Self::CheckIn(_)
            | Self::EstimateCheckOut { .. }
            | Self::RecordReturn { .. }
            | Self::PauseRun { .. }
            | Self::ResumeRun { .. }
            | Self::Proceed { .. }
            | Self::AttachComplaints { .. }
            | Self::AssignFollowUp { .. } => Vec::new(),
        }
    }
}

fn texts_of_team(team: &Team) -> [(FieldName, &str); 2] {
    [(FieldName::Team, &team.name), (FieldName::Vehicle, &team.vehicle)]
}

fn texts_of_finding<'a>(finding: &'a FindingDraft, new: Option<&'a Device>) -> Vec<(FieldName, &'a str)> {
    fn known(identity: &Identity) -> Option<&str> {
        match identity {
            Identity::Known(text) => Some(text),
            Identity::None | Identity::Unreadable | Identity::Unknown => None,
        }
    }
    let mut texts = vec![
        (FieldName::Note, finding.note.as_str()),
        (FieldName::Item, finding.item.as_str()),
    ];
    texts.extend(
        finding
            .awaits
            .iter()
            .map(|it| (FieldName::Part, it.part.name.as_str())),
    );
    if let Some(put_in) = &finding.replacement {
        texts.extend([
            (FieldName::Brand, put_in.brand.as_str()),
            (FieldName::Model, put_in.model.as_str()),
        ]);
        let identities = [
            &put_in.old_serial,
            &put_in.new_serial,
            &put_in.new_inventory_number,
        ];
        texts.extend(
            identities
                .into_iter()
                .filter_map(known)
                .map(|text| (FieldName::Serial, text)),
        );
    }
    if let Some(new) = new {
        texts.extend([
            (FieldName::Brand, new.brand.as_str()),
            (FieldName::Model, new.model.as_str()),
        ]);
        texts.extend(
            [&new.serial, &new.inventory_number]
                .into_iter()
                .filter_map(known)
                .map(|it| (FieldName::Serial, it)),
        );
    }
    texts
}
