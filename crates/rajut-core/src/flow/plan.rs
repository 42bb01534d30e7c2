//! Teams and targets: step 3, and what the Kasi decides on targets later.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::advance::order_of;
use super::refused::step_of_kind;
use super::rights::{People, Scene};
use super::{Command, Deciding, Facts, PlannedTarget, Records, invalid, reason};
use crate::act::{FieldName, Refusal, Rule, Wanted, Why};
use crate::complaint::{Complaint, ComplaintEvent, Origin};
use crate::id::{ComplaintId, PersonId, RunId, SiteId, TargetId, TeamId, VisitId};
use crate::procedure::StepKind;
use crate::run::{CarriedOver, Excuse, Run, RunEvent, Target, TargetEvent, Team, carried_over};
use crate::stream::{StreamKind, StreamRef};

/// Something about a plan that needs a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oddity {
    /// Whom it is about; nobody where it is the day itself.
    pub person: Option<PersonId>,
    /// What it is: a day off, on leave or in two places.
    pub why: Why,
    /// On which day.
    pub day: Date,
}

/// The stream of a target.
pub(super) fn target_stream(id: TargetId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Target,
        id: id.0,
    }
}

impl<'a> Deciding<'a> {
    /// An event of a target under the version that was seen.
    pub(super) fn on_target(&mut self, target: TargetId, event: TargetEvent) {
        let stream = target_stream(target);
        let seen = self.facts.records.seen(stream);
        self.changes.push(stream, seen, event);
    }

