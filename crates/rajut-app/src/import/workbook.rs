//! XLSX: the first sheet as text. The archive is weighed before a parser sees it, since a few kilobytes can
//! unpack to gigabytes and the sizes that an archive declares may lie.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use super::file::{FileError, Gatherer, Limits, Source, Table};
use super::problem::{Fault, ProblemCode};

/// Whole numbers beyond this have lost digits in a workbook: it keeps them as 64-bit fractions.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, FileError> {
    weigh(bytes, limits)?;
    let damaged = |error: calamine::XlsxError| FileError::Workbook(error.to_string());
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheet = workbook.sheet_names().first().cloned().ok_or(FileError::Empty)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut faults: Vec<(u32, usize, String, Fault)> = Vec::new();
    let mut held = 0_usize;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let column = column as usize;
        let (text, fault) = text(cell.get_value());
        if let Some(code) = fault {
            faults.push((row, column, text.clone(), Fault::new(code)));
        }
        if text.trim().is_empty() {
            continue;
        }
        if column >= limits.columns {
            return Err(FileError::TooManyColumns {
                line: u64::from(row) + 1,
                most: limits.columns,
            });
        }
        // One shared string may be named by every cell: what is held is counted here, not in the archive.
        held += text.len();
        if held > limits.text_bytes {
            return Err(FileError::TooMuchText {
                most: limits.text_bytes,
            });
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        if rows.len() > limits.rows + 1 {
            return Err(FileError::TooManyRows { most: limits.rows });
        }
    }
    let mut gatherer = Gatherer::new(limits);
    for (row, cells) in rows {
        gatherer.line(u64::from(row) + 1, cells)?;
    }
    for (row, column, value, fault) in faults {
        gatherer.problem(u64::from(row) + 1, column, &value, fault);
    }
    gatherer.table(Source::Xlsx { sheet })
}

/// Unpacks every part into nothing, and counts.
fn weigh(bytes: &[u8], limits: &Limits) -> Result<(), FileError> {
    let damaged = |error: &dyn std::fmt::Display| FileError::Workbook(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > limits.entries {
        return Err(FileError::TooManyEntries {
            found: archive.len(),
            most: limits.entries,
        });
    }
    let bomb = FileError::Bomb {
        most: limits.unpacked_bytes,
    };
    let mut left = limits.unpacked_bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(&error))?;
        if entry.size() > left {
            return Err(bomb);
        }
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink())
            .map_err(|error| damaged(&error))?;
        left = left.checked_sub(read).ok_or_else(|| bomb.clone())?;
    }
    Ok(())
}

fn text(cell: &DataRef<'_>) -> (String, Option<ProblemCode>) {
    match cell {
        DataRef::Empty => (String::new(), None),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            (text.clone(), None)
        }
        DataRef::SharedString(text) => ((*text).to_owned(), None),
        DataRef::Int(number) => (number.to_string(), None),
        DataRef::Float(number) => {
            let lost = number.abs() >= EXACT && number.fract() == 0.0;
            (number.to_string(), lost.then_some(ProblemCode::LostDigits))
        }
        DataRef::Bool(flag) => (flag.to_string(), None),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            (format!("{year:04}-{month:02}-{day:02}"), None)
        }
        DataRef::Error(error) => (error.to_string(), Some(ProblemCode::FormulaError)),
    }
}
