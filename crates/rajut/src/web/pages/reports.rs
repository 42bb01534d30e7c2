//! The reports of a run: what a team has to report, what waits for the Kasi, what is left to be settled, the final
//! report and the end. And one report with its visits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use jiff::Timestamp;
use jiff::civil::Date;
use rajut_app::{Context, RunBundle};
use rajut_core::id::{ActId, PersonId, ReportId, RunId, SiteId, TargetId, TeamId, VisitId};
use rajut_core::people::Person;
use rajut_core::register::Site;
use rajut_core::run::{Batch, Report, ReportStanding, Run, RunEnd, Target};
use rajut_core::visit::{Outcome, Visit};
use serde::Deserialize;

use super::{Page, board, rendered, report_id, run_id};
use crate::web::duty::Duty;
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// What has just been done here.
#[derive(Deserialize)]
pub struct News {
    kabar: Option<String>,
}

/// A batch that a team has to report.
struct BatchForm {
    report: ReportId,
    team: TeamId,
    name: String,
    days: String,
    from: Date,
    until: Date,
    visits: Vec<String>,
    /// When the return was recorded.
    returned: String,
    return_key: ActId,
    submit_key: ActId,
    /// Filled in from what was recorded on site.
    results: String,
    /// The note with which it came back.
    note: String,
}

/// A report as a row.
struct ReportRow {
    href: String,
    team: String,
    days: String,
    standing: String,
    colour: &'static str,
    visits: String,
    submitted: String,
    note: String,
    waits: bool,
}

/// A target that is not settled.
struct OpenTarget {
    id: TargetId,
    site: String,
    code: String,
    team: String,
    tries: String,
    /// Its last visit, where that was partial.
    partial: Option<VisitId>,
    excuse_key: ActId,
    partial_key: ActId,
}

/// The final report and the end.
struct Ending {
    report: ReportId,
    /// Key of the form of the final report; none once it is written.
    last_key: Option<ActId>,
    /// Key of the form that closes.
    close_key: Option<ActId>,
    results: String,
    /// What must be settled before.
    missing: Vec<String>,
}

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    frame: Frame,
    id: RunId,
    title: String,
    news: Option<String>,
    batches: Vec<BatchForm>,
    rows: Vec<ReportRow>,
    /// Targets that were visited and are not settled.
    tried: Vec<OpenTarget>,
    /// Those to which nobody has gone.
    untried: Vec<OpenTarget>,
    ending: Option<Ending>,
    ended: String,
}

impl ReportsPage {
    fn has_open(&self) -> bool {
        !self.tried.is_empty() || !self.untried.is_empty()
    }
}

/// `/pelaksanaan/{id}/laporan`.
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
    let duty = web.duty(&context);
    let bundle = web.app.bundle(run).await?;
    let told = Told {
        words,
        context: &context,
        sites: web.app.sites().await?,
        bundle: &bundle,
    };
    let rules = visitor
        .person
        .is_some_and(|person| duty.receives_reports(person, &bundle.run))
        && bundle.run.end.is_none();
    let today = web.today(&context);
    let batches = match visitor.person.filter(|_| bundle.run.end.is_none()) {
        Some(person) => told.batches(&web, today, person),
        None => Vec::new(),
    };
    let open = if rules { told.open(&web) } else { Vec::new() };
    let (tried, untried) = open.into_iter().partition(|target| !target.tries.is_empty());
    rendered(&ReportsPage {
        id: run,
        title: bundle.run.title.clone(),
        news: news.kabar.as_deref().and_then(|news| said(words, news)),
        batches,
        rows: told.rows(rules),
        tried,
        untried,
        ending: (rules && bundle.run.teams_formed_at.is_some()).then(|| told.ending(&web)),
        ended: told.ended(),
        frame,
    })
}

