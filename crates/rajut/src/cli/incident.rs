//! `rajut incident`: open, attach, detach, ticket, resolve, list, show.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeSet;

use clap::Subcommand;
use rajut_app::store::{IncidentFilter, Page};
use rajut_app::{AppError, IncidentView, JoinedComplaint, NewIncident};
use rajut_core::complaint::{Complaint, Incident};
use rajut_core::flow::Command;
use rajut_core::id::{ComplaintId, IncidentId};
use rajut_core::stream::{State, StreamKind};

use super::names::Names;
use super::output::{Format, Output};
use super::session::codes;
use super::{Error, Exit, Session};

/// The verbs. An incident is named by its id or the end of it, the newest open one by `latest`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Open an incident: one cause of outages.
    Open {
        /// Code of the cause; `rajut incident causes` lists them.
        #[arg(long)]
        cause: String,
        /// What it is, in words.
        #[arg(long)]
        what: String,
        /// Codes of sites that it hits, separated by commas.
        #[arg(long, default_value = "")]
        sites: String,
        /// A site that it hits with all that lie behind it; their open complaints join.
        #[arg(long, value_name = "SITE")]
        behind: Option<String>,
        /// Codes of links that it is about, separated by commas.
        #[arg(long, default_value = "")]
        links: String,
        /// Codes of devices that it is about, separated by commas.
        #[arg(long, default_value = "")]
        devices: String,
        /// When it began, if not now.
        #[arg(long, value_name = "TIME")]
        began: Option<String>,
        /// Complaints that join it at once.
        #[arg(long, value_name = "NUMBER")]
        complaint: Vec<String>,
    },
    /// Join complaints to it.
    Attach {
        /// The incident.
        incident: String,
        /// Numbers of complaints.
        numbers: Vec<String>,
        /// All open complaints of this site and of those behind it.
        #[arg(long, value_name = "SITE")]
        behind: Option<String>,
    },
    /// Take complaints off it again.
    Detach {
        /// The incident.
        incident: String,
        /// Numbers of complaints.
        #[arg(required = true)]
        numbers: Vec<String>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Note the ticket that a provider gave.
    Ticket {
        /// The incident.
        incident: String,
        /// The provider.
        #[arg(long)]
        provider: String,
        /// The number of its ticket.
        #[arg(long)]
        number: String,
    },
    /// Say that it is over; complaints are closed by their own steps, and those that are open are told.
    Resolve {
        /// The incident.
        incident: String,
        /// What was done.
        #[arg(long)]
        what: String,
    },
    /// Incidents, the newest first.
    List {
        /// Those that are over, too.
        #[arg(long)]
        all: bool,
        /// Only of this cause.
        #[arg(long)]
        cause: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// From this place on, as the page before told it.
        #[arg(long, value_name = "PLACE")]
        after: Option<String>,
    },
    /// An incident with its complaints.
    Show {
        /// The incident.
        incident: String,
    },
    /// The causes that the agency tells apart.
    Causes,
}

