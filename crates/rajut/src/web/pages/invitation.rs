//! The page behind an invitation: its person sets a password.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use rajut_app::{AppError, Attempt, SignIn};
use rajut_core::account::PASSWORD_LEAST;
use rajut_core::act::Rule;
use serde::Deserialize;

use super::sign_in::signed_in_response;
use super::{Page, rendered};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Sent;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, Whole};

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    frame: Frame,
    name: String,
    login: String,
    least: usize,
    wrong: Option<String>,
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    token: &str,
    wrong: Option<String>,
) -> Result<InvitationPage, Failure> {
    let account = web.app.invited(token).await?;
    // The same answer for a link that ran out, was used, or never was.
    let account = account
        .ok_or_else(|| Failure::because(StatusCode::NOT_FOUND, "invitation", "web-error-invitation"))?;
    let context = web.app.context().await?;
    Ok(InvitationPage {
        frame: Frame::of(web, visitor).await?,
        name: context.person(account.person)?.full_name(),
        login: account.login.to_string(),
        least: PASSWORD_LEAST,
        wrong,
    })
}

/// `/undangan/{token}`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Path(token): Path<String>) -> Page {
    rendered(&page(&web, &visitor, &token, None).await?)
}

/// The password, twice.
#[derive(Deserialize)]
pub struct Chosen {
    password: String,
    again: String,
}

/// Sets the password and signs in.
pub async fn take_up(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent<Chosen>,
) -> Result<Response, Failure> {
    let words = visitor.words();
    let fields = &form.fields;
    let outcome = if fields.password == fields.again {
        match web.app.take_up(&token, &fields.password).await {
            Err(AppError::Refused(refusal)) if refusal.rule == Rule::InvalidValue => {
                Err(words.refusal(&refusal, None))
            }
            other => Ok(other?),
        }
    } else {
        Err(words.say("web-password-differs"))
    };
    let account = match outcome {
        Ok(account) => account,
        Err(sentence) => {
            let page = page(&web, &visitor, &token, Some(sentence)).await?;
            let mut response = (StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response();
            response.extensions_mut().insert(Whole);
            return Ok(response);
        }
    };
    let attempt = Attempt {
        login: account.login.as_str(),
        password: &fields.password,
        code: None,
        address: &visitor.address,
        agent: &visitor.agent,
    };
    match web.app.sign_in(attempt).await? {
        SignIn::Done(signed_in) => Ok(signed_in_response(&web, &signed_in, "/")),
        // A second factor is asked for on the page for it.
        _ => Ok(axum::response::Redirect::to("/masuk").into_response()),
    }
}
