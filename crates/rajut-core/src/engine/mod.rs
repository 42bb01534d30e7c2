//! The engine that walks a procedure: which step is open, what finishing it opens, what the clock stood
//! still for. It serves a run, a team's batch and a site alike; each has a [`Progress`] of its own.
//!
//! Hidden here: labelled exits, back edges and rounds, joint actors, pauses, jumps by verdict, timers. What must not be
//! known here: any procedure by name, who may act, calendars, and how many teams and sites there are - where
//! an arrow crosses into another scope the engine says so, and the caller fans out or joins.

mod advance;
mod progress;
mod refusal;
mod timer;

pub use advance::{Acted, Advance, Pausing};
pub use progress::{DoneStep, OpenStep, Part, PastPause, Paused, Progress};
pub use refusal::EngineRefusal;
pub use timer::RunningTimer;
