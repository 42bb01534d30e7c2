//! Each lint rule by a clean procedure and one thing broken in it.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic as the test may")]

use jiff::civil::date;
use rajut_core::procedure::{
    DEFAULT_REGULATIONS, KnownProcedure, Lint, LintCode, LintFacts, LintFault, Procedure, Severity, lint,
    parse_regulations,
};

const CLEAN: &str = r#"code = "uji"
version = 1
frequency = "Setiap tiga bulan"

[identity]
agency = "Pemerintah Kabupaten Contoh"
unit = "Dinas Contoh"
number = "01/SOP/2026"
created = 2026-01-05
effective = 2026-01-06
title = "Uji"
legal_basis = ["Permenpan-RB Nomor 35 Tahun 2012"]
qualifications = ["Teliti"]
related = ["Pengaduan"]
equipment = ["Komputer"]
warnings = ["Terlambat"]
records = ["Buku"]

[identity.approver]
position = "Kepala Dinas Contoh"
name = "Contoh Kepala, S.Kom."
rank = "Pembina"
nip = "198001012005011001"

[[lanes]]
id = "kasi"
label = "Kasi"
binding = { post = "kasi" }

[[steps]]
id = "a"
kind = "record"
scope = "run"
from = ["kasi"]
activity = "Mencatat permintaan"
completeness = ["permintaan"]
time = "10 menit"
output = ["Catatan"]
symbol = "terminator"
next = "b"

[[steps]]
id = "b"
kind = "decision"
scope = "run"
from = ["kasi"]
activity = "Menilai catatan"
completeness = ["catatan"]
time = "10 menit"
output = ["Penilaian"]
symbol = "decision"
exits = [
  { code = "ya", label = "Ya", to = "c" },
  { code = "tidak", label = "Tidak", to = "a" },
]

[[steps]]
id = "c"
kind = "report"
scope = "run"
from = ["kasi"]
activity = "Melaporkan penilaian"
completeness = ["penilaian"]
time = "1 jam"
output = ["Laporan"]
symbol = "terminator"
next = "end"
"#;

fn lint_text(text: &str) -> Vec<Lint> {
    let known = [KnownProcedure {
        code: "pengaduan".parse().unwrap(),
        title: "Pengaduan".into(),
    }];
    let facts = LintFacts {
        today: date(2026, 11, 23),
        known_procedures: &known,
        regulations: &parse_regulations(DEFAULT_REGULATIONS).unwrap(),
        nip_ok: &|nip| nip.len() == 18,
    };
    lint(&Procedure::parse(text).unwrap(), &facts)
}

/// The rules broken by some replacements in the clean text, without I01, with the lines of the named one.
fn broken(code: LintCode, changes: &[(&str, &str)]) -> (String, Vec<String>) {
    let mut text = CLEAN.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the fixture lacks {from:?}");
        text = text.replacen(from, to, 1);
    }
    let found = lint_text(&text);
    let mut codes: Vec<String> = found
        .iter()
        .filter(|l| l.code != I01)
        .map(|lint| lint.code.to_string())
        .collect();
    codes.sort();
    codes.dedup();
    let lines = found.iter().filter(|lint| lint.code == code);
    let lines = lines
        .map(|lint| text.lines().nth(lint.line as usize - 1).unwrap().to_owned())
        .collect();
    (codes.join(" "), lines)
}

/// Asserts that the changes break exactly one rule, told on exactly these lines of the file.
#[track_caller]
fn breaks(code: LintCode, changes: &[(&str, &str)], lines: &[&str]) {
    let (codes, found) = broken(code, changes);
    assert_eq!(codes, code.to_string());
    assert_eq!(found, lines);
}

/// As [`breaks`], where other rules are broken as well.
#[track_caller]
fn breaks_among(code: LintCode, changes: &[(&str, &str)], lines: &[&str]) {
    let (_, found) = broken(code, changes);
    assert_eq!(found, lines);
}

use LintCode::{
    E01, E02, E03, E04, E05, E06, E07, E08, E09, E10, I01, I02, I03, W01, W02, W03, W04, W05, W06, W07, W08,
    W09, W10, W11, W12,
};

#[test]
fn the_clean_procedure_has_no_fault_and_i01_gives_its_totals() {
    let lints = lint_text(CLEAN);
    assert_eq!(lints.len(), 1);
    assert_eq!((lints[0].code, lints[0].severity), (I01, Severity::Info));
    let args = |name: &str| lints[0].args[name].as_str();
    assert_eq!(lints[0].fault, LintFault::Total);
    assert_eq!((args("minutes"), args("longest")), ("80", "80"));
    let json = serde_json::to_value(&lints[0]).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["args", "code", "fault", "line", "severity"]);
    assert_eq!(
        (json["code"].as_str(), json["severity"].as_str()),
        (Some("I01"), Some("info"))
    );
}

