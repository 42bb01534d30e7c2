//! Every sample, set and read back with the tools that a holder of the paper has: poppler and qpdf.

use std::path::Path;
use std::process::Command;

use rajut_pdf::paper::{Emblem, ImageFormat, Standing};
use rajut_pdf::samples::{self, Sample};
use rajut_pdf::{MAX_FIELD_CHARS, MAX_IMAGE_BYTES, Paper, PaperError, render};
use serde_json::Value;

/// Runs a tool of the system; it has to be installed (Debian: poppler-utils, qpdf).
fn tool(name: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(name)
        .args(arguments)
        .arg(file)
        .args((name == "pdftotext").then_some("-"))
        .output()
        .unwrap_or_else(|error| panic!("{name}: {error}; install poppler-utils and qpdf"));
    assert!(output.status.success(), "{name} {}: {output:?}", file.display());
    String::from_utf8(output.stdout).expect("the tools write UTF-8")
}

/// Text without what lines and columns add, in one case (titles are set in capitals).
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}' && *c != '\u{c}')
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a reader sees for a text.
fn as_printed(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{7}' | '\u{0}' | '\u{1b}' | '\u{202e}' | '\u{200b}' | '\u{1f600}' | '\u{1b83}' => {
                format!("[U+{:04X}]", u32::from(c))
            }
            c => c.to_string(),
        })
        .collect()
}

/// Codes, which the templates turn into words.
const CODES: [&str; 18] = [
    "done",
    "flag",
    "kind",
    "state",
    "page",
    "zone",
    "role",
    "verdict",
    "condition",
    "action",
    "urgency",
    "channel",
    "priority",
    "outcome",
    "conclusion",
    "minutes_kind",
    "symbol",
    "heads",
];

/// Dates and times, which the templates write out.
fn is_date(text: &str) -> bool {
    text.get(..10)
        .is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}

/// Texts that a form leaves out on purpose.
fn is_left_out(paper: &Paper, path: &str) -> bool {
    let forms_with_number_only = matches!(
        paper,
        Paper::OrderAddendum(_) | Paper::ComplaintList(_) | Paper::VisitRecord(_) | Paper::MinutesOfWork(_)
    );
    let issued = matches!(paper.sheet().standing, Standing::Issued { .. });
    let member = path.contains("/members/");
    path == "/sheet/mark"
        || (path == "/order/subject" && forms_with_number_only && !matches!(paper, Paper::OrderAddendum(_)))
        || (path.starts_with("/initials/") && issued)
        // Forms are not dated at a place, and cite the order by its number.
        || (matches!(paper, Paper::BlankChecklists(_))
            && (path == "/sheet/place" || path == "/order/subject" || path.ends_with("/measure")))
        // An SOP names agency and unit in its identity, and no place.
        || (matches!(paper, Paper::Procedure(_))
            && (path.starts_with("/sheet/letterhead/") || path == "/sheet/place"))
        || path.contains("/instructions/")
        // An addendum names a person by name, NIP and post; a checklist by name.
        || (member && matches!(paper, Paper::OrderAddendum(_)) && path.ends_with("/rank"))
        || (member && matches!(paper, Paper::VisitRecord(_)) && !path.ends_with("/name"))
        || (path.starts_with("/removed_sites/") && !path.ends_with("/site/site") && !path.ends_with("/site/office")
            && !path.ends_with("/reason"))
        // Reports shorten the list of complaints.
        || (matches!(paper, Paper::TeamReport(_) | Paper::FinalReport(_))
            && path.starts_with("/body/complaints/")
            && ["office", "reporter", "checked_by"].iter().any(|name| path.ends_with(name)))
        // Who entered a finding is printed where people disagree.
        || (path.contains("/values/") && path.ends_with("/by"))
        // A reading that was not observed has no unit.
        || (path.starts_with("/measurements/") && path.ends_with("/unit"))
}

