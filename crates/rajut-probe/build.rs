//! Lists the family files of `data/devices/`, so that a new family is a new file and nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/devices");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("data/devices belongs to the source")
        .map(|entry| entry.expect("a folder of the source can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        let name = path
            .file_name()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned();
        writeln!(
            list,
            "    ({name:?}, include_str!({:?})),",
            path.display().to_string()
        )
        .expect("memory");
    }
    list.push(']');
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    std::fs::write(Path::new(&out).join("devices.rs"), list).expect("cargo's folder can be written");
}
