//! The contract suite: every case on both databases.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod commits;
mod fixtures;
