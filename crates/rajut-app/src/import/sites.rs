//! Lines of sites. The contact of a site is personal and does not travel in this file.

use rajut_core::id::{OfficeId, SiteId};
use rajut_core::register::{Accuracy, Place, ServiceWeekKind, Site};

use super::entry::{Column, Entry, Row};
use super::names::Names;
use super::problem::{Fault, ProblemCode};
use super::value::{Words, YES_NO, choice, date, free, maybe, needed, number, word};

const ACCURACIES: Words<Accuracy> = &[
    (Accuracy::Exact, &["exact", "tepat", "hasil ukur"]),
    (Accuracy::Estimated, &["estimated", "perkiraan"]),
];

const WEEKS: Words<ServiceWeekKind> = &[
    (
        ServiceWeekKind::FiveDays,
        &["five_days", "5 hari", "lima hari", "5"],
    ),
    (
        ServiceWeekKind::SixDays,
        &["six_days", "6 hari", "enam hari", "6"],
    ),
    (ServiceWeekKind::Always, &["always", "24 jam", "setiap saat", "7"]),
];

impl Entry for Site {
    type Id = SiteId;
    type Context = Names;

    const COLUMNS: &'static [Column] = &[
        Column::new("code", &["kode", "kode lokasi"]).required(),
        Column::new("name", &["nama", "nama lokasi", "lokasi"]).required(),
        Column::new(
            "offices",
            &["office", "perangkat daerah", "kode perangkat daerah", "opd"],
        )
        .required(),
        Column::new("district", &["kecamatan"]).required(),
        Column::new("address", &["alamat"]),
        Column::new("latitude", &["lat", "lintang"]).number(),
        Column::new("longitude", &["lon", "lng", "long", "bujur"]).number(),
        Column::new("accuracy", &["akurasi", "ketelitian"]),
        Column::new("service_week", &["hari layanan", "layanan"]),
        Column::new("parent", &["induk", "lokasi induk", "hulu"]),
        Column::new("gateway", &["gerbang", "perangkat gerbang"]),
        Column::new("public_counter", &["loket", "loket umum", "layanan publik"]).flag(),
        Column::new("ended_on", &["berakhir", "tanggal berakhir"]),
    ];

    fn id(&self) -> SiteId {
        self.id
    }

    fn key(&self) -> String {
        self.code.to_lowercase()
    }

    fn blank(id: SiteId) -> Self {
        Self {
            id,
            code: String::new(),
            name: String::new(),
            offices: Vec::new(),
            district: String::new(),
            address: String::new(),
            place: None,
            service_week: ServiceWeekKind::FiveDays,
            parent: None,
            gateway: None,
            public_counter: false,
            contact_name: None,
            contact_phone: None,
            ended_on: None,
        }
    }

    fn declare(names: &mut Names, key: &str, id: SiteId) {
        names.sites.add(key, id);
    }

    fn above(&self) -> Option<SiteId> {
        self.parent
    }

    fn fill(&mut self, row: &mut Row<'_>, names: &Names) {
        if self.code.is_empty() {
            self.code = Self::key_of(row).unwrap_or_default();
        }
        row.set(&mut self.name, "name", |text| needed(text, 200));
        row.set(&mut self.offices, "offices", |text| offices(text, names));
        row.set(&mut self.district, "district", |text| needed(text, 100));
        row.set(&mut self.address, "address", |text| free(text, 300));
        self.place = place(self.place, row);
        row.set(&mut self.service_week, "service_week", |text| {
            maybe(text, |text| choice(text, WEEKS)).map(|week| week.unwrap_or(ServiceWeekKind::FiveDays))
        });
        row.set(&mut self.parent, "parent", |text| {
            maybe(text, |text| names.sites.id(text))
        });
        let id = self.id;
        row.set(&mut self.gateway, "gateway", |text| {
            maybe(text, |text| {
                let device = names.devices.id(text)?;
                if names.device_sites.get(&device) == Some(&id) {
                    Ok(device)
                } else {
                    Err(Fault::new(ProblemCode::StandsElsewhere))
                }
            })
        });
        row.set(&mut self.public_counter, "public_counter", |text| {
            maybe(text, |text| choice(text, YES_NO)).map(Option::unwrap_or_default)
        });
        row.set(&mut self.ended_on, "ended_on", |text| maybe(text, date));
    }

    fn cells(&self, names: &Names) -> Vec<String> {
        let offices: Vec<String> = self
            .offices
            .iter()
            .map(|office| names.offices.code(*office))
            .collect();
        let degrees = |pick: fn(&Place) -> f64| {
            self.place
                .as_ref()
                .map(|p| pick(p).to_string())
                .unwrap_or_default()
        };
        vec![
            self.code.clone(),
            self.name.clone(),
            offices.join(" "),
            self.district.clone(),
            self.address.clone(),
            degrees(|place| place.latitude),
            degrees(|place| place.longitude),
            self.place
                .map(|place| word(&place.accuracy, ACCURACIES))
                .unwrap_or_default(),
            word(&self.service_week, WEEKS),
            names.sites.maybe_code(self.parent),
            names.devices.maybe_code(self.gateway),
            word(&self.public_counter, YES_NO),
            self.ended_on.map(|day| day.to_string()).unwrap_or_default(),
        ]
    }
}

/// Codes of offices, separated by spaces, commas, semicolons or bars; the first one answers for the site.
fn offices(text: &str, names: &Names) -> Result<Vec<OfficeId>, Fault> {
    let mut offices = Vec::new();
    for code in text.split([' ', ',', ';', '|']).filter(|code| !code.is_empty()) {
        let office = names.offices.id(code)?;
        if !offices.contains(&office) {
            offices.push(office);
        }
    }
    if offices.is_empty() {
        Err(Fault::new(ProblemCode::MissingValue))
    } else {
        Ok(offices)
    }
}

/// Both degrees or none. A position that moves is taken for exact unless the line says otherwise.
fn place(before: Option<Place>, row: &mut Row<'_>) -> Option<Place> {
    let degrees = |before: Option<f64>, key, most: f64, row: &mut Row<'_>| {
        row.value(key, |text| maybe(text, |text| number(text, -most, most)))
            .unwrap_or(before)
    };
    let latitude = degrees(before.map(|place| place.latitude), "latitude", 90.0, row);
    let longitude = degrees(before.map(|place| place.longitude), "longitude", 180.0, row);
    let stated = row
        .value("accuracy", |text| maybe(text, |text| choice(text, ACCURACIES)))
        .flatten();
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => {
            // The same digits, not a nearby place.
            let same = |b: &Place| {
                [b.latitude.to_bits(), b.longitude.to_bits()] == [latitude.to_bits(), longitude.to_bits()]
            };
            let accuracy = stated
                .or(before.filter(same).map(|b| b.accuracy))
                .unwrap_or(Accuracy::Exact);
            Some(Place {
                latitude,
                longitude,
                accuracy,
            })
        }
        (Some(_), None) => {
            row.fault(
                "longitude",
                Fault::new(ProblemCode::NeedsOther).with("column", "longitude"),
            );
            before
        }
        (None, Some(_)) => {
            row.fault(
                "latitude",
                Fault::new(ProblemCode::NeedsOther).with("column", "latitude"),
            );
            before
        }
        (None, None) => None,
    }
}
