//! The life of a version: draft, approved, in force from a date. The version in force on a date is the one
//! whose date is the latest not after it, so a newer version ends an older one without touching it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum VersionState {
    /// May still be edited.
    Draft,
    /// Signed (Pengesahan) and frozen, not in force.
    Approved {
        /// Date of signing.
        on: Date,
    },
    /// In force from a date on, which may lie ahead.
    Effective {
        /// Date of signing.
        approved_on: Date,
        /// Tanggal efektif.
        from: Date,
    },
}

/// What may be done to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum VersionAct {
    /// Sign it.
    Approve {
        /// Date of signing.
        on: Date,
    },
    /// Take the signature back, to edit it.
    Return,
    /// Put it in force. Whether its faults allow that is decided first, by
    /// [`activation`](super::activation).
    Activate {
        /// Tanggal efektif.
        from: Date,
    },
}

/// Why an act on a version was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum VersionRefusal {
    /// Only a draft can be approved.
    #[error("only a draft can be approved")]
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
    /// The state after an act, or why it may not be done.
    pub fn after(self, act: VersionAct) -> Result<Self, VersionRefusal> {
        match (self, act) {
            (Self::Draft, VersionAct::Approve { on }) => Ok(Self::Approved { on }),
            (_, VersionAct::Approve { .. }) => Err(VersionRefusal::NotDraft),
            (Self::Approved { .. }, VersionAct::Return) => Ok(Self::Draft),
            (Self::Approved { on }, VersionAct::Activate { from }) if from < on => {
                Err(VersionRefusal::EffectiveBeforeApproval {
                    approved_on: on,
                    from,
                })
            }
            (Self::Approved { on }, VersionAct::Activate { from }) => Ok(Self::Effective {
                approved_on: on,
                from,
            }),
            (_, VersionAct::Return | VersionAct::Activate { .. }) => Err(VersionRefusal::NotApproved),
        }
    }
}

/// A version of a procedure and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub number: u32,
    /// Where it stands.
    pub state: VersionState,
}

/// Which version of one procedure is in force on a date: of those effective by then the one with the latest
/// date, and of two with the same date the higher number.
pub fn effective_on(versions: &[Version], date: Date) -> Option<u32> {
    versions
        .iter()
        .filter_map(|version| match version.state {
            VersionState::Effective { from, .. } if from <= date => Some((from, version.number)),
            _ => None,
        })
        .max()
        .map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_version_is_approved_then_put_in_force_and_in_no_other_order() {
        let on = date(2026, 3, 2);
        let approved = VersionState::Draft.after(VersionAct::Approve { on }).unwrap();
        assert_eq!(approved, VersionState::Approved { on });
        assert_eq!(approved.after(VersionAct::Return), Ok(VersionState::Draft));
        assert_eq!(
            approved.after(VersionAct::Approve { on }),
            Err(VersionRefusal::NotDraft)
        );
        let from = date(2026, 3, 1);
        assert_eq!(
            approved.after(VersionAct::Activate { from }),
            Err(VersionRefusal::EffectiveBeforeApproval {
                approved_on: on,
                from
            })
        );
        let effective = approved.after(VersionAct::Activate { from: on }).unwrap();
        assert_eq!(
            effective,
            VersionState::Effective {
                approved_on: on,
                from: on
            }
        );
        for act in [VersionAct::Return, VersionAct::Activate { from: on }] {
            assert_eq!(effective.after(act), Err(VersionRefusal::NotApproved));
            assert_eq!(VersionState::Draft.after(act), Err(VersionRefusal::NotApproved));
        }
        let json = serde_json::to_string(&effective).unwrap();
        assert_eq!(
            json,
            r#"{"state":"effective","approved_on":"2026-03-02","from":"2026-03-02"}"#
        );
        assert_eq!(serde_json::from_str::<VersionState>(&json).unwrap(), effective);
    }

    #[test]
    fn the_latest_effective_date_not_after_the_day_wins() {
        let effective = |number, from| Version {
            number,
            state: VersionState::Effective {
                approved_on: date(2020, 1, 1),
                from,
            },
        };
        let versions = [
            effective(1, date(2021, 1, 4)),
            effective(2, date(2026, 7, 1)),
            effective(3, date(2026, 7, 1)),
            Version {
                number: 4,
                state: VersionState::Approved { on: date(2026, 1, 1) },
            },
            Version {
                number: 5,
                state: VersionState::Draft,
            },
        ];
        assert_eq!(effective_on(&versions, date(2021, 1, 3)), None);
        assert_eq!(effective_on(&versions, date(2021, 1, 4)), Some(1));
        assert_eq!(effective_on(&versions, date(2026, 6, 30)), Some(1));
        assert_eq!(effective_on(&versions, date(2026, 7, 1)), Some(3));
    }
}
