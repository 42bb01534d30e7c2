//! What a run leaves to the next one of its procedure: sites that were excused, and those of complaints that
//! nobody could judge.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Run, Target};
use crate::id::{RunId, SiteId};

/// Why a site comes over from an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CarriedOver {
    /// The run in which it was left.
    pub from: RunId,
    /// Why it was left there: the words of the excuse, those with which a complaint was moved on, or
    /// [`CarriedOver::CAME_LATE`].
    pub reasons: Vec<String>,
}

impl CarriedOver {
    /// Code of the reason of a complaint that came after its site was settled.
    pub const CAME_LATE: &str = "after_last_visit";
}

/// The sites that a run leaves to the next one; `late` are those of complaints that came after their site was
/// settled. What the run took over itself and never put in its scope goes on.
pub fn carried_over<'t>(
    run: &Run,
    targets: impl IntoIterator<Item = &'t Target>,
    late: &BTreeSet<SiteId>,
) -> BTreeMap<SiteId, CarriedOver> {
    let mut left = run.carried.clone();
    for target in targets.into_iter().filter(|target| target.run == run.id) {
        left.remove(&target.site);
        let mut reasons: Vec<String> = Vec::new();
        // One that was met all the same needs nobody to come again.
        let excuse = target.excuse.as_ref().filter(|_| target.met_at().is_none());
        reasons.extend(excuse.map(|excuse| excuse.reason.clone()));
        reasons.extend(target.carried.values().cloned());
        if late.contains(&target.site) && target.settled() {
            reasons.push(CarriedOver::CAME_LATE.to_owned());
        }
        let mut told = BTreeSet::new();
        reasons.retain(|reason| told.insert(reason.clone()));
        if !reasons.is_empty() {
            let from = run.id;
            left.insert(target.site, CarriedOver { from, reasons });
        }
    }
    left
}
