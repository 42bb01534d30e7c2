//! One complaint: everything that is known of it, and the acts that its state offers to whoever looks.
//!
//! Hides which use cases tell of a complaint. It decides nothing: what it offers the rules judge again.

pub mod acts;
pub mod new;
pub mod step;
pub mod timeline;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use rajut_app::{ComplaintView, Context, OpenReporter};
use rajut_core::act::Act;
use rajut_core::complaint::{Complaint, Priority, Promise};
use rajut_core::id::ActId;
use rajut_core::procedure::PauseReason;
use rajut_core::run::FollowUpStanding;
use serde::Deserialize;

use super::order::Fact;
use super::steps::{self, StepLine};
use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;
use step::StepForm;

/// What has just been done here.
#[derive(Deserialize)]
pub struct News {
    /// What.
    pub kabar: Option<String>,
}

/// A clock of the service level.
pub struct ClockLine {
    /// What was promised.
    pub name: String,
    /// How far it has run.
    pub counted: String,
    /// By when, or when it was.
    pub due: String,
    /// Whether it is over.
    pub over: bool,
}

/// The form that classifies.
struct Classify {
    key: ActId,
    categories: Vec<(String, String)>,
    category: String,
    classes: Vec<(&'static str, String, bool)>,
    duplicate_of: String,
}

/// The forms about the incident.
struct IncidentForms {
    keys: [ActId; 2],
    open: Vec<(String, String)>,
    causes: Vec<(String, String)>,
}

/// The form that stops the clock, or sets it going.
struct Pause {
    key: ActId,
    paused: bool,
    reasons: Vec<(String, String)>,
}

/// The incident that it joined.
struct Joined {
    id: String,
    cause: String,
    what: String,
    others: Vec<String>,
    over: Option<String>,
}

/// A follow-up that waits for it.
struct FollowUpLine {
    what: String,
    due: String,
    standing: String,
}

#[derive(Template)]
#[template(path = "complaint.html")]
struct ComplaintPage {
    frame: Frame,
    number: String,
    site: String,
    site_href: String,
    connection: String,
    connection_colour: &'static str,
    standing: String,
    colour: &'static str,
    priority: String,
    news: Option<String>,
    text: String,
    facts: Vec<Fact>,
    reporter: String,
    revealed: bool,
    reveal: Option<ActId>,
    step: Option<StepForm>,
    waits_for: Option<String>,
    clocks: Vec<ClockLine>,
    paused: Option<String>,
    pause: Option<Pause>,
    steps: Vec<StepLine>,
    classify: Option<Classify>,
    incident: Option<Joined>,
    detach: Option<ActId>,
    incident_forms: Option<IncidentForms>,
    follow_ups: Vec<FollowUpLine>,
    verdicts: Vec<timeline::Line>,
    history: Vec<timeline::Line>,
}

/// `/pengaduan/{number}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Query(news): Query<News>,
) -> Page {
    let complaint = web.app.complaint(&number).await?;
    page(&web, &visitor, complaint, news.kabar.as_deref(), None).await
}

/// The page; with the reporter in clear where that was asked for and recorded.
async fn page(
    web: &Web,
    visitor: &Visitor,
    complaint: Complaint,
    news: Option<&str>,
    revealed: Option<OpenReporter>,
) -> Page {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let now = web.app.now();
    let view = Box::pin(web.app.complaint_view(complaint, now)).await?;
    let complaint = &view.complaint;
    let status = web.app.status(now).await?;
    let connection = status.sites.iter().find(|site| site.code == view.site.code);
    let (key, connection_colour) = show::connection(connection.map_or("", |site| site.connection));
    let duty = web.duty(&context);
    let may = |act| visitor.person.is_some_and(|person| duty.may(person, act));
    let open = view.bundle.run.end.is_none();
    let action = format!("/pengaduan/{}/langkah", complaint.number);
    let step = step::form(web, &context, words, &view, visitor.person, action).await?;
    let (standing, colour) = standing(words, &context, &view);
    let zone = context.agency.zone;
    let steps = steps::lines(words, &duty, zone, now, &view.bundle, &view.run);
    let waits_for = steps
        .iter()
        .find(|line| matches!(line.state, "open" | "late"))
        .filter(|_| step.is_none())
        .map(|line| {
            let args = [
                ("who", line.holder.as_str().into()),
                ("what", line.activity.as_str().into()),
            ];
            say(words, "web-complaint-waits-for", &args)
        });
    let reporter = reporter_line(words, revealed.as_ref().unwrap_or(&view.reporter), complaint);
    rendered(&ComplaintPage {
        number: complaint.number.clone(),
        site: view.site.name.clone(),
        site_href: format!("/lokasi/{}", show::escaped(&view.site.code)),
        connection: words.say(key),
        connection_colour,
        standing,
        colour,
        priority: complaint
            .priority
            .map(|class| class.code().to_uppercase())
            .unwrap_or_default(),
        news: news.and_then(|news| told(words, news)),
        text: complaint.text.clone(),
        facts: facts(words, &context, &view, false),
        reporter,
        revealed: revealed.is_some(),
        reveal: (revealed.is_none() && may(Act::RevealPersonal)).then(|| form_key(web)),
        step,
        waits_for,
        clocks: clocks(words, &context, &view),
        paused: paused(words, &context, &view),
        pause: pause(web, &context, &view).filter(|_| open && may(Act::PauseRun)),
        steps,
        classify: classify(web, &view)
            .await?
            .filter(|_| open && may(Act::ClassifyComplaint)),
        incident: joined(&view),
        detach: (complaint.incident.is_some() && may(Act::DetachIncident) && !over(&view))
            .then(|| form_key(web)),
        incident_forms: if complaint.incident.is_none() && open && may(Act::AttachIncident) {
            Some(incident_forms(web, &context).await?)
        } else {
            None
        },
        follow_ups: follow_ups(words, &view),
        verdicts: verdicts(words, &context, &view),
        history: timeline::lines(&context, words, &view, false),
        frame,
    })
}

