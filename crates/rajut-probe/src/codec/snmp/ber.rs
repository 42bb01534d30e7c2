//! BER (X.690) as far as SNMP uses it: definite lengths, one-byte tags. Lenient where devices in the field are
//! known to be (lengths and integers longer than needed), strict about bounds.

use super::super::Malformed;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// Reads one element after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        let byte = *self.bytes.get(self.at).ok_or(Malformed::Short)?;
        self.at += 1;
        Ok(byte)
    }

    /// The next element: its tag, and where its content stands.
    pub(super) fn element(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let tag = self.byte()?;
        let first = self.byte()?;
        let length = if first & 0x80 == 0 {
            usize::from(first)
        } else {
            let count = first & 0x7f;
            // Indefinite lengths do not occur in SNMP, and nothing of ours is longer than a datagram.
            if count == 0 || count > 4 {
                return Err(Malformed::Encoding);
            }
            let mut length = 0_usize;
            for _ in 0..count {
                length = length << 8 | usize::from(self.byte()?);
            }
            length
        };
        let end = self.at.checked_add(length).ok_or(Malformed::Short)?;
        let content = self.bytes.get(self.at..end).ok_or(Malformed::Short)?;
        self.at = end;
        Ok((tag, content))
    }

    pub(super) fn expect(&mut self, wanted: u8) -> Result<&'a [u8], Malformed> {
        let (tag, content) = self.element()?;
        if tag == wanted {
            Ok(content)
        } else {
            Err(Malformed::Encoding)
        }
    }

    pub(super) fn sequence(&mut self) -> Result<Reader<'a>, Malformed> {
        self.expect(SEQUENCE).map(Reader::new)
    }

    pub(super) fn integer(&mut self) -> Result<i64, Malformed> {
        signed(self.expect(INTEGER)?)
    }

    pub(super) fn small(&mut self) -> Result<i32, Malformed> {
        i32::try_from(self.integer()?).map_err(|_| Malformed::Encoding)
    }
}

/// A two's complement number.
pub(super) fn signed(content: &[u8]) -> Result<i64, Malformed> {
    let first = *content.first().ok_or(Malformed::Short)?;
    let fill = if first & 0x80 == 0 { 0 } else { 0xff };
    let skipped = content.len().saturating_sub(8);
    if content[..skipped].iter().any(|&byte| byte != fill) {
        return Err(Malformed::Encoding);
    }
    let start: i64 = if fill == 0 { 0 } else { -1 };
    Ok(content[skipped..]
        .iter()
        .fold(start, |value, &byte| value << 8 | i64::from(byte)))
}

/// A number that cannot be negative. Some devices forget the leading zero that keeps it positive: it is read
/// as it was meant.
pub(super) fn unsigned(content: &[u8]) -> Result<u64, Malformed> {
    if content.is_empty() {
        return Err(Malformed::Short);
    }
    let skipped = content.len().saturating_sub(8);
    if content[..skipped].iter().any(|&byte| byte != 0 && byte != 0xff) {
        return Err(Malformed::Encoding);
    }
    Ok(content[skipped..]
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// Writes from the end to the start: a length is known when its content has been written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    backwards: Vec<u8>,
}

impl Writer {
    pub(super) fn length(&self) -> usize {
        self.backwards.len()
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.backwards.reverse();
        self.backwards
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.backwards.extend(bytes.iter().rev());
    }

    /// Closes an element whose content was written since the writer was `since` long.
    pub(super) fn close(&mut self, tag: u8, since: usize) {
        let length = self.backwards.len() - since;
        if let Ok(short @ 0..0x80) = u8::try_from(length) {
            self.backwards.push(short);
        } else {
            let octets = length.to_be_bytes();
            let needless = octets.iter().take_while(|&&octet| octet == 0).count();
            let needed = &octets[needless..];
            self.raw(needed);
            // There are eight at most.
            self.backwards
                .push(0x80 | u8::try_from(needed.len()).unwrap_or(8));
        }
        self.backwards.push(tag);
    }

    pub(super) fn octets(&mut self, tag: u8, bytes: &[u8]) {
        let since = self.length();
        self.raw(bytes);
        self.close(tag, since);
    }

    pub(super) fn signed(&mut self, tag: u8, value: i64) {
        let bytes = value.to_be_bytes();
        let fill: u8 = if value < 0 { 0xff } else { 0 };
        let needless = bytes
            .windows(2)
            .take_while(|pair| pair[0] == fill && (pair[1] ^ fill) & 0x80 == 0)
            .count();
        self.octets(tag, &bytes[needless..]);
    }

    pub(super) fn unsigned(&mut self, tag: u8, value: u64) {
        let mut bytes = [0_u8; 9];
        bytes[1..].copy_from_slice(&value.to_be_bytes());
        let needless = bytes
            .windows(2)
            .take_while(|pair| pair[0] == 0 && pair[1] & 0x80 == 0)
            .count();
        self.octets(tag, &bytes[needless..]);
    }
}
