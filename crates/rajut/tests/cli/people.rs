//! Personal values on the command line: masked, shown for a reason, taken out and back in, erased.

use serde_json::json;

use crate::stage::{Stage, text};

#[test]
fn values_are_shown_for_a_reason_and_the_log_tells_it() {
    let stage = Stage::set_up();
    let people = stage.done(&["person", "list", "--format", "json"]).json();
    let name = people
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["posts"] == json!(["teknisi-1"]))
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .unwrap();
    let reveal = ["person", "reveal", "teknisi-1", "kepala", "--fields", "phone,nip"];
    let missing = stage.rajut(&[&reveal[..], &["--as", "kasi-telematika"]].concat());
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(missing.err.contains("--reason"), "{}", missing.err);
    let with = |reason| [&reveal[..], &["--reason", reason, "--format", "json"]].concat();
    stage.refused(
        "teknisi-1",
        "09:00",
        &with("ingin tahu"),
        &["melihat data pribadi"],
    );
    stage.refused(
        "kasi-telematika",
        "09:00",
        &with(" "),
        &["mengapa data pribadi perlu dilihat"],
    );
    let shown = stage
        .does("kasi-telematika", "09:00", &with("surat tugas"))
        .json();
    let values: Vec<_> = shown.as_array().unwrap().iter().map(|it| &it["values"]).collect();
    assert_eq!(values.len(), 2);
    assert!(
        values
            .iter()
            .all(|it| it["phone"].is_string() && it["address"].is_null())
    );
    let listed = ["person", "access-log", "--of", "teknisi-1", "--format", "json"];
    let log = stage.done(&listed).json();
    assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
    assert_eq!(
        (&log[0]["purpose"], &log[0]["reason"], &log[0]["fields"]),
        (&json!("reveal"), &json!("surat tugas"), &json!(["nip", "phone"]))
    );
    let table = stage.done(&["person", "access-log"]).out;
    assert!(table.contains("dilihat") && table.contains(&name), "{table}");

    stage.does(
        "pengelola-sistem",
        "10:00",
        &[
            "person",
            "erase",
            "teknisi-1",
            "--fields",
            "phone",
            "--reason",
            "permintaan",
        ],
    );
    let again = stage.does("kasi-telematika", "11:00", &with("piket")).json();
    let told = again.as_array().unwrap();
    let erased = told.iter().find(|it| it["name"] == json!(name)).unwrap();
    assert!(erased["values"]["phone"].is_null(), "{erased}");
    stage.done(&["journal", "verify", "--deep"]);
}

#[test]
fn people_in_clear_come_back_from_their_file() {
    let stage = Stage::set_up();
    let (file, back) = (text(&stage.path("orang.csv")), text(&stage.path("lagi.csv")));
    let masked = stage.done(&["export", "people", "-"]).out;
    assert!(
        masked.contains(" ****** * ***") && !masked.contains("Jl."),
        "{masked}"
    );
    let alone = stage.rajut(&["export", "people", &file, "--reveal"]);
    assert_eq!(alone.code, 2, "{alone:?}");
    let clear = ["export", "people", &file, "--reveal", "--reason", "pindah server"];
    assert_eq!(stage.rajut(&clear).code, 2, "somebody must say who he is");
    stage.refused("teknisi-1", "09:00", &clear, &["membawa data pribadi keluar"]);
    assert!(!stage.path("orang.csv").exists());
    // A file that others could read is its owner's alone once it holds values in clear.
    stage.write("orang.csv", "");
    stage.does("kasi-telematika", "09:00", &clear);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    // A preview says which line differs from what is known, and so whether a guess is right.
    let guess = ["import", "people", &file, "--preview"];
    assert_eq!(stage.rajut(&guess).code, 2, "somebody must say who he is");
    stage.refused("teknisi-1", "09:00", &guess, &["mengubah data orang"]);
    let new = |arguments: &[&str]| {
        let ended = stage.on("baru.db", arguments);
        assert_eq!(ended.code, 0, "{ended:?}");
        ended
    };
    stage.begin("baru.db");
    new(&["import", "people", &file]);
    new(&["post", "add", "kasi", "--title", "Kasi", "--role", "section_head"]);
    let name = rajut_app::demo::regency(2026).people[0].name.clone();
    new(&[
        "person",
        "assign",
        &name,
        "kasi",
        "--from",
        "2025-01-02",
        "--decree",
        "SK/1",
    ]);
    new(&[
        "export", "people", &back, "--reveal", "--reason", "uji", "--as", "kasi",
    ]);
    let lines = |name: &str| {
        let text = std::fs::read_to_string(stage.path(name)).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert!(lines("orang.csv").len() > 7);
    assert_eq!(lines("lagi.csv"), lines("orang.csv"));
    assert_eq!(
        stage
            .rajut(&["export", "sites", "-", "--reveal", "--reason", "x"])
            .code,
        2
    );
}
