//! Watching the registered devices, and what follows: which sites, and which services that depend on them, are
//! without connection now (the second warning of the procedure).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::num::NonZeroU32;

use jiff::Timestamp;
use rajut_core::check::{
    Connection, Look, Observation, PathDevice, Reach, ServiceAtSite, services_affected, site_statuses,
};
use rajut_core::complaint::{Causes, Incident};
use rajut_core::id::{DeviceId, IncidentId, ServiceId, SiteId, VisitId};
use rajut_core::register::{Device, Service, Site};
use rajut_core::stream::{State, StreamKind};
use rajut_probe::network::Network;
use rajut_probe::{How, Settings, Target, registered_only};
use rajut_store::StoredObservation;
use serde::Serialize;

use crate::{App, AppError, Held};

/// A site as the status tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SiteReport {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Kecamatan.
    pub district: String,
    /// `connected`, `without` or `unknown`.
    pub connection: &'static str,
    /// Without connection since.
    pub since: Option<Timestamp>,
    /// Code of the device to look at.
    pub cause: Option<String>,
    /// The last look that said something.
    pub as_of: Option<Timestamp>,
    /// Seconds since that look.
    pub age_s: Option<i64>,
    /// Incidents under way that hit it, the newest first.
    pub incidents: Vec<SiteIncident>,
}

/// An incident under way, beside a site that it hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SiteIncident {
    /// Its id.
    pub id: IncidentId,
    /// The cause as people read it.
    pub cause: String,
    /// In words.
    pub what: String,
}

/// What is connected and what is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StatusReport {
    /// When it was asked.
    pub at: Timestamp,
    /// Sites, those without connection first.
    pub sites: Vec<SiteReport>,
    /// Services that are hit.
    pub services: Vec<String>,
    /// How many sites are without connection.
    pub without: usize,
    /// Of how many nothing is known.
    pub unknown: usize,
}

/// The devices of the register that can be looked at.
struct Watched {
    devices: Vec<Device>,
    sites: BTreeMap<SiteId, Site>,
}

impl App {
    async fn watched(&self) -> Result<Watched, AppError> {
        let devices = self
            .store()
            .all(StreamKind::Device)
            .await?
            .into_iter()
            .filter_map(|(_, versioned)| match versioned.state {
                State::Device(device) if device.in_use() => Some(*device),
                _ => None,
            })
            .collect();
        Ok(Watched {
            devices,
            sites: self.sites().await?,
        })
    }

