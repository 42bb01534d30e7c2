//! A visit: one attempt by the members present at a site, and the field facts recorded there.
//!
//! Field facts cannot be refused: what comes late or from the wrong person is stored and flagged. Hides
//! how facts that disagree are kept side by side. It must not know what a visit means for its run.

mod finding;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use finding::{Action, Awaited, Finding, Replacement, Subject, leaves_fault};

use crate::act::Actor;
use crate::check::{Observation, Scope, Thresholds};
use crate::id::{
    ComplaintId, FindingId, ObservationId, OfficeId, PersonId, RunId, SiteId, TargetId, TeamId, VisitId,
};
use crate::journal::Hash;
use crate::people::Sealed;
use crate::register::{Place, coded};
use crate::stream::Fold;

coded! {
    /// How a visit ended.
    Outcome {
        /// Everything was looked at: it meets its target.
        Complete = "complete",
        /// Part of it: it meets its target only if the Kasi accepts it.
        Partial = "partial",
        /// Nobody could open.
        Locked = "locked",
        /// The team was not let in.
        Refused = "refused",
        /// No power at the site.
        NoPower = "no_power",
        /// Not safe.
        Unsafe = "unsafe",
        /// Put off.
        Postponed = "postponed",
    }
}

coded! {
    /// What the team finds of a complaint.
    Verdict {
        /// True, and repaired (terbukti, diperbaiki).
        ProvenRepaired = "proven_repaired",
        /// True, and not repaired (terbukti, belum diperbaiki).
        ProvenNotRepaired = "proven_not_repaired",
        /// Somebody else must decide (perlu eskalasi).
        Escalate = "escalate",
        /// Nothing found (tidak ditemukan).
        NotFound = "not_found",
        /// Works again by itself (sudah pulih sendiri).
        Recovered = "recovered",
        /// The same as another one (duplikat).
        Duplicate = "duplicate",
        /// Not the agency's business (bukan kewenangan).
        NotOurs = "not_ours",
    }
}

coded! {
    /// What is odd about a fact and must be looked at by the Kasi.
    FlagCode {
        /// The run was cancelled or closed before.
        RunEnded = "run_ended",
        /// The person was not a member of the team on that day.
        NotMember = "not_member",
        /// The person held no post on that day.
        NoAssignment = "no_assignment",
        /// The person was on leave on that day.
        OnLeave = "on_leave",
        /// The person was at another site at that time.
        TwoPlaces = "two_places",
        /// A day off without an overtime order.
        DayOff = "day_off",
        /// Outside the order's validity.
        OutsideOrder = "outside_order",
        /// The check-out was forgotten and is estimated.
        Estimated = "estimated",
        /// The device's clock was off; the time was bounded by its neighbours.
        ClockSkew = "clock_skew",
        /// It came after the report was accepted.
        AfterReport = "after_report",
        /// The site is not in the scope of the run.
        OutOfScope = "out_of_scope",
        /// The visit before its order.
        BeforeOrder = "before_order",
        /// The key that signed it was revoked before the file came in.
        KeyRevoked = "key_revoked",
        /// Measured before the laptop's key or the visit began, or after its file was made.
        ImplausibleTime = "implausible_time",
        /// A number is said to be missing or unreadable, and no photo shows it.
        NoPhoto = "no_photo",
        /// The device that was replaced had been replaced or taken out before.
        AlreadyReplaced = "already_replaced",
        /// The code or serial number of the device put in is that of another device.
        NumberInUse = "number_in_use",
    }
}

/// A flag on a visit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Flag {
    /// What is odd.
    pub code: FlagCode,
    /// The person concerned, if it is about one.
    pub person: Option<PersonId>,
    /// What else helps to judge it, such as seconds of skew.
    pub detail: String,
}

/// A moment on site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stamp {
    /// When it happened.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: Actor,
    /// Whether it is an estimate.
    pub estimated: bool,
}

/// The person met at the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PersonMet {
    /// Name, as a commitment.
    pub name: Sealed,
    /// Post.
    pub post: String,
}

/// A measurement as the visit keeps it: the observation itself stands with the telemetry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Measured {
    /// The observation.
    pub observation: ObservationId,
    /// What was measured, and the class it fell in (`measure` -> class), with the thresholds' version.
    pub classes: BTreeMap<String, String>,
    /// Values by measure, in the unit of the thresholds.
    pub values: BTreeMap<String, f64>,
    /// On what.
    pub subject: Subject,
    /// `server`, `laptop`, `phone` or `instrument`.
    pub vantage: String,
    /// Version of the thresholds.
    pub thresholds_version: String,
    /// When.
    pub at: Timestamp,
}

