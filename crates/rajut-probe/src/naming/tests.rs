//! The shipped families, and files that are wrong.

use std::collections::BTreeSet;

use super::*;
use crate::codec::snmp::{Oid, Value};
use crate::stage::read_recording;

fn families() -> Families {
    Families::shipped().unwrap_or_else(|error| panic!("{error}"))
}

fn told(lines: &str) -> Values {
    read_recording(lines.as_bytes()).unwrap()
}

#[test]
fn every_family_is_recognised_by_its_own_object_id() {
    let families = families();
    let mut seen = BTreeSet::new();
    for (os, object) in families.object_ids() {
        let told: Values = [(
            Oid::new(standard::SYS_OBJECT_ID),
            Value::ObjectId(object.child(&[7])),
        )]
        .into_iter()
        .collect();
        assert_eq!(families.recognise(&told).os(), os, "{object}");
        seen.insert(os.to_owned());
    }
    assert!(seen.len() > 50, "{}", seen.len());
}

#[test]
fn a_description_tells_families_of_one_maker_apart() {
    let families = families();
    for (lines, os) in [
        (
            "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software, C2960S Software, Version 15.2(2)E, RELEASE",
            "ios",
        ),
        (
            "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software [Fuji], Catalyst L3 Switch Software, Version 16.9.4",
            "iosxe",
        ),
        (
            "1.3.6.1.2.1.1.1.0|4|Cisco NX-OS(tm) n9000, Software (n9000-dk9), Version 7.0(3)I7(6)",
            "nxos",
        ),
        (
            "1.3.6.1.2.1.1.1.0|4|Linux contoh 6.1.0 x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10",
            "linux",
        ),
        (
            "1.3.6.1.2.1.1.1.0|4|Linux contoh 3.10 x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n\
             1.3.6.1.4.1.6574.1.5.1.0|4|DS000",
            "dsm",
        ),
        (
            "1.3.6.1.2.1.1.1.0|4|USG00\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.890.1.15",
            "zywall",
        ),
        (
            "1.3.6.1.2.1.1.1.0|4|XGS0000\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.890.1.15",
            "zynos",
        ),
        ("1.3.6.1.2.1.1.1.0|4|Something", "generic"),
        ("1.3.6.1.2.1.1.5.0|4|without a description", "generic"),
    ] {
        assert_eq!(families.recognise(&told(lines)).os(), os, "{lines}");
    }
}

#[test]
fn what_tells_is_asked_only_where_it_may_tell() {
    let families = families();
    let synology: Oid = "1.3.6.1.4.1.6574.1.5.1.0".parse().unwrap();
    let linux = told("1.3.6.1.2.1.1.1.0|4|Linux nas 3.10");
    assert!(families.questions(&linux).contains(&synology));
    let cisco = told("1.3.6.1.2.1.1.1.0|4|Cisco IOS Software, Version 15");
    assert!(!families.questions(&cisco).contains(&synology));
}

#[test]
fn a_file_that_is_wrong_is_refused_at_its_line() {
    let family = "os = \"x\"\n[[match]]\nobject_id = [\"1.3.6.1.4.1.1\"]\n";
    let wrong = |text: &str| Families::read([("x.toml", text)]).unwrap_err();
    for (text, line, says) in [
        (
            format!("{family}[device]\nserial = [\"{{1.3.6.x}}\"]\n"),
            5,
            "place",
        ),
        (
            format!("{family}[device]\nserial = [{{ text = \"a\", find = \"(\" }}]\n"),
            5,
            "unclosed",
        ),
        (
            format!("{family}[[sensors]]\nclass = \"state\"\nvalue = \"1.3.x\"\n"),
            6,
            "object identifier",
        ),
        (
            format!("{family}[[sensors]]\nclass = \"a\"\nvalue = \"1.3\"\nstates = [\"1 good up\"]\n"),
            7,
            "ok|warning",
        ),
        (
            format!("{family}[[sensors]]\nclass = \"a\"\nvalue = \"1.3\"\ncolour = 1\n"),
            7,
            "colour",
        ),
        (format!("{family}[[memory]]\ntotals = \"1.3\"\n"), 5, "totals"),
        ("os = \"x\"\ninclude = [\"nobody\"]\n".to_owned(), 2, "nobody"),
        (
            "os = \"x\"\n\n[[match]]\nobject_id = []\n".to_owned(),
            3,
            "matches_all",
        ),
    ] {
        let error = wrong(&text);
        assert_eq!(error.error.line(), Some(line), "{error}");
        assert!(
            error.to_string().starts_with("x.toml") && error.to_string().contains(says),
            "{error}"
        );
    }
    assert!(
        Families::read([("a", family), ("b", family)]).is_err(),
        "one family in two files"
    );
}

#[test]
fn values_are_text_without_what_steers() {
    let octets = |bytes: &[u8]| text(&Value::Octets(bytes.into())).unwrap();
    assert_eq!(octets(b"abc\0\0"), "abc");
    assert_eq!(octets(b"a\x1b[2Jb\x07\r\n<script>"), "a[2Jb\r\n<script>");
    assert_eq!(octets(&[b'C', 0xe9]), "C\u{e9}", "Latin-1 where it is no UTF-8");
    assert_eq!(octets(&b"x".repeat(70_000)).len(), 1024);
    let number = |bytes: &[u8]| text::number(&Value::Octets(bytes.into()));
    assert_eq!(number(b"45.5 C"), Some(45.5));
    assert_eq!(number(b"-12dBm"), Some(-12.0));
    assert_eq!(number(b"n/a"), None);
    assert_eq!(
        text::number(&Value::Opaque([0x9f, 0x78, 4, 0x42, 0x28, 0, 0].into())),
        Some(42.0)
    );
    assert_eq!(
        text::number(&Value::Opaque([0x9f, 0x78, 4, 0x7f, 0xc0, 0, 0].into())),
        None,
        "not a number"
    );
}

#[test]
fn a_million_interfaces_are_cut() {
    let told: Values = (0..60_000_u32)
        .map(|index| (Oid::new(standard::IF_ENTRY).child(&[8, index]), Value::Integer(1)))
        .collect();
    let families = families();
    let named = name(families.recognise(&told), &told);
    assert_eq!(named.interfaces.len(), 20_000);
}
