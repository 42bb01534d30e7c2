//! The file: JSON Lines. A header, the observations, and a signature over every byte before its own line.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LaptopSecret;
use super::fault::{FileFault, FileFaultCode as Code};
use super::key::LaptopKey;
use crate::check::{Observation, Vantage};
use crate::id::{LaptopKeyId, ObservationId, PersonId, VisitId};
use crate::journal::Hash;

/// What the header calls the format.
pub const FORMAT: &str = "rajut-observations/1";
/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 8 << 20;
/// The most observations of one file: far above the devices of the largest site, measured several times.
pub const MOST_OBSERVATIONS: usize = 1_000;
/// The most samples and the most measures of one observation.
const MOST_PARTS: usize = 10_000;
/// The longest name of a target, measure or unit, in characters.
const LONGEST_NAME: usize = 200;
/// The longest words of a source, in characters.
const LONGEST_RAW: usize = 10_000;
/// No delay in ms, rate in bps, power in dBm or temperature comes near it.
const LARGEST_VALUE: f64 = 1e15;

/// Sixteen random bytes that make a file one of its kind, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Nonce(
    #[serde(with = "hex::serde")]
    #[schemars(with = "String")]
    [u8; 16],
);

impl Nonce {
    /// A nonce made of 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonce({self})")
    }
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// During which visit.
    pub visit: VisitId,
    /// Who measured.
    pub person: PersonId,
    /// When the file was made, by the laptop's clock.
    pub made_at: Timestamp,
    /// What makes it one of its kind: it is imported once.
    pub nonce: Nonce,
}

/// The last line.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignatureLine {
    key: LaptopKeyId,
    #[serde(with = "hex::serde")]
    #[schemars(with = "String")]
    signature: [u8; 64],
}

/// Writes and signs a file.
///
/// # Errors
/// When a value has no JSON, such as a figure that is not a number.
pub fn write(
    header: &Header,
    observations: &[Observation],
    key: LaptopKeyId,
    secret: &LaptopSecret,
) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string(header)?;
    text.push('\n');
    for observation in observations {
        text.push_str(&serde_json::to_string(observation)?);
        text.push('\n');
    }
    let signature = secret.sign(text.as_bytes());
    text.push_str(&serde_json::to_string(&SignatureLine { key, signature })?);
    text.push('\n');
    Ok(text)
}

/// A file of which only header and signature were read: what it says is not to be believed yet.
#[derive(Debug, Clone)]
pub struct Opened<'a> {
    header: Header,
    key: LaptopKeyId,
    signature: [u8; 64],
    signed: &'a str,
    lines: usize,
}

/// A file whose signature is right, by a key that was in force. There is no other way to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    header: Header,
    key: LaptopKeyId,
    hash: Hash,
    observations: Vec<Observation>,
}

/// The number of the line in which these bytes end.
fn last_line(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count()
}

/// Reads the header and the signature of a file. No more bytes and lines are looked at than a file may have.
pub fn open(bytes: &[u8]) -> Result<Opened<'_>, FileFault> {
    if bytes.len() > MOST_BYTES {
        let line = last_line(&bytes[..MOST_BYTES]);
        return Err(FileFault::new(line, Code::TooLarge, MOST_BYTES));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = last_line(&bytes[..error.valid_up_to()]);
        FileFault::new(line, Code::NotText, error)
    })?;
    let header_text = text.lines().next().unwrap_or_default();
    let header: Header =
        serde_json::from_str(header_text).map_err(|error| FileFault::new(1, Code::NoHeader, error))?;
    if header.format != FORMAT {
        return Err(FileFault::new(1, Code::OtherFormat, &header.format));
    }
    let lines = text.lines().take(MOST_OBSERVATIONS + 3).count();
    if lines > MOST_OBSERVATIONS + 2 {
        return Err(FileFault::new(
            MOST_OBSERVATIONS + 2,
            Code::TooMany,
            MOST_OBSERVATIONS,
        ));
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    let (signed, last) = match body.rfind('\n') {
        Some(end) => body.split_at(end + 1),
        None => (body, ""),
    };
    let SignatureLine { key, signature } =
        serde_json::from_str(last).map_err(|error| FileFault::new(lines, Code::NoSignature, error))?;
    Ok(Opened {
        header,
        key,
        signature,
        signed,
        lines,
    })
}

