//! Acts on teams and targets: forming, changing a team, moving many targets at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use jiff::civil::Date;
use rajut_app::RunBundle;
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{PersonId, RunId, TargetId, TeamId};
use rajut_core::run::{BatchRule, Team};
use rajut_core::stream::{StreamKind, StreamRef};

use super::{date, date_if_any};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::{Asked, Many};
use crate::web::pages::run_id;

fn bad() -> Failure {
    Failure::of(StatusCode::BAD_REQUEST)
}

fn record(run: RunId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Run,
        id: run.0,
    }
}

fn here(run: RunId, news: &str) -> Redirect {
    Redirect::to(&format!("/pelaksanaan/{run}/tim?kabar={news}"))
}

fn batch(code: &str) -> Result<BatchRule, Failure> {
    match code {
        "" | "day" => Ok(BatchRule::Day),
        "trip" => Ok(BatchRule::Trip),
        "week" => Ok(BatchRule::Week),
        _ => Err(bad()),
    }
}

/// A team of a form, whose fields end in its id. One without a name is none.
fn team(fields: &Many, id: TeamId, from: Date, known: Option<&Team>) -> Result<Option<Team>, Failure> {
    let field = |name: &str| format!("{name}-{id}");
    let name = fields.one(&field("nama"));
    if name.is_empty() {
        return Ok(None);
    }
    let leader: PersonId = fields.parsed(&field("ketua"))?;
    let mut members: BTreeSet<PersonId> = fields.all_parsed(&field("anggota"))?.into_iter().collect();
    // Who leads goes along.
    members.insert(leader);
    let mut team = known.cloned().unwrap_or(Team {
        id,
        name: String::new(),
        leader,
        members: Vec::new(),
        vehicle: String::new(),
        batch: BatchRule::Day,
    });
    name.clone_into(&mut team.name);
    team.leader = leader;
    fields.one(&field("kendaraan")).clone_into(&mut team.vehicle);
    team.batch = batch(fields.one(&field("berkas")))?;
    team.set_members(&members, from);
    Ok(Some(team))
}

/// The last day of a target, which no planned day may pass. Whether there is such a target the rules say.
fn due(bundle: &RunBundle, target: TargetId, planned_on: Option<Date>) -> Date {
    let known = bundle.targets.iter().find(|it| it.id == target);
    let due = known.map(|known| known.due_on);
    due.max(planned_on).unwrap_or(Date::MAX)
}

/// Forms the teams and spreads the targets as the form shows it.
pub async fn form(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Many>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    form.still_as_seen(&web, record(run), form.fields.one("seen"))
        .await?;
    let fields = &form.fields;
    let bundle = web.app.bundle(run).await?;
    let from = date(fields.one("from"))?;
    let mut teams = Vec::new();
    for id in fields.all_parsed::<TeamId>("team")? {
        teams.extend(team(fields, id, from, None)?);
    }
    let mut days: BTreeMap<&str, &str> = fields.under("hari-").collect();
    let mut plan = Vec::new();
    for (target, team) in fields.under("sasaran-") {
        let day = days.remove(target).unwrap_or_default();
        if team.is_empty() {
            continue;
        }
        let (target, planned_on) = (target.parse().map_err(|_| bad())?, date_if_any(day)?);
        plan.push(PlannedTarget {
            target,
            team: team.parse().map_err(|_| bad())?,
            planned_on,
            due_on: due(&bundle, target, planned_on),
        });
    }
    let command = Command::FormTeams {
        run,
        teams,
        plan,
        reason: fields.one("reason").to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(here(run, "terbentuk"))
}

/// Changes a team, or adds one.
pub async fn change(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Many>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    form.still_as_seen(&web, record(run), form.fields.one("seen"))
        .await?;
    let fields = &form.fields;
    let bundle = web.app.bundle(run).await?;
    let id: TeamId = fields.parsed("team")?;
    let from = date(fields.one("from"))?;
    let team = team(fields, id, from, bundle.run.teams.get(&id))?.ok_or_else(bad)?;
    let command = Command::ChangeTeam {
        run,
        team,
        reason: fields.one("reason").to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(here(run, "tim"))
}

/// Moves the ticked targets, and those of a whole kecamatan, to a team or a day.
pub async fn plan(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    form: Asked<Many>,
) -> Result<Redirect, Failure> {
    let run = run_id(&id)?;
    let fields = &form.fields;
    let bundle = web.app.bundle(run).await?;
    let mut moved: BTreeSet<TargetId> = fields.all_parsed("target")?.into_iter().collect();
    let district = fields.one("semua");
    if !district.is_empty() {
        let sites = web.app.sites().await?;
        let there = |site| sites.get(site).is_some_and(|site| site.district == district);
        let targets = bundle.targets.iter().filter(|target| !target.done_with());
        moved.extend(
            targets
                .filter(|target| there(&target.site))
                .map(|target| target.id),
        );
    }
    if moved.is_empty() {
        return Err(Failure::because(
            StatusCode::BAD_REQUEST,
            "invalid",
            "web-move-nothing",
        ));
    }
    let team: Option<TeamId> = match fields.one("team") {
        "" => None,
        _ => Some(fields.parsed("team")?),
    };
    let day = date_if_any(fields.one("day"))?;
    let mut plan = Vec::new();
    for target in moved {
        let known = bundle.targets.iter().find(|it| it.id == target);
        let planned_on = day.or(known.and_then(|known| known.planned_on));
        plan.push(PlannedTarget {
            target,
            team: team
                .or(known.and_then(|known| known.team))
                .ok_or_else(|| Failure::because(StatusCode::BAD_REQUEST, "invalid", "web-move-no-team"))?,
            planned_on,
            due_on: due(&bundle, target, planned_on),
        });
    }
    let command = Command::PlanTargets {
        run,
        plan,
        reason: fields.one("reason").to_owned(),
    };
    form.perform(&web, &command).await?;
    Ok(here(run, "pindah"))
}
