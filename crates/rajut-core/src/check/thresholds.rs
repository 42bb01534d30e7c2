//! Thresholds: data that cut the values of a measure into classes. Hides the file format and its checks;
//! a `Thresholds` in hand is total, so that judging cannot fail between two classes.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::act::{Unfit, UnfitCode};

/// All thresholds of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    version: String,
    list: Vec<Threshold>,
}

/// The classes of one measure in one scope. Classes are half-open: a class reaches from its `from`
/// (inclusive) to the next one's (exclusive); the first has none and the last has no end.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Threshold {
    measure: String,
    unit: String,
    scope: Scope,
    classes: Vec<ClassFrom>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
struct ClassFrom {
    name: Class,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<f64>,
}

/// On which part of the network a threshold holds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere that has no threshold of its own.
    Any,
    /// Between a site's devices and its own gateway.
    Gateway,
    /// Between a site and the network operation centre.
    Noc,
    /// Between a site and the internet.
    Internet,
}

/// The name of a class: a code, for which the screens have words.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// TIPHON's index 4.
    VeryGood,
    /// TIPHON's index 3; for a value that must lie between two bounds, inside.
    Good,
    /// TIPHON's index 2.
    Fair,
    /// TIPHON's index 1.
    Poor,
    /// Worse than poor.
    Bad,
    /// Below the lower bound.
    Low,
    /// Above the upper bound.
    High,
    /// So strong that a receiver may be blinded.
    TooStrong,
}

/// What a class asks of people.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Nothing to do.
    Fine,
    /// Worth watching.
    Watch,
    /// Something is wrong.
    Wrong,
}

impl Class {
    /// The stable code, the same as its JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::VeryGood => "very_good",
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
            Self::Bad => "bad",
            Self::Low => "low",
            Self::High => "high",
            Self::TooStrong => "too_strong",
        }
    }

    /// What this class asks of people.
    pub fn grade(self) -> Grade {
        match self {
            Self::VeryGood | Self::Good => Grade::Fine,
            Self::Fair => Grade::Watch,
            Self::Poor | Self::Bad | Self::Low | Self::High | Self::TooStrong => Grade::Wrong,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Gateway => "gateway",
            Self::Noc => "noc",
            Self::Internet => "internet",
        })
    }
}

impl Thresholds {
    /// The text of the thresholds shipped with the program.
    pub const SHIPPED: &str = include_str!("../../../../data/thresholds.toml");

    /// Reads thresholds from TOML. An error names the line.
    pub fn read(text: &str) -> Result<Self, Unfit> {
        let file: RawFile = toml::from_str(text).map_err(|error| Unfit::toml(text, &error))?;
        let wrong = |place: &std::ops::Range<usize>, fault: Unfit| Err(fault.at(text, place.start));
        if file.version.get_ref().trim().is_empty() {
            return wrong(&file.version.span(), UnfitCode::VersionEmpty.into());
        }
        if file.threshold.is_empty() {
            return wrong(&(0..0), UnfitCode::NoThresholds.into());
        }
        let mut list: Vec<Threshold> = Vec::with_capacity(file.threshold.len());
        for entry in file.threshold {
            let place = entry.span();
            let raw = entry.into_inner();
            if !is_code(raw.measure.get_ref()) {
                let fault = Unfit::from(UnfitCode::NotACode).with("value", raw.measure.get_ref());
                return wrong(&raw.measure.span(), fault);
            }
            if raw.unit.get_ref().is_empty() {
                return wrong(&raw.unit.span(), UnfitCode::UnitEmpty.into());
            }
            let measure = raw.measure.into_inner();
            let unit = raw.unit.into_inner();
            if list
                .iter()
                .any(|other| other.measure == measure && other.scope == raw.scope)
            {
                return wrong(
                    &place,
                    Unfit::from(UnfitCode::ThresholdTwice)
                        .with("measure", measure)
                        .with("scope", raw.scope),
                );
            }
            if let Some(other) = list
                .iter()
                .find(|other| other.measure == measure && other.unit != unit)
            {
                return wrong(
                    &place,
                    Unfit::from(UnfitCode::OtherUnit)
                        .with("measure", measure)
                        .with("unit", &other.unit)
                        .with("here", unit),
                );
            }
            let classes = read_classes(text, &place, raw.classes)?;
            list.push(Threshold {
                measure,
                unit,
                scope: raw.scope,
                classes,
            });
        }
        Ok(Self {
            version: file.version.into_inner(),
            list,
        })
    }

