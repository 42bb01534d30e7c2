//! The SOP as a paper: a version of a procedure in the form of its identity and flowchart pages.

use jiff::civil::Date;
use rajut_core::calendar::Zone;
use rajut_core::procedure::{
    ChartCell, Inferred, Procedure, ProcedureVersion, Side, StandardGroup, Step, Symbol, VersionState,
    WrittenTime,
};
use rajut_pdf::{Paper, Rendered, paper};

use super::parts::sheet;
use crate::{App, AppError};

/// Sets the SOP of a file that no register knows: a draft, whatever it says of itself.
///
/// # Errors
/// [`AppError::Paper`] where a text is too long for a page.
pub fn render_procedure(procedure: &Procedure, today: Date) -> Result<Rendered, AppError> {
    let identity = &procedure.identity;
    let sheet = paper::Sheet {
        page: paper::PageSize::F4,
        letterhead: paper::Letterhead {
            emblem: None,
            government: identity.agency.clone(),
            agency: identity.unit.clone(),
            address: Vec::new(),
        },
        place: String::new(),
        zone: match procedure.zone.unwrap_or(Zone::Wib) {
            Zone::Wib => paper::Zone::Wib,
            Zone::Wita => paper::Zone::Wita,
            Zone::Wit => paper::Zone::Wit,
        },
        standing: paper::Standing::Draft {
            number: None,
            date: None,
            written: identity.created.unwrap_or(today),
        },
        check_code: None,
        mark: None,
        masked: false,
    };
    rajut_pdf::render(&procedure_sheet(procedure, sheet)).map_err(|error| AppError::Paper(error.to_string()))
}

impl App {
    /// The SOP of a version: a draft says so on its face, what is signed does not.
    pub async fn procedure_paper(&self, version: &ProcedureVersion) -> Result<Paper, AppError> {
        let procedure = Procedure::parse(&version.text)
            .map_err(|error| AppError::procedure_file(&version.code, error))?;
        let context = self.context().await?;
        let mut sheet = sheet(&context, None, version.drafted_on);
        sheet.standing = match &version.state {
            VersionState::Draft { .. } => paper::Standing::Draft {
                number: None,
                date: None,
                written: version.drafted_on,
            },
            VersionState::Approved { approval } => paper::Standing::Issued {
                number: None,
                date: approval.on,
            },
            VersionState::Effective { from, .. } => paper::Standing::Issued {
                number: None,
                date: *from,
            },
        };
        Ok(procedure_sheet(&procedure, sheet))
    }
}

fn procedure_sheet(procedure: &Procedure, sheet: paper::Sheet) -> Paper {
    let identity = &procedure.identity;
    let approver = &identity.approver;
    let labels = procedure.labels.clone();
    let chart = procedure.chart();
    Paper::Procedure(paper::Procedure {
        sheet,
        identity: paper::ProcedureIdentity {
            agency: identity.agency.clone(),
            unit: identity.unit.clone(),
            number: identity.number.clone(),
            created: identity.created,
            revised: identity.revised,
            effective: identity.effective,
            approver_post: approver.position.clone(),
            approver_name: approver.name.clone(),
            approver_rank: approver.rank.clone(),
            approver_nip: approver.nip.clone(),
            title: identity.title.clone(),
            legal_basis: identity.legal_basis.clone(),
            qualifications: identity.qualifications.clone(),
            related: identity.related.clone(),
            equipment: identity.equipment.clone(),
            warnings: identity.warnings.clone(),
            records: identity.records.clone(),
        },
        annex: procedure.annex.clone().unwrap_or_default(),
        columns: paper::ChartColumns {
            activity: labels.activity,
            lanes: labels.lanes,
            standard: labels.standard,
            completeness: labels.completeness,
            time: labels.time,
            output: labels.output,
            note: labels.note,
        },
        lanes: procedure.lanes.iter().map(|lane| lane.label.clone()).collect(),
        rows: procedure
            .steps
            .iter()
            .zip(chart.rows)
            .map(|(step, cells)| row(procedure, step, cells))
            .collect(),
        inferred: procedure.steps.iter().any(drawn_by_us),
    })
}

/// Whether the symbol or the arrow of a step is not that of the paper.
fn drawn_by_us(step: &Step) -> bool {
    step.inferred
        .iter()
        .any(|what| matches!(what, Inferred::Symbol | Inferred::Arrow))
}

