//! The demo plays a year, its last quarter in full, and says itself whether the procedure was followed.

use serde_json::Value;

use crate::stage::{Stage, text};

#[test]
fn a_year_is_played_and_followed() {
    let stage = Stage::bare();
    let out = stage.path("demo");
    stage.done(&["demo", "--headless", "--year", "--out", &text(&out)]);
    let run: Value = serde_json::from_str(&std::fs::read_to_string(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["followed"], true, "{}", run["problems"]);
    let steps = run["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["done"] == true), "{steps:?}");
    for paper in ["1-surat-perintah", "2-lembar-disposisi", "5-laporan-akhir"] {
        for kind in ["txt", "pdf"] {
            let file = out.join(format!("{paper}.{kind}"));
            assert!(std::fs::metadata(&file).unwrap().len() > 0, "{file:?}");
        }
    }

    // What is left goes on: the next order waits for the head, two teams are out under another, and some complaints are still open.
    let list = |arguments: &[&str]| {
        let listed = stage.on("demo/demo.db", &[arguments, &["--format", "json"]].concat());
        assert_eq!(listed.code, 0, "{listed:?}");
        listed.json()
    };
    let open = list(&["run", "list"]);
    assert_eq!(open.as_array().unwrap().len(), 2, "{open}");
    let complaints = list(&["complaint", "list"]);
    let number = |it: &Value| it["number"].as_str().unwrap()[9..].parse::<usize>().unwrap();
    let told = complaints.as_array().unwrap().iter().map(number).max().unwrap();
    assert!(told > 250, "{told} complaints in a year");
}
