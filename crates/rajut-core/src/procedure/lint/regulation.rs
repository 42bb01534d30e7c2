//! Regulations that a legal basis should no longer cite as they stood.

use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use super::words;
use crate::procedure::ProcedureFileError;

/// The shipped list; an agency may keep a longer one in its settings.
pub const DEFAULT_REGULATIONS: &str = include_str!("../../../../../data/regulations.toml");

/// A regulation that was repealed or amended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulation {
    /// Its usual short name: "UU 11/2008".
    pub name: String,
    /// Its number.
    pub number: u32,
    /// Its year.
    pub year: u32,
    /// Phrases of which a citation holds at least one: kinds ("undang-undang") or subjects. A subject also
    /// finds a citation whose kind is misspelt.
    pub phrases: Vec<String>,
    /// What became of it.
    pub status: RegulationStatus,
    /// By what.
    pub by: Vec<String>,
}

/// What became of a regulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegulationStatus {
    /// No longer in force.
    Repealed,
    /// In force as amended.
    Amended,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    regulations: Vec<Regulation>,
}

/// Reads a list of regulations from TOML.
pub fn parse_regulations(text: &str) -> Result<Vec<Regulation>, ProcedureFileError> {
    let wrong = |error: &toml::de::Error| ProcedureFileError::from_toml(text, error);
    let document = DeTable::parse(text).map_err(|error| wrong(&error))?;
    let file = File::deserialize(Deserializer::from(document)).map_err(|error| wrong(&error))?;
    Ok(file.regulations)
}

impl Regulation {
    /// Whether a line of the legal basis cites it: "... Nomor 11 Tahun 2008 ..." or "UU 11/2008".
    pub(super) fn is_cited_by(&self, citation: &str) -> bool {
        let words: Vec<String> = words(citation).collect();
        let numbered = words
            .windows(2)
            .any(|pair| pair == [self.number.to_string(), self.year.to_string()])
            || words
                .windows(3)
                .any(|three| three == [self.number.to_string(), "tahun".to_owned(), self.year.to_string()]);
        let sentence = format!(" {} ", words.join(" "));
        numbered
            && self
                .phrases
                .iter()
                .any(|phrase| sentence.contains(&format!(" {} ", phrase.to_lowercase())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_found_in_their_usual_spellings_only() {
        let list = parse_regulations(DEFAULT_REGULATIONS).unwrap();
        let cited = |text| {
            list.iter()
                .filter(|r| r.is_cited_by(text))
                .map(|r| r.name.as_str())
                .collect::<Vec<_>>()
        };
        for text in [
            "UU 11/2008",
            "Undang-undang Nomor 11 Tahun 2008 Tentang ITE",
            "UU No. 11 Tahun 2008",
        ] {
            assert_eq!(cited(text), ["UU 11/2008"], "{text}");
        }
        for text in ["UU 11/2009", "UU 111/2008", "Perpres 11/2008", "UU 14 Tahun 2008"] {
            assert!(cited(text).is_empty(), "{text}");
        }
        let misspelt =
            "Peraturan Kominsi Informasi Nomor 1 Tahun 2010 Tentang Standar Layanan Informasi Publik";
        assert_eq!(cited(misspelt), ["PerKI 1/2010"]);
    }

    #[test]
    fn a_malformed_list_tells_where() {
        let error = parse_regulations("[[regulations]]\nname = 1\n").unwrap_err();
        assert_eq!((error.line, error.column), (2, 8));
    }
}
