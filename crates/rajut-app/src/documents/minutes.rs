//! Berita Acara of a visit.

use rajut_core::act::UnfitCode;
use std::collections::BTreeMap;

use rajut_core::id::VisitId;
use rajut_core::procedure::StepKind;
use rajut_core::visit::{Action, Confirmation, Finding, Outcome, PersonMet, Subject, Visit};
use rajut_core::words::{date_in_words, number_in_words};
use rajut_pdf::{Paper, paper};

use super::told::{Signing, Told, holding};
use super::visits::{AtSite, recorder, unit};
use super::{codes, sealed};
use crate::{App, AppError};

/// Copies of a Berita Acara: one for each side.
const COPIES: u8 = 2;

impl App {
    /// The Berita Acara of a visit: between the first member present and the person met, known by whoever the
    /// team reports to.
    pub async fn minutes_paper(&self, visit: VisitId, signing: Signing) -> Result<Paper, AppError> {
        let (told, site) = self.visited(visit, signing.at).await?;
        let visit = &site.visit;
        let place = told.visited(visit);
        let kind = kind(visit);
        let signer = signing
            .by
            .or_else(|| recorder(visit))
            .ok_or_else(|| AppError::invalid("signer", UnfitCode::NobodyPresent))?;
        let first = told.signature(Some(signer), None)?;
        let (title, unit_name) = told.post_held(signer);
        let met = met(visit);
        let mut complaints: Vec<String> = visit
            .verdicts
            .iter()
            .filter_map(|given| told.complaints.get(&given.complaint))
            .map(|complaint| complaint.number.clone())
            .collect();
        complaints.sort();
        complaints.dedup();
        let date = super::visits::ended_at(visit).map_or(told.day, |at| told.context.agency.zone.date(at));
        let known_by = told.receiver_of(StepKind::Report);
        Ok(Paper::MinutesOfWork(paper::MinutesOfWork {
            sheet: told.draft_sheet(),
            minutes_kind: kind,
            date_in_words: date_in_words(date),
            order: told.order(),
            complaints,
            office: place.office.clone(),
            site: place.site,
            first: paper::Party {
                name: first.name,
                nip: first.nip,
                rank: first.rank,
                post: title,
                office: unit_name,
            },
            second: paper::Party {
                name: met.and_then(|met| sealed(Some(&met.name))).unwrap_or_default(),
                nip: None,
                rank: None,
                post: met.map(|met| met.post.clone()).unwrap_or_default(),
                office: place.office,
            },
            work: work(&site, kind),
            readings: if kind == paper::MinutesKind::NotPossible {
                Vec::new()
            } else {
                readings(&told, visit)
            },
            remarks: match (kind, visit.outcome) {
                // Without more words the outcome itself says why.
                (paper::MinutesKind::NotPossible, Some(outcome)) if visit.note.trim().is_empty() => {
                    outcome.code().to_owned()
                }
                _ => visit.note.clone(),
            },
            copies: format!("{COPIES} ({})", number_in_words(i64::from(COPIES))),
            known_by: known_by
                .map(|post| told.signature(None, Some(post)))
                .transpose()?,
        }))
    }
}

/// Whom the team met, as the confirmation or else the departure tells.
fn met(visit: &Visit) -> Option<&PersonMet> {
    match &visit.confirmation {
        Some(Confirmation::Given { met, .. }) => Some(met),
        Some(Confirmation::Withheld { .. }) | None => visit.met.as_ref(),
    }
}

/// What the minutes are about: the weightiest thing that was done.
fn kind(visit: &Visit) -> paper::MinutesKind {
    match visit.outcome {
        Some(
            Outcome::Locked | Outcome::Refused | Outcome::NoPower | Outcome::Unsafe | Outcome::Postponed,
        ) => return paper::MinutesKind::NotPossible,
        Some(Outcome::Complete | Outcome::Partial) | None => {}
    }
    let did = |wanted: &[Action]| holding(visit).any(|finding| wanted.contains(&finding.action));
    if did(&[Action::Replace]) {
        paper::MinutesKind::Replacement
    } else if did(&[Action::Repair, Action::Configure]) {
        paper::MinutesKind::Repair
    } else {
        paper::MinutesKind::Inspection
    }
}

/// A line for each thing: in minutes of an inspection all that was looked at, else what was worked on or wrong.
fn work(site: &AtSite, kind: paper::MinutesKind) -> Vec<paper::WorkLine> {
    if kind == paper::MinutesKind::NotPossible {
        return Vec::new();
    }
    holding(&site.visit)
        .filter(|finding| {
            kind == paper::MinutesKind::Inspection || finding.is_fault() || finding.action != Action::None
        })
        .map(|finding| {
            let (thing, model, serial) = thing(site, finding);
            let replacement = finding.replacement.as_ref();
            paper::WorkLine {
                thing,
                model,
                serial: replacement.map_or(serial, |new| codes::identity(&new.old_serial)),
                new_serial: replacement.map(|new| codes::identity(&new.new_serial)),
                condition: codes::condition(finding.condition),
                action: codes::action(finding.action),
                note: finding.note.clone(),
            }
        })
        .collect()
}

/// Kind, brand and type, and number of what a finding is about.
fn thing(site: &AtSite, finding: &Finding) -> (String, String, String) {
    let known = match finding.subject {
        Subject::Site => Some(("site".to_owned(), String::new(), String::new())),
        Subject::Device(id) => site.devices.get(&id).map(|device| {
            let model = format!("{} {}", device.brand, device.model);
            (
                device.kind.code().to_owned(),
                model,
                codes::identity(&device.serial),
            )
        }),
        Subject::Link(id) => site.links.iter().find(|link| link.id == id).map(|link| {
            // A radio is a device, a radio link is not.
            (
                format!("link_{}", link.medium.code()),
                link.provider.clone(),
                link.customer_number.clone(),
            )
        }),
    };
    known.unwrap_or_else(|| (finding.item.clone(), String::new(), String::new()))
}

/// Readings before and after the first work; without any work all are of how it was left.
fn readings(told: &Told, visit: &Visit) -> Vec<paper::ReadingPair> {
    let worked = holding(visit)
        .filter(|finding| !matches!(finding.action, Action::None | Action::Escalate))
        .map(|finding| finding.at)
        .min();
    let mut pairs: BTreeMap<&str, (Option<f64>, Option<f64>)> = BTreeMap::new();
    for measured in &visit.measured {
        let before = worked.is_some_and(|worked| measured.at < worked);
        for (measure, value) in &measured.values {
            let pair = pairs.entry(measure).or_default();
            *(if before { &mut pair.0 } else { &mut pair.1 }) = Some(*value);
        }
    }
    pairs
        .into_iter()
        .map(|(measure, (before, after))| paper::ReadingPair {
            measure: measure.to_owned(),
            unit: unit(&told.context, measure),
            before,
            after,
        })
        .collect()
}
