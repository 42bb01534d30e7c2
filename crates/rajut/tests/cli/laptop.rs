//! Measurements from a laptop's file, a phone and an instrument, by the command line only. A laptop's clock is the
//! machine's, so these acts happen now, whenever that is.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use rajut_core::check::Observation;
use rajut_core::laptop::{Header, LaptopSecret, write};
use serde_json::{Value, json};

use crate::procedure::order_with_teams;
use crate::stage::{Ended, Stage, text, two_sites};

/// A stage with a run for two sites, and a bundle for a visit at the first one that has not begun.
struct OnSite {
    stage: Stage,
    site: String,
    bundle: Value,
}

impl OnSite {
    fn ready() -> Self {
        let stage = Stage::set_up();
        let [(first, _), _] = two_sites();
        order_with_teams(&stage);
        let path = text(&stage.path("bekal.json"));
        let create = ["token", "create", "--laptop", "--run", "latest", "--site"];
        let create = [&create[..], &[&first.code, "--out", &path, "--as", "teknisi-1"]].concat();
        stage.done(&create);
        let again = stage.rajut(&create);
        assert_eq!(again.code, 2, "a bundle that is there stays as it is: {again:?}");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner alone");
        let mut bundle: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // The demo's devices stand in no real network: the laptop finds them on this machine.
        let answers = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = answers.local_addr().unwrap().port();
        // Connections that nobody takes would fill its queue. The thread ends with the process of the test.
        std::thread::spawn(move || answers.incoming().for_each(drop));
        for target in bundle["targets"].as_array_mut().unwrap() {
            target["address"] = json!("127.0.0.1");
            target["tcp_port"] = json!(port);
        }
        stage.write("bekal-uji.json", bundle.to_string());
        Self {
            stage,
            site: first.code,
            bundle,
        }
    }

    /// The laptop has the bundle and no database: one that is named cannot even be opened.
    fn on_laptop(arguments: &[&str]) -> Ended {
        Command::new(env!("CARGO_BIN_EXE_rajut"))
            .args(arguments)
            .env("RAJUT_DATABASE", "sqlite:/dev/null/tidak-ada.db")
            .env("RAJUT_LANG", "id")
            .env_remove("RUST_LOG")
            .output()
            .unwrap()
            .into()
    }

    fn measured(&self) -> String {
        let (bundle, file) = (
            text(&self.stage.path("bekal-uji.json")),
            text(&self.stage.path("ukur.jsonl")),
        );
        let measured = Self::on_laptop(&["check", "--visit", &bundle, "--out", &file]);
        assert_eq!(measured.code, 0, "{measured:?}");
        let again = Self::on_laptop(&["check", "--visit", &bundle, "--out", &file]);
        assert_eq!(again.code, 2, "what was measured is not overwritten: {again:?}");
        file
    }

    fn visit(&self) -> String {
        self.bundle["visit"].as_str().unwrap().to_owned()
    }

    fn check_in(&self) {
        let visit = self.visit();
        let check_in = [
            "visit",
            "check-in",
            "latest",
            &self.site,
            "--id",
            &visit,
            "--as",
            "teknisi-1",
        ];
        self.stage.done(&check_in);
    }

    fn import(&self, file: &str) -> Ended {
        let arguments = [
            "visit",
            "import-observations",
            file,
            "--as",
            "petugas-layanan-1",
            "--format",
            "json",
        ];
        self.stage.rajut(&arguments)
    }

    /// A file that must be refused on a line, for a reason.
    fn refused(&self, bytes: impl AsRef<[u8]>, line: usize, why: &str) {
        let ended = self.import(&self.stage.write("salah.jsonl", bytes));
        assert_eq!(ended.code, 1, "{why}: {ended:?}");
        assert!(
            ended.err.contains(&format!("baris {line}: ")),
            "line {line} in {}",
            ended.err
        );
        assert!(ended.err.contains(why), "{why} in {}", ended.err);
    }

    /// Lines signed as the laptop would, whatever they say.
    fn signed(&self, header: &Header, seen: &[Observation]) -> String {
        let secret = LaptopSecret::read(self.bundle["key"]["secret"].as_str().unwrap()).unwrap();
        let key = self.bundle["key"]["id"].as_str().unwrap().parse().unwrap();
        write(header, seen, key, &secret).unwrap()
    }
}

fn parts(file: &str) -> (Header, Vec<Observation>) {
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let header = serde_json::from_str(lines[0]).unwrap();
    let seen = lines[1..lines.len() - 1]
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (header, seen)
}

