//! Runs from the order to the closing, driven command by command as an agency would.

mod complaints;
mod field;
mod lateness;
mod offline;
mod orders;
mod random;
mod reports;
mod rights;
mod teams;
mod third;
mod whole;
mod world;
