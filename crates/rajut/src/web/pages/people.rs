//! Posts and who holds them today, and one person: masked until a look with a reason is recorded.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use jiff::civil::Date;
use rajut_app::{AppError, Context, Revealed};
use rajut_core::act::{Act, UnfitCode};
use rajut_core::id::{ActId, PersonId, PostId};
use rajut_core::people::{
    Assignment, AssignmentKind, Capacity, Leave, Person, PersonField, PersonalField, Post, Role,
};
use serde::Deserialize;

use super::complaints::Choice;
use super::order::Fact;
use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many posts on a page.
const ON_A_PAGE: usize = 50;

/// Which part of the list.
#[derive(Deserialize, Default)]
pub struct Wanted {
    /// Words of title, unit or name.
    #[serde(default)]
    cari: String,
    /// `kantor` for the contacts of the served offices.
    #[serde(default)]
    bagian: String,
    /// Behind the post with this code.
    #[serde(default)]
    after: String,
}

struct PostLine {
    title: String,
    unit: String,
    holder: String,
    href: String,
    capacity: String,
    note: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    cari: String,
    offices: bool,
    /// Whether whoever looks may enter people.
    enters: bool,
    rows: Vec<PostLine>,
    next: Option<String>,
}

/// `/orang`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let (duty, today) = (web.duty(&context), web.today(&context));
    let offices = wanted.bagian == "kantor";
    let mut posts: Vec<&Post> = context
        .people
        .all::<Post>()
        .filter(|post| (post.role == Role::OfficeUser) == offices)
        .collect();
    posts.sort_by_key(|post| place(post));
    let line = |post: &Post| {
        let (title, unit) = post.label_on(today);
        let actor = duty.roster().actor(post.id, today);
        let holding = duty.roster().holder(post.id, today);
        let person = actor.and_then(|actor| context.person(actor.person).ok());
        PostLine {
            title: title.to_owned(),
            unit: unit.to_owned(),
            holder: person.map_or_else(|| words.say("web-post-vacant"), Person::full_name),
            href: person
                .map(|person| format!("/orang/{}", person.id))
                .unwrap_or_default(),
            capacity: actor
                .map(|actor| capacity(words, actor.capacity))
                .unwrap_or_default(),
            note: if holding.is_some_and(|holding| holding.on_leave) {
                words.say("web-person-away")
            } else {
                String::new()
            },
        }
    };
    let typed = wanted.cari.trim().to_lowercase();
    let meant = |line: &PostLine| {
        let all = format!("{} {} {}", line.title, line.unit, line.holder).to_lowercase();
        typed.split_whitespace().all(|word| all.contains(word))
    };
    let mut shown: Vec<(String, PostLine)> = posts
        .into_iter()
        .filter(|post| wanted.after.is_empty() || place(post) > wanted.after)
        .map(|post| (place(post), line(post)))
        .filter(|(_, line)| meant(line))
        .collect();
    let more = shown.len() > ON_A_PAGE;
    shown.truncate(ON_A_PAGE);
    let next = shown.last().filter(|_| more).map(|(after, _)| {
        format!(
            "/orang?bagian={}&cari={}&after={}",
            show::escaped(&wanted.bagian),
            show::escaped(wanted.cari.trim()),
            show::escaped(after)
        )
    });
    rendered(&PeoplePage {
        cari: wanted.cari.trim().to_owned(),
        offices,
        enters: visitor
            .person
            .is_some_and(|person| duty.may(person, Act::EditPeople)),
        rows: shown.into_iter().map(|(_, line)| line).collect(),
        next,
        frame,
    })
}

/// Where a post stands on the list: by rank of its role, then by code.
fn place(post: &Post) -> String {
    let rank = Role::ALL
        .iter()
        .position(|role| *role == post.role)
        .unwrap_or_default();
    format!("{rank}-{}", post.code)
}

