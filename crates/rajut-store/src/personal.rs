//! The side table of personal values: what stands behind the commitments, until it is lawfully erased.

use std::collections::BTreeMap;

use rajut_core::people::Sealed;

use crate::db::{Part, args};
use crate::load::padded;
use crate::{Store, StoreError, sql};

impl Store {
    /// The values behind some commitments; erased ones are left out.
    pub async fn personal(&self, sealed: &[Sealed]) -> Result<BTreeMap<Sealed, String>, StoreError> {
        let sealed: Vec<String> = sealed.iter().map(|sealed| sealed.as_str().to_owned()).collect();
        let mut tx = self.db.read(Part::Records).await?;
        let mut values = BTreeMap::new();
        for sealed in sealed.chunks(sql::IN_LIST) {
            for row in tx.rows(&sql::PERSONAL, &padded(sealed)).await? {
                let sealed = Sealed::try_from(row.text(0)?).map_err(|error| StoreError::Corrupt {
                    what: "a personal value".to_owned(),
                    why: error.to_string(),
                })?;
                values.insert(sealed, row.text(1)?);
            }
        }
        Ok(values)
    }

    /// Erases values and their salts for good, and says how many there were. The chain stays whole: it holds
    /// commitments only. Backups made before keep the values; on SQLite its write-ahead log loses them when no
    /// reader holds it any more, on PostgreSQL the server's own log and vacuum do.
    pub async fn erase_personal(&self, sealed: &[Sealed]) -> Result<u64, StoreError> {
        let mut tx = self.begin(Part::Records).await?;
        let mut erased = 0;
        for sealed in sealed {
            erased += tx.execute(sql::PERSONAL_ERASE, &args![sealed.as_str()]).await?;
        }
        tx.commit().await?;
        self.db.forget_log().await?;
        Ok(erased)
    }
}
