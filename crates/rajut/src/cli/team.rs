//! `rajut team`: form, change, list.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::{AppError, Wish};
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{RunId, TargetId, TeamId};
use rajut_core::run::{BatchRule, Member, Run, Team};
use serde::Deserialize;

use super::names::Names;
use super::output::{Output, code};
use super::session::{self, coded};
use super::{Error, Exit, Session, overtime};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Form the teams of a run and spread its sites over them.
    Form {
        /// The run.
        run: String,
        /// TOML: [[team]] name, leader, members, vehicle, batch, sites. CSV: team,person,leader,vehicle,batch.
        #[arg(required_unless_present_any = ["copy", "propose"])]
        file: Option<PathBuf>,
        /// Spread what the file leaves open by kecamatan, so many sites a working day and team.
        #[arg(long, value_name = "N")]
        by_district: Option<u32>,
        /// Take teams and their sites from an earlier run.
        #[arg(long, value_name = "RUN", conflicts_with = "file")]
        copy: Option<String>,
        /// Take what the program proposes: teams and sites of the last run, else the technicians in even groups.
        #[arg(long, conflicts_with_all = ["file", "copy"])]
        propose: bool,
        /// First day in the field; without it the first day of the order.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Date>,
        /// Why, where somebody is on leave, in two places, or at work on a day off.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Change a team, or add one.
    Change {
        /// The run.
        run: String,
        /// The team; a new name adds a team.
        team: String,
        /// People who join, separated by commas.
        #[arg(long, default_value = "")]
        add: String,
        /// People who leave, separated by commas.
        #[arg(long, default_value = "")]
        remove: String,
        /// First day of the change; without it the day of the act.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Date>,
        /// The leader.
        #[arg(long)]
        leader: Option<String>,
        /// The vehicle.
        #[arg(long)]
        vehicle: Option<String>,
        /// day, trip or week.
        #[arg(long)]
        batch: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Orders to work on days off: whoever is named for a day needs no reason there.
    #[command(subcommand)]
    Overtime(overtime::Verb),
    /// The teams of a run.
    List {
        /// The run.
        run: String,
    },
}

/// A file of teams.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamFile {
    team: Vec<TeamEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamEntry {
    name: String,
    leader: String,
    members: Vec<String>,
    #[serde(default)]
    vehicle: String,
    #[serde(default = "daily")]
    batch: BatchRule,
    #[serde(default)]
    sites: Vec<String>,
}

fn daily() -> BatchRule {
    BatchRule::Day
}

/// One line of a CSV file of teams.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamRow {
    team: String,
    person: String,
    #[serde(default)]
    leader: String,
    #[serde(default)]
    vehicle: String,
    #[serde(default)]
    batch: String,
}

fn read(path: &Path) -> Result<Vec<TeamEntry>, AppError> {
    let text = session::read(path)?;
    let wrong = |why: Unfit| AppError::invalid(&path.display().to_string(), why);
    if path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
    {
        return toml::from_str::<TeamFile>(&text)
            .map(|file| file.team)
            .map_err(|error| wrong(Unfit::toml(&text, &error)));
    }
    let mut teams: Vec<TeamEntry> = Vec::new();
    for row in csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .deserialize()
    {
        let row: TeamRow = row.map_err(|error| wrong(Unfit::detail(error)))?;
        let known = teams.iter().position(|team| team.name == row.team);
        let place = known.unwrap_or(teams.len());
        if known.is_none() {
            teams.push(TeamEntry {
                name: row.team,
                leader: row.person.clone(),
                members: Vec::new(),
                vehicle: String::new(),
                batch: BatchRule::Day,
                sites: Vec::new(),
            });
        }
        let team = &mut teams[place];
        if matches!(row.leader.to_lowercase().as_str(), "yes" | "ya" | "x" | "1") {
            team.leader.clone_from(&row.person);
        }
        team.members.push(row.person);
        if !row.vehicle.is_empty() {
            team.vehicle = row.vehicle;
        }
        if !row.batch.is_empty() {
            team.batch = coded("batch", &row.batch)?;
        }
    }
    Ok(teams)
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    match verb {
        Verb::Form {
            run,
            file,
            by_district,
            copy,
            propose,
            from,
            reason,
        } => {
            let run = session.run(&run).await?;
            let (teams, plan) = match (copy, file) {
                _ if propose => proposed(session, run, by_district, from).await?,
                (Some(copy), _) => copied(session, run, &copy, by_district, from).await?,
                (None, Some(file)) => formed(session, run, &file, by_district, from).await?,
                (None, None) => {
                    return Err(AppError::invalid("team form", UnfitCode::NameFileOrRun));
                }
            };
            session
                .act(&Command::FormTeams {
                    run,
                    teams,
                    plan,
                    reason,
                })
                .await?;
            list(session, run, out).await
        }
        Verb::Change {
            run,
            team,
            add,
            remove,
            from,
            leader,
            vehicle,
            batch,
            reason,
        } => {
            let bundle = session.bundle(&run).await?;
            let from = match from {
                Some(from) => from,
                None => session.day().await?,
            };
            let joining = session.people(&add).await?;
            let leaving = session.people(&remove).await?;
            let leader = match leader {
                Some(name) => Some(session.person(&name).await?),
                None => None,
            };
            let mut changed = match (session::team(&bundle, &team), joining.first()) {
                (Ok(known), _) => known.clone(),
                (Err(_), Some(first)) => Team {
                    id: session.app.ids().fresh(),
                    name: team,
                    leader: leader.unwrap_or(*first),
                    members: Vec::new(),
                    vehicle: String::new(),
                    batch: BatchRule::Day,
                },
                (Err(error), None) => return Err(error),
            };
            for member in changed
                .members
                .iter_mut()
                .filter(|member| leaving.contains(&member.person))
            {
                if member.until.is_none_or(|until| until >= from) {
                    member.until = from.yesterday().ok();
                }
            }
            changed
                .members
                .retain(|member| member.until.is_none_or(|until| until >= member.from));
            changed.members.extend(joining.into_iter().map(|person| Member {
                person,
                from,
                until: None,
            }));
            changed.leader = leader.unwrap_or(changed.leader);
            changed.vehicle = vehicle.unwrap_or(changed.vehicle);
            if let Some(batch) = batch {
                changed.batch = coded("--batch", &batch)?;
            }
            let run = bundle.run.id;
            session
                .act(&Command::ChangeTeam {
                    run,
                    team: changed,
                    reason,
                })
                .await?;
            list(session, run, out).await
        }
        Verb::Overtime(verb) => overtime::run(verb, session, out).await,
        Verb::List { run } => list(session, session.run(&run).await?, out).await,
    }
}