fn texts<'a>(value: &'a Value, path: &mut String, found: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) if is_date(text) => {}
        Value::String(text) => found.push((path.clone(), text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let length = path.len();
                path.extend(["/", &index.to_string()]);
                texts(item, path, found);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if CODES.contains(&name.as_str()) && !is_words(value, name) {
                    continue;
                }
                let length = path.len();
                path.extend(["/", name]);
                texts(field, path, found);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Fields whose name is used for a code in one place and for words in another.
fn is_words(owner: &Value, name: &str) -> bool {
    name == "action" && owner.get("cause").is_some()
}

fn check_texts(sample: &Sample, raw: &str, layout: &str, plain: &str) {
    let value = serde_json::to_value(&sample.paper).expect("samples hold plain values");
    let mut found = Vec::new();
    texts(&value, &mut String::new(), &mut found);
    let (raw, layout, plain) = (squeezed(raw), squeezed(layout), squeezed(plain));
    let mut checked = 0;
    for (path, text) in found {
        if is_left_out(&sample.paper, &path) || text.is_empty() {
            continue;
        }
        let printed = as_printed(text);
        // Whole in the order of the file; word by word where a page ends inside the text, and in the two layouts
        // that keep columns, where lines of neighbours stand between.
        let whole = raw.contains(&squeezed(&printed));
        for word in printed.split_whitespace().map(squeezed) {
            let broken = word.chars().count() >= 26;
            assert!(
                whole || raw.contains(&word),
                "{} {path}: {word:?} of {text:?} is not on the paper",
                sample.name
            );
            if !broken {
                let near = |text: &str| text.contains(&word) || is_wrapped(&word);
                assert!(
                    near(&layout),
                    "{} {path}: {word:?} is not in the layout",
                    sample.name
                );
                assert!(
                    near(&plain),
                    "{} {path}: {word:?} is not in the plain text",
                    sample.name
                );
            }
        }
        checked += 1;
    }
    assert!(checked >= 3, "{}: hardly any text was compared", sample.name);
}

/// Words with marks inside that allow a line to end there.
fn is_wrapped(word: &str) -> bool {
    word.contains(['/', '-', '\\', '[', '{', '"', '(', '#', '~', '$'])
}

#[test]
fn every_sample_is_a_sound_file_that_says_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    for sample in samples::all() {
        let set = render(&sample.paper).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        let file = folder.path().join(&sample.name).with_extension("pdf");
        std::fs::write(&file, &set.pdf).unwrap();
        tool("qpdf", &["--check", "--no-warn"], &file);
        let raw = tool("pdftotext", &["-raw"], &file);
        let layout = tool("pdftotext", &["-layout"], &file);
        check_texts(&sample, &raw, &layout, &set.text);
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let first: Vec<_> = samples::all()
        .iter()
        .map(|sample| render(&sample.paper).unwrap())
        .collect();
    // In the other order, so that nothing is answered from what the compiler still remembers.
    for (sample, first) in samples::all().iter().zip(&first).rev() {
        let second = render(&sample.paper).unwrap();
        assert!(*first == second, "{} differs between two renders", sample.name);
        assert_eq!(first.sha256.len(), 64);
    }
}

#[test]
fn fonts_are_embedded_and_the_file_is_tagged_and_archival() {
    let folder = tempfile::tempdir().unwrap();
    for (name, paper) in samples::papers(samples::Flavour::Usual, rajut_pdf::paper::PageSize::F4) {
        let set = render(&paper).unwrap();
        let file = folder.path().join(name).with_extension("pdf");
        std::fs::write(&file, &set.pdf).unwrap();
        let fonts = tool("pdffonts", &[], &file);
        let faces: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!faces.is_empty(), "{name} has no fonts");
        for face in faces {
            assert!(
                face.contains("LibertinusSerif") && face.contains(" yes yes yes "),
                "{name}: {face}"
            );
        }
        let info = tool("pdfinfo", &[], &file);
        assert!(info.contains("Tagged:          yes"), "{name}: {info}");
        assert!(
            info.lines()
                .any(|line| line.starts_with("Title:") && line.len() > 20),
            "{name}: {info}"
        );
        let metadata = tool("pdfinfo", &["-meta"], &file);
        assert!(
            metadata.contains("<pdfaid:part>2</pdfaid:part>"),
            "{name}: {metadata}"
        );
        assert!(
            metadata.contains("<pdfaid:conformance>A</pdfaid:conformance>"),
            "{name}: {metadata}"
        );
    }
}

fn usual_order() -> rajut_pdf::paper::Order {
    samples::papers(samples::Flavour::Usual, rajut_pdf::paper::PageSize::A4)
        .into_iter()
        .find_map(|(_, paper)| {
            if let Paper::Order(order) = paper {
                Some(order)
            } else {
                None
            }
        })
        .expect("the samples have an order")
}

#[test]
fn address_and_telephone_are_only_in_the_internal_annex() {
    let mut order = usual_order();
    let with_annex = render(&Paper::Order(order.clone())).unwrap().text;
    assert!(
        with_annex.contains("0800-0000-0001") && with_annex.contains("Jl. Contoh No. 1"),
        "{with_annex}"
    );
    order.internal_annex = None;
    let letter = render(&Paper::Order(order)).unwrap().text;
    assert!(
        !letter.contains("0800-0000-0001") && !letter.contains("Jl. Contoh No. 1"),
        "{letter}"
    );
}

#[test]
fn a_draft_says_so_and_an_issued_paper_does_not() {
    let mut order = usual_order();
    assert!(
        !render(&Paper::Order(order.clone()))
            .unwrap()
            .text
            .contains("DRAF")
    );
    order.sheet.standing = Standing::Draft {
        number: None,
        date: None,
        written: jiff::civil::date(2026, 9, 28),
    };
    let draft = render(&Paper::Order(order)).unwrap().text;
    assert!(draft.contains("DRAF - belum diterbitkan"), "{draft}");
    assert!(
        draft.contains("Contoh Kabid"),
        "paraf stand on the draft: {draft}"
    );
}

#[test]
fn no_paper_claims_a_certified_signature() {
    for sample in samples::all() {
        let text = render(&sample.paper).unwrap().text.to_lowercase();
        for claim in [
            "bsre",
            "elektronik ini",
            "sertifikat elektronik",
            "ditandatangani secara elektronik",
        ] {
            assert!(!text.contains(claim), "{} says {claim}", sample.name);
        }
    }
}

/// A PNG of one grey point.
const POINT: [u8; 67] = [
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63,
    0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42,
    0x60, 0x82,
];

#[test]
fn an_emblem_is_printed_and_what_is_none_is_refused() {
    let mut order = usual_order();
    let mut with = |format, bytes: Vec<u8>| {
        order.sheet.letterhead.emblem = Some(Emblem {
            description: "Lambang contoh".to_owned(),
            format,
            bytes,
        });
        render(&Paper::Order(order.clone()))
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("emblem.pdf");
    std::fs::write(&file, with(ImageFormat::Png, POINT.to_vec()).unwrap().pdf).unwrap();
    assert!(
        tool("pdfimages", &["-list"], &file).contains("image"),
        "the emblem is not in the file"
    );

    assert!(matches!(
        with(ImageFormat::Jpeg, POINT.to_vec()),
        Err(PaperError::Image { .. })
    ));
    assert!(matches!(
        with(ImageFormat::Png, vec![0; MAX_IMAGE_BYTES + 1]),
        Err(PaperError::Image { .. })
    ));
    // The right beginning, and then nothing.
    let torn = with(ImageFormat::Png, POINT[..20].to_vec());
    assert!(
        matches!(&torn, Err(PaperError::Template { template, line, .. }) if template == "letter.typ" && *line > 0),
        "{torn:?}"
    );
}

#[test]
fn a_text_that_no_paper_can_hold_is_refused_by_name() {
    let mut order = usual_order();
    order.sites[2].office = "x ".repeat(MAX_FIELD_CHARS);
    let refused = render(&Paper::Order(order)).unwrap_err();
    assert_eq!(
        refused,
        PaperError::TooLong {
            field: "sites.2.office".to_owned(),
            chars: MAX_FIELD_CHARS * 2,
            max: MAX_FIELD_CHARS
        }
    );
}

#[test]
fn a_long_text_runs_over_pages_and_is_not_cut() {
    let mut order = usual_order();
    order.sites = (0..7).map(|_| order.sites[0].clone()).collect();
    order.sites[6].office = format!("{}akhirnya", "panjang ".repeat(2400));
    let set = render(&Paper::Order(order)).unwrap();
    assert!(
        set.text.contains("akhirnya") && set.pages > 5,
        "{} pages",
        set.pages
    );
}

#[test]
fn an_order_of_a_whole_regency_fits() {
    let mut order = usual_order();
    order.sites = (0..500).map(|_| order.sites[0].clone()).collect();
    let set = render(&Paper::Order(order)).unwrap();
    assert!(
        squeezed(&set.text).contains("500lokasisebagaimanatercantumdalamlampiran"),
        "{}",
        set.text
    );
    assert!(
        set.text.lines().any(|line| line.trim_start().starts_with("500 ")),
        "{}",
        set.text
    );
}

/// What the QR codes of a page hold, read by a decoder from its picture.
fn scanned(file: &Path, page: usize) -> Vec<String> {
    let page = page.to_string();
    let output = Command::new("pdftoppm")
        .args(["-gray", "-r", "300", "-f", &page, "-l", &page])
        .arg(file)
        .output()
        .expect("poppler-utils is installed");
    let grey = output.stdout;
    // PGM: four words, then a byte for each point.
    let mut at = 0;
    let mut word = || {
        let end = at
            + grey[at..]
                .iter()
                .position(u8::is_ascii_whitespace)
                .expect("pdftoppm writes a head");
        let word = String::from_utf8_lossy(&grey[at..end]).into_owned();
        at = end + 1;
        word
    };
    let (kind, width, height) = (word(), word(), word());
    assert_eq!((kind.as_str(), word().as_str()), ("P5", "255"));
    let [width, height] = [width, height].map(|side| side.parse::<usize>().expect("a side is a number"));
    let points = &grey[at..];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| points[y * width + x]);
    let grids = image.detect_grids();
    grids
        .iter()
        .map(|grid| grid.decode().expect("the code is whole").1)
        .collect()
}

#[test]
fn the_code_at_the_foot_of_every_paper_is_read_from_its_picture() {
    let folder = tempfile::tempdir().unwrap();
    for (name, paper) in samples::papers(samples::Flavour::Usual, rajut_pdf::paper::PageSize::A4) {
        let set = render(&paper).unwrap();
        let file = folder.path().join(name).with_extension("pdf");
        std::fs::write(&file, &set.pdf).unwrap();
        let mark = paper.sheet().mark.clone().unwrap();
        for page in 1..=set.pages {
            assert_eq!(scanned(&file, page), [mark.as_str()], "{name}, page {page}");
        }
    }
}

#[test]
fn a_mark_that_no_code_can_hold_is_refused() {
    let mut order = usual_order();
    order.sheet.mark = Some("A".repeat(8000));
    assert!(matches!(render(&Paper::Order(order)), Err(PaperError::Data(_))));
}
