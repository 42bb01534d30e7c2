//! `rajut visit`: list, show, and the beginning and end of a visit.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::AppError;
use rajut_app::store::Page;
use rajut_core::flow::{CheckIn, CheckOut, Command};
use rajut_core::id::{PersonId, VisitId};
use rajut_core::journal::PersonalValue;
use rajut_core::register::{DeviceCondition, Owner};
use rajut_core::visit::{Action, Confirmation, Finding, FlagCode, Outcome, PersonMet, Verdict, Visit};

use super::names::Names;
use super::output::{Format, Output};
use super::session::team;
use super::{Error, Exit, Session, visit_facts};
use crate::words::Language;

/// The verbs. A visit is named by the code of its site (the one under way there, else the latest) or its id.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The visits of a run, or of a site.
    List {
        /// The run.
        #[arg(required_unless_present = "site")]
        run: Option<String>,
        /// Code of a site, for its visits in every run.
        #[arg(long, conflicts_with = "run")]
        site: Option<String>,
        /// Only those that have not ended.
        #[arg(long)]
        open: bool,
    },
    /// One visit with its findings, measurements and verdicts.
    Show {
        /// The visit.
        visit: String,
    },
    /// Arrive at a site.
    CheckIn {
        /// The run.
        run: String,
        /// Code of the site.
        site: String,
        /// The team; without it the one that has the site.
        #[arg(long)]
        team: Option<String>,
        /// The members present, separated by commas; without it all members of that day.
        #[arg(long)]
        present: Option<String>,
        /// The id of the visit, where a laptop's bundle names it already.
        #[arg(long, value_name = "ID")]
        id: Option<VisitId>,
    },
    /// Leave it.
    CheckOut {
        /// The visit.
        visit: String,
        /// complete, partial, locked, refused, `no_power`, unsafe or postponed.
        #[arg(long)]
        outcome: Outcome,
        /// Whom the team met.
        #[arg(long)]
        met: Option<String>,
        /// The post of that person.
        #[arg(long, default_value = "")]
        post: String,
        /// Remarks.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Record a result of the checklist.
    Finding(FindingArguments),
    /// Measure the registered devices of the site from here; or with --vantage record what a person read off a
    /// phone or an instrument.
    Measure(MeasureArguments),
    /// Take in the file of a laptop that measured on site (`rajut check --visit`): once, however often it is given.
    ImportObservations {
        /// The file.
        file: PathBuf,
    },
    /// Judge a complaint.
    Verdict {
        /// The visit.
        visit: String,
        /// Number of the complaint.
        complaint: String,
        /// `proven_repaired`, `proven_not_repaired`, escalate, `not_found`, recovered, duplicate or `not_ours`.
        verdict: Verdict,
        /// In words.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Record the office's word on the visit.
    Confirm {
        /// The visit.
        visit: String,
        /// Who confirms.
        #[arg(long, required_unless_present = "withheld")]
        by: Option<String>,
        /// The post of that person.
        #[arg(long, default_value = "")]
        post: String,
        /// A file that shows it, such as the signed sheet.
        #[arg(long, value_name = "FILE")]
        evidence: Option<PathBuf>,
        /// Why nobody confirms it.
        #[arg(long, conflicts_with = "by")]
        withheld: Option<String>,
    },
    /// Close a forgotten visit at an estimated time.
    Estimate {
        /// The visit.
        visit: String,
        /// When the team must have left.
        #[arg(long, value_name = "TIME")]
        left: String,
        /// How it went.
        #[arg(long)]
        outcome: Outcome,
    },
}

/// Arguments of `visit measure`.
#[derive(Debug, clap::Args)]
pub struct MeasureArguments {
    /// The visit.
    pub visit: String,
    /// phone or instrument: what is recorded was read off it.
    #[arg(long, requires = "value")]
    pub vantage: Option<TypedVantage>,
    /// A reading: a measure, a number and its unit, such as "mains=221 V". As many as there are.
    #[arg(
        long,
        value_name = "MEASURE=VALUE UNIT",
        requires = "vantage",
        allow_hyphen_values = true
    )]
    pub value: Vec<String>,
    /// Code of the device that was measured; without device and link it is about the site.
    #[arg(long, requires = "vantage", conflicts_with = "link")]
    pub device: Option<String>,
    /// Code of the link.
    #[arg(long, requires = "vantage")]
    pub link: Option<String>,
    /// On which part of the network: any, gateway, noc or internet.
    #[arg(long, requires = "vantage", default_value = "any")]
    pub scope: String,
    /// What else the display said.
    #[arg(long, requires = "vantage")]
    pub raw: Option<String>,
}

