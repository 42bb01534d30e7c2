//! The procedures as on paper: the identity page, and the flowchart with its standards; which versions there are, and
//! what lint says of one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use rajut_app::{Context, lint_procedure};
use rajut_core::procedure::{
    ChartCell, Goal, LaneId, Procedure, ProcedureCode, ProcedureVersion, Severity, Side, Step, Symbol,
    VersionState, WrittenTime,
};
use serde::Deserialize;

use super::procedure_acts::{self, Acts};
use super::{Page, papers, rendered};
use crate::faults;
use crate::web::failure::Failure;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show as shown};
use crate::words::Words;

/// A procedure in the list.
struct Line {
    href: String,
    title: String,
    number: String,
    standing: String,
    colour: &'static str,
}

#[derive(Template)]
#[template(path = "procedures.html")]
struct ProceduresPage {
    frame: Frame,
    lines: Vec<Line>,
}

/// `/sop`: every procedure by the version in force, else by its newest.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let context = web.app.context().await?;
    let mut codes: Vec<&ProcedureCode> = context.versions().map(|version| &version.code).collect();
    codes.sort();
    codes.dedup();
    let mut lines = Vec::new();
    for code in codes {
        let version = wanted_version(&web, &context, code, None)?;
        let procedure = read(version)?;
        let (standing, colour) = standing(frame.words(), version);
        lines.push(Line {
            href: format!("/sop/{code}"),
            title: procedure.identity.title,
            number: procedure.identity.number,
            standing,
            colour,
        });
    }
    rendered(&ProceduresPage { frame, lines })
}

/// Which version.
#[derive(Deserialize)]
pub struct Wanted {
    versi: Option<u32>,
}

/// A cell of the identity page.
struct Cell {
    term: String,
    values: Vec<String>,
}

/// A version to look at.
struct Other {
    href: String,
    label: String,
    standing: String,
    colour: &'static str,
    here: bool,
}

/// A row of the flowchart page.
struct Row {
    id: String,
    number: u32,
    activity: String,
    cells: Vec<Drawn>,
    completeness: String,
    time: Merged,
    output: Merged,
    note: String,
    next: String,
}

/// A cell of *mutu baku*: its text and the rows that it spans; none where a row above spans it.
struct Merged(Option<(String, usize)>);

/// A lane's cell, and what it shows in words.
struct Drawn {
    cell: ChartCell,
    told: String,
}

/// What lint says.
struct Found {
    code: String,
    message: String,
    advice: String,
    colour: &'static str,
}

#[derive(Template)]
#[template(path = "procedure.html")]
struct ProcedurePage {
    frame: Frame,
    title: String,
    annex: String,
    standing: String,
    colour: &'static str,
    identity: Vec<Cell>,
    lists: Vec<Cell>,
    lanes: Vec<String>,
    columns: Columns,
    rows: Vec<Row>,
    inferred: bool,
    others: Vec<Other>,
    found: Vec<Found>,
    acts: Acts,
    paper: String,
}

/// The words over the columns: the procedure's own, else the usual ones.
struct Columns {
    activity: String,
    lanes: String,
    standard: String,
    completeness: String,
    time: String,
    output: String,
    note: String,
}

/// `/sop/{code}`.
pub async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let code: ProcedureCode = code.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))?;
    let version = wanted_version(&web, &context, &code, wanted.versi)?;
    let procedure = read(version)?;
    let (standing_word, colour) = standing(words, version);
    let mut others: Vec<Other> = context
        .versions()
        .filter(|it| it.code == code)
        .map(|it| {
            let (standing, colour) = standing(words, it);
            Other {
                href: format!("/sop/{code}?versi={}", it.version),
                label: say(words, "web-sop-version", &[("n", it.version.into())]),
                standing,
                colour,
                here: it.version == version.version,
            }
        })
        .collect();
    others.sort_by(|a, b| b.label.cmp(&a.label));
    let known: Vec<&Procedure> = context.procedures.values().chain([&procedure]).collect();
    let today = web.today(&context);
    let lints = lint_procedure(&procedure, &known, today);
    let duty = web.duty(&context);
    let acts = procedure_acts::of(&web, words, &duty, visitor.person, version, &lints, today);
    let found = lints
        .iter()
        .map(|lint| {
            let (message, advice) = faults::of_procedure(words, lint);
            Found {
                code: lint.code.to_string(),
                message,
                advice,
                colour: match lint.severity {
                    Severity::Error => "red",
                    Severity::Warning => "yellow",
                    Severity::Info => "blue",
                },
            }
        })
        .collect();
    let page = ProcedurePage {
        title: procedure.identity.title.clone(),
        annex: procedure.annex.clone().unwrap_or_default(),
        standing: standing_word,
        colour,
        identity: identity(words, &procedure),
        lists: lists(words, &procedure),
        lanes: procedure.lanes.iter().map(|lane| lane.label.clone()).collect(),
        columns: columns(words, &procedure),
        rows: rows(words, &procedure),
        inferred: procedure.steps.iter().any(|step| !step.inferred.is_empty()),
        others,
        found,
        acts,
        paper: format!("/sop/{code}/sop.pdf?versi={}", version.version),
        frame,
    };
    rendered(&page)
}