fn capacity(words: &Words, capacity: Capacity) -> String {
    words.say(match capacity {
        Capacity::Own => "web-capacity-own",
        Capacity::Plt => "web-capacity-plt",
        Capacity::Plh => "web-capacity-plh",
        Capacity::SuperiorForVacant(_) => "web-capacity-superior",
    })
}

fn kind(words: &Words, kind: AssignmentKind) -> String {
    capacity(words, kind.into())
}

struct AssignmentLine {
    post: String,
    kind: String,
    period: String,
    decree: String,
    now: bool,
}

/// What those who keep the register may enter here.
struct Entering {
    keys: [ActId; 2],
    today: String,
    posts: Vec<Choice>,
    kinds: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    id: PersonId,
    name: String,
    facts: Vec<Fact>,
    missing: String,
    revealed: bool,
    reveal: Option<ActId>,
    assignments: Vec<AssignmentLine>,
    leaves: Vec<String>,
    entering: Option<Entering>,
}

/// `/orang/{person}`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Path(person): Path<String>) -> Page {
    page(&web, &visitor, person_id(&person)?, None).await
}

fn person_id(text: &str) -> Result<PersonId, Failure> {
    text.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))
}

async fn page(web: &Web, visitor: &Visitor, id: PersonId, revealed: Option<Revealed>) -> Page {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let (duty, today) = (web.duty(&context), web.today(&context));
    let person = context.person(id)?.clone();
    let may = |act| visitor.person.is_some_and(|person| duty.may(person, act));
    let values = match &revealed {
        Some(revealed) => revealed.values.clone(),
        None => web.app.masked_person(id).await?,
    };
    let mut facts: Vec<Fact> = PersonalField::ALL
        .iter()
        .filter_map(|field| {
            Some(Fact {
                term: show::coded(words, "field", field.code()),
                value: values.get(field)?.clone(),
            })
        })
        .collect();
    if let Some(rank) = &person.rank {
        facts.insert(
            0,
            Fact {
                term: words.say("web-rank"),
                value: rank.to_string(),
            },
        );
    }
    let field = |missing: &PersonField| match missing {
        PersonField::Name => words.say("web-field-name"),
        PersonField::Nip => words.say("web-field-nip"),
        PersonField::Address => words.say("web-field-address"),
        PersonField::Phone => words.say("web-field-phone"),
    };
    let missing: Vec<String> = person.missing_for_order().iter().map(field).collect();
    rendered(&PersonPage {
        id,
        name: person.full_name(),
        facts,
        missing: missing.join(", "),
        revealed: revealed.is_some(),
        reveal: (revealed.is_none() && may(Act::RevealPersonal)).then(|| form_key(web)),
        assignments: assignments(words, &context, id, today),
        leaves: leaves(words, &context, id),
        entering: may(Act::EditPeople).then(|| entering(web, words, &context, today)),
        frame,
    })
}

fn assignments(words: &Words, context: &Context, id: PersonId, today: Date) -> Vec<AssignmentLine> {
    let mut held: Vec<&Assignment> = context
        .people
        .all::<Assignment>()
        .filter(|held| held.person == id)
        .collect();
    held.sort_by_key(|held| std::cmp::Reverse((held.from, held.id)));
    held.into_iter()
        .map(|held| {
            let post = context.people.find::<Post>(held.post.0);
            let day = if held.in_force(today) { today } else { held.from };
            AssignmentLine {
                post: post.map_or_else(|| held.post.to_string(), |post| post.label_on(day).0.to_owned()),
                kind: kind(words, held.kind),
                period: period(words, held.from, held.until),
                decree: held.decree.clone(),
                now: held.in_force(today),
            }
        })
        .collect()
}

fn period(words: &Words, from: Date, until: Option<Date>) -> String {
    let from = show::date(words, from);
    match until {
        Some(until) => {
            let until = show::date(words, until);
            say(
                words,
                "web-from-until",
                &[("from", from.into()), ("until", until.into())],
            )
        }
        None => say(words, "web-from-on", &[("what", from.into())]),
    }
}

