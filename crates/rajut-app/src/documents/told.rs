//! What the papers of a run are told from: the run with everything that belongs to it, as seen on one day.
//!
//! Hides how lines of people, complaints and visits are put together. It must not know which paper they stand in.

use rajut_core::act::UnfitCode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rajut_core::complaint::Complaint;
use rajut_core::id::{ComplaintId, PersonId, RunId, SiteId, TeamId};
use rajut_core::people::{Capacity, Person, Post, Roster};
use rajut_core::procedure::{Procedure, StepKind};
use rajut_core::run::{Target, Team};
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::{Finding, Verdict, Visit};
use rajut_pdf::paper;

use super::parts::{Gazetteer, capacity, person_line, post_of_step, receiver_of_step, sheet, signature};
use super::{codes, sealed};
use crate::{App, AppError, Context, RunBundle};

/// When a paper is written and who signs it; what is left out is now, and whose work it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signing {
    /// The signer.
    pub by: Option<PersonId>,
    /// As of when.
    pub at: Option<Timestamp>,
}

impl Signing {
    /// Signed by a person at a moment.
    pub fn by(person: PersonId, at: Timestamp) -> Self {
        Self {
            by: Some(person),
            at: Some(at),
        }
    }

    /// As of a moment, signed by whose work it is.
    pub fn at(at: Timestamp) -> Self {
        Self {
            by: None,
            at: Some(at),
        }
    }
}

/// A run as its papers tell it.
pub(super) struct Told {
    pub context: Arc<Context>,
    pub bundle: RunBundle,
    pub places: Gazetteer,
    pub complaints: BTreeMap<ComplaintId, Complaint>,
    pub at: Timestamp,
    pub day: Date,
}

impl App {
    /// Everything that the papers of a run are told from, as of `at`.
    pub(super) async fn told(&self, run: RunId, at: Option<Timestamp>) -> Result<Told, AppError> {
        let context = self.context().await?;
        let bundle = self.bundle(run).await?;
        let wanted: BTreeSet<ComplaintId> = bundle
            .targets
            .iter()
            .flat_map(|target| target.complaints.iter().copied())
            .chain(
                bundle
                    .visits
                    .iter()
                    .flat_map(|visit| visit.verdicts.iter().map(|given| given.complaint)),
            )
            .collect();
        let streams: Vec<StreamRef> = wanted
            .iter()
            .map(|id| StreamRef {
                kind: StreamKind::Complaint,
                id: id.0,
            })
            .collect();
        let complaints = self
            .store()
            .load_many(&streams)
            .await?
            .into_values()
            .filter_map(|versioned| match versioned.state {
                State::Complaint(complaint) => Some((complaint.id, *complaint)),
                _ => None,
            })
            .collect();
        let at = at.unwrap_or_else(|| self.now());
        let day = context.agency.zone.date(at);
        Ok(Told {
            places: self.gazetteer().await?,
            context,
            bundle,
            complaints,
            at,
            day,
        })
    }
}

impl Told {
    pub fn procedure(&self) -> Result<&Procedure, AppError> {
        let wanted = &self.bundle.run.procedure;
        self.context
            .procedures
            .get(wanted)
            .ok_or_else(|| AppError::not_found("procedure", &wanted.code))
    }

    /// What the run is about, as its procedure calls it.
    pub fn subject(&self) -> String {
        self.procedure()
            .map(|procedure| procedure.identity.title.clone())
            .unwrap_or_default()
    }

    pub fn team(&self, id: TeamId) -> Result<&Team, AppError> {
        self.bundle
            .run
            .teams
            .get(&id)
            .ok_or_else(|| AppError::not_found("team", id))
    }

    pub fn team_name(&self, id: Option<TeamId>) -> String {
        id.and_then(|id| self.bundle.run.teams.get(&id))
            .map(|team| team.name.clone())
            .unwrap_or_default()
    }

    /// The order as other papers cite it; none while it is only spoken.
    pub fn order(&self) -> Option<paper::Reference> {
        let issued = self.bundle.run.order.as_ref()?.issued.as_ref()?;
        Some(paper::Reference {
            number: issued.number.clone(),
            date: issued.date,
            subject: self.subject(),
        })
    }

    /// A sheet without a number.
    pub fn plain_sheet(&self) -> paper::Sheet {
        sheet(&self.context, None, self.day)
    }

