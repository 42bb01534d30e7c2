//! One whole quarter: order, disposition, three teams, a hundred sites in eight weeks, with what goes wrong; if asked
//! for, after three quarters and the complaints of a year.

mod cases;
mod changes;
mod reports;
mod year;

use rajut_core::act::Unfit;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};
use rajut_app::demo::DemoRegency;
use rajut_app::probe::stage::{Simulator, Topology};
use rajut_app::{App, AppError, Context, Held, Key, RunBundle, Who};
use rajut_core::clock::Clock;
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{RunId, SiteId, TargetId, TeamId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::register::{Device, Link};
use rajut_core::run::{BatchRule, Member, Target, Team, Urgency};
use rajut_core::visit::{Action, Outcome, Visit};

use super::clock::PlayClock;
use super::{fill, visits};

/// The first instant: Thursday 1 October 2026, 07.30 WIB.
pub const BEGIN: &str = "2026-10-01T00:30:00Z";

pub use year::BEGIN as YEAR_BEGIN;

/// One quarter's order.
#[derive(Debug, Clone, Copy)]
struct Quarter {
    /// The day on which it is issued.
    begin: Date,
    /// Its last day.
    until: Date,
    /// With what goes wrong, every measurement and every paper; a quarter of the past has its numbers and its visits.
    whole: bool,
}

/// The quarter that is played in full.
const QUARTER: Quarter = Quarter {
    begin: date(2026, 10, 1),
    until: date(2026, 11, 27),
    whole: true,
};

/// Teams at the beginning, with the posts of their members; the first leads.
const TEAMS: [(&str, &[&str]); 3] = [
    ("Tim 1", &["teknisi-1", "teknisi-2"]),
    ("Tim 2", &["teknisi-3", "teknisi-4", "teknisi-5", "teknisi-8"]),
    ("Tim 3", &["teknisi-6", "teknisi-7"]),
];

/// What a played quarter came to.
pub struct Played {
    /// The run.
    pub run: RunId,
    /// Sites in scope.
    pub targets: usize,
    /// Visits.
    pub visits: usize,
    /// Reports of teams.
    pub reports: usize,
    /// Records of the journal.
    pub records: i64,
    /// Where the procedure was not followed.
    pub problems: Vec<String>,
}

/// Everything the play holds in its hands.
struct Stage<'a> {
    app: &'a App,
    clock: &'a PlayClock,
    context: Arc<Context>,
    regency: DemoRegency,
    seed: u64,
    quarter: Quarter,
    /// The run under way, or the last one.
    run: RunId,
    /// The run before it.
    previous: Option<RunId>,
    teams: BTreeMap<TeamId, Team>,
    /// Complaints under way, where a year of them is played.
    cases: Option<Vec<cases::Case>>,
    network: Held<Simulator>,
    bar: ProgressBar,
}

impl Stage<'_> {
    fn at(&self, day: Date, hour: i8, minute: i8) -> Timestamp {
        self.context.agency.zone.instant(day.at(hour, minute, 0, 0))
    }

    /// Sets the clock and gives a key for that moment.
    fn moment(&self, day: Date, hour: i8, minute: i8) -> Key {
        let at = self.at(day, hour, minute);
        self.clock.set(at);
        Key::at(at)
    }

    fn holder(&self, post: &str, day: Date) -> Result<Who, AppError> {
        self.context
            .holder(post, day)
            .map(|person| Who::person(person.id))
    }

    /// A number below 1000 that follows from the seed, a name and a round. The name is never an id: teams that send at
    /// once draw theirs in an order that nobody sets, and the play would differ with it.
    fn chance(&self, what: &str, name: impl std::fmt::Display, round: usize) -> u32 {
        let hash = Hash::of(format!("rajut-chance/1\n{}\n{what}\n{name}\n{round}", self.seed).as_bytes());
        let bytes = hash.bytes();
        u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % 1000
    }
}

