//! A file as a table of text: which format it is, and how much of it is read at most.

use super::problem::Problems;
use super::{text, workbook};
use rajut_core::act::{Unfit, UnfitCode};

/// How much is read at most. A regency has some thousand devices; a file beyond this is a mistake or an
/// attack, and is refused before it fills the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Bytes of a workbook when unpacked.
    pub unpacked_bytes: u64,
    /// Parts of a workbook.
    pub entries: usize,
    /// Lines.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Characters of a cell.
    pub cell_chars: usize,
    /// Bytes of all cells together.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 10 << 20,
            unpacked_bytes: 64 << 20,
            entries: 500,
            rows: 20_000,
            columns: 60,
            // A service may be used at every site: their codes stand in one cell.
            cell_chars: 20_000,
            text_bytes: 32 << 20,
        }
    }
}

/// The file as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file is too large.
    #[error("the file has {bytes} bytes; at most {most} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// What is read.
        most: usize,
    },
    /// There is no line in it.
    #[error("the file is empty")]
    Empty,
    /// Neither text nor a workbook.
    #[error("the file is neither CSV text nor an XLSX workbook")]
    NotATable,
    /// A workbook of the time before 2007.
    #[error("this is an old or encrypted workbook: save it as XLSX without a password, or as CSV")]
    OldWorkbook,
    /// The workbook is damaged.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// The workbook unpacks to more than is allowed.
    #[error("the workbook unpacks to more than {most} bytes")]
    Bomb {
        /// What is unpacked.
        most: u64,
    },
    /// The workbook has too many parts.
    #[error("the workbook has {found} parts; at most {most} are read")]
    TooManyEntries {
        /// How many it has.
        found: usize,
        /// How many are read.
        most: usize,
    },
    /// Too many lines.
    #[error("the file has more than {most} lines")]
    TooManyRows {
        /// How many are read.
        most: usize,
    },
    /// Too many columns.
    #[error("line {line} has more than {most} columns")]
    TooManyColumns {
        /// Where.
        line: u64,
        /// How many are read.
        most: usize,
    },
    /// Too much text.
    #[error("the cells hold more than {most} bytes")]
    TooMuchText {
        /// How many are read.
        most: usize,
    },
}

impl From<FileError> for Unfit {
    fn from(error: FileError) -> Self {
        let of = |code: UnfitCode| Self::from(code);
        match error {
            FileError::TooLarge { most, .. } => of(UnfitCode::TooLarge).with("most", most),
            FileError::Empty => of(UnfitCode::FileEmpty),
            FileError::NotATable => of(UnfitCode::NotATable),
            FileError::OldWorkbook => of(UnfitCode::OldWorkbook),
            FileError::Workbook(detail) => of(UnfitCode::Workbook).with("detail", detail),
            FileError::Bomb { most } => of(UnfitCode::WorkbookBomb).with("most", most),
            FileError::TooManyEntries { found, most } => of(UnfitCode::WorkbookParts)
                .with("found", found)
                .with("most", most),
            FileError::TooManyRows { most } => of(UnfitCode::TooManyLines).with("most", most),
            FileError::TooManyColumns { line, most } => {
                of(UnfitCode::TooManyColumns).with("row", line).with("most", most)
            }
            FileError::TooMuchText { most } => of(UnfitCode::TooMuchText).with("most", most),
        }
    }
}

/// How the file was written, so that a user sees what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum Source {
    /// Text.
    Csv {
        /// Name of the encoding, `UTF-8` or `windows-1252` as a rule.
        encoding: &'static str,
        /// What separates the cells.
        separator: char,
    },
    /// A workbook.
    Xlsx {
        /// The sheet that was read: the first one.
        sheet: String,
    },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// As a text editor or spreadsheet counts, from 1.
    pub(super) number: u64,
    pub(super) cells: Vec<String>,
}

/// A file as lines of text; lines without any content are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// How it was written.
    pub source: Source,
    pub(super) header: Line,
    pub(super) lines: Vec<Line>,
    pub(super) problems: Problems,
}

impl Table {
    /// Reads a CSV or XLSX file; which one follows from its first bytes.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, FileError> {
        if bytes.len() > limits.file_bytes {
            return Err(FileError::TooLarge {
                bytes: bytes.len(),
                most: limits.file_bytes,
            });
        }
        if bytes.starts_with(b"PK\x03\x04") {
            workbook::read(bytes, limits)
        } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            Err(FileError::OldWorkbook)
        } else {
            text::read(bytes, limits)
        }
    }

    /// How many lines follow the heading.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is a heading only.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// Gathers lines within the limits.
pub(super) struct Gatherer<'a> {
    limits: &'a Limits,
    header: Option<Line>,
    lines: Vec<Line>,
    bytes: usize,
    problems: Problems,
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            header: None,
            lines: Vec::new(),
            bytes: 0,
            problems: Problems::default(),
        }
    }

    /// Notes a problem of a cell that has become no text.
    pub(super) fn problem(&mut self, line: u64, column: usize, value: &str, fault: super::problem::Fault) {
        let name = self
            .header
            .as_ref()
            .and_then(|header| header.cells.get(column).cloned());
        self.problems.push(
            line,
            &name.unwrap_or_else(|| (column + 1).to_string()),
            value,
            fault,
        );
    }

    pub(super) fn line(&mut self, number: u64, mut cells: Vec<String>) -> Result<(), FileError> {
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > self.limits.columns {
            return Err(FileError::TooManyColumns {
                line: number,
                most: self.limits.columns,
            });
        }
        for (column, cell) in cells.iter_mut().enumerate() {
            // A character has at least one byte, so most cells need no counting.
            let found = if cell.len() > self.limits.cell_chars {
                cell.chars().count()
            } else {
                0
            };
            if found > self.limits.cell_chars {
                *cell = cell.chars().take(self.limits.cell_chars).collect();
                let fault = super::problem::Fault::new(super::problem::ProblemCode::TooLong)
                    .with("most", self.limits.cell_chars)
                    .with("found", found);
                let start = cell.clone();
                self.problem(number, column, &start, fault);
            }
            self.bytes += cell.len();
        }
        if self.bytes > self.limits.text_bytes {
            return Err(FileError::TooMuchText {
                most: self.limits.text_bytes,
            });
        }
        let line = Line { number, cells };
        if self.header.is_none() {
            self.header = Some(line);
        } else if self.lines.len() >= self.limits.rows {
            return Err(FileError::TooManyRows {
                most: self.limits.rows,
            });
        } else {
            self.lines.push(line);
        }
        Ok(())
    }

    pub(super) fn table(self, source: Source) -> Result<Table, FileError> {
        let header = self.header.ok_or(FileError::Empty)?;
        Ok(Table {
            source,
            header,
            lines: self.lines,
            problems: self.problems,
        })
    }
}
