//! *Mutu baku*: E08, E09, W03, W09, W12, I01.

use super::LintCode::{E08, E09, I01, W03, W09, W12};
use super::{Faults, Finding, LintFault, words};
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
            faults.at(E08, step, "time", LintFault::TimeUnreadable.with("text", text));
        }
        None if group.is_none() && !by_exit => {
            faults.at(E08, step, "time", LintFault::TimeEmpty);
        }
        Some(WrittenTime::Read(_)) | None => {}
    }
    let merged = group.map_or(&[][..], |group| &group.output);
    if is_blank(&step.standard.output) && is_blank(merged) {
        faults.at(E08, step, "output", LintFault::OutputEmpty);
    }
}

fn merged(faults: &mut Faults<'_>, procedure: &Procedure, group: &StandardGroup) {
    let path = format!("groups.{}", group.id);
    let mut add = |fault: Finding| {
        faults.add(E09, &path, fault.with("group", &group.id));
    };
    match &group.time {
        None => add(LintFault::GroupTimeEmpty.into()),
        Some(WrittenTime::Unreadable(text)) => {
            add(LintFault::GroupTimeUnreadable.with("text", text));
        }
        Some(WrittenTime::Read(_)) => {}
    }
    let mut rows = Vec::new();
    for id in &group.steps {
        let Some(step) = procedure.step(id) else {
            add(LintFault::GroupStepUnknown.with("row", id));
            continue;
        };
        rows.push(step.number);
        if step.standard.time.is_some() || step.exits().iter().any(|exit| exit.standard.is_some()) {
            add(LintFault::GroupStepTimed.with("row", id));
        }
        if !is_blank(&group.output) && !is_blank(&step.standard.output) {
            add(LintFault::GroupStepOutput.with("row", id));
        }
        let others = procedure
            .groups
            .iter()
            .filter(|other| other.id != group.id && other.steps.contains(id));
        for other in others {
            add(LintFault::GroupShares.with("row", id).with("other", &other.id));
        }
    }
    rows.sort_unstable();
    if rows.len() < 2 {
        add(LintFault::GroupShort.into());
    } else if rows.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        add(LintFault::GroupApart.into());
    }
}

fn completeness(faults: &mut Faults<'_>, procedure: &Procedure) {
    let (with, without): (Vec<&Step>, Vec<&Step>) = procedure
        .steps
        .iter()
        .partition(|step| !is_blank(&step.completeness));
    if with.is_empty() {
        faults.add(W03, "steps", LintFault::CompletenessAbsent);
        return;
    }
    for step in without {
        faults.at(W03, step, "completeness", LintFault::CompletenessEmpty);
    }
    for (row, step) in procedure.steps.iter().enumerate() {
        let (output, later) = (&step.standard.output, &procedure.steps[row + 1..]);
        let is_used = later
            .iter()
            .any(|other| share_a_word(output, &other.completeness));
        if !is_blank(output) && !later.is_empty() && !is_used {
            faults.at(
                W12,
                step,
                "output",
                LintFault::OutputUnused.with("output", output.join(", ")),
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
        faults.at(
            W09,
            step,
            "output",
            LintFault::OutputUnfit
                .with("output", output)
                .with("wanted", wanted),
        );
    }
}

fn totals(faults: &mut Faults<'_>, procedure: &Procedure) {
    let total = procedure.total_standard_minutes();
    let fault = match procedure.longest_path_minutes() {
        Some(longest) => LintFault::Total.with("longest", longest),
        None => LintFault::TotalWithoutPath.into(),
    };
    let fault = fault.with("minutes", total);
    faults.add(I01, "steps", fault);
}

fn is_blank(items: &[String]) -> bool {
    items.iter().all(|item| item.trim().is_empty())
}
