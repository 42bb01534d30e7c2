//! CSV as people really write it: any of three separators, with or without a byte order mark, in UTF-8,
//! UTF-16 or the Windows-1252 of an old spreadsheet.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::file::{FileError, Gatherer, Limits, Source, Table};

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, FileError> {
    let (text, encoding) = decode(bytes);
    if text.contains('\0') {
        return Err(FileError::NotATable);
    }
    // One kind of line end, so that lines can be counted and a quoted one is the same in every file.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (separator, text, skipped) = separator(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut gatherer = Gatherer::new(limits);
    let mut record = csv::StringRecord::new();
    let mut lines = LineCounter {
        text: text.as_bytes(),
        at: 0,
        number: 1 + skipped,
    };
    // Reading text that is in memory and valid UTF-8 fails in no way; an error would be a defect of the file.
    while reader
        .read_record(&mut record)
        .map_err(|_| FileError::NotATable)?
    {
        let number = lines.of_record(record.position().map_or(0, csv::Position::byte));
        if record.len() > limits.columns && record.iter().skip(limits.columns).any(|cell| !cell.is_empty()) {
            return Err(FileError::TooManyColumns {
                line: number,
                most: limits.columns,
            });
        }
        gatherer.line(number, record.iter().map(str::to_owned).collect())?;
    }
    gatherer.table(Source::Csv {
        encoding: encoding.name(),
        separator: char::from(separator),
    })
}

/// Tells the line on which a record begins. The reader says where it began to look for the record, which
/// may be before some empty lines.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    number: u64,
}

impl LineCounter<'_> {
    fn of_record(&mut self, looked_from: u64) -> u64 {
        let from = usize::try_from(looked_from)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        while self.at < from || self.text.get(self.at) == Some(&b'\n') {
            self.number += u64::from(self.text[self.at] == b'\n');
            self.at += 1;
        }
        self.number
    }
}

fn decode(bytes: &[u8]) -> (Cow<'_, str>, &'static Encoding) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0, encoding);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), UTF_8),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, WINDOWS_1252),
    }
}

/// The separator, the text to read, and how many lines were left out before it. A first line `sep=;`, as
/// spreadsheets write it, decides; otherwise the separator that is most frequent in the heading.
fn separator(text: &str) -> (u8, &str, u64) {
    const CANDIDATES: [u8; 3] = [b',', b';', b'\t'];
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(separator) = rest.bytes().next().filter(|byte| CANDIDATES.contains(byte))
        && let Some((_, rest)) = rest.split_once('\n')
    {
        return (separator, rest, 1);
    }
    let mut counts = [0_usize; 3];
    let mut quoted = false;
    let start = text.trim_start_matches(['\n', ' ']);
    for byte in start.bytes().take_while(|byte| *byte != b'\n') {
        quoted ^= byte == b'"';
        if let Some(index) = CANDIDATES
            .iter()
            .position(|candidate| *candidate == byte && !quoted)
        {
            counts[index] += 1;
        }
    }
    let best = (0..3).rev().max_by_key(|index| counts[*index]).unwrap_or(0);
    (CANDIDATES[best], text, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> (Source, Vec<(u64, Vec<String>)>) {
        let table = read(bytes, &Limits::default()).unwrap();
        let all = std::iter::once(table.header).chain(table.lines);
        (table.source, all.map(|line| (line.number, line.cells)).collect())
    }

    #[test]
    fn separators_encodings_and_quotes() {
        let expected = vec![
            (1, vec!["kode".to_owned(), "nama".to_owned()]),
            (2, vec!["a".to_owned(), "É, \"b\"".to_owned()]),
        ];
        for (bytes, encoding, separator) in [
            (
                "kode,nama\r\na,\"É, \"\"b\"\"\"\r\n".as_bytes().to_vec(),
                "UTF-8",
                ',',
            ),
            (
                "\u{feff}kode;nama\na;\"É, \"\"b\"\"\"".as_bytes().to_vec(),
                "UTF-8",
                ';',
            ),
            (
                b"kode\tnama\na\t\"\xC9, \"\"b\"\"\"\n".to_vec(),
                "windows-1252",
                '\t',
            ),
            (
                b"kode;nama\r\na;\"\xC9, \"\"b\"\"\"\r\n".to_vec(),
                "windows-1252",
                ';',
            ),
            (
                "\u{feff}kode,nama\na,\"É, \"\"b\"\"\""
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect(),
                "UTF-16LE",
                ',',
            ),
        ] {
            let (source, found) = lines(&bytes);
            assert_eq!(source, Source::Csv { encoding, separator });
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let (_, found) = lines(b"kode\r\n\r\n\r\na\r\nb\r\n");
        assert_eq!(
            found.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
            [1, 4, 5]
        );
        let (_, found) = lines(b"sep=;\nkode;nama\n\n;;\na;\"two\nlines\"\nb;c\n");
        let numbers: Vec<u64> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [2, 5, 7]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let limits = Limits {
            file_bytes: 20,
            rows: 1,
            columns: 3,
            ..Limits::default()
        };
        let error = |bytes: &[u8]| Table::read(bytes, &limits).unwrap_err();
        assert_eq!(error(b""), FileError::Empty);
        assert_eq!(error(b"\n\n"), FileError::Empty);
        assert_eq!(error(b"a\0b"), FileError::NotATable);
        assert_eq!(error(&[b'a'; 21]), FileError::TooLarge { bytes: 21, most: 20 });
        assert_eq!(error(b"a\nb\nc\n"), FileError::TooManyRows { most: 1 });
        assert_eq!(error(b"a\n,,,x"), FileError::TooManyColumns { line: 2, most: 3 });
        assert_eq!(error(&[0xD0, 0xCF, 0x11, 0xE0, 0, 0]), FileError::OldWorkbook);
    }

    #[test]
    fn a_cell_of_ten_megabytes_is_one_problem_with_its_line() {
        let mut bytes = b"kode,nama\na,".to_vec();
        bytes.resize((10 << 20) - 1, b'x');
        let table = read(&bytes, &Limits::default()).unwrap();
        assert_eq!(table.problems.total, 1);
        let problem = &table.problems.shown[0];
        assert_eq!(
            (problem.line, problem.column.as_str(), problem.value.len()),
            (2, "nama", 80)
        );
        assert_eq!(table.lines[0].cells[1].len(), Limits::default().cell_chars);
    }
}
