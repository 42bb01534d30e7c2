//! Which sites are without connection, and whose fault it is. Hides the walk up the path to the network
//! operation centre; takes plain data and knows no register.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::{Reach, Reachability};
use crate::id::{DeviceId, ServiceId, SiteId};

/// A device on the paths to the network operation centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathDevice {
    /// The device.
    pub device: DeviceId,
    /// Where it stands.
    pub site: SiteId,
    /// The next device towards the network operation centre.
    pub parent: Option<DeviceId>,
    /// Whether it connects its site to the rest.
    pub gateway: bool,
    /// What is known of it.
    pub reach: Reach,
}

/// A service that depends on a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceAtSite {
    /// The service.
    pub service: ServiceId,
    /// The site.
    pub site: SiteId,
}

/// Whether a site is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Connection {
    /// One of its gateways is reached.
    Connected,
    /// None is.
    Without {
        /// From the first failure of the device that is the cause.
        since: Timestamp,
        /// The device to look at: the one nearest to the network operation centre that is down.
        cause: DeviceId,
    },
    /// Not enough is known, or no gateway is registered.
    Unknown,
}

/// The state of one site and the age of what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SiteStatus {
    /// The site.
    pub site: SiteId,
    /// Whether it is connected.
    pub connection: Connection,
    /// The last look at one of its gateways that said something.
    pub as_of: Option<Timestamp>,
}

/// The state of every site that has a device in `devices`, ordered by site.
///
/// A gateway that answers settles it: whatever is said of the devices before it, the site is connected. Else
/// the device that is down nearest to the centre is the cause, even when the gateway itself was not measured.
/// Of several gateways one that answers is enough, and one of which nothing is known leaves it open.
pub fn site_statuses(devices: &[PathDevice]) -> Vec<SiteStatus> {
    let by_id: BTreeMap<DeviceId, &PathDevice> = devices.iter().map(|one| (one.device, one)).collect();
    let mut gateways: BTreeMap<SiteId, Vec<&PathDevice>> = BTreeMap::new();
    for device in devices {
        let of_site = gateways.entry(device.site).or_default();
        if device.gateway {
            of_site.push(device);
        }
    }
    gateways
        .into_iter()
        .map(|(site, gateways)| SiteStatus {
            site,
            connection: connection(&gateways, &by_id),
            as_of: gateways.iter().filter_map(|gateway| gateway.reach.as_of).max(),
        })
        .collect()
}

/// The services that depend on a site without connection, each once, ordered.
pub fn services_affected(statuses: &[SiteStatus], services: &[ServiceAtSite]) -> Vec<ServiceId> {
    let without: BTreeSet<SiteId> = statuses
        .iter()
        .filter(|status| matches!(status.connection, Connection::Without { .. }))
        .map(|status| status.site)
        .collect();
    let affected: BTreeSet<ServiceId> = services
        .iter()
        .filter(|one| without.contains(&one.site))
        .map(|one| one.service)
        .collect();
    affected.into_iter().collect()
}

fn connection(gateways: &[&PathDevice], by_id: &BTreeMap<DeviceId, &PathDevice>) -> Connection {
    if gateways
        .iter()
        .any(|gateway| gateway.reach.state == Reachability::Up)
    {
        return Connection::Connected;
    }
    let causes: Option<Vec<(Timestamp, DeviceId)>> =
        gateways.iter().map(|gateway| cause(gateway, by_id)).collect();
    // With several gateways the site has been without connection since the last of them failed.
    match causes.and_then(|causes| causes.into_iter().max()) {
        Some((since, cause)) => Connection::Without { since, cause },
        None => Connection::Unknown,
    }
}

