//! `rajut complaint`: register, list, show, classify, step, carry, receipt.

use std::collections::BTreeSet;

use clap::Subcommand;
use jiff::Timestamp;
use rajut_app::store::{ComplaintFilter, Page};
use rajut_app::{AppError, NewComplaint};
use rajut_core::complaint::{Channel, Complaint, Priority, Symptom};
use rajut_core::flow::{Command, Place, Receipt};
use rajut_core::id::OfficeId;
use rajut_core::run::Run;
use rajut_core::stream::{State, StreamKind};

use super::names::Names;
use super::output::{Format, Output};
use super::session::codes;
use super::{Error, Exit, Session};

/// The verbs. A complaint is named by its number.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Register a complaint; prints its number and the code of the receipt.
    Register {
        /// Code of the site.
        #[arg(long)]
        site: String,
        /// Code of the office.
        #[arg(long)]
        office: Option<String>,
        /// web, message, phone, letter, `in_person` or email.
        #[arg(long)]
        channel: Channel,
        /// down, slow, flapping, wireless, application, damage, request or other.
        #[arg(long)]
        symptom: Symptom,
        /// What is wrong.
        #[arg(long)]
        text: String,
        /// Who reports it.
        #[arg(long)]
        reporter: String,
        /// Telephone or electronic mail.
        #[arg(long)]
        contact: Option<String>,
        /// The reporter's post.
        #[arg(long, default_value = "")]
        post: String,
        /// How many are hit.
        #[arg(long)]
        users: Option<u32>,
        /// Codes of services that are hit, separated by commas.
        #[arg(long, default_value = "")]
        services: String,
        /// Since when.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
    },
    /// Complaints, the newest first.
    List {
        /// Those that have ended, too.
        #[arg(long)]
        all: bool,
        /// Only of this site.
        #[arg(long)]
        site: Option<String>,
        /// Only of this office.
        #[arg(long)]
        office: Option<String>,
        /// Only of this class: p1, p2, p3 or p4.
        #[arg(long)]
        priority: Option<Priority>,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        limit: u32,
        /// Go on where the list before ended.
        #[arg(long, value_name = "PLACE")]
        after: Option<String>,
    },
    /// One complaint.
    Show {
        /// Its number.
        number: String,
    },
    /// Who complained, and where to reach them, in full; the journal keeps who saw it and why.
    Reporter {
        /// Its number.
        number: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Erase by law who complained, for good; the complaint stays.
    EraseReporter {
        /// Its number.
        number: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Give it a category and a class.
    Classify {
        /// Its number.
        number: String,
        /// The category.
        #[arg(long)]
        category: String,
        /// p1, p2, p3 or p4.
        #[arg(long)]
        priority: Priority,
        /// The number of the complaint that told the same.
        #[arg(long)]
        duplicate_of: Option<String>,
    },
    /// Finish a step of its procedure.
    Step {
        /// Its number.
        number: String,
        /// The step.
        step: String,
        /// The way out of a decision.
        #[arg(long)]
        exit: Option<String>,
        /// A field of the step: NAME=VALUE.
        #[arg(long, value_name = "NAME=VALUE")]
        value: Vec<String>,
    },
    /// Move it to the next run.
    Carry {
        /// Its number.
        number: String,
        /// The run whose target it waits at.
        run: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Where a complaint stands, for whoever holds its receipt.
    Receipt {
        /// Its number.
        number: String,
        /// The code on the receipt.
        code: String,
    },
}

/// The complaint with this number.
pub(super) async fn find(session: &Session, number: &str) -> Result<Complaint, AppError> {
    session
        .app
        .store()
        .complaint_by_number(number)
        .await?
        .map(|known| known.state)
        .ok_or_else(|| AppError::not_found("complaint", number))
}

async fn office(session: &Session, code: &str) -> Result<OfficeId, AppError> {
    match session
        .app
        .store()
        .by_code(StreamKind::Office, code)
        .await?
        .map(|(_, known)| known.state)
    {
        Some(State::Office(office)) => Ok(office.id),
        _ => Err(AppError::not_found("office", code)),
    }
}

#[expect(clippy::too_many_lines, reason = "one arm per verb, each a few lines")]
pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    let complaint = match verb {
        Verb::Register {
            site,
            office: code,
            channel,
            symptom,
            text,
            reporter,
            contact,
            post,
            users,
            services,
            since,
        } => {
            let mut hit = BTreeSet::new();
            for code in codes(&services) {
                match app
                    .store()
                    .by_code(StreamKind::Service, code)
                    .await?
                    .map(|(_, known)| known.state)
                {
                    Some(State::Service(service)) => hit.insert(service.id),
                    _ => return Err(AppError::not_found("service", code)),
                };
            }
            let new = NewComplaint {
                channel,
                happened_at: match since {
                    Some(text) => Some(session.instant("--since", &text).await?),
                    None => None,
                },
                office: match code {
                    Some(code) => Some(office(session, &code).await?),
                    None => None,
                },
                site: session.site(&site).await?.id,
                reporter,
                contact,
                post,
                symptom,
                text,
                users_affected: users,
                services: hit,
            };
            let registered = app.register_complaint(session.who()?, session.key(), new).await?;
            let told = serde_json::json!({"number": registered.number, "code": registered.code});
            out.print(
                &told,
                &["number", "receipt-code"],
                vec![vec![registered.number, registered.code]],
            );
            return Ok(Exit::Done);
        }
        Verb::List {
            all,
            site,
            office: code,
            priority,
            limit,
            after,
        } => {
            let filter = ComplaintFilter {
                open: (!all).then_some(true),
                site: match site {
                    Some(code) => Some(session.site(&code).await?.id),
                    None => None,
                },
                office: match code {
                    Some(code) => Some(office(session, &code).await?),
                    None => None,
                },
                priority,
            };
            let after = after
                .map(|text| text.parse())
                .transpose()
                .map_err(AppError::Store)?;
            let listed = app.store().complaints(&filter, &Page { after, limit }).await?;
            let next = listed.next.map(|next| next.to_string());
            let complaints: Vec<Complaint> = listed.items.into_iter().map(|it| it.state).collect();
            let names = Names::read(app).await?;
            let rows = complaints
                .iter()
                .map(|complaint| row(complaint, &names, out))
                .collect();
            out.list(&complaints, next, &HEADERS, rows);
            return Ok(Exit::Done);
        }
        Verb::Show { number } => find(session, &number).await?,
        Verb::Reporter { number, reason } => {
            let complaint = find(session, &number).await?;
            let open = app
                .reveal_reporter(session.who()?, session.key(), complaint.id, &reason)
                .await?;
            let row = vec![
                number,
                open.name.clone().unwrap_or_default(),
                open.contact.clone().unwrap_or_default(),
            ];
            out.print(&open, &["number", "reporter", "contact"], vec![row]);
            return Ok(Exit::Done);
        }
        Verb::EraseReporter { number, reason } => {
            let complaint = find(session, &number).await?;
            app.erase_reporter(session.who()?, session.key(), complaint.id, &reason)
                .await?;
            complaint
        }
        Verb::Classify {
            number,
            category,
            priority,
            duplicate_of,
        } => {
            let complaint = find(session, &number).await?;
            let duplicate_of = match duplicate_of {
                Some(other) => Some(find(session, &other).await?.id),
                None => None,
            };
            let command = Command::ClassifyComplaint {
                complaint: complaint.id,
                category,
                priority,
                duplicate_of,
            };
            session.act(&command).await?;
            complaint
        }
        Verb::Step {
            number,
            step,
            exit,
            value,
        } => {
            let complaint = find(session, &number).await?;
            super::run::finish(session, Place::Run(complaint.run), &step, exit.as_deref(), &value).await?;
            complaint
        }
        Verb::Carry { number, run, reason } => {
            let complaint = find(session, &number).await?;
            let bundle = session.bundle(&run).await?;
            let target = bundle
                .targets
                .iter()
                .find(|target| target.complaints.contains(&complaint.id))
                .ok_or_else(|| AppError::not_found("complaint", format!("{number} ({run})")))?
                .id;
            session
                .act(&Command::CarryComplaint {
                    target,
                    complaint: complaint.id,
                    reason,
                })
                .await?;
            complaint
        }
        Verb::Receipt { number, code } => {
            let found = app
                .store()
                .complaint_by_number(&number)
                .await?
                .map(|known| known.state);
            // A wrong number and a wrong code are answered alike: nobody learns which numbers there are.
            let Some(complaint) =
                found.filter(|known| known.receipt == Receipt::of(&number, &code.trim().to_uppercase()).0)
            else {
                out.refuse("not_found", "receipt-wrong");
                return Ok(Exit::Refused);
            };
            let run: Run = app.find(complaint.run.0).await?;
            let told = serde_json::json!({
                "number": complaint.number,
                "received_at": complaint.received_at,
                "standing": if run.end.is_some() { "ended" } else { "open" },
                "open_steps": run.progress.open_steps(),
            });
            let row = vec![complaint.number, standing(&run, out), steps(&run)];
            out.print(&told, &["number", "standing", "open-steps"], vec![row]);
            return Ok(Exit::Done);
        }
    };
    let complaint: Complaint = app.find(complaint.id.0).await?;
    let run: Run = app.find(complaint.run.0).await?;
    let names = Names::read(app).await?;
    let mut rows: Vec<Vec<String>> = HEADERS
        .iter()
        .zip(row(&complaint, &names, out))
        .map(|(key, cell)| vec![out.label(key), cell])
        .collect();
    rows.push(vec![out.label("standing"), standing(&run, out)]);
    rows.push(vec![out.label("open-steps"), steps(&run)]);
    rows.extend(who_and_where(&complaint, &names, out));
    rows.extend(promises(&complaint, &run, session.now(), &names, out));
    if out.format() != Format::Json {
        let view = app.run_view(run.id, session.now()).await?;
        rows.extend(super::run::clocks(&view, out));
    }
    for (_, given) in &complaint.verdicts {
        let told = format!(
            "{}: {} {}",
            names.time(given.at),
            out.word("verdict", given.verdict.code()),
            given.note
        );
        rows.push(vec![out.label("verdict"), told]);
    }
    out.print(
        &serde_json::json!({"complaint": complaint, "run": run}),
        &["what", "value"],
        rows,
    );
    Ok(Exit::Done)
}

/// Whose it is and how it came. Who reported it is told to nobody without a reason, so neither here.
fn who_and_where(complaint: &Complaint, names: &Names, out: &Output) -> Vec<Vec<String>> {
    let reporter = match complaint.reporter.post.trim() {
        "" => MASKED.to_owned(),
        post => format!("{MASKED} ({post})"),
    };
    let contact = complaint.reporter.contact.as_ref().map(|_| MASKED.to_owned());
    let row = |key: &str, value: String| vec![out.label(key), value];
    vec![
        row(
            "office",
            complaint.office.map(|id| names.office(id)).unwrap_or_default(),
        ),
        row("channel", out.word("channel", complaint.channel.code())),
        row("reporter", reporter),
        row("contact", contact.unwrap_or_default()),
    ]
}

/// What stands for a personal value.
const MASKED: &str = "***";

/// What is promised for its class, and whether it was kept.
fn promises(
    complaint: &Complaint,
    run: &Run,
    now: Timestamp,
    names: &Names,
    out: &Output,
) -> Vec<Vec<String>> {
    let context = names.context();
    let (Some(class), Some(site)) = (complaint.priority, names.known_site(complaint.site)) else {
        return Vec::new();
    };
    let Some(level) = context.levels.levels.get(&class) else {
        return Vec::new();
    };
    let due = level.due(
        &context.calendar,
        site.service_week,
        context.agency.zone,
        complaint.received_at,
    );
    // A calendar without the year gives no promise to tell; `doctor` names the year.
    let Ok((response, restore)) = due else {
        return Vec::new();
    };
    let ended = run.end.as_ref().map(rajut_core::run::RunEnd::at);
    let first = run.progress.done.iter().map(|done| done.finished_at);
    let answered = first.filter(|at| *at > complaint.received_at).min().or(ended);
    [
        ("response-due", response, answered),
        ("restore-due", restore, ended),
    ]
    .into_iter()
    .map(|(key, due, at)| {
        let kept = match at {
            Some(at) if at <= due => "promise-kept",
            None if now <= due => "promise-open",
            _ => "promise-late",
        };
        vec![
            out.label(key),
            format!("{} ({})", names.time(due), out.label(kept)),
        ]
    })
    .collect()
}

fn standing(run: &Run, out: &Output) -> String {
    out.label(if run.end.is_some() { "ended" } else { "open" })
}

fn steps(run: &Run) -> String {
    run.progress
        .open_steps()
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

const HEADERS: [&str; 7] = [
    "number",
    "received-at",
    "site",
    "symptom",
    "priority",
    "category",
    "text",
];

fn row(complaint: &Complaint, names: &Names, out: &Output) -> Vec<String> {
    vec![
        complaint.number.clone(),
        names.time(complaint.received_at),
        names.site(complaint.site),
        out.word("symptom", complaint.symptom.code()),
        complaint
            .priority
            .map(|class| class.code().to_uppercase())
            .unwrap_or_default(),
        complaint
            .category
            .as_ref()
            .map(|category| out.word("category", category))
            .unwrap_or_default(),
        complaint.text.clone(),
    ]
}