impl Opened<'_> {
    /// The key that it says it was signed with.
    pub fn key(&self) -> LaptopKeyId {
        self.key
    }

    /// The visit that it says it belongs to.
    pub fn visit(&self) -> VisitId {
        self.header.visit
    }

    /// That no such key is enrolled.
    pub fn unknown_key(&self) -> FileFault {
        FileFault::new(self.lines, Code::UnknownKey, self.key)
    }

    /// Checks the signature first, then that the key is this person's, for this visit and in force when the
    /// file was made (a laptop's clock may be off by `skew_ms`), and only then what the lines say.
    pub fn verify(&self, key: &LaptopKey, skew_ms: i64) -> Result<Verified, FileFault> {
        let at_signature = |code, detail: &dyn fmt::Display| Err(FileFault::new(self.lines, code, detail));
        let at_header = |code, detail: &dyn fmt::Display| Err(FileFault::new(1, code, detail));
        if key.id != self.key {
            return Err(self.unknown_key());
        }
        if !key.public.verifies(self.signed.as_bytes(), &self.signature) {
            return at_signature(Code::BadSignature, &key.id);
        }
        let Header {
            person,
            visit,
            made_at,
            nonce,
            ..
        } = &self.header;
        if *person != key.person {
            return at_header(Code::OtherPerson, person);
        }
        if *visit != key.visit {
            return at_header(Code::OtherVisit, visit);
        }
        let made = made_at.as_millisecond();
        if made + skew_ms < key.from.as_millisecond() {
            return at_header(Code::BeforeKey, &key.from);
        }
        if made - skew_ms > key.until.as_millisecond() {
            return at_header(Code::AfterKey, &key.until);
        }
        if let Some(revoked) = &key.revoked
            && revoked.at <= *made_at
        {
            return at_header(Code::KeyRevoked, &revoked.at);
        }
        let hash = Hash::of(self.signed.as_bytes());
        if key.file(*nonce).is_some_and(|known| known.hash != hash) {
            return at_header(Code::NonceReused, nonce);
        }
        let mut ids = BTreeSet::new();
        let mut observations = Vec::new();
        for (line, text) in (1..).zip(self.signed.lines()).skip(1) {
            let observation: Observation = serde_json::from_str(text)
                .map_err(|error| FileFault::new(line, Code::NoObservation, error))?;
            check(&observation).map_err(|(code, detail)| FileFault::new(line, code, detail))?;
            if !ids.insert(observation.id) {
                return Err(FileFault::new(line, Code::Repeated, observation.id));
            }
            observations.push(observation);
        }
        Ok(Verified {
            header: self.header.clone(),
            key: self.key,
            hash,
            observations,
        })
    }
}

/// What serde cannot say of an observation that comes from outside.
fn check(it: &Observation) -> Result<(), (Code, String)> {
    if it.vantage != Vantage::Laptop {
        return Err((Code::OtherVantage, it.vantage.code().to_owned()));
    }
    let names = it
        .measures
        .iter()
        .flat_map(|measured| [("measure", &measured.measure), ("unit", &measured.unit)]);
    for (what, text) in names.chain([("target", &it.target)]) {
        if text.chars().any(char::is_control) {
            return Err((Code::ControlCharacter, what.to_owned()));
        }
        if text.chars().count() > LONGEST_NAME {
            return Err((Code::TooLong, what.to_owned()));
        }
    }
    if let Some(raw) = &it.raw {
        // A display may have several lines; nothing else steers whoever reads it later.
        if raw.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err((Code::ControlCharacter, "raw".to_owned()));
        }
        if raw.chars().count() > LONGEST_RAW {
            return Err((Code::TooLong, "raw".to_owned()));
        }
    }
    if it.samples.len() > MOST_PARTS {
        return Err((Code::TooLong, "samples".to_owned()));
    }
    if it.measures.len() > MOST_PARTS {
        return Err((Code::TooLong, "measures".to_owned()));
    }
    match it
        .measures
        .iter()
        .find(|measured| !measured.value.is_finite() || measured.value.abs() > LARGEST_VALUE)
    {
        Some(wild) => Err((Code::OutOfRange, wild.measure.clone())),
        None => Ok(()),
    }
}

impl Verified {
    /// What the first line says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The key that signed it.
    pub fn key(&self) -> LaptopKeyId {
        self.key
    }

    /// The hash of what was signed.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// What the laptop saw, in order.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// That an observation of it is known already, from elsewhere: an id stands for one look at the network.
    pub fn known_id(&self, id: ObservationId) -> FileFault {
        let before = self.observations.iter().take_while(|it| it.id != id).count();
        // The header is the first line.
        FileFault::new(before + 2, Code::KnownId, id)
    }
}
