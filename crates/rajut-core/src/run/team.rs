//! A team of a run.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonId, TeamId};

/// What a team reports on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchRule {
    /// Each day.
    Day,
    /// Each trip, ended by the leader's record of the return.
    Trip,
    /// Each calendar week, Monday to Sunday.
    Week,
}

impl BatchRule {
    /// The first day of the batch to which a day belongs; the days of a trip are told by its visits, so that
    /// all of them stand together.
    pub fn first_day(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day)
            }
            Self::Trip => Date::MIN,
        }
    }
}

/// A member for a dated period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// First day.
    pub from: Date,
    /// Last day; `None` to the end of the run.
    pub until: Option<Date>,
}

/// A team: leader, dated members, vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// What people call it.
    pub name: String,
    /// Its leader.
    pub leader: PersonId,
    /// Its members, the leader among them.
    pub members: Vec<Member>,
    /// Plate or description of the vehicle.
    pub vehicle: String,
    /// What it reports on at once.
    pub batch: BatchRule,
}

impl Team {
    /// Whether `person` belongs to it on `day`.
    pub fn has_member(&self, person: PersonId, day: Date) -> bool {
        self.members.iter().any(|member| {
            member.person == person && member.from <= day && member.until.is_none_or(|until| day <= until)
        })
    }

    /// Its members on `day`, each once: whoever left and came back stands in it twice.
    pub fn members_on(&self, day: Date) -> impl Iterator<Item = PersonId> + '_ {
        let on = move |member: &Member| member.from <= day && member.until.is_none_or(|until| day <= until);
        self.members
            .iter()
            .enumerate()
            .filter(move |(index, member)| {
                on(member) && !self.members[..*index].iter().any(|it| it.person == member.person && on(it))
            })
            .map(|(_, member)| member.person)
    }
}
