//! What an official did by hand - signed on paper, said in a message - keyed in by a clerk with a scan of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::DateTime;
use rajut_app::{AppError, Key, Who};
use rajut_core::act::UnfitCode;
use rajut_core::flow::Command;
use rajut_core::id::{ActId, PersonId, RunId};
use rajut_core::journal::Hash;
use rajut_core::people::{Assignment, Role};
use rajut_core::run::{Run, Urgency};

use super::order::{DisposeForm, dispose_form};
use super::{Page, rendered, run_id};
use crate::web::Web;
use crate::web::acts::date_if_any;
use crate::web::duty::{Duty, Task};
use crate::web::failure::Failure;
use crate::web::frame::{Frame, form_key};
use crate::web::upload::Uploaded;
use crate::web::visitor::Visitor;

/// Who keys in for others.
pub const CLERKS: &[Role] = &[Role::Clerk, Role::Admin];

/// The largest form with a scan.
pub const SCAN: usize = (25 << 20) + (64 << 10);

/// Somebody who could have done it.
type Official = (PersonId, String);

#[derive(Template)]
#[template(path = "by_hand.html")]
struct ByHandPage {
    frame: Frame,
    id: RunId,
    label: String,
    now: String,
    /// Who can issue the order or send it back now.
    issuers: Vec<Official>,
    /// Who can pass it down now.
    disposers: Vec<Official>,
    dispose: DisposeForm,
    keys: [ActId; 2],
}

/// Who has a task in a run today, by name.
fn officials(
    duty: &Duty<'_>,
    context: &rajut_app::Context,
    bundle: &rajut_app::RunBundle,
    task: Task,
) -> Vec<Official> {
    let holders: BTreeSet<PersonId> = context
        .people
        .all::<Assignment>()
        .map(|held| held.person)
        .collect();
    let mut found: Vec<Official> = holders
        .into_iter()
        .filter(|person| duty.is_staff(*person) && duty.tasks(*person, bundle).contains(&task))
        .filter_map(|person| Some((person, context.person(person).ok()?.full_name())))
        .collect();
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

/// `/pelaksanaan/{id}/atas-nama`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let run = run_id(&id)?;
    let frame = Frame::of(&web, &visitor).await?;
    let context = web.app.context().await?;
    let bundle = web.app.bundle(run).await?;
    let duty = web.duty(&context);
    let now = context.agency.zone.civil(web.app.now());
    rendered(&ByHandPage {
        id: run,
        label: bundle.run.label().to_owned(),
        now: now.strftime("%Y-%m-%dT%H:%M").to_string(),
        issuers: officials(&duty, &context, &bundle, Task::Issue),
        disposers: officials(&duty, &context, &bundle, Task::Dispose),
        dispose: dispose_form(&web, frame.words(), &duty, &bundle.run),
        keys: [form_key(&web), form_key(&web)],
        frame,
    })
}

/// PDF, JPEG or PNG, by how they begin: what the browser calls it does not count.
fn kind_of(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    if bytes.starts_with(b"%PDF-") {
        Some(("application/pdf", "pdf"))
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(("image/jpeg", "jpg"))
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(("image/png", "png"))
    } else {
        None
    }
}

/// What somebody did by hand, as the form says it: the scan is kept, under the official's name and the clerk's.
async fn entered(web: &Web, form: &Uploaded) -> Result<(Who, Key), Failure> {
    let file = form.file()?;
    if kind_of(&file.bytes).is_none() {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Failure::because(status, "no_scan", "web-error-no-scan"));
    }
    let official: PersonId = form.fields.parsed("official")?;
    let at: DateTime = form
        .fields
        .one("at")
        .parse()
        .map_err(|_| Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-error-date"))?;
    let context = web.app.context().await?;
    context.person(official)?;
    // The rules refuse whoever is no clerk; nothing of theirs is kept for that.
    let scan = if web.duty(&context).has_role(form.person, CLERKS) {
        web.app.attach(file.bytes.to_vec()).await?
    } else {
        Hash::of(&file.bytes)
    };
    let key = Key {
        key: form.key.key,
        occurred_at: Some(context.agency.zone.instant(at)),
    };
    Ok((Who::clerk(official, form.person, Some(scan)), key))
}

/// The order that the head signed on paper.
pub async fn issue(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Uploaded,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let (who, key) = entered(&web, &form).await?;
    web.app.issue_order(who, key, run).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=terbit")))
}

/// The disposition that was written on the sheet.
pub async fn dispose(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Uploaded,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    let urgency = [
        Urgency::Ordinary,
        Urgency::Urgent,
        Urgency::Immediate,
        Urgency::Secret,
    ]
    .into_iter()
    .find(|urgency| crate::cli::code(urgency) == fields.one("urgency"))
    .ok_or_else(|| AppError::invalid("urgency", UnfitCode::Empty))?;
    let command = Command::Dispose {
        run,
        to: fields.parsed("to")?,
        instruction: fields.one("instruction").to_owned(),
        urgency,
        deadline: date_if_any(fields.one("deadline"))?,
    };
    let (who, key) = entered(&web, &form).await?;
    web.app.act(who, key, &command).await?;
    Ok(Redirect::to(&format!("/pelaksanaan/{run}?kabar=disposisi")))
}

/// `/pelaksanaan/{id}/pindaian/{hash}`: a scan that shows what was keyed in for somebody.
pub async fn scan(
    State(web): State<Arc<Web>>,
    Path((id, hash)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let gone = || Failure::of(StatusCode::NOT_FOUND);
    let run: Run = web.app.find(run_id(&id)?.0).await?;
    let hash: Hash = hash.parse().map_err(|_| gone())?;
    if !run.scans.iter().any(|scan| scan.bytes == hash) {
        return Err(gone());
    }
    let kept = web.app.store().attachment(hash).await?.ok_or_else(gone)?;
    let bytes = kept.read().await?;
    let (kind, ending) = kind_of(&bytes).unwrap_or(("application/octet-stream", "bin"));
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        // It is saved, not shown: somebody else made it.
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"pindaian.{ending}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}
