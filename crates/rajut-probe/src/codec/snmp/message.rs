//! Questions and answers (RFC 3416), and the message of versions 1 and 2c around them (RFC 1157, RFC 1901).

use super::super::Malformed;
use super::ber::{self, Reader, Writer};
use super::value::write_oid;
use super::{Oid, Value};

/// The most values that are read from one answer: more do not fit into a datagram.
const MOST_BINDINGS: usize = 8192;

/// A version without users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// RFC 1157.
    V1,
    /// RFC 1901.
    V2c,
}

/// What is asked or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The values of these names.
    Get,
    /// The values of the names that follow these.
    GetNext,
    /// An answer.
    Response,
    /// Many steps of [`Kind::GetNext`] at once; not in version 1.
    GetBulk,
    /// Version 3: a message could not be handled (RFC 3412).
    Report,
}

impl Kind {
    fn tag(self) -> u8 {
        match self {
            Self::Get => 0xa0,
            Self::GetNext => 0xa1,
            Self::Response => 0xa2,
            Self::GetBulk => 0xa5,
            Self::Report => 0xa8,
        }
    }

    fn of(tag: u8) -> Result<Self, Malformed> {
        [
            Self::Get,
            Self::GetNext,
            Self::Response,
            Self::GetBulk,
            Self::Report,
        ]
        .into_iter()
        .find(|kind| kind.tag() == tag)
        .ok_or(Malformed::Encoding)
    }
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The name.
    pub name: Oid,
    /// The value; [`Value::Null`] in a question.
    pub value: Value,
}

/// A question or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdu {
    /// Which.
    pub kind: Kind,
    /// Joins an answer to its question.
    pub request_id: i32,
    /// An answer: why it failed (RFC 3416 section 3), or 0. A bulk question: how many of the names are
    /// stepped once only.
    pub status: i32,
    /// An answer: which binding failed, from 1. A bulk question: how many steps for each of the other names.
    pub index: i32,
    /// Names and values.
    pub bindings: Vec<Binding>,
}

impl Pdu {
    /// `status` of an answer that would not have fitted.
    pub const TOO_BIG: i32 = 1;
    /// `status`, version 1: a name has no value, or no other follows it.
    pub const NO_SUCH_NAME: i32 = 2;

    /// A question for these names. For [`Kind::GetBulk`] `steps` for each of them.
    pub fn ask(kind: Kind, request_id: i32, steps: i32, names: impl IntoIterator<Item = Oid>) -> Self {
        Self {
            kind,
            request_id,
            status: 0,
            index: if kind == Kind::GetBulk { steps } else { 0 },
            bindings: names
                .into_iter()
                .map(|name| Binding {
                    name,
                    value: Value::Null,
                })
                .collect(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (tag, content) = reader.element()?;
        let kind = Kind::of(tag)?;
        let mut fields = Reader::new(content);
        let (request_id, status, index) = (fields.small()?, fields.small()?, fields.small()?);
        let mut list = fields.sequence()?;
        let mut bindings = Vec::with_capacity(32);
        while !list.is_empty() {
            if bindings.len() == MOST_BINDINGS {
                return Err(Malformed::Encoding);
            }
            let mut binding = list.sequence()?;
            let name = Oid::read(binding.expect(ber::OBJECT_ID)?)?;
            let (tag, content) = binding.element()?;
            bindings.push(Binding {
                name,
                value: Value::read(tag, content)?,
            });
        }
        Ok(Self {
            kind,
            request_id,
            status,
            index,
            bindings,
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        let whole = out.length();
        for binding in self.bindings.iter().rev() {
            let since = out.length();
            binding.value.write(out);
            write_oid(&binding.name, out);
            out.close(ber::SEQUENCE, since);
        }
        out.close(ber::SEQUENCE, whole);
        for number in [self.index, self.status, self.request_id] {
            out.signed(ber::INTEGER, i64::from(number));
        }
        out.close(self.kind.tag(), whole);
    }
}

/// A message of version 1 or 2c.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its version.
    pub version: Version,
    /// The word that opens the door.
    pub community: &'a [u8],
    /// What is asked or answered.
    pub pdu: Pdu,
}

/// Writes a message of version 1 or 2c.
pub fn encode_message(message: &Message<'_>) -> Vec<u8> {
    let mut out = Writer::default();
    message.pdu.write(&mut out);
    out.octets(ber::OCTETS, message.community);
    let version = match message.version {
        Version::V1 => 0,
        Version::V2c => 1,
    };
    out.signed(ber::INTEGER, version);
    out.close(ber::SEQUENCE, 0);
    out.finish()
}

/// Reads a message of version 1 or 2c. Bytes after it are ignored: some devices pad.
pub fn parse_message(bytes: &[u8]) -> Result<Message<'_>, Malformed> {
    let mut fields = Reader::new(bytes).sequence()?;
    let version = match fields.integer()? {
        0 => Version::V1,
        1 => Version::V2c,
        _ => return Err(Malformed::Header),
    };
    let community = fields.expect(ber::OCTETS)?;
    let pdu = Pdu::read(&mut fields)?;
    Ok(Message {
        version,
        community,
        pdu,
    })
}

/// The id that joins an answer to its question, read without anything else: it tells whose answer it is.
pub fn peek_id(bytes: &[u8]) -> Result<i32, Malformed> {
    let mut fields = Reader::new(bytes).sequence()?;
    if fields.integer()? == 3 {
        return fields.sequence()?.small();
    }
    fields.expect(ber::OCTETS)?;
    let (_, content) = fields.element()?;
    Reader::new(content).small()
}
