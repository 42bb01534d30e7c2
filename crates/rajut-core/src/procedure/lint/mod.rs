//! The faults of a procedure as a document: the format rules of Permenpan-RB 35/2012 and Permendagri
//! 52/2011, and what experience adds. A fault is a code with arguments; its message, which names the fault, and
//! its advice, which names the way out, stand in `locales/` under `lint-<fault>`.
//!
//! E04 to E10 would leave an execution stuck or without a clock and keep a version from being put in force;
//! E01 to E03 are faults of the paper that the agency may accept with a reason; W and I never stop anything.

mod activation;
mod chart;
mod fault;
mod page;
mod regulation;
mod standards;
mod wording;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Procedure, Step};
pub use activation::{ActivationRefusal, activation};
use fault::Finding;
pub use fault::LintFault;
pub use regulation::{DEFAULT_REGULATIONS, Regulation, RegulationStatus, parse_regulations};

/// The rules. The letter is the severity.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum LintCode {
    /// A field of the identity page is missing; Nomor SOP is empty.
    E01,
    /// The dates of the identity page contradict one another.
    E02,
    /// The approver lacks name, position or rank, or the NIP cannot be one.
    E03,
    /// Start and end are not drawn as terminators, or not one start and at least one end.
    E04,
    /// A step cannot be reached, or cannot reach an end.
    E05,
    /// A step has no symbol of the five, or exits that do not fit it.
    E06,
    /// A step has no actor, or one that is no lane.
    E07,
    /// A step has no readable time or no output.
    E08,
    /// A merged cell is not one: with gaps, overlapping, or with two values.
    E09,
    /// An arrow or connector leads nowhere.
    E10,
    /// A lane without a step.
    W01,
    /// A condition in a step that is no decision.
    W02,
    /// No Kelengkapan.
    W03,
    /// A step that does not begin with a verb, or holds two activities.
    W04,
    /// Pencatatan dan pendataan is empty.
    W05,
    /// Keterkaitan names no SOP of the register.
    W06,
    /// Not reviewed for more than twelve months.
    W07,
    /// Dasar hukum that is repealed or amended.
    W08,
    /// An output that does not fit the kind of step.
    W09,
    /// A person's name instead of a position.
    W10,
    /// An abbreviation that is not explained.
    W11,
    /// An output that no later step needs.
    W12,
    /// Total standard time and longest path.
    I01,
    /// More than ten steps without a branch.
    I02,
    /// No routine frequency.
    I03,
}

impl LintCode {
    /// Faults of the paper itself, with which a version can be in force if somebody gives a reason.
    pub const ACCEPTABLE: [Self; 3] = [Self::E01, Self::E02, Self::E03];

    /// Its severity.
    pub fn severity(self) -> Severity {
        match self {
            Self::E01
            | Self::E02
            | Self::E03
            | Self::E04
            | Self::E05
            | Self::E06
            | Self::E07
            | Self::E08
            | Self::E09
            | Self::E10 => Severity::Error,
            Self::I01 | Self::I02 | Self::I03 => Severity::Info,
            _ => Severity::Warning,
        }
    }
}

impl fmt::Display for LintCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How much a fault weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be repaired, or accepted with a reason.
    Error,
    /// Should be repaired.
    Warning,
    /// Good to know.
    Info,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Lint {
    /// The rule.
    pub code: LintCode,
    /// Its severity.
    pub severity: Severity,
    /// The line of the file, from one.
    pub line: u32,
    /// What is wrong: the key of message and advice.
    pub fault: LintFault,
    /// What the sentences need. `number` and `step` are those of the step, where the fault is a step's.
    pub args: BTreeMap<String, String>,
}

/// What lint must know besides the procedure.
pub struct LintFacts<'a> {
    /// The day on which it is judged.
    pub today: Date,
    /// The SOPs of the register.
    pub known_procedures: &'a [KnownProcedure],
    /// Regulations known to be repealed or amended.
    pub regulations: &'a [Regulation],
    /// Whether a text can be a NIP.
    pub nip_ok: &'a dyn Fn(&str) -> bool,
}

/// An SOP of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KnownProcedure {
    /// Its code.
    pub code: super::ProcedureCode,
    /// Its title.
    pub title: String,
}

/// All faults of a procedure, ordered by line, then by rule.
pub fn lint(procedure: &Procedure, facts: &LintFacts<'_>) -> Vec<Lint> {
    let mut faults = Faults {
        procedure,
        found: Vec::new(),
    };
    page::lint(&mut faults, facts);
    chart::lint(&mut faults);
    standards::lint(&mut faults);
    wording::lint(&mut faults);
    let mut found = faults.found;
    found.sort_by_key(|lint| (lint.line, lint.code));
    found
}

/// The procedure under review and what was found so far.
struct Faults<'a> {
    procedure: &'a Procedure,
    found: Vec<Lint>,
}

impl Faults<'_> {
    /// Notes a fault at a path of the file.
    fn add(&mut self, code: LintCode, path: &str, finding: impl Into<Finding>) {
        let Finding { fault, args } = finding.into();
        self.found.push(Lint {
            code,
            severity: code.severity(),
            line: self.procedure.line(path),
            fault,
            args,
        });
    }

    /// Notes a fault at a key of a step.
    fn at(&mut self, code: LintCode, step: &Step, key: &str, finding: impl Into<Finding>) {
        let finding = finding.into().with("number", step.number).with("step", &step.id);
        self.add(code, &format!("steps.{}.{key}", step.id), finding);
    }
}

/// The words of a text in lowercase, without punctuation at their ends.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
