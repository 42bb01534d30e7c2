//! A person: what is known of them, with the secrets sealed.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::rank::Rank;
use crate::id::PersonId;

/// A salted commitment to a personal value, in place of the value: SHA-256 in lower-case hexadecimal.
///
/// Value and salt stand in a side table that lawful erasure may empty (UU 27/2022); the commitment then tells
/// nothing any more, and the journal's chain still holds.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct Sealed(String);

/// A text that is no commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a commitment is 64 lower-case hexadecimal digits")]
pub struct SealedError;

impl Sealed {
    /// Commits to a value.
    pub fn commit(salt: [u8; 16], value: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"rajut-sealed/1");
        hash.update(salt);
        hash.update(value.as_bytes());
        Self(hex::encode(hash.finalize()))
    }

    /// Whether this is the commitment to that value.
    pub fn opens_to(&self, salt: [u8; 16], value: &str) -> bool {
        *self == Self::commit(salt, value)
    }

    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sealed {
    type Error = SealedError;
    fn try_from(text: String) -> Result<Self, SealedError> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(is_hex) {
            Ok(Self(text))
        } else {
            Err(SealedError)
        }
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> Self {
        sealed.0
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How somebody is employed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CivilStatus {
    /// Permanent civil servant, with a NIP.
    Pns,
    /// Civil servant on contract, with a NI PPPK.
    Pppk,
    /// No civil servant: contract or outsourced staff, without a number.
    NonAsn,
}

/// A human being; which posts they hold is told by assignments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// Name without titles.
    pub name: String,
    /// Titles before the name ("Drs. H."); empty if none.
    pub titles_before: String,
    /// Titles after the name ("M.Si."); empty if none.
    pub titles_after: String,
    /// How they are employed.
    pub status: CivilStatus,
    /// Rank; civil servants only.
    pub rank: Option<Rank>,
    /// NIP or NI PPPK.
    pub nip: Option<Sealed>,
    /// Home address.
    pub address: Option<Sealed>,
    /// Telephone number.
    pub phone: Option<Sealed>,
}

/// What an order needs to know of each person it names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PersonField {
    /// Name.
    Name,
    /// NIP or NI PPPK; not asked of those who are no civil servants.
    Nip,
    /// Address.
    Address,
    /// Telephone number.
    Phone,
}

impl Person {
    /// Somebody of whom nothing is known yet.
    pub fn blank(id: PersonId) -> Self {
        Self {
            id,
            name: String::new(),
            titles_before: String::new(),
            titles_after: String::new(),
            status: CivilStatus::NonAsn,
            rank: None,
            nip: None,
            address: None,
            phone: None,
        }
    }

    /// Name with titles, as papers print it: "Drs. H. Contoh Satu, M.Si."
    pub fn full_name(&self) -> String {
        let mut full = String::new();
        if !self.titles_before.is_empty() {
            full.push_str(&self.titles_before);
            full.push(' ');
        }
        full.push_str(&self.name);
        if !self.titles_after.is_empty() {
            full.push_str(", ");
            full.push_str(&self.titles_after);
        }
        full
    }

    /// What is still missing before an order may name them: the output that the first step of the procedure
    /// asks for is Nama, NIP, Alamat, No. Telepon.
    pub fn missing_for_order(&self) -> Vec<PersonField> {
        let needs_nip = self.status != CivilStatus::NonAsn;
        [
            (PersonField::Name, self.name.trim().is_empty()),
            (PersonField::Nip, needs_nip && self.nip.is_none()),
            (PersonField::Address, self.address.is_none()),
            (PersonField::Phone, self.phone.is_none()),
        ]
        .into_iter()
        .filter_map(|(field, missing)| missing.then_some(field))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Person {
        Person {
            id: PersonId(uuid::Uuid::from_u128(1)),
            name: "Contoh Satu".to_owned(),
            titles_before: String::new(),
            titles_after: String::new(),
            status: CivilStatus::Pns,
            rank: None,
            nip: Some(Sealed::commit([1; 16], "a")),
            address: Some(Sealed::commit([1; 16], "b")),
            phone: Some(Sealed::commit([1; 16], "c")),
        }
    }

    #[test]
    fn what_an_order_misses() {
        use PersonField::{Address, Name, Nip, Phone};
        let of = |change: fn(&mut Person)| {
            let mut person = complete();
            change(&mut person);
            person.missing_for_order()
        };
        assert_eq!(of(|_| {}), []);
        assert_eq!(of(|person| person.name = "  ".to_owned()), [Name]);
        assert_eq!(of(|person| person.nip = None), [Nip]);
        assert_eq!(
            of(|person| (person.nip, person.status) = (None, CivilStatus::Pppk)),
            [Nip]
        );
        assert_eq!(
            of(|person| (person.nip, person.status) = (None, CivilStatus::NonAsn)),
            []
        );
        assert_eq!(
            of(|person| (person.address, person.phone) = (None, None)),
            [Address, Phone]
        );
    }

    #[test]
    fn titles_around_the_name() {
        let mut person = complete();
        assert_eq!(person.full_name(), "Contoh Satu");
        person.titles_before = "Drs. H.".to_owned();
        person.titles_after = "M.Si.".to_owned();
        assert_eq!(person.full_name(), "Drs. H. Contoh Satu, M.Si.");
    }

    #[test]
    fn a_commitment_opens_only_to_its_value_and_salt() {
        let sealed = Sealed::commit([7; 16], "0812");
        assert!(sealed.opens_to([7; 16], "0812"));
        assert!(!sealed.opens_to([7; 16], "0813"));
        assert!(!sealed.opens_to([8; 16], "0812"));
        let json = serde_json::to_string(&sealed).unwrap();
        assert_eq!(serde_json::from_str::<Sealed>(&json).unwrap(), sealed);
        for text in ["0812".to_owned(), "G".repeat(64), "A".repeat(64)] {
            assert_eq!(Sealed::try_from(text), Err(SealedError));
        }
    }
}
