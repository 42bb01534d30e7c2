//! Field facts: step 4. None is refused for coming late, from the wrong person, or after the end: it is
//! stored with a flag and laid before the Kasi.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::plan::target_stream;
use super::rights::{People, Scene};
use super::{CheckIn, CheckOut, Command, Deciding};
use crate::act::{Actor, Expect, FieldName, Refusal, Right, Why};
use crate::complaint::{Complaint, ComplaintEvent};
use crate::id::{ComplaintId, PersonId, TargetId, VisitId};
use crate::people::Role;
use crate::procedure::{Procedure, StepKind};
use crate::register::Site;
use crate::run::{Report, ReportStanding, Run, RunEvent, Target, TargetEvent};
use crate::stream::{StreamKind, StreamRef};
use crate::visit::{Flag, FlagCode, GivenVerdict, Outcome, Stamp, Verdict, Visit, VisitEvent};

/// The stream of a visit.
fn visit_stream(id: VisitId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Visit,
        id: id.0,
    }
}

pub(super) fn flag(code: FlagCode, person: Option<PersonId>, detail: &dyn std::fmt::Display) -> Flag {
    Flag {
        code,
        person,
        detail: detail.to_string(),
    }
}

impl Deciding<'_> {
    /// An event of a visit: it appends, whatever the version.
    pub(super) fn on_visit(&mut self, visit: VisitId, event: VisitEvent) {
        self.changes.push(visit_stream(visit), Expect::Any, event);
    }

    pub(super) fn field(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::CheckIn(check_in) => self.check_in(check_in),
            Command::CheckOut(out) => {
                self.changes.personal.extend(out.personal.iter().cloned());
                self.check_out(out, false)
            }
            Command::EstimateCheckOut { visit, at, outcome } => {
                let known = self.facts.records.get::<Visit>(visit.0)?;
                self.may_estimate(known)?;
                if let Some(left) = &known.check_out {
                    return Err(super::invalid(FieldName::Visit, left.at, Why::AlreadyLeft));
                }
                // An act of authority, unlike what the team records: it decides on what it saw.
                if let Some(version) = self.facts.records.version(visit_stream(*visit)) {
                    self.changes.relies_on(visit_stream(*visit), version);
                }
                let out = CheckOut {
                    visit: *visit,
                    outcome: *outcome,
                    met: None,
                    personal: Vec::new(),
                    note: String::new(),
                    at: *at,
                };
                self.check_out(&out, true)
            }
            Command::RecordFinding {
                visit,
                finding,
                new_device,
            } => self.finding(*visit, finding, new_device.as_deref()),
            Command::RecordObservation { visit, measured } => {
                let known = self.facts.records.get::<Visit>(visit.0)?;
                let mut flags = BTreeSet::new();
                let mut measured = measured.clone();
                measured.at = self.bounded(measured.at, &mut flags);
                self.flag_fact(known, &measured.observation, &mut flags);
                self.on_visit(*visit, VisitEvent::Measured { measured, flags });
                Ok(())
            }
            Command::GiveVerdict {
                visit,
                complaint,
                verdict,
                note,
                at,
            } => self.verdict(*visit, *complaint, *verdict, note, *at),
            Command::ConfirmVisit {
                visit,
                confirmation,
                personal,
            } => {
                let known = self.facts.records.get::<Visit>(visit.0)?;
                let mut flags = BTreeSet::new();
                let at = self.bounded(confirmation.at(), &mut flags);
                self.flag_late(known, &at, &mut flags);
                self.changes.personal.extend(personal.iter().cloned());
                let confirmation = confirmation.clone().with_at(at);
                self.on_visit(*visit, VisitEvent::Confirmed { confirmation, flags });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A forgotten check-out is estimated by whoever receives the team's report; where nobody does (a
    /// complaint on its own), by a section head.
    fn may_estimate(&self, visit: &Visit) -> Result<(), Refusal> {
        let run = visit
            .run
            .map(|run| self.facts.records.get::<Run>(run.0))
            .transpose()?;
        let procedure = run.map(|run| self.procedure_of(run)).transpose()?;
        let reports =
            |procedure: &Procedure| procedure.steps.iter().any(|step| step.kind == StepKind::Report);
        let scene = Scene {
            run,
            procedure,
            ..Scene::default()
        };
        match procedure {
            Some(procedure) if reports(procedure) => self.grant(scene)?,
            _ => self.grant_by(Right::Roles(&[Role::SectionHead]), scene)?,
        };
        Ok(())
    }

    /// What is odd about a fact recorded in a visit: from whom, and when it comes.
    pub(super) fn flag_fact(&self, visit: &Visit, what: &dyn std::fmt::Display, flags: &mut BTreeSet<Flag>) {
        if let Actor::Person(person) = self.changes.envelope.done_by
            && !visit.present.contains(&person)
        {
            flags.insert(flag(FlagCode::NotMember, Some(person), what));
        }
        self.flag_late(visit, what, flags);
    }

    /// What comes after the end of the run, or after the report on the visit was accepted.
    fn flag_late(&self, visit: &Visit, what: &dyn std::fmt::Display, flags: &mut BTreeSet<Flag>) {
        let run = visit.run.and_then(|run| self.facts.records.find::<Run>(run.0));
        if run.is_some_and(|run| run.end.is_some()) {
            flags.insert(flag(FlagCode::RunEnded, None, what));
        }
        let reported = self.facts.records.all::<Report>().any(|report| {
            report.standing() == ReportStanding::Accepted
                && report
                    .submissions
                    .last()
                    .is_some_and(|last| last.visits.contains(&visit.id))
        });
        if reported {
            flags.insert(flag(FlagCode::AfterReport, None, what));
        }
    }

    /// A time of the device, bounded by the server's.
    pub(super) fn bounded(&self, at: Timestamp, flags: &mut BTreeSet<Flag>) -> Timestamp {
        let limit = self.changes.envelope.received_at;
        if at > limit {
            let seconds = limit.duration_until(at).as_secs();
            if at.as_millisecond() - limit.as_millisecond() > self.facts.agency.clock_skew_ms {
                flags.insert(flag(FlagCode::ClockSkew, None, &seconds));
            }
            return limit;
        }
        at
    }

    fn check_in(&mut self, check_in: &CheckIn) -> Result<(), Refusal> {
        let run = self.facts.records.get::<Run>(check_in.run.0)?;
        let mut flags = BTreeSet::new();
        let at = self.bounded(check_in.at, &mut flags);
        // What the device corrected by itself is marked like what is corrected here.
        if let Some(off) = check_in.clock_off_ms
            && off.unsigned_abs() > self.facts.agency.clock_skew_ms.unsigned_abs()
        {
            flags.insert(flag(FlagCode::ClockSkew, None, &(off / 1000)));
        }
        self.flag_run(run, &check_in.present, at, &mut flags);
        self.flag_people(run, check_in, at, &mut flags);
        // A second phone of the team may say where it is; the visit stays where it began.
        let known = self.facts.records.find::<Visit>(check_in.visit.0);
        let site = known.map_or(check_in.site, |known| known.site);
        if site != check_in.site {
            flags.insert(flag(FlagCode::OutOfScope, None, &check_in.site));
        }
        let mut targets = BTreeSet::new();
        for id in &check_in.targets {
            match self.facts.records.find::<Target>(id.0) {
                Some(target) if target.run == check_in.run && target.site == site => {
                    targets.insert(*id);
                }
                _ => {
                    flags.insert(flag(FlagCode::OutOfScope, None, &id));
                }
            }
        }
        if targets.is_empty() && run.complaint.is_none() {
            flags.insert(flag(FlagCode::OutOfScope, None, &check_in.site));
        }
        let by = super::actor(&self.changes.envelope);
        let offices = self
            .facts
            .records
            .find::<Site>(site.0)
            .map(|site| site.offices.clone())
            .unwrap_or_default();
        let visit = Visit {
            offices,
            run: Some(check_in.run),
            team: check_in.team,
            targets: targets.clone(),
            present: check_in.present.clone(),
            place: check_in.place,
            check_in: Some(Stamp {
                at,
                by,
                estimated: false,
            }),
            flags,
            ..Visit::unannounced(check_in.visit, check_in.site)
        };
        self.on_visit(
            check_in.visit,
            VisitEvent::CheckedIn {
                visit: Box::new(visit),
            },
        );
        for target in &targets {
            let event = TargetEvent::VisitBegan {
                visit: check_in.visit,
                at,
            };
            self.changes.push(target_stream(*target), Expect::Any, event);
        }
        // A phone that tells of its arrival after another one told of the departure: what it adds has ended too.
        if let Some((left, outcome)) = known.and_then(|known| known.check_out.as_ref().zip(known.outcome)) {
            let (left, estimated) = (left.at, left.estimated);
            self.end_at_targets(check_in.visit, &targets, left, outcome, estimated);
        }
        Ok(())
    }

    /// Tells the targets of a visit that it has ended.
    fn end_at_targets(
        &mut self,
        visit: VisitId,
        targets: &BTreeSet<TargetId>,
        at: Timestamp,
        outcome: Outcome,
        estimated: bool,
    ) {
        for id in targets {
            let Some(target) = self.facts.records.find::<Target>(id.0) else {
                continue;
            };
            let advance = match (outcome, self.facts.records.find::<Run>(target.run.0)) {
                (Outcome::Complete, Some(run)) if run.end.is_none() => {
                    self.visit_step(run, target, at).ok().flatten()
                }
                _ => None,
            };
            let event = TargetEvent::VisitEnded {
                visit,
                at,
                outcome,
                estimated,
                advance,
            };
            self.changes.push(target_stream(*id), Expect::Any, event);
        }
    }

    fn flag_run(&self, run: &Run, present: &BTreeSet<PersonId>, at: Timestamp, flags: &mut BTreeSet<Flag>) {
        if let Some(end) = &run.end {
            flags.insert(flag(FlagCode::RunEnded, None, &end.at()));
        }
        let day = self.facts.agency.zone.date(at);
        let for_complaint = run.complaint.is_some();
        if !for_complaint && self.facts.calendar.is_working_day(day) == Ok(false) {
            let without = self.without_overtime(present.iter().copied(), day);
            if without.len() == present.len() {
                flags.insert(flag(FlagCode::DayOff, None, &day));
            } else {
                flags.extend(
                    without
                        .into_iter()
                        .map(|person| flag(FlagCode::DayOff, Some(person), &day)),
                );
            }
        }
        let Some(order) = &run.order else { return };
        let ordered_at = [
            order.verbal.as_ref().map(|verbal| verbal.at),
            order.issued.as_ref().map(|issued| issued.at),
        ]
        .into_iter()
        .flatten()
        .min();
        match ordered_at {
            Some(ordered_at) if ordered_at <= at => {}
            _ => {
                flags.insert(flag(FlagCode::BeforeOrder, None, &at));
            }
        }
        if day < order.draft.valid_from || day > order.valid_until() {
            flags.insert(flag(FlagCode::OutsideOrder, None, &day));
        }
    }

    fn flag_people(&self, run: &Run, check_in: &CheckIn, at: Timestamp, flags: &mut BTreeSet<Flag>) {
        let day = self.facts.agency.zone.date(at);
        let people = People::of(self.facts.records);
        let roster = people.roster();
        let belongs = |person: PersonId| match check_in.team {
            Some(team) => run
                .teams
                .get(&team)
                .is_some_and(|team| team.has_member(person, day)),
            None => run.teams.is_empty() || run.teams.values().any(|team| team.has_member(person, day)),
        };
        for person in &check_in.present {
            if !belongs(*person) {
                flags.insert(flag(FlagCode::NotMember, Some(*person), &day));
            }
            if roster.posts_of(*person, day).is_empty() {
                flags.insert(flag(FlagCode::NoAssignment, Some(*person), &day));
            }
            if roster.on_leave(*person, day) {
                flags.insert(flag(FlagCode::OnLeave, Some(*person), &day));
            }
            let elsewhere = self.facts.records.all::<Visit>().find(|other| {
                other.id != check_in.visit
                    && other.site != check_in.site
                    && other.present.contains(person)
                    && other.check_in.as_ref().is_some_and(|stamp| stamp.at <= at)
                    && other.check_out.as_ref().is_none_or(|stamp| stamp.at > at)
                    && other
                        .check_in
                        .as_ref()
                        .is_some_and(|stamp| self.facts.agency.zone.date(stamp.at) == day)
            });
            if let Some(other) = elsewhere {
                flags.insert(flag(FlagCode::TwoPlaces, Some(*person), &other.site));
            }
        }
        let scene = Scene {
            run: Some(run),
            procedure: self.procedure_of(run).ok(),
            team: check_in.team,
            site: Some(check_in.site),
            ..Scene::default()
        };
        if !self.has_right(scene)
            && let Actor::Person(person) = self.changes.envelope.done_by
        {
            flags.insert(flag(FlagCode::NotMember, Some(person), &day));
        }
    }

    fn check_out(&mut self, out: &CheckOut, estimated: bool) -> Result<(), Refusal> {
        let visit = self.facts.records.get::<Visit>(out.visit.0)?;
        let mut flags = BTreeSet::new();
        let mut at = self.bounded(out.at, &mut flags);
        if let Some(arrival) = &visit.check_in
            && at < arrival.at
        {
            flags.insert(flag(
                FlagCode::ClockSkew,
                None,
                &arrival.at.duration_until(at).as_secs(),
            ));
            at = arrival.at;
        }
        if estimated {
            flags.insert(flag(FlagCode::Estimated, None, &at));
        } else {
            self.flag_fact(visit, &at, &mut flags);
        }
        let by = super::actor(&self.changes.envelope);
        self.on_visit(
            out.visit,
            VisitEvent::CheckedOut {
                stamp: Stamp { at, by, estimated },
                outcome: out.outcome,
                met: out.met.clone(),
                note: out.note.clone(),
                flags,
            },
        );
        let targets = visit.targets.clone();
        self.end_at_targets(out.visit, &targets, at, out.outcome, estimated);
        Ok(())
    }

    fn verdict(
        &mut self,
        visit: VisitId,
        complaint: ComplaintId,
        verdict: Verdict,
        note: &str,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let known_visit = self.facts.records.get::<Visit>(visit.0)?;
        let known = self.facts.records.get::<Complaint>(complaint.0)?;
        let mut flags = BTreeSet::new();
        let at = self.bounded(at, &mut flags);
        let by = super::actor(&self.changes.envelope);
        self.flag_fact(known_visit, &complaint, &mut flags);
        if self
            .facts
            .records
            .find::<Run>(known.run.0)
            .is_some_and(|run| run.end.is_some())
        {
            flags.insert(flag(FlagCode::RunEnded, None, &complaint));
        }
        let given = GivenVerdict {
            complaint,
            verdict,
            note: note.to_owned(),
            by,
            at,
        };
        self.on_visit(
            visit,
            VisitEvent::Judged {
                given: given.clone(),
                flags,
            },
        );
        let stream = StreamRef {
            kind: StreamKind::Complaint,
            id: complaint.0,
        };
        self.changes
            .push(stream, Expect::Any, ComplaintEvent::Judged { visit, given });
        let attached: Vec<_> = known_visit
            .targets
            .iter()
            .filter_map(|id| self.facts.records.find::<Target>(id.0))
            .filter(|target| target.complaints.contains(&complaint))
            .map(|target| target.id)
            .chain(known.target)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        for target in attached {
            self.changes.push(
                target_stream(target),
                Expect::Any,
                TargetEvent::ComplaintAnswered { complaint },
            );
        }
        // What was seen later is known already: an older verdict that arrives now is kept and moves nothing.
        if known.verdicts.iter().any(|(_, other)| other.at > at) {
            return Ok(());
        }
        self.move_complaint(known, verdict, at)
    }

    /// A verdict moves the run of the complaint to the step that its procedure names for it.
    fn move_complaint(
        &mut self,
        complaint: &Complaint,
        verdict: Verdict,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let run = self.facts.records.get::<Run>(complaint.run.0)?;
        if run.end.is_some() {
            return Ok(());
        }
        let procedure = self.procedure_of(run)?;
        let Some(goal) = procedure.verdict_goal(verdict.code()) else {
            return Ok(());
        };
        let since = run
            .progress
            .open
            .iter()
            .map(|open| open.since)
            .max()
            .unwrap_or(run.opened_at);
        let at = at.max(since);
        let advance = run
            .progress
            .jump(procedure, goal, at)
            .map_err(|error| super::refused::engine(procedure, &error))?;
        let stream = super::advance::run_stream(run.id);
        self.changes
            .push(stream, Expect::Any, RunEvent::Moved { advance });
        Ok(())
    }
}
