//! Samples of letters: order, addendum, Surat Tugas, disposition sheet, minutes.

use jiff::civil::date;

use super::Flavour;
use super::fill::{Fill, at, day};
use crate::paper::{
    Action, Channel, Condition, DispositionEntry, DispositionSheet, IncomingLetter, Initial, Instruction,
    MemberChange, MinutesKind, MinutesOfWork, Order, OrderAddendum, Party, ReadingPair, RemovedSite,
    TaskLetter, Urgency, Validity, VerbalOrder, WorkLine,
};

/// Minutes of every kind, with the sample's name.
pub const MINUTES: [(&str, MinutesKind); 5] = [
    ("minutes-inspection", MinutesKind::Inspection),
    ("minutes-repair", MinutesKind::Repair),
    ("minutes-replacement", MinutesKind::Replacement),
    ("minutes-handover", MinutesKind::Handover),
    ("minutes-not-possible", MinutesKind::NotPossible),
];

const QUARTER: Validity = Validity {
    from: date(2026, 10, 5),
    until: date(2026, 11, 27),
};

pub fn order(fill: Fill) -> Order {
    let addressees = fill.people(1, 60);
    Order {
        sheet: fill.sheet("100.3.5/012/DISKOMINFO/X/2026"),
        subject: fill.text("Pemeliharaan Jaringan Intra Pemerintah", 0),
        considering: fill.texts(&[
            "bahwa jaringan intra pemerintah perlu dipelihara agar pelayanan yang berbasis sistem informasi berjalan \
             dengan baik;",
            "bahwa untuk itu perlu diterbitkan Surat Perintah.",
        ]),
        basis: fill.texts(&[
            "Peraturan Presiden Nomor 95 Tahun 2018 tentang Sistem Pemerintahan Berbasis Elektronik;",
            "SOP Pemeliharaan Jaringan Intra Pemerintah tanggal 4 Januari 2021;",
            "Dokumen Pelaksanaan Anggaran Dinas Komunikasi dan Informatika Tahun Anggaran 2026.",
        ]),
        internal_annex: fill.contacts(&addressees),
        addressees,
        sites: fill.sites(4, 100),
        valid: QUARTER,
        further_tasks: fill.texts(&["Memperbarui data perangkat yang diganti."]),
        report_to: fill.text("Kepala Dinas Komunikasi dan Informatika", 6),
        report_due: (!fill.is_empty()).then_some(date(2026, 12, 4)),
        verbal: (!fill.is_empty()).then(|| VerbalOrder {
            given_by: fill.text("Kepala Dinas Komunikasi dan Informatika", 7),
            given_at: date(2026, 9, 30).at(16, 5, 0, 0),
            channel: Channel::Telephone,
        }),
        signature: fill.signature(),
        copies: fill.texts(&["Sekretaris Daerah Kabupaten Ciamis", "Kepala Perangkat Daerah yang dikunjungi"]),
        initials: vec![
            Initial {
                post: fill.text("Kepala Bidang Telematika dan Persandian", 2),
                name: fill.text("Contoh Kabid", 3),
                at: Some(at(0, 9, 15)),
            },
            Initial { post: "Kepala Seksi Telematika".to_owned(), name: "Contoh Kasi".to_owned(), at: None },
        ],
    }
}

pub fn order_addendum(fill: Fill) -> OrderAddendum {
    OrderAddendum {
        sheet: fill.sheet("100.3.5/019/DISKOMINFO/X/2026"),
        order: fill.order_reference(),
        ordinal: 2,
        reasons: fill.texts(&["Penambahan lokasi atas permintaan perangkat daerah."]),
        added_sites: fill.sites(2, 100),
        removed_sites: fill
            .sites(1, 6)
            .into_iter()
            .enumerate()
            .map(|(index, site)| RemovedSite {
                site,
                reason: fill.text("Gedung sedang direnovasi", index),
            })
            .collect(),
        valid: (!fill.is_empty()).then_some(Validity {
            from: date(2026, 10, 5),
            until: date(2026, 12, 11),
        }),
        members: (0..fill.count(2, 20))
            .map(|index| MemberChange {
                team: Some(format!("Tim {}", index % 3 + 1)),
                leaves: (index % 3 != 2).then(|| fill.person(index)),
                joins: (index % 3 != 1).then(|| fill.person(index + 30)),
                from: day(index),
                reason: fill.text("Sakit", index),
            })
            .collect(),
        signature: fill.signature(),
        copies: fill.texts(&["Kepala Bidang Telematika dan Persandian"]),
    }
}

