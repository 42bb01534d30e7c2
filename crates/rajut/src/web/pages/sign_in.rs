//! Signing in and out: by name and password, by the PIN of a remembered phone, in the demo by choosing a person.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use rajut_app::{Attempt, PhoneToken, SignIn, SignedIn};
use rajut_core::id::{PersonId, PhoneId};
use serde::Deserialize;

use super::home::sample_people;
use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::form::{Nothing, Sent};
use crate::web::frame::Frame;
use crate::web::session::{PHONES, SESSION, cookie};
use crate::web::visitor::{Visitor, Whole, give_cookie, take_cookie};
use crate::web::{Mode, Web, say, show};

/// So many people share one phone; whoever comes after takes the place of the one longest there.
const ON_ONE_PHONE: usize = 8;

/// Somebody whom this phone remembers.
struct Known {
    phone: PhoneId,
    name: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    wanted: String,
    login: String,
    wrong: Option<String>,
    known: Vec<Known>,
}

/// Where one wanted to go.
#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    ke: String,
}

/// The address of the sign-in page that leads on to `wanted`.
pub fn leading_to(wanted: &str) -> String {
    let escaped: String = wanted
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("/masuk?ke={escaped}")
}

/// A place of ours: an address that leads elsewhere leads home.
fn ours(wanted: &str) -> &str {
    let inside = wanted.starts_with('/')
        && !wanted[1..].starts_with(['/', '\\'])
        && !wanted.chars().any(char::is_control);
    if inside { wanted } else { "/" }
}

/// What this phone holds.
pub fn phone_tokens(headers: &HeaderMap) -> Vec<PhoneToken> {
    cookie(headers, PHONES)
        .unwrap_or_default()
        .split('~')
        .filter_map(|text| text.parse().ok())
        .collect()
}

/// The cookie with one more token.
pub fn with_phone(mut held: Vec<PhoneToken>, new: PhoneToken) -> String {
    held.retain(|other| other.person != new.person);
    held.push(new);
    let first = held.len().saturating_sub(ON_ONE_PHONE);
    let texts: Vec<String> = held[first..].iter().map(ToString::to_string).collect();
    texts.join("~")
}

async fn known(web: &Web, headers: &HeaderMap) -> Result<Vec<Known>, Failure> {
    let mut known = Vec::new();
    let context = web.app.context().await?;
    for token in phone_tokens(headers) {
        let account = web.app.account(token.person).await?;
        let remembered = account.is_some_and(|account| {
            account
                .phones
                .get(&token.phone)
                .is_some_and(|phone| phone.revoked.is_none())
        });
        if remembered && let Ok(person) = context.person(token.person) {
            known.push(Known {
                phone: token.phone,
                name: person.full_name(),
            });
        }
    }
    Ok(known)
}

/// `/masuk`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    if web.mode == Mode::Demo {
        return Ok(Redirect::to("/").into_response());
    }
    if visitor.person.is_some() {
        return Ok(Redirect::to(ours(&wanted.ke)).into_response());
    }
    let page: Page = rendered(&SignInPage {
        frame: Frame::of(&web, &visitor).await?,
        wanted: ours(&wanted.ke).to_owned(),
        login: String::new(),
        wrong: None,
        known: known(&web, &headers).await?,
    });
    Ok(page?.into_response())
}

/// Name and password.
#[derive(Deserialize)]
pub struct ByPassword {
    login: String,
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    ke: String,
}

/// Signs in by name and password.
pub async fn by_password(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Sent<ByPassword>,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    let code = Some(fields.code.trim()).filter(|code| !code.is_empty());
    let outcome = web
        .app
        .sign_in(Attempt {
            login: &fields.login,
            password: &fields.password,
            code,
            address: &visitor.address,
            agent: &visitor.agent,
        })
        .await?;
    let login = fields.login.trim().chars().take(40).collect();
    finish(&web, &visitor, &headers, outcome, login, &fields.ke).await
}

