//! What a certificate says of itself (RFC 5280), as far as a person wants to know it: whose, by whom, from when until
//! when, under which names. Whether it is to be trusted is not decided here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serialize;

use super::Malformed;

/// Names of a certificate that are kept.
const MOST_NAMES: usize = 100;
/// Characters of a name that are kept.
const LONGEST_NAME: usize = 200;

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERAL_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// 2.5.29.17, names beside the subject.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who made it.
    pub issuer: String,
    /// From when it is good.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// The names and addresses that it is good for.
    pub names: Vec<String>,
}

/// An element and what follows it.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// Reads one element of DER: definite lengths only.
fn element(bytes: &[u8]) -> Result<Element<'_>, Malformed> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>().ok_or(Malformed::Short)?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return Err(Malformed::Encoding);
        }
        let (length, rest) = rest.split_at_checked(count).ok_or(Malformed::Short)?;
        (
            length.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)),
            rest,
        )
    };
    let (content, rest) = rest.split_at_checked(length).ok_or(Malformed::Short)?;
    Ok(Element { tag, content, rest })
}

/// Reads an element of this kind and steps behind it.
fn take<'a>(bytes: &mut &'a [u8], tag: u8) -> Result<&'a [u8], Malformed> {
    let found = element(bytes)?;
    if found.tag != tag {
        return Err(Malformed::Encoding);
    }
    *bytes = found.rest;
    Ok(found.content)
}

/// Reads a certificate in DER.
pub fn parse_certificate(der: &[u8]) -> Result<Certificate, Malformed> {
    let mut outer = element(der).and_then(|it| {
        if it.tag == SEQUENCE {
            Ok(it.content)
        } else {
            Err(Malformed::Encoding)
        }
    })?;
    let mut body = take(&mut outer, SEQUENCE)?;
    if body.first() == Some(&VERSION) {
        take(&mut body, VERSION)?;
    }
    take(&mut body, INTEGER)?;
    take(&mut body, SEQUENCE)?;
    let issuer = name(take(&mut body, SEQUENCE)?)?;
    let mut validity = take(&mut body, SEQUENCE)?;
    let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
    let subject = name(take(&mut body, SEQUENCE)?)?;
    take(&mut body, SEQUENCE)?;
    let mut names = Vec::new();
    while !body.is_empty() {
        let part = element(body)?;
        if part.tag == EXTENSIONS {
            let mut list = part.content;
            let mut extensions = take(&mut list, SEQUENCE)?;
            while !extensions.is_empty() {
                let extension = take(&mut extensions, SEQUENCE)?;
                names.extend(alternative_names(extension)?);
            }
        }
        body = part.rest;
    }
    names.truncate(MOST_NAMES);
    Ok(Certificate {
        subject,
        issuer,
        not_before,
        not_after,
        names,
    })
}

/// A distinguished name: its attributes that people know, as `CN=…, O=…`.
fn name(mut bytes: &[u8]) -> Result<String, Malformed> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let mut set = take(&mut bytes, SET)?;
        while !set.is_empty() {
            let mut attribute = take(&mut set, SEQUENCE)?;
            let kind = take(&mut attribute, OBJECT_ID)?;
            let value = text(element(attribute)?.content);
            let known = match kind {
                [0x55, 4, 3] => "CN",
                [0x55, 4, 6] => "C",
                [0x55, 4, 7] => "L",
                [0x55, 4, 8] => "ST",
                [0x55, 4, 10] => "O",
                [0x55, 4, 11] => "OU",
                _ => continue,
            };
            parts.push(format!("{known}={value}"));
        }
    }
    Ok(parts.join(", ").chars().take(LONGEST_NAME).collect())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .take(LONGEST_NAME)
        .collect()
}

/// A time: two digits of the year stand for 1950 to 2049 (RFC 5280 section 4.1.2.5).
fn time(bytes: &mut &[u8]) -> Result<Timestamp, Malformed> {
    let found = element(bytes)?;
    *bytes = found.rest;
    let digits = |from: usize, count: usize| -> Result<i16, Malformed> {
        let digits = found.content.get(from..from + count).ok_or(Malformed::Short)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(Malformed::Encoding);
        }
        Ok(digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0')))
    };
    let (year, from) = match found.tag {
        UTC_TIME => {
            let year = digits(0, 2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        GENERAL_TIME => (digits(0, 4)?, 4),
        _ => return Err(Malformed::Encoding),
    };
    let part = |place: usize| {
        digits(from + place * 2, 2).and_then(|it| i8::try_from(it).map_err(|_| Malformed::Encoding))
    };
    DateTime::new(year, part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, 0)
        .and_then(|it| Offset::UTC.to_timestamp(it))
        .map_err(|_| Malformed::Encoding)
}

fn alternative_names(mut extension: &[u8]) -> Result<Vec<String>, Malformed> {
    if take(&mut extension, OBJECT_ID)? != ALTERNATIVE_NAMES {
        return Ok(Vec::new());
    }
    let mut value = element(extension)?;
    if value.tag != OCTETS {
        // Whether it is critical stands before it.
        value = element(value.rest)?;
    }
    let mut content = value.content;
    let mut list = take(&mut content, SEQUENCE)?;
    let mut names = Vec::new();
    while !list.is_empty() && names.len() < MOST_NAMES {
        let one = element(list)?;
        list = one.rest;
        match (one.tag, one.content.len()) {
            (DNS_NAME, _) => names.push(text(one.content)),
            (IP_ADDRESS, 4 | 16) => names.extend(address(one.content).map(|it| it.to_string())),
            _ => {}
        }
    }
    Ok(names)
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|it| Ipv4Addr::from(it).into());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|it| Ipv6Addr::from(it).into()))
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    fn certificate() -> Vec<u8> {
        let names = [
            "www.contoh.go.id".to_owned(),
            "10.9.0.80".to_owned(),
            "::1".to_owned(),
        ];
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Contoh");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Diskominfo Contoh");
        params.not_before = date_time_ymd(2026, 1, 2);
        params.not_after = date_time_ymd(2055, 3, 4);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_says_whose_it_is_and_until_when() {
        let read = parse_certificate(&certificate()).unwrap();
        assert!(
            read.subject.contains("CN=Contoh") && read.subject.contains("O=Diskominfo Contoh"),
            "{read:?}"
        );
        assert_eq!(read.subject, read.issuer);
        assert_eq!(read.not_before.to_string(), "2026-01-02T00:00:00Z");
        // After 2049 the year has four digits.
        assert_eq!(read.not_after.to_string(), "2055-03-04T00:00:00Z");
        assert_eq!(read.names, ["www.contoh.go.id", "10.9.0.80", "::1"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_certificate(&bytes);
        }
    }

    #[test]
    fn a_certificate_that_was_cut_or_changed_is_read_without_panic() {
        let good = certificate();
        for at in 0..good.len() {
            assert!(parse_certificate(&good[..at]).is_err());
            for change in [0x01, 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] ^= change;
                let _ = parse_certificate(&bytes);
            }
        }
    }
}
