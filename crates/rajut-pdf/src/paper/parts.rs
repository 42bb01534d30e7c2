//! Parts that several papers share.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// What every paper carries: page, letterhead, place, number and date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Size of the page.
    pub page: PageSize,
    /// Head of the letter.
    pub letterhead: Letterhead,
    /// Place of signing, for example `Ciamis`.
    pub place: String,
    /// Zone that the times of the paper are written in; they are already local.
    pub zone: Zone,
    /// Draft, or issued under a number and a date.
    pub standing: Standing,
    /// Text that a holder types to check the paper (`kode pemeriksaan dokumen`). It is our own code and says
    /// nothing about a certified electronic signature.
    pub check_code: Option<String>,
    /// What the QR code at the foot holds.
    #[serde(default)]
    pub mark: Option<String>,
    /// A copy on which personal values are masked; every page says so.
    #[serde(default)]
    pub masked: bool,
}

/// Page sizes in use in Indonesian offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageSize {
    /// 210 x 297 mm.
    A4,
    /// Folio, 215 x 330 mm.
    F4,
}

/// Time zones of Indonesia; they know no summer time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Zone {
    /// UTC+7.
    Wib,
    /// UTC+8.
    Wita,
    /// UTC+9.
    Wit,
}

/// Whether the paper is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Not issued: the paper is marked so on every page, and number and date stay open unless known.
    Draft {
        /// A number that is already reserved.
        number: Option<String>,
        /// The intended date.
        date: Option<Date>,
        /// The day the draft was written. It is not printed; a PDF/A file has to carry a date.
        written: Date,
    },
    /// Issued.
    Issued {
        /// Number in the register; some sheets have none.
        number: Option<String>,
        /// Date of the paper, in the agency's zone.
        date: Date,
    },
}

/// Head of the letter (kop).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letterhead {
    /// The emblem; without one its place is left as an empty box.
    pub emblem: Option<Emblem>,
    /// First line, for example `PEMERINTAH KABUPATEN CIAMIS`.
    pub government: String,
    /// Second and largest line, for example `DINAS KOMUNIKASI DAN INFORMATIKA`.
    pub agency: String,
    /// Street, telephone, site and postal code, one entry per line.
    pub address: Vec<String>,
}

/// A picture of the emblem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Emblem {
    /// What it shows, for readers who do not see it.
    pub description: String,
    /// How the bytes are coded.
    pub format: ImageFormat,
    /// The file; at most [`MAX_IMAGE_BYTES`](crate::MAX_IMAGE_BYTES).
    #[serde(with = "hex::serde")]
    pub bytes: Vec<u8>,
}

/// Kinds of pictures that papers accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageFormat {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
}

/// Who signs. The caller has already chosen the assignment in force on the date of the paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Lines above the name: one for an own signature, `Plt.` or `Plh.`; with `a.n.` the superior's title first,
    /// then `u.b.` if any, then the signer's own.
    pub titles: Vec<String>,
    /// Name of the signer.
    pub name: String,
    /// Rank (pangkat), where the form wants it.
    pub rank: Option<String>,
    /// NIP as it is to be printed (groups of 8, 6, 1, 3), where the form wants it.
    pub nip: Option<String>,
}

/// One paraf of the hierarchy on a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Initial {
    /// Post of the one who initials.
    pub post: String,
    /// Name.
    pub name: String,
    /// When it was given; open when `None`.
    pub at: Option<DateTime>,
}

/// A person as letters name one. Address and telephone are not part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Name with titles.
    pub name: String,
    /// Rank and grade, for example `Penata Muda (III/a)`; none for people outside the civil service.
    pub rank: Option<String>,
    /// NIP as it is to be printed; none for people outside the civil service.
    pub nip: Option<String>,
    /// Post.
    pub post: String,
    /// Part in the team, where there is one.
    pub role: Option<Role>,
}

/// Part of a person in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Ketua.
    Leader,
    /// Anggota.
    Member,
    /// Pengemudi.
    Driver,
}

/// Address and telephone of a person. Personal data that stays in the unit (UU 27/2022): papers hold them only in
/// an annex of their own, which the caller leaves out of copies for others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactLine {
    /// Name.
    pub name: String,
    /// NIP as printed, if any.
    pub nip: Option<String>,
    /// Home address.
    pub address: String,
    /// Telephone.
    pub phone: String,
}

/// One site in a scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteLine {
    /// Name of the site.
    pub site: String,
    /// Office (perangkat daerah) that is served there.
    pub office: String,
    /// Kecamatan.
    pub district: Option<String>,
    /// Team that goes there.
    pub team: Option<String>,
    /// Planned day.
    pub planned: Option<Date>,
    /// Last day.
    pub due: Option<Date>,
}

/// Another paper, as papers cite it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Its subject.
    pub subject: String,
}

/// Verdict on a complaint after a look on site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Terbukti.
    Proven,
    /// Tidak ditemukan.
    NotFound,
    /// Sudah pulih sendiri.
    Recovered,
    /// Duplikat.
    Duplicate,
    /// Bukan kewenangan.
    NotOurs,
    /// Perlu eskalasi.
    Escalate,
}

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tidak ada.
    None,
    /// Bersihkan.
    Clean,
    /// Konfigurasi.
    Configure,
    /// Perbaiki.
    Repair,
    /// Ganti.
    Replace,
    /// Eskalasi.
    Escalate,
}
