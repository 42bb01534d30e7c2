//! Reports and the end of the run: step 5.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::advance::{calendar, order_of};
use super::refused::step_name;
use super::rights::Scene;
use super::{Command, Deciding, reason};
use crate::act::{Actor, Expect, Refusal, Right, Rule, Wanted};
use crate::engine::Progress;
use crate::id::{PersonId, ReportId, RunId, TeamId, VisitId};
use crate::procedure::{Goal, Procedure, Scope, Step, StepKind};
use crate::run::{
    Batch, BatchRule, Explanation, Report, ReportEvent, ReportStanding, Ruling, Run, RunEnd, RunEvent,
    Submission, Target, Team,
};
use crate::stream::{StreamKind, StreamRef};
use crate::visit::{Flag, FlagCode, Visit};

/// A batch as a command names it.
struct BatchOf {
    report: ReportId,
    run: RunId,
    team: TeamId,
    from: Date,
    until: Date,
}

impl<'a> Deciding<'a> {
    pub(super) fn report(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::RecordReturn {
                report,
                run,
                team,
                from,
                until,
            } => {
                let batch = BatchOf {
                    report: *report,
                    run: *run,
                    team: *team,
                    from: *from,
                    until: *until,
                };
                self.record_return(batch)
            }
            Command::SubmitReport {
                report,
                run,
                team,
                from,
                until,
                results,
                conclusions,
            } => {
                let batch = BatchOf {
                    report: *report,
                    run: *run,
                    team: *team,
                    from: *from,
                    until: *until,
                };
                self.submit(batch, results, conclusions)
            }
            Command::AcceptReport { report, note } => self.rule(*report, true, note),
            Command::ReturnReport { report, note } => {
                reason(note, Wanted::Return)?;
                self.rule(*report, false, note)
            }
            Command::SubmitFinalReport {
                report,
                run,
                results,
                conclusions,
            } => self.final_report(*report, *run, results, conclusions),
            Command::CloseRun { run, instruction } => self.close(*run, instruction),
            Command::CancelRun { run, reason: why } => {
                let (known, _) = self.open_run(*run)?;
                self.grant(Scene::default())?;
                reason(why, Wanted::Cancel)?;
                self.not_before(known.opened_at)?;
                let end = RunEnd::Cancelled {
                    at: self.at(),
                    by: self.person()?,
                    reason: why.clone(),
                };
                self.on_run(*run, RunEvent::Ended { end });
                Ok(())
            }
            Command::ExplainLateness {
                run,
                step,
                place,
                cause,
                note,
            } => {
                let known = self.facts.records.get::<Run>(run.0)?;
                self.grant(Scene::default())?;
                reason(cause, Wanted::Cause)?;
                let explanation = Explanation {
                    step: step.clone(),
                    place: *place,
                    cause: cause.clone(),
                    note: note.clone(),
                    by: self.person()?,
                    at: self.at(),
                };
                self.on_run(known.id, RunEvent::Explained { explanation });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The visits of a team on the days of a batch that have ended and stand in no other report.
    fn visits_of(&self, batch: &BatchOf) -> Vec<&'a Visit> {
        let reported: BTreeSet<VisitId> = self
            .reports_of(batch.run)
            .filter(|report| report.id != batch.report)
            .filter_map(|report| report.submissions.last())
            .flat_map(|submission| submission.visits.iter().copied())
            .collect();
        self.facts
            .records
            .all::<Visit>()
            .filter(|visit| visit.run == Some(batch.run) && visit.team == Some(batch.team))
            .filter(|visit| !reported.contains(&visit.id))
            .filter(|visit| {
                self.day_of(visit)
                    .is_some_and(|day| batch.from <= day && day <= batch.until)
            })
            .collect()
    }

    /// The day of a visit that has ended: the one on which it began.
    fn day_of(&self, visit: &Visit) -> Option<Date> {
        let left = visit.check_out.as_ref()?;
        Some(
            self.facts
                .agency
                .zone
                .date(visit.check_in.as_ref().unwrap_or(left).at),
        )
    }

    fn reports_of(&self, run: RunId) -> impl Iterator<Item = &'a Report> + use<'a> {
        self.facts
            .records
            .all::<Report>()
            .filter(move |report| report.run == run)
    }

    /// A report becomes possible with the record of the return, else on the next working morning after the
    /// last check-out of its batch.
    fn possible_at(&self, visits: &[&Visit]) -> Result<Option<Timestamp>, Refusal> {
        let Some(last) = last_out(visits) else {
            return Ok(None);
        };
        self.facts
            .calendar
            .next_working_morning(self.facts.agency.zone, last)
            .map(Some)
            .map_err(calendar)
    }

    /// The record of a batch: the one named, else one of the same team and days that still waits.
    fn record_of(&self, batch: BatchOf) -> BatchOf {
        if self.facts.records.find::<Report>(batch.report.0).is_some() {
            return batch;
        }
        let waiting = self.reports_of(batch.run).find(|report| {
            matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned)
                && matches!(report.batch, Batch::Team { team, from, until }
                    if team == batch.team && from <= batch.until && batch.from <= until)
        });
        match waiting {
            Some(report) => BatchOf {
                report: report.id,
                ..batch
            },
            None => batch,
        }
    }

