//! The rules of Rajut.
//!
//! This crate holds what the agency's procedure says and what follows from it: who may act, what
//! happens next, how long it may take, what is recorded. It is pure: no async, files, sockets, SQL,
//! HTTP, clock or randomness. Time, ids and randomness come in as arguments, and a decision comes out
//! as a value that somebody else carries out.

pub mod account;
pub mod act;
pub mod calendar;
pub mod check;
pub mod clock;
pub mod complaint;
pub mod engine;
pub mod flow;
pub mod id;
pub mod journal;
pub mod laptop;
pub mod lateness;
pub mod mark;
pub mod number;
pub mod people;
pub mod procedure;
pub mod register;
pub mod run;
mod shape;
pub mod signing;
pub mod stream;
pub mod visit;
pub mod words;
