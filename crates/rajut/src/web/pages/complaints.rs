//! The list of complaints, the newest first; the reporter's own words are not on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use rajut_app::store::{ComplaintFilter, Page as Part};
use rajut_core::complaint::Symptom;
use rajut_core::id::SiteId;
use rajut_core::run::Run;
use rajut_core::stream::{AsState as _, State as Record, StreamKind, StreamRef};
use serde::Deserialize;

use super::{Page, cursor, rendered};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};

/// So many complaints on a page.
const ON_A_PAGE: u32 = 25;

/// Which part of the list.
#[derive(Deserialize)]
pub struct Wanted {
    /// `all` for those that are settled, too.
    status: Option<String>,
    /// Behind this place.
    after: Option<String>,
}

struct Row {
    number: String,
    received: String,
    site: String,
    symptom: String,
    priority: String,
    standing: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "complaints.html")]
struct ComplaintsPage {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Key of the word for a symptom.
pub fn symptom(symptom: Symptom) -> &'static str {
    match symptom {
        Symptom::Down => "web-symptom-down",
        Symptom::Slow => "web-symptom-slow",
        Symptom::Flapping => "web-symptom-flapping",
        Symptom::Wireless => "web-symptom-wireless",
        Symptom::Application => "web-symptom-application",
        Symptom::Damage => "web-symptom-damage",
        Symptom::Request => "web-symptom-request",
        Symptom::Other => "web-symptom-other",
    }
}

/// `/pengaduan`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let zone = context.agency.zone;
    let all = wanted.status.as_deref() == Some("all");
    let filter = ComplaintFilter {
        open: (!all).then_some(true),
        ..ComplaintFilter::default()
    };
    let part = Part {
        after: cursor(wanted.after.as_deref())?,
        limit: ON_A_PAGE,
    };
    let listed = web.app.store().complaints(&filter, &part).await?;
    let streams: Vec<StreamRef> = listed
        .items
        .iter()
        .flat_map(|item| {
            let complaint = &item.state;
            [
                StreamRef {
                    kind: StreamKind::Run,
                    id: complaint.run.0,
                },
                StreamRef {
                    kind: StreamKind::Site,
                    id: complaint.site.0,
                },
            ]
        })
        .collect();
    let known: BTreeMap<StreamRef, Record> = web
        .app
        .store()
        .load_many(&streams)
        .await?
        .into_iter()
        .map(|(stream, versioned)| (stream, versioned.state))
        .collect();
    let site = |id: SiteId| match known.get(&StreamRef {
        kind: StreamKind::Site,
        id: id.0,
    }) {
        Some(Record::Site(site)) => site.name.clone(),
        _ => "-".to_owned(),
    };
    let rows = listed
        .items
        .iter()
        .map(|item| {
            let complaint = &item.state;
            let run = known
                .get(&StreamRef {
                    kind: StreamKind::Run,
                    id: complaint.run.0,
                })
                .and_then(|state| Run::of(state));
            let step = run.filter(|run| run.end.is_none()).and_then(|run| {
                let open = run.progress.open.first()?;
                context.procedures.get(&run.procedure)?.step(&open.step)
            });
            Row {
                number: complaint.number.clone(),
                received: show::moment(words, zone, complaint.received_at),
                site: site(complaint.site),
                symptom: words.say(symptom(complaint.symptom)),
                priority: complaint
                    .priority
                    .map(|priority| priority.code().to_uppercase())
                    .unwrap_or_default(),
                standing: match step {
                    Some(step) => {
                        let number = i64::from(step.number);
                        say(words, "web-complaint-at-step", &[("step", number.into())])
                    }
                    None => words.say("web-complaint-ended"),
                },
                open: step.is_some(),
            }
        })
        .collect();
    let next = listed.next.map(|next| {
        let status = if all { "status=all&" } else { "" };
        format!("/pengaduan?{status}after={next}")
    });
    rendered(&ComplaintsPage {
        frame,
        all,
        rows,
        next,
    })
}