fn said(words: &Words, news: &str) -> Option<String> {
    let key = match news {
        "kembali" => "web-news-returned",
        "diajukan" => "web-news-reported",
        "diterima" => "web-news-accepted",
        "dikembalikan" => "web-news-report-back",
        "akhir" => "web-news-final",
        "ditutup" => "web-news-closed",
        "dikecualikan" => "web-news-excused",
        "sebagian" => "web-news-partial",
        _ => return None,
    };
    Some(words.say(key))
}

/// A run's records, to be told.
struct Told<'t> {
    words: &'t Words,
    context: &'t Context,
    sites: BTreeMap<SiteId, Site>,
    bundle: &'t RunBundle,
}

impl Told<'_> {
    fn site(&self, id: SiteId) -> String {
        self.sites
            .get(&id)
            .map(|site| site.name.clone())
            .unwrap_or_default()
    }

    fn person(&self, id: PersonId) -> String {
        self.context
            .person(id)
            .map_or_else(|_| id.to_string(), Person::full_name)
    }

    fn moment(&self, at: Timestamp) -> String {
        show::moment(self.words, self.context.agency.zone, at)
    }

    /// The day on which a visit began.
    fn day(&self, visit: &Visit) -> Option<Date> {
        let stamp = visit.check_in.as_ref().or(visit.check_out.as_ref())?;
        Some(self.context.agency.zone.date(stamp.at))
    }

    fn days(&self, from: Date, until: Date) -> String {
        if from == until {
            return show::date(self.words, from);
        }
        let args = [
            ("from", show::date(self.words, from).into()),
            ("until", show::date(self.words, until).into()),
        ];
        say(self.words, "web-from-until", &args)
    }

    fn team(&self, report: &Report) -> String {
        report
            .team()
            .and_then(|id| self.bundle.run.teams.get(&id))
            .map_or_else(|| self.words.say("web-final-report"), |team| team.name.clone())
    }

    /// What stands in no report that was handed in.
    fn unreported(&self, team: TeamId) -> Vec<&Visit> {
        let reported: BTreeSet<VisitId> = self
            .bundle
            .reports
            .iter()
            .filter(|report| !matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned))
            .filter_map(|report| report.submissions.last())
            .flat_map(|submission| submission.visits.iter().copied())
            .collect();
        self.bundle
            .visits
            .iter()
            .filter(|visit| visit.team == Some(team) && visit.check_out.is_some())
            .filter(|visit| !reported.contains(&visit.id))
            .collect()
    }

    /// What the teams that somebody leads have to report: what is due or came back, else what nobody has reported.
    fn batches(&self, web: &Web, today: Date, person: PersonId) -> Vec<BatchForm> {
        let mut forms = Vec::new();
        for team in self.bundle.run.teams.values() {
            if team.leader != person && !team.has_member(person, today) {
                continue;
            }
            let visits = self.unreported(team.id);
            let waiting: Vec<(&Report, Date, Date)> = self
                .bundle
                .reports
                .iter()
                .filter(|report| matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned))
                .filter_map(|report| match report.batch {
                    Batch::Team {
                        team: of,
                        from,
                        until,
                    } if of == team.id => Some((report, from, until)),
                    _ => None,
                })
                .collect();
            let covered = |day: Date| {
                waiting
                    .iter()
                    .any(|(_, from, until)| *from <= day && day <= *until)
            };
            let free: Vec<Date> = visits
                .iter()
                .filter_map(|visit| self.day(visit))
                .filter(|day| !covered(*day))
                .collect();
            for (report, from, until) in &waiting {
                forms.push(self.batch(web, team.id, Some(report), *from, *until, &visits));
            }
            // One report for each batch as the Kasi set it.
            let mut groups: BTreeMap<Date, (Date, Date)> = BTreeMap::new();
            for day in free {
                let group = groups.entry(team.batch.first_day(day)).or_insert((day, day));
                *group = (group.0.min(day), group.1.max(day));
            }
            for (from, until) in groups.into_values() {
                forms.push(self.batch(web, team.id, None, from, until, &visits));
            }
        }
        forms
    }

    fn batch(
        &self,
        web: &Web,
        team: TeamId,
        report: Option<&Report>,
        from: Date,
        until: Date,
        visits: &[&Visit],
    ) -> BatchForm {
        let of_batch: Vec<&&Visit> = visits
            .iter()
            .filter(|visit| self.day(visit).is_some_and(|day| from <= day && day <= until))
            .collect();
        let last = report.and_then(|report| report.submissions.last());
        let name = self.bundle.run.teams.get(&team).map(|team| team.name.clone());
        BatchForm {
            report: report.map_or_else(|| web.app.ids().fresh(), |report| report.id),
            team,
            name: name.unwrap_or_default(),
            days: self.days(from, until),
            from,
            until,
            visits: of_batch.iter().map(|visit| self.visit(visit)).collect(),
            returned: report
                .and_then(|report| report.returned_at)
                .map(|at| self.moment(at))
                .unwrap_or_default(),
            return_key: form_key(web),
            submit_key: form_key(web),
            results: last.map_or_else(|| self.results(&of_batch), |last| last.results.clone()),
            note: last
                .and_then(|last| last.ruling.as_ref())
                .map(|ruling| ruling.note.clone())
                .unwrap_or_default(),
        }
    }

    fn visit(&self, visit: &Visit) -> String {
        let how = visit
            .outcome
            .map(|how| board::outcome(self.words, how))
            .unwrap_or_default();
        format!("{}: {how}", self.site(visit.site))
    }

    /// The first draft of what was done, from what was recorded: a team adds to it what only it knows.
    fn results(&self, visits: &[&&Visit]) -> String {
        let count = |wanted: fn(Outcome) -> bool| {
            visits
                .iter()
                .filter(|visit| visit.outcome.is_some_and(wanted))
                .count()
        };
        let complete = count(|how| how == Outcome::Complete);
        let findings: usize = visits.iter().map(|visit| visit.findings.len()).sum();
        let args = [
            ("visits", visits.len().into()),
            ("complete", complete.into()),
            ("others", (visits.len() - complete).into()),
            ("findings", findings.into()),
        ];
        say(self.words, "web-report-results-usual", &args)
    }

    fn rows(&self, rules: bool) -> Vec<ReportRow> {
        let mut reports: Vec<&Report> = self.bundle.reports.iter().collect();
        let place = |report: &Report| match report.batch {
            Batch::Team { from, .. } => from,
            Batch::Final => Date::MAX,
        };
        reports.sort_by_key(|report| {
            (
                report.standing() != ReportStanding::Submitted,
                std::cmp::Reverse(place(report)),
                report.id,
            )
        });
        reports
            .into_iter()
            .map(|report| {
                let last = report.submissions.last();
                let (standing, colour) = standing(report.standing());
                ReportRow {
                    href: format!("/laporan/{}", report.id),
                    team: self.team(report),
                    days: match report.batch {
                        Batch::Team { from, until, .. } => self.days(from, until),
                        Batch::Final => String::new(),
                    },
                    standing: self.words.say(standing),
                    colour,
                    visits: last
                        .filter(|_| report.batch != Batch::Final)
                        .map(|last| last.visits.len().to_string())
                        .unwrap_or_default(),
                    submitted: last.map(|last| self.moment(last.at)).unwrap_or_default(),
                    note: last
                        .and_then(|last| last.ruling.as_ref())
                        .map(|ruling| ruling.note.clone())
                        .unwrap_or_default(),
                    waits: rules && report.standing() == ReportStanding::Submitted,
                }
            })
            .collect()
    }

    /// The targets that are not settled, those with a visit first.
    fn open(&self, web: &Web) -> Vec<OpenTarget> {
        let mut open: Vec<&Target> = self
            .bundle
            .targets
            .iter()
            .filter(|target| !target.done_with())
            .collect();
        open.sort_by_key(|target| (target.visits.is_empty(), target.planned_on, target.id));
        open.into_iter()
            .map(|target| {
                let tries: Vec<String> = target
                    .visits
                    .iter()
                    .filter_map(|visit| visit.ended)
                    .map(|(_, how)| board::outcome(self.words, how))
                    .collect();
                OpenTarget {
                    id: target.id,
                    site: self.site(target.site),
                    code: self
                        .sites
                        .get(&target.site)
                        .map(|site| site.code.clone())
                        .unwrap_or_default(),
                    team: target
                        .team
                        .and_then(|id| self.bundle.run.teams.get(&id))
                        .map(|team| team.name.clone())
                        .unwrap_or_default(),
                    tries: tries.join(", "),
                    partial: target
                        .visits
                        .iter()
                        .rev()
                        .find(|visit| matches!(visit.ended, Some((_, Outcome::Partial))))
                        .map(|visit| visit.visit),
                    excuse_key: form_key(web),
                    partial_key: form_key(web),
                }
            })
            .collect()
    }

    fn ending(&self, web: &Web) -> Ending {
        let bundle = self.bundle;
        let targets = bundle.targets.iter().filter(|target| !target.done_with()).count();
        let visits = bundle
            .visits
            .iter()
            .filter(|visit| visit.check_in.is_some() && visit.check_out.is_none())
            .count();
        let complaints: usize = bundle.targets.iter().map(|it| it.unanswered().count()).sum();
        let of_teams = || {
            bundle
                .reports
                .iter()
                .filter(|report| report.batch != Batch::Final)
        };
        let open = of_teams()
            .filter(|report| report.standing() != ReportStanding::Accepted)
            .count();
        let unreported: usize = bundle
            .run
            .teams
            .keys()
            .map(|team| self.unreported(*team).len())
            .sum();
        let missing: Vec<String> = [
            ("web-missing-targets", targets),
            ("web-missing-visits", visits),
            ("web-missing-complaints", complaints),
            ("web-missing-reports", open),
            ("web-missing-unreported", if open > 0 { 0 } else { unreported }),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| say(self.words, key, &[("count", count.into())]))
        .collect();
        let last = bundle.reports.iter().find(|report| report.batch == Batch::Final);
        let waits = |wanted: &[ReportStanding]| last.is_some_and(|last| wanted.contains(&last.standing()));
        let writes = last.is_none() || waits(&[ReportStanding::Due, ReportStanding::Returned]);
        let closes = waits(&[ReportStanding::Submitted, ReportStanding::Accepted]);
        let met = bundle
            .targets
            .iter()
            .filter(|target| target.met_at().is_some())
            .count();
        let args = [
            ("met", met.into()),
            ("targets", bundle.targets.len().into()),
            (
                "excused",
                bundle
                    .targets
                    .iter()
                    .filter(|target| target.excuse.is_some())
                    .count()
                    .into(),
            ),
            ("visits", bundle.visits.len().into()),
            ("reports", of_teams().count().into()),
        ];
        Ending {
            report: web.app.ids().fresh(),
            last_key: (missing.is_empty() && writes).then(|| form_key(web)),
            close_key: (missing.is_empty() && closes).then(|| form_key(web)),
            results: say(self.words, "web-final-results-usual", &args),
            missing,
        }
    }

    fn ended(&self) -> String {
        let Some(RunEnd::Closed { at, by, instruction }) = &self.bundle.run.end else {
            return String::new();
        };
        let args = [
            ("name", by.map(|by| self.person(by)).unwrap_or_default().into()),
            ("at", self.moment(*at).into()),
            ("instruction", instruction.as_str().into()),
        ];
        say(self.words, "web-closed-by", &args)
    }
}

