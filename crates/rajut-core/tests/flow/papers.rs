//! Papers as the tests issue them.

use jiff::Timestamp;
use rajut_core::calendar::Zone;
use rajut_core::id::{DocumentId, PersonId, RunId};
use rajut_core::journal::Hash;
use rajut_core::run::{Document, DocumentKind};
use rajut_core::stream::StreamKind;

use super::world::{World, stream};

impl World {
    /// A paper of a run, as it would be issued.
    pub fn paper(
        &mut self,
        run: RunId,
        kind: DocumentKind,
        number: &str,
        by: PersonId,
        at: Timestamp,
    ) -> Document {
        Document {
            id: self.fresh::<DocumentId>(),
            kind,
            number: number.to_owned(),
            date: Zone::Wib.date(at),
            subject: "Pengecekan rutin".to_owned(),
            record: stream(StreamKind::Run, run.0),
            signed_by: by,
            issued_at: at,
            data_hash: Hash::of(b"{}"),
            data: "{}".to_owned(),
            mark: None,
            bytes: None,
            signature: None,
        }
    }
}
