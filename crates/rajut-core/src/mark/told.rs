//! The mark: what was signed, and how it is written.
//!
//! The bytes are, in this order: 1 (the form), the id of the key (8), the hash of the data (32), year (2), month and day
//! (1 each), and number, post and subject, each as its length (2, big-endian) and UTF-8; then the signature (64) over
//! [`DOMAIN`] and all that stands before it. As text they are [`PREFIX`] and base 32.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::base32;
use super::{AgencySecret, KeyId, MarkFault};
use crate::journal::Hash;
use crate::laptop::PublicKey;

/// What a mark begins with.
pub const PREFIX: &str = "RAJUT1:";

/// What is signed before the bytes, so that no signature for one purpose serves another.
const DOMAIN: &[u8] = b"rajut-paper/1\n";

const FORM: u8 = 1;

/// Bytes of a signature.
const SIGNATURE: usize = 64;

/// The most bytes of number, post and subject: a code that a phone still reads from paper. What is longer is cut, with a
/// sign that it is; the hash covers the whole.
const MOST: [usize; 3] = [96, 160, 240];

/// The longest text that is looked at.
const MOST_TEXT: usize = 4096;

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MarkTold {
    /// Number of the paper.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// The post that signs, with a.n., Plt. or Plh.
    pub post: String,
    /// What it is about.
    pub subject: String,
    /// SHA-256 of the canonical typed data from which it was set.
    pub data_hash: Hash,
}

impl MarkTold {
    /// The mark, signed.
    pub fn sign(&self, secret: &AgencySecret) -> String {
        let mut body = self.body(KeyId::of(&secret.public()));
        let signature = secret.sign(&[DOMAIN, &body].concat());
        body.extend(signature);
        format!("{PREFIX}{}", base32::encode(&body))
    }

    fn body(&self, key: KeyId) -> Vec<u8> {
        let mut body = vec![FORM];
        body.extend(key.0);
        body.extend(self.data_hash.bytes());
        body.extend(self.date.year().to_be_bytes());
        body.extend(self.date.month().to_be_bytes());
        body.extend(self.date.day().to_be_bytes());
        for (text, most) in [&self.number, &self.post, &self.subject].into_iter().zip(MOST) {
            let text = cut(text, most);
            body.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
            body.extend(text.as_bytes());
        }
        body
    }
}

/// The text, or so much of it as fits with the sign that it was cut.
fn cut(text: &str, most: usize) -> String {
    const SIGN: &str = "\u{2026}";
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most - SIGN.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{SIGN}", &text[..end])
}

/// A mark that was read. Until [`Self::verify`] has said so, nothing of it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    told: MarkTold,
    key: KeyId,
    body: Vec<u8>,
    signature: [u8; SIGNATURE],
}

impl Mark {
    /// Finds the mark in a text, such as what a scanner read; spaces, line ends and small letters do no harm.
    ///
    /// # Errors
    /// [`MarkFault::NoMark`], [`MarkFault::Damaged`].
    pub fn read(text: &str) -> Result<Self, MarkFault> {
        if text.len() > MOST_TEXT {
            return Err(MarkFault::NoMark);
        }
        let text: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let (_, rest) = text.split_once(PREFIX).ok_or(MarkFault::NoMark)?;
        let bytes = base32::decode(rest).ok_or(MarkFault::Damaged)?;
        Self::parse(&bytes).ok_or(MarkFault::Damaged)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (body, signature) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
        let mut rest = body;
        let [FORM] = take(&mut rest)? else { return None };
        let key = KeyId(take(&mut rest)?);
        let hash: [u8; 32] = take(&mut rest)?;
        let year = i16::from_be_bytes(take(&mut rest)?);
        let [month, day] = take(&mut rest)?.map(u8::cast_signed);
        let told = MarkTold {
            date: Date::new(year, month, day).ok()?,
            number: text(&mut rest)?,
            post: text(&mut rest)?,
            subject: text(&mut rest)?,
            data_hash: Hash::from_bytes(hash),
        };
        rest.is_empty().then(|| Self {
            told,
            key,
            body: body.to_vec(),
            signature: signature.try_into().unwrap_or([0; SIGNATURE]),
        })
    }

    /// Whether this key signed it; then what it tells is what was signed.
    ///
    /// # Errors
    /// [`MarkFault::OtherKey`] where it names another key, [`MarkFault::Forged`] where it names this one in vain.
    pub fn verify(&self, key: &PublicKey) -> Result<&MarkTold, MarkFault> {
        if KeyId::of(key) != self.key {
            return Err(MarkFault::OtherKey);
        }
        if !key.verifies(&[DOMAIN, &self.body].concat(), &self.signature) {
            return Err(MarkFault::Forged);
        }
        Ok(&self.told)
    }

    /// What it claims: to find the record that it is about, never to be believed.
    pub fn claims(&self) -> &MarkTold {
        &self.told
    }

    /// The key that it names.
    pub fn key(&self) -> KeyId {
        self.key
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_at_checked(N)?;
    *rest = after;
    taken.try_into().ok()
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = usize::from(u16::from_be_bytes(take(rest)?));
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    String::from_utf8(taken.to_vec()).ok()
}

/// The code that stands beside the mark, for people who type: sixty bits of the hash of the data, in three groups.
pub fn short_code(data_hash: &Hash) -> String {
    let letters = base32::encode(&data_hash.bytes()[..8]);
    format!("{}-{}-{}", &letters[..4], &letters[4..8], &letters[8..12])
}