impl Measured {
    /// An observation on a subject, each of its figures put into exactly one class; a figure for which nobody
    /// has said what is good stays with the observation.
    pub fn judged(
        observation: &Observation,
        subject: Subject,
        scope: Scope,
        thresholds: &Thresholds,
        at: Timestamp,
    ) -> Self {
        let judgements = thresholds.judge_observation(observation, scope);
        Self {
            observation: observation.id,
            classes: judgements
                .iter()
                .map(|it| (it.measure.clone(), it.class.code().to_owned()))
                .collect(),
            values: judgements.into_iter().map(|it| (it.measure, it.value)).collect(),
            subject,
            vantage: observation.vantage.code().to_owned(),
            thresholds_version: thresholds.version().to_owned(),
            at,
        }
    }
}

/// A verdict on a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GivenVerdict {
    /// The complaint.
    pub complaint: ComplaintId,
    /// The verdict.
    pub verdict: Verdict,
    /// In words.
    pub note: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// The office's word on a visit: plainly not a certified signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Confirmation {
    /// Somebody of the office confirmed.
    Given {
        /// Who.
        met: PersonMet,
        /// Photo of the signed sheet or drawing on glass.
        evidence: Option<Hash>,
        /// When.
        at: Timestamp,
    },
    /// Nobody did.
    Withheld {
        /// Refused, nobody there, ...
        reason: String,
        /// When.
        at: Timestamp,
    },
}

impl Confirmation {
    /// When it was said.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Given { at, .. } | Self::Withheld { at, .. } => *at,
        }
    }

    /// The same said at another time.
    #[must_use]
    pub fn with_at(mut self, bounded: Timestamp) -> Self {
        match &mut self {
            Self::Given { at, .. } | Self::Withheld { at, .. } => *at = bounded,
        }
        self
    }
}

/// One attempt at a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Visit {
    /// Its id.
    pub id: VisitId,
    /// Where.
    pub site: SiteId,
    /// The offices that were housed there then, the answerable one first: papers go on naming them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offices: Vec<OfficeId>,
    /// Under which run; a visit for a complaint has the complaint's run.
    pub run: Option<RunId>,
    /// By which team.
    pub team: Option<TeamId>,
    /// The targets that it serves.
    pub targets: BTreeSet<TargetId>,
    /// The members present.
    pub present: BTreeSet<PersonId>,
    /// Where the device said it was on arrival, if it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Arrival.
    pub check_in: Option<Stamp>,
    /// Departure.
    pub check_out: Option<Stamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Whom the team met.
    pub met: Option<PersonMet>,
    /// Results of the checklist, in order of recording.
    pub findings: Vec<Finding>,
    /// Measurements.
    pub measured: Vec<Measured>,
    /// Verdicts.
    pub verdicts: Vec<GivenVerdict>,
    /// The office's word: the last one.
    pub confirmation: Option<Confirmation>,
    /// Remarks.
    pub note: String,
    /// What is odd.
    pub flags: BTreeSet<Flag>,
    /// Other departures that were told and differ from the one that holds: both are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_departures: Vec<(Stamp, Outcome)>,
    /// Words of the office before the last one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_confirmations: Vec<Confirmation>,
}

/// What happens in a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitEvent {
    /// The team arrived.
    CheckedIn {
        /// The visit as it begins.
        visit: Box<Visit>,
    },
    /// A result of the checklist.
    Found {
        /// The result.
        finding: Box<Finding>,
        /// What is odd about it.
        flags: BTreeSet<Flag>,
    },
    /// A measurement.
    Measured {
        /// The measurement.
        measured: Box<Measured>,
        /// What is odd about it.
        #[serde(default)]
        flags: BTreeSet<Flag>,
    },
    /// A verdict.
    Judged {
        /// The verdict.
        given: GivenVerdict,
        /// What is odd about it.
        flags: BTreeSet<Flag>,
    },
    /// The team left.
    CheckedOut {
        /// When and by whom.
        stamp: Stamp,
        /// How it went.
        outcome: Outcome,
        /// Whom the team met.
        met: Option<PersonMet>,
        /// Remarks.
        note: String,
        /// What is odd about it.
        flags: BTreeSet<Flag>,
    },
    /// The office's word.
    Confirmed {
        /// The word.
        confirmation: Confirmation,
        /// What is odd about it.
        #[serde(default)]
        flags: BTreeSet<Flag>,
    },
}

impl Visit {
    /// Elapsed milliseconds on site, once both ends are known. Travel is never part of it.
    pub fn elapsed_ms(&self) -> Option<i64> {
        let (check_in, check_out) = (self.check_in.as_ref()?, self.check_out.as_ref()?);
        Some((check_out.at.as_millisecond() - check_in.at.as_millisecond()).max(0))
    }

