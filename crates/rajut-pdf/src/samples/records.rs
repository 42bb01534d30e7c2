//! Samples of lists, the checklist of a visit, and reports.

use super::Flavour;
use super::fill::{Fill, at, day};
use crate::paper::{
    Action, AwaitedPart, BlankChecklists, BlankComplaint, BlankForm, BlankReading, CarriedSite,
    ChecklistGroup, ChecklistItem, ComplaintLine, ComplaintList, ComplaintRows, Conclusion, Condition,
    Confirmation, FinalReport, FindingValue, FlagKind, FollowUpLine, LateLine, Measurement, Outcome,
    Priority, Replacement, ReportBody, Standing, TargetLine, TargetState, TeamReport, TeamSummary, Verdict,
    VerifiedLine, VisitFlag, VisitRecord, VisitVerdict,
};

const VERDICTS: [Verdict; 6] = [
    Verdict::Proven,
    Verdict::NotFound,
    Verdict::Recovered,
    Verdict::Duplicate,
    Verdict::NotOurs,
    Verdict::Escalate,
];

fn complaint(fill: Fill, index: usize) -> ComplaintLine {
    ComplaintLine {
        number: format!("ADU-2026-{:05}", index + 1),
        received_at: at(index / 3, 8, 12),
        office: fill.office_name(index),
        site: fill.site_name(index),
        reporter: fill.text(&format!("Contoh Pelapor {}", index + 1), index + 1),
        symptom: fill.text("Internet mati sejak pagi, lampu ONT merah", index + 2),
        priority: [Some(Priority::P2), Some(Priority::P3), None][index % 3],
    }
}

fn verified(fill: Fill, index: usize) -> VerifiedLine {
    VerifiedLine {
        complaint: complaint(fill, index),
        verdict: VERDICTS[index % VERDICTS.len()],
        cause: fill.text("Kabel serat optik putus", index + 3),
        done: vec![Action::Repair],
        action: fill.text("Disambung ulang", index + 4),
        checked_on: day(index / 3),
        checked_by: fill.text("Contoh Teknisi 1", index + 5),
    }
}

pub fn blank_checklists(fill: Fill) -> BlankChecklists {
    let groups = |index: usize| {
        let mut groups = checklist(fill);
        for item in groups.iter_mut().flat_map(|group| &mut group.items) {
            item.values.clear();
            item.photos = 0;
        }
        let by = index % groups.len().max(1);
        groups.rotate_left(by);
        groups
    };
    let complaint = |index| BlankComplaint {
        number: format!("ADU-2026-{:05}", index + 1),
        symptom: fill.text("Internet mati sejak pagi, lampu ONT merah", index),
    };
    let mut sheet = fill.sheet("");
    if let Standing::Issued { number, .. } = &mut sheet.standing {
        // Each form has a number of its own.
        *number = None;
    }
    BlankChecklists {
        sheet,
        order: (!fill.is_empty()).then(|| fill.order_reference()),
        forms: (0..fill.count(2, 6).clamp(1, 6))
            .map(|index| BlankForm {
                number: format!("A{index:02}/3FA9C{index}"),
                office: fill.office_name(index),
                site: fill.site_name(index),
                district: fill.maybe("Ciamis", index),
                team: fill.text("Tim 1", index),
                members: fill.people(3, 8).into_iter().map(|person| person.name).collect(),
                planned: Some(day(index)),
                due: Some(day(index + 14)),
                groups: groups(index),
                readings: ["delay", "loss", "gpon_receive"]
                    .map(|measure| BlankReading {
                        measure: measure.to_owned(),
                        unit: "ms".to_owned(),
                    })
                    .into(),
                complaints: (0..index % 3).map(complaint).collect(),
            })
            .collect(),
    }
}

pub fn complaint_list(fill: Fill, is_verified: bool) -> ComplaintList {
    let count = fill.count(4, 60);
    ComplaintList {
        sheet: fill.sheet("500.12/041/DISKOMINFO/X/2026"),
        order: (!fill.is_empty()).then(|| fill.order_reference()),
        team: fill.maybe("Tim 1", 6),
        rows: if is_verified {
            ComplaintRows::Verified((0..count).map(|index| verified(fill, index)).collect())
        } else {
            ComplaintRows::Open((0..count).map(|index| complaint(fill, index)).collect())
        },
        signature: (!fill.is_empty()).then(|| fill.signature()),
    }
}

