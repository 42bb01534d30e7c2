//! What cannot be used gets a clear message, and nothing is half done.

use std::io::Write as _;

use serde_json::json;

use crate::stage::Stage;

#[test]
fn a_day_that_does_not_exist_names_its_line_and_nothing_is_imported() {
    let stage = Stage::set_up();
    let before = stage.done(&["export", "offices", "-"]).out;
    let file = stage.write(
        "opd.csv",
        "code,name,ended_on\nbaru,Dinas Baru,\nlama,Dinas Lama,31-02-2026\n",
    );
    let refused = stage.rajut(&[
        "import",
        "offices",
        &file,
        "--as",
        "petugas-layanan-1",
        "--format",
        "csv",
    ]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused
            .out
            .contains("3,ended_on,31-02-2026,Tanggal itu tidak ada"),
        "{}",
        refused.out
    );
    assert!(
        refused.err.contains("tidak ada baris yang dimasukkan"),
        "{}",
        refused.err
    );
    assert_eq!(stage.done(&["export", "offices", "-"]).out, before);
}

#[test]
fn a_preview_does_nothing_and_windows_1252_with_semicolons_is_read() {
    let stage = Stage::set_up();
    let file = stage.write("opd.csv", b"kode;nama\r\nkafe;Dinas Caf\xe9; \r\n");
    let preview = stage
        .done(&["import", "offices", &file, "--preview", "--format", "json"])
        .json();
    assert_eq!(
        (&preview["lines"][0]["what"], &preview["source"]["separator"]),
        (&json!("new"), &json!(";"))
    );
    assert!(!stage.done(&["export", "offices", "-"]).out.contains("kafe"));
    stage.done(&["import", "offices", &file, "--as", "petugas-layanan-1"]);
    assert!(
        stage
            .done(&["export", "offices", "-"])
            .out
            .contains("kafe,Dinas Caf\u{e9}")
    );
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_not_unpacked() {
    let stage = Stage::set_up();
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file(
        "xl/worksheets/sheet1.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..65 {
        bomb.write_all(&zeros).unwrap();
    }
    let file = stage.write("bom.xlsx", bomb.finish().unwrap().into_inner());
    let refused = stage.rajut(&["import", "sites", &file]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.err.contains("setelah dibuka lebih dari"),
        "{}",
        refused.err
    );
    let file = stage.write("besar.csv", vec![b'a'; (10 << 20) + 1]);
    let refused = stage.rajut(&["import", "sites", &file]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("paling banyak"), "{}", refused.err);
}

#[test]
fn ten_megabytes_of_text_in_a_field_are_refused_by_name() {
    let stage = Stage::set_up();
    let draft = [
        "order",
        "draft",
        "--title",
        "Contoh",
        "--sites",
        "all",
        "--from",
        "2026-02-02",
        "--until",
        "2026-02-27",
        "--to",
        "kabid-telematika",
        "--purpose",
        "pengecekan",
        "--format",
        "json",
    ];
    let run = stage.does("kasi-telematika", "08:00", &draft).json();
    let act = json!({"key": "019c1d00-0000-7000-8000-000000000001", "at": "2026-02-02T02:00:00Z",
        "command": {"cancel_run": {"run": run["id"], "reason": "x".repeat(10 << 20)}}});
    let file = stage.write("panjang.json", act.to_string());
    let refused = stage.rajut(&["act", &file, "--as", "kasi-telematika", "--format", "json"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    let told = refused.json_lines();
    assert!(
        told[0]["message"].as_str().unwrap().contains("terlalu panjang"),
        "{told:?}"
    );
    let runs = stage.done(&["run", "list", "--format", "json"]).json();
    assert_eq!(runs.as_array().unwrap().len(), 1, "the run goes on");
}

#[test]
fn an_act_that_is_none_names_its_entry_and_nothing_is_done() {
    let stage = Stage::set_up();
    let records = |stage: &Stage| stage.done(&["journal", "verify"]).err;
    let before = records(&stage);
    for (text, told) in [("{\"key\": 1}", "isi ke-1"), ("[{]", "line 1"), ("", "")] {
        let file = stage.write("rusak.json", text);
        let ended = stage.rajut(&["act", &file, "--as", "teknisi-1"]);
        assert_eq!(ended.code, if text.is_empty() { 0 } else { 2 }, "{ended:?}");
        assert!(ended.err.contains(told), "{}", ended.err);
    }
    assert_eq!(records(&stage), before);
}

#[test]
fn wrong_use_is_exit_2_and_what_is_missing_is_named() {
    let stage = Stage::set_up();
    for (arguments, code, told) in [
        (&["run", "show", "tidak-ada"][..], 1, "pelaksanaan tidak-ada"),
        (&["visit", "show", "tidak-ada"], 1, "lokasi tidak-ada"),
        (&["order", "draft"], 2, "--title"),
        (&["status", "--at", "kemarin"], 2, "2026-02-03T08:30"),
        (
            &[
                "setting",
                "load",
                "thresholds",
                "tidak-ada.toml",
                "--from",
                "2026-01-01",
            ],
            2,
            "--as",
        ),
    ] {
        let ended = stage.rajut(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(told), "{told} in {}", ended.err);
    }
    stage.write("catatan.txt", "bukan basis data ".repeat(500));
    let no_database = stage.on("catatan.txt", &["run", "list"]);
    assert_eq!(no_database.code, 4, "{no_database:?}");
}

#[test]
fn a_database_that_was_never_set_up_is_refused_by_name_and_none_is_made() {
    let stage = Stage::set_up();
    let file = stage.write("opd.csv", "code,name\nbaru,Dinas Baru\n");
    let commands: [&[&str]; 8] = [
        &["run", "list"],
        &["person", "list"],
        &["export", "offices", "-"],
        &["import", "offices", &file, "--preview"],
        &["status"],
        &["doctor"],
        &["journal", "verify"],
        &["backup", "cadangan.zip"],
    ];
    for command in commands {
        let ended = stage.on("salah-ketik.db", command);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (2, ""),
            "{command:?}: {ended:?}"
        );
        for word in ["rajut setup", "salah-ketik.db"] {
            assert!(ended.err.contains(word), "{word} in {}", ended.err);
        }
    }
    let made: Vec<String> = std::fs::read_dir(stage.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("salah-ketik"))
        .collect();
    assert_eq!(made, Vec::<String>::new());
    // One that has tables and nothing in them is none either; set up, it is.
    assert_eq!(stage.on("kosong.db", &["migrate"]).code, 0);
    for command in commands {
        let ended = stage.on("kosong.db", command);
        assert_eq!(ended.code, 2, "{command:?}: {ended:?}");
        assert!(ended.err.contains("rajut setup"), "{}", ended.err);
    }
    stage.begin("kosong.db");
    assert_eq!(stage.on("kosong.db", &["run", "list"]).code, 0);
}
