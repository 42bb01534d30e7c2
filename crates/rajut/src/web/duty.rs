//! Whose turn it is: the posts behind the lanes of a step, who stands in them today, and what waits for whom.
//!
//! This offers; it does not allow. Whether somebody may act is decided by the rules when they do.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rajut_app::{Context, RunBundle};
use rajut_core::act::{Act, Right};
use rajut_core::id::{OfficeId, PersonId, PostId};
use rajut_core::people::{Assignment, Leave, Post, Role, Roster};
use rajut_core::procedure::{Binding, LaneId, Procedure, Step, StepKind};
use rajut_core::run::{ReportStanding, Run};
use rajut_core::visit::Visit;

/// What somebody can do next in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Lay the draft before the head.
    Submit,
    /// Issue the order or send it back.
    Issue,
    /// Pass the order down.
    Dispose,
    /// Form the teams.
    FormTeams,
    /// Report so many visits.
    Report(usize),
    /// Rule on so many reports.
    RuleOnReports(usize),
    /// Do the open step of another kind.
    Other,
}

/// Posts and people on one day.
pub struct Duty<'c> {
    context: &'c Context,
    posts: Vec<Post>,
    assignments: Vec<Assignment>,
    leaves: Vec<Leave>,
    today: Date,
}

impl<'c> Duty<'c> {
    /// As things stand on a day.
    pub fn on(context: &'c Context, today: Date) -> Self {
        let (posts, assignments, leaves) = context.roster();
        Self {
            context,
            posts,
            assignments,
            leaves,
            today,
        }
    }

