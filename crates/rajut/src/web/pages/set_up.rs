//! The first page of a new system, behind a link that only the terminal shows: whose it is, and who administrates it.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use rajut_app::{AppError, Beginning, Defaults, Identity, Key};
use rajut_core::account::Login;
use rajut_core::act::UnfitCode;
use rajut_core::calendar::Zone;
use rajut_core::procedure::{Lint, LintCode, ProcedureCode};

use super::rendered;
use crate::faults;
use crate::web::Web;
use crate::web::beginning::Opens;
use crate::web::failure::Failure;
use crate::web::failure_page;
use crate::web::form::{Many, Sent};
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, Whole};
use crate::words::Words;

/// A fault of a shipped paper that needs a reason.
struct FaultLine {
    code: String,
    procedures: String,
    sentence: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUpPage {
    frame: Frame,
    government: String,
    agency: String,
    address: String,
    place: String,
    zones: Vec<(String, bool)>,
    admin: String,
    login: String,
    faults: Vec<FaultLine>,
    wrong: Option<String>,
}

/// The faults, each code once with the procedures that have it.
fn to_accept(web: &Web, words: &Words, sent: &Many) -> Result<Vec<FaultLine>, Failure> {
    let today = Zone::Wib.date(web.app.now());
    let mut by_code: BTreeMap<LintCode, Vec<(ProcedureCode, Lint)>> = BTreeMap::new();
    for (procedure, lint) in Defaults::shipped("").to_accept(today)? {
        by_code.entry(lint.code).or_default().push((procedure, lint));
    }
    Ok(by_code
        .into_iter()
        .map(|(code, found)| FaultLine {
            code: code.to_string(),
            procedures: found
                .iter()
                .map(|(procedure, _)| procedure.to_string())
                .collect::<Vec<_>>()
                .join(", "),
            sentence: found
                .first()
                .map(|(_, lint)| faults::of_procedure(words, lint).0)
                .unwrap_or_default(),
            reason: sent.one(&format!("accept-{code}")).to_owned(),
        })
        .collect())
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    sent: &Many,
    wrong: Option<String>,
) -> Result<SetUpPage, Failure> {
    let frame = Frame::of(web, visitor).await?;
    let chosen = sent.one("zone");
    let zones = Zone::ALL.map(|zone| {
        let name = zone.abbreviation();
        (name.to_owned(), name == chosen)
    });
    let or = |name: &str, otherwise: &str| match sent.one(name) {
        "" => otherwise.to_owned(),
        typed => typed.to_owned(),
    };
    Ok(SetUpPage {
        government: sent.one("government").to_owned(),
        agency: sent.one("agency").to_owned(),
        address: sent.one("address").to_owned(),
        place: sent.one("place").to_owned(),
        zones: zones.into(),
        admin: sent.one("admin").to_owned(),
        login: or("login", "admin"),
        faults: to_accept(web, frame.words(), sent)?,
        wrong,
        frame,
    })
}

/// Where a link leads that opens no set-up.
fn elsewhere(opens: Opens) -> Option<Response> {
    match opens {
        Opens::SetUp => None,
        Opens::Invitation(token) => Some(Redirect::to(&format!("/undangan/{token}")).into_response()),
        Opens::Nothing => Some(Failure::of(StatusCode::NOT_FOUND).into_response()),
    }
}

/// `/pemasangan/{token}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    if let Some(answer) = elsewhere(web.beginning.opens(&token)) {
        return Ok(answer);
    }
    let page = page(&web, &visitor, &Many::default(), None).await?;
    Ok(rendered(&page)?.into_response())
}

/// What the form says, or what is wrong with it.
fn asked(sent: &Many) -> Result<Beginning, AppError> {
    let zone = Zone::from_abbreviation(sent.one("zone"))
        .ok_or_else(|| AppError::invalid("zone", UnfitCode::Empty))?;
    let login: Login = sent
        .one("login")
        .parse()
        .map_err(|error| AppError::invalid("login", error))?;
    Ok(Beginning {
        identity: Identity {
            zone,
            place: sent.one("place").to_owned(),
            government: sent.one("government").to_owned(),
            agency: sent.one("agency").to_owned(),
            address: sent.one("address").lines().map(str::to_owned).collect(),
        },
        admin: sent.one("admin").to_owned(),
        login,
        accepted: sent.reasons(),
    })
}

/// Sets the database up, and leads to the administrator's password.
pub async fn set_up(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent<Many>,
) -> Result<Response, Failure> {
    let _turn = web.beginning.turn.lock().await;
    if let Some(answer) = elsewhere(web.beginning.opens(&token)) {
        return Ok(answer);
    }
    let done = match asked(&form.fields) {
        Ok(asked) => web.app.set_up_agency(Key::default(), &asked).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(invitation) => {
            web.beginning.done(&token, invitation.token.clone());
            Ok(Redirect::to(&format!("/undangan/{}", invitation.token)).into_response())
        }
        Err(error) => {
            let failure = Failure::from(error);
            if failure.status.is_server_error() {
                return Err(failure);
            }
            // What was typed stays.
            let sentence = failure_page::sentence(visitor.words(), &failure);
            let page = page(&web, &visitor, &form.fields, Some(sentence)).await?;
            let mut response = (StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response();
            response.extensions_mut().insert(Whole);
            Ok(response)
        }
    }
}
