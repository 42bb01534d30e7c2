//! `rajut team overtime`: order, withdraw, list.

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::{AppError, NewOvertime};
use rajut_core::act::UnfitCode;
use rajut_core::people::{Overtime, OvertimePaper};

use super::names::Names;
use super::output::Output;
use super::{Error, Exit, Session};

/// The verbs. An order is named by its number.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Order people to work on days off.
    Order {
        /// The people, separated by commas.
        #[arg(long)]
        people: String,
        /// The days.
        #[arg(long, value_name = "YYYY-MM-DD", value_delimiter = ',', required = true)]
        days: Vec<Date>,
        /// Why it cannot wait.
        #[arg(long)]
        reason: String,
        /// Number of a paper of another register; without it one is numbered in ours.
        #[arg(long, requires_all = ["dated", "register"])]
        number: Option<String>,
        /// Its date.
        #[arg(long, value_name = "YYYY-MM-DD", requires = "number")]
        dated: Option<Date>,
        /// Whose register that is.
        #[arg(long, requires = "number")]
        register: Option<String>,
    },
    /// Withdraw an order.
    Withdraw {
        /// Its number.
        number: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// The orders, the latest first.
    List,
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::List => {}
        Verb::Order {
            people,
            days,
            reason,
            number,
            dated,
            register,
        } => {
            let paper = match (number, dated) {
                (Some(number), Some(dated)) => Some(OvertimePaper {
                    number,
                    dated,
                    register,
                }),
                _ => None,
            };
            let new = NewOvertime {
                paper,
                people: session.people(&people).await?.into_iter().collect(),
                days: days.into_iter().collect(),
                reason,
            };
            app.order_overtime(session.who()?, session.key(), new).await?;
        }
        Verb::Withdraw { number, reason } => {
            let context = app.context().await?;
            let mut found = context
                .people
                .all::<Overtime>()
                .filter(|order| order.paper.number == number && order.withdrawn.is_none());
            let order = match (found.next(), found.next()) {
                (Some(one), None) => one.id,
                (None, _) => return Err(AppError::not_found("overtime", number)),
                (Some(_), Some(_)) => {
                    return Err(AppError::invalid(&number, UnfitCode::SeveralRegisters));
                }
            };
            app.cancel_overtime(session.who()?, session.key(), order, &reason)
                .await?;
        }
    }
    list(session, out).await
}

async fn list(session: &Session, out: &Output) -> Result<Exit, Error> {
    let context = session.app.context().await?;
    let names = Names::read(&session.app).await?;
    let mut orders: Vec<&Overtime> = context.people.all::<Overtime>().collect();
    orders.sort_by_key(|order| std::cmp::Reverse((order.paper.dated, order.id)));
    let rows = orders
        .iter()
        .map(|order| {
            let people: Vec<String> = order.people.iter().map(|id| names.person(*id)).collect();
            let days: Vec<String> = order.days.iter().map(ToString::to_string).collect();
            vec![
                order.paper.number.clone(),
                order.paper.dated.to_string(),
                order.paper.register.clone().unwrap_or_default(),
                people.join(", "),
                days.join(", "),
                order.reason.clone(),
                names.person(order.by),
                order.withdrawn.clone().unwrap_or_default(),
            ]
        })
        .collect();
    out.list(
        &orders,
        None,
        &[
            "number",
            "date",
            "register",
            "people",
            "days",
            "reason",
            "by",
            "withdrawn",
        ],
        rows,
    );
    Ok(Exit::Done)
}
