//! The life of a version: draft, approved, in force from a date. The version in force on a date is the one
//! whose date is the latest not after it, so a newer version ends an older one without touching it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LintCode, ProcedureCode};
use crate::id::PersonId;
use crate::journal::Hash;
use crate::stream::Fold;

/// Who signed a version (Pengesahan).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Approval {
    /// By whom; `None` for what came with the set-up.
    pub by: Option<PersonId>,
    /// Date of signing.
    pub on: Date,
    /// Why each fault that the version has was accepted.
    pub acknowledged: BTreeMap<LintCode, String>,
}

/// A signature that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Returned {
    /// By whom.
    pub by: PersonId,
    /// On which day.
    pub on: Date,
    /// What has to be changed.
    pub note: String,
}

/// Where a version stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum VersionState {
    /// May still be edited.
    Draft {
        /// Why it came back, if it did.
        returned: Option<Returned>,
    },
    /// Signed and frozen, not in force.
    Approved {
        /// The signature.
        approval: Approval,
    },
    /// In force from a date on, which may lie ahead.
    Effective {
        /// The signature.
        approval: Approval,
        /// Tanggal efektif.
        from: Date,
    },
}

/// What may be done to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum VersionAct {
    /// Put another text in its place.
    Redraft,
    /// Sign it.
    Approve {
        /// The signature.
        approval: Approval,
    },
    /// Take the signature back, to edit it.
    Return {
        /// By whom, and why.
        returned: Returned,
    },
    /// Put it in force. Whether its faults allow that is decided when it is signed, by
    /// [`activation`](super::activation).
    Activate {
        /// Tanggal efektif.
        from: Date,
    },
}

/// Why an act on a version was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum VersionRefusal {
    /// Only a draft can be edited or approved.
    #[error("only a draft can be edited or approved")]
    NotDraft,
    /// Only an approved version can be put in force or returned.
    #[error("the version must be approved first, and not be in force already")]
    NotApproved,
    /// Permenpan-RB 35/2012: the effective date is that of signing or later.
    #[error("the effective date {from} lies before the signing on {approved_on}")]
    EffectiveBeforeApproval {
        /// Date of signing.
        approved_on: Date,
        /// The date asked for.
        from: Date,
    },
}

impl VersionState {
    /// A fresh draft.
    pub fn draft() -> Self {
        Self::Draft { returned: None }
    }

    /// The stable code: `draft`, `approved` or `effective`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Approved { .. } => "approved",
            Self::Effective { .. } => "effective",
        }
    }

    /// The signature that stands.
    pub fn approval(&self) -> Option<&Approval> {
        match self {
            Self::Draft { .. } => None,
            Self::Approved { approval } | Self::Effective { approval, .. } => Some(approval),
        }
    }

    /// Tanggal efektif, once there is one.
    pub fn effective_from(&self) -> Option<Date> {
        match self {
            Self::Effective { from, .. } => Some(*from),
            Self::Draft { .. } | Self::Approved { .. } => None,
        }
    }

    /// The state after an act, or why it may not be done.
    pub fn after(&self, act: VersionAct) -> Result<Self, VersionRefusal> {
        match (self, act) {
            // What was asked for when it came back stays in view until it is signed.
            (Self::Draft { .. }, VersionAct::Redraft) => Ok(self.clone()),
            (Self::Draft { .. }, VersionAct::Approve { approval }) => Ok(Self::Approved { approval }),
            (_, VersionAct::Redraft | VersionAct::Approve { .. }) => Err(VersionRefusal::NotDraft),
            (Self::Approved { .. }, VersionAct::Return { returned }) => Ok(Self::Draft {
                returned: Some(returned),
            }),
            (Self::Approved { approval }, VersionAct::Activate { from }) if from < approval.on => {
                Err(VersionRefusal::EffectiveBeforeApproval {
                    approved_on: approval.on,
                    from,
                })
            }
            (Self::Approved { approval }, VersionAct::Activate { from }) => Ok(Self::Effective {
                approval: approval.clone(),
                from,
            }),
            (_, VersionAct::Return { .. } | VersionAct::Activate { .. }) => Err(VersionRefusal::NotApproved),
        }
    }
}

