//! The check of the chain.

use rajut_core::journal::{Anchor, Fault, FaultKind, Hash, Verifier};
use serde::Serialize;

use super::{PAGE, deep, read_record};
use crate::commit::read_head;
use crate::db::{Part, args};
use crate::{Store, StoreError, sql};

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// How many records were checked.
    pub records: i64,
    /// What was found wrong, in order.
    pub faults: Vec<Fault>,
}

impl Store {
    /// Checks the chain, holds it against `anchors` and, if `deep`, replays it and compares every state row,
    /// the list of acts and the personal values. `progress` is told how many records have been checked.
    ///
    /// All is read at one moment; acts that are done meanwhile wait for the next check.
    ///
    /// # Errors
    /// Only what keeps the check from being made; what it finds is in the report.
    pub async fn verify(
        &self,
        anchors: Vec<Anchor>,
        deep: bool,
        mut progress: impl FnMut(i64) + Send,
    ) -> Result<VerifyReport, StoreError> {
        let mut tx = self.db.read(Part::Records).await?;
        let mut verifier = Verifier::new(anchors);
        let mut next = i64::MIN;
        let mut last_read = (0, Hash::GENESIS);
        loop {
            let rows = tx.rows(sql::JOURNAL_PAGE, &args![next, PAGE]).await?;
            let Some(last) = rows.last() else { break };
            next = last.int(0)? + 1;
            for row in &rows {
                match read_record(row) {
                    Ok(record) => {
                        verifier.push(&record);
                        last_read = (record.seq, record.hash);
                    }
                    Err(StoreError::Corrupt { why, .. }) => verifier.unreadable(row.int(0)?, why),
                    Err(error) => return Err(error),
                }
            }
            progress(verifier.checked());
        }
        let records = verifier.checked();
        let mut faults = match read_head(&mut tx, sql::HEAD).await {
            Ok((seq, hash)) => verifier.finish(seq, hash),
            Err(StoreError::Corrupt { why, .. }) => {
                let why = format!("the head of the journal: {why}");
                let mut faults = verifier.finish(last_read.0, last_read.1);
                faults.push(Fault {
                    seq: last_read.0,
                    kind: FaultKind::Unreadable { why },
                });
                faults
            }
            Err(error) => return Err(error),
        };
        if deep {
            faults.extend(deep::compare(&mut tx).await?);
        }
        Ok(VerifyReport { records, faults })
    }
}
