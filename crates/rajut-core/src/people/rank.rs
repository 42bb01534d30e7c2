//! Ranks: golongan and pangkat, from data.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::act::{Unfit, UnfitCode};

/// A rank as it is printed. A person carries it whole, so that a later table does not rename old ranks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rank {
    /// "IV/c", or "IX" for PPPK.
    pub golongan: String,
    /// "Pembina Utama Muda"; PPPK have none.
    pub pangkat: Option<String>,
}

impl fmt::Display for Rank {
    /// "Pembina Utama Muda (IV/c)", or "Golongan IX".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pangkat {
            Some(pangkat) => write!(f, "{pangkat} ({})", self.golongan),
            None => write!(f, "Golongan {}", self.golongan),
        }
    }
}

/// Why a file of ranks cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RankError {
    /// Not TOML, or not the fields of ranks; the text says line and column.
    #[error("{0}")]
    Syntax(String),
    /// A golongan or pangkat is empty.
    #[error("a golongan or pangkat is empty")]
    Empty,
    /// A golongan is written twice.
    #[error("the golongan {0} is written twice")]
    Twice(String),
}

/// The table of ranks of one version of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranks {
    version: u32,
    pns: Vec<Rank>,
    pppk: Vec<Rank>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RanksFile {
    version: u32,
    pns: Vec<PnsRank>,
    pppk: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PnsRank {
    golongan: String,
    pangkat: String,
}

impl Ranks {
    /// Reads the table.
    pub fn parse(text: &str) -> Result<Self, RankError> {
        let file: RanksFile = toml::from_str(text).map_err(|error| RankError::Syntax(error.to_string()))?;
        let pns = file.pns.into_iter();
        let pns = pns
            .map(|rank| Rank {
                golongan: rank.golongan,
                pangkat: Some(rank.pangkat),
            })
            .collect();
        let pppk = file
            .pppk
            .into_iter()
            .map(|golongan| Rank {
                golongan,
                pangkat: None,
            })
            .collect();
        let ranks = Self {
            version: file.version,
            pns,
            pppk,
        };
        let mut seen = BTreeSet::new();
        for rank in ranks.pns.iter().chain(&ranks.pppk) {
            let empty = |text: &str| text.trim().is_empty();
            if empty(&rank.golongan) || rank.pangkat.as_deref().is_some_and(empty) {
                return Err(RankError::Empty);
            }
            if !seen.insert(&rank.golongan) {
                return Err(RankError::Twice(rank.golongan.clone()));
            }
        }
        Ok(ranks)
    }

    /// The version that the file carries.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Ranks of PNS, lowest first.
    pub fn pns(&self) -> &[Rank] {
        &self.pns
    }

    /// Ranks of PPPK, lowest first.
    pub fn pppk(&self) -> &[Rank] {
        &self.pppk
    }

    /// The rank with this golongan; spaces around it and the case do not matter.
    pub fn find(&self, golongan: &str) -> Option<&Rank> {
        let wanted = golongan.trim();
        self.pns
            .iter()
            .chain(&self.pppk)
            .find(|rank| rank.golongan.eq_ignore_ascii_case(wanted))
    }
}

impl From<RankError> for Unfit {
    fn from(error: RankError) -> Self {
        match error {
            RankError::Syntax(detail) => Self::detail(detail),
            RankError::Empty => UnfitCode::RankEmpty.into(),
            RankError::Twice(golongan) => Self::from(UnfitCode::RankTwice).with("golongan", golongan),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::default_ranks;

    #[test]
    fn the_shipped_table() {
        let ranks = Ranks::parse(default_ranks()).unwrap();
        assert_eq!((ranks.pns().len(), ranks.pppk().len()), (17, 17));
        for (golongan, shown) in [
            ("I/a", "Juru Muda (I/a)"),
            ("ii/D", "Pengatur Tk. I (II/d)"),
            (" III/c ", "Penata (III/c)"),
            ("IV/c", "Pembina Utama Muda (IV/c)"),
            ("IV/e", "Pembina Utama (IV/e)"),
            ("I", "Golongan I"),
            ("XVII", "Golongan XVII"),
        ] {
            assert_eq!(ranks.find(golongan).unwrap().to_string(), shown);
        }
        assert_eq!(ranks.find("IV/f"), None);
        assert_eq!(ranks.find("XVIII"), None);
    }

    #[test]
    fn tables_that_cannot_be_used() {
        let twice = "version = 1\npppk = [\"I\", \"I\"]\npns = []";
        assert_eq!(Ranks::parse(twice), Err(RankError::Twice("I".to_owned())));
        let empty = "version = 1\npppk = []\npns = [{ golongan = \"I/a\", pangkat = \" \" }]";
        assert_eq!(Ranks::parse(empty), Err(RankError::Empty));
        let Err(RankError::Syntax(message)) = Ranks::parse("version = 1\npppk = 3\npns = []") else {
            panic!("a number is no list");
        };
        assert!(message.contains("line 2, column 8"), "{message}");
    }
}
