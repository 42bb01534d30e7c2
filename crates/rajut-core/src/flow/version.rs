//! The life of a procedure's version: put down, signed, returned, put in force.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::rights::Scene;
use super::{Deciding, Facts, invalid, reason};
use crate::act::{Act, Changes, Envelope, FieldName, Refusal, Rule, Wanted, Why};
use crate::id::FreshIds;
use crate::procedure::{
    Approval, Lint, LintCode, Procedure, ProcedureCode, ProcedureVersion, Returned, VersionAct, VersionEvent,
    VersionRefusal, VersionState, activation,
};
use crate::stream::StreamRef;

/// No paper of a procedure comes near this many characters.
const LONGEST: usize = 1_000_000;

/// What is done to a version of a procedure.
#[derive(Debug, Clone, PartialEq)]
pub enum VersionCommand<'a> {
    /// Put down the next version, or another text for its draft. Faults do not matter yet.
    Draft {
        /// The version as parsed.
        procedure: &'a Procedure,
    },
    /// Sign it: E04 to E10 refuse, E01 to E03 need a reason each.
    Approve {
        /// What is wrong with its text.
        found: &'a [Lint],
        /// Why a fault of the paper is accepted.
        accepted: &'a BTreeMap<LintCode, String>,
    },
    /// Take the signature back.
    Return {
        /// What has to be changed.
        note: &'a str,
    },
    /// Put it in force.
    Activate {
        /// Tanggal efektif.
        from: Date,
    },
}

impl VersionCommand<'_> {
    /// The act that it is.
    pub fn act(&self) -> Act {
        match self {
            Self::Draft { .. } => Act::DraftProcedure,
            Self::Approve { .. } => Act::ApproveProcedure,
            Self::Return { .. } => Act::ReturnProcedure,
            Self::Activate { .. } => Act::ActivateProcedure,
        }
    }
}

/// Decides what becomes of the version in `stream`. The records hold all versions of its procedure.
pub fn decide_version(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    stream: StreamRef,
    command: &VersionCommand<'_>,
) -> Result<Changes, Refusal> {
    envelope.act = command.act();
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(Scene::default())?;
    let event = match command {
        VersionCommand::Draft { procedure } => deciding.drafted(procedure)?,
        VersionCommand::Approve { found, accepted } => {
            let known = facts.records.get::<ProcedureVersion>(stream.id)?;
            deciding.approved(known, found, accepted)?
        }
        VersionCommand::Return { note } => {
            let known = facts.records.get::<ProcedureVersion>(stream.id)?;
            reason(note, Wanted::Return)?;
            short(FieldName::Note, note, facts.agency.text_limit)?;
            let returned = Returned {
                by: deciding.person()?,
                on: deciding.not_before_day(known.state.approval().map(|it| it.on))?,
                note: (*note).to_owned(),
            };
            moved(known, VersionAct::Return { returned })?
        }
        VersionCommand::Activate { from } => {
            let known = facts.records.get::<ProcedureVersion>(stream.id)?;
            deciding.activated(known, *from)?
        }
    };
    let seen = facts.records.seen(stream);
    deciding.changes.push(stream, seen, event);
    Ok(deciding.changes)
}

impl Deciding<'_> {
    fn drafted(&self, procedure: &Procedure) -> Result<VersionEvent, Refusal> {
        let text = procedure.source();
        short(FieldName::Procedure, text, LONGEST)?;
        let of_code = |known: &&ProcedureVersion| known.code == procedure.code;
        let last = self
            .facts
            .records
            .all::<ProcedureVersion>()
            .filter(of_code)
            .max_by_key(|known| known.version);
        let next = match last {
            None => 1,
            Some(last) if matches!(last.state, VersionState::Draft { .. }) => last.version,
            Some(last) if last.version == procedure.version => {
                // Signed: whoever signed it takes that back first.
                return Err(standing(Rule::VersionNotDraft, last));
            }
            Some(last) => last.version + 1,
        };
        if procedure.version != next {
            return Err(of(Rule::VersionNotNext, &procedure.code, procedure.version).with("next", next));
        }
        Ok(VersionEvent::Drafted {
            code: procedure.code.clone(),
            version: procedure.version,
            text: text.to_owned(),
            by: Some(self.person()?),
            on: self.day(),
        })
    }

    fn approved(
        &self,
        known: &ProcedureVersion,
        found: &[Lint],
        accepted: &BTreeMap<LintCode, String>,
    ) -> Result<VersionEvent, Refusal> {
        if !matches!(known.state, VersionState::Draft { .. }) {
            return Err(standing(Rule::VersionNotDraft, known));
        }
        for why in accepted.values() {
            short(FieldName::Accept, why, self.facts.agency.text_limit)?;
        }
        let mut acknowledged = signable([(&known.code, found)], accepted)?;
        let approval = Approval {
            by: Some(self.person()?),
            on: self.not_before_day(Some(known.drafted_on))?,
            acknowledged: acknowledged.remove(&known.code).unwrap_or_default(),
        };
        moved(known, VersionAct::Approve { approval })
    }

    fn activated(&self, known: &ProcedureVersion, from: Date) -> Result<VersionEvent, Refusal> {
        let event = moved(known, VersionAct::Activate { from })?;
        let day = self.not_before_day(known.state.approval().map(|it| it.on))?;
        // An earlier version that takes effect later would end this one before it has begun.
        let earlier = self
            .facts
            .records
            .all::<ProcedureVersion>()
            .filter(|other| other.code == known.code && other.version < known.version)
            .filter_map(|other| other.state.effective_from());
        let bound = earlier.fold(day, Date::max);
        if from < bound {
            return Err(Refusal::new(Rule::EffectiveTooEarly)
                .with("from", from)
                .with("bound", bound));
        }
        Ok(event)
    }

    /// The day of this act, which comes on that day or after it.
    fn not_before_day(&self, bound: Option<Date>) -> Result<Date, Refusal> {
        let day = self.day();
        match bound {
            Some(bound) if day < bound => Err(Refusal::new(Rule::TimeOutOfBounds)
                .with("at", day)
                .with("bound", bound)),
            _ => Ok(day),
        }
    }
}

