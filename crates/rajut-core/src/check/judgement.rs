//! From a figure to its class.

use serde::{Deserialize, Serialize};

use super::thresholds::{Class, Scope, Thresholds};
use super::{Measured, Observation};

/// A figure put into exactly one class, with the version of the thresholds that did it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Judgement {
    /// The measure.
    pub measure: String,
    /// Its value, in the threshold's unit.
    pub value: f64,
    /// The class it falls in.
    pub class: Class,
    /// The scope of the threshold that was used: the one asked for, or `any`.
    pub scope: Scope,
    /// The version of the thresholds.
    pub thresholds_version: String,
}

/// Why a figure has no class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJudged {
    /// Nobody has said what is good for this measure.
    #[error("there is no threshold for {measure} in scope {scope} nor in any; add one to the thresholds")]
    NoThreshold {
        /// The measure.
        measure: String,
        /// The scope asked for.
        scope: Scope,
    },
    /// The value is not a number.
    #[error("the value of {measure} is not a number")]
    NotANumber {
        /// The measure.
        measure: String,
    },
}

impl Thresholds {
    /// Puts a value, which is in the threshold's unit, into its class.
    pub fn judge(&self, measure: &str, value: f64, scope: Scope) -> Result<Judgement, NotJudged> {
        let threshold = self.find(measure, scope).ok_or_else(|| NotJudged::NoThreshold {
            measure: measure.to_owned(),
            scope,
        })?;
        let class = threshold.classify(value).ok_or_else(|| NotJudged::NotANumber {
            measure: measure.to_owned(),
        })?;
        Ok(Judgement {
            measure: measure.to_owned(),
            value,
            class,
            scope: threshold.scope(),
            thresholds_version: self.version().to_owned(),
        })
    }

    /// Judges every measure of an observation for which there is a threshold in the same unit. An
    /// observation that says nothing about its target (`not_observed`) is not judged.
    pub fn judge_observation(&self, observation: &Observation, scope: Scope) -> Vec<Judgement> {
        if observation.outcome.alive().is_none() {
            return Vec::new();
        }
        let same_unit = |measured: &&Measured| {
            self.find(&measured.measure, scope)
                .is_some_and(|threshold| threshold.unit() == measured.unit)
        };
        observation
            .measures
            .iter()
            .filter(same_unit)
            .filter_map(|measured| self.judge(&measured.measure, measured.value, scope).ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Method, Outcome, Vantage};
    use crate::id::FreshIds;
    use proptest::prelude::*;

    fn shipped() -> Thresholds {
        Thresholds::read(Thresholds::SHIPPED).unwrap()
    }

    #[test]
    fn what_cannot_be_judged_says_why() {
        let got = shipped().judge("taste", 1.0, Scope::Noc).unwrap_err();
        assert_eq!(
            got,
            NotJudged::NoThreshold {
                measure: "taste".into(),
                scope: Scope::Noc
            }
        );
        let got = shipped().judge("loss", f64::NAN, Scope::Any).unwrap_err();
        assert_eq!(
            got,
            NotJudged::NotANumber {
                measure: "loss".into()
            }
        );
    }

    #[test]
    fn a_scope_without_its_own_threshold_takes_the_general_one() {
        let thresholds = shipped();
        let at_gateway = thresholds.judge("delay", 60.0, Scope::Gateway).unwrap();
        assert_eq!(
            (at_gateway.class, at_gateway.scope),
            (Class::Poor, Scope::Gateway)
        );
        let to_noc = thresholds.judge("delay", 60.0, Scope::Noc).unwrap();
        assert_eq!((to_noc.class, to_noc.scope), (Class::VeryGood, Scope::Any));
        assert_eq!(to_noc.thresholds_version, thresholds.version());
    }

    #[test]
    fn an_observation_is_judged_measure_by_measure_and_only_in_its_unit() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let mut observation = Observation {
            id: FreshIds::new(at, [1; 32]).fresh(),
            target: "contoh".into(),
            method: Method::Reading,
            vantage: Vantage::Instrument,
            started_at: at,
            duration_us: 0,
            samples: vec![],
            measures: vec![
                Measured::new("mains", "V", 190.0),
                Measured::new("delay", "s", 1.0),
                Measured::new("taste", "V", 1.0),
            ],
            outcome: Outcome::Seen,
            raw: None,
        };
        let got = shipped().judge_observation(&observation, Scope::Any);
        assert_eq!(
            got.iter()
                .map(|one| (one.measure.as_str(), one.class))
                .collect::<Vec<_>>(),
            [("mains", Class::Low)]
        );
        observation.outcome = Outcome::NotObserved;
        assert!(shipped().judge_observation(&observation, Scope::Any).is_empty());
    }

    fn thresholds() -> impl Strategy<Value = Thresholds> {
        let names = [
            "very_good",
            "good",
            "fair",
            "poor",
            "bad",
            "low",
            "high",
            "too_strong",
        ];
        prop::collection::btree_set(-1_000_000_i64..1_000_000, 0..names.len()).prop_map(move |bounds| {
            let mut text = String::from(
                "version = \"t\"\n[[threshold]]\nmeasure = \"m\"\nunit = \"u\"\nscope = \"any\"\nclasses = [\n{ name = \"very_good\" },\n",
            );
            for (name, bound) in names[1..].iter().zip(bounds) {
                use std::fmt::Write as _;
                writeln!(text, "{{ name = \"{name}\", from = {bound}.25 }},").unwrap();
            }
            Thresholds::read(&(text + "]\n")).unwrap()
        })
    }

    proptest! {
        #[test]
        fn every_value_falls_in_exactly_one_class(
            thresholds in thresholds(),
            value in prop_oneof![any::<f64>(), -2_000_000.0..2_000_000.0, (-1_000_000_i32..1_000_000).prop_map(|v| f64::from(v) + 0.25)],
        ) {
            prop_assume!(!value.is_nan());
            let threshold = thresholds.find("m", Scope::Noc).unwrap();
            let classes: Vec<_> = threshold.classes().collect();
            // Counted from the definition, not by the code under test.
            let holding: Vec<_> = classes.iter().enumerate().filter(|(i, (_, from))| {
                let until = classes.get(i + 1).and_then(|(_, next)| *next);
                from.is_none_or(|from| from <= value) && until.is_none_or(|until| value < until)
            }).map(|(_, (class, _))| *class).collect();
            prop_assert_eq!(holding, [thresholds.judge("m", value, Scope::Noc).unwrap().class]);
        }
    }
}
