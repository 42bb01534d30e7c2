//! The faults of procedures, their files, and journals, as sentences of the reader's language.

use std::collections::BTreeMap;

use rajut_core::calendar::Zone;
use rajut_core::flow::faults_of_text;
use rajut_core::journal::{Fault, FaultKind};
use rajut_core::procedure::{Lint, ProcedureFileError};

use crate::words::Words;

/// What is wrong with a procedure, and what to do about it.
pub fn of_procedure(words: &Words, lint: &Lint) -> (String, String) {
    let mut args = lint.args.clone();
    for value in args.values_mut() {
        if let Some(date) = words.time(value, None) {
            *value = date;
        }
    }
    // The cells of the identity page have names of their own on the paper.
    if let Some(name) = args.get("key").and_then(|key| words.word("page", key)) {
        args.insert("name".to_owned(), name);
    }
    let key = format!("lint-{}", lint.fault.code().replace('_', "-"));
    let mut message = words.say_with(&key, &args);
    let advice = words.say_with(&format!("{key}.advice"), &args);
    if args.contains_key("step") {
        args.insert("fault".to_owned(), message);
        message = words.say_with("lint-of-step", &args);
    }
    (message, advice)
}

/// Faults that stand in a refusal.
pub fn in_refusal(words: &Words, text: &str) -> Option<String> {
    let told: Vec<String> = faults_of_text(text)?
        .iter()
        .map(|(procedure, lint)| format!("{procedure}: {} {}", lint.code, of_procedure(words, lint).0))
        .collect();
    Some(told.join("; "))
}

/// Why the file of a procedure cannot be read.
pub fn of_file(words: &Words, what: &str, fault: &ProcedureFileError) -> String {
    let name = BTreeMap::from([("name".to_owned(), fault.name.clone())]);
    let key = format!("expected-{}", fault.code.code().replace('_', "-"));
    let mut args = BTreeMap::from([
        (
            "what".to_owned(),
            words.word("thing", what).unwrap_or_else(|| what.to_owned()),
        ),
        ("line".to_owned(), fault.line.to_string()),
        ("column".to_owned(), fault.column.to_string()),
        ("expected".to_owned(), words.say_with(&key, &name)),
    ]);
    match fault.quoted() {
        Some(found) => {
            args.insert("found".to_owned(), found.to_owned());
            words.say_with("procedure-file-found", &args)
        }
        None => words.say_with("procedure-file", &args),
    }
}