/// The PIN of a remembered phone.
#[derive(Deserialize)]
pub struct ByPin {
    phone: PhoneId,
    pin: String,
    #[serde(default)]
    ke: String,
}

/// Signs in by the PIN of a remembered phone.
pub async fn by_pin(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Sent<ByPin>,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    let token = phone_tokens(&headers)
        .into_iter()
        .find(|token| token.phone == fields.phone)
        .ok_or_else(|| Failure::because(StatusCode::FORBIDDEN, "phone", "web-error-phone"))?;
    let outcome = web
        .app
        .sign_in_by_pin(&token, fields.pin.trim(), &visitor.agent, &visitor.address)
        .await?;
    finish(&web, &visitor, &headers, outcome, String::new(), &fields.ke).await
}

async fn finish(
    web: &Arc<Web>,
    visitor: &Visitor,
    headers: &HeaderMap,
    outcome: SignIn,
    login: String,
    wanted: &str,
) -> Result<Response, Failure> {
    let words = visitor.words();
    let (status, wrong) = match outcome {
        SignIn::Done(signed_in) => return Ok(signed_in_response(web, &signed_in, ours(wanted))),
        SignIn::Wrong => (StatusCode::UNAUTHORIZED, words.say("web-sign-in-wrong")),
        SignIn::SecondFactor => (StatusCode::UNAUTHORIZED, words.say("web-sign-in-code")),
        SignIn::Wait { until } => {
            let context = web.app.context().await?;
            let until = show::moment(words, context.agency.zone, until);
            let sentence = say(words, "web-sign-in-wait", &[("until", until.into())]);
            (StatusCode::TOO_MANY_REQUESTS, sentence)
        }
    };
    let page = SignInPage {
        frame: Frame::of(web, visitor).await?,
        wanted: ours(wanted).to_owned(),
        login,
        wrong: Some(wrong),
        known: known(web, headers).await?,
    };
    let mut response = (status, Html(page.render()?)).into_response();
    response.extensions_mut().insert(Whole);
    Ok(response)
}

/// The answer to somebody who has signed in.
pub fn signed_in_response(web: &Web, signed_in: &SignedIn, wanted: &str) -> Response {
    let mut response = Redirect::to(wanted).into_response();
    give_cookie(web, &mut response, SESSION, &signed_in.token);
    response
}

/// The form of the demo's person.
#[derive(Deserialize)]
pub struct AsSample {
    person: PersonId,
}

/// Acts as one of the sample people from now on; in the demo alone.
pub async fn as_sample(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Sent<AsSample>,
) -> Result<Response, Failure> {
    if web.mode != Mode::Demo {
        return Err(Failure::of(StatusCode::NOT_FOUND));
    }
    let context = web.app.context().await?;
    let offered = sample_people(&web, &context, visitor.person);
    let person = form.fields.person;
    if !offered.iter().any(|choice| choice.id == person) {
        return Err(Failure::of(StatusCode::FORBIDDEN));
    }
    if let Some(before) = &visitor.session {
        web.app.sign_out(before).await?;
    }
    let signed_in = web
        .app
        .sign_in_sample(person, &visitor.agent, &visitor.address)
        .await?;
    Ok(signed_in_response(&web, &signed_in, "/"))
}

/// Signs out.
pub async fn out(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    _: Sent<Nothing>,
) -> Result<Response, Failure> {
    if let Some(session) = &visitor.session {
        web.app.sign_out(session).await?;
    }
    let mut response = Redirect::to("/").into_response();
    take_cookie(&mut response, SESSION);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_a_place_of_ours() {
        for (wanted, to) in [
            ("/pelaksanaan?status=all", "/pelaksanaan?status=all"),
            ("", "/"),
            ("https://evil.example", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
        ] {
            assert_eq!(ours(wanted), to);
        }
        assert_eq!(leading_to("/a?b=c&d"), "/masuk?ke=/a%3Fb%3Dc%26d");
    }
}
