//! A small caller of the engine: it fans out over teams and sites and joins them again, for any procedure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rajut_core::engine::{Advance, Part, Progress};
use rajut_core::procedure::{ExitCode, Goal, Procedure, Scope, StepId};

/// Where a progress lives. A site belongs to a team, a team to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Run,
    Team(usize),
    Site { team: usize, site: usize },
}

impl Place {
    fn scope(self) -> Scope {
        match self {
            Self::Run => Scope::Run,
            Self::Team(_) => Scope::Team,
            Self::Site { .. } => Scope::Site,
        }
    }

    /// The place of that scope which holds this one, or this one.
    fn within(self, scope: Scope) -> Self {
        match (scope, self) {
            (Scope::Run, _) => Self::Run,
            (Scope::Team, Self::Site { team, .. }) => Self::Team(team),
            _ => self,
        }
    }
}

/// A progress and all that made it.
pub struct Tracked {
    pub begun: Progress,
    pub now: Progress,
    pub moves: Vec<Advance>,
    fanned_out: bool,
}

impl Tracked {
    fn begin(procedure: &Procedure, step: &StepId, at: Timestamp) -> Self {
        let begun = Progress::begin(procedure, step, at).unwrap();
        Self {
            now: begun.clone(),
            begun,
            moves: Vec::new(),
            fanned_out: false,
        }
    }

    fn apply(&mut self, advance: Advance) {
        self.now.apply(&advance);
        self.moves.push(advance);
        if self.now.waits_for.is_none() {
            self.fanned_out = false;
        }
    }

    fn is_settled(&self) -> bool {
        self.now.open.is_empty()
    }
}

pub struct World<'p> {
    pub procedure: &'p Procedure,
    sites: Vec<Place>,
    pub active: BTreeMap<Place, Tracked>,
    pub archived: Vec<Tracked>,
    pub taken: Vec<(StepId, Option<ExitCode>)>,
    millis: i64,
}

impl<'p> World<'p> {
    /// A run about to begin, with that many sites for each team.
    pub fn new(procedure: &'p Procedure, sites_by_team: &[usize]) -> Self {
        let sites = sites_by_team.iter().enumerate();
        let sites = sites.flat_map(|(team, count)| (0..*count).map(move |site| Place::Site { team, site }));
        let mut world = Self {
            procedure,
            sites: sites.collect(),
            active: BTreeMap::new(),
            archived: Vec::new(),
            taken: Vec::new(),
            millis: 1_767_225_600_000,
        };
        let at = world.tick();
        world
            .active
            .insert(Place::Run, Tracked::begin(procedure, procedure.first(), at));
        world
    }

    fn tick(&mut self) -> Timestamp {
        self.millis += 60_000;
        Timestamp::from_millisecond(self.millis).unwrap()
    }

    pub fn has_ended(&self) -> bool {
        self.active[&Place::Run].now.ended_at.is_some()
    }

    /// Everything that can be done now; never nothing before the end.
    pub fn open(&self) -> Vec<(Place, StepId)> {
        let open: Vec<_> = self
            .active
            .iter()
            .flat_map(|(place, tracked)| tracked.now.open.iter().map(|open| (*place, open.step.clone())))
            .collect();
        assert!(!open.is_empty() || self.has_ended(), "stuck: {:?}", self.taken);
        open
    }

    /// Finishes a step: by one act, or where each of its actors must act, by all that are missing.
    pub fn advance(&mut self, place: Place, step: &StepId, exit: Option<&ExitCode>) {
        while self.active.get(&place).is_some_and(|it| it.now.is_open(step)) {
            let rounds = self.active[&place].now.opened(step).map(|open| open.round);
            if self.part(place, step, exit, 0) {
                break;
            }
            let now = self.active[&place].now.opened(step).map(|open| open.round);
            assert_eq!(now, rounds, "a part leaves the step as open as it was");
        }
    }

