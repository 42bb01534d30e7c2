//! What is found at a site, and what it does to the register of devices. Like every field fact it is never
//! refused: what is odd is flagged.

use std::collections::BTreeSet;

use super::field::flag;
use super::{Deciding, FindingDraft};
use crate::act::{Expect, Refusal};
use crate::id::VisitId;
use crate::register::{Device, DeviceCondition, Edit, Identity};
use crate::stream::{StreamKind, StreamRef};
use crate::visit::{Action, Finding, Flag, FlagCode, Replacement, Subject, Visit, VisitEvent};

impl Deciding<'_> {
    pub(super) fn finding(
        &mut self,
        visit: VisitId,
        draft: &FindingDraft,
        new_device: Option<&Device>,
    ) -> Result<(), Refusal> {
        let known = self.facts.records.get::<Visit>(visit.0)?;
        let mut flags = BTreeSet::new();
        let at = self.bounded(draft.at, &mut flags);
        self.flag_fact(known, &draft.id, &mut flags);
        let finding = Finding {
            id: draft.id,
            subject: draft.subject,
            item: draft.item.clone(),
            condition: draft.condition,
            action: draft.action,
            repair_minutes: draft.repair_minutes,
            replacement: draft.replacement.clone(),
            awaits: draft.awaits.clone(),
            note: draft.note.clone(),
            photos: draft.photos.clone(),
            corrects: draft.corrects,
            by: super::actor(&self.changes.envelope),
            at,
        };
        if finding.photos.is_empty() && finding.lacks_number() {
            flags.insert(flag(FlagCode::NoPhoto, None, &finding.id));
        }
        self.update_register(known, &finding, new_device, &mut flags);
        self.on_visit(
            visit,
            VisitEvent::Found {
                finding: Box::new(finding),
                flags,
            },
        );
        Ok(())
    }

    /// What was replaced leaves the register of its site and what came in its place enters it.
    fn update_register(
        &mut self,
        visit: &Visit,
        finding: &Finding,
        new_device: Option<&Device>,
        flags: &mut BTreeSet<Flag>,
    ) {
        let Subject::Device(id) = finding.subject else {
            return;
        };
        let Some(before) = self.facts.records.find::<Device>(id.0) else {
            return;
        };
        if before.site != visit.site {
            // By the register it stands somewhere else: the Kasi looks at it, the register stays.
            flags.insert(flag(FlagCode::OutOfScope, None, &id));
            return;
        }
        if let (Action::Replace, Some(replacement)) = (finding.action, &finding.replacement) {
            let new = self.facts.records.find::<Device>(replacement.new_device.0);
            // The same device put in, told once more, is no second replacement.
            let told_again = new.is_some_and(|new| new.replaces == Some(id));
            if !before.in_use() && !told_again {
                flags.insert(flag(FlagCode::AlreadyReplaced, None, &before.code));
                return;
            }
            if let Some(other) = self.who_has(replacement, new_device) {
                flags.insert(flag(FlagCode::NumberInUse, None, &other.code));
                // A code is one device's: until the Kasi has looked the register stays as it is.
                if new_device.is_some_and(|put_in| put_in.code == other.code) {
                    return;
                }
            }
        }
        let mut after = before.clone();
        match (finding.action, &finding.replacement, new_device) {
            (Action::Replace, Some(replacement), Some(new))
                if before.in_use()
                    && self
                        .facts
                        .records
                        .find::<Device>(replacement.new_device.0)
                        .is_none() =>
            {
                after.removed_on = Some(self.facts.agency.zone.date(finding.at));
                after.condition = finding.condition;
                if let Identity::Known(_) = replacement.old_serial {
                    after.serial = replacement.old_serial.clone();
                }
                let new = Device {
                    id: replacement.new_device,
                    site: visit.site,
                    replaces: Some(id),
                    condition: DeviceCondition::Good,
                    installed_on: after.removed_on,
                    removed_on: None,
                    ..new.clone()
                };
                let stream = StreamRef {
                    kind: StreamKind::Device,
                    id: new.id.0,
                };
                self.changes.push(
                    stream,
                    Expect::New,
                    Edit {
                        before: None,
                        after: new,
                    },
                );
            }
            (Action::Repair | Action::Clean | Action::Configure, ..) => {
                after.condition = DeviceCondition::Good;
            }
            _ if finding.condition != DeviceCondition::Unchecked => after.condition = finding.condition,
            _ => {}
        }
        if after != *before {
            let stream = StreamRef {
                kind: StreamKind::Device,
                id: id.0,
            };
            let edit = Edit {
                before: Some(before.clone()),
                after,
            };
            // A register entry is edited under the version that was seen; a lost race is repeated by the
            // caller, which never loses the finding.
            let seen = self.facts.records.seen(stream);
            self.changes.push(stream, seen, edit);
        }
    }

    /// The device that already has the code of the one put in, or stands somewhere under its serial number.
    fn who_has(&self, replacement: &Replacement, new_device: Option<&Device>) -> Option<&Device> {
        let others = || {
            let all = self.facts.records.all::<Device>();
            all.filter(|it| it.id != replacement.new_device)
        };
        // A code is never used again; what was taken out somewhere may be put in elsewhere.
        let code = |other: &&Device| new_device.is_some_and(|put_in| put_in.code == other.code);
        let serial = |other: &&Device| {
            matches!(replacement.new_serial, Identity::Known(_))
                && other.serial == replacement.new_serial
                && other.in_use()
        };
        others().find(code).or_else(|| others().find(serial))
    }
}
