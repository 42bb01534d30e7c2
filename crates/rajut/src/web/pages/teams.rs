//! Teams and targets of a run: a proposal that one confirms, later the teams as they are and the targets to be moved,
//! many at once. Beside each site stands what a plan needs to know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use rajut_app::{Context, RunBundle, Wish};
use rajut_core::act::Why;
use rajut_core::flow::Oddity;
use rajut_core::id::{ActId, PersonId, RunId, TargetId, TeamId};
use rajut_core::procedure::StepKind;
use rajut_core::run::Team;
use serde::Deserialize;

use super::spread::{Knowledge, TargetBox, TeamBox, empty_box, team_box};
use super::{Page, board, rendered, run_id};
use crate::web::duty::Duty;
use crate::web::failure::Failure;
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// So many conflicts are named; the rest is a number.
const NAMED: usize = 12;

/// What the address says: how to propose, and which targets to show.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Wanted {
    kabar: Option<String>,
    /// `salin` or `kecamatan`.
    #[serde(default)]
    sebar: String,
    /// How many teams.
    #[serde(default)]
    regu: String,
    /// Sites a day and team.
    #[serde(default)]
    per_hari: String,
    /// First day.
    #[serde(default)]
    mulai: String,
    /// Name of a team.
    #[serde(default)]
    tim: String,
    /// A kecamatan.
    #[serde(default)]
    kecamatan: String,
    /// `semua` ticks every box that is shown.
    #[serde(default)]
    centang: String,
}

/// A choice of a filter.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// The proposal.
struct Proposed {
    key: ActId,
    from: Date,
    per_day: u32,
    teams: Vec<TeamBox>,
    /// An empty one, to be filled in where another team is wanted.
    more: TeamBox,
    copied: bool,
    can_copy: bool,
    /// Why nothing could be proposed.
    problem: String,
    summary: String,
}

#[derive(Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    id: RunId,
    title: String,
    seen: i64,
    news: Option<String>,
    today: Date,
    proposed: Option<Proposed>,
    /// Whether whoever looks may change teams and move targets.
    plans: bool,
    waits: String,
    teams: Vec<TeamBox>,
    more: Option<TeamBox>,
    conflicts: Vec<String>,
    conflicts_more: String,
    targets: Vec<TargetBox>,
    shown: String,
    of_team: Vec<Choice>,
    of_district: Vec<Choice>,
    ticked: bool,
    /// The address with the filter, without ticks.
    filter: String,
    move_key: ActId,
}

impl TeamsPage {
    fn batches(&self) -> [(&'static str, String); 3] {
        [
            ("day", self.frame.t("web-batch-day")),
            ("trip", self.frame.t("web-batch-trip")),
            ("week", self.frame.t("web-batch-week")),
        ]
    }
}

/// `/pelaksanaan/{id}/tim`.
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
    let duty = web.duty(&context);
    let today = web.today(&context);
    let bundle = web.app.bundle(run).await?;
    let known = Knowledge::read(&web, &context, &bundle).await?;
    let step = duty.step(&bundle.run, StepKind::Team);
    let plans = visitor.person.is_some_and(|person| {
        duty.procedure(&bundle.run)
            .zip(step)
            .is_some_and(|(procedure, step)| duty.stands_in(person, &duty.posts_of(procedure, &step.from)))
    }) && bundle.run.end.is_none();
    let open = step.is_some_and(|step| bundle.run.progress.is_open(&step.id));
    let formed = bundle.run.teams_formed_at.is_some();
    let mut page = TeamsPage {
        id: run,
        title: bundle.run.title.clone(),
        seen: bundle.version,
        news: news(words, wanted.kabar.as_deref(), formed),
        today,
        proposed: None,
        plans,
        waits: String::new(),
        teams: Vec::new(),
        more: None,
        conflicts: Vec::new(),
        conflicts_more: String::new(),
        targets: Vec::new(),
        shown: String::new(),
        of_team: Vec::new(),
        of_district: Vec::new(),
        ticked: wanted.centang == "semua",
        filter: format!(
            "/pelaksanaan/{run}/tim?tim={}&kecamatan={}",
            board::escaped(&wanted.tim),
            board::escaped(&wanted.kecamatan)
        ),
        move_key: form_key(&web),
        frame,
    };
    if !formed {
        if open && plans {
            propose(&web, &context, words, &bundle, &known, &wanted, &mut page).await?;
        } else {
            page.waits = waits(words, &duty, &bundle, open);
        }
        return rendered(&page);
    }
    page.teams = bundle
        .run
        .teams
        .values()
        .map(|team| team_box(&web, words, &context, today, &bundle, team))
        .collect();
    if plans {
        page.more = Some(empty_box(&web, &context, today));
    }
    let plan: Vec<_> = bundle
        .targets
        .iter()
        .filter(|target| !target.done_with())
        .filter_map(|target| {
            Some(rajut_core::flow::PlannedTarget {
                target: target.id,
                team: target.team?,
                planned_on: target.planned_on.filter(|day| *day >= today),
                due_on: target.due_on,
            })
        })
        .collect();
    let teams: Vec<Team> = bundle.run.teams.values().cloned().collect();
    let odd = web.app.oddities(run, &teams, &plan).await?;
    conflicts(words, &context, &odd, &mut page);
    targets(words, &bundle, &known, &wanted, &mut page);
    rendered(&page)
}

