//! How a mark names the key that signed it.

use std::fmt;

use crate::journal::Hash;
use crate::signing::PublicKey;

/// How a mark names the key that signed it: the first eight bytes of the SHA-256 of the public half.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub(super) [u8; 8]);

impl KeyId {
    /// The name of a key.
    pub fn of(key: &PublicKey) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&Hash::of(key.bytes()).bytes()[..8]);
        Self(first)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}
