//! Samples of SOPs: a stair of steps from actor to actor, decisions, and a line that runs back over pages.

use jiff::civil::date;

use super::Flavour;
use super::fill::Fill;
use crate::paper::{
    ChartCell, ChartColumns, ChartLabel, ChartLine, ChartRow, ChartSide, ChartSymbol, MergedCell, Procedure,
    ProcedureIdentity, Standing,
};

const LANES: [&str; 8] = [
    "Perangkat Daerah",
    "Kepala Diskominfo",
    "Kabid",
    "Kasi",
    "Tim Pemeliharaan (Pengecekan) / Teknisi",
    "Petugas Layanan",
    "Sekretaris",
    "Bendahara",
];

/// The actor of a step: down the stair and up again.
fn lane(index: usize, lanes: usize) -> usize {
    let round = 2 * (lanes - 1);
    let at = (index + 1) % round;
    at.min(round - at)
}

fn line(from: (i16, i16), to: (i16, i16)) -> ChartLine {
    ChartLine {
        from,
        to,
        dashed: false,
    }
}

fn cells(fill: Fill, index: usize, count: usize, lanes: usize) -> Vec<ChartCell> {
    let mut cells = vec![ChartCell::default(); lanes];
    let here = lane(index, lanes);
    let decides = index % 4 == 2;
    if index + 1 < count {
        let next = lane(index + 1, lanes);
        let (edge, back) = if next > here { (100, 0) } else { (0, 100) };
        cells[here].lines.push(line((50, 50), (edge, 50)));
        cells[next].lines.push(line((back, 50), (50, 50)));
        cells[next].lines.push(line((50, 50), (50, 100)));
    }
    let last = index + 1 == count;
    let cell = &mut cells[here];
    cell.inferred = index == 0;
    cell.symbol = Some(match (index, decides) {
        (0, _) => ChartSymbol::Terminator,
        _ if last => ChartSymbol::Terminator,
        (_, true) => ChartSymbol::Decision,
        _ if index % 7 == 6 => ChartSymbol::Connector,
        _ => ChartSymbol::Process,
    });
    if index > 0 {
        cell.lines.push(line((50, 0), (50, 50)));
        cell.heads.push(ChartSide::Top);
    }
    if decides {
        cell.labels = vec![
            ChartLabel {
                right: true,
                below: true,
                room: (53, 100),
                text: fill.text("Ya", index),
                ends: false,
            },
            ChartLabel {
                right: false,
                below: true,
                room: (0, 47),
                text: fill.text("Tidak", index + 1),
                ends: true,
            },
        ];
    }
    // From the last step back to the second one, beside the first actor.
    let track = &mut cells[0].lines;
    match index {
        1 if count > 5 => track.extend([line((84, 100), (84, 50)), line((84, 50), (100, 50))]),
        _ if index > 1 && count > 5 && !last => track.push(line((84, 0), (84, 100))),
        _ => {}
    }
    cells
}

pub fn procedure(fill: Fill) -> Procedure {
    let lanes = if fill.flavour == Flavour::Many { 8 } else { 5 };
    let count = fill.count(5, 60).max(1);
    let merged = |lines: Vec<String>, rows| Some(MergedCell { lines, rows });
    let mut sheet = fill.sheet("");
    if let Standing::Issued { number, .. } = &mut sheet.standing {
        // The number of an SOP stands in its identity.
        *number = None;
    }
    let rows = (0..count)
        .map(|index| ChartRow {
            number: u32::try_from(index + 1).unwrap_or(0),
            activity: fill.text("Memeriksa perangkat dan koneksi jaringan di lokasi", index),
            cells: cells(fill, index, count, lanes),
            completeness: if index % 3 == 1 {
                fill.texts(&["daftar periksa", "alat ukur"])
            } else {
                Vec::new()
            },
            time: match index {
                0 => merged(vec!["10 menit".to_owned()], if count > 1 { 2 } else { 1 }),
                1 => None,
                _ => merged(vec![fill.text("1 jam", index + 1)], 1),
            },
            output: match index {
                0 if count > 1 => merged(fill.texts(&["Nama", "NIP", "Alamat", "No. Telpn"]), 2),
                1 => None,
                _ => merged(fill.texts(&["Daftar pengaduan"]), 1),
            },
            note: if index == 3 {
                fill.text("Per lokasi", 2)
            } else {
                String::new()
            },
        })
        .collect();
    Procedure {
        sheet,
        identity: ProcedureIdentity {
            agency: "Pemerintah Kabupaten Contoh".to_owned(),
            unit: fill.text("Dinas Contoh", 1),
            number: fill.maybe("100.3.6/01/SOP/2026", 2).unwrap_or_default(),
            created: (!fill.is_empty()).then_some(date(2026, 1, 5)),
            revised: None,
            effective: (!fill.is_empty()).then_some(date(2026, 2, 2)),
            approver_post: fill.maybe("Kepala Dinas Contoh", 3).unwrap_or_default(),
            approver_name: fill.maybe("Contoh Kepala, S.Kom.", 4).unwrap_or_default(),
            approver_rank: fill.maybe("Pembina", 5).unwrap_or_default(),
            approver_nip: fill.maybe("19700101 199503 1 001", 0).unwrap_or_default(),
            title: fill.text("Pemeliharaan Jaringan Contoh", 6),
            legal_basis: fill.texts(&[
                "Permenpan-RB Nomor 35 Tahun 2012",
                "Permendagri Nomor 52 Tahun 2011",
            ]),
            qualifications: fill.texts(&["Memahami mekanisme pemeliharaan"]),
            related: fill.texts(&["Penanganan Pengaduan"]),
            equipment: fill.texts(&["Komputer", "Jaringan Internet"]),
            warnings: fill.texts(&["Keterlambatan penanganan"]),
            records: fill.texts(&["Buku pengaduan", "Laporan"]),
        },
        annex: fill
            .maybe("LAMPIRAN PEMELIHARAAN JARINGAN", 7)
            .unwrap_or_default(),
        columns: if fill.flavour == Flavour::Hostile {
            ChartColumns {
                activity: Some(fill.text("Uraian", 8)),
                time: Some(fill.text("Jangka Waktu", 9)),
                ..ChartColumns::default()
            }
        } else {
            ChartColumns::default()
        },
        lanes: LANES
            .iter()
            .take(lanes)
            .enumerate()
            .map(|(index, name)| fill.text(name, index + 4))
            .collect(),
        rows,
        inferred: !fill.is_empty(),
    }
}