    fn opened(&self, batch: &BatchOf, possible_at: Timestamp) -> Result<Report, Refusal> {
        let run = self.facts.records.get::<Run>(batch.run.0)?;
        let procedure = self.procedure_of(run)?;
        let progress = first_of_team(procedure)
            .map(|step| Progress::begin(procedure, &step.id, possible_at))
            .transpose()
            .map_err(|error| super::refused::engine(procedure, &error))?;
        Ok(Report {
            id: batch.report,
            run: batch.run,
            batch: Batch::Team {
                team: batch.team,
                from: batch.from,
                until: batch.until,
            },
            possible_at,
            returned_at: None,
            progress,
            submissions: Vec::new(),
            flags: BTreeSet::new(),
        })
    }

    /// A field fact: it is kept even when the run has ended.
    fn record_return(&mut self, batch: BatchOf) -> Result<(), Refusal> {
        let run = self.facts.records.get::<Run>(batch.run.0)?;
        let batch = self.record_of(batch);
        let (at, day) = (self.at(), self.day());
        let mut flags = BTreeSet::new();
        let mut flag = |code, person, detail: String| {
            flags.insert(Flag { code, person, detail });
        };
        if let Some(end) = &run.end {
            flag(FlagCode::RunEnded, None, end.at().to_string());
        }
        if let Actor::Person(person) = self.changes.envelope.done_by
            && !run
                .teams
                .get(&batch.team)
                .is_some_and(|team| team.has_member(person, day))
        {
            flag(FlagCode::NotMember, Some(person), day.to_string());
        }
        let known = self.facts.records.find::<Report>(batch.report.0);
        if known.is_some_and(|report| report.standing() == ReportStanding::Accepted) {
            flag(FlagCode::AfterReport, None, at.to_string());
        }
        let stream = StreamRef {
            kind: StreamKind::Report,
            id: batch.report.0,
        };
        if known.is_none() {
            let report = self.opened(&batch, at)?;
            self.changes.push(
                stream,
                Expect::New,
                ReportEvent::Opened {
                    report: Box::new(report),
                },
            );
        }
        self.changes
            .push(stream, Expect::Any, ReportEvent::Returned { at, flags });
        Ok(())
    }