/// Plays the quarter on an empty database, after the rest of its year if that is asked for.
pub async fn play(app: &App, clock: &PlayClock, seed: u64, year: bool) -> Result<Played, AppError> {
    let bar = ProgressBar::new(100).with_style(
        ProgressStyle::with_template("{bar:30} {pos:>3}% {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_message("regency: 100 sites, devices, links, people");
    let regency = fill::register(app, seed).await?;
    let context = app.context().await?;
    let topology = Topology::read(&regency.topology)
        .map_err(|error| AppError::invalid("topology", Unfit::detail(error)))?;
    let network = Simulator::new(&topology, clock.now());
    let mut stage = Stage {
        app,
        clock,
        context,
        regency,
        seed,
        quarter: QUARTER,
        run: app.ids().fresh(),
        previous: None,
        teams: BTreeMap::new(),
        cases: None,
        network: Held::new(network),
        bar,
    };
    if year {
        stage.past().await?;
    } else {
        fill::complaints(app, &stage.regency, 12).await?;
    }
    stage.bar.set_message("network: three looks at every device");
    for _ in 0..3 {
        stage.look().await?;
    }
    stage.quarter(QUARTER).await?;
    let played = stage.finish().await?;
    if year {
        stage.next().await?;
    }
    stage.bar.finish_and_clear();
    Ok(played)
}

impl Stage<'_> {
    /// Plays a quarter from its order to its closing.
    async fn quarter(&mut self, quarter: Quarter) -> Result<(), AppError> {
        self.quarter = quarter;
        self.teams.clear();
        self.desk(quarter.begin).await?;
        self.progress(5, "order, disposition, teams");
        let plan = self.order_and_teams(quarter.begin).await?;
        self.weeks(plan, quarter.begin).await?;
        self.close().await?;
        self.previous = Some(self.run);
        Ok(())
    }

    /// How far the quarter that is played in full has come; one of the past says its name only.
    fn progress(&self, percent: u64, what: &str) {
        if self.quarter.whole {
            self.bar.set_position(percent);
        }
        self.bar.set_message(what.to_owned());
    }

    /// Looks at every registered device five simulated minutes after the last time.
    async fn look(&mut self) -> Result<(), AppError> {
        let Some(network) = self.network.get_mut() else {
            return Ok(());
        };
        let ahead = network.clock().now().duration_until(self.clock.now()).as_millis();
        network.advance(Duration::from_millis(
            u64::try_from(ahead).unwrap_or(0).max(300_000),
        ));
        let clock = Arc::new(network.clock());
        self.app.look_at_all(&mut self.network, clock).await?;
        Ok(())
    }

    /// Steps 1 to 3, on the first day.
    async fn order_and_teams(&mut self, day: Date) -> Result<Vec<PlannedTarget>, AppError> {
        self.moment(day, 8, 30);
        self.run = fill::draft(self.app, &self.regency, day, self.quarter.until, self.previous).await?;
        let run = self.run;
        let head = self.holder("kepala", day)?;
        self.app.issue_order(head, self.moment(day, 8, 34), run).await?;
        let kabid = self.holder("kabid-telematika", day)?;
        let dispose = Command::Dispose {
            run,
            to: self.context.post("kasi-telematika")?.id,
            instruction: "Bentuk tim, laksanakan sesuai SOP, laporkan mingguan".to_owned(),
            urgency: Urgency::Urgent,
            deadline: Some(self.quarter.until),
        };
        self.app.act(kabid, self.moment(day, 8, 39), &dispose).await?;
        let mut ids = self.app.ids();
        for (name, posts) in TEAMS {
            let mut members = Vec::new();
            for post in posts {
                let person = self.context.holder(post, day)?.id;
                members.push(Member {
                    person,
                    from: day,
                    until: None,
                });
            }
            let team = Team {
                id: ids.fresh(),
                name: name.to_owned(),
                leader: members[0].person,
                members,
                vehicle: format!("Z {} CONTOH", 1000 + self.teams.len()),
                batch: BatchRule::Week,
            };
            self.teams.insert(team.id, team);
        }
        let plan = self.spread(day).await?;
        let teams = self.teams.values().cloned().collect();
        let form = Command::FormTeams {
            run,
            teams,
            plan: plan.clone(),
            reason: String::new(),
        };
        let kasi = self.holder("kasi-telematika", day)?;
        self.app.act(kasi, self.moment(day, 9, 5), &form).await?;
        let mut teams: Vec<&Team> = self.teams.values().collect();
        teams.sort_by(|a, b| a.name.cmp(&b.name));
        for team in teams {
            self.app
                .issue_task_letter(kasi, self.moment(day, 9, 15), run, team.id)
                .await?;
        }
        Ok(plan)
    }

    /// Spreads the targets over teams and days: near ones together, the last week kept for second visits.
    async fn spread(&self, day: Date) -> Result<Vec<PlannedTarget>, AppError> {
        let bundle = self.app.bundle(self.run).await?;
        let sites: BTreeMap<SiteId, &rajut_core::register::Site> =
            self.regency.sites.iter().map(|site| (site.id, site)).collect();
        let mut targets: Vec<&Target> = bundle.targets.iter().collect();
        targets.sort_by_key(|target| {
            sites
                .get(&target.site)
                .map(|site| (site.district.clone(), site.code.clone()))
        });
        let days = self.working_days(day)?;
        let mut teams: Vec<&Team> = self.teams.values().collect();
        teams.sort_by_key(|team| &team.name);
        let per_team = targets.len().div_ceil(teams.len());
        let usable = days.len().saturating_sub(5).max(1);
        Ok(targets
            .iter()
            .enumerate()
            .map(|(index, target)| {
                let slot = (index % per_team) * usable / per_team;
                PlannedTarget {
                    target: target.id,
                    team: teams[(index / per_team).min(teams.len() - 1)].id,
                    planned_on: days.get(slot).copied(),
                    due_on: self.quarter.until,
                }
            })
            .collect())
    }

    /// Working days from the day after `day` to the end of the order.
    fn working_days(&self, day: Date) -> Result<Vec<Date>, AppError> {
        let mut days = Vec::new();
        let mut next = day
            .tomorrow()
            .map_err(|error| AppError::invalid("date", Unfit::detail(error)))?;
        while next <= self.quarter.until {
            let works = self
                .context
                .calendar
                .is_working_day(next)
                .map_err(|error| AppError::invalid("calendar", error))?;
            if works {
                days.push(next);
            }
            next = next
                .tomorrow()
                .map_err(|error| AppError::invalid("date", Unfit::detail(error)))?;
        }
        Ok(days)
    }

    /// Steps 4 and 5, day by day.
    async fn weeks(&mut self, mut plan: Vec<PlannedTarget>, begin: Date) -> Result<(), AppError> {
        let days = self.working_days(begin)?;
        let mut again: Vec<(TargetId, TeamId)> = Vec::new();
        let mut attempts: BTreeMap<TargetId, usize> = BTreeMap::new();
        let mut week_began = days.first().copied().unwrap_or(begin);
        let mut waiting: Vec<rajut_core::id::ReportId> = Vec::new();
        for (index, day) in days.iter().copied().enumerate() {
            self.progress(10 + (index * 80 / days.len()) as u64, &format!("{day}: visits"));
            self.desk(day).await?;
            if day.weekday() == Weekday::Monday {
                week_began = day;
                self.accept(day, std::mem::take(&mut waiting), index < 8).await?;
            }
            if self.quarter.whole && index == 11 {
                self.sickness(day).await?;
            }
            if self.quarter.whole && index == 21 {
                self.split(day, &mut plan).await?;
            }
            let due: Vec<(TargetId, TeamId)> = again
                .drain(..)
                .chain(
                    plan.iter()
                        .filter(|planned| planned.planned_on == Some(day))
                        .map(|planned| (planned.target, planned.team)),
                )
                .collect();
            again = self.day(day, due, &mut attempts).await?;
            let week_ends = days
                .get(index + 1)
                .is_none_or(|next| next.weekday() == Weekday::Monday);
            if week_ends {
                waiting = self.report(week_began, day).await?;
            }
        }
        // What was reported on the last Friday is accepted on the same day, before the order ends.
        self.accept(self.quarter.until, waiting, false).await
    }

    /// A day of all teams: each records on its device, and in the evening all send at once.
    async fn day(
        &mut self,
        day: Date,
        due: Vec<(TargetId, TeamId)>,
        attempts: &mut BTreeMap<TargetId, usize>,
    ) -> Result<Vec<(TargetId, TeamId)>, AppError> {
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let bundle = self.app.bundle(self.run).await?;
        let mut due = due;
        due.sort_by_cached_key(|(id, _)| self.name_of(&bundle, *id));
        // By the teams' names.
        let mut queues: BTreeMap<String, Vec<visits::Queued>> = BTreeMap::new();
        let mut hours: BTreeMap<TeamId, i8> = BTreeMap::new();
        let (mut again, mut partial) = (Vec::new(), Vec::new());
        for (id, team_id) in due {
            let Some(target) = bundle.targets.iter().find(|target| target.id == id) else {
                continue;
            };
            if target.settled() {
                continue;
            }
            let Some(team) = self.teams.get(&team_id) else {
                continue;
            };
            let Some(site) = self.regency.sites.iter().find(|site| site.id == target.site) else {
                continue;
            };
            let attempt = attempts.entry(id).or_insert(0);
            *attempt += 1;
            let name = self.name_of(&bundle, id);
            let outcome = self.outcome(&name, *attempt);
            let hour = hours.entry(team_id).or_insert(8);
            let (now, minute) = (
                *hour,
                i8::try_from(self.chance("minute", &name, *attempt) % 40).unwrap_or(0),
            );
            *hour += 2;
            let devices = self.app.store().devices_of(site.id).await?;
            let links = self.app.store().links_of(site.id).await?;
            let devices: Vec<Device> = devices
                .into_iter()
                .map(|it| it.state)
                .filter(Device::in_use)
                .collect();
            let links: Vec<Link> = links.into_iter().map(|it| it.state).collect();
            let trouble = match self.chance("trouble", &name, *attempt) {
                0..40 => Some(visits::Trouble::Repaired),
                40..70 => Some(visits::Trouble::Replaced),
                70..120 => Some(visits::Trouble::Escalated),
                _ => None,
            };
            let wanted = visits::Plan {
                run: self.run,
                team: team_id,
                present: team.members_on(day).collect(),
                target: id,
                complaints: target.unanswered().collect(),
                arrive: self.at(day, now, minute),
                outcome,
                trouble,
            };
            let devices: Vec<&Device> = devices.iter().collect();
            let links: Vec<&Link> = links.iter().collect();
            let at_site = visits::AtSite {
                site,
                devices: &devices,
                links: &links,
            };
            let queue = visits::queue(self.app, &self.context.checklist, &wanted, &at_site);
            queues.entry(team.name.clone()).or_default().extend(queue);
            match outcome {
                Outcome::Complete => {}
                Outcome::Partial => partial.push((id, team_id)),
                _ if *attempt >= 3 => {}
                _ => again.push((id, team_id)),
            }
        }
        self.clock.set(self.at(day, 15, 40));
        let sending: Vec<_> = queues
            .into_iter()
            .map(|(team, queue)| (team, tokio::spawn(visits::send(self.app.clone(), queue))))
            .collect();
        let mut ended = BTreeMap::new();
        for (team, sent) in sending {
            let sent = sent
                .await
                .map_err(|error| AppError::Network(error.to_string()))??;
            ended.extend(sent.ended);
            self.adopt(day, &team, sent.opened);
        }
        if self.quarter.whole {
            self.measure(&ended).await?;
            self.minutes(day, ended.values().copied()).await?;
        }
        self.judge_partial(day, partial, &mut again).await?;
        self.excuse_hopeless(day, attempts).await?;
        Ok(again)
    }

    /// A target by the quarter and the code of its site.
    fn name_of(&self, bundle: &RunBundle, target: TargetId) -> String {
        let target = bundle.targets.iter().find(|it| it.id == target);
        let site = target.and_then(|it| self.regency.sites.iter().find(|site| site.id == it.site));
        format!("{} {}", self.quarter.begin, site.map_or("", |site| &site.code))
    }

    /// How an attempt ends. One site stays locked whatever is tried.
    fn outcome(&self, name: &str, attempt: usize) -> Outcome {
        match (self.chance("outcome", name, attempt), attempt) {
            (0..30, 1) => Outcome::Locked,
            (30..50, 1) => Outcome::Refused,
            (50..100, 1) => Outcome::Partial,
            (995.., 2) => Outcome::NoPower,
            _ => Outcome::Complete,
        }
    }

    /// A look at each visited site's gateway from the server, judged and kept with the visit.
    async fn measure(&mut self, ended: &BTreeMap<SiteId, VisitId>) -> Result<(), AppError> {
        for (site, visit) in ended {
            let gateway = self
                .regency
                .sites
                .iter()
                .find(|known| known.id == *site)
                .and_then(|site| site.gateway);
            let Some(gateway) = self
                .regency
                .devices
                .iter()
                .find(|device| Some(device.id) == gateway)
            else {
                continue;
            };
            let Some(network) = self.network.get_mut() else {
                continue;
            };
            let clock = Arc::new(network.clock());
            let known: Visit = self.app.find(visit.0).await?;
            let recorder = known
                .present
                .first()
                .copied()
                .map_or_else(Who::system, Who::person);
            let key = Key::at(self.clock.now());
            let gateway = std::slice::from_ref(gateway);
            self.app
                .measure_devices(recorder, key, &mut self.network, clock, *visit, gateway)
                .await?;
        }
        Ok(())
    }

    /// A Berita Acara for every visit on which something was done, or on which nothing could be.
    async fn minutes(&self, day: Date, visits: impl Iterator<Item = VisitId>) -> Result<(), AppError> {
        let clerk = self.holder("pengadministrasi", day)?;
        for id in visits {
            let visit: Visit = self.app.find(id.0).await?;
            let worked = visit
                .findings
                .iter()
                .any(|finding| finding.action != Action::None);
            let looked = matches!(visit.outcome, Some(Outcome::Complete | Outcome::Partial));
            if worked || !looked {
                self.app
                    .issue_minutes(clerk, self.moment(day, 15, 45), id)
                    .await?;
            }
        }
        Ok(())
    }

    /// The Kasi accepts every other partial visit; the others are visited again.
    async fn judge_partial(
        &self,
        day: Date,
        partial: Vec<(TargetId, TeamId)>,
        again: &mut Vec<(TargetId, TeamId)>,
    ) -> Result<(), AppError> {
        if partial.is_empty() {
            return Ok(());
        }
        let bundle = self.app.bundle(self.run).await?;
        let kasi = self.holder("kasi-telematika", day)?;
        for (id, team) in partial {
            if self.chance("accept", self.name_of(&bundle, id), 1) < 500 {
                again.push((id, team));
                continue;
            }
            let visit = bundle
                .targets
                .iter()
                .find(|target| target.id == id)
                .and_then(|target| target.visits.last())
                .map(|visit| visit.visit);
            if let Some(visit) = visit {
                let command = Command::AcceptPartial { target: id, visit };
                self.app.act(kasi, self.moment(day, 15, 50), &command).await?;
            }
        }
        Ok(())
    }

    /// A site that could not be visited three times is excused; it carries over to the next run.
    async fn excuse_hopeless(&self, day: Date, attempts: &BTreeMap<TargetId, usize>) -> Result<(), AppError> {
        let tired: Vec<TargetId> = attempts
            .iter()
            .filter(|(_, tries)| **tries >= 3)
            .map(|(target, _)| *target)
            .collect();
        for target in tired {
            let known: Target = self.app.find(target.0).await?;
            if !known.settled() {
                let reason = "tiga kali tidak dapat dikunjungi".to_owned();
                let kasi = self.holder("kasi-telematika", day)?;
                let command = Command::ExcuseTarget { target, reason };
                self.app.act(kasi, self.moment(day, 15, 55), &command).await?;
            }
        }
        Ok(())
    }

    /// Holds the records against the procedure.
    async fn finish(&self) -> Result<Played, AppError> {
        self.progress(96, "journal: replayed and compared");
        let bundle = self.app.bundle(self.run).await?;
        let mut problems = Vec::new();
        match &bundle.run.end {
            Some(rajut_core::run::RunEnd::Closed { .. }) => {}
            other => problems.push(format!("the run is not closed: {other:?}")),
        }
        let open = bundle.targets.iter().filter(|target| !target.settled()).count();
        if open > 0 {
            problems.push(format!("{open} targets are neither met nor excused"));
        }
        let flagged = bundle
            .visits
            .iter()
            .filter(|visit| !visit.flags.is_empty())
            .count();
        if flagged > 0 {
            problems.push(format!("{flagged} visits carry flags"));
        }
        let verified = self.app.store().verify(Vec::new(), true, |_| {}).await?;
        problems.extend(verified.faults.iter().map(ToString::to_string));
        Ok(Played {
            run: self.run,
            targets: bundle.targets.len(),
            visits: bundle.visits.len(),
            reports: bundle.reports.len(),
            records: verified.records,
            problems,
        })
    }
}
