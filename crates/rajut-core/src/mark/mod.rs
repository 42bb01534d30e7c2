//! Papers that can be checked: the mark that an issued paper bears, and the signature of its bytes.
//!
//! A mark is what a QR code on the paper holds: number, date, post, subject and the hash of the data from which the
//! paper was set, signed (Ed25519, RFC 8032) by the agency's key. Whoever has the public half checks it without a
//! database, and compares what was signed with what is printed. The bytes of the file are signed apart from it,
//! because a file cannot hold a signature of itself.
//!
//! Hides how a mark is written. It must not know where keys are kept, nor what a paper looks like.

mod base32;
mod file;
mod key;
#[cfg(test)]
mod tests;
mod told;

pub use crate::signing::SecretKey as AgencySecret;
pub use file::FileSignature;
pub use key::KeyId;
pub use told::{Mark, MarkTold, PREFIX, short_code};

use serde::{Deserialize, Serialize};

/// Why a mark or a signature proves nothing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MarkFault {
    /// There is no mark or signature in it.
    #[error("it holds no mark")]
    NoMark,
    /// Something is missing or cannot be read.
    #[error("the mark is damaged")]
    Damaged,
    /// It was signed by another key, if at all: nothing is known about it.
    #[error("it is not signed by this key")]
    OtherKey,
    /// It names this key, and this key did not sign it: somebody has changed it.
    #[error("this key did not sign it")]
    Forged,
    /// The signature is good, and of another file: the file was changed.
    #[error("the signature is that of another file")]
    OtherFile,
}

impl MarkFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoMark => "no_mark",
            Self::Damaged => "damaged",
            Self::OtherKey => "other_key",
            Self::Forged => "forged",
            Self::OtherFile => "other_file",
        }
    }

    /// What it means for whoever holds the paper.
    pub fn finding(self) -> Finding {
        match self {
            Self::Forged | Self::OtherFile => Finding::Altered,
            Self::NoMark | Self::Damaged | Self::OtherKey => Finding::Unknown,
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Signed by the agency's key as it stands.
    Genuine,
    /// It says that the agency's key signed it, and that is not so.
    Altered,
    /// Nothing can be said.
    Unknown,
}

impl Finding {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::Altered => "altered",
            Self::Unknown => "unknown",
        }
    }
}
