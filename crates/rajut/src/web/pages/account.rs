//! One's own account: password, second factor, phones, tokens, and where one is signed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::SignedDuration;
use qrcode::QrCode;
use qrcode::render::svg;
use rajut_core::account::{PASSWORD_LEAST, TokenScope};
use rajut_core::id::{ActId, PhoneId, TokenId};
use serde::Deserialize;

use super::sign_in::{phone_tokens, with_phone};
use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::form::{Asked, Nothing, Sent};
use crate::web::frame::{Frame, form_key};
use crate::web::session::{PHONES, SESSION};
use crate::web::visitor::{Visitor, give_cookie};
use crate::web::{Web, say, show};
use crate::words::Words;

/// A place where one is signed in.
struct Place {
    here: bool,
    agent: String,
    address: String,
    seen: String,
}

struct PhoneLine {
    id: PhoneId,
    label: String,
    since: String,
    key: ActId,
}

struct TokenLine {
    id: TokenId,
    label: String,
    scope: String,
    until: String,
    key: ActId,
}

/// A second factor that is offered: nothing is kept until a code proves it.
struct Offer {
    seed: String,
    picture: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    news: Option<String>,
    login: Option<String>,
    least: usize,
    on_phone: bool,
    second_factor: bool,
    offer: Option<Offer>,
    phones: Vec<PhoneLine>,
    tokens: Vec<TokenLine>,
    places: Vec<Place>,
    new_token: Option<String>,
    keys: [ActId; 4],
}

/// What came of the form before.
#[derive(Deserialize, Default)]
pub struct News {
    #[serde(default)]
    kabar: String,
}

/// `/akun`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(news): Query<News>) -> Page {
    rendered(&page(&web, &visitor, &news.kabar, None).await?)
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    news: &str,
    new_token: Option<String>,
) -> Result<AccountPage, Failure> {
    let frame = Frame::of(web, visitor).await?;
    let words = visitor.words();
    let context = web.app.context().await?;
    let zone = context.agency.zone;
    let now = web.app.now();
    let news = match news {
        "sandi" => Some("web-account-password-set"),
        "faktor" => Some("web-account-factor-set"),
        "tanpa-faktor" => Some("web-account-factor-ended"),
        "ponsel" => Some("web-account-phone-set"),
        "ponsel-cabut" => Some("web-account-phone-ended"),
        "token-cabut" => Some("web-account-token-ended"),
        "keluar" => Some("web-account-signed-out"),
        _ => None,
    };
    let mut page = AccountPage {
        frame,
        news: news.map(|key| words.say(key)),
        login: None,
        least: PASSWORD_LEAST,
        on_phone: visitor
            .session
            .as_ref()
            .is_some_and(|session| session.phone.is_some()),
        second_factor: false,
        offer: None,
        phones: Vec::new(),
        tokens: Vec::new(),
        places: Vec::new(),
        new_token,
        keys: [form_key(web), form_key(web), form_key(web), form_key(web)],
    };
    let Some(session) = &visitor.session else {
        return Ok(page);
    };
    for place in web.app.store().sessions_of(session.person, now).await? {
        page.places.push(Place {
            here: place.hash == session.hash,
            agent: place.agent,
            address: place.address,
            seen: show::moment(words, zone, place.seen_at),
        });
    }
    // A sample person of the demo has none.
    let Some(account) = web.app.account(session.person).await? else {
        return Ok(page);
    };
    page.second_factor = account.second_factor_since.is_some();
    if !page.second_factor {
        let (seed, address) = web.app.new_second_factor(&account)?;
        let picture = QrCode::new(address.as_bytes())
            .map_err(Failure::internal)?
            .render::<svg::Color<'_>>()
            .min_dimensions(200, 200)
            .build();
        page.offer = Some(Offer { seed, picture });
    }
    for (id, phone) in &account.phones {
        if phone.revoked.is_none() {
            page.phones.push(PhoneLine {
                id: *id,
                label: phone.label.clone(),
                since: show::moment(words, zone, phone.since),
                key: form_key(web),
            });
        }
    }
    for (id, token) in &account.tokens {
        if token.in_force(now) {
            page.tokens.push(TokenLine {
                id: *id,
                label: token.label.clone(),
                scope: words.say(scope_key(token.scope)),
                until: show::moment(words, zone, token.until),
                key: form_key(web),
            });
        }
    }
    page.login = Some(account.login.to_string());
    Ok(page)
}

/// The key of what a token may be used for.
pub fn scope_key(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => "web-token-read",
        TokenScope::Act => "web-token-act",
        TokenScope::Metrics => "web-token-metrics",
    }
}

