//! The settings: which version is in force, its text, and a new version from a day.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use jiff::civil::Date;
use rajut_app::{AgencyFile, AppError, Identity};
use rajut_core::act::UnfitCode;
use rajut_core::calendar::Zone;
use rajut_core::id::ActId;
use rajut_core::register::{Setting, SettingKind};
use rajut_core::stream::{State as Record, StreamKind};
use serde::Deserialize;

use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::pages::{Page, rendered};
use crate::web::visitor::{Visitor, Whole};
use crate::web::{Web, failure_page, say, show};
use crate::words::Words;

const KINDS: [SettingKind; 7] = [
    SettingKind::Agency,
    SettingKind::Calendar,
    SettingKind::ServiceLevels,
    SettingKind::Thresholds,
    SettingKind::Checklist,
    SettingKind::Numbers,
    SettingKind::Causes,
];

fn code(kind: SettingKind) -> String {
    crate::cli::code(&kind)
}

fn name(words: &Words, kind: SettingKind) -> String {
    words.word("setting", &code(kind)).unwrap_or_else(|| code(kind))
}

/// All versions, of each kind the one in force first.
async fn versions(web: &Web, kind: SettingKind) -> Result<Vec<Setting>, AppError> {
    let all = web.app.store().all(StreamKind::Setting).await?;
    let mut found: Vec<Setting> = all
        .into_iter()
        .filter_map(|(_, known)| match known.state {
            Record::Setting(setting) if setting.kind == kind => Some(*setting),
            _ => None,
        })
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.effective_from, it.version)));
    Ok(found)
}

/// The version in force on a day.
fn in_force(versions: &[Setting], today: Date) -> Option<&Setting> {
    versions.iter().find(|it| it.effective_from <= today)
}

struct Line {
    href: String,
    name: String,
    sentence: String,
}

#[derive(Template)]
#[template(path = "admin_settings.html")]
struct SettingsPage {
    frame: Frame,
    lines: Vec<Line>,
}

/// `/pengelolaan/pengaturan`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let today = web.today(&context);
    let mut lines = Vec::new();
    for kind in KINDS {
        let versions = versions(&web, kind).await?;
        lines.push(Line {
            href: format!("/pengelolaan/pengaturan/{}", code(kind)),
            name: name(words, kind),
            sentence: in_force(&versions, today)
                .map(|it| version_since(words, it))
                .unwrap_or_default(),
        });
    }
    rendered(&SettingsPage { frame, lines })
}

fn version_since(words: &Words, setting: &Setting) -> String {
    let from = show::date(words, setting.effective_from);
    let args = [("version", setting.version.into()), ("from", from.into())];
    say(words, "web-setting-version", &args)
}

/// What a letterhead form shows.
struct IdentityForm {
    key: ActId,
}

#[derive(Template)]
#[template(path = "admin_setting.html")]
struct SettingPage {
    frame: Frame,
    code: String,
    name: String,
    news: bool,
    wrong: Option<String>,
    versions: Vec<String>,
    years: Vec<String>,
    text: String,
    from: String,
    key: ActId,
    identity: Option<IdentityForm>,
    government: String,
    agency: String,
    address: String,
    place: String,
    zones: Vec<(String, bool)>,
}

