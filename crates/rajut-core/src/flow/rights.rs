//! Who may act: the table of rights held against the dated assignments in force.

use jiff::civil::Date;

use super::Deciding;
use crate::act::{Actor, Nature, Refusal, Right, Rule};
use crate::id::{PersonId, PostId, SiteId, TeamId};
use crate::people::{Assignment, Capacity, Leave, Post, Role, Roster};
use crate::procedure::{Binding, LaneId, Procedure, Step};
use crate::register::Site;
use crate::run::Run;

/// The right found: the post by which it is held, and in what capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The post; `None` for members of a team, reporters and the program.
    pub post: Option<PostId>,
    /// In what capacity.
    pub capacity: Capacity,
}

impl Granted {
    fn plain() -> Self {
        Self {
            post: None,
            capacity: Capacity::Own,
        }
    }
}

/// Where an act takes place, as far as rights depend on it.
#[derive(Clone, Copy, Default)]
pub(super) struct Scene<'a> {
    pub run: Option<&'a Run>,
    pub procedure: Option<&'a Procedure>,
    pub step: Option<&'a Step>,
    pub team: Option<TeamId>,
    pub site: Option<SiteId>,
    /// Whose account it is about.
    pub whose: Option<PersonId>,
}

/// The register of people as the records give it.
pub(super) struct People {
    posts: Vec<Post>,
    assignments: Vec<Assignment>,
    leave: Vec<Leave>,
}

impl People {
    pub fn of(records: &super::Records) -> Self {
        Self {
            posts: records.all::<Post>().cloned().collect(),
            assignments: records.all::<Assignment>().cloned().collect(),
            leave: records.all::<Leave>().cloned().collect(),
        }
    }

    pub fn roster(&self) -> Roster<'_> {
        Roster {
            persons: &[],
            posts: &self.posts,
            assignments: &self.assignments,
            leaves: &self.leave,
        }
    }
}

