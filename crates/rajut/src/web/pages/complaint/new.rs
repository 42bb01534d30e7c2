//! A complaint that somebody tells, by telephone or at the counter: the site by a word of its name, then one form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jiff::Timestamp;
use rajut_app::{AppError, NewComplaint, Registered};
use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::id::{ActId, OfficeId, SiteId};
use rajut_core::register::{Office, Site};
use serde::Deserialize;

use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::pages::{Page, complaints, rendered};
use crate::web::visitor::Visitor;
use crate::web::{Web, show};
use crate::words::Words;

/// So many sites are offered; who types a little more gets fewer.
const OFFERED: usize = 12;

/// The form of a complaint at one site.
pub struct ComplaintForm {
    /// Where it goes.
    pub action: &'static str,
    /// Its key.
    pub key: ActId,
    /// The code of its receipt.
    pub code: String,
    /// The site.
    pub site: SiteId,
    /// What it is called.
    pub site_name: String,
    /// The offices of which it can be: id and name.
    pub offices: Vec<(String, String)>,
    /// What can be wrong: code and words.
    pub symptoms: Vec<(&'static str, String)>,
    /// How it can come: code and words; a served office has but one.
    pub channels: Vec<(&'static str, String)>,
}

impl ComplaintForm {
    /// The form for a site.
    pub fn at(
        web: &Web,
        words: &Words,
        action: &'static str,
        site: &Site,
        offices: &[&Office],
        channels: &[Channel],
    ) -> Self {
        Self {
            action,
            key: form_key(web),
            code: web.app.fresh_receipt_code(),
            site: site.id,
            site_name: site.name.clone(),
            offices: offices
                .iter()
                .map(|office| (office.id.to_string(), office.name.clone()))
                .collect(),
            symptoms: Symptom::ALL
                .iter()
                .map(|it| (it.code(), show::coded(words, "symptom", it.code())))
                .collect(),
            channels: channels
                .iter()
                .map(|it| (it.code(), show::coded(words, "channel", it.code())))
                .collect(),
        }
    }
}

/// What was typed to find a site, and which was chosen.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    cari: String,
    #[serde(default)]
    lokasi: String,
}

/// A site that was found.
struct Found {
    href: String,
    name: String,
    code: String,
    offices: String,
}

#[derive(Template)]
#[template(path = "complaint_new.html")]
struct NewPage {
    frame: Frame,
    allowed: bool,
    cari: String,
    found: Vec<Found>,
    more: bool,
    form: Option<ComplaintForm>,
}

/// Whether a site is meant by what was typed: each word stands in its code, its name or that of one of its offices.
pub fn is_meant(site: &Site, offices: &BTreeMap<OfficeId, Office>, typed: &str) -> bool {
    let of_offices = site.offices.iter().filter_map(|id| offices.get(id));
    let names: Vec<String> = of_offices
        .flat_map(|office| [office.name.to_lowercase(), office.alias.to_lowercase()])
        .chain([site.name.to_lowercase(), site.code.to_lowercase()])
        .collect();
    typed
        .to_lowercase()
        .split_whitespace()
        .all(|word| names.iter().any(|name| name.contains(word)))
}

/// `/pengaduan/baru`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let duty = web.duty(&context);
    let allowed = visitor
        .person
        .is_some_and(|person| duty.may(person, Act::RegisterComplaint));
    let offices: BTreeMap<OfficeId, Office> = complaints::offices(&web)
        .await?
        .into_values()
        .map(|office| (office.id, office))
        .collect();
    let sites = web.app.sites().await?;
    let today = web.today(&context);
    let in_use = || {
        sites
            .values()
            .filter(|site| site.ended_on.is_none_or(|ended| ended > today))
    };
    let typed = wanted.cari.trim();
    let mut found: Vec<&Site> = in_use()
        .filter(|site| !typed.is_empty() && is_meant(site, &offices, typed))
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let chosen = in_use().find(|site| site.code == wanted.lokasi).or_else(|| {
        let exact = found.iter().find(|site| site.code.eq_ignore_ascii_case(typed));
        exact.or(found.first().filter(|_| found.len() == 1)).copied()
    });
    let channels = [
        Channel::Phone,
        Channel::Message,
        Channel::InPerson,
        Channel::Letter,
        Channel::Email,
        Channel::Web,
    ];
    let form = chosen.filter(|_| allowed).map(|site| {
        let of_site: Vec<&Office> = site.offices.iter().filter_map(|id| offices.get(id)).collect();
        ComplaintForm::at(&web, words, "/pengaduan/baru", site, &of_site, &channels)
    });
    let more = found.len() > OFFERED;
    rendered(&NewPage {
        allowed,
        cari: typed.to_owned(),
        more,
        found: found
            .into_iter()
            .take(OFFERED)
            .filter(|_| form.is_none())
            .map(|site| Found {
                href: format!("/pengaduan/baru?lokasi={}", show::escaped(&site.code)),
                name: site.name.clone(),
                code: site.code.clone(),
                offices: site
                    .offices
                    .iter()
                    .filter_map(|id| offices.get(id))
                    .map(|office| office.alias.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
            .collect(),
        form,
        frame,
    })
}

/// The form of a complaint as it comes back.
#[derive(Deserialize)]
pub struct Told {
    /// Where.
    pub site: SiteId,
    #[serde(default)]
    office: String,
    #[serde(default)]
    channel: String,
    symptom: Symptom,
    text: String,
    reporter: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    post: String,
    #[serde(default)]
    users: String,
    /// The code of its receipt.
    pub code: String,
}

impl Told {
    /// The complaint that it tells, by a channel of its own or by this one.
    pub fn complaint(&self, channel: Option<Channel>) -> Result<NewComplaint, AppError> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let wrong = |what: &str, text: &str| {
            AppError::invalid(what, Unfit::from(UnfitCode::NotUnderstood).with("value", text))
        };
        let channel = match channel {
            Some(channel) => channel,
            None => self
                .channel
                .parse()
                .map_err(|_| wrong("channel", &self.channel))?,
        };
        let office = match filled(&self.office) {
            Some(office) => Some(office.parse().map_err(|_| wrong("office", &office))?),
            None => None,
        };
        let users_affected = match filled(&self.users) {
            Some(users) => Some(users.parse().map_err(|_| wrong("users", &users))?),
            None => None,
        };
        let reporter =
            filled(&self.reporter).ok_or_else(|| AppError::invalid("reporter", UnfitCode::Empty))?;
        Ok(NewComplaint {
            channel,
            happened_at: None::<Timestamp>,
            office,
            site: self.site,
            reporter,
            contact: filled(&self.contact),
            post: self.post.trim().to_owned(),
            symptom: self.symptom,
            text: self.text.trim().to_owned(),
            users_affected,
            services: BTreeSet::new(),
        })
    }
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    frame: Frame,
    number: String,
    code: String,
    site: String,
    at: String,
    href: String,
    again: &'static str,
}

/// The number and the code of a complaint, in large letters.
pub async fn receipt(
    web: &Web,
    visitor: &Visitor,
    registered: Registered,
    site: SiteId,
    (pages, again): (&'static str, &'static str),
) -> Page {
    let site: Site = web.app.find(site.0).await?;
    let complaint = web.app.complaint(&registered.number).await?;
    let zone = web.app.context().await?.agency.zone;
    rendered(&ReceiptPage {
        frame: Frame::of(web, visitor).await?,
        at: show::moment(visitor.words(), zone, complaint.received_at),
        href: format!("{pages}/{}", registered.number),
        number: registered.number,
        code: registered.code,
        site: site.name,
        again,
    })
}

/// Registers a complaint.
pub async fn register(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    form: Asked<Told>,
) -> Result<axum::response::Html<String>, Failure> {
    let told = &form.fields;
    let new = told.complaint(None)?;
    let office = new.office;
    let site: Site = web.app.find(told.site.0).await?;
    if office.is_some_and(|office| !site.offices.contains(&office)) {
        return Err(AppError::invalid("office", UnfitCode::NotOfSite).into());
    }
    let registered = web
        .app
        .register_complaint_under(form.who(), form.key, new, &told.code)
        .await?;
    receipt(
        &web,
        &visitor,
        registered,
        told.site,
        ("/pengaduan", "/pengaduan/baru"),
    )
    .await
}
