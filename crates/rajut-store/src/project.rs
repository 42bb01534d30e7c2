//! The columns beside the body of a state, by which lists find it.
//!
//! One pure function says what they hold; the commit writes them by it, deep verification and the
//! rebuilding of states compare by it.

use std::fmt::Display;

use jiff::Timestamp;
use rajut_core::number::NumberStanding;
use rajut_core::register::Identity;
use rajut_core::run::{FollowUpStanding, RunEnd};
use rajut_core::stream::{State, StreamKind};
use serde::Serialize;

use crate::db::Value;

fn text(value: impl Display) -> String {
    value.to_string()
}

fn some(value: Option<impl Display>) -> Option<String> {
    value.map(text)
}

fn at(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

/// The code of a value that is a plain string in JSON.
pub(crate) fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        other => format!("{other:?}"),
    }
}

/// A field of a value by its name in JSON.
fn field(value: &impl Serialize, name: &str) -> Option<String> {
    match serde_json::to_value(value).ok()?.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

macro_rules! projections {
    ($($kind:ident($it:pat) { $($column:ident: $value:expr),* $(,)? })+) => {
        /// The names of the columns of a kind, in order.
        pub(crate) fn columns(kind: StreamKind) -> &'static [&'static str] {
            match kind { $(StreamKind::$kind => &[$(stringify!($column)),*]),+ }
        }

        /// The columns of a state, in the order of [`columns`].
        pub(crate) fn project(state: &State) -> Vec<(&'static str, Value)> {
            match state { $(State::$kind($it) => vec![$((stringify!($column), Value::from($value))),*]),+ }
        }
    };
}

projections! {
    Run(run) {
        is_open: run.end.is_none(),
        standing: match run.end {
            None => "open",
            Some(RunEnd::Closed { .. }) => "closed",
            Some(RunEnd::Cancelled { .. }) => "cancelled",
        },
        procedure: code(&run.procedure.code),
        opened_at: at(run.opened_at),
        for_complaint: run.complaint.is_some(),
        complaint: some(run.complaint),
        number: run.order.as_ref().and_then(|order| order.issued.as_ref()).map(|issued| issued.number.clone()),
    }
    Target(target) {
        run: text(target.run),
        site: text(target.site),
        team: some(target.team),
        standing: code(&target.standing()),
        planned_on: some(target.planned_on),
        due_on: text(target.due_on),
    }
    Visit(visit) {
        site: text(visit.site),
        run: some(visit.run),
        began_at: visit.check_in.as_ref().or(visit.check_out.as_ref()).map_or(0, |stamp| at(stamp.at)),
        ended: visit.check_out.is_some(),
    }
    Report(report) {
        run: text(report.run),
        team: some(report.team()),
        standing: code(&report.standing()),
    }
    FollowUp(follow_up) {
        site: text(follow_up.site),
        run: some(follow_up.run),
        complaint: some(follow_up.complaint),
        is_open: follow_up.standing == FollowUpStanding::Open,
        standing: match follow_up.standing {
            FollowUpStanding::Open => "open",
            FollowUpStanding::Done { .. } => "done",
            FollowUpStanding::Dropped { .. } => "dropped",
        },
        owner: some(follow_up.owner),
        due_on: text(follow_up.due_on),
    }
    Complaint(complaint) {
        number: complaint.number.clone(),
        site: text(complaint.site),
        office: some(complaint.office),
        received_at: at(complaint.received_at),
        priority: some(complaint.priority),
        run: text(complaint.run),
        target: some(complaint.target),
        incident: some(complaint.incident),
    }
    Incident(incident) {
        is_open: incident.resolution.is_none(),
        cause: incident.cause.clone(),
        began_at: at(incident.began_at),
    }
    Document(document) {
        kind: document.kind.code(),
        number: document.number.clone(),
        record_kind: document.record.kind.code(),
        record_id: text(document.record.id),
        issued_at: at(document.issued_at),
    }
    Number(number) {
        register: number.register.clone(),
        year: i64::from(number.year),
        seq: i64::from(number.seq),
        standing: match number.standing {
            NumberStanding::Reserved => "reserved",
            NumberStanding::Used { .. } => "used",
            NumberStanding::Cancelled { .. } => "cancelled",
        },
        record_kind: number.record.kind.code(),
        record_id: text(number.record.id),
    }
    Office(office) { code: office.code.clone() }
    Site(site) { code: site.code.clone() }
    Device(device) {
        code: device.code.clone(),
        site: text(device.site),
        serial: match &device.serial {
            Identity::Known(serial) => Some(serial.clone()),
            Identity::None | Identity::Unreadable | Identity::Unknown => None,
        },
    }
    Link(link) { code: link.code.clone(), site: text(link.site) }
    Service(service) { code: service.code.clone() }
    Person(_) {}
    Post(post) { code: field(post, "code") }
    Assignment(held) { person: field(held, "person"), post: field(held, "post") }
    Leave(leave) { person: field(leave, "person") }
    LaptopKey(key) { person: text(key.person), visit: text(key.visit), public: text(key.public) }
    Account(account) { login: account.login.as_str() }
    Overtime(order) { number: order.paper.number.clone() }
    Access(access) { given_to: text(access.by), given_at: at(access.at), purpose: access.purpose.code() }
    Setting(setting) { kind: code(&setting.kind), setting_version: i64::from(setting.version) }
    Procedure(procedure) { code: code(&procedure.code), procedure_version: i64::from(procedure.version) }
}
