//! Laporan of a team and batch, and Laporan Hasil Pengecekan of a run.

use rajut_core::act::UnfitCode;
use std::collections::BTreeSet;

use rajut_core::calendar::CalendarError;
use rajut_core::id::{ReportId, RunId, TargetId, TeamId, VisitId};
use rajut_core::lateness::{Late, late};
use rajut_core::procedure::StepKind;
use rajut_core::run::{Batch, DocumentKind, Part, Report, ReportStanding, Standing, Target};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_core::visit::{Outcome, Visit};
use rajut_pdf::{Paper, paper};

use super::parts::basis;
use super::told::{Signing, Told, faults};
use crate::{App, AppError};

impl App {
    /// Laporan of one team and batch, as it was last submitted; signed by whoever submitted it.
    pub async fn team_report_paper(&self, report: ReportId, signing: Signing) -> Result<Paper, AppError> {
        let report: Report = self.find(report.0).await?;
        let Batch::Team { team, from, until } = report.batch else {
            return Err(AppError::invalid("report", UnfitCode::FinalReport));
        };
        let submission = report.submissions.last();
        let told = self
            .told(report.run, signing.at.or(submission.map(|it| it.at)))
            .await?;
        let team = told.team(team)?;
        let reported: BTreeSet<VisitId> = submission
            .map(|it| it.visits.iter().copied().collect())
            .unwrap_or_default();
        let visits: Vec<&Visit> = told
            .bundle
            .visits
            .iter()
            .filter(|visit| reported.contains(&visit.id))
            .collect();
        let served: BTreeSet<TargetId> = visits
            .iter()
            .flat_map(|visit| visit.targets.iter().copied())
            .collect();
        let targets: Vec<&Target> = told
            .targets(None)
            .into_iter()
            .filter(|target| served.contains(&target.id))
            .collect();
        let places: BTreeSet<StreamRef> = visits
            .iter()
            .map(|visit| StreamRef {
                kind: StreamKind::Visit,
                id: visit.id.0,
            })
            .chain(served.iter().map(|target| StreamRef {
                kind: StreamKind::Target,
                id: target.0,
            }))
            .chain([StreamRef {
                kind: StreamKind::Report,
                id: report.id.0,
            }])
            .collect();
        let follow_ups = told.follow_ups(|visit| visit.is_some_and(|visit| reported.contains(&visit)));
        let body = paper::ReportBody {
            subject: told.subject(),
            from,
            until,
            general: said(submission.map(|it| it.results.as_str())),
            basis: told.basis(),
            targets: targets
                .iter()
                .map(|target| told.target_line(target, &visits))
                .collect(),
            lateness: told.lateness(|late| places.contains(&late.place))?,
            complaints: told.verified(visits.iter().copied()),
            follow_ups,
            conclusions: said(submission.map(|it| it.conclusions.as_str())),
            suggestions: Vec::new(),
        };
        let signer = signing.by.or(submission.map(|it| it.by)).unwrap_or(team.leader);
        Ok(Paper::TeamReport(paper::TeamReport {
            sheet: told.draft_sheet(),
            order: told.order(),
            task_letter: self.task_letter_of(&told, &team.name).await?,
            team: team.name.clone(),
            members: told.members(team)?,
            body,
            to: told.label(told.receiver_of(StepKind::Report)),
            signature: told.signature(Some(signer), None)?,
        }))
    }

    /// The last Surat Tugas of a team.
    async fn task_letter_of(&self, told: &Told, team: &str) -> Result<Option<paper::Reference>, AppError> {
        let run = StreamRef {
            kind: StreamKind::Run,
            id: told.bundle.run.id.0,
        };
        let letters = self.store().documents_of(run).await?;
        let letter = letters.into_iter().rev().map(|it| it.state).find(|document| {
            document.kind == DocumentKind::TaskLetter
                && document.date <= told.day
                && matches!(serde_json::from_str(&document.data), Ok(Paper::TaskLetter(letter)) if letter.team == team)
        });
        Ok(letter.map(|document| paper::Reference {
            number: document.number,
            date: document.date,
            subject: told.subject(),
        }))
    }