    fn submit(&mut self, batch: BatchOf, results: &str, conclusions: &str) -> Result<(), Refusal> {
        let (run, procedure) = self.open_run(batch.run)?;
        if !run.teams.contains_key(&batch.team) {
            return Err(Refusal::new(Rule::TeamUnknown).with("team", batch.team));
        }
        self.grant(Scene {
            run: Some(run),
            procedure: Some(procedure),
            team: Some(batch.team),
            ..Scene::default()
        })?;
        if team_reports(procedure).is_none() {
            return Err(Refusal::new(Rule::StepMissing).with("kind", "report"));
        }
        let batch = self.record_of(batch);
        let visits = self.visits_of(&batch);
        let (Some(possible_at), Some(last_out)) = (self.possible_at(&visits)?, last_out(&visits)) else {
            return Err(Refusal::new(Rule::BatchEmpty).with("day", batch.from));
        };
        self.not_before(last_out)?;
        let report = if let Some(report) = self.facts.records.find::<Report>(batch.report.0) {
            if !matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned) {
                return Err(not_waiting(report.standing()));
            }
            if (report.run, report.team()) != (batch.run, Some(batch.team)) {
                return Err(Refusal::new(Rule::TeamUnknown).with("team", batch.team));
            }
            report.clone()
        } else {
            // Before the next working morning the team was evidently back when it reported.
            let report = self.opened(&batch, possible_at.min(self.at()))?;
            self.on_report(
                batch.report,
                ReportEvent::Opened {
                    report: Box::new(report.clone()),
                },
            );
            report
        };
        let advance = self.report_advance(procedure, &report)?;
        let submission = Submission {
            by: self.person()?,
            at: self.at(),
            results: results.to_owned(),
            conclusions: conclusions.to_owned(),
            visits: visits.iter().map(|visit| visit.id).collect(),
            ruling: None,
        };
        self.on_report(batch.report, ReportEvent::Submitted { submission, advance });
        Ok(())
    }

    /// Opens the reports that have become due without anybody recording the return: their clock runs.
    pub(super) fn open_due_reports(&mut self, run: &Run, procedure: &Procedure) -> Result<(), Refusal> {
        if team_reports(procedure).is_none() {
            return Ok(());
        }
        let covered: BTreeSet<VisitId> = self
            .reports_of(run.id)
            .flat_map(|report| report.submissions.iter().flat_map(|it| it.visits.iter().copied()))
            .collect();
        let waiting: Vec<(TeamId, Date, Date)> = self
            .reports_of(run.id)
            .filter(|report| report.standing() == ReportStanding::Due)
            .filter_map(|report| match report.batch {
                Batch::Team { team, from, until } => Some((team, from, until)),
                Batch::Final => None,
            })
            .collect();
        for team in run.teams.values() {
            let mut batches: BTreeMap<Date, Vec<&Visit>> = BTreeMap::new();
            for visit in self.facts.records.all::<Visit>() {
                let of_team = visit.run == Some(run.id) && visit.team == Some(team.id);
                let Some(day) = self
                    .day_of(visit)
                    .filter(|_| of_team && !covered.contains(&visit.id))
                else {
                    continue;
                };
                if waiting
                    .iter()
                    .any(|(of, from, until)| *of == team.id && *from <= day && day <= *until)
                {
                    continue;
                }
                batches.entry(team.batch.first_day(day)).or_default().push(visit);
            }
            for visits in batches.into_values() {
                self.open_if_due(run.id, team, &visits)?;
            }
        }
        Ok(())
    }

    fn open_if_due(&mut self, run: RunId, team: &Team, visits: &[&Visit]) -> Result<(), Refusal> {
        let Some(possible_at) = self.possible_at(visits)? else {
            return Ok(());
        };
        let days = || visits.iter().filter_map(|visit| self.day_of(visit));
        let (Some(from), Some(last)) = (days().min(), days().max()) else {
            return Ok(());
        };
        // A week is over on Sunday. A trip is over for certain only when nobody has gone out for a working day.
        let over = match team.batch {
            BatchRule::Day => possible_at <= self.at(),
            BatchRule::Week => possible_at <= self.at() && team.batch.first_day(self.day()) > last,
            BatchRule::Trip => self
                .facts
                .calendar
                .add_working_days(self.facts.agency.zone, possible_at, 1)
                .map_err(calendar)
                .map(|quiet| quiet <= self.at())?,
        };
        if over {
            let batch = BatchOf {
                report: self.ids.fresh(),
                run,
                team: team.id,
                from,
                until: last,
            };
            let report = self.opened(&batch, possible_at)?;
            self.on_report(
                batch.report,
                ReportEvent::Opened {
                    report: Box::new(report),
                },
            );
        }
        Ok(())
    }

    fn report_advance(
        &self,
        procedure: &Procedure,
        report: &Report,
    ) -> Result<Option<crate::engine::Advance>, Refusal> {
        let (Some(progress), Some(step)) = (&report.progress, report_step(procedure)) else {
            return Ok(None);
        };
        let at = self.at().max(report.possible_at);
        progress
            .advance(procedure, &step.id, None, at)
            .map(Some)
            .map_err(|error| super::refused::engine(procedure, &error))
    }

    fn rule(&mut self, id: ReportId, accepted: bool, note: &str) -> Result<(), Refusal> {
        let report = self.facts.records.get::<Report>(id.0)?;
        let (run, procedure) = self.open_run(report.run)?;
        self.grant(Scene {
            run: Some(run),
            procedure: Some(procedure),
            ..Scene::default()
        })?;
        if report.standing() != ReportStanding::Submitted {
            return Err(not_waiting(report.standing()));
        }
        if let Some(submission) = report.submissions.last() {
            self.not_before(submission.at)?;
        }
        // What the procedure asks of the team after the report is done first.
        if let Some(open) = report.progress.iter().flat_map(|progress| &progress.open).next() {
            return Err(Refusal::new(Rule::StepNotOpen)
                .with(
                    "step",
                    report_step(procedure).map_or_else(String::new, |step| step_name(procedure, &step.id)),
                )
                .with("open", step_name(procedure, &open.step)));
        }
        let ruling = Ruling {
            accepted,
            by: self.person()?,
            at: self.at(),
            note: note.to_owned(),
        };
        // A returned report opens its step once more.
        let progress = match (accepted, &report.progress, report_step(procedure)) {
            (false, Some(progress), Some(step)) => {
                let mut again = Progress::begin(procedure, &step.id, self.at())
                    .map_err(|error| super::refused::engine(procedure, &error))?;
                let before = progress.done.iter().filter(|done| done.step == step.id).count();
                for open in &mut again.open {
                    open.round = u32::try_from(before + 1).unwrap_or(u32::MAX);
                }
                Some(Progress {
                    done: progress.done.clone(),
                    paused: progress.paused.clone(),
                    ..again
                })
            }
            _ => None,
        };
        self.on_report(id, ReportEvent::Ruled { ruling, progress });
        Ok(())
    }

    fn final_report(
        &mut self,
        id: ReportId,
        run_id: RunId,
        results: &str,
        conclusions: &str,
    ) -> Result<(), Refusal> {
        let (run, procedure) = self.open_run(run_id)?;
        // Who receives the teams' reports gathers them; where the report is a step of the whole run, who does
        // that step writes it.
        let of_run = report_step(procedure).filter(|step| step.scope == Scope::Run);
        let right = match of_run {
            Some(_) => Right::StepActor(StepKind::Report),
            None => self.changes.envelope.act.authority().right,
        };
        let scene = Scene {
            run: Some(run),
            procedure: Some(procedure),
            ..Scene::default()
        };
        let granted = self.grant_by(right, scene)?;
        self.all_settled(run_id)?;
        self.reports_settled(run_id, procedure)?;
        let known = self
            .reports_of(run_id)
            .find(|report| report.batch == Batch::Final);
        if let Some(known) = known
            && (known.id != id || !matches!(known.standing(), ReportStanding::Due | ReportStanding::Returned))
        {
            return Err(not_waiting(known.standing()));
        }
        if let Some(step) = of_run.filter(|_| known.is_none()) {
            let open = self.open_step_of(run, procedure, StepKind::Report)?;
            self.not_before(open.since)?;
            self.finish(run, procedure, &step.id, None, BTreeMap::new(), &granted)?;
        }
        let submission = Submission {
            by: self.person()?,
            at: self.at(),
            results: results.to_owned(),
            conclusions: conclusions.to_owned(),
            visits: Vec::new(),
            ruling: None,
        };
        if known.is_none() {
            let report = Report {
                id,
                run: run_id,
                batch: Batch::Final,
                possible_at: self.at(),
                returned_at: None,
                progress: None,
                submissions: Vec::new(),
                flags: BTreeSet::new(),
            };
            self.on_report(
                id,
                ReportEvent::Opened {
                    report: Box::new(report),
                },
            );
        }
        self.on_report(
            id,
            ReportEvent::Submitted {
                submission,
                advance: None,
            },
        );
        Ok(())
    }

    /// Every report of a team is accepted, and every ended visit of one stands in a report.
    pub(super) fn reports_settled(&self, run: RunId, procedure: &Procedure) -> Result<(), Refusal> {
        let of_teams = || self.reports_of(run).filter(|report| report.batch != Batch::Final);
        let refuse = |count: usize, first: &dyn std::fmt::Display| {
            Refusal::new(Rule::ReportsOpen)
                .with("count", count)
                .with("first", first)
        };
        let open: Vec<_> = of_teams()
            .filter(|report| report.standing() != ReportStanding::Accepted)
            .collect();
        if let Some(first) = open.first() {
            return Err(refuse(open.len(), &first.id));
        }
        if team_reports(procedure).is_none() {
            return Ok(());
        }
        let reported: BTreeSet<_> = of_teams()
            .flat_map(|report| report.submissions.iter().flat_map(|s| s.visits.iter()))
            .collect();
        let missing: Vec<_> = self
            .facts
            .records
            .all::<Visit>()
            .filter(|visit| visit.run == Some(run) && visit.check_out.is_some() && visit.team.is_some())
            .filter(|visit| !reported.contains(&visit.id))
            .collect();
        match missing.first() {
            Some(first) => Err(refuse(missing.len(), &first.id)),
            None => Ok(()),
        }
    }

    /// Every target is met or excused, every visit was left, and every complaint left has a verdict or was moved on.
    fn all_settled(&self, run: RunId) -> Result<(), Refusal> {
        let targets: Vec<&Target> = self.targets_of(run).collect();
        let open: Vec<_> = targets.iter().filter(|target| !target.done_with()).collect();
        if let Some(first) = open.first() {
            return Err(Refusal::new(Rule::TargetsOpen)
                .with("count", open.len())
                .with("first", first.site));
        }
        // Whoever forgot to leave is closed by an estimate, so that no visit goes on for ever.
        let under_way: Vec<&Visit> = self
            .facts
            .records
            .all::<Visit>()
            .filter(|visit| visit.run == Some(run) && visit.check_in.is_some() && visit.check_out.is_none())
            .collect();
        if let Some(first) = under_way.first() {
            return Err(Refusal::new(Rule::VisitsOpen)
                .with("count", under_way.len())
                .with("first", first.site));
        }
        let unanswered: Vec<_> = targets.iter().flat_map(|target| target.unanswered()).collect();
        if let Some(first) = unanswered.first() {
            return Err(Refusal::new(Rule::ComplaintsOpen)
                .with("count", unanswered.len())
                .with("first", first));
        }
        Ok(())
    }

    fn close(&mut self, id: RunId, instruction: &str) -> Result<(), Refusal> {
        let (run, procedure) = self.open_run(id)?;
        self.grant(Scene {
            run: Some(run),
            procedure: Some(procedure),
            ..Scene::default()
        })?;
        reason(instruction, Wanted::Disposition)?;
        if let Some(order) = order_of(run, procedure)?
            && order.issued.is_none()
        {
            return Err(Refusal::new(Rule::VerbalNotPapered));
        }
        self.all_settled(id)?;
        self.reports_settled(id, procedure)?;
        let last = self
            .reports_of(id)
            .find(|report| report.batch == Batch::Final)
            .ok_or_else(|| Refusal::new(Rule::FinalReportMissing))?;
        if let Some(submission) = last.submissions.last() {
            self.not_before(submission.at)?;
        }
        match last.standing() {
            ReportStanding::Accepted => {}
            ReportStanding::Submitted => {
                let ruling = Ruling {
                    accepted: true,
                    by: self.person()?,
                    at: self.at(),
                    note: instruction.to_owned(),
                };
                self.on_report(
                    last.id,
                    ReportEvent::Ruled {
                        ruling,
                        progress: None,
                    },
                );
            }
            other => return Err(not_waiting(other)),
        }
        // What the decision relied on: nobody may add a site, a complaint or a report in between.
        let targets = self.targets_of(id).map(|it| StreamRef {
            kind: StreamKind::Target,
            id: it.id.0,
        });
        let reports = self.reports_of(id).map(|it| StreamRef {
            kind: StreamKind::Report,
            id: it.id.0,
        });
        for stream in targets.chain(reports) {
            if let Some(version) = self.facts.records.version(stream) {
                self.changes.relies_on(stream, version);
            }
        }
        let by: PersonId = self.person()?;
        let end = RunEnd::Closed {
            at: self.at(),
            by: Some(by),
            instruction: instruction.to_owned(),
        };
        self.on_run(id, RunEvent::Ended { end });
        Ok(())
    }
}

fn report_step(procedure: &Procedure) -> Option<&Step> {
    procedure.steps.iter().find(|step| step.kind == StepKind::Report)
}

/// The report step, where it is the team that reports.
fn team_reports(procedure: &Procedure) -> Option<&Step> {
    report_step(procedure).filter(|step| step.scope == Scope::Team)
}

/// Where the steps of a team begin: what the steps of sites lead to, else the report.
fn first_of_team(procedure: &Procedure) -> Option<&Step> {
    procedure
        .steps
        .iter()
        .filter(|step| step.scope != Scope::Team)
        .flat_map(Step::ways)
        .find_map(|(_, goal)| match goal {
            Goal::Step(id) => procedure.step(&id).filter(|step| step.scope == Scope::Team),
            Goal::End => None,
        })
        .or_else(|| team_reports(procedure))
}

/// When the last of the visits ended.
fn last_out(visits: &[&Visit]) -> Option<Timestamp> {
    visits
        .iter()
        .filter_map(|visit| visit.check_out.as_ref())
        .map(|stamp| stamp.at)
        .max()
}

fn not_waiting(standing: ReportStanding) -> Refusal {
    Refusal::new(Rule::ReportNotWaiting).with("standing", format!("{standing:?}").to_lowercase())
}
