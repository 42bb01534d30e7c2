//! What a plan needs to know: beside each target its last visit, its complaints and the ways to it, beside each team
//! whoever could go along.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::Date;
use rajut_app::{Context, RunBundle};
use rajut_core::id::{ActId, PersonId, SiteId, TargetId, TeamId};
use rajut_core::people::Role;
use rajut_core::register::{Accuracy, Place, Site};
use rajut_core::run::{BatchRule, Team};
use rajut_core::visit::Visit;

use super::{board, draft};
use crate::web::failure::Failure;
use crate::web::frame::form_key;
use crate::web::{Web, say, show};
use crate::words::Words;

/// Visits this far back say when a site was seen last.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 400);
/// A person who can be a member.
pub struct PersonBox {
    /// Who.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Whether a member of the team.
    pub member: bool,
    /// Whether it is the leader.
    pub leads: bool,
}

/// A team with the fields of its form.
pub struct TeamBox {
    /// Its id.
    pub id: TeamId,
    /// Key of its form.
    pub key: ActId,
    /// Its name.
    pub name: String,
    /// Who leads.
    pub leader: String,
    /// Who goes along.
    pub members: String,
    /// The vehicle.
    pub vehicle: String,
    /// Code of what it reports by.
    pub batch: &'static str,
    /// Who can be a member.
    pub people: Vec<PersonBox>,
    /// "34 lokasi, 12 terpenuhi".
    pub share: String,
}

/// A target with what its plan needs to know.
pub struct TargetBox {
    /// Its id.
    pub id: TargetId,
    /// Code of the site.
    pub code: String,
    /// Name of the site.
    pub site: String,
    /// Kecamatan.
    pub district: String,
    /// The team.
    pub team: Option<TeamId>,
    /// Name of the team.
    pub team_name: String,
    /// As a form has it.
    pub day: String,
    /// As people read it.
    pub planned: String,
    /// When it was visited last, and how that went.
    pub last_visit: String,
    /// Open complaints, in words.
    pub complaints: String,
    /// How far the NOC is.
    pub distance: String,
    /// How far the next site of the same team is.
    pub nearest: String,
    /// Why an earlier run left it.
    pub carried: String,
    /// Where it stands.
    pub standing: String,
    /// The colour of that.
    pub colour: &'static str,
    /// Whether it can be planned.
    pub open: bool,
}

impl TargetBox {
    /// Whether a team goes there.
    pub fn is_of(&self, team: &TeamId) -> bool {
        self.team == Some(*team)
    }
}

/// What is known about sites and people while a plan is made.
pub struct Knowledge {
    sites: BTreeMap<SiteId, Site>,
    last: BTreeMap<SiteId, (Date, String)>,
    complaints: BTreeMap<SiteId, usize>,
    noc: Option<Site>,
    places: BTreeMap<TargetId, Place>,
}

impl Knowledge {
    /// Reads it.
    pub async fn read(web: &Web, context: &Context, bundle: &RunBundle) -> Result<Self, Failure> {
        let sites = web.app.sites().await?;
        let (now, zone) = (web.app.now(), context.agency.zone);
        let mut last: BTreeMap<SiteId, (Date, String)> = BTreeMap::new();
        let visits: Vec<Visit> = web
            .app
            .store()
            .visits_between(now - LOOK_BACK, now)
            .await?
            .into_iter()
            .map(|known| known.state)
            .collect();
        for visit in &visits {
            let (Some(left), Some(outcome)) = (&visit.check_out, visit.outcome) else {
                continue;
            };
            let day = zone.date(left.at);
            let newer = last.get(&visit.site).is_none_or(|(known, _)| *known <= day);
            if newer {
                last.insert(visit.site, (day, outcome.code().to_owned()));
            }
        }
        let scope: Vec<SiteId> = bundle.targets.iter().map(|target| target.site).collect();
        let mut complaints = BTreeMap::new();
        for complaint in web.app.store().open_complaints(&scope).await? {
            *complaints.entry(complaint.state.site).or_default() += 1;
        }
        // The NOC is the site to which the others lead.
        let led_to: BTreeSet<SiteId> = sites.values().filter_map(|site| site.parent).collect();
        let noc = sites
            .values()
            .find(|site| site.parent.is_none() && led_to.contains(&site.id))
            .cloned();
        let places = bundle
            .targets
            .iter()
            .filter_map(|target| Some((target.id, sites.get(&target.site)?.place?)))
            .collect();
        Ok(Self {
            sites,
            last,
            complaints,
            noc,
            places,
        })
    }

