//! Blank checklists: what a team takes along on paper.

use std::collections::BTreeMap;

use rajut_core::id::{RunId, SiteId, TeamId};
use rajut_core::register::{Device, Link};
use rajut_core::run::{Standing, Target};
use rajut_pdf::{Paper, paper};

use super::told::Told;
use super::visits::{subjects, unit};
use crate::{App, AppError};

/// What stands at a site.
#[derive(Default)]
struct Things {
    devices: Vec<Device>,
    links: Vec<Link>,
}

impl App {
    /// The blank checklists of a run: a form for each site that is still to be visited, of one team or of all, or of one
    /// site alone.
    pub async fn blank_checklists_paper(
        &self,
        run: RunId,
        team: Option<TeamId>,
        site: Option<SiteId>,
    ) -> Result<Paper, AppError> {
        let told = self.told(run, None).await?;
        if let Some(team) = team {
            told.team(team)?;
        }
        let wanted: Vec<&Target> = told
            .targets(team)
            .into_iter()
            .filter(|target| match site {
                Some(site) => target.site == site,
                None => !matches!(target.standing(), Standing::Met | Standing::Excused),
            })
            .collect();
        if let Some(site) = site.filter(|_| wanted.is_empty()) {
            return Err(AppError::not_found("target", site));
        }
        let mut things: BTreeMap<SiteId, Things> = BTreeMap::new();
        for target in &wanted {
            let devices = self.store().devices_of(target.site).await?;
            let links = self.store().links_of(target.site).await?;
            let here = Things {
                devices: devices.into_iter().map(|it| it.state).collect(),
                links: links.into_iter().map(|it| it.state).collect(),
            };
            things.insert(target.site, here);
        }
        let nothing = Things::default();
        Ok(Paper::BlankChecklists(paper::BlankChecklists {
            sheet: told.plain_sheet(),
            order: told.order(),
            forms: wanted
                .into_iter()
                .map(|target| form(&told, target, things.get(&target.site).unwrap_or(&nothing)))
                .collect(),
        }))
    }
}

fn form(told: &Told, target: &Target, things: &Things) -> paper::BlankForm {
    let place = told.site(target.site);
    let team = target.team.and_then(|team| told.bundle.run.teams.get(&team));
    paper::BlankForm {
        number: number(told, target),
        office: place.office,
        site: place.site,
        district: place.district,
        team: told.team_name(target.team),
        members: team
            .into_iter()
            .flat_map(|team| team.members_on(target.planned_on.unwrap_or(told.day)))
            .map(|person| told.name(Some(person)))
            .collect(),
        planned: target.planned_on,
        due: Some(target.due_on),
        groups: groups(told, things),
        readings: readings(told),
        complaints: complaints(told, target),
    }
}

/// The code of the site, and the end of the target's id: enough to find both again when the form is keyed in.
fn number(told: &Told, target: &Target) -> String {
    let id = target.id.0.simple().to_string().to_uppercase();
    format!("{}/{}", told.site_code(target.site), &id[id.len() - 6..])
}

/// The checklist in force for what stands at the site.
fn groups(told: &Told, things: &Things) -> Vec<paper::ChecklistGroup> {
    let groups = told.context.checklist.groups().iter().map(|group| {
        let items = group.items.iter().flat_map(|item| {
            let devices = things.devices.iter().filter(|device| device.in_use());
            subjects(item, devices, &things.links)
                .into_iter()
                .map(|(_, subject)| paper::ChecklistItem {
                    item: item.label.id.clone(),
                    subject,
                    values: Vec::new(),
                    photos: 0,
                })
        });
        paper::ChecklistGroup {
            name: group.label.id.clone(),
            items: items.collect(),
        }
    });
    groups.filter(|group| !group.items.is_empty()).collect()
}

/// Each measure that has a threshold, once.
fn readings(told: &Told) -> Vec<paper::BlankReading> {
    let mut measures: Vec<&str> = Vec::new();
    for threshold in told.context.thresholds.iter() {
        if !measures.contains(&threshold.measure()) {
            measures.push(threshold.measure());
        }
    }
    measures
        .into_iter()
        .map(|measure| paper::BlankReading {
            measure: measure.to_owned(),
            unit: unit(&told.context, measure),
        })
        .collect()
}

/// The complaints of the target that have no verdict yet.
fn complaints(told: &Told, target: &Target) -> Vec<paper::BlankComplaint> {
    let mut lines: Vec<paper::BlankComplaint> = told
        .open_complaints(target.team)
        .into_iter()
        .filter(|complaint| target.complaints.contains(&complaint.id))
        .map(|complaint| told.complaint_line(complaint))
        .map(|line| paper::BlankComplaint {
            number: line.number,
            symptom: line.symptom,
        })
        .collect();
    lines.sort_by(|a, b| a.number.cmp(&b.number));
    lines
}
