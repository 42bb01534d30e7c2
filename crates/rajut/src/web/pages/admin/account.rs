//! One person's account, for whoever keeps accounts: a new link, closing and opening, what is lost is forgotten.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use rajut_core::account::{Account, Login, LoginError};
use rajut_core::id::{ActId, PersonId, PhoneId, TokenId};
use rajut_core::people::Person;
use serde::Deserialize;

use super::{standing, titles};
use crate::web::failure::Failure;
use crate::web::form::{Asked, Nothing};
use crate::web::frame::{Frame, form_key};
use crate::web::pages::account::scope_key;
use crate::web::pages::{Page, rendered};
use crate::web::reach::host_of;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// Something that can be taken away.
struct Held {
    id: String,
    label: String,
    detail: String,
    key: ActId,
}

/// Where somebody is signed in.
struct Place {
    seen: String,
    agent: String,
    address: String,
}

/// What is told once: the link by which a password is set.
struct Link {
    address: String,
    until: String,
}

struct Known {
    login: String,
    since: String,
    password: String,
    second_factor: Option<String>,
    closed: Option<String>,
    phones: Vec<Held>,
    tokens: Vec<Held>,
    places: Vec<Place>,
}

#[derive(Template)]
#[template(path = "admin_account.html")]
struct AccountPage {
    frame: Frame,
    id: PersonId,
    name: String,
    posts: String,
    standing: String,
    colour: &'static str,
    news: Option<String>,
    link: Option<Link>,
    account: Option<Known>,
    /// A name to sign in with that could be given.
    suggestion: String,
    /// Whether it is one's own account.
    own: bool,
    keys: [ActId; 4],
}

/// What came of the form before.
#[derive(Deserialize, Default)]
pub struct News {
    #[serde(default)]
    kabar: String,
}

fn person_id(text: &str) -> Result<PersonId, Failure> {
    text.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))
}

/// `/pengelolaan/akun/{person}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Query(news): Query<News>,
) -> Page {
    let news = match news.kabar.as_str() {
        "tutup" => Some("web-admin-closed"),
        "buka" => Some("web-admin-opened"),
        "keluar" => Some("web-admin-signed-out"),
        "faktor" => Some("web-account-factor-ended"),
        "ponsel" => Some("web-account-phone-ended"),
        "token" => Some("web-account-token-ended"),
        _ => None,
    };
    rendered(&page(&web, &visitor, person_id(&person)?, news, None).await?)
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    id: PersonId,
    news: Option<&str>,
    link: Option<Link>,
) -> Result<AccountPage, Failure> {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let person = context.person(id)?.clone();
    let duty = web.duty(&context);
    let account = web.app.account(id).await?;
    let (key, colour) = standing(account.as_ref());
    let known = match &account {
        Some(account) => Some(known(web, words, account, context.agency.zone).await?),
        None => None,
    };
    Ok(AccountPage {
        id,
        name: person.full_name(),
        posts: titles(words, &duty, id, web.today(&context)),
        standing: words.say(key),
        colour,
        news: news.map(|key| words.say(key)),
        link,
        account: known,
        suggestion: suggestion(&person),
        own: visitor.person == Some(id),
        keys: [form_key(web), form_key(web), form_key(web), form_key(web)],
        frame,
    })
}

async fn known(
    web: &Web,
    words: &Words,
    account: &Account,
    zone: rajut_core::calendar::Zone,
) -> Result<Known, Failure> {
    let now = web.app.now();
    let moment = |at| show::moment(words, zone, at);
    let phones = account
        .phones
        .iter()
        .filter(|(_, phone)| phone.revoked.is_none())
        .map(|(id, phone)| Held {
            id: id.to_string(),
            label: phone.label.clone(),
            detail: moment(phone.since),
            key: form_key(web),
        });
    let tokens = account
        .tokens
        .iter()
        .filter(|(_, token)| token.in_force(now))
        .map(|(id, token)| Held {
            id: id.to_string(),
            label: token.label.clone(),
            detail: format!("{}, {}", words.say(scope_key(token.scope)), moment(token.until)),
            key: form_key(web),
        });
    let places = web.app.store().sessions_of(account.person, now).await?;
    Ok(Known {
        login: account.login.to_string(),
        since: moment(account.opened_at),
        password: account
            .password_set_at
            .map_or_else(|| words.say("web-admin-no-password"), moment),
        second_factor: account.second_factor_since.map(moment),
        closed: account.disabled.as_ref().map(|closing| {
            let args = [
                ("at", moment(closing.at).into()),
                ("why", closing.reason.as_str().into()),
            ];
            say(words, "web-admin-closed-why", &args)
        }),
        phones: phones.collect(),
        tokens: tokens.collect(),
        places: places
            .into_iter()
            .map(|place| Place {
                seen: moment(place.seen_at),
                agent: place.agent,
                address: place.address,
            })
            .collect(),
    })
}

