//! Salted commitments: what the journal holds in place of a personal value.

use serde::{Deserialize, Serialize};

use crate::id::FreshIds;
use crate::people::Sealed;

/// A personal value beside its commitment, on its way to the side table that lawful erasure may empty
/// (UU 27/2022) without breaking the chain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PersonalValue {
    /// What events and state hold in its place.
    pub sealed: Sealed,
    /// 16 random bytes, hexadecimal: without them short values could be guessed from the commitment.
    pub salt: String,
    /// The value itself.
    pub value: String,
}

impl PersonalValue {
    /// Seals a value with fresh salt.
    pub fn seal(value: &str, ids: &mut FreshIds) -> Self {
        let salt = ids.salt();
        Self {
            sealed: Sealed::commit(salt, value),
            salt: hex::encode(salt),
            value: value.to_owned(),
        }
    }
}

impl PersonalValue {
    /// Whether value and salt are what the commitment was made of.
    pub fn is_whole(&self) -> bool {
        let mut salt = [0; 16];
        hex::decode_to_slice(&self.salt, &mut salt).is_ok() && self.sealed.opens_to(salt, &self.value)
    }
}

impl std::fmt::Debug for PersonalValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The value stays out of logs.
        f.debug_struct("PersonalValue")
            .field("sealed", &self.sealed)
            .finish_non_exhaustive()
    }
}
