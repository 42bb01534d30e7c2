//! One cause of several complaints, from its opening to the word that it is over.

use rajut_app::demo::regency;

use crate::stage::Stage;

/// A site with one behind it.
fn upstream() -> (String, String) {
    let demo = regency(2026);
    let behind = demo
        .sites
        .iter()
        .find(|site| {
            let up = demo.sites.iter().find(|up| Some(up.id) == site.parent);
            up.is_some_and(|up| up.parent.is_some())
        })
        .or_else(|| demo.sites.iter().find(|site| site.parent.is_some()))
        .unwrap();
    let up = demo.sites.iter().find(|up| Some(up.id) == behind.parent).unwrap();
    (up.code.clone(), behind.code.clone())
}

fn complain(stage: &Stage, site: &str, time: &str) -> String {
    let register = [
        "complaint",
        "register",
        "--site",
        site,
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
    let told = stage.does("petugas-layanan-1", time, &register).json();
    told["number"].as_str().unwrap().to_owned()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn complaints_behind_one_upstream_join_its_incident() {
    let stage = Stage::set_up();
    let (up, behind) = upstream();
    let officer = "petugas-layanan-1";
    let [one, two] = [complain(&stage, &up, "08:00"), complain(&stage, &behind, "08:05")];
    let open = |cause: &'static str| {
        [
            "incident",
            "open",
            "--cause",
            cause,
            "--what",
            "kabel induk putus",
            "--behind",
            &up,
            "--began",
            "2026-02-02T07:50",
            "--format",
            "json",
        ]
        .map(str::to_owned)
    };
    let words = |arguments: &[String; 12]| -> Vec<String> { arguments.to_vec() };
    let unknown = words(&open("hantu"));
    let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
    stage.refused(officer, "08:10", &unknown, &["rajut incident causes"]);
    let cable = words(&open("cable"));
    let cable: Vec<&str> = cable.iter().map(String::as_str).collect();
    stage.refused("teknisi-1", "08:10", &cable, &["berwenang"]);
    let opened = stage.does(officer, "08:10", &cable).json();
    let id = opened["id"].as_str().unwrap().to_owned();
    let numbers = |view: &serde_json::Value| -> Vec<String> {
        let complaints = view["complaints"].as_array().unwrap();
        complaints
            .iter()
            .map(|it| it["number"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(numbers(&opened), [one.clone(), two.clone()]);
    let sites: Vec<&str> = opened["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert!(
        sites.contains(&up.as_str()) && sites.contains(&behind.as_str()),
        "{sites:?}"
    );

    // One that comes later joins with all that lies behind; the others are not joined twice.
    let three = complain(&stage, &behind, "08:20");
    let joined = stage.does(
        officer,
        "08:25",
        &[
            "incident", "attach", "latest", "--behind", &up, "--format", "json",
        ],
    );
    assert_eq!(numbers(&joined.json()), [one.clone(), two.clone(), three.clone()]);
    stage.refused(
        officer,
        "08:26",
        &["incident", "attach", &id, &one],
        &["sudah dikaitkan", &one],
    );
    let tail = &id[id.len() - 8..];
    stage.does(
        officer,
        "08:30",
        &[
            "incident",
            "detach",
            tail,
            &three,
            "--reason",
            "adaptornya sendiri",
        ],
    );
    let ticket = [
        "incident",
        "ticket",
        tail,
        "--provider",
        "Penyedia Contoh",
        "--number",
        "TKT-77",
    ];
    stage.does(officer, "08:35", &ticket);

    let status = stage
        .rajut(&["status", "--at", "2026-02-02T08:40", "--format", "json"])
        .json();
    let site = status["sites"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["code"] == behind.as_str())
        .unwrap();
    assert_eq!(site["incidents"][0]["what"], "kabel induk putus", "{site}");
    let table = stage.rajut(&["status", "--at", "2026-02-02T08:40"]);
    assert!(
        table.out.contains("Kabel putus: kabel induk putus"),
        "{}",
        table.out
    );

    let resolve = ["incident", "resolve", tail, "--what", "disambung kembali"];
    let resolved = stage.does("kasi-telematika", "10:00", &resolve);
    assert!(
        resolved.err.contains(&one) && resolved.err.contains(&two) && !resolved.err.contains(&three),
        "{}",
        resolved.err
    );
    let open = stage.done(&["complaint", "list", "--format", "json"]).json();
    assert_eq!(open.as_array().unwrap().len(), 3, "no complaint is closed by it");
    stage.refused("kasi-telematika", "10:05", &resolve, &["sudah selesai"]);
    let shown = stage.done(&["incident", "show", tail]);
    for told in ["TKT-77", "disambung kembali", &one] {
        assert!(shown.out.contains(told), "{told} in {}", shown.out);
    }
    let list = |more: &[&str]| {
        let list = ["incident", "list", "--format", "json"];
        stage
            .done(&[&list[..], more].concat())
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((list(&[]), list(&["--all"])), (0, 1));
    assert_eq!(
        (
            list(&["--all", "--cause", "cable"]),
            list(&["--all", "--cause", "power"])
        ),
        (1, 0)
    );
    let status = stage
        .rajut(&["status", "--at", "2026-02-02T10:10", "--format", "json"])
        .json();
    assert!(!status.to_string().contains("kabel induk putus"));
    stage.done(&["journal", "verify", "--deep"]);
}

/// The test with the reporter is written down by whoever did it, and the reporter's name stays out of the journal.
#[test]
fn the_reporter_who_tests_along_is_named_by_a_commitment() {
    let stage = Stage::set_up();
    let (site, _) = upstream();
    let number = complain(&stage, &site, "08:00");
    let does = |post: &str, time: &str, arguments: &[&str]| {
        let step = ["complaint", "step", &number];
        stage.does(post, time, &[&step[..], arguments].concat())
    };
    let officer = "petugas-layanan-1";
    does(officer, "08:05", &["pencatatan"]);
    does(officer, "08:06", &["kelengkapan", "--exit", "ya"]);
    let sorted = [
        "pemilahan",
        "--value",
        "kategori=intranet",
        "--value",
        "prioritas=p2",
    ];
    does(officer, "08:10", &sorted);
    does(officer, "08:12", &["kewenangan", "--exit", "ya"]);
    does(
        "teknisi-1",
        "08:30",
        &["diagnosis", "--value", "hasil=konfigurasi"],
    );
    does("teknisi-1", "08:32", &["jarak-jauh", "--exit", "ya"]);
    let test = [
        "complaint",
        "step",
        &number,
        "pengujian",
        "--value",
        "sesudah=baik",
    ];
    stage.refused("teknisi-1", "08:40", &test, &["pelapor"]);
    does(
        "teknisi-1",
        "08:40",
        &[
            "pengujian",
            "--value",
            "sesudah=baik",
            "--value",
            "pelapor=Contoh Pelapor Serta",
        ],
    );
    let archive = stage.done(&["complaint", "show", &number, "--format", "json"]);
    assert!(!archive.out.contains("Pelapor Serta"), "{}", archive.out);
    stage.done(&["journal", "verify", "--deep"]);
}
