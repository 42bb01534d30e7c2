//! `rajut target`: list, plan, excuse, accept-partial.

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::{AppError, RunBundle, TargetLine};
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::run::Standing;
use rajut_core::visit::Outcome;

use super::output::Output;
use super::session::{codes, team};
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The targets of a run.
    List {
        /// The run.
        run: String,
        /// Only those neither met nor excused.
        #[arg(long)]
        open: bool,
        /// Only those of this team.
        #[arg(long)]
        team: Option<String>,
    },
    /// Give sites to a team, with a day.
    Plan {
        /// The run.
        run: String,
        /// Codes of sites, separated by commas.
        sites: String,
        /// The team.
        #[arg(long)]
        team: String,
        /// The day planned.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<Date>,
        /// The last day; without it the due date stays.
        #[arg(long, value_name = "YYYY-MM-DD")]
        due: Option<Date>,
        /// Why, where the plan needs a reason.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Excuse a site with a reason; it carries over to the next run.
    Excuse {
        /// The run.
        run: String,
        /// Code of the site.
        site: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Accept that a partial visit is enough.
    AcceptPartial {
        /// The run.
        run: String,
        /// Code of the site.
        site: String,
    },
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    match verb {
        Verb::List { run, open, team } => {
            let run = session.run(&run).await?;
            let keep = |line: &TargetLine| {
                let settled = matches!(line.standing, Standing::Met | Standing::Excused);
                let of_team = team.as_ref().is_none_or(|team| {
                    line.team
                        .as_ref()
                        .is_some_and(|name| name.eq_ignore_ascii_case(team))
                });
                !(open && settled) && of_team
            };
            let mut lines = lines(session, run).await?;
            lines.retain(keep);
            print(&lines, out);
        }
        Verb::Plan {
            run,
            sites,
            team: name,
            on,
            due,
            reason,
        } => {
            let bundle = session.bundle(&run).await?;
            let team = team(&bundle, &name)?.id;
            let mut plan = Vec::new();
            for code in codes(&sites) {
                let target = session.target(&bundle, code).await?;
                let planned_on = on.or(target.planned_on);
                plan.push(PlannedTarget {
                    target: target.id,
                    team,
                    planned_on,
                    due_on: due.unwrap_or(target.due_on),
                });
            }
            let run = bundle.run.id;
            session.act(&Command::PlanTargets { run, plan, reason }).await?;
            show(session, &bundle, &sites, out).await?;
        }
        Verb::Excuse { run, site, reason } => {
            let bundle = session.bundle(&run).await?;
            let target = session.target(&bundle, &site).await?.id;
            session.act(&Command::ExcuseTarget { target, reason }).await?;
            show(session, &bundle, &site, out).await?;
        }
        Verb::AcceptPartial { run, site } => {
            let bundle = session.bundle(&run).await?;
            let target = session.target(&bundle, &site).await?;
            let visit = target
                .visits
                .iter()
                .filter(|visit| matches!(visit.ended, Some((_, Outcome::Partial))))
                .max_by_key(|visit| visit.began_at)
                .ok_or_else(|| AppError::not_found("partial-visit", &site))?
                .visit;
            session
                .act(&Command::AcceptPartial {
                    target: target.id,
                    visit,
                })
                .await?;
            show(session, &bundle, &site, out).await?;
        }
    }
    Ok(Exit::Done)
}

async fn lines(session: &Session, run: rajut_core::id::RunId) -> Result<Vec<TargetLine>, AppError> {
    session.app.target_lines(run).await
}

async fn show(session: &Session, bundle: &RunBundle, sites: &str, out: &Output) -> Result<(), AppError> {
    let mut lines = lines(session, bundle.run.id).await?;
    lines.retain(|line| codes(sites).any(|code| code == line.site_code));
    print(&lines, out);
    Ok(())
}

/// Why a site comes over from an earlier run, as people read it.
pub(super) fn reasons(reasons: &[String], out: &Output) -> String {
    let told: Vec<String> = reasons.iter().map(|reason| out.word("why", reason)).collect();
    told.join("; ")
}

/// Prints targets.
pub(super) fn print(lines: &[TargetLine], out: &Output) {
    let rows = lines
        .iter()
        .map(|line| {
            vec![
                line.site_code.clone(),
                line.site.clone(),
                line.district.clone(),
                line.team.clone().unwrap_or_default(),
                line.planned_on.map(|day| day.to_string()).unwrap_or_default(),
                line.due_on.to_string(),
                out.word("standing", super::output::code(&line.standing).as_str()),
                line.visits.to_string(),
                line.complaints_open.to_string(),
                reasons(&line.carried_over, out),
            ]
        })
        .collect();
    let headers = [
        "site",
        "name",
        "district",
        "team",
        "planned-on",
        "due-on",
        "standing",
        "visits",
        "complaints-unanswered",
        "carried-over",
    ];
    out.list(&lines, None, &headers, rows);
}
