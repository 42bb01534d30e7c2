//! A row of the flowchart page: what is done, by whom, and what follows.

use serde::{Deserialize, Serialize};

use super::codes::{ExitCode, InvalidCode, LaneId, PauseCode, ProcedureCode, StepId};
use super::standard::Standard;
use super::time::TimeAsWritten;

/// What a step is done for: once a run, once a team and batch, or once a site.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Once for the whole execution.
    Run,
    /// Once for each team and batch.
    Team,
    /// Once for each site.
    Site,
}

/// What sort of act finishes a step. The first five have forms and effects of their own; the others take
/// their form from [`Step::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Surat perintah.
    Order,
    /// Disposisi.
    Disposition,
    /// Forming of teams.
    Team,
    /// A check at a site.
    Visit,
    /// Laporan.
    Report,
    /// Something is done and written down.
    Record,
    /// A question is answered.
    Decision,
    /// A superior agrees or returns.
    Approval,
    /// Somebody outside confirms.
    Confirm,
}

/// How several actors of one step act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Joint {
    /// One of them does it for all; where they do it together, whoever of them writes it down.
    Either,
    /// Every one of them acts: the first act records a part, the last one finishes the step.
    Each,
}

/// The symbol of a step. Of the five symbols of Permenpan-RB 35/2012 the arrow stands between steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Symbol {
    /// Kapsul.
    Terminator,
    /// Kotak.
    Process,
    /// Belah ketupat.
    Decision,
    /// Segi lima: the chart leaves the page.
    Connector,
    /// Not one of them, as written; empty if none was given. Lint rule E06.
    Other(String),
}

impl From<String> for Symbol {
    fn from(text: String) -> Self {
        match text.as_str() {
            "terminator" => Self::Terminator,
            "process" => Self::Process,
            "decision" => Self::Decision,
            "connector" => Self::Connector,
            _ => Self::Other(text),
        }
    }
}

/// What the paper does not show and was read from its wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inferred {
    /// The symbol.
    Symbol,
    /// The arrow to what follows.
    Arrow,
    /// Who acts.
    Actor,
}

/// A row of the flowchart page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Step {
    /// Its name within the file.
    pub id: StepId,
    /// Its row, from one.
    pub number: u32,
    /// What sort of act finishes it.
    pub kind: StepKind,
    /// What it is done for.
    pub scope: Scope,
    /// Who acts; several act jointly.
    pub from: Vec<LaneId>,
    /// How several act. Lint rule E07 asks for it.
    pub joint: Option<Joint>,
    /// To whom.
    pub to: Vec<LaneId>,
    /// Kegiatan, as written.
    pub activity: String,
    /// Kelengkapan; empty where the paper has no such column or cell.
    pub completeness: Vec<String>,
    /// Its own cells of *mutu baku*; a merged cell is in [`Procedure::groups`](super::Procedure::groups).
    pub standard: Standard,
    /// The records it leaves.
    pub records: Vec<String>,
    /// Its symbol.
    pub symbol: Symbol,
    /// What of it is inferred.
    pub inferred: Vec<Inferred>,
    /// What follows.
    pub next: Next,
    /// The form of a generic kind.
    pub fields: Vec<Field>,
    /// Reasons for which its clock may stand still.
    pub pauses: Vec<PauseReason>,
    /// What happens by itself if nobody acts.
    pub timer: Option<Timer>,
    /// A procedure of which it starts executions.
    pub starts: Option<ProcedureCode>,
    /// The mark of an off-page connector; its partner bears the same.
    pub connector: Option<String>,
    /// Keterangan.
    pub note: Option<String>,
}

impl Step {
    /// Where finishing the step leads: by an exit where it has exits, without one where it has none.
    /// None if that exit does not exist, or one is needed.
    pub fn goal(&self, exit: Option<&ExitCode>) -> Option<Goal> {
        match (&self.next, exit) {
            (Next::End, None) => Some(Goal::End),
            (Next::Step(step), None) => Some(Goal::Step(step.clone())),
            (Next::Exits(exits), Some(code)) => exits
                .iter()
                .find(|exit| exit.code == *code)
                .map(|exit| exit.to.clone()),
            _ => None,
        }
    }

    /// Whether every one of its actors has to act.
    pub fn needs_each(&self) -> bool {
        self.joint == Some(Joint::Each)
    }

    /// Every way out of the step.
    pub fn ways(&self) -> Vec<(Option<ExitCode>, Goal)> {
        match &self.next {
            Next::End => vec![(None, Goal::End)],
            Next::Step(step) => vec![(None, Goal::Step(step.clone()))],
            Next::Exits(exits) => exits
                .iter()
                .map(|exit| (Some(exit.code.clone()), exit.to.clone()))
                .collect(),
        }
    }

    /// Its labelled exits; none where one thing follows.
    pub fn exits(&self) -> &[Exit] {
        match &self.next {
            Next::Exits(exits) => exits,
            Next::End | Next::Step(_) => &[],
        }
    }

    /// What the column of times says of a step whose time depends on the answer: each exit that has one of its own.
    pub fn exit_times(&self) -> Vec<String> {
        self.exits()
            .iter()
            .filter_map(|exit| Some(format!("{}: {}", exit.label, exit.standard?)))
            .collect()
    }

    /// The exit of that code.
    pub fn exit(&self, code: &ExitCode) -> Option<&Exit> {
        self.exits().iter().find(|exit| exit.code == *code)
    }
}

/// What follows a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Nothing.
    End,
    /// One step.
    Step(StepId),
    /// It depends on the answer.
    Exits(Vec<Exit>),
}

/// One answer of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// Its name within the step.
    pub code: ExitCode,
    /// As printed beside the arrow: Ya, Tidak.
    pub label: String,
    /// Where it leads.
    pub to: Goal,
    /// The standard of the step when this exit is taken, where it differs by exit.
    #[serde(default)]
    pub standard: Option<TimeAsWritten>,
    /// Taking the exit stops the clock for this reason, until the step it leads to is finished. Only where
    /// that step has the same scope.
    #[serde(default)]
    pub pause: Option<PauseCode>,
}

/// Where an arrow points. Written as the id of a step, or `end`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub enum Goal {
    /// A step.
    Step(StepId),
    /// The end.
    End,
}

impl TryFrom<String> for Goal {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "end" {
            Ok(Self::End)
        } else {
            text.try_into().map(Self::Step)
        }
    }
}

impl From<Goal> for String {
    fn from(goal: Goal) -> String {
        match goal {
            Goal::End => "end".to_owned(),
            Goal::Step(step) => step.into(),
        }
    }
}

/// A field of the form of a generic step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name within the step.
    pub id: String,
    /// As shown.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether the step can be finished without it.
    #[serde(default)]
    pub required: bool,
    /// What may be chosen, for [`FieldKind::Choice`].
    #[serde(default)]
    pub choices: Vec<FieldChoice>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text.
    Text,
    /// A number.
    Number,
    /// A civil date.
    Date,
    /// One of [`Field::choices`].
    Choice,
    /// A person of the register.
    Person,
    /// The name of somebody outside the register: records keep a commitment to it, never the name.
    Name,
    /// Whole rupiah.
    Money,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldChoice {
    /// As stored.
    pub code: String,
    /// As shown.
    pub label: String,
}

/// A reason for which the clock of a step may stand still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseReason {
    /// As stored.
    pub code: PauseCode,
    /// As shown.
    pub label: String,
}

/// What happens by itself if nobody acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// After so much working time since the step was opened, pauses not counted.
    pub after: TimeAsWritten,
    /// This exit is taken.
    pub take: ExitCode,
}
