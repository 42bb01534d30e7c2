//! What the program tells: refusals for programs, and names that would steer a terminal.

use crate::stage::{Stage, two_sites};

#[test]
fn a_program_is_told_of_a_refusal_in_one_line_of_json() {
    let stage = Stage::set_up();
    let approve = [
        "sop",
        "approve",
        "pemeliharaan-jaringan",
        "1",
        "--seen",
        "0",
        "--format",
        "json",
    ];
    let refused = stage.tries("teknisi-1", "08:00", &approve);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{refused:?}");
    assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    let told: serde_json::Value = serde_json::from_str(&refused.err).unwrap();
    let error = &told["error"];
    assert_eq!(
        (&error["code"], &error["rule"]),
        (&"refused".into(), &"no-right".into())
    );
    assert!(
        error["message"].as_str().unwrap().contains("mengesahkan SOP"),
        "{error}"
    );
    assert!(
        error["incident"].is_null() && !error["who_could"].as_array().unwrap().is_empty(),
        "{error}"
    );

    let missing = stage.rajut(&["run", "show", "latest", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&missing.err).unwrap();
    assert_eq!(
        (missing.code, &told["error"]["code"]),
        (1, &"not_found".into()),
        "{missing:?}"
    );
    assert!(told["error"]["rule"].is_null());
    let wrong = stage.rajut(&["run", "list", "--at", "besok", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&wrong.err).unwrap();
    assert_eq!(
        (wrong.code, &told["error"]["code"]),
        (2, &"invalid".into()),
        "{wrong:?}"
    );
}

/// A terminal obeys escape sequences and shows what follows U+202E from right to left.
const HOSTILE: &str = "mati \u{1b}[2J\u{1b}]0;x\u{7}\u{202e}sesat\u{2066}";

#[test]
fn a_hostile_text_steers_neither_terminal_nor_spreadsheet() {
    let stage = Stage::set_up();
    let [(site, _), _] = two_sites();
    let site = site.code;
    let register = [
        "complaint",
        "register",
        "--site",
        &site,
        "--channel",
        "phone",
        "--symptom",
        "down",
        "--text",
        HOSTILE,
        "--reporter",
        HOSTILE,
        "--format",
        "json",
    ];
    let number = stage.does("petugas-layanan-1", "08:10", &register).json()["number"]
        .as_str()
        .unwrap()
        .to_owned();
    for format in ["table", "csv"] {
        for arguments in [&["complaint", "list"][..], &["complaint", "show", &number]] {
            let told = stage.done(&[arguments, &["--format", format]].concat());
            assert!(
                told.out.contains("mati \u{FFFD}[2J") || arguments[1] == "list",
                "{}",
                told.out
            );
            harmless(&told.out);
        }
    }
    let refused = stage.tries(HOSTILE, "08:20", &["complaint", "show", HOSTILE]);
    assert_eq!(refused.code, 1, "{refused:?}");
    harmless(&refused.err);
    assert!(refused.err.contains("sesat"), "{}", refused.err);
}

#[test]
fn tables_speak_in_words_and_csv_in_codes() {
    let stage = Stage::set_up();
    let table = |arguments: &[&str]| stage.done(arguments).out;
    let csv = |arguments: &[&str]| stage.done(&[arguments, &["--format", "csv"]].concat()).out;
    for (arguments, word, code) in [
        (&["person", "list"][..], "PNS", ",pns,"),
        (&["post", "list"], "kepala dinas", ",agency_head,"),
        (&["setting", "list"], "kalender kerja", "calendar,1,"),
    ] {
        let (table, csv) = (table(arguments), csv(arguments));
        assert!(table.contains(word), "{word} in {table}");
        assert!(csv.contains(code), "{code} in {csv}");
    }
    let [(site, _), _] = two_sites();
    let register = [
        "complaint",
        "register",
        "--site",
        &site.code,
        "--channel",
        "phone",
        "--symptom",
        "down",
        "--text",
        "mati",
        "--reporter",
        "Contoh Pelapor",
        "--contact",
        "0811222333",
        "--format",
        "json",
    ];
    let told = stage.does("petugas-layanan-1", "08:10", &register).json();
    let number = told["number"].as_str().unwrap();
    let classify = [
        "complaint",
        "classify",
        number,
        "--category",
        "intranet",
        "--priority",
        "p2",
    ];
    stage.does("petugas-layanan-1", "08:20", &classify);
    let shown = stage
        .does("petugas-layanan-1", "08:25", &["complaint", "show", number])
        .out;
    for word in [
        "telepon",
        "***",
        "jaringan intra",
        "Batas tanggapan",
        "Batas pemulihan",
        "Jam: ",
    ] {
        assert!(shown.contains(word), "{word} in {shown}");
    }
    assert!(
        !shown.contains("Contoh Pelapor") && !shown.contains("0811"),
        "{shown}"
    );
}

#[track_caller]
fn harmless(text: &str) {
    let found = text.chars().find(|c| {
        (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(found, None, "{text:?}");
}
