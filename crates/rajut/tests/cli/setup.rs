//! Setting a database up: whose it is, and why the faults of the shipped papers are accepted, is said by people.

use crate::stage::{ACCEPT, Stage};

#[test]
fn nobody_is_set_up_as_somebody_else() {
    let stage = Stage::bare();
    let refused = stage.rajut(&["setup"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("--print-template"), "{}", refused.err);
    assert!(!stage.path("rajut.db").exists());

    let template = stage.done(&["setup", "--print-template"]);
    assert!(!stage.path("rajut.db").exists());
    let empty = stage.write("kosong.toml", &template.out);
    let refused = stage.rajut(&[&["setup", "--agency", &empty][..], &ACCEPT].concat());
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("place kosong"), "{}", refused.err);
    let filled = stage.write("instansi.toml", template.out.replace("= \"\"", "= \"CONTOH\""));
    stage.done(&[&["setup", "--agency", &filled][..], &ACCEPT].concat());
    let again = stage.rajut(&[&["setup", "--agency", &filled][..], &ACCEPT].concat());
    assert_eq!(again.code, 2, "{again:?}");
}

#[test]
fn faults_of_the_shipped_papers_need_a_reason_each() {
    let stage = Stage::bare();
    let template = stage.done(&["setup", "--print-template"]).out;
    let agency = stage.write("instansi.toml", template.replace("= \"\"", "= \"CONTOH\""));
    let setup = ["setup", "--agency", &agency, "--from", "2026-01-02"];
    let none = stage.rajut(&setup);
    assert_eq!(none.code, 1, "{none:?}");
    for told in [
        "pemeliharaan-jaringan: E01",
        "penanganan-pengaduan: E01",
        "penanganan-pengaduan: E03",
        "--accept",
    ] {
        assert!(none.err.contains(told), "{told} in {}", none.err);
    }
    let one = stage.rajut(&[&setup[..], &ACCEPT[..2]].concat());
    assert_eq!(one.code, 1, "{one:?}");
    assert!(!one.err.contains("E01") && one.err.contains("E03"), "{}", one.err);
    for (accept, code) in [("E05=biarkan", 1), ("E01", 2), ("E99=apa", 2)] {
        let ended = stage.rajut(&[&setup[..], &["--accept", accept]].concat());
        assert_eq!(ended.code, code, "{accept}: {ended:?}");
    }
    stage.done(&[&setup[..], &ACCEPT].concat());
    let listed = stage
        .done(&["sop", "list", "--at", "2026-02-02T08:00", "--format", "json"])
        .json();
    let lines = listed.as_array().unwrap();
    assert_eq!(lines.len(), 2, "{listed}");
    for line in lines {
        assert_eq!(line["in_force"], true);
        assert_eq!(
            line["approval"]["acknowledged"]["E01"], "nomor menyusul",
            "{line}"
        );
    }
}

/// The last hour of a day by UTC is the next day in Jayapura.
#[test]
fn today_is_the_day_of_the_agency_and_of_the_time_given() {
    let stage = Stage::bare();
    let template = stage.done(&["setup", "--print-template"]).out;
    let filled = template.replace("= \"\"", "= \"CONTOH\"");
    let zone = filled
        .lines()
        .find(|line| line.starts_with("zone"))
        .unwrap()
        .to_owned();
    let eastern = stage.write("instansi.toml", filled.replace(&zone, "zone = \"WIT\""));
    for (database, at, day) in [
        ("a.db", "2026-02-01T15:30:00Z", "2026-02-02"),
        ("b.db", "2026-02-01T14:30:00Z", "2026-02-01"),
        ("c.db", "2026-02-03T00:10", "2026-02-03"),
    ] {
        let setup = [&["setup", "--agency", &eastern, "--at", at][..], &ACCEPT].concat();
        let ended = stage.on(database, &setup);
        assert_eq!(ended.code, 0, "{ended:?}");
        let settings = stage.on(database, &["setting", "list", "--format", "csv"]).out;
        assert!(settings.contains(&format!("agency,1,{day}")), "{settings}");
    }
    let early = [
        &["setup", "--agency", &eastern, "--at", "2999-01-01T00:00"][..],
        &ACCEPT,
    ]
    .concat();
    let refused = stage.on("d.db", &early);
    assert_eq!(refused.code, 1, "{refused:?}");
}
