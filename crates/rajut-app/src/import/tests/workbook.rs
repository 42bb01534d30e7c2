//! Workbooks, good and hostile.

use super::*;

/// A workbook of one sheet with these rows of raw cell XML.
fn workbook(rows: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    part(
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    );
    part(
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    );
    part(
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    );
    part(
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Lokasi" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    );
    part(
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
    );
    part(
        "xl/worksheets/sheet1.xml",
        &format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        ),
    );
    zip.finish().unwrap().into_inner()
}

fn text_cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook_is_read_with_its_numbers_dates_and_gaps() {
    let headings: String = [
        ("A2", "Kode"),
        ("B2", "Nama"),
        ("C2", "OPD"),
        ("D2", "Kecamatan"),
        ("E2", "Lintang"),
        ("F2", "Bujur"),
        ("G2", "Loket"),
        ("H2", "Berakhir"),
    ]
    .map(|(place, text)| text_cell(place, text))
    .concat();
    let rows = format!(
        r#"<row r="2">{headings}</row><row r="5">{}{}{}{}<c r="E5"><v>-7.3242</v></c><c r="F5"><v>108</v></c><c r="G5" t="b"><v>1</v></c><c r="H5" s="1"><v>46357</v></c></row>"#,
        text_cell("A5", "kantor"),
        text_cell("B5", "Kantor"),
        text_cell("C5", "dinas"),
        text_cell("D5", "Ciamis"),
    );
    let file = Table::read(&workbook(&rows), &Limits::default()).unwrap();
    assert_eq!(
        file.source,
        Source::Xlsx {
            sheet: "Lokasi".to_owned()
        }
    );
    assert_eq!((file.header.number, file.lines[0].number), (2, 5));
    let mut ids = ids();
    let office = office("dinas", &mut ids);
    let registers = Registers {
        offices: std::slice::from_ref(&office),
        ..Registers::default()
    };
    let site = after(sites(&file, &registers, &mut ids).into_edits().unwrap()).remove(0);
    assert_eq!(
        site.place,
        Some(Place {
            latitude: -7.3242,
            longitude: 108.0,
            accuracy: Accuracy::Exact
        })
    );
    assert!(site.public_counter);
    assert_eq!(site.ended_on, Some(date(2026, 12, 1)));
}

#[test]
fn a_workbook_that_has_lost_digits_or_shows_errors_says_so() {
    let rows = format!(
        r#"<row r="1">{}{}</row><row r="2">{}<c r="B2"><v>198001012005011901</v></c></row><row r="3">{}<c r="B3" t="e"><v>#N/A</v></c></row>"#,
        text_cell("A1", "Nama"),
        text_cell("B1", "NIP"),
        text_cell("A2", "Contoh A"),
        text_cell("A3", "Contoh B"),
    );
    let file = Table::read(&workbook(&rows), &Limits::default()).unwrap();
    let preview = people(&file, &[], &rules(), &mut ids());
    let problems = found(&preview.problems);
    assert!(
        problems.contains(&(2, "NIP", ProblemCode::LostDigits)),
        "{problems:?}"
    );
    assert!(
        problems.contains(&(3, "NIP", ProblemCode::FormulaError)),
        "{problems:?}"
    );
    assert!(preview.into_edits().is_err());
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let limits = Limits {
        unpacked_bytes: 1 << 20,
        entries: 10,
        rows: 100,
        columns: 10,
        text_bytes: 5000,
        ..Limits::default()
    };
    let read = |bytes: &[u8]| Table::read(bytes, &limits).unwrap_err();
    let big = workbook(&" ".repeat(2 << 20));
    assert!(big.len() < 20_000, "it is a bomb: {} bytes", big.len());
    assert_eq!(read(&big), FileError::Bomb { most: 1 << 20 });

    // The directory at the end lies about the size of the sheet: what is unpacked is counted.
    let mut lying = big.clone();
    let size = u32::try_from((2 << 20) + r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData></sheetData></worksheet>"#.len()).unwrap();
    let places: Vec<usize> = (0..lying.len() - 4)
        .filter(|at| lying[*at..*at + 4] == size.to_le_bytes())
        .collect();
    assert!(!places.is_empty(), "the size stands in the archive");
    for at in places {
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let refused = read(&lying);
    assert!(
        matches!(refused, FileError::Bomb { .. } | FileError::Workbook(_)),
        "{refused:?}"
    );

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..11 {
        zip.start_file(part.to_string(), SimpleFileOptions::default())
            .unwrap();
    }
    let many = zip.finish().unwrap().into_inner();
    assert_eq!(read(&many), FileError::TooManyEntries { found: 11, most: 10 });

    let wide = workbook(&format!(r#"<row r="1">{}</row>"#, text_cell("XFD1", "x")));
    assert_eq!(read(&wide), FileError::TooManyColumns { line: 1, most: 10 });
    let row = |n: u32| format!(r#"<row r="{n}">{}</row>"#, text_cell(&format!("A{n}"), "x"));
    assert_eq!(
        read(&workbook(&(1..=102).map(row).collect::<String>())),
        FileError::TooManyRows { most: 100 }
    );
    let long = |n: u32| {
        format!(
            r#"<row r="{n}">{}</row>"#,
            text_cell(&format!("A{n}"), &"x".repeat(900))
        )
    };
    assert_eq!(
        read(&workbook(&(1..=6).map(long).collect::<String>())),
        FileError::TooMuchText { most: 5000 }
    );
    // A cell in the last corner of a sheet does not cost the sheet.
    let corner = workbook(&format!("{}{}", row(1), row(1_048_576)));
    assert_eq!(Table::read(&corner, &limits).unwrap().len(), 1);
    assert!(matches!(read(b"PK\x03\x04rubbish"), FileError::Workbook(_)));
}

proptest! {
    #[test]
    fn a_damaged_workbook_is_read_or_refused(at in 0_usize..1500, byte in any::<u8>()) {
        let mut bytes = workbook(&format!(r#"<row r="1">{}</row>"#, text_cell("A1", "Kode")));
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = Table::read(&bytes, &Limits::default());
    }
}
