//! A procedure's next version, from the draft to the day on which it is in force.

use serde_json::{Value, json};

use crate::stage::{Stage, two_sites};

const SEED: &str = include_str!("../../../../procedures/pemeliharaan-jaringan.toml");
const CODE: &str = "pemeliharaan-jaringan";
const ADMIN: &str = "pengelola-sistem";

fn version(number: u32, report: &str) -> String {
    SEED.replacen("version = 1", &format!("version = {number}"), 1)
        .replacen("Tim melaporkan", report, 1)
}

fn versions(stage: &Stage, on: &str) -> Vec<(u64, String, bool)> {
    let at = format!("{on}T12:00");
    let listed = stage
        .done(&["sop", "list", "--at", &at, "--format", "json"])
        .json();
    listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["code"] == CODE)
        .map(|line| {
            (
                line["version"].as_u64().unwrap(),
                line["state"].as_str().unwrap().to_owned(),
                line["in_force"].as_bool().unwrap(),
            )
        })
        .collect()
}

/// The mark of the text of version 2, as the list shows it.
fn mark(stage: &Stage) -> String {
    let listed = stage.done(&["sop", "list", "--format", "json"]).json();
    let line = listed.as_array().and_then(|lines| {
        lines
            .iter()
            .find(|line| line["code"] == CODE && line["version"] == 2)
    });
    line.expect("version 2 is listed")["mark"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A version of the register is printed as what it is, a file as a draft.
#[test]
fn an_sop_is_printed_on_paper_from_the_register_and_from_a_file() {
    let stage = Stage::set_up();
    let of_register = stage.path("berlaku.pdf");
    stage.done(&["sop", "print", CODE, "--pdf", &of_register.to_string_lossy()]);
    let file = stage.write("konsep.toml", version(2, "Tim melapor"));
    let of_file = stage.path("konsep.pdf");
    stage.done(&["sop", "print", &file, "--pdf", &of_file.to_string_lossy()]);
    for (path, draft) in [(of_register, false), (of_file, true)] {
        assert!(std::fs::read(&path).unwrap().starts_with(b"%PDF-"));
        let text = std::process::Command::new("pdftotext")
            .args(["-layout".as_ref(), path.as_os_str(), "-".as_ref()])
            .output()
            .expect("poppler-utils is installed");
        let text = String::from_utf8(text.stdout).unwrap();
        assert_eq!(text.contains("DRAF"), draft, "{text}");
        assert!(text.contains("Kepala Seksi Telematika"), "{text}");
    }
    let rows = stage.done(&["sop", "print", &file]).out;
    assert!(rows.contains("Tim melapor"), "{rows}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn a_version_is_drafted_approved_and_put_in_force() {
    let stage = Stage::set_up();
    assert!(SEED.contains("Tim melaporkan"), "the test changes that step");
    let second = stage.write("dua.toml", version(2, "Tim menyampaikan"));
    let third = stage.write("tiga.toml", version(3, "Tim menyampaikan"));
    let stuck = stage.write(
        "buntu.toml",
        version(2, "Tim menyampaikan").replacen("next = ", "next = \"entah\" # ", 1),
    );
    let kasi = "kasi-telematika";

    stage.refused(
        kasi,
        "08:00",
        &["sop", "draft", &third],
        &["versi berikutnya", "version = 2"],
    );
    let malformed = stage.write("rusak.toml", "code = \"a\"\nversion = \"satu\"\n");
    let ended = stage.tries(kasi, "08:00", &["sop", "draft", &malformed]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("SOP, baris 2, kolom 11"), "{}", ended.err);

    // A draft with a fault that would leave a run stuck is put down and told, and cannot be signed.
    let drafted = stage.does(kasi, "08:05", &["sop", "draft", &stuck, "--format", "json"]);
    let codes: Vec<Value> = drafted
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].clone())
        .collect();
    assert!(codes.contains(&json!("E10")), "{codes:?}");
    let seen = mark(&stage);
    let approve = ["sop", "approve", CODE, "2", "--seen", &seen];
    let reasons = ["--accept", "E01=nomor menyusul", "--accept", "E03=lihat lampiran"];
    let stuck_signed = [&approve[..], &reasons].concat();
    stage.refused("kepala", "08:06", &stuck_signed, &["harus diperbaiki", "E10"]);

    stage.does(kasi, "08:10", &["sop", "draft", &second]);
    // The head has read the text of before: what was put in its place meanwhile is not signed.
    let ended = stage.tries("kepala", "08:11", &stuck_signed);
    assert_eq!(ended.code, 1, "{ended:?}");
    let seen = mark(&stage);
    assert!(ended.err.contains(&seen), "{}", ended.err);
    let approve = ["sop", "approve", CODE, "2", "--seen", &seen];
    let signed = [&approve[..], &reasons].concat();
    assert_eq!(
        versions(&stage, "2026-02-02"),
        [(1, "effective".to_owned(), true), (2, "draft".to_owned(), false)]
    );
    let activate = ["sop", "activate", CODE, "2", "--from", "2026-02-03"];
    stage.refused(ADMIN, "08:11", &activate, &["rancangan"]);
    stage.refused("kepala", "08:12", &approve, &["E01", "--accept KODE=ALASAN"]);
    stage.refused(kasi, "08:12", &signed, &["berwenang", "Contoh Kepala"]);
    stage.does("kepala", "08:15", &signed);
    stage.refused(kasi, "08:16", &["sop", "draft", &second], &["disahkan"]);
    stage.does(
        "kepala",
        "08:20",
        &["sop", "return", CODE, "2", "--note", "perbaiki langkah 5"],
    );
    stage.does(kasi, "08:25", &["sop", "draft", &second]);
    stage.does("kepala", "08:30", &signed);
    let early = ["sop", "activate", CODE, "2", "--from", "2026-02-01"];
    stage.refused(ADMIN, "08:31", &early, &["mendahului tanggal pengesahan"]);
    stage.refused("kepala", "08:31", &activate, &["berwenang"]);
    stage.does(ADMIN, "08:35", &activate);

    assert_eq!(
        versions(&stage, "2026-02-02"),
        [
            (1, "effective".to_owned(), true),
            (2, "effective".to_owned(), false)
        ]
    );
    assert_eq!(
        versions(&stage, "2026-02-03"),
        [
            (1, "effective".to_owned(), false),
            (2, "effective".to_owned(), true)
        ]
    );
    let listed = stage
        .done(&["sop", "list", "--at", "2026-02-03T08:00", "--format", "json"])
        .json();
    let line = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["code"] == CODE && line["version"] == 2)
        .unwrap();
    assert!(
        line["approved_by"].as_str().unwrap().contains("Contoh Kepala"),
        "{line}"
    );
    assert_eq!(line["approval"]["acknowledged"]["E01"], "nomor menyusul");

    let differs = stage.rajut(&["sop", "diff", CODE, "1", "2", "--format", "json"]);
    assert_eq!(differs.code, 1, "{differs:?}");
    let paths: Vec<Value> = differs
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["path"].clone())
        .collect();
    assert!(paths.contains(&json!("version")), "{paths:?}");
    assert!(
        paths
            .iter()
            .any(|path| path.as_str().unwrap().ends_with("activity")),
        "{paths:?}"
    );
    // Against the one in force on that day.
    let none = stage.rajut(&["sop", "diff", CODE, "2", "--at", "2026-02-03T08:00"]);
    assert_eq!(none.code, 0, "{none:?}");
    let files = stage.rajut(&["sop", "diff", &second, &third, "--format", "json"]);
    assert_eq!(files.json().as_array().unwrap().len(), 1, "{files:?}");
    let print = ["sop", "print", CODE, "--at", "2026-02-03T08:00"];
    assert!(stage.done(&print).out.contains("Tim menyampaikan"));
    let first = stage.done(&[&print[..], &["--version", "1", "--source"]].concat());
    assert_eq!(first.out, SEED);
    stage.done(&["journal", "verify", "--deep"]);
}

