//! What teams and targets could look like before anybody has decided: the teams of the last run, or the technicians in
//! even groups, with the targets spread over them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rajut_core::flow::{Command, Oddity, PlannedTarget, oddities};
use rajut_core::id::{PersonId, RunId, SiteId, TargetId, TeamId};
use rajut_core::people::{Assignment, Person, Post, Role};
use rajut_core::run::{BatchRule, Member, Run, Team};
use rajut_store::{Page, RunFilter};

use crate::{App, AppError, Context, RunBundle};

/// So many sites a working day a team goes to, where the order gives it the days.
const PER_DAY: u32 = 3;
/// More than this no team can do on a day.
const MOST_PER_DAY: u32 = 12;
/// So many people go together.
const TOGETHER: usize = 3;
/// So many earlier runs are looked at for teams.
const EARLIER: u32 = 20;

/// What is wished for; the rest is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// Take teams and their sites from the last run, where there is one.
    pub copy: bool,
    /// How many teams; `None` chooses.
    pub teams: Option<usize>,
    /// How many sites a working day and team; `None` chooses the least that fits into the order.
    pub per_day: Option<u32>,
    /// First day in the field; `None` is the first day possible.
    pub from: Option<Date>,
}

/// Teams and plan as they could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The teams, with fresh ids.
    pub teams: Vec<Team>,
    /// The plan.
    pub plan: Vec<PlannedTarget>,
    /// The run whose teams these are.
    pub copied: Option<RunId>,
    /// Sites a working day and team.
    pub per_day: u32,
    /// First day in the field.
    pub from: Date,
}

impl App {
    /// Proposes teams and a plan for a run.
    pub async fn propose_teams(&self, bundle: &RunBundle, wish: Wish) -> Result<Proposal, AppError> {
        let context = self.context().await?;
        let today = context.agency.zone.date(self.now());
        let begins = bundle
            .run
            .order
            .as_ref()
            .map_or(today, |order| order.draft.valid_from);
        let from = wish.from.unwrap_or(begins.max(today));
        let earlier = if wish.copy {
            self.last_with_teams(&bundle.run).await?
        } else {
            None
        };
        let (teams, shares) = match &earlier {
            Some(earlier) => {
                let (teams, shares) = self.copy_teams(earlier, bundle, from);
                let shares = self.with_the_rest(bundle, &teams, shares).await?;
                (teams, Some(shares))
            }
            None => (self.groups(&context, wish.teams, today, from), None),
        };
        let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
        let mut per_day = wish.per_day.unwrap_or(PER_DAY).max(1);
        let plan = loop {
            let planned = match &shares {
                Some(shares) => self.plan_days(bundle, shares.clone(), per_day, from).await,
                None => self.spread_by_district(bundle, &ids, per_day, from).await,
            };
            match planned {
                Err(AppError::Invalid { .. }) if wish.per_day.is_none() && per_day < MOST_PER_DAY => {
                    per_day += 1;
                }
                other => break other?,
            }
        };
        Ok(Proposal {
            teams,
            plan,
            copied: earlier.map(|earlier| earlier.run.id),
            per_day,
            from,
        })
    }

    /// Everything about a plan that needs a reason.
    pub async fn oddities(
        &self,
        run: RunId,
        teams: &[Team],
        plan: &[PlannedTarget],
    ) -> Result<Vec<Oddity>, AppError> {
        let context = self.context().await?;
        let command = Command::FormTeams {
            run,
            teams: Vec::new(),
            plan: Vec::new(),
            reason: String::new(),
        };
        let records = self.records_for(&context, &command, self.now()).await?;
        let known = records.get::<Run>(run.0)?;
        Ok(oddities(context.facts(&records), known, teams, plan)?)
    }

