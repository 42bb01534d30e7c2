//! Where in the file each thing stands, so that lint and errors can point at it.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in a text, both counted from one; columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    /// The place of a byte offset in a text.
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Self {
            line: count(before.bytes().filter(|b| *b == b'\n').count()),
            column: count(before[line_start..].chars().count()),
        }
    }
}

/// Paths of the document (`steps.laporan.next`) to places. A table in a list goes by its `id`, `code` or
/// `term` where it has one, otherwise by its position from zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lines(BTreeMap<String, Place>);

impl Lines {
    /// Walks a parsed document.
    pub(super) fn of(text: &str, document: &DeTable<'_>) -> Self {
        let mut lines = Self::default();
        lines.table("", text, document);
        lines
    }

    /// The place of a path, or of the nearest thing around it that stands in the file.
    pub(super) fn find(&self, path: &str) -> Place {
        let mut rest = path;
        loop {
            if let Some(place) = self.0.get(rest) {
                return *place;
            }
            match rest.rfind('.') {
                Some(dot) => rest = &rest[..dot],
                None => return Place { line: 1, column: 1 },
            }
        }
    }

    fn table(&mut self, prefix: &str, text: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = join(prefix, key.get_ref());
            self.0.insert(path.clone(), Place::of(text, key.span().start));
            self.value(&path, text, value);
        }
    }

    fn value(&mut self, path: &str, text: &str, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(path, text, table),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let name = item
                        .get_ref()
                        .as_table()
                        .and_then(name)
                        .unwrap_or_else(|| index.to_string());
                    let path = join(path, &name);
                    // Two entries of one name: the first keeps the place, the second is reported by index.
                    let path = if self.0.contains_key(&path) {
                        join(&path, &format!("#{index}"))
                    } else {
                        path
                    };
                    self.0.insert(path.clone(), Place::of(text, item.span().start));
                    self.value(&path, text, item);
                }
            }
            _ => {}
        }
    }
}

fn name(table: &DeTable<'_>) -> Option<String> {
    ["id", "code", "term"].iter().find_map(|key| {
        table
            .iter()
            .find(|(k, _)| k.get_ref() == key)
            .and_then(|(_, v)| v.get_ref().as_str().map(str::to_owned))
    })
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_lines_and_fall_back_to_what_is_around_them() {
        let text = "title = \"é\"\n[[steps]]\nid = \"a\"\n[[steps.exits]]\ncode = \"ya\"\n  to = \"end\"\n";
        let document = DeTable::parse(text).unwrap();
        let lines = Lines::of(text, document.get_ref());
        let at = |path| (lines.find(path).line, lines.find(path).column);
        assert_eq!(at("title"), (1, 1));
        assert_eq!(at("steps.a.id"), (3, 1));
        assert_eq!(at("steps.a.exits.ya.to"), (6, 3));
        assert_eq!(at("steps.a.activity"), (2, 1));
        assert_eq!(at("nothing.at.all"), (1, 1));
        assert_eq!(Place::of(text, 11), Place { line: 1, column: 11 });
    }
}
