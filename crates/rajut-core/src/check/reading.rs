//! Readings that a person types off an instrument or a screen. Hides how they are written; a reading that
//! comes through falls into exactly one class.

use super::{Measured, Scope, Thresholds};
use crate::act::{Refusal, Rule};
use crate::register::coded;

/// No instrument shows more.
const LARGEST: f64 = 1e9;

coded! {
    /// Why a reading cannot be used.
    ReadingFaultCode {
        /// It is not written as a measure and its value.
        NotWritten = "reading_not_written",
        /// The value is not a number.
        NotANumber = "reading_not_a_number",
        /// No instrument shows such a number.
        OutOfRange = "reading_out_of_range",
        /// Nobody has said what is good for this measure.
        UnknownMeasure = "reading_unknown_measure",
        /// The unit is another one than the threshold's.
        OtherUnit = "reading_other_unit",
    }
}

/// A reading that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reading:?}: {why}; expected {expected}")]
pub struct ReadingFault {
    /// As written.
    pub reading: String,
    /// What is wrong with it.
    pub why: ReadingFaultCode,
    /// What there is to choose from.
    pub expected: String,
}

impl From<ReadingFault> for Refusal {
    fn from(fault: ReadingFault) -> Self {
        Self::new(Rule::ReadingUnusable)
            .with("reading", fault.reading)
            .with("why", fault.why)
            .with("expected", fault.expected)
    }
}

/// Reads `mains=221 V`, `gpon_receive=-24,5 dBm`: a measure that has a threshold in that scope, a number with
/// a point or a comma, and the threshold's unit.
///
/// ```
/// use rajut_core::check::{Scope, Thresholds, read_reading};
/// let thresholds = Thresholds::read(Thresholds::SHIPPED).unwrap();
/// let mains = read_reading("mains=221 V", &thresholds, Scope::Any).unwrap();
/// assert_eq!((mains.unit.as_str(), mains.value), ("V", 221.0));
/// ```
pub fn read_reading(text: &str, thresholds: &Thresholds, scope: Scope) -> Result<Measured, ReadingFault> {
    let fault = |why, expected: &str| ReadingFault {
        reading: text.chars().filter(|c| !c.is_control()).take(100).collect(),
        why,
        expected: expected.to_owned(),
    };
    let (measure, rest) = text
        .split_once('=')
        .ok_or_else(|| fault(ReadingFaultCode::NotWritten, "mains=221 V"))?;
    let measure = measure.trim();
    let Some(threshold) = thresholds.find(measure, scope) else {
        let mut known: Vec<String> = thresholds
            .iter()
            .filter(|it| it.scope() == scope || it.scope() == Scope::Any)
            .map(|it| format!("{} ({})", it.measure(), it.unit()))
            .collect();
        known.dedup();
        return Err(fault(ReadingFaultCode::UnknownMeasure, &known.join(", ")));
    };
    let rest = rest.trim();
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',')))
        .unwrap_or(rest.len());
    let (number, unit) = rest.split_at(end);
    let value: f64 = number.replace(',', ".").parse().map_err(|_| {
        fault(
            ReadingFaultCode::NotANumber,
            &format!("{measure}=0 {}", threshold.unit()),
        )
    })?;
    if !value.is_finite() || value.abs() > LARGEST {
        return Err(fault(
            ReadingFaultCode::OutOfRange,
            &format!("\u{00b1}{LARGEST:e}"),
        ));
    }
    let symbol = match unit.trim() {
        "%" => "percent",
        "\u{00b0}C" => "C",
        other => other,
    };
    if symbol != threshold.unit() {
        return Err(fault(ReadingFaultCode::OtherUnit, threshold.unit()));
    }
    Ok(Measured::new(measure, threshold.unit(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shipped() -> Thresholds {
        Thresholds::read(Thresholds::SHIPPED).unwrap()
    }

    #[test]
    fn readings_are_read_as_people_write_them() {
        let thresholds = shipped();
        for (text, value) in [
            ("mains=221 V", 221.0),
            (" gpon_receive = -24,5dBm ", -24.5),
            ("rack_temperature=27.1 \u{00b0}C", 27.1),
            ("loss=0%", 0.0),
            ("rack_humidity=+55 percent", 55.0),
        ] {
            let read = read_reading(text, &thresholds, Scope::Any).unwrap();
            assert!((read.value - value).abs() < f64::EPSILON, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let thresholds = shipped();
        let long = format!("mains={} V", "9".repeat(400));
        for (text, why, expected) in [
            ("mains 221 V", ReadingFaultCode::NotWritten, "mains=221"),
            ("mains=NaN V", ReadingFaultCode::NotANumber, "V"),
            ("mains=inf V", ReadingFaultCode::NotANumber, "V"),
            ("mains=V", ReadingFaultCode::NotANumber, "V"),
            ("mains=1.2.3 V", ReadingFaultCode::NotANumber, "V"),
            ("mains=1e9 V", ReadingFaultCode::OtherUnit, "V"),
            (long.as_str(), ReadingFaultCode::OutOfRange, "1e9"),
            ("mains=9999999999 V", ReadingFaultCode::OutOfRange, "1e9"),
            ("mains=221 mV", ReadingFaultCode::OtherUnit, "V"),
            ("mains=221", ReadingFaultCode::OtherUnit, "V"),
            ("taste=1 V", ReadingFaultCode::UnknownMeasure, "mains (V)"),
        ] {
            let fault = read_reading(text, &thresholds, Scope::Any).unwrap_err();
            assert_eq!(fault.why, why, "{text}");
            assert!(fault.expected.contains(expected), "{fault}");
        }
        let fault = read_reading("mains=\u{1b}[2J", &thresholds, Scope::Any).unwrap_err();
        assert!(!fault.reading.contains('\u{1b}'));
    }

    proptest! {
        /// Whatever is typed, nothing panics, and what comes through has a class.
        #[test]
        fn a_reading_that_comes_through_has_exactly_one_class(text in ".{0,40}", value in -1e9..1e9_f64) {
            let thresholds = shipped();
            for threshold in thresholds.iter() {
                let (measure, unit, scope) = (threshold.measure(), threshold.unit(), threshold.scope());
                let typed = format!("{measure}={value:.3} {unit}");
                let read = read_reading(&typed, &thresholds, scope).unwrap();
                prop_assert!(thresholds.judge(measure, read.value, scope).is_ok());
                if let Ok(read) = read_reading(&format!("{measure}={text}"), &thresholds, scope) {
                    prop_assert!(thresholds.judge(measure, read.value, scope).is_ok());
                }
            }
            let _ = read_reading(&text, &thresholds, Scope::Any);
        }
    }
}
