//! What happened to a complaint, one line each.

use rajut_app::{ComplaintView, Context, Moment};
use rajut_core::act::Actor;
use rajut_core::complaint::ComplaintEvent;
use rajut_core::people::Person;
use rajut_core::procedure::{ExitCode, PauseCode, Procedure, StepId};
use rajut_core::run::{RunEnd, RunEvent};
use rajut_core::stream::Event;

use super::step::value_shown;
use crate::web::{say, show};
use crate::words::Words;

/// One thing that happened.
pub struct Line {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
    /// Who did it; empty where names are not shown.
    pub by: String,
    /// More of it.
    pub details: Vec<String>,
}

/// Who did something.
pub fn actor(context: &Context, words: &Words, actor: Actor) -> String {
    match actor {
        Actor::Person(id) => context
            .person(id)
            .map_or_else(|_| id.to_string(), Person::full_name),
        Actor::System => words.say("web-by-system"),
        Actor::Outsider => words.say("web-by-outsider"),
    }
}

/// What happened, the oldest first. A served office reads no names and nothing of incidents.
pub fn lines(context: &Context, words: &Words, view: &ComplaintView, for_office: bool) -> Vec<Line> {
    let procedure = context.procedures.get(&view.bundle.run.procedure);
    view.history
        .iter()
        .filter_map(|moment| {
            let (what, details) = told(context, words, procedure, moment, for_office)?;
            let by = if for_office {
                String::new()
            } else if moment.by == moment.entered_by {
                actor(context, words, moment.by)
            } else {
                let args = [
                    ("by", actor(context, words, moment.by).into()),
                    ("clerk", actor(context, words, moment.entered_by).into()),
                ];
                say(words, "web-by-through", &args)
            };
            Some(Line {
                at: show::moment(words, context.agency.zone, moment.at),
                what,
                by,
                details,
            })
        })
        .collect()
}

fn told(
    context: &Context,
    words: &Words,
    procedure: Option<&Procedure>,
    moment: &Moment,
    for_office: bool,
) -> Option<(String, Vec<String>)> {
    match &moment.what {
        Event::Complaint(event) => of_complaint(words, event, for_office),
        Event::Run(event) => of_run(context, words, procedure?, event, for_office),
        _ => None,
    }
}

fn of_complaint(words: &Words, event: &ComplaintEvent, for_office: bool) -> Option<(String, Vec<String>)> {
    let plain = |key: &str| Some((words.say(key), Vec::new()));
    match event {
        ComplaintEvent::Registered { complaint } => {
            let channel = show::coded(words, "channel", complaint.channel.code());
            Some((
                say(words, "web-told-registered", &[("channel", channel.into())]),
                Vec::new(),
            ))
        }
        ComplaintEvent::Classified {
            category, priority, ..
        } => {
            let args = [
                ("category", category.as_str().into()),
                ("priority", priority.code().to_uppercase().into()),
            ];
            Some((say(words, "web-told-classified", &args), Vec::new()))
        }
        ComplaintEvent::Attached { .. } => plain("web-told-attached"),
        ComplaintEvent::Judged { given, .. } => {
            let verdict = show::coded(words, "verdict", given.verdict.code());
            let note = Some(given.note.trim().to_owned()).filter(|note| !note.is_empty() && !for_office);
            Some((
                say(words, "web-told-judged", &[("verdict", verdict.into())]),
                note.into_iter().collect(),
            ))
        }
        ComplaintEvent::Joined { .. } if !for_office => plain("web-told-joined"),
        ComplaintEvent::Left { .. } if !for_office => plain("web-told-left"),
        ComplaintEvent::Joined { .. } | ComplaintEvent::Left { .. } => None,
    }
}

/// "4. Memilah kategori": a step by number and words of the paper.
pub fn step_label(procedure: &Procedure, step: &StepId) -> String {
    procedure.step(step).map_or_else(
        || step.to_string(),
        |step| format!("{}. {}", step.number, step.activity),
    )
}

fn exit_label(procedure: &Procedure, step: &StepId, exit: &ExitCode) -> String {
    procedure
        .step(step)
        .and_then(|step| step.exit(exit))
        .map_or_else(|| exit.to_string(), |exit| exit.label.clone())
}

/// The word of the procedure for a reason to pause.
pub fn pause_label(procedure: &Procedure, reason: &PauseCode) -> String {
    procedure
        .steps
        .iter()
        .flat_map(|step| &step.pauses)
        .find(|pause| pause.code == *reason)
        .map_or_else(|| reason.to_string(), |pause| pause.label.clone())
}

fn of_run(
    context: &Context,
    words: &Words,
    procedure: &Procedure,
    event: &RunEvent,
    for_office: bool,
) -> Option<(String, Vec<String>)> {
    match event {
        RunEvent::Advanced { advance, values, .. } => {
            let mut details = Vec::new();
            if let Some(pause) = &advance.pauses {
                let reason = pause_label(procedure, &pause.reason);
                details.push(say(words, "web-told-paused", &[("reason", reason.into())]));
            }
            if advance.resumes {
                details.push(words.say("web-told-resumed"));
            }
            let step = advance
                .done
                .as_ref()
                .map(|done| &done.step)
                .or(advance.acted.as_ref().map(|acted| &acted.step));
            let Some(step) = step else {
                let first = if details.is_empty() {
                    None
                } else {
                    Some(details.remove(0))
                };
                return first.map(|first| (first, details));
            };
            let exit = advance.done.as_ref().and_then(|done| done.exit.as_ref());
            let mut what = step_label(procedure, step);
            if let Some(exit) = exit {
                what = format!("{what} · {}", exit_label(procedure, step, exit));
            }
            let fields = procedure
                .step(step)
                .map(|step| step.fields.as_slice())
                .unwrap_or_default();
            // A served office reads what was decided, not what was noted.
            let shown = fields.iter().filter(|_| !for_office);
            details.extend(shown.filter_map(|field| {
                let value = values.get(&field.id).filter(|value| !value.trim().is_empty())?;
                Some(format!("{}: {}", field.label, value_shown(context, field, value)))
            }));
            Some((what, details))
        }
        RunEvent::Moved { advance } => {
            let to = advance.opens.first().map(|step| step_label(procedure, step));
            Some((
                match to {
                    Some(to) => say(words, "web-told-moved", &[("what", to.into())]),
                    None => words.say("web-told-ended"),
                },
                Vec::new(),
            ))
        }
        RunEvent::Ended { end } => Some(match end {
            RunEnd::Closed { .. } => (words.say("web-told-ended"), Vec::new()),
            RunEnd::Cancelled { reason, .. } => {
                let what = say(words, "web-told-cancelled", &[("what", reason.as_str().into())]);
                (what, Vec::new())
            }
        }),
        _ => None,
    }
}
