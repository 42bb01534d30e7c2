//! The list of complaints, the newest first; the reporter's own words are not on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use rajut_app::Context;
use rajut_app::store::{ComplaintFilter, Cursor, Page as Part};
use rajut_core::complaint::{Complaint, Priority};
use rajut_core::id::{OfficeId, SiteId};
use rajut_core::register::{Office, Site};
use rajut_core::run::Run;
use rajut_core::stream::{AsState as _, State as Record, StreamKind, StreamRef};
use serde::Deserialize;

use super::{Page, cursor, rendered};
use crate::web::failure::Failure;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many complaints on a page, and a few more where one looks for those of a kecamatan: the store gives no list of
/// them, so pages of the whole list are passed over until there are enough.
const ON_A_PAGE: u32 = 25;
/// So many pages are passed over at most before one has to ask for the next.
const ROUNDS: usize = 40;

/// Which part of the list.
#[derive(Deserialize, Default)]
pub struct Wanted {
    /// `all` for those that are settled, too.
    #[serde(default)]
    status: String,
    /// Code of an office.
    #[serde(default)]
    kantor: String,
    /// Code of a site.
    #[serde(default)]
    lokasi: String,
    /// A class.
    #[serde(default)]
    prioritas: String,
    /// A kecamatan.
    #[serde(default)]
    kecamatan: String,
    /// Behind this place.
    after: Option<String>,
}

impl Wanted {
    /// The query that asks for the same, but open or all as `all` says and from a place on.
    fn query(&self, all: bool, after: Option<&Cursor>) -> String {
        let status = if all { "all" } else { "" };
        let after = after.map(ToString::to_string).unwrap_or_default();
        let parts = [
            ("status", status),
            ("kantor", self.kantor.as_str()),
            ("lokasi", &self.lokasi),
            ("prioritas", &self.prioritas),
            ("kecamatan", &self.kecamatan),
            ("after", &after),
        ];
        let set = parts.iter().filter(|(_, value)| !value.trim().is_empty());
        let query: Vec<String> = set
            .map(|(name, value)| format!("{name}={}", show::escaped(value.trim())))
            .collect();
        if query.is_empty() {
            "/pengaduan".to_owned()
        } else {
            format!("/pengaduan?{}", query.join("&"))
        }
    }
}

/// A complaint on the list.
pub struct Row {
    /// Its number.
    pub number: String,
    /// When it came.
    pub received: String,
    /// Where.
    pub site: String,
    /// What is wrong.
    pub symptom: String,
    /// Its class.
    pub priority: String,
    /// Where it stands.
    pub standing: String,
    /// Whether its run goes on.
    pub open: bool,
}

/// Something to choose: value, label, whether it is chosen.
pub type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "complaints.html")]
struct ComplaintsPage {
    frame: Frame,
    all: bool,
    open_href: String,
    all_href: String,
    filtered: bool,
    lokasi: String,
    offices: Vec<Choice>,
    districts: Vec<Choice>,
    classes: Vec<Choice>,
    may_register: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

/// `/pengaduan`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let all = wanted.status == "all";
    let offices = offices(&web).await?;
    let sites = web.app.sites().await?;
    let (complaints, next) = listed(&web, &wanted, all, &offices, &sites).await?;
    let rows = rows(&web, &context, words, &complaints, &sites).await?;
    let districts: BTreeSet<&str> = sites.values().map(|site| site.district.as_str()).collect();
    let duty = web.duty(&context);
    let may_register = visitor
        .person
        .is_some_and(|person| duty.may(person, rajut_core::act::Act::RegisterComplaint));
    rendered(&ComplaintsPage {
        all,
        open_href: wanted.query(false, None),
        all_href: wanted.query(true, None),
        filtered: [
            &wanted.kantor,
            &wanted.lokasi,
            &wanted.prioritas,
            &wanted.kecamatan,
        ]
        .iter()
        .any(|value| !value.trim().is_empty()),
        lokasi: wanted.lokasi.clone(),
        offices: offices
            .values()
            .map(|office| {
                let chosen = office.code == wanted.kantor;
                (office.code.clone(), office.name.clone(), chosen)
            })
            .collect(),
        districts: districts
            .into_iter()
            .map(|name| (name.to_owned(), name.to_owned(), name == wanted.kecamatan))
            .collect(),
        classes: Priority::ALL
            .iter()
            .map(|class| {
                let code = class.code();
                (code.to_owned(), code.to_uppercase(), code == wanted.prioritas)
            })
            .collect(),
        may_register,
        rows,
        next: next.map(|next| wanted.query(all, Some(&next))),
        frame,
    })
}

