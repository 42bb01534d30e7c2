//! Who holds which post on which day, and who may act for it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::person::Person;
use super::post::{Assignment, AssignmentKind, Leave, Post};
use crate::act::{Unfit, UnfitCode};
use crate::id::{AssignmentId, PersonId, PostId};

/// The facts from which it follows who may act. Borrowed, never stored.
#[derive(Debug, Clone, Copy)]
pub struct Roster<'a> {
    /// Persons.
    pub persons: &'a [Person],
    /// Posts.
    pub posts: &'a [Post],
    /// Assignments, past and future ones too.
    pub assignments: &'a [Assignment],
    /// Leave, past and future too.
    pub leaves: &'a [Leave],
}

/// A post held on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// By which assignment.
    pub assignment: AssignmentId,
    /// By whom.
    pub person: PersonId,
    /// How.
    pub kind: AssignmentKind,
    /// The holder is away that day and no Plh. is there.
    pub on_leave: bool,
}

/// In what capacity somebody acts for a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// As its holder.
    Own,
    /// Acting, the post being vacant.
    Plt,
    /// Acting, the holder being away.
    Plh,
    /// From the post above, this one being vacant with nobody acting.
    SuperiorForVacant(PostId),
}

/// Who may act for a post on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// How.
    pub capacity: Capacity,
}

/// Two assignments of the same kind to one post that share days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The post.
    pub post: PostId,
    /// The kind of both.
    pub kind: AssignmentKind,
    /// Assignment, person and name of the one that begins first.
    pub first: (AssignmentId, PersonId, String),
    /// The same of the other.
    pub second: (AssignmentId, PersonId, String),
    /// First day they share.
    pub from: Date,
    /// Last day they share; open if none.
    pub until: Option<Date>,
}

/// What contradicts itself in a roster.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RosterFault {
    /// One post, two holders of the same kind on one day.
    #[error("from {} on, {} and {} hold the same post as {}: end one of the two assignments",
        .0.from, .0.first.2, .0.second.2, .0.kind)]
    Overlap(Box<Overlap>),
    /// An assignment ends before it begins.
    #[error("assignment {0} ends before it begins")]
    Reversed(AssignmentId),
    /// A post's superior is not among the posts.
    #[error("the superior of post {0} is unknown")]
    UnknownSuperior(PostId),
    /// A post is, through others, its own superior.
    #[error("post {0} is its own superior")]
    SuperiorCycle(PostId),
}