fn leaves(words: &Words, context: &Context, id: PersonId) -> Vec<String> {
    let mut away: Vec<&Leave> = context
        .people
        .all::<Leave>()
        .filter(|leave| leave.person == id)
        .collect();
    away.sort_by_key(|leave| std::cmp::Reverse(leave.from));
    away.into_iter()
        .map(|leave| {
            format!(
                "{}: {}",
                period(words, leave.from, Some(leave.until)),
                leave.reason
            )
        })
        .collect()
}

fn entering(web: &Web, words: &Words, context: &Context, today: Date) -> Entering {
    let mut posts: Vec<&Post> = context.people.all::<Post>().collect();
    posts.sort_by_key(|post| place(post));
    Entering {
        keys: [form_key(web), form_key(web)],
        today: today.to_string(),
        posts: posts
            .into_iter()
            .map(|post| {
                (
                    post.id.to_string(),
                    format!("{} ({})", post.title, post.unit),
                    false,
                )
            })
            .collect(),
        kinds: [
            ("definitif", AssignmentKind::Definitif),
            ("plt", AssignmentKind::Plt),
            ("plh", AssignmentKind::Plh),
        ]
        .into_iter()
        .map(|(code, it)| (code, kind(words, it)))
        .collect(),
    }
}

/// Why something is done.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// Shows the personal values of somebody, once the look is recorded.
pub async fn reveal(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(person): Path<String>,
    form: Asked<Reason>,
) -> Page {
    let id = person_id(&person)?;
    web.app.context().await?.person(id)?;
    let fields = PersonalField::ALL.iter().copied().collect();
    let reason = form.fields.reason.trim();
    let shown = web
        .app
        .reveal(form.who(), form.key, &BTreeSet::from([id]), &fields, reason)
        .await?;
    page(&web, &visitor, id, shown.into_iter().next()).await
}

fn day(text: &str) -> Result<Date, Failure> {
    text.trim()
        .parse()
        .map_err(|_| Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-error-date"))
}

/// Until when, if an end was named.
fn end(text: &str) -> Result<Option<Date>, Failure> {
    Some(text)
        .filter(|text| !text.trim().is_empty())
        .map(day)
        .transpose()
}

/// Days of leave.
#[derive(Deserialize)]
pub struct Away {
    from: String,
    until: String,
    reason: String,
}

/// Enters days of leave.
pub async fn enter_leave(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Away>,
) -> Result<Redirect, Failure> {
    let person = person_id(&person)?;
    web.app.context().await?.person(person)?;
    let from = day(&form.fields.from)?;
    let leave = Leave {
        person,
        from,
        until: end(&form.fields.until)?.unwrap_or(from),
        reason: form.fields.reason.trim().to_owned(),
    };
    web.app.enter_leave_under(form.who(), form.key, leave).await?;
    Ok(Redirect::to(&format!("/orang/{person}")))
}

/// A post, from when to when, by which decree.
#[derive(Deserialize)]
pub struct Assigning {
    post: PostId,
    kind: AssignmentKind,
    from: String,
    #[serde(default)]
    until: String,
    decree: String,
}

/// Gives somebody a post.
pub async fn assign(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Assigning>,
) -> Result<Redirect, Failure> {
    let person = person_id(&person)?;
    let fields = &form.fields;
    let context = web.app.context().await?;
    context.person(person)?;
    if context.people.find::<Post>(fields.post.0).is_none() {
        return Err(Failure::of(StatusCode::NOT_FOUND));
    }
    let decree = fields.decree.trim();
    if decree.is_empty() {
        return Err(AppError::invalid("decree", UnfitCode::Empty).into());
    }
    let from = day(&fields.from)?;
    let assignment = Assignment {
        id: web.app.ids().fresh(),
        person,
        post: fields.post,
        kind: fields.kind,
        from,
        until: end(&fields.until)?,
        decree: decree.to_owned(),
    };
    web.app.assign_under(form.who(), form.key, assignment).await?;
    Ok(Redirect::to(&format!("/orang/{person}")))
}
