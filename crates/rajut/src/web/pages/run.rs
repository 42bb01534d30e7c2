//! One run: the steps with their clocks, the order and its forms, how far it has come, what is late, every target.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use rajut_app::{RunBundle, RunView};
use rajut_core::lateness::{Against, Late};
use rajut_core::run::{Batch, Standing};
use rajut_core::stream::StreamKind;
use serde::Deserialize;

use super::order::{Fact, OrderPanel};
use super::steps::StepLine;
use super::{Page, order, rendered, run_id, steps};
use crate::web::duty::Duty;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many late things are named; the rest is a number.
const LATE: usize = 10;

/// What has just been done here.
#[derive(Deserialize)]
pub struct News {
    kabar: Option<String>,
}

struct LateRow {
    what: String,
    over: String,
    running: bool,
    cause: String,
}

struct TargetRow {
    code: String,
    site: String,
    district: String,
    team: String,
    planned: String,
    due: String,
    overdue: bool,
    standing: String,
    colour: &'static str,
    complaints: usize,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    frame: Frame,
    id: String,
    label: String,
    title: String,
    standing: String,
    colour: &'static str,
    news: Option<String>,
    steps: Vec<StepLine>,
    order: Option<OrderPanel>,
    figures: Vec<Fact>,
    met: usize,
    targets_count: usize,
    outlook: Vec<String>,
    late: Vec<LateRow>,
    late_more: usize,
    targets: Vec<TargetRow>,
}

impl RunPage {
    /// What one can do here comes before everything else.
    fn acts_first(&self) -> bool {
        self.order.as_ref().is_some_and(|order| order.issue.is_some() || order.dispose.is_some())
    }

    fn late_rest(&self) -> String {
        say(self.frame.words(), "web-late-more", &[("count", self.late_more.into())])
    }
}

/// `/pelaksanaan/{id}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(news): Query<News>,
) -> Page {
    let run = run_id(&id)?;
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let (zone, now) = (context.agency.zone, web.app.now());
    let bundle = web.app.bundle(run).await?;
    let view = web.app.run_view(run, now).await?;
    let duty = web.duty(&context);
    let today = web.today(&context);
    let (standing, colour) = order::standing(&bundle.run);
    let late_more = view.late.len().saturating_sub(LATE);
    rendered(&RunPage {
        id: run.to_string(),
        label: view.label.clone(),
        title: view.title.clone(),
        standing: words.say(standing),
        colour,
        news: news.kabar.as_deref().and_then(|news| told(words, news, &bundle)),
        steps: steps::lines(words, &duty, zone, now, &bundle, &view),
        order: order::panel(&web, &context, words, &bundle, visitor.person),
        figures: figures(words, &view),
        met: view.totals.met,
        targets_count: view.totals.targets,
        outlook: outlook(words, &view),
        late: late_rows(words, &duty, &bundle, &view),
        late_more,
        targets: view
            .targets
            .iter()
            .map(|target| {
                let (standing, colour) = target_standing(target.standing);
                let settled = matches!(target.standing, Standing::Met | Standing::Excused);
                TargetRow {
                    code: target.site_code.clone(),
                    site: target.site.clone(),
                    district: target.district.clone(),
                    team: target.team.clone().unwrap_or_else(|| "-".to_owned()),
                    planned: target.planned_on.map_or_else(|| "-".to_owned(), |day| show::day_and_month(words, day)),
                    due: show::day_and_month(words, target.due_on),
                    overdue: !settled && target.due_on < today,
                    standing: words.say(standing),
                    colour,
                    complaints: target.complaints_open,
                }
            })
            .collect(),
        frame,
    })
}

/// What has just been done, if it shows in the run.
fn told(words: &Words, news: &str, bundle: &RunBundle) -> Option<String> {
    let order = bundle.run.order.as_ref()?;
    match news {
        "terbit" => {
            let number = order.issued.as_ref()?.number.as_str();
            Some(say(words, "web-news-issued", &[("number", number.into())]))
        }
        "kembali" => (!order.sent_back.is_empty()).then(|| words.say("web-news-sent-back")),
        "disposisi" => (!bundle.run.dispositions.is_empty()).then(|| words.say("web-news-disposed")),
        _ => None,
    }
}