/// One version of a procedure in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProcedureVersion {
    /// Its code.
    pub code: ProcedureCode,
    /// Its version, ascending per code.
    pub version: u32,
    /// The text (TOML) as loaded. Only a draft takes another one.
    pub text: String,
    /// Who wrote the text that stands; `None` for what came with the set-up.
    pub drafted_by: Option<PersonId>,
    /// The day on which it was put down.
    pub drafted_on: Date,
    /// Where it stands.
    #[serde(flatten)]
    pub state: VersionState,
}

impl ProcedureVersion {
    /// The mark of its text (the start of its SHA-256): who signs a version names the text that they have read.
    pub fn mark(&self) -> String {
        Self::mark_of(&self.text)
    }

    /// The mark of a text.
    pub fn mark_of(text: &str) -> String {
        Hash::of(text.as_bytes()).to_string().chars().take(12).collect()
    }
}

/// What happens to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionEvent {
    /// It was put down, or its draft replaced.
    Drafted {
        /// Its code.
        code: ProcedureCode,
        /// Its version.
        version: u32,
        /// The text (TOML).
        text: String,
        /// Who wrote it; `None` for what came with the set-up.
        by: Option<PersonId>,
        /// On which day.
        on: Date,
    },
    /// It was signed, returned or put in force.
    Moved(VersionAct),
}

impl Fold for ProcedureVersion {
    type Event = VersionEvent;

    fn fold(state: Option<Self>, event: &VersionEvent) -> Result<Self, String> {
        match (state, event) {
            (
                known,
                VersionEvent::Drafted {
                    code,
                    version,
                    text,
                    by,
                    on,
                },
            ) => {
                let state = match &known {
                    None => VersionState::draft(),
                    Some(known) if (&known.code, known.version) != (code, *version) => {
                        return Err("another version".to_owned());
                    }
                    Some(known) => known
                        .state
                        .after(VersionAct::Redraft)
                        .map_err(|error| error.to_string())?,
                };
                Ok(Self {
                    code: code.clone(),
                    version: *version,
                    text: text.clone(),
                    drafted_by: *by,
                    drafted_on: *on,
                    state,
                })
            }
            (Some(known), VersionEvent::Moved(act)) => Ok(Self {
                state: known
                    .state
                    .after(act.clone())
                    .map_err(|error| error.to_string())?,
                ..known
            }),
            (None, VersionEvent::Moved(_)) => Err("the version was never drafted".to_owned()),
        }
    }
}