/// `/sop/{code}/sop.pdf`: the version as a paper; a draft says so on its face.
pub async fn paper(
    State(web): State<Arc<Web>>,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let context = web.app.context().await?;
    let code: ProcedureCode = code.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))?;
    let version = wanted_version(&web, &context, &code, wanted.versi)?;
    let paper = web.app.procedure_paper(version).await?;
    let _one = papers::one_of_few(&web).await?;
    let bytes = web.app.copy_of_paper(&paper).await?.pdf;
    Ok(papers::pdf(&format!("sop-{code}-{}.pdf", version.version), bytes))
}

fn read(version: &ProcedureVersion) -> Result<Procedure, Failure> {
    Procedure::parse(&version.text)
        .map_err(|error| rajut_app::AppError::procedure_file(&version.code, error).into())
}

/// The version asked for, else the one in force, else the newest.
pub fn wanted_version<'c>(
    web: &Web,
    context: &'c Context,
    code: &ProcedureCode,
    wanted: Option<u32>,
) -> Result<&'c ProcedureVersion, Failure> {
    let wanted = match wanted {
        Some(number) => Some(number),
        None => context
            .procedure_on(code, web.today(context))
            .ok()
            .map(|it| it.version)
            .or_else(|| {
                let versions = context.versions().filter(|it| it.code == *code);
                versions.map(|it| it.version).max()
            }),
    };
    let number = wanted.ok_or_else(|| Failure::of(StatusCode::NOT_FOUND))?;
    Ok(context.version(code, number)?)
}

/// Where a version stands, in words and a colour.
fn standing(words: &Words, version: &ProcedureVersion) -> (String, &'static str) {
    match &version.state {
        VersionState::Draft { .. } => (words.say("state-draft"), "yellow"),
        VersionState::Approved { .. } => (words.say("state-approved"), "blue"),
        VersionState::Effective { from, .. } => {
            let from = shown::date(words, *from).into();
            (say(words, "web-sop-in-force", &[("from", from)]), "green")
        }
    }
}

fn identity(words: &Words, procedure: &Procedure) -> Vec<Cell> {
    let page = &procedure.identity;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| shown::date(words, day));
    let approver = &page.approver;
    let signer = [&approver.position, &approver.name, &approver.rank];
    let mut signer: Vec<String> = signer.into_iter().filter(|it| !it.is_empty()).cloned().collect();
    if !approver.nip.is_empty() {
        signer.push(format!("NIP {}", approver.nip));
    }
    [
        ("page-agency", vec![page.agency.clone()]),
        ("page-unit", vec![page.unit.clone()]),
        ("page-number", vec![page.number.clone()]),
        ("page-created", day(page.created).into_iter().collect()),
        ("sop-revised", day(page.revised).into_iter().collect()),
        ("page-effective", day(page.effective).into_iter().collect()),
        ("sop-approver", signer),
        ("page-title", vec![page.title.clone()]),
    ]
    .map(|(key, values)| cell(words, key, values))
    .into()
}

fn lists(words: &Words, procedure: &Procedure) -> Vec<Cell> {
    let page = &procedure.identity;
    [
        ("page-legal-basis", &page.legal_basis),
        ("page-qualifications", &page.qualifications),
        ("sop-related", &page.related),
        ("page-equipment", &page.equipment),
        ("page-warnings", &page.warnings),
        ("sop-records", &page.records),
    ]
    .map(|(key, values)| cell(words, key, values.clone()))
    .into()
}

fn cell(words: &Words, key: &str, values: Vec<String>) -> Cell {
    Cell {
        term: words.say(key),
        values: values.into_iter().filter(|value| !value.is_empty()).collect(),
    }
}

fn columns(words: &Words, procedure: &Procedure) -> Columns {
    let own = &procedure.labels;
    let word = |own: &Option<String>, key: &str| own.clone().unwrap_or_else(|| words.say(key));
    Columns {
        activity: word(&own.activity, "web-sop-activity"),
        lanes: word(&own.lanes, "web-sop-lanes"),
        standard: word(&own.standard, "web-sop-standard"),
        completeness: word(&own.completeness, "web-sop-completeness"),
        time: word(&own.time, "web-sop-time"),
        output: word(&own.output, "web-sop-output"),
        note: word(&own.note, "web-sop-note"),
    }
}

