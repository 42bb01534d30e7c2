//! Lines of devices.

use rajut_core::id::{DeviceId, SiteId};
use rajut_core::register::{Device, DeviceCondition, DeviceKind, Edit, Endpoint, Identity, Owner, Site};
use uuid::Uuid;

use super::entry::{Column, Entry, Row};
use super::names::Names;
use super::problem::{Fault, ProblemCode};
use super::value::{Words, address, choice, date, free, maybe, needed, plain, whole, word};

const KINDS: Words<DeviceKind> = &[
    (DeviceKind::Router, &["router", "perute"]),
    (DeviceKind::Switch, &["switch", "hub"]),
    (
        DeviceKind::AccessPoint,
        &["access_point", "ap", "wifi", "titik akses"],
    ),
    (DeviceKind::Ont, &["ont", "modem"]),
    (
        DeviceKind::MediaConverter,
        &["media_converter", "konverter media"],
    ),
    (DeviceKind::Radio, &["radio", "ptp"]),
    (DeviceKind::Server, &["server", "peladen"]),
    (DeviceKind::Nvr, &["nvr", "dvr", "perekam video"]),
    (DeviceKind::Cctv, &["cctv", "camera", "kamera"]),
    (
        DeviceKind::Attendance,
        &["attendance", "absensi", "mesin absensi"],
    ),
    (DeviceKind::Voip, &["voip", "phone", "telepon", "telepon ip"]),
    (DeviceKind::Ups, &["ups"]),
    (DeviceKind::Rack, &["rack", "rak"]),
    (DeviceKind::Other, &["other", "lainnya", "lain lain"]),
];

const CONDITIONS: Words<DeviceCondition> = &[
    (DeviceCondition::Good, &["good", "baik", "b"]),
    (DeviceCondition::Minor, &["minor", "rusak ringan", "rr"]),
    (DeviceCondition::Major, &["major", "rusak berat", "rb"]),
    (DeviceCondition::Missing, &["missing", "tidak ada", "hilang"]),
    (
        DeviceCondition::Unchecked,
        &["unchecked", "tidak diperiksa", "belum diperiksa"],
    ),
];

const OWNERS: Words<Owner> = &[
    (Owner::Agency, &["agency", "pemda", "diskominfo"]),
    (Owner::Provider, &["provider", "penyedia", "isp"]),
    (Owner::Office, &["office", "perangkat daerah", "opd"]),
];

impl Entry for Device {
    type Id = DeviceId;
    type Context = Names;

