//! The simulated network of the demo, as text.

use std::collections::BTreeMap;

use rajut_core::id::DeviceId;
use rajut_core::register::{Device, Site};
use serde::Serialize;

use super::data::{Data, SiteRow};

#[derive(Serialize)]
struct Topology<'a> {
    hosts: Vec<Host<'a>>,
}

#[derive(Serialize)]
struct Host<'a> {
    name: &'a str,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<&'a str>,
    delay_us: u32,
    loss_permille: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

/// What a hop inside a building costs, one way, in microseconds.
const INSIDE_US: u32 = 150;

/// Every device with an address: behind the gateway of its site, which is behind that of the site above.
pub(super) fn text(data: &Data, sites: &[Site], devices: &[Device]) -> String {
    let codes: BTreeMap<DeviceId, &str> = devices.iter().map(|d| (d.id, d.code.as_str())).collect();
    let at: BTreeMap<_, _> = data
        .sites
        .iter()
        .zip(sites)
        .map(|(row, site)| (site.id, (row, site)))
        .collect();
    let hosts = devices
        .iter()
        .filter_map(|device| {
            let (row, site) = at[&device.site];
            let address = device.endpoint.as_ref()?.address.to_string();
            let name = device.code.as_str();
            if site.gateway != Some(device.id) {
                let behind = site.gateway.map(|gateway| codes[&gateway]);
                return Some(Host {
                    name,
                    address,
                    behind,
                    delay_us: INSIDE_US,
                    loss_permille: 0,
                    cut: false,
                });
            }
            let above = site.parent.map(|parent| at[&parent].1);
            let behind = above
                .and_then(|above| above.gateway)
                .map(|gateway| codes[&gateway]);
            let (delay_us, loss_permille) = above.map_or((INSIDE_US, 0), |above| hop(data, row, site, above));
            Some(Host {
                name,
                address,
                behind,
                delay_us,
                loss_permille,
                cut: data.regency.cuts.sites.contains(&row.code),
            })
        })
        .collect();
    toml::to_string(&Topology { hosts }).expect("strings, numbers and booleans are always TOML")
}

fn hop(data: &Data, row: &SiteRow, site: &Site, above: &Site) -> (u32, u32) {
    let medium = &data.regency.media[&row.medium];
    let km = match (site.place, above.place) {
        (Some(here), Some(there)) => here.distance_km(there),
        _ => 0.0,
    };
    // A regency is tens of kilometres wide: the distance fits in any integer.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let distance_us = (km * f64::from(medium.per_km_us)).round() as u32;
    (medium.base_us + distance_us, medium.loss_permille)
}
