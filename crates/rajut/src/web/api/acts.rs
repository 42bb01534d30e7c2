//! Acts by programs: one address for each, by the same use cases as pages and command line.
//!
//! A command of the rules is taken as it is. What takes a number, a judgement or a seal on the way has a form of its
//! own ([`Ask`]). Acts on accounts are not for programs: passwords, PINs and tokens never go through here.

use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::post;
use jiff::Timestamp;
use rajut_app::{AppError, Done, Key, Who};
use rajut_core::act::{Act, Nature, Unfit, UnfitCode};
use rajut_core::flow::Command;
use rajut_core::id::{ActId, PersonId};
use rajut_core::stream::{StreamKind, StreamRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Sent;
use super::ask::{ASKS, Ask};
use super::openapi::{Answer, Operation};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::routes::{Access, Route, form};
use crate::web::visitor::Visitor;

/// The commands of the rules that a program may give as they are.
const COMMANDS: &[(&str, Act)] = &[
    ("open_run", Act::OpenRun),
    ("draft_order", Act::DraftOrder),
    ("initial_order", Act::InitialOrder),
    ("submit_order", Act::SubmitOrder),
    ("return_order", Act::ReturnOrder),
    ("record_verbal_order", Act::RecordVerbalOrder),
    ("dispose", Act::Dispose),
    ("form_teams", Act::FormTeams),
    ("change_team", Act::ChangeTeam),
    ("plan_targets", Act::PlanTargets),
    ("excuse_target", Act::ExcuseTarget),
    ("accept_partial", Act::AcceptPartial),
    ("check_in", Act::CheckIn),
    ("check_out", Act::CheckOut),
    ("record_finding", Act::RecordFinding),
    ("give_verdict", Act::GiveVerdict),
    ("confirm_visit", Act::ConfirmVisit),
    ("estimate_check_out", Act::EstimateCheckOut),
    ("record_return", Act::RecordReturn),
    ("submit_report", Act::SubmitReport),
    ("accept_report", Act::AcceptReport),
    ("return_report", Act::ReturnReport),
    ("submit_final_report", Act::SubmitFinalReport),
    ("close_run", Act::CloseRun),
    ("cancel_run", Act::CancelRun),
    ("explain_lateness", Act::ExplainLateness),
    ("pause_run", Act::PauseRun),
    ("resume_run", Act::ResumeRun),
    ("proceed", Act::Proceed),
    ("classify_complaint", Act::ClassifyComplaint),
    ("carry_complaint", Act::CarryComplaint),
    ("open_follow_up", Act::OpenFollowUp),
    ("assign_follow_up", Act::ResolveFollowUp),
    ("resolve_follow_up", Act::ResolveFollowUp),
    ("open_incident", Act::OpenIncident),
    ("attach_complaints", Act::AttachIncident),
    ("detach_complaints", Act::DetachIncident),
    ("note_ticket", Act::NoteTicket),
    ("resolve_incident", Act::ResolveIncident),
];

/// Commands that have a form of their own here, since a number, a seal or a judgement belongs to them.
#[cfg(test)]
const ASKED_OTHERWISE: &[&str] = &[
    "issue_order",
    "addend_order",
    "register_complaint",
    "record_observation",
    "complete_step",
];

/// The rows of all acts.
pub fn routes() -> Vec<Route> {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let names = COMMANDS.iter().chain(ASKS).map(|(name, _)| name);
        names.map(|name| format!("/api/v1/acts/{name}")).collect()
    });
    let commands = COMMANDS.iter().map(|row| (row, true));
    let asks = ASKS.iter().map(|row| (row, false));
    commands
        .chain(asks)
        .zip(PATHS.iter())
        .map(|((&(name, act), command), path)| {
            let handler = move |web, program, sent| async move {
                if command {
                    perform(web, program, (name, act), sent).await
                } else {
                    answer(web, program, (name, act), sent).await
                }
            };
            let answered = Answer::of::<Acted>();
            let operation = if command {
                Operation::acting::<Sending, Command>(answered, name)
            } else {
                Operation::acting::<Sending, Ask>(answered, name)
            };
            // What was seen and done on site comes from whoever has worked for the agency, as from a phone.
            let access = if act.authority().nature == Nature::FieldFact {
                Access::Field
            } else {
                Access::Act(act)
            };
            form(path.as_str(), access, post(handler)).told(operation)
        })
        .collect()
}

/// What a program sends: the act, and what belongs to every act.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// The idempotency key, a UUID: the same key twice is one act.
    key: ActId,
    /// When it happened, if not now: only for what was seen or done on site.
    at: Option<Timestamp>,
    /// The version of the record as it was seen: if it has changed since, the act is a conflict.
    seen: Option<i64>,
    /// What is asked for.
    #[serde(rename = "do")]
    what: Value,
}

/// What became of an act.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Acted {
    /// Its key.
    pub(super) key: ActId,
    /// Whether it was done before, under the same key.
    pub(super) repeated: bool,
    /// The first record that it left in the journal; none where the act has more than one part.
    pub(super) record: Option<i64>,
    /// What came of it: the number of a complaint and the code of its receipt, the id of a paper, values revealed.
    pub(super) made: Option<Value>,
}

/// A program that has proved itself by a token. A browser does not act here: on a remembered phone an act of
/// authority asks for the PIN, which a page does.
pub struct Program(PersonId);

