//! Laptops that measure on site: enrolling their keys, revoking them, and taking in what they signed.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::rights::Scene;
use super::{Deciding, Facts, invalid, reason};
use crate::act::{Act, Actor, Changes, Envelope, Expect, FieldName, Refusal, Right, Wanted, Why};
use crate::check::Observation;
use crate::id::{FreshIds, LaptopKeyId, ObservationId, PersonId, VisitId};
use crate::laptop::{ImportedFile, LaptopKey, LaptopKeyEvent, PublicKey, Revocation, Verified};
use crate::people::{Person, Role};
use crate::stream::{StreamKind, StreamRef};
use crate::visit::{FlagCode, Measured, Visit, VisitEvent};

/// A key is made for one visit: longer than this none is in force.
const LONGEST_MS: i64 = 31 * 24 * 60 * 60 * 1000;

/// Who may enrol or revoke the key of somebody else.
const FOR_OTHERS: Right = Right::Roles(&[Role::SectionHead, Role::Admin]);

/// A key as it is to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLaptopKey {
    /// Its id.
    pub id: LaptopKeyId,
    /// Whose.
    pub person: PersonId,
    /// For which visit; it need not have begun.
    pub visit: VisitId,
    /// The public half.
    pub public: PublicKey,
    /// In force until; from when it is enrolled.
    pub until: Timestamp,
}

fn stream(id: LaptopKeyId) -> StreamRef {
    StreamRef {
        kind: StreamKind::LaptopKey,
        id: id.0,
    }
}

fn begin(facts: Facts<'_>, mut envelope: Envelope, ids: FreshIds, act: Act) -> Result<Deciding<'_>, Refusal> {
    envelope.act = act;
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    Ok(deciding)
}

/// Enrols the key of a person for a visit: one's own, or as Kasi or administrator anybody's.
///
/// It happens when it is received, whatever the device says: a key in force in the past would sign a past that
/// nobody measured, and a right that has ended does not come back by a date.
pub fn enrol_laptop(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    new: &NewLaptopKey,
) -> Result<Changes, Refusal> {
    envelope.occurred_at = envelope.received_at;
    let mut deciding = begin(facts, envelope, ids, Act::EnrolLaptop)?;
    deciding.grant(Scene::default())?;
    deciding.for_somebody(new.person)?;
    facts.records.get::<Person>(new.person.0)?;
    let from = deciding.at();
    let length = new.until.as_millisecond() - from.as_millisecond();
    if !(1..=LONGEST_MS).contains(&length) {
        return Err(invalid(FieldName::Until, new.until, Why::TooFar));
    }
    let key = LaptopKey {
        id: new.id,
        person: new.person,
        visit: new.visit,
        public: new.public,
        from,
        until: new.until,
        revoked: None,
        files: Vec::new(),
    };
    let event = LaptopKeyEvent::Enrolled { key: Box::new(key) };
    deciding.changes.push(stream(new.id), Expect::New, event);
    Ok(deciding.changes)
}

/// Takes a key out of force from now on: one's own, or as Kasi or administrator anybody's.
pub fn revoke_laptop(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    key: LaptopKeyId,
    why: &str,
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, Act::RevokeLaptop)?;
    deciding.grant(Scene::default())?;
    let known = facts.records.get::<LaptopKey>(key.0)?;
    deciding.for_somebody(known.person)?;
    reason(why, Wanted::Key)?;
    deciding.check_texts(&[(FieldName::Reason, why)])?;
    if known.revoked.is_some() {
        return Err(invalid(FieldName::Key, key, Why::AlreadyRevoked));
    }
    deciding.not_before(known.from)?;
    let revocation = Revocation {
        at: deciding.at(),
        by: super::actor(&deciding.changes.envelope),
        reason: why.to_owned(),
    };
    let seen = facts.records.seen(stream(key));
    deciding
        .changes
        .push(stream(key), seen, LaptopKeyEvent::Revoked { revocation });
    Ok(deciding.changes)
}

