//! Observations: what was seen of the network. They are not journalled; the observation itself is JSON that
//! only core understands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rajut_core::id::{DeviceId, ObservationId, VisitId};

use crate::db::{Part, Row, Value, args};
use crate::{Store, StoreError, sql};

/// An observation with what it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObservation {
    /// Its id.
    pub id: ObservationId,
    /// The registered device that was looked at.
    pub device: Option<DeviceId>,
    /// The visit during which it was made.
    pub visit: Option<VisitId>,
    /// Code of the vantage: from where it was seen.
    pub vantage: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Code of the outcome.
    pub outcome: String,
    /// The observation as JSON.
    pub body: String,
}

impl Store {
    /// Keeps observations, all or none, and says how many were new: one that is kept already stays as it is.
    pub async fn insert_observations(&self, observations: &[StoredObservation]) -> Result<u64, StoreError> {
        let mut tx = self.begin(Part::Telemetry).await?;
        let mut new = 0;
        for it in observations {
            new += tx.execute(sql::OBSERVATION_INSERT, &row(it)).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Keeps observations that come from outside, all or none. One whose id is kept already must be the very
    /// same one, of the same visit; the first that is not is given back, and nothing is kept.
    pub async fn insert_foreign_observations(
        &self,
        observations: &[StoredObservation],
    ) -> Result<Result<(), ObservationId>, StoreError> {
        let mut tx = self.begin(Part::Telemetry).await?;
        for it in observations {
            if tx.execute(sql::OBSERVATION_INSERT, &row(it)).await? > 0 {
                continue;
            }
            let known = tx
                .row(sql::OBSERVATION, &args![it.id.to_string()])
                .await?
                .as_ref()
                .map(read)
                .transpose()?;
            if known.is_none_or(|known| (known.visit, &known.body) != (it.visit, &it.body)) {
                return Ok(Err(it.id));
            }
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// The last `n` observations that the server made of each of some devices, the newest first; a device without
    /// any is left out. What was seen on site says nothing about the way there, and does not crowd them out.
    pub async fn latest_observations(
        &self,
        devices: &[DeviceId],
        n: u32,
    ) -> Result<BTreeMap<DeviceId, Vec<StoredObservation>>, StoreError> {
        let mut tx = self.db.read(Part::Telemetry).await?;
        let mut latest = BTreeMap::new();
        for device in devices {
            let rows = tx
                .rows(
                    sql::OBSERVATIONS_OF_DEVICE,
                    &args![device.to_string(), i64::from(n)],
                )
                .await?;
            if !rows.is_empty() {
                latest.insert(*device, rows.iter().map(read).collect::<Result<_, _>>()?);
            }
        }
        Ok(latest)
    }

    /// The observations made during a visit, in order.
    pub async fn observations_of_visit(&self, visit: VisitId) -> Result<Vec<StoredObservation>, StoreError> {
        let mut tx = self.db.read(Part::Telemetry).await?;
        tx.rows(sql::OBSERVATIONS_OF_VISIT, &args![visit.to_string()])
            .await?
            .iter()
            .map(read)
            .collect()
    }
}

/// The names of the columns, in the order of the statements.
pub(crate) const COLUMNS: [&str; 7] = [
    "id",
    "device",
    "visit",
    "vantage",
    "started_at",
    "outcome",
    "body",
];

/// The values of a row, in the order of [`COLUMNS`].
pub(crate) fn values(row: &Row) -> Result<[Value; 7], StoreError> {
    Ok(args![
        row.text(0)?,
        row.opt_text(1)?,
        row.opt_text(2)?,
        row.text(3)?,
        row.int(4)?,
        row.text(5)?,
        row.text(6)?
    ])
}

fn row(it: &StoredObservation) -> [Value; 7] {
    args![
        it.id.to_string(),
        it.device.map(|id| id.to_string()),
        it.visit.map(|id| id.to_string()),
        it.vantage.as_str(),
        it.started_at.as_millisecond(),
        it.outcome.as_str(),
        it.body.as_str(),
    ]
}

fn read(row: &Row) -> Result<StoredObservation, StoreError> {
    let id = row.text(0)?;
    let corrupt = |why: String| StoreError::Corrupt {
        what: format!("observation {id}"),
        why,
    };
    let wrong = |error: uuid::Error| corrupt(error.to_string());
    Ok(StoredObservation {
        id: id.parse().map_err(wrong)?,
        device: row.opt_text(1)?.map(|id| id.parse()).transpose().map_err(wrong)?,
        visit: row.opt_text(2)?.map(|id| id.parse()).transpose().map_err(wrong)?,
        vantage: row.text(3)?,
        started_at: Timestamp::from_millisecond(row.int(4)?).map_err(|error| corrupt(error.to_string()))?,
        outcome: row.text(5)?,
        body: row.text(6)?,
    })
}
