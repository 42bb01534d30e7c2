//! The signature of a file, which lies beside it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AgencySecret, MarkFault};
use crate::journal::Hash;
use crate::laptop::PublicKey;

/// What is signed before the hash, so that no signature for one purpose serves another.
const DOMAIN: &[u8] = b"rajut-file/1\n";

/// What its text begins with.
const FORM: &str = "rajut-signature/1";

/// A detached signature: of which bytes, and by which key. Written as one line: the form, the public key, the SHA-256 of
/// the bytes and the signature, all hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FileSignature {
    key: PublicKey,
    hash: Hash,
    signature: [u8; 64],
}

impl FileSignature {
    /// Signs the bytes with this hash.
    pub fn sign(hash: Hash, secret: &AgencySecret) -> Self {
        Self {
            key: secret.public(),
            hash,
            signature: secret.sign(&[DOMAIN, hash.bytes()].concat()),
        }
    }

    /// The key that it names.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Whether the key signed the bytes with this hash.
    ///
    /// # Errors
    /// [`MarkFault::OtherKey`], [`MarkFault::Forged`], [`MarkFault::OtherFile`].
    pub fn verify(&self, bytes: Hash, key: &PublicKey) -> Result<(), MarkFault> {
        if self.key != *key {
            return Err(MarkFault::OtherKey);
        }
        if !key.verifies(&[DOMAIN, self.hash.bytes()].concat(), &self.signature) {
            return Err(MarkFault::Forged);
        }
        if self.hash == bytes {
            Ok(())
        } else {
            Err(MarkFault::OtherFile)
        }
    }
}

impl fmt::Display for FileSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{FORM} {} {} {}",
            self.key,
            self.hash,
            hex::encode(self.signature)
        )
    }
}

impl fmt::Debug for FileSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileSignature({} by {})", self.hash, self.key)
    }
}

impl FromStr for FileSignature {
    type Err = MarkFault;

    fn from_str(text: &str) -> Result<Self, MarkFault> {
        let mut words = text.split_whitespace();
        if words.next() != Some(FORM) {
            return Err(MarkFault::NoMark);
        }
        let mut next = || words.next().ok_or(MarkFault::Damaged);
        let (key, hash, hex) = (next()?, next()?, next()?);
        let mut signature = [0; 64];
        hex::decode_to_slice(hex, &mut signature).map_err(|_| MarkFault::Damaged)?;
        Ok(Self {
            key: key.parse().map_err(|_| MarkFault::Damaged)?,
            hash: hash.parse().map_err(|_| MarkFault::Damaged)?,
            signature,
        })
    }
}

impl TryFrom<String> for FileSignature {
    type Error = MarkFault;

    fn try_from(text: String) -> Result<Self, MarkFault> {
        text.parse()
    }
}

impl From<FileSignature> for String {
    fn from(signature: FileSignature) -> Self {
        signature.to_string()
    }
}
