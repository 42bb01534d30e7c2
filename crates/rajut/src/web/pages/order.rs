//! The order of a run as its page shows it, with the forms of whoever must act on it now.

use jiff::Timestamp;
use rajut_app::{Context, RunBundle};
use rajut_core::id::{ActId, PersonId, PostId};
use rajut_core::people::{Person, Post};
use rajut_core::procedure::StepKind;
use rajut_core::run::{Order, Run, RunEnd, Scan, Urgency};

use crate::web::duty::{Duty, Task};
use crate::web::frame::form_key;
use crate::web::{Web, say, show};
use crate::words::Words;

/// A term and what is known under it.
pub struct Fact {
    /// The term.
    pub term: String,
    /// What is known.
    pub value: String,
}

/// The form that issues, and the one that sends back.
pub struct IssueForm {
    /// Key of the one.
    pub issue: ActId,
    /// Key of the other.
    pub send_back: ActId,
}

/// The form of a disposition.
pub struct DisposeForm {
    /// Its key.
    pub key: ActId,
    /// To whom it can go.
    pub to: Vec<(PostId, String)>,
    /// Codes and words of how urgent it can be.
    pub urgencies: Vec<(&'static str, String)>,
}

/// What those who draft can do.
pub struct DraftingForm {
    /// Key of the form that lays it before the head; none once it lies there.
    pub submit: Option<ActId>,
    /// Key of the form that initials it; none where one has done so.
    pub initial: Option<ActId>,
}

/// The order of a run.
pub struct OrderPanel {
    /// Where it stands.
    pub standing: String,
    /// The colour of that.
    pub colour: &'static str,
    /// Whether it is issued: its paper is final.
    pub issued: bool,
    /// What is known of it.
    pub facts: Vec<Fact>,
    /// The last note with which it came back.
    pub note: Option<String>,
    /// Dispositions so far, as sentences.
    pub dispositions: Vec<String>,
    /// For whoever issues it.
    pub issue: Option<IssueForm>,
    /// For whoever passes it down.
    pub dispose: Option<DisposeForm>,
    /// For those who draft, until it is signed.
    pub drafting: Option<DraftingForm>,
    /// Whether whoever looks can extend it.
    pub addends: bool,
    /// Whose turn it is, when it is somebody else's.
    pub waits_for: Option<String>,
    /// Whether whoever looks keys in what officials do by hand.
    pub by_hand: bool,
    /// What was keyed in so, and where the scan is.
    pub scans: Vec<(String, String)>,
}

impl OrderPanel {
    /// Whether whoever looks has something to do here.
    pub fn is_mine(&self) -> bool {
        self.issue.is_some()
            || self.dispose.is_some()
            || self.drafting.as_ref().is_some_and(|form| form.submit.is_some())
    }
}

/// Where a run and its order stand: key of the word, and a colour.
pub fn standing(run: &Run) -> (&'static str, &'static str) {
    match (&run.end, &run.order) {
        (Some(RunEnd::Closed { .. }), _) => ("closed", "secondary"),
        (Some(RunEnd::Cancelled { .. }), _) => ("cancelled", "secondary"),
        (None, None) => ("open", "blue"),
        (None, Some(order)) if order.issued.is_some() => ("order-issued", "green"),
        (None, Some(order)) if order.verbal.is_some() => ("order-verbal", "yellow"),
        (None, Some(order)) if order.submitted_at.is_some() => ("order-submitted", "yellow"),
        (None, Some(_)) => ("order-draft", "secondary"),
    }
}

fn urgency(urgency: Urgency) -> (&'static str, &'static str) {
    match urgency {
        Urgency::Ordinary => ("ordinary", "web-urgency-ordinary"),
        Urgency::Urgent => ("urgent", "web-urgency-urgent"),
        Urgency::Immediate => ("immediate", "web-urgency-immediate"),
        Urgency::Secret => ("secret", "web-urgency-secret"),
    }
}

/// The panel of a run's order for a person; none where the run has no order.
pub fn panel(
    web: &Web,
    context: &Context,
    words: &Words,
    bundle: &RunBundle,
    person: Option<PersonId>,
) -> Option<OrderPanel> {
    let run = &bundle.run;
    let order = run.order.as_ref()?;
    let duty = web.duty(context);
    let zone = context.agency.zone;
    let tasks = person
        .map(|person| duty.tasks(person, bundle))
        .unwrap_or_default();
    let name = |id: PersonId| name_of(context, id);
    let post = |id: PostId, at: Timestamp| {
        context.people.find::<Post>(id.0).map_or_else(
            || id.to_string(),
            |post| post.label_on(zone.date(at)).0.to_owned(),
        )
    };
    let dispositions = run
        .dispositions
        .iter()
        .map(|made| {
            let args = [
                ("from", post(made.from, made.at).into()),
                ("name", name(made.by).into()),
                ("to", post(made.to, made.at).into()),
                ("at", show::moment(words, zone, made.at).into()),
                ("instruction", made.instruction.as_str().into()),
                ("urgency", words.say(urgency(made.urgency).1).into()),
            ];
            say(words, "web-disposed", &args)
        })
        .collect();
    let (standing, colour) = standing(run);
    let mine = tasks
        .iter()
        .any(|task| matches!(task, Task::Issue | Task::Dispose));
    Some(OrderPanel {
        standing: words.say(standing),
        colour,
        issued: order.issued.is_some(),
        facts: facts(context, words, &duty, order),
        note: order
            .sent_back
            .last()
            .filter(|_| order.submitted_at.is_none() && order.issued.is_none())
            .map(|back| {
                let args = [
                    ("name", name(back.by).into()),
                    ("note", back.note.as_str().into()),
                ];
                say(words, "web-order-sent-back", &args)
            }),
        dispositions,
        issue: tasks.contains(&Task::Issue).then(|| IssueForm {
            issue: form_key(web),
            send_back: form_key(web),
        }),
        dispose: tasks
            .contains(&Task::Dispose)
            .then(|| dispose_form(web, words, &duty, run)),
        drafting: person
            .filter(|person| run.end.is_none() && order.issued.is_none() && duty.drafts(*person))
            .map(|person| DraftingForm {
                submit: (order.submitted_at.is_none()).then(|| form_key(web)),
                initial: (order.initials.iter().all(|initial| initial.by != person)
                    && order.initials.len() < 3)
                    .then(|| form_key(web)),
            }),
        addends: run.end.is_none()
            && order.issued.is_some()
            && person.is_some_and(|person| {
                duty.procedure(run)
                    .zip(duty.step(run, StepKind::Order))
                    .is_some_and(|(procedure, step)| {
                        duty.stands_in(person, &duty.posts_of(procedure, &step.from))
                    })
            }),
        by_hand: run.end.is_none()
            && person.is_some_and(|person| duty.has_role(person, super::by_hand::CLERKS)),
        scans: scans(context, words, run),
        waits_for: (!mine).then(|| waits_for(words, &duty, run)).flatten(),
    })
}

/// What was keyed in for somebody, with the address of what shows it.
fn scans(context: &Context, words: &Words, run: &Run) -> Vec<(String, String)> {
    let scan = |scan: &Scan| {
        let args = [
            (
                "act",
                words.word("act", scan.act.code()).unwrap_or_default().into(),
            ),
            ("name", name_of(context, scan.official).into()),
            ("at", show::moment(words, context.agency.zone, scan.at).into()),
            ("clerk", name_of(context, scan.clerk).into()),
        ];
        let href = format!("/pelaksanaan/{}/pindaian/{}", run.id, scan.bytes);
        (say(words, "web-by-hand-told", &args), href)
    };
    run.scans.iter().map(scan).collect()
}

fn name_of(context: &Context, id: PersonId) -> String {
    context
        .person(id)
        .map_or_else(|_| id.to_string(), Person::full_name)
}

/// What is known of an order, term by term.
fn facts(context: &Context, words: &Words, duty: &Duty<'_>, order: &Order) -> Vec<Fact> {
    let zone = context.agency.zone;
    let name = |id: PersonId| name_of(context, id);
    let fact = |key: &str, value: String| Fact {
        term: words.say(key),
        value,
    };
    let mut facts = Vec::new();
    if let Some(issued) = &order.issued {
        facts.push(fact("web-order-number", issued.number.clone()));
        let args = [
            ("name", name(issued.by).into()),
            ("at", show::moment(words, zone, issued.at).into()),
        ];
        facts.push(fact("web-order-signed", say(words, "web-by-at", &args)));
    }
    facts.push(fact("web-order-purpose", order.draft.purpose.clone()));
    facts.push(fact("web-order-sites", order.scope().count().to_string()));
    let (from, until) = (
        show::date(words, order.draft.valid_from),
        show::date(words, order.valid_until()),
    );
    facts.push(fact(
        "web-order-validity",
        say(
            words,
            "web-from-until",
            &[("from", from.into()), ("until", until.into())],
        ),
    ));
    if let Some(addressee) = context.people.find::<Post>(order.draft.addressee.0) {
        facts.push(fact("web-order-to", duty.post_with_holder(addressee)));
    }
    let named: Vec<String> = order.named().iter().map(|id| name(*id)).collect();
    if !named.is_empty() {
        facts.push(fact("web-order-named", named.join(", ")));
    }
    let drafted = [
        ("name", name(order.drafted_by).into()),
        ("at", show::moment(words, zone, order.drafted_at).into()),
    ];
    facts.push(fact("web-order-drafted", say(words, "web-by-at", &drafted)));
    let initials: Vec<String> = order.initials.iter().map(|initial| name(initial.by)).collect();
    if !initials.is_empty() {
        facts.push(fact("web-order-initials", initials.join(", ")));
    }
    facts
}

/// The form of a disposition of a run.
pub fn dispose_form(web: &Web, words: &Words, duty: &Duty<'_>, run: &Run) -> DisposeForm {
    let to = duty
        .procedure(run)
        .zip(duty.step(run, StepKind::Disposition))
        .map(|(procedure, step)| {
            duty.posts_of(procedure, &step.to)
                .into_iter()
                .map(|post| (post.id, duty.post_with_holder(post)))
                .collect()
        })
        .unwrap_or_default();
    let urgencies = [
        Urgency::Ordinary,
        Urgency::Urgent,
        Urgency::Immediate,
        Urgency::Secret,
    ]
    .into_iter()
    .map(urgency)
    .map(|(code, key)| (code, words.say(key)))
    .collect();
    DisposeForm {
        key: form_key(web),
        to,
        urgencies,
    }
}

/// Whose turn it is with the order: the head's, then that of whoever disposes.
fn waits_for(words: &Words, duty: &Duty<'_>, run: &Run) -> Option<String> {
    if run.end.is_some() {
        return None;
    }
    let order = run.order.as_ref()?;
    let procedure = duty.procedure(run)?;
    let unsigned = order.issued.is_none() && (order.submitted_at.is_some() || order.verbal.is_some());
    let step = if unsigned {
        duty.step(run, StepKind::Order)?
    } else {
        let step = duty.step(run, StepKind::Disposition)?;
        run.progress.is_open(&step.id).then_some(step)?
    };
    let posts: Vec<String> = duty
        .posts_of(procedure, &step.from)
        .into_iter()
        .map(|post| duty.post_with_holder(post))
        .collect();
    let key = if unsigned {
        "web-order-waits-signature"
    } else {
        "web-order-waits-disposition"
    };
    (!posts.is_empty()).then(|| say(words, key, &[("who", posts.join(", ").into())]))
}
