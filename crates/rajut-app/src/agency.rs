//! The agency's set-up file: names, letterhead, zone, lanes, limits, monitoring.

use std::collections::BTreeMap;

use rajut_core::act::{Unfit, UnfitCode};
use rajut_core::calendar::Zone;
use rajut_core::flow::Agency;
use rajut_core::people::Post;
use rajut_core::procedure::{LaneId, ProcedureCode};
use serde::Deserialize;

/// The agency as it has set itself up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyFile {
    /// Zone of its clocks.
    pub zone: Zone,
    /// Where letters are dated.
    pub place: String,
    /// What letters bear on top.
    pub letterhead: Letterhead,
    /// The procedures in use.
    pub procedures: InUse,
    /// Lanes bound to posts: procedure -> lane -> code of the post.
    #[serde(default)]
    pub lanes: BTreeMap<ProcedureCode, BTreeMap<LaneId, String>>,
    /// Limits.
    #[serde(default)]
    pub limits: Limits,
    /// Monitoring.
    #[serde(default)]
    pub monitoring: Monitoring,
    /// Papers.
    #[serde(default)]
    pub papers: Papers,
}

/// The longest address in a QR code that a phone still reads from paper.
const MOST_ADDRESS: usize = 120;

/// How papers are made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Papers {
    /// The address of the page that checks a paper, as phones reach it: a scanned QR code leads there. Empty, the code
    /// holds the mark alone, to be pasted.
    pub check_page: String,
}

/// What letters bear on top.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letterhead {
    /// First line: the government.
    pub government: String,
    /// Second line: the agency.
    pub agency: String,
    /// Lines of the address.
    pub address: Vec<String>,
}

/// Which procedure does what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InUse {
    /// The routine check.
    pub routine: ProcedureCode,
    /// Complaints.
    pub complaint: ProcedureCode,
}

/// Limits of what is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Minutes by which a device's clock may run ahead.
    pub clock_skew_minutes: u32,
    /// Working days within which a verbal order must be written.
    pub verbal_days: u32,
    /// The longest free text, in characters.
    pub text: usize,
    /// The largest attachment, in bytes.
    pub attachment: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clock_skew_minutes: 5,
            verbal_days: 3,
            text: 10_000,
            attachment: 25 * 1024 * 1024,
        }
    }
}

/// How registered devices are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Monitoring {
    /// Minutes between two looks; 0 turns them off.
    pub every_minutes: u32,
    /// Failures in a row that mean "without connection".
    pub failures: u32,
}

impl Default for Monitoring {
    fn default() -> Self {
        Self {
            every_minutes: 5,
            failures: 3,
        }
    }
}

/// What an agency calls itself on its papers, and by which clock it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Zone of its clocks.
    pub zone: Zone,
    /// Where letters are dated.
    pub place: String,
    /// First line of the letterhead.
    pub government: String,
    /// Second line.
    pub agency: String,
    /// Lines of the address.
    pub address: Vec<String>,
}

impl Identity {
    /// The identity that stands in a file.
    pub fn of(file: &AgencyFile) -> Self {
        Self {
            zone: file.zone,
            place: file.place.clone(),
            government: file.letterhead.government.clone(),
            agency: file.letterhead.agency.clone(),
            address: file.letterhead.address.clone(),
        }
    }
}

impl AgencyFile {
    /// The text of a file with another identity; whatever else stands in it stays, comments too.
    ///
    /// # Errors
    /// Where the text or what comes of it is no agency's file.
    pub fn rewrite(text: &str, identity: &Identity) -> Result<String, Unfit> {
        toml::from_str::<Self>(text).map_err(|error| Unfit::toml(text, &error))?;
        // What one reader of TOML takes the other takes too.
        let mut file: toml_edit::DocumentMut = text
            .parse()
            .map_err(|_| Unfit::from(UnfitCode::NotUnderstood).with("value", "agency"))?;
        let told = |text: &str| toml_edit::value(text.trim());
        // A value stands behind its key, the comment before it: only the value is replaced.
        file["zone"] = told(identity.zone.abbreviation());
        file["place"] = told(&identity.place);
        file["letterhead"]["government"] = told(&identity.government);
        file["letterhead"]["agency"] = told(&identity.agency);
        let lines = identity.address.iter().map(|line| line.trim());
        let lines: toml_edit::Array = lines.filter(|line| !line.is_empty()).collect();
        file["letterhead"]["address"] = toml_edit::value(lines);
        let text = file.to_string();
        Self::parse(&text)?;
        Ok(text)
    }

    /// A file to fill in: commented, and of no agency in particular.
    pub const TEMPLATE: &str = include_str!("../../../data/agency.template.toml");

