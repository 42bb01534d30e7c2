//! The contract suite: every case on both databases.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod backups;
mod bytes;
mod commits;
mod failures;
mod fixtures;
mod jobs;
mod killed;
mod lists;
mod schema;
mod tampering;
mod watching;