pub fn task_letter(fill: Fill) -> TaskLetter {
    let members = fill.people(4, 60);
    TaskLetter {
        sheet: fill.sheet("800.1.11.1/073/DISKOMINFO/X/2026"),
        order: fill.order_reference(),
        basis: fill.texts(&["Disposisi Kepala Bidang Telematika dan Persandian tanggal 2 Oktober 2026."]),
        team: fill.text("Tim 1", 2),
        internal_annex: fill.contacts(&members),
        members,
        vehicle: fill.maybe("Z 1234 XX (contoh), minibus", 4),
        sites: fill.sites(8, 100),
        valid: QUARTER,
        open_complaints: u32::try_from(fill.count(3, 40)).unwrap_or(0),
        further_tasks: fill.texts(&["Membawa suku cadang sesuai daftar kebutuhan."]),
        report_to: fill.text("Kepala Seksi Telematika", 5),
        report_due: (!fill.is_empty()).then_some(date(2026, 11, 30)),
        signature: fill.signature(),
        copies: fill.texts(&["Kepala Perangkat Daerah yang dikunjungi"]),
    }
}

pub fn disposition_sheet(fill: Fill) -> DispositionSheet {
    let posts = [
        "Sekretaris",
        "Kepala Bidang Telematika dan Persandian",
        "Kepala Seksi Telematika",
        "Kepala Seksi Persandian",
    ];
    DispositionSheet {
        sheet: fill.sheet("0451"),
        letter: IncomingLetter {
            from: fill.text("Kepala Dinas Komunikasi dan Informatika", 1),
            number: fill.text("100.3.5/012/DISKOMINFO/X/2026", 8),
            date: date(2026, 10, 1),
            received: date(2026, 10, 1),
            subject: fill.text("Surat Perintah Pemeliharaan Jaringan Intra Pemerintah", 3),
            urgency: (!fill.is_empty()).then_some(Urgency::Urgent),
        },
        posts: fill.texts(&posts),
        chain: (0..fill.count(2, 9))
            .map(|index| DispositionEntry {
                from_post: fill.text(posts[(index + 1) % posts.len()], index + 1),
                from_name: fill.text(&format!("Contoh Pejabat {}", index + 1), index),
                to: vec![fill.text(posts[(index + 2) % posts.len()], index + 2)],
                instructions: if index == 0 {
                    vec![Instruction::Process, Instruction::Coordinate]
                } else {
                    vec![Instruction::Process]
                },
                note: fill.text(
                    "Bentuk tim dan bagi lokasi per kecamatan; dahulukan puskesmas.",
                    index + 3,
                ),
                urgency: (index == 0).then_some(Urgency::VeryUrgent),
                deadline: Some(day(index + 3)),
                at: at(index, 9, 40),
                entered_by: (index == 1).then(|| fill.text("Contoh Petugas Tata Usaha", index)),
            })
            .collect(),
    }
}

pub fn minutes(fill: Fill, kind: MinutesKind) -> MinutesOfWork {
    let party = |name: &str, post: &str, office: &str, index| Party {
        name: fill.text(name, index),
        nip: fill.maybe("19900101 201503 1 004", 0),
        rank: fill.maybe("Penata Muda (III/a)", index + 1),
        post: fill.text(post, index + 2),
        office: fill.text(office, index + 3),
    };
    MinutesOfWork {
        sheet: fill.sheet("500.12/034/DISKOMINFO/X/2026"),
        minutes_kind: kind,
        date_in_words: "Senin tanggal dua puluh tiga bulan November tahun dua ribu dua puluh enam".to_owned(),
        order: (!fill.is_empty()).then(|| fill.order_reference()),
        complaints: (0..fill.count(1, 12))
            .map(|index| format!("ADU-2026-{:05}", index + 1))
            .collect(),
        office: fill.office_name(0),
        site: fill.site_name(1),
        first: party(
            "Contoh Teknisi 1",
            "Pranata Komputer Ahli Pertama",
            "Dinas Komunikasi dan Informatika",
            0,
        ),
        second: party(
            "Contoh Penanggung Jawab",
            "Kepala Tata Usaha",
            "Puskesmas Contoh 2",
            4,
        ),
        work: if kind == MinutesKind::NotPossible {
            Vec::new()
        } else {
            (0..fill.count(2, 30))
                .map(|index| WorkLine {
                    thing: fill.text("Router", index),
                    model: fill.text("Contoh RB-750", index + 1),
                    serial: fill.text(&format!("SN-LAMA-{:04}", index + 1), index + 2),
                    new_serial: (kind == MinutesKind::Replacement)
                        .then(|| fill.text(&format!("SN-BARU-{:04}", index + 1), index + 3)),
                    condition: [Condition::Good, Condition::MajorDamage][index % 2],
                    action: [Action::Clean, Action::Replace][index % 2],
                    note: fill.text("Diperiksa dan dibersihkan", index + 5),
                })
                .collect()
        },
        readings: if kind == MinutesKind::NotPossible {
            Vec::new()
        } else {
            (0..fill.count(2, 10))
                .map(|index| ReadingPair {
                    measure: fill.text("Ping ke NOC, rata-rata", index),
                    unit: "ms".to_owned(),
                    before: (index % 2 == 0).then_some(120.5),
                    after: Some(4.2),
                })
                .collect()
        },
        remarks: if fill.is_empty() {
            String::new()
        } else {
            fill.text("Kantor terkunci dan penanggung jawab tidak dapat dihubungi.", 9)
        },
        copies: "2 (dua)".to_owned(),
        known_by: (fill.flavour != Flavour::Empty).then(|| fill.signature()),
    }
}
