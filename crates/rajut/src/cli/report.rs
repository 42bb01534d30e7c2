//! `rajut report`: list, returned, submit, accept, send-back, final.

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::{AppError, RunBundle};
use rajut_core::flow::Command;
use rajut_core::id::{ReportId, RunId, TeamId};
use rajut_core::run::{Batch, Report, ReportStanding};

use super::names::Names;
use super::output::{Output, code};
use super::session::team;
use super::{Error, Exit, Session};

/// The days of a batch.
#[derive(Debug, clap::Args)]
pub struct Days {
    /// First day of the batch; without it the day of the first visit that is not reported yet.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// Last day of the batch; without it the day of the last one.
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The reports of a run.
    List {
        /// The run.
        run: String,
    },
    /// Record a team's return from the last trip of a batch.
    Returned {
        /// The run.
        run: String,
        /// The team.
        team: String,
        /// The batch.
        #[command(flatten)]
        days: Days,
    },
    /// Submit a team's report.
    Submit {
        /// The run.
        run: String,
        /// The team.
        team: String,
        /// The batch.
        #[command(flatten)]
        days: Days,
        /// What was done.
        #[arg(long)]
        results: String,
        /// What follows from it.
        #[arg(long, default_value = "")]
        conclusions: String,
    },
    /// Accept the report of a team that waits.
    Accept {
        /// The run.
        run: String,
        /// The team.
        team: String,
        /// A note.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Send it back.
    SendBack {
        /// The run.
        run: String,
        /// The team.
        team: String,
        /// What is missing.
        #[arg(long)]
        note: String,
    },
    /// Write the final report.
    Final {
        /// The run.
        run: String,
        /// What was done.
        #[arg(long)]
        results: String,
        /// What follows from it.
        #[arg(long, default_value = "")]
        conclusions: String,
    },
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    let run = match verb {
        Verb::List { run } => session.run(&run).await?,
        Verb::Returned {
            run,
            team: name,
            days,
        } => {
            let bundle = session.bundle(&run).await?;
            let (run, team) = (bundle.run.id, team(&bundle, &name)?.id);
            let (from, until) = batch(session, &bundle, team, &days).await?;
            let report = app.report_of(run, team, from, until).await?;
            session
                .act(&Command::RecordReturn {
                    report,
                    run,
                    team,
                    from,
                    until,
                })
                .await?;
            run
        }
        Verb::Submit {
            run,
            team: name,
            days,
            results,
            conclusions,
        } => {
            let bundle = session.bundle(&run).await?;
            let (run, team) = (bundle.run.id, team(&bundle, &name)?.id);
            let (from, until) = batch(session, &bundle, team, &days).await?;
            let report = app.report_of(run, team, from, until).await?;
            let command = Command::SubmitReport {
                report,
                run,
                team,
                from,
                until,
                results,
                conclusions,
            };
            session.act(&command).await?;
            run
        }
        Verb::Accept {
            run,
            team: name,
            note,
        } => {
            let bundle = session.bundle(&run).await?;
            let report = waiting(&bundle, &name)?;
            session.act(&Command::AcceptReport { report, note }).await?;
            bundle.run.id
        }
        Verb::SendBack {
            run,
            team: name,
            note,
        } => {
            let bundle = session.bundle(&run).await?;
            let report = waiting(&bundle, &name)?;
            session.act(&Command::ReturnReport { report, note }).await?;
            bundle.run.id
        }
        Verb::Final {
            run,
            results,
            conclusions,
        } => {
            let bundle = session.bundle(&run).await?;
            let known = bundle.reports.iter().find(|report| report.batch == Batch::Final);
            let report = known.map_or_else(|| app.ids().fresh(), |report| report.id);
            let run = bundle.run.id;
            session
                .act(&Command::SubmitFinalReport {
                    report,
                    run,
                    results,
                    conclusions,
                })
                .await?;
            run
        }
    };
    list(session, run, out).await
}

/// The report of a team that waits for the Kasi, else its latest, whose standing the refusal will name.
fn waiting(bundle: &RunBundle, name: &str) -> Result<ReportId, AppError> {
    let team = team(bundle, name)?.id;
    let of_team = || bundle.reports.iter().filter(|report| report.team() == Some(team));
    of_team()
        .find(|report| report.standing() == ReportStanding::Submitted)
        .or_else(|| of_team().next_back())
        .map(|report| report.id)
        .ok_or_else(|| AppError::not_found("report", name))
}

/// The days of the batch: those given, else those of the visits that nobody has reported.
async fn batch(
    session: &Session,
    bundle: &RunBundle,
    team: TeamId,
    days: &Days,
) -> Result<(Date, Date), AppError> {
    let zone = session.app.context().await?.agency.zone;
    let returned = bundle.reports.iter().find(|report| {
        report.team() == Some(team)
            && matches!(report.standing(), ReportStanding::Due | ReportStanding::Returned)
    });
    let (mut first, mut last) = match returned.map(|report| &report.batch) {
        Some(Batch::Team { from, until, .. }) => (Some(*from), Some(*until)),
        _ => (None, None),
    };
    if first.is_none() {
        let reported: Vec<_> = bundle
            .reports
            .iter()
            .filter_map(|report| report.submissions.last())
            .flat_map(|submission| submission.visits.iter())
            .collect();
        let days = || {
            bundle
                .visits
                .iter()
                .filter(|visit| visit.team == Some(team) && visit.check_out.is_some())
                .filter(|visit| !reported.contains(&&visit.id))
                .filter_map(|visit| visit.check_in.as_ref())
                .map(|stamp| zone.date(stamp.at))
        };
        (first, last) = (days().min(), days().max());
    }
    let today = session.day().await?;
    Ok((
        days.from.or(first).unwrap_or(today),
        days.until.or(last).unwrap_or(today),
    ))
}

async fn list(session: &Session, run: RunId, out: &Output) -> Result<Exit, Error> {
    let bundle = session.app.bundle(run).await?;
    let names = Names::read(&session.app).await?;
    let rows = bundle
        .reports
        .iter()
        .map(|report| row(report, &bundle, &names, out))
        .collect();
    out.list(
        &bundle.reports,
        None,
        &["team", "from", "until", "standing", "visits", "submitted", "note"],
        rows,
    );
    Ok(Exit::Done)
}

fn row(report: &Report, bundle: &RunBundle, names: &Names, out: &Output) -> Vec<String> {
    let (team, from, until) = match &report.batch {
        Batch::Team { team, from, until } => (
            bundle
                .run
                .teams
                .get(team)
                .map(|team| team.name.clone())
                .unwrap_or_default(),
            from.to_string(),
            until.to_string(),
        ),
        Batch::Final => (out.label("final-report"), String::new(), String::new()),
    };
    let last = report.submissions.last();
    vec![
        team,
        from,
        until,
        out.word("report", &code(&report.standing())),
        last.map(|last| last.visits.len().to_string()).unwrap_or_default(),
        last.map(|last| names.time(last.at)).unwrap_or_default(),
        last.and_then(|last| last.ruling.as_ref())
            .map(|ruling| ruling.note.clone())
            .unwrap_or_default(),
    ]
}
