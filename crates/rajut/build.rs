//! Embeds what `frontend/build.mjs` made: every file of `frontend/dist` with its bytes. Which of them are served, and
//! under which type, is told by the manifest, which the program reads when it starts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let dist = here.join("../../frontend/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed={}", here.join("templates").display());
    if !dist.join("manifest.json").is_file() {
        println!("cargo::error=frontend/dist is not built: `scripts/test frontend` (or `make run`) builds it");
        return;
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(&dist)
        .expect("a folder with a manifest can be listed")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && !name(path).starts_with('.'))
        .collect();
    files.sort();
    let mut code = String::from("/// Every file of the front end with its bytes.\npub static FILES: &[(&str, &[u8])] = &[\n");
    for path in files {
        let path = path.canonicalize().expect("a listed file has a path");
        writeln!(code, "    ({:?}, include_bytes!({:?})),", name(&path), path).expect("a string takes text");
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names the folder for output"));
    std::fs::write(out.join("frontend.rs"), code).expect("the folder for output is writable");
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
