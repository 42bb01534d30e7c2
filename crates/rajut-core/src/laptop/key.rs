//! Keys: an enrolled, dated, revocable record owned by a person. Only the public half is ever recorded.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file::Nonce;
use crate::act::Actor;
use crate::id::{LaptopKeyId, PersonId, VisitId};
use crate::journal::Hash;
use crate::stream::Fold;

/// The private half: it lives in the file that is given to the laptop, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct LaptopSecret([u8; 32]);

impl LaptopSecret {
    /// A secret made of 32 random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As the laptop's file writes it: 64 hexadecimal digits. Nothing else may.
    pub fn reveal(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads what [`Self::reveal`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::of(&SigningKey::from_bytes(&self.0))
    }

    /// Signs (Ed25519, RFC 8032): the same message gives the same signature.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        SigningKey::from_bytes(&self.0).sign(message).to_bytes()
    }
}

impl fmt::Debug for LaptopSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LaptopSecret(..)")
    }
}

/// The public half, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct PublicKey(
    #[serde(with = "hex::serde")]
    #[schemars(with = "String")]
    [u8; 32],
);

impl PublicKey {
    /// The public half of a key.
    pub(crate) fn of(secret: &SigningKey) -> Self {
        Self(secret.verifying_key().to_bytes())
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether this key signed the message. Points of small order and signatures that are not in their one
    /// canonical form are refused.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(message, &Signature::from_bytes(signature))
                .is_ok()
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = hex::FromHexError;

    /// Reads 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

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
