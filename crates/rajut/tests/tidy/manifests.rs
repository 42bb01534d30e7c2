//! Rules over the manifests: which crate may name which, and what the pure crate may be built from.

use crate::{Tree, assert_complains, assert_tidy, project};

/// What a crate may name and what it must not.
struct Place {
    name: &'static str,
    /// The crates of this workspace that it may depend on.
    below: &'static [&'static str],
    /// Crates that do another's work; a name ending in `*` is a prefix.
    not: &'static [&'static str],
}

/// The map of ARCHITECTURE.md: every arrow points down.
const PLACES: [Place; 6] = [
    Place {
        name: "rajut-core",
        below: &[],
        not: &[],
    },
    Place {
        name: "rajut-store",
        below: &["rajut-core"],
        not: &["askama*", "axum*", "clap*", "socket2", "typst*"],
    },
    Place {
        name: "rajut-probe",
        below: &["rajut-core"],
        not: &["askama*", "axum*", "clap*", "sqlx*", "typst*"],
    },
    Place {
        name: "rajut-pdf",
        below: &["rajut-core"],
        not: &["askama*", "axum*", "clap*", "socket2", "sqlx*", "tokio*"],
    },
    Place {
        name: "rajut-app",
        below: &["rajut-core", "rajut-store", "rajut-probe", "rajut-pdf"],
        not: &[
            "askama*", "axum*", "clap*", "fluent*", "socket2", "sqlx*", "typst*",
        ],
    },
    Place {
        name: "rajut",
        below: &["rajut-app", "rajut-core"],
        not: &["socket2", "sqlx*", "typst*"],
    },
];

/// All that the rules may be built from. Before a name is added here: it opens nothing, waits for nothing, and asks
/// neither the time nor for randomness.
const PURE: [&str; 10] = [
    "ed25519-dalek",
    "hex",
    "jiff",
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
    "uuid",
];

/// Dependencies as (section, name), from every section of a manifest, also those for one platform.
fn dependencies(manifest: &toml::Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (key, value) in manifest {
        let Some(table) = value.as_table() else { continue };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => {
                for (name, how) in table {
                    let renamed = how.get("package").and_then(toml::Value::as_str).unwrap_or(name);
                    found.push((key.clone(), renamed.to_owned()));
                }
            }
            "target" => {
                for platform in table.values().filter_map(toml::Value::as_table) {
                    found.extend(dependencies(platform));
                }
            }
            _ => {}
        }
    }
    found
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |prefix| name.starts_with(prefix))
}

/// Every manifest names only what its place allows.
fn directions(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree
        .iter()
        .filter(|(path, _)| path.starts_with("crates/") && path.ends_with("/Cargo.toml"))
    {
        let manifest: toml::Table = match text.parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                complaints.push(format!("{path}: {error}"));
                continue;
            }
        };
        let name = manifest
            .get("package")
            .and_then(|p| p.get("name"))
            .and_then(toml::Value::as_str)
            .unwrap_or("");
        let Some(place) = PLACES.iter().find(|place| place.name == name) else {
            complaints.push(format!(
                "{path}: '{name}' has no place in the map; give it one in {}",
                file!()
            ));
            continue;
        };
        for (section, dependency) in dependencies(&manifest) {
            let ours = dependency.starts_with("rajut");
            // A crate names itself to test with a feature of its own.
            let itself = dependency == name && section == "dev-dependencies";
            if ours && !itself && !place.below.contains(&dependency.as_str()) {
                complaints.push(format!("{path}: {name} must not know {dependency}"));
            }
            if place.not.iter().any(|pattern| matches(pattern, &dependency)) {
                complaints.push(format!(
                    "{path}: {dependency} does the work of another crate than {name}"
                ));
            }
            let pure =
                name != "rajut-core" || section == "dev-dependencies" || PURE.contains(&dependency.as_str());
            if !ours && !pure {
                complaints.push(format!(
                    "{path}: {dependency} is not known to be free of I/O, time and randomness"
                ));
            }
        }
    }
    complaints
}

/// Lock files name no registry but the public one, so that they work anywhere.
fn lock_files(tree: &Tree) -> Vec<String> {
    const PUBLIC: &str = "\"registry+https://github.com/rust-lang/crates.io-index\"";
    let mut complaints = Vec::new();
    for (path, text) in tree {
        for (number, line) in text.lines().enumerate() {
            let number = number + 1;
            if path.ends_with("Cargo.lock")
                && line.starts_with("source = ")
                && line != format!("source = {PUBLIC}")
            {
                complaints.push(format!("{path}:{number}: {line}"));
            }
            if path.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\"") {
                complaints.push(format!(
                    "{path}:{number}: names a registry; .npmrc leaves it out, so run npm inside its folder"
                ));
            }
        }
    }
    complaints
}

#[test]
fn every_crate_names_only_what_lies_below_it() {
    let project = project();
    let manifests = project
        .keys()
        .filter(|path| path.starts_with("crates/") && path.ends_with("/Cargo.toml"));
    assert_eq!(manifests.count(), PLACES.len(), "a crate came or went");
    assert_tidy(&directions(&project));
}

#[test]
fn a_wrong_direction_is_found() {
    let manifest = |name: &str, rest: &str| format!("[package]\nname = \"{name}\"\n{rest}");
    let core = manifest(
        "rajut-core",
        "[dependencies]\nserde = \"1\"\ntokio = \"1\"\n[dev-dependencies]\ntempfile = \"3\"",
    );
    let pdf = manifest("rajut-pdf", "[dev-dependencies]\nrajut-store.workspace = true\n");
    let probe = manifest(
        "rajut-probe",
        "[target.'cfg(unix)'.dependencies]\nrajut-pdf.workspace = true",
    );
    let app = manifest(
        "rajut-app",
        "[dependencies]\naskama.workspace = true\nrajut-pdf.workspace = true",
    );
    let program = manifest(
        "rajut",
        "[dependencies]\ndb = { package = \"sqlx\", version = \"1\" }",
    );
    assert_complains(
        directions,
        &[
            ("crates/a/Cargo.toml", &core),
            ("crates/b/Cargo.toml", &pdf),
            ("crates/c/Cargo.toml", &probe),
            ("crates/d/Cargo.toml", &app),
            ("crates/e/Cargo.toml", &program),
            ("crates/f/Cargo.toml", "[package]\nname = \"rajut-new\""),
            ("crates/g/Cargo.toml", "[package"),
        ],
        &[
            "crates/a/",
            "crates/b/",
            "crates/c/",
            "crates/d/",
            "crates/e/",
            "crates/f/",
            "crates/g/",
        ],
    );
}

#[test]
fn lock_files_name_no_private_registry() {
    let project = project();
    assert!(project.contains_key("Cargo.lock") && project.contains_key("frontend/package-lock.json"));
    assert_tidy(&lock_files(&project));
}

#[test]
fn a_private_registry_is_found() {
    assert_complains(
        lock_files,
        &[
            (
                "Cargo.lock",
                "name = \"a\"\nsource = \"registry+https://crates.example.org/index\"",
            ),
            (
                "e2e/package-lock.json",
                "{\n  \"resolved\": \"https://npm.example.org/a.tgz\",\n}",
            ),
            (
                "frontend/package-lock.json",
                "{\n  \"integrity\": \"sha512-x\",\n}",
            ),
        ],
        &["Cargo.lock:2", "e2e/package-lock.json:2"],
    );
}