    pub(super) fn plan(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::FormTeams {
                run,
                teams,
                plan,
                reason,
            } => self.form_teams(*run, teams, plan, reason),
            Command::ChangeTeam {
                run,
                team,
                reason: why,
            } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                if known.teams_formed_at.is_none() {
                    return Err(Refusal::new(Rule::StepNotOpen)
                        .with("step", step_of_kind(procedure, StepKind::Team))
                        .with("open", ""));
                }
                reason(why, Wanted::Team)?;
                self.check_teams(known, std::slice::from_ref(team), &[], why)?;
                self.on_run(
                    *run,
                    RunEvent::TeamChanged {
                        team: team.clone(),
                        reason: why.clone(),
                    },
                );
                Ok(())
            }
            Command::PlanTargets {
                run,
                plan,
                reason: why,
            } => {
                let (known, procedure) = self.open_run(*run)?;
                self.grant(Scene {
                    run: Some(known),
                    procedure: Some(procedure),
                    ..Scene::default()
                })?;
                let teams: Vec<Team> = known.teams.values().cloned().collect();
                self.check_plan(known, &teams, plan, why)?;
                self.place(plan, why);
                Ok(())
            }
            Command::ExcuseTarget { target, reason: why } => {
                let (known, _) = self.target_for_kasi(*target)?;
                reason(why, Wanted::Excuse)?;
                if known.done_with() {
                    return Err(Refusal::new(Rule::TargetSettled).with("site", known.site));
                }
                let excuse = Excuse {
                    reason: why.clone(),
                    by: self.person()?,
                    at: self.at(),
                };
                self.on_target(*target, TargetEvent::Excused { excuse });
                Ok(())
            }
            Command::AcceptPartial { target, visit } => self.accept_partial(*target, *visit),
            _ => Ok(()),
        }
    }

    fn form_teams(
        &mut self,
        run: RunId,
        teams: &[Team],
        plan: &[PlannedTarget],
        why: &str,
    ) -> Result<(), Refusal> {
        let (known, procedure) = self.open_run(run)?;
        order_of(known, procedure)?;
        let granted = self.grant(Scene {
            run: Some(known),
            procedure: Some(procedure),
            ..Scene::default()
        })?;
        let step = self.open_step_of(known, procedure, StepKind::Team)?;
        self.not_before(step.since)?;
        if teams.is_empty() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", Wanted::Teams));
        }
        self.check_teams(known, teams, plan, why)?;
        let (step, at) = (step.step.clone(), self.at());
        self.on_run(
            run,
            RunEvent::TeamsFormed {
                teams: teams.to_vec(),
                at,
            },
        );
        self.place(plan, why);
        let targets = self
            .targets_of(run)
            .map(|target| (target.site, target.id))
            .collect();
        self.attach_open_complaints(&targets);
        self.finish(known, procedure, &step, None, BTreeMap::new(), &granted)
    }

    fn accept_partial(&mut self, target: TargetId, visit: VisitId) -> Result<(), Refusal> {
        let (known, run) = self.target_for_kasi(target)?;
        if known.settled() {
            return Err(Refusal::new(Rule::TargetSettled).with("site", known.site));
        }
        let partial = known.visits.iter().find_map(|seen| match seen.ended {
            Some((at, crate::visit::Outcome::Partial)) if seen.visit == visit => Some(at),
            _ => None,
        });
        let Some(ended_at) = partial else {
            return Err(Refusal::new(Rule::NotFound).with("record", format!("partial visit {visit}")));
        };
        self.not_before(ended_at)?;
        // The step was not finished until somebody said that this is enough.
        let advance = self.visit_step(run, known, self.at())?;
        self.on_target(target, TargetEvent::PartialAccepted { visit, advance });
        Ok(())
    }

    /// A target of an open run, for an act of the Kasi.
    fn target_for_kasi(&self, id: TargetId) -> Result<(&'a Target, &'a Run), Refusal> {
        let target = self.facts.records.get::<Target>(id.0)?;
        let (run, procedure) = self.open_run(target.run)?;
        self.grant(Scene {
            run: Some(run),
            procedure: Some(procedure),
            site: Some(target.site),
            ..Scene::default()
        })?;
        Ok((target, run))
    }

    /// The targets of a run.
    pub(super) fn targets_of(&self, run: RunId) -> impl Iterator<Item = &'a Target> + use<'a> {
        self.facts
            .records
            .all::<Target>()
            .filter(move |target| target.run == run)
    }

    fn check_teams(
        &self,
        run: &Run,
        teams: &[Team],
        plan: &[PlannedTarget],
        why: &str,
    ) -> Result<(), Refusal> {
        for (place, team) in teams.iter().enumerate() {
            if teams[..place].iter().any(|other| other.id == team.id) {
                return Err(invalid(FieldName::Team, &team.name, Why::Repeated));
            }
            if !team.members.iter().any(|member| member.person == team.leader) {
                return Err(Refusal::new(Rule::TeamWithoutLeader).with("team", &team.name));
            }
            if let Some((from, until)) = team
                .members
                .iter()
                .filter_map(|member| Some((member.from, member.until?)))
                .find(|(from, until)| until < from)
            {
                return Err(Refusal::new(Rule::ValidityWrong)
                    .with("from", from)
                    .with("until", until));
            }
            let people: Vec<PersonId> = team.members.iter().map(|member| member.person).collect();
            self.check_people(&people)?;
        }
        self.check_plan(run, teams, plan, why)
    }

    /// Every planned day lies in the order's validity, and whoever would be in two places, on leave or at
    /// work on a day off needs a reason.
    fn check_plan(
        &self,
        run: &Run,
        teams: &[Team],
        plan: &[PlannedTarget],
        why: &str,
    ) -> Result<(), Refusal> {
        let order = order_of(run, self.procedure_of(run)?)?;
        let mut seen = BTreeSet::new();
        for planned in plan {
            if !teams.iter().any(|team| team.id == planned.team) {
                return Err(Refusal::new(Rule::TeamUnknown).with("team", planned.team));
            }
            let target = self.facts.records.get::<Target>(planned.target.0)?;
            if target.run != run.id {
                return Err(Refusal::new(Rule::NotFound).with("record", planned.target));
            }
            if target.done_with() {
                return Err(Refusal::new(Rule::TargetSettled).with("site", target.site));
            }
            if !seen.insert(planned.target) {
                return Err(Refusal::new(Rule::SiteRepeated).with("site", target.site));
            }
            if let Some(day) = planned.planned_on.filter(|day| *day > planned.due_on) {
                return Err(Refusal::new(Rule::ValidityWrong)
                    .with("from", day)
                    .with("until", planned.due_on));
            }
            let Some(order) = order else { continue };
            for day in planned.planned_on.iter().chain([&planned.due_on]) {
                if *day < order.draft.valid_from || *day > order.valid_until() {
                    return Err(Refusal::new(Rule::OutsideOrder)
                        .with("date", day)
                        .with("from", order.draft.valid_from)
                        .with("until", order.valid_until()));
                }
            }
        }
        if why.trim().is_empty()
            && let Some(odd) = oddities(self.facts, run, teams, plan)?.first()
        {
            return Err(Refusal::new(Rule::NeedsReason)
                .with("person", odd.person.map(|id| id.to_string()).unwrap_or_default())
                .with("why", odd.why)
                .with("date", odd.day));
        }
        Ok(())
    }

    fn place(&mut self, plan: &[PlannedTarget], why: &str) {
        for planned in plan {
            self.on_target(
                planned.target,
                TargetEvent::Planned {
                    team: planned.team,
                    planned_on: planned.planned_on,
                    due_on: planned.due_on,
                    reason: why.to_owned(),
                },
            );
        }
    }

    /// Open complaints of the sites in scope join their targets (the output of step 3: daftar pengaduan).
    pub(super) fn attach_open_complaints(&mut self, targets: &BTreeMap<SiteId, TargetId>) {
        let open: Vec<(ComplaintId, TargetId, Option<String>)> = self
            .facts
            .records
            .all::<Complaint>()
            .filter(|complaint| is_open(self.facts.records, complaint))
            .filter(|complaint| !waits_elsewhere(self.facts.records, complaint))
            .filter_map(|complaint| {
                let target = *targets.get(&complaint.site)?;
                // What an earlier run left says why.
                let left = complaint
                    .target
                    .filter(|left| *left != target)
                    .and_then(|left| self.facts.records.find::<Target>(left.0));
                let late = || {
                    let over = self
                        .facts
                        .records
                        .find::<Target>(target.0)?
                        .carried_over
                        .as_ref()?;
                    let late = over
                        .reasons
                        .iter()
                        .find(|reason| *reason == CarriedOver::CAME_LATE);
                    late.filter(|_| complaint.target.is_none())
                };
                let brought = left.and_then(|left| left.carried.get(&complaint.id));
                Some((complaint.id, target, brought.or_else(late).cloned()))
            })
            .collect();
        for (complaint, target, brought) in open {
            self.on_target(target, TargetEvent::ComplaintAttached { complaint, brought });
            let stream = StreamRef {
                kind: StreamKind::Complaint,
                id: complaint.0,
            };
            let seen = self.facts.records.seen(stream);
            self.changes
                .push(stream, seen, ComplaintEvent::Attached { target });
        }
    }
}

