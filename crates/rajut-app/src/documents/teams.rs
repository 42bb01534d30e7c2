//! Surat Tugas of a team, and the list of complaints that it takes along and brings back.

use rajut_core::id::{RunId, TeamId};
use rajut_core::procedure::StepKind;
use rajut_pdf::{Paper, paper};

use super::parts::contact_line;
use super::told::{Signing, Told};
use crate::{App, AppError};

/// Which complaints a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintsOf {
    /// Those without a verdict: what a team takes along.
    Open,
    /// Those with one: what it brings back.
    Verified,
}

impl App {
    /// The Surat Tugas of a team, which rests on the issued order; signed by whoever forms the teams.
    pub async fn task_letter_paper(
        &self,
        run: RunId,
        team: TeamId,
        signing: Signing,
    ) -> Result<Paper, AppError> {
        let told = self.told(run, signing.at).await?;
        let team = told.team(team)?;
        let order = told
            .bundle
            .run
            .order
            .as_ref()
            .ok_or_else(|| AppError::not_found("order", ""))?;
        let targets = told.targets(Some(team.id));
        let members = told.members(team)?;
        let contacts = team
            .members_on(told.day)
            .map(|person| contact_line(&told.context, person))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Paper::TaskLetter(paper::TaskLetter {
            sheet: told.draft_sheet(),
            order: told
                .order()
                .ok_or_else(|| AppError::not_found("issued-order", ""))?,
            basis: Vec::new(),
            team: team.name.clone(),
            members,
            vehicle: (!team.vehicle.trim().is_empty()).then(|| team.vehicle.clone()),
            sites: targets
                .iter()
                .map(|target| paper::SiteLine {
                    planned: target.planned_on,
                    due: Some(target.due_on),
                    ..told.site(target.site)
                })
                .collect(),
            valid: paper::Validity {
                from: order.draft.valid_from.max(told.day),
                until: order.valid_until(),
            },
            open_complaints: u32::try_from(told.open_complaints(Some(team.id)).len()).unwrap_or(u32::MAX),
            further_tasks: Vec::new(),
            report_to: told.label(told.receiver_of(StepKind::Report)),
            report_due: Some(order.valid_until()),
            signature: told.signature(signing.by, told.post_of(StepKind::Team))?,
            copies: Vec::new(),
            internal_annex: (!contacts.is_empty()).then_some(contacts),
        }))
    }

    /// Daftar Pengaduan of a run or of one team, open or verified.
    pub async fn complaint_list_paper(
        &self,
        run: RunId,
        team: Option<TeamId>,
        which: ComplaintsOf,
        signing: Signing,
    ) -> Result<Paper, AppError> {
        let told = self.told(run, signing.at).await?;
        let named = team.map(|team| told.team(team)).transpose()?;
        let post = told.receiver_of(StepKind::Report);
        let (rows, by) = match which {
            ComplaintsOf::Open => {
                let lines = told
                    .open_complaints(team)
                    .into_iter()
                    .map(|it| told.complaint_line(it))
                    .collect();
                (paper::ComplaintRows::Open(lines), signing.by)
            }
            ComplaintsOf::Verified => (
                paper::ComplaintRows::Verified(verified(&told, team)),
                signing.by.or(named.map(|it| it.leader)),
            ),
        };
        Ok(Paper::ComplaintList(paper::ComplaintList {
            sheet: told.plain_sheet(),
            order: told.order(),
            team: named.map(|team| team.name.clone()),
            rows,
            signature: match (by, post) {
                (None, None) => None,
                (by, post) => Some(told.signature(by, post)?),
            },
        }))
    }
}

fn verified(told: &Told, team: Option<TeamId>) -> Vec<paper::VerifiedLine> {
    let mut lines = told.verified(
        told.bundle
            .visits
            .iter()
            .filter(|visit| team.is_none() || visit.team == team),
    );
    lines.retain(|line| line.checked_on <= told.day);
    lines
}