    /// The version, which every judgement records.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Threshold> {
        self.list.iter()
    }

    /// The threshold of a measure: the scope's own, else the one that holds everywhere.
    pub fn find(&self, measure: &str, scope: Scope) -> Option<&Threshold> {
        let with = |scope| {
            self.list
                .iter()
                .find(move |one| one.measure == measure && one.scope == scope)
        };
        with(scope).or_else(|| with(Scope::Any))
    }
}

impl Threshold {
    /// What it measures.
    pub fn measure(&self) -> &str {
        &self.measure
    }

    /// In which unit.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Where it holds.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Each class with its inclusive lower bound, ascending; the first has none.
    pub fn classes(&self) -> impl Iterator<Item = (Class, Option<f64>)> {
        self.classes.iter().map(|class| (class.name, class.from))
    }

    /// The class of a number, or nothing for NaN, which is no number.
    pub fn classify(&self, value: f64) -> Option<Class> {
        if value.is_nan() {
            return None;
        }
        let reached = |class: &&ClassFrom| class.from.is_none_or(|from| value >= from);
        self.classes
            .iter()
            .take_while(reached)
            .last()
            .map(|class| class.name)
    }
}

fn read_classes(
    text: &str,
    place: &std::ops::Range<usize>,
    raw: Vec<Spanned<RawClass>>,
) -> Result<Vec<ClassFrom>, Unfit> {
    if raw.is_empty() {
        return Err(Unfit::from(UnfitCode::NoClass).at(text, place.start));
    }
    let mut names = BTreeSet::new();
    let mut classes: Vec<ClassFrom> = Vec::with_capacity(raw.len());
    for entry in raw {
        let span = entry.span();
        let RawClass { name, from } = entry.into_inner();
        let wrong = |fault: UnfitCode| Err(Unfit::from(fault).at(text, span.start));
        match (classes.last(), from) {
            (None, Some(_)) => return wrong(UnfitCode::FirstClassFrom),
            (Some(_), None) => return wrong(UnfitCode::OnlyFirstClass),
            (_, Some(from)) if !from.is_finite() => return wrong(UnfitCode::FromNotFinite),
            (Some(before), Some(from)) if before.from.is_some_and(|last| last >= from) => {
                return wrong(UnfitCode::FromNotLarger);
            }
            _ => {}
        }
        if !names.insert(name) {
            return wrong(UnfitCode::ClassTwice);
        }
        classes.push(ClassFrom { name, from });
    }
    Ok(classes)
}

