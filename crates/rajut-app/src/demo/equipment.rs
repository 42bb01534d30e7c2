//! Devices and links: a plausible set for each kind of site.

use std::net::{IpAddr, Ipv4Addr};

use jiff::civil::Date;
use rajut_core::id::FreshIds;
use rajut_core::register::{
    Device, DeviceCondition, DeviceKind, Endpoint, Identity, Link, Medium, Owner, Site,
};

use super::data::{Data, Model, SiteRow};
use super::dice::Dice;

/// What stands at every site. The first router becomes the gateway of its site.
pub(super) fn devices(data: &Data, seed: u64, sites: &mut [Site], ids: &mut FreshIds) -> Vec<Device> {
    let mut devices = Vec::new();
    for (index, row) in data.sites.iter().enumerate() {
        let mut dice = Dice::new(seed, &format!("devices {}", row.code));
        let mut labels = std::collections::BTreeMap::<DeviceKind, u32>::new();
        let mut host = 0_u8;
        for kind in kinds(data, row, &mut dice) {
            let label = labels.entry(kind).and_modify(|n| *n += 1).or_insert(1);
            let measured = data.regency.measured.kinds.contains(&kind);
            host += u8::from(measured);
            let address = measured.then(|| address(data, index, host));
            let code = format!("{}-{}{label}", row.code, prefix(kind));
            let device = device(data, &sites[index], code, kind, address, &mut dice, ids);
            if kind == DeviceKind::Router && *label == 1 {
                sites[index].gateway = Some(device.id);
            }
            devices.push(device);
        }
    }
    devices
}

/// What is there to label: the kit, the end of the uplink, and a radio for each radio link from below.
fn kinds(data: &Data, row: &SiteRow, dice: &mut Dice) -> Vec<DeviceKind> {
    let mut kinds = Vec::new();
    for part in &data.regency.kits[&row.kind] {
        let count = dice.between(part.least, part.most);
        kinds.extend((0..count).map(|_| part.kind));
    }
    let end = data.regency.ends.get(&row.medium);
    kinds.extend(end.filter(|end| !kinds.contains(end)).copied());
    let below = data
        .sites
        .iter()
        .filter(|below| below.uplink == row.code && below.medium == Medium::Radio);
    kinds.extend(below.map(|_| DeviceKind::Radio));
    kinds
}

fn prefix(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Router => "rt",
        DeviceKind::Switch => "sw",
        DeviceKind::AccessPoint => "ap",
        DeviceKind::Ont => "ont",
        DeviceKind::Radio => "rd",
        DeviceKind::Server => "sv",
        DeviceKind::Nvr => "nvr",
        DeviceKind::Cctv => "cam",
        DeviceKind::Attendance => "abs",
        DeviceKind::Voip => "tel",
        DeviceKind::MediaConverter => "mc",
        DeviceKind::Ups => "ups",
        DeviceKind::Rack => "rak",
        DeviceKind::Other => "lain",
    }
}

fn address(data: &Data, site: usize, host: u8) -> IpAddr {
    let text = format!("{}.{}.{host}", data.regency.network.prefix, site + 1);
    IpAddr::V4(
        text.parse::<Ipv4Addr>()
            .expect("two octets of the file, a site of 1-100 and a host"),
    )
}

fn device(
    data: &Data,
    site: &Site,
    code: String,
    kind: DeviceKind,
    address: Option<IpAddr>,
    dice: &mut Dice,
    ids: &mut FreshIds,
) -> Device {
    let models: Vec<&Model> = data
        .regency
        .models
        .iter()
        .filter(|model| model.kind == kind)
        .collect();
    let model = *dice.pick(&models);
    let year = dice.between(2018, 2026);
    let month = dice.between(1, 9);
    let serial = match dice.below(100) {
        _ if kind == DeviceKind::Rack => Identity::None,
        0..4 => Identity::Unreadable,
        4..7 => Identity::Unknown,
        _ => Identity::Known(format!("CTH{:08X}", dice.below(1 << 32))),
    };
    let inventory_number = match dice.below(100) {
        _ if model.owner == Owner::Provider => Identity::None,
        0..5 => Identity::Unknown,
        _ => Identity::Known(format!("CTH/{year}/{:06}", dice.below(1_000_000))),
    };
    let condition = match dice.below(100) {
        0 => DeviceCondition::Major,
        1..6 => DeviceCondition::Minor,
        6..9 => DeviceCondition::Unchecked,
        _ => DeviceCondition::Good,
    };
    Device {
        id: ids.fresh(),
        code,
        site: site.id,
        office: None,
        kind,
        brand: model.brand.clone(),
        model: model.designation.clone(),
        serial,
        inventory_number,
        owner: model.owner,
        endpoint: address.map(|address| Endpoint {
            address,
            // Recorders and cameras often drop echo requests; their own page answers.
            tcp_port: matches!(kind, DeviceKind::Nvr | DeviceKind::Cctv).then_some(80),
        }),
        condition,
        installed_on: Date::new(
            i16::try_from(year).expect("a year of this century"),
            i8::try_from(month).expect("a month"),
            i8::try_from(dice.between(1, 28)).expect("a day"),
        )
        .ok(),
        replaces: None,
        removed_on: None,
    }
}

/// The uplink of every site, and the second way out of a few.
pub(super) fn links(data: &Data, seed: u64, sites: &[Site], ids: &mut FreshIds) -> Vec<Link> {
    let mut links = Vec::new();
    for (row, site) in data.sites.iter().zip(sites) {
        let mut dice = Dice::new(seed, &format!("links {}", row.code));
        links.push(link(data, site, 1, row.medium, &mut dice, ids));
        if data.regency.backup.sites.contains(&row.code) {
            links.push(link(data, site, 2, data.regency.backup.medium, &mut dice, ids));
        }
    }
    links
}

fn link(data: &Data, site: &Site, number: u32, medium: Medium, dice: &mut Dice, ids: &mut FreshIds) -> Link {
    let row = &data.regency.media[&medium];
    let providers: Vec<&str> = data
        .regency
        .providers
        .iter()
        .filter(|provider| provider.media.contains(&medium))
        .map(|provider| provider.name.as_str())
        .collect();
    let leased = (!providers.is_empty()).then(|| {
        (
            (*dice.pick(&providers)).to_owned(),
            format!("CTH-{:06}", dice.below(1_000_000)),
            format!("CONTOH/{:04}/2026", dice.between(1, 9999)),
            *dice.pick(&data.regency.contract_ends()),
        )
    });
    let contract_until = leased.as_ref().map(|(.., until)| *until);
    let (provider, customer_number, contract) = leased
        .map(|(provider, customer, contract, _)| (provider, customer, contract))
        .unwrap_or_default();
    Link {
        id: ids.fresh(),
        code: format!("{}-l{number}", site.code),
        site: site.id,
        office: None,
        medium,
        provider,
        customer_number,
        subscribed_mbps: Some(*dice.pick(&row.mbps)),
        contract,
        contract_until,
        upstream: if number == 1 { site.parent } else { None },
        demarcation: row.ends_at.clone(),
        ended_on: None,
    }
}
