//! From a paper to the JSON that its template reads.
//!
//! Templates receive text as Typst strings, which Typst never reads as markup. What is left to do here is to keep
//! out characters that no printer can show: they become `[U+XXXX]`, visible to whoever signs.

use qrcode::{EcLevel, QrCode};
use serde_json::Value;
use typst::foundations::Bytes;

use crate::paper::{Emblem, ImageFormat};
use crate::{MAX_FIELD_CHARS, MAX_IMAGE_BYTES, Paper, PaperError, fonts};

/// From this length on a run without a space may be broken anywhere, so that it stays inside its cell.
const LONG_WORD: usize = 26;

/// From this length on (in characters) a text may need more than a page in a narrow cell.
const LONG_TEXT: usize = 600;

/// Lets Typst break a line without printing anything.
pub const BREAK_HERE: char = '\u{200b}';

/// The paper as JSON with every text made printable. The bytes of the emblem are not in it: templates load it
/// from [`world::EMBLEM`](crate::world::EMBLEM).
pub fn to_json(paper: &Paper, modules: Option<usize>) -> Result<Vec<u8>, PaperError> {
    let mut value = serde_json::to_value(paper).map_err(|error| PaperError::Data(error.to_string()))?;
    if let Some(bytes) = value.pointer_mut("/sheet/letterhead/emblem/bytes") {
        *bytes = Value::Null;
    }
    let mut cleaner = Cleaner {
        path: Vec::new(),
        longest: 0,
    };
    cleaner.value(&mut value)?;
    // Templates take the picture of the code from the world, and need to know only how many modules it has.
    value["sheet"]["mark"] = serde_json::json!(modules);
    // Rows of tables stay whole on a page unless a text is so long that a row might not fit on one.
    value["sheet"]["long_text"] = Value::Bool(cleaner.longest > LONG_TEXT);
    serde_json::to_vec(&value).map_err(|error| PaperError::Data(error.to_string()))
}

/// The emblem, checked as far as its first bytes show what it is.
pub fn emblem(paper: &Paper) -> Result<Option<Bytes>, PaperError> {
    let Some(Emblem { format, bytes, .. }) = &paper.sheet().letterhead.emblem else {
        return Ok(None);
    };
    let refuse = |why| {
        Err(PaperError::Image {
            why,
            max: MAX_IMAGE_BYTES,
        })
    };
    if bytes.len() > MAX_IMAGE_BYTES {
        return refuse("the file is too large");
    }
    let magic: &[u8] = match format {
        ImageFormat::Png => b"\x89PNG\r\n\x1a\n",
        ImageFormat::Jpeg => b"\xff\xd8\xff",
    };
    if !bytes.starts_with(magic) {
        return refuse("the file is not a picture of the kind it claims to be");
    }
    Ok(Some(Bytes::new(bytes.clone())))
}

/// The QR code of a paper, one byte of grey for each module, and how many modules a side has.
///
/// # Errors
/// [`PaperError::Data`] where it holds more than a code can.
pub fn mark(paper: &Paper) -> Result<Option<(Bytes, usize)>, PaperError> {
    let Some(text) = &paper.sheet().mark else {
        return Ok(None);
    };
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| PaperError::Data(format!("sheet.mark: {error}")))?;
    let modules = code.width();
    let grey: Vec<u8> = code
        .to_colors()
        .into_iter()
        .map(|colour| colour.select(0, 255))
        .collect();
    Ok(Some((Bytes::new(grey), modules)))
}

/// Walks over the data, remembering where it is for the message of an error.
struct Cleaner {
    path: Vec<String>,
    longest: usize,
}