async fn find(session: &Session, text: &str) -> Result<IncidentId, AppError> {
    if let Ok(id) = text.parse::<IncidentId>() {
        return Ok(id);
    }
    let (app, mut page) = (&session.app, Page::first(500));
    let open = app.open_incidents().await?;
    if let Some(newest) = open.first().filter(|_| text == "latest") {
        return Ok(newest.id);
    }
    let mut fitting = BTreeSet::new();
    loop {
        let listed = app.store().incidents(&IncidentFilter::default(), &page).await?;
        let ids = listed.items.iter().map(|it| it.state.id);
        fitting.extend(ids.filter(|id| id.to_string().ends_with(text)));
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    match fitting.len() {
        1 => fitting
            .pop_first()
            .ok_or_else(|| AppError::not_found("incident", text)),
        0 => Err(AppError::not_found("incident", text)),
        _ => Err(AppError::invalid(
            "incident",
            Unfit::from(UnfitCode::SeveralFit).with("value", text),
        )),
    }
}

async fn complaints(session: &Session, numbers: &[String]) -> Result<Vec<ComplaintId>, AppError> {
    let mut found = Vec::new();
    for number in numbers {
        found.push(super::complaint::find(session, number).await?.id);
    }
    Ok(found)
}

/// Complaints named, and the open ones behind a site.
async fn with_behind(
    session: &Session,
    numbers: &[String],
    behind: Option<&str>,
) -> Result<Vec<ComplaintId>, AppError> {
    let mut wanted = complaints(session, numbers).await?;
    if let Some(code) = behind {
        let site = session.site(code).await?.id;
        let found: Vec<Complaint> = session.app.complaints_behind(site).await?;
        let more: Vec<ComplaintId> = found
            .iter()
            .map(|it| it.id)
            .filter(|id| !wanted.contains(id))
            .collect();
        wanted.extend(more);
    }
    Ok(wanted)
}

/// The state of a register entry by its code.
async fn entry(session: &Session, kind: StreamKind, code: &str) -> Result<State, AppError> {
    let known = session.app.store().by_code(kind, code).await?;
    known
        .map(|(_, known)| known.state)
        .ok_or_else(|| AppError::not_found(kind.code(), code))
}

#[expect(clippy::too_many_lines, reason = "one arm per verb, each a few lines")]
pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    let incident = match verb {
        Verb::Open {
            cause,
            what,
            sites,
            behind,
            links,
            devices,
            began,
            complaint,
        } => {
            let mut new = NewIncident {
                cause,
                what,
                began_at: match began {
                    Some(text) => Some(session.instant("--began", &text).await?),
                    None => None,
                },
                complaints: with_behind(session, &complaint, behind.as_deref()).await?,
                ..NewIncident::default()
            };
            for code in codes(&sites) {
                new.sites.insert(session.site(code).await?.id);
            }
            if let Some(code) = behind {
                new.sites
                    .extend(app.sites_behind(session.site(&code).await?.id).await?);
            }
            for code in codes(&links) {
                if let State::Link(link) = entry(session, StreamKind::Link, code).await? {
                    new.links.insert(link.id);
                }
            }
            for code in codes(&devices) {
                if let State::Device(device) = entry(session, StreamKind::Device, code).await? {
                    new.devices.insert(device.id);
                }
            }
            app.open_incident(session.who()?, session.key(), new).await?
        }
        Verb::Attach {
            incident,
            numbers,
            behind,
        } => {
            let incident = find(session, &incident).await?;
            let complaints = with_behind(session, &numbers, behind.as_deref()).await?;
            session
                .act(&Command::AttachComplaints { incident, complaints })
                .await?;
            incident
        }
        Verb::Detach {
            incident,
            numbers,
            reason,
        } => {
            let incident = find(session, &incident).await?;
            let command = Command::DetachComplaints {
                incident,
                complaints: complaints(session, &numbers).await?,
                reason,
            };
            session.act(&command).await?;
            incident
        }
        Verb::Ticket {
            incident,
            provider,
            number,
        } => {
            let incident = find(session, &incident).await?;
            session
                .act(&Command::NoteTicket {
                    incident,
                    provider,
                    number,
                })
                .await?;
            incident
        }
        Verb::Resolve { incident, what } => {
            let incident = find(session, &incident).await?;
            let (who, key) = (session.who()?, session.key());
            let (_, waiting) = app.resolve_incident(who, key, incident, &what).await?;
            if !waiting.is_empty() {
                let numbers: Vec<&str> = waiting.iter().map(|it| it.number.as_str()).collect();
                out.say_with("incident-unconfirmed", &[("complaints", &numbers.join(", "))]);
            }
            incident
        }
        Verb::List {
            all,
            cause,
            limit,
            after,
        } => {
            let filter = IncidentFilter {
                open: (!all).then_some(true),
                cause,
            };
            let after = after
                .map(|text| text.parse())
                .transpose()
                .map_err(AppError::Store)?;
            return list(session, &filter, &Page { after, limit }, out).await;
        }
        Verb::Show { incident } => find(session, &incident).await?,
        Verb::Causes => {
            let context = app.context().await?;
            let causes = &context.causes.causes;
            let rows = causes
                .iter()
                .map(|it| vec![it.code.clone(), it.label.clone()])
                .collect();
            out.list(causes, None, &["code", "cause"], rows);
            return Ok(Exit::Done);
        }
    };
    let view = app.incident_view(incident).await?;
    show(session, &view, out).await
}

async fn list(session: &Session, filter: &IncidentFilter, page: &Page, out: &Output) -> Result<Exit, Error> {
    let listed = session.app.store().incidents(filter, page).await?;
    let next = listed.next.map(|next| next.to_string());
    let incidents: Vec<Incident> = listed.items.into_iter().map(|it| it.state).collect();
    let (names, context) = (Names::read(&session.app).await?, session.app.context().await?);
    let rows = incidents
        .iter()
        .map(|it| {
            let standing = if it.resolution.is_some() { "ended" } else { "open" };
            vec![
                it.id.to_string(),
                out.label(standing),
                context.causes.label(&it.cause).to_owned(),
                it.what.clone(),
                names.time(it.began_at),
                it.sites.len().to_string(),
                it.complaints.len().to_string(),
            ]
        })
        .collect();
    let headers = ["id", "standing", "cause", "what", "since", "sites", "complaints"];
    out.list(&incidents, next, &headers, rows);
    Ok(Exit::Done)
}

async fn show(session: &Session, view: &IncidentView, out: &Output) -> Result<Exit, Error> {
    if out.format() == Format::Json {
        out.print(view, &[], Vec::new());
        return Ok(Exit::Done);
    }
    let names = Names::read(&session.app).await?;
    let word = |key: &str| out.label(key);
    let mut rows = vec![
        vec![word("id"), view.id.to_string()],
        vec![word("cause"), view.cause_label.clone()],
        vec![word("what"), view.what.clone()],
        vec![word("since"), names.time(view.began_at)],
        vec![word("sites"), view.sites.join(", ")],
        vec![word("links"), view.links.join(", ")],
        vec![word("devices"), view.devices.join(", ")],
    ];
    rows.extend(view.tickets.iter().map(|ticket| {
        let text = format!(
            "{} {} ({})",
            ticket.provider,
            ticket.number,
            names.time(ticket.at)
        );
        vec![word("provider-ticket"), text]
    }));
    let standing = |it: &JoinedComplaint| {
        let steps: Vec<String> = it.open_steps.iter().map(ToString::to_string).collect();
        let standing = if it.open { steps.join(", ") } else { word("closed") };
        format!("{} {}: {standing}", it.number, it.site)
    };
    rows.extend(
        view.complaints
            .iter()
            .map(|it| vec![word("complaint"), standing(it)]),
    );
    if let Some(over) = &view.resolution {
        let text = format!(
            "{} ({}, {})",
            over.what,
            names.time(over.at),
            names.person(over.by)
        );
        rows.push(vec![word("ended"), text]);
    }
    out.print(view, &["what", "value"], rows);
    Ok(Exit::Done)
}
