//! A complaint of a served office, told and answered by the office itself.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use rajut_app::Context;
use rajut_core::complaint::{Channel, Complaint};
use rajut_core::procedure::Binding;
use rajut_core::run::Run;
use serde::Deserialize;

use super::{Own, hidden};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::Frame;
use crate::web::pages::complaint::acts::do_step;
use crate::web::pages::complaint::new::{ComplaintForm, Told, receipt};
use crate::web::pages::complaint::step::{self, StepFields, StepForm};
use crate::web::pages::complaint::{ClockLine, News, clocks, facts, standing, timeline};
use crate::web::pages::order::Fact;
use crate::web::pages::{Page, check, rendered};
use crate::web::visitor::Visitor;

/// Where its complaints stand.
const PAGES: &str = "/kantor/pengaduan";

/// The complaint with this number, if it is theirs.
async fn own_complaint(
    web: &Web,
    context: &Context,
    visitor: &Visitor,
    number: &str,
) -> Result<Complaint, Failure> {
    let known = web.app.store().complaint_by_number(number).await?;
    let own = Own::of(web, context, visitor).await?;
    known
        .map(|known| known.state)
        .filter(|complaint| own.has(complaint))
        .ok_or_else(hidden)
}

/// Whether the open step of a complaint is for the office, or for whoever reported, to do.
pub async fn waits_for_office(web: &Web, context: &Context, complaint: &Complaint) -> Result<bool, Failure> {
    let run: Run = web.app.find(complaint.run.0).await?;
    let open = run.progress.open.first().filter(|_| run.end.is_none());
    let Some((procedure, open)) = context.procedures.get(&run.procedure).zip(open) else {
        return Ok(false);
    };
    let lanes = run.progress.missing(procedure, &open.step);
    Ok(lanes
        .iter()
        .filter_map(|lane| procedure.lane(lane))
        .any(|lane| matches!(lane.binding, Binding::Office | Binding::Reporter)))
}

#[derive(Template)]
#[template(path = "office_complaint.html")]
struct ComplaintPage {
    frame: Frame,
    number: String,
    site: String,
    standing: String,
    colour: &'static str,
    news: bool,
    sentences: Vec<String>,
    text: String,
    facts: Vec<Fact>,
    clocks: Vec<ClockLine>,
    step: Option<StepForm>,
    history: Vec<timeline::Line>,
}

/// `/kantor/pengaduan/{number}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Query(news): Query<News>,
) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let complaint = own_complaint(&web, &context, &visitor, &number).await?;
    let view = Box::pin(web.app.complaint_view(complaint, web.app.now())).await?;
    let action = format!("{PAGES}/{}/langkah", view.complaint.number);
    let step = step::form(&web, &context, words, &view, visitor.person, action).await?;
    let (standing, colour) = standing(words, &context, &view);
    rendered(&ComplaintPage {
        number: view.complaint.number.clone(),
        site: view.site.name.clone(),
        standing,
        colour,
        news: news.kabar.is_some(),
        sentences: check::sentences(words, &context, &view, false),
        text: view.complaint.text.clone(),
        facts: facts(words, &context, &view, true),
        clocks: clocks(words, &context, &view),
        step,
        history: timeline::lines(&context, words, &view, true),
        frame,
    })
}

/// Does the open step, or the office's part of it.
pub async fn step(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(number): Path<String>,
    form: Asked<StepFields>,
) -> Result<Redirect, Failure> {
    let context = web.app.context().await?;
    let complaint = own_complaint(&web, &context, &visitor, &number).await?;
    do_step(&web, &complaint.number, &form).await?;
    Ok(Redirect::to(&format!(
        "{PAGES}/{}?kabar=langkah",
        complaint.number
    )))
}

/// At which site.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    lokasi: String,
}

#[derive(Template)]
#[template(path = "office_new.html")]
struct NewPage {
    frame: Frame,
    sites: Vec<(String, String)>,
    form: Option<ComplaintForm>,
}

/// `/kantor/pengaduan/baru`.
pub async fn new(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let context = web.app.context().await?;
    let own = Own::of(&web, &context, &visitor).await?;
    let site = match wanted.lokasi.as_str() {
        "" if own.sites.len() == 1 => own.sites.first(),
        "" => None,
        code => Some(own.site(code)?),
    };
    let form = site.map(|site| {
        let offices = own.offices_at(site);
        let action = "/kantor/pengaduan/baru";
        ComplaintForm::at(&web, frame.words(), action, site, &offices, &[Channel::Web])
    });
    let sites = own
        .sites
        .iter()
        .map(|site| {
            let code = crate::web::show::escaped(&site.code);
            (format!("/kantor/pengaduan/baru?lokasi={code}"), site.name.clone())
        })
        .collect();
    rendered(&NewPage { frame, sites, form })
}

/// Registers a complaint of theirs.
pub async fn register(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Asked<Told>,
) -> Result<Html<String>, Failure> {
    let context = web.app.context().await?;
    let own = Own::of(&web, &context, &visitor).await?;
    let site = own.site_of(form.fields.site)?;
    let mut told = form.fields.complaint(Some(Channel::Web))?;
    let offices = own.offices_at(site);
    told.office = match told.office {
        Some(office) => Some(office).filter(|office| offices.iter().any(|own| own.id == *office)),
        None => offices.first().map(|office| office.id),
    };
    if told.office.is_none() {
        return Err(hidden());
    }
    let registered = web
        .app
        .register_complaint_under(form.who(), form.key, told, &form.fields.code)
        .await?;
    // A key that somebody else used before tells of what they did.
    own_complaint(&web, &context, &visitor, &registered.number).await?;
    receipt(
        &web,
        &visitor,
        registered,
        form.fields.site,
        (PAGES, "/kantor/pengaduan/baru"),
    )
    .await
}
