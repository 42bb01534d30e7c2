//! Acts by programs: one address for each, by the same use cases as pages and command line.
//!
//! A command of the rules is taken as it is. What takes a number, a judgement or a seal on the way has a form of its
//! own ([`Ask`]). Acts on accounts are not for programs: passwords, PINs and tokens never go through here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::post;
use jiff::Timestamp;
use jiff::civil::Date;
use rajut_app::{AppError, Done, Key, NewComplaint, NewOvertime, Readings, Who};
use rajut_core::act::{Act, Nature, Unfit, UnfitCode};
use rajut_core::check::{Scope, Vantage};
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::flow::{Command, Place};
use rajut_core::id::{
    ActId, ComplaintId, OfficeId, OvertimeId, PersonId, ReportId, RunId, ServiceId, SiteId, TeamId, VisitId,
};
use rajut_core::people::{Assignment, Leave, PersonalField, Post};
use rajut_core::procedure::{ExitCode, LintCode, ProcedureCode, StepId};
use rajut_core::register::{Device, Link, Office, Service, SettingKind, Site};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_core::visit::Subject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Sent;
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

/// What a program asks for beside the commands of the rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
enum Ask {
    /// Issue the order of a run in writing, under the next number of its register.
    IssueOrder { run: RunId },
    /// Extend an issued order by a numbered change of annex.
    AddendOrder {
        run: RunId,
        #[serde(default)]
        add_sites: Vec<SiteId>,
        valid_until: Option<Date>,
        named: Option<Vec<PersonId>>,
        reason: String,
    },
    /// Issue the letter of assignment of a team.
    IssueTaskLetter { run: RunId, team: TeamId },
    /// Issue a submitted report as a numbered paper.
    IssueReport { report: ReportId },
    /// Issue the minutes of a visit.
    IssueMinutes { visit: VisitId },
    /// Register a complaint; the answer has its number and the code of its receipt.
    RegisterComplaint {
        channel: Channel,
        happened_at: Option<Timestamp>,
        office: Option<OfficeId>,
        site: SiteId,
        reporter: String,
        contact: Option<String>,
        #[serde(default)]
        post: String,
        symptom: Symptom,
        text: String,
        users_affected: Option<u32>,
        #[serde(default)]
        services: BTreeSet<ServiceId>,
    },
    /// Record figures as they were read; they are judged by the thresholds in force.
    RecordReadings {
        visit: VisitId,
        vantage: Vantage,
        subject: Subject,
        scope: Scope,
        values: Vec<String>,
        raw: Option<String>,
    },
    /// Finish a step of a generic kind; names of people in `values` are sealed on the way.
    CompleteStep {
        place: Place,
        step: StepId,
        exit: Option<ExitCode>,
        #[serde(default)]
        values: BTreeMap<String, String>,
    },
    /// Order people to work on days off.
    OrderOvertime {
        people: BTreeSet<PersonId>,
        days: BTreeSet<Date>,
        reason: String,
    },
    /// Withdraw such an order.
    WithdrawOvertime { overtime: OvertimeId, reason: String },
    /// Set an office of the register.
    SetOffice { entry: Box<Office> },
    /// Set a site of the register.
    SetSite { entry: Box<Site> },
    /// Set a device of the register.
    SetDevice { entry: Box<Device> },
    /// Set a link of the register.
    SetLink { entry: Box<Link> },
    /// Set a service of the register.
    SetService { entry: Box<Service> },
    /// Set a post.
    SetPost { entry: Box<Post> },
    /// Give somebody a post.
    Assign { assignment: Box<Assignment> },
    /// Enter days of leave.
    EnterLeave { leave: Leave },
    /// Load a version of a setting, in force from a day.
    LoadSetting {
        kind: SettingKind,
        from: Date,
        text: String,
    },
    /// Put down the next version of a procedure, or another text for its draft.
    DraftProcedure { text: String },
    /// Sign a draft; `mark` is that of the text that was read, `accepted` the reasons for the faults of its paper.
    ApproveProcedure {
        code: ProcedureCode,
        version: u32,
        mark: String,
        #[serde(default)]
        accepted: BTreeMap<LintCode, String>,
    },
    /// Take the signature back, so that the version can be edited.
    ReturnProcedure {
        code: ProcedureCode,
        version: u32,
        note: String,
    },
    /// Put an approved version in force from a day.
    ActivateProcedure {
        code: ProcedureCode,
        version: u32,
        from: Date,
    },
    /// See personal values of some people, for a reason that the journal keeps.
    RevealPeople {
        people: BTreeSet<PersonId>,
        fields: BTreeSet<PersonalField>,
        reason: String,
    },
    /// See who complained, for a reason that the journal keeps.
    RevealReporter { complaint: ComplaintId, reason: String },
}