fn figures(words: &Words, view: &RunView) -> Vec<Fact> {
    let totals = &view.totals;
    [
        ("web-figure-met", format!("{} / {}", totals.met, totals.targets)),
        ("web-figure-overdue", totals.overdue.to_string()),
        ("web-figure-failed", totals.failed_visits.to_string()),
        ("web-figure-complaints", totals.complaints_open.to_string()),
    ]
    .into_iter()
    .map(|(key, value)| Fact { term: words.say(key), value })
    .collect()
}

/// The pace needed and the day on which it ends, in sentences.
fn outlook(words: &Words, view: &RunView) -> Vec<String> {
    let forecast = &view.forecast;
    if view.standing != "open" || view.totals.targets == 0 {
        return Vec::new();
    }
    let mut sentences = Vec::new();
    if let Some(needed) = forecast.pace_needed {
        let args = [
            ("pace", show::decimal(words, needed).into()),
            ("days", forecast.working_days_left.into()),
        ];
        sentences.push(say(words, "web-pace-needed", &args));
    }
    if let (Some(pace), Some(day)) = (forecast.pace, forecast.ends_on) {
        let args = [("pace", show::decimal(words, pace).into()), ("day", show::date(words, day).into())];
        sentences.push(say(words, "web-pace-now", &args));
    }
    let args = [
        ("planned", show::hours(words, forecast.planned_minutes).into()),
        ("forecast", show::hours(words, forecast.forecast_minutes).into()),
    ];
    sentences.push(say(words, "web-minutes-planned", &args));
    sentences
}

fn late_rows(words: &Words, duty: &Duty<'_>, bundle: &RunBundle, view: &RunView) -> Vec<LateRow> {
    // A visit is at the site of its target; the lines of the view know the names.
    let names: BTreeMap<_, &str> =
        view.targets.iter().map(|target| (target.id.0, target.site.as_str())).collect();
    let place = |late: &Late| -> String {
        let unknown = || "-".to_owned();
        match late.place.kind {
            StreamKind::Run => view.label.clone(),
            StreamKind::Target => names.get(&late.place.id).map_or_else(unknown, |name| (*name).to_owned()),
            StreamKind::Visit => bundle
                .targets
                .iter()
                .find(|target| target.visits.iter().any(|visit| visit.visit.0 == late.place.id))
                .and_then(|target| names.get(&target.id.0))
                .map_or_else(unknown, |name| (*name).to_owned()),
            StreamKind::Report => bundle
                .reports
                .iter()
                .find(|report| report.id.0 == late.place.id)
                .and_then(|report| match &report.batch {
                    Batch::Team { team, .. } => bundle.run.teams.get(team).map(|team| team.name.clone()),
                    Batch::Final => None,
                })
                .unwrap_or_else(|| words.say("web-final-report")),
            _ => unknown(),
        }
    };
    let kind_of = |late: &Late| {
        let step = duty.procedure(&bundle.run)?.step(late.step.as_ref()?)?;
        Some(words.say(steps::kind(step.kind)))
    };
    view.late
        .iter()
        .take(LATE)
        .map(|late| LateRow {
            what: match (late.against, kind_of(late)) {
                (Against::Standard, Some(step)) => format!("{step}: {}", place(late)),
                _ => say(words, "web-late-plan", &[("what", place(late).into())]),
            },
            over: show::hours(words, late.over_minutes),
            running: late.until.is_none(),
            cause: late.cause.clone().unwrap_or_default(),
        })
        .collect()
}

/// Key of the word and colour of where a target stands.
fn target_standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Planned => ("web-target-planned", "secondary"),
        Standing::UnderWay => ("web-target-under-way", "blue"),
        Standing::Attempted => ("web-target-attempted", "yellow"),
        Standing::Met => ("web-target-met", "green"),
        Standing::Excused => ("web-target-excused", "secondary"),
    }
}
