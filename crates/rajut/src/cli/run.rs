//! `rajut run`: list, show, late, and what is done to a run as a whole.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;

use clap::Subcommand;
use rajut_app::store::{Page, RunFilter};
use rajut_app::{AppError, RunBundle, RunView, Who};
use rajut_core::flow::{Command, Place};
use rajut_core::id::RunId;
use rajut_core::lateness::Clock;
use rajut_core::run::{Report, Run};
use rajut_core::stream::{StreamKind, StreamRef};

use super::names::Names;
use super::output::{Format, Output, code};
use super::session::team;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The runs, the newest first.
    List {
        /// Those that have ended, too.
        #[arg(long)]
        all: bool,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        limit: u32,
        /// Go on where the list before ended.
        #[arg(long, value_name = "PLACE")]
        after: Option<String>,
    },
    /// Clocks, totals, pace needed, forecast.
    Show {
        /// Its id, the number of its order, or `latest`.
        run: String,
    },
    /// What is late, worst first.
    Late {
        /// Its id, the number of its order, or `latest`.
        run: String,
    },
    /// Give the cause of what is late.
    Explain {
        /// The run.
        run: String,
        /// The step.
        #[arg(long)]
        step: String,
        /// Code of the site, where it is one site's step; without it every overrun of the step.
        #[arg(long)]
        site: Option<String>,
        /// The cause, in a word.
        #[arg(long)]
        cause: String,
        /// More about it.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Close the run by a disposition.
    Close {
        /// The run.
        run: String,
        /// The disposition.
        #[arg(long)]
        instruction: String,
    },
    /// Cancel it.
    Cancel {
        /// The run.
        run: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Stop its clock.
    Pause {
        /// The run.
        run: String,
        /// Code of one of the reasons that its step allows.
        #[arg(long)]
        reason: String,
    },
    /// Start it again.
    Resume {
        /// The run.
        run: String,
    },
    /// Finish a step that has its own fields.
    Step {
        /// The run.
        run: String,
        /// The step.
        step: String,
        /// The way out of a decision.
        #[arg(long)]
        exit: Option<String>,
        /// Code of the site, for a step at each site.
        #[arg(long, conflicts_with = "team")]
        site: Option<String>,
        /// The team, for a step of each team.
        #[arg(long)]
        team: Option<String>,
        /// A field of the step: NAME=VALUE.
        #[arg(long, value_name = "NAME=VALUE")]
        value: Vec<String>,
    },
    /// Let the program do what follows by itself: a timer that ran out, the last of all sites and teams.
    Proceed {
        /// The run.
        run: String,
    },
}

#[expect(clippy::too_many_lines, reason = "one arm per verb, each a few lines")]
pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::List { all, limit, after } => {
            let filter = RunFilter {
                open: (!all).then_some(true),
                for_complaint: Some(false),
                procedure: None,
            };
            let after = after
                .map(|text| text.parse())
                .transpose()
                .map_err(AppError::Store)?;
            let listed = app.store().runs(&filter, &Page { after, limit }).await?;
            let next = listed.next.map(|next| next.to_string());
            let runs: Vec<_> = listed.items.into_iter().map(|run| run.state).collect();
            let rows = runs
                .iter()
                .map(|run| {
                    let standing = if run.end.is_some() { "ended" } else { "open" };
                    vec![
                        run.id.to_string(),
                        run.label().to_owned(),
                        run.title.clone(),
                        out.label(standing),
                    ]
                })
                .collect();
            out.list(&runs, next, &["run", "number", "title", "standing"], rows);
            Ok(Exit::Done)
        }
        Verb::Show { run } => {
            let view = app.run_view(session.run(&run).await?, session.now()).await?;
            show(&view, out);
            Ok(Exit::Done)
        }
        Verb::Late { run } => {
            let bundle = session.bundle(&run).await?;
            let view = app.run_view(bundle.run.id, session.now()).await?;
            let names = Names::read(app).await?;
            let rows = view
                .late
                .iter()
                .map(|late| {
                    vec![
                        out.word("against", &code(&late.against)),
                        late.step.as_ref().map(ToString::to_string).unwrap_or_default(),
                        place_name(&bundle, late.place, &names),
                        late.over_minutes.to_string(),
                        late.cause.clone().unwrap_or_default(),
                    ]
                })
                .collect();
            out.list(
                &view.late,
                None,
                &["against", "step", "record", "over-minutes", "cause"],
                rows,
            );
            Ok(if view.late.is_empty() {
                Exit::Done
            } else {
                Exit::Refused
            })
        }
        Verb::Explain {
            run,
            step,
            site,
            cause,
            note,
        } => {
            let bundle = session.bundle(&run).await?;
            let only = match site {
                Some(site) => Some(session.target(&bundle, &site).await?.id.0),
                None => None,
            };
            let run = bundle.run.id;
            let step: rajut_core::procedure::StepId =
                step.parse().map_err(|error| AppError::invalid("--step", error))?;
            let view = app.run_view(run, session.now()).await?;
            let late: Vec<_> = view
                .late
                .iter()
                .filter(|late| late.step.as_ref() == Some(&step))
                .map(|late| late.place.id)
                .filter(|place| only.is_none_or(|only| only == *place))
                .collect();
            if late.is_empty() {
                return Err(AppError::not_found("overrun", step));
            }
            for place in late {
                let (cause, note) = (cause.clone(), note.clone());
                let command = Command::ExplainLateness {
                    run,
                    step: step.clone(),
                    place,
                    cause,
                    note,
                };
                session.act(&command).await?;
            }
            brief(session, run, out).await
        }
        Verb::Close { run, instruction } => {
            let run = session.run(&run).await?;
            session.act(&Command::CloseRun { run, instruction }).await?;
            brief(session, run, out).await
        }
        Verb::Cancel { run, reason } => {
            let run = session.run(&run).await?;
            session.act(&Command::CancelRun { run, reason }).await?;
            brief(session, run, out).await
        }
        Verb::Pause { run, reason } => {
            let run = session.run(&run).await?;
            let reason = reason
                .parse()
                .map_err(|error| AppError::invalid("--reason", error))?;
            session.act(&Command::PauseRun { run, reason }).await?;
            brief(session, run, out).await
        }
        Verb::Resume { run } => {
            let run = session.run(&run).await?;
            session.act(&Command::ResumeRun { run }).await?;
            brief(session, run, out).await
        }
        Verb::Step {
            run,
            step,
            exit,
            site,
            team: name,
            value,
        } => {
            let bundle = session.bundle(&run).await?;
            let place = match (site, name) {
                (Some(site), _) => Place::Target(session.target(&bundle, &site).await?.id),
                (None, Some(name)) => {
                    let team = team(&bundle, &name)?.id;
                    let open = |report: &&Report| {
                        report
                            .progress
                            .as_ref()
                            .is_some_and(|progress| !progress.open.is_empty())
                    };
                    let mut of_team = bundle.reports.iter().filter(|report| report.team() == Some(team));
                    let report = of_team
                        .find(open)
                        .ok_or_else(|| AppError::not_found("open-report", name))?;
                    Place::Report(report.id)
                }
                (None, None) => Place::Run(bundle.run.id),
            };
            finish(session, place, &step, exit.as_deref(), &value).await?;
            brief(session, bundle.run.id, out).await
        }
        Verb::Proceed { run } => {
            let run = session.run(&run).await?;
            app.act(Who::system(), session.key(), &Command::Proceed { run })
                .await?;
            brief(session, run, out).await
        }
    }
}

