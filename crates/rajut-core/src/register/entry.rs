//! Edits with before and after, and settings.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::stream::Fold;

/// A change of a register entry, with what it was before: `None` when it is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Edit<T> {
    /// The entry before.
    pub before: Option<T>,
    /// The entry after.
    pub after: T,
}

impl<T: Registered + Clone + PartialEq> Fold for T {
    type Event = Edit<T>;

    fn fold(state: Option<Self>, event: &Edit<T>) -> Result<Self, String> {
        if state == event.before {
            Ok(event.after.clone())
        } else {
            Err("the entry before the edit is not the one that stands".to_owned())
        }
    }
}

/// A register entry: its state is the last edit.
pub trait Registered {}

macro_rules! registered {
    ($($t:ty),+ $(,)?) => { $(impl Registered for $t {})+ };
}

registered!(
    super::Office,
    super::Site,
    super::Device,
    super::Link,
    super::Service,
    Setting,
    crate::people::Person,
    crate::people::Post,
    crate::people::Assignment,
    crate::people::Leave,
    crate::people::Overtime,
);

/// What a setting is about. Each kind has a format of its own, checked when it is loaded.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// Working time and holidays.
    Calendar,
    /// Classes of measurements.
    Thresholds,
    /// The checklist of a site.
    Checklist,
    /// Templates of numbers.
    Numbers,
    /// Service levels of complaints.
    ServiceLevels,
    /// Causes of outages.
    Causes,
    /// Agency, letterhead, zone, lanes bound to posts, limits.
    Agency,
}

/// One version of a setting, in force from a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Setting {
    /// What it is about.
    pub kind: SettingKind,
    /// Its version, ascending per kind; judgements record the version that they used.
    pub version: u32,
    /// In force from this day.
    pub effective_from: Date,
    /// The text (TOML) as loaded.
    pub text: String,
}
