//! The pages through the real router, over a database of their own.

mod accounts;
mod acting;
mod orders;
mod pages;
mod table;
mod world;