type Formed = (Vec<Team>, Vec<PlannedTarget>);

/// The teams of a file, with the sites that it names and those that are spread.
async fn formed(
    session: &Session,
    run: RunId,
    file: &Path,
    by_district: Option<u32>,
    from: Option<Date>,
) -> Result<Formed, AppError> {
    let bundle = session.app.bundle(run).await?;
    let first = first_day(session, &bundle.run, from).await?;
    let mut ids = session.app.ids();
    let mut teams = Vec::new();
    let mut named: BTreeMap<TeamId, Vec<TargetId>> = BTreeMap::new();
    for entry in read(file)? {
        let mut members = Vec::new();
        for name in &entry.members {
            members.push(Member {
                person: session.person(name).await?,
                from: first,
                until: None,
            });
        }
        let id: TeamId = ids.fresh();
        for code in &entry.sites {
            let target = session.target(&bundle, code).await?;
            named.entry(id).or_default().push(target.id);
        }
        teams.push(Team {
            id,
            name: entry.name,
            leader: session.person(&entry.leader).await?,
            members,
            vehicle: entry.vehicle,
            batch: entry.batch,
        });
    }
    let all: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
    let per_day = by_district.unwrap_or(3);
    let plan = match by_district {
        Some(per_day) if named.is_empty() => {
            session
                .app
                .spread_by_district(&bundle, &all, per_day, first)
                .await?
        }
        Some(_) => {
            return Err(AppError::invalid("--by-district", UnfitCode::SitesNamed));
        }
        None => session.app.plan_days(&bundle, named, per_day, first).await?,
    };
    Ok((teams, plan))
}

/// What the page of the teams has filled in, too.
async fn proposed(
    session: &Session,
    run: RunId,
    per_day: Option<u32>,
    from: Option<Date>,
) -> Result<Formed, AppError> {
    let bundle = session.app.bundle(run).await?;
    let wish = Wish {
        copy: true,
        teams: None,
        per_day,
        from,
    };
    let proposal = session.app.propose_teams(&bundle, wish).await?;
    Ok((proposal.teams, proposal.plan))
}

async fn copied(
    session: &Session,
    run: RunId,
    copy: &str,
    by_district: Option<u32>,
    from: Option<Date>,
) -> Result<Formed, AppError> {
    let bundle = session.app.bundle(run).await?;
    let earlier = session.bundle(copy).await?;
    let first = first_day(session, &bundle.run, from).await?;
    let (teams, shares) = session.app.copy_teams(&earlier, &bundle, first);
    let all: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
    let plan = match by_district {
        Some(per_day) => {
            session
                .app
                .spread_by_district(&bundle, &all, per_day, first)
                .await?
        }
        None => session.app.plan_days(&bundle, shares, 3, first).await?,
    };
    Ok((teams, plan))
}

async fn first_day(session: &Session, run: &Run, from: Option<Date>) -> Result<Date, AppError> {
    let today = session.day().await?;
    let begins = run.order.as_ref().map_or(today, |order| order.draft.valid_from);
    Ok(from.unwrap_or(begins.max(today)))
}

async fn list(session: &Session, run: RunId, out: &Output) -> Result<Exit, Error> {
    let bundle = session.app.bundle(run).await?;
    let names = Names::read(&session.app).await?;
    let today = session.day().await?;
    let rows = bundle
        .run
        .teams
        .values()
        .map(|team| {
            let others: Vec<String> = team
                .members
                .iter()
                .filter(|member| member.person != team.leader)
                .filter(|member| member.until.is_none_or(|until| until >= today))
                .map(|member| names.person(member.person))
                .collect();
            let sites = bundle
                .targets
                .iter()
                .filter(|target| target.team == Some(team.id))
                .count();
            vec![
                team.name.clone(),
                names.person(team.leader),
                others.join(", "),
                team.vehicle.clone(),
                out.word("batch", &code(&team.batch)),
                sites.to_string(),
            ]
        })
        .collect();
    let teams: Vec<&Team> = bundle.run.teams.values().collect();
    out.list(
        &teams,
        None,
        &["team", "leader", "members", "vehicle", "batch", "sites"],
        rows,
    );
    Ok(Exit::Done)
}