/// Where a person reads from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TypedVantage {
    /// A phone on site.
    Phone,
    /// An instrument.
    Instrument,
}

/// Arguments of `visit finding`.
#[derive(Debug, clap::Args)]
pub struct FindingArguments {
    /// The visit.
    pub visit: String,
    /// Everything that is registered at the site is good; with GROUP only that group of the checklist.
    #[arg(long, value_name = "GROUP", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["device", "link"])]
    pub all_good: Option<String>,
    /// Code of the device; without device and link it is about the site.
    #[arg(long, conflicts_with = "link")]
    pub device: Option<String>,
    /// Code of the link.
    #[arg(long)]
    pub link: Option<String>,
    /// Item of the checklist; without it the first that fits.
    #[arg(long)]
    pub item: Option<String>,
    /// good, minor, major, missing or unchecked.
    #[arg(long, default_value = "good")]
    pub condition: DeviceCondition,
    /// none, clean, configure, repair, replace or escalate.
    #[arg(long, default_value = "none")]
    pub action: Action,
    /// Minutes that a repair or replacement took.
    #[arg(long)]
    pub repair_minutes: Option<u32>,
    /// In words.
    #[arg(long, default_value = "")]
    pub note: String,
    /// A photo.
    #[arg(long, value_name = "FILE")]
    pub photo: Vec<PathBuf>,
    /// The part that a fault which stays waits for; its follow-up asks for it.
    #[arg(long, value_name = "NAME", conflicts_with = "all_good")]
    pub part: Option<String>,
    /// How many of it.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), requires = "part")]
    pub quantity: u32,
    /// Until when it is wanted; without it the days that a follow-up gets.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "part")]
    pub part_due: Option<Date>,
    /// Code of the device that was put in (with --action replace).
    #[arg(long)]
    pub new_code: Option<String>,
    /// Its serial number; `none` or `unreadable` where there is none to read, which a photo shows.
    #[arg(long, default_value = "none")]
    pub new_serial: String,
    /// Its inventory number; `none` or `unreadable` with a photo, `unknown` where it has yet to get one.
    #[arg(long, default_value = "unknown")]
    pub new_inventory: String,
    /// Its brand; without it as the old one.
    #[arg(long)]
    pub new_brand: Option<String>,
    /// Its model; without it as the old one.
    #[arg(long)]
    pub new_model: Option<String>,
    /// To whom it belongs: agency, provider or office; without it as the old one.
    #[arg(long, requires = "new_code")]
    pub owner: Option<Owner>,
}

