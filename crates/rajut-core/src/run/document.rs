//! Numbered papers, frozen when issued.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DocumentId, PersonId};
use crate::journal::Hash;
use crate::laptop::PublicKey;
use crate::mark::FileSignature;
use crate::register::coded;
use crate::stream::{Fold, StreamRef};

coded! {
    /// The kinds of paper; the code is also the register in which they are numbered.
    DocumentKind {
        /// Surat Perintah.
        Order = "order",
        /// Change of annex to an order.
        Addendum = "addendum",
        /// Surat Tugas of a team.
        TaskLetter = "task_letter",
        /// Lembar Disposisi.
        Disposition = "disposition",
        /// Berita Acara.
        Minutes = "minutes",
        /// Laporan.
        Report = "report",
        /// Nota Dinas.
        Memo = "memo",
    }
}

/// A numbered paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Its date in the agency's zone.
    pub date: Date,
    /// What it is about.
    pub subject: String,
    /// The record that it belongs to.
    pub record: StreamRef,
    /// Who signed.
    pub signed_by: PersonId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// SHA-256 of the canonical typed data from which it is rendered: name, rank and title of the signer
    /// are frozen in it.
    pub data_hash: Hash,
    /// That data, as JSON text.
    pub data: String,
    /// What its QR code holds; none for papers of before there were marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<PaperMark>,
    /// SHA-256 of the bytes, once they were rendered and kept.
    pub bytes: Option<Hash>,
    /// The signature of those bytes; none for papers of before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<FileSignature>,
}

/// The mark of a paper and the key that signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PaperMark {
    /// What the QR code holds: the mark, behind the address of the page that checks it where the agency has named one.
    pub text: String,
    /// The public half of the key.
    pub key: PublicKey,
}

/// What happens to a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentEvent {
    /// Issued.
    Issued {
        /// The paper.
        document: Box<Document>,
    },
    /// Its bytes were kept.
    Frozen {
        /// SHA-256 of the bytes.
        bytes: Hash,
        /// Their signature.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<FileSignature>,
    },
}

impl Fold for Document {
    type Event = DocumentEvent;

    fn fold(state: Option<Self>, event: &DocumentEvent) -> Result<Self, String> {
        match (state, event) {
            (None, DocumentEvent::Issued { document }) => Ok((**document).clone()),
            (Some(mut document), DocumentEvent::Frozen { bytes, signature }) => match document.bytes {
                Some(kept) if kept != *bytes => {
                    Err("the paper is already frozen with other bytes".to_owned())
                }
                _ => {
                    document.bytes = Some(*bytes);
                    document.signature.clone_from(signature);
                    Ok(document)
                }
            },
            (None, _) => Err("the paper was never issued".to_owned()),
            (Some(_), DocumentEvent::Issued { .. }) => Err("the paper is already issued".to_owned()),
        }
    }
}