fn kind_of(code_of: &str) -> Result<SettingKind, Failure> {
    KINDS
        .into_iter()
        .find(|kind| code(*kind) == code_of)
        .ok_or_else(|| Failure::of(StatusCode::NOT_FOUND))
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    kind: SettingKind,
    news: bool,
    tried: Option<(String, &NewVersion)>,
) -> Result<SettingPage, Failure> {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let today = web.today(&context);
    let versions = versions(web, kind).await?;
    let text = in_force(&versions, today)
        .map(|it| it.text.clone())
        .unwrap_or_default();
    let is_agency = kind == SettingKind::Agency;
    let identity = Identity::of(&context.agency_file);
    let years = if kind == SettingKind::Calendar {
        let calendar = &context.calendar;
        let year = |year| {
            let decree = calendar.decree(year).unwrap_or_default().to_owned();
            let days = calendar.working_days_in(year).unwrap_or_default();
            let args = [
                ("year", year.to_string().into()),
                ("days", days.into()),
                ("decree", decree.into()),
            ];
            say(words, "web-setting-year", &args)
        };
        calendar.years().map(year).collect()
    } else {
        Vec::new()
    };
    let (wrong, text, from) = match tried {
        Some((wrong, typed)) => (Some(wrong), typed.text.clone(), typed.from.clone()),
        None => (None, text, today.to_string()),
    };
    Ok(SettingPage {
        code: code(kind),
        name: name(words, kind),
        news,
        wrong,
        versions: versions.iter().map(|it| version_since(words, it)).collect(),
        years,
        text,
        from,
        key: form_key(web),
        identity: is_agency.then(|| IdentityForm { key: form_key(web) }),
        government: identity.government,
        agency: identity.agency,
        address: identity.address.join("\n"),
        place: identity.place,
        zones: Zone::ALL
            .map(|zone| (zone.abbreviation().to_owned(), zone == identity.zone))
            .into(),
        frame,
    })
}

/// What came of the form before.
#[derive(Deserialize, Default)]
pub struct News {
    #[serde(default)]
    kabar: String,
}

/// `/pengelolaan/pengaturan/{kind}`.
pub async fn show_one(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Query(news): Query<News>,
) -> Page {
    let kind = kind_of(&kind)?;
    rendered(&page(&web, &visitor, kind, !news.kabar.is_empty(), None).await?)
}

/// A new version.
#[derive(Deserialize)]
pub struct NewVersion {
    text: String,
    from: String,
}

fn day(text: &str) -> Result<Date, AppError> {
    text.trim()
        .parse()
        .map_err(|_| AppError::invalid("from", UnfitCode::Empty))
}

/// Puts a new version in force from a day. A text that cannot be used is shown again with what is wrong and where.
pub async fn load(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(code): Path<String>,
    form: Asked<NewVersion>,
) -> Result<Response, Failure> {
    let kind = kind_of(&code)?;
    // A browser sends lines as the mail does.
    let text = form.fields.text.replace("\r\n", "\n");
    let loaded = match day(&form.fields.from) {
        Ok(from) => {
            web.app
                .load_setting_under(form.who(), form.key, kind, from, &text)
                .await
        }
        Err(error) => Err(error),
    };
    match loaded {
        Ok(_) => Ok(done(&code)),
        Err(error @ AppError::Invalid { .. }) => {
            let sentence = failure_page::sentence(visitor.words(), &Failure::from(error));
            let page = page(&web, &visitor, kind, false, Some((sentence, &form.fields))).await?;
            let mut response = (StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response();
            response.extensions_mut().insert(Whole);
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

fn done(code: &str) -> Response {
    Redirect::to(&format!("/pengelolaan/pengaturan/{code}?kabar=1")).into_response()
}

/// Letterhead, place and zone.
#[derive(Deserialize)]
pub struct NewIdentity {
    government: String,
    agency: String,
    address: String,
    place: String,
    zone: String,
}

/// Gives the agency another letterhead, place or zone from today.
pub async fn identify(State(web): State<Arc<Web>>, form: Asked<NewIdentity>) -> Result<Response, Failure> {
    let fields = &form.fields;
    let context = web.app.context().await?;
    let today = web.today(&context);
    let zone =
        Zone::from_abbreviation(&fields.zone).ok_or_else(|| AppError::invalid("zone", UnfitCode::Empty))?;
    let identity = Identity {
        zone,
        place: fields.place.clone(),
        government: fields.government.clone(),
        agency: fields.agency.clone(),
        address: fields.address.lines().map(str::to_owned).collect(),
    };
    let versions = versions(&web, SettingKind::Agency).await?;
    let known = in_force(&versions, today)
        .map(|it| it.text.as_str())
        .unwrap_or_default();
    let text = AgencyFile::rewrite(known, &identity).map_err(|error| AppError::invalid("agency", error))?;
    web.app
        .load_setting_under(form.who(), form.key, SettingKind::Agency, today, &text)
        .await?;
    Ok(done(&code(SettingKind::Agency)))
}
