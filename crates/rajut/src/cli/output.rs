//! What a command prints: tables for people, JSON and CSV for programs.

use std::io::{IsTerminal as _, Write as _};

use clap::ValueEnum;
use rajut_app::import::disarmed;
use serde::Serialize;

use crate::problem::{Problem, Told};
use crate::rim;
use crate::words::{Language, Words};

/// How data are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns.
    Table,
    /// JSON, one value.
    Json,
    /// Comma-separated values with a header.
    Csv,
}

/// Where and how a command prints.
pub struct Output {
    format: Format,
    /// The words of the user's language.
    pub words: Words,
}

impl Output {
    /// Prints in this format and language.
    pub fn new(format: Format, words: Words) -> Self {
        Self { format, words }
    }

    /// The format asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// A message for the person, on standard error.
    pub fn say(&self, key: &str) {
        rim::tell(&self.words.say(key));
    }

    /// A message with its arguments.
    pub fn say_with(&self, key: &str, args: &[(&str, &str)]) {
        let args = args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), rim::plain(value)))
            .collect();
        rim::tell(&self.words.say_with(key, &args));
    }

    /// A command that ends here, with the sentence of a key.
    pub fn refuse(&self, code: &'static str, key: &str) {
        let problem = Problem::plain(code, self.words.say(key));
        fail(self.format, &problem, &self.words);
    }

    /// The words of a key in a cell; programs that read CSV keep the key.
    pub fn label(&self, key: &str) -> String {
        if self.format == Format::Csv {
            return key.to_owned();
        }
        self.words.say(key)
    }

    /// The word of a code in a cell, the code itself where there is none; programs that read CSV keep the code.
    pub fn word(&self, of: &str, code: &str) -> String {
        if self.format == Format::Csv {
            return code.to_owned();
        }
        self.words.word(of, code).unwrap_or_else(|| code.to_owned())
    }

    /// A figure with at most one decimal and the word of its unit.
    pub fn figure(&self, unit: &str, value: f64) -> String {
        let number = format!("{value:.1}");
        let number = number.strip_suffix(".0").unwrap_or(&number);
        if self.format == Format::Csv {
            return number.to_owned();
        }
        let number = match self.words.language() {
            Language::Indonesian => number.replace('.', ","),
            Language::English => number.to_owned(),
        };
        let unit = self.word("unit", unit);
        format!("{number} {unit}").trim_end().to_owned()
    }

    /// One value of JSON Lines.
    pub fn json_line(value: &impl Serialize) {
        let mut out = std::io::stdout().lock();
        let _ = serde_json::to_writer(&mut out, value)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(out));
    }

    /// Data: `value` as JSON, or `rows` under `headers` (keys of words).
    pub fn print(&self, value: &impl Serialize, headers: &[&str], rows: Vec<Vec<String>>) {
        let mut out = std::io::stdout().lock();
        // A reader that went away (`| head`) ends the output, not the command.
        let _ = match self.format {
            Format::Json => serde_json::to_writer_pretty(&mut out, value)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(out)),
            Format::Csv => write_csv(&mut out, headers, &rows),
            Format::Table => {
                let mut table = comfy_table::Table::new();
                table.load_style(comfy_table::presets::NOTHING);
                table.set_header(headers.iter().map(|key| self.words.say(key)));
                for row in rows {
                    table.add_row(row.into_iter().map(|cell| rim::plain(&cell)));
                }
                writeln!(out, "{}", table.trim_fmt())
            }
        };
    }

    /// A list: as JSON `{items, next}`, where `next` is the place of the next page; a person is told it too.
    pub fn list(
        &self,
        items: &impl Serialize,
        next: Option<String>,
        headers: &[&str],
        rows: Vec<Vec<String>>,
    ) {
        #[derive(Serialize)]
        struct List<'a, T> {
            items: &'a T,
            next: &'a Option<String>,
        }
        self.print(&List { items, next: &next }, headers, rows);
        if let Some(next) = next {
            self.say_with("more-after", &[("place", &next)]);
        }
    }

    /// Text as it is: a procedure, an export. Only a terminal is spared what steers it.
    pub fn text(text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = if out.is_terminal() {
            out.write_all(rim::plain_lines(text).as_bytes())
        } else {
            out.write_all(text.as_bytes())
        };
    }
}

/// The code by which a value is written in JSON.
pub fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn write_csv(out: &mut impl std::io::Write, headers: &[&str], rows: &[Vec<String>]) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(headers)?;
    for row in rows {
        // Lines within a cell are quoted; what steers is not wanted in a spreadsheet either, and no cell is a formula.
        csv.write_record(row.iter().map(|cell| match cell.as_str() {
            "-" => "-".to_owned(),
            cell => disarmed(&rim::plain_lines(cell)),
        }))?;
    }
    csv.flush()
}

/// Tells of what did not come to its end, on standard error: a sentence, or one line of JSON.
pub fn fail(format: Format, problem: &Problem, words: &Words) {
    if format != Format::Json {
        rim::tell(&format!("rajut: {}", problem.sentence(words)));
        return;
    }
    match serde_json::to_string(&Told { error: problem }) {
        Ok(line) => rim::tell(&line),
        Err(error) => rim::tell(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_steers_a_spreadsheet() {
        let mut out = Vec::new();
        let rows = ["a\u{1b}[2J\u{202e}b\nc", "=1+1", "-", "-24.5"].map(|cell| vec![cell.to_owned()]);
        write_csv(&mut out, &["name"], &rows).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name\n\"a\u{FFFD}[2J\u{FFFD}b\nc\"\n'=1+1\n-\n-24.5\n"
        );
    }
}