fn row(procedure: &Procedure, step: &Step, cells: Vec<ChartCell>) -> paper::ChartRow {
    let written = |time: Option<&WrittenTime>| -> Vec<String> {
        time.into_iter().map(|time| String::from(time.clone())).collect()
    };
    let mut own = written(step.standard.time.as_ref());
    own.extend(step.exit_times());
    paper::ChartRow {
        number: step.number,
        activity: step.activity.clone(),
        cells: cells.into_iter().map(|it| cell(it, drawn_by_us(step))).collect(),
        completeness: step.completeness.clone(),
        time: merged(procedure, step, own, |group| written(group.time.as_ref())),
        output: merged(procedure, step, step.standard.output.clone(), |group| {
            group.output.clone()
        }),
        note: step.note.clone().unwrap_or_default(),
    }
}

/// A cell of *mutu baku*: what the paper merges over consecutive rows stands in the first of them.
fn merged(
    procedure: &Procedure,
    step: &Step,
    own: Vec<String>,
    shared: impl Fn(&StandardGroup) -> Vec<String>,
) -> Option<paper::MergedCell> {
    let group = procedure
        .group_of(&step.id)
        .map(|group| (group, shared(group)))
        .filter(|(_, shared)| own.is_empty() && !shared.is_empty());
    let Some((group, lines)) = group else {
        return Some(paper::MergedCell { lines: own, rows: 1 });
    };
    // Lint (E09) wants the rows of a group next to each other; in a draft they may lie apart, and then each part
    // shows the cell again.
    let place = procedure.steps.iter().position(|row| row.id == step.id)?;
    let within = |row: &&Step| group.steps.contains(&row.id);
    if place > 0 && procedure.steps.get(place - 1).as_ref().is_some_and(within) {
        return None;
    }
    let rows = procedure.steps[place..].iter().take_while(within).count();
    Some(paper::MergedCell {
        lines,
        rows: u32::try_from(rows).unwrap_or(1),
    })
}