    /// Looks once at every registered device that has an address, keeps what was seen and says how many there
    /// were. The devices at the centre are the anchors: when none of them answers the fault is ours, and no
    /// office is blamed.
    pub async fn look_at_all<N: Network + Send + 'static>(
        &self,
        network: &mut Held<N>,
        clock: std::sync::Arc<dyn rajut_core::clock::Clock>,
    ) -> Result<usize, AppError> {
        let watched = self.watched().await?;
        let centre: BTreeSet<SiteId> = watched
            .sites
            .values()
            .filter(|site| site.parent.is_none())
            .map(|site| site.id)
            .collect();
        let devices: Vec<Device> = watched
            .devices
            .into_iter()
            .filter(|device| device.endpoint.is_some())
            .collect();
        let anchors = devices
            .iter()
            .filter(|device| centre.contains(&device.site))
            .filter_map(target)
            .collect();
        let settings = Settings {
            anchors,
            ..Settings::monitoring()
        };
        let seen = self.look(network, clock, &devices, settings).await?;
        let kept: Vec<StoredObservation> = devices
            .iter()
            .zip(&seen)
            .map(|(device, seen)| stored(Some(device.id), None, seen))
            .collect::<Result<_, _>>()?;
        self.store().insert_observations(&kept).await?;
        Ok(kept.len())
    }

    /// Looks at registered devices.
    pub(crate) async fn look<N: Network + Send + 'static>(
        &self,
        network: &mut Held<N>,
        clock: std::sync::Arc<dyn rajut_core::clock::Clock>,
        devices: &[Device],
        settings: Settings,
    ) -> Result<Vec<Observation>, AppError> {
        let register: BTreeSet<IpAddr> = devices
            .iter()
            .filter_map(|device| device.endpoint.as_ref())
            .map(|endpoint| endpoint.address)
            .collect();
        let targets = devices.iter().filter_map(target).collect();
        let permitted =
            registered_only(&register, targets).map_err(|error| AppError::Network(error.to_string()))?;
        network.check(clock, self.ids(), permitted, settings).await
    }

    /// What is connected and what is not, from what was seen so far.
    pub async fn status(&self, now: Timestamp) -> Result<StatusReport, AppError> {
        let context = self.context().await?;
        let failures =
            NonZeroU32::new(context.agency_file.monitoring.failures).unwrap_or(Reach::FAILURES_IN_A_ROW);
        let watched = self.watched().await?;
        let by_id: BTreeMap<DeviceId, &Device> =
            watched.devices.iter().map(|device| (device.id, device)).collect();
        let ids: Vec<DeviceId> = watched.devices.iter().map(|device| device.id).collect();
        // A look that was not observed never counts, so a few more are read than failures are needed.
        let latest = self.store().latest_observations(&ids, failures.get() * 4).await?;
        let reach = |device: DeviceId| {
            let looks: Vec<Look> = latest
                .get(&device)
                .map(|kept| {
                    kept.iter()
                        .filter_map(|one| serde_json::from_str::<Observation>(&one.body).ok())
                        .filter_map(|seen| Look::of(&seen))
                        .collect()
                })
                .unwrap_or_default();
            Reach::fold(&looks, failures)
        };
        let gateway_of = |site: SiteId| watched.sites.get(&site).and_then(|site| site.gateway);
        let path: Vec<PathDevice> = watched
            .devices
            .iter()
            .map(|device| {
                let own_gateway = gateway_of(device.site);
                let gateway = own_gateway == Some(device.id);
                let parent_site = watched.sites.get(&device.site).and_then(|site| site.parent);
                PathDevice {
                    device: device.id,
                    site: device.site,
                    parent: if gateway {
                        parent_site.and_then(gateway_of)
                    } else {
                        own_gateway
                    },
                    gateway,
                    reach: reach(device.id),
                }
            })
            .collect();
        let statuses = site_statuses(&path);
        let services = self.services().await?;
        let hit = services_affected(&statuses, &at_sites(services.values()));
        let open = self.open_incidents().await?;
        let mut sites: Vec<SiteReport> = statuses
            .iter()
            .filter_map(|status| {
                let site = watched.sites.get(&status.site)?;
                let (connection, since, cause) = match status.connection {
                    Connection::Connected => ("connected", None, None),
                    Connection::Without { since, cause } => (
                        "without",
                        Some(since),
                        by_id.get(&cause).map(|device| device.code.clone()),
                    ),
                    Connection::Unknown => ("unknown", None, None),
                };
                Some(SiteReport {
                    code: site.code.clone(),
                    name: site.name.clone(),
                    district: site.district.clone(),
                    connection,
                    since,
                    cause,
                    as_of: status.as_of,
                    // Seen by a clock ahead of this one, it is as fresh as can be.
                    age_s: status.as_of.map(|at| at.duration_until(now).as_secs().max(0)),
                    incidents: beside(site.id, &open, &context.causes),
                })
            })
            .collect();
        let rank = |site: &SiteReport| match site.connection {
            "without" => 0,
            "unknown" => 1,
            _ => 2,
        };
        sites.sort_by(|a, b| (rank(a), a.since, &a.code).cmp(&(rank(b), b.since, &b.code)));
        Ok(StatusReport {
            at: now,
            without: sites.iter().filter(|site| site.connection == "without").count(),
            unknown: sites.iter().filter(|site| site.connection == "unknown").count(),
            services: hit
                .iter()
                .filter_map(|id| services.get(id))
                .map(|service| service.name.clone())
                .collect(),
            sites,
        })
    }

    async fn services(&self) -> Result<BTreeMap<ServiceId, Service>, AppError> {
        let all = self.store().all(StreamKind::Service).await?;
        Ok(all
            .into_iter()
            .filter_map(|(_, versioned)| match versioned.state {
                State::Service(service) => Some((service.id, *service)),
                _ => None,
            })
            .collect())
    }
}

/// The incidents under way that hit a site.
fn beside(site: SiteId, open: &[Incident], causes: &Causes) -> Vec<SiteIncident> {
    open.iter()
        .filter(|incident| incident.sites.contains(&site))
        .map(|incident| SiteIncident {
            id: incident.id,
            cause: causes.label(&incident.cause).to_owned(),
            what: incident.what.clone(),
        })
        .collect()
}

/// Services with the sites on which they depend.
fn at_sites<'s>(services: impl Iterator<Item = &'s Service>) -> Vec<ServiceAtSite> {
    services
        .flat_map(|service| {
            let sites = service.sites.iter().copied().chain(service.hosted_at);
            sites.map(|site| ServiceAtSite {
                service: service.id,
                site,
            })
        })
        .collect()
}

/// How a registered device is looked at: by echo, or by its port where it has one.
fn target(device: &Device) -> Option<Target> {
    let endpoint = device.endpoint.as_ref()?;
    let how = match endpoint.tcp_port {
        Some(port) => How::Connect { port },
        None => How::Echo,
    };
    Some(Target {
        name: device.code.clone(),
        address: endpoint.address,
        how,
    })
}

/// An observation as the store keeps it.
pub(crate) fn stored(
    device: Option<DeviceId>,
    visit: Option<VisitId>,
    seen: &Observation,
) -> Result<StoredObservation, AppError> {
    let body = serde_json::to_string(seen).map_err(|error| AppError::Network(error.to_string()))?;
    Ok(StoredObservation {
        id: seen.id,
        device,
        visit,
        vantage: seen.vantage.code().to_owned(),
        started_at: seen.started_at,
        outcome: seen.outcome.code().to_owned(),
        body,
    })
}
