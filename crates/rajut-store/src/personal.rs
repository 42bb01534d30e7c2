//! The side table of personal values: what stands behind the commitments, until it is lawfully erased.

use std::collections::BTreeMap;

use rajut_core::people::Sealed;

use crate::db::Part;
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
}