/// Everything about a plan that needs a reason, day by day: whoever would be in two places, on leave, or at work on a
/// day off without an order.
pub fn oddities(
    facts: Facts<'_>,
    run: &Run,
    teams: &[Team],
    plan: &[PlannedTarget],
) -> Result<Vec<Oddity>, Refusal> {
    let people = People::of(facts.records);
    let roster = people.roster();
    let mut at_work: BTreeMap<(PersonId, Date), TeamId> = BTreeMap::new();
    // Who is already planned elsewhere, in this run or another one that is loaded.
    for target in facts.records.all::<Target>() {
        let (Some(team), Some(day)) = (target.team, target.planned_on) else {
            continue;
        };
        if target.settled() || plan.iter().any(|planned| planned.target == target.id) {
            continue;
        }
        let elsewhere = facts
            .records
            .find::<Run>(target.run.0)
            .and_then(|run| run.teams.get(&team));
        for person in elsewhere.iter().flat_map(|team| team.members_on(day)) {
            at_work.insert((person, day), team);
        }
    }
    let days: BTreeSet<(TeamId, Date)> = plan
        .iter()
        .filter_map(|planned| Some((planned.team, planned.planned_on?)))
        .collect();
    let mut found = Vec::new();
    for (id, day) in days {
        let calendar = |error| super::advance::calendar(error);
        let team = teams
            .iter()
            .find(|team| team.id == id)
            .or_else(|| run.teams.get(&id));
        let members: Vec<PersonId> = team.iter().flat_map(|team| team.members_on(day)).collect();
        if !facts.calendar.is_working_day(day).map_err(calendar)? {
            let without = super::overtime::without_overtime(facts, members.iter().copied(), day);
            let odd = |person| Oddity {
                person,
                why: Why::DayOff,
                day,
            };
            // Where nobody has an order it is the day that is odd; else it is who has none.
            if without.len() == members.len() {
                found.push(odd(None));
            } else {
                found.extend(without.into_iter().map(|person| odd(Some(person))));
            }
        }
        for person in members {
            let mut odd = |why| {
                let person = Some(person);
                found.push(Oddity { person, why, day });
            };
            if roster.on_leave(person, day) {
                odd(Why::OnLeave);
            }
            if at_work.insert((person, day), id).is_some_and(|other| other != id) {
                odd(Why::TwoPlaces);
            }
        }
    }
    Ok(found)
}

/// Another run under way has a complaint on its list and owes it a verdict.
fn waits_elsewhere(records: &Records, complaint: &Complaint) -> bool {
    let Some(target) = complaint.target.and_then(|id| records.find::<Target>(id.0)) else {
        return false;
    };
    target.unanswered().any(|open| open == complaint.id)
        && records
            .find::<Run>(target.run.0)
            .is_some_and(|run| run.end.is_none())
}

/// Whether the run of a complaint goes on.
fn is_open(records: &Records, complaint: &Complaint) -> bool {
    records
        .find::<Run>(complaint.run.0)
        .is_none_or(|run| run.end.is_none())
}

/// The sites that a run leaves to the next one of its procedure, with the reasons. The records hold its targets,
/// and the open complaints of their sites with their runs.
pub fn left_by(records: &Records, previous: &Run) -> BTreeMap<SiteId, CarriedOver> {
    let targets: Vec<&Target> = records
        .all::<Target>()
        .filter(|target| target.run == previous.id)
        .collect();
    let moved_on = |complaint: &Complaint| {
        let carried = |target: &&Target| target.carried.contains_key(&complaint.id);
        targets.iter().any(carried)
    };
    let late = records
        .all::<Complaint>()
        // What a visit found itself needs nobody to come and see whether it is so.
        .filter(|complaint| matches!(complaint.origin, Origin::Reported))
        .filter(|complaint| is_open(records, complaint) && complaint.verdicts.is_empty())
        .filter(|complaint| !waits_elsewhere(records, complaint) && !moved_on(complaint))
        .map(|complaint| complaint.site)
        .collect();
    carried_over(previous, targets, &late)
}
