//! A database for one test: bare, or a copy of one that was set up by the command line alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use rajut_app::demo::{DemoRegency, regency};
use rajut_app::import::Registers;
use rajut_app::import::export;
use rajut_core::register::{Device, Site};
use tempfile::TempDir;

/// The posts that the procedure needs, in an order in which the superior comes first.
const POSTS: [&str; 6] = [
    "kepala",
    "kabid-telematika",
    "kasi-telematika",
    "teknisi-1",
    "teknisi-2",
    "petugas-layanan-1",
];

/// Why the faults of the shipped papers are accepted.
pub const ACCEPT: [&str; 6] = [
    "--accept",
    "E01=nomor menyusul",
    "--accept",
    "E02=tanggal menyusul",
    "--accept",
    "E03=pejabat menyusul",
];

/// A folder with a database.
pub struct Stage {
    dir: TempDir,
    /// The address of a database on a server, where the records do not lie in the folder.
    server: Option<String>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// The value; of a list, `{items, next}`, its items.
    pub fn json(&self) -> serde_json::Value {
        let mut value: serde_json::Value =
            serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        match value.get_mut("items") {
            Some(items) => items.take(),
            None => value,
        }
    }

    /// The values of JSON Lines.
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        let values = serde_json::Deserializer::from_str(&self.out).into_iter();
        values
            .map(|value| value.unwrap_or_else(|error| panic!("{error}: {self:?}")))
            .collect()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the program was not killed"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Stage {
    /// A folder in which nothing is set up.
    pub fn bare() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            server: None,
        }
    }

    /// A folder beside a database on a server, in which nothing is set up.
    pub fn beside(server: &str) -> Self {
        Self {
            server: Some(server.to_owned()),
            ..Self::bare()
        }
    }

    /// The same as [`Stage::set_up`] on the PostgreSQL server of this test run, by the command line alone too.
    pub fn set_up_on_postgresql() -> Self {
        let stage = Self::beside(&postgresql());
        stage.fill();
        stage
    }

    /// A database with the demo's registers and the posts of the procedure.
    pub fn set_up() -> Self {
        static TEMPLATE: OnceLock<Stage> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let stage = Self::bare();
            stage.fill();
            stage
        });
        let stage = Self::bare();
        for entry in fs::read_dir(template.dir.path()).unwrap() {
            let from = entry.unwrap().path();
            if from.is_file() {
                fs::copy(&from, stage.dir.path().join(from.file_name().unwrap())).unwrap();
            }
        }
        stage
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        text(&path)
    }

    /// Runs the program on this database.
    pub fn rajut(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// The program on this database, to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let here = || format!("sqlite:{}", text(&self.path("rajut.db")));
        program(&self.server.clone().unwrap_or_else(here), arguments)
    }

    /// Runs the program on another database of the folder.
    pub fn on(&self, database: &str, arguments: &[&str]) -> Ended {
        let url = format!("sqlite:{}", text(&self.path(database)));
        program(&url, arguments).output().unwrap().into()
    }

    /// The same records on PostgreSQL, taken there by the program's own archive.
    pub fn moved_to_postgresql(&self) -> Self {
        let archive = text(&self.path("pindah.zip"));
        self.done(&["backup", &archive]);
        let there = Self::beside(&postgresql());
        there.done(&["restore", &archive]);
        there
    }

    /// Runs what must end well.
    pub fn done(&self, arguments: &[&str]) -> Ended {
        let ended = self.rajut(arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
        ended
    }

    /// Does something as the holder of a post at a time of 2 February 2026, a Monday.
    pub fn does(&self, post: &str, time: &str, arguments: &[&str]) -> Ended {
        let ended = self.tries(post, time, arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
        ended
    }

    pub fn tries(&self, post: &str, time: &str, arguments: &[&str]) -> Ended {
        let at = format!("2026-02-02T{time}");
        self.rajut(&[&["--as", post, "--at", &at], arguments].concat())
    }

    /// What must be refused by a rule, with words of its sentence.
    pub fn refused(&self, post: &str, time: &str, arguments: &[&str], words: &[&str]) {
        let ended = self.tries(post, time, arguments);
        assert_eq!(ended.code, 1, "{arguments:?}: {ended:?}");
        for word in words {
            assert!(ended.err.contains(word), "{word} in {}", ended.err);
        }
    }

    /// Sets a database of the folder up, as the demo agency's; on a server there is but one.
    pub fn begin(&self, database: &str) {
        let agency = self.write("instansi.toml", include_str!("../../../../data/demo/agency.toml"));
        let setup = [
            &["setup", "--agency", &agency, "--from", "2021-01-04"][..],
            &ACCEPT,
        ]
        .concat();
        let ended = match self.server {
            Some(_) => self.rajut(&setup),
            None => self.on(database, &setup),
        };
        assert_eq!(ended.code, 0, "{ended:?}");
    }

    pub fn fill(&self) {
        let demo = regency(2026);
        self.begin("rajut.db");
        let sites: Vec<Site> = demo
            .sites
            .iter()
            .map(|site| Site {
                gateway: None,
                ..site.clone()
            })
            .collect();
        let held = Registers {
            offices: &demo.offices,
            sites: &sites,
            devices: &demo.devices,
            links: &demo.links,
            services: &demo.services,
        };
        let files = [
            ("offices", export::offices(&held)),
            ("sites", export::sites(&held)),
            ("devices", export::devices(&held)),
            ("links", export::links(&held)),
            ("services", export::services(&held)),
        ];
        for (name, sheet) in files {
            let file = self.write(&format!("{name}.csv"), sheet.to_csv(true));
            self.done(&["import", name, &file]);
        }
        self.people(&demo);
    }

    fn people(&self, demo: &DemoRegency) {
        let admin = demo.posts.iter().find(|post| post.role == "admin").unwrap();
        let mut csv = "name,titles_before,titles_after,status,nip,rank,address,phone\n".to_owned();
        for person in &demo.people {
            let cells = [
                &person.name,
                &person.titles_before,
                &person.titles_after,
                &person.status,
                person.number.as_ref().unwrap_or(&String::new()),
                person.rank.as_ref().unwrap_or(&String::new()),
                &person.address,
                &person.phone,
            ]
            .map(|cell| format!("\"{cell}\""));
            csv.push_str(&cells.join(","));
            csv.push('\n');
        }
        let file = self.write("people.csv", csv);
        self.done(&["import", "people", &file]);
        let wanted = POSTS
            .iter()
            .map(|code| demo.posts.iter().find(|post| post.code == **code).unwrap());
        let mut entered: Vec<&str> = Vec::new();
        for post in wanted.clone().chain([admin]) {
            let mut arguments = vec![
                "post",
                "add",
                &post.code,
                "--title",
                &post.title,
                "--role",
                &post.role,
                "--unit",
                "Diskominfo",
            ];
            if let Some(above) = post.superior.as_deref().filter(|above| entered.contains(above)) {
                arguments.extend(["--superior", above]);
            }
            self.done(&arguments);
            entered.push(&post.code);
        }
        // The first assignment ends the time in which the program itself may fill the registers.
        for (index, code) in std::iter::once(&admin.code.as_str()).chain(&POSTS).enumerate() {
            let person = demo.people.iter().find(|person| person.post == **code).unwrap();
            let mut arguments = vec![
                "person",
                "assign",
                &person.name,
                code,
                "--from",
                "2025-01-02",
                "--decree",
                "800/CONTOH/2025",
            ];
            if index > 0 {
                arguments.extend(["--as", &admin.code]);
            }
            self.done(&arguments);
        }
    }
}

/// The program with everything that it takes from its surroundings.
fn program(database: &str, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_rajut"));
    program
        .args(arguments)
        .env("RAJUT_DATABASE", database)
        .env("RAJUT_LANG", "id")
        .env_remove("RUST_LOG");
    program
}

/// The address of an empty, migrated database on the PostgreSQL server of this test run.
fn postgresql() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let db = runtime.block_on(rajut_app::store::testkit::postgres());
    runtime.block_on(db.store.close());
    db.url
}

/// Two sites of one kecamatan, each with its devices.
pub fn two_sites() -> [(Site, Vec<Device>); 2] {
    let demo = regency(2026);
    let mut found = demo
        .sites
        .iter()
        .filter(|site| site.parent.is_some())
        .map(|site| {
            let devices = demo
                .devices
                .iter()
                .filter(|device| device.site == site.id)
                .cloned()
                .collect();
            (site.clone(), devices)
        });
    [found.next().unwrap(), found.next().unwrap()]
}

pub fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
