//! Values as text and as numbers. Everything comes from strangers: what is shown is cut and has no control
//! characters.

use crate::codec::snmp::Value;

/// The longest text that is shown of one value, characters.
const LONGEST: usize = 1024;

/// A value as text. Bytes are UTF-8, or else Latin-1; bytes behind the first NUL are padding.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Octets(bytes) | Value::Opaque(bytes) => printable(bytes),
        Value::Integer(number) => number.to_string(),
        Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => number.to_string(),
        Value::Counter64(number) => number.to_string(),
        Value::ObjectId(oid) => oid.to_string(),
        Value::IpAddress([a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
        Value::Null | Value::NoSuchObject | Value::NoSuchInstance | Value::EndOfView => return None,
    };
    Some(text)
}

/// A text that says something.
pub(super) fn some_text(value: &Value) -> Option<String> {
    text(value)
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Bytes as text without control characters but line ends and tabs.
pub fn printable(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let bytes = &bytes[..end];
    let clean = |character: &char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().filter(clean).take(LONGEST).collect(),
        Err(_) => bytes
            .iter()
            .map(|&byte| char::from(byte))
            .filter(clean)
            .take(LONGEST)
            .collect(),
    }
}

/// A value as a number: that of a text is the first in it.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(lossy(i128::from(*number))),
        Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => {
            Some(f64::from(*number))
        }
        Value::Counter64(number) => Some(lossy(i128::from(*number))),
        Value::Octets(bytes) => first_number(&printable(bytes)),
        Value::Opaque(bytes) => float(bytes),
        _ => None,
    }
}

/// The float that net-snmp wraps into an opaque value (`9f 78 04` and `9f 79 08`).
fn float(bytes: &[u8]) -> Option<f64> {
    match bytes {
        [0x9f, 0x78, 4, rest @ ..] => Some(f64::from(f32::from_be_bytes(rest.try_into().ok()?))),
        [0x9f, 0x79, 8, rest @ ..] => Some(f64::from_be_bytes(rest.try_into().ok()?)),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// The first number in a text.
fn first_number(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let sign = if text[..start].ends_with('-') { -1.0 } else { 1.0 };
    let rest = &text[start..];
    let mut dot = false;
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || (c == '.' && !std::mem::replace(&mut dot, true))))
        .unwrap_or(rest.len());
    rest[..end]
        .trim_end_matches('.')
        .parse::<f64>()
        .ok()
        .map(|number| sign * number)
}

/// Counts above 2^53 lose their last digits as decimals; no figure that is shown has so many.
#[expect(clippy::cast_precision_loss, reason = "figures are shown with few digits")]
pub(super) fn lossy(number: i128) -> f64 {
    number as f64
}

/// A whole number of bytes, or nothing when it would not fit.
#[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
pub(super) fn whole(number: f64) -> Option<i64> {
    (number.is_finite() && number.abs() < 9.0e18).then_some(number as i64)
}

/// A value as a whole number.
pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => {
            Some(i64::from(*number))
        }
        Value::Counter64(number) => i64::try_from(*number).ok(),
        Value::Octets(bytes) => printable(bytes).trim().parse().ok(),
        _ => None,
    }
}

/// A value as a count.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Counter64(number) => Some(*number),
        other => integer(other).and_then(|number| u64::try_from(number).ok()),
    }
}

/// A hardware address: six to eight bytes, or the text of one.
pub(super) fn hardware_address(value: &Value) -> Option<String> {
    let Value::Octets(bytes) = value else { return None };
    if bytes.is_empty() {
        return None;
    }
    if bytes.len() > 8
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        let parts: Vec<&str> = text.trim().split([':', '-', ' ']).collect();
        let hex = |part: &&str| (1..=2).contains(&part.len()) && part.chars().all(|c| c.is_ascii_hexdigit());
        if parts.len() >= 6 && parts.iter().all(hex) {
            let bytes: Vec<String> = parts
                .iter()
                .map(|part| format!("{part:0>2}").to_lowercase())
                .collect();
            return Some(bytes.join(":"));
        }
        return None;
    }
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(bytes.join(":"))
}
