//! All tokens of programs in force and the keys of laptops, with whom they act for; and a new one for oneself.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rajut_core::account::TokenScope;
use rajut_core::id::{ActId, LaptopKeyId, PersonId, TokenId};
use serde::Deserialize;

use crate::names::Names;
use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::pages::account::{WantedToken, scope_key};
use crate::web::pages::{Page, rendered};
use crate::web::visitor::Visitor;
use crate::web::{Web, show};

/// The longest that a token may be in force.
const MOST_DAYS: u16 = 400;

struct TokenLine {
    id: TokenId,
    person: PersonId,
    owner: String,
    label: String,
    scope: String,
    until: String,
    key: ActId,
}

struct LaptopLine {
    id: LaptopKeyId,
    owner: String,
    until: String,
    files: usize,
    key: ActId,
}

#[derive(Template)]
#[template(path = "admin_tokens.html")]
struct TokensPage {
    frame: Frame,
    news: Option<String>,
    new_token: Option<String>,
    tokens: Vec<TokenLine>,
    laptops: Vec<LaptopLine>,
    scopes: Vec<(&'static str, String)>,
    most_days: u16,
    /// Whether one has an account to which a token could belong.
    may_issue: bool,
    key: ActId,
}

/// What came of the form before.
#[derive(Deserialize, Default)]
pub struct News {
    #[serde(default)]
    kabar: String,
}

/// `/pengelolaan/token`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor, Query(news): Query<News>) -> Page {
    let news = match news.kabar.as_str() {
        "token" => Some("web-account-token-ended"),
        "laptop" => Some("web-admin-laptop-ended"),
        _ => None,
    };
    rendered(&page(&web, &visitor, news, None).await?)
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    news: Option<&str>,
    new_token: Option<String>,
) -> Result<TokensPage, Failure> {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let names = Names::read(&web.app).await?;
    let (zone, now) = (names.context().agency.zone, web.app.now());
    let mut tokens = Vec::new();
    let mut may_issue = false;
    for account in web.app.accounts().await? {
        may_issue |= visitor.person == Some(account.person);
        for (id, token) in account.tokens.iter().filter(|(_, token)| token.in_force(now)) {
            tokens.push(TokenLine {
                id: *id,
                person: account.person,
                owner: names.person(account.person),
                label: token.label.clone(),
                scope: words.say(scope_key(token.scope)),
                until: show::moment(words, zone, token.until),
                key: form_key(web),
            });
        }
    }
    let laptops = web.app.laptop_keys().await?;
    let laptops = laptops
        .into_iter()
        .filter(|key| key.revoked.is_none() && now < key.until)
        .map(|key| LaptopLine {
            id: key.id,
            owner: names.person(key.person),
            until: show::moment(words, zone, key.until),
            files: key.files.len(),
            key: form_key(web),
        });
    Ok(TokensPage {
        news: news.map(|key| words.say(key)),
        new_token,
        tokens,
        laptops: laptops.collect(),
        scopes: [TokenScope::Metrics, TokenScope::Read, TokenScope::Act]
            .map(|scope| (scope.code(), words.say(scope_key(scope))))
            .to_vec(),
        most_days: MOST_DAYS,
        may_issue,
        key: form_key(web),
        frame,
    })
}

/// Issues a token for oneself; the page shows it once. For somebody else nobody does: it would act in their name.
pub async fn issue(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Asked<WantedToken>,
) -> Result<Response, Failure> {
    let told = form.issue(&web, visitor.words()).await?;
    let page: Page = rendered(&page(&web, &visitor, None, Some(told)).await?);
    Ok(page?.into_response())
}

/// Which key of a laptop, and why.
#[derive(Deserialize)]
pub struct LostLaptop {
    laptop: LaptopKeyId,
    reason: String,
}

/// Takes the key of a laptop out of force.
pub async fn revoke_laptop(
    State(web): State<Arc<Web>>,
    form: Asked<LostLaptop>,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    web.app
        .revoke_laptop(form.who(), form.key, fields.laptop, &fields.reason)
        .await?;
    Ok(Redirect::to("/pengelolaan/token?kabar=laptop").into_response())
}
