//! The sites: the list with its filters, and one site with everything that belongs to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use rajut_app::{Context, LastSeen, SiteView};
use rajut_core::check::{Class, Grade};
use rajut_core::id::OfficeId;
use rajut_core::register::{Device, Identity, Link, Office, ServiceWeekKind, Site};
use rajut_core::visit::Subject;
use serde::Deserialize;

use super::complaint::new::is_meant;
use super::complaints::{self, Choice, Row};
use super::order::Fact;
use super::{Page, rendered};
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many sites on a page.
const ON_A_PAGE: usize = 50;

/// Which part of the list.
#[derive(Deserialize, Default)]
pub struct Wanted {
    /// Words of code, name or office.
    #[serde(default)]
    cari: String,
    /// A kecamatan.
    #[serde(default)]
    kecamatan: String,
    /// Code of an office.
    #[serde(default)]
    kantor: String,
    /// `connected`, `without` or `unknown`.
    #[serde(default)]
    koneksi: String,
    /// Behind the site with this name and code.
    #[serde(default)]
    after: String,
}

struct SiteLine {
    href: String,
    name: String,
    code: String,
    district: String,
    offices: String,
    connection: String,
    colour: &'static str,
    complaints: usize,
}

#[derive(Template)]
#[template(path = "sites.html")]
struct SitesPage {
    frame: Frame,
    cari: String,
    filtered: bool,
    districts: Vec<Choice>,
    offices: Vec<Choice>,
    connections: Vec<Choice>,
    count: String,
    rows: Vec<SiteLine>,
    next: Option<String>,
}

/// `/lokasi`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let offices: BTreeMap<OfficeId, Office> = complaints::offices(&web)
        .await?
        .into_values()
        .map(|office| (office.id, office))
        .collect();
    let sites = web.app.sites().await?;
    let status = web.app.status(web.app.now()).await?;
    let connection: BTreeMap<&str, &str> = status
        .sites
        .iter()
        .map(|site| (site.code.as_str(), site.connection))
        .collect();
    let connected = |site: &Site| connection.get(site.code.as_str()).copied().unwrap_or("unknown");
    let office = offices.values().find(|office| office.code == wanted.kantor);
    let today = web.today(web.app.context().await?.as_ref());
    let mut found: Vec<&Site> = sites
        .values()
        .filter(|site| site.ended_on.is_none_or(|ended| ended > today))
        .filter(|site| is_meant(site, &offices, &wanted.cari))
        .filter(|site| wanted.kecamatan.is_empty() || site.district == wanted.kecamatan)
        .filter(|site| wanted.kantor.is_empty() || office.is_some_and(|it| site.offices.contains(&it.id)))
        .filter(|site| wanted.koneksi.is_empty() || connected(site) == wanted.koneksi)
        .collect();
    let place = |site: &Site| format!("{}\n{}", site.name, site.code);
    found.sort_by_key(|site| place(site));
    let count = say(words, "web-sites-count", &[("count", found.len().into())]);
    let behind = |site: &&Site| wanted.after.is_empty() || place(site) > wanted.after;
    let mut shown: Vec<&Site> = found.into_iter().filter(behind).collect();
    let more = shown.len() > ON_A_PAGE;
    shown.truncate(ON_A_PAGE);
    let next = shown.last().filter(|_| more).map(|last| {
        let after = place(last);
        let parts = [
            ("cari", &wanted.cari),
            ("kecamatan", &wanted.kecamatan),
            ("kantor", &wanted.kantor),
            ("koneksi", &wanted.koneksi),
            ("after", &after),
        ];
        let set = parts.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = set
            .map(|(name, value)| format!("{name}={}", show::escaped(value)))
            .collect();
        format!("/lokasi?{}", query.join("&"))
    });
    let ids: Vec<_> = shown.iter().map(|site| site.id).collect();
    let open = web.app.store().open_complaints(&ids).await?;
    let districts: BTreeSet<&str> = sites.values().map(|site| site.district.as_str()).collect();
    let mut by_name: Vec<&Office> = offices.values().collect();
    by_name.sort_by(|a, b| a.name.cmp(&b.name));
    rendered(&SitesPage {
        cari: wanted.cari.clone(),
        filtered: [&wanted.kecamatan, &wanted.kantor, &wanted.koneksi]
            .iter()
            .any(|value| !value.is_empty()),
        districts: districts
            .into_iter()
            .map(|name| (name.to_owned(), name.to_owned(), name == wanted.kecamatan))
            .collect(),
        offices: by_name
            .into_iter()
            .map(|office| {
                let chosen = office.code == wanted.kantor;
                (office.code.clone(), office.name.clone(), chosen)
            })
            .collect(),
        connections: ["connected", "without", "unknown"]
            .into_iter()
            .map(|code| {
                let word = words.say(show::connection(code).0);
                (code.to_owned(), word, code == wanted.koneksi)
            })
            .collect(),
        count,
        rows: shown
            .iter()
            .map(|site| {
                let (key, colour) = show::connection(connected(site));
                SiteLine {
                    href: format!("/lokasi/{}", show::escaped(&site.code)),
                    name: site.name.clone(),
                    code: site.code.clone(),
                    district: site.district.clone(),
                    offices: names(site.offices.iter().filter_map(|id| offices.get(id))),
                    connection: words.say(key),
                    colour,
                    complaints: open.iter().filter(|it| it.state.site == site.id).count(),
                }
            })
            .collect(),
        next,
        frame,
    })
}

