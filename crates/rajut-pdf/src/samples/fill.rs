//! Parts of the samples, filled as the flavour wants.

use jiff::civil::{Date, DateTime, date};

use super::Flavour;
use crate::paper::{
    ContactLine, Letterhead, PageSize, PersonLine, Reference, Role, Sheet, Signature, SiteLine, Standing,
    Zone,
};

/// Text that must come out as it went in.
pub const HOSTILE: [&str; 12] = [
    "#import \"x\"",
    "*bold* _miring_",
    "$x^2$ \\$ 5",
    "<tag> @rujuk",
    "= Judul\n- butir",
    "#{panic(1)} #eval(\"1\")",
    "`raw` ```typ #x```",
    "\\u{41} \\ // komentar /* x */",
    "bel\u{7}nol\u{0}esc\u{1b}[31m",
    "\u{202e}balik \u{200b}nihil \u{1f600} \u{1b83}",
    "\"kutip\" 'tunggal' -- --- ... ~",
    "tanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasi",
];

/// Makes the parts of one flavour.
#[derive(Clone, Copy)]
pub struct Fill {
    pub flavour: Flavour,
    pub page: PageSize,
}

impl Fill {
    /// A text; `index` chooses among the hostile ones.
    pub fn text(self, base: &str, index: usize) -> String {
        match self.flavour {
            Flavour::Long => {
                format!(
                    "{base} Contoh Nama yang Panjang Sekali sehingga Memerlukan Beberapa Baris pada Halaman"
                )
            }
            Flavour::Hostile => format!("{base} {}", HOSTILE[index % HOSTILE.len()]),
            Flavour::Empty | Flavour::Usual | Flavour::Many => base.to_owned(),
        }
    }

    /// A text that may be missing.
    pub fn maybe(self, base: &str, index: usize) -> Option<String> {
        (!self.is_empty()).then(|| self.text(base, index))
    }

    /// `usual` things, or `many`, or none.
    pub fn count(self, usual: usize, many: usize) -> usize {
        match self.flavour {
            Flavour::Empty => 0,
            Flavour::Usual => usual,
            Flavour::Many => many,
            Flavour::Long => usual.min(3),
            Flavour::Hostile => usual.max(HOSTILE.len()),
        }
    }

    pub fn is_empty(self) -> bool {
        self.flavour == Flavour::Empty
    }

    pub fn texts(self, lines: &[&str]) -> Vec<String> {
        if self.is_empty() {
            return Vec::new();
        }
        lines
            .iter()
            .enumerate()
            .map(|(index, line)| self.text(line, index))
            .collect()
    }

