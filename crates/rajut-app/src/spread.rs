//! Spreading the targets of a run over its teams: near ones together, on working days of the order.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rajut_core::calendar::Calendar;
use rajut_core::flow::PlannedTarget;
use rajut_core::id::{SiteId, TargetId, TeamId};
use rajut_core::run::{Member, Team};

use crate::{App, AppError, RunBundle};

/// Targets of one kecamatan.
type District = Vec<TargetId>;

/// Shares whole kecamatan out, the biggest first, each to the team that has the least so far; one that is
/// bigger than a fair share is cut.
fn share(districts: &[District], teams: &[TeamId]) -> BTreeMap<TeamId, Vec<TargetId>> {
    let mut shares: BTreeMap<TeamId, Vec<TargetId>> = teams.iter().map(|team| (*team, Vec::new())).collect();
    if teams.is_empty() {
        return shares;
    }
    let fair = districts
        .iter()
        .map(Vec::len)
        .sum::<usize>()
        .div_ceil(teams.len())
        .max(1);
    let mut pieces: Vec<District> = districts
        .iter()
        .flat_map(|district| district.chunks(fair).map(<[TargetId]>::to_vec))
        .collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    for piece in pieces {
        // In the order of the teams as they were given, so that equal ones are filled one after the other.
        let least = teams.iter().copied().min_by_key(|team| shares[team].len());
        if let Some(share) = least.and_then(|team| shares.get_mut(&team)) {
            share.extend(piece);
        }
    }
    shares
}

/// Working days from `from` to `until`, both included.
fn working_days(calendar: &Calendar, from: Date, until: Date) -> Result<Vec<Date>, AppError> {
    let mut days = Vec::new();
    for day in from
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= until)
    {
        let works = calendar
            .is_working_day(day)
            .map_err(|error| AppError::setting("calendar", error))?;
        if works {
            days.push(day);
        }
    }
    Ok(days)
}

impl App {
    /// Spreads the targets of a run that are not settled over teams by kecamatan, `per_day` sites a working day
    /// and team, from `from` on. The due date of each is the last day of the order.
    ///
    /// Fails with the days that are lacking when the order is too short for that pace.
    pub async fn spread_by_district(
        &self,
        bundle: &RunBundle,
        teams: &[TeamId],
        per_day: u32,
        from: Date,
    ) -> Result<Vec<PlannedTarget>, AppError> {
        let sites = self.sites().await?;
        let mut districts: BTreeMap<String, Vec<(String, TargetId)>> = BTreeMap::new();
        for target in bundle.targets.iter().filter(|target| !target.done_with()) {
            let (district, code) = sites
                .get(&target.site)
                .map(|site| (site.district.clone(), site.code.clone()))
                .unwrap_or_default();
            districts.entry(district).or_default().push((code, target.id));
        }
        let districts: Vec<District> = districts
            .into_values()
            .map(|mut district| {
                district.sort();
                district.into_iter().map(|(_, target)| target).collect()
            })
            .collect();
        self.plan_days(bundle, share(&districts, teams), per_day, from)
            .await
    }

    /// Gives each team's targets their days, `per_day` a working day.
    pub async fn plan_days(
        &self,
        bundle: &RunBundle,
        shares: BTreeMap<TeamId, Vec<TargetId>>,
        per_day: u32,
        from: Date,
    ) -> Result<Vec<PlannedTarget>, AppError> {
        let context = self.context().await?;
        let order = bundle
            .run
            .order
            .as_ref()
            .ok_or_else(|| AppError::not_found("order", ""))?;
        let until = order.valid_until();
        let days = working_days(&context.calendar, from.max(order.draft.valid_from), until)?;
        let per_day = usize::try_from(per_day.max(1)).unwrap_or(usize::MAX);
        let needed = shares
            .values()
            .map(|share| share.len().div_ceil(per_day))
            .max()
            .unwrap_or(0);
        if needed > days.len() {
            return Err(AppError::invalid(
                "plan",
                Unfit::from(UnfitCode::PlanTooLong)
                    .with("needed", needed)
                    .with("left", days.len()),
            ));
        }
        Ok(shares
            .into_iter()
            .flat_map(|(team, share)| {
                share
                    .into_iter()
                    .enumerate()
                    .map(move |(place, target)| (team, place, target))
            })
            .map(|(team, place, target)| PlannedTarget {
                target,
                team,
                planned_on: days.get(place / per_day).copied(),
                due_on: until,
            })
            .collect())
    }

    /// The teams of an earlier run for this one, with fresh ids, from `from` on: whoever was a member on its
    /// last planned day. The sites stay with the team that had them.
    pub fn copy_teams(
        &self,
        earlier: &RunBundle,
        bundle: &RunBundle,
        from: Date,
    ) -> (Vec<Team>, BTreeMap<TeamId, Vec<TargetId>>) {
        let last = earlier
            .targets
            .iter()
            .filter_map(|target| target.planned_on)
            .max()
            .unwrap_or(from);
        let mut ids = self.ids();
        let here: BTreeMap<SiteId, TargetId> = bundle
            .targets
            .iter()
            .filter(|target| !target.done_with())
            .map(|target| (target.site, target.id))
            .collect();
        let mut teams = Vec::new();
        let mut shares = BTreeMap::new();
        for team in earlier.run.teams.values() {
            let present: BTreeSet<_> = team.members_on(last).collect();
            let Some(leader) = present
                .iter()
                .copied()
                .find(|person| *person == team.leader)
                .or(present.first().copied())
            else {
                continue;
            };
            let copied = Team {
                id: ids.fresh(),
                leader,
                members: present
                    .into_iter()
                    .map(|person| Member {
                        person,
                        from,
                        until: None,
                    })
                    .collect(),
                ..team.clone()
            };
            let share = earlier
                .targets
                .iter()
                .filter(|target| target.team == Some(team.id))
                .filter_map(|target| here.get(&target.site).copied())
                .collect();
            shares.insert(copied.id, share);
            teams.push(copied);
        }
        (teams, shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn district(first: u128, size: u128) -> District {
        (first..first + size)
            .map(|id| TargetId(Uuid::from_u128(id)))
            .collect()
    }

    #[test]
    fn districts_stay_together_and_teams_get_fair_shares() {
        let teams: Vec<TeamId> = (1..=2).map(|id| TeamId(Uuid::from_u128(id))).collect();
        let shares = share(&[district(0, 3), district(10, 5), district(20, 2)], &teams);
        assert_eq!(shares[&teams[0]], district(10, 5));
        assert_eq!(shares[&teams[1]].len(), 5);
        let shares = share(&[district(0, 10)], &teams);
        assert_eq!(
            (shares[&teams[0]].len(), shares[&teams[1]].len()),
            (5, 5),
            "a big one is cut"
        );
        assert!(share(&[district(0, 1)], &[]).is_empty());
    }
}
