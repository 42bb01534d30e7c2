//! The pages through the real router, over a database of their own.

mod accounts;
mod acting;
mod admin;
mod api;
mod complaints;
mod field;
mod filled;
mod live;
mod offices;
mod orders;
mod pages;
mod papers;
mod people;
mod played;
mod procedures;
mod reach;
mod reports;
mod set_up;
mod sites;
mod supervised;
mod table;
mod teams;
mod world;
