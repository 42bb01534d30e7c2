//! What a member of a team takes along on a device: the targets of the team with everything that the visit needs where
//! there is no network.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rajut_core::check::Threshold;
use rajut_core::check::checklist::Group;
use rajut_core::complaint::{Complaint, Priority, Symptom};
use rajut_core::id::{ComplaintId, PersonId, RunId, TargetId, TeamId, VisitId};
use rajut_core::register::{Device, Link, Site};
use rajut_core::run::{Standing, Target, Team};
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::{Finding, Visit};
use rajut_store::{Page, RunFilter};
use serde::Serialize;

use crate::{App, AppError, Context, RunBundle};

/// So many runs are looked through at once.
const RUNS: u32 = 100;

/// A person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Named {
    /// Who.
    pub id: PersonId,
    /// Full name.
    pub name: String,
}

/// A team that somebody belongs to today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldTeam {
    /// The team.
    pub id: TeamId,
    /// Its run.
    pub run: RunId,
    /// The number of the run's order, or its title.
    pub label: String,
    /// What people call the team.
    pub name: String,
    /// Its members today, the leader first.
    pub members: Vec<Named>,
}

/// A complaint as the team needs it; who complained stays at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldComplaint {
    /// Its id.
    pub id: ComplaintId,
    /// Its number.
    pub number: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What is wrong.
    pub symptom: Symptom,
    /// In the reporter's words.
    pub text: String,
    /// Priority, once classified.
    pub priority: Option<Priority>,
}

/// A visit that another device has begun.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct UnderWay {
    /// The visit.
    pub visit: VisitId,
    /// When it began.
    pub began_at: Timestamp,
    /// Who is there.
    pub present: BTreeSet<PersonId>,
    /// What has been found so far.
    pub findings: Vec<Finding>,
}

/// A target with everything that its visit needs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FieldTarget {
    /// The target.
    pub id: TargetId,
    /// Its run.
    pub run: RunId,
    /// The team.
    pub team: TeamId,
    /// The day planned.
    pub planned_on: Option<Date>,
    /// The last day.
    pub due_on: Date,
    /// Where it stands.
    pub standing: Standing,
    /// Attempts so far.
    pub visits: usize,
    /// The visit that is under way, if one is.
    pub under_way: Option<UnderWay>,
    /// Where.
    pub site: Site,
    /// The devices in use there.
    pub devices: Vec<Device>,
    /// The links in use there.
    pub links: Vec<Link>,
    /// Complaints without a verdict.
    pub complaints: Vec<FieldComplaint>,
}

/// Everything that a device takes along.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FieldData {
    /// When it was so.
    pub as_of: Timestamp,
    /// The day on the agency's wall.
    pub today: Date,
    /// For whom.
    pub person: Named,
    /// How far the agency's time is from UTC, in minutes.
    pub zone_minutes: i32,
    /// How the agency's time is called.
    pub zone: &'static str,
    /// How far a clock may be off without being marked.
    pub clock_skew_ms: i64,
    /// The largest file that is taken in, in bytes.
    pub attachment_bytes: u64,
    /// The teams.
    pub teams: Vec<FieldTeam>,
    /// Their targets that are not settled: by the day planned.
    pub targets: Vec<FieldTarget>,
    /// The version of the checklist.
    pub checklist_version: String,
    /// The checklist.
    pub checklist: Vec<Group>,
    /// The thresholds in force.
    pub thresholds: Vec<Threshold>,
}