    /// The sheet of a paper that is numbered when it is issued.
    pub fn draft_sheet(&self) -> paper::Sheet {
        let mut sheet = self.plain_sheet();
        sheet.standing = paper::Standing::Draft {
            number: None,
            date: None,
            written: self.day,
        };
        sheet
    }

    /// The post that performs a step.
    pub fn post_of(&self, kind: StepKind) -> Option<&Post> {
        post_of_step(&self.context, self.procedure().ok()?, kind)
    }

    /// The post to which a step is addressed.
    pub fn receiver_of(&self, kind: StepKind) -> Option<&Post> {
        receiver_of_step(&self.context, self.procedure().ok()?, kind)
    }

    pub fn label(&self, post: Option<&Post>) -> String {
        post.map(|post| post.label_on(self.day).0.to_owned())
            .unwrap_or_default()
    }

    /// The foot for a post: signed by `by` if given, else by whoever acts for the post on that day.
    pub fn signature(&self, by: Option<PersonId>, post: Option<&Post>) -> Result<paper::Signature, AppError> {
        let signer = match (by, post) {
            (Some(person), _) => person,
            (None, Some(post)) => self.context.holder(&post.code, self.day)?.id,
            (None, None) => return Err(AppError::invalid("signer", UnfitCode::NobodySigns)),
        };
        // Whoever may not act for the post signs under a title of their own.
        let acts = post.and_then(|post| Some((post, capacity(&self.context, signer, post, self.day)?)));
        match acts {
            Some((post, capacity)) => signature(&self.context, signer, Some(post), &capacity, self.day),
            None => signature(&self.context, signer, None, &Capacity::Own, self.day),
        }
    }

    /// Members of a team on the day, the leader first.
    pub fn members(&self, team: &Team) -> Result<Vec<paper::PersonLine>, AppError> {
        let mut present: Vec<PersonId> = team.members_on(self.day).collect();
        present.sort_by_key(|person| *person != team.leader);
        self.lines(&present, Some(team.leader))
    }

    pub fn lines(
        &self,
        people: &[PersonId],
        leader: Option<PersonId>,
    ) -> Result<Vec<paper::PersonLine>, AppError> {
        people
            .iter()
            .map(|person| {
                let role = leader.map(|leader| {
                    if leader == *person {
                        paper::Role::Leader
                    } else {
                        paper::Role::Member
                    }
                });
                Ok(paper::PersonLine {
                    role,
                    ..person_line(&self.context, *person, self.day)?
                })
            })
            .collect()
    }

    pub fn name(&self, person: Option<PersonId>) -> String {
        person
            .and_then(|id| self.context.person(id).ok())
            .map(Person::full_name)
            .unwrap_or_default()
    }

    /// Title and unit of the first post that a person holds on the day.
    pub fn post_held(&self, person: PersonId) -> (String, String) {
        let (posts, assignments, leaves) = self.context.roster();
        let roster = Roster {
            persons: &[],
            posts: &posts,
            assignments: &assignments,
            leaves: &leaves,
        };
        roster
            .posts_of(person, self.day)
            .first()
            .map(|(post, _)| post.label_on(self.day))
            .map(|(title, unit)| (title.to_owned(), unit.to_owned()))
            .unwrap_or_default()
    }

    pub fn site(&self, id: SiteId) -> paper::SiteLine {
        self.places.line(id)
    }

    /// The place of a visit, with the office that was housed there then.
    pub fn visited(&self, visit: &Visit) -> paper::SiteLine {
        let then = visit
            .offices
            .first()
            .and_then(|office| self.places.offices.get(office));
        let line = self.site(visit.site);
        paper::SiteLine {
            office: then.map_or(line.office, |office| office.name.clone()),
            ..line
        }
    }

    /// The code of a site, to put lines in an order that people know.
    pub fn site_code(&self, id: SiteId) -> &str {
        self.places
            .sites
            .get(&id)
            .map(|site| site.code.as_str())
            .unwrap_or_default()
    }

    /// Targets of a team, or of all, as they are visited: by day, then by site.
    pub fn targets(&self, team: Option<TeamId>) -> Vec<&Target> {
        let mut targets: Vec<&Target> = self
            .bundle
            .targets
            .iter()
            .filter(|target| team.is_none() || target.team == team)
            .collect();
        targets.sort_by_key(|target| (target.planned_on, self.site_code(target.site)));
        targets
    }

