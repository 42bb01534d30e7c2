//! `rajut office`: list, show, rename, merge, split.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use rajut_app::store::{ComplaintFilter, Page};
use rajut_app::{AppError, OwnedRegisters};
use rajut_core::id::OfficeId;
use rajut_core::people::Post;
use rajut_core::register::{
    Device, Link, Office, Reorganisation, ReorganisationKind, Service, Site, Successor,
};
use rajut_core::stream::{StreamKind, StreamRef};
use serde::Deserialize;

use super::output::Output;
use super::{Error, Exit, Session, session};

/// The verbs. An office is named by its code.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The offices.
    List {
        /// Those that have ended, too.
        #[arg(long)]
        all: bool,
    },
    /// One office: what it was before, what it is after, and what belongs to it.
    Show {
        /// The office.
        office: String,
    },
    /// An office goes on under another name and code; the old one stays in old records.
    Rename {
        /// The office.
        office: String,
        /// Code of the new office.
        #[arg(long)]
        code: String,
        /// Its name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        more: More,
        #[command(flatten)]
        order: Regulation,
    },
    /// Several offices become one, or are taken in by one that stays.
    Merge {
        /// The offices of before.
        #[arg(required = true)]
        offices: Vec<String>,
        /// Code of the office that stays and takes them in; without it a new one is made.
        #[arg(long, value_name = "OFFICE", conflicts_with_all = ["code", "name", "alias", "parent"])]
        into: Option<String>,
        /// Code of the new office.
        #[arg(long, required_unless_present = "into", requires = "name")]
        code: Option<String>,
        /// Its name.
        #[arg(long, requires = "code")]
        name: Option<String>,
        #[command(flatten)]
        more: More,
        #[command(flatten)]
        order: Regulation,
    },
    /// An office becomes several.
    Split {
        /// The office of before.
        office: String,
        /// An office after: CODE=NAME for a new one, CODE for one that exists. Named with its own code the office
        /// goes on.
        #[arg(long, value_name = "CODE[=NAME]", required = true)]
        into: Vec<String>,
        /// To whom something goes: KIND:CODE=OFFICE, where KIND is site, device, link, service, post or office; a
        /// site may go to several, OFFICE+OFFICE. Devices and links go with their site.
        #[arg(long, value_name = "KIND:CODE=OFFICE")]
        give: Vec<String>,
        /// The same from a CSV file: kind,code,office.
        #[arg(long, value_name = "FILE")]
        give_file: Option<PathBuf>,
        /// To whom everything goes that is not named.
        #[arg(long, value_name = "OFFICE")]
        rest: Option<String>,
        #[command(flatten)]
        order: Regulation,
    },
}

/// What else a new office has.
#[derive(Debug, Default, Args)]
pub struct More {
    /// Its name in daily use.
    #[arg(long, default_value = "")]
    alias: String,
    /// Code of the office above it; without it as before.
    #[arg(long, value_name = "OFFICE")]
    parent: Option<String>,
}

/// Since when, and by what.
#[derive(Debug, Args)]
pub struct Regulation {
    /// First day on which it holds.
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Date,
    /// The regulation.
    #[arg(long)]
    decree: String,
}

/// One line of a file of gifts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gift {
    kind: String,
    code: String,
    office: String,
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    match verb {
        Verb::List { all } => list(|office| all || office.ended_on.is_none(), session, out).await,
        Verb::Show { office } => show(&session.entry(&office).await?, session, out).await,
        Verb::Rename {
            office,
            code,
            name,
            more,
            order,
        } => {
            let before: Office = session.entry(&office).await?;
            let into = vec![made(&code, &name, &more, before.parent, session).await?];
            let kind = ReorganisationKind::Rename;
            reorganise(asked(kind, vec![before.id], into, order), session, out).await
        }
        Verb::Merge {
            offices,
            into,
            code,
            name,
            more,
            order,
        } => {
            let mut before: Vec<Office> = Vec::new();
            for code in &offices {
                before.push(session.entry(code).await?);
            }
            let into = if let Some(code) = into {
                Successor::Known {
                    id: session.entry::<Office>(&code).await?.id,
                }
            } else {
                let above = before.first().and_then(|first| first.parent);
                let (code, name) = (code.unwrap_or_default(), name.unwrap_or_default());
                made(&code, &name, &more, above, session).await?
            };
            let from = before.iter().map(|office| office.id).collect();
            let kind = ReorganisationKind::Merge;
            reorganise(asked(kind, from, vec![into], order), session, out).await
        }
        Verb::Split {
            office,
            into,
            give,
            give_file,
            rest,
            order,
        } => {
            let before: Office = session.entry(&office).await?;
            let mut successors = Vec::new();
            let mut ids: BTreeMap<String, OfficeId> = BTreeMap::new();
            for text in &into {
                let (code, successor) = if let Some((code, name)) = text.split_once('=') {
                    let new = made(code, name, &More::default(), before.parent, session).await?;
                    (code, new)
                } else {
                    let known: Office = session.entry(text).await?;
                    (text.as_str(), Successor::Known { id: known.id })
                };
                ids.insert(code.to_owned(), successor.id());
                successors.push(successor);
            }
            let mut asked = asked(ReorganisationKind::Split, vec![before.id], successors, order);
            for gift in gifts(&give, give_file)? {
                let thing = thing(&gift, session).await?;
                let to = gift.office.split('+').map(|code| successor(&ids, code.trim()));
                asked.given.insert(thing, to.collect::<Result<_, _>>()?);
            }
            asked.rest = rest.map(|code| successor(&ids, &code)).transpose()?;
            reorganise(asked, session, out).await
        }
    }
}

