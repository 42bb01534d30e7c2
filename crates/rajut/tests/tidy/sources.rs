//! Rules over the Rust sources: where SQL and `unsafe` may stand, what the rules may not ask of the machine, headers.

use std::collections::BTreeSet;

use crate::lexer::{has_word, lex};
use crate::{Tree, assert_complains, assert_tidy, is_kind, project};

fn rust(tree: &Tree) -> impl Iterator<Item = (&String, &String)> {
    tree.iter()
        .filter(|(path, _)| path.starts_with("crates/") && is_kind(path, "rs"))
}

/// Whether a string literal is a statement of SQL. Keywords count when written in one case: prose begins with a capital.
fn is_sql(literal: &str) -> bool {
    let text = literal
        .split_whitespace()
        .filter(|word| *word != "\\")
        .collect::<Vec<_>>()
        .join(" ");
    let says = |words: &str| text.contains(words) || text.contains(&words.to_uppercase());
    let begins = |words: &str| text.starts_with(words) || text.starts_with(&words.to_uppercase());
    let definition = [
        "table ",
        "index ",
        "unique index ",
        "view ",
        "trigger ",
        "database ",
    ];
    begins("select ") && says(" from ")
        || begins("with ") && says(" as (")
        || begins("insert into ")
        || begins("insert or ")
        || begins("delete from ")
        || begins("update ") && says(" set ")
        || begins("pragma ")
        || ["create ", "drop ", "alter "]
            .iter()
            .any(|verb| definition.iter().any(|what| begins(&format!("{verb}{what}"))))
}

/// SQL stands in the store and nowhere else.
fn sql_outside_the_store(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in rust(tree).filter(|(path, _)| !path.starts_with("crates/rajut-store/")) {
        for (line, literal) in lex(text).literals {
            if is_sql(&literal) {
                complaints.push(format!("{path}:{line}: SQL belongs in rajut-store"));
            }
        }
    }
    let files = tree
        .keys()
        .filter(|path| is_kind(path, "sql") && !path.starts_with("crates/rajut-store/"));
    complaints.extend(files.map(|path| format!("{path}: SQL belongs in rajut-store")));
    complaints
}

/// `unsafe` stands where sockets and the stages of the tests need it.
fn unsafe_outside_the_network(tree: &Tree) -> Vec<String> {
    const ALLOWED: [&str; 4] = [
        "crates/rajut-probe/src/network/",
        "crates/rajut-probe/src/network.rs",
        "crates/rajut-probe/src/stage/",
        "crates/rajut-probe/src/stage.rs",
    ];
    let mut complaints = Vec::new();
    for (path, text) in rust(tree).filter(|(path, _)| !ALLOWED.iter().any(|folder| path.starts_with(folder)))
    {
        for (number, line) in lex(text).code.lines().enumerate() {
            if has_word(line, "unsafe") {
                complaints.push(format!(
                    "{path}:{}: unsafe belongs in the network or stage of rajut-probe",
                    number + 1
                ));
            }
        }
    }
    complaints
}

/// The rules ask nothing of the machine.
fn impure_rules(tree: &Tree) -> Vec<String> {
    const MODULES: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];
    const WORDS: [&str; 6] = [
        "async",
        "Instant",
        "SystemTime",
        "RandomState",
        "println",
        "eprintln",
    ];
    let mut complaints = Vec::new();
    for (path, text) in rust(tree).filter(|(path, _)| path.starts_with("crates/rajut-core/src/")) {
        let code = lex(text).code;
        for (number, line) in code.lines().enumerate() {
            let named = MODULES
                .iter()
                .find(|module| has_word(line, &format!("std::{module}")));
            let word = WORDS.iter().find(|word| has_word(line, word));
            if let Some(what) = named.or(word) {
                complaints.push(format!("{path}:{}: the rules may not use {what}", number + 1));
            }
        }
        for (at, _) in code.match_indices("std::{") {
            let group = code[at..].split(';').next().unwrap_or("");
            if let Some(module) = MODULES.iter().find(|module| has_word(group, module)) {
                let line = code[..at].lines().count().max(1);
                complaints.push(format!("{path}:{line}: the rules may not use {module}"));
            }
        }
    }
    complaints
}

