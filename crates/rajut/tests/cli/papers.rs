//! Papers that anybody can check: by the QR code on a print, and by the signature beside the file.

use std::path::Path;
use std::process::Command;

use crate::procedure::order_with_teams;
use crate::stage::Stage;

/// What the QR codes on a print of the first page hold.
fn scanned(pdf: &Path) -> Vec<String> {
    let grey = Command::new("pdftoppm")
        .args(["-gray", "-r", "300", "-f", "1", "-l", "1"])
        .arg(pdf)
        .output()
        .expect("poppler-utils is installed")
        .stdout;
    // PGM: four words, then a byte for each point.
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < 4 {
        let end = at + grey[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        words.push(String::from_utf8(grey[at..end].to_vec()).unwrap());
        at = end + 1;
    }
    assert_eq!((words[0].as_str(), words[3].as_str()), ("P5", "255"));
    let (width, height): (usize, usize) = (words[1].parse().unwrap(), words[2].parse().unwrap());
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| grey[at + y * width + x]);
    let grids = image.detect_grids();
    grids.iter().map(|grid| grid.decode().unwrap().1).collect()
}

/// The order, printed as it was issued, and the agency's key.
fn printed(stage: &Stage) -> (String, String) {
    let run = order_with_teams(stage);
    let listed = stage
        .done(&[
            "document",
            "list",
            "--run",
            run["id"].as_str().unwrap(),
            "--format",
            "json",
        ])
        .json();
    let number = listed[0]["number"].as_str().unwrap().to_owned();
    let file = stage.path("perintah.pdf").to_string_lossy().into_owned();
    let print = ["document", "print", &number, "--pdf", &file, "--in-full", "arsip"];
    stage.does("kepala", "09:00", &print);
    let key = stage.done(&["document", "key", "--format", "json"]).json();
    (file, key["key"].as_str().unwrap().to_owned())
}

#[test]
fn a_print_is_checked_without_a_database() {
    let stage = Stage::set_up();
    let (file, key) = printed(&stage);
    let codes = scanned(Path::new(&file));
    assert_eq!(codes.len(), 1, "one code on the page: {codes:?}");
    // Somewhere else, where there is no database at all.
    let elsewhere = Stage::bare();
    let verify = |what: &str, key: &str| {
        elsewhere.rajut(&["document", "verify", what, "--key", key, "--format", "json"])
    };
    let genuine = verify(&codes[0], &key);
    assert_eq!(genuine.code, 0, "{genuine:?}");
    let genuine = genuine.json();
    assert_eq!(genuine["finding"], "genuine");
    assert_eq!(genuine["told"]["date"], "2026-02-02");
    assert_eq!(genuine["told"]["post"], "Kepala Dinas Komunikasi dan Informatika");
    let number = genuine["told"]["number"].as_str().unwrap();
    assert!(!number.is_empty());
    let words = elsewhere.rajut(&["document", "verify", &codes[0], "--key", &key]);
    assert!(
        words.out.contains(number) && words.err.contains("Bandingkan"),
        "{words:?}"
    );

    // Forged: a character was changed. Unknown: another key, or no mark at all.
    let at = codes[0].len() - 30;
    let other = if &codes[0][at..=at] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &codes[0][..at], &codes[0][at + 1..]);
    let strange = "ab".repeat(32);
    for (what, key, finding, why) in [
        (forged.as_str(), key.as_str(), "altered", "forged"),
        (&codes[0], &strange, "unknown", "other_key"),
        ("RAJUT1:AAAA", &key, "unknown", "damaged"),
    ] {
        let found = verify(what, key);
        assert_eq!(found.code, 1, "{found:?}");
        let found = found.json();
        assert_eq!((&found["finding"], &found["why"]), (&finding.into(), &why.into()));
        assert!(found["told"].is_null(), "{found}");
    }
    assert_eq!(verify(&codes[0], "bukan kunci").code, 2);
    assert_eq!(verify("tidak-ada.pdf", &key).code, 2);
}

#[test]
fn the_file_as_issued_is_checked_by_the_signature_beside_it() {
    let stage = Stage::set_up();
    let (file, key) = printed(&stage);
    let elsewhere = Stage::bare();
    let key = elsewhere.write("kunci.txt", format!("{key}\n"));
    let verify = |file: &str| {
        let found = elsewhere.rajut(&["document", "verify", file, "--key", &key, "--format", "json"]);
        (found.code, found.json()["why"].clone())
    };
    assert_eq!(verify(&file), (0, serde_json::Value::Null));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(verify(&file), (1, "other_file".into()));
    // A masked copy is another file, and has no signature.
    let copy = elsewhere.write("salinan.pdf", b"%PDF-1.7");
    assert_eq!(verify(&copy), (1, "no_mark".into()));
    let text = std::fs::read_to_string(format!("{file}.sig")).unwrap();
    elsewhere.write(
        "salinan.pdf.sig",
        text.replace("rajut-signature/1 ", "rajut-signature/1 00"),
    );
    assert_eq!(verify(&copy), (1, "damaged".into()));
}

/// The private half stands neither in the journal nor in a backup; whoever restores one signs with a new key, and what
/// was signed before stays genuine by the old one.
#[test]
fn no_backup_holds_the_key() {
    let stage = Stage::set_up();
    let (file, key) = printed(&stage);
    let code = scanned(Path::new(&file)).remove(0);
    let archive = stage.path("cadangan.zip").to_string_lossy().into_owned();
    stage.done(&["backup", &archive]);
    let restored = Stage::bare();
    restored.done(&["restore", &archive]);
    restored.done(&["journal", "verify", "--deep"]);
    let fresh = restored.done(&["document", "key", "--format", "json"]).json();
    assert_ne!(fresh["key"], key.as_str());
    let again = stage.done(&["document", "key", "--format", "json"]).json();
    assert_eq!(again["key"], key.as_str(), "it is made once");
    restored.done(&["document", "verify", &code, "--key", &key]);
}
