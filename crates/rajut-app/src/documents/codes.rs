//! From the codes of records to the codes of papers: the words for them stand in the templates.

use rajut_core::complaint::Priority;
use rajut_core::register::{DeviceCondition, Identity};
use rajut_core::visit::{Action, FlagCode, Outcome, Verdict};
use rajut_pdf::paper;

/// A paper says that a complaint is true; whether it was put right stands in what was done.
pub(super) fn verdict(verdict: Verdict) -> paper::Verdict {
    match verdict {
        Verdict::ProvenRepaired | Verdict::ProvenNotRepaired => paper::Verdict::Proven,
        Verdict::Escalate => paper::Verdict::Escalate,
        Verdict::NotFound => paper::Verdict::NotFound,
        Verdict::Recovered => paper::Verdict::Recovered,
        Verdict::Duplicate => paper::Verdict::Duplicate,
        Verdict::NotOurs => paper::Verdict::NotOurs,
    }
}

pub(super) fn condition(condition: DeviceCondition) -> paper::Condition {
    match condition {
        DeviceCondition::Good => paper::Condition::Good,
        DeviceCondition::Minor => paper::Condition::MinorDamage,
        DeviceCondition::Major => paper::Condition::MajorDamage,
        DeviceCondition::Missing => paper::Condition::Absent,
        DeviceCondition::Unchecked => paper::Condition::NotChecked,
    }
}

pub(super) fn action(action: Action) -> paper::Action {
    match action {
        Action::None => paper::Action::None,
        Action::Clean => paper::Action::Clean,
        Action::Configure => paper::Action::Configure,
        Action::Repair => paper::Action::Repair,
        Action::Replace => paper::Action::Replace,
        Action::Escalate => paper::Action::Escalate,
    }
}

pub(super) fn outcome(outcome: Outcome) -> paper::Outcome {
    match outcome {
        Outcome::Complete => paper::Outcome::Complete,
        Outcome::Partial => paper::Outcome::Partial,
        Outcome::Locked => paper::Outcome::Locked,
        Outcome::Refused => paper::Outcome::Refused,
        Outcome::NoPower => paper::Outcome::NoPower,
        Outcome::Unsafe => paper::Outcome::Unsafe,
        Outcome::Postponed => paper::Outcome::Postponed,
    }
}

pub(super) fn flag(code: FlagCode) -> paper::FlagKind {
    match code {
        FlagCode::RunEnded => paper::FlagKind::RunEnded,
        FlagCode::NotMember => paper::FlagKind::NotMember,
        FlagCode::NoAssignment => paper::FlagKind::NoAssignment,
        FlagCode::OnLeave => paper::FlagKind::OnLeave,
        FlagCode::TwoPlaces => paper::FlagKind::TwoPlaces,
        FlagCode::DayOff => paper::FlagKind::DayOff,
        FlagCode::OutsideOrder => paper::FlagKind::OutsideOrder,
        FlagCode::Estimated => paper::FlagKind::Estimated,
        FlagCode::ClockSkew => paper::FlagKind::ClockSkew,
        FlagCode::AfterReport => paper::FlagKind::AfterReport,
        FlagCode::OutOfScope => paper::FlagKind::OutOfScope,
        FlagCode::BeforeOrder => paper::FlagKind::BeforeOrder,
        FlagCode::KeyRevoked => paper::FlagKind::KeyRevoked,
        FlagCode::ImplausibleTime => paper::FlagKind::ImplausibleTime,
        FlagCode::NoPhoto => paper::FlagKind::NoPhoto,
        FlagCode::AlreadyReplaced => paper::FlagKind::AlreadyReplaced,
        FlagCode::NumberInUse => paper::FlagKind::NumberInUse,
    }
}

pub(super) fn priority(priority: Priority) -> paper::Priority {
    match priority {
        Priority::P1 => paper::Priority::P1,
        Priority::P2 => paper::Priority::P2,
        Priority::P3 => paper::Priority::P3,
        Priority::P4 => paper::Priority::P4,
    }
}

/// A serial or inventory number, or the code for why there is none.
pub(super) fn identity(identity: &Identity) -> String {
    match identity {
        Identity::Known(text) => text.clone(),
        Identity::None => "none".to_owned(),
        Identity::Unreadable => "unreadable".to_owned(),
        Identity::Unknown => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    fn code(value: impl Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn codes_keep_their_names_but_where_papers_have_their_own() {
        for one in Action::ALL {
            assert_eq!(code(action(*one)), one.code());
        }
        for one in Outcome::ALL {
            assert_eq!(code(outcome(*one)), one.code());
        }
        for one in FlagCode::ALL {
            assert_eq!(code(flag(*one)), one.code());
        }
        for one in Priority::ALL {
            assert_eq!(code(priority(*one)).to_lowercase(), one.code());
        }
        for one in Verdict::ALL {
            let expected = if one.code().starts_with("proven") {
                "proven"
            } else {
                one.code()
            };
            assert_eq!(code(verdict(*one)), expected);
        }
        let conditions: Vec<String> = DeviceCondition::ALL
            .iter()
            .map(|one| code(condition(*one)))
            .collect();
        assert_eq!(
            conditions,
            ["good", "minor_damage", "major_damage", "absent", "not_checked"]
        );
    }
}
