//! `rajut disposition`: make, list.

use clap::Subcommand;
use rajut_core::flow::Command;
use rajut_core::run::Run;

use super::names::Names;
use super::output::Output;
use super::session::coded;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Pass an order down.
    Make {
        /// The run.
        run: String,
        /// Code of the post that gets it.
        #[arg(long)]
        to: String,
        /// The instruction.
        #[arg(long)]
        instruction: String,
        /// ordinary, urgent, immediate or secret.
        #[arg(long, default_value = "ordinary")]
        urgency: String,
        /// Until when.
        #[arg(long, value_name = "YYYY-MM-DD")]
        deadline: Option<jiff::civil::Date>,
    },
    /// The dispositions of a run.
    List {
        /// The run.
        run: String,
    },
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let run = match verb {
        Verb::Make {
            run,
            to,
            instruction,
            urgency,
            deadline,
        } => {
            let run = session.run(&run).await?;
            let to = session.app.context().await?.post(&to)?.id;
            let urgency = coded("--urgency", &urgency)?;
            session
                .act(&Command::Dispose {
                    run,
                    to,
                    instruction,
                    urgency,
                    deadline,
                })
                .await?;
            run
        }
        Verb::List { run } => session.run(&run).await?,
    };
    let known: Run = session.app.find(run.0).await?;
    let names = Names::read(&session.app).await?;
    let rows = known
        .dispositions
        .iter()
        .map(|made| {
            vec![
                names.time(made.at),
                names.post(made.from),
                names.person(made.by),
                names.post(made.to),
                made.instruction.clone(),
                made.deadline.map(|day| day.to_string()).unwrap_or_default(),
            ]
        })
        .collect();
    out.list(
        &known.dispositions,
        None,
        &["time", "from", "by", "to", "instruction", "deadline"],
        rows,
    );
    Ok(Exit::Done)
}