fn rows(words: &Words, procedure: &Procedure) -> Vec<Row> {
    let chart = procedure.chart();
    procedure
        .steps
        .iter()
        .zip(chart.rows)
        .map(|(step, cells)| {
            let inferred = if step.inferred.is_empty() { "" } else { " *" };
            let symbol = match &step.symbol {
                Symbol::Terminator => words.say("symbol-terminator"),
                Symbol::Process => words.say("symbol-process"),
                Symbol::Decision => words.say("symbol-decision"),
                Symbol::Connector => words.say("symbol-connector"),
                Symbol::Other(text) => text.clone(),
            };
            let cells = cells
                .into_iter()
                .map(|cell| Drawn {
                    told: match &cell.symbol {
                        Some(_) => format!("{symbol}{inferred}"),
                        None => String::new(),
                    },
                    cell,
                })
                .collect();
            Row {
                id: step.id.to_string(),
                number: step.number,
                activity: step.activity.clone(),
                cells,
                completeness: step.completeness.join(", "),
                time: merged(procedure, step, &own_time(step), |group| {
                    written(group.time.as_ref())
                }),
                output: merged(procedure, step, &step.standard.output.join(", "), |group| {
                    group.output.join(", ")
                }),
                note: step.note.clone().unwrap_or_default(),
                next: next(words, procedure, step),
            }
        })
        .collect()
}

fn written(time: Option<&WrittenTime>) -> String {
    time.cloned().map(String::from).unwrap_or_default()
}

/// The time of a step itself, and of those of its exits that have their own.
fn own_time(step: &Step) -> String {
    let own = step.standard.time.iter().cloned().map(String::from);
    own.chain(step.exit_times()).collect::<Vec<_>>().join("; ")
}

/// A cell of *mutu baku*: what the paper merges over consecutive rows stands in the first of them.
fn merged(
    procedure: &Procedure,
    step: &Step,
    own: &str,
    shared: impl Fn(&rajut_core::procedure::StandardGroup) -> String,
) -> Merged {
    let Some(group) = procedure
        .group_of(&step.id)
        .filter(|group| own.is_empty() && !shared(group).is_empty())
    else {
        return Merged(Some((own.to_owned(), 1)));
    };
    let rows: Vec<&Step> = procedure
        .steps
        .iter()
        .filter(|row| group.steps.contains(&row.id))
        .collect();
    let first = rows.first().is_some_and(|row| row.id == step.id);
    Merged(first.then(|| (shared(group), rows.len())))
}

/// What follows a step, for whoever does not see the arrows.
fn next(words: &Words, procedure: &Procedure, step: &Step) -> String {
    let told: Vec<String> = step
        .ways()
        .into_iter()
        .map(|(exit, goal)| {
            let to = match goal {
                Goal::End => words.say("web-sop-to-end"),
                Goal::Step(id) => {
                    let number = procedure.step(&id).map_or(0, |step| step.number);
                    say(words, "web-sop-to-step", &[("n", number.into())])
                }
            };
            match exit.and_then(|code| step.exit(&code)) {
                Some(exit) => format!("{}: {to}", exit.label),
                None => to,
            }
        })
        .collect();
    let actors: Vec<String> = step.from.iter().map(|id| label(procedure, id)).collect();
    format!("{}. {}.", actors.join(", "), told.join("; "))
}

fn label(procedure: &Procedure, id: &LaneId) -> String {
    procedure
        .lane(id)
        .map_or_else(|| id.to_string(), |lane| lane.label.clone())
}

impl Drawn {
    /// How far the symbol reaches up and down, and to the sides, in pixels.
    fn half(&self) -> (i16, i16) {
        match self.cell.symbol {
            Some(Symbol::Decision) => (19, 28),
            _ => (15, 24),
        }
    }

    /// The heads of arrows that meet the symbol, as points of triangles around its middle.
    fn heads(&self) -> Vec<String> {
        let (up, aside) = self.half();
        self.cell
            .heads
            .iter()
            .map(|side| match side {
                Side::Top => format!("0,{} -4,{} 4,{}", -up, -up - 8, -up - 8),
                Side::Right => format!("{aside},0 {},-4 {},4", aside + 8, aside + 8),
                Side::Left => format!("{},0 {},-4 {},4", -aside, -aside - 8, -aside - 8),
            })
            .collect()
    }

    fn is(&self, name: &str) -> bool {
        match &self.cell.symbol {
            Some(Symbol::Terminator) => name == "terminator",
            Some(Symbol::Decision) => name == "decision",
            Some(Symbol::Connector) => name == "connector",
            Some(Symbol::Process | Symbol::Other(_)) => name == "process",
            None => false,
        }
    }
}