impl<'a> Roster<'a> {
    /// The post with this id.
    pub fn post(&self, id: PostId) -> Option<&'a Post> {
        self.posts.iter().find(|post| post.id == id)
    }

    /// The person with this id.
    pub fn person(&self, id: PersonId) -> Option<&'a Person> {
        self.persons.iter().find(|person| person.id == id)
    }

    /// Whether somebody is away that day.
    pub fn on_leave(&self, person: PersonId, date: Date) -> bool {
        self.leaves
            .iter()
            .any(|leave| leave.person == person && leave.covers(date))
    }

    /// Who holds a post on a day; none if it is vacant.
    ///
    /// The definitif holder; else, the post being vacant, the Plt. A Plh. who is there takes the place of
    /// either while that one is away, and of nobody while that one is there. Among several of one kind, which
    /// [`Roster::faults`] reports, the latest decree counts.
    pub fn holder(&self, post: PostId, date: Date) -> Option<Holding> {
        let latest = |kind, may_be_away: bool| {
            self.assignments
                .iter()
                .filter(|held| held.post == post && held.kind == kind && held.in_force(date))
                .filter(|held| may_be_away || !self.on_leave(held.person, date))
                .max_by_key(|held| (held.from, held.id))
        };
        let principal = latest(AssignmentKind::Definitif, true).or_else(|| latest(AssignmentKind::Plt, true));
        let held = match principal {
            Some(held) if !self.on_leave(held.person, date) => held,
            away => latest(AssignmentKind::Plh, false).or(away)?,
        };
        Some(Holding {
            assignment: held.id,
            person: held.person,
            kind: held.kind,
            on_leave: self.on_leave(held.person, date),
        })
    }

    /// The one person who may act for a post on a day.
    ///
    /// Its holder; if it is vacant, the holder of the nearest post above that is not.
    pub fn actor(&self, post: PostId, date: Date) -> Option<Actor> {
        if let Some(holding) = self.holder(post, date) {
            return Some(Actor {
                person: holding.person,
                capacity: holding.kind.into(),
            });
        }
        self.chain(post).find_map(|above| {
            let capacity = Capacity::SuperiorForVacant(above.id);
            self.holder(above.id, date).map(|holding| Actor {
                person: holding.person,
                capacity,
            })
        })
    }

    /// In what capacity a person may act for a post on a day, if at all.
    pub fn may_act(&self, person: PersonId, post: PostId, date: Date) -> Option<Capacity> {
        self.actor(post, date)
            .filter(|actor| actor.person == person)
            .map(|actor| actor.capacity)
    }

    /// The posts that a person holds on a day, and how; vacant ones below are not listed.
    pub fn posts_of(&self, person: PersonId, date: Date) -> Vec<(&'a Post, Capacity)> {
        self.posts
            .iter()
            .filter_map(|post| {
                let holding = self
                    .holder(post.id, date)
                    .filter(|holding| holding.person == person)?;
                Some((post, holding.kind.into()))
            })
            .collect()
    }

    /// Everything in the roster that contradicts itself.
    pub fn faults(&self) -> Vec<RosterFault> {
        let reversed = |held: &&Assignment| held.until.is_some_and(|until| until < held.from);
        let mut faults: Vec<_> = self
            .assignments
            .iter()
            .filter(reversed)
            .map(|held| RosterFault::Reversed(held.id))
            .collect();
        for post in self.posts {
            if let Some(above) = post.superior {
                if self.post(above).is_none() {
                    faults.push(RosterFault::UnknownSuperior(post.id));
                } else if self.chain(post.id).any(|above| above.id == post.id) {
                    faults.push(RosterFault::SuperiorCycle(post.id));
                }
            }
        }
        let mut sound: Vec<_> = self.assignments.iter().filter(|held| !reversed(held)).collect();
        sound.sort_by_key(|held| (held.post, held.kind, held.from, held.id));
        for (index, first) in sound.iter().enumerate() {
            let same = sound[index + 1..]
                .iter()
                .take_while(|second| (second.post, second.kind) == (first.post, first.kind));
            faults.extend(same.filter(|second| first.in_force(second.from)).map(|second| {
                RosterFault::Overlap(Box::new(Overlap {
                    post: first.post,
                    kind: first.kind,
                    first: self.named(first),
                    second: self.named(second),
                    from: second.from,
                    until: earlier(first.until, second.until),
                }))
            }));
        }
        faults
    }

    fn named(&self, held: &Assignment) -> (AssignmentId, PersonId, String) {
        let name = self
            .person(held.person)
            .map_or_else(|| held.person.to_string(), Person::full_name);
        (held.id, held.person, name)
    }

    /// The posts above, nearest first; at most as many steps as there are posts, so that a cycle ends.
    fn chain(&self, post: PostId) -> impl Iterator<Item = &'a Post> {
        let roster = *self;
        let above = move |post: &'a Post| post.superior.and_then(|id| roster.post(id));
        std::iter::successors(self.post(post).and_then(above), move |post| above(post)).take(self.posts.len())
    }
}

impl From<AssignmentKind> for Capacity {
    fn from(kind: AssignmentKind) -> Self {
        match kind {
            AssignmentKind::Definitif => Self::Own,
            AssignmentKind::Plt => Self::Plt,
            AssignmentKind::Plh => Self::Plh,
        }
    }
}

fn earlier(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// Assignments and posts stay ids, for the caller who knows their names.
impl From<RosterFault> for Unfit {
    fn from(fault: RosterFault) -> Self {
        match fault {
            RosterFault::Overlap(both) => Self::from(UnfitCode::HoldersOverlap)
                .with("from", both.from)
                .with("first", both.first.2)
                .with("second", both.second.2)
                .with("kind", both.kind),
            RosterFault::Reversed(assignment) => {
                Self::from(UnfitCode::AssignmentReversed).with("assignment", assignment)
            }
            RosterFault::UnknownSuperior(post) => Self::from(UnfitCode::SuperiorUnknown).with("post", post),
            RosterFault::SuperiorCycle(post) => Self::from(UnfitCode::OwnSuperior).with("post", post),
        }
    }
}