/// The offices, by name.
pub async fn offices(web: &Web) -> Result<BTreeMap<String, Office>, Failure> {
    let all = web.app.store().all(StreamKind::Office).await?;
    Ok(all
        .into_iter()
        .filter_map(|(_, known)| match known.state {
            Record::Office(office) => Some((office.name.clone(), *office)),
            _ => None,
        })
        .collect())
}

async fn listed(
    web: &Web,
    wanted: &Wanted,
    all: bool,
    offices: &BTreeMap<String, Office>,
    sites: &BTreeMap<SiteId, Site>,
) -> Result<(Vec<Complaint>, Option<Cursor>), Failure> {
    let nothing = Ok((Vec::new(), None));
    let office: Option<OfficeId> = match wanted.kantor.trim() {
        "" => None,
        code => match offices.values().find(|office| office.code == code) {
            Some(office) => Some(office.id),
            None => return nothing,
        },
    };
    let site = match wanted.lokasi.trim() {
        "" => None,
        code => match sites.values().find(|site| site.code.eq_ignore_ascii_case(code)) {
            Some(site) => Some(site.id),
            None => return nothing,
        },
    };
    let priority = match wanted.prioritas.trim() {
        "" => None,
        code => Some(
            code.parse::<Priority>()
                .map_err(|_| Failure::of(StatusCode::BAD_REQUEST))?,
        ),
    };
    let filter = ComplaintFilter {
        open: (!all).then_some(true),
        site,
        office,
        priority,
    };
    let district = wanted.kecamatan.trim();
    let mut after = cursor(wanted.after.as_deref())?;
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let part = Part {
            after: after.clone(),
            limit: ON_A_PAGE,
        };
        let listed = web.app.store().complaints(&filter, &part).await?;
        after = listed.next;
        for it in listed.items {
            let there = sites
                .get(&it.state.site)
                .is_some_and(|site| site.district == district);
            if district.is_empty() || there {
                found.push(it.state);
            }
        }
        if found.len() >= ON_A_PAGE as usize || after.is_none() {
            break;
        }
    }
    Ok((found, after))
}

/// Complaints as rows of a list.
pub async fn rows(
    web: &Web,
    context: &Context,
    words: &Words,
    complaints: &[Complaint],
    sites: &BTreeMap<SiteId, Site>,
) -> Result<Vec<Row>, Failure> {
    let run_of = |complaint: &Complaint| StreamRef {
        kind: StreamKind::Run,
        id: complaint.run.0,
    };
    let streams: Vec<StreamRef> = complaints.iter().map(run_of).collect();
    let known: BTreeMap<StreamRef, Record> = web
        .app
        .store()
        .load_many(&streams)
        .await?
        .into_iter()
        .map(|(stream, versioned)| (stream, versioned.state))
        .collect();
    Ok(complaints
        .iter()
        .map(|complaint| {
            let run = known.get(&run_of(complaint)).and_then(|state| Run::of(state));
            let step = run.filter(|run| run.end.is_none()).and_then(|run| {
                let open = run.progress.open.first()?;
                context.procedures.get(&run.procedure)?.step(&open.step)
            });
            Row {
                number: complaint.number.clone(),
                received: show::moment(words, context.agency.zone, complaint.received_at),
                site: sites
                    .get(&complaint.site)
                    .map_or_else(|| "-".to_owned(), |site| site.name.clone()),
                symptom: show::coded(words, "symptom", complaint.symptom.code()),
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
        .collect())
}
