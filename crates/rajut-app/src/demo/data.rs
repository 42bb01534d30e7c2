//! The embedded data files of the demo, typed. A fault in them is found by the first test that loads them.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rajut_core::register::{DeviceKind, Medium, Owner, ServiceWeekKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All files.
pub(super) struct Data {
    pub(super) regency: Regency,
    pub(super) districts: Vec<District>,
    pub(super) sites: Vec<SiteRow>,
    pub(super) services: Vec<ServiceRow>,
    pub(super) people: People,
}

/// What kind of site it is; it decides what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SiteKind {
    Noc,
    Unit,
    District,
    Ward,
    Hospital,
    Puskesmas,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regency {
    pub(super) name: String,
    #[serde(rename = "code")]
    _code: String,
    as_of: toml::value::Datetime,
    pub(super) noc: String,
    pub(super) scatter_km: f64,
    pub(super) addresses: BTreeMap<String, String>,
    pub(super) network: Network,
    pub(super) media: BTreeMap<Medium, MediumRow>,
    pub(super) providers: Vec<Provider>,
    contracts: Contracts,
    pub(super) backup: Backup,
    pub(super) cuts: Cuts,
    pub(super) kits: BTreeMap<SiteKind, Vec<KitRow>>,
    pub(super) measured: Measured,
    pub(super) ends: BTreeMap<Medium, DeviceKind>,
    pub(super) models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    pub(super) prefix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MediumRow {
    pub(super) delay_ms: f64,
    pub(super) per_km_ms: f64,
    pub(super) jitter_ms: f64,
    pub(super) loss_percent: f64,
    pub(super) mbps: Vec<u32>,
    pub(super) ends_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) name: String,
    pub(super) media: Vec<Medium>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contracts {
    ends: Vec<toml::value::Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    pub(super) medium: Medium,
    pub(super) sites: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cuts {
    pub(super) sites: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KitRow {
    pub(super) kind: DeviceKind,
    pub(super) least: u64,
    pub(super) most: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    pub(super) kinds: Vec<DeviceKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) kind: DeviceKind,
    pub(super) brand: String,
    #[serde(rename = "model")]
    pub(super) designation: String,
    #[serde(default = "agency")]
    pub(super) owner: Owner,
}

fn agency() -> Owner {
    Owner::Agency
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct District {
    #[serde(rename = "number")]
    _number: String,
    pub(super) name: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteRow {
    pub(super) code: String,
    pub(super) kind: SiteKind,
    pub(super) name: String,
    pub(super) alias: String,
    pub(super) district: String,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    pub(super) uplink: String,
    pub(super) medium: Medium,
    pub(super) service_week: ServiceWeekKind,
    public_counter: String,
    pub(super) office_above: String,
}

impl SiteRow {
    pub(super) fn has_public_counter(&self) -> bool {
        self.public_counter == "yes"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Services {
    services: Vec<ServiceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) owner: String,
    /// Kinds of site, or `all`.
    pub(super) sites: Vec<UsedAt>,
    #[serde(default)]
    pub(super) also: Vec<String>,
    pub(super) hosted_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UsedAt {
    All,
    #[serde(untagged)]
    Kind(SiteKind),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    since: toml::value::Datetime,
    pub(super) decree: String,
    #[serde(rename = "people")]
    pub(super) staff: Vec<PersonRow>,
    pub(super) contact: Contact,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonRow {
    pub(super) post: String,
    pub(super) title: String,
    pub(super) role: String,
    pub(super) superior: Option<String>,
    pub(super) office: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) titles_before: String,
    #[serde(default)]
    pub(super) titles_after: String,
    pub(super) status: String,
    pub(super) rank: Option<String>,
    pub(super) born: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub(super) post_prefix: String,
    pub(super) title: String,
    pub(super) role: String,
    pub(super) rank: String,
}

impl Data {
    pub(super) fn embedded() -> Self {
        macro_rules! file {
            ($name:literal) => {
                include_str!(concat!("../../../../data/demo/ciamis/", $name))
            };
        }
        let services: Services =
            toml::from_str(file!("services.toml")).expect("embedded file, loaded by tests");
        Self {
            regency: toml::from_str(file!("regency.toml")).expect("embedded file, loaded by tests"),
            districts: rows(file!("districts.csv")),
            sites: rows(file!("sites.csv")),
            services: services.services,
            people: toml::from_str(file!("people.toml")).expect("embedded file, loaded by tests"),
        }
    }
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .expect("embedded file, loaded by tests")
}

fn day(from: &toml::value::Datetime) -> Date {
    Date::from_str(&from.to_string()).expect("embedded file, loaded by tests")
}

impl Regency {
    pub(super) fn as_of(&self) -> Date {
        day(&self.as_of)
    }

    /// The instant that the ids carry.
    pub(super) fn began_at(&self) -> Timestamp {
        self.as_of()
            .to_zoned(TimeZone::UTC)
            .expect("a day of this century is an instant")
            .timestamp()
    }

    pub(super) fn contract_ends(&self) -> Vec<Date> {
        self.contracts.ends.iter().map(day).collect()
    }
}

impl People {
    pub(super) fn since(&self) -> Date {
        day(&self.since)
    }
}
