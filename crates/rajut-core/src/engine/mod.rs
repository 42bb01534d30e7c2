//! The engine that walks a procedure: which steps are open, what finishing one opens. It knows no procedure by name.
#![allow(missing_docs)]
use serde::{Deserialize, Serialize};
use crate::procedure::*;
use jiff::Timestamp;
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStep { pub step: StepId, pub since: Timestamp, pub round: u32 }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneStep { pub step: StepId, pub round: u32, pub since: Timestamp, pub finished_at: Timestamp, pub exit: Option<ExitCode> }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress { pub open: Vec<OpenStep>, pub done: Vec<DoneStep>, pub ended_at: Option<Timestamp> }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advance { pub done: DoneStep, pub opens: Vec<StepId>, pub crosses: Option<StepId>, pub ends: bool }
impl Progress {
    pub fn apply(&mut self, advance: &Advance) { self.done.push(advance.done.clone()); }
    pub fn apply_pause(&mut self, _: &str, _: Timestamp) {}
    pub fn apply_resume(&mut self, _: Timestamp) {}
}
