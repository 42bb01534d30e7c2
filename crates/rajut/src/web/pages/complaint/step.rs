//! The form of the open step of a complaint, as its procedure describes it.

use std::collections::BTreeMap;

use rajut_app::{App, ComplaintView, Context, Who};
use rajut_core::act::Rule;
use rajut_core::flow::{Command, Place};
use rajut_core::id::{ActId, PersonId};
use rajut_core::people::{Person, Post, Role};
use rajut_core::procedure::{Field, FieldKind, Step, StepKind};
use serde::Deserialize;

use crate::web::Web;
use crate::web::duty::Duty;
use crate::web::failure::Failure;
use crate::web::frame::form_key;
use crate::words::Words;

/// What fields of a form of a step are called, so that none is taken for one of ours.
const OF_STEP: &str = "f-";

/// A field of the form.
pub struct FieldLine {
    /// What it is called in the form.
    pub name: String,
    /// As shown.
    pub label: String,
    /// `text`, `choice`, `number`, `date`, `name` or `money`.
    pub kind: &'static str,
    /// Whether the step can be finished without it.
    pub required: bool,
    /// What is known already.
    pub value: String,
    /// What may be chosen: code, label.
    pub choices: Vec<(String, String)>,
}

/// The form of an open step.
pub struct StepForm {
    /// Where it goes.
    pub action: String,
    /// Its key.
    pub key: ActId,
    /// The step.
    pub step: String,
    /// What is to be done, as the paper says.
    pub activity: String,
    /// A remark on it.
    pub note: Option<String>,
    /// Its fields.
    pub fields: Vec<FieldLine>,
    /// The answers; one button each. Empty where one thing follows.
    pub exits: Vec<(String, String)>,
    /// What the only button says.
    pub button: String,
}

/// The form of the open step for a person; none where the rules would not let them do it.
pub async fn form(
    web: &Web,
    context: &Context,
    words: &Words,
    view: &ComplaintView,
    person: Option<PersonId>,
    action: String,
) -> Result<Option<StepForm>, Failure> {
    let run = &view.bundle.run;
    let Some(person) = person.filter(|_| run.end.is_none()) else {
        return Ok(None);
    };
    let Some(procedure) = context.procedures.get(&run.procedure) else {
        return Ok(None);
    };
    let open = run
        .progress
        .open
        .first()
        .and_then(|open| procedure.step(&open.step));
    let Some(step) = open.filter(|step| is_generic(step.kind)) else {
        return Ok(None);
    };
    let command = Command::CompleteStep {
        place: Place::Run(run.id),
        step: step.id.clone(),
        exit: None,
        values: BTreeMap::new(),
        personal: Vec::new(),
    };
    // An empty form is not enough; what matters is whether it is for this person to fill in.
    let refusal = web.app.would_refuse(Who::person(person), &command).await?;
    if refusal.is_some_and(|refusal| matches!(refusal.rule, Rule::NoRight | Rule::PartDone)) {
        return Ok(None);
    }
    // What happens by itself when nobody answers is nobody's answer.
    let by_itself = step.timer.as_ref().map(|timer| &timer.take);
    Ok(Some(StepForm {
        action,
        key: form_key(web),
        step: step.id.to_string(),
        activity: step.activity.clone(),
        note: step.note.clone(),
        fields: step
            .fields
            .iter()
            .map(|field| line(web, context, view, field))
            .collect(),
        exits: step
            .exits()
            .iter()
            .filter(|exit| Some(&exit.code) != by_itself)
            .map(|exit| (exit.code.to_string(), exit.label.clone()))
            .collect(),
        button: words.say(button(step)),
    }))
}

fn is_generic(kind: StepKind) -> bool {
    matches!(
        kind,
        StepKind::Record | StepKind::Decision | StepKind::Approval | StepKind::Confirm
    )
}

fn button(step: &Step) -> &'static str {
    match step.kind {
        StepKind::Approval => "web-do-approve",
        StepKind::Confirm => "web-do-confirm",
        _ => "web-do-record",
    }
}

fn line(web: &Web, context: &Context, view: &ComplaintView, field: &Field) -> FieldLine {
    let kind = match field.kind {
        FieldKind::Text => "text",
        FieldKind::Number => "number",
        FieldKind::Date => "date",
        FieldKind::Choice | FieldKind::Person => "choice",
        FieldKind::Name => "name",
        FieldKind::Money => "money",
    };
    let choices = match field.kind {
        FieldKind::Choice => field
            .choices
            .iter()
            .map(|choice| (choice.code.clone(), choice.label.clone()))
            .collect(),
        FieldKind::Person => staff(context, &web.duty(context)),
        _ => Vec::new(),
    };
    FieldLine {
        name: format!("{OF_STEP}{}", field.id),
        label: field.label.clone(),
        kind,
        required: field.required,
        value: App::known_for_step(&view.complaint, &field.id, field.kind).unwrap_or_default(),
        choices,
    }
}

/// The people of the agency, technicians first.
fn staff(context: &Context, duty: &Duty<'_>) -> Vec<(String, String)> {
    let mut posts: Vec<&Post> = context
        .people
        .all::<Post>()
        .filter(|post| post.role != Role::OfficeUser)
        .collect();
    posts.sort_by_key(|post| (post.role != Role::Technician, post.role, post.code.clone()));
    let mut found: Vec<(String, String)> = Vec::new();
    for post in posts {
        if let Some((person, name)) = duty.holder(post.id) {
            let person = person.to_string();
            if found.iter().all(|(known, _)| *known != person) {
                found.push((person, format!("{name} ({})", post.title)));
            }
        }
    }
    found
}

/// A form of a step as it comes back.
#[derive(Deserialize)]
pub struct StepFields {
    /// The step that was open when the form was made.
    pub step: String,
    /// The answer.
    #[serde(default)]
    pub exit: String,
    /// Everything else.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl StepFields {
    /// The values that were filled in, by field.
    pub fn values(&self) -> BTreeMap<String, String> {
        self.rest
            .iter()
            .filter_map(|(name, value)| {
                Some((name.strip_prefix(OF_STEP)?.to_owned(), value.trim().to_owned()))
            })
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }
}

/// The name of a person of the register in a value; another value as it is.
pub fn value_shown(context: &Context, field: &Field, value: &str) -> String {
    match field.kind {
        FieldKind::Person => value
            .parse::<PersonId>()
            .ok()
            .and_then(|id| context.person(id).ok())
            .map_or_else(|| value.to_owned(), Person::full_name),
        FieldKind::Choice => field
            .choices
            .iter()
            .find(|choice| choice.code == value)
            .map_or_else(|| value.to_owned(), |choice| choice.label.clone()),
        FieldKind::Text | FieldKind::Number | FieldKind::Date | FieldKind::Name | FieldKind::Money => {
            value.to_owned()
        }
    }
}