#[test]
fn a_laptop_measures_without_a_server_and_its_file_comes_home_once() {
    let it = OnSite::ready();
    let file = it.measured();
    let early = it.import(&file);
    assert_eq!(early.code, 1, "nobody has checked in: {early:?}");
    it.check_in();
    let home = it.import(&file);
    assert_eq!(home.code, 0, "{home:?}");
    let visit = home.json();
    let measured = visit["measured"].as_array().unwrap();
    assert_eq!(measured.len(), it.bundle["targets"].as_array().unwrap().len());
    for one in measured {
        assert_eq!(one["vantage"], "laptop");
        assert_eq!(
            one["classes"].as_object().unwrap().len(),
            one["values"].as_object().unwrap().len()
        );
        assert!(
            one["classes"]["loss"].is_string() && one["classes"]["delay"].is_string(),
            "{one}"
        );
    }
    let again = it.import(&file);
    assert_eq!((again.code, &again.json()), (0, &visit), "nothing twice");
    assert!(again.err.contains("sudah pernah dimasukkan"), "{}", again.err);
    it.stage.done(&["journal", "verify", "--deep"]);

    let keys = it.stage.done(&["token", "list", "--format", "json"]).json();
    assert_eq!(keys[0]["files"][0]["observations"], measured.len());
    // The private key is in the bundle and nowhere else.
    let secret = it.bundle["key"]["secret"].as_str().unwrap();
    let raw = hex::decode(secret).unwrap();
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    for entry in std::fs::read_dir(it.stage.path("")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() || path.file_name().unwrap().to_str().unwrap().starts_with("bekal") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(
            !holds(&bytes, secret.as_bytes()) && !holds(&bytes, &raw),
            "{}",
            path.display()
        );
    }
    for told in [&home, &again] {
        assert!(!told.out.contains(secret) && !told.err.contains(secret));
    }
}

#[test]
fn a_file_that_is_not_right_names_the_line_and_nothing_is_kept() {
    let it = OnSite::ready();
    let file = it.measured();
    it.check_in();
    let text = std::fs::read_to_string(&file).unwrap();
    let lines = text.lines().count();
    let (header, seen) = parts(&file);

    let changed = text.replacen("\"rtt_us\":", "\"rtt_us\":1", 1);
    it.refused(changed, lines, "tanda tangan tidak cocok");
    it.refused(&text[..text.len() - 30], lines, "terpotong");
    it.refused(&text.as_bytes()[..20], 1, "kepala berkas");
    let million = format!("{}\n{}", text.lines().next().unwrap(), "{}\n".repeat(1_000_000));
    it.refused(million, 1002, "terlalu banyak");
    let mut elsewhere = header.clone();
    elsewhere.visit = "019c1d00-0000-7000-8000-000000000001".parse().unwrap();
    it.refused(it.signed(&elsewhere, &seen), 1, "kunjungan lain");
    let mut steering = seen.clone();
    steering[0].target = "rt\u{1b}[2J".to_owned();
    it.refused(it.signed(&header, &steering), 2, "karakter kendali");
    let mut wild = seen.clone();
    wild[0].measures[0].value = 1e300;
    it.refused(it.signed(&header, &wild), 2, "angka tidak mungkin");
    let mut stranger: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    stranger["key"] = json!("019c1d00-0000-7000-8000-000000000002");
    let body: Vec<&str> = text.lines().take(lines - 1).collect();
    it.refused(
        format!("{}\n{stranger}\n", body.join("\n")),
        lines,
        "tidak terdaftar",
    );

    let show = ["visit", "show", &it.visit(), "--format", "json"];
    assert_eq!(it.stage.done(&show).json()["measured"], json!([]));
    // A device's clock that runs ahead is no reason to lose a measurement: it is bounded, and said.
    let mut ahead = seen.clone();
    ahead[0].started_at += jiff::SignedDuration::from_hours(24 * 365);
    let home = it.import(&it.stage.write("depan.jsonl", it.signed(&header, &ahead)));
    assert_eq!(home.code, 0, "{home:?}");
    let flags = home.json()["flags"].clone();
    let bounded = flags
        .as_array()
        .unwrap()
        .iter()
        .any(|flag| flag["code"] == "clock_skew");
    assert!(bounded, "{flags}");
    // The mark of that file is used up: another one under it is another file.
    it.refused(it.signed(&header, &seen), 1, "tanda pengenal yang sama");

    let key = it.bundle["key"]["id"].as_str().unwrap();
    let revoke = ["token", "revoke", key, "--reason", "laptop hilang"];
    let by_other = it.stage.rajut(&[&revoke[..], &["--as", "teknisi-2"]].concat());
    assert_eq!(by_other.code, 1, "{by_other:?}");
    assert!(by_other.err.contains("mencabut kunci laptop"), "{}", by_other.err);
    it.stage
        .done(&[&revoke[..], &["--as", "kasi-telematika"]].concat());
    let bundle = self::text(&it.stage.path("bekal-uji.json"));
    let late = self::text(&it.stage.path("terlambat.jsonl"));
    assert_eq!(
        OnSite::on_laptop(&["check", "--visit", &bundle, "--out", &late]).code,
        0
    );
    it.refused(std::fs::read(&late).unwrap(), 1, "sudah dicabut");
    it.stage.done(&["journal", "verify", "--deep"]);
}

