//! What can go wrong when a paper is set.

use thiserror::Error;

/// Why a paper was not made. Nothing is returned in that case, not even a part.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaperError {
    /// A template is faulty, or meets data that it cannot print.
    #[error("{template}:{line}:{column}: {message}")]
    Template {
        /// File name of the template.
        template: String,
        /// Line, from 1; 0 when the compiler gave no place.
        line: usize,
        /// Column in characters, from 1; 0 when the compiler gave no place.
        column: usize,
        /// What the compiler said, with its hints.
        message: String,
    },
    /// The paper cannot be exported as PDF/A-2a.
    #[error("{template}: not exportable as PDF/A-2a: {message}")]
    Conformance {
        /// File name of the template.
        template: String,
        /// What the exporter said, with its hints.
        message: String,
    },
    /// A field holds more text than a paper can carry; shorten it.
    #[error("{field}: {chars} characters, at most {max} are printed; shorten the text")]
    TooLong {
        /// Path of the field, for example `sites.3.office`.
        field: String,
        /// Its length in characters.
        chars: usize,
        /// The limit.
        max: usize,
    },
    /// The emblem cannot be used; choose a PNG or JPEG file of at most 2 MB.
    #[error("emblem: {why}; choose a PNG or JPEG file of at most {max} bytes")]
    Image {
        /// What is wrong with it.
        why: &'static str,
        /// The limit in bytes.
        max: usize,
    },
    /// The data could not be written as JSON (a number that is not finite, for example).
    #[error("the data of the paper cannot be written down: {0}")]
    Data(String),
}
