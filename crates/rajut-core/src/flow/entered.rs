//! Acts that somebody did by hand - on paper, by message - and that another keys in: by whom, and what shows it.

use super::Deciding;
use super::rights::People;
use crate::act::{Act, Actor, Nature, Refusal, Right, Rule};
use crate::id::{PersonId, RunId};
use crate::people::Role;
use crate::run::{Report, RunEvent, Scan};
use crate::stream::StreamKind;

/// Who keys in what officials did by hand.
const CLERKS: &[Role] = &[Role::Clerk, Role::Admin];

impl Deciding<'_> {
    /// The official and the clerk, where an act of authority was keyed in by another person than did it.
    fn entered(&self) -> Option<(PersonId, PersonId)> {
        let envelope = &self.changes.envelope;
        match (envelope.done_by, envelope.entered_by) {
            (Actor::Person(official), Actor::Person(clerk))
                if official != clerk && envelope.act.authority().nature == Nature::Authority =>
            {
                Some((official, clerk))
            }
            _ => None,
        }
    }

    /// What another keys in is keyed in by a clerk, on the day of the entry; what is one's own - an account, a look at
    /// personal values - by nobody else. What was seen on site is a field fact, which anybody may write down.
    pub(super) fn check_entered(&self) -> Result<(), Refusal> {
        let Some((_, clerk)) = self.entered() else {
            return Ok(());
        };
        let envelope = &self.changes.envelope;
        let day = self.facts.agency.zone.date(envelope.received_at);
        let people = People::of(self.facts.records);
        let is_own = envelope.act.authority().right == Right::Own
            || matches!(envelope.act, Act::RevealPersonal | Act::ErasePersonal);
        if is_own || self.by_role(&people.roster(), clerk, CLERKS, day).is_none() {
            return Err(Refusal::new(Rule::NotForOthers)
                .with("act", envelope.act.code())
                .with("date", day)
                .who_could(if is_own {
                    Vec::new()
                } else {
                    self.posts_of_roles(CLERKS)
                }));
        }
        Ok(())
    }

    /// Keeps on the run what shows an act that was keyed in; without it there is no such act.
    pub(super) fn keep_scan(&mut self) -> Result<(), Refusal> {
        let Some((official, clerk)) = self.entered() else {
            return Ok(());
        };
        let envelope = self.changes.envelope.clone();
        let missing = || Refusal::new(Rule::ScanMissing).with("act", envelope.act.code());
        let scan = Scan {
            act: envelope.act,
            official,
            at: envelope.occurred_at,
            clerk,
            entered_at: envelope.received_at,
            bytes: envelope.scan.ok_or_else(missing)?,
        };
        let run = self.run_touched().ok_or_else(missing)?;
        self.on_run(run, RunEvent::Scanned { scan });
        Ok(())
    }

    /// The run that the changes are about.
    fn run_touched(&self) -> Option<RunId> {
        let streams = || self.changes.events.iter().map(|event| event.stream);
        let of_run = streams().find(|stream| stream.kind == StreamKind::Run);
        let of_report = || {
            let report = streams().find(|stream| stream.kind == StreamKind::Report)?;
            Some(self.facts.records.find::<Report>(report.id)?.run)
        };
        of_run.map(|stream| RunId(stream.id)).or_else(of_report)
    }
}
