//! Cells as values: dates, numbers, words, codes.

use std::net::IpAddr;

use jiff::civil::Date;

use super::problem::{Fault, ProblemCode};

/// A choice of words for each value; the first one is written, all are read.
pub(super) type Words<T> = &'static [(T, &'static [&'static str])];

pub(super) const YES_NO: Words<bool> = &[
    (true, &["yes", "ya", "y", "true", "benar", "1"]),
    (false, &["no", "tidak", "n", "t", "false", "salah", "0"]),
];

/// Text that must be there, at most `most` characters.
pub(super) fn needed(text: &str, most: usize) -> Result<String, Fault> {
    if text.is_empty() {
        Err(Fault::new(ProblemCode::MissingValue))
    } else {
        free(text, most)
    }
}

/// Text that may be empty, at most `most` characters.
pub(super) fn free(text: &str, most: usize) -> Result<String, Fault> {
    let found = text.chars().count();
    if found > most {
        return Err(Fault::new(ProblemCode::TooLong)
            .with("most", most)
            .with("found", found));
    }
    Ok(text.to_owned())
}

/// A code, in lower case.
pub(super) fn code(text: &str) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::new(ProblemCode::MissingValue));
    }
    let code = text.to_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if code.len() <= 40 && code.chars().all(allowed) {
        Ok(code)
    } else {
        Err(Fault::new(ProblemCode::BadCode))
    }
}

/// Empty, or what `parse` makes of it.
pub(super) fn maybe<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if text.is_empty() {
        Ok(None)
    } else {
        parse(text).map(Some)
    }
}

/// A day as `DD-MM-YYYY` (also with `/` or `.`) or `YYYY-MM-DD`, of the years 1900 to 2199.
pub(super) fn date(text: &str) -> Result<Date, Fault> {
    let fault = || Fault::new(ProblemCode::NotADate);
    // A workbook's text cell may carry midnight behind the day.
    let day = text
        .split_once(['T', ' '])
        .filter(|(_, rest)| rest.starts_with("00:00"))
        .map_or(text, |(day, _)| day);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let &[a, b, c] = parts.as_slice() else {
        return Err(fault());
    };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return Err(fault());
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<i16>(), month.parse(), day.parse()) else {
        return Err(fault());
    };
    if !(1900..2200).contains(&year) {
        return Err(fault());
    }
    Date::new(year, month, day).map_err(|_| fault())
}

/// A number with a decimal point or comma. Separators of thousands are not guessed: 1.234 is one and a bit.
pub(super) fn number(text: &str, least: f64, most: f64) -> Result<f64, Fault> {
    let digits = text.strip_prefix(['-', '\u{2212}']).unwrap_or(text);
    let plain = !digits.is_empty()
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
        && digits.bytes().filter(|b| matches!(b, b'.' | b',')).count() <= 1
        && digits.bytes().any(|b| b.is_ascii_digit());
    let value: f64 = plain
        .then(|| text.replace('\u{2212}', "-").replace(',', "."))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Fault::new(ProblemCode::NotANumber))?;
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(Fault::new(ProblemCode::OutOfRange)
            .with("least", least)
            .with("most", most))
    }
}

/// A whole number.
pub(super) fn whole(text: &str, least: u32, most: u32) -> Result<u32, Fault> {
    let value = number(text, f64::from(least), f64::from(most))?;
    if value.fract() != 0.0 {
        return Err(Fault::new(ProblemCode::NotANumber));
    }
    // Whole and within two bounds of the type.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(value as u32)
}

/// An address of a host, IPv4 or IPv6.
pub(super) fn address(text: &str) -> Result<IpAddr, Fault> {
    text.parse().map_err(|_| Fault::new(ProblemCode::NotAnAddress))
}

/// Lower case, with single spaces in place of anything that separates words.
pub(super) fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| {
            if matches!(c, '_' | '-' | '.' | '/') {
                ' '
            } else {
                c
            }
        })
        .collect();
    spaced
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// One of the words.
pub(super) fn choice<T: Copy>(text: &str, words: Words<T>) -> Result<T, Fault> {
    if text.is_empty() {
        return Err(Fault::new(ProblemCode::MissingValue));
    }
    let wanted = plain(text);
    words
        .iter()
        .find(|(_, names)| names.iter().any(|name| plain(name) == wanted))
        .map(|(value, _)| *value)
        .ok_or_else(|| {
            let allowed: Vec<&str> = words
                .iter()
                .filter_map(|(_, names)| names.first().copied())
                .collect();
            Fault::new(ProblemCode::NotInList).with("allowed", allowed.join(", "))
        })
}

/// The word that is written for a value.
pub(super) fn word<T: PartialEq>(value: &T, words: Words<T>) -> String {
    let names = words
        .iter()
        .find(|(candidate, _)| candidate == value)
        .map(|(_, names)| *names);
    names
        .and_then(|names| names.first())
        .copied()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_written_here_and_by_machines() {
        let day = jiff::civil::date(2026, 2, 3);
        for text in [
            "03-02-2026",
            "3-2-2026",
            "2026-02-03",
            "03/02/2026",
            "3.2.2026",
            "2026-02-03T00:00:00",
            "2026-02-03 00:00:00",
        ] {
            assert_eq!(date(text), Ok(day), "{text}");
        }
        assert_eq!(date("29-02-2028"), Ok(jiff::civil::date(2028, 2, 29)));
        for text in [
            "31-02-2026",
            "29-02-2026",
            "2026-13-01",
            "03-02-26",
            "3 Februari 2026",
            "",
            "2026-02-03T10:00",
            "00-01-2026",
            "+3-02-2026",
            "01-01-0001",
        ] {
            assert_eq!(date(text).unwrap_err().code, ProblemCode::NotADate, "{text}");
        }
    }

    #[test]
    fn numbers_have_a_point_or_a_comma() {
        for (text, value) in [
            ("-7.3242", -7.3242),
            ("-7,3242", -7.3242),
            ("108", 108.0),
            (",5", 0.5),
            ("\u{2212}7,5", -7.5),
        ] {
            assert_eq!(number(text, -180.0, 180.0), Ok(value), "{text}");
        }
        for text in ["", "-", ".", "1.234,5", "1e3", "NaN", "inf", "7°", "--7"] {
            assert_eq!(
                number(text, -180.0, 180.0).unwrap_err().code,
                ProblemCode::NotANumber,
                "{text}"
            );
        }
        assert_eq!(
            number("181", -180.0, 180.0).unwrap_err().code,
            ProblemCode::OutOfRange
        );
        assert_eq!(whole("100", 1, 1000), Ok(100));
        assert_eq!(whole("100,0", 1, 1000), Ok(100));
        assert_eq!(whole("10,5", 1, 1000).unwrap_err().code, ProblemCode::NotANumber);
        assert_eq!(whole("-1", 1, 1000).unwrap_err().code, ProblemCode::OutOfRange);
    }

    #[test]
    fn words_and_codes() {
        assert_eq!(choice("Ya", YES_NO), Ok(true));
        assert_eq!(choice("TIDAK", YES_NO), Ok(false));
        let fault = choice("mungkin", YES_NO).unwrap_err();
        assert_eq!(fault.args, [("allowed", "yes, no".to_owned())]);
        assert_eq!(code("KEC-Kawali"), Ok("kec-kawali".to_owned()));
        for text in ["kec kawali", "a/b", "é", &"x".repeat(41)] {
            assert_eq!(code(text).unwrap_err().code, ProblemCode::BadCode);
        }
    }
}
