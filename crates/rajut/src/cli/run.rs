//! `rajut run`: list, show, late.

use clap::Subcommand;
use rajut_app::RunView;
use rajut_app::store::{Page, RunFilter};

use super::output::{Format, Output};
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The runs, the newest first.
    List {
        /// Those that have ended, too.
        #[arg(long)]
        all: bool,
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
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::List { all } => {
            let filter = RunFilter { open: (!all).then_some(true), for_complaint: Some(false), procedure: None };
            let listed = app.store().runs(&filter, &Page::first(200)).await?;
            let runs: Vec<_> = listed.items.into_iter().map(|run| run.state).collect();
            let rows = runs
                .iter()
                .map(|run| {
                    let standing = if run.end.is_some() { "ended" } else { "open" };
                    vec![run.id.to_string(), run.label().to_owned(), run.title.clone(), out.words.say(standing)]
                })
                .collect();
            out.print(&runs, &["run", "number", "title", "standing"], rows);
            Ok(Exit::Done)
        }
        Verb::Show { run } => {
            let view = app.run_view(session.run(&run).await?, app.now()).await?;
            show(&view, out);
            Ok(Exit::Done)
        }
        Verb::Late { run } => {
            let view = app.run_view(session.run(&run).await?, app.now()).await?;
            let rows = view
                .late
                .iter()
                .map(|late| {
                    vec![
                        format!("{:?}", late.against).to_lowercase(),
                        late.step.as_ref().map(ToString::to_string).unwrap_or_default(),
                        late.place.to_string(),
                        late.over_minutes.to_string(),
                        late.cause.clone().unwrap_or_default(),
                    ]
                })
                .collect();
            out.print(&view.late, &["against", "step", "record", "over-minutes", "cause"], rows);
            Ok(if view.late.is_empty() { Exit::Done } else { Exit::Refused })
        }
    }
}

fn show(view: &RunView, out: &Output) {
    if out.format() == Format::Json {
        out.print(view, &[], Vec::new());
        return;
    }
    let totals = &view.totals;
    let forecast = &view.forecast;
    let number = |n: usize| n.to_string();
    let rows = vec![
        vec![out.words.say("run"), view.label.clone()],
        vec![out.words.say("standing"), out.words.say(view.standing)],
        vec![out.words.say("targets"), number(totals.targets)],
        vec![out.words.say("met"), number(totals.met)],
        vec![out.words.say("excused"), number(totals.excused)],
        vec![out.words.say("overdue"), number(totals.overdue)],
        vec![out.words.say("failed-visits"), number(totals.failed_visits)],
        vec![out.words.say("complaints-unanswered"), number(totals.complaints_open)],
        vec![out.words.say("planned-minutes"), forecast.planned_minutes.to_string()],
        vec![out.words.say("forecast-minutes"), forecast.forecast_minutes.to_string()],
        vec![
            out.words.say("pace-needed"),
            forecast.pace_needed.map(|pace| format!("{pace:.1}")).unwrap_or_default(),
        ],
        vec![
            out.words.say("ends-on"),
            forecast.ends_on.map(|day| day.to_string()).unwrap_or_default(),
        ],
    ];
    out.print(view, &["what", "value"], rows);
}