#[expect(clippy::too_many_lines, reason = "one arm per verb, each a few lines")]
pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    let visit = match verb {
        Verb::List { run, site, open } => return list(session, run, site, open, out).await,
        Verb::Show { visit } => session.visit(&visit).await?.id,
        Verb::CheckIn {
            run,
            site,
            team: name,
            present,
            id,
        } => {
            let bundle = session.bundle(&run).await?;
            let place = session.site(&site).await?.id;
            let target = bundle.targets.iter().find(|target| target.site == place);
            let team = match name {
                Some(name) => Some(team(&bundle, &name)?),
                None => target
                    .and_then(|target| target.team)
                    .and_then(|team| bundle.run.teams.get(&team)),
            };
            let day = session.day().await?;
            let present: Vec<PersonId> = match present {
                Some(names) => session.people(&names).await?,
                None => team.iter().flat_map(|team| team.members_on(day)).collect(),
            };
            let team_id = team.map(|team| team.id);
            let twin = bundle.visits.iter().find(|visit| {
                visit.site == place && visit.team == team_id && visit.check_out.is_none() && id.is_none()
            });
            if let Some(twin) = twin {
                let why = Unfit::from(UnfitCode::CheckedIn).with("visit", twin.id);
                return Err(AppError::invalid("check-in", why));
            }
            let visit: VisitId = id.unwrap_or_else(|| app.ids().fresh());
            let check_in = CheckIn {
                visit,
                site: place,
                run: bundle.run.id,
                team: team.map(|team| team.id),
                targets: target.iter().map(|target| target.id).collect(),
                present: present.into_iter().collect(),
                at: session.now(),
                clock_off_ms: None,
                place: None,
            };
            session.act(&Command::CheckIn(check_in)).await?;
            visit
        }
        Verb::CheckOut {
            visit,
            outcome,
            met,
            post,
            note,
        } => {
            let visit = session.visit(&visit).await?.id;
            let (met, personal) = sealed(session, met, post);
            let out = CheckOut {
                visit,
                outcome,
                met,
                personal,
                note,
                at: session.now(),
            };
            session.act(&Command::CheckOut(out)).await?;
            app.follow_visit(visit).await?;
            visit
        }
        Verb::Finding(finding) => visit_facts::finding(session, finding).await?,
        Verb::Measure(asked) => visit_facts::measure(session, &asked, out).await?,
        Verb::ImportObservations { file } => visit_facts::import(session, &file, out).await?,
        Verb::Verdict {
            visit,
            complaint,
            verdict,
            note,
        } => {
            let visit = session.visit(&visit).await?.id;
            let complaint = super::complaint::find(session, &complaint).await?.id;
            session
                .act(&Command::GiveVerdict {
                    visit,
                    complaint,
                    verdict,
                    note,
                    at: session.now(),
                })
                .await?;
            visit
        }
        Verb::Confirm {
            visit,
            by,
            post,
            evidence,
            withheld,
        } => {
            let visit = session.visit(&visit).await?.id;
            let at = session.now();
            let (met, personal) = sealed(session, by, post);
            let evidence = match evidence {
                Some(file) => Some(app.attach(visit_facts::bytes(&file)?).await?),
                None => None,
            };
            let confirmation = match (met, withheld) {
                (Some(met), _) => Confirmation::Given { met, evidence, at },
                (None, reason) => Confirmation::Withheld {
                    reason: reason.unwrap_or_default(),
                    at,
                },
            };
            session
                .act(&Command::ConfirmVisit {
                    visit,
                    confirmation,
                    personal,
                })
                .await?;
            visit
        }
        Verb::Estimate { visit, left, outcome } => {
            let visit = session.visit(&visit).await?.id;
            let at = session.instant("--left", &left).await?;
            session
                .act(&Command::EstimateCheckOut { visit, at, outcome })
                .await?;
            app.follow_visit(visit).await?;
            visit
        }
    };
    show(session, visit, out).await
}

fn sealed(session: &Session, name: Option<String>, post: String) -> (Option<PersonMet>, Vec<PersonalValue>) {
    match name {
        Some(name) => {
            let value = PersonalValue::seal(&name, &mut session.app.ids());
            (
                Some(PersonMet {
                    name: value.sealed.clone(),
                    post,
                }),
                vec![value],
            )
        }
        None => (None, Vec::new()),
    }
}

async fn list(
    session: &Session,
    run: Option<String>,
    site: Option<String>,
    open: bool,
    out: &Output,
) -> Result<Exit, Error> {
    let mut visits: Vec<Visit> = match (run, site) {
        (_, Some(site)) => {
            let site = session.site(&site).await?;
            let listed = session
                .app
                .store()
                .visits_of_site(site.id, &Page::first(200))
                .await?;
            listed.items.into_iter().map(|it| it.state).collect()
        }
        (Some(run), None) => session.bundle(&run).await?.visits,
        (None, None) => return Err(AppError::invalid("visit list", UnfitCode::NameRunOrSite)),
    };
    visits.retain(|visit| !open || visit.check_out.is_none());
    let names = Names::read(&session.app).await?;
    let rows = visits.iter().map(|visit| row(visit, &names, out)).collect();
    out.list(&visits, None, &HEADERS, rows);
    Ok(Exit::Done)
}

const HEADERS: [&str; 8] = [
    "site", "arrived", "left", "outcome", "findings", "faulty", "verdicts", "flags",
];

