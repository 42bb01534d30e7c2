//! `rajut order`: draft, initial, submit, return, issue, verbal, addendum, show.

use std::path::PathBuf;

use clap::Subcommand;
use rajut_core::flow::Command;
use rajut_core::id::{RunId, SiteId};
use rajut_core::run::{OrderDraft, Run};
use rajut_core::stream::{StreamKind, StreamRef};

use super::document::put_paper;
use super::names::Names;
use super::output::{Format, Output};
use super::session::codes;
use super::target::reasons;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Draft an order in a new run.
    Draft {
        /// What the run is called.
        #[arg(long)]
        title: String,
        /// Codes of sites, separated by commas; `all` for every site.
        #[arg(long)]
        sites: String,
        /// First day of validity.
        #[arg(long)]
        from: jiff::civil::Date,
        /// Last day of validity.
        #[arg(long)]
        until: jiff::civil::Date,
        /// Code of the post to which it is addressed.
        #[arg(long)]
        to: String,
        /// What it is for.
        #[arg(long)]
        purpose: String,
        /// On what it is based besides the procedure.
        #[arg(long, default_value = "")]
        basis: String,
        /// People named in it (posts, names or ids), separated by commas.
        #[arg(long, default_value = "")]
        named: String,
        /// The run whose excused sites, and those of its carried complaints, come over; without it the last
        /// routine run, with `none` nothing does.
        #[arg(long)]
        previous: Option<String>,
    },
    /// Initial a draft.
    Initial {
        /// The run.
        run: String,
    },
    /// Lay a draft before the head.
    Submit {
        /// The run.
        run: String,
    },
    /// Send a draft back.
    Return {
        /// The run.
        run: String,
        /// With which note.
        #[arg(long)]
        note: String,
    },
    /// Issue the order.
    Issue {
        /// The run.
        run: String,
    },
    /// Record an order given by word of mouth.
    Verbal {
        /// The run.
        run: String,
        /// Who gave it.
        #[arg(long)]
        by: String,
        /// When it was given, if not now.
        #[arg(long)]
        given_at: Option<String>,
        /// How: phone, meeting, message, `in_person`.
        #[arg(long)]
        channel: String,
    },
    /// Extend an issued order.
    Addend {
        /// The run.
        run: String,
        /// Codes of sites to add, separated by commas.
        #[arg(long, default_value = "")]
        sites: String,
        /// New last day.
        #[arg(long)]
        until: Option<jiff::civil::Date>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Print the paper: as text, or as PDF into a file.
    Print {
        /// The run.
        run: String,
        /// The file for the PDF.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        /// With personal values in full, as it was issued, for this reason; the journal keeps it.
        #[arg(long, value_name = "REASON")]
        in_full: Option<String>,
    },
}

