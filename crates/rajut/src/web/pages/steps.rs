//! The steps of the procedure as the head of a run's page: who stands in each, how far it has come, what its clock says.

use jiff::Timestamp;
use rajut_app::{RunBundle, RunView};
use rajut_core::calendar::Zone;
use rajut_core::lateness::Clock;
use rajut_core::procedure::{Binding, Procedure, Scope, Step, StepKind};
use rajut_core::run::Run;

use crate::web::duty::Duty;
use crate::web::{say, show};
use crate::words::Words;

/// A step.
pub struct StepLine {
    /// Its row on the paper.
    pub number: u32,
    /// What it is, in a word or two.
    pub name: String,
    /// In the paper's words.
    pub activity: String,
    /// Who stands in it.
    pub holder: String,
    /// `done`, `open`, `late` or `waiting`.
    pub state: &'static str,
    /// The same in words.
    pub state_word: String,
    /// When, or how far.
    pub detail: String,
    /// What its clock says.
    pub clock: String,
}

/// Key of the word for a kind of step.
pub fn kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Order => "web-step-order",
        StepKind::Disposition => "web-step-disposition",
        StepKind::Team => "web-step-team",
        StepKind::Visit => "web-step-visit",
        StepKind::Report => "web-step-report",
        StepKind::Record => "web-step-record",
        StepKind::Decision => "web-step-decision",
        StepKind::Approval => "web-step-approval",
        StepKind::Confirm => "web-step-confirm",
    }
}

/// The steps of a run.
pub fn lines(
    words: &Words,
    duty: &Duty<'_>,
    zone: Zone,
    now: Timestamp,
    bundle: &RunBundle,
    view: &RunView,
) -> Vec<StepLine> {
    let Some(procedure) = duty.procedure(&bundle.run) else {
        return Vec::new();
    };
    procedure
        .steps
        .iter()
        .map(|step| {
            let (state, detail) = match step.scope {
                Scope::Run => of_run(words, zone, now, &bundle.run, step),
                Scope::Site => of_sites(words, &bundle.run, view),
                Scope::Team => of_teams(words, &bundle.run, view),
            };
            let clocks: Vec<&Clock> = clocks_of(procedure, step, view);
            let late = clocks
                .iter()
                .any(|clock| clock.until.is_none() && clock.over_minutes() > 0);
            let state = if late && state == "open" { "late" } else { state };
            StepLine {
                number: step.number,
                // What a procedure of many records and decisions does is known by its own words only.
                name: match step.kind {
                    StepKind::Record | StepKind::Decision | StepKind::Approval | StepKind::Confirm => {
                        step.activity.clone()
                    }
                    known => words.say(kind(known)),
                },
                activity: step.activity.clone(),
                holder: holder(words, duty, procedure, &bundle.run, step),
                state,
                state_word: words.say(match state {
                    "done" => "web-state-done",
                    "open" => "web-state-open",
                    "late" => "web-state-late",
                    _ => "web-state-waiting",
                }),
                detail,
                // A merged cell's clock runs for its first step alone until the others begin.
                clock: if state == "waiting" {
                    String::new()
                } else {
                    clock(words, step, &clocks)
                },
            }
        })
        .collect()
}

/// The clocks of a step. A merged cell has one clock, which stands at its first step: the others refer to it.
fn clocks_of<'v>(procedure: &Procedure, step: &Step, view: &'v RunView) -> Vec<&'v Clock> {
    let group = procedure
        .groups
        .iter()
        .find(|group| group.steps.contains(&step.id));
    let of = group.and_then(|group| group.steps.first()).unwrap_or(&step.id);
    view.clocks.iter().filter(|clock| clock.step == *of).collect()
}

fn of_run(words: &Words, zone: Zone, now: Timestamp, run: &Run, step: &Step) -> (&'static str, String) {
    if let Some(open) = run.progress.open.iter().find(|open| open.step == step.id) {
        // Before a draft lies before the head nothing waits for the head.
        let waits = step.kind == StepKind::Order
            && run
                .order
                .as_ref()
                .is_none_or(|order| order.submitted_at.is_none());
        if waits {
            return ("waiting", words.say("web-step-draft"));
        }
        let since = run
            .order
            .as_ref()
            .filter(|_| step.kind == StepKind::Order)
            .and_then(|order| order.submitted_at);
        let since = since.unwrap_or(open.since);
        let elapsed = show::minutes(words, since.duration_until(now).as_mins().max(0));
        return ("open", say(words, "web-step-since", &[("time", elapsed.into())]));
    }
    match run.progress.done.iter().rev().find(|done| done.step == step.id) {
        Some(done) => ("done", show::moment(words, zone, done.finished_at)),
        None => ("waiting", String::new()),
    }
}

fn of_sites(words: &Words, run: &Run, view: &RunView) -> (&'static str, String) {
    let totals = &view.totals;
    let (settled, all) = (totals.met + totals.excused, totals.targets);
    let detail = say(
        words,
        "web-met-of",
        &[("met", totals.met.into()), ("targets", all.into())],
    );
    match run.teams_formed_at {
        None => ("waiting", String::new()),
        Some(_) if settled == all => ("done", detail),
        Some(_) => ("open", detail),
    }
}

fn of_teams(words: &Words, run: &Run, view: &RunView) -> (&'static str, String) {
    let totals = &view.totals;
    let args = [
        ("accepted", totals.reports_accepted.into()),
        ("reports", totals.reports.into()),
    ];
    let detail = say(words, "web-reports-of", &args);
    match (&run.end, totals.reports) {
        (_, 0) => ("waiting", String::new()),
        (Some(_), _) => ("done", detail),
        (None, _) => ("open", detail),
    }
}

fn holder(words: &Words, duty: &Duty<'_>, procedure: &Procedure, run: &Run, step: &Step) -> String {
    let lanes = Duty::lanes(procedure, run, step);
    let posts = duty.posts_of(procedure, &lanes);
    if !posts.is_empty() {
        return posts
            .into_iter()
            .map(|post| duty.post_with_holder(post))
            .collect::<Vec<_>>()
            .join(", ");
    }
    let team = lanes.iter().any(|lane| {
        procedure
            .lane(lane)
            .is_some_and(|lane| matches!(lane.binding, Binding::Team))
    });
    if team && !run.teams.is_empty() {
        return say(words, "web-teams", &[("count", run.teams.len().into())]);
    }
    let labels: Vec<&str> = lanes
        .iter()
        .filter_map(|lane| procedure.lane(lane))
        .map(|lane| lane.label.as_str())
        .collect();
    labels.join(", ")
}

fn clock(words: &Words, step: &Step, clocks: &[&Clock]) -> String {
    let Some(first) = clocks.first() else {
        return String::new();
    };
    let standard = show::minutes(words, first.standard_minutes);
    if step.scope == Scope::Run {
        let counted = show::hours(words, first.counted_ms / 60_000);
        return say(
            words,
            "web-clock-of",
            &[("counted", counted.into()), ("standard", standard.into())],
        );
    }
    let over = clocks.iter().filter(|clock| clock.over_minutes() > 0).count();
    let args = [
        ("standard", standard.into()),
        ("over", over.into()),
        ("count", clocks.len().into()),
    ];
    say(
        words,
        if over > 0 {
            "web-clocks-over"
        } else {
            "web-clocks-within"
        },
        &args,
    )
}