/// Whether procedures with these faults may be signed: E04 to E10 must be repaired, E01 to E03 accepted with a
/// reason each. Gives for each procedure the reasons that are kept: those for faults which it has.
pub fn signable<'a>(
    judged: impl IntoIterator<Item = (&'a ProcedureCode, &'a [Lint])>,
    accepted: &BTreeMap<LintCode, String>,
) -> Result<BTreeMap<ProcedureCode, BTreeMap<LintCode, String>>, Refusal> {
    let paper = |code: &&LintCode| !LintCode::ACCEPTABLE.contains(code);
    if let Some(code) = accepted.keys().find(paper) {
        return Err(invalid(FieldName::Accept, code, Why::NotAcceptable));
    }
    let (mut faults, mut unacknowledged) = (Vec::new(), Vec::new());
    let mut kept = BTreeMap::new();
    for (procedure, found) in judged {
        if let Err(refusal) = activation(found, accepted) {
            faults.extend(refusal.faults.into_iter().map(|lint| (procedure.clone(), lint)));
            unacknowledged.extend(
                refusal
                    .unacknowledged
                    .into_iter()
                    .map(|lint| (procedure.clone(), lint)),
            );
        }
        let of_it = accepted
            .iter()
            .filter(|(code, _)| found.iter().any(|lint| lint.code == **code))
            .map(|(code, why)| (*code, why.trim().to_owned()))
            .collect();
        kept.insert(procedure.clone(), of_it);
    }
    let (rule, told) = match (faults.is_empty(), unacknowledged.is_empty()) {
        (true, true) => return Ok(kept),
        (false, _) => (Rule::VersionFaulty, faults),
        (true, false) => (Rule::FaultsUnacknowledged, unacknowledged),
    };
    Err(Refusal::new(rule).with("faults", faults_as_text(&told)))
}

/// Faults of procedures as an argument of a refusal: JSON, since their sentences are the reader's.
fn faults_as_text(faults: &[(ProcedureCode, Lint)]) -> String {
    serde_json::to_string(faults).unwrap_or_default()
}

/// Reads that argument again.
pub fn faults_of_text(text: &str) -> Option<Vec<(ProcedureCode, Lint)>> {
    serde_json::from_str(text).ok()
}

/// The event, if the version stands so that it can be.
fn moved(known: &ProcedureVersion, act: VersionAct) -> Result<VersionEvent, Refusal> {
    match known.state.after(act.clone()) {
        Ok(_) => Ok(VersionEvent::Moved(act)),
        Err(VersionRefusal::NotDraft) => Err(standing(Rule::VersionNotDraft, known)),
        Err(VersionRefusal::NotApproved) => Err(standing(Rule::VersionNotApproved, known)),
        Err(VersionRefusal::EffectiveBeforeApproval { approved_on, from }) => {
            Err(Refusal::new(Rule::EffectiveBeforeApproval)
                .with("from", from)
                .with("approved_on", approved_on))
        }
    }
}

fn of(rule: Rule, code: &ProcedureCode, version: u32) -> Refusal {
    Refusal::new(rule)
        .with("procedure", code)
        .with("version", version)
}

fn standing(rule: Rule, known: &ProcedureVersion) -> Refusal {
    of(rule, &known.code, known.version).with("state", known.state.code())
}

fn short(field: FieldName, text: &str, limit: usize) -> Result<(), Refusal> {
    let found = text.chars().count();
    if found > limit {
        return Err(Refusal::new(Rule::TooLong)
            .with("field", field)
            .with("limit", limit)
            .with("found", found));
    }
    Ok(())
}
