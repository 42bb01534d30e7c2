//! What people look at: a run with its clocks, what is late, lists by name instead of id.

use jiff::Timestamp;
use rajut_core::engine::Progress;
use rajut_core::id::{RunId, SiteId};
use rajut_core::lateness::{Clock, Forecast, Late, RunFacts, Totals, clocks, forecast, late, totals};
use rajut_core::procedure::{LaneId, Procedure, Step};
use rajut_core::register::Site;
use rajut_core::run::{FollowUp, Report, Run, Standing, Target};
use rajut_core::stream::{State, StreamKind};
use rajut_core::visit::Visit;
use serde::Serialize;

use crate::{App, AppError, Context};

/// A run with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct RunBundle {
    /// The run.
    pub run: Run,
    /// Its version.
    pub version: i64,
    /// Its targets.
    pub targets: Vec<Target>,
    /// Its visits.
    pub visits: Vec<Visit>,
    /// Its reports.
    pub reports: Vec<Report>,
    /// The follow-ups opened under it.
    pub follow_ups: Vec<FollowUp>,
}

/// A target as a line of a list.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct TargetLine {
    /// Its id.
    pub id: rajut_core::id::TargetId,
    /// Code of the site.
    pub site_code: String,
    /// Name of the site.
    pub site: String,
    /// Kecamatan.
    pub district: String,
    /// Name of the team.
    pub team: Option<String>,
    /// The day planned.
    pub planned_on: Option<jiff::civil::Date>,
    /// The last day.
    pub due_on: jiff::civil::Date,
    /// Where it stands.
    pub standing: Standing,
    /// Attempts.
    pub visits: usize,
    /// Complaints without a verdict.
    pub complaints_open: usize,
    /// Why it comes over from an earlier run, if it does: words, or a code.
    pub carried_over: Vec<String>,
}

/// A step that is open, and for whom it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct OpenLine {
    /// The step.
    pub step: rajut_core::procedure::StepId,
    /// Code of the site, for a step of a site.
    pub site_code: Option<String>,
    /// Since when it can be done.
    pub since: Timestamp,
    /// Lanes whose actors have done their part, where each must act.
    pub acted: Vec<String>,
    /// Lanes for which it waits, as printed: all of these where each must act, any one of them elsewhere.
    pub waits_for: Vec<String>,
}

/// A run as it is shown.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct RunView {
    /// Its id.
    pub id: RunId,
    /// Number of its order, or its title.
    pub label: String,
    /// What it is called.
    pub title: String,
    /// What it follows.
    pub procedure: String,
    /// `open`, `closed` or `cancelled`.
    pub standing: &'static str,
    /// What is open in the run, and at its sites where several must act.
    pub open: Vec<OpenLine>,
    /// Steps with their clocks.
    pub clocks: Vec<Clock>,
    /// Totals.
    pub totals: Totals,
    /// What is to be expected.
    pub forecast: Forecast,
    /// What is late, worst first.
    pub late: Vec<Late>,
    /// Targets.
    pub targets: Vec<TargetLine>,
}

impl RunBundle {
    /// What the clocks need, given as slices.
    pub fn with_facts<R>(
        &self,
        context: &Context,
        look: impl FnOnce(RunFacts<'_>) -> R,
    ) -> Result<R, AppError> {
        let procedure = context.procedures.get(&self.run.procedure).ok_or_else(|| {
            AppError::not_found(
                "version",
                format!("{} {}", self.run.procedure.code, self.run.procedure.version),
            )
        })?;
        let targets: Vec<&Target> = self.targets.iter().collect();
        let visits: Vec<&Visit> = self.visits.iter().collect();
        let reports: Vec<&Report> = self.reports.iter().collect();
        Ok(look(RunFacts {
            run: &self.run,
            procedure,
            targets: &targets,
            visits: &visits,
            reports: &reports,
            calendar: &context.calendar,
            zone: procedure.zone.unwrap_or(context.agency.zone),
        }))
    }
}

impl App {
    /// A run with everything that belongs to it.
    pub async fn bundle(&self, run: RunId) -> Result<RunBundle, AppError> {
        let stream = rajut_core::stream::StreamRef {
            kind: StreamKind::Run,
            id: run.0,
        };
        let loaded = self
            .store()
            .load(stream)
            .await?
            .ok_or_else(|| AppError::not_found("run", run))?;
        let State::Run(known) = loaded.state else {
            return Err(AppError::not_found("run", run));
        };
        let of_run = self.store().of_run(run).await?;
        Ok(RunBundle {
            run: *known,
            version: loaded.version,
            targets: of_run.targets.into_iter().map(|it| it.state).collect(),
            visits: of_run.visits.into_iter().map(|it| it.state).collect(),
            reports: of_run.reports.into_iter().map(|it| it.state).collect(),
            follow_ups: of_run.follow_ups.into_iter().map(|it| it.state).collect(),
        })
    }

