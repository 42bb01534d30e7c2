//! The store: SQLite and PostgreSQL, and the only place where SQL and stored bytes are handled.
//!
//! The journal is the event log; the state tables are its fold, with columns beside the state by which
//! lists find it. An act is one transaction that writes both ([`Store::commit`]). What the events mean is
//! decided and folded in `rajut-core`; who may do what is not asked here.

mod anchors;
mod attachments;
mod backup;
mod commit;
mod db;
mod error;
mod file;
mod jobs;
mod journal;
mod lists;
mod load;
mod observations;
mod page;
mod personal;
mod project;
mod schema;
mod sessions;
mod sql;
#[cfg(feature = "testkit")]
pub mod testkit;
mod watch;

pub use anchors::read_anchors;
pub use attachments::Attachment;
pub use backup::{Entry, Manifest};
pub use commit::Committed;
pub use db::DbUrl;
pub use error::{Found, StoreError};
pub use jobs::Claim;
pub use journal::{Head, VerifyReport};
pub use lists::{ComplaintFilter, FollowUpFilter, IncidentFilter, OfRun, RunFilter};
pub use load::Versioned;
pub use observations::StoredObservation;
pub use page::{Cursor, Listed, Page};
pub use sessions::{Failures, Session};
pub use watch::Watch;

use db::{Db, Part, Shared, Tx};

/// A handle on an open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    db: Shared,
    #[cfg(feature = "testkit")]
    fault: Option<testkit::FaultPoint>,
}

impl Store {
    /// Opens a database (see [`DbUrl`]) without migrating it. SQLite files are made where there are none.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a database of a newer program, [`StoreError::Url`],
    /// [`StoreError::Unavailable`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::connect(url, true).await
    }

    /// Opens a database that is there already, without migrating it; nothing is made.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Missing`] where there is no file.
    pub async fn open_existing(url: &str) -> Result<Self, StoreError> {
        Self::connect(url, false).await
    }

    async fn connect(url: &str, create: bool) -> Result<Self, StoreError> {
        let db = Db::connect(&url.parse()?, create).await?;
        schema::check(&db).await?;
        Ok(Self {
            db: Shared::new(db),
            #[cfg(feature = "testkit")]
            fault: None,
        })
    }

    /// Whether any program has brought the database to a schema of Rajut's.
    pub async fn has_schema(&self) -> Result<bool, StoreError> {
        schema::is_there(&self.db).await
    }

    /// Brings the database to the schema of this program; a database that is there already stays as it is.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(&self.db).await
    }

    /// Whether the connection that commits acts has the disk keep an act before it is acknowledged. The store
    /// asks for it; a PostgreSQL server that was told to be careless (`fsync = off`) does not do it.
    pub async fn is_durable(&self) -> Result<bool, StoreError> {
        let mut tx = self.db.write(Part::Records).await?;
        for (question, answers) in db::dialect::durability(tx.dialect()) {
            let answer = tx.row(question, &[]).await?.map(|row| row.text(0)).transpose()?;
            if !answer.is_some_and(|answer| answers.contains(&answer.as_str())) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Closes all connections, of the clones too.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Whether [`Store::close`] was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.db.is_closed()
    }

    /// Begins to write.
    async fn begin(&self, part: Part) -> Result<Tx, StoreError> {
        #[cfg_attr(
            not(feature = "testkit"),
            expect(unused_mut, reason = "the test hook sets a field")
        )]
        let mut tx = self.db.write(part).await?;
        #[cfg(feature = "testkit")]
        {
            tx.fault.clone_from(&self.fault);
        }
        Ok(tx)
    }
}
