//! A site as it is shown, with everything that belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rajut_core::check::{Judgement, Observation, Scope};
use rajut_core::complaint::Complaint;
use rajut_core::id::DeviceId;
use rajut_core::register::{Device, Link, Office, Service, Site};
use rajut_core::run::{FollowUp, Run, Target};
use rajut_core::stream::{State, StreamKind};
use rajut_core::visit::{Measured, Subject, Visit};
use rajut_store::{FollowUpFilter, Page, StoreError};

use crate::{App, AppError, SiteReport};

/// So many of the newest visits are shown.
const VISITS: u32 = 10;
/// More open follow-ups than these never wait at one site.
const FOLLOW_UPS: u32 = 200;

/// What is known of how a thing on the network does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LastSeen {
    /// The last look from the centre, with what the thresholds say of it.
    pub from_centre: Option<(Observation, Vec<Judgement>)>,
    /// The last measurement on site.
    pub on_site: Option<Measured>,
}

/// A site with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct SiteView {
    /// The site.
    pub site: Site,
    /// The offices there.
    pub offices: Vec<Office>,
    /// The sites on the way to the centre, the nearest first.
    pub path: Vec<Site>,
    /// How it is connected now; absent where nothing there is watched.
    pub connection: Option<SiteReport>,
    /// Devices in use.
    pub devices: Vec<(Device, LastSeen)>,
    /// Links in use.
    pub links: Vec<(Link, LastSeen)>,
    /// Complaints that are open, the oldest first.
    pub complaints: Vec<Complaint>,
    /// Where a run under way has yet to come.
    pub coming: Vec<(Target, Run)>,
    /// The newest visits.
    pub visits: Vec<Visit>,
    /// Follow-ups that wait.
    pub follow_ups: Vec<FollowUp>,
    /// Services that stop when it is cut off.
    pub services: Vec<Service>,
}

impl App {
    /// The site with this code.
    pub async fn site_by_code(&self, code: &str) -> Result<Site, AppError> {
        match self
            .store()
            .by_code(StreamKind::Site, code)
            .await?
            .map(|(_, it)| it.state)
        {
            Some(State::Site(site)) => Ok(*site),
            _ => Err(AppError::not_found("site", code)),
        }
    }

    /// A site as it is shown at `now`.
    pub async fn site_view(&self, site: Site, now: Timestamp) -> Result<SiteView, AppError> {
        let sites = self.sites().await?;
        let mut path: Vec<Site> = Vec::new();
        let mut up = site.parent;
        // A circle in the register ends where it began.
        while let Some(parent) = up.and_then(|id| sites.get(&id)) {
            if parent.id == site.id || path.iter().any(|it| it.id == parent.id) {
                break;
            }
            up = parent.parent;
            path.push(parent.clone());
        }
        let mut offices = Vec::new();
        for office in &site.offices {
            offices.push(self.find::<Office>(office.0).await?);
        }
        let status = self.status(now).await?;
        let visits = self.store().visits_of_site(site.id, &Page::first(VISITS)).await?;
        let visits: Vec<Visit> = visits.items.into_iter().map(|it| it.state).collect();
        let devices: Vec<Device> = self
            .store()
            .devices_of(site.id)
            .await?
            .into_iter()
            .map(|it| it.state)
            .filter(Device::in_use)
            .collect();
        let mut seen = self.last_seen(&devices).await?;
        let on_site = |subject: Subject| {
            let measured = visits.iter().flat_map(|visit| &visit.measured);
            measured
                .filter(|it| it.subject == subject)
                .max_by_key(|it| it.at)
                .cloned()
        };
        let devices = devices
            .into_iter()
            .map(|device| {
                let last = LastSeen {
                    from_centre: seen.remove(&device.id),
                    on_site: on_site(Subject::Device(device.id)),
                };
                (device, last)
            })
            .collect();
        let links = self
            .store()
            .links_of(site.id)
            .await?
            .into_iter()
            .map(|it| it.state)
            .filter(|link| link.ended_on.is_none())
            .map(|link| {
                let last = LastSeen {
                    from_centre: None,
                    on_site: on_site(Subject::Link(link.id)),
                };
                (link, last)
            })
            .collect();
        let mut coming = Vec::new();
        for target in self.store().targets_of_site(site.id).await? {
            let target = target.state;
            if target.settled() {
                continue;
            }
            let run: Run = self.find(target.run.0).await?;
            if run.end.is_none() {
                coming.push((target, run));
            }
        }
        let filter = FollowUpFilter {
            open: Some(true),
            site: Some(site.id),
            owner: None,
        };
        let follow_ups = self.store().follow_ups(&filter, &Page::first(FOLLOW_UPS)).await?;
        let all = self.store().all(StreamKind::Service).await?;
        let services = all
            .into_iter()
            .filter_map(|(_, known)| match known.state {
                State::Service(service) => Some(*service),
                _ => None,
            })
            .filter(|service| service.sites.contains(&site.id) || service.hosted_at == Some(site.id))
            .collect();
        let complaints = self.store().open_complaints(&[site.id]).await?;
        Ok(SiteView {
            connection: status.sites.into_iter().find(|it| it.code == site.code),
            complaints: complaints.into_iter().map(|it| it.state).collect(),
            follow_ups: follow_ups.items.into_iter().map(|it| it.state).collect(),
            site,
            offices,
            path,
            devices,
            links,
            coming,
            visits,
            services,
        })
    }

    /// The last look from the centre at each of some devices, judged.
    async fn last_seen(
        &self,
        devices: &[Device],
    ) -> Result<BTreeMap<DeviceId, (Observation, Vec<Judgement>)>, AppError> {
        let context = self.context().await?;
        let ids: BTreeSet<DeviceId> = devices.iter().map(|device| device.id).collect();
        let ids: Vec<DeviceId> = ids.into_iter().collect();
        let mut seen = BTreeMap::new();
        for (device, kept) in self.store().latest_observations(&ids, 1).await? {
            let Some(kept) = kept.first() else {
                continue;
            };
            let observation: Observation = serde_json::from_str(&kept.body).map_err(|error| {
                AppError::Store(StoreError::Corrupt {
                    what: format!("observation {}", kept.id),
                    why: error.to_string(),
                })
            })?;
            let judged = context.thresholds.judge_observation(&observation, Scope::Noc);
            seen.insert(device, (observation, judged));
        }
        Ok(seen)
    }
}