    const COLUMNS: &'static [Column] = &[
        Column::new("code", &["kode", "kode perangkat", "label"]).required(),
        Column::new("site", &["lokasi", "kode lokasi"]).required(),
        Column::new("office", &["perangkat daerah", "kode perangkat daerah", "opd"]),
        Column::new("kind", &["jenis", "jenis perangkat", "type"]).required(),
        Column::new("brand", &["merek", "merk"]),
        Column::new("model", &["tipe", "seri"]),
        Column::new("serial", &["nomor seri", "no seri", "serial number", "sn"]),
        Column::new(
            "inventory_number",
            &[
                "nomor inventaris",
                "no inventaris",
                "kode barang",
                "nomor register",
            ],
        ),
        Column::new("owner", &["pemilik", "kepemilikan"]),
        Column::new("address", &["alamat ip", "ip", "ip address"]),
        Column::new("tcp_port", &["port", "port tcp"]).number(),
        Column::new("condition", &["kondisi"]),
        Column::new(
            "installed_on",
            &["dipasang", "tanggal pasang", "tanggal dipasang"],
        ),
        Column::new("replaces", &["menggantikan", "pengganti dari"]),
        Column::new("removed_on", &["dilepas", "tanggal dilepas"]),
    ];

    fn id(&self) -> DeviceId {
        self.id
    }

    fn key(&self) -> String {
        self.code.to_lowercase()
    }

    fn blank(id: DeviceId) -> Self {
        Self {
            id,
            code: String::new(),
            // Replaced by the line, which must name a site.
            site: SiteId(Uuid::nil()),
            office: None,
            kind: DeviceKind::Other,
            brand: String::new(),
            model: String::new(),
            serial: Identity::Unknown,
            inventory_number: Identity::Unknown,
            owner: Owner::Agency,
            endpoint: None,
            condition: DeviceCondition::Unchecked,
            installed_on: None,
            replaces: None,
            removed_on: None,
        }
    }

    fn declare(names: &mut Names, key: &str, id: DeviceId) {
        names.devices.add(key, id);
    }

    fn fill(&mut self, row: &mut Row<'_>, names: &Names) {
        if self.code.is_empty() {
            self.code = Self::key_of(row).unwrap_or_default();
        }
        row.set(&mut self.site, "site", |text| names.sites.id(text));
        row.set(&mut self.office, "office", |text| {
            maybe(text, |text| names.offices.id(text))
        });
        row.set(&mut self.kind, "kind", |text| choice(text, KINDS));
        row.set(&mut self.brand, "brand", |text| free(text, 100));
        row.set(&mut self.model, "model", |text| free(text, 100));
        row.set(&mut self.serial, "serial", identity);
        row.set(&mut self.inventory_number, "inventory_number", identity);
        row.set(&mut self.owner, "owner", |text| {
            maybe(text, |text| choice(text, OWNERS)).map(|owner| owner.unwrap_or(Owner::Agency))
        });
        self.endpoint = endpoint(self.endpoint.take(), row);
        row.set(&mut self.condition, "condition", |text| {
            maybe(text, |text| choice(text, CONDITIONS))
                .map(|found| found.unwrap_or(DeviceCondition::Unchecked))
        });
        row.set(&mut self.installed_on, "installed_on", |text| maybe(text, date));
        row.set(&mut self.replaces, "replaces", |text| {
            maybe(text, |text| names.devices.id(text))
        });
        row.set(&mut self.removed_on, "removed_on", |text| maybe(text, date));
    }

    fn cells(&self, names: &Names) -> Vec<String> {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let endpoint = self.endpoint.as_ref();
        vec![
            self.code.clone(),
            names.sites.code(self.site),
            names.offices.maybe_code(self.office),
            word(&self.kind, KINDS),
            self.brand.clone(),
            self.model.clone(),
            written(&self.serial),
            written(&self.inventory_number),
            word(&self.owner, OWNERS),
            endpoint
                .map(|endpoint| endpoint.address.to_string())
                .unwrap_or_default(),
            endpoint
                .and_then(|endpoint| endpoint.tcp_port)
                .map(|port| port.to_string())
                .unwrap_or_default(),
            word(&self.condition, CONDITIONS),
            day(self.installed_on),
            names.devices.maybe_code(self.replaces),
            day(self.removed_on),
        ]
    }
}

/// A number on a device. Empty says that nobody has looked; there are words for the other two cases.
fn identity(text: &str) -> Result<Identity, Fault> {
    Ok(match plain(text).as_str() {
        "" if text.is_empty() => Identity::Unknown,
        "none" | "tidak ada" | "" => Identity::None,
        "unreadable" | "tidak terbaca" => Identity::Unreadable,
        _ => Identity::Known(needed(text, 100)?),
    })
}

fn written(identity: &Identity) -> String {
    match identity {
        Identity::Known(number) => number.clone(),
        Identity::None => "none".to_owned(),
        Identity::Unreadable => "unreadable".to_owned(),
        Identity::Unknown => String::new(),
    }
}

fn endpoint(before: Option<Endpoint>, row: &mut Row<'_>) -> Option<Endpoint> {
    let (address_before, port_before) = before.map_or((None, None), |e| (Some(e.address), e.tcp_port));
    let address = row
        .value("address", |text| maybe(text, address))
        .unwrap_or(address_before);
    let port = |text: &str| {
        let port = whole(text, 1, u32::from(u16::MAX))?;
        u16::try_from(port).map_err(|_| Fault::new(ProblemCode::NotANumber))
    };
    let tcp_port = row
        .value("tcp_port", |text| maybe(text, port))
        .unwrap_or(port_before);
    if address.is_none() && tcp_port.is_some() {
        row.fault(
            "address",
            Fault::new(ProblemCode::NeedsOther).with("column", "address"),
        );
    }
    address.map(|address| Endpoint { address, tcp_port })
}

/// Sites without a gateway at which exactly one router with an address is in use: it becomes the gateway.
///
/// A file of sites comes before the file of their devices and cannot name them yet.
pub fn gateways(sites: &[Site], devices: &[Device]) -> Vec<Edit<Site>> {
    let open = sites
        .iter()
        .filter(|site| site.gateway.is_none() && site.ended_on.is_none());
    open.filter_map(|site| {
        let mut routers = devices.iter().filter(|device| {
            device.site == site.id
                && device.kind == DeviceKind::Router
                && device.endpoint.is_some()
                && device.in_use()
        });
        let (Some(router), None) = (routers.next(), routers.next()) else {
            return None;
        };
        let after = Site {
            gateway: Some(router.id),
            ..site.clone()
        };
        Some(Edit {
            before: Some(site.clone()),
            after,
        })
    })
    .collect()
}
