//! The message of version 3 (RFC 3412) with the parameters of its security model (RFC 3414).

use super::super::Malformed;
use super::Pdu;
use super::ber::{self, Reader, Writer};

pub(super) const AUTHENTICATED: u8 = 1;
pub(super) const SECRET: u8 = 2;
pub(super) const REPORTABLE: u8 = 4;
const USM: i64 = 3;
/// The largest message that we take: a whole datagram.
const LARGEST: i64 = 65_507;

/// A message of version 3, opened as far as it is without keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) id: i32,
    pub(super) flags: u8,
    pub(super) engine: Vec<u8>,
    pub(super) boots: u32,
    pub(super) time: u32,
    pub(super) user: Vec<u8>,
    pub(super) proof: Vec<u8>,
    pub(super) salt: Vec<u8>,
    /// The scoped PDU, plain or secret.
    pub(super) data: Vec<u8>,
}

impl Packet {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Writer::default();
        if self.flags & SECRET == 0 {
            out.raw(&self.data);
        } else {
            out.octets(ber::OCTETS, &self.data);
        }
        let parameters = out.length();
        out.octets(ber::OCTETS, &self.salt);
        out.octets(ber::OCTETS, &self.proof);
        out.octets(ber::OCTETS, &self.user);
        out.unsigned(ber::INTEGER, u64::from(self.time));
        out.unsigned(ber::INTEGER, u64::from(self.boots));
        out.octets(ber::OCTETS, &self.engine);
        out.close(ber::SEQUENCE, parameters);
        out.close(ber::OCTETS, parameters);
        let header = out.length();
        out.signed(ber::INTEGER, USM);
        out.octets(ber::OCTETS, &[self.flags]);
        out.signed(ber::INTEGER, LARGEST);
        out.signed(ber::INTEGER, i64::from(self.id));
        out.close(ber::SEQUENCE, header);
        out.signed(ber::INTEGER, 3);
        out.close(ber::SEQUENCE, 0);
        out.finish()
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Reader::new(bytes).sequence()?;
        if fields.integer()? != 3 {
            return Err(Malformed::Header);
        }
        let mut header = fields.sequence()?;
        let id = header.small()?;
        header.integer()?;
        let flags = *header.expect(ber::OCTETS)?.first().ok_or(Malformed::Short)?;
        if header.integer()? != USM {
            return Err(Malformed::Header);
        }
        let mut parameters = Reader::new(fields.expect(ber::OCTETS)?).sequence()?;
        let engine = parameters.expect(ber::OCTETS)?.to_vec();
        let mut word = || u32::try_from(parameters.integer()?).map_err(|_| Malformed::Encoding);
        let (boots, time) = (word()?, word()?);
        let mut octets = || parameters.expect(ber::OCTETS).map(<[u8]>::to_vec);
        let (user, proof, salt) = (octets()?, octets()?, octets()?);
        let data = if flags & SECRET == 0 {
            let (tag, content) = fields.element()?;
            let mut out = Writer::default();
            out.octets(tag, content);
            out.finish()
        } else {
            fields.expect(ber::OCTETS)?.to_vec()
        };
        Ok(Self {
            id,
            flags,
            engine,
            boots,
            time,
            user,
            proof,
            salt,
            data,
        })
    }
}

/// A PDU in its context; ours is always the engine's own.
pub(super) fn write_scoped(engine: &[u8], pdu: &Pdu) -> Vec<u8> {
    let mut out = Writer::default();
    pdu.write(&mut out);
    out.octets(ber::OCTETS, &[]);
    out.octets(ber::OCTETS, engine);
    out.close(ber::SEQUENCE, 0);
    out.finish()
}

/// Reads a scoped PDU; what pads it is ignored.
pub(super) fn read_scoped(bytes: &[u8]) -> Result<Pdu, Malformed> {
    let mut fields = Reader::new(bytes).sequence()?;
    fields.expect(ber::OCTETS)?;
    fields.expect(ber::OCTETS)?;
    Pdu::read(&mut fields)
}

/// Where the proof of a message stands in it: it is computed over the message with zeros there.
pub(super) fn proof_place(bytes: &[u8], length: usize) -> Result<std::ops::Range<usize>, Malformed> {
    let mut fields = Reader::new(bytes).sequence()?;
    fields.integer()?;
    fields.sequence()?;
    let mut parameters = Reader::new(fields.expect(ber::OCTETS)?).sequence()?;
    parameters.expect(ber::OCTETS)?;
    parameters.integer()?;
    parameters.integer()?;
    parameters.expect(ber::OCTETS)?;
    let proof = parameters.expect(ber::OCTETS)?;
    if proof.len() != length {
        return Err(Malformed::Encoding);
    }
    // The proof is a slice of the message: its place is the distance between both.
    let start = (proof.as_ptr() as usize).wrapping_sub(bytes.as_ptr() as usize);
    let end = start.checked_add(length).ok_or(Malformed::Encoding)?;
    bytes.get(start..end).ok_or(Malformed::Short)?;
    Ok(start..end)
}
