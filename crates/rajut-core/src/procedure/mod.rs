//! The procedure (SOP) as data: its model, reading it from TOML, lint, diff, and the life of its versions.
//!
//! Hidden here: the file format and where in the file a thing stands, how a merged cell of *mutu baku* is
//! counted once, the format rules of Permenpan-RB 35/2012. What must not be known here: who executes a
//! procedure and how far an execution has come (`crate::engine`), and any calendar (`crate::calendar`).

mod chart;
#[cfg(test)]
mod chart_tests;
mod codes;
mod diff;
mod file;
mod identity;
mod lines;
mod lint;
mod model;
mod standard;
mod step;
mod time;
mod version;

pub use chart::{Chart, ChartCell, Corner, Label as ChartLabel, Point, Side, Stroke};
pub use codes::{ExitCode, GroupId, InvalidCode, LaneId, PauseCode, ProcedureCode, StepId, check_code};
pub use diff::{Difference, diff};
pub use file::{ExpectedCode, ProcedureFileError};
pub use identity::{Approver, Identity};
pub use lint::{
    ActivationRefusal, DEFAULT_REGULATIONS, KnownProcedure, Lint, LintCode, LintFacts, LintFault, Regulation,
    RegulationStatus, Severity, activation, lint, parse_regulations,
};
pub use model::{Binding, Definition, Labels, Lane, Procedure};
pub use standard::{Standard, StandardGroup, StandardView};
pub use step::{
    Exit, Field, FieldChoice, FieldKind, Goal, Inferred, Joint, Next, PauseReason, Scope, Step, StepKind,
    Symbol, Timer,
};
pub use time::{TimeAsWritten, TimeUnit, UnreadableTime, WORKING_DAY_MINUTES, WrittenTime};
pub use version::{
    Approval, ProcedureVersion, Returned, VersionAct, VersionEvent, VersionRefusal, VersionState,
    effective_on,
};
