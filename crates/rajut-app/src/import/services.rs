//! Lines of services: what people use, and where it stops when a site is cut off.

use rajut_core::id::{OfficeId, ServiceId, SiteId};
use rajut_core::register::Service;
use uuid::Uuid;

use super::entry::{Column, Entry, Row};
use super::names::Names;
use super::problem::Fault;
use super::value::{maybe, needed};

impl Entry for Service {
    type Id = ServiceId;
    type Context = Names;

    const COLUMNS: &'static [Column] = &[
        Column::new("code", &["kode", "kode layanan"]).required(),
        Column::new("name", &["nama", "nama layanan", "layanan"]).required(),
        Column::new(
            "owner",
            &[
                "pemilik",
                "penanggung jawab",
                "perangkat daerah",
                "opd",
                "kode perangkat daerah",
            ],
        )
        .required(),
        Column::new("sites", &["lokasi", "kode lokasi", "dipakai di"]),
        Column::new("hosted_at", &["hosting", "lokasi server", "ditempatkan di"]),
    ];

    fn id(&self) -> ServiceId {
        self.id
    }

    fn key(&self) -> String {
        self.code.to_lowercase()
    }

    fn blank(id: ServiceId) -> Self {
        Self {
            id,
            code: String::new(),
            name: String::new(),
            // Replaced by the line, which must name an office.
            owner: OfficeId(Uuid::nil()),
            sites: Vec::new(),
            hosted_at: None,
        }
    }

    fn fill(&mut self, row: &mut Row<'_>, names: &Names) {
        if self.code.is_empty() {
            self.code = Self::key_of(row).unwrap_or_default();
        }
        row.set(&mut self.name, "name", |text| needed(text, 200));
        row.set(&mut self.owner, "owner", |text| names.offices.id(text));
        row.set(&mut self.sites, "sites", |text| sites(text, names));
        row.set(&mut self.hosted_at, "hosted_at", |text| {
            maybe(text, |text| names.sites.id(text))
        });
    }

    fn cells(&self, names: &Names) -> Vec<String> {
        let sites: Vec<String> = self.sites.iter().map(|site| names.sites.code(*site)).collect();
        vec![
            self.code.clone(),
            self.name.clone(),
            names.offices.code(self.owner),
            sites.join(" "),
            names.sites.maybe_code(self.hosted_at),
        ]
    }
}

/// Codes of sites, separated as those of offices are; none is a service that nobody uses over the network yet.
fn sites(text: &str, names: &Names) -> Result<Vec<SiteId>, Fault> {
    let mut sites = Vec::new();
    for code in text.split([' ', ',', ';', '|']).filter(|code| !code.is_empty()) {
        let site = names.sites.id(code)?;
        if !sites.contains(&site) {
            sites.push(site);
        }
    }
    Ok(sites)
}
