//! What changed between two versions, as paths a reader can follow.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::model::Procedure;

/// One change. Text that is only in one of the two has no other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Difference {
    /// Where: `steps.pelaporan.standard.time`. Entries of a list go by their id, code or term.
    pub path: String,
    /// As it was.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

/// Every change from one version to another, in the order of the page; comments and layout of the files do
/// not count. A step that appears or goes is one change, with its activity for a text.
#[expect(
    clippy::missing_panics_doc,
    reason = "a procedure always becomes JSON: text keys, whole numbers"
)]
pub fn diff(before: &Procedure, after: &Procedure) -> Vec<Difference> {
    let value =
        |procedure| serde_json::to_value(procedure).expect("a procedure has text keys and finite numbers");
    let mut differences = Vec::new();
    compare("", &value(before), &value(after), &mut differences);
    differences
}

fn compare(path: &str, before: &Value, after: &Value, out: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) if old.keys().any(|key| new.contains_key(key)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
                compare(&join(path, key), &of(old), &of(new), out);
            }
        }
        (Value::Array(old), Value::Array(new)) => lists(path, old, new, out),
        _ => push(path, Some(before), Some(after), out),
    }
}

fn lists(path: &str, old: &[Value], new: &[Value], out: &mut Vec<Difference>) {
    let differences = out.len();
    for item in old {
        match (name(item), new.iter().find(|other| same(item, other))) {
            (Some(name), Some(other)) => compare(&join(path, name), item, other, out),
            (Some(name), None) => push(&join(path, name), Some(item), None, out),
            (None, Some(_)) => {}
            (None, None) => push(path, Some(item), None, out),
        }
    }
    for item in new
        .iter()
        .filter(|item| !old.iter().any(|other| same(item, other)))
    {
        let path = name(item).map_or_else(|| path.to_owned(), |name| join(path, name));
        push(&path, None, Some(item), out);
    }
    if out.len() == differences {
        // The same entries in another order, or another number of equal ones.
        let whole = |items: &[Value]| Value::Array(items.to_vec());
        push(path, Some(&whole(old)), Some(&whole(new)), out);
    }
}

fn same(one: &Value, other: &Value) -> bool {
    name(one).map_or_else(|| one == other, |own| name(other) == Some(own))
}

fn name(item: &Value) -> Option<&str> {
    ["id", "code", "term"]
        .iter()
        .find_map(|key| item.get(key)?.as_str())
}

fn push(path: &str, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<Difference>) {
    let shown = |value: Option<&Value>| value.and_then(shown);
    out.push(Difference {
        path: path.to_owned(),
        before: shown(before),
        after: shown(after),
    });
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(shown).collect::<Vec<_>>().join("; ")),
        Value::Object(map) => {
            let label = ["activity", "label", "meaning"]
                .iter()
                .find_map(|key| map.get(*key)?.as_str());
            Some(label.map_or_else(|| value.to_string(), str::to_owned))
        }
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
