//! Holds the shape of the project: which crate may name which, where SQL and `unsafe` may stand, how long a file may be.
//!
//! What the compiler cannot refuse is refused here. Every rule is a function from the files to complaints; it is shown
//! the real files once, and a small made-up tree that it must complain about, so that no rule passes by being blind.

mod lexer;
mod manifests;
mod sources;
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The project's text files: path from its root, with `/`, to contents.
type Tree = BTreeMap<String, String>;

/// Folders that hold nothing of ours: built, fetched or made by a run.
const NOT_OURS: [&str; 9] = [
    ".git",
    ".venv",
    ".cache",
    "artifacts",
    "demo",
    "dist",
    "node_modules",
    "target",
    "recordings",
];

/// Reads every text file of the project.
fn project() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut tree = Tree::new();
    read_into(&mut tree, &root, "");
    assert!(
        tree.contains_key("Cargo.toml"),
        "{} is not the project's root",
        root.display()
    );
    tree
}

fn read_into(tree: &mut Tree, folder: &Path, prefix: &str) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap_or_else(|e| panic!("{path}: {e}"));
        // `crates/rajut/src/demo` is ours; the `demo` that a run leaves lies at the root.
        let ours = !NOT_OURS.contains(&name.as_str()) || path.contains("/src/");
        if kind.is_dir() && ours {
            read_into(tree, &entry.path(), &format!("{path}/"));
        } else if kind.is_file() && name != ".git" {
            let bytes = fs::read(entry.path()).unwrap_or_else(|e| panic!("{path}: {e}"));
            // What is not UTF-8 is a picture or an archive, and no rule reads those.
            if let Ok(text) = String::from_utf8(bytes) {
                tree.insert(path, text);
            }
        }
    }
}

/// Whether the file's name ends in `.kind`.
fn is_kind(path: &str, kind: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == kind)
}

/// Fails with all complaints at once, so that one run tells everything.
fn assert_tidy(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// A made-up tree.
fn tree(files: &[(&str, &str)]) -> Tree {
    files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

/// Asserts that `rule` complains about exactly the named files of a made-up tree, in this order.
fn assert_complains(rule: fn(&Tree) -> Vec<String>, files: &[(&str, &str)], about: &[&str]) {
    let complaints = rule(&tree(files));
    assert_eq!(complaints.len(), about.len(), "{complaints:#?}");
    for (complaint, path) in complaints.iter().zip(about) {
        assert!(complaint.starts_with(path), "{complaint} should be about {path}");
    }
}
