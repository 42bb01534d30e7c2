//! Visits as teams keep them by hand: twice at the door, one fault seen from several sides, a visit left open.

use crate::procedure::order_with_teams;
use crate::stage::{Stage, two_sites};

#[test]
fn one_fault_is_one_complaint_and_a_team_is_at_a_site_once() {
    let stage = Stage::set_up();
    let run = order_with_teams(&stage)["id"].as_str().unwrap().to_owned();
    let [(site, devices), _] = two_sites();
    let a = site.code.as_str();
    stage.does("teknisi-1", "09:00", &["visit", "check-in", "latest", a]);
    let again = stage.tries("teknisi-1", "09:01", &["visit", "check-in", "latest", a]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.err.contains("--id"), "{}", again.err);

    // Two people write the same fault down; it is one thing that is broken.
    let router = devices
        .iter()
        .find(|it| it.kind.code() == "router")
        .unwrap()
        .code
        .as_str();
    let broken = [
        "visit",
        "finding",
        a,
        "--device",
        router,
        "--condition",
        "minor",
        "--action",
        "none",
    ];
    stage.does(
        "teknisi-1",
        "09:10",
        &[&broken[..], &["--note", "menyala tanpa koneksi"]].concat(),
    );
    stage.does("teknisi-1", "09:12", &broken);
    stage.does(
        "teknisi-1",
        "09:40",
        &["visit", "check-out", a, "--outcome", "complete"],
    );
    let opened = stage.done(&["complaint", "list", "--format", "json"]).json();
    let opened = opened.as_array().unwrap();
    assert_eq!(opened.len(), 1, "{opened:?}");
    assert_eq!(opened[0]["channel"], "routine_check");

    // What the visit found itself brings nobody there again.
    let second = "019c1d00-0000-7000-8000-0000000000aa";
    stage.does(
        "teknisi-1",
        "10:00",
        &["visit", "check-in", "latest", a, "--id", second],
    );
    let third = "019c1d00-0000-7000-8000-0000000000ab";
    stage.does(
        "teknisi-1",
        "10:30",
        &["visit", "check-in", "latest", a, "--id", third],
    );
    let which = stage.tries(
        "teknisi-1",
        "10:40",
        &["visit", "check-out", a, "--outcome", "complete"],
    );
    assert_eq!(which.code, 2, "{which:?}");
    assert!(
        which.err.contains(second) && which.err.contains(third),
        "{}",
        which.err
    );
    for visit in [second, third] {
        stage.does(
            "teknisi-1",
            "10:45",
            &["visit", "check-out", visit, "--outcome", "complete"],
        );
    }
    stage.does(
        "kasi-telematika",
        "11:00",
        &["run", "cancel", &run, "--reason", "contoh"],
    );
    let next = [
        "order",
        "draft",
        "--title",
        "Berikutnya",
        "--from",
        "2026-02-03",
        "--until",
        "2026-02-27",
        "--to",
        "kabid-telematika",
        "--purpose",
        "pengecekan",
        "--sites",
        a,
        "--previous",
        &run,
        "--format",
        "json",
    ];
    let next = stage.does("kasi-telematika", "11:10", &next).json();
    assert!(!next.to_string().contains("after_last_visit"), "{next}");
}

#[test]
fn a_replacement_belongs_to_whom_the_team_says() {
    let stage = Stage::set_up();
    order_with_teams(&stage);
    let [(site, devices), _] = two_sites();
    let a = site.code.as_str();
    let old = devices.iter().find(|it| it.in_use()).unwrap();
    assert_ne!(old.owner.code(), "office", "the test could not fail");
    stage.does("teknisi-1", "09:00", &["visit", "check-in", "latest", a]);
    let replaced = [
        "visit",
        "finding",
        a,
        "--device",
        &old.code,
        "--condition",
        "major",
        "--action",
        "replace",
        "--repair-minutes",
        "20",
        "--owner",
        "office",
    ];
    // Whose it is says nothing about a device that is not named.
    let unnamed = stage.tries("teknisi-1", "09:10", &replaced);
    assert_eq!(unnamed.code, 2, "{unnamed:?}");
    assert!(unnamed.err.contains("--new-code"), "{}", unnamed.err);
    stage.does(
        "teknisi-1",
        "09:10",
        &[&replaced[..], &["--new-code", "CONTOH-GANTI-1"]].concat(),
    );
    let visit = stage.done(&["visit", "show", a, "--format", "json"]).json();
    assert_eq!(visit["findings"][0]["replacement"]["owner"], "office", "{visit}");
    // Nobody said its serial number, and no photo shows that it has none.
    let codes: Vec<&str> = visit["flags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flag| flag["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["no_photo"], "{visit}");
    let shown = stage.done(&["visit", "show", a]);
    assert!(shown.out.contains("tanpa foto"), "{}", shown.out);
}