impl Deciding<'_> {
    /// The right of the acting person to do this act in this scene, on the day it happened.
    pub(super) fn grant(&self, scene: Scene<'_>) -> Result<Granted, Refusal> {
        self.grant_by(self.changes.envelope.act.authority().right, scene)
    }

    /// The same by another right than the table's, where the procedure itself says who does it.
    pub(super) fn grant_by(&self, right: Right, scene: Scene<'_>) -> Result<Granted, Refusal> {
        let act = self.changes.envelope.act;
        let people = People::of(self.facts.records);
        let roster = people.roster();
        let day = self.day();
        let refuse = |posts: Vec<PostId>| {
            Refusal::new(Rule::NoRight)
                .with("act", act.code())
                .with("date", day)
                .who_could(posts)
        };
        let person = match (self.changes.envelope.done_by, right) {
            (_, Right::Anyone) | (Actor::System, Right::System) => return Ok(Granted::plain()),
            (Actor::System, _) if system_may(act) => return Ok(Granted::plain()),
            // Whoever is hit may complain, with or without an account.
            (Actor::Outsider, _) if act == crate::act::Act::RegisterComplaint => return Ok(Granted::plain()),
            (Actor::Outsider, Right::NamedStep) => {
                return match scene.step {
                    Some(step) if outsider_lane(step, scene) => Ok(Granted::plain()),
                    _ => Err(refuse(Vec::new())),
                };
            }
            (Actor::System | Actor::Outsider, _) => return Err(refuse(Vec::new())),
            (Actor::Person(person), _) => person,
        };
        match right {
            Right::Own if scene.whose == Some(person) => Ok(Granted::plain()),
            Right::Anyone | Right::System | Right::Own => Err(refuse(Vec::new())),
            Right::Roles(roles) => self
                .by_role(&roster, person, roles, day)
                .ok_or_else(|| refuse(self.posts_of_roles(roles))),
            Right::TeamMember => match scene.run.zip(scene.team) {
                Some((run, team)) if run.teams.get(&team).is_some_and(|t| t.has_member(person, day)) => {
                    Ok(Granted::plain())
                }
                _ => Err(refuse(Vec::new())),
            },
            Right::StepActor(kind) => {
                let step = step_of_kind(scene, kind)?;
                self.by_lanes(&roster, scene, &step.from, person, day)
                    .map_err(refuse)
            }
            Right::StepReceiver(kind) => {
                let step = step_of_kind(scene, kind)?;
                self.by_lanes(&roster, scene, &step.to, person, day)
                    .map_err(refuse)
            }
            Right::NamedStep => match scene.step {
                Some(step) => self
                    .by_lanes(&roster, scene, &step.from, person, day)
                    .map_err(refuse),
                None => Err(refuse(Vec::new())),
            },
        }
    }

    /// The right to do one actor's part of the step in the scene: the first of these lanes that fits. Who has done
    /// their part already is told for whom the step waits.
    pub(super) fn grant_part(
        &self,
        scene: Scene<'_>,
        lanes: &[LaneId],
    ) -> Result<(LaneId, Granted), Refusal> {
        let (Some(step), Some(procedure)) = (scene.step, scene.procedure) else {
            return self.grant(scene).and_then(|_| Err(Refusal::new(Rule::NoRight)));
        };
        let mut could = Vec::new();
        for lane in lanes {
            let alone = Step {
                from: vec![lane.clone()],
                ..step.clone()
            };
            let of_lane = Scene {
                step: Some(&alone),
                ..scene
            };
            match self.grant(of_lane) {
                Ok(granted) => return Ok((lane.clone(), granted)),
                Err(refusal) => could.extend(refusal.who_could),
            }
        }
        could.sort();
        could.dedup();
        let refusal = match self.grant(scene) {
            Ok(_) => Refusal::new(Rule::PartDone)
                .with("step", &step.id)
                .with("waits_for", labels(procedure, lanes)),
            Err(refusal) => refusal,
        };
        Err(Refusal {
            who_could: could,
            ..refusal
        })
    }

    /// Whether a field fact comes from somebody with the right to it: it is stored either way.
    pub(super) fn has_right(&self, scene: Scene<'_>) -> bool {
        debug_assert_eq!(self.changes.envelope.act.authority().nature, Nature::FieldFact);
        self.grant(scene).is_ok()
    }

    pub(super) fn by_role(
        &self,
        roster: &Roster<'_>,
        person: PersonId,
        roles: &[Role],
        day: Date,
    ) -> Option<Granted> {
        self.facts
            .records
            .all::<Post>()
            .filter(|post| roles.contains(&post.role))
            .find_map(|post| {
                let capacity = roster.may_act(person, post.id, day)?;
                Some(Granted {
                    post: Some(post.id),
                    capacity,
                })
            })
    }

    pub(super) fn posts_of_roles(&self, roles: &[Role]) -> Vec<PostId> {
        self.facts
            .records
            .all::<Post>()
            .filter(|post| roles.contains(&post.role))
            .map(|post| post.id)
            .collect()
    }

    /// The post to which a lane is bound.
    pub(super) fn post_of_lane(&self, procedure: &Procedure, lane: &LaneId) -> Option<PostId> {
        if let Some(post) = self
            .facts
            .agency
            .lanes
            .get(&(procedure.code.clone(), lane.clone()))
        {
            return Some(*post);
        }
        match &procedure.lane(lane)?.binding {
            Binding::Post(code) => self
                .facts
                .records
                .all::<Post>()
                .find(|post| post.code == *code)
                .map(|post| post.id),
            Binding::Team | Binding::Office | Binding::Reporter => None,
        }
    }

    /// The post, and where several people do the same work (officers, technicians) the other posts of that role
    /// in its unit.
    fn posts_alike(&self, id: PostId) -> Vec<PostId> {
        let Some(post) = self.facts.records.find::<Post>(id.0) else {
            return vec![id];
        };
        match post.role {
            Role::ServiceOfficer | Role::Technician => self
                .facts
                .records
                .all::<Post>()
                .filter(|other| other.role == post.role && other.unit == post.unit)
                .map(|other| other.id)
                .collect(),
            _ => vec![id],
        }
    }

    /// The right by the first lane that fits; else the posts that could.
    fn by_lanes(
        &self,
        roster: &Roster<'_>,
        scene: Scene<'_>,
        lanes: &[LaneId],
        person: PersonId,
        day: Date,
    ) -> Result<Granted, Vec<PostId>> {
        let mut could = Vec::new();
        let Some(procedure) = scene.procedure else {
            return Err(could);
        };
        for lane in lanes {
            let Some(binding) = procedure.lane(lane).map(|lane| &lane.binding) else {
                continue;
            };
            let granted = match binding {
                Binding::Post(_) => self.post_of_lane(procedure, lane).and_then(|post| {
                    let alike = self.posts_alike(post);
                    could.extend(&alike);
                    alike.into_iter().find_map(|post| {
                        let capacity = roster.may_act(person, post, day)?;
                        Some(Granted {
                            post: Some(post),
                            capacity,
                        })
                    })
                }),
                Binding::Team => {
                    let teams = scene.run.map(|run| &run.teams).filter(|teams| !teams.is_empty());
                    match (teams, scene.team) {
                        (Some(teams), Some(team)) => teams
                            .get(&team)
                            .filter(|team| team.leader == person || team.has_member(person, day))
                            .map(|_| Granted::plain()),
                        (Some(teams), None) => teams
                            .values()
                            .find(|team| team.has_member(person, day))
                            .map(|_| Granted::plain()),
                        // Nobody was put in a team (a complaint on its own): any technician.
                        (None, _) => {
                            could.extend(self.posts_of_roles(&[Role::Technician]));
                            self.by_role(roster, person, &[Role::Technician], day)
                        }
                    }
                }
                Binding::Office => self.by_office(roster, scene.site, person, day),
                // What a reporter says is keyed in by an officer, or by the office itself.
                Binding::Reporter => {
                    could.extend(self.posts_of_roles(&[Role::ServiceOfficer]));
                    self.by_role(roster, person, &[Role::ServiceOfficer], day)
                        .or_else(|| self.by_office(roster, scene.site, person, day))
                }
            };
            if let Some(granted) = granted {
                return Ok(granted);
            }
        }
        Err(could)
    }

    /// Whether the person may speak for a site: anybody of the agency may, a served office for its own.
    pub(super) fn speaks_for(&self, site: SiteId, roles: &[Role]) -> Result<(), Refusal> {
        let Actor::Person(person) = self.changes.envelope.done_by else {
            return Ok(());
        };
        let people = People::of(self.facts.records);
        let (roster, day) = (people.roster(), self.day());
        let own: Vec<Role> = roles
            .iter()
            .copied()
            .filter(|role| *role != Role::OfficeUser)
            .collect();
        let granted = self
            .by_role(&roster, person, &own, day)
            .or_else(|| self.by_office(&roster, Some(site), person, day));
        match granted {
            Some(_) => Ok(()),
            None => Err(Refusal::new(Rule::NoRight)
                .with("act", self.changes.envelope.act.code())
                .with("date", day)
                .who_could(self.posts_of_roles(&own))),
        }
    }

    /// The post that a step is addressed to, where its lane is bound to one.
    pub(super) fn receivers(&self, procedure: &Procedure, step: &Step) -> Vec<PostId> {
        step.to
            .iter()
            .filter_map(|lane| self.post_of_lane(procedure, lane))
            .collect()
    }

    fn by_office(
        &self,
        roster: &Roster<'_>,
        site: Option<SiteId>,
        person: PersonId,
        day: Date,
    ) -> Option<Granted> {
        let site = self.facts.records.find::<Site>(site?.0)?;
        self.facts
            .records
            .all::<Post>()
            .filter(|post| post.office.is_some_and(|office| site.offices.contains(&office)))
            .find_map(|post| {
                let capacity = roster.may_act(person, post.id, day)?;
                Some(Granted {
                    post: Some(post.id),
                    capacity,
                })
            })
    }
}