/// Who complained, in one line.
fn reporter_line(words: &Words, reporter: &OpenReporter, complaint: &Complaint) -> String {
    let name = reporter.name.clone().unwrap_or_else(|| words.say("web-erased"));
    [
        Some(name),
        Some(complaint.reporter.post.clone()),
        reporter.contact.clone(),
    ]
    .into_iter()
    .flatten()
    .filter(|part| !part.trim().is_empty())
    .collect::<Vec<_>>()
    .join(" · ")
}

fn told(words: &Words, news: &str) -> Option<String> {
    let key = match news {
        "langkah" => "web-news-step",
        "klasifikasi" => "web-news-classified",
        "gangguan" => "web-news-incident",
        "jeda" => "web-news-paused",
        _ => return None,
    };
    Some(words.say(key))
}

/// Where a complaint stands: the words and a colour.
pub fn standing(words: &Words, context: &Context, view: &ComplaintView) -> (String, &'static str) {
    let run = &view.bundle.run;
    if run.end.is_some() {
        return (words.say("web-complaint-ended"), "green");
    }
    if run.progress.pause.is_some() {
        return (words.say("web-complaint-paused"), "secondary");
    }
    let number = run
        .progress
        .open
        .first()
        .and_then(|open| context.procedures.get(&run.procedure)?.step(&open.step))
        .map_or(0, |step| i64::from(step.number));
    (
        say(words, "web-complaint-at-step", &[("step", number.into())]),
        "yellow",
    )
}

/// What is known of a complaint; a served office reads no other complaint's number.
pub fn facts(words: &Words, context: &Context, view: &ComplaintView, for_office: bool) -> Vec<Fact> {
    let complaint = &view.complaint;
    let zone = context.agency.zone;
    let mut facts = Vec::new();
    let mut fact = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            facts.push(Fact {
                term: words.say(key),
                value,
            });
        }
    };
    fact(
        "web-office",
        view.office.as_ref().map(|office| office.name.clone()),
    );
    fact("web-district", Some(view.site.district.clone()));
    fact(
        "web-symptom",
        Some(show::coded(words, "symptom", complaint.symptom.code())),
    );
    fact(
        "web-received",
        Some(show::moment(words, zone, complaint.received_at)),
    );
    fact(
        "web-channel",
        Some(show::coded(words, "channel", complaint.channel.code())),
    );
    let happened = complaint.happened_at.map(|at| show::moment(words, zone, at));
    fact("web-since", happened);
    fact(
        "web-users",
        complaint.users_affected.map(|users| users.to_string()),
    );
    fact("web-services", Some(view.services.join(", ")));
    fact("web-category", category(context, view));
    fact("web-repeats", view.duplicate_of.clone().filter(|_| !for_office));
    facts
}

/// The category as its procedure calls it.
fn category(context: &Context, view: &ComplaintView) -> Option<String> {
    let code = view.complaint.category.clone()?;
    let procedure = context.procedures.get(&view.bundle.run.procedure);
    let label = procedure
        .into_iter()
        .flat_map(|procedure| &procedure.steps)
        .flat_map(|step| &step.fields)
        .filter(|field| rajut_app::App::is_category(&field.id))
        .flat_map(|field| &field.choices)
        .find(|choice| choice.code == code)
        .map(|choice| choice.label.clone());
    Some(label.unwrap_or(code))
}