    /// Names of sites by id.
    pub async fn sites(&self) -> Result<std::collections::BTreeMap<SiteId, Site>, AppError> {
        let all = self.store().all(StreamKind::Site).await?;
        Ok(all
            .into_iter()
            .filter_map(|(_, versioned)| match versioned.state {
                State::Site(site) => Some((site.id, *site)),
                _ => None,
            })
            .collect())
    }

    /// The targets of a run as lines of a list, by planned day and code.
    pub async fn target_lines(&self, run: RunId) -> Result<Vec<TargetLine>, AppError> {
        let bundle = self.bundle(run).await?;
        Ok(target_lines(&bundle, &self.sites().await?))
    }

    /// A run as it is shown at `now`.
    pub async fn run_view(&self, run: RunId, now: Timestamp) -> Result<RunView, AppError> {
        let context = self.context().await?;
        let bundle = self.bundle(run).await?;
        let sites = self.sites().await?;
        let calendar = |error| AppError::setting("calendar", error);
        bundle.with_facts(&context, |facts| {
            let targets = target_lines(&bundle, &sites);
            Ok(RunView {
                id: bundle.run.id,
                label: bundle.run.label().to_owned(),
                title: bundle.run.title.clone(),
                procedure: bundle.run.procedure.code.to_string(),
                standing: match bundle.run.end {
                    None => "open",
                    Some(rajut_core::run::RunEnd::Closed { .. }) => "closed",
                    Some(rajut_core::run::RunEnd::Cancelled { .. }) => "cancelled",
                },
                open: open_lines(&bundle, facts.procedure, &sites),
                clocks: clocks(facts, now).map_err(calendar)?,
                totals: totals(facts, now),
                forecast: forecast(facts, now).map_err(calendar)?,
                late: late(facts, now).map_err(calendar)?,
                targets,
            })
        })?
    }
}

fn open_lines(
    bundle: &RunBundle,
    procedure: &Procedure,
    sites: &std::collections::BTreeMap<SiteId, Site>,
) -> Vec<OpenLine> {
    let label = |id: &LaneId| {
        let lane = procedure.lane(id);
        lane.map_or_else(|| id.to_string(), |lane| lane.label.clone())
    };
    let lines = |progress: &Progress, site: Option<SiteId>| -> Vec<OpenLine> {
        let site_code = site
            .and_then(|site| sites.get(&site))
            .map(|site| site.code.clone());
        let wanted = |step: &Step| site.is_none() || step.needs_each();
        progress
            .open
            .iter()
            .filter(|open| procedure.step(&open.step).is_some_and(wanted))
            .map(|open| OpenLine {
                step: open.step.clone(),
                site_code: site_code.clone(),
                since: open.since,
                acted: open.parts.iter().map(|part| label(&part.lane)).collect(),
                waits_for: progress
                    .missing(procedure, &open.step)
                    .iter()
                    .map(label)
                    .collect(),
            })
            .collect()
    };
    if bundle.run.end.is_some() {
        return Vec::new();
    }
    let mut open = lines(&bundle.run.progress, None);
    for target in bundle.targets.iter().filter(|target| target.excuse.is_none()) {
        open.extend(
            target
                .progress
                .iter()
                .flat_map(|progress| lines(progress, Some(target.site))),
        );
    }
    open
}

fn target_lines(bundle: &RunBundle, sites: &std::collections::BTreeMap<SiteId, Site>) -> Vec<TargetLine> {
    let mut lines: Vec<TargetLine> = bundle
        .targets
        .iter()
        .map(|target| target_line(&bundle.run, target, sites))
        .collect();
    lines.sort_by(|a, b| (a.planned_on, &a.site_code).cmp(&(b.planned_on, &b.site_code)));
    lines
}

fn target_line(run: &Run, target: &Target, sites: &std::collections::BTreeMap<SiteId, Site>) -> TargetLine {
    let site = sites.get(&target.site);
    TargetLine {
        id: target.id,
        site_code: site.map(|site| site.code.clone()).unwrap_or_default(),
        site: site.map(|site| site.name.clone()).unwrap_or_default(),
        district: site.map(|site| site.district.clone()).unwrap_or_default(),
        team: target
            .team
            .and_then(|team| run.teams.get(&team))
            .map(|team| team.name.clone()),
        planned_on: target.planned_on,
        due_on: target.due_on,
        standing: target.standing(),
        visits: target.visits.len(),
        complaints_open: target.unanswered().count(),
        carried_over: target
            .carried_over
            .as_ref()
            .map(|left| left.reasons.clone())
            .unwrap_or_default(),
    }
}