#[test]
fn e01_identity() {
    breaks(
        E01,
        &[("number = \"01/SOP/2026\"", "number = \" \"")],
        &["number = \" \""],
    );
    breaks(
        E01,
        &[("equipment = [\"Komputer\"]", "equipment = []")],
        &["equipment = []"],
    );
    // What is not there at all is told at the identity table.
    breaks(E01, &[("effective = 2026-01-06\n", "")], &["[identity]"]);
    breaks(
        E01,
        &[
            ("warnings = [\"Terlambat\"]\n", ""),
            ("unit = \"Dinas Contoh\"\n", ""),
        ],
        &["[identity]"; 2],
    );
}

#[test]
fn e02_dates() {
    breaks(
        E02,
        &[("effective = 2026-01-06", "effective = 2026-01-04")],
        &["effective = 2026-01-04"],
    );
    let revised = |date: &str| format!("revised = {date}\neffective = 2026-01-06");
    let revised_on = |date| broken(E02, &[("effective = 2026-01-06", &revised(date))]).0;
    assert_eq!(revised_on("2026-01-04"), "E02");
    assert_eq!(revised_on("2026-02-04"), "");
    assert_eq!(revised_on("2027-01-04"), "");
    assert_eq!(
        broken(E02, &[("effective = 2026-01-06", "effective = 2026-01-05")]).0,
        ""
    );
}

#[test]
fn e03_approver() {
    breaks(E03, &[("rank = \"Pembina\"", "rank = \"\"")], &["rank = \"\""]);
    breaks(
        E03,
        &[("nip = \"198001012005011001\"", "nip = \"1980\"")],
        &["nip = \"1980\""],
    );
    breaks(
        E03,
        &[("name = \"Contoh Kepala, S.Kom.\"\n", "")],
        &["[identity.approver]"],
    );
}

#[test]
fn e04_terminators() {
    breaks(
        E04,
        &[("symbol = \"terminator\"", "symbol = \"process\"")],
        &["symbol = \"process\""],
    );
    breaks(
        E04,
        &[(
            "symbol = \"terminator\"\nnext = \"end\"",
            "symbol = \"process\"\nnext = \"end\"",
        )],
        &["symbol = \"process\""],
    );
    breaks_among(
        E04,
        &[("symbol = \"decision\"", "symbol = \"terminator\"")],
        &["symbol = \"terminator\""],
    );
    breaks_among(
        E04,
        &[("next = \"end\"", "next = \"a\"")],
        &["[[steps]]", "symbol = \"terminator\""],
    );
}

#[test]
fn e04_the_start_is_of_the_run() {
    breaks(
        E04,
        &[("scope = \"run\"", "scope = \"site\"")],
        &["scope = \"site\""],
    );
}

#[test]
fn e05_reach() {
    breaks(E05, &[("to = \"c\"", "to = \"end\"")], &["id = \"c\""]);
    let (codes, lines) = broken(
        E05,
        &[("label = \"Ya\", to = \"c\"", "label = \"Ya\", to = \"b\"")],
    );
    assert_eq!(codes, "E05");
    assert_eq!(
        lines,
        ["id = \"a\"", "id = \"b\"", "id = \"c\""],
        "a and b never end, c is never reached"
    );
}

#[test]
fn e06_symbols_and_exits() {
    breaks(
        E06,
        &[("symbol = \"decision\"", "symbol = \"process\"")],
        &["exits = ["],
    );
    breaks_among(
        E06,
        &[("symbol = \"decision\"", "symbol = \"arrow\"")],
        &["symbol = \"arrow\"", "exits = ["],
    );
    breaks_among(
        E06,
        &[("symbol = \"decision\"\n", "")],
        &["[[steps]]", "exits = ["],
    );
    breaks(
        E06,
        &[("  { code = \"tidak\", label = \"Tidak\", to = \"a\" },\n", "")],
        &["symbol = \"decision\""],
    );
    breaks(E06, &[("label = \"Tidak\"", "label = \"\"")], &["exits = ["]);
    breaks(E06, &[("label = \"Tidak\"", "label = \"ya\"")], &["exits = ["]);
    breaks(E06, &[("code = \"tidak\"", "code = \"ya\"")], &["exits = ["]);
}

