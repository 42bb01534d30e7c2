//! The list of runs, the newest first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use rajut_app::store::{Page as Part, RunFilter};
use serde::Deserialize;

use super::{Page, cursor, order, rendered};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};

/// So many runs on a page.
const ON_A_PAGE: u32 = 25;

/// Which part of the list.
#[derive(Deserialize)]
pub struct Wanted {
    /// `all` for those that have ended, too.
    status: Option<String>,
    /// Behind this place.
    after: Option<String>,
}

struct Row {
    href: String,
    label: String,
    title: String,
    standing: String,
    colour: &'static str,
    scope: String,
    opened: String,
}

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

/// `/pelaksanaan`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let zone = web.app.context().await?.agency.zone;
    let all = wanted.status.as_deref() == Some("all");
    let filter = RunFilter { open: (!all).then_some(true), for_complaint: Some(false), procedure: None };
    let part = Part { after: cursor(wanted.after.as_deref())?, limit: ON_A_PAGE };
    let listed = web.app.store().runs(&filter, &part).await?;
    let rows = listed
        .items
        .into_iter()
        .map(|run| {
            let run = run.state;
            let (standing, colour) = order::standing(&run);
            Row {
                href: format!("/pelaksanaan/{}", run.id),
                label: run.label().to_owned(),
                title: run.title.clone(),
                standing: words.say(standing),
                colour,
                scope: run.order.as_ref().map_or_else(String::new, |order| {
                    let sites = order.scope().count().into();
                    let until = show::date(words, order.valid_until()).into();
                    say(words, "web-order-scope", &[("sites", sites), ("until", until)])
                }),
                opened: show::date(words, zone.date(run.opened_at)),
            }
        })
        .collect();
    let next = listed.next.map(|next| {
        let status = if all { "status=all&" } else { "" };
        format!("/pelaksanaan?{status}after={next}")
    });
    rendered(&RunsPage { frame, all, rows, next })
}
