//! What one run leaves comes into the proposal of the next, with the reason.

use crate::stage::{Stage, two_sites};

fn draft(stage: &Stage, time: &str, sites: &str, more: &[&str]) -> crate::stage::Ended {
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
        "pengecekan",
        "--format",
        "json",
    ];
    stage.does("kasi-telematika", time, &[&draft[..], more].concat())
}

fn teamed(stage: &Stage, run: &str, times: [&str; 4]) {
    let team = stage.write(
        "tim.toml",
        "[[team]]\nname = \"Tim 1\"\nleader = \"teknisi-1\"\nmembers = [\"teknisi-1\"]\n",
    );
    let dispose = [
        "disposition",
        "make",
        run,
        "--to",
        "kasi-telematika",
        "--instruction",
        "laksanakan",
    ];
    let form = [
        "team",
        "form",
        run,
        &team,
        "--by-district",
        "2",
        "--reason",
        "tim yang sama melanjutkan",
    ];
    stage.does("kasi-telematika", times[0], &["order", "submit", run]);
    stage.does("kepala", times[1], &["order", "issue", run]);
    stage.does("kabid-telematika", times[2], &dispose);
    stage.does("kasi-telematika", times[3], &form);
}

#[test]
fn excused_sites_and_carried_complaints_move_to_the_next_run() {
    let stage = Stage::set_up();
    let [(first, _), (second, _)] = two_sites();
    let (a, b) = (first.code.as_str(), second.code.as_str());
    let run = draft(&stage, "08:00", &format!("{a},{b}"), &[]).json();
    let id = run["id"].as_str().unwrap();
    teamed(&stage, id, ["08:01", "08:02", "08:03", "08:04"]);
    let register = [
        "complaint",
        "register",
        "--site",
        b,
        "--channel",
        "phone",
        "--symptom",
        "down",
        "--text",
        "mati",
        "--reporter",
        "Contoh Pelapor",
        "--format",
        "json",
    ];
    let told = stage.does("petugas-layanan-1", "08:10", &register).json();
    let number = told["number"].as_str().unwrap();
    let excuse = ["target", "excuse", id, b, "--reason", "kantor direnovasi"];
    stage.does("kasi-telematika", "08:20", &excuse);
    let carry = ["complaint", "carry", number, id, "--reason", "menunggu renovasi"];
    stage.does("kasi-telematika", "08:25", &carry);

    // The last routine run is taken by itself; the proposal says what comes over and why.
    let next = draft(&stage, "09:00", a, &[]);
    assert!(
        next.err.contains(b) && next.err.contains("kantor direnovasi"),
        "{}",
        next.err
    );
    let next = next.json();
    assert_eq!(next["previous"], run["id"]);
    let scope = next["order"]["draft"]["scope"].as_array().unwrap();
    assert_eq!(scope.len(), 2, "{next}");
    let next_id = next["id"].as_str().unwrap();
    teamed(&stage, next_id, ["09:01", "09:02", "09:03", "09:04"]);
    let targets = stage
        .done(&["target", "list", next_id, "--format", "json"])
        .json();
    let of = |code: &str| {
        let targets = targets.as_array().unwrap();
        targets.iter().find(|it| it["site_code"] == code).unwrap().clone()
    };
    let why = serde_json::json!(["kantor direnovasi", "menunggu renovasi"]);
    assert_eq!(of(b)["carried_over"], why);
    assert_eq!(of(a)["carried_over"], serde_json::json!([]));
    assert_eq!(of(b)["complaints_open"], 1);

    // Nothing comes over where that is said.
    let alone = draft(&stage, "10:00", a, &["--previous", "none"]).json();
    assert!(alone["previous"].is_null());
    assert_eq!(alone["order"]["draft"]["scope"].as_array().unwrap().len(), 1);
    let named = draft(&stage, "10:05", a, &["--previous", id]).json();
    assert_eq!(named["order"]["draft"]["scope"].as_array().unwrap().len(), 2);
    stage.done(&["journal", "verify", "--deep"]);
}
