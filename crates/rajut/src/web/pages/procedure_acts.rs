//! What can be done with a version of a procedure: put down a draft, sign it, take the signature back, put it in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use jiff::civil::Date;
use rajut_core::act::Act;
use rajut_core::id::{ActId, PersonId};
use rajut_core::procedure::{Lint, LintCode, ProcedureCode, ProcedureVersion, VersionState};
use serde::Deserialize;

use crate::faults;
use crate::web::Web;
use crate::web::acts::date;
use crate::web::duty::Duty;
use crate::web::failure::Failure;
use crate::web::form::{Asked, Many};
use crate::web::frame::form_key;
use crate::words::Words;

/// The form that signs a draft.
pub struct Signing {
    /// Its key.
    pub key: ActId,
    /// The mark of the text that is shown.
    pub mark: String,
    /// Code and sentence of the faults that must be accepted with a reason.
    pub faults: Vec<(String, String)>,
    /// Whether there are faults that nobody can accept.
    pub refused: bool,
}

/// What whoever looks can do with a version.
pub struct Acts {
    /// The procedure.
    pub code: ProcedureCode,
    /// The version.
    pub version: u32,
    /// Sign it.
    pub sign: Option<Signing>,
    /// Take the signature back.
    pub give_back: Option<ActId>,
    /// Put it in force.
    pub activate: Option<ActId>,
    /// Put down another text: its key, and the text of this version.
    pub draft: Option<(ActId, String)>,
    /// Today.
    pub today: Date,
}

impl Acts {
    /// Whether there is anything to do.
    pub fn any(&self) -> bool {
        self.sign.is_some() || self.give_back.is_some() || self.activate.is_some() || self.draft.is_some()
    }
}

/// What somebody can do with a version.
pub fn of(
    web: &Web,
    words: &Words,
    duty: &Duty<'_>,
    person: Option<PersonId>,
    version: &ProcedureVersion,
    found: &[Lint],
    today: Date,
) -> Acts {
    let may = |act| person.is_some_and(|person| duty.may(person, act));
    let is_draft = matches!(version.state, VersionState::Draft { .. });
    let is_signed = matches!(version.state, VersionState::Approved { .. });
    let paper = |lint: &&Lint| LintCode::ACCEPTABLE.contains(&lint.code);
    let mut to_accept: BTreeMap<String, String> = BTreeMap::new();
    for lint in found.iter().filter(paper) {
        let sentence = faults::of_procedure(words, lint).0;
        to_accept.entry(lint.code.to_string()).or_insert(sentence);
    }
    let beyond = |lint: &Lint| lint.code.to_string().starts_with('E') && !paper(&lint);
    Acts {
        code: version.code.clone(),
        version: version.version,
        sign: (is_draft && may(Act::ApproveProcedure)).then(|| Signing {
            key: form_key(web),
            mark: ProcedureVersion::mark_of(&version.text),
            faults: to_accept.into_iter().collect(),
            refused: found.iter().any(beyond),
        }),
        give_back: (is_signed && may(Act::ReturnProcedure)).then(|| form_key(web)),
        activate: (is_signed && may(Act::ActivateProcedure)).then(|| form_key(web)),
        draft: may(Act::DraftProcedure).then(|| (form_key(web), version.text.clone())),
        today,
    }
}

fn code_of(text: &str) -> Result<ProcedureCode, Failure> {
    text.parse().map_err(|_| Failure::of(StatusCode::NOT_FOUND))
}

fn done(code: &ProcedureCode, version: u32) -> Redirect {
    Redirect::to(&format!("/sop/{code}?versi={version}"))
}

/// A text.
#[derive(Deserialize)]
pub struct Draft {
    text: String,
}

/// Puts down the next version of a procedure, or another text for its draft.
pub async fn draft(State(web): State<Arc<Web>>, form: Asked<Draft>) -> Result<Redirect, Failure> {
    // A browser sends lines as the mail does.
    let text = form.fields.text.replace("\r\n", "\n");
    let drafted = web.app.draft_procedure(form.who(), form.key, &text).await?;
    Ok(done(&drafted.code, drafted.version))
}

/// Signs a draft.
pub async fn sign(
    State(web): State<Arc<Web>>,
    Path(code): Path<String>,
    form: Asked<Many>,
) -> Result<Redirect, Failure> {
    let code = code_of(&code)?;
    let version: u32 = form.fields.parsed("version")?;
    let accepted = form.fields.reasons();
    let mark = form.fields.one("mark");
    web.app
        .approve_procedure(form.who(), form.key, &code, version, mark, &accepted)
        .await?;
    Ok(done(&code, version))
}

/// A version and why.
#[derive(Deserialize)]
pub struct GiveBack {
    version: u32,
    note: String,
}

/// Takes the signature back.
pub async fn give_back(
    State(web): State<Arc<Web>>,
    Path(code): Path<String>,
    form: Asked<GiveBack>,
) -> Result<Redirect, Failure> {
    let code = code_of(&code)?;
    let fields = &form.fields;
    web.app
        .return_procedure(form.who(), form.key, &code, fields.version, fields.note.trim())
        .await?;
    Ok(done(&code, fields.version))
}

/// A version and a day.
#[derive(Deserialize)]
pub struct Activate {
    version: u32,
    from: String,
}

/// Puts a signed version in force from a day.
pub async fn activate(
    State(web): State<Arc<Web>>,
    Path(code): Path<String>,
    form: Asked<Activate>,
) -> Result<Redirect, Failure> {
    let code = code_of(&code)?;
    let from = date(&form.fields.from)?;
    let version = form.fields.version;
    web.app
        .activate_procedure(form.who(), form.key, &code, version, from)
        .await?;
    Ok(done(&code, version))
}
