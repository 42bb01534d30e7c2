//! What is wrong with a line, as a code with arguments; the words are put where it is shown.

use std::collections::BTreeMap;

use serde::Serialize;

/// How many problems are kept; the rest is counted.
pub const SHOWN_PROBLEMS: usize = 200;

/// How many characters of a faulty value are kept.
const SHOWN_CHARS: usize = 80;

/// The kinds of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The column is not known. Arguments: `known`.
    UnknownColumn,
    /// The column is needed and not there.
    MissingColumn,
    /// Two columns mean the same. Arguments: `first`.
    RepeatedColumn,
    /// The line has cells to the right of the last column.
    ExtraCells,
    /// The cell must not be empty.
    MissingValue,
    /// The cell is too long. Arguments: `most`, `found` (characters).
    TooLong,
    /// The cell holds a control character.
    ControlCharacter,
    /// The workbook keeps a long number as a fraction and has lost digits: make the column text.
    LostDigits,
    /// The workbook shows an error in place of a value.
    FormulaError,
    /// Not a code: lower-case letters, digits, `-`, `_` and `.`, at most 40.
    BadCode,
    /// The same entry stands on an earlier line. Arguments: `line`.
    Duplicate,
    /// Several entries are meant by this line: two people without a number have the same name.
    Ambiguous,
    /// No entry has this code. Arguments: `kind`.
    UnknownReference,
    /// The entries above lead back to this one. Arguments: `path`.
    Cycle,
    /// No such day; DD-MM-YYYY or YYYY-MM-DD.
    NotADate,
    /// Not a number.
    NotANumber,
    /// Outside what is possible. Arguments: `least`, `most`.
    OutOfRange,
    /// None of the words that may stand here. Arguments: `allowed`.
    NotInList,
    /// Not an IP address.
    NotAnAddress,
    /// It needs another column filled, too. Arguments: `column`.
    NeedsOther,
    /// The device stands at another site.
    StandsElsewhere,
    /// Not a NIP or NI PPPK. Arguments: `digits` (the places at fault), `why`.
    BadNip,
    /// The number and the status contradict each other. Arguments: `number` (what the number says).
    StatusMismatch,
    /// Not `CODE|NAME|DAY|DECREE`, several of them separated by `;`.
    NotAPredecessor,
    /// A masked value cannot be imported.
    Masked,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line as a text editor or spreadsheet counts it, from 1.
    pub line: u64,
    /// The column as the file writes it, or its key where the file has none.
    pub column: String,
    /// What stands there, cut to 80 characters. Empty where the value is a personal one.
    pub value: String,
    /// What is wrong.
    pub code: ProblemCode,
    /// What the words need.
    pub args: BTreeMap<&'static str, String>,
}

/// All problems of a file: the first ones, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// The first [`SHOWN_PROBLEMS`].
    pub shown: Vec<Problem>,
    /// How many there are in all.
    pub total: usize,
}

impl Problems {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub(super) fn push(&mut self, line: u64, column: &str, value: &str, fault: Fault) {
        self.total += 1;
        if self.shown.len() < SHOWN_PROBLEMS {
            let args = fault.args.into_iter().collect();
            let (column, value) = (cut(column), cut(value));
            self.shown.push(Problem {
                line,
                column,
                value,
                code: fault.code,
                args,
            });
        }
    }

    pub(super) fn in_order(mut self) -> Self {
        self.shown.sort_by_key(|problem| problem.line);
        self
    }
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

/// A problem before it is known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: ProblemCode,
    pub(super) args: Vec<(&'static str, String)>,
}

impl Fault {
    pub(super) fn new(code: ProblemCode) -> Self {
        Self {
            code,
            args: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}