    /// A target as it is or could be planned.
    pub fn target(
        &self,
        words: &Words,
        target: &rajut_core::run::Target,
        team: Option<TeamId>,
        day: Option<Date>,
        teams: &[Team],
        planned: &BTreeMap<TargetId, (TeamId, Option<Date>)>,
    ) -> TargetBox {
        let site = self.sites.get(&target.site);
        let text = |of: fn(&Site) -> &String| site.map(|site| of(site).clone()).unwrap_or_default();
        let complaints = self.complaints.get(&target.site).copied().unwrap_or(0);
        let (standing, colour) = board::target_standing(target.standing());
        TargetBox {
            id: target.id,
            code: text(|site| &site.code),
            site: text(|site| &site.name),
            district: text(|site| &site.district),
            team,
            team_name: team
                .and_then(|id| teams.iter().find(|team| team.id == id))
                .map(|team| team.name.clone())
                .unwrap_or_default(),
            day: day.map(|day| day.to_string()).unwrap_or_default(),
            planned: day.map(|day| show::day_and_month(words, day)).unwrap_or_default(),
            last_visit: self.last.get(&target.site).map_or_else(
                || words.say("web-visit-never"),
                |(day, outcome)| {
                    let how = words.say(&format!("outcome-{}", outcome.replace('_', "-")));
                    format!("{} ({how})", show::day_and_month(words, *day))
                },
            ),
            complaints: if complaints > 0 {
                format!("{complaints} {}", words.say("web-complaints-short"))
            } else {
                String::new()
            },
            distance: site.map(|site| self.distance(words, site)).unwrap_or_default(),
            nearest: team
                .map(|team| self.nearest(words, target.id, team, planned))
                .unwrap_or_default(),
            carried: target
                .carried_over
                .as_ref()
                .map(|left| {
                    let reasons: Vec<String> = left
                        .reasons
                        .iter()
                        .map(|reason| draft::carried_reason(words, reason))
                        .collect();
                    reasons.join("; ")
                })
                .unwrap_or_default(),
            standing: words.say(standing),
            colour,
            open: !target.done_with(),
        }
    }

    /// "12,3 km", from the NOC, where both places are known.
    fn distance(&self, words: &Words, site: &Site) -> String {
        let there = self.noc.as_ref().and_then(|noc| noc.place);
        let Some((here, there)) = site.place.zip(there) else {
            return String::new();
        };
        let guessed = here.accuracy == Accuracy::Estimated || there.accuracy == Accuracy::Estimated;
        let km = show::decimal(words, here.distance_km(there));
        format!("{}{km} km", if guessed { "± " } else { "" })
    }

    /// How far the nearest other site is to which the same team goes.
    fn nearest(
        &self,
        words: &Words,
        target: TargetId,
        team: TeamId,
        planned: &BTreeMap<TargetId, (TeamId, Option<Date>)>,
    ) -> String {
        let Some(here) = self.places.get(&target) else {
            return String::new();
        };
        self.places
            .iter()
            .filter(|(other, _)| **other != target && planned.get(other).is_some_and(|it| it.0 == team))
            .map(|(_, there)| here.distance_km(*there))
            .min_by(f64::total_cmp)
            .map(|km| say(words, "web-nearest", &[("km", show::decimal(words, km).into())]))
            .unwrap_or_default()
    }
}

/// A team as it is on a day.
pub fn team_box(
    web: &Web,
    words: &Words,
    context: &Context,
    day: Date,
    bundle: &RunBundle,
    team: &Team,
) -> TeamBox {
    let name = |id: PersonId| {
        context
            .person(id)
            .map_or_else(|_| id.to_string(), rajut_core::people::Person::full_name)
    };
    let members: BTreeSet<PersonId> = team.members_on(day).collect();
    let mine = || {
        bundle
            .targets
            .iter()
            .filter(|target| target.team == Some(team.id))
    };
    let args = [
        ("targets", mine().count().into()),
        ("met", mine().filter(|target| target.done_with()).count().into()),
    ];
    let others: Vec<String> = members
        .iter()
        .filter(|id| **id != team.leader)
        .map(|id| name(*id))
        .collect();
    TeamBox {
        id: team.id,
        key: form_key(web),
        name: team.name.clone(),
        leader: name(team.leader),
        members: others.join(", "),
        vehicle: team.vehicle.clone(),
        batch: batch(team.batch),
        people: people(context, day, &members, Some(team.leader)),
        share: say(words, "web-team-share", &args),
    }
}

/// A team to be filled in.
pub fn empty_box(web: &Web, context: &Context, day: Date) -> TeamBox {
    TeamBox {
        id: web.app.ids().fresh(),
        key: form_key(web),
        name: String::new(),
        leader: String::new(),
        members: String::new(),
        vehicle: String::new(),
        batch: batch(BatchRule::Day),
        people: people(context, day, &BTreeSet::new(), None),
        share: String::new(),
    }
}

fn batch(rule: BatchRule) -> &'static str {
    match rule {
        BatchRule::Day => "day",
        BatchRule::Trip => "trip",
        BatchRule::Week => "week",
    }
}

fn people(
    context: &Context,
    day: Date,
    members: &BTreeSet<PersonId>,
    leader: Option<PersonId>,
) -> Vec<PersonBox> {
    let mut staff = draft::staff(context, day);
    // Who goes out most stands first.
    staff.sort_by_key(|(id, name, role)| {
        (
            !members.contains(id),
            !matches!(role, Role::Technician),
            name.clone(),
        )
    });
    staff
        .into_iter()
        .filter(|(id, _, role)| {
            members.contains(id)
                || matches!(role, Role::Technician | Role::SectionHead | Role::ServiceOfficer)
        })
        .map(|(id, name, _)| PersonBox {
            id,
            name,
            member: members.contains(&id),
            leads: leader == Some(id),
        })
        .collect()
}
