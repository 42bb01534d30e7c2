//! Keys: an enrolled, dated, revocable record owned by a person. Only the public half is ever recorded.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file::Nonce;
use crate::act::Actor;
use crate::id::{LaptopKeyId, PersonId, VisitId};
use crate::journal::Hash;
use crate::signing::PublicKey;
use crate::stream::Fold;

/// The key of one person's laptop for one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LaptopKey {
    /// Its id: what the file names.
    pub id: LaptopKeyId,
    /// Whose.
    pub person: PersonId,
    /// For which visit; it need not have begun.
    pub visit: VisitId,
    /// The public half.
    pub public: PublicKey,
    /// In force from.
    pub from: Timestamp,
    /// In force until.
    pub until: Timestamp,
    /// Taken out of force before its time.
    pub revoked: Option<Revocation>,
    /// The files that came in under it: each once.
    pub files: Vec<ImportedFile>,
}

/// The end of a key before its time: the laptop was lost, or its owner left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Revocation {
    /// From when.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: String,
}

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ImportedFile {
    /// Its nonce.
    pub nonce: Nonce,
    /// The hash of what was signed.
    pub hash: Hash,
    /// How many observations it held.
    pub observations: u32,
    /// When the laptop says that it was made.
    pub made_at: Timestamp,
}

/// What happens to a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LaptopKeyEvent {
    /// It was enrolled.
    Enrolled {
        /// The key.
        key: Box<LaptopKey>,
    },
    /// It was taken out of force.
    Revoked {
        /// How.
        revocation: Revocation,
    },
    /// A file came in under it.
    Imported {
        /// Which.
        file: ImportedFile,
    },
}

impl LaptopKey {
    /// The file that came in under this nonce.
    pub fn file(&self, nonce: Nonce) -> Option<&ImportedFile> {
        self.files.iter().find(|file| file.nonce == nonce)
    }
}

impl Fold for LaptopKey {
    type Event = LaptopKeyEvent;

    fn fold(state: Option<Self>, event: &LaptopKeyEvent) -> Result<Self, String> {
        match (state, event) {
            (None, LaptopKeyEvent::Enrolled { key }) => Ok((**key).clone()),
            (Some(key), LaptopKeyEvent::Revoked { revocation }) if key.revoked.is_none() => Ok(Self {
                revoked: Some(revocation.clone()),
                ..key
            }),
            (Some(mut key), LaptopKeyEvent::Imported { file }) if key.file(file.nonce).is_none() => {
                key.files.push(file.clone());
                Ok(key)
            }
            (None, _) => Err("the key is not enrolled".to_owned()),
            (Some(_), LaptopKeyEvent::Enrolled { .. }) => Err("the key is enrolled already".to_owned()),
            (Some(_), LaptopKeyEvent::Revoked { .. }) => Err("the key is revoked already".to_owned()),
            (Some(_), LaptopKeyEvent::Imported { .. }) => Err("the file came in already".to_owned()),
        }
    }
}