    pub fn sheet(self, number: &str) -> Sheet {
        Sheet {
            page: self.page,
            letterhead: Letterhead {
                emblem: None,
                government: "PEMERINTAH KABUPATEN CIAMIS".to_owned(),
                agency: if self.flavour == Flavour::Long {
                    "DINAS KOMUNIKASI, INFORMATIKA, PERSANDIAN, STATISTIK, DAN LAYANAN DIGITAL".to_owned()
                } else {
                    self.text("DINAS KOMUNIKASI DAN INFORMATIKA", 1)
                },
                address: if self.is_empty() {
                    Vec::new()
                } else {
                    vec![
                        self.text("Jl. Jend. Sudirman No. 220, Sindangrasa, Ciamis 46215", 2),
                        "Telepon (0265) 773000, laman diskominfo.ciamiskab.go.id".to_owned(),
                    ]
                },
            },
            place: "Ciamis".to_owned(),
            zone: Zone::Wib,
            standing: if self.is_empty() {
                Standing::Draft {
                    number: None,
                    date: None,
                    written: date(2026, 9, 28),
                }
            } else {
                Standing::Issued {
                    number: Some(self.text(number, 3)),
                    date: date(2026, 10, 1),
                }
            },
            check_code: self.maybe("K7QM-2RXD-91FH", 0),
            mark: (!self.is_empty())
                .then(|| format!("RAJUT1:{}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(13))),
            masked: false,
        }
    }

    pub fn signature(self) -> Signature {
        let head = "Kepala Dinas Komunikasi dan Informatika";
        Signature {
            titles: match self.flavour {
                Flavour::Many => vec![
                    format!("a.n. {head}"),
                    "Sekretaris,".trim_end_matches(',').to_owned(),
                ],
                Flavour::Usual => vec![format!("Plt. {head}")],
                _ => vec![self.text(head, 0)],
            },
            name: self.text("Contoh Kepala, S.Kom., M.Si.", 4),
            rank: self.maybe("Pembina Utama Muda", 5),
            nip: self.maybe("19700101 199503 1 001", 0),
        }
    }

    pub fn person(self, index: usize) -> PersonLine {
        let civil = index % 4 != 3;
        PersonLine {
            name: self.text(&format!("Contoh Teknisi {}", index + 1), index),
            rank: civil.then(|| self.text("Penata Muda (III/a)", index + 1)),
            nip: civil.then(|| format!("19900101 201503 1 {:03}", index % 999 + 1)),
            post: self.text(
                if civil {
                    "Pranata Komputer Ahli Pertama"
                } else {
                    "Tenaga Teknis (non-ASN)"
                },
                index + 2,
            ),
            role: Some(match index {
                0 => Role::Leader,
                3 => Role::Driver,
                _ => Role::Member,
            }),
        }
    }

    pub fn people(self, usual: usize, many: usize) -> Vec<PersonLine> {
        (0..self.count(usual, many))
            .map(|index| self.person(index))
            .collect()
    }

    pub fn contacts(self, people: &[PersonLine]) -> Option<Vec<ContactLine>> {
        (!self.is_empty()).then(|| {
            people
                .iter()
                .enumerate()
                .map(|(index, person)| ContactLine {
                    name: person.name.clone(),
                    nip: person.nip.clone(),
                    address: self.text(&format!("Jl. Contoh No. {}, Ciamis", index + 1), index + 3),
                    phone: format!("0800-0000-{:04}", index + 1),
                })
                .collect()
        })
    }

    pub fn site_name(self, index: usize) -> String {
        let kinds = [
            "Kantor Kecamatan",
            "Puskesmas",
            "Kantor Kelurahan",
            "Kantor Dinas",
        ];
        self.text(
            &format!("{} Contoh {}", kinds[index % kinds.len()], index + 1),
            index,
        )
    }

    pub fn office_name(self, index: usize) -> String {
        self.text(&format!("Perangkat Daerah Contoh {}", index / 2 + 1), index + 5)
    }

    pub fn sites(self, usual: usize, many: usize) -> Vec<SiteLine> {
        let districts = ["Ciamis", "Cikoneng", "Panumbangan", "Banjaranyar"];
        (0..self.count(usual, many))
            .map(|index| SiteLine {
                site: self.site_name(index),
                office: self.office_name(index),
                district: Some(districts[index % districts.len()].to_owned()),
                team: (self.flavour == Flavour::Many).then(|| format!("Tim {}", index % 3 + 1)),
                planned: (self.flavour != Flavour::Usual).then(|| day(index / 4)),
                due: Some(day(index / 4 + 14)),
            })
            .collect()
    }

    pub fn reference(self, number: &str, subject: &str) -> Reference {
        Reference {
            number: self.text(number, 3),
            date: date(2026, 10, 1),
            subject: self.text(subject, 1),
        }
    }

    pub fn order_reference(self) -> Reference {
        self.reference(
            "100.3.5/012/DISKOMINFO/X/2026",
            "Pemeliharaan Jaringan Intra Pemerintah",
        )
    }
}

/// A day of the sample quarter.
pub fn day(offset: usize) -> Date {
    date(2026, 10, 5).saturating_add(jiff::Span::new().days(i64::try_from(offset).unwrap_or(0)))
}

/// A time on a day of the sample quarter.
pub fn at(offset: usize, hour: i8, minute: i8) -> DateTime {
    day(offset).at(hour, minute, 0, 0)
}