/// The asks, each with its act.
const ASKS: &[(&str, Act)] = &[
    ("issue_order", Act::IssueOrder),
    ("addend_order", Act::AddendOrder),
    ("issue_task_letter", Act::IssueDocument),
    ("issue_report", Act::IssueDocument),
    ("issue_minutes", Act::IssueDocument),
    ("register_complaint", Act::RegisterComplaint),
    ("record_readings", Act::RecordObservation),
    ("complete_step", Act::CompleteStep),
    ("order_overtime", Act::OrderOvertime),
    ("withdraw_overtime", Act::OrderOvertime),
    ("set_office", Act::EditRegister),
    ("set_site", Act::EditRegister),
    ("set_device", Act::EditRegister),
    ("set_link", Act::EditRegister),
    ("set_service", Act::EditRegister),
    ("set_post", Act::EditPeople),
    ("assign", Act::EditPeople),
    ("enter_leave", Act::EditPeople),
    ("load_setting", Act::EditSettings),
    ("draft_procedure", Act::DraftProcedure),
    ("approve_procedure", Act::ApproveProcedure),
    ("return_procedure", Act::ReturnProcedure),
    ("activate_procedure", Act::ActivateProcedure),
    ("reveal_people", Act::RevealPersonal),
    ("reveal_reporter", Act::RevealPersonal),
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
                    perform(web, program, name, sent).await
                } else {
                    answer(web, program, name, sent).await
                }
            };
            let answered = Answer::of::<Acted>();
            let operation = if command {
                Operation::acting::<Sending, Command>(answered, name)
            } else {
                Operation::acting::<Sending, Ask>(answered, name)
            };
            // What was seen and done on site comes from whoever has worked for the agency, as from a phone.
            let access = match act.authority().nature {
                Nature::FieldFact => Access::Field,
                _ => Access::Act(act),
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
    /// When it happened, if not now.
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
    key: ActId,
    /// Whether it was done before, under the same key.
    repeated: bool,
    /// The first record that it left in the journal; none where the act has more than one part.
    record: Option<i64>,
    /// What came of it: the number of a complaint and the code of its receipt, the id of a paper, values revealed.
    made: Option<Value>,
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
    name: &str,
    Sent(sent): Sent<Sending>,
) -> Became {
    let command: Command = read(name, &sent.what)?;
    still_as_seen(&web, &sent).await?;
    let done = web.app.act(Who::person(person), key(&sent), &command).await?;
    if let Command::CheckOut(left) = &command {
        web.app.follow_visit(left.visit).await?;
    }
    Ok(Json(told(&done, None)))
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

fn told(done: &Done, made: Option<Value>) -> Acted {
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
    let entry = sent.what.get("entry").and_then(|entry| entry.get("id"));
    let named = ABOUT
        .iter()
        .find_map(|(field, kind)| Some((sent.what.get(*field)?.as_str()?, *kind)));
    let record = match (entry, named) {
        // An entry of a register is held against what stands there by its own use case.
        (Some(_), _) => return Ok(()),
        (None, Some((id, kind))) => id.parse().ok().map(|id| StreamRef { kind, id }),
        (None, None) => None,
    };
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
    name: &str,
    Sent(sent): Sent<Sending>,
) -> Became {
    let ask: Ask = read(name, &sent.what)?;
    still_as_seen(&web, &sent).await?;
    let (who, key) = (Who::person(person), key(&sent));
    let acted = match ask {
        Ask::SetOffice { .. }
        | Ask::SetSite { .. }
        | Ask::SetDevice { .. }
        | Ask::SetLink { .. }
        | Ask::SetService { .. }
        | Ask::SetPost { .. }
        | Ask::Assign { .. }
        | Ask::EnterLeave { .. }
        | Ask::LoadSetting { .. } => Box::pin(on_registers(&web, who, key, sent.seen, ask)).await?,
        Ask::DraftProcedure { .. }
        | Ask::ApproveProcedure { .. }
        | Ask::ReturnProcedure { .. }
        | Ask::ActivateProcedure { .. } => Box::pin(on_procedures(&web, who, key, ask)).await?,
        other => Box::pin(on_work(&web, who, key, other)).await?,
    };
    Ok(Json(Acted {
        key: sent.key,
        ..acted
    }))
}

/// What takes a number, a seal or a judgement on the way.
async fn on_work(web: &Web, who: Who, key: Key, ask: Ask) -> Result<Acted, AppError> {
    let app = &web.app;
    let paper = |id| Acted {
        key: key.key.unwrap_or_else(|| app.ids().fresh()),
        repeated: false,
        record: None,
        made: Some(json!({"document": id})),
    };
    let plain = |made: Value| Acted {
        made: Some(made),
        ..paper(app.ids().fresh())
    };
    Ok(match ask {
        Ask::IssueOrder { run } => told(&app.issue_order(who, key, run).await?, None),
        Ask::AddendOrder {
            run,
            add_sites,
            valid_until,
            named,
            reason,
        } => {
            let done = app
                .addend_order(who, key, run, add_sites, valid_until, named, &reason)
                .await?;
            told(&done, None)
        }
        Ask::IssueTaskLetter { run, team } => paper(app.issue_task_letter(who, key, run, team).await?),
        Ask::IssueReport { report } => paper(app.issue_report(who, key, report).await?),
        Ask::IssueMinutes { visit } => paper(app.issue_minutes(who, key, visit).await?),
        Ask::RegisterComplaint {
            channel,
            happened_at,
            office,
            site,
            reporter,
            contact,
            post,
            symptom,
            text,
            users_affected,
            services,
        } => {
            let new = NewComplaint {
                channel,
                happened_at,
                office,
                site,
                reporter,
                contact,
                post,
                symptom,
                text,
                users_affected,
                services,
            };
            let it = app.register_complaint(who, key, new).await?;
            plain(json!({"complaint": it.complaint, "run": it.run, "number": it.number, "code": it.code}))
        }
        Ask::RecordReadings {
            visit,
            vantage,
            subject,
            scope,
            values,
            raw,
        } => {
            let readings = Readings {
                vantage,
                subject,
                scope,
                values,
                raw,
            };
            told(&app.record_readings(who, key, visit, &readings).await?, None)
        }
        Ask::CompleteStep {
            place,
            step,
            exit,
            values,
        } => told(
            &app.complete_step(who, key, place, step, exit, values).await?,
            None,
        ),
        Ask::OrderOvertime { people, days, reason } => {
            let new = NewOvertime {
                paper: None,
                people,
                days,
                reason,
            };
            plain(json!({"overtime": app.order_overtime(who, key, new).await?}))
        }
        Ask::WithdrawOvertime { overtime, reason } => {
            told(&app.cancel_overtime(who, key, overtime, &reason).await?, None)
        }
        Ask::RevealPeople {
            people,
            fields,
            reason,
        } => {
            let found = app.reveal(who, key, &people, &fields, &reason).await?;
            let values: Vec<Value> = found
                .iter()
                .map(|it| json!({"person": it.person.id, "values": it.values}))
                .collect();
            plain(json!({"people": values}))
        }
        Ask::RevealReporter { complaint, reason } => {
            let reporter = app.reveal_reporter(who, key, complaint, &reason).await?;
            plain(json!({"reporter": reporter}))
        }
        _ => return Err(AppError::invalid("do", UnfitCode::NotUnderstood)),
    })
}

/// Entries of registers, people's posts and leave, settings.
async fn on_registers(web: &Web, who: Who, key: Key, seen: Option<i64>, ask: Ask) -> Result<Acted, AppError> {
    let app = &web.app;
    let done = match ask {
        Ask::SetOffice { entry } => {
            app.set_entry(who, key, Act::EditRegister, seen, entry.id.0, *entry)
                .await?
        }
        Ask::SetSite { entry } => {
            app.set_entry(who, key, Act::EditRegister, seen, entry.id.0, *entry)
                .await?
        }
        Ask::SetDevice { entry } => {
            app.set_entry(who, key, Act::EditRegister, seen, entry.id.0, *entry)
                .await?
        }
        Ask::SetLink { entry } => {
            app.set_entry(who, key, Act::EditRegister, seen, entry.id.0, *entry)
                .await?
        }
        Ask::SetService { entry } => {
            app.set_entry(who, key, Act::EditRegister, seen, entry.id.0, *entry)
                .await?
        }
        Ask::SetPost { entry } => {
            app.set_entry(who, key, Act::EditPeople, seen, entry.id.0, *entry)
                .await?
        }
        Ask::Assign { assignment } => app.assign_under(who, key, *assignment).await?,
        Ask::EnterLeave { leave } => app.enter_leave_under(who, key, leave).await?,
        Ask::LoadSetting { kind, from, text } => {
            let version = app.load_setting_under(who, key, kind, from, &text).await?;
            return Ok(Acted {
                key: key.key.unwrap_or_else(|| app.ids().fresh()),
                repeated: false,
                record: None,
                made: Some(json!({"version": version})),
            });
        }
        _ => return Err(AppError::invalid("do", UnfitCode::NotUnderstood)),
    };
    Ok(told(&done, None))
}

/// Versions of procedures.
async fn on_procedures(web: &Web, who: Who, key: Key, ask: Ask) -> Result<Acted, AppError> {
    let app = &web.app;
    let done = match ask {
        Ask::DraftProcedure { text } => {
            let drafted = app.draft_procedure(who, key, &text).await?;
            return Ok(Acted {
                key: key.key.unwrap_or_else(|| app.ids().fresh()),
                repeated: false,
                record: None,
                made: Some(json!({
                    "code": drafted.code,
                    "version": drafted.version,
                    "mark": drafted.mark,
                    "found": drafted.found,
                })),
            });
        }
        Ask::ApproveProcedure {
            code,
            version,
            mark,
            accepted,
        } => {
            app.approve_procedure(who, key, &code, version, &mark, &accepted)
                .await?
        }
        Ask::ReturnProcedure { code, version, note } => {
            app.return_procedure(who, key, &code, version, &note).await?
        }
        Ask::ActivateProcedure { code, version, from } => {
            app.activate_procedure(who, key, &code, version, from).await?
        }
        _ => return Err(AppError::invalid("do", UnfitCode::NotUnderstood)),
    };
    Ok(told(&done, None))
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
        // A whole file with a preview, by the command line.
        Act::Import,
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