/// Finishes a step with fields of its own.
pub(super) async fn finish(
    session: &Session,
    place: Place,
    step: &str,
    exit: Option<&str>,
    values: &[String],
) -> Result<(), AppError> {
    let step = step.parse().map_err(|error| AppError::invalid("step", error))?;
    let exit = exit
        .map(|exit| exit.parse().map_err(|error| AppError::invalid("--exit", error)))
        .transpose()?;
    let values: BTreeMap<String, String> = values
        .iter()
        .map(|text| {
            text.split_once('=')
                .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
                .ok_or_else(|| {
                    AppError::invalid(
                        "--value",
                        Unfit::from(UnfitCode::WriteAs).with("form", "NAME=VALUE"),
                    )
                })
        })
        .collect::<Result<_, _>>()?;
    session
        .app
        .complete_step(session.who()?, session.key(), place, step, exit, values)
        .await?;
    Ok(())
}

/// Where a run stands after an act.
async fn brief(session: &Session, run: RunId, out: &Output) -> Result<Exit, Error> {
    let run: Run = session.app.find(run.0).await?;
    let open: Vec<String> = run
        .progress
        .open
        .iter()
        .map(|open| open.step.to_string())
        .collect();
    let standing = match (&run.end, &run.progress.pause) {
        (Some(rajut_core::run::RunEnd::Closed { .. }), _) => "closed",
        (Some(rajut_core::run::RunEnd::Cancelled { .. }), _) => "cancelled",
        (None, Some(_)) => "paused",
        (None, None) => "open",
    };
    let row = vec![run.label().to_owned(), out.label(standing), open.join(", ")];
    out.print(&run, &["run", "standing", "open-steps"], vec![row]);
    Ok(Exit::Done)
}

