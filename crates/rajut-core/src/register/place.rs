//! Offices, sites, services.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, OfficeId, ServiceId, SiteId};
use crate::people::Sealed;

/// An organisation that is served (perangkat daerah).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Office {
    /// Its id.
    pub id: OfficeId,
    /// Short code, unique: what people type (`disdik`).
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name in daily use.
    pub alias: String,
    /// The office above it, such as the dinas of a puskesmas.
    pub parent: Option<OfficeId>,
    /// The offices that it came from, by merging, splitting or renaming.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predecessors: Vec<Predecessor>,
    /// The day from which it no longer exists.
    pub ended_on: Option<Date>,
}

/// A link to what an office was before. Old records keep naming the old office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Predecessor {
    /// The office before.
    pub office: OfficeId,
    /// The name at that time.
    pub name: String,
    /// Since which day this one took its place.
    pub since: Date,
    /// The regulation that did it.
    pub decree: String,
}

/// How sure a position is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accuracy {
    /// Surveyed or taken on site.
    Exact,
    /// Estimated, such as the middle of the kecamatan (perkiraan).
    Estimated,
}

/// A position in WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Place {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// How sure it is.
    pub accuracy: Accuracy,
}

impl Place {
    /// Great-circle distance in kilometres (haversine, mean Earth radius 6371 km).
    pub fn distance_km(self, other: Self) -> f64 {
        let (a, b) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = (b - a) / 2.0;
        let half_lon = (other.longitude - self.longitude).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + a.cos() * b.cos() * half_lon.sin().powi(2);
        2.0 * 6371.0 * h.sqrt().clamp(0.0, 1.0).asin()
    }
}

/// The days and hours on which a site serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceWeekKind {
    /// Monday to Friday, office hours.
    FiveDays,
    /// Monday to Saturday.
    SixDays,
    /// Always, such as a hospital.
    Always,
}

/// A place where devices stand. One site may house several offices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Short code, unique; printed on labels.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The offices housed here; the first one is answerable for the site.
    pub offices: Vec<OfficeId>,
    /// Kecamatan, by which teams group their trips.
    pub district: String,
    /// Street address.
    pub address: String,
    /// Position, when known.
    pub place: Option<Place>,
    /// When it serves.
    pub service_week: ServiceWeekKind,
    /// The site next on the path to the NOC; `None` for the NOC itself.
    pub parent: Option<SiteId>,
    /// The device whose silence means that the site is cut off.
    pub gateway: Option<DeviceId>,
    /// Whether the public is served here (priority class P1 when it is down).
    pub public_counter: bool,
    /// Name and telephone of the person answerable there, as commitments.
    pub contact_name: Option<Sealed>,
    /// Telephone of that person.
    pub contact_phone: Option<Sealed>,
    /// The day from which it is no longer in use.
    pub ended_on: Option<Date>,
}

/// Something that people use and that stops when a site is cut off (the second warning of the procedure).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Short code, unique.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The office that answers for it.
    pub owner: OfficeId,
    /// The sites at which it is used: each loses it when it is cut off.
    pub sites: Vec<SiteId>,
    /// The site where it is hosted: all lose it when this one is cut off.
    pub hosted_at: Option<SiteId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farthest_office_is_38_km_from_the_noc() {
        let place = |latitude, longitude| Place {
            latitude,
            longitude,
            accuracy: Accuracy::Exact,
        };
        let noc = place(-7.3241, 108.3337);
        let lakbok = place(-7.4030, 108.6593);
        let km = noc.distance_km(lakbok);
        assert!((36.0..39.0).contains(&km), "{km}");
        assert!(noc.distance_km(noc) < 1e-9);
    }
}