#[test]
fn a_part_that_only_the_second_names_is_needed_all_the_same() {
    let stage = Stage::set_up();
    order_with_teams(&stage);
    let [(site, devices), _] = two_sites();
    let a = site.code.as_str();
    let broken = devices.iter().find(|it| it.in_use()).unwrap();
    stage.does("teknisi-1", "09:00", &["visit", "check-in", "latest", a]);
    let finding = [
        "visit",
        "finding",
        a,
        "--device",
        &broken.code,
        "--action",
        "escalate",
        "--condition",
        "major",
    ];
    stage.does("teknisi-1", "09:10", &finding);
    let fan = ["--part", "Kipas contoh", "--quantity", "2"];
    stage.does("teknisi-2", "09:12", &[&finding[..], &fan].concat());
    // A third word that names another part disagrees: both are kept, both are asked for.
    let supply = ["--part", "Catu daya contoh"];
    stage.does("teknisi-1", "09:20", &[&finding[..], &supply].concat());
    let shown = stage.done(&["visit", "show", a]);
    for part in ["2 x Kipas contoh", "1 x Catu daya contoh"] {
        assert!(shown.out.contains(part), "{part} in {}", shown.out);
    }
    stage.does(
        "teknisi-1",
        "09:40",
        &["visit", "check-out", a, "--outcome", "complete"],
    );
    let needed = stage.done(&["parts", "needed", "--format", "json"]).json();
    let mut told: Vec<(&str, u64, u64)> = needed
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let number = |key: &str| it[key].as_u64().unwrap();
            (
                it["part"].as_str().unwrap(),
                number("quantity"),
                number("follow_ups"),
            )
        })
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("Catu daya contoh", 1, 1), ("Kipas contoh", 2, 1)]);
}

#[test]
fn a_fault_waits_for_the_part_that_the_team_names() {
    let stage = Stage::set_up();
    order_with_teams(&stage);
    let [(site, devices), _] = two_sites();
    let a = site.code.as_str();
    let broken = devices.iter().find(|it| it.in_use()).unwrap();
    stage.does("teknisi-1", "09:00", &["visit", "check-in", "latest", a]);
    let finding = |condition: &str, part: &[&str]| {
        let about = [
            "visit",
            "finding",
            a,
            "--device",
            &broken.code,
            "--action",
            "escalate",
            "--condition",
            condition,
        ];
        stage.tries("teknisi-1", "09:10", &[&about[..], part].concat())
    };
    let part = [
        "--part",
        "Catu daya contoh 12 V",
        "--quantity",
        "3",
        "--part-due",
        "2026-02-20",
    ];
    for (condition, part, told) in [
        ("good", &part[..], "--part"),
        ("major", &["--quantity", "3"], "--part"),
        ("major", &["--part", "Catu daya", "--quantity", "0"], "--quantity"),
    ] {
        let wrong = finding(condition, part);
        assert_eq!(wrong.code, 2, "{wrong:?}");
        assert!(wrong.err.contains(told), "{}", wrong.err);
    }
    let named = finding("major", &part);
    assert_eq!(named.code, 0, "{named:?}");
    stage.does(
        "teknisi-1",
        "09:40",
        &["visit", "check-out", a, "--outcome", "complete"],
    );
    let needed = stage.done(&["parts", "needed", "--format", "json"]).json();
    assert_eq!(
        needed,
        serde_json::json!([{
            "part": "Catu daya contoh 12 V", "quantity": 3, "first_due_on": "2026-02-20", "follow_ups": 1,
        }])
    );
}
