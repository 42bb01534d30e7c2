//! *Mutu baku*: E08, E09, W03, W09, W12, I01.

use super::LintCode::{E08, E09, I01, W03, W09, W12};
use super::{Faults, words};
use crate::procedure::{Procedure, StandardGroup, Step, StepKind, WrittenTime};

pub(super) fn lint(faults: &mut Faults<'_>) {
    let procedure = faults.procedure;
    for step in &procedure.steps {
        cells(faults, procedure, step);
        fits(faults, step);
    }
    for group in &procedure.groups {
        merged(faults, procedure, group);
    }
    completeness(faults, procedure);
    totals(faults, procedure);
}

fn cells(faults: &mut Faults<'_>, procedure: &Procedure, step: &Step) {
    let group = procedure.group_of(&step.id);
    let by_exit = step.exits().iter().any(|exit| exit.standard.is_some());
    match &step.standard.time {
        Some(WrittenTime::Unreadable(text)) => {
            let message = format!("Waktu {text:?} is not a number and a unit");
            faults.at(
                E08,
                step,
                "time",
                message,
                "write e.g. 10 menit, 1 jam, 1 hari kerja, 1 minggu",
            );
        }
        None if group.is_none() && !by_exit => {
            let advice = "give it a `time`, put it in a group, or give its exits a `standard`";
            faults.at(E08, step, "time", "Waktu is empty", advice);
        }
        Some(WrittenTime::Read(_)) | None => {}
    }
    let merged = group.map_or(&[][..], |group| &group.output);
    if is_blank(&step.standard.output) && is_blank(merged) {
        faults.at(
            E08,
            step,
            "output",
            "Output is empty",
            "name what the step leaves, or merge the cell by a group",
        );
    }
}

fn merged(faults: &mut Faults<'_>, procedure: &Procedure, group: &StandardGroup) {
    let path = format!("groups.{}", group.id);
    let mut add = |message: String, advice: &str| {
        faults.add(E09, &path, format!("group {}: {message}", group.id), advice);
    };
    match &group.time {
        None => add(
            "has no time".to_owned(),
            "the group owns the one value of its merged cell: give it `time`",
        ),
        Some(WrittenTime::Unreadable(text)) => {
            let advice = "write e.g. 10 menit, 1 jam, 1 hari kerja, 1 minggu";
            add(format!("Waktu {text:?} is not a number and a unit"), advice);
        }
        Some(WrittenTime::Read(_)) => {}
    }
    let mut rows = Vec::new();
    for id in &group.steps {
        let Some(step) = procedure.step(id) else {
            add(format!("`{id}` is no step"), "name steps of this procedure");
            continue;
        };
        rows.push(step.number);
        if step.standard.time.is_some() || step.exits().iter().any(|exit| exit.standard.is_some()) {
            add(
                format!("the step `{id}` has a time of its own"),
                "a merged cell has one value: remove one of them",
            );
        }
        if !is_blank(&group.output) && !is_blank(&step.standard.output) {
            add(
                format!("the step `{id}` has an output of its own"),
                "a merged cell has one value: remove one of them",
            );
        }
        let others = procedure
            .groups
            .iter()
            .filter(|other| other.id != group.id && other.steps.contains(id));
        for other in others {
            add(
                format!("shares the step `{id}` with the group {}", other.id),
                "a cell belongs to one group",
            );
        }
    }
    rows.sort_unstable();
    if rows.len() < 2 {
        add(
            "spans fewer than two steps".to_owned(),
            "give the step its own time instead",
        );
    } else if rows.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        add(
            "its steps do not follow one another".to_owned(),
            "a merged cell spans consecutive rows",
        );
    }
}

fn completeness(faults: &mut Faults<'_>, procedure: &Procedure) {
    let (with, without): (Vec<&Step>, Vec<&Step>) = procedure
        .steps
        .iter()
        .partition(|step| !is_blank(&step.completeness));
    let advice = "say what must be at hand before the step can be done";
    if with.is_empty() {
        faults.add(W03, "steps", "the column Kelengkapan is absent", advice);
        return;
    }
    for step in without {
        faults.at(W03, step, "completeness", "Kelengkapan is empty", advice);
    }
    for (row, step) in procedure.steps.iter().enumerate() {
        let (output, later) = (&step.standard.output, &procedure.steps[row + 1..]);
        let is_used = later
            .iter()
            .any(|other| share_a_word(output, &other.completeness));
        if !is_blank(output) && !later.is_empty() && !is_used {
            let message = format!("no later step needs its output {:?}", output.join(", "));
            faults.at(
                W12,
                step,
                "output",
                message,
                "name it in the Kelengkapan of the step that uses it",
            );
        }
    }
}

/// Words of up to three letters bind others and say nothing themselves.
fn share_a_word(outputs: &[String], needs: &[String]) -> bool {
    let telling = |text: &String| {
        words(text)
            .filter(|word| word.chars().count() > 3)
            .collect::<Vec<_>>()
    };
    let needed: Vec<String> = needs.iter().flat_map(telling).collect();
    outputs
        .iter()
        .flat_map(telling)
        .any(|word| needed.contains(&word))
}

/// A report leaves a report; an order of its own cell an order; a disposition a disposition.
fn fits(faults: &mut Faults<'_>, step: &Step) {
    let reports = words(&step.activity).any(|word| word.starts_with("melapor"));
    let wanted = match step.kind {
        StepKind::Report => "laporan",
        _ if reports => "laporan",
        StepKind::Order => "perintah",
        StepKind::Disposition => "disposisi",
        _ => return,
    };
    let output = step.standard.output.join(" ");
    if !output.trim().is_empty() && !words(&output).any(|word| word == wanted) {
        let message = format!("the output {output:?} does not fit: a step of its kind leaves a {wanted}");
        faults.at(
            W09,
            step,
            "output",
            message,
            format!("name the {wanted}; what is done with it is another step"),
        );
    }
}

fn totals(faults: &mut Faults<'_>, procedure: &Procedure) {
    let total = procedure.total_standard_minutes();
    let longest = procedure.longest_path_minutes().map_or_else(
        || "no path reaches the end".to_owned(),
        |minutes| format!("longest path {minutes}"),
    );
    let message = format!("total standard time {total} working minutes, {longest}");
    faults.add(
        I01,
        "steps",
        message,
        "merged cells count once, a step timed by its exits counts its longest",
    );
}

fn is_blank(items: &[String]) -> bool {
    items.iter().all(|item| item.trim().is_empty())
}
