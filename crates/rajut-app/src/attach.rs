//! Keeping files that belong to a record: photos, signed papers, evidence.

use futures_util::Stream;
use rajut_core::journal::Hash;

use crate::{App, AppError};

impl App {
    /// Keeps the bytes of a file under their hash; at most as many as the agency allows.
    pub async fn attach(&self, bytes: Vec<u8>) -> Result<Hash, AppError> {
        let chunk = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes)]);
        self.attach_stream(chunk).await
    }

    /// The same for bytes that are still on their way.
    pub async fn attach_stream<B, E>(&self, bytes: impl Stream<Item = Result<B, E>>) -> Result<Hash, AppError>
    where
        B: AsRef<[u8]>,
        E: std::fmt::Display,
    {
        let limit = self.context().await?.agency_file.limits.attachment;
        Ok(self.store().put_attachment(bytes, limit).await?)
    }
}
