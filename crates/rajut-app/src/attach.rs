//! Keeping files that belong to a record: photos, signed papers, evidence.

use rajut_core::journal::Hash;

use crate::{App, AppError};

impl App {
    /// Keeps the bytes of a file under their hash; at most as many as the agency allows.
    pub async fn attach(&self, bytes: Vec<u8>) -> Result<Hash, AppError> {
        let limit = self.context().await?.agency_file.limits.attachment;
        let chunk = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes)]);
        Ok(self.store().put_attachment(chunk, limit).await?)
    }
}