    /// The findings that hold, by subject and item: one that a later one corrects does not; of those that say the
    /// same one stands, that which names a part if any does; where several remain they disagree, and all are shown.
    pub fn holding(&self) -> BTreeMap<(Subject, &str), Vec<&Finding>> {
        let corrected: BTreeSet<FindingId> = self.findings.iter().filter_map(|f| f.corrects).collect();
        let mut holding: BTreeMap<(Subject, &str), Vec<&Finding>> = BTreeMap::new();
        for finding in self
            .findings
            .iter()
            .filter(|finding| !corrected.contains(&finding.id))
        {
            let same = holding
                .entry((finding.subject, finding.item.as_str()))
                .or_default();
            match same.iter_mut().find(|other| other.says_the_same(finding)) {
                // What only one of them tells is not lost: the part that the fault waits for.
                Some(other) if other.awaits.is_none() && finding.awaits.is_some() => *other = finding,
                Some(_) => {}
                None => same.push(finding),
            }
        }
        holding
    }

    /// Minutes that repairs took: a finding that is corrected counts no longer, and what two people told of
    /// one repair counts once.
    pub fn repair_minutes(&self) -> i64 {
        let corrected: BTreeSet<FindingId> = self.findings.iter().filter_map(|f| f.corrects).collect();
        let mut longest: BTreeMap<(Subject, &str), u32> = BTreeMap::new();
        for finding in self
            .findings
            .iter()
            .filter(|finding| !corrected.contains(&finding.id))
        {
            let known = longest
                .entry((finding.subject, finding.item.as_str()))
                .or_default();
            *known = (*known).max(finding.repair_minutes.unwrap_or(0));
        }
        longest.into_values().map(i64::from).sum()
    }

    /// The last verdict on a complaint.
    pub fn verdict_on(&self, complaint: ComplaintId) -> Option<&GivenVerdict> {
        self.verdicts
            .iter()
            .filter(|given| given.complaint == complaint)
            .max_by_key(|given| given.at)
    }

    /// A visit of which only a late fact has arrived so far.
    pub fn unannounced(id: VisitId, site: SiteId) -> Self {
        Self {
            id,
            site,
            offices: Vec::new(),
            run: None,
            team: None,
            targets: BTreeSet::new(),
            present: BTreeSet::new(),
            place: None,
            check_in: None,
            check_out: None,
            outcome: None,
            met: None,
            findings: Vec::new(),
            measured: Vec::new(),
            verdicts: Vec::new(),
            confirmation: None,
            note: String::new(),
            flags: BTreeSet::new(),
            other_departures: Vec::new(),
            other_confirmations: Vec::new(),
        }
    }
}

impl Fold for Visit {
    type Event = VisitEvent;

    fn fold(state: Option<Self>, event: &VisitEvent) -> Result<Self, String> {
        let mut visit = match (state, event) {
            (None, VisitEvent::CheckedIn { visit }) => return Ok((**visit).clone()),
            (None, _) => return Err("nobody has checked in".to_owned()),
            (Some(visit), _) => visit,
        };
        match event {
            VisitEvent::CheckedIn { visit: other } => {
                // Two phones of one team may both check in: the earlier arrival holds.
                visit.present.extend(other.present.iter().copied());
                visit.targets.extend(other.targets.iter().copied());
                visit.flags.extend(other.flags.iter().cloned());
                visit.place = visit.place.or(other.place);
                visit.check_in = [visit.check_in.take(), other.check_in.clone()]
                    .into_iter()
                    .flatten()
                    .min_by_key(|stamp| stamp.at);
            }
            VisitEvent::Found { finding, flags } => {
                visit.findings.push((**finding).clone());
                visit.flags.extend(flags.iter().cloned());
            }
            VisitEvent::Measured { measured, flags } => {
                visit.measured.push((**measured).clone());
                visit.flags.extend(flags.iter().cloned());
            }
            VisitEvent::Judged { given, flags } => {
                visit.verdicts.push(given.clone());
                visit.flags.extend(flags.iter().cloned());
            }
            VisitEvent::CheckedOut {
                stamp,
                outcome,
                met,
                note,
                flags,
            } => {
                let estimate_stands = visit.check_out.as_ref().is_some_and(|known| known.estimated);
                if visit.check_out.is_none() || (estimate_stands && !stamp.estimated) {
                    let before = visit
                        .check_out
                        .replace(stamp.clone())
                        .zip(visit.outcome.replace(*outcome));
                    visit.other_departures.extend(before);
                } else {
                    visit.other_departures.push((stamp.clone(), *outcome));
                }
                if met.is_some() {
                    visit.met.clone_from(met);
                }
                if !note.is_empty() {
                    visit.note.clone_from(note);
                }
                visit.flags.extend(flags.iter().cloned());
            }
            VisitEvent::Confirmed { confirmation, flags } => {
                let later = visit
                    .confirmation
                    .as_ref()
                    .is_none_or(|known| known.at() <= confirmation.at());
                if later {
                    visit
                        .other_confirmations
                        .extend(visit.confirmation.replace(confirmation.clone()));
                } else {
                    visit.other_confirmations.push(confirmation.clone());
                }
                visit.flags.extend(flags.iter().cloned());
            }
        }
        Ok(visit)
    }
}
