//! `rajut doctor`: whether everything is as it must be.

use jiff::ToSpan as _;
use rajut_app::store::{Page, RunFilter};
use rajut_app::{AppError, Context};
use rajut_core::act::Unfit;
use rajut_core::number::NumberStanding;
use rajut_core::people::{Person, Post, Roster, RosterFault};
use rajut_core::register::Link;
use rajut_core::stream::{State, StreamKind};
use serde::Serialize;

use super::names::Names;
use super::output::Output;
use super::{Error, Exit, Session};

/// Days before the end of a contract from which it is told.
const CONTRACT_DAYS: i32 = 60;

/// What one check found.
#[derive(Debug, Serialize)]
struct Finding {
    /// The check.
    check: &'static str,
    /// Whether it is as it must be.
    ok: bool,
    /// What there is.
    detail: String,
}

fn fine(check: &'static str, detail: &dyn std::fmt::Display) -> Finding {
    Finding {
        check,
        ok: true,
        detail: detail.to_string(),
    }
}

fn wrong(check: &'static str, detail: &dyn std::fmt::Display) -> Finding {
    Finding {
        check,
        ok: false,
        detail: detail.to_string(),
    }
}

/// One line per thing that is wrong, or one that says that there is none.
fn each(check: &'static str, faults: Vec<String>) -> Vec<Finding> {
    if faults.is_empty() {
        return vec![fine(check, &"0")];
    }
    faults.into_iter().map(|fault| wrong(check, &fault)).collect()
}

pub(super) async fn run(session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    // A database with another schema was refused when it was opened.
    let mut found = vec![fine("schema", &env!("CARGO_PKG_VERSION"))];
    let head = app.store().head().await?;
    found.push(fine("journal", &format!("{} {}", head.seq, head.hash)));
    found.push(if app.store().is_durable().await? {
        fine("durable", &"")
    } else {
        wrong("durable", &"")
    });
    let context = match app.context().await {
        Ok(context) => context,
        Err(AppError::Setting { what, why }) => {
            let told = format!("{}: {}", out.words.named(&what), out.words.unfit(&why));
            found.push(wrong("settings", &told));
            return Ok(print(&found, out));
        }
        Err(other) => return Err(other),
    };
    let today = session.day().await?;
    match context.calendar.is_working_day(today) {
        Ok(_) => found.push(fine("calendar", &today.year())),
        Err(error) => found.push(wrong("calendar", &out.words.unfit(&error.into()))),
    }
    for code in [
        &context.agency_file.procedures.routine,
        &context.agency_file.procedures.complaint,
    ] {
        match context.procedure_on(code, today) {
            Ok(procedure) => found.push(fine(
                "procedure",
                &format!("{} {}", procedure.code, procedure.version),
            )),
            Err(error) => found.push(wrong("procedure", &super::explain(&error, &out.words).1.message)),
        }
    }
    let people: Vec<Person> = context.people.all::<Person>().cloned().collect();
    let (posts, assignments, leaves) = context.roster();
    let roster = Roster {
        persons: &people,
        posts: &posts,
        assignments: &assignments,
        leaves: &leaves,
    };
    found.extend(each(
        "roster",
        roster
            .faults()
            .into_iter()
            .map(|fault| out.words.unfit(&of_roster(fault, &context, today)))
            .collect(),
    ));
    let lanes = context
        .agency_file
        .lanes
        .values()
        .flat_map(|lanes| lanes.values())
        .filter(|code| context.holder(code, today).is_err())
        .collect::<std::collections::BTreeSet<_>>();
    found.extend(each("vacant", lanes.into_iter().cloned().collect()));
    found.extend(runs(session).await?);
    found.extend(each("numbers", reserved(session).await?));
    let soon = today.saturating_add(CONTRACT_DAYS.days());
    found.extend(each("contracts", contracts(session, soon).await?));
    Ok(print(&found, out))
}

/// A fault of the roster with the title of the post instead of its id.
fn of_roster(fault: RosterFault, context: &Context, today: jiff::civil::Date) -> Unfit {
    let post = match &fault {
        RosterFault::UnknownSuperior(post) | RosterFault::SuperiorCycle(post) => {
            context.people.find::<Post>(post.0)
        }
        RosterFault::Overlap(_) | RosterFault::Reversed(_) => None,
    };
    let told = Unfit::from(fault);
    match post {
        Some(post) => told.with("post", post.label_on(today).0),
        None => told,
    }
}

/// Verbal orders past their date, visits that were forgotten, visits without the office's word.
async fn runs(session: &Session) -> Result<Vec<Finding>, AppError> {
    let app = &session.app;
    let today = session.day().await?;
    let zone = app.context().await?.agency.zone;
    let names = Names::read(app).await?;
    let (mut verbal, mut forgotten, mut unconfirmed) = (Vec::new(), Vec::new(), Vec::new());
    let filter = RunFilter {
        open: Some(true),
        for_complaint: None,
        procedure: None,
    };
    let mut page = Page::first(200);
    loop {
        let listed = app.store().runs(&filter, &page).await?;
        for run in listed.items.into_iter().map(|it| it.state) {
            let given = run.order.as_ref().filter(|order| order.issued.is_none());
            if let Some(due) = given
                .and_then(|order| order.verbal.as_ref())
                .map(|verbal| verbal.written_due)
                && due < today
            {
                verbal.push(format!("{}: {due}", run.label()));
            }
            for visit in app.bundle(run.id).await?.visits {
                let day = visit.check_in.as_ref().map(|stamp| zone.date(stamp.at));
                let told = || {
                    format!(
                        "{} {}",
                        names.site(visit.site),
                        day.map(|day| day.to_string()).unwrap_or_default()
                    )
                };
                if visit.check_out.is_none() && day.is_some_and(|day| day < today) {
                    forgotten.push(told());
                } else if visit.check_out.is_some() && visit.confirmation.is_none() {
                    unconfirmed.push(told());
                }
            }
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let mut found = each("verbal-orders", verbal);
    found.extend(each("forgotten-visits", forgotten));
    found.extend(each("unverified-visits", unconfirmed));
    Ok(found)
}

async fn reserved(session: &Session) -> Result<Vec<String>, AppError> {
    let all = session.app.store().all(StreamKind::Number).await?;
    Ok(all
        .into_iter()
        .filter_map(|(_, known)| match known.state {
            State::Number(entry) if entry.standing == NumberStanding::Reserved => Some(entry.text),
            _ => None,
        })
        .collect())
}

async fn contracts(session: &Session, soon: jiff::civil::Date) -> Result<Vec<String>, AppError> {
    let links: Vec<Link> = session.app.registers().await?.links;
    Ok(links
        .into_iter()
        .filter(|link| link.ended_on.is_none())
        .filter_map(|link| {
            let until = link.contract_until.filter(|until| *until <= soon)?;
            Some(format!("{} {} {until}", link.code, link.provider))
        })
        .collect())
}

fn print(found: &[Finding], out: &Output) -> Exit {
    let rows = found
        .iter()
        .map(|it| {
            let standing = if it.ok { "fine" } else { "wrong" };
            vec![
                out.label(standing),
                out.word("doctor", it.check),
                it.detail.clone(),
            ]
        })
        .collect();
    out.print(&found, &["standing", "check", "detail"], rows);
    if found.iter().all(|it| it.ok) {
        Exit::Done
    } else {
        Exit::Refused
    }
}
