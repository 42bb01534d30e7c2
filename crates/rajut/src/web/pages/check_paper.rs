//! What was signed on a paper, for whoever holds it: no account, and no personal value.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use rajut_app::{AppError, Checked};
use rajut_core::mark::Finding;
use serde::Deserialize;

use crate::web::failure::Failure;
use crate::web::form::Sent;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, Whole};
use crate::web::{Web, say, show};
use crate::words::Words;

#[derive(Template)]
#[template(path = "check_paper.html")]
struct CheckPaperPage {
    frame: Frame,
    asked: Asked,
    wrong: Option<String>,
    found: Option<Found>,
}

/// What stands on a paper: what its QR code holds, or its number and the code beside that.
#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    kode: String,
    #[serde(default)]
    nomor: String,
    #[serde(default)]
    singkat: String,
}

/// What a check found, in words.
struct Found {
    colour: &'static str,
    title: String,
    why: Option<String>,
    facts: Vec<(String, String)>,
    standing: Option<String>,
}

/// `/periksa-naskah`: a scanned code leads here with what it holds.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    if asked.kode.is_empty() {
        let page = CheckPaperPage {
            frame: Frame::of(&web, &visitor).await?,
            asked,
            wrong: None,
            found: None,
        };
        return Ok(Html(page.render()?).into_response());
    }
    answer(&web, &visitor, asked).await
}

/// The same by a form: what was pasted or typed.
pub async fn tell(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Sent<Asked>,
) -> Result<Response, Failure> {
    answer(&web, &visitor, form.fields).await
}

async fn answer(web: &Arc<Web>, visitor: &Visitor, asked: Asked) -> Result<Response, Failure> {
    let words = visitor.words();
    let by_number = asked.kode.trim().is_empty();
    let checked = if by_number {
        web.app
            .check_number(&asked.nomor, &asked.singkat, &visitor.address)
            .await
    } else {
        web.app.check_mark(&asked.kode, &visitor.address).await
    };
    let (status, wrong, found) = match checked {
        Ok(checked) => (StatusCode::OK, None, Some(found(words, &checked, by_number))),
        Err(AppError::TryAgain { until }) => {
            let zone = web.app.context().await?.agency.zone;
            let until = show::moment(words, zone, until);
            let wrong = say(words, "web-sign-in-wait", &[("until", until.into())]);
            (StatusCode::TOO_MANY_REQUESTS, Some(wrong), None)
        }
        Err(error) => return Err(error.into()),
    };
    let page = CheckPaperPage {
        frame: Frame::of(web, visitor).await?,
        asked: Asked {
            kode: asked.kode.chars().take(2000).collect(),
            nomor: asked.nomor.chars().take(120).collect(),
            singkat: String::new(),
        },
        wrong,
        found,
    };
    let mut response = (status, Html(page.render()?)).into_response();
    response.extensions_mut().insert(Whole);
    Ok(response)
}

fn found(words: &Words, checked: &Checked, by_number: bool) -> Found {
    let (colour, title) = match checked.finding {
        Finding::Genuine => ("green", "web-paper-check-genuine"),
        Finding::Altered => ("red", "web-paper-check-altered"),
        Finding::Unknown => ("yellow", "web-paper-check-unknown"),
    };
    let why = checked.why.map(|why| {
        if by_number {
            words.say("web-paper-check-not-found")
        } else {
            words.word("paper-fault", why.code()).unwrap_or_default()
        }
    });
    let mut facts = Vec::new();
    if let Some(told) = &checked.told {
        if let Some(kind) = checked.kind {
            let kind = words.word("document", kind.code()).unwrap_or_default();
            facts.push((words.say("web-paper-check-kind"), kind));
        }
        facts.extend([
            (words.say("web-paper-check-number"), told.number.clone()),
            (words.say("web-paper-check-date"), show::date(words, told.date)),
            (words.say("web-paper-check-post"), told.post.clone()),
            (words.say("web-paper-check-subject"), told.subject.clone()),
        ]);
    }
    let standing = checked.told.as_ref().map(|_| {
        words.say(if checked.kind.is_some() {
            "web-paper-check-registered"
        } else {
            "web-paper-check-not-registered"
        })
    });
    Found {
        colour,
        title: words.say(title),
        why,
        facts,
        standing,
    }
}
