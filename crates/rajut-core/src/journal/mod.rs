//! The journal: one append-only, hash-chained log of everything that was decided.
//!
//! Hides how a record is hashed and how a chain is checked. It must not know what the events mean: to
//! it an event is the text that was hashed.

mod seal;
mod verify;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use seal::PersonalValue;
pub use verify::{Anchor, Fault, FaultKind, Verifier};

use crate::act::{Act, Actor};
use crate::id::ActId;
use crate::stream::StreamRef;

/// A SHA-256 value, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What the first record names as its predecessor.
    pub const GENESIS: Self = Self([0; 32]);

    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits, found {found:?}")]
pub struct HashError {
    found: String,
}

impl FromStr for Hash {
    type Err = HashError;
    fn from_str(text: &str) -> Result<Self, HashError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| HashError {
            found: text.chars().take(80).collect(),
        })?;
        Ok(Self(bytes))
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// One entry of the journal, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Record {
    /// Place in the journal: 1, 2, 3, ... without gaps.
    pub seq: i64,
    /// The act that wrote it; the records of one act stand together.
    pub act_key: ActId,
    /// What kind of act it was.
    pub act: Act,
    /// The stream that it belongs to.
    pub stream: StreamRef,
    /// The version of that stream after it: 1, 2, 3, ...
    pub version: i64,
    /// When it happened, by the device of the one who did it.
    pub occurred_at: Timestamp,
    /// When the server learned of it.
    pub received_at: Timestamp,
    /// Who did it.
    pub done_by: Actor,
    /// Who entered it, where that is somebody else (a clerk keying in a paper).
    pub entered_by: Actor,
    /// The event as JSON text, exactly as hashed.
    pub event: String,
    /// The hash of the record before it.
    pub prev: Hash,
    /// The hash of this record.
    pub hash: Hash,
}

impl Record {
    /// The hash that the record should carry at place `seq` behind `prev`.
    ///
    /// Every field is preceded by its length, so that no two records share an encoding.
    pub fn expected_hash(&self, seq: i64, prev: Hash) -> Hash {
        let mut hash = Sha256::new();
        hash.update(b"rajut-journal/1\n");
        hash.update(prev.0);
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        };
        field(&seq.to_string());
        field(&self.act_key.to_string());
        field(self.act.code());
        field(self.stream.kind.code());
        field(&self.stream.id.to_string());
        field(&self.version.to_string());
        field(&self.occurred_at.as_millisecond().to_string());
        field(&self.received_at.as_millisecond().to_string());
        field(&self.done_by.to_string());
        field(&self.entered_by.to_string());
        field(&self.event);
        Hash(hash.finalize().into())
    }

    /// Puts the record at its place in the chain.
    #[must_use]
    pub fn chained(mut self, seq: i64, prev: Hash) -> Self {
        self.seq = seq;
        self.prev = prev;
        self.hash = self.expected_hash(seq, prev);
        self
    }
}
