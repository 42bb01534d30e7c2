//! One run: the steps with their clocks, the order and its forms, how far it has come, what is late, every target.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use rajut_app::{RunBundle, RunView};
use rajut_core::act::Act;
use rajut_core::id::{ActId, PersonId};
use rajut_core::lateness::{Against, Late};
use rajut_core::procedure::StepKind;
use rajut_core::run::Batch;
use rajut_core::stream::StreamKind;

use super::board::{self, Bar, Board, Choice, Obstacle, Wanted};
use super::order::OrderPanel;
use super::steps::StepLine;
use super::{Page, order, rendered, run_id, steps};
use crate::web::duty::{Duty, Task};
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many late things are named; the rest is a number.
const LATE: usize = 10;

/// The form that gives the cause of an overrun.
struct CauseForm {
    key: ActId,
    step: String,
    place: String,
}

struct LateRow {
    what: String,
    over: String,
    running: bool,
    cause: String,
    explain: Option<CauseForm>,
}

/// A page of the run's own.
struct Link {
    href: String,
    label: String,
    icon: &'static str,
    /// Whether something waits there for whoever looks.
    mine: bool,
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
    links: Vec<Link>,
    steps: Vec<StepLine>,
    order: Option<OrderPanel>,
    board: Board,
    late: Vec<LateRow>,
    late_more: usize,
    targets_count: usize,
}

impl RunPage {
    /// What one can do here comes before everything else.
    fn acts_first(&self) -> bool {
        self.order.as_ref().is_some_and(OrderPanel::is_mine)
    }

    fn late_rest(&self) -> String {
        say(
            self.frame.words(),
            "web-late-more",
            &[("count", self.late_more.into())],
        )
    }

    /// Bars under the key of their heading.
    fn groups(&self) -> [(&'static str, &[Bar]); 2] {
        [
            ("web-by-team", &self.board.teams),
            ("web-by-district", &self.board.districts),
        ]
    }

    /// What is waited for, under the key of its heading.
    fn obstacles(&self) -> [(&'static str, &[Obstacle]); 2] {
        [
            ("web-figure-complaints", &self.board.complaints),
            ("web-figure-parts", &self.board.parts),
        ]
    }

    /// The filters: name in the address, key of the label, choices.
    fn filters(&self) -> [(&'static str, &'static str, &[Choice]); 3] {
        [
            ("tim", "web-team", &self.board.of_team),
            ("kecamatan", "web-district", &self.board.of_district),
            ("keadaan", "web-standing", &self.board.of_standing),
        ]
    }

    /// Whether anything stands in the way.
    fn hindered(&self) -> bool {
        !(self.board.failed.is_empty() && self.board.complaints.is_empty() && self.board.parts.is_empty())
    }
}

/// `/pelaksanaan/{id}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let run = run_id(&id)?;
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let (zone, now) = (context.agency.zone, web.app.now());
    let bundle = web.app.bundle(run).await?;
    let view = web.app.run_view(run, now).await?;
    let sites = web.app.sites().await?;
    let duty = web.duty(&context);
    let scope: Vec<_> = bundle.targets.iter().map(|target| target.site).collect();
    let complaints: Vec<_> = web
        .app
        .store()
        .open_complaints(&scope)
        .await?
        .into_iter()
        .map(|known| known.state)
        .collect();
    let (standing, colour) = order::standing(&bundle.run);
    let late_more = view.late.len().saturating_sub(LATE);
    let explains = visitor
        .person
        .is_some_and(|person| duty.has_role_for(person, Act::ExplainLateness));
    rendered(&RunPage {
        id: run.to_string(),
        label: view.label.clone(),
        title: view.title.clone(),
        standing: words.say(standing),
        colour,
        news: wanted
            .kabar
            .as_deref()
            .and_then(|news| told(words, news, &bundle)),
        links: links(words, &duty, &bundle, visitor.person),
        steps: steps::lines(words, &duty, zone, now, &bundle, &view),
        order: order::panel(&web, &context, words, &bundle, visitor.person),
        board: board::board(
            words,
            web.today(&context),
            &bundle,
            &view,
            &sites,
            &complaints,
            &wanted,
        ),
        late: late_rows(&web, words, &duty, &bundle, &view, explains),
        late_more,
        targets_count: view.targets.len(),
        frame,
    })
}

/// The pages of the run, as far as its procedure has them.
fn links(words: &Words, duty: &Duty<'_>, bundle: &RunBundle, person: Option<PersonId>) -> Vec<Link> {
    let tasks = person
        .map(|person| duty.tasks(person, bundle))
        .unwrap_or_default();
    let here = format!("/pelaksanaan/{}", bundle.run.id);
    let mut links = Vec::new();
    if duty.step(&bundle.run, StepKind::Team).is_some() {
        links.push(Link {
            href: format!("{here}/tim"),
            label: words.say("web-teams-title"),
            icon: "users",
            mine: tasks.contains(&Task::FormTeams),
        });
    }
    if bundle.run.teams_formed_at.is_some() {
        links.push(Link {
            href: format!("{here}/laporan"),
            label: words.say("web-reports-title"),
            icon: "clipboard-check",
            mine: tasks
                .iter()
                .any(|task| matches!(task, Task::RuleOnReports(_) | Task::Report(_))),
        });
    }
    links
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
        "konsep" => Some(words.say("web-news-drafted")),
        "paraf" => (!order.initials.is_empty()).then(|| words.say("web-news-initialled")),
        "diajukan" => order
            .submitted_at
            .is_some()
            .then(|| words.say("web-news-submitted")),
        "lisan" => order.verbal.is_some().then(|| words.say("web-news-verbal")),
        "perubahan" => {
            let number = order.addenda.last()?.number.as_str();
            Some(say(words, "web-news-addended", &[("number", number.into())]))
        }
        _ => None,
    }
}

fn late_rows(
    web: &Web,
    words: &Words,
    duty: &Duty<'_>,
    bundle: &RunBundle,
    view: &RunView,
    explains: bool,
) -> Vec<LateRow> {
    // A visit is at the site of its target; the lines of the view know the names.
    let names: BTreeMap<_, &str> = view
        .targets
        .iter()
        .map(|target| (target.id.0, target.site.as_str()))
        .collect();
    let place = |late: &Late| -> String {
        let unknown = || "-".to_owned();
        match late.place.kind {
            StreamKind::Run => view.label.clone(),
            StreamKind::Target => names
                .get(&late.place.id)
                .map_or_else(unknown, |name| (*name).to_owned()),
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
            // What is late against its plan has no step of its own: its cause stands at the check.
            explain: late
                .step
                .clone()
                .or_else(|| {
                    duty.step(&bundle.run, StepKind::Visit)
                        .map(|step| step.id.clone())
                })
                .filter(|_| explains && late.cause.is_none())
                .map(|step| CauseForm {
                    key: form_key(web),
                    step: step.to_string(),
                    place: late.place.id.to_string(),
                }),
        })
        .collect()
}