/// Key of the word and colour of where a report stands.
fn standing(standing: ReportStanding) -> (&'static str, &'static str) {
    match standing {
        ReportStanding::Due => ("report-due", "secondary"),
        ReportStanding::Submitted => ("report-submitted", "blue"),
        ReportStanding::Returned => ("report-returned", "yellow"),
        ReportStanding::Accepted => ("report-accepted", "green"),
    }
}

/// One that was handed in, with what became of it.
struct Handed {
    told: String,
    results: String,
    conclusions: String,
    ruling: String,
}

struct VisitRow {
    site: String,
    at: String,
    took: String,
    outcome: String,
    findings: usize,
    present: String,
    note: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    id: ReportId,
    run: RunId,
    run_title: String,
    title: String,
    standing: String,
    colour: &'static str,
    returned: String,
    accept_key: Option<ActId>,
    back_key: ActId,
    handed: Vec<Handed>,
    visits: Vec<VisitRow>,
}

/// `/laporan/{id}`.
pub async fn one(State(web): State<Arc<Web>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let id = report_id(&id)?;
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let duty = web.duty(&context);
    let report: Report = web.app.find(id.0).await?;
    let bundle = web.app.bundle(report.run).await?;
    let told = Told {
        words,
        context: &context,
        sites: web.app.sites().await?,
        bundle: &bundle,
    };
    let rules = may_rule(&duty, visitor.person, &bundle.run, &report);
    let (word, colour) = standing(report.standing());
    let last: BTreeSet<VisitId> = report
        .submissions
        .last()
        .map(|last| last.visits.iter().copied().collect())
        .unwrap_or_default();
    let title = match report.batch {
        Batch::Team { from, until, .. } => {
            let args = [
                ("team", told.team(&report).into()),
                ("days", told.days(from, until).into()),
            ];
            say(words, "web-report-of", &args)
        }
        Batch::Final => words.say("web-final-title"),
    };
    let page = ReportPage {
        id,
        run: report.run,
        run_title: bundle.run.title.clone(),
        title,
        standing: words.say(word),
        colour,
        returned: report.returned_at.map(|at| told.moment(at)).unwrap_or_default(),
        accept_key: rules.then(|| form_key(&web)),
        back_key: form_key(&web),
        handed: report
            .submissions
            .iter()
            .rev()
            .map(|it| told.handed(it))
            .collect(),
        visits: bundle
            .visits
            .iter()
            .filter(|visit| last.contains(&visit.id))
            .map(|visit| told.visit_row(visit))
            .collect(),
        frame,
    };
    rendered(&page)
}