    /// The newest other run of the same procedure that had teams.
    pub async fn last_with_teams(&self, run: &Run) -> Result<Option<RunBundle>, AppError> {
        let filter = RunFilter {
            procedure: Some(run.procedure.code.clone()),
            for_complaint: Some(false),
            open: None,
        };
        let listed = self.store().runs(&filter, &Page::first(EARLIER)).await?;
        let found = listed
            .items
            .into_iter()
            .find(|other| other.state.id != run.id && !other.state.teams.is_empty());
        match found {
            Some(found) => self.bundle(found.state.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Gives the sites that no team had to the one that has most of their kecamatan, else to the one with the least.
    async fn with_the_rest(
        &self,
        bundle: &RunBundle,
        teams: &[Team],
        mut shares: BTreeMap<TeamId, Vec<TargetId>>,
    ) -> Result<BTreeMap<TeamId, Vec<TargetId>>, AppError> {
        let sites = self.sites().await?;
        let place: BTreeMap<TargetId, SiteId> = bundle.targets.iter().map(|it| (it.id, it.site)).collect();
        let district = |target: &TargetId| {
            let site = place.get(target).and_then(|site| sites.get(site));
            site.map(|site| (site.district.clone(), site.code.clone()))
                .unwrap_or_default()
        };
        let given: BTreeSet<TargetId> = shares.values().flatten().copied().collect();
        let mut rest: Vec<TargetId> = bundle
            .targets
            .iter()
            .filter(|target| !target.done_with() && !given.contains(&target.id))
            .map(|target| target.id)
            .collect();
        rest.sort_by_key(&district);
        for target in rest {
            let here = district(&target).0;
            let near = |team: &Team| {
                let share = shares.get(&team.id);
                let same = share.map_or(0, |share| {
                    share.iter().filter(|it| district(it).0 == here).count()
                });
                (same, std::cmp::Reverse(share.map_or(0, Vec::len)))
            };
            if let Some(team) = teams.iter().max_by_key(|team| near(team)) {
                shares.entry(team.id).or_default().push(target);
            }
        }
        // Near ones on the same days.
        for share in shares.values_mut() {
            share.sort_by_key(&district);
        }
        Ok(shares)
    }

    /// The technicians in even groups, the first of each its leader.
    fn groups(&self, context: &Context, teams: Option<usize>, today: Date, from: Date) -> Vec<Team> {
        let people = technicians(context, today);
        let count = teams
            .unwrap_or((people.len() / TOGETHER).clamp(1, TOGETHER))
            .clamp(1, people.len().max(1));
        let mut ids = self.ids();
        let (size, more) = (people.len() / count, people.len() % count);
        let mut people = people.into_iter();
        (0..count)
            .filter_map(|place| {
                let members: Vec<PersonId> = people.by_ref().take(size + usize::from(place < more)).collect();
                Some(Team {
                    id: ids.fresh(),
                    name: format!("Tim {}", place + 1),
                    leader: *members.first()?,
                    members: members
                        .into_iter()
                        .map(|person| Member {
                            person,
                            from,
                            until: None,
                        })
                        .collect(),
                    vehicle: String::new(),
                    batch: BatchRule::Day,
                })
            })
            .collect()
    }
}

/// Whoever holds a technician's post on a day and can be named in an order, in the order of the posts.
fn technicians(context: &Context, today: Date) -> Vec<PersonId> {
    let mut found: Vec<(String, PersonId)> = context
        .people
        .all::<Assignment>()
        .filter(|assignment| assignment.in_force(today))
        .filter_map(|assignment| {
            let post = context.people.find::<Post>(assignment.post.0)?;
            let person = context.people.find::<Person>(assignment.person.0)?;
            let fits = post.role == Role::Technician && person.missing_for_order().is_empty();
            fits.then(|| (post.code.clone(), person.id))
        })
        .collect();
    found.sort();
    let mut seen = BTreeSet::new();
    found
        .into_iter()
        .map(|(_, person)| person)
        .filter(|person| seen.insert(*person))
        .collect()
}
