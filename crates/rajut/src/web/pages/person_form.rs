//! Entering a person, and changing what is known of one. Personal values go in and are not shown again here.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use rajut_app::{PersonForm, ranks};
use rajut_core::id::{ActId, PersonId};
use rajut_core::people::{CivilStatus, Person, Rank, Role};
use serde::Deserialize;

use super::complaints::Choice;
use super::{Page, rendered};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;

/// Who enters people.
pub const KEEPERS: &[Role] = &[Role::Admin, Role::Clerk];

#[derive(Template)]
#[template(path = "person_form.html")]
struct FormPage {
    frame: Frame,
    /// Whose; none for somebody new.
    id: Option<PersonId>,
    title: String,
    name: String,
    before: String,
    after: String,
    statuses: Vec<Choice>,
    ranks: Vec<Choice>,
    has_nip: bool,
    has_address: bool,
    has_phone: bool,
    key: ActId,
}

async fn page(web: &Web, visitor: &Visitor, person: Option<&Person>) -> Page {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let status = person.map_or(CivilStatus::Pns, |person| person.status);
    let statuses = [CivilStatus::Pns, CivilStatus::Pppk, CivilStatus::NonAsn].map(|one| {
        let code = crate::cli::code(&one);
        let name = words.say(&format!("web-status-{}", code.replace('_', "-")));
        (code, name, one == status)
    });
    let held = person.and_then(|person| person.rank.as_ref());
    let table = ranks()?;
    let rank = |rank: &Rank| {
        let is_held = held.is_some_and(|held| held.golongan == rank.golongan);
        (rank.golongan.clone(), rank.to_string(), is_held)
    };
    let ranks = table.pns().iter().chain(table.pppk()).map(rank).collect();
    rendered(&FormPage {
        id: person.map(|person| person.id),
        title: person.map_or_else(|| words.say("web-person-new"), Person::full_name),
        name: person.map(|person| person.name.clone()).unwrap_or_default(),
        before: person
            .map(|person| person.titles_before.clone())
            .unwrap_or_default(),
        after: person
            .map(|person| person.titles_after.clone())
            .unwrap_or_default(),
        statuses: statuses.into(),
        ranks,
        has_nip: person.is_some_and(|person| person.nip.is_some()),
        has_address: person.is_some_and(|person| person.address.is_some()),
        has_phone: person.is_some_and(|person| person.phone.is_some()),
        key: form_key(web),
        frame,
    })
}

/// `/orang-baru`.
pub async fn new(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    page(&web, &visitor, None).await
}

fn person_id(text: &str) -> Result<PersonId, Failure> {
    text.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))
}

/// `/orang/{person}/ubah`.
pub async fn edit(State(web): State<Arc<Web>>, visitor: Visitor, Path(person): Path<String>) -> Page {
    let context = web.app.context().await?;
    let person = context.person(person_id(&person)?)?.clone();
    page(&web, &visitor, Some(&person)).await
}

/// The form.
#[derive(Deserialize)]
pub struct Sent {
    name: String,
    titles_before: String,
    titles_after: String,
    status: CivilStatus,
    rank: String,
    nip: String,
    address: String,
    phone: String,
}

impl Sent {
    fn as_form(&self) -> PersonForm {
        PersonForm {
            name: self.name.clone(),
            titles_before: self.titles_before.clone(),
            titles_after: self.titles_after.clone(),
            status: Some(self.status),
            golongan: self.rank.clone(),
            nip: self.nip.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
        }
    }
}

/// Enters a person, and leads to where a post is given.
pub async fn enter(State(web): State<Arc<Web>>, form: Asked<Sent>) -> Result<Response, Failure> {
    let entered = web
        .app
        .enter_person(form.who(), form.key, &form.fields.as_form())
        .await?;
    let to = entered.map_or_else(|| "/orang".to_owned(), |id| format!("/orang/{id}"));
    Ok(Redirect::to(&to).into_response())
}

/// Changes what is known of a person.
pub async fn change(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Sent>,
) -> Result<Response, Failure> {
    let id = person_id(&person)?;
    web.app
        .change_person(form.who(), form.key, id, &form.fields.as_form())
        .await?;
    Ok(Redirect::to(&format!("/orang/{id}")).into_response())
}