/// How a journal was tampered with.
pub fn of_journal(words: &Words, zone: Option<Zone>, fault: &Fault) -> String {
    let moment = |at: jiff::Timestamp| match zone {
        Some(zone) => words.moment(zone, at),
        None => at.to_string(),
    };
    let (key, args) = match &fault.kind {
        FaultKind::Changed => ("changed", vec![]),
        FaultKind::Removed { until } if *until == fault.seq => ("removed", vec![]),
        FaultKind::Removed { until } => ("removed-many", vec![("until", until.to_string())]),
        FaultKind::Moved { from } => ("moved", vec![("from", from.to_string())]),
        FaultKind::Unlinked => ("unlinked", vec![]),
        FaultKind::Inserted => ("inserted", vec![]),
        FaultKind::HeadDiffers { head } => ("head-differs", vec![("head", head.to_string())]),
        FaultKind::TailCut { anchored_at } => ("tail-cut", vec![("at", moment(*anchored_at))]),
        FaultKind::Rebuilt { anchored_at } => ("rebuilt", vec![("at", moment(*anchored_at))]),
        FaultKind::Unreadable { why } => ("unreadable", vec![("why", why.clone())]),
        FaultKind::StateDiffers { stream, what } => {
            let (kind, id) = stream.split_once('/').unwrap_or((stream, ""));
            let kind = words.word("thing", kind).unwrap_or_else(|| kind.to_owned());
            (
                "state-differs",
                vec![
                    ("stream", format!("{kind} {id}").trim().to_owned()),
                    ("what", what.clone()),
                ],
            )
        }
    };
    let mut args: BTreeMap<String, String> = args
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    args.insert("seq".to_owned(), fault.seq.to_string());
    words.say_with(&format!("tampered-{key}"), &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use rajut_core::journal::Fault;
    use rajut_core::procedure::{ExpectedCode, LintCode, LintFault, Procedure};

    const BOTH: [Language; 2] = [Language::Indonesian, Language::English];

    #[test]
    fn every_fault_of_a_procedure_has_a_message_and_an_advice_that_need_only_what_they_are_given() {
        for language in BOTH {
            let words = Words::of(language);
            for fault in LintFault::ALL {
                let args = ARGUMENTS
                    .iter()
                    .map(|name| ((*name).to_owned(), "x".to_owned()))
                    .collect();
                let lint = Lint {
                    code: LintCode::E01,
                    severity: LintCode::E01.severity(),
                    line: 1,
                    fault: *fault,
                    args,
                };
                let (message, advice) = of_procedure(&words, &lint);
                for text in [&message, &advice] {
                    assert!(
                        !text.contains("lint-") && !text.contains('$'),
                        "{language:?} {fault} {text}"
                    );
                }
            }
            for code in ExpectedCode::ALL {
                assert!(
                    words.word("expected", code.code()).is_some(),
                    "{language:?} {code}"
                );
            }
        }
    }

    /// All that the sentences of faults may name.
    const ARGUMENTS: &[&str] = &[
        "amount",
        "by",
        "count",
        "created",
        "effective",
        "exit",
        "group",
        "key",
        "label",
        "lane",
        "longest",
        "mark",
        "minutes",
        "name",
        "nip",
        "number",
        "other",
        "output",
        "pause",
        "procedure",
        "revised",
        "row",
        "since",
        "step",
        "symbol",
        "term",
        "text",
        "title",
        "to",
        "verdict",
        "wanted",
        "word",
    ];

    #[test]
    fn a_file_that_cannot_be_read_tells_line_column_and_what_was_expected() {
        let error = Procedure::parse("code = \"uji\"\nversion = \"satu\"\n").unwrap_err();
        assert_eq!(
            of_file(&Words::of(Language::Indonesian), "uji.toml", &error),
            "uji.toml, baris 2, kolom 11: seharusnya bilangan bulat mulai dari nol, tertulis \"satu\".",
        );
        let error = Procedure::parse("code = ").unwrap_err();
        let told = of_file(&Words::of(Language::English), "x.toml", &error);
        assert!(told.starts_with("x.toml, line 1, column 8: "), "{told}");
    }

    #[test]
    fn each_kind_of_tampering_is_named() {
        let at = "2026-05-03T02:30:00Z".parse().unwrap();
        let kinds = [
            FaultKind::Changed,
            FaultKind::Removed { until: 7 },
            FaultKind::Removed { until: 9 },
            FaultKind::Moved { from: 3 },
            FaultKind::Unlinked,
            FaultKind::Inserted,
            FaultKind::HeadDiffers { head: 3 },
            FaultKind::TailCut { anchored_at: at },
            FaultKind::Rebuilt { anchored_at: at },
            FaultKind::Unreadable { why: "x".to_owned() },
            FaultKind::StateDiffers {
                stream: "run/1".to_owned(),
                what: "x".to_owned(),
            },
        ];
        for language in BOTH {
            let words = Words::of(language);
            let mut told = std::collections::BTreeSet::new();
            for kind in &kinds {
                let text = of_journal(
                    &words,
                    Some(Zone::Wib),
                    &Fault {
                        seq: 7,
                        kind: kind.clone(),
                    },
                );
                assert!(!text.contains("tampered-") && !text.contains('$'), "{text}");
                told.insert(text);
            }
            assert_eq!(told.len(), kinds.len());
        }
    }
}
