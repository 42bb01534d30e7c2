//! `rajut sweep`, on the loopback: what it prints in each format, how it ends, and what it refuses.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::stage::Stage;

#[test]
fn each_address_has_its_figures_in_each_format() {
    let stage = Stage::bare();
    let list = stage.write("alamat.txt", "# our own\n127.0.3.0/30\n::1 # six\n127.0.3.1\n");
    let fast = ["sweep", &list, "--rate", "1000", "--spacing", "1"];
    let with = |more: &[&str]| stage.done(&[&fast[..], more].concat());
    let lines = with(&["--format", "json"]).json_lines();
    let targets: Vec<_> = lines.iter().map(|it| it["target"].as_str().unwrap()).collect();
    assert_eq!(targets, ["127.0.3.1", "127.0.3.2", "::1"]);
    for line in &lines {
        assert_eq!(
            (&line["sent"], &line["received"]),
            (&3.into(), &3.into()),
            "{line}"
        );
        assert_eq!(line["way"], "raw_socket");
        assert_eq!(line["observations"][0]["samples"].as_array().unwrap().len(), 3);
        assert_eq!(line["observations"][0]["outcome"], "seen");
        assert!(line["judgements"].is_array() && line["errors"] == serde_json::json!([]));
    }
    let table = with(&["--count", "1"]);
    assert!(
        table.out.contains("127.0.3.2") && table.out.contains("menjawab"),
        "{table:?}"
    );
    assert!(
        table
            .err
            .contains("3 dari 3 alamat menjawab (lewat soket ICMP mentah"),
        "{}",
        table.err
    );
    let csv = with(&["--format", "csv"]);
    assert!(
        csv.out
            .starts_with("address,outcome,way,sent,received,loss_percent,min_ms,"),
        "{}",
        csv.out
    );
    assert!(
        csv.out.contains("\n127.0.3.1,seen,raw_socket,3,3,0.0,"),
        "{}",
        csv.out
    );
}

#[test]
fn what_is_too_much_or_no_address_is_wrong_use() {
    let stage = Stage::bare();
    let bad = stage.write("salah.txt", "127.0.0.1\nsw-kominfo\n");
    for (arguments, words) in [
        (&["10.0.0.0/8"][..], &["16777214", "--yes"][..]),
        (&["10.0.0.0/8", "--yes"], &["16777214", "1048576"]),
        (&["2001:db8::/64"], &["--yes"]),
        (&["10.9.0.0/16", "--yes", "--count", "1000"], &["65534000"]),
        (&["10.9.1.0/33"], &["10.9.1.0/33"]),
        (&["tidak-ada.txt"], &["tidak-ada.txt"]),
        (&[bad.as_str()], &["sw-kominfo", "2"]),
        (&["224.0.0.1"], &["224.0.0.1"]),
        (&["127.0.0.1", "--rate", "0"], &["--rate"]),
        (&["127.0.0.1", "--count", "0"], &["--count"]),
        (&[], &["CIDR|FILE"]),
    ] {
        let ended = stage.rajut(&[&["sweep"], arguments].concat());
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert_eq!(ended.out, "", "{arguments:?}");
        for word in words {
            assert!(ended.err.contains(word), "{word} in {}", ended.err);
        }
    }
}

#[test]
fn an_end_before_its_time_prints_what_is_known() {
    let stage = Stage::bare();
    // A hundred seconds, if nobody ends it.
    let mut child = stage
        .command(&["sweep", "127.0.4.0/28", "--count", "100", "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id().to_string();
    // The header is written when the command stands ready.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let header = lines.next().unwrap().unwrap();
    assert!(header.starts_with("address,"), "{header}");
    let kill = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(kill.success());
    let rows: Vec<String> = lines.map(Result::unwrap).collect();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(rows.len(), 14, "{rows:?}");
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        String::from_utf8(ended.stderr)
            .unwrap()
            .contains("Diakhiri sebelum selesai")
    );
}