/// The record in which something is late, by name.
fn place_name(bundle: &RunBundle, place: StreamRef, names: &Names) -> String {
    let team = |id: Option<rajut_core::id::TeamId>| {
        id.and_then(|id| bundle.run.teams.get(&id))
            .map(|team| team.name.clone())
    };
    let found = match place.kind {
        StreamKind::Target => bundle
            .targets
            .iter()
            .find(|it| it.id.0 == place.id)
            .map(|target| names.site(target.site)),
        StreamKind::Visit => bundle
            .visits
            .iter()
            .find(|it| it.id.0 == place.id)
            .map(|visit| names.site(visit.site)),
        StreamKind::Report => bundle
            .reports
            .iter()
            .find(|it| it.id.0 == place.id)
            .and_then(|it| team(it.team())),
        StreamKind::Run => Some(bundle.run.label().to_owned()),
        _ => None,
    };
    found.unwrap_or_else(|| place.to_string())
}

fn show(view: &RunView, out: &Output) {
    if out.format() == Format::Json {
        out.print(view, &[], Vec::new());
        return;
    }
    let totals = &view.totals;
    let forecast = &view.forecast;
    let number = |n: usize| n.to_string();
    let mut rows = vec![
        vec![out.label("run"), view.label.clone()],
        vec![out.label("standing"), out.label(view.standing)],
        vec![out.label("targets"), number(totals.targets)],
        vec![out.label("met"), number(totals.met)],
        vec![out.label("excused"), number(totals.excused)],
        vec![out.label("overdue"), number(totals.overdue)],
        vec![out.label("failed-visits"), number(totals.failed_visits)],
        vec![out.label("complaints-unanswered"), number(totals.complaints_open)],
        vec![out.label("planned-minutes"), forecast.planned_minutes.to_string()],
        vec![
            out.label("forecast-minutes"),
            forecast.forecast_minutes.to_string(),
        ],
        vec![
            out.label("pace-needed"),
            forecast
                .pace_needed
                .map(|pace| out.figure("sites_per_day", pace))
                .unwrap_or_default(),
        ],
        vec![
            out.label("ends-on"),
            forecast.ends_on.map(|day| day.to_string()).unwrap_or_default(),
        ],
    ];
    let open = view.open.iter().map(|line| {
        let place = line
            .site_code
            .as_ref()
            .map(|site| format!(" ({site})"))
            .unwrap_or_default();
        let waits = BTreeMap::from([("lanes".to_owned(), line.waits_for.join(", "))]);
        vec![
            out.label("open-steps"),
            format!(
                "{}{place}: {}",
                line.step,
                out.words.say_with("waits-for", &waits)
            ),
        ]
    });
    rows.extend(open);
    rows.extend(clocks(view, out));
    out.print(view, &["what", "value"], rows);
}

/// A row for every step that a clock has run for: how often, the worst of them, how many were late.
pub(super) fn clocks(view: &RunView, out: &Output) -> Vec<Vec<String>> {
    let mut steps: Vec<(String, Vec<&Clock>)> = Vec::new();
    for clock in &view.clocks {
        let name = format!("{} ({})", clock.step, out.word("clock", &code(&clock.of)));
        match steps.iter_mut().find(|(known, _)| *known == name) {
            Some((_, clocks)) => clocks.push(clock),
            None => steps.push((name, vec![clock])),
        }
    }
    steps
        .into_iter()
        .map(|(name, clocks)| {
            let late = clocks.iter().filter(|clock| clock.over_minutes() > 0).count();
            let running = clocks.iter().filter(|clock| clock.until.is_none()).count();
            let worst = clocks
                .iter()
                .map(|clock| clock.counted_ms / 60_000)
                .max()
                .unwrap_or(0);
            let standard = clocks
                .iter()
                .map(|clock| clock.standard_minutes)
                .max()
                .unwrap_or(0);
            let told = BTreeMap::from([
                ("times".to_owned(), clocks.len().to_string()),
                ("standard".to_owned(), standard.to_string()),
                ("worst".to_owned(), worst.to_string()),
                ("late".to_owned(), late.to_string()),
                ("running".to_owned(), running.to_string()),
            ]);
            vec![
                format!("{}: {name}", out.label("clock")),
                out.words.say_with("clock-summary", &told),
            ]
        })
        .collect()
}