/// The session, which an act on an account needs: a program has none.
fn session(visitor: &Visitor) -> Result<&rajut_app::store::Session, Failure> {
    visitor
        .session
        .as_ref()
        .ok_or_else(|| Failure::of(axum::http::StatusCode::FORBIDDEN))
}

fn back(news: &str) -> Response {
    Redirect::to(&format!("/akun?kabar={news}")).into_response()
}

/// Ends one's other sessions.
pub async fn out_elsewhere(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    _: Sent<Nothing>,
) -> Result<Response, Failure> {
    web.app.sign_out_elsewhere(session(&visitor)?).await?;
    Ok(back("keluar"))
}

/// The old password, and the new one twice.
#[derive(Deserialize)]
pub struct NewPassword {
    old: String,
    password: String,
    again: String,
}

/// Changes one's password.
pub async fn password(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Asked<NewPassword>,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    if fields.password != fields.again {
        let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Failure::because(status, "password", "web-password-differs"));
    }
    web.app
        .change_password(session(&visitor)?, &fields.old, &fields.password)
        .await?;
    Ok(back("sandi"))
}

/// The seed that the authenticator read, and a code of it.
#[derive(Deserialize)]
pub struct NewFactor {
    seed: String,
    code: String,
}

/// Asks for a second factor from now on.
pub async fn second_factor(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Asked<NewFactor>,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    web.app
        .set_second_factor(session(&visitor)?, form.key, &fields.seed, &fields.code)
        .await?;
    Ok(back("faktor"))
}

/// The password, again.
#[derive(Deserialize)]
pub struct Proof {
    password: String,
}

/// Ends the second factor.
pub async fn end_second_factor(State(web): State<Arc<Web>>, form: Asked<Proof>) -> Result<Response, Failure> {
    let password = Some(form.fields.password.as_str());
    web.app
        .end_second_factor(form.who(), form.key, form.person, password)
        .await?;
    Ok(back("tanpa-faktor"))
}

/// What the phone is called, and its PIN.
#[derive(Deserialize)]
pub struct NewPhone {
    label: String,
    new_pin: String,
}

/// Remembers this phone.
pub async fn enrol_phone(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Asked<NewPhone>,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    let (token, signed_in) = web
        .app
        .enrol_phone(session(&visitor)?, form.key, &fields.label, fields.new_pin.trim())
        .await?;
    let mut response = back("ponsel");
    give_cookie(&web, &mut response, SESSION, &signed_in.token);
    let held = with_phone(phone_tokens(&headers), token);
    give_cookie(&web, &mut response, PHONES, &held);
    Ok(response)
}

/// Which phone, and why.
#[derive(Deserialize)]
pub struct LostPhone {
    phone: PhoneId,
    reason: String,
}

/// Forgets a phone.
pub async fn revoke_phone(State(web): State<Arc<Web>>, form: Asked<LostPhone>) -> Result<Response, Failure> {
    let fields = &form.fields;
    web.app
        .revoke_phone(form.who(), form.key, form.person, fields.phone, &fields.reason)
        .await?;
    Ok(back("ponsel-cabut"))
}

/// What the token is called, for what and how long.
#[derive(Deserialize)]
pub struct WantedToken {
    label: String,
    scope: TokenScope,
    days: u16,
}

impl Asked<WantedToken> {
    /// Issues the token for whoever asks; the sentence that shows it once.
    pub async fn issue(&self, web: &Web, words: &Words) -> Result<String, Failure> {
        let wanted = &self.fields;
        let now = web.app.now();
        let length = SignedDuration::from_hours(i64::from(wanted.days) * 24);
        let until = now.saturating_add(length).unwrap_or(now);
        let issued = web
            .app
            .issue_token(self.who(), self.key, &wanted.label, wanted.scope, until)
            .await?;
        Ok(say(words, "web-token-once", &[("token", issued.token.into())]))
    }
}

/// Issues a token; it is shown once.
pub async fn issue_token(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Asked<WantedToken>,
) -> Result<Response, Failure> {
    let told = form.issue(&web, visitor.words()).await?;
    let page: Page = rendered(&page(&web, &visitor, "", Some(told)).await?);
    Ok(page?.into_response())
}

/// Which token, and why.
#[derive(Deserialize)]
pub struct OldToken {
    token_id: TokenId,
    reason: String,
}

/// Takes a token out of force.
pub async fn revoke_token(State(web): State<Arc<Web>>, form: Asked<OldToken>) -> Result<Response, Failure> {
    let fields = &form.fields;
    web.app
        .revoke_token(form.who(), form.key, form.person, fields.token_id, &fields.reason)
        .await?;
    Ok(back("token-cabut"))
}