    /// Laporan Hasil Pengecekan of a run, as it stands or was submitted; signed by whoever submitted it.
    pub async fn final_report_paper(&self, run: RunId, signing: Signing) -> Result<Paper, AppError> {
        let told = self.told(run, signing.at).await?;
        let gathered = told
            .bundle
            .reports
            .iter()
            .find(|report| report.batch == Batch::Final);
        let submission = gathered.and_then(|report| report.submissions.last());
        let order = told.bundle.run.order.as_ref();
        let visits: Vec<&Visit> = told.bundle.visits.iter().collect();
        let days = visits
            .iter()
            .filter_map(|visit| visit.check_in.as_ref())
            .map(|stamp| told.context.agency.zone.date(stamp.at));
        let (first, last) = (days.clone().min(), days.max());
        let post = told.receiver_of(StepKind::Report);
        let body = paper::ReportBody {
            subject: told.subject(),
            from: order
                .map(|order| order.draft.valid_from)
                .or(first)
                .unwrap_or(told.day),
            until: last.unwrap_or(told.day).max(first.unwrap_or(told.day)),
            general: said(submission.map(|it| it.results.as_str())),
            basis: told.basis(),
            targets: told
                .targets(None)
                .iter()
                .map(|target| told.target_line(target, &visits))
                .collect(),
            lateness: told.lateness(|_| true)?,
            complaints: told.verified(visits.iter().copied()),
            follow_ups: told.follow_ups(|_| true),
            conclusions: said(submission.map(|it| it.conclusions.as_str())),
            suggestions: Vec::new(),
        };
        let to = told.post_of(StepKind::Order).or(post);
        Ok(Paper::FinalReport(paper::FinalReport {
            sheet: told.draft_sheet(),
            order: told.order(),
            teams: told.team_summaries(),
            body,
            carried: told.carried(),
            reports: self.accepted_reports(&told).await?,
            to: told.label(to),
            signature: told.signature(signing.by.or(submission.map(|it| it.by)), post)?,
            annexes: ["visit_records", "minutes", "verified_complaints"]
                .map(str::to_owned)
                .to_vec(),
        }))
    }

    /// The numbered reports of teams that were accepted, in the order of their numbers.
    async fn accepted_reports(&self, told: &Told) -> Result<Vec<paper::Reference>, AppError> {
        let mut found = Vec::new();
        for report in told
            .bundle
            .reports
            .iter()
            .filter(|it| it.standing() == ReportStanding::Accepted)
        {
            let record = StreamRef {
                kind: StreamKind::Report,
                id: report.id.0,
            };
            let papers = self.store().documents_of(record).await?;
            let last = papers
                .into_iter()
                .rev()
                .map(|it| it.state)
                .find(|it| it.kind == DocumentKind::Report);
            found.extend(
                last.filter(|_| report.team().is_some())
                    .map(|document| paper::Reference {
                        number: document.number,
                        date: document.date,
                        subject: document.subject,
                    }),
            );
        }
        found.sort_by(|a, b| (a.date, &a.number).cmp(&(b.date, &b.number)));
        Ok(found)
    }
}

