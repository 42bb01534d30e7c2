//! Offices, sites and services.

use std::collections::BTreeMap;

use rajut_core::id::{FreshIds, OfficeId, SiteId};
use rajut_core::register::{Accuracy, Office, Place, Service, Site};

use super::data::{Data, District, ServiceRow, SiteRow, UsedAt};
use super::dice::Dice;

/// Kilometres of one degree of latitude on a sphere of 6371 km radius.
const KM_PER_DEGREE: f64 = 111.195;

/// One office and one site for each row, in the order of the file.
pub(super) fn lay_out(data: &Data, seed: u64, ids: &mut FreshIds) -> (Vec<Office>, Vec<Site>) {
    let office_ids: BTreeMap<&str, OfficeId> = data
        .sites
        .iter()
        .map(|row| (row.code.as_str(), ids.fresh()))
        .collect();
    let site_ids: BTreeMap<&str, SiteId> = data
        .sites
        .iter()
        .map(|row| (row.code.as_str(), ids.fresh()))
        .collect();
    let districts: BTreeMap<&str, &District> = data.districts.iter().map(|d| (d.name.as_str(), d)).collect();
    let offices = data
        .sites
        .iter()
        .map(|row| Office {
            id: office_ids[row.code.as_str()],
            code: row.code.clone(),
            name: row.name.clone(),
            alias: row.alias.clone(),
            parent: (!row.office_above.is_empty()).then(|| office_ids[row.office_above.as_str()]),
            predecessors: Vec::new(),
            ended_on: None,
        })
        .collect();
    let sites = data
        .sites
        .iter()
        .map(|row| Site {
            id: site_ids[row.code.as_str()],
            code: row.code.clone(),
            name: row.name.clone(),
            offices: vec![office_ids[row.code.as_str()]],
            district: row.district.clone(),
            address: data
                .regency
                .addresses
                .get(&row.code)
                .cloned()
                .unwrap_or_else(|| format!("Kecamatan {}, {}", row.district, data.regency.name)),
            place: Some(place(
                row,
                districts[row.district.as_str()],
                data.regency.scatter_km,
                seed,
            )),
            service_week: row.service_week,
            parent: (row.code != data.regency.noc).then(|| site_ids[row.uplink.as_str()]),
            gateway: None,
            public_counter: row.has_public_counter(),
            contact_name: None,
            contact_phone: None,
            ended_on: None,
        })
        .collect();
    (offices, sites)
}

/// The surveyed position, or one near the middle of the kecamatan that says that it is an estimate.
fn place(row: &SiteRow, district: &District, scatter_km: f64, seed: u64) -> Place {
    if let (Some(latitude), Some(longitude)) = (row.latitude, row.longitude) {
        return Place {
            latitude,
            longitude,
            accuracy: Accuracy::Exact,
        };
    }
    let mut dice = Dice::new(seed, &format!("place {}", row.code));
    let angle = dice.fraction() * std::f64::consts::TAU;
    // The square root spreads the sites evenly over the circle.
    let degrees = dice.fraction().sqrt() * scatter_km * 0.99 / KM_PER_DEGREE;
    let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
    Place {
        latitude: round(district.latitude + degrees * angle.cos()),
        longitude: round(district.longitude + degrees * angle.sin() / district.latitude.to_radians().cos()),
        accuracy: Accuracy::Estimated,
    }
}

pub(super) fn services(data: &Data, offices: &[Office], sites: &[Site], ids: &mut FreshIds) -> Vec<Service> {
    let site = |code: &String| sites.iter().find(|site| site.code == *code).map(|site| site.id);
    data.services
        .iter()
        .map(|row| Service {
            id: ids.fresh(),
            code: row.code.clone(),
            name: row.name.clone(),
            owner: offices
                .iter()
                .find(|office| office.code == row.owner)
                .map(|office| office.id)
                .expect("a service of the embedded file names an office, checked by tests"),
            sites: data
                .sites
                .iter()
                .zip(sites)
                .filter(|(at, _)| used_at(row, at))
                .map(|(_, s)| s.id)
                .collect(),
            hosted_at: row.hosted_at.as_ref().and_then(site),
        })
        .collect()
}

fn used_at(service: &ServiceRow, site: &SiteRow) -> bool {
    service.also.contains(&site.code)
        || service.sites.iter().any(|used| match used {
            UsedAt::All => true,
            UsedAt::Kind(kind) => *kind == site.kind,
        })
}