/// Which version of one procedure is in force on a date: of those effective by then the one with the latest
/// date, and of two with the same date the higher number.
pub fn effective_on<'a>(
    versions: impl IntoIterator<Item = &'a ProcedureVersion>,
    code: &ProcedureCode,
    date: Date,
) -> Option<u32> {
    versions
        .into_iter()
        .filter(|version| version.code == *code)
        .filter_map(|version| Some((version.state.effective_from()?, version.version)))
        .filter(|(from, _)| *from <= date)
        .max()
        .map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn signed(on: Date) -> VersionAct {
        VersionAct::Approve {
            approval: Approval {
                by: None,
                on,
                acknowledged: BTreeMap::from([(LintCode::E01, "belum bernomor".to_owned())]),
            },
        }
    }

    fn returned() -> VersionAct {
        VersionAct::Return {
            returned: Returned {
                by: PersonId(uuid::Uuid::nil()),
                on: date(2026, 3, 3),
                note: "lengkapi".to_owned(),
            },
        }
    }

    #[test]
    fn a_version_is_approved_then_put_in_force_and_in_no_other_order() {
        let on = date(2026, 3, 2);
        let approved = VersionState::draft().after(signed(on)).unwrap();
        assert_eq!(approved.approval().unwrap().on, on);
        assert!(matches!(
            approved.after(returned()),
            Ok(VersionState::Draft { returned: Some(_) })
        ));
        for act in [signed(on), VersionAct::Redraft] {
            assert_eq!(approved.after(act), Err(VersionRefusal::NotDraft));
        }
        let from = date(2026, 3, 1);
        assert_eq!(
            approved.after(VersionAct::Activate { from }),
            Err(VersionRefusal::EffectiveBeforeApproval {
                approved_on: on,
                from
            })
        );
        let effective = approved.after(VersionAct::Activate { from: on }).unwrap();
        assert_eq!(effective.effective_from(), Some(on));
        for act in [returned(), VersionAct::Activate { from: on }] {
            assert_eq!(effective.after(act.clone()), Err(VersionRefusal::NotApproved));
            assert_eq!(VersionState::draft().after(act), Err(VersionRefusal::NotApproved));
        }
        assert_eq!(
            effective.after(VersionAct::Redraft),
            Err(VersionRefusal::NotDraft)
        );
        let json = serde_json::to_string(&effective).unwrap();
        assert_eq!(serde_json::from_str::<VersionState>(&json).unwrap(), effective);
    }

    fn drafted(version: u32, text: &str) -> VersionEvent {
        VersionEvent::Drafted {
            code: "contoh".parse().unwrap(),
            version,
            text: text.to_owned(),
            by: None,
            on: date(2026, 3, 1),
        }
    }

    #[test]
    fn only_a_draft_takes_another_text() {
        let first = ProcedureVersion::fold(None, &drafted(1, "a")).unwrap();
        let second = ProcedureVersion::fold(Some(first), &drafted(1, "b")).unwrap();
        assert_eq!(second.text, "b");
        assert!(ProcedureVersion::fold(Some(second.clone()), &drafted(2, "b")).is_err());
        let moved = |act| VersionEvent::Moved(act);
        let approved = ProcedureVersion::fold(Some(second), &moved(signed(date(2026, 3, 2)))).unwrap();
        assert!(ProcedureVersion::fold(Some(approved.clone()), &drafted(1, "c")).is_err());
        let back = ProcedureVersion::fold(Some(approved), &moved(returned())).unwrap();
        let third = ProcedureVersion::fold(Some(back.clone()), &drafted(1, "c")).unwrap();
        assert_eq!((third.text.as_str(), &third.state), ("c", &back.state));
        assert!(ProcedureVersion::fold(None, &moved(returned())).is_err());
    }

    #[test]
    fn the_latest_effective_date_not_after_the_day_wins() {
        let version = |number, acts: Vec<VersionAct>| {
            let events = acts.into_iter().map(VersionEvent::Moved);
            std::iter::once(drafted(number, ""))
                .chain(events)
                .fold(None, |state, event| {
                    Some(ProcedureVersion::fold(state, &event).unwrap())
                })
                .unwrap()
        };
        let old = date(2020, 1, 1);
        let effective = |number, from| version(number, vec![signed(old), VersionAct::Activate { from }]);
        let versions = [
            effective(1, date(2021, 1, 4)),
            effective(2, date(2026, 7, 1)),
            effective(3, date(2026, 7, 1)),
            version(4, vec![signed(date(2026, 1, 1))]),
            version(5, Vec::new()),
        ];
        let code = "contoh".parse().unwrap();
        let on = |date| effective_on(&versions, &code, date);
        assert_eq!(on(date(2021, 1, 3)), None);
        assert_eq!(on(date(2021, 1, 4)), Some(1));
        assert_eq!(on(date(2026, 6, 30)), Some(1));
        assert_eq!(on(date(2026, 7, 1)), Some(3));
        assert_eq!(
            effective_on(&versions, &"lain".parse().unwrap(), date(2026, 7, 1)),
            None
        );
    }
}
