//! The command line as people use it: the real program on a database of its own, nothing reached around it.
//!
//! All times are given with `--at`, so that the tests mean the same on every day.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bad_input;
mod carry;
mod demo;
mod devices;
mod incident;
mod killed;
mod laptop;
mod offices;
mod papers;
mod people;
mod procedure;
mod services;
mod serving;
mod setup;
mod sop;
mod stage;
mod sweep;
mod told;
mod visits;

use stage::Stage;

#[test]
fn the_shipped_procedures_are_linted() {
    let stage = Stage::bare();
    let seed = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../procedures/pemeliharaan-jaringan.toml"
    );
    let complaints = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../procedures/penanganan-pengaduan.toml"
    );
    let linted = stage.rajut(&["sop", "lint", seed, "--known", complaints, "--format", "json"]);
    assert_eq!(linted.code, 1, "{linted:?}");
    let found = linted.json();
    let codes: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    for code in ["E01", "W01", "W02", "W03", "W05", "W06", "W07", "W09"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["advice", "code", "line", "message", "severity"]);
    let linted = stage.rajut(&["sop", "lint", complaints, "--known", seed, "--format", "json"]);
    let errors = linted
        .json()
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["severity"] == "error")
        .count();
    assert_eq!(linted.code, i32::from(errors > 0), "{linted:?}");
}

#[test]
fn a_malformed_procedure_names_line_column_and_what_was_expected() {
    let stage = Stage::bare();
    let file = stage.write("sop.toml", "code = \"a\"\nversion = \"satu\"\n");
    let linted = stage.rajut(&["sop", "lint", &file]);
    assert_eq!(linted.code, 2, "{linted:?}");
    assert!(
        linted.err.contains("baris 2, kolom 11: seharusnya"),
        "{}",
        linted.err
    );
}

#[test]
fn a_procedure_in_force_is_printed_as_a_table_or_as_its_source() {
    let stage = Stage::set_up();
    let table = stage.done(&["sop", "print", "pemeliharaan-jaringan"]);
    for told in [
        "Nama SOP",
        "Pemeliharaan Jaringan Intra Pemerintah",
        "Kabid",
        "10 menit",
        "\u{2191}",
        "1 jam",
    ] {
        assert!(table.out.contains(told), "{told} in {}", table.out);
    }
    let source = stage.done(&["sop", "print", "pemeliharaan-jaringan", "--source"]);
    assert_eq!(
        source.out,
        include_str!("../../../../procedures/pemeliharaan-jaringan.toml")
    );
}

/// Every list has one form for programs, with the place of its next page.
#[test]
fn lists_are_items_and_next() {
    let stage = Stage::set_up();
    for (list, more) in [
        (&["journal", "show", "--limit", "2"][..], true),
        (&["run", "list"], false),
        (&["complaint", "list"], false),
        (&["person", "list"], false),
        (&["post", "list"], false),
        (&["office", "list"], false),
        (&["setting", "list"], false),
        (&["sop", "list"], false),
        (&["document", "list"], false),
        (&["follow-up", "list"], false),
        (&["incident", "list"], false),
        (&["parts", "needed"], false),
        (&["team", "overtime", "list"], false),
        (&["token", "list"], false),
    ] {
        let told = stage.done(&[list, &["--format", "json"]].concat());
        let value: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["items", "next"], "{list:?}");
        assert!(value["items"].is_array(), "{list:?}");
        assert_eq!(value["next"].is_string(), more, "{list:?}: {}", value["next"]);
        assert_eq!(told.err.contains("--after"), more, "{list:?}: {}", told.err);
    }
}

/// From the end a page at a time, and of one record or one who acted.
#[test]
fn the_journal_is_shown_from_its_end_and_by_record() {
    let stage = Stage::set_up();
    let show = |more: &[&str]| {
        let told = stage.done(&[&["journal", "show", "--format", "json"], more].concat());
        serde_json::from_str::<serde_json::Value>(&told.out).unwrap()
    };
    let numbers = |page: &serde_json::Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["seq"].as_i64().unwrap()).collect()
    };
    let last = show(&["--latest", "--limit", "3"]);
    let head = numbers(&last)[0];
    assert_eq!(numbers(&last), [head, head - 1, head - 2]);
    let next = last["next"].as_str().unwrap();
    let before = show(&["--latest", "--limit", "2", "--after", next]);
    assert_eq!(numbers(&before), [head - 3, head - 4]);
    assert_eq!(numbers(&show(&["--limit", "2"])), [1, 2]);

    let stream = &last["items"][0]["stream"];
    let record = format!(
        "{}/{}",
        stream["kind"].as_str().unwrap(),
        stream["id"].as_str().unwrap()
    );
    let history = show(&["--record", &record]);
    assert_eq!(numbers(&history)[0], head);
    for item in history["items"].as_array().unwrap() {
        assert_eq!(&item["stream"], stream);
    }
    let by = last["items"][0]["done_by"].as_str().unwrap();
    for item in show(&["--by", by])["items"].as_array().unwrap() {
        assert_eq!(item["done_by"], by);
    }
    assert_eq!(stage.rajut(&["journal", "show", "--by", "tidak ada"]).code, 1);
    assert_eq!(stage.rajut(&["journal", "show", "--record", "run"]).code, 2);
}

#[test]
fn our_own_host_is_measured_and_judged() {
    let stage = Stage::bare();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let seen = stage
        .done(&["check", "127.0.0.1", "--tcp", &port, "--format", "json"])
        .json();
    assert_eq!(seen["target"], "127.0.0.1");
    assert_eq!(seen["observations"][0]["outcome"], "seen");
    assert_eq!(seen["observations"][0]["samples"].as_array().unwrap().len(), 20);
    assert!(
        seen["judgements"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["measure"] == "delay"),
        "{seen}"
    );
    let many: Vec<String> = (0..1_030)
        .map(|i| format!("127.0.{}.{}", i / 250, i % 250 + 1))
        .collect();
    let mut arguments = vec!["check"];
    arguments.extend(many.iter().map(String::as_str));
    let refused = stage.rajut(&arguments);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
}