#[test]
fn e07_actors() {
    breaks(
        E07,
        &[(
            "from = [\"kasi\"]\nactivity = \"Menilai",
            "from = []\nactivity = \"Menilai",
        )],
        &["from = []"],
    );
    let stranger = "from = [\"kasi\", \"kabid\"]\njoint = \"either\"\nactivity = \"Menilai";
    breaks(
        E07,
        &[("from = [\"kasi\"]\nactivity = \"Menilai", stranger)],
        &["from = [\"kasi\", \"kabid\"]"],
    );
    breaks(
        E07,
        &[("activity = \"Menilai", "to = [\"x\"]\nactivity = \"Menilai")],
        &["to = [\"x\"]"],
    );
    let lanes = "[[lanes]]\nid = \"kabid\"\nlabel = \"Kabid\"\nbinding = { post = \"kabid\" }\n\n[[steps]]\nid = \"a\"";
    let second = ("[[steps]]\nid = \"a\"", lanes);
    let several = |joint: &str| format!("from = [\"kasi\", \"kabid\"]\n{joint}activity = \"Menilai");
    let one = "from = [\"kasi\"]\nactivity = \"Menilai";
    breaks(
        E07,
        &[second, (one, &several(""))],
        &["from = [\"kasi\", \"kabid\"]"],
    );
    for joint in ["joint = \"each\"\n", "joint = \"either\"\n"] {
        let (codes, _) = broken(E07, &[second, (one, &several(joint))]);
        assert_eq!(codes, "", "{joint}");
    }
    let alone = "from = [\"kasi\"]\njoint = \"each\"\nactivity = \"Menilai";
    breaks(E07, &[(one, alone)], &["joint = \"each\""]);
    // The forms of these kinds are finished by one act.
    let kind = ("kind = \"decision\"", "kind = \"disposition\"");
    breaks_among(
        E07,
        &[second, kind, (one, &several("joint = \"each\"\n"))],
        &["joint = \"each\""],
    );
}

#[test]
fn e08_standard() {
    breaks(
        E08,
        &[("time = \"1 jam\"", "time = \"segera\"")],
        &["time = \"segera\""],
    );
    breaks(E08, &[("time = \"1 jam\"\n", "")], &["[[steps]]"]);
    breaks(
        E08,
        &[("output = [\"Laporan\"]", "output = [\"\"]")],
        &["output = [\"\"]"],
    );
    let by_exit = [
        (
            "time = \"10 menit\"\noutput = [\"Penilaian\"]",
            "output = [\"Penilaian\"]",
        ),
        ("label = \"Ya\",", "label = \"Ya\", standard = \"1 jam\","),
    ];
    assert_eq!(broken(E08, &by_exit).0, "", "a time by exit is a time");
}

const MERGED: [(&str, &str); 3] = [
    (
        "time = \"10 menit\"\noutput = [\"Catatan\"]",
        "output = [\"Catatan\"]",
    ),
    (
        "time = \"10 menit\"\noutput = [\"Penilaian\"]",
        "output = [\"Penilaian\"]",
    ),
    (
        "next = \"end\"\n",
        "next = \"end\"\n[[groups]]\nid = \"g\"\nsteps = [\"a\", \"b\"]\ntime = \"10 menit\"\n",
    ),
];

#[test]
fn e09_groups() {
    let and = |from, to| [&MERGED[..], &[(from, to)]].concat();
    assert_eq!(broken(E09, &MERGED).0, "");
    breaks_among(E09, &and("[\"a\", \"b\"]", "[\"a\", \"c\"]"), &["[[groups]]"; 2]);
    breaks_among(
        E09,
        &and("[\"a\", \"b\"]", "[\"a\", \"b\", \"z\"]"),
        &["[[groups]]"],
    );
    breaks_among(E09, &and("[\"a\", \"b\"]", "[\"a\"]"), &["[[groups]]"]);
    breaks(E09, &and("time = \"10 menit\"", ""), &["[[groups]]"]);
    breaks(E09, &and("time = \"10 menit\"", "time = \"x\""), &["[[groups]]"]);
    breaks(
        E09,
        &and("time = \"10 menit\"", "time = \"10 menit\"\noutput = [\"Buku\"]"),
        &["[[groups]]"; 2],
    );
    breaks(
        E09,
        &and(
            "output = [\"Catatan\"]",
            "output = [\"Catatan\"]\ntime = \"5 menit\"",
        ),
        &["[[groups]]"],
    );
    let second = "steps = [\"a\", \"b\"]\ntime = \"10 menit\"\n[[groups]]\nid = \"h\"\nsteps = [\"b\", \"c\"]\ntime = \"9 menit\"\n";
    let mut overlap = and("steps = [\"a\", \"b\"]\ntime = \"10 menit\"\n", second);
    overlap.push(("time = \"1 jam\"\n", ""));
    breaks(E09, &overlap, &["[[groups]]"; 2]);
}

