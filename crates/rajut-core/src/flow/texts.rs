//! The free texts of commands: none is longer than the agency allows.

use super::{Command, FindingDraft};
use crate::act::{Refusal, Rule};
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
    fn texts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::OpenRun { title, .. } => vec![("title", title)],
            Self::DraftOrder { title, draft, .. } => {
                vec![
                    ("title", title),
                    ("purpose", &draft.purpose),
                    ("basis", &draft.basis),
                ]
            }
            Self::ReturnOrder { note, .. }
            | Self::GiveVerdict { note, .. }
            | Self::AcceptReport { note, .. }
            | Self::ReturnReport { note, .. }
            | Self::ResolveFollowUp { note, .. } => vec![("note", note)],
            Self::ExplainLateness { cause, note, .. } => vec![("cause", cause), ("note", note)],
            Self::RecordVerbalOrder { channel, .. } => vec![("channel", channel)],
            Self::IssueOrder { document, .. } => vec![("subject", &document.subject)],
            Self::AddendOrder { document, reason, .. } => {
                vec![("subject", &document.subject), ("reason", reason)]
            }
            Self::FormTeams { teams, reason, .. } => {
                let mut texts = vec![("reason", reason.as_str())];
                texts.extend(teams.iter().flat_map(texts_of_team));
                texts
            }
            Self::ChangeTeam { team, reason, .. } => {
                let mut texts = vec![("reason", reason.as_str())];
                texts.extend(texts_of_team(team));
                texts
            }
            Self::PlanTargets { reason, .. }
            | Self::ExcuseTarget { reason, .. }
            | Self::CancelRun { reason, .. }
            | Self::CarryComplaint { reason, .. }
            | Self::DetachComplaints { reason, .. } => vec![("reason", reason)],
            Self::Dispose { instruction, .. } | Self::CloseRun { instruction, .. } => {
                vec![("instruction", instruction)]
            }
            Self::CheckOut(out) => {
                let mut texts = vec![("note", out.note.as_str())];
                texts.extend(out.met.iter().map(|met| ("post", met.post.as_str())));
                texts.extend(out.personal.iter().map(|value| ("name", value.value.as_str())));
                texts
            }
            Self::RecordFinding {
                finding, new_device, ..
            } => texts_of_finding(finding, new_device.as_deref()),
            Self::RecordObservation { measured, .. } => {
                let mut texts = vec![
                    ("vantage", measured.vantage.as_str()),
                    ("thresholds_version", measured.thresholds_version.as_str()),
                ];
                texts.extend(
                    measured
                        .classes
                        .iter()
                        .flat_map(|(k, v)| [("measure", k.as_str()), ("class", v)]),
                );
                texts.extend(
                    measured
                        .values
                        .keys()
                        .map(|measure| ("measure", measure.as_str())),
                );
                texts
            }
            Self::ConfirmVisit {
                confirmation,
                personal,
                ..
            } => {
                let mut texts = vec![match confirmation {
                    Confirmation::Given { met, .. } => ("post", met.post.as_str()),
                    Confirmation::Withheld { reason, .. } => ("reason", reason.as_str()),
                }];
                texts.extend(personal.iter().map(|value| ("name", value.value.as_str())));
                texts
            }
            Self::SubmitReport {
                results, conclusions, ..
            }
            | Self::SubmitFinalReport {
                results, conclusions, ..
            } => {
                vec![("results", results), ("conclusions", conclusions)]
            }
            Self::CompleteStep { values, personal, .. } => values
                .iter()
                .flat_map(|(name, value)| [("field", name.as_str()), ("value", value.as_str())])
                .chain(personal.iter().map(|value| ("name", value.value.as_str())))
                .collect(),
            Self::RegisterComplaint(draft) => {
                let mut texts = vec![("text", draft.text.as_str()), ("post", &draft.reporter.post)];
                texts.extend(
                    draft
                        .personal
                        .iter()
                        .map(|value| ("reporter", value.value.as_str())),
                );
                texts
            }
            Self::ClassifyComplaint { category, .. } => vec![("category", category)],
            Self::OpenIncident(draft) => vec![("cause", &draft.cause), ("what", &draft.what)],
            Self::NoteTicket { provider, number, .. } => vec![("provider", provider), ("number", number)],
            Self::ResolveIncident { what, .. } => vec![("what", what)],
            Self::OpenFollowUp(draft) => {
                let mut texts = vec![("what", draft.what.as_str())];
                texts.extend(draft.part.iter().map(|part| ("part", part.name.as_str())));
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

fn texts_of_team(team: &Team) -> [(&'static str, &str); 2] {
    [("team", &team.name), ("vehicle", &team.vehicle)]
}

fn texts_of_finding<'a>(finding: &'a FindingDraft, new: Option<&'a Device>) -> Vec<(&'static str, &'a str)> {
    fn known(identity: &Identity) -> Option<&str> {
        match identity {
            Identity::Known(text) => Some(text),
            Identity::None | Identity::Unreadable | Identity::Unknown => None,
        }
    }
    let mut texts = vec![("note", finding.note.as_str()), ("item", finding.item.as_str())];
    texts.extend(finding.awaits.iter().map(|it| ("part", it.part.name.as_str())));
    if let Some(put_in) = &finding.replacement {
        texts.extend([("brand", put_in.brand.as_str()), ("model", put_in.model.as_str())]);
        let identities = [
            &put_in.old_serial,
            &put_in.new_serial,
            &put_in.new_inventory_number,
        ];
        texts.extend(
            identities
                .into_iter()
                .filter_map(known)
                .map(|text| ("serial", text)),
        );
    }
    if let Some(new) = new {
        texts.extend([("brand", new.brand.as_str()), ("model", new.model.as_str())]);
        texts.extend(
            [&new.serial, &new.inventory_number]
                .into_iter()
                .filter_map(known)
                .map(|it| ("serial", it)),
        );
    }
    texts
}
