//! A team of a run.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonId, TeamId};

/// What a team reports on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// First day.
    pub from: Date,
    /// Last day; `None` to the end of the run.
    pub until: Option<Date>,
}

/// A team: leader, dated members, vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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
                on(member)
                    && !self.members[..*index]
                        .iter()
                        .any(|it| it.person == member.person && on(it))
            })
            .map(|(_, member)| member.person)
    }

    /// Makes these people its members from a day on: who is not among them leaves the day before, who is new joins.
    pub fn set_members(&mut self, wanted: &BTreeSet<PersonId>, from: Date) {
        for member in &mut self.members {
            if !wanted.contains(&member.person) && member.until.is_none_or(|until| until >= from) {
                member.until = from.yesterday().ok();
            }
        }
        self.members
            .retain(|member| member.until.is_none_or(|until| until >= member.from));
        for person in wanted {
            // One who joins later already is a member from then on.
            let stays =
                |member: &Member| member.person == *person && member.until.is_none_or(|until| until >= from);
            if !self.members.iter().any(stays) {
                self.members.push(Member {
                    person: *person,
                    from,
                    until: None,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    #[test]
    fn members_leave_the_day_before_and_join_on_the_day() {
        let [a, b, c] = [1, 2, 3].map(|id| PersonId(Uuid::from_u128(id)));
        let member = |person, from| Member {
            person,
            from,
            until: None,
        };
        let (begin, change) = (date(2026, 1, 5), date(2026, 2, 2));
        let mut team = Team {
            id: TeamId(Uuid::from_u128(9)),
            name: "Tim 1".to_owned(),
            leader: a,
            members: vec![member(a, begin), member(b, begin)],
            vehicle: String::new(),
            batch: BatchRule::Day,
        };
        team.set_members(&BTreeSet::from([a, c]), change);
        let on = |team: &Team, day| team.members_on(day).collect::<BTreeSet<_>>();
        assert_eq!(on(&team, date(2026, 2, 1)), BTreeSet::from([a, b]));
        assert_eq!(on(&team, change), BTreeSet::from([a, c]));
        // Who never came is forgotten; the same once more changes nothing.
        let before = team.clone();
        team.set_members(&BTreeSet::from([a, c]), change);
        assert_eq!(team, before);
        team.set_members(&BTreeSet::from([a]), change);
        assert_eq!(team.members.len(), 2);
    }
}
