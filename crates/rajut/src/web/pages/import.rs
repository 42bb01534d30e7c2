//! Registers from and to files: what a file would do is shown first; taken in is what was shown, or nothing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use rajut_app::import::{Limits, Problem, Table};
use rajut_app::{AppError, FileOf, ImportLine, Prepared};
use rajut_core::id::ActId;
use rajut_core::people::Role;
use serde::Deserialize;

use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::upload::Uploaded;
use crate::web::visitor::Visitor;
use crate::web::{Web, say};
use crate::words::Words;

/// Who takes registers in; people only the administrator.
pub const REGISTRARS: &[Role] = &[Role::Admin, Role::SectionHead, Role::ServiceOfficer];

/// The largest form with a file: the file and what stands around it.
pub const UPLOAD: usize = (10 << 20) + (64 << 10);
/// The largest form that sends such a file back, which then stands in it as hexadecimal digits.
pub const RETURNED: usize = 2 * (10 << 20) + (64 << 10);

/// So many lines of a preview are shown.
const SHOWN: usize = 500;

struct RegisterLine {
    code: &'static str,
    name: String,
    key: ActId,
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    news: Option<String>,
    registers: Vec<RegisterLine>,
}

fn name_of(words: &Words, register: FileOf) -> String {
    words.say(&format!("web-register-{}", register.code()))
}

/// What came of the file before.
#[derive(Deserialize, Default)]
pub struct News {
    #[serde(default)]
    daftar: String,
    #[serde(default)]
    baru: usize,
    #[serde(default)]
    ubah: usize,
    #[serde(default)]
    tetap: usize,
}

/// `/impor`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor, Query(news): Query<News>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let news = FileOf::from_code(&news.daftar).map(|register| {
        let args = [
            ("what", name_of(words, register).into()),
            ("new", news.baru.into()),
            ("changed", news.ubah.into()),
            ("unchanged", news.tetap.into()),
        ];
        say(words, "web-import-done", &args)
    });
    let registers = FileOf::ALL
        .into_iter()
        .filter(|register| *register != FileOf::People || frame.admin)
        .map(|register| RegisterLine {
            code: register.code(),
            name: name_of(words, register),
            key: form_key(&web),
        })
        .collect();
    rendered(&ImportPage {
        frame,
        news,
        registers,
    })
}

struct ProblemLine {
    line: u64,
    column: String,
    value: String,
    sentence: String,
}

#[derive(Template)]
#[template(path = "import_preview.html")]
struct PreviewPage {
    frame: Frame,
    code: &'static str,
    name: String,
    file: String,
    sentence: String,
    problems: Vec<ProblemLine>,
    more_problems: usize,
    lines: Vec<ImportLine>,
    more: usize,
    /// Whether there is anything to take in.
    takes: bool,
    /// Whether it is no longer what was shown before.
    otherwise: bool,
    bytes: String,
    mark: String,
    key: ActId,
}

fn register(code: &str) -> Result<FileOf, Failure> {
    FileOf::from_code(code).ok_or_else(|| Failure::of(StatusCode::NOT_FOUND))
}

/// The sentence of a problem.
fn sentence(words: &Words, problem: &Problem) -> String {
    let args = problem
        .args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let code = crate::cli::code(&problem.code).replace('_', "-");
    words.say_with(&format!("problem-{code}"), &args)
}

#[expect(clippy::too_many_arguments, reason = "they are what the page shows")]
async fn preview_page(
    web: &Web,
    visitor: &Visitor,
    register: FileOf,
    file: &str,
    bytes: &[u8],
    mut prepared: Prepared,
    key: ActId,
    otherwise: bool,
) -> Page {
    let frame = Frame::of(web, visitor).await?;
    let words = frame.words();
    let problems: Vec<ProblemLine> = prepared
        .problems
        .shown
        .iter()
        .map(|problem| ProblemLine {
            line: problem.line,
            column: problem.column.clone(),
            value: problem.value.clone(),
            sentence: sentence(words, problem),
        })
        .collect();
    let told = prepared.told;
    let args = [
        ("new", told.new.into()),
        ("changed", told.changed.into()),
        ("unchanged", told.unchanged.into()),
        ("count", prepared.problems.total.into()),
    ];
    let is_faulty = !prepared.problems.is_empty();
    let key_of_sentence = if is_faulty {
        "web-import-faulty"
    } else {
        "web-import-would"
    };
    let takes = !is_faulty && told.new + told.changed > 0;
    let mark = prepared.mark().to_string();
    let more = prepared.lines.len().saturating_sub(SHOWN);
    prepared.lines.truncate(SHOWN);
    rendered(&PreviewPage {
        code: register.code(),
        name: name_of(words, register),
        file: file.to_owned(),
        sentence: say(words, key_of_sentence, &args),
        more_problems: prepared.problems.total.saturating_sub(problems.len()),
        problems,
        lines: prepared.lines,
        more,
        takes,
        otherwise,
        bytes: if takes { hex::encode(bytes) } else { String::new() },
        mark,
        key,
        frame,
    })
}

fn table(bytes: &[u8]) -> Result<Table, Failure> {
    let table = Table::read(bytes, &Limits::default());
    Ok(table.map_err(|error| AppError::invalid("file", error))?)
}

/// Shows what a file would do.
pub async fn preview(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(code): Path<String>,
    form: Uploaded,
) -> Page {
    let register = register(&code)?;
    let file = form.file()?;
    let prepared = web
        .app
        .prepare_import(Some(form.who()), register, &table(&file.bytes)?)
        .await?;
    let key = form.key.key.unwrap_or_else(|| form_key(&web));
    preview_page(
        &web,
        &visitor,
        register,
        &file.name,
        &file.bytes,
        prepared,
        key,
        false,
    )
    .await
}

/// A file that comes back from its preview.
#[derive(Deserialize)]
pub struct Returned {
    file: String,
    bytes: String,
    mark: String,
}

/// Takes in what was shown; where it would no longer do the same, it is shown again.
pub async fn take_in(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(code): Path<String>,
    form: Asked<Returned>,
) -> Result<Response, Failure> {
    let register = register(&code)?;
    let bytes = hex::decode(&form.fields.bytes).map_err(|_| Failure::of(StatusCode::BAD_REQUEST))?;
    let prepared = web
        .app
        .prepare_import(Some(form.who()), register, &table(&bytes)?)
        .await?;
    let done_before = match form.key.key {
        Some(key) => web.app.done_before(key).await?.is_some(),
        None => false,
    };
    if !done_before && prepared.mark().to_string() != form.fields.mark {
        let key = form_key(&web);
        let file = &form.fields.file;
        let page = preview_page(&web, &visitor, register, file, &bytes, prepared, key, true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let told = web.app.take_in(form.who(), form.key, prepared).await?;
    let to = match told {
        Some(told) => format!(
            "/impor?daftar={code}&baru={}&ubah={}&tetap={}",
            told.new, told.changed, told.unchanged
        ),
        None => "/impor".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

/// `/ekspor/{register}`: the register as CSV, for a spreadsheet; people masked.
pub async fn export(State(web): State<Arc<Web>>, Path(code): Path<String>) -> Result<Response, Failure> {
    let register = register(code.strip_suffix(".csv").unwrap_or(&code))?;
    let sheet = web.app.sheet(register).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.csv\"", register.code()),
        ),
    ];
    Ok((headers, sheet.to_csv(true)).into_response())
}
