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

/// Three teams send at once and draw their ids in an order that nobody sets: what happens does not depend on it.
#[test]
fn the_same_seed_plays_the_same_quarter() {
    let stage = Stage::bare();
    let told = ["satu", "dua"].map(|name| {
        let out = stage.path(name);
        let played = stage.done(&["demo", "--headless", "--out", &text(&out)]);
        let told = played.err.lines().last().unwrap().to_owned();
        told.split_once("; outputs in").unwrap().0.to_owned()
    });
    assert!(
        told[0].contains("100 sites") && told[0].contains("records"),
        "{}",
        told[0]
    );
    assert_eq!(told[0], told[1]);
}