#[test]
fn a_bundle_that_is_not_right_is_wrong_use_and_leaves_no_file() {
    let it = OnSite::ready();
    let out = text(&it.stage.path("tidak-jadi.jsonl"));
    let mut old = it.bundle.clone();
    old["key"]["until"] = json!("2026-01-01T00:00:00Z");
    let mut other = it.bundle.clone();
    other["format"] = json!("rajut-bundle/9");
    let mut short = it.bundle.clone();
    short["key"]["secret"] = json!("abc");
    for (bundle, told) in [
        (old.to_string(), "Betulkan jamnya"),
        (other.to_string(), "rajut-bundle/9"),
        (short.to_string(), "64 hexadecimal"),
        ("{".to_owned(), "bekal laptop"),
    ] {
        let bundle = it.stage.write("salah.json", bundle);
        let ended = OnSite::on_laptop(&["check", "--visit", &bundle, "--out", &out]);
        assert_eq!(ended.code, 2, "{told}: {ended:?}");
        assert!(ended.err.contains(told), "{told} in {}", ended.err);
        assert!(!it.stage.path("tidak-jadi.jsonl").exists());
    }
    assert_eq!(
        OnSite::on_laptop(&["check", "--visit", "x"]).code,
        2,
        "--out is missing"
    );
}

#[test]
fn what_is_read_off_a_display_falls_into_one_class_or_is_refused() {
    let stage = Stage::set_up();
    let [(first, devices), _] = two_sites();
    order_with_teams(&stage);
    let site = first.code.as_str();
    stage.does("teknisi-1", "09:30", &["visit", "check-in", "latest", site]);
    let device = devices
        .iter()
        .find(|device| device.in_use())
        .unwrap()
        .code
        .as_str();
    let measure = ["visit", "measure", site, "--format", "json", "--vantage"];
    let by = |rest: &[&str]| stage.tries("teknisi-1", "09:40", &[&measure[..], rest].concat());
    let instrument = by(&[
        "instrument",
        "--value",
        "mains=197,9 V",
        "--value",
        "rack_temperature=18 C",
    ]);
    assert_eq!(instrument.code, 0, "{instrument:?}");
    let phone = by(&["phone", "--value", "radio_signal=-80 dBm", "--device", device]);
    assert_eq!(phone.code, 0, "{phone:?}");
    let gateway = by(&["phone", "--value", "delay=12 ms", "--scope", "gateway"]);
    let measured = gateway.json()["measured"].clone();
    let told: Vec<(&str, &Value)> = measured
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["vantage"].as_str().unwrap(), &it["classes"]))
        .collect();
    assert_eq!(
        told,
        [
            ("instrument", &json!({"mains": "low", "rack_temperature": "good"})),
            ("phone", &json!({"radio_signal": "poor"})),
            ("phone", &json!({"delay": "fair"})),
        ]
    );
    for (value, why) in [
        ("mains=NaN V", "bukan angka"),
        ("mains=99999999999 V", "angka tidak mungkin"),
        ("mains=221 mV", "satuannya lain"),
        ("rasa=4 V", "gpon_receive (dBm)"),
        ("221 V", "mains=221 V"),
    ] {
        let refused = by(&["instrument", "--value", value]);
        assert_eq!(refused.code, 1, "{value}: {refused:?}");
        assert!(refused.err.contains(why), "{why} in {}", refused.err);
    }
    assert_eq!(
        by(&["laptop", "--value", "mains=221 V"]).code,
        2,
        "a laptop signs its own"
    );
    assert_eq!(by(&["phone"]).code, 2, "nothing was read");
}

#[test]
fn a_key_cannot_be_made_in_the_past() {
    let stage = Stage::set_up();
    let [(first, _), _] = two_sites();
    order_with_teams(&stage);
    let path = text(&stage.path("bekal.json"));
    let create = ["token", "create", "--laptop", "--run", "latest", "--site"];
    let create = [&create[..], &[&first.code, "--out", &path, "--days", "3"]].concat();
    stage.does("teknisi-1", "08:00", &create);
    let keys = stage.done(&["token", "list", "--format", "json"]).json();
    let bundle: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    // The machine's own clock, as it stamped the bundle.
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    let written = jiff::Timestamp::try_from(written).unwrap().as_millisecond();
    let time = |of: &Value| of.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    for key in [&keys[0], &bundle["key"]] {
        let (from, until) = (time(&key["from"]), time(&key["until"]));
        let age = written - from.as_millisecond();
        assert!((-1_000..600_000).contains(&age), "made now: {key}");
        let (least, most) = (71 * 3_600_000, 72 * 3_600_000);
        let lasts = until.as_millisecond() - from.as_millisecond();
        assert!((least..=most).contains(&lasts), "three days but a moment: {key}");
    }
}
