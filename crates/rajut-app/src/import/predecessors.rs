//! What an office was before, in one cell: `CODE|NAME|DAY|DECREE`, several of them separated by `;`. A separator that
//! is part of a name is written with `\\` before it.

use rajut_core::id::OfficeId;
use rajut_core::register::Predecessor;

use super::names::Names;
use super::problem::{Fault, ProblemCode};
use super::value::{date, free, needed};

/// Splits at `separator`, but not behind a backslash; the backslashes stay.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(&text[begin..at]);
            begin = at + c.len_utf8();
        }
    }
    parts.push(&text[begin..]);
    parts
}

fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.trim().chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '|' | ';') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What a cell says an office was before.
pub(super) fn read(text: &str, office: OfficeId, names: &Names) -> Result<Vec<Predecessor>, Fault> {
    let mut found: Vec<Predecessor> = Vec::new();
    for entry in split(text, ';')
        .into_iter()
        .filter(|entry| !entry.trim().is_empty())
    {
        let parts: Vec<String> = split(entry, '|').into_iter().map(plain).collect();
        let [code, name, since, decree] = parts.as_slice() else {
            return Err(Fault::new(ProblemCode::NotAPredecessor));
        };
        let before = names.offices.id(code)?;
        if before == office {
            return Err(Fault::new(ProblemCode::Cycle).with("path", format!("{code} > {code}")));
        }
        if found.iter().any(|known| known.office == before) {
            return Err(Fault::new(ProblemCode::NotAPredecessor));
        }
        found.push(Predecessor {
            office: before,
            name: needed(name, 200)?,
            since: date(since)?,
            decree: free(decree, 200)?,
        });
    }
    Ok(found)
}

/// The cell.
pub(super) fn write(predecessors: &[Predecessor], names: &Names) -> String {
    let cells: Vec<String> = predecessors
        .iter()
        .map(|before| {
            format!(
                "{}|{}|{}|{}",
                names.offices.code(before.office),
                escaped(&before.name),
                before.since,
                escaped(&before.decree)
            )
        })
        .collect();
    cells.join("; ")
}