pub(super) fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<String>,
    #[serde(default)]
    threshold: Vec<Spanned<RawThreshold>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawThreshold {
    measure: Spanned<String>,
    unit: Spanned<String>,
    scope: Scope,
    classes: Vec<Spanned<RawClass>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    name: Class,
    from: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, String) {
        let error = Thresholds::read(text).unwrap_err();
        (error.line().unwrap(), error.to_string())
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let head =
            "version = \"1\"\n[[threshold]]\nmeasure = \"loss\"\nunit = \"percent\"\nscope = \"any\"\n";
        let classes = |lines: &str| format!("{head}classes = [\n{lines}\n]\n");
        for (text, line, word) in [
            ("version = \"\"\n".to_owned(), 1, "version_empty"),
            ("version = \"1\"\n".to_owned(), 1, "no_thresholds"),
            (classes(""), 2, "no_class"),
            (classes("{ name = \"good\", from = 0 },"), 7, "first_class_from"),
            (
                classes("{ name = \"good\" },\n{ name = \"fair\" },"),
                8,
                "only_first_class",
            ),
            (
                classes("{ name = \"good\" },\n{ name = \"fair\", from = inf },"),
                8,
                "from_not_finite",
            ),
            (
                classes(
                    "{ name = \"good\" },\n{ name = \"fair\", from = 3 },\n{ name = \"poor\", from = 3 },",
                ),
                9,
                "from_not_larger",
            ),
            (
                classes("{ name = \"good\" },\n{ name = \"good\", from = 3 },"),
                8,
                "class_twice",
            ),
            (classes("{ name = \"lovely\" },"), 7, "lovely"),
            (
                head.replace("\"loss\"", "\"Loss %\"") + "classes = [{ name = \"good\" }]\n",
                3,
                "not_a_code",
            ),
            (head.replace("\"any\"", "\"moon\""), 5, "moon"),
            (
                classes("{ name = \"good\" },") + &classes("{ name = \"good\" },")[14..],
                9,
                "threshold_twice",
            ),
            ("version = \n".to_owned(), 1, ""),
        ] {
            let (got_line, message) = refused(&text);
            assert_eq!(got_line, line, "{text}\n{message}");
            assert!(message.contains(word), "{message:?} lacks {word:?}");
        }
    }

    #[test]
    fn the_shipped_classes_stand_where_the_sources_put_them() {
        use Class::{Bad, Fair, Good, High, Low, Poor, TooStrong, VeryGood};
        let shipped = Thresholds::read(Thresholds::SHIPPED).unwrap();
        for (measure, scope, value, class) in [
            ("delay", Scope::Any, 149.999, VeryGood),
            ("delay", Scope::Any, 150.0, Good),
            ("delay", Scope::Noc, 300.0, Fair),
            ("delay", Scope::Internet, 450.0, Poor),
            ("delay", Scope::Gateway, 9.99, Good),
            ("delay", Scope::Gateway, 11.0, Fair),
            ("loss", Scope::Any, 0.0, VeryGood),
            ("loss", Scope::Any, 3.0, Good),
            ("loss", Scope::Any, 15.0, Fair),
            ("loss", Scope::Any, 25.0, Poor),
            ("loss", Scope::Gateway, 5.0, Fair),
            ("jitter", Scope::Any, 0.0, VeryGood),
            ("jitter", Scope::Any, 1.0, Good),
            ("jitter", Scope::Any, 75.0, Fair),
            ("jitter", Scope::Any, 125.0, Poor),
            ("throughput", Scope::Any, 100.0, VeryGood),
            ("throughput", Scope::Any, 99.9, Good),
            ("throughput", Scope::Any, 50.0, Fair),
            ("throughput", Scope::Any, 25.0, Poor),
            ("throughput", Scope::Any, 24.9, Bad),
            ("gpon_receive", Scope::Any, -27.1, Low),
            ("gpon_receive", Scope::Any, -27.0, Good),
            ("gpon_receive", Scope::Any, -8.0, TooStrong),
            ("mains", Scope::Any, 197.9, Low),
            ("mains", Scope::Any, 220.0, Good),
            ("mains", Scope::Any, 232.0, High),
            ("rack_temperature", Scope::Any, 27.5, High),
            ("rack_humidity", Scope::Any, 39.0, Low),
            ("radio_signal", Scope::Any, -81.0, Bad),
            ("radio_signal", Scope::Any, -80.0, Poor),
            ("radio_signal", Scope::Any, -75.0, Fair),
            ("radio_signal", Scope::Any, -65.0, Good),
        ] {
            let threshold = shipped.find(measure, scope).unwrap();
            assert_eq!(
                threshold.classify(value),
                Some(class),
                "{measure} {scope} {value}"
            );
        }
    }
}