fn checklist(fill: Fill) -> Vec<ChecklistGroup> {
    let finding = |index: usize, condition, action| FindingValue {
        condition,
        action,
        note: if index.is_multiple_of(2) {
            String::new()
        } else {
            fill.text("Konektor longgar", index)
        },
        awaits: (index % 3 == 1).then(|| AwaitedPart {
            name: fill.text("SFP 1G BiDi", index + 2),
            quantity: 2,
        }),
        by: fill.text(&format!("Contoh Teknisi {}", index % 3 + 1), index + 1),
        at: at(1, 9, 20),
    };
    let items = [
        "Sumber PLN",
        "UPS",
        "Router hidup",
        "Cadangan konfigurasi diambil",
        "Port rusak",
        "SSID",
    ];
    let groups = [
        "Daya",
        "Rak/ruang",
        "Link masuk",
        "Router",
        "Switch",
        "Access point",
        "Kabel",
        "Layanan",
    ];
    groups
        .iter()
        .take(fill.count(3, 8))
        .enumerate()
        .map(|(group, name)| ChecklistGroup {
            name: fill.text(name, group),
            items: items
                .iter()
                .take(fill.count(3, 6))
                .enumerate()
                .map(|(index, item)| ChecklistItem {
                    item: fill.text(item, index + 1),
                    subject: (group > 1).then(|| fill.text("Router Contoh RB-750 (SN-0001)", index + 2)),
                    values: match index {
                        0 => vec![finding(group, Condition::Good, Action::None)],
                        1 if group == 1 => vec![
                            finding(1, Condition::MinorDamage, Action::Repair),
                            finding(2, Condition::Good, Action::None),
                        ],
                        2 if group == 0 => Vec::new(),
                        _ => vec![finding(index, Condition::MajorDamage, Action::Replace)],
                    },
                    photos: u32::try_from(index).unwrap_or(0),
                })
                .collect(),
        })
        .collect()
}

pub fn visit_record(fill: Fill) -> VisitRecord {
    VisitRecord {
        sheet: fill.sheet("CEK-2026-0042"),
        order: (!fill.is_empty()).then(|| fill.order_reference()),
        office: fill.office_name(0),
        site: fill.site_name(1),
        coordinates: fill.maybe("-7,3241; 108,3337", 2),
        for_complaint: fill.flavour == Flavour::Many,
        started_at: at(1, 9, 5),
        ended_at: at(1, 10, 15),
        end_estimated: fill.is_empty(),
        team: fill.text("Tim 1", 3),
        members: fill.people(3, 12),
        met_name: fill.maybe("Contoh Penanggung Jawab", 4),
        met_post: fill.maybe("Kepala Tata Usaha", 5),
        outcome: if fill.is_empty() {
            Outcome::Locked
        } else {
            Outcome::Partial
        },
        outcome_note: if fill.is_empty() {
            String::new()
        } else {
            fill.text("Ruang server belum dibuka", 6)
        },
        groups: checklist(fill),
        measurements: (0..fill.count(4, 20))
            .map(|index| Measurement {
                measure: fill.text(
                    ["Ping ke NOC, rata-rata", "Kehilangan paket", "Unduh"][index % 3],
                    index,
                ),
                vantage: fill.text("Laptop di lokasi", index + 1),
                value: [Some(4.25), Some(0.0), None, Some(-23.5)][index % 4],
                unit: ["ms", "%", "Mbps", "dBm"][index % 4].to_owned(),
                samples: index.is_multiple_of(2).then_some(20),
                class: (index % 4 != 2).then(|| fill.text("Sangat baik", index + 2)),
            })
            .collect(),
        replacements: (0..fill.count(1, 6))
            .map(|index| Replacement {
                device: fill.text("Access point", index),
                old_model: fill.text("Contoh AP-1", index + 1),
                old_serial: fill.text("tidak terbaca", index + 2),
                old_inventory: fill.text("tidak ada", index + 3),
                new_model: fill.text("Contoh AP-2", index + 4),
                new_serial: fill.text("SN-BARU-0007", index + 5),
                new_inventory: fill.text("INV-2026-0007", index + 6),
            })
            .collect(),
        verdicts: (0..fill.count(2, 12))
            .map(|index| VisitVerdict {
                complaint: format!("ADU-2026-{:05}", index + 1),
                verdict: VERDICTS[index % VERDICTS.len()],
                note: fill.text("Sudah diuji bersama pelapor", index),
            })
            .collect(),
        conclusion: Conclusion::NormalWithNotes,
        notes: if fill.is_empty() {
            String::new()
        } else {
            fill.text("Ruang server perlu dibuka pada kunjungan berikut.", 8)
        },
        flags: if fill.is_empty() {
            Vec::new()
        } else {
            vec![
                VisitFlag {
                    flag: FlagKind::NotMember,
                    person: Some(fill.text("Contoh Teknisi 9", 2)),
                },
                VisitFlag {
                    flag: FlagKind::AfterReport,
                    person: None,
                },
            ]
        },
        confirmation: (!fill.is_empty()).then(|| Confirmation {
            name: fill.text("Contoh Penanggung Jawab", 4),
            post: fill.text("Kepala Tata Usaha", 5),
            at: at(1, 10, 14),
            agrees: true,
            note: fill.text("Petugas ramah", 7),
        }),
        signature: fill.signature(),
    }
}

