//! Where a complaint stands, for whoever holds its receipt: no account, no names, and wrong is wrong.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use rajut_app::{AppError, ComplaintView, Context};
use rajut_core::procedure::StepKind;
use serde::Deserialize;

use super::complaint::timeline;
use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::form::Sent;
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, Whole};
use crate::web::{Web, say, show};
use crate::words::Words;

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    frame: Frame,
    number: String,
    wrong: Option<String>,
    sentences: Vec<String>,
}

/// `/cek-pengaduan`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    rendered(&CheckPage {
        frame: Frame::of(&web, &visitor).await?,
        number: String::new(),
        wrong: None,
        sentences: Vec::new(),
    })
}

/// What stands on a receipt.
#[derive(Deserialize)]
pub struct Receipt {
    number: String,
    code: String,
}

/// Tells where the complaint of a receipt stands.
pub async fn tell(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Sent<Receipt>,
) -> Result<Response, Failure> {
    let words = visitor.words();
    let (number, code) = (&form.fields.number, &form.fields.code);
    let context = web.app.context().await?;
    let (status, wrong, sentences) = match web.app.check_receipt(number, code, &visitor.address).await {
        Ok(Some(complaint)) => {
            let view = Box::pin(web.app.complaint_view(complaint, web.app.now())).await?;
            (StatusCode::OK, None, sentences(words, &context, &view, true))
        }
        Ok(None) => {
            let wrong = words.say("web-check-wrong");
            (StatusCode::UNAUTHORIZED, Some(wrong), Vec::new())
        }
        Err(AppError::TryAgain { until }) => {
            let until = show::moment(words, context.agency.zone, until);
            let wrong = say(words, "web-sign-in-wait", &[("until", until.into())]);
            (StatusCode::TOO_MANY_REQUESTS, Some(wrong), Vec::new())
        }
        Err(error) => return Err(error.into()),
    };
    let page = CheckPage {
        frame: Frame::of(&web, &visitor).await?,
        number: number.trim().chars().take(40).collect(),
        wrong,
        sentences,
    };
    let mut response = (status, Html(page.render()?)).into_response();
    response.extensions_mut().insert(Whole);
    Ok(response)
}

/// Where a complaint stands, in plain sentences without a name. Whoever has nothing but a receipt answers by an officer.
pub fn sentences(words: &Words, context: &Context, view: &ComplaintView, by_receipt: bool) -> Vec<String> {
    let run = &view.bundle.run;
    let zone = context.agency.zone;
    let moment = |at| show::moment(words, zone, at);
    let received = [
        ("number", view.complaint.number.as_str().into()),
        ("at", moment(view.complaint.received_at).into()),
    ];
    let mut told = vec![say(words, "web-check-received", &received)];
    let Some(procedure) = context.procedures.get(&run.procedure) else {
        return told;
    };
    if let Some(end) = &run.end {
        told.push(say(words, "web-check-ended", &[("at", moment(end.at()).into())]));
        return told;
    }
    let open = run.progress.open.first();
    if let Some(step) = open.and_then(|open| procedure.step(&open.step)) {
        let args = [
            ("step", step.number.into()),
            ("steps", procedure.steps.len().into()),
            ("what", step.activity.as_str().into()),
        ];
        told.push(say(words, "web-check-step", &args));
        if by_receipt && step.kind == StepKind::Confirm {
            told.push(words.say("web-check-confirm"));
        }
    }
    if let Some(pause) = &run.progress.pause {
        let reason = timeline::pause_label(procedure, &pause.reason);
        told.push(say(words, "web-check-paused", &[("reason", reason.into())]));
    }
    if let Some(promises) = view.promises.as_ref().filter(|it| it.restore.until.is_none()) {
        let due = moment(promises.restore.due_at);
        told.push(say(words, "web-check-due", &[("at", due.into())]));
    }
    told
}