fn asked(
    kind: ReorganisationKind,
    from: Vec<OfficeId>,
    into: Vec<Successor>,
    order: Regulation,
) -> Reorganisation {
    Reorganisation {
        kind,
        from,
        into,
        on: order.on,
        decree: order.decree,
        given: BTreeMap::new(),
        rest: None,
    }
}

/// A new office; the one above it is `above` where nothing else is said.
async fn made(
    code: &str,
    name: &str,
    more: &More,
    above: Option<OfficeId>,
    session: &Session,
) -> Result<Successor, AppError> {
    let parent = match &more.parent {
        Some(code) => Some(session.entry::<Office>(code).await?.id),
        None => above,
    };
    Ok(Successor::New {
        id: session.app.ids().fresh(),
        code: code.to_lowercase(),
        name: name.to_owned(),
        alias: more.alias.clone(),
        parent,
    })
}

fn successor(ids: &BTreeMap<String, OfficeId>, code: &str) -> Result<OfficeId, AppError> {
    ids.get(code)
        .copied()
        .ok_or_else(|| AppError::invalid("office", Unfit::from(UnfitCode::NotOfInto).with("value", code)))
}

fn gifts(given: &[String], file: Option<PathBuf>) -> Result<Vec<Gift>, AppError> {
    let mut gifts = Vec::new();
    for text in given {
        let parts = text
            .split_once(':')
            .and_then(|(kind, rest)| Some((kind, rest.split_once('=')?)));
        let (kind, (code, office)) = parts.ok_or_else(|| {
            AppError::invalid(
                "--give",
                Unfit::from(UnfitCode::WriteAs).with("form", "KIND:CODE=OFFICE"),
            )
        })?;
        gifts.push(Gift {
            kind: kind.to_owned(),
            code: code.to_owned(),
            office: office.to_owned(),
        });
    }
    if let Some(path) = file {
        let text = session::read(&path)?;
        for row in csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes())
            .deserialize()
        {
            gifts.push(
                row.map_err(|error| AppError::invalid(&path.display().to_string(), Unfit::detail(error)))?,
            );
        }
    }
    Ok(gifts)
}

async fn thing(gift: &Gift, session: &Session) -> Result<StreamRef, AppError> {
    let code = gift.code.as_str();
    let kind: StreamKind = gift
        .kind
        .parse()
        .map_err(|error: Unfit| AppError::invalid("--give", error))?;
    let id = match kind {
        StreamKind::Site => session.entry::<Site>(code).await?.id.0,
        StreamKind::Device => session.entry::<Device>(code).await?.id.0,
        StreamKind::Link => session.entry::<Link>(code).await?.id.0,
        StreamKind::Service => session.entry::<Service>(code).await?.id.0,
        StreamKind::Office => session.entry::<Office>(code).await?.id.0,
        StreamKind::Post => session.entry::<Post>(code).await?.id.0,
        other => {
            let why = Unfit::from(UnfitCode::NotOneOf)
                .with("value", other.code())
                .with("allowed", "site, device, link, service, post, office");
            return Err(AppError::invalid("--give", why));
        }
    };
    Ok(StreamRef { kind, id })
}

async fn reorganise(asked: Reorganisation, session: &Session, out: &Output) -> Result<Exit, Error> {
    session
        .app
        .reorganise_offices(session.who()?, session.key(), &asked)
        .await?;
    let concerned = |office: &Office| {
        asked.from.contains(&office.id) || asked.into.iter().any(|after| after.id() == office.id)
    };
    list(concerned, session, out).await
}

