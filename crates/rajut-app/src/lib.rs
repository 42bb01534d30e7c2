//! The use cases of Rajut: load facts, let core decide, write, and do what follows.
//!
//! Web, command line and jobs all come through here, so that what one of them can do the others can too.
//! This crate builds no HTML and parses no arguments, and it decides nothing: rules are core's, SQL is the
//! store's, sockets are the probe's, pages are the paper writer's.

mod accounts;
mod act;
mod agency;
mod attach;
mod begin;
mod complaint_view;
mod complaints;
mod context;
pub mod demo;
mod documents;
mod edit;
mod error;
mod field;
mod held;
pub mod import;
mod incidents;
pub mod laptop;
mod measure;
mod monitor;
mod needs;
mod orders;
mod overtime;
mod personal;
mod procedures;
mod propose;
mod registers;
mod setup;
mod site_view;
pub mod snmp_files;
mod spread;
mod staff;
mod steps;
mod take_in;
#[cfg(test)]
mod tests;
mod timers;
mod views;

use std::sync::Arc;

use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use rajut_core::journal::Anchor;
use rajut_store::{Store, StoreError};
use tokio::sync::Mutex;

/// An official paper, as data.
pub use rajut_pdf::{Paper, Rendered};
/// The network's seams and stages, for the program that has to name them.
pub use rajut_probe as probe;
/// The database below, for what has no rules: verification, backup, lists.
pub use rajut_store as store;

pub use accounts::{Attempt, Invitation, NewToken, PhoneToken, SignIn, SignedIn, TokenOwner};
pub use act::{Done, Key, Who};
pub use agency::{AgencyFile, Identity, Letterhead, Monitoring};
pub use begin::Beginning;
pub use complaint_view::{ComplaintView, Moment};
pub use complaints::{NewComplaint, Registered};
pub use context::Context;
pub use documents::{
    Checked, ComplaintsOf, NewPaper, Signing, check_file_by, check_mark_by, paper_text, render_procedure,
};
pub use edit::{NewPerson, Personal};
pub use error::AppError;
pub use field::{FieldComplaint, FieldData, FieldTarget, FieldTeam, Named, UnderWay};
pub use held::Held;
pub use incidents::{IncidentView, JoinedComplaint, NewIncident};
pub use measure::Readings;
pub use monitor::{SiteIncident, SiteReport, StatusReport};
pub use overtime::NewOvertime;
pub use personal::{AccessPage, OpenReporter, Revealed};
pub use procedures::{DraftedProcedure, lint_procedure};
pub use propose::{Proposal, Wish};
pub use registers::OwnedRegisters;
pub use setup::Defaults;
pub use site_view::{LastSeen, SiteView};
pub use staff::{PersonForm, ranks};
pub use take_in::{FileOf, ImportLine, Imported, Prepared};
pub use views::{OpenLine, RunBundle, RunView, TargetLine};

/// A context and the last record of the journal that it is known to include.
type Kept = (i64, Arc<Context>);

/// Where randomness comes from: 32 bytes at a time. The program asks the operating system, a test counts.
pub type Entropy = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// The application on one database.
#[derive(Clone)]
pub struct App {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    /// The last context read, with the place of the journal up to which it holds.
    context: Arc<Mutex<Option<Kept>>>,
}

impl App {
    /// Opens a database and brings it to the schema of this program.
    pub async fn open(url: &str, clock: Arc<dyn Clock>, entropy: Entropy) -> Result<Self, AppError> {
        let store = Store::open(url).await?;
        store.migrate().await?;
        Ok(Self::new(store, clock, entropy))
    }

    /// Opens a database that was set up before, and brings it to the schema of this program. Nothing is made where
    /// there is none.
    ///
    /// # Errors
    /// [`AppError::NotSetUp`] where there is no database, or one that was never set up.
    pub async fn open_existing(url: &str, clock: Arc<dyn Clock>, entropy: Entropy) -> Result<Self, AppError> {
        let store = existing_store(url).await?;
        store.migrate().await?;
        let app = Self::new(store, clock, entropy);
        if app.is_set_up().await? {
            Ok(app)
        } else {
            Err(not_set_up(url))
        }
    }

    /// The application on an open, migrated store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: Entropy) -> Self {
        Self {
            store,
            clock,
            entropy,
            context: Arc::default(),
        }
    }

    /// The store below, for what has no rules: verification, backup, lists.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The time.
    pub fn now(&self) -> jiff::Timestamp {
        rajut_core::clock::to_millis(self.clock.now())
    }

    /// Fresh ids for one decision.
    pub fn ids(&self) -> FreshIds {
        FreshIds::new(self.now(), (self.entropy)())
    }

    /// The end of the journal now.
    pub async fn anchor(&self) -> Result<Anchor, AppError> {
        Ok(self.store.head().await?.anchor(self.now()))
    }
}

/// The store of a database in which something was done before, as it is: for the checks that need no settings.
///
/// # Errors
/// [`AppError::NotSetUp`] where there is no database, or an empty one.
pub async fn existing_store(url: &str) -> Result<Store, AppError> {
    let store = match Store::open_existing(url).await {
        Err(StoreError::Missing { .. }) => return Err(not_set_up(url)),
        opened => opened?,
    };
    // Only a database without any record was never set up: a journal that was tampered with is still looked at.
    if store.has_schema().await? && (store.head().await?.seq > 0 || !store.journal(1, 1).await?.is_empty()) {
        Ok(store)
    } else {
        Err(not_set_up(url))
    }
}

fn not_set_up(url: &str) -> AppError {
    // Without a password, whatever was typed.
    let database = url
        .parse::<rajut_store::DbUrl>()
        .map_or_else(|_| url.to_owned(), |url| url.to_string());
    AppError::NotSetUp { database }
}