    /// Complaints of the targets that had come and had no verdict as of the day of the paper.
    pub fn open_complaints(&self, team: Option<TeamId>) -> Vec<&Complaint> {
        let mut open: Vec<&Complaint> = self
            .targets(team)
            .into_iter()
            .flat_map(|target| target.complaints.iter())
            .filter_map(|id| self.complaints.get(id))
            .filter(|complaint| {
                let judged = complaint.verdicts.iter().any(|(_, given)| given.at <= self.at);
                complaint.received_at <= self.at && !judged
            })
            .collect();
        open.sort_by(|a, b| a.number.cmp(&b.number));
        open
    }

    pub fn complaint_line(&self, complaint: &Complaint) -> paper::ComplaintLine {
        let place = self.site(complaint.site);
        let office = complaint
            .office
            .and_then(|office| self.places.offices.get(&office));
        paper::ComplaintLine {
            number: complaint.number.clone(),
            received_at: self.context.agency.zone.civil(complaint.received_at),
            office: office.map_or(place.office, |office| office.name.clone()),
            site: place.site,
            reporter: sealed(Some(&complaint.reporter.name)).unwrap_or_default(),
            symptom: complaint.text.clone(),
            priority: complaint.priority.map(codes::priority),
        }
    }

    /// The last verdict on each complaint among some visits.
    pub fn verified<'v>(&self, visits: impl Iterator<Item = &'v Visit>) -> Vec<paper::VerifiedLine> {
        let mut last: BTreeMap<ComplaintId, (&Visit, &rajut_core::visit::GivenVerdict)> = BTreeMap::new();
        for visit in visits {
            for given in &visit.verdicts {
                let known = last.entry(given.complaint).or_insert((visit, given));
                if known.1.at <= given.at {
                    *known = (visit, given);
                }
            }
        }
        let mut lines: Vec<paper::VerifiedLine> = last
            .into_iter()
            .filter_map(|(id, (visit, given))| {
                // What was found at the site speaks of a complaint that turned out to be true.
                let of_it = matches!(
                    given.verdict,
                    Verdict::ProvenRepaired | Verdict::ProvenNotRepaired | Verdict::Escalate
                );
                let faults: Vec<&Finding> = holding(visit)
                    .filter(|finding| of_it && finding.is_fault())
                    .collect();
                Some(paper::VerifiedLine {
                    complaint: self.complaint_line(self.complaints.get(&id)?),
                    verdict: codes::verdict(given.verdict),
                    cause: given.note.clone(),
                    done: done(given.verdict, &faults),
                    action: joined(faults.iter().map(|finding| finding.note.as_str())),
                    checked_on: self.context.agency.zone.date(given.at),
                    checked_by: self.name(given.by.person()),
                })
            })
            .collect();
        lines.sort_by(|a, b| a.complaint.number.cmp(&b.complaint.number));
        lines
    }
}

/// The findings of a visit that hold; where people disagree, each.
pub(super) fn holding(visit: &Visit) -> impl Iterator<Item = &Finding> {
    visit.holding().into_values().flatten()
}

/// How many things were found wrong.
pub(super) fn faults<'v>(visits: impl Iterator<Item = &'v Visit>) -> u32 {
    let count: usize = visits
        .map(|visit| {
            visit
                .holding()
                .into_values()
                .filter(|same| same.iter().any(|it| it.is_fault()))
                .count()
        })
        .sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What was done about a complaint, by what the visit found; a verdict without a finding speaks for itself.
fn done(verdict: Verdict, faults: &[&Finding]) -> Vec<paper::Action> {
    let mut done: Vec<paper::Action> = Vec::new();
    for finding in faults {
        let action = codes::action(finding.action);
        if !done.contains(&action) {
            done.push(action);
        }
    }
    match verdict {
        Verdict::ProvenRepaired if done.is_empty() => vec![paper::Action::Repair],
        Verdict::ProvenNotRepaired if done.is_empty() => vec![paper::Action::None],
        Verdict::Escalate if done.is_empty() => vec![paper::Action::Escalate],
        Verdict::ProvenRepaired | Verdict::ProvenNotRepaired | Verdict::Escalate => done,
        Verdict::NotFound | Verdict::Recovered | Verdict::Duplicate | Verdict::NotOurs => Vec::new(),
    }
}

/// Texts that say something, each once, in one line.
pub(super) fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut said: Vec<&str> = Vec::new();
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.join("; ")
}