fn names<'o>(offices: impl Iterator<Item = &'o Office>) -> String {
    let names: Vec<&str> = offices.map(|office| office.alias.as_str()).collect();
    names.join(", ")
}

/// A device or link of the site.
struct Thing {
    name: String,
    kind: String,
    more: Vec<String>,
    seen: String,
    classes: Vec<(String, &'static str)>,
    on_site: String,
    on_site_classes: Vec<(String, &'static str)>,
}

/// Things of one sort.
struct Group {
    id: &'static str,
    title: String,
    things: Vec<Thing>,
}

/// Something that happened or will, with where it leads.
struct Line {
    what: String,
    detail: String,
    href: String,
}

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    frame: Frame,
    name: String,
    code: String,
    connection: String,
    colour: &'static str,
    connection_detail: Vec<String>,
    facts: Vec<Fact>,
    path: Vec<(String, String)>,
    complain: Option<String>,
    groups: Vec<Group>,
    complaints: Vec<Row>,
    coming: Vec<Line>,
    visits: Vec<Line>,
    follow_ups: Vec<Line>,
    services: Vec<String>,
}

/// `/lokasi/{code}`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Path(code): Path<String>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let now = web.app.now();
    let site = web.app.site_by_code(&code).await?;
    let view = Box::pin(web.app.site_view(site, now)).await?;
    let site = &view.site;
    let zone = context.agency.zone;
    let (key, colour) = show::connection(view.connection.as_ref().map_or("", |it| it.connection));
    let duty = web.duty(&context);
    let may = |act| visitor.person.is_some_and(|person| duty.may(person, act));
    let sites = web.app.sites().await?;
    rendered(&SitePage {
        name: site.name.clone(),
        code: site.code.clone(),
        connection: words.say(key),
        colour,
        connection_detail: connection_detail(words, now, &view),
        facts: facts(words, &view),
        path: view
            .path
            .iter()
            .map(|up| (format!("/lokasi/{}", show::escaped(&up.code)), up.name.clone()))
            .collect(),
        complain: may(rajut_core::act::Act::RegisterComplaint)
            .then(|| format!("/pengaduan/baru?lokasi={}", show::escaped(&site.code))),
        groups: vec![
            Group {
                id: "perangkat",
                title: words.say("web-devices"),
                things: view
                    .devices
                    .iter()
                    .map(|(device, seen)| device_thing(words, &context, now, device, seen))
                    .collect(),
            },
            Group {
                id: "koneksi",
                title: words.say("web-links"),
                things: view
                    .links
                    .iter()
                    .map(|(link, seen)| link_thing(words, &context, now, &sites, link, seen))
                    .collect(),
            },
        ],
        complaints: complaints::rows(&web, &context, words, &view.complaints, &sites).await?,
        coming: coming(words, &view),
        visits: visits(words, zone, &view),
        follow_ups: follow_ups(words, &view),
        services: view.services.iter().map(|service| service.name.clone()).collect(),
        frame,
    })
}