/// Codes of offices by id.
fn code_of(held: &OwnedRegisters, id: OfficeId) -> String {
    held.offices
        .iter()
        .find(|office| office.id == id)
        .map_or_else(|| id.to_string(), |office| office.code.clone())
}

async fn list(wanted: impl Fn(&Office) -> bool, session: &Session, out: &Output) -> Result<Exit, Error> {
    let held = session.app.registers().await?;
    let mut offices: Vec<&Office> = held.offices.iter().filter(|office| wanted(office)).collect();
    offices.sort_by(|a, b| a.code.cmp(&b.code));
    let rows = offices
        .iter()
        .map(|office| {
            let sites = held.sites.iter().filter(|site| site.offices.contains(&office.id));
            vec![
                office.code.clone(),
                office.name.clone(),
                office.alias.clone(),
                office.parent.map(|id| code_of(&held, id)).unwrap_or_default(),
                office.ended_on.map(|day| day.to_string()).unwrap_or_default(),
                sites.count().to_string(),
            ]
        })
        .collect();
    out.list(
        &offices,
        None,
        &["code", "name", "alias", "parent", "ended-on", "sites"],
        rows,
    );
    Ok(Exit::Done)
}

fn codes<'a>(all: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut codes: Vec<String> = all.cloned().collect();
    codes.sort();
    codes
}

async fn show(office: &Office, session: &Session, out: &Output) -> Result<Exit, Error> {
    let held = session.app.registers().await?;
    let code = |id| code_of(&held, id);
    let mut successors: Vec<(Date, String)> = Vec::new();
    for after in &held.offices {
        let since = after
            .predecessors
            .iter()
            .filter(|before| before.office == office.id);
        successors.extend(since.map(|before| (before.since, after.code.clone())));
    }
    successors.sort();
    let filter = ComplaintFilter {
        open: Some(true),
        office: Some(office.id),
        ..ComplaintFilter::default()
    };
    let listed = session.app.store().complaints(&filter, &Page::first(100)).await?;
    let complaints: Vec<String> = listed.items.into_iter().map(|it| it.state.number).collect();
    let context = session.app.context().await?;
    let of = |owner: Option<OfficeId>| owner == Some(office.id);
    let at = held.sites.iter().filter(|it| it.offices.contains(&office.id));
    let sites = codes(at.map(|it| &it.code));
    let devices = codes(held.devices.iter().filter(|it| of(it.office)).map(|it| &it.code));
    let links = codes(held.links.iter().filter(|it| of(it.office)).map(|it| &it.code));
    let services = held.services.iter().filter(|it| of(Some(it.owner)));
    let services = codes(services.map(|it| &it.code));
    let below = codes(held.offices.iter().filter(|it| of(it.parent)).map(|it| &it.code));
    let posts = context.people.all::<Post>().filter(|it| of(it.office));
    let posts = codes(posts.map(|it| &it.code));
    let mut rows = vec![
        ("code", office.code.clone()),
        ("name", office.name.clone()),
        ("alias", office.alias.clone()),
        ("parent", office.parent.map(code).unwrap_or_default()),
        (
            "ended-on",
            office.ended_on.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ];
    for before in &office.predecessors {
        let told = format!(
            "{}: {} ({}), {}",
            before.since,
            code(before.office),
            before.name,
            before.decree
        );
        rows.push(("predecessor", told));
    }
    rows.extend(
        successors
            .iter()
            .map(|(since, after)| ("successor", format!("{since}: {after}"))),
    );
    rows.extend([
        ("sites", sites.join(", ")),
        ("devices", devices.join(", ")),
        ("links", links.join(", ")),
        ("services", services.join(", ")),
        ("posts", posts.join(", ")),
        ("offices-below", below.join(", ")),
        ("complaints-open", complaints.join(", ")),
    ]);
    let after: Vec<_> = successors
        .iter()
        .map(|(since, code)| serde_json::json!({"since": since, "code": code}))
        .collect();
    let told = serde_json::json!({
        "office": office, "successors": after, "sites": sites, "devices": devices, "links": links,
        "services": services, "posts": posts, "offices_below": below, "complaints_open": complaints,
    });
    let rows = rows
        .into_iter()
        .map(|(key, value)| vec![out.label(key), value])
        .collect();
    out.print(&told, &["what", "value"], rows);
    Ok(Exit::Done)
}
