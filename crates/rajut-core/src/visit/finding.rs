//! One result of the checklist, with condition and action.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act::Actor;
use crate::id::{DeviceId, FindingId, LinkId};
use crate::journal::Hash;
use crate::register::{DeviceCondition, Identity, Owner, coded};
use crate::run::Part;

/// What a finding is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case", tag = "on", content = "id")]
pub enum Subject {
    /// The site as a whole: power, rack, room.
    Site,
    /// A device.
    Device(DeviceId),
    /// A link.
    Link(LinkId),
}

coded! {
    /// What was done about it.
    Action {
        /// Nothing.
        None = "none",
        /// Cleaned.
        Clean = "clean",
        /// Configured.
        Configure = "configure",
        /// Repaired.
        Repair = "repair",
        /// Replaced.
        Replace = "replace",
        /// Handed on: it becomes a follow-up.
        Escalate = "escalate",
    }
}

/// What came in place of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Replacement {
    /// The device that was put in.
    pub new_device: DeviceId,
    /// Maker of the new one.
    pub brand: String,
    /// Type of the new one.
    pub model: String,
    /// Serial number of the old one, as read on site.
    pub old_serial: Identity,
    /// Serial number of the new one.
    pub new_serial: Identity,
    /// Inventory number of the new one.
    pub new_inventory_number: Identity,
    /// To whom the new one belongs.
    pub owner: Owner,
}

/// What a fault that stays waits for, as the team names it on site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Awaited {
    /// The part and how many.
    pub part: Part,
    /// Until when it is wanted; `None` leaves it to the days that a follow-up gets.
    pub due_on: Option<Date>,
}

/// One result of the checklist on a device, a link or the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// On what.
    pub subject: Subject,
    /// Code of the checklist item.
    pub item: String,
    /// The condition found.
    pub condition: DeviceCondition,
    /// What was done.
    pub action: Action,
    /// Minutes that a repair or replacement took: they stand on their own clock.
    pub repair_minutes: Option<u32>,
    /// The replacement, when the action is one.
    pub replacement: Option<Replacement>,
    /// What a fault that stays waits for; `None` where the team names nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<Awaited>,
    /// In words.
    pub note: String,
    /// Photos.
    pub photos: Vec<Hash>,
    /// The finding that this one corrects.
    pub corrects: Option<FindingId>,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Finding {
    /// Whether another finding says the same about the same thing. One that names no part leaves it open; two that
    /// name different parts disagree.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.condition == other.condition
            && self.action == other.action
            && self.replacement == other.replacement
            && (self.awaits.is_none() || other.awaits.is_none() || self.awaits == other.awaits)
    }

    /// Whether it says of a device that it carries no number, or none that can be read: a photo shows it.
    pub fn lacks_number(&self) -> bool {
        self.replacement.as_ref().is_some_and(|put_in| {
            [
                &put_in.old_serial,
                &put_in.new_serial,
                &put_in.new_inventory_number,
            ]
            .into_iter()
            .any(|number| matches!(number, Identity::None | Identity::Unreadable))
        })
    }

    /// Whether it is a fault that was not put right on the spot.
    pub fn leaves_fault(&self) -> bool {
        leaves_fault(self.condition, self.action)
    }

    /// Whether something was wrong at all.
    pub fn is_fault(&self) -> bool {
        !matches!(self.condition, DeviceCondition::Good | DeviceCondition::Unchecked)
    }
}

/// Whether a condition met with an action is a fault that was not put right on the spot.
pub fn leaves_fault(condition: DeviceCondition, action: Action) -> bool {
    match condition {
        DeviceCondition::Good | DeviceCondition::Unchecked => false,
        DeviceCondition::Minor | DeviceCondition::Major | DeviceCondition::Missing => {
            matches!(action, Action::None | Action::Escalate)
        }
    }
}
