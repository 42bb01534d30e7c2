//! rajut-app

pub mod demo;