fn report_body(fill: Fill) -> ReportBody {
    let states = [
        TargetState::Met,
        TargetState::Met,
        TargetState::PartlyAccepted,
        TargetState::Excused,
        TargetState::Open,
    ];
    ReportBody {
        subject: fill.text("Pemeliharaan Jaringan Intra Pemerintah", 0),
        from: day(0),
        until: day(4),
        general: fill
            .texts(&["Pengecekan berjalan sesuai rencana dengan catatan sebagaimana diuraikan di bawah."]),
        basis: fill.texts(&["SOP Pemeliharaan Jaringan Intra Pemerintah tanggal 4 Januari 2021."]),
        targets: (0..fill.count(6, 100))
            .map(|index| {
                let state = states[index % states.len()];
                let visited = !matches!(state, TargetState::Excused | TargetState::Open);
                TargetLine {
                    site: fill.site_name(index),
                    office: fill.office_name(index),
                    due: Some(day(index / 4 + 14)),
                    visited_at: visited.then(|| at(index / 4, 9, 5)),
                    minutes: visited.then_some(70),
                    state,
                    faults: u32::try_from(index % 3).unwrap_or(0),
                    note: if index.is_multiple_of(2) {
                        String::new()
                    } else {
                        fill.text("Menunggu suku cadang", index)
                    },
                }
            })
            .collect(),
        lateness: (0..fill.count(2, 20))
            .map(|index| LateLine {
                what: fill.text("Pengecekan Puskesmas Contoh 2", index),
                standard_minutes: (index % 3 != 2).then_some(60),
                over_minutes: 35,
                cause: if index.is_multiple_of(2) {
                    fill.text("Listrik padam", index)
                } else {
                    String::new()
                },
            })
            .collect(),
        complaints: (0..fill.count(2, 40))
            .map(|index| verified(fill, index))
            .collect(),
        follow_ups: (0..fill.count(2, 20))
            .map(|index| FollowUpLine {
                site: fill.site_name(index),
                work: fill.text("Mengganti antena radio", index + 1),
                part: index
                    .is_multiple_of(2)
                    .then(|| fill.text("Antena 5 GHz", index + 2)),
                owner: fill.text("Contoh Ketua Tim", index + 3),
                due: Some(day(index + 30)),
            })
            .collect(),
        conclusions: fill.texts(&[
            "Jaringan pada umumnya berfungsi baik.",
            "Dua lokasi memerlukan penggantian perangkat.",
        ]),
        suggestions: fill.texts(&["Menyediakan cadangan ONT untuk tiga kecamatan terjauh."]),
    }
}

pub fn team_report(fill: Fill) -> TeamReport {
    TeamReport {
        sheet: fill.sheet("500.12/052/DISKOMINFO/X/2026"),
        order: (!fill.is_empty()).then(|| fill.order_reference()),
        task_letter: (!fill.is_empty())
            .then(|| fill.reference("800.1.11.1/073/DISKOMINFO/X/2026", "Pengecekan oleh Tim 1")),
        team: fill.text("Tim 1", 2),
        members: fill.people(3, 60),
        body: report_body(fill),
        to: fill.text("Kepala Seksi Telematika", 3),
        signature: fill.signature(),
    }
}

pub fn final_report(fill: Fill) -> FinalReport {
    FinalReport {
        sheet: fill.sheet("500.12/060/DISKOMINFO/XII/2026"),
        order: (!fill.is_empty()).then(|| fill.order_reference()),
        teams: (0..fill.count(3, 12))
            .map(|index| TeamSummary {
                team: fill.text(&format!("Tim {}", index + 1), index),
                leader: fill.text(&format!("Contoh Ketua {}", index + 1), index + 1),
                targets: 34,
                met: 31,
                excused: 3,
                visits: 38,
                faults: 12,
            })
            .collect(),
        body: report_body(fill),
        carried: (0..fill.count(1, 10))
            .map(|index| CarriedSite {
                site: fill.site_name(index),
                reason: fill.text("Gedung sedang direnovasi", index + 1),
            })
            .collect(),
        reports: (0..fill.count(3, 24))
            .map(|index| {
                fill.reference(
                    &format!("500.12/{:03}/DISKOMINFO/X/2026", index + 50),
                    "Laporan Tim 1",
                )
            })
            .collect(),
        to: fill.text("Kepala Dinas Komunikasi dan Informatika", 4),
        signature: fill.signature(),
        annexes: fill.texts(&[
            "Daftar periksa kunjungan",
            "Berita Acara",
            "Daftar pengaduan yang telah diverifikasi",
        ]),
    }
}
