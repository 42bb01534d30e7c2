//! rajut-app

pub mod demo;
pub mod import;