/// Takes in what a laptop measured. The signature says who did it, whoever brings the file. It is a field
/// fact: late, from a replaced member or for an ended run it is stored and flagged.
///
/// `judge` puts one observation on its subject and into its classes, and says whether the register knows the
/// target; one that it does not know (any more) is kept with the site and flagged.
///
/// # Errors
/// When the visit has not begun, or holds an observation of the file that another file brought: nothing of such
/// a file is taken in, for nobody could tell which of the two is the one that was seen.
pub fn import_observations(
    facts: Facts<'_>,
    envelope: Envelope,
    ids: FreshIds,
    file: &Verified,
    judge: impl Fn(&Observation) -> (Measured, bool),
) -> Result<Changes, Refusal> {
    let mut deciding = begin(facts, envelope, ids, Act::ImportObservations)?;
    let header = file.header();
    deciding.changes.envelope.done_by = Actor::Person(header.person);
    let visit = facts.records.get::<Visit>(header.visit.0)?;
    let key = facts.records.get::<LaptopKey>(file.key().0)?;
    // The file of this nonce was not imported yet: what stands in the visit came in with another one.
    let known: BTreeSet<ObservationId> = visit.measured.iter().map(|it| it.observation).collect();
    if let Some(again) = file.observations().iter().find(|it| known.contains(&it.id)) {
        return Err(file.known_id(again.id).into());
    }
    for observation in file.observations() {
        let mut flags = BTreeSet::new();
        let (mut measured, registered) = judge(observation);
        measured.at = deciding.bounded(observation.started_at, &mut flags);
        if let Some(bound) = deciding.out_of_bounds(observation.started_at, key, visit, header.made_at) {
            let relation = if observation.started_at < bound { '<' } else { '>' };
            flags.insert(super::field::flag(
                FlagCode::ImplausibleTime,
                Some(header.person),
                &format_args!("{} {relation} {bound}", observation.started_at),
            ));
        }
        deciding.flag_fact(visit, &measured.observation, &mut flags);
        if !registered {
            flags.insert(super::field::flag(
                FlagCode::OutOfScope,
                None,
                &observation.target,
            ));
        }
        if let Some(revoked) = &key.revoked {
            flags.insert(super::field::flag(
                FlagCode::KeyRevoked,
                Some(key.person),
                &revoked.at,
            ));
        }
        let measured = Box::new(measured);
        deciding.on_visit(header.visit, VisitEvent::Measured { measured, flags });
    }
    let imported = ImportedFile {
        nonce: header.nonce,
        hash: file.hash(),
        observations: u32::try_from(file.observations().len()).unwrap_or(u32::MAX),
        made_at: header.made_at,
    };
    let seen = facts.records.seen(stream(key.id));
    deciding
        .changes
        .push(stream(key.id), seen, LaptopKeyEvent::Imported { file: imported });
    Ok(deciding.changes)
}

impl Deciding<'_> {
    /// The bound that the time of a measurement oversteps, if it does: nobody measures for a visit before the
    /// key was made or the team arrived, where two clocks may differ; and a file, written by the same clock,
    /// holds nothing that came after it.
    fn out_of_bounds(
        &self,
        at: Timestamp,
        key: &LaptopKey,
        visit: &Visit,
        made_at: Timestamp,
    ) -> Option<Timestamp> {
        let arrival = visit.check_in.as_ref().map(|stamp| stamp.at);
        let skew = self.facts.agency.clock_skew_ms;
        [Some(key.from), arrival]
            .into_iter()
            .flatten()
            .filter(|bound| at.as_millisecond() + skew < bound.as_millisecond())
            .max()
            .or((at.as_millisecond() > made_at.as_millisecond()).then_some(made_at))
    }

    /// One's own key needs no more than the table says; somebody else's does.
    fn for_somebody(&self, owner: PersonId) -> Result<(), Refusal> {
        if self.person()? == owner {
            return Ok(());
        }
        self.grant_by(FOR_OTHERS, Scene::default()).map(drop)
    }
}