fn row(visit: &Visit, names: &Names, out: &Output) -> Vec<String> {
    let time = |stamp: &Option<rajut_core::visit::Stamp>| {
        stamp
            .as_ref()
            .map(|stamp| names.time(stamp.at))
            .unwrap_or_default()
    };
    let faulty = visit.findings.iter().filter(|finding| finding.is_fault()).count();
    vec![
        names.site(visit.site),
        time(&visit.check_in),
        time(&visit.check_out),
        visit
            .outcome
            .map(|outcome| out.word("outcome", outcome.code()))
            .unwrap_or_default(),
        visit.findings.len().to_string(),
        faulty.to_string(),
        visit.verdicts.len().to_string(),
        flags(visit, out),
    ]
}

/// What is odd about it: each flag once, and how often.
fn flags(visit: &Visit, out: &Output) -> String {
    let mut many: BTreeMap<FlagCode, usize> = BTreeMap::new();
    for flag in &visit.flags {
        *many.entry(flag.code).or_default() += 1;
    }
    let told: Vec<String> = many
        .into_iter()
        .map(|(code, times)| match times {
            1 => out.word("flag", code.code()),
            more => format!("{} ({more}x)", out.word("flag", code.code())),
        })
        .collect();
    told.join(", ")
}

fn finding_words(finding: &Finding, names: &Names, out: &Output) -> String {
    let item = match (out.format(), names.context().checklist.item(&finding.item)) {
        (Format::Csv, _) | (_, None) => finding.item.clone(),
        (_, Some(item)) => match out.words.language() {
            Language::Indonesian => item.label.id.clone(),
            Language::English => item.label.en.clone(),
        },
    };
    let condition = out.word("condition", finding.condition.code());
    let action = match finding.action {
        Action::None => String::new(),
        action => format!(", {}", out.word("action", action.code())),
    };
    let note = match finding.note.as_str() {
        "" => String::new(),
        note => format!(" - {note}"),
    };
    let awaits = finding.awaits.as_ref();
    let part = awaits.map_or_else(String::new, |it| {
        format!(" ({} x {})", it.part.quantity, it.part.name)
    });
    format!("{item}: {condition}{action}{note}{part}")
}

/// The unit in which a measure is judged.
fn unit_of(measure: &str, names: &Names) -> String {
    let context = names.context();
    let judged = context.thresholds.iter().find(|it| it.measure() == measure);
    let asked = || {
        let items = context.checklist.groups().iter().flat_map(|group| &group.items);
        let mut measures = items.flat_map(|item| &item.measures);
        measures
            .find(|it| it.measure == measure)
            .map(|it| it.unit.clone())
    };
    judged
        .map(|it| it.unit().to_owned())
        .or_else(asked)
        .unwrap_or_default()
}

async fn show(session: &Session, visit: VisitId, out: &Output) -> Result<Exit, Error> {
    let visit: Visit = session.app.find(visit.0).await?;
    let names = Names::read(&session.app).await?;
    let mut rows: Vec<Vec<String>> = HEADERS
        .iter()
        .zip(row(&visit, &names, out))
        .map(|(key, cell)| vec![out.label(key), cell])
        .collect();
    rows.push(vec![out.label("id"), visit.id.to_string()]);
    let present: Vec<String> = visit.present.iter().map(|person| names.person(*person)).collect();
    rows.push(vec![out.label("present"), present.join(", ")]);
    if out.format() != Format::Json {
        for finding in &visit.findings {
            rows.push(vec![
                visit_facts::subject(session, finding.subject).await,
                finding_words(finding, &names, out),
            ]);
        }
    }
    for measured in &visit.measured {
        let figures: Vec<String> = measured
            .values
            .iter()
            .map(|(measure, value)| {
                let class = measured
                    .classes
                    .get(measure)
                    .map(String::as_str)
                    .unwrap_or_default();
                let unit = unit_of(measure, &names);
                format!(
                    "{} {} ({})",
                    out.word("measure", measure),
                    out.figure(&unit, *value),
                    out.word("class", class)
                )
            })
            .collect();
        rows.push(vec![out.label("measured"), figures.join(", ")]);
    }
    out.print(&visit, &["what", "value"], rows);
    Ok(Exit::Done)
}
