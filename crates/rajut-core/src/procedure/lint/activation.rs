//! Whether the faults of a version allow it to be put in force.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Lint, LintCode};

/// Why a version may not be put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, schemars::JsonSchema)]
#[error(
    "the version cannot be put in force: {} faults must be repaired, {} acknowledged with a reason",
    .faults.len(),
    .unacknowledged.len()
)]
pub struct ActivationRefusal {
    /// E04 to E10: must be repaired.
    pub faults: Vec<Lint>,
    /// E01 to E03 without a reason: repair them, or say why they are accepted.
    pub unacknowledged: Vec<Lint>,
}

/// Decides whether a version with these faults may be put in force. `acknowledged` holds, by rule, the
/// reason for which a fault of the paper is accepted; a blank reason is none.
pub fn activation(
    lints: &[Lint],
    acknowledged: &BTreeMap<LintCode, String>,
) -> Result<(), ActivationRefusal> {
    let has_reason = |code| {
        acknowledged
            .get(&code)
            .is_some_and(|reason| !reason.trim().is_empty())
    };
    let mut refusal = ActivationRefusal {
        faults: Vec::new(),
        unacknowledged: Vec::new(),
    };
    for lint in lints {
        match lint.code {
            code if LintCode::ACCEPTABLE.contains(&code) && has_reason(code) => {}
            code if LintCode::ACCEPTABLE.contains(&code) => refusal.unacknowledged.push(lint.clone()),
            code if code.severity() == super::Severity::Error => refusal.faults.push(lint.clone()),
            _ => {}
        }
    }
    if refusal.faults.is_empty() && refusal.unacknowledged.is_empty() {
        Ok(())
    } else {
        Err(refusal)
    }
}
