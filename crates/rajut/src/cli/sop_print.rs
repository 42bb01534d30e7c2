//! A procedure as people read it: the identity page, then the flowchart page row by row.

use rajut_core::procedure::{Goal, Procedure, Step};
use serde_json::Value;

use super::output::{Output, code};

/// Cells of the identity page, as keys and texts.
fn identity(procedure: &Procedure, out: &Output) -> Vec<Vec<String>> {
    let page = &procedure.identity;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let approver = &page.approver;
    let single = [
        ("sop-title", page.title.clone()),
        ("number", page.number.clone()),
        ("sop-created", day(page.created)),
        ("sop-revised", day(page.revised)),
        ("effective-from", day(page.effective)),
        ("sop-unit", format!("{}, {}", page.agency, page.unit)),
        (
            "sop-approver",
            format!(
                "{}, {} ({}) {}",
                approver.position, approver.name, approver.rank, approver.nip
            ),
        ),
    ];
    let lists = [
        ("sop-legal-basis", &page.legal_basis),
        ("sop-qualifications", &page.qualifications),
        ("sop-related", &page.related),
        ("sop-equipment", &page.equipment),
        ("sop-warnings", &page.warnings),
        ("sop-records", &page.records),
    ];
    let single = single.into_iter().map(|(key, text)| vec![out.label(key), text]);
    let lists = lists
        .into_iter()
        .map(|(key, texts)| vec![out.label(key), texts.join("; ")]);
    single.chain(lists).collect()
}

/// What follows a step.
fn next(step: &Step) -> String {
    step.ways()
        .into_iter()
        .map(|(exit, goal)| {
            let goal = match goal {
                Goal::End => "end".to_owned(),
                Goal::Step(step) => step.to_string(),
            };
            match exit.and_then(|code| step.exit(&code)) {
                Some(exit) => format!("{}: {goal}", exit.label),
                None => goal,
            }
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Time and output of a step; what the paper merges stands in the first row, and the others point up.
fn standard(procedure: &Procedure, step: &Step) -> (String, String) {
    let group = procedure.group_of(&step.id);
    let first = group.is_none_or(|group| {
        procedure
            .steps
            .iter()
            .find(|row| group.steps.contains(&row.id))
            .is_some_and(|row| row.id == step.id)
    });
    let merged = |own: String, shared: Option<String>| match shared {
        _ if !own.is_empty() => own,
        Some(_) if !first => "\u{2191}".to_owned(),
        Some(shared) => shared,
        None => own,
    };
    let time = |time: &Option<rajut_core::procedure::WrittenTime>| {
        time.clone().map(String::from).unwrap_or_default()
    };
    (
        merged(time(&step.standard.time), group.map(|group| time(&group.time))),
        merged(
            step.standard.output.join(", "),
            group.map(|group| group.output.join(", ")),
        ),
    )
}

/// Prints the procedure.
pub(super) fn print(procedure: &Procedure, out: &Output) {
    let value = serde_json::to_value(procedure).unwrap_or(Value::Null);
    if out.format() == super::output::Format::Table {
        out.print(&value, &["what", "value"], identity(procedure, out));
        Output::text("\n");
    }
    // Who acts jointly stands in one row: joined by a line where each must act, by a stroke where one may for all.
    let line = |step: &Step| if step.needs_each() { " \u{2014} " } else { " / " };
    let lanes = |lanes: &[rajut_core::procedure::LaneId], between: &str| {
        lanes
            .iter()
            .map(|id| {
                procedure
                    .lane(id)
                    .map_or_else(|| id.to_string(), |lane| lane.label.clone())
            })
            .collect::<Vec<_>>()
            .join(between)
    };
    let rows = procedure
        .steps
        .iter()
        .map(|step| {
            let (time, output) = standard(procedure, step);
            let symbol =
                vec![out.word("symbol", &code(&step.symbol)); step.from.len().max(1)].join(line(step));
            let inferred = if step.inferred.is_empty() { "" } else { " *" };
            vec![
                step.number.to_string(),
                step.activity.clone(),
                lanes(&step.from, line(step)),
                lanes(&step.to, ", "),
                format!("{symbol}{inferred}"),
                step.completeness.join(", "),
                time,
                output,
                next(step),
            ]
        })
        .collect();
    let headers = [
        "no",
        "activity",
        "from",
        "to",
        "symbol",
        "completeness",
        "standard-time",
        "output",
        "next",
    ];
    out.print(&value, &headers, rows);
    if procedure.steps.iter().any(|step| !step.inferred.is_empty()) {
        out.say("sop-inferred");
    }
}
