//! Rules over every text: length, no paths of one machine, the same words in each language.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Tree, assert_complains, assert_tidy, is_kind, project};

/// Above this a file is refused.
const TOO_LONG: usize = 700;
/// Above this a file is listed, for somebody to ask whether it holds two meanings.
const LONG: usize = 400;

fn is_written_by_hand(path: &str) -> bool {
    let kinds = ["rs", "ts", "mjs", "css", "html", "typ"];
    kinds.iter().any(|kind| is_kind(path, kind)) || path.starts_with("scripts/")
}

fn longer_than(tree: &Tree, limit: usize) -> Vec<String> {
    tree.iter()
        .filter(|(path, _)| is_written_by_hand(path))
        .map(|(path, text)| (path, text.lines().count()))
        // Tests are tables and worlds: they read on where a rule would need a second meaning.
        .filter(|(path, lines)| {
            *lines
                > if path.contains("/tests/") {
                    limit + 300
                } else {
                    limit
                }
        })
        .map(|(path, lines)| format!("{path}: {lines} lines; split it by meaning"))
        .collect()
}

fn too_long(tree: &Tree) -> Vec<String> {
    longer_than(tree, TOO_LONG)
}

/// No text names a folder that only one machine has.
fn machine_paths(tree: &Tree) -> Vec<String> {
    let private = ["home", "root", "work", "Users"].map(|folder| format!("/{folder}/"));
    let mut complaints = Vec::new();
    for (path, text) in tree {
        for (number, line) in text.lines().enumerate() {
            // In `a/work/b` or `$x/home/` it is a part of a relative path.
            let begins_there = |at: usize| {
                let before = line[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && !"._-*$})/~".contains(c))
            };
            let found = private.iter().find(|folder| {
                line.match_indices(folder.as_str())
                    .any(|(at, _)| begins_there(at))
            });
            if let Some(folder) = found {
                complaints.push(format!(
                    "{path}:{}: {folder} is a folder of one machine",
                    number + 1
                ));
            }
        }
    }
    complaints
}

/// The message keys (and `key.attribute`) of a Fluent file.
fn fluent_keys(text: &str) -> Vec<String> {
    let name_of = |line: &str| {
        let (name, _) = line.split_once('=')?;
        let name = name.trim_end();
        let fits = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        fits.then(|| name.to_owned())
    };
    let mut keys: Vec<String> = Vec::new();
    let mut message = String::new();
    for line in text.lines() {
        if let Some(attribute) = line
            .strip_prefix(char::is_whitespace)
            .and_then(|l| l.trim_start().strip_prefix('.'))
        {
            keys.extend(name_of(attribute).map(|name| format!("{message}.{name}")));
        } else if let Some(name) = name_of(line) {
            message.clone_from(&name);
            keys.push(name);
        }
    }
    keys
}

/// Indonesian and English say the same things: `locales/<language>.ftl` or any file below `locales/<language>/`.
fn unequal_locales(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut languages: BTreeMap<&str, BTreeSet<String>> =
        BTreeMap::from([("id", BTreeSet::new()), ("en", BTreeSet::new())]);
    for (path, text) in tree {
        let Some(name) = path
            .strip_prefix("locales/")
            .and_then(|name| name.strip_suffix(".ftl"))
        else {
            continue;
        };
        let language = name.split('/').next().unwrap_or(name);
        let Some(known) = languages.get_mut(language) else {
            complaints.push(format!("{path}: '{language}' is not a language of ours"));
            continue;
        };
        for key in fluent_keys(text) {
            if !known.insert(key.clone()) {
                complaints.push(format!("{path}: {key} is there twice"));
            }
        }
    }
    for (has, lacks) in [("id", "en"), ("en", "id")] {
        for key in languages[has].difference(&languages[lacks]) {
            complaints.push(format!("locales/{lacks}: {key} is missing"));
        }
    }
    complaints
}

#[test]
fn no_file_is_too_long() {
    let project = project();
    assert!(project.keys().any(|path| is_written_by_hand(path)));
    for long in longer_than(&project, LONG) {
        eprintln!("{long}");
    }
    assert_tidy(&too_long(&project));
}

#[test]
fn a_long_file_is_found() {
    let long = "x\n".repeat(TOO_LONG + 1);
    let just = "x\n".repeat(TOO_LONG);
    let files = [
        ("Cargo.lock", long.as_str()),
        ("crates/a/src/b.rs", &long),
        ("crates/a/src/c.rs", &just),
    ];
    assert_complains(too_long, &files, &["crates/a/src/b.rs"]);
}

#[test]
fn no_text_names_a_folder_of_one_machine() {
    assert_tidy(&machine_paths(&project()));
}

#[test]
fn a_folder_of_one_machine_is_found() {
    let private = ["root", "home"].map(|folder| format!("see /{folder}/somebody/x"));
    let relative = ["docs/root/a", "/var/lib/rajut", "HOME=/root", "$base/home/"].join("\n");
    let files = [
        ("a.md", private[0].as_str()),
        ("b.toml", &private[1]),
        ("c.sh", &relative),
    ];
    assert_complains(machine_paths, &files, &["a.md:1", "b.toml:1"]);
}

#[test]
fn both_languages_have_the_same_keys() {
    assert_tidy(&unequal_locales(&project()));
}

#[test]
fn unequal_languages_are_found() {
    assert_complains(
        unequal_locales,
        &[
            (
                "locales/en/a.ftl",
                "# a = b\nyes = Yes\nno = No\n    .title = No\nlong =\n    two = lines\n",
            ),
            ("locales/fr.ftl", "oui = Oui\n"),
            (
                "locales/id/a.ftl",
                "yes = Ya\nno = Tidak\nlong =\n    dua = baris\n",
            ),
            ("locales/id/b.ftl", "yes = Ya\nonly-here = Hanya di sini\n"),
        ],
        &["locales/fr.ftl", "locales/id/b.ftl", "locales/en", "locales/id"],
    );
}
