//! Cells that a spreadsheet would run as a formula. Such a cell is written with an apostrophe in front, which
//! spreadsheets hide, and the apostrophe is lifted when the file comes back.

/// Whether a spreadsheet would take the text for a formula. A plain number is none.
fn runs(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    let negative = bare
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    bare.starts_with(['=', '+', '-', '@', '\t', '\r']) && !(negative && bare == text)
}

/// The text as it is written.
pub fn disarmed(text: &str) -> String {
    if runs(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text as it was meant.
pub(super) fn lift(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_come_back() {
        for (text, written) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+62800", "'+62800"),
            ("-1+2", "'-1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("'=1", "''=1"),
            ("-7.3242", "-7.3242"),
            ("-", "'-"),
            ("Jum'at", "Jum'at"),
            ("'tanda", "'tanda"),
            ("", ""),
        ] {
            assert_eq!(disarmed(text), written);
            assert_eq!(lift(&disarmed(text)), text);
        }
    }
}
