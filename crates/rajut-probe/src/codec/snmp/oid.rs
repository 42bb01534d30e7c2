//! Object identifiers (RFC 2578 section 3.5): at most 128 arcs of 32 bits each.

use std::fmt;
use std::str::FromStr;

use super::super::Malformed;

/// The most arcs that an identifier may have (RFC 2578 section 3.5).
pub const MOST_ARCS: usize = 128;

/// An object identifier. Ordered as a walk is: arc by arc, a prefix before what it begins.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Oid(Box<[u32]>);

/// Text that is no object identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an object identifier is numbers joined by dots, like 1.3.6.1.2.1.1.5.0")]
pub struct NotAnOid;

impl Oid {
    /// From arcs. More than [`MOST_ARCS`] are cut.
    pub fn new(arcs: &[u32]) -> Self {
        Self(arcs[..arcs.len().min(MOST_ARCS)].into())
    }

    /// Its arcs.
    pub fn arcs(&self) -> &[u32] {
        &self.0
    }

    /// Whether it is `root` or stands below it.
    pub fn is_under(&self, root: &Self) -> bool {
        self.0.starts_with(&root.0)
    }

    /// What stands below it at `index`.
    pub fn child(&self, index: &[u32]) -> Self {
        let arcs: Vec<u32> = self.0.iter().chain(index).copied().collect();
        Self::new(&arcs)
    }

    /// Reads the content octets of an identifier (X.690 section 8.19).
    pub(super) fn read(content: &[u8]) -> Result<Self, Malformed> {
        // Every arc ends in an octet below 0x80; the first number holds two.
        let ends = content.iter().filter(|&&byte| byte & 0x80 == 0).count();
        if ends >= MOST_ARCS {
            return Err(Malformed::Encoding);
        }
        let mut arcs = Vec::with_capacity(if ends == 0 { 0 } else { ends + 1 });
        let mut value: u32 = 0;
        let mut inside = false;
        for &byte in content {
            if value >> 25 != 0 {
                return Err(Malformed::Encoding);
            }
            value = value << 7 | u32::from(byte & 0x7f);
            inside = byte & 0x80 != 0;
            if inside {
                continue;
            }
            if arcs.is_empty() {
                // The first two arcs share one number: 40 x + y, where x is 0, 1 or 2.
                let first = (value / 40).min(2);
                arcs.extend([first, value - 40 * first]);
            } else {
                arcs.push(value);
            }
            value = 0;
        }
        if inside {
            return Err(Malformed::Short);
        }
        Ok(Self(arcs.into()))
    }

    /// Writes the content octets, the last first.
    pub(super) fn write_backwards(&self, out: &mut Vec<u8>) {
        let arc = |out: &mut Vec<u8>, mut value: u32| {
            out.push((value & 0x7f) as u8);
            value >>= 7;
            while value != 0 {
                out.push((value & 0x7f) as u8 | 0x80);
                value >>= 7;
            }
        };
        match &*self.0 {
            [] => out.push(0),
            [first] => arc(out, first.saturating_mul(40)),
            [first, second, rest @ ..] => {
                for &value in rest.iter().rev() {
                    arc(out, value);
                }
                arc(out, first.min(&2).saturating_mul(40).saturating_add(*second));
            }
        }
    }
}

impl FromStr for Oid {
    type Err = NotAnOid;

    fn from_str(text: &str) -> Result<Self, NotAnOid> {
        let text = text.strip_prefix('.').unwrap_or(text);
        let mut arcs = Vec::with_capacity(16);
        for part in text.split('.') {
            if arcs.len() == MOST_ARCS || part.starts_with('+') {
                return Err(NotAnOid);
            }
            arcs.push(part.parse().map_err(|_| NotAnOid)?);
        }
        Ok(Self(arcs.into()))
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, arc) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(".")?;
            }
            write!(f, "{arc}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
