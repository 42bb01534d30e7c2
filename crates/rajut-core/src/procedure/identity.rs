//! The identity page of an SOP (Permenpan-RB 35/2012).

use jiff::civil::Date;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use toml::value::Datetime;

/// Page one of an SOP. Empty texts and lists are kept: what is missing is for lint to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Instansi, e.g. the regency.
    #[serde(default)]
    pub agency: String,
    /// Satuan kerja, e.g. the office of communication and informatics.
    #[serde(default)]
    pub unit: String,
    /// Nomor SOP; may be empty in a draft.
    #[serde(default)]
    pub number: String,
    /// Tanggal pembuatan.
    #[serde(default, deserialize_with = "toml_date")]
    pub created: Option<Date>,
    /// Tanggal revisi; a first edition has none.
    #[serde(default, deserialize_with = "toml_date")]
    pub revised: Option<Date>,
    /// Tanggal efektif.
    #[serde(default, deserialize_with = "toml_date")]
    pub effective: Option<Date>,
    /// Disahkan oleh.
    #[serde(default)]
    pub approver: Approver,
    /// Judul SOP.
    #[serde(default)]
    pub title: String,
    /// Dasar hukum, one regulation per entry, as written.
    #[serde(default)]
    pub legal_basis: Vec<String>,
    /// Kualifikasi pelaksana.
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// Keterkaitan: titles of other SOPs.
    #[serde(default)]
    pub related: Vec<String>,
    /// Peralatan / perlengkapan.
    #[serde(default)]
    pub equipment: Vec<String>,
    /// Peringatan.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Pencatatan dan pendataan.
    #[serde(default)]
    pub records: Vec<String>,
}

/// Who put the SOP in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Jabatan.
    #[serde(default)]
    pub position: String,
    /// Nama with titles, as printed.
    #[serde(default)]
    pub name: String,
    /// Pangkat.
    #[serde(default)]
    pub rank: String,
    /// NIP as printed, spaces and all.
    #[serde(default)]
    pub nip: String,
}

/// Reads a TOML local date (`2021-01-04`); a time of day is refused.
fn toml_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let found = Datetime::deserialize(deserializer)?;
    let wrong = || D::Error::custom(format!("{found}, expected a date such as 2021-01-04"));
    match (found.date, found.time, found.offset) {
        (Some(date), None, None) => {
            let number = |part: u8| i8::try_from(part).map_err(|_| wrong());
            let year = i16::try_from(date.year).map_err(|_| wrong())?;
            Date::new(year, number(date.month)?, number(date.day)?)
                .map(Some)
                .map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}