/// Since when, by which device, under which incident, and how old that knowledge is.
fn connection_detail(words: &Words, now: jiff::Timestamp, view: &SiteView) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(told) = &view.connection {
        if let Some(since) = told.since {
            let time = show::minutes(words, since.duration_until(now).as_mins());
            details.push(say(words, "web-down-for", &[("time", time.into())]));
        }
        if let Some(cause) = &told.cause {
            details.push(format!("{}: {cause}", words.say("web-look-at")));
        }
        details.extend(
            told.incidents
                .iter()
                .map(|it| format!("{}: {}", it.cause, it.what)),
        );
        details.push(match told.age_s {
            Some(age) => {
                let time = show::minutes(words, age / 60);
                let ago = say(words, "web-ago", &[("time", time.into())]);
                format!("{}: {ago}", words.say("web-last-seen"))
            }
            None => format!("{}: {}", words.say("web-last-seen"), words.say("web-never-seen")),
        });
    }
    details
}

/// When a team has yet to come.
fn coming(words: &Words, view: &SiteView) -> Vec<Line> {
    view.coming
        .iter()
        .map(|(target, run)| {
            let (key, day) = match target.planned_on {
                Some(day) => ("web-planned", day),
                None => ("web-due", target.due_on),
            };
            Line {
                what: format!("{}: {}", words.say(key), show::date(words, day)),
                detail: run.label().to_owned(),
                href: format!("/pelaksanaan/{}", run.id),
            }
        })
        .collect()
}

/// The newest visits.
fn visits(words: &Words, zone: rajut_core::calendar::Zone, view: &SiteView) -> Vec<Line> {
    view.visits
        .iter()
        .map(|visit| Line {
            what: visit
                .check_in
                .as_ref()
                .map(|stamp| show::moment(words, zone, stamp.at))
                .unwrap_or_default(),
            detail: visit.outcome.map_or_else(
                || words.say("web-target-under-way"),
                |outcome| words.say(&format!("outcome-{}", outcome.code().replace('_', "-"))),
            ),
            href: String::new(),
        })
        .collect()
}

/// What waits to be repaired.
fn follow_ups(words: &Words, view: &SiteView) -> Vec<Line> {
    view.follow_ups
        .iter()
        .map(|follow_up| Line {
            what: follow_up.what.clone(),
            detail: {
                let due = show::date(words, follow_up.due_on);
                let thing = thing_of(view, follow_up.subject);
                let due = say(words, "web-due-on", &[("what", due.into())]);
                [thing, Some(due)]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" · ")
            },
            href: String::new(),
        })
        .collect()
}

fn thing_of(view: &SiteView, subject: Subject) -> Option<String> {
    match subject {
        Subject::Site => None,
        Subject::Device(id) => {
            let known = view.devices.iter().find(|(device, _)| device.id == id);
            known.map(|(device, _)| device.code.clone())
        }
        Subject::Link(id) => {
            let known = view.links.iter().find(|(link, _)| link.id == id);
            known.map(|(link, _)| link.code.clone())
        }
    }
}

fn facts(words: &Words, view: &SiteView) -> Vec<Fact> {
    let site = &view.site;
    let week = words.say(match site.service_week {
        ServiceWeekKind::FiveDays => "web-week-five",
        ServiceWeekKind::SixDays => "web-week-six",
        ServiceWeekKind::Always => "web-week-always",
    });
    let week = if site.public_counter {
        format!("{week}, {}", words.say("web-public-counter"))
    } else {
        week
    };
    let offices: Vec<&str> = view.offices.iter().map(|office| office.name.as_str()).collect();
    [
        ("web-office", offices.join(", ")),
        ("web-district", site.district.clone()),
        ("web-address", site.address.clone()),
        ("web-week", week),
    ]
    .into_iter()
    .filter(|(_, value)| !value.trim().is_empty())
    .map(|(key, value)| Fact {
        term: words.say(key),
        value,
    })
    .collect()
}

fn colour(class: Class) -> &'static str {
    match class.grade() {
        Grade::Fine => "green",
        Grade::Watch => "yellow",
        Grade::Wrong => "red",
    }
}

