//! How it is worded: W02, W04, W10, W11.

use std::collections::BTreeSet;

use super::LintCode::{W02, W04, W10, W11};
use super::{Faults, LintFault, words};
use crate::procedure::{Procedure, Step, Symbol};

pub(super) fn lint(faults: &mut Faults<'_>) {
    let procedure = faults.procedure;
    for step in &procedure.steps {
        condition(faults, step);
        verb(faults, step);
        if let Some(sign) = person(procedure, &step.activity) {
            faults.at(W10, step, "activity", LintFault::PersonNamed.with("text", sign));
        }
    }
    for lane in &procedure.lanes {
        if let Some(sign) = person(procedure, &lane.label) {
            faults.add(
                W10,
                &format!("lanes.{}.label", lane.id),
                LintFault::LanePersonNamed
                    .with("lane", &lane.label)
                    .with("text", sign),
            );
        }
    }
    abbreviations(faults, procedure);
}

fn condition(faults: &mut Faults<'_>, step: &Step) {
    if step.symbol == Symbol::Decision {
        return;
    }
    if let Some(word) = words(&step.activity).find(|w| matches!(w.as_str(), "jika" | "apabila" | "bila")) {
        faults.at(W02, step, "activity", LintFault::Condition.with("word", word));
    }
}

/// Common nouns that begin like verbs in me- and ber-.
const NOUNS: [&str; 14] = [
    "meja",
    "mesin",
    "media",
    "medis",
    "mekanisme",
    "memo",
    "menit",
    "menteri",
    "menu",
    "metode",
    "meteran",
    "berita",
    "berkas",
    "beras",
];

fn is_verb(word: &str) -> bool {
    let stem = word.split('-').next().unwrap_or(word);
    stem.chars().count() > 4 && (stem.starts_with("me") || stem.starts_with("ber")) && !NOUNS.contains(&stem)
}

fn verb(faults: &mut Faults<'_>, step: &Step) {
    let words: Vec<String> = words(&step.activity).collect();
    // A decision may be put as a question.
    if step.symbol != Symbol::Decision && !words.first().is_some_and(|word| is_verb(word)) {
        faults.at(W04, step, "activity", LintFault::NoVerb);
    }
    let two = words.windows(2).any(|pair| pair[0] == "dan" && is_verb(&pair[1]));
    if two || step.activity.contains(';') {
        faults.at(W04, step, "activity", LintFault::TwoActivities);
    }
}

/// Degrees and forms of address that stand before or after a name.
const TITLES: [&str; 16] = [
    "drs", "dra", "ir", "dr", "prof", "h", "hj", "sdr", "sdri", "bapak", "ibu", "bpk", "s.kom", "s.t",
    "s.sos", "m.si",
];

fn person<'a>(procedure: &'a Procedure, text: &'a str) -> Option<&'a str> {
    let name = procedure.identity.approver.name.trim();
    if !name.is_empty() && text.contains(name) {
        return Some(name);
    }
    text.split_whitespace().find(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        // "H" and "dr" are titles with their full stop only, or every "dr" would be one.
        let is_address = matches!(bare.as_str(), "bapak" | "ibu");
        TITLES.contains(&bare.as_str()) && (is_address || word.contains('.'))
    })
}

fn abbreviations(faults: &mut Faults<'_>, procedure: &Procedure) {
    let explained: BTreeSet<String> = procedure
        .definitions
        .iter()
        .flat_map(|definition| words(&definition.term))
        .collect();
    let steps = procedure.steps.iter().flat_map(|step| {
        let cell = |key: &str, texts: &[String]| (format!("steps.{}.{key}", step.id), texts.join(" "));
        [
            cell("activity", std::slice::from_ref(&step.activity)),
            cell("completeness", &step.completeness),
            cell("output", &step.standard.output),
            cell("note", step.note.as_slice()),
        ]
    });
    let merged = procedure
        .groups
        .iter()
        .map(|group| (format!("groups.{}.output", group.id), group.output.join(" ")));
    let mut told = BTreeSet::new();
    for (path, text) in steps.chain(merged) {
        for term in short_terms(&text) {
            if !explained.contains(&term.to_lowercase()) && told.insert(term.clone()) {
                faults.add(W11, &path, LintFault::AbbreviationUnexplained.with("term", term));
            }
        }
    }
}

/// Words of two or more letters, all of them capitals.
fn short_terms(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 1 && word.chars().all(|c| c.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}
