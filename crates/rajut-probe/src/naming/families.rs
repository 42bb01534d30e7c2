//! All families, and which of them a device belongs to.

use rajut_core::act::{Unfit, UnfitCode};

use super::family::{Family, Match};
use super::standard::{SYS_DESCR, SYS_OBJECT_ID};
use super::text::{some_text, text};
use crate::codec::snmp::{Oid, Value};
use crate::strategy::snmp::Values;

/// The files of `data/devices/`, each with its name.
const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/devices.rs"));

/// The part that every family has.
const OF_ANY: &str = "lm-sensors";
/// The parts that a device of no family has.
const OF_GENERIC: [&str; 2] = ["lm-sensors", "ups-mib"];

/// A family file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {error}")]
pub struct FamilyError {
    /// The file.
    pub file: String,
    /// What is wrong, and where.
    pub error: Unfit,
}

/// All families.
#[derive(Debug, Clone)]
pub struct Families {
    list: Vec<Family>,
    generic: Family,
}

impl Families {
    /// The families that come with the program.
    pub fn shipped() -> Result<Self, FamilyError> {
        Self::read(SHIPPED.iter().copied())
    }

    /// Reads family files: names and texts. A later file may share a part of any other.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, FamilyError> {
        let mut read: Vec<(String, &str, Family)> = Vec::new();
        for (file, text) in files {
            let wrong = |error| FamilyError {
                file: file.to_owned(),
                error,
            };
            let family: Family = toml::from_str(text).map_err(|error| wrong(Unfit::toml(text, &error)))?;
            if read.iter().any(|(.., other)| other.os == family.os) {
                let twice = Unfit::from(UnfitCode::IdTwice).with("value", &family.os);
                return Err(wrong(twice.at(text, line_of(text, "os"))));
            }
            read.push((file.to_owned(), text, family));
        }
        let parts: Vec<Family> = read.iter().map(|(.., family)| family.clone()).collect();
        let mut list = Vec::new();
        for (file, text, mut family) in read {
            for wanted in family.include.clone() {
                let Some(part) = parts.iter().find(|part| part.os == wanted) else {
                    let unknown = Unfit::from(UnfitCode::NotDeclared)
                        .with("value", &wanted)
                        .with("list", "data/devices");
                    let error = unknown.at(text, line_of(text, &wanted));
                    return Err(FamilyError { file, error });
                };
                family.take(part);
            }
            if family.matches.iter().any(Match::is_empty) {
                let error = Unfit::from(UnfitCode::MatchesAll).at(text, line_of(text, "[[match]]"));
                return Err(FamilyError { file, error });
            }
            // What net-snmp tells of chips belongs to any system that runs it.
            let of_any = parts.iter().find(|part| part.os == OF_ANY);
            if let Some(part) = of_any.filter(|part| !family.include.contains(&part.os) && !family.is_part())
            {
                family.take(part);
            }
            list.push(family);
        }
        let mut generic = generic();
        for part in parts.iter().filter(|part| OF_GENERIC.contains(&part.os.as_str())) {
            generic.take(part);
        }
        Ok(Self { list, generic })
    }

    /// Further objects that tell apart what the first answers leave open.
    pub fn questions(&self, told: &Values) -> Vec<Oid> {
        let mut wanted = Vec::new();
        for it in self.list.iter().flat_map(|family| &family.matches) {
            if it.known(told) {
                wanted.extend(it.values.keys().map(|name| name.0.clone()));
                wanted.extend(it.exists.iter().map(|name| name.0.clone()));
            }
        }
        wanted
    }

    /// The family of a device.
    pub fn recognise(&self, told: &Values) -> &Family {
        let fit = |family: &Family| {
            let best = family
                .matches
                .iter()
                .filter(|it| it.fits(told))
                .map(|it| it.weight(told))
                .max()?;
            Some((family.rank, best))
        };
        // Of two that fit equally well the first in the alphabet is taken, so that it is always the same.
        let mut best: Option<((i32, u32), &Family)> = None;
        for family in &self.list {
            if let Some(weight) = fit(family)
                && best.is_none_or(|(other, _)| weight > other)
            {
                best = Some((weight, family));
            }
        }
        best.map_or(&self.generic, |(_, family)| family)
    }

    /// What to ask of a device of this family beyond the standard: single objects, and subtrees.
    pub fn asked(family: &Family) -> (Vec<Oid>, Vec<Oid>) {
        family
            .oids()
            .into_iter()
            .partition(|oid| oid.arcs().last() == Some(&0))
    }

    /// The families that an object id alone tells, with those ids.
    #[cfg(test)]
    pub(super) fn object_ids(&self) -> Vec<(&str, Oid)> {
        let alone = |it: &&Match| {
            it.descr.is_none() && it.not_descr.is_none() && it.values.is_empty() && it.exists.is_empty()
        };
        let ids = |family: &Family| {
            let os = family.os.clone();
            let names = family.matches.iter().filter(alone).flat_map(|it| &it.object_id);
            names
                .map(move |name| (os.clone(), name.0.clone()))
                .collect::<Vec<_>>()
        };
        self.list
            .iter()
            .flat_map(|family| ids(family).into_iter().map(|(_, oid)| (family.os(), oid)))
            .collect()
    }

    /// The codes of all families.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.list
            .iter()
            .filter(|family| !family.matches.is_empty())
            .map(Family::os)
    }
}