/// The device that is down nearest to the centre on the way from `gateway`, and since when. A parent that
/// leads back to a device already passed ends the way: the register may be wrong, and must not hang us.
fn cause(gateway: &PathDevice, by_id: &BTreeMap<DeviceId, &PathDevice>) -> Option<(Timestamp, DeviceId)> {
    let mut found = None;
    let mut passed = BTreeSet::new();
    let mut at = Some(gateway);
    while let Some(device) = at.filter(|device| passed.insert(device.device)) {
        if let Reachability::Down { since } = device.reach.state {
            found = Some((since, device.device));
        }
        at = device.parent.and_then(|parent| by_id.get(&parent).copied());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FreshIds;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_770_000_000 + 60 * minute).unwrap()
    }

    fn up() -> Reach {
        Reach {
            state: Reachability::Up,
            as_of: Some(at(9)),
            failures: 0,
        }
    }

    fn down(minute: i64) -> Reach {
        Reach {
            state: Reachability::Down { since: at(minute) },
            as_of: Some(at(8)),
            failures: 3,
        }
    }

    /// The centre's core router, a repeater on a hill, and an office behind it.
    struct Net {
        sites: [SiteId; 3],
        core: PathDevice,
        repeater: PathDevice,
        office: PathDevice,
        ids: FreshIds,
    }

    fn net() -> Net {
        let mut ids = FreshIds::new(at(0), [5; 32]);
        let sites: [SiteId; 3] = [ids.fresh(), ids.fresh(), ids.fresh()];
        let mut device = |site, parent: Option<DeviceId>| PathDevice {
            device: ids.fresh(),
            site,
            parent,
            gateway: true,
            reach: up(),
        };
        let core = device(sites[0], None);
        let repeater = device(sites[1], Some(core.device));
        let office = device(sites[2], Some(repeater.device));
        Net {
            sites,
            core,
            repeater,
            office,
            ids,
        }
    }

    fn connections(devices: &[PathDevice]) -> Vec<Connection> {
        site_statuses(devices)
            .into_iter()
            .map(|status| status.connection)
            .collect()
    }

    #[test]
    fn a_site_is_without_connection_when_its_gateway_is_down() {
        let mut net = net();
        net.office.reach = down(4);
        let got = site_statuses(&[net.office, net.core, net.repeater]);
        assert_eq!(got.iter().map(|one| one.site).collect::<Vec<_>>(), net.sites);
        assert_eq!(got[0].connection, Connection::Connected);
        assert_eq!(got[1].connection, Connection::Connected);
        assert_eq!(
            got[2].connection,
            Connection::Without {
                since: at(4),
                cause: net.office.device
            }
        );
        assert_eq!(got[2].as_of, Some(at(8)));
    }

    #[test]
    fn a_parent_that_is_down_is_the_cause() {
        let mut net = net();
        net.office.reach = down(5);
        net.repeater.reach = down(4);
        let cause = Connection::Without {
            since: at(4),
            cause: net.repeater.device,
        };
        assert_eq!(
            connections(&[net.core, net.repeater, net.office]),
            [Connection::Connected, cause, cause]
        );
        net.office.reach = Reach::UNKNOWN;
        assert_eq!(connections(&[net.core, net.repeater, net.office])[2], cause);
        net.office.reach = up();
        assert_eq!(
            connections(&[net.core, net.repeater, net.office])[2],
            Connection::Connected
        );
    }

    #[test]
    fn the_cause_is_the_one_nearest_to_the_centre_even_past_one_of_which_nothing_is_known() {
        let mut net = net();
        net.office.reach = down(5);
        net.repeater.reach = Reach::UNKNOWN;
        net.core.reach = down(3);
        let cause = Connection::Without {
            since: at(3),
            cause: net.core.device,
        };
        assert_eq!(connections(&[net.core, net.repeater, net.office])[2], cause);
    }

    #[test]
    fn what_is_not_known_is_not_blamed() {
        let mut net = net();
        net.office.reach = Reach::UNKNOWN;
        assert_eq!(
            connections(&[net.core, net.repeater, net.office])[2],
            Connection::Unknown
        );
        net.office.gateway = false;
        net.office.reach = down(1);
        assert_eq!(
            connections(&[net.core, net.repeater, net.office])[2],
            Connection::Unknown
        );
    }

    #[test]
    fn one_gateway_of_two_is_enough() {
        let mut net = net();
        let mut second = PathDevice {
            device: net.ids.fresh(),
            parent: Some(net.core.device),
            ..net.office
        };
        net.office.reach = down(2);
        assert_eq!(
            connections(&[net.core, net.repeater, net.office, second])[2],
            Connection::Connected
        );
        second.reach = Reach::UNKNOWN;
        assert_eq!(
            connections(&[net.core, net.repeater, net.office, second])[2],
            Connection::Unknown
        );
        second.reach = down(6);
        let cause = Connection::Without {
            since: at(6),
            cause: second.device,
        };
        assert_eq!(
            connections(&[net.core, net.repeater, net.office, second])[2],
            cause
        );
    }

    #[test]
    fn a_register_whose_parents_run_in_a_ring_ends() {
        let mut net = net();
        net.core.parent = Some(net.office.device);
        net.office.reach = down(2);
        let got = connections(&[net.core, net.repeater, net.office]);
        assert_eq!(
            got[2],
            Connection::Without {
                since: at(2),
                cause: net.office.device
            }
        );
    }

    #[test]
    fn services_are_affected_once_and_only_by_sites_without_connection() {
        let mut net = net();
        let (mail, tax): (ServiceId, ServiceId) = (net.ids.fresh(), net.ids.fresh());
        net.office.reach = down(2);
        net.repeater.reach = down(2);
        let statuses = site_statuses(&[net.core, net.repeater, net.office]);
        let uses = [
            ServiceAtSite {
                service: mail,
                site: net.sites[1],
            },
            ServiceAtSite {
                service: mail,
                site: net.sites[2],
            },
            ServiceAtSite {
                service: tax,
                site: net.sites[0],
            },
        ];
        assert_eq!(services_affected(&statuses, &uses), [mail]);
    }
}
