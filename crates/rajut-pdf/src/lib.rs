//! Official papers: typed data in, PDF bytes out.
//!
//! A [`Paper`] says what a paper says. [`render`] sets it with the Typst compiler that is built into the program
//! and returns the bytes of a PDF/A-2a file, their SHA-256, and the same words as plain text. Templates and fonts
//! are embedded; a render reads no file, no network and no clock, so the same paper gives the same bytes.
//!
//! What this crate hides: Typst, fonts, page geometry, how text of users is kept from being read as markup. What
//! it must not know: where the data comes from, numbers registers, databases, rights. Words of the papers are
//! Indonesian and stand in `templates/`; codes become words there and nowhere else.

mod clean;
mod error;
mod fonts;
pub mod paper;
mod plain;
pub mod samples;
mod typeset;
mod world;

use serde::Serialize;
use sha2::{Digest, Sha256};

pub use error::PaperError;
pub use paper::Paper;

/// Largest picture that a paper accepts, in bytes.
pub const MAX_IMAGE_BYTES: usize = 2 * 1024 * 1024;

/// Longest text in one field, in characters. Longer texts are refused rather than cut.
pub const MAX_FIELD_CHARS: usize = 20_000;

/// A paper that has been set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rendered {
    /// The file, exported as PDF/A-2a.
    #[serde(skip)]
    pub pdf: Vec<u8>,
    /// SHA-256 of `pdf`, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Number of pages.
    pub pages: usize,
    /// The words of the paper in lines and columns, for people without a PDF reader and for the terminal.
    pub text: String,
}

/// Sets a paper.
///
/// Deterministic: the same paper gives the same bytes, on every machine with the same version of the program.
/// Text is printed as typed; control characters and characters that the embedded fonts lack are printed as
/// `[U+XXXX]`.
///
/// # Errors
///
/// [`PaperError`]; a file that Typst cannot export as PDF/A-2a is an error and never returned.
pub fn render(paper: &Paper) -> Result<Rendered, PaperError> {
    let mark = clean::mark(paper)?;
    let data = clean::to_json(paper, mark.as_ref().map(|(_, modules)| *modules))?;
    let image = clean::emblem(paper)?;
    let mark = mark.map(|(grey, _)| grey);
    let typeset::Typeset { pdf, pages, text } = typeset::typeset(paper.template(), data, image, mark)?;
    let sha256 = hex::encode(Sha256::digest(&pdf));
    Ok(Rendered {
        pdf,
        sha256,
        pages,
        text,
    })
}
