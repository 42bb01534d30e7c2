//! What is wrong with a file, and on which line.

use crate::act::{Refusal, Rule};
use crate::register::coded;

coded! {
    /// What is wrong with a laptop's file.
    FileFaultCode {
        /// More bytes than are read. Detail: the limit.
        TooLarge = "too_large",
        /// More observations than one file may hold. Detail: the limit.
        TooMany = "too_many",
        /// Not UTF-8.
        NotText = "not_text",
        /// The first line is no header. Detail: what was expected.
        NoHeader = "no_header",
        /// Another format. Detail: the format found.
        OtherFormat = "other_format",
        /// The last line is no signature: the file is cut off. Detail: what was expected.
        NoSignature = "no_signature",
        /// What was signed is not what is there, or another key signed it.
        BadSignature = "bad_signature",
        /// No such key is enrolled.
        UnknownKey = "unknown_key",
        /// The key is another person's.
        OtherPerson = "other_person",
        /// The key was enrolled for another visit.
        OtherVisit = "other_visit",
        /// Made before the key was enrolled: the laptop's clock is behind. Detail: from when the key holds.
        BeforeKey = "before_key",
        /// Made after the key had run out. Detail: until when it held.
        AfterKey = "after_key",
        /// Made after the key was revoked. Detail: when that was.
        KeyRevoked = "key_revoked",
        /// Another file of this key was imported under the same nonce.
        NonceReused = "nonce_reused",
        /// The line is no observation. Detail: what was expected.
        NoObservation = "no_observation",
        /// A laptop's file holds what the laptop saw, nothing else. Detail: the vantage found.
        OtherVantage = "other_vantage",
        /// A control character in a text.
        ControlCharacter = "control_character",
        /// A text or list is too long. Detail: which.
        TooLong = "too_long",
        /// A figure that no network and no instrument gives. Detail: the measure.
        OutOfRange = "out_of_range",
        /// The observation stands in the file twice.
        Repeated = "repeated",
        /// An observation of this id came in before, with another file. Detail: the id.
        KnownId = "known_id",
    }
}

/// A file that is not taken in, and why. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {code} {detail}")]
pub struct FileFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub code: FileFaultCode,
    /// What helps to see it.
    pub detail: String,
}

impl FileFault {
    pub(super) fn new(line: usize, code: FileFaultCode, detail: impl std::fmt::Display) -> Self {
        // What the file says is bounded and never steers a terminal.
        let detail = detail.to_string();
        let detail = detail.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self {
            line,
            code,
            detail: detail.take(200).collect(),
        }
    }
}

impl From<FileFault> for Refusal {
    fn from(fault: FileFault) -> Self {
        Self::new(Rule::LaptopFile)
            .with("line", fault.line)
            .with("why", fault.code)
            .with("detail", fault.detail)
    }
}