impl Cleaner {
    fn value(&mut self, value: &mut Value) -> Result<(), PaperError> {
        match value {
            Value::String(text) => {
                let chars = text.chars().count();
                if chars > MAX_FIELD_CHARS {
                    let field = self.path.join(".");
                    return Err(PaperError::TooLong {
                        field,
                        chars,
                        max: MAX_FIELD_CHARS,
                    });
                }
                self.longest = self.longest.max(chars);
                if let Some(cleaned) = clean_text(text) {
                    *text = cleaned;
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.within(index.to_string(), item)?;
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    self.within(name.clone(), field)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(())
    }

    fn within(&mut self, step: String, value: &mut Value) -> Result<(), PaperError> {
        self.path.push(step);
        self.value(value)?;
        self.path.pop();
        Ok(())
    }
}

/// The text as it can be printed, or `None` when it can be printed as it is.
fn clean_text(text: &str) -> Option<String> {
    let plain = |c: char| c == ' ' || c == '\n' || c.is_ascii_graphic();
    if text.chars().all(plain) && text.split([' ', '\n']).all(|word| word.len() < LONG_WORD) {
        return None;
    }
    let mut visible = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // Line ends of any system are line ends.
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' | '\n' => visible.push('\n'),
            '\t' | '\u{a0}' => visible.push(' '),
            c if is_printable(c) => visible.push(c),
            c => visible.extend(format!("[U+{:04X}]", u32::from(c)).chars()),
        }
    }
    Some(break_long_words(&visible))
}

/// Private-use characters have no agreed meaning (PDF/A refuses them), and format characters (direction marks,
/// zero-width ones) can make a line read differently from what it holds: both are shown by number.
fn is_printable(c: char) -> bool {
    let private = matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF);
    let format = matches!(u32::from(c),
        0xAD | 0x061C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFF | 0xE0000..=0xE0FFF);
    !c.is_control() && !private && !format && (c == ' ' || fonts::prints(c))
}

/// Lets a long word break behind its punctuation, and anywhere in a part that is itself long.
fn break_long_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for word in text.split_inclusive([' ', '\n']) {
        if word.chars().count() <= LONG_WORD {
            out.push_str(word);
            continue;
        }
        for part in word.split_inclusive(['/', '-', '_', '.', ',', '@', ':']) {
            let long = part.chars().count() > LONG_WORD;
            for (index, c) in part.chars().enumerate() {
                if long && index > 0 && !c.is_whitespace() && !is_combining(c) {
                    out.push(BREAK_HERE);
                }
                out.push(c);
            }
            if !part.ends_with([' ', '\n']) {
                out.push(BREAK_HERE);
            }
        }
    }
    out
}

/// Marks that belong to the letter before them.
fn is_combining(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        clean_text(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn text_is_kept_and_what_cannot_be_printed_is_shown_by_number() {
        for (given, expected) in [
            (
                "*bold* #import \"x\" $x$ <tag> \\ `raw`",
                "*bold* #import \"x\" $x$ <tag> \\ `raw`",
            ),
            ("a\u{7}b\u{0}c\u{1b}[31m", "a[U+0007]b[U+0000]c[U+001B][31m"),
            ("satu\r\ndua\rtiga\nempat", "satu\ndua\ntiga\nempat"),
            ("kolom\tdua\u{a0}x", "kolom dua x"),
            ("\u{202e}kanan", "[U+202E]kanan"),
            ("\u{200b}\u{feff}\u{ad}", "[U+200B][U+FEFF][U+00AD]"),
            ("\u{1f600} \u{e000} 中", "[U+1F600] [U+E000] [U+4E2D]"),
            ("Émilie \u{2018}D\u{2019}", "Émilie \u{2018}D\u{2019}"),
            ("e\u{301}", "e\u{301}"),
        ] {
            assert_eq!(cleaned(given).replace(BREAK_HERE, ""), expected);
        }
    }

    #[test]
    fn only_a_long_run_may_be_broken_anywhere() {
        assert_eq!(
            cleaned("pertanggungjawaban penyelenggaraan"),
            "pertanggungjawaban penyelenggaraan"
        );
        let long = "x".repeat(LONG_WORD + 1);
        assert_eq!(cleaned(&long).matches(BREAK_HERE).count(), LONG_WORD + 1);
        let number = cleaned("100.3.5/012/DISKOMINFO/X/2026");
        assert_eq!(
            number.replace(BREAK_HERE, "|"),
            "100.|3.|5/|012/|DISKOMINFO/|X/|2026|"
        );
    }
}
