//! The simulated network of the demo, as the TOML that the stages of the prober read.

use std::collections::BTreeMap;

use rajut_core::id::SiteId;
use rajut_core::register::{Device, Link, Site};
use serde::Serialize;

use super::data::Data;

#[derive(Serialize)]
struct Topology<'a> {
    seed: u64,
    link: Vec<LinkRow<'a>>,
    host: Vec<HostRow<'a>>,
}

#[derive(Serialize)]
struct LinkRow<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    delay_ms: f64,
    jitter_ms: f64,
    loss_percent: f64,
    cut: bool,
}

#[derive(Serialize)]
struct HostRow<'a> {
    name: &'a str,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    delay_ms: f64,
    tcp_open: Vec<u16>,
}

/// What a round trip inside a building costs.
const INSIDE_MS: f64 = 0.3;

/// Every site but the NOC hangs on its uplink, every device with an address on the uplink of its site.
pub(super) fn text(data: &Data, seed: u64, sites: &[Site], links: &[Link], devices: &[Device]) -> String {
    let by_id: BTreeMap<SiteId, &Site> = sites.iter().map(|site| (site.id, site)).collect();
    let uplinks = links.iter().filter(|link| link.upstream.is_some());
    let uplink_of: BTreeMap<SiteId, &str> = uplinks
        .clone()
        .map(|link| (link.site, link.code.as_str()))
        .collect();
    let link = uplinks
        .filter_map(|link| {
            let (here, above) = (by_id[&link.site], by_id[&link.upstream?]);
            let medium = &data.regency.media[&link.medium];
            let km = here
                .place
                .zip(above.place)
                .map_or(0.0, |(here, above)| here.distance_km(above));
            Some(LinkRow {
                name: &link.code,
                parent: uplink_of.get(&above.id).copied(),
                delay_ms: round(medium.delay_ms + km * medium.per_km_ms),
                jitter_ms: medium.jitter_ms,
                loss_percent: medium.loss_percent,
                cut: data.regency.cuts.sites.contains(&here.code),
            })
        })
        .collect();
    let host = devices
        .iter()
        .filter_map(|device| {
            let endpoint = device.endpoint.as_ref()?;
            Some(HostRow {
                name: &device.code,
                address: endpoint.address.to_string(),
                link: uplink_of.get(&device.site).copied(),
                delay_ms: INSIDE_MS,
                tcp_open: endpoint.tcp_port.into_iter().collect(),
            })
        })
        .collect();
    // The format holds signed 64-bit numbers.
    let seed = seed & (u64::MAX >> 1);
    toml::to_string(&Topology { seed, link, host })
        .expect("text, finite numbers and booleans are always TOML")
}

/// To whole microseconds.
fn round(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}
