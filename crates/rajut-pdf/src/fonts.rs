//! The embedded faces, and which characters they can print.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Family of the embedded faces, as templates name it.
#[cfg(test)]
pub const FAMILY: &str = "Libertinus Serif";

/// The faces, taken from the locked font package by the build script.
const FACES: [&[u8]; 3] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/regular.otf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/bold.otf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/italic.otf")),
];

/// The loaded faces with their index.
pub struct Faces {
    /// What Typst chooses from.
    pub book: LazyHash<FontBook>,
    /// The faces in the order of the book.
    pub fonts: Vec<Font>,
}

/// Loaded once per process.
pub static FONTS: LazyLock<Faces> = LazyLock::new(|| {
    let fonts: Vec<Font> = FACES
        .iter()
        .filter_map(|face| Font::new(Bytes::new(*face), 0))
        .collect();
    Faces {
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// Whether every face has a glyph for the character.
pub fn prints(character: char) -> bool {
    FONTS
        .fonts
        .iter()
        .all(|font| font.info().coverage.contains(u32::from(character)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use typst::text::{FontStyle, FontWeight};

    #[test]
    fn the_build_script_took_the_faces_that_we_mean() {
        let found: Vec<_> = FONTS
            .fonts
            .iter()
            .map(|font| {
                (
                    font.info().family.as_str(),
                    font.info().variant.style,
                    font.info().variant.weight,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (FAMILY, FontStyle::Normal, FontWeight::REGULAR),
                (FAMILY, FontStyle::Normal, FontWeight::BOLD),
                (FAMILY, FontStyle::Italic, FontWeight::REGULAR),
            ]
        );
    }

    #[test]
    fn indonesian_and_sundanese_names_can_be_printed() {
        assert!(
            "Éloknya \u{c9}mpu\u{2013}D\u{2019}Arc, 20 °C ± ≤ ≥ × ²"
                .chars()
                .filter(|c| *c != ' ')
                .all(prints)
        );
        assert!(
            !prints('\u{1b83}'),
            "a character outside the faces must be known to be so"
        );
    }
}
