//! What a program asks for beside the commands of the rules, and how it is done. It must not know how it was sent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rajut_app::{AppError, FileOf, Key, NewComplaint, NewOvertime, Readings, Who};
use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::check::{Scope, Vantage};
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::flow::Place;
use rajut_core::id::{
    ComplaintId, OfficeId, OvertimeId, PersonId, ReportId, RunId, ServiceId, SiteId, TeamId, VisitId,
};
use rajut_core::people::{Assignment, Leave, PersonalField};
use rajut_core::procedure::{ExitCode, LintCode, ProcedureCode, StepId};
use rajut_core::register::SettingKind;
use rajut_core::stream::StreamKind;
use rajut_core::visit::Subject;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::acts::{Acted, told};
use crate::web::Web;

/// What a program asks for beside the commands of the rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub enum Ask {
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
    /// Register a complaint; the answer has its number and the code of its receipt. A program that makes the `code`
    /// itself (eight of 23456789ABCDEFGHJKMNPQRSTUVWXYZ) is told it again when it repeats.
    RegisterComplaint {
        code: Option<String>,
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
    /// Take in a register from CSV, as the command line does: all or nothing, and an error names the first problem.
    Import { register: StreamKind, text: String },
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
pub const ASKS: &[(&str, Act)] = &[
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
    ("import", Act::Import),
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

impl Ask {
    /// Does it.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each ask, and no arm for the rest"
    )]
    pub async fn carry_out(self, web: &Web, who: Who, key: Key) -> Result<Acted, AppError> {
        let app = &web.app;
        let plain = |of: Value| made(web, key, of);
        Ok(match self {
            Self::IssueOrder { run } => told(&app.issue_order(who, key, run).await?, None),
            Self::AddendOrder {
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
            Self::IssueTaskLetter { run, team } => {
                plain(json!({"document": app.issue_task_letter(who, key, run, team).await?}))
            }
            Self::IssueReport { report } => {
                plain(json!({"document": app.issue_report(who, key, report).await?}))
            }
            Self::IssueMinutes { visit } => {
                plain(json!({"document": app.issue_minutes(who, key, visit).await?}))
            }
            Self::RegisterComplaint {
                code,
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
                let it = match code {
                    Some(code) => app.register_complaint_under(who, key, new, &code).await?,
                    None => app.register_complaint(who, key, new).await?,
                };
                plain(json!({"complaint": it.complaint, "run": it.run, "number": it.number, "code": it.code}))
            }
            Self::RecordReadings {
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
            Self::CompleteStep {
                place,
                step,
                exit,
                values,
            } => told(
                &app.complete_step(who, key, place, step, exit, values).await?,
                None,
            ),
            Self::OrderOvertime { people, days, reason } => {
                let new = NewOvertime {
                    paper: None,
                    people,
                    days,
                    reason,
                };
                plain(json!({"overtime": app.order_overtime(who, key, new).await?}))
            }
            Self::WithdrawOvertime { overtime, reason } => {
                told(&app.cancel_overtime(who, key, overtime, &reason).await?, None)
            }
            Self::RevealPeople {
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
            Self::RevealReporter { complaint, reason } => {
                let reporter = app.reveal_reporter(who, key, complaint, &reason).await?;
                plain(json!({"reporter": reporter}))
            }
            Self::Import { register, text } => {
                let found = FileOf::ALL.into_iter().find(|one| one.kind() == register);
                let register = found.ok_or_else(|| {
                    let kinds = FileOf::ALL.map(|one| one.kind().code());
                    let why = Unfit::from(UnfitCode::NotOneOf).with("value", register.code());
                    let why = why.with("allowed", kinds.join(", "));
                    AppError::invalid("register", why)
                })?;
                let told = app.import_text(who, key, register, &text).await?;
                Acted {
                    repeated: told.is_none(),
                    made: told.map(|told| json!(told)),
                    ..plain(Value::Null)
                }
            }
            Self::Assign { assignment } => told(&app.assign_under(who, key, *assignment).await?, None),
            Self::EnterLeave { leave } => told(&app.enter_leave_under(who, key, leave).await?, None),
            Self::LoadSetting { kind, from, text } => {
                plain(json!({"version": app.load_setting_under(who, key, kind, from, &text).await?}))
            }
            Self::DraftProcedure { text } => {
                let drafted = app.draft_procedure(who, key, &text).await?;
                plain(json!({
                    "code": drafted.code,
                    "version": drafted.version,
                    "mark": drafted.mark,
                    "found": drafted.found,
                }))
            }
            Self::ApproveProcedure {
                code,
                version,
                mark,
                accepted,
            } => {
                let done = app
                    .approve_procedure(who, key, &code, version, &mark, &accepted)
                    .await?;
                told(&done, None)
            }
            Self::ReturnProcedure { code, version, note } => told(
                &app.return_procedure(who, key, &code, version, &note).await?,
                None,
            ),
            Self::ActivateProcedure { code, version, from } => told(
                &app.activate_procedure(who, key, &code, version, from).await?,
                None,
            ),
        })
    }
}

/// What came of an act that has no records of its own to tell.
fn made(web: &Web, key: Key, of: Value) -> Acted {
    Acted {
        key: key.key.unwrap_or_else(|| web.app.ids().fresh()),
        repeated: false,
        record: None,
        made: Some(of),
    }
}
