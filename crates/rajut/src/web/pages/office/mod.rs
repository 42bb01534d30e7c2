//! The pages of a served office: its own sites, its own complaints, who comes and when, and nothing else.
//!
//! Hides how it is known whose a thing is. Whatever is not the office's own is answered as if there were no such
//! thing; what may be done with its own is for the rules to say.

pub mod complaint;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use rajut_app::Context;
use rajut_app::store::{ComplaintFilter, Page as Part};
use rajut_core::complaint::Complaint;
use rajut_core::id::{OfficeId, SiteId};
use rajut_core::register::{Office, Site};
use rajut_core::run::Run;
use serde::Deserialize;

use super::complaints::{self, Row};
use super::home::Choice;
use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};

/// So many of the newest complaints of an office or site are looked through.
const NEWEST: u32 = 100;

/// What belongs to the offices for which somebody speaks.
pub struct Own {
    /// The offices.
    pub offices: BTreeMap<OfficeId, Office>,
    /// Their sites in use, by name.
    pub sites: Vec<Site>,
}

impl Own {
    /// What is somebody's own today.
    pub async fn of(web: &Web, context: &Context, visitor: &Visitor) -> Result<Self, Failure> {
        let duty = web.duty(context);
        let ids = visitor
            .person
            .map(|person| duty.offices_of(person))
            .unwrap_or_default();
        let offices: BTreeMap<OfficeId, Office> = complaints::offices(web)
            .await?
            .into_values()
            .filter(|office| ids.contains(&office.id))
            .map(|office| (office.id, office))
            .collect();
        let today = web.today(context);
        let mut sites: Vec<Site> = web
            .app
            .sites()
            .await?
            .into_values()
            .filter(|site| site.offices.iter().any(|office| offices.contains_key(office)))
            .filter(|site| site.ended_on.is_none_or(|ended| ended > today))
            .collect();
        sites.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { offices, sites })
    }

    /// The site with this code.
    pub fn site(&self, code: &str) -> Result<&Site, Failure> {
        self.sites
            .iter()
            .find(|site| site.code == code)
            .ok_or_else(hidden)
    }

    /// The site with this id.
    pub fn site_of(&self, id: SiteId) -> Result<&Site, Failure> {
        self.sites.iter().find(|site| site.id == id).ok_or_else(hidden)
    }

    /// The offices of these that are at a site.
    pub fn offices_at(&self, site: &Site) -> Vec<&Office> {
        site.offices
            .iter()
            .filter_map(|id| self.offices.get(id))
            .collect()
    }

    /// Whether a complaint is theirs: told for one of the offices, or for none in particular at a site of theirs alone.
    pub fn has(&self, complaint: &Complaint) -> bool {
        match complaint.office {
            Some(office) => self.offices.contains_key(&office),
            None => self.sites.iter().any(|site| {
                site.id == complaint.site
                    && site
                        .offices
                        .iter()
                        .all(|office| self.offices.contains_key(office))
            }),
        }
    }

    /// The newest complaints that are theirs.
    pub async fn complaints(&self, web: &Web, open: Option<bool>) -> Result<Vec<Complaint>, Failure> {
        let of_offices = self.offices.keys().map(|office| (Some(*office), None));
        let at_sites = self.sites.iter().map(|site| (None, Some(site.id)));
        let mut found: BTreeMap<_, Complaint> = BTreeMap::new();
        for (office, site) in of_offices.chain(at_sites) {
            let filter = ComplaintFilter {
                open,
                site,
                office,
                priority: None,
            };
            let listed = web.app.store().complaints(&filter, &Part::first(NEWEST)).await?;
            let theirs = listed
                .items
                .into_iter()
                .map(|it| it.state)
                .filter(|it| self.has(it));
            found.extend(theirs.map(|complaint| (complaint.id, complaint)));
        }
        let mut found: Vec<Complaint> = found.into_values().collect();
        found.sort_by_key(|complaint| std::cmp::Reverse((complaint.received_at, complaint.id)));
        Ok(found)
    }
}

/// What is not theirs is not there.
pub fn hidden() -> Failure {
    Failure::of(StatusCode::NOT_FOUND)
}

/// A site of theirs.
struct SiteLine {
    name: String,
    connection: String,
    colour: &'static str,
    since: String,
    visits: Vec<String>,
    complain: String,
}

#[derive(Template)]
#[template(path = "office_home.html")]
struct HomePage {
    frame: Frame,
    greeting: String,
    names: String,
    sites: Vec<SiteLine>,
    waiting: Vec<Row>,
    rows: Vec<Row>,
    choices: Vec<Choice>,
}

/// The first page of a served office.
pub async fn home(
    web: &Web,
    visitor: &Visitor,
    frame: Frame,
    greeting: String,
    choices: Vec<Choice>,
) -> Page {
    let words = frame.words();
    let context = web.app.context().await?;
    let own = Own::of(web, &context, visitor).await?;
    let now = web.app.now();
    let status = web.app.status(now).await?;
    let mut sites = Vec::new();
    for site in &own.sites {
        let told = status.sites.iter().find(|it| it.code == site.code);
        let (key, colour) = show::connection(told.map_or("", |it| it.connection));
        sites.push(SiteLine {
            name: site.name.clone(),
            connection: words.say(key),
            colour,
            since: told
                .and_then(|it| it.since)
                .map(|since| {
                    let time = show::minutes(words, since.duration_until(now).as_mins());
                    say(words, "web-down-for", &[("time", time.into())])
                })
                .unwrap_or_default(),
            visits: visits(web, words, site).await?,
            complain: format!("/kantor/pengaduan/baru?lokasi={}", show::escaped(&site.code)),
        });
    }
    let open = own.complaints(web, Some(true)).await?;
    let all_sites = web.app.sites().await?;
    let rows = complaints::rows(web, &context, words, &open, &all_sites).await?;
    let mut asked = BTreeSet::new();
    for complaint in &open {
        if complaint::waits_for_office(web, &context, complaint).await? {
            asked.insert(complaint.number.clone());
        }
    }
    let (waiting, rows) = rows.into_iter().partition(|row| asked.contains(&row.number));
    rendered(&HomePage {
        greeting,
        names: own
            .offices
            .values()
            .map(|office| office.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        sites,
        waiting,
        rows,
        choices,
        frame,
    })
}

/// When the team comes to a site.
async fn visits(web: &Web, words: &crate::words::Words, site: &Site) -> Result<Vec<String>, Failure> {
    let mut told = Vec::new();
    for target in web.app.store().targets_of_site(site.id).await? {
        let target = target.state;
        if target.settled() {
            continue;
        }
        let run: Run = web.app.find(target.run.0).await?;
        if run.end.is_some() || run.teams_formed_at.is_none() {
            continue;
        }
        let (key, day) = match target.planned_on {
            Some(day) => ("web-office-visit-on", day),
            None => ("web-office-visit-by", target.due_on),
        };
        told.push((day, say(words, key, &[("day", show::date(words, day).into())])));
    }
    told.sort();
    Ok(told.into_iter().map(|(_, sentence)| sentence).collect())
}

/// Which part of the list.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    status: String,
}

#[derive(Template)]
#[template(path = "office_complaints.html")]
struct ListPage {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
}

/// `/kantor/pengaduan`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let context = web.app.context().await?;
    let own = Own::of(&web, &context, &visitor).await?;
    let all = wanted.status == "all";
    let found = own.complaints(&web, (!all).then_some(true)).await?;
    let sites = web.app.sites().await?;
    let rows = complaints::rows(&web, &context, frame.words(), &found, &sites).await?;
    rendered(&ListPage { frame, all, rows })
}