#[expect(clippy::too_many_lines, reason = "one arm per verb, each a few lines")]
pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::Draft {
            title,
            sites,
            from,
            until,
            to,
            purpose,
            basis,
            named,
            previous,
        } => {
            let context = app.context().await?;
            let mut scope: Vec<SiteId> = if sites == "all" {
                app.sites()
                    .await?
                    .into_values()
                    .filter(|site| site.ended_on.is_none())
                    .map(|site| site.id)
                    .collect()
            } else {
                let mut scope = Vec::new();
                for code in codes(&sites) {
                    scope.push(session.site(code).await?.id);
                }
                scope
            };
            let people = session.people(&named).await?;
            let previous = match previous.as_deref() {
                Some("none") => None,
                Some(text) => Some(app.find::<Run>(session.run(text).await?.0).await?),
                None => {
                    let routine = &context.agency_file.procedures.routine;
                    app.previous_run(routine).await?
                }
            };
            if let Some(earlier) = &previous {
                let names = Names::read(app).await?;
                for (site, left) in app.carried_over(earlier).await? {
                    out.say_with(
                        "order-carried",
                        &[
                            ("site", &names.site(site)),
                            ("reason", &reasons(&left.reasons, out)),
                        ],
                    );
                    if !scope.contains(&site) {
                        scope.push(site);
                    }
                }
            }
            let previous = previous.map(|run| run.id);
            let day = session.day().await?;
            let procedure = context.procedure_on(&context.agency_file.procedures.routine, day)?;
            let run: RunId = app.ids().fresh();
            let draft = OrderDraft {
                scope,
                valid_from: from,
                valid_until: until,
                addressee: context.post(&to)?.id,
                named: people,
                purpose,
                basis,
            };
            let command = Command::DraftOrder {
                run,
                procedure,
                title,
                draft,
                previous,
            };
            session.act(&command).await?;
            show(session, run, out).await
        }
        Verb::Initial { run } => {
            let run = session.run(&run).await?;
            session.act(&Command::InitialOrder { run }).await?;
            show(session, run, out).await
        }
        Verb::Submit { run } => {
            let run = session.run(&run).await?;
            session.act(&Command::SubmitOrder { run }).await?;
            show(session, run, out).await
        }
        Verb::Return { run, note } => {
            let run = session.run(&run).await?;
            session.act(&Command::ReturnOrder { run, note }).await?;
            show(session, run, out).await
        }
        Verb::Issue { run } => {
            let run = session.run(&run).await?;
            app.issue_order(session.who()?, session.key(), run).await?;
            show(session, run, out).await
        }
        Verb::Verbal {
            run,
            by,
            given_at,
            channel,
        } => {
            let run = session.run(&run).await?;
            let given_by = session.person(&by).await?;
            let at = match given_at {
                Some(text) => session.instant("--given-at", &text).await?,
                None => session.now(),
            };
            let command = Command::RecordVerbalOrder {
                run,
                given_by,
                given_at: at,
                channel,
            };
            session.act(&command).await?;
            show(session, run, out).await
        }
        Verb::Addend {
            run,
            sites,
            until,
            reason,
        } => {
            let run = session.run(&run).await?;
            let mut add = Vec::new();
            for code in codes(&sites) {
                add.push(session.site(code).await?.id);
            }
            app.addend_order(session.who()?, session.key(), run, add, until, None, &reason)
                .await?;
            show(session, run, out).await
        }
        Verb::Print { run, pdf, in_full } => {
            let run = session.run(&run).await?;
            let known: Run = app.find(run.0).await?;
            let issued = known.order.as_ref().and_then(|order| order.issued.as_ref());
            let (who, key) = (session.who(), session.key());
            let rendered = match (issued, in_full) {
                (Some(issued), reason) => {
                    let document = app.find(issued.document.0).await?;
                    match reason {
                        Some(reason) => app.print_document(who?, key, &document, &reason).await?,
                        None => app.copy_of_document(&document).await?,
                    }
                }
                (None, reason) => {
                    let who = who?;
                    let paper = app.order_paper(&known, who, session.now(), None).await?;
                    let record = StreamRef {
                        kind: StreamKind::Run,
                        id: run.0,
                    };
                    match reason {
                        Some(reason) => {
                            app.print_paper(who, key, "order", record, &paper, &reason)
                                .await?
                        }
                        None => app.copy_of_paper(&paper).await?,
                    }
                }
            };
            put_paper(&rendered, pdf.as_deref())?;
            Ok(Exit::Done)
        }
    }
}

/// Prints where the order of a run stands.
async fn show(session: &Session, run: RunId, out: &Output) -> Result<Exit, Error> {
    let known: Run = session.app.find(run.0).await?;
    if out.format() == Format::Json {
        out.print(&known, &[], Vec::new());
        return Ok(Exit::Done);
    }
    let order = known.order.as_ref();
    let standing = match order {
        Some(order) if order.issued.is_some() => "order-issued",
        Some(order) if order.verbal.is_some() => "order-verbal",
        Some(order) if order.submitted_at.is_some() => "order-submitted",
        _ => "order-draft",
    };
    let sites = order.map_or(0, |order| order.scope().count());
    let row = vec![
        run.to_string(),
        known.label().to_owned(),
        out.label(standing),
        sites.to_string(),
        order
            .map(|order| order.valid_until().to_string())
            .unwrap_or_default(),
    ];
    out.print(
        &known,
        &["run", "number", "standing", "sites", "valid-until"],
        vec![row],
    );
    Ok(Exit::Done)
}
