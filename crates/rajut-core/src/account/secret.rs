//! The side table of secrets, as acts write it: what is needed to check what somebody types, and nothing to read.

use std::fmt;

use uuid::Uuid;

use crate::id::PersonId;
use crate::register::coded;

coded! {
    /// What a secret checks.
    SecretKind {
        /// A password: its Argon2id hash.
        Password = "password",
        /// A second factor: its seed, and the last step that was used.
        SecondFactor = "second_factor",
        /// The PIN of a phone: its Argon2id hash.
        Pin = "pin",
        /// A token of a program: its SHA-256.
        Token = "token",
    }
}

/// Which secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretName {
    /// Whose.
    pub person: PersonId,
    /// What it checks.
    pub kind: SecretKind,
    /// Of which phone or token; the person's own id for what there is once.
    pub of: Uuid,
}

impl SecretName {
    /// The secret of a kind that a person has once.
    pub fn only(person: PersonId, kind: SecretKind) -> Self {
        Self {
            person,
            kind,
            of: person.0,
        }
    }
}

/// What an act does to a secret. It is written in the same transaction as the journal, and the journal does not tell
/// of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretChange {
    /// Which.
    pub name: SecretName,
    /// What checks it from now on; `None` empties it.
    pub check: Option<String>,
}

impl fmt::Debug for SecretChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretChange")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