fn class_word(words: &Words, code: &str) -> String {
    words.say(&format!("class-{}", code.replace('_', "-")))
}

fn measure(words: &Words, context: &Context, name: &str, value: f64) -> String {
    let unit = context
        .thresholds
        .iter()
        .find(|threshold| threshold.measure() == name)
        .map_or("", |threshold| threshold.unit());
    let unit = if unit == "percent" { "%" } else { unit };
    let value = show::decimal(words, value);
    format!("{} {value} {unit}", show::coded(words, "measure", name))
        .trim_end()
        .to_owned()
}

/// What was seen from the centre, and what was measured on site.
fn seen_lines(
    words: &Words,
    context: &Context,
    now: jiff::Timestamp,
    thing: Thing,
    seen: &LastSeen,
) -> Thing {
    let mut thing = thing;
    if let Some((observation, judged)) = &seen.from_centre {
        let age = observation.started_at.duration_until(now).as_mins().max(0);
        let outcome = observation.outcome.code().replace('_', "-");
        let args = [
            ("outcome", words.say(&format!("outcome-{outcome}")).into()),
            ("time", show::minutes(words, age).into()),
        ];
        thing.seen = say(words, "web-seen-from-centre", &args);
        thing.classes = judged
            .iter()
            .map(|it| {
                let word = class_word(words, it.class.code());
                let told = measure(words, context, &it.measure, it.value);
                (format!("{told}: {word}"), colour(it.class))
            })
            .collect();
    }
    if let Some(measured) = &seen.on_site {
        let at = show::moment(words, context.agency.zone, measured.at);
        thing.on_site = say(words, "web-measured-on-site", &[("at", at.into())]);
        thing.on_site_classes = measured
            .values
            .iter()
            .filter_map(|(name, value)| {
                let class = measured.classes.get(name)?;
                let told = measure(words, context, name, *value);
                let known: Option<Class> = serde_json::from_value(class.clone().into()).ok();
                Some((
                    format!("{told}: {}", class_word(words, class)),
                    known.map_or("secondary", colour),
                ))
            })
            .collect();
    }
    thing
}

fn device_thing(
    words: &Words,
    context: &Context,
    now: jiff::Timestamp,
    device: &Device,
    seen: &LastSeen,
) -> Thing {
    let mut more = vec![format!("{} {}", device.brand, device.model).trim().to_owned()];
    if let Identity::Known(serial) = &device.serial {
        more.push(say(words, "web-serial", &[("what", serial.as_str().into())]));
    }
    if let Some(endpoint) = &device.endpoint {
        more.push(endpoint.address.to_string());
    }
    more.push(show::coded(words, "condition", device.condition.code()));
    more.retain(|part| !part.is_empty());
    let thing = Thing {
        name: device.code.clone(),
        kind: show::coded(words, "device", device.kind.code()),
        more,
        seen: if device.endpoint.is_some() {
            words.say("web-never-seen")
        } else {
            words.say("web-not-watched")
        },
        classes: Vec::new(),
        on_site: String::new(),
        on_site_classes: Vec::new(),
    };
    seen_lines(words, context, now, thing, seen)
}

fn link_thing(
    words: &Words,
    context: &Context,
    now: jiff::Timestamp,
    sites: &BTreeMap<rajut_core::id::SiteId, Site>,
    link: &Link,
    seen: &LastSeen,
) -> Thing {
    let mut more = vec![link.provider.clone()];
    if let Some(upstream) = link.upstream.and_then(|id| sites.get(&id)) {
        more.push(say(
            words,
            "web-link-to",
            &[("what", upstream.name.as_str().into())],
        ));
    }
    if let Some(mbps) = link.subscribed_mbps {
        more.push(format!("{mbps} Mbps"));
    }
    if let Some(until) = link.contract_until {
        let until = show::date(words, until);
        more.push(say(words, "web-contract-until", &[("what", until.into())]));
    }
    more.retain(|part| !part.is_empty());
    let thing = Thing {
        name: link.code.clone(),
        kind: show::coded(words, "medium", link.medium.code()),
        more,
        seen: String::new(),
        classes: Vec::new(),
        on_site: String::new(),
        on_site_classes: Vec::new(),
    };
    seen_lines(words, context, now, thing, seen)
}