impl App {
    /// What somebody takes along today.
    pub async fn field_data(&self, person: PersonId) -> Result<FieldData, AppError> {
        let context = self.context().await?;
        let now = self.now();
        let today = context.agency.zone.date(now);
        let filter = RunFilter {
            open: Some(true),
            for_complaint: Some(false),
            procedure: None,
        };
        let (mut teams, mut targets) = (Vec::new(), Vec::new());
        let mut page = Page::first(RUNS);
        loop {
            let listed = self.store().runs(&filter, &page).await?;
            for run in listed.items {
                let mine = |team: &&Team| team.has_member(person, today);
                if !run.state.teams.values().any(|team| mine(&team)) {
                    continue;
                }
                let bundle = self.bundle(run.state.id).await?;
                let of_run: Vec<&Team> = bundle.run.teams.values().filter(mine).collect();
                for team in of_run {
                    teams.push(field_team(&context, &bundle, team, today)?);
                    targets.extend(self.targets_of(&bundle, team.id).await?);
                }
            }
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        targets.sort_by(|a, b| {
            let key = |it: &FieldTarget| (it.planned_on.unwrap_or(it.due_on), it.site.code.clone());
            key(a).cmp(&key(b))
        });
        Ok(FieldData {
            as_of: now,
            today,
            person: Named {
                id: person,
                name: context.person(person)?.full_name(),
            },
            zone_minutes: context.agency.zone.offset().seconds() / 60,
            zone: context.agency.zone.abbreviation(),
            clock_skew_ms: context.agency.clock_skew_ms,
            attachment_bytes: context.agency_file.limits.attachment,
            teams,
            targets,
            checklist_version: context.checklist.version().to_owned(),
            checklist: context.checklist.groups().to_vec(),
            thresholds: context.thresholds.iter().cloned().collect(),
        })
    }

    async fn targets_of(&self, bundle: &RunBundle, team: TeamId) -> Result<Vec<FieldTarget>, AppError> {
        let wanted: Vec<&Target> = bundle
            .targets
            .iter()
            .filter(|target| target.team == Some(team) && !target.settled())
            .collect();
        let streams: Vec<StreamRef> = wanted
            .iter()
            .flat_map(|target| {
                let site = StreamRef {
                    kind: StreamKind::Site,
                    id: target.site.0,
                };
                let complaints = target.unanswered().map(|id| StreamRef {
                    kind: StreamKind::Complaint,
                    id: id.0,
                });
                std::iter::once(site).chain(complaints).collect::<Vec<_>>()
            })
            .collect();
        let mut sites = BTreeMap::new();
        let mut complaints: BTreeMap<ComplaintId, FieldComplaint> = BTreeMap::new();
        for (_, known) in self.store().load_many(&streams).await? {
            match known.state {
                State::Site(site) => {
                    sites.insert(site.id, *site);
                }
                State::Complaint(complaint) => {
                    complaints.insert(complaint.id, told(&complaint));
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        for target in wanted {
            let site = sites
                .get(&target.site)
                .ok_or_else(|| AppError::not_found("site", target.site))?;
            let devices = self.store().devices_of(target.site).await?;
            let links = self.store().links_of(target.site).await?;
            found.push(FieldTarget {
                id: target.id,
                run: target.run,
                team,
                planned_on: target.planned_on,
                due_on: target.due_on,
                standing: target.standing(),
                visits: target.visits.len(),
                under_way: under_way(bundle, target, team),
                site: site.clone(),
                devices: devices
                    .into_iter()
                    .map(|it| it.state)
                    .filter(Device::in_use)
                    .collect(),
                links: links
                    .into_iter()
                    .map(|it| it.state)
                    .filter(|link| link.ended_on.is_none())
                    .collect(),
                complaints: target
                    .unanswered()
                    .filter_map(|id| complaints.get(&id).cloned())
                    .collect(),
            });
        }
        Ok(found)
    }
}

fn told(complaint: &Complaint) -> FieldComplaint {
    FieldComplaint {
        id: complaint.id,
        number: complaint.number.clone(),
        received_at: complaint.received_at,
        symptom: complaint.symptom,
        text: complaint.text.clone(),
        priority: complaint.priority,
    }
}

fn under_way(bundle: &RunBundle, target: &Target, team: TeamId) -> Option<UnderWay> {
    let visit: &Visit = bundle.visits.iter().find(|visit| {
        visit.targets.contains(&target.id) && visit.team == Some(team) && visit.check_out.is_none()
    })?;
    Some(UnderWay {
        visit: visit.id,
        began_at: visit.check_in.as_ref()?.at,
        present: visit.present.clone(),
        findings: visit.findings.clone(),
    })
}

fn field_team(
    context: &Context,
    bundle: &RunBundle,
    team: &Team,
    today: Date,
) -> Result<FieldTeam, AppError> {
    let mut members = Vec::new();
    for person in team.members_on(today) {
        let name = context.person(person)?.full_name();
        members.push(Named { id: person, name });
    }
    members.sort_by_key(|member| member.id != team.leader);
    Ok(FieldTeam {
        id: team.id,
        run: bundle.run.id,
        label: bundle.run.label().to_owned(),
        name: team.name.clone(),
        members,
    })
}