/// Lanes as they are printed.
fn labels(procedure: &Procedure, lanes: &[LaneId]) -> String {
    lanes
        .iter()
        .map(|id| procedure.lane(id).map_or(id.as_str(), |lane| lane.label.as_str()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The step of a kind in the procedure of the scene.
fn step_of_kind(scene: Scene<'_>, kind: crate::procedure::StepKind) -> Result<&Step, Refusal> {
    scene
        .procedure
        .and_then(|procedure| procedure.steps.iter().find(|step| step.kind == kind))
        .ok_or_else(|| Refusal::new(Rule::StepMissing).with("kind", format!("{kind:?}").to_lowercase()))
}

/// Whether somebody outside the register may do the step: a reporter, or the person met at the office.
fn outsider_lane(step: &Step, scene: Scene<'_>) -> bool {
    step.from.iter().any(|lane| {
        scene
            .procedure
            .and_then(|procedure| procedure.lane(lane))
            .is_some_and(|lane| matches!(lane.binding, Binding::Reporter | Binding::Office))
    })
}

/// What the program does by itself: what follows from an act that a person did.
fn system_may(act: crate::act::Act) -> bool {
    use crate::act::Act;
    matches!(
        act,
        Act::Proceed
            | Act::RegisterComplaint
            | Act::OpenFollowUp
            | Act::ReserveNumber
            | Act::EstimateCheckOut
            // The first administrator has nobody who could open the account.
            | Act::OpenAccount
    )
}