    /// Reads a set-up file.
    pub fn parse(text: &str) -> Result<Self, Unfit> {
        let file: Self = toml::from_str(text).map_err(|error| Unfit::toml(text, &error))?;
        // The template leaves these empty: a letter would go out without a head.
        for (field, text) in [
            ("place", &file.place),
            ("letterhead.government", &file.letterhead.government),
            ("letterhead.agency", &file.letterhead.agency),
        ] {
            if text.trim().is_empty() {
                return Err(Unfit::from(UnfitCode::FieldEmpty).with("field", field));
            }
        }
        if file.monitoring.failures == 0 {
            return Err(UnfitCode::MonitoringFailures.into());
        }
        let page = &file.papers.check_page;
        let address = page.starts_with("https://") || page.starts_with("http://");
        let plain = page.chars().all(|c| c.is_ascii_graphic() && !"?#\"".contains(c));
        let usable = address && plain && page.len() <= MOST_ADDRESS;
        if !page.is_empty() && !usable {
            let form = "papers.check_page = \"https://jaringan.contoh.go.id/periksa-naskah\"";
            return Err(Unfit::from(UnfitCode::WriteAs).with("form", form));
        }
        Ok(file)
    }

    /// As the rules need it. A lane is bound once its post exists: before the first posts are entered nobody
    /// can act anyway.
    pub fn rules(&self, posts: &[&Post]) -> Agency {
        let bound = |(procedure, lanes): (&ProcedureCode, &BTreeMap<LaneId, String>)| {
            let procedure = procedure.clone();
            lanes
                .iter()
                .filter_map(|(lane, code)| Some((lane, posts.iter().find(|post| post.code == *code)?)))
                .map(|(lane, post)| ((procedure.clone(), lane.clone()), post.id))
                .collect::<Vec<_>>()
        };
        Agency {
            zone: self.zone,
            lanes: self.lanes.iter().flat_map(bound).collect(),
            clock_skew_ms: i64::from(self.limits.clock_skew_minutes) * 60_000,
            verbal_days: self.limits.verbal_days,
            text_limit: self.limits.text,
            ..Agency::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../../data/demo/agency.toml");

    #[test]
    fn the_sample_is_read_and_mistakes_are_named() {
        let file = AgencyFile::parse(DEMO).unwrap();
        assert_eq!(file.zone, Zone::Wib);
        let error = AgencyFile::parse(&DEMO.replace("zone = \"WIB\"", "zone = \"GMT\"")).unwrap_err();
        assert!(
            error.line() == Some(3) && error.to_string().contains("WITA"),
            "{error}"
        );
        let error = AgencyFile::parse(&DEMO.replace("place = \"Ciamis\"", "place = \" \"")).unwrap_err();
        assert!(
            error.to_string().contains("field_empty field=\"place\""),
            "{error}"
        );
        let error = AgencyFile::parse(&DEMO.replace("failures = 3", "failures = 0")).unwrap_err();
        assert!(error.to_string().contains("failures"), "{error}");
    }

    #[test]
    fn a_code_leads_to_an_address_or_to_none() {
        let with = |page: &str| AgencyFile::parse(&format!("{DEMO}\n[papers]\ncheck_page = \"{page}\"\n"));
        let page = "https://jaringan.contoh.go.id/periksa-naskah";
        assert_eq!(with(page).unwrap().papers.check_page, page);
        assert_eq!(AgencyFile::parse(DEMO).unwrap().papers.check_page, "");
        let long = format!("https://{}", "a".repeat(200));
        for wrong in [
            "jaringan.contoh.go.id",
            "javascript:alert(1)",
            "https://a b",
            "https://a?b=c",
            &long,
        ] {
            let error = with(wrong).unwrap_err();
            assert!(
                error.to_string().contains("papers.check_page"),
                "{wrong}: {error}"
            );
        }
    }

    #[test]
    fn the_template_is_refused_until_it_is_filled_in_and_names_no_agency() {
        let error = AgencyFile::parse(AgencyFile::TEMPLATE).unwrap_err();
        assert!(
            error.to_string().contains("field_empty field=\"place\""),
            "{error}"
        );
        let filled = AgencyFile::TEMPLATE.replace("= \"\"", "= \"Contoh\"");
        let file = AgencyFile::parse(&filled).unwrap();
        assert_eq!(file.letterhead.agency, "Contoh");
        for name in ["ciamis", "0265", "sindangrasa"] {
            assert!(!AgencyFile::TEMPLATE.to_lowercase().contains(name), "{name}");
        }
    }
}
