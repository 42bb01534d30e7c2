//! The agency's key for papers.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};

use crate::journal::Hash;
use crate::laptop::PublicKey;

/// The private half. It is kept in a table of its own beside the records, which no backup holds.
#[derive(Clone, PartialEq, Eq)]
pub struct AgencySecret([u8; 32]);

impl AgencySecret {
    /// A secret made of 32 random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As the store keeps it: 64 hexadecimal digits. Nothing else may.
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

    /// Signs: the same message gives the same signature.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        SigningKey::from_bytes(&self.0).sign(message).to_bytes()
    }
}

impl fmt::Debug for AgencySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgencySecret(..)")
    }
}

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
