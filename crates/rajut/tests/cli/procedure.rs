//! The procedure from the order to the closing disposition, by the command line only.

use serde_json::{Value, json};

use crate::stage::{Stage, text, two_sites};

/// The order is drafted for two sites and laid before the head; gives the run as JSON.
fn drafted(stage: &Stage, sites: &str) -> Value {
    let draft = [
        "order",
        "draft",
        "--title",
        "Pengecekan contoh",
        "--sites",
        sites,
        "--from",
        "2026-02-02",
        "--until",
        "2026-02-27",
        "--to",
        "kabid-telematika",
        "--purpose",
        "pengecekan rutin",
        "--format",
        "json",
    ];
    let run = stage.does("kasi-telematika", "08:00", &draft).json();
    stage.does("kabid-telematika", "08:05", &["order", "initial", "latest"]);
    stage.does("kasi-telematika", "08:10", &["order", "submit", "latest"]);
    run
}

fn teams(stage: &Stage) -> String {
    let toml = "[[team]]\nname = \"Tim 1\"\nleader = \"teknisi-1\"\nmembers = [\"teknisi-1\", \"teknisi-2\"]\n\
                vehicle = \"Z 1 CONTOH\"\n";
    stage.write("tim.toml", toml)
}

/// An order for two sites that was issued, disposed and has its team; gives the run as JSON.
pub fn order_with_teams(stage: &Stage) -> Value {
    let [(first, _), (second, _)] = two_sites();
    let run = drafted(stage, &format!("{},{}", first.code, second.code));
    stage.does("kepala", "08:15", &["order", "issue", "latest"]);
    let dispose = [
        "disposition",
        "make",
        "latest",
        "--to",
        "kasi-telematika",
        "--instruction",
        "laksanakan",
    ];
    stage.does("kabid-telematika", "08:20", &dispose);
    let form = ["team", "form", "latest", &teams(stage), "--by-district", "2"];
    stage.does("kasi-telematika", "08:40", &form);
    run
}

#[test]
fn the_seed_procedure_runs_end_to_end() {
    runs_end_to_end(&Stage::set_up());
}