/// A folder of sources opens with a header that says what it hides.
fn folders_without_header(tree: &Tree) -> Vec<String> {
    let opens = |path: &str| tree.get(path).map(|text| text.starts_with("//!"));
    let folders: BTreeSet<&str> = rust(tree)
        .filter_map(|(path, _)| path.rsplit_once('/').map(|(dir, _)| dir))
        .collect();
    let mut complaints = Vec::new();
    for folder in folders {
        // Each file of these folders is a program of its own.
        let programs = ["/tests", "/benches", "/examples", "/bin"];
        if programs.iter().any(|programs| folder.ends_with(programs)) {
            for (path, text) in
                rust(tree).filter(|(path, _)| path.rsplit_once('/').is_some_and(|(dir, _)| dir == folder))
            {
                if !text.starts_with("//!") {
                    complaints.push(format!("{path}: open it with //! and what it shows"));
                }
            }
            continue;
        }
        let heads = ["mod.rs", "lib.rs", "main.rs"].map(|name| format!("{folder}/{name}"));
        let mut heads: Vec<&str> = heads
            .iter()
            .map(String::as_str)
            .filter(|head| opens(head).is_some())
            .collect();
        let sibling = format!("{folder}.rs");
        if heads.is_empty() && opens(&sibling).is_some() {
            heads.push(&sibling);
        }
        if heads.is_empty() && folder.matches('/').count() > 1 {
            complaints.push(format!("{folder}: no mod.rs says what this folder hides"));
        }
        for head in heads.iter().filter(|head| opens(head) != Some(true)) {
            complaints.push(format!(
                "{head}: open it with //!, what it hides and what it must not know"
            ));
        }
    }
    complaints
}

#[test]
fn sql_stands_only_in_the_store() {
    assert_tidy(&sql_outside_the_store(&project()));
}

#[test]
fn sql_elsewhere_is_found() {
    let prose = "fn f() { say(\"Select a site from the list\"); say(\"update failed\"); say(\"create a team\") } // SELECT a FROM b";
    assert_complains(
        sql_outside_the_store,
        &[
            (
                "crates/rajut-app/src/a.rs",
                "const A: &str = \"\n  SELECT id\n  FROM sites\";",
            ),
            (
                "crates/rajut-app/src/b.rs",
                "const A: &str = r#\"update site set name = 'a'\"#;",
            ),
            ("crates/rajut-app/src/c.rs", prose),
            (
                "crates/rajut-store/src/d.rs",
                "const A: &str = \"SELECT id FROM sites\";",
            ),
            (
                "crates/rajut/src/e.rs",
                "fn f() { run(\"CREATE TABLE a (b TEXT)\") }",
            ),
            ("data/f.sql", "SELECT 1"),
        ],
        &[
            "crates/rajut-app/src/a.rs:1",
            "crates/rajut-app/src/b.rs:1",
            "crates/rajut/src/e.rs:1",
            "data/f.sql",
        ],
    );
}

#[test]
fn unsafe_stands_only_where_sockets_do() {
    assert_tidy(&unsafe_outside_the_network(&project()));
}

#[test]
fn unsafe_elsewhere_is_found() {
    assert_complains(
        unsafe_outside_the_network,
        &[
            (
                "crates/rajut-core/src/a.rs",
                "#![forbid(unsafe_code)]\n// unsafe is not wanted: \"unsafe\"\n",
            ),
            (
                "crates/rajut-probe/src/codec/b.rs",
                "fn f() {\n    unsafe { g() }\n}",
            ),
            ("crates/rajut-probe/src/network/c.rs", "fn f() { unsafe { g() } }"),
        ],
        &["crates/rajut-probe/src/codec/b.rs:2"],
    );
}

#[test]
fn the_rules_ask_nothing_of_the_machine() {
    assert_tidy(&impure_rules(&project()));
}

#[test]
fn impure_rules_are_found() {
    assert_complains(
        impure_rules,
        &[
            (
                "crates/rajut-core/src/a.rs",
                "use std::fmt;\n// std::fs is not for us\nuse std::fs::read;\n",
            ),
            (
                "crates/rajut-core/src/b.rs",
                "use std::{\n    fmt,\n    net::IpAddr,\n};\n",
            ),
            ("crates/rajut-core/src/c.rs", "async fn f() {}"),
            ("crates/rajut-core/src/d.rs", "fn f(instant: Timestamp) {}"),
            ("crates/rajut-store/src/e.rs", "use std::fs;"),
        ],
        &[
            "crates/rajut-core/src/a.rs:3",
            "crates/rajut-core/src/b.rs:1",
            "crates/rajut-core/src/c.rs:1",
        ],
    );
}

#[test]
fn every_folder_says_what_it_hides() {
    assert_tidy(&folders_without_header(&project()));
}

#[test]
fn a_folder_without_header_is_found() {
    assert_complains(
        folders_without_header,
        &[
            ("crates/a/src/lib.rs", "//! Says what it is.\n"),
            ("crates/a/src/one/mod.rs", "use std::fmt;\n"),
            ("crates/a/src/three.rs", "//! Says what it is.\n"),
            ("crates/a/src/three/part.rs", "fn f() {}\n"),
            ("crates/a/src/two/part.rs", "fn f() {}\n"),
            ("crates/a/tests/four.rs", "#[test]\nfn f() {}\n"),
        ],
        &[
            "crates/a/src/one/mod.rs",
            "crates/a/src/two",
            "crates/a/tests/four.rs",
        ],
    );
}
