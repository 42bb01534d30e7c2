//! Offices that change, services and overtime orders, on the command line.

use serde_json::json;

use crate::stage::{Stage, text, two_sites};

const OFFICER: &str = "petugas-layanan-1";

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn an_office_is_renamed_and_split_and_old_complaints_are_found() {
    let stage = Stage::set_up();
    let [(site, _), _] = two_sites();
    let of_site = stage.done(&["export", "sites", "-"]).out;
    let line = of_site
        .lines()
        .find(|line| line.starts_with(&format!("{},", site.code)))
        .unwrap();
    let old = line.split(',').nth(2).unwrap().to_owned();
    let register = [
        "complaint",
        "register",
        "--site",
        &site.code,
        "--office",
        &old,
        "--channel",
        "phone",
        "--symptom",
        "slow",
        "--text",
        "lambat",
        "--reporter",
        "Contoh Pelapor",
    ];
    stage.does(OFFICER, "08:00", &register);
    let rename = |on: &str, code: &str| {
        let all = [
            "office",
            "rename",
            &old,
            "--code",
            code,
            "--name",
            "Badan Contoh",
            "--on",
            on,
            "--decree",
        ];
        all.map(str::to_owned)
    };
    let with = |on, code, decree: &str| {
        let mut all = rename(on, code).to_vec();
        all.push(decree.to_owned());
        all
    };
    let refused = |arguments: Vec<String>, post, words: &[&str]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        stage.refused(post, "09:00", &arguments, words);
    };
    refused(with("2026-02-01", "badan", ""), OFFICER, &["dasar hukumnya"]);
    refused(
        with("2026-02-03", "badan", "Perbup 1"),
        OFFICER,
        &["harinya belum tiba"],
    );
    refused(
        with("2026-02-01", "diskominfo", "Perbup 1"),
        OFFICER,
        &["diskominfo", "sudah dipakai"],
    );
    refused(
        with("2026-02-01", "badan", "Perbup 1"),
        "teknisi-1",
        &["menata ulang perangkat daerah"],
    );
    let good = with("2026-02-01", "badan", "Perbup 1/2026");
    let good: Vec<&str> = good.iter().map(String::as_str).collect();
    stage.does(OFFICER, "09:00", &good);
    let show = |code: &str| stage.done(&["office", "show", code, "--format", "json"]).json();
    assert_eq!(show(&old)["successors"][0]["code"], "badan");
    assert_eq!(show(&old)["complaints_open"], json!(["ADU-2026-00001"]));
    assert_eq!(
        show("badan")["office"]["predecessors"][0]["decree"],
        "Perbup 1/2026"
    );
    assert!(
        show("badan")["sites"]
            .as_array()
            .unwrap()
            .contains(&json!(site.code))
    );
    let listed = stage
        .done(&["complaint", "list", "--office", &old, "--format", "csv"])
        .out;
    assert!(listed.contains("ADU-2026-00001"), "{listed}");
    refused(
        with("2026-02-02", "lagi", "Perbup 2"),
        OFFICER,
        &[&old, "sudah berakhir"],
    );

    let split = [
        "office",
        "split",
        "badan",
        "--into",
        "a=Dinas A",
        "--into",
        "b=Dinas B",
        "--on",
        "2026-02-02",
        "--decree",
        "Perbup 2",
    ];
    stage.refused(OFFICER, "10:00", &split, &["tanpa perangkat daerah"]);
    let give = format!("site:{}=a+b", site.code);
    let split = [&split[..], &["--give", &give, "--rest", "b"]].concat();
    stage.does(OFFICER, "10:00", &split);
    let a = show("a");
    assert_eq!(a["sites"], json!([site.code]));
    stage.done(&["journal", "verify", "--deep"]);

    // What the offices were is in their file, and comes back.
    let file = text(&stage.path("opd.csv"));
    stage.done(&["export", "offices", &file]);
    let csv = std::fs::read_to_string(stage.path("opd.csv")).unwrap();
    assert!(
        csv.contains(&format!("{old}|")) && csv.contains("Perbup 1/2026"),
        "{csv}"
    );
    let again = stage
        .done(&["import", "offices", &file, "--preview", "--format", "json"])
        .json();
    assert_eq!(again["lines"], json!([]));
}

#[test]
fn services_go_out_and_come_in() {
    let stage = Stage::set_up();
    let file = text(&stage.path("layanan.csv"));
    stage.done(&["export", "services", &file]);
    let again = stage
        .done(&["import", "services", &file, "--preview", "--format", "json"])
        .json();
    assert_eq!(again["lines"], json!([]));
    assert!(again["unchanged"].as_u64().unwrap() > 3, "{again}");
    let faulty = stage.write(
        "salah.csv",
        "kode,nama,opd,lokasi\nbaru,Layanan Baru,setda,diskominfo entah\n",
    );
    let refused = stage.rajut(&["import", "services", &faulty, "--as", OFFICER, "--format", "csv"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.out.contains("2,lokasi,diskominfo entah"),
        "{}",
        refused.out
    );
    let good = stage.write(
        "baik.csv",
        "kode,nama,opd,lokasi\nbaru,Layanan Baru,setda,diskominfo\n",
    );
    stage.done(&["import", "services", &good, "--as", OFFICER]);
    let all = stage.done(&["export", "services", "-"]).out;
    assert!(all.contains("baru,Layanan Baru,setda,diskominfo,"), "{all}");
    let held = stage.done(&["person", "assignments", "--format", "csv"]).out;
    assert!(
        held.contains("kasi-telematika,") && held.contains("800/CONTOH/2025"),
        "{held}"
    );
}

#[test]
fn overtime_is_ordered_listed_and_withdrawn() {
    let stage = Stage::set_up();
    let order = [
        "team",
        "overtime",
        "order",
        "--people",
        "teknisi-1,teknisi-2",
        "--days",
        "2026-02-07,2026-02-08",
        "--reason",
        "kantor kosong",
        "--format",
        "json",
    ];
    stage.refused("teknisi-1", "08:00", &order, &["memerintahkan lembur"]);
    let listed = stage.does("kasi-telematika", "08:00", &order).json();
    assert_eq!(listed[0]["days"], json!(["2026-02-07", "2026-02-08"]));
    let number = listed[0]["paper"]["number"].as_str().unwrap().to_owned();
    assert!(number.contains("LBR-001"), "{number}");
    let half = [&order[..], &["--number", "7"]].concat();
    assert_eq!(stage.tries("kasi-telematika", "08:10", &half).code, 2);
    let theirs = [
        &order[..],
        &["--number", "7", "--dated", "2026-02-02", "--register", "Setda"],
    ]
    .concat();
    assert_eq!(
        stage
            .does("kepala", "08:10", &theirs)
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    stage.does(
        "kasi-telematika",
        "08:20",
        &["team", "overtime", "withdraw", &number, "--reason", "batal"],
    );
    let table = stage.done(&["team", "overtime", "list"]).out;
    assert!(table.contains("batal") && table.contains("Setda"), "{table}");
    assert_eq!(
        stage
            .tries(
                "kepala",
                "08:30",
                &["team", "overtime", "withdraw", &number, "--reason", "x"]
            )
            .code,
        1
    );
}
