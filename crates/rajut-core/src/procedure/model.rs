//! What a procedure is made of. References between parts are by code; whether they lead anywhere is for
//! lint to say, since a draft may be unfinished.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes::{LaneId, ProcedureCode, StepId};
use crate::calendar::Zone;

use super::identity::Identity;
use super::lines::Lines;
use super::standard::StandardGroup;
use super::step::{Goal, Step};

/// One version of a procedure (SOP): identity, lanes, steps, standards.
///
/// Made by [`Procedure::parse`] only. Two procedures are equal when their texts are.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Procedure {
    /// The name shared by all versions.
    pub code: ProcedureCode,
    /// The number of this version, from one.
    pub version: u32,
    /// The zone in which its times are shown; absent, the agency's.
    pub zone: Option<Zone>,
    /// Words of its own for the columns of the flowchart page.
    pub labels: Labels,
    /// Title of the flowchart page, where it differs from the title of the SOP.
    pub annex: Option<String>,
    /// How often the procedure is routinely run, as written.
    pub frequency: Option<String>,
    /// Page one.
    pub identity: Identity,
    /// The columns of actors.
    pub lanes: Vec<Lane>,
    /// The rows, in their order; never empty.
    pub steps: Vec<Step>,
    /// Merged cells of *mutu baku*.
    pub groups: Vec<StandardGroup>,
    /// Terms and abbreviations explained.
    pub definitions: Vec<Definition>,
    /// Where a verdict given elsewhere (on a routine visit) moves an execution of this procedure.
    pub verdicts: BTreeMap<String, Goal>,
    #[serde(skip)]
    pub(super) first: StepId,
    #[serde(skip)]
    pub(super) source: String,
    #[serde(skip)]
    pub(super) lines: Lines,
}

impl PartialEq for Procedure {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Procedure {}

impl Procedure {
    /// The text it was parsed from: the form in which a version is stored.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The step of that id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The lane of that id.
    pub fn lane(&self, id: &LaneId) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == *id)
    }

    /// Where every execution begins: the first row.
    pub fn first(&self) -> &StepId {
        &self.first
    }

    /// Where a verdict moves an execution of this procedure; none if it does not know the verdict.
    pub fn verdict_goal(&self, verdict: &str) -> Option<&Goal> {
        self.verdicts.get(verdict)
    }

    /// The line of the file on which a thing stands, for messages.
    pub(super) fn line(&self, path: &str) -> u32 {
        self.lines.find(path).line
    }
}

/// Words for the columns of the flowchart page; absent ones are the usual words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// For "Kegiatan".
    pub activity: Option<String>,
    /// For "Pelaksana".
    pub lanes: Option<String>,
    /// For "Mutu Baku".
    pub standard: Option<String>,
    /// For "Kelengkapan".
    pub completeness: Option<String>,
    /// For "Waktu".
    pub time: Option<String>,
    /// For "Output".
    pub output: Option<String>,
    /// For "Keterangan".
    pub note: Option<String>,
}

/// A column of actors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// Its name within the file.
    pub id: LaneId,
    /// As printed.
    pub label: String,
    /// Who stands in it.
    pub binding: Binding,
}

/// Who stands in a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// The holder of a post. The code is a hint that the agency's set-up may bind anew.
    Post(String),
    /// The members of the team formed for the work.
    Team,
    /// The office that is served.
    Office,
    /// Whoever reported.
    Reporter,
}

/// A term explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The term or abbreviation.
    pub term: String,
    /// What it means.
    pub meaning: String,
}