/// Where version 2 takes effect in the middle of a run, that run goes on under version 1 to its end.
#[test]
fn a_run_ends_under_the_version_it_began_with() {
    let stage = Stage::set_up();
    let [(site, _), _] = two_sites();
    let draft = |title: &str, time: &str| {
        let draft = [
            "order",
            "draft",
            "--title",
            title,
            "--sites",
            &site.code,
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
        stage.does("kasi-telematika", time, &draft).json()
    };
    let run = draft("Di bawah versi 1", "08:00");
    assert_eq!(run["procedure"]["version"], 1);
    let id = run["id"].as_str().unwrap();
    stage.does("kasi-telematika", "08:01", &["order", "submit", id]);
    stage.does("kepala", "08:02", &["order", "issue", id]);

    let second = stage.write("dua.toml", version(2, "Tim menyampaikan"));
    stage.does("kasi-telematika", "08:10", &["sop", "draft", &second]);
    let seen = mark(&stage);
    let approve = [
        "sop",
        "approve",
        CODE,
        "2",
        "--seen",
        &seen,
        "--accept",
        "E01=nomor menyusul",
        "--accept",
        "E03=lihat lampiran",
    ];
    stage.does("kepala", "08:11", &approve);
    let activate = ["sop", "activate", CODE, "2", "--from", "2026-02-02"];
    stage.does(ADMIN, "08:12", &activate);
    let other = draft("Di bawah versi 2", "08:13");
    assert_eq!(other["procedure"]["version"], 2);

    let dispose = [
        "disposition",
        "make",
        id,
        "--to",
        "kasi-telematika",
        "--instruction",
        "laksanakan",
    ];
    stage.does("kabid-telematika", "08:20", &dispose);
    let team = stage.write(
        "tim.toml",
        "[[team]]\nname = \"Tim 1\"\nleader = \"teknisi-1\"\nmembers = [\"teknisi-1\"]\n",
    );
    stage.does(
        "kasi-telematika",
        "08:40",
        &["team", "form", id, &team, "--by-district", "2"],
    );
    stage.does("teknisi-1", "09:30", &["visit", "check-in", id, &site.code]);
    let left = [
        "visit",
        "check-out",
        &site.code,
        "--outcome",
        "complete",
        "--met",
        "Contoh Kontak",
    ];
    stage.does("teknisi-1", "10:10", &left);
    stage.does("teknisi-1", "14:30", &["report", "returned", id, "Tim 1"]);
    stage.does(
        "teknisi-1",
        "14:40",
        &["report", "submit", id, "Tim 1", "--results", "selesai"],
    );
    stage.does("kasi-telematika", "15:10", &["report", "accept", id, "Tim 1"]);
    stage.does(
        "kasi-telematika",
        "15:20",
        &["report", "final", id, "--results", "selesai"],
    );
    stage.does(
        "kasi-telematika",
        "15:30",
        &["run", "close", id, "--instruction", "diarsipkan"],
    );
    let runs = stage.done(&["run", "list", "--all", "--format", "json"]).json();
    let ended = runs.as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    assert_eq!(ended["procedure"]["version"], 1);
    assert_eq!(ended["end"]["how"], "closed", "{ended}");
    stage.done(&["journal", "verify", "--deep"]);
}

/// Each with a symbol of its own, joined by a line where each must act and by a stroke where either may.
#[test]
fn joint_actors_stand_in_one_row() {
    let stage = Stage::set_up();
    let third = include_str!("../../../rajut-core/tests/fixtures/penggantian-perangkat.toml");
    let file = stage.write("tiga.toml", third.replacen("version = 3", "version = 1", 1));
    stage.does("kasi-telematika", "08:00", &["sop", "draft", &file]);
    let print = [
        "sop",
        "print",
        "penggantian-perangkat",
        "--version",
        "1",
        "--format",
        "csv",
    ];
    let printed = stage.done(&print).out;
    assert!(
        printed.contains("Tim \u{2014} Kantor") && printed.contains("process \u{2014} process"),
        "{printed}"
    );
    let either = stage
        .done(&["sop", "print", "penanganan-pengaduan", "--format", "csv"])
        .out;
    assert!(either.contains("Kasi (Ketua Tim) / Kabid"), "{either}");
    // A draft is no procedure yet that a run could follow.
    let none = stage.rajut(&["sop", "print", "penggantian-perangkat"]);
    assert_eq!(none.code, 1, "{none:?}");
}
