//! Incidents: one cause of many complaints, and what stands behind one place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rajut_core::complaint::{Complaint, Incident, ProviderTicket, Resolution};
use rajut_core::flow::{Command, IncidentDraft};
use rajut_core::id::{ComplaintId, DeviceId, IncidentId, LinkId, SiteId};
use rajut_core::procedure::StepId;
use rajut_core::register::{Device, Link, Site};
use rajut_core::run::Run;
use rajut_store::{IncidentFilter, Page};
use serde::Serialize;

use crate::act::Done;
use crate::{App, AppError, Key, Who};

/// An incident that is not known yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewIncident {
    /// Code of the cause.
    pub cause: String,
    /// In words.
    pub what: String,
    /// Sites that it hits.
    pub sites: BTreeSet<SiteId>,
    /// Links that it is about.
    pub links: BTreeSet<LinkId>,
    /// Devices that it is about.
    pub devices: BTreeSet<DeviceId>,
    /// When it began, if not when it is told.
    pub began_at: Option<Timestamp>,
    /// Complaints that join it at once.
    pub complaints: Vec<ComplaintId>,
}

/// A complaint as a line of its incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinedComplaint {
    /// Its number.
    pub number: String,
    /// Code of its site.
    pub site: String,
    /// Whether its own run goes on: it still has to be tested, and confirmed by who complained.
    pub open: bool,
    /// The steps at which it stands.
    pub open_steps: Vec<StepId>,
}

/// An incident as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentView {
    /// Its id.
    pub id: IncidentId,
    /// Code of the cause.
    pub cause: String,
    /// The cause as people read it.
    pub cause_label: String,
    /// In words.
    pub what: String,
    /// Codes of the sites that it hits.
    pub sites: Vec<String>,
    /// Codes of the links that it is about.
    pub links: Vec<String>,
    /// Codes of the devices that it is about.
    pub devices: Vec<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// Tickets at providers.
    pub tickets: Vec<ProviderTicket>,
    /// How it ended.
    pub resolution: Option<Resolution>,
    /// The complaints that joined it, by number.
    pub complaints: Vec<JoinedComplaint>,
}

impl App {
    /// Opens an incident. The same key gives the same incident.
    pub async fn open_incident(&self, who: Who, key: Key, new: NewIncident) -> Result<IncidentId, AppError> {
        let id = key
            .key
            .map_or_else(|| self.ids().fresh(), |act| IncidentId(act.0));
        let draft = IncidentDraft {
            id,
            cause: new.cause,
            what: new.what,
            sites: new.sites,
            links: new.links,
            devices: new.devices,
            began_at: new.began_at.or(key.occurred_at).unwrap_or_else(|| self.now()),
            complaints: new.complaints,
        };
        self.act(who, key, &Command::OpenIncident(Box::new(draft)))
            .await?;
        Ok(id)
    }

    /// Says that an incident is over. Gives the complaints that still have to be confirmed: each is closed by its
    /// own run and by nothing else.
    pub async fn resolve_incident(
        &self,
        who: Who,
        key: Key,
        incident: IncidentId,
        what: &str,
    ) -> Result<(Done, Vec<JoinedComplaint>), AppError> {
        let what = what.to_owned();
        let done = self
            .act(who, key, &Command::ResolveIncident { incident, what })
            .await?;
        let view = self.incident_view(incident).await?;
        let waiting = view.complaints.into_iter().filter(|it| it.open).collect();
        Ok((done, waiting))
    }

    /// A site and all that lie behind it on the way from the centre.
    pub async fn sites_behind(&self, site: SiteId) -> Result<BTreeSet<SiteId>, AppError> {
        let sites = self.sites().await?;
        let mut behind = BTreeSet::from([site]);
        loop {
            let more: Vec<SiteId> = sites
                .values()
                .filter(|it| !behind.contains(&it.id) && it.parent.is_some_and(|up| behind.contains(&up)))
                .map(|it| it.id)
                .collect();
            if more.is_empty() {
                return Ok(behind);
            }
            behind.extend(more);
        }
    }

    /// Open complaints of a site and of those behind it that have no incident yet, the oldest first.
    pub async fn complaints_behind(&self, site: SiteId) -> Result<Vec<Complaint>, AppError> {
        let sites: Vec<SiteId> = self.sites_behind(site).await?.into_iter().collect();
        let open = self.store().open_complaints(&sites).await?;
        Ok(open
            .into_iter()
            .map(|it| it.state)
            .filter(|complaint| complaint.incident.is_none())
            .collect())
    }

    /// Every incident that is not over, the newest first.
    pub async fn open_incidents(&self) -> Result<Vec<Incident>, AppError> {
        let filter = IncidentFilter {
            open: Some(true),
            cause: None,
        };
        let (mut found, mut page) = (Vec::new(), Page::first(500));
        loop {
            let listed = self.store().incidents(&filter, &page).await?;
            found.extend(listed.items.into_iter().map(|it| it.state));
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// An incident with its complaints and where each of them stands.
    pub async fn incident_view(&self, id: IncidentId) -> Result<IncidentView, AppError> {
        let incident: Incident = self.find(id.0).await?;
        let context = self.context().await?;
        let sites = self.sites().await?;
        let code = |site: SiteId, sites: &BTreeMap<SiteId, Site>| {
            sites
                .get(&site)
                .map_or_else(|| site.to_string(), |it| it.code.clone())
        };
        let (mut links, mut devices, mut complaints) = (Vec::new(), Vec::new(), Vec::new());
        for link in &incident.links {
            links.push(self.find::<Link>(link.0).await?.code);
        }
        for device in &incident.devices {
            devices.push(self.find::<Device>(device.0).await?.code);
        }
        for complaint in &incident.complaints {
            let complaint: Complaint = self.find(complaint.0).await?;
            let run: Run = self.find(complaint.run.0).await?;
            complaints.push(JoinedComplaint {
                number: complaint.number,
                site: code(complaint.site, &sites),
                open: run.end.is_none(),
                open_steps: run.progress.open_steps(),
            });
        }
        complaints.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(IncidentView {
            id,
            cause_label: context.causes.label(&incident.cause).to_owned(),
            cause: incident.cause,
            what: incident.what,
            sites: incident.sites.iter().map(|site| code(*site, &sites)).collect(),
            links,
            devices,
            began_at: incident.began_at,
            tickets: incident.tickets,
            resolution: incident.resolution,
            complaints,
        })
    }
}
