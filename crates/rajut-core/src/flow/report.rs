//! Reports and the end of the run: step 5.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::order::{calendar, in_force};
use super::rights::Scene;
use super::{Command, Deciding, reason};
use crate::act::{Expect, Refusal, Rule};
use crate::engine::Progress;
use crate::id::{PersonId, ReportId, RunId, TeamId};
use crate::procedure::{Procedure, Scope, Step, StepKind};
use crate::run::{
    Batch, Explanation, Report, ReportEvent, ReportStanding, Ruling, Run, RunEnd, RunEvent, Submission, Target,
};
use crate::stream::{StreamKind, StreamRef};
use crate::visit::Visit;

/// A batch as a command names it.
struct BatchOf {
    report: ReportId,
    run: RunId,
    team: TeamId,
    from: Date,
    until: Date,
}

impl Deciding<'_> {
    pub(super) fn report(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::RecordReturn { report, run, team, from, until } => {
                let batch = BatchOf { report: *report, run: *run, team: *team, from: *from, until: *until };
                self.record_return(&batch)
            }
            Command::SubmitReport { report, run, team, from, until, results, conclusions } => {
                let batch = BatchOf { report: *report, run: *run, team: *team, from: *from, until: *until };
                self.submit(&batch, results, conclusions)
            }
            Command::AcceptReport { report, note } => self.rule(*report, true, note),
            Command::ReturnReport { report, note } => {
                reason(note, "return")?;
                self.rule(*report, false, note)
            }
            Command::SubmitFinalReport { report, run, results, conclusions } => {
                self.final_report(*report, *run, results, conclusions)
            }
            Command::CloseRun { run, instruction } => self.close(*run, instruction),
            Command::CancelRun { run, reason: why } => {
                self.open_run(*run)?;
                self.grant(Scene::default())?;
                reason(why, "cancel")?;
                let end = RunEnd::Cancelled { at: self.at(), by: self.person()?, reason: why.clone() };
                self.on_run(*run, RunEvent::Ended { end });
                Ok(())
            }
            Command::ExplainLateness { run, step, place, cause, note } => {
                let known = self.facts.records.get::<Run>(run.0)?;
                self.grant(Scene::default())?;
                reason(cause, "cause")?;
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

    /// The visits of a team on the days of a batch that have ended.
    fn visits_of(&self, batch: &BatchOf) -> Vec<&Visit> {
        let zone = self.facts.agency.zone;
        self.facts
            .records
            .all::<Visit>()
            .filter(|visit| visit.run == Some(batch.run) && visit.team == Some(batch.team))
            .filter(|visit| {
                visit.check_out.as_ref().is_some_and(|stamp| {
                    let day = zone.date(visit.check_in.as_ref().unwrap_or(stamp).at);
                    batch.from <= day && day <= batch.until
                })
            })
            .collect()
    }

    /// A report becomes possible with the record of the return, else on the next working morning after the
    /// last check-out of its batch.
    fn possible_at(&self, visits: &[&Visit]) -> Result<Option<Timestamp>, Refusal> {
        let Some(last) = visits.iter().filter_map(|visit| visit.check_out.as_ref()).map(|stamp| stamp.at).max()
        else {
            return Ok(None);
        };
        self.facts
            .calendar
            .next_working_morning(self.facts.agency.zone, last)
            .map(Some)
            .map_err(|error| calendar(&error))
    }

    fn opened(&self, batch: &BatchOf, possible_at: Timestamp) -> Result<Report, Refusal> {
        let run = self.facts.records.get::<Run>(batch.run.0)?;
        let procedure = self.procedure_of(run)?;
        let progress = report_step(procedure)
            .filter(|step| step.scope == Scope::Team)
            .map(|step| Progress::begin(procedure, &step.id, possible_at))
            .transpose()
            .map_err(|error| super::order::engine(&error))?;
        Ok(Report {
            id: batch.report,
            run: batch.run,
            batch: Batch::Team { team: batch.team, from: batch.from, until: batch.until },
            possible_at,
            returned_at: None,
            progress,
            submissions: Vec::new(),
        })
    }

    /// A field fact: it is kept even when the run has ended.
    fn record_return(&mut self, batch: &BatchOf) -> Result<(), Refusal> {
        self.facts.records.get::<Run>(batch.run.0)?;
        let at = self.at();
        let stream = StreamRef { kind: StreamKind::Report, id: batch.report.0 };
        if self.facts.records.find::<Report>(batch.report.0).is_none() {
            let report = self.opened(batch, at)?;
            self.changes.push(stream, Expect::New, ReportEvent::Opened { report: Box::new(report) });
        }
        self.changes.push(stream, Expect::Any, ReportEvent::Returned { at });
        Ok(())
    }

    fn submit(&mut self, batch: &BatchOf, results: &str, conclusions: &str) -> Result<(), Refusal> {
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
        let visits = self.visits_of(batch);
        let Some(possible_at) = self.possible_at(&visits)? else {
            return Err(Refusal::new(Rule::BatchEmpty).with("day", batch.from));
        };
        let ids = visits.iter().map(|visit| visit.id).collect();
        let last_out = visits.iter().filter_map(|visit| visit.check_out.as_ref()).map(|out| out.at).max();
        if let Some(last_out) = last_out {
            self.not_before(last_out)?;
        }
        let report = match self.facts.records.find::<Report>(batch.report.0) {
            Some(report) => {
                if !matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned) {
                    return Err(not_waiting(report.standing()));
                }
                report.clone()
            }
            None => {
                // Before the next working morning the team was evidently back when it reported.
                let report = self.opened(batch, possible_at.min(self.at()))?;
                self.on_report(batch.report, ReportEvent::Opened { report: Box::new(report.clone()) });
                report
            }
        };
        let advance = self.report_advance(procedure, &report)?;
        let submission = Submission {
            by: self.person()?,
            at: self.at(),
            results: results.to_owned(),
            conclusions: conclusions.to_owned(),
            visits: ids,
            ruling: None,
        };
        self.on_report(batch.report, ReportEvent::Submitted { submission, advance });
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
        if !progress.open.iter().any(|open| open.step == step.id) {
            return Ok(None);
        }
        let at = self.at().max(report.possible_at);
        progress
            .advance(procedure, &step.id, None, at)
            .map(Some)
            .map_err(|error| super::order::engine(&error))
    }

    fn rule(&mut self, id: ReportId, accepted: bool, note: &str) -> Result<(), Refusal> {
        let report = self.facts.records.get::<Report>(id.0)?;
        let (run, procedure) = self.open_run(report.run)?;
        self.grant(Scene { run: Some(run), procedure: Some(procedure), ..Scene::default() })?;
        if report.standing() != ReportStanding::Submitted {
            return Err(not_waiting(report.standing()));
        }
        if let Some(submission) = report.submissions.last() {
            self.not_before(submission.at)?;
        }
        let ruling = Ruling { accepted, by: self.person()?, at: self.at(), note: note.to_owned() };
        // A returned report opens its step once more.
        let progress = match (accepted, &report.progress, report_step(procedure)) {
            (false, Some(progress), Some(step)) => {
                let begin = Progress::begin(procedure, &step.id, self.at())
                    .map_err(|error| super::order::engine(&error))?;
                Some(Progress { done: progress.done.clone(), paused: progress.paused.clone(), ..begin })
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
        self.grant(Scene { run: Some(run), procedure: Some(procedure), ..Scene::default() })?;
        self.all_settled(run_id)?;
        let open = self
            .facts
            .records
            .all::<Report>()
            .filter(|report| report.run == run_id && report.batch != Batch::Final)
            .filter(|report| report.standing() != ReportStanding::Accepted)
            .count();
        if open > 0 {
            return Err(Refusal::new(Rule::ReportsOpen).with("count", open));
        }
        self.visits_unreported(run_id)?;
        let submission = Submission {
            by: self.person()?,
            at: self.at(),
            results: results.to_owned(),
            conclusions: conclusions.to_owned(),
            visits: Vec::new(),
            ruling: None,
        };
        if self.facts.records.find::<Report>(id.0).is_none() {
            let report = Report {
                id,
                run: run_id,
                batch: Batch::Final,
                possible_at: self.at(),
                returned_at: None,
                progress: None,
                submissions: Vec::new(),
            };
            self.on_report(id, ReportEvent::Opened { report: Box::new(report) });
        }
        self.on_report(id, ReportEvent::Submitted { submission, advance: None });
        Ok(())
    }

    /// Every ended visit of the run stands in a report.
    fn visits_unreported(&self, run: RunId) -> Result<(), Refusal> {
        let reported: BTreeSet<_> = self
            .facts
            .records
            .all::<Report>()
            .filter(|report| report.run == run)
            .flat_map(|report| report.submissions.iter().flat_map(|s| s.visits.iter().copied()))
            .collect();
        let missing = self
            .facts
            .records
            .all::<Visit>()
            .filter(|visit| visit.run == Some(run) && visit.check_out.is_some() && visit.team.is_some())
            .filter(|visit| !reported.contains(&visit.id))
            .count();
        if missing > 0 {
            return Err(Refusal::new(Rule::ReportsOpen).with("count", missing));
        }
        Ok(())
    }

    /// Every target is met or excused, and every complaint left has a verdict or was moved on.
    fn all_settled(&self, run: RunId) -> Result<(), Refusal> {
        let targets: Vec<&Target> =
            self.facts.records.all::<Target>().filter(|target| target.run == run).collect();
        let open: Vec<_> = targets.iter().filter(|target| !target.settled()).collect();
        if let Some(first) = open.first() {
            return Err(Refusal::new(Rule::TargetsOpen).with("count", open.len()).with("first", first.site));
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
        self.grant(Scene { run: Some(run), procedure: Some(procedure), ..Scene::default() })?;
        reason(instruction, "disposition")?;
        let order = in_force(run)?;
        if order.issued.is_none() {
            return Err(Refusal::new(Rule::VerbalNotPapered));
        }
        self.all_settled(id)?;
        self.visits_unreported(id)?;
        let last = self
            .facts
            .records
            .all::<Report>()
            .find(|report| report.run == id && report.batch == Batch::Final)
            .ok_or_else(|| Refusal::new(Rule::FinalReportMissing))?;
        if let Some(submission) = last.submissions.last() {
            self.not_before(submission.at)?;
        }
        if last.standing() == ReportStanding::Submitted {
            let ruling =
                Ruling { accepted: true, by: self.person()?, at: self.at(), note: instruction.to_owned() };
            self.on_report(last.id, ReportEvent::Ruled { ruling, progress: None });
        }
        // What the decision relied on: nobody may add a site or a complaint in between.
        let relied: Vec<(StreamRef, i64)> = self
            .facts
            .records
            .all::<Target>()
            .filter(|target| target.run == id)
            .map(|target| StreamRef { kind: StreamKind::Target, id: target.id.0 })
            .filter_map(|stream| Some((stream, self.facts.records.version(stream)?)))
            .collect();
        for (stream, version) in relied {
            self.changes.relies_on(stream, version);
        }
        let by: PersonId = self.person()?;
        let end = RunEnd::Closed { at: self.at(), by: Some(by), instruction: instruction.to_owned() };
        self.on_run(id, RunEvent::Ended { end });
        Ok(())
    }
}

fn report_step(procedure: &Procedure) -> Option<&Step> {
    procedure.steps.iter().find(|step| step.kind == StepKind::Report)
}

fn not_waiting(standing: ReportStanding) -> Refusal {
    Refusal::new(Rule::ReportNotWaiting).with("standing", format!("{standing:?}").to_lowercase())
}
