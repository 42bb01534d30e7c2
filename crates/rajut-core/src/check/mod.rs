//! What was seen of the network and what it means.
//!
//! Hides: how samples become figures, how a figure finds its class, how failures in a row become "without
//! connection", and which items of the field checklist fit a site. It measures first and judges later: an
//! [`Observation`] carries no opinion, a [`Judgement`] names the thresholds that made it.
//!
//! Must not know: sockets, how a packet looks, the register's tables, or any word a user reads (the labels
//! of a checklist are data, as the steps of a procedure are).

pub mod checklist;
pub mod device;
mod judgement;
mod observation;
mod reachability;
mod reading;
mod site_status;
mod statistics;
mod thresholds;

pub use judgement::{Judgement, NotJudged};
pub use observation::{Measured, Method, Observation, Outcome, Sample, Vantage};
pub use reachability::{Look, Reach, Reachability};
pub use reading::{ReadingFault, ReadingFaultCode, read_reading};
pub use site_status::{Connection, PathDevice, ServiceAtSite, SiteStatus, services_affected, site_statuses};
pub use statistics::{RoundTrip, Statistics};
pub use thresholds::{Class, Grade, Scope, Threshold, Thresholds};