    /// One of those who have yet to act does, by the exit on which those before agreed; whether that finished it.
    pub fn part(&mut self, place: Place, step: &StepId, exit: Option<&ExitCode>, which: usize) -> bool {
        let tracked = &self.active[&place].now;
        let missing = tracked.missing(self.procedure, step);
        let lane = missing[which % missing.len()].clone();
        let agreed = tracked
            .opened(step)
            .unwrap()
            .parts
            .first()
            .map(|part| part.exit.clone());
        let exit = agreed.unwrap_or_else(|| exit.cloned());
        let last = !self.procedure.step(step).unwrap().needs_each() || missing.len() == 1;
        if last {
            self.taken.push((step.clone(), exit.clone()));
        }
        self.act(place, |progress, procedure, at| {
            let part = Part {
                lane,
                by: None,
                at,
                exit,
                values: BTreeMap::new(),
            };
            progress.act(procedure, step, part)
        });
        last
    }

    pub fn jump(&mut self, place: Place, to: &Goal) {
        self.act(place, |progress, procedure, at| progress.jump(procedure, to, at));
    }

    /// Decides a move, folds it in, then fans out and joins what it made possible.
    pub fn act<E: std::fmt::Debug>(
        &mut self,
        place: Place,
        decide: impl FnOnce(&Progress, &Procedure, Timestamp) -> Result<Advance, E>,
    ) {
        let at = self.tick();
        let tracked = self.active.get_mut(&place).unwrap();
        let advance = decide(&tracked.now, self.procedure, at).unwrap();
        tracked.apply(advance);
        while self.fan_out() || self.join() || self.close() {}
    }

    /// Begins the finer places for which somebody waits.
    fn fan_out(&mut self) -> bool {
        let procedure = self.procedure;
        let waiting = self.active.iter().find_map(|(place, tracked)| {
            let step = tracked.now.waits_for.clone()?;
            let scope = procedure.step(&step)?.scope;
            (scope > place.scope() && !tracked.fanned_out).then_some((*place, step, scope))
        });
        let Some((parent, step, scope)) = waiting else {
            return false;
        };
        let at = self.tick();
        self.active.get_mut(&parent).unwrap().fanned_out = true;
        for place in self.sites.clone() {
            let place = place.within(scope);
            if place.within(parent.scope()) == parent && !self.active.contains_key(&place) {
                self.active.insert(place, Tracked::begin(procedure, &step, at));
            }
        }
        true
    }

    /// Joins the finer places that all wait for a coarser one.
    fn join(&mut self) -> bool {
        let procedure = self.procedure;
        let candidates: Vec<(Place, StepId)> = self
            .active
            .iter()
            .filter_map(|(place, tracked)| {
                let step = tracked.now.waits_for.clone()?;
                let scope = procedure.step(&step)?.scope;
                (scope < place.scope()).then(|| (place.within(scope), step))
            })
            .collect();
        for (parent, step) in candidates {
            let inside = |place: &Place| *place != parent && place.within(parent.scope()) == parent;
            if self
                .active
                .iter()
                .any(|(place, tracked)| inside(place) && !tracked.is_settled())
            {
                continue;
            }
            let at = self.tick();
            let here: Vec<Place> = self
                .active
                .keys()
                .copied()
                .filter(|place| inside(place))
                .collect();
            for place in here {
                let tracked = self.active.remove(&place).unwrap();
                assert!(
                    tracked.now.waits_for.as_ref().is_none_or(|own| *own == step),
                    "places join at different steps"
                );
                self.archived.push(tracked);
            }
            match self.active.get_mut(&parent) {
                Some(tracked) => {
                    let advance = tracked.now.enter(procedure, &step, at).unwrap();
                    tracked.apply(advance);
                }
                None => _ = self.active.insert(parent, Tracked::begin(procedure, &step, at)),
            }
            return true;
        }
        false
    }

    /// Ends a run whose teams and sites have all ended.
    fn close(&mut self) -> bool {
        let run = &self.active[&Place::Run];
        let others = || self.active.iter().filter(|(place, _)| **place != Place::Run);
        if run.now.waits_for.is_none() || others().any(|(_, tracked)| tracked.now.ended_at.is_none()) {
            return false;
        }
        let at = self.tick();
        let tracked = self.active.get_mut(&Place::Run).unwrap();
        let advance = tracked.now.finish(at).unwrap();
        tracked.apply(advance);
        true
    }

    /// Every progress there was.
    pub fn all(&self) -> impl Iterator<Item = &Tracked> {
        self.active.values().chain(&self.archived)
    }
}