fn news(words: &Words, news: Option<&str>, formed: bool) -> Option<String> {
    let key = match news? {
        "terbentuk" if formed => "web-news-teams",
        "tim" => "web-news-team",
        "pindah" => "web-news-moved",
        _ => return None,
    };
    Some(words.say(key))
}

/// Whose turn it is before there are teams.
fn waits(words: &Words, duty: &Duty<'_>, bundle: &RunBundle, open: bool) -> String {
    let who: Vec<String> = duty
        .procedure(&bundle.run)
        .zip(duty.step(&bundle.run, StepKind::Team))
        .map(|(procedure, step)| duty.posts_of(procedure, &step.from))
        .unwrap_or_default()
        .into_iter()
        .map(|post| duty.post_with_holder(post))
        .collect();
    let key = if open { "web-teams-wait" } else { "web-teams-later" };
    say(words, key, &[("who", who.join(", ").into())])
}

async fn propose(
    web: &Web,
    context: &Context,
    words: &Words,
    bundle: &RunBundle,
    known: &Knowledge,
    wanted: &Wanted,
    page: &mut TeamsPage,
) -> Result<(), Failure> {
    let can_copy = web.app.last_with_teams(&bundle.run).await?.is_some();
    let wish = Wish {
        copy: can_copy && wanted.sebar != "kecamatan",
        teams: wanted.regu.parse().ok(),
        per_day: wanted.per_hari.parse().ok(),
        from: wanted.mulai.parse().ok(),
    };
    let mut problem = String::new();
    let proposal = match web.app.propose_teams(bundle, wish).await {
        Ok(proposal) => proposal,
        // What was wished for does not fit into the order: the teams stand, the days are open.
        Err(rajut_app::AppError::Invalid { .. }) => {
            problem = words.say("web-teams-too-short");
            let looser = Wish {
                per_day: None,
                ..wish
            };
            match web.app.propose_teams(bundle, looser).await {
                Ok(proposal) => proposal,
                Err(rajut_app::AppError::Invalid { .. }) => {
                    page.waits = problem;
                    return Ok(());
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(other) => return Err(other.into()),
    };
    let odd = web
        .app
        .oddities(bundle.run.id, &proposal.teams, &proposal.plan)
        .await?;
    conflicts(words, context, &odd, page);
    let planned: BTreeMap<TargetId, (TeamId, Option<Date>)> = proposal
        .plan
        .iter()
        .map(|it| (it.target, (it.team, it.planned_on)))
        .collect();
    let mut rows: Vec<TargetBox> = bundle
        .targets
        .iter()
        .filter(|target| !target.done_with())
        .map(|target| {
            let (team, day) = planned
                .get(&target.id)
                .map_or((None, None), |(team, day)| (Some(*team), *day));
            known.target(words, target, team, day, &proposal.teams, &planned)
        })
        .collect();
    rows.sort_by(|a, b| (&a.team_name, &a.day, &a.code).cmp(&(&b.team_name, &b.day, &b.code)));
    let last = proposal.plan.iter().filter_map(|it| it.planned_on).max();
    let summary = say(
        words,
        "web-teams-summary",
        &[
            ("sites", proposal.plan.len().into()),
            ("teams", proposal.teams.len().into()),
            (
                "until",
                last.map(|day| show::date(words, day)).unwrap_or_default().into(),
            ),
        ],
    );
    page.targets = rows;
    page.proposed = Some(Proposed {
        key: form_key(web),
        from: proposal.from,
        per_day: proposal.per_day,
        teams: proposal
            .teams
            .iter()
            .map(|team| {
                let count = proposal.plan.iter().filter(|it| it.team == team.id).count();
                TeamBox {
                    share: say(words, "web-sites-count", &[("count", count.into())]),
                    ..team_box(web, words, context, proposal.from, bundle, team)
                }
            })
            .collect(),
        more: empty_box(web, context, proposal.from),
        copied: proposal.copied.is_some(),
        can_copy,
        problem,
        summary,
    });
    Ok(())
}

/// Conflicts in sentences, each once for a person and a reason.
fn conflicts(words: &Words, context: &Context, odd: &[Oddity], page: &mut TeamsPage) {
    let mut days: BTreeMap<(Option<PersonId>, Why), BTreeSet<Date>> = BTreeMap::new();
    for one in odd {
        days.entry((one.person, one.why)).or_default().insert(one.day);
    }
    let all = days.len();
    page.conflicts = days
        .into_iter()
        .take(NAMED)
        .map(|((person, why), days)| {
            let listed: Vec<String> = days
                .iter()
                .take(4)
                .map(|day| show::day_and_month(words, *day))
                .collect();
            let more = if days.len() > 4 { ", ..." } else { "" };
            let name = person
                .and_then(|id| context.person(id).ok())
                .map(rajut_core::people::Person::full_name)
                .unwrap_or_default();
            let args = [
                ("name", name.into()),
                ("days", format!("{}{more}", listed.join(", ")).into()),
            ];
            let key = match (why, person) {
                (Why::OnLeave, _) => "web-conflict-leave",
                (Why::TwoPlaces, _) => "web-conflict-two-places",
                (_, None) => "web-conflict-day-off",
                _ => "web-conflict-overtime",
            };
            say(words, key, &args)
        })
        .collect();
    if all > NAMED {
        page.conflicts_more = say(words, "web-late-more", &[("count", (all - NAMED).into())]);
    }
}

/// The targets that the address asks for, and the filters.
fn targets(words: &Words, bundle: &RunBundle, known: &Knowledge, wanted: &Wanted, page: &mut TeamsPage) {
    let teams: Vec<Team> = bundle.run.teams.values().cloned().collect();
    let planned: BTreeMap<TargetId, (TeamId, Option<Date>)> = bundle
        .targets
        .iter()
        .filter_map(|target| Some((target.id, (target.team?, target.planned_on))))
        .collect();
    let mut rows: Vec<TargetBox> = bundle
        .targets
        .iter()
        .map(|target| known.target(words, target, target.team, target.planned_on, &teams, &planned))
        .collect();
    rows.sort_by(|a, b| (!a.open, &a.day, &a.code).cmp(&(!b.open, &b.day, &b.code)));
    let all = rows.len();
    let choices = |values: BTreeSet<String>, chosen: &str| -> Vec<Choice> {
        values
            .into_iter()
            .map(|value| Choice {
                chosen: value == chosen,
                label: value.clone(),
                value,
            })
            .collect()
    };
    page.of_team = choices(
        rows.iter()
            .map(|row| row.team_name.clone())
            .filter(|it| !it.is_empty())
            .collect(),
        &wanted.tim,
    );
    page.of_district = choices(
        rows.iter().map(|row| row.district.clone()).collect(),
        &wanted.kecamatan,
    );
    rows.retain(|row| {
        (wanted.tim.is_empty() || row.team_name == wanted.tim)
            && (wanted.kecamatan.is_empty() || row.district == wanted.kecamatan)
    });
    page.shown = say(
        words,
        "web-targets-shown",
        &[("shown", rows.len().into()), ("all", all.into())],
    );
    page.targets = rows;
}