#[test]
fn the_seed_procedure_runs_end_to_end_on_postgresql() {
    runs_end_to_end(&Stage::set_up_on_postgresql());
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn runs_end_to_end(stage: &Stage) {
    let [(first, devices), (second, _)] = two_sites();
    let (a, b) = (first.code.as_str(), second.code.as_str());

    let register = [
        "complaint",
        "register",
        "--site",
        a,
        "--channel",
        "phone",
        "--symptom",
        "slow",
        "--text",
        "lambat",
        "--reporter",
        "Contoh Pelapor",
        "--contact",
        "0800-001-0001",
        "--format",
        "json",
    ];
    let complaint = stage.does("petugas-layanan-1", "07:45", &register).json();
    let number = complaint["number"].as_str().unwrap();
    let code = complaint["code"].as_str().unwrap();
    assert_eq!(number, "ADU-2026-00001");
    stage.done(&["complaint", "receipt", number, code]);
    assert_eq!(stage.rajut(&["complaint", "receipt", number, "SALAH234"]).code, 1);

    let run = drafted(stage, &format!("{a},{b}"));
    // The wrong person; then the wrong order of steps.
    stage.refused(
        "teknisi-1",
        "08:12",
        &["order", "issue", "latest"],
        &["berwenang", "Contoh Kepala"],
    );
    let dispose = [
        "disposition",
        "make",
        "latest",
        "--to",
        "kasi-telematika",
        "--instruction",
        "laksanakan",
    ];
    stage.refused(
        "kabid-telematika",
        "08:13",
        &dispose,
        &["Belum ada surat perintah"],
    );
    stage.does("kepala", "08:15", &["order", "issue", "latest"]);
    stage.does("kabid-telematika", "08:20", &dispose);
    stage.does(
        "kasi-telematika",
        "08:40",
        &["team", "form", "latest", &teams(stage), "--by-district", "2"],
    );
    let planned = stage
        .done(&["target", "list", "latest", "--format", "json"])
        .json();
    for target in planned.as_array().unwrap() {
        assert_eq!(
            (&target["planned_on"], &target["due_on"]),
            (&json!("2026-02-02"), &json!("2026-02-27"))
        );
    }

    // The first site: a device that needs a part, the rest is good, the complaint is judged.
    stage.does("teknisi-1", "09:30", &["visit", "check-in", "latest", a]);
    let broken = devices
        .iter()
        .find(|device| device.in_use())
        .unwrap()
        .code
        .as_str();
    let finding = [
        "visit",
        "finding",
        a,
        "--device",
        broken,
        "--condition",
        "minor",
        "--action",
        "escalate",
        "--note",
        "menunggu catu daya",
    ];
    stage.does("teknisi-1", "09:40", &finding);
    stage.does("teknisi-1", "09:45", &["visit", "finding", a, "--all-good"]);
    stage.does("teknisi-1", "09:50", &["visit", "verdict", a, number, "escalate"]);
    stage.does(
        "teknisi-1",
        "10:10",
        &[
            "visit",
            "check-out",
            a,
            "--outcome",
            "complete",
            "--met",
            "Contoh Kontak",
        ],
    );
    stage.does(
        "teknisi-1",
        "10:12",
        &["visit", "confirm", a, "--by", "Contoh Kontak"],
    );
    let open = stage.done(&["follow-up", "list", "--format", "json"]).json();
    assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
    let needed = stage.done(&["parts", "needed", "--format", "json"]).json();
    assert_eq!(needed[0]["quantity"], 1, "{needed}");

    offline(stage, &run, b);
    let report = [
        "report",
        "submit",
        "latest",
        "Tim 1",
        "--results",
        "dua lokasi diperiksa",
    ];
    stage.refused(
        "kasi-telematika",
        "14:00",
        &["run", "close", "latest", "--instruction", "arsip"],
        &["laporan"],
    );
    stage.does("teknisi-1", "14:30", &["report", "returned", "latest", "Tim 1"]);
    stage.does("teknisi-1", "14:40", &report);
    stage.does(
        "kasi-telematika",
        "14:50",
        &["report", "send-back", "latest", "Tim 1", "--note", "lengkapi"],
    );
    stage.does("teknisi-1", "15:00", &report);
    stage.does(
        "kasi-telematika",
        "15:10",
        &["report", "accept", "latest", "Tim 1"],
    );
    let close = ["run", "close", "latest", "--instruction", "diarsipkan"];
    stage.refused("kasi-telematika", "15:15", &close, &["Laporan akhir belum ada"]);
    stage.does(
        "kasi-telematika",
        "15:20",
        &["report", "final", "latest", "--results", "selesai"],
    );
    stage.does("kasi-telematika", "15:30", &close);

    let closed = stage
        .done(&[
            "run",
            "show",
            "latest",
            "--at",
            "2026-02-02T16:00",
            "--format",
            "json",
        ])
        .json();
    assert_eq!(
        (&closed["standing"], &closed["totals"]["met"]),
        (&json!("closed"), &json!(2)),
        "{closed}"
    );
    let told = stage
        .done(&["run", "show", "latest", "--at", "2026-02-02T16:00"])
        .out;
    for words in [
        "Jam: pengecekan (di lokasi)",
        "2 kali, baku 60 menit",
        "Jam: pembentukan-tim (waktu kerja)",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    numbered(stage, a, number);
    let papers = stage.done(&["document", "list", "--format", "json"]).json();
    let number = papers[0]["number"].as_str().unwrap();
    assert!(stage.done(&["document", "print", number]).out.contains(number));
    stage.done(&["journal", "verify", "--deep"]);
    kept(stage);
}

/// Every paper of the procedure is issued or printed from its records.
fn numbered(stage: &Stage, site: &str, complaint: &str) {
    let issue = |post: &str, arguments: &[&str]| {
        let all = [&["document", "issue"], arguments, &["--format", "json"]].concat();
        stage.does(post, "15:40", &all).json()["number"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let numbers = [
        issue(
            "kasi-telematika",
            &["task-letter", "--run", "latest", "--team", "Tim 1"],
        ),
        issue("kasi-telematika", &["minutes", "--visit", site]),
        issue(
            "kasi-telematika",
            &["report", "--run", "latest", "--team", "Tim 1"],
        ),
        issue("kasi-telematika", &["report", "--run", "latest"]),
    ];
    for number in &numbers {
        assert!(
            stage
                .done(&["document", "print", number])
                .out
                .contains(number.as_str())
        );
    }
    let listed = stage.done(&["document", "list", "--run", "latest"]).out;
    for kind in ["surat perintah", "surat tugas", "berita acara", "laporan"] {
        assert!(listed.contains(kind), "{kind} in {listed}");
    }
    for (what, of, told) in [
        ("disposition", ["--run", "latest"], "laksanakan"),
        ("verified-complaints", ["--run", "latest"], complaint),
        ("checklist", ["--visit", site], "C*** K***"),
    ] {
        let print = [&["document", "print", what], &of[..]].concat();
        let sheet = stage.done(&print).out;
        assert!(sheet.contains(told), "{told} in {what}: {sheet}");
        let file = stage.path(&format!("{what}.pdf"));
        stage.done(&[&print[..], &["--pdf", &text(&file)]].concat());
        assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF-"), "{what}");
    }
}

/// The second site is visited without a network: the queue of the device is sent twice and is one set of acts.
fn offline(stage: &Stage, run: &Value, site: &str) {
    let targets = stage
        .done(&["target", "list", "latest", "--format", "json"])
        .json();
    let target = targets
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["site_code"] == site)
        .unwrap()["id"]
        .clone();
    let team = stage.done(&["team", "list", "latest", "--format", "json"]).json()[0].clone();
    let visit = "019c1d00-0000-7000-8000-000000000001";
    let came = "2026-02-02T04:00:00Z";
    let left = "2026-02-02T04:45:00Z";
    let check_in = json!({"key": "019c1d00-0000-7000-8000-00000000000a", "at": came, "command": {"check_in": {
        "visit": visit, "site": run["order"]["draft"]["scope"][1], "run": run["id"], "team": team["id"],
        "targets": [target], "present": [team["leader"]], "at": came,
    }}});
    let check_out = json!({"key": "019c1d00-0000-7000-8000-00000000000b", "at": left, "command": {"check_out": {
        "visit": visit, "outcome": "complete", "met": null, "personal": [], "note": "", "at": left,
    }}});
    let file = stage.write("antrean.jsonl", format!("{check_in}\n{check_out}\n"));
    let act = ["act", &file, "--as", "teknisi-1", "--format", "json"];
    let once = stage.done(&act).json_lines();
    let twice = stage.done(&act).json_lines();
    for (index, outcome) in [(&once, "done"), (&twice, "repeated")] {
        let told: Vec<&str> = index.iter().map(|it| it["outcome"].as_str().unwrap()).collect();
        assert_eq!(told, [outcome, outcome]);
    }
    assert_eq!(once[1]["record"], twice[1]["record"]);
    let visits = stage
        .done(&["visit", "list", "latest", "--format", "json"])
        .json();
    assert_eq!(visits.as_array().unwrap().len(), 2);
}

/// What was done survives a backup and its restoring, and an anchor holds it.
fn kept(stage: &Stage) {
    let archive = text(&stage.path("arsip.zip"));
    let anchor = text(&stage.path("jangkar.jsonl"));
    stage.done(&["backup", &archive]);
    stage.done(&["journal", "anchor", &anchor]);
    let restored = stage.on("lain.db", &["restore", &archive]);
    assert_eq!(restored.code, 0, "{restored:?}");
    for list in [
        &["run", "list", "--all"][..],
        &["visit", "list", "latest"],
        &["complaint", "list", "--all"],
    ] {
        let list = [list, &["--format", "json"]].concat();
        let there = stage.on("lain.db", &list);
        assert_eq!((there.code, there.out), (0, stage.done(&list).out), "{list:?}");
    }
    assert_eq!(
        stage
            .on("lain.db", &["journal", "verify", "--deep", "--anchor", &anchor])
            .code,
        0
    );
    let again = stage.on("lain.db", &["restore", &archive]);
    assert_eq!(again.code, 4, "{again:?}");
    assert!(again.err.contains("kosong"), "{}", again.err);
}

#[test]
fn the_doctor_tells_what_is_wrong() {
    let stage = Stage::set_up();
    let verbal = [
        "order",
        "draft",
        "--title",
        "Lisan",
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
    ];
    stage.does("kasi-telematika", "08:00", &verbal);
    stage.does(
        "kasi-telematika",
        "08:05",
        &[
            "order",
            "verbal",
            "latest",
            "--by",
            "kepala",
            "--channel",
            "phone",
        ],
    );
    let told = stage.rajut(&["doctor", "--at", "2026-02-20T08:00", "--format", "json"]);
    assert_eq!(told.code, 1, "{told:?}");
    let found = told.json();
    let wrong = |check: &str| {
        found
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["check"] == check && it["ok"] == false)
            .count()
    };
    assert_eq!(
        (
            wrong("verbal-orders"),
            wrong("roster"),
            wrong("durable"),
            wrong("calendar")
        ),
        (1, 0, 0, 0),
        "{found}"
    );
}

#[test]
fn nobody_edits_people_without_the_right() {
    let stage = Stage::set_up();
    let leave = [
        "person",
        "leave",
        "teknisi-2",
        "--from",
        "2026-02-03",
        "--until",
        "2026-02-05",
        "--reason",
        "sakit",
    ];
    stage.refused("teknisi-1", "08:00", &leave, &["berwenang", "Yang dapat"]);
    let nobody = stage.rajut(&leave);
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.err.contains("--as"), "{}", nobody.err);
}