/// A name to sign in with, from the first and last word of a name.
fn suggestion(person: &Person) -> String {
    let name = person.name.to_lowercase();
    let words: Vec<String> = name
        .split_whitespace()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let login = match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first, .., last] => format!("{first}.{last}"),
    };
    let short: String = login.chars().take(40).collect();
    short
        .parse::<Login>()
        .map(|login| login.to_string())
        .unwrap_or_default()
}

fn back(person: PersonId, news: &str) -> Response {
    Redirect::to(&format!("/pengelolaan/akun/{person}?kabar={news}")).into_response()
}

/// The name to sign in with, for a new account.
#[derive(Deserialize)]
pub struct Inviting {
    #[serde(default)]
    login: String,
}

/// Opens an account or helps whoever forgot a password: the page shows the link, once.
pub async fn invite(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(person): Path<String>,
    headers: HeaderMap,
    form: Asked<Inviting>,
) -> Result<Response, Failure> {
    let person = person_id(&person)?;
    web.app.context().await?.person(person)?;
    let typed = form.fields.login.trim();
    let login = (!typed.is_empty()).then(|| typed.parse()).transpose();
    let login: Option<Login> = login.map_err(|_: LoginError| {
        Failure::because(StatusCode::UNPROCESSABLE_ENTITY, "login", "web-admin-login-wrong")
    })?;
    let invitation = web
        .app
        .invite(form.who(), form.key, person, login.as_ref())
        .await?;
    let context = web.app.context().await?;
    let host = host_of(&headers);
    let base = web.reach.as_seen(host.as_ref());
    let link = Link {
        address: format!("{base}/undangan/{}", invitation.token),
        until: show::moment(visitor.words(), context.agency.zone, invitation.until),
    };
    let page: Page = rendered(&page(&web, &visitor, person, None, Some(link)).await?);
    Ok(page?.into_response())
}

/// Why something is done.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// Closes an account for now.
pub async fn close(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Reason>,
) -> Result<Response, Failure> {
    let person = person_id(&person)?;
    web.app
        .disable_account(form.who(), form.key, person, &form.fields.reason)
        .await?;
    Ok(back(person, "tutup"))
}

/// Opens it again.
pub async fn open(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Nothing>,
) -> Result<Response, Failure> {
    let person = person_id(&person)?;
    web.app.enable_account(form.who(), form.key, person).await?;
    Ok(back(person, "buka"))
}

/// Signs out wherever somebody is signed in.
pub async fn sign_out(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Nothing>,
) -> Result<Response, Failure> {
    let person = person_id(&person)?;
    web.app.sign_out_everywhere(form.who(), form.key, person).await?;
    Ok(back(person, "keluar"))
}

/// Ends the second factor of somebody who lost the authenticator. One's own is ended with one's password, elsewhere.
pub async fn end_second_factor(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<Nothing>,
) -> Result<Response, Failure> {
    let person = person_id(&person)?;
    web.app
        .end_second_factor(form.who(), form.key, person, None)
        .await?;
    Ok(back(person, "faktor"))
}

/// Which phone, and why.
#[derive(Deserialize)]
pub struct LostPhone {
    phone: PhoneId,
    reason: String,
}

/// Forgets a phone.
pub async fn forget_phone(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<LostPhone>,
) -> Result<Response, Failure> {
    let (person, fields) = (person_id(&person)?, &form.fields);
    web.app
        .revoke_phone(form.who(), form.key, person, fields.phone, &fields.reason)
        .await?;
    Ok(back(person, "ponsel"))
}

/// Which token, and why.
#[derive(Deserialize)]
pub struct OldToken {
    token_id: TokenId,
    reason: String,
    /// `token` where the list of tokens asked.
    #[serde(default)]
    dari: String,
}

/// Takes a token out of force.
pub async fn revoke_token(
    State(web): State<Arc<Web>>,
    Path(person): Path<String>,
    form: Asked<OldToken>,
) -> Result<Response, Failure> {
    let (person, fields) = (person_id(&person)?, &form.fields);
    web.app
        .revoke_token(form.who(), form.key, person, fields.token_id, &fields.reason)
        .await?;
    if fields.dari == "token" {
        return Ok(Redirect::to("/pengelolaan/token?kabar=token").into_response());
    }
    Ok(back(person, "token"))
}