/// Where the first line that has `word` begins.
fn line_of(text: &str, word: &str) -> usize {
    let at = text.find(word).unwrap_or(0);
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// What no family fits: the standard MIBs still tell much.
fn generic() -> Family {
    toml::from_str(GENERIC).unwrap_or_else(|error| unreachable!("a test reads this text: {error}"))
}

const GENERIC: &str = r#"
os = "generic"
[device]
hardware = ["{chassis:13}", "{chassis:2}"]
version = ["{chassis:10}"]
serial = ["{chassis:11}"]
"#;

impl Match {
    fn is_empty(&self) -> bool {
        self.object_id.is_empty() && self.descr.is_none() && self.values.is_empty() && self.exists.is_empty()
    }

    fn object(told: &Values) -> Option<&Oid> {
        match told.get(SYS_OBJECT_ID)? {
            Value::ObjectId(oid) => Some(oid),
            _ => None,
        }
    }

    /// Whether all holds that the first answers can tell.
    fn known(&self, told: &Values) -> bool {
        let object = Self::object(told);
        let under = |names: &[super::family::Name]| {
            object.is_some_and(|own| names.iter().any(|it| own.is_under(&it.0)))
        };
        let descr = told.get(SYS_DESCR).and_then(text).unwrap_or_default();
        (self.object_id.is_empty() || under(&self.object_id))
            && !under(&self.not_object_id)
            && self.descr.as_ref().is_none_or(|it| it.0.is_match(&descr))
            && !self.not_descr.as_ref().is_some_and(|it| it.0.is_match(&descr))
    }

    fn fits(&self, told: &Values) -> bool {
        let there = |oid: &Oid| told.get(oid.arcs()).and_then(some_text);
        self.known(told)
            && self
                .values
                .iter()
                .all(|(name, it)| there(&name.0).is_some_and(|text| it.0.is_match(&text)))
            && (self.exists.is_empty() || self.exists.iter().any(|name| there(&name.0).is_some()))
    }

    /// How much a match says: a device's own object says more than a description, that more than an object id, and
    /// a longer object id more than a shorter one.
    fn weight(&self, told: &Values) -> u32 {
        let own = Self::object(told);
        let arcs = self
            .object_id
            .iter()
            .filter(|it| own.is_some_and(|own| own.is_under(&it.0)))
            .map(|it| u32::try_from(it.0.arcs().len()).unwrap_or(0))
            .max()
            .unwrap_or(0);
        let asked = !self.values.is_empty() || !self.exists.is_empty();
        let described = self.descr.is_some();
        u32::from(asked) * 1000 + u32::from(described) * 200 + arcs
    }
}
