//! The pages through the real router, over a database of their own.

mod accounts;
mod acting;
mod complaints;
mod field;
mod live;
mod offices;
mod pages;
mod people;
mod sites;
mod table;
mod world;
