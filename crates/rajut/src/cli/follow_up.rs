//! `rajut follow-up`: list, assign, done, drop; `rajut parts needed`.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::AppError;
use rajut_app::store::{FollowUpFilter, Page};
use rajut_core::flow::Command;
use rajut_core::run::{FollowUp, FollowUpStanding};

use super::names::Names;
use super::output::Output;
use super::{Error, Exit, Session, visit_facts};

/// The verbs. A follow-up is named by the code of its site where that has one, else by the end of its id.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Follow-ups, the most urgent first.
    List {
        /// Those that are settled, too.
        #[arg(long)]
        all: bool,
        /// Only of this site.
        #[arg(long)]
        site: Option<String>,
        /// Only of this person.
        #[arg(long)]
        owner: Option<String>,
    },
    /// Give it to somebody.
    Assign {
        /// The follow-up.
        follow_up: String,
        /// Who answers for it.
        #[arg(long)]
        owner: String,
        /// Until when; without it the date stays.
        #[arg(long, value_name = "YYYY-MM-DD")]
        due: Option<Date>,
    },
    /// It is done.
    Done {
        /// The follow-up.
        follow_up: String,
        /// How.
        #[arg(long)]
        note: String,
    },
    /// It will not be done.
    Drop {
        /// The follow-up.
        follow_up: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// The verbs of parts.
#[derive(Debug, Subcommand)]
pub enum PartsVerb {
    /// What open follow-ups need, summed.
    Needed,
}

/// All follow-ups that fit, page by page.
async fn all(session: &Session, filter: &FollowUpFilter) -> Result<Vec<FollowUp>, AppError> {
    let mut found = Vec::new();
    let mut page = Page::first(500);
    loop {
        let listed = session.app.store().follow_ups(filter, &page).await?;
        found.extend(listed.items.into_iter().map(|it| it.state));
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

async fn find(session: &Session, text: &str) -> Result<FollowUp, AppError> {
    if let Ok(id) = text.parse::<uuid::Uuid>() {
        return session.app.find(id).await;
    }
    let open = all(
        session,
        &FollowUpFilter {
            open: Some(true),
            ..FollowUpFilter::default()
        },
    )
    .await?;
    let names = Names::read(&session.app).await?;
    let fits = |it: &&FollowUp| names.site(it.site) == text || it.id.to_string().ends_with(text);
    let mut fitting = open.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.clone()),
        (None, _) => Err(AppError::not_found("open-follow-up", text)),
        (Some(_), Some(_)) => Err(AppError::invalid(
            "follow-up",
            Unfit::from(UnfitCode::SeveralFit).with("value", text),
        )),
    }
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let changed = match verb {
        Verb::List {
            all: settled,
            site,
            owner,
        } => {
            let filter = FollowUpFilter {
                open: (!settled).then_some(true),
                site: match site {
                    Some(code) => Some(session.site(&code).await?.id),
                    None => None,
                },
                owner: match owner {
                    Some(name) => Some(session.person(&name).await?),
                    None => None,
                },
            };
            let found = all(session, &filter).await?;
            return print(session, &found, out).await;
        }
        Verb::Assign {
            follow_up,
            owner,
            due,
        } => {
            let known = find(session, &follow_up).await?;
            let owner = session.person(&owner).await?;
            let due_on = due.unwrap_or(known.due_on);
            session
                .act(&Command::AssignFollowUp {
                    follow_up: known.id,
                    owner,
                    due_on,
                })
                .await?;
            known
        }
        Verb::Done { follow_up, note } => {
            let known = find(session, &follow_up).await?;
            session
                .act(&Command::ResolveFollowUp {
                    follow_up: known.id,
                    done: true,
                    note,
                })
                .await?;
            known
        }
        Verb::Drop { follow_up, reason } => {
            let known = find(session, &follow_up).await?;
            session
                .act(&Command::ResolveFollowUp {
                    follow_up: known.id,
                    done: false,
                    note: reason,
                })
                .await?;
            known
        }
    };
    let changed: FollowUp = session.app.find(changed.id.0).await?;
    print(session, &[changed], out).await
}

async fn print(session: &Session, found: &[FollowUp], out: &Output) -> Result<Exit, Error> {
    let names = Names::read(&session.app).await?;
    let mut rows = Vec::new();
    for it in found {
        let standing = match it.standing {
            FollowUpStanding::Open => "open",
            FollowUpStanding::Done { .. } => "ended",
            FollowUpStanding::Dropped { .. } => "cancelled",
        };
        rows.push(vec![
            it.id.to_string(),
            names.site(it.site),
            visit_facts::subject(session, it.subject).await,
            it.what.clone(),
            it.owner.map(|owner| names.person(owner)).unwrap_or_default(),
            it.due_on.to_string(),
            it.part
                .as_ref()
                .map(|part| format!("{} x{}", part.name, part.quantity))
                .unwrap_or_default(),
            out.label(standing),
        ]);
    }
    out.list(
        &found,
        None,
        &[
            "id", "site", "about", "what", "owner", "due-on", "part", "standing",
        ],
        rows,
    );
    Ok(Exit::Done)
}

/// Parts that open follow-ups wait for.
pub(super) async fn parts(session: &Session, out: &Output) -> Result<Exit, Error> {
    let open = all(
        session,
        &FollowUpFilter {
            open: Some(true),
            ..FollowUpFilter::default()
        },
    )
    .await?;
    let mut needed: BTreeMap<String, (u32, Date, usize)> = BTreeMap::new();
    for it in &open {
        let Some(part) = &it.part else { continue };
        let sum = needed.entry(part.name.clone()).or_insert((0, it.due_on, 0));
        sum.0 = sum.0.saturating_add(part.quantity);
        sum.1 = sum.1.min(it.due_on);
        sum.2 += 1;
    }
    let told: Vec<_> = needed
        .iter()
        .map(|(part, (quantity, due, many))| {
            serde_json::json!({"part": part, "quantity": quantity, "first_due_on": due, "follow_ups": many})
        })
        .collect();
    let rows = needed
        .into_iter()
        .map(|(part, (quantity, due, many))| {
            vec![part, quantity.to_string(), due.to_string(), many.to_string()]
        })
        .collect();
    out.list(
        &told,
        None,
        &["part", "quantity", "first-due-on", "follow-ups"],
        rows,
    );
    Ok(Exit::Done)
}
