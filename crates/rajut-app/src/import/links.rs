//! Lines of links.

use rajut_core::id::{LinkId, SiteId};
use rajut_core::register::{Link, Medium};
use uuid::Uuid;

use super::entry::{Column, Entry, Row};
use super::names::Names;
use super::value::{Words, choice, date, free, maybe, whole, word};

const MEDIA: Words<Medium> = &[
    (
        Medium::Fibre,
        &["fibre", "fiber", "fo", "serat optik", "fiber optik"],
    ),
    (Medium::Radio, &["radio", "wireless", "nirkabel"]),
    (Medium::Copper, &["copper", "tembaga", "utp"]),
    (Medium::Cellular, &["cellular", "seluler", "gsm", "4g", "lte"]),
    (Medium::Satellite, &["satellite", "satelit", "vsat"]),
];

impl Entry for Link {
    type Id = LinkId;
    type Context = Names;

    const COLUMNS: &'static [Column] = &[
        Column::new("code", &["kode", "kode koneksi"]).required(),
        Column::new("site", &["lokasi", "kode lokasi"]).required(),
        Column::new("office", &["perangkat daerah", "kode perangkat daerah", "opd"]),
        Column::new("medium", &["media", "media transmisi"]).required(),
        Column::new("provider", &["penyedia", "isp"]),
        Column::new(
            "customer_number",
            &["nomor pelanggan", "no pelanggan", "id pelanggan"],
        ),
        Column::new(
            "subscribed_mbps",
            &["mbps", "kapasitas", "bandwidth", "kapasitas mbps"],
        )
        .number(),
        Column::new("contract", &["kontrak", "nomor kontrak", "no kontrak"]),
        Column::new(
            "contract_until",
            &["kontrak sampai", "kontrak berakhir", "akhir kontrak"],
        ),
        Column::new("upstream", &["hulu", "lokasi hulu"]),
        Column::new("demarcation", &["titik batas", "demarkasi", "titik demarkasi"]),
        Column::new("ended_on", &["berakhir", "tanggal berakhir"]),
    ];

    fn id(&self) -> LinkId {
        self.id
    }

    fn key(&self) -> String {
        self.code.to_lowercase()
    }

    fn blank(id: LinkId) -> Self {
        Self {
            id,
            code: String::new(),
            // Replaced by the line, which must name a site.
            site: SiteId(Uuid::nil()),
            office: None,
            medium: Medium::Fibre,
            provider: String::new(),
            customer_number: String::new(),
            subscribed_mbps: None,
            contract: String::new(),
            contract_until: None,
            upstream: None,
            demarcation: String::new(),
            ended_on: None,
        }
    }

    fn fill(&mut self, row: &mut Row<'_>, names: &Names) {
        if self.code.is_empty() {
            self.code = Self::key_of(row).unwrap_or_default();
        }
        row.set(&mut self.site, "site", |text| names.sites.id(text));
        row.set(&mut self.office, "office", |text| {
            maybe(text, |text| names.offices.id(text))
        });
        row.set(&mut self.medium, "medium", |text| choice(text, MEDIA));
        row.set(&mut self.provider, "provider", |text| free(text, 200));
        row.set(&mut self.customer_number, "customer_number", |text| {
            free(text, 100)
        });
        row.set(&mut self.subscribed_mbps, "subscribed_mbps", |text| {
            maybe(text, |text| whole(text, 1, 1_000_000))
        });
        row.set(&mut self.contract, "contract", |text| free(text, 100));
        row.set(&mut self.contract_until, "contract_until", |text| {
            maybe(text, date)
        });
        row.set(&mut self.upstream, "upstream", |text| {
            maybe(text, |text| names.sites.id(text))
        });
        row.set(&mut self.demarcation, "demarcation", |text| free(text, 200));
        row.set(&mut self.ended_on, "ended_on", |text| maybe(text, date));
    }

    fn cells(&self, names: &Names) -> Vec<String> {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        vec![
            self.code.clone(),
            names.sites.code(self.site),
            names.offices.maybe_code(self.office),
            word(&self.medium, MEDIA),
            self.provider.clone(),
            self.customer_number.clone(),
            self.subscribed_mbps
                .map(|rate| rate.to_string())
                .unwrap_or_default(),
            self.contract.clone(),
            day(self.contract_until),
            names.sites.maybe_code(self.upstream),
            self.demarcation.clone(),
            day(self.ended_on),
        ]
    }
}