#[test]
fn e10_arrows() {
    breaks_among(E10, &[("next = \"b\"", "next = \"bb\"")], &["next = \"bb\""]);
    breaks(E10, &[("to = \"a\"", "to = \"z\"")], &["exits = ["]);
    let timer = "timer = { after = \"1 hari\", take = \"diam\" }";
    breaks(
        E10,
        &[(
            "symbol = \"decision\"",
            &format!("symbol = \"decision\"\n{timer}"),
        )],
        &[timer],
    );
    breaks(
        E10,
        &[("label = \"Tidak\",", "label = \"Tidak\", pause = \"cuaca\",")],
        &["exits = ["],
    );
    breaks(
        E10,
        &[("next = \"end\"\n", "next = \"end\"\n[verdicts]\nfound = \"z\"\n")],
        &["found = \"z\""],
    );
    breaks(
        E10,
        &[("next = \"b\"", "next = \"b\"\nconnector = \"A\"")],
        &["connector = \"A\""],
    );
    let partners = [
        ("next = \"b\"", "next = \"b\"\nconnector = \"A\""),
        ("next = \"end\"", "next = \"end\"\nconnector = \"A\""),
    ];
    assert_eq!(broken(E10, &partners).0, "");
    breaks_among(
        E10,
        &[("symbol = \"decision\"", "symbol = \"connector\"")],
        &["symbol = \"connector\""],
    );
}

#[test]
fn w01_lane_without_a_step() {
    let lane = "[[lanes]]\nid = \"tim\"\nlabel = \"Tim\"\nbinding = \"team\"\n\n[[steps]]";
    breaks(W01, &[("[[steps]]", lane)], &["[[lanes]]"]);
}

#[test]
fn w02_condition() {
    for word in ["jika", "apabila", "Bila"] {
        let activity = format!("activity = \"Mencatat permintaan, {word} ada\"");
        breaks(
            W02,
            &[("activity = \"Mencatat permintaan\"", &activity)],
            &[&activity],
        );
    }
    assert_eq!(
        broken(W02, &[("Menilai catatan", "Menilai catatan jika ada")]).0,
        ""
    );
    assert_eq!(
        broken(W02, &[("Mencatat permintaan", "Mencatat permintaan mobilajika")]).0,
        ""
    );
}

#[test]
fn w03_completeness() {
    breaks(
        W03,
        &[
            ("completeness = [\"catatan\"]", "completeness = []"),
            ("[\"penilaian\"]", "[\"catatan, penilaian\"]"),
        ],
        &["completeness = []"],
    );
    let all = [
        ("completeness = [\"permintaan\"]\n", ""),
        ("completeness = [\"catatan\"]\n", ""),
        ("completeness = [\"penilaian\"]\n", ""),
    ];
    breaks(W03, &all, &["[[steps]]"]);
}

#[test]
fn w04_wording() {
    for text in [
        "Kasi mencatat permintaan",
        "Berkas dicatat",
        "Mencatat; mengarsip",
        "Mencatat dan mengarsip",
    ] {
        let activity = format!("activity = \"{text}\"");
        breaks(
            W04,
            &[("activity = \"Mencatat permintaan\"", &activity)],
            &[&activity],
        );
    }
    assert_eq!(
        broken(W04, &[("Mencatat permintaan", "Mencatat perangkat dan koneksi")]).0,
        ""
    );
    assert_eq!(broken(W04, &[("Menilai catatan", "Lengkap?")]).0, "");
}

#[test]
fn w05_records() {
    breaks(
        W05,
        &[("records = [\"Buku\"]", "records = []")],
        &["records = []"],
    );
}

#[test]
fn w06_related() {
    breaks(
        W06,
        &[("related = [\"Pengaduan\"]", "related = []")],
        &["related = []"],
    );
    breaks(
        W06,
        &[("related = [\"Pengaduan\"]", "related = [\"Semua\"]")],
        &["related = [\"Semua\"]"],
    );
    breaks(
        W06,
        &[("next = \"b\"", "next = \"b\"\nstarts = \"lain\"")],
        &["starts = \"lain\""],
    );
    assert_eq!(
        broken(W06, &[("next = \"b\"", "next = \"b\"\nstarts = \"pengaduan\"")]).0,
        ""
    );
}