fn may_rule(duty: &Duty<'_>, person: Option<PersonId>, run: &Run, report: &Report) -> bool {
    report.standing() == ReportStanding::Submitted
        && run.end.is_none()
        && person.is_some_and(|person| duty.receives_reports(person, run))
}

impl Told<'_> {
    fn handed(&self, submission: &rajut_core::run::Submission) -> Handed {
        let by = [
            ("name", self.person(submission.by).into()),
            ("at", self.moment(submission.at).into()),
        ];
        let ruling = submission.ruling.as_ref().map(|ruling| {
            let args = [
                ("name", self.person(ruling.by).into()),
                ("at", self.moment(ruling.at).into()),
                ("note", ruling.note.as_str().into()),
            ];
            let key = match (ruling.accepted, ruling.note.is_empty()) {
                (true, true) => "web-ruling-accepted",
                (true, false) => "web-ruling-accepted-note",
                (false, _) => "web-ruling-returned",
            };
            say(self.words, key, &args)
        });
        Handed {
            told: say(self.words, "web-submitted-by", &by),
            results: submission.results.clone(),
            conclusions: submission.conclusions.clone(),
            ruling: ruling.unwrap_or_default(),
        }
    }

    fn visit_row(&self, visit: &Visit) -> VisitRow {
        let (began, left) = (visit.check_in.as_ref(), visit.check_out.as_ref());
        let present: Vec<String> = visit.present.iter().map(|id| self.person(*id)).collect();
        VisitRow {
            site: self.site(visit.site),
            at: began
                .or(left)
                .map(|stamp| self.moment(stamp.at))
                .unwrap_or_default(),
            took: began
                .zip(left)
                .map(|(began, left)| {
                    show::minutes(self.words, began.at.duration_until(left.at).as_mins().max(0))
                })
                .unwrap_or_default(),
            outcome: visit
                .outcome
                .map(|how| board::outcome(self.words, how))
                .unwrap_or_default(),
            findings: visit.findings.len(),
            present: present.join(", "),
            note: visit.note.clone(),
        }
    }
}