/// A text as paragraphs; nothing when nothing was written.
fn said(text: Option<&str>) -> Vec<String> {
    let lines = text
        .unwrap_or_default()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

fn minutes(ms: i64) -> u32 {
    u32::try_from(ms / 60_000).unwrap_or(0)
}

impl Told {
    fn basis(&self) -> Vec<String> {
        match (self.procedure(), &self.bundle.run.order) {
            // An order lists its grounds with semicolons, a report with full stops.
            (Ok(procedure), Some(order)) => {
                let plain = |line: String| format!("{}.", line.trim_end_matches([';', '.', ' ']));
                basis(procedure, order).into_iter().map(plain).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A target by the visits of one report: what came later is another report's.
    fn target_line(&self, target: &Target, visits: &[&Visit]) -> paper::TargetLine {
        let own: Vec<&Visit> = visits
            .iter()
            .copied()
            .filter(|visit| visit.targets.contains(&target.id))
            .collect();
        let accepted = |visit: &Visit| target.visits.iter().any(|it| it.visit == visit.id && it.accepted);
        let met = own.iter().find(|visit| visit.outcome == Some(Outcome::Complete));
        let partly = own
            .iter()
            .find(|visit| visit.outcome == Some(Outcome::Partial) && accepted(visit));
        let shown = met.or(partly).or(own.last());
        let place = shown.map_or_else(|| self.site(target.site), |visit| self.visited(visit));
        let excuse = target.excuse.as_ref().filter(|excuse| excuse.at <= self.at);
        let state = match (met, partly, excuse) {
            (Some(_), _, _) => paper::TargetState::Met,
            (None, Some(_), _) => paper::TargetState::PartlyAccepted,
            (None, None, Some(_)) => paper::TargetState::Excused,
            (None, None, None) => paper::TargetState::Open,
        };
        let note = match (state, shown) {
            (paper::TargetState::Excused, _) => {
                excuse.map(|excuse| excuse.reason.clone()).unwrap_or_default()
            }
            // What kept the team out is said by its code when nobody wrote more.
            (paper::TargetState::Open, Some(visit)) if visit.note.trim().is_empty() => visit
                .outcome
                .map(|outcome| outcome.code().to_owned())
                .unwrap_or_default(),
            (_, shown) => shown.map(|visit| visit.note.clone()).unwrap_or_default(),
        };
        paper::TargetLine {
            site: place.site,
            office: place.office,
            due: Some(target.due_on),
            visited_at: shown
                .and_then(|visit| visit.check_in.as_ref())
                .map(|stamp| self.context.agency.zone.civil(stamp.at)),
            minutes: shown.and_then(|visit| visit.elapsed_ms()).map(minutes),
            state,
            faults: faults(own.into_iter()),
            note,
        }
    }

    /// What took longer than it should, with the cause that was given.
    fn lateness(&self, wanted: impl Fn(&Late) -> bool) -> Result<Vec<paper::LateLine>, AppError> {
        let failed = |error: CalendarError| AppError::setting("calendar", error);
        let found = self
            .bundle
            .with_facts(&self.context, |facts| late(facts, self.at))?
            .map_err(failed)?;
        let mut lines: Vec<&Late> = found.iter().filter(|late| wanted(late)).collect();
        lines.sort_by_key(|late| late.since);
        Ok(lines.into_iter().map(|late| self.late_line(late)).collect())
    }

    fn late_line(&self, late: &Late) -> paper::LateLine {
        let run = &self.bundle.run;
        let activity = late
            .step
            .as_ref()
            .and_then(|id| self.procedure().ok()?.step(id))
            .map(|step| step.activity.trim_end_matches(['.', ' ']).to_owned());
        let place = match late.place.kind {
            StreamKind::Target => self
                .bundle
                .targets
                .iter()
                .find(|target| target.id.0 == late.place.id)
                .map(|target| self.site(target.site).site),
            StreamKind::Visit => self
                .bundle
                .visits
                .iter()
                .find(|visit| visit.id.0 == late.place.id)
                .map(|visit| self.site(visit.site).site),
            StreamKind::Report => self
                .bundle
                .reports
                .iter()
                .find(|report| report.id.0 == late.place.id)
                .and_then(Report::team)
                .map(|team| self.team_name(Some(team))),
            _ => None,
        };
        let explained = run.explanations.iter().rev().find(|given| {
            given.place == late.place.id && late.step.as_ref().is_none_or(|step| *step == given.step)
        });
        let cause = explained.map(|given| {
            if given.note.trim().is_empty() {
                given.cause.clone()
            } else {
                given.note.clone()
            }
        });
        paper::LateLine {
            what: match (activity, place) {
                (Some(activity), Some(place)) => format!("{place}: {activity}"),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => run.title.clone(),
            },
            standard_minutes: late
                .standard_minutes
                .map(|minutes| u32::try_from(minutes).unwrap_or(0)),
            over_minutes: u32::try_from(late.over_minutes).unwrap_or(u32::MAX),
            cause: cause.unwrap_or_default(),
        }
    }

    /// The follow-ups that were opened by the day of the paper.
    fn follow_ups(&self, wanted: impl Fn(Option<VisitId>) -> bool) -> Vec<paper::FollowUpLine> {
        // A follow-up that opened by itself names the item of the checklist, which is no part.
        let part = |part: &Part| {
            let is_part = self.context.checklist.item(&part.name).is_none();
            is_part.then(|| format!("{} x {}", part.quantity, part.name))
        };
        self.bundle
            .follow_ups
            .iter()
            .filter(|it| wanted(it.visit) && it.opened_at <= self.at)
            .map(|it| paper::FollowUpLine {
                site: self.site(it.site).site,
                work: it.what.clone(),
                part: it.part.as_ref().and_then(part),
                owner: self.name(it.owner),
                due: Some(it.due_on),
            })
            .collect()
    }

    fn team_summaries(&self) -> Vec<paper::TeamSummary> {
        let mut teams: Vec<paper::TeamSummary> = self
            .bundle
            .run
            .teams
            .keys()
            .map(|team| self.team_summary(*team))
            .collect();
        teams.sort_by(|a, b| a.team.cmp(&b.team));
        teams
    }

    fn team_summary(&self, id: TeamId) -> paper::TeamSummary {
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let targets = self.targets(Some(id));
        let standing = |wanted| {
            count(
                targets
                    .iter()
                    .filter(|target| target.standing() == wanted)
                    .count(),
            )
        };
        let visits: Vec<&Visit> = self
            .bundle
            .visits
            .iter()
            .filter(|visit| visit.team == Some(id))
            .collect();
        paper::TeamSummary {
            team: self.team_name(Some(id)),
            leader: self.name(self.bundle.run.teams.get(&id).map(|team| team.leader)),
            targets: count(targets.len()),
            met: standing(Standing::Met),
            excused: standing(Standing::Excused),
            visits: count(visits.len()),
            faults: faults(visits.into_iter()),
        }
    }

    /// What the next run takes over: sites that were excused, and complaints that were moved on.
    fn carried(&self) -> Vec<paper::CarriedSite> {
        let targets = self.targets(None);
        let sites = targets
            .iter()
            .filter(|target| target.standing() == Standing::Excused)
            .map(|target| {
                let reason = target
                    .excuse
                    .as_ref()
                    .map(|excuse| excuse.reason.clone())
                    .unwrap_or_default();
                paper::CarriedSite {
                    site: self.site(target.site).site,
                    reason,
                }
            });
        let complaints = targets
            .iter()
            .flat_map(|target| target.carried.iter())
            .filter_map(|(id, reason)| Some((self.complaints.get(id)?, reason)))
            .map(|(complaint, reason)| paper::CarriedSite {
                site: self.site(complaint.site).site,
                reason: format!("{}: {reason}", complaint.number),
            });
        sites.chain(complaints).collect()
    }
}