fn cell(cell: ChartCell, inferred: bool) -> paper::ChartCell {
    paper::ChartCell {
        inferred: inferred && cell.symbol.is_some(),
        symbol: cell.symbol.map(|symbol| match symbol {
            Symbol::Terminator => paper::ChartSymbol::Terminator,
            Symbol::Decision => paper::ChartSymbol::Decision,
            Symbol::Connector => paper::ChartSymbol::Connector,
            Symbol::Process | Symbol::Other(_) => paper::ChartSymbol::Process,
        }),
        lines: cell
            .strokes
            .iter()
            .map(|stroke| paper::ChartLine {
                from: (stroke.from.x, stroke.from.y),
                to: (stroke.to.x, stroke.to.y),
                dashed: stroke.dashed,
            })
            .collect(),
        heads: cell
            .heads
            .iter()
            .map(|side| match side {
                Side::Top => paper::ChartSide::Top,
                Side::Right => paper::ChartSide::Right,
                Side::Left => paper::ChartSide::Left,
            })
            .collect(),
        labels: cell
            .labels
            .into_iter()
            .map(|label| paper::ChartLabel {
                right: label.corner.right,
                below: label.corner.below,
                room: label.room,
                text: label.text,
                ends: label.ends,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn set(text: &str) -> (paper::Procedure, Rendered) {
        let procedure = Procedure::parse(text).unwrap();
        let rendered = render_procedure(&procedure, date(2026, 1, 5)).unwrap();
        let sheet = paper::Sheet {
            page: paper::PageSize::A4,
            letterhead: paper::Letterhead {
                emblem: None,
                government: String::new(),
                agency: String::new(),
                address: Vec::new(),
            },
            place: String::new(),
            zone: paper::Zone::Wib,
            standing: paper::Standing::Issued {
                number: None,
                date: date(2021, 1, 4),
            },
            check_code: None,
            mark: None,
            masked: false,
        };
        let Paper::Procedure(paper) = procedure_sheet(&procedure, sheet) else {
            panic!("an SOP is a procedure");
        };
        (paper, rendered)
    }

    /// The words of a text, in one line.
    fn squeezed(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    /// The paper of 4 January 2021, cell by cell; where a cell is empty there, it is empty here.
    #[test]
    fn the_text_cells_of_the_routine_check_equal_the_paper() {
        let (paper, rendered) = set(include_str!("../../../../procedures/pemeliharaan-jaringan.toml"));
        let activities: Vec<&str> = paper.rows.iter().map(|row| row.activity.as_str()).collect();
        assert_eq!(
            activities,
            [
                "Surat perintah dari Kepala Diskominfo ke Kepala Bidang Telematika dan Persandian untuk melakukan \
                 pemeliharaan jaringan",
                "Kepala Bidang Telematika dan Persandian mendisposisikan ke Kepala Seksi Telematika",
                "Kepala Seksi Telematika membuat tim jaringan/teknisi untuk melakukan pengecekan ke Perangkat Daerah \
                 (lokasi)",
                "Tim melakukan pengecekan di Lingkungan Pemerintah Kabupaten Ciamis. Pengecekan yang dilakukan : \
                 Perangkat dan koneksi jaringan yang ada di Perangkat Daerah. Jika ada yang rusak / trouble, maka \
                 dilakukan perbaikan atau penggantian",
                "Tim melaporkan hasil pengecekan kepada Kepala Seksi Telematika",
            ]
        );
        let cell = |lines: &[&str], rows| {
            Some(paper::MergedCell {
                lines: lines.iter().map(|line| (*line).to_owned()).collect(),
                rows,
            })
        };
        let standards: Vec<_> = paper
            .rows
            .iter()
            .map(|row| (row.time.clone(), row.output.clone()))
            .collect();
        assert_eq!(
            standards,
            [
                (
                    cell(&["10 menit"], 2),
                    cell(&["Nama", "NIP", "Alamat", "No. Telpn"], 2)
                ),
                (None, None),
                (cell(&["30 menit"], 1), cell(&["Daftar pengaduan"], 1)),
                (
                    cell(&["1 jam"], 1),
                    cell(
                        &["Daftar pengaduan yang telah diverifikasi (Proses pengaduan dimulai)"],
                        1
                    )
                ),
                (cell(&["30 menit"], 1), cell(&["Disposisi"], 1)),
            ]
        );
        assert!(
            paper
                .rows
                .iter()
                .all(|row| row.note.is_empty() && row.completeness.is_empty())
        );
        assert!(paper.inferred && rendered.pages == 2, "{}", rendered.pages);

        // The same on the page: the words of the form, and no column that the paper lacks.
        let text = squeezed(&rendered.text);
        for words in [
            "PEMERINTAH KABUPATEN CIAMIS",
            "Dinas Komunikasi dan Informatika Kabupaten Ciamis",
            "Tanggal Pembuatan : 4 Januari 2021",
            "Tanggal Efektif : 4 Januari 2021",
            "Drs. H. Dondon Rudiana M.Si.",
            "Pembina Utama Muda",
            "NIP. 19640218 198703 1 007",
            "Judul SOP : Pemeliharaan Jaringan Intra Pemerintah",
            "1. Memahami mekanisme pemeliharaan sesuai dengan ketentuan yang berlaku",
            "Semua Pengembangan Aplikasi",
            "3. Sistem Informasi Manajemen",
            "Pencatatan dan Pendataan :",
            "LAMPIRAN PEMELIHARAAN JARINGAN (PENGECEKAN RUTIN)",
            "Mutu Baku",
            "Ket.",
        ] {
            assert!(text.contains(&squeezed(words)), "{words}: {}", rendered.text);
        }
        assert!(!text.contains("Kelengkapan") && text.contains("TanggalRevisi:"));
    }

    #[test]
    fn a_longer_procedure_runs_over_pages_with_connectors() {
        let (paper, rendered) = set(include_str!("../../../../procedures/penanganan-pengaduan.toml"));
        assert_eq!(paper.rows.len(), 15);
        assert!(rendered.pages > 2, "{}", rendered.pages);
        let text = squeezed(&rendered.text);
        for words in [
            "Segi lima berhuruf sama",
            "Kelengkapan",
            "Tidak menjawab",
            "Ya, pointing",
        ] {
            assert!(text.contains(&squeezed(words)), "{words}: {}", rendered.text);
        }
        // Both ends of a break bear the same letter.
        let letters = |page: &str| {
            page.lines()
                .flat_map(str::split_whitespace)
                .filter(|word| word.len() == 1 && word.chars().all(char::is_uppercase))
                .map(str::to_owned)
                .collect::<std::collections::BTreeSet<_>>()
        };
        let pages: Vec<_> = rendered.text.split('\u{c}').skip(1).map(letters).collect();
        assert!(!pages[0].is_empty() && pages[0].is_subset(&pages[1]), "{pages:?}");
    }

    #[test]
    fn a_procedure_with_words_of_its_own_is_set_too() {
        let (_, rendered) = set(include_str!(
            "../../../rajut-core/tests/fixtures/penggantian-perangkat.toml"
        ));
        for words in ["Uraian Tugas", "Aktor", "Jangka", "Kembalikan"] {
            assert!(rendered.text.contains(words), "{words}: {}", rendered.text);
        }
    }
}
