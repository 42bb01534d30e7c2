//! The pages through the real router, over a database of their own.

mod accounts;
mod acting;
mod field;
mod filled;
mod orders;
mod pages;
mod reports;
mod table;
mod teams;
mod world;