/// The clocks of the service level.
pub fn clocks(words: &Words, context: &Context, view: &ComplaintView) -> Vec<ClockLine> {
    let Some(promises) = &view.promises else {
        return Vec::new();
    };
    let line = |key: &str, promise: &Promise| {
        let counted = show::hours(words, promise.counted_ms / 60_000);
        let standard = show::hours(words, promise.allowed_minutes);
        let mut counted = say(
            words,
            "web-clock-of",
            &[("counted", counted.into()), ("standard", standard.into())],
        );
        if promise.gross_ms != promise.counted_ms {
            let gross = show::hours(words, promise.gross_ms / 60_000);
            counted = format!(
                "{counted} ({})",
                say(words, "web-clock-gross", &[("what", gross.into())])
            );
        }
        let (key_due, at) = match promise.until {
            Some(until) => ("web-promise-until", until),
            None => ("web-promise-due", promise.due_at),
        };
        let at = show::moment(words, context.agency.zone, at);
        ClockLine {
            name: words.say(key),
            counted,
            due: say(words, key_due, &[("what", at.into())]),
            over: promise.is_over(),
        }
    };
    vec![
        line("web-promise-response", &promises.response),
        line("web-promise-restore", &promises.restore),
    ]
}

fn paused(words: &Words, context: &Context, view: &ComplaintView) -> Option<String> {
    let run = &view.bundle.run;
    let pause = run.progress.pause.as_ref()?;
    let procedure = context.procedures.get(&run.procedure)?;
    let args = [
        ("reason", timeline::pause_label(procedure, &pause.reason).into()),
        (
            "since",
            show::moment(words, context.agency.zone, pause.since).into(),
        ),
    ];
    Some(say(words, "web-paused-since", &args))
}

/// The form that stops the clock where the open step has reasons for it, or sets it going again.
fn pause(web: &Web, context: &Context, view: &ComplaintView) -> Option<Pause> {
    let run = &view.bundle.run;
    let procedure = context.procedures.get(&run.procedure)?;
    if let Some(pause) = &run.progress.pause {
        return pause.until.is_none().then(|| Pause {
            key: form_key(web),
            paused: true,
            reasons: Vec::new(),
        });
    }
    let step = procedure.step(&run.progress.open.first()?.step)?;
    let reason = |reason: &PauseReason| (reason.code.to_string(), reason.label.clone());
    (!step.pauses.is_empty()).then(|| Pause {
        key: form_key(web),
        paused: false,
        reasons: step.pauses.iter().map(reason).collect(),
    })
}

async fn classify(web: &Web, view: &ComplaintView) -> Result<Option<Classify>, Failure> {
    let complaint = &view.complaint;
    Ok(Some(Classify {
        key: form_key(web),
        categories: web.app.categories_of(complaint).await?,
        category: complaint.category.clone().unwrap_or_default(),
        classes: Priority::ALL
            .iter()
            .map(|class| {
                let chosen = complaint.priority == Some(*class);
                (class.code(), class.code().to_uppercase(), chosen)
            })
            .collect(),
        duplicate_of: view.duplicate_of.clone().unwrap_or_default(),
    }))
}

fn over(view: &ComplaintView) -> bool {
    view.incident
        .as_ref()
        .is_some_and(|incident| incident.resolution.is_some())
}

fn joined(view: &ComplaintView) -> Option<Joined> {
    let incident = view.incident.as_ref()?;
    Some(Joined {
        id: incident.id.to_string(),
        cause: incident.cause_label.clone(),
        what: incident.what.clone(),
        others: incident
            .complaints
            .iter()
            .map(|other| other.number.clone())
            .filter(|number| *number != view.complaint.number)
            .collect(),
        over: incident.resolution.as_ref().map(|end| end.what.clone()),
    })
}

async fn incident_forms(web: &Web, context: &Context) -> Result<IncidentForms, Failure> {
    let open = web.app.open_incidents().await?;
    Ok(IncidentForms {
        keys: [form_key(web), form_key(web)],
        open: open
            .into_iter()
            .map(|incident| {
                let cause = context.causes.label(&incident.cause);
                (incident.id.to_string(), format!("{cause}: {}", incident.what))
            })
            .collect(),
        causes: context
            .causes
            .causes
            .iter()
            .map(|cause| (cause.code.clone(), cause.label.clone()))
            .collect(),
    })
}

fn follow_ups(words: &Words, view: &ComplaintView) -> Vec<FollowUpLine> {
    view.follow_ups
        .iter()
        .map(|follow_up| FollowUpLine {
            what: follow_up.what.clone(),
            due: show::date(words, follow_up.due_on),
            standing: words.say(match follow_up.standing {
                FollowUpStanding::Open => "web-follow-up-open",
                FollowUpStanding::Done { .. } => "web-follow-up-done",
                FollowUpStanding::Dropped { .. } => "web-follow-up-dropped",
            }),
        })
        .collect()
}

fn verdicts(words: &Words, context: &Context, view: &ComplaintView) -> Vec<timeline::Line> {
    view.complaint
        .verdicts
        .iter()
        .map(|(_, given)| timeline::Line {
            at: show::moment(words, context.agency.zone, given.at),
            what: show::coded(words, "verdict", given.verdict.code()),
            by: timeline::actor(context, words, given.by),
            details: if given.note.trim().is_empty() {
                Vec::new()
            } else {
                vec![given.note.clone()]
            },
        })
        .collect()
}