#[test]
fn w07_review() {
    let dates = |year: &str| {
        [
            ("2026-01-05", format!("{year}-11-22")),
            ("2026-01-06", format!("{year}-11-22")),
        ]
    };
    let on = |year| dates(year).map(|(from, to)| (from, to));
    let old = on("2025");
    breaks(
        W07,
        &[(old[0].0, &old[0].1), (old[1].0, &old[1].1)],
        &["effective = 2025-11-22"],
    );
    assert_eq!(
        broken(W07, &[("2026-01-05", "2025-11-23"), ("2026-01-06", "2025-11-23")]).0,
        ""
    );
    let revised = [
        ("2026-01-05", "2020-01-01"),
        (
            "effective = 2026-01-06",
            "effective = 2020-01-01\nrevised = 2021-01-01",
        ),
    ];
    breaks(W07, &revised, &["revised = 2021-01-01"]);
}

#[test]
fn w08_legal_basis() {
    breaks(
        W08,
        &[("\"Permenpan-RB Nomor 35 Tahun 2012\"", "\"UU 5/2014\"")],
        &["legal_basis = [\"UU 5/2014\"]"],
    );
}

#[test]
fn w09_output_and_kind() {
    breaks(
        W09,
        &[("output = [\"Laporan\"]", "output = [\"Disposisi\"]")],
        &["output = [\"Disposisi\"]"],
    );
    for kind in ["order", "disposition"] {
        breaks(
            W09,
            &[("kind = \"record\"", &format!("kind = \"{kind}\""))],
            &["output = [\"Catatan\"]"],
        );
    }
    breaks(
        W09,
        &[("Mencatat permintaan", "Melaporkan permintaan")],
        &["output = [\"Catatan\"]"],
    );
}

#[test]
fn w10_person() {
    for text in [
        "Menghadap Drs. Contoh",
        "Menghadap Bapak Contoh",
        "Menghadap Contoh Kepala, S.Kom.",
    ] {
        let activity = format!("activity = \"{text}\"");
        breaks(
            W10,
            &[("activity = \"Mencatat permintaan\"", &activity)],
            &[&activity],
        );
    }
    breaks(
        W10,
        &[("label = \"Kasi\"", "label = \"H. Contoh\"")],
        &["label = \"H. Contoh\""],
    );
}

#[test]
fn w11_abbreviation() {
    breaks(
        W11,
        &[("Mencatat permintaan", "Mencatat permintaan OPD")],
        &["activity = \"Mencatat permintaan OPD\""],
    );
    let defined = [
        ("Mencatat permintaan", "Mencatat permintaan OPD"),
        (
            "next = \"end\"\n",
            "next = \"end\"\n[[definitions]]\nterm = \"OPD\"\nmeaning = \"Organisasi Perangkat Daerah\"\n",
        ),
    ];
    assert_eq!(broken(W11, &defined).0, "");
}

#[test]
fn w12_unused_output() {
    breaks(
        W12,
        &[("output = [\"Catatan\"]", "output = [\"Arsip\"]")],
        &["output = [\"Arsip\"]"],
    );
}

#[test]
fn i02_many_steps_without_a_branch() {
    let chain = |steps: usize| {
        let head = &CLEAN[..CLEAN.find("[[steps]]").unwrap()];
        let step = |n: usize| {
            let (symbol, next) = match n {
                1 => ("terminator", "s2".to_owned()),
                n if n == steps => ("terminator", "end".to_owned()),
                n => ("process", format!("s{}", n + 1)),
            };
            format!(
                "[[steps]]\nid = \"s{n}\"\nkind = \"record\"\nscope = \"run\"\nfrom = [\"kasi\"]\nactivity = \"Mencatat\"\n\
                 completeness = [\"Catatan\"]\ntime = \"1 jam\"\noutput = [\"Catatan\"]\nsymbol = \"{symbol}\"\nnext = \"{next}\"\n"
            )
        };
        let text = head.to_owned() + &(1..=steps).map(step).collect::<String>();
        lint_text(&text)
            .iter()
            .map(|lint| lint.code)
            .filter(|code| *code != I01)
            .collect::<Vec<_>>()
    };
    assert_eq!(chain(10), []);
    assert_eq!(chain(11), [I02]);
}

#[test]
fn i03_frequency() {
    breaks(
        I03,
        &[("frequency = \"Setiap tiga bulan\"\n", "")],
        &["code = \"uji\""],
    );
}