impl FromRequestParts<Arc<Web>> for Program {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, web).await?;
        match (visitor.person, visitor.scope) {
            (Some(person), Some(_)) => Ok(Self(person)),
            _ => Err(Failure::because(
                StatusCode::UNAUTHORIZED,
                "token",
                "web-error-sign-in",
            )),
        }
    }
}

type Became = Result<Json<Acted>, Failure>;

async fn perform(
    State(web): State<Arc<Web>>,
    Program(person): Program,
    (name, act): (&str, Act),
    Sent(sent): Sent<Sending>,
) -> Became {
    happens_now(act, &sent)?;
    let command: Command = read(name, &sent.what)?;
    still_as_seen(&web, &sent).await?;
    let done = web.app.act(Who::person(person), key(&sent), &command).await?;
    if let Command::CheckOut(left) = &command {
        web.app.follow_visit(left.visit).await?;
    }
    Ok(Json(told(&done, None)))
}

/// What was seen on site happened when it did; an act of authority happens now: a right that has ended does not come
/// back by a date.
fn happens_now(act: Act, sent: &Sending) -> Result<(), Failure> {
    if sent.at.is_some() && act.authority().nature != Nature::FieldFact {
        return Err(AppError::invalid("at", UnfitCode::HappensNow).into());
    }
    Ok(())
}

fn key(sent: &Sending) -> Key {
    Key {
        key: Some(sent.key),
        occurred_at: sent.at,
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str, what: &Value) -> Result<T, Failure> {
    serde_json::from_value(json!({name: what}))
        .map_err(|error| AppError::invalid("do", Unfit::detail(error)).into())
}

pub(super) fn told(done: &Done, made: Option<Value>) -> Acted {
    Acted {
        key: done.key,
        repeated: done.committed.repeated,
        record: Some(done.committed.first_seq),
        made,
    }
}

/// The fields by which an act names its record, the nearest first.
const ABOUT: &[(&str, StreamKind)] = &[
    ("report", StreamKind::Report),
    ("target", StreamKind::Target),
    ("complaint", StreamKind::Complaint),
    ("follow_up", StreamKind::FollowUp),
    ("incident", StreamKind::Incident),
    ("visit", StreamKind::Visit),
    ("run", StreamKind::Run),
];

/// Holds the version that was seen against the record that the act names.
async fn still_as_seen(web: &Web, sent: &Sending) -> Result<(), Failure> {
    let Some(seen) = sent.seen else { return Ok(()) };
    if web.app.done_before(sent.key).await?.is_some() {
        return Ok(());
    }
    let named = ABOUT
        .iter()
        .find_map(|(field, kind)| Some((sent.what.get(*field)?.as_str()?, *kind)));
    let record = named.and_then(|(id, kind)| {
        Some(StreamRef {
            kind,
            id: id.parse().ok()?,
        })
    });
    let Some(record) = record else {
        let why = Unfit::from(UnfitCode::NotUnderstood).with("value", seen);
        return Err(AppError::invalid("seen", why).into());
    };
    let known = web.app.store().load(record).await?;
    if known.map_or(0, |known| known.version) == seen {
        return Ok(());
    }
    let what = record.to_string();
    Err(AppError::Conflict { what }.into())
}

async fn answer(
    State(web): State<Arc<Web>>,
    Program(person): Program,
    (name, act): (&str, Act),
    Sent(sent): Sent<Sending>,
) -> Became {
    happens_now(act, &sent)?;
    let ask: Ask = read(name, &sent.what)?;
    still_as_seen(&web, &sent).await?;
    // What does not tell it itself is held against what the key stood for before.
    let before = web.app.done_before(sent.key).await?.is_some();
    let acted = ask.carry_out(&web, Who::person(person), key(&sent)).await?;
    Ok(Json(Acted {
        key: sent.key,
        repeated: acted.repeated || before,
        ..acted
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::api::openapi::names_of;

    /// Acts that no program does, and why.
    const NOT_FOR_PROGRAMS: &[Act] = &[
        // The program itself does these on the way of others.
        Act::ReserveNumber,
        Act::FreezeDocument,
        // Files, by the command line.
        Act::EditRegister,
        Act::Export,
        Act::ReorganiseOffices,
        Act::ImportObservations,
        // A number of a register is cancelled where it is seen, by the command line.
        Act::CancelNumber,
        // A paper in full is printed where it is read.
        Act::PrintPersonal,
        // By law, once, by a person at the command line.
        Act::ErasePersonal,
        // Secrets go to people, not to programs.
        Act::EnrolLaptop,
        Act::RevokeLaptop,
        Act::OpenAccount,
        Act::CloseAccount,
        Act::SignOut,
        Act::SetPassword,
        Act::SetSecondFactor,
        Act::EnrolPhone,
        Act::RevokePhone,
        Act::IssueToken,
        Act::RevokeToken,
    ];

    #[test]
    fn every_command_and_every_act_has_its_address_or_a_reason() {
        let commands: BTreeSet<String> = names_of::<Command>();
        let listed: BTreeSet<String> = COMMANDS
            .iter()
            .map(|(name, _)| *name)
            .chain(ASKED_OTHERWISE.iter().copied())
            .map(str::to_owned)
            .collect();
        assert_eq!(commands, listed);
        let asks: BTreeSet<String> = ASKS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names_of::<Ask>(), asks);
        for act in Act::ALL {
            let told = COMMANDS.iter().chain(ASKS).any(|(_, of)| of == act);
            assert_ne!(told, NOT_FOR_PROGRAMS.contains(act), "{act:?}");
        }
    }
}