    /// Who holds what.
    pub fn roster(&self) -> Roster<'_> {
        Roster {
            persons: &[],
            posts: &self.posts,
            assignments: &self.assignments,
            leaves: &self.leaves,
        }
    }

    /// The procedure of a run.
    pub fn procedure(&self, run: &Run) -> Option<&'c Procedure> {
        self.context.procedures.get(&run.procedure)
    }

    /// The posts behind lanes; teams and offices have none.
    pub fn posts_of(&self, procedure: &Procedure, lanes: &[LaneId]) -> Vec<&Post> {
        lanes
            .iter()
            .filter_map(|lane| {
                let bound = self
                    .context
                    .agency
                    .lanes
                    .get(&(procedure.code.clone(), lane.clone()));
                match (bound, &procedure.lane(lane)?.binding) {
                    (Some(id), _) => self.posts.iter().find(|post| post.id == *id),
                    (None, Binding::Post(code)) => self.posts.iter().find(|post| post.code == *code),
                    (None, _) => None,
                }
            })
            .collect()
    }

    /// The lanes for which a step waits: those that have yet to act, where each must.
    pub fn lanes(procedure: &Procedure, run: &Run, step: &Step) -> Vec<LaneId> {
        let missing = run.progress.missing(procedure, &step.id);
        if missing.is_empty() {
            step.from.clone()
        } else {
            missing
        }
    }

    /// Whether somebody may act for one of the posts.
    pub fn stands_in(&self, person: PersonId, posts: &[&Post]) -> bool {
        posts
            .iter()
            .any(|post| self.roster().may_act(person, post.id, self.today).is_some())
    }

    /// Whether somebody may do an act that goes by roles alone.
    pub fn may(&self, person: PersonId, act: Act) -> bool {
        match act.authority().right {
            Right::Roles(roles) => {
                let posts: Vec<&Post> = self
                    .posts
                    .iter()
                    .filter(|post| roles.contains(&post.role))
                    .collect();
                self.stands_in(person, &posts)
            }
            Right::Anyone => true,
            _ => false,
        }
    }

    /// The served offices for which somebody speaks today.
    pub fn offices_of(&self, person: PersonId) -> BTreeSet<OfficeId> {
        self.roster()
            .posts_of(person, self.today)
            .into_iter()
            .filter(|(post, _)| post.role == Role::OfficeUser)
            .filter_map(|(post, _)| post.office)
            .collect()
    }

    /// Whether somebody holds a post in the agency today.
    pub fn is_staff(&self, person: PersonId) -> bool {
        let posts = self.roster().posts_of(person, self.today);
        posts.iter().any(|(post, _)| post.role != Role::OfficeUser)
    }

    /// Whether somebody holds a post of one of these roles today.
    pub fn has_role(&self, person: PersonId, roles: &[Role]) -> bool {
        let posts = self.roster().posts_of(person, self.today);
        posts.iter().any(|(post, _)| roles.contains(&post.role))
    }

    /// Whether somebody holds a role that an act asks for; false for acts whose right follows from a step.
    pub fn has_role_for(&self, person: PersonId, act: Act) -> bool {
        let Right::Roles(roles) = act.authority().right else {
            return false;
        };
        self.has_role(person, roles)
    }

    /// Whether the reports of a run are somebody's to receive.
    pub fn receives_reports(&self, person: PersonId, run: &Run) -> bool {
        self.procedure(run)
            .zip(self.step(run, StepKind::Report))
            .is_some_and(|(procedure, step)| self.stands_in(person, &self.posts_of(procedure, &step.to)))
    }

    /// Whether somebody writes orders: the head, who may, signs them.
    pub fn drafts(&self, person: PersonId) -> bool {
        let signs = |post: &Post| post.role == Role::AgencyHead;
        let posts = self.roster().posts_of(person, self.today);
        self.has_role_for(person, Act::DraftOrder) && !posts.iter().any(|(post, _)| signs(post))
    }

    /// "Kepala Bidang (Contoh Kabid)", or the title alone while nobody can act.
    pub fn post_with_holder(&self, post: &Post) -> String {
        let title = post.label_on(self.today).0;
        match self.holder(post.id) {
            Some((_, name)) => format!("{title} ({name})"),
            None => title.to_owned(),
        }
    }

    /// Who acts for a post, with the full name.
    pub fn holder(&self, post: PostId) -> Option<(PersonId, String)> {
        let person = self.roster().actor(post, self.today)?.person;
        Some((person, self.context.person(person).ok()?.full_name()))
    }

    /// The step of a kind.
    pub fn step(&self, run: &Run, kind: StepKind) -> Option<&'c Step> {
        self.procedure(run)?.steps.iter().find(|step| step.kind == kind)
    }

    /// What a person can do next in a run.
    pub fn tasks(&self, person: PersonId, bundle: &RunBundle) -> Vec<Task> {
        let run = &bundle.run;
        let Some(procedure) = self.procedure(run) else {
            return Vec::new();
        };
        if run.end.is_some() {
            return Vec::new();
        }
        let mut tasks = Vec::new();
        if let Some(order) = run.order.as_ref().filter(|order| order.issued.is_none())
            && (order.submitted_at.is_some() || order.verbal.is_some())
            && let Some(step) = procedure.steps.iter().find(|step| step.kind == StepKind::Order)
            && self.stands_in(person, &self.posts_of(procedure, &step.from))
        {
            tasks.push(Task::Issue);
        }
        let unfinished = run.order.as_ref().is_some_and(|order| {
            order.issued.is_none() && order.submitted_at.is_none() && order.verbal.is_none()
        });
        let writes = |role| matches!(role, Role::Clerk | Role::SectionHead);
        let posts = self.roster().posts_of(person, self.today);
        if unfinished && posts.iter().any(|(post, _)| writes(post.role)) {
            tasks.push(Task::Submit);
        }
        for step in run
            .progress
            .open
            .iter()
            .filter_map(|open| procedure.step(&open.step))
        {
            if !self.stands_in(
                person,
                &self.posts_of(procedure, &Self::lanes(procedure, run, step)),
            ) {
                continue;
            }
            match step.kind {
                StepKind::Order => {}
                StepKind::Disposition => tasks.push(Task::Dispose),
                StepKind::Team => tasks.push(Task::FormTeams),
                _ => tasks.push(Task::Other),
            }
        }
        let reported: BTreeSet<_> = bundle
            .reports
            .iter()
            .filter(|report| !matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned))
            .filter_map(|report| report.submissions.last())
            .flat_map(|submission| &submission.visits)
            .collect();
        let leads = |visit: &Visit| {
            let team = visit.team.and_then(|team| run.teams.get(&team));
            team.is_some_and(|team| team.leader == person)
        };
        let unreported = bundle
            .visits
            .iter()
            .filter(|visit| visit.check_out.is_some() && leads(visit) && !reported.contains(&visit.id))
            .count();
        if unreported > 0 && procedure.steps.iter().any(|step| step.kind == StepKind::Report) {
            tasks.push(Task::Report(unreported));
        }
        let waiting = bundle
            .reports
            .iter()
            .filter(|report| report.standing() == ReportStanding::Submitted)
            .count();
        if waiting > 0
            && let Some(step) = procedure.steps.iter().find(|step| step.kind == StepKind::Report)
            && self.stands_in(person, &self.posts_of(procedure, &step.to))
        {
            tasks.push(Task::RuleOnReports(waiting));
        }
        tasks
    }
}
