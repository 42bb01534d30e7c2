//! How a number is written: `{klasifikasi}/{urut:3}/{unit}/{bulan}/{tahun}` and the like, as data.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Deserialize;

use crate::act::{Unfit, UnfitCode};

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The place in the register, padded with zeros to this width.
    Sequence(usize),
    /// Roman month of the document's date.
    Month,
    Year,
}

/// The way in which the numbers of one register are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTemplate {
    parts: Vec<Part>,
}

/// A template that cannot give distinct numbers, or is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A placeholder is unknown.
    #[error(
        "{template:?}: {{{found}}} is not known; use {{urut}}, {{urut:N}}, {{bulan}}, {{tahun}} or a name of [values]"
    )]
    Unknown {
        /// The template.
        template: String,
        /// The placeholder.
        found: String,
    },
    /// Without sequence or year two records would share a number.
    #[error("{template:?}: {{{missing}}} is missing, numbers would repeat")]
    Repeats {
        /// The template.
        template: String,
        /// What is missing.
        missing: &'static str,
    },
    /// A brace is left open.
    #[error("{template:?}: a {{ is never closed")]
    Open {
        /// The template.
        template: String,
    },
    /// The file is not TOML of the expected shape.
    #[error("numbers file: {0}")]
    File(Unfit),
}

impl NumberTemplate {
    /// Reads a template; `values` are the fixed names (classification, unit).
    pub fn parse(template: &str, values: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some(start) = rest.find('{') {
            if start > 0 {
                parts.push(Part::Text(rest[..start].to_owned()));
            }
            let Some(len) = rest[start..].find('}') else {
                return Err(TemplateError::Open {
                    template: template.to_owned(),
                });
            };
            let name = &rest[start + 1..start + len];
            let unknown = || TemplateError::Unknown {
                template: template.to_owned(),
                found: name.to_owned(),
            };
            parts.push(match name {
                "urut" => Part::Sequence(0),
                "bulan" => Part::Month,
                "tahun" => Part::Year,
                _ => match name.strip_prefix("urut:") {
                    Some(width) => Part::Sequence(
                        width
                            .parse()
                            .ok()
                            .filter(|width| *width <= 9)
                            .ok_or_else(unknown)?,
                    ),
                    None => Part::Text(values.get(name).ok_or_else(unknown)?.clone()),
                },
            });
            rest = &rest[start + len + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let repeats = |missing| TemplateError::Repeats {
            template: template.to_owned(),
            missing,
        };
        if !parts.iter().any(|part| matches!(part, Part::Sequence(_))) {
            return Err(repeats("urut"));
        }
        if !parts.contains(&Part::Year) {
            return Err(repeats("tahun"));
        }
        Ok(Self { parts })
    }

    /// The number at place `seq` for a document of `date`.
    pub fn write(&self, seq: u32, date: Date) -> String {
        let mut text = String::new();
        for part in &self.parts {
            // Writing to a String cannot fail.
            let _ = match part {
                Part::Text(fixed) => text.write_str(fixed),
                Part::Sequence(width) => write!(text, "{seq:0width$}"),
                Part::Month => text.write_str(crate::words::roman_month(date)),
                Part::Year => write!(text, "{}", date.year()),
            };
        }
        text
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    values: BTreeMap<String, String>,
    templates: BTreeMap<String, String>,
}

/// The templates of all registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    by_register: BTreeMap<String, NumberTemplate>,
}

impl Templates {
    /// Reads `[values]` and `[templates]`.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let file: File =
            toml::from_str(text).map_err(|error| TemplateError::File(Unfit::toml(text, &error)))?;
        let by_register = file
            .templates
            .iter()
            .map(|(register, template)| {
                Ok((register.clone(), NumberTemplate::parse(template, &file.values)?))
            })
            .collect::<Result<_, TemplateError>>()?;
        Ok(Self { by_register })
    }

    /// The template of one register.
    pub fn get(&self, register: &str) -> Option<&NumberTemplate> {
        self.by_register.get(register)
    }
}

impl From<TemplateError> for Unfit {
    fn from(error: TemplateError) -> Self {
        let of = |code: UnfitCode, template: String| Self::from(code).with("template", template);
        match error {
            TemplateError::Unknown { template, found } => {
                of(UnfitCode::TemplateUnknown, template).with("found", found)
            }
            TemplateError::Repeats { template, missing } => {
                of(UnfitCode::TemplateRepeats, template).with("missing", missing)
            }
            TemplateError::Open { template } => of(UnfitCode::TemplateOpen, template),
            TemplateError::File(fault) => fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_are_written_as_their_template_says() {
        let values = BTreeMap::from([
            ("klasifikasi".to_owned(), "800.1.11.1".to_owned()),
            ("unit".to_owned(), "Diskominfo.3".to_owned()),
        ]);
        let cases = [
            (
                "{klasifikasi}/{urut}/{unit}/{tahun}",
                73,
                "800.1.11.1/73/Diskominfo.3/2026",
            ),
            (
                "{klasifikasi}/{urut:3}/{unit}/{bulan}/{tahun}",
                7,
                "800.1.11.1/007/Diskominfo.3/XI/2026",
            ),
            ("ADU-{tahun}-{urut:5}", 1, "ADU-2026-00001"),
            ("ADU-{tahun}-{urut:5}", 123_456, "ADU-2026-123456"),
        ];
        for (template, seq, expected) in cases {
            let template = NumberTemplate::parse(template, &values).unwrap();
            assert_eq!(template.write(seq, date(2026, 11, 23)), expected);
        }
    }

    #[test]
    fn templates_that_would_repeat_are_refused() {
        let none = BTreeMap::new();
        for (template, part) in [
            ("A/{tahun}", "urut"),
            ("A/{urut}", "tahun"),
            ("{x}/{urut}/{tahun}", "{x}"),
            ("{urut", "never"),
        ] {
            let error = NumberTemplate::parse(template, &none).unwrap_err().to_string();
            assert!(error.contains(part), "{template}: {error}");
        }
    }
}
