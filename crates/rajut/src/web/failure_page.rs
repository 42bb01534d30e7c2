//! What somebody reads when a request failed: the sentence, who could act, the incident, and a way back.

use askama::Template;
use axum::Json;
use axum::response::{Html, IntoResponse as _, Response};
use rajut_app::AppError;
use rajut_core::act::Refusal;
use rajut_core::people::Post;

use super::failure::{Failure, What};
use super::frame::Frame;
use super::visitor::Visitor;
use super::{Web, say};
use crate::names;
use crate::problem::{Could, Problem, Told};
use crate::words::Words;

/// The page.
#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    frame: Frame,
    status: u16,
    sentence: String,
    who_could: Vec<Could>,
    incident: String,
    back: String,
}

/// The answer to a failure.
pub async fn render(web: &Web, visitor: &Visitor, failure: &Failure) -> Response {
    let words = visitor.words();
    let sentence = match failure.refusal() {
        Some(refusal) => names::sentence(&web.app, words, refusal).await,
        None => sentence(words, failure),
    };
    let who_could = match failure.refusal() {
        Some(refusal) => who_could(web, refusal).await,
        None => Vec::new(),
    };
    let incident = visitor.request_id.clone();
    if visitor.is_program() {
        let error = Problem {
            code: failure.code,
            rule: failure.refusal().map(|refusal| refusal.rule.code()),
            message: sentence,
            who_could,
            incident: Some(incident),
        };
        return (failure.status, Json(Told { error: &error })).into_response();
    }
    // The page about a failure must not fail by the same cause: without a database it knows no names.
    let frame = match Frame::of(web, visitor).await {
        Ok(frame) => frame,
        Err(_) => Frame::plain(web, visitor),
    };
    let back = way_back(&visitor.path);
    let page = FailurePage {
        frame,
        status: failure.status.as_u16(),
        sentence,
        who_could,
        incident,
        back,
    };
    match page.render() {
        Ok(html) => (failure.status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page about a failure failed");
            (failure.status, words.say("web-error-internal")).into_response()
        }
    }
}

/// The sentence of a failure.
pub fn sentence(words: &Words, failure: &Failure) -> String {
    let error = match &failure.what {
        What::Sentence(key) => return words.say(key),
        What::Hidden(_) => return words.say("web-error-internal"),
        What::App(error) => error,
    };
    match error.as_ref() {
        AppError::Refused(refusal) => words.refusal(refusal, None),
        AppError::Conflict { .. } => words.say("web-error-conflict"),
        AppError::TryAgain { .. } => words.say("web-error-try-again"),
        AppError::NotFound { .. } => words.say("web-error-not-found"),
        AppError::Invalid { what, why } => say(
            words,
            "invalid",
            &[
                ("what", words.named(what).into()),
                ("why", words.unfit(why).into()),
            ],
        ),
        AppError::ProcedureFile { what, fault } => crate::faults::of_file(words, what, fault),
        AppError::Setting { .. } | AppError::NotSetUp { .. } => words.say("web-error-setting"),
        AppError::Store(_) if failure.code == "disk_full" => words.say("web-error-disk-full"),
        AppError::Store(_) if failure.code == "unavailable" => words.say("web-error-unavailable"),
        AppError::Store(_) if failure.status.is_client_error() => words.say("web-error-bad-request"),
        AppError::Paper(_) => words.say("web-error-paper"),
        AppError::Store(_) | AppError::Network(_) => words.say("web-error-internal"),
    }
}

/// The posts that a refusal names, with who holds them today; none when they cannot be read.
async fn who_could(web: &Web, refusal: &Refusal) -> Vec<Could> {
    let Ok(context) = web.app.context().await else {
        return Vec::new();
    };
    let duty = web.duty(&context);
    refusal
        .who_could
        .iter()
        .filter_map(|id| context.people.find::<Post>(id.0))
        .map(|post| Could {
            post: post.code.clone(),
            title: post.label_on(web.today(&context)).0.to_owned(),
            person: duty.holder(post.id).map(|(_, name)| name),
        })
        .collect()
}

/// The run whose act failed, else the first page.
fn way_back(path: &str) -> String {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("pelaksanaan"), Some(id), Some(_)) if id.parse::<uuid::Uuid>().is_ok() => {
            format!("/pelaksanaan/{id}")
        }
        _ => "/".to_owned(),
    }
}
