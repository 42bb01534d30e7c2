//! The checklist of a visit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rajut_core::check::Scope;
use rajut_core::check::checklist::{About, Item};
use rajut_core::id::{DeviceId, PersonId, VisitId};
use rajut_core::register::{Device, Link};
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::{Confirmation, Finding, Outcome, Subject, Visit};
use rajut_pdf::{Paper, paper};

use super::told::{Signing, Told, holding, joined};
use super::{codes, sealed};
use crate::{App, AppError, Context};

/// A visit with the things at its site.
pub(super) struct AtSite {
    pub visit: Visit,
    pub devices: BTreeMap<DeviceId, Device>,
    pub links: Vec<Link>,
}

impl App {
    /// A visit with the run that it belongs to and the things at its site.
    pub(super) async fn visited(
        &self,
        id: VisitId,
        at: Option<Timestamp>,
    ) -> Result<(Told, AtSite), AppError> {
        let visit: Visit = self.find(id.0).await?;
        let run = visit.run.ok_or_else(|| AppError::not_found("run", ""))?;
        let told = self.told(run, at.or_else(|| ended_at(&visit))).await?;
        let at_site = self.store().devices_of(visit.site).await?;
        let mut devices: BTreeMap<DeviceId, Device> =
            at_site.into_iter().map(|it| (it.state.id, it.state)).collect();
        // What was found may stand elsewhere by now.
        let moved: Vec<StreamRef> = visit
            .findings
            .iter()
            .filter_map(|finding| match finding.subject {
                Subject::Device(device) if !devices.contains_key(&device) => Some(StreamRef {
                    kind: StreamKind::Device,
                    id: device.0,
                }),
                _ => None,
            })
            .collect();
        for versioned in self.store().load_many(&moved).await?.into_values() {
            if let State::Device(device) = versioned.state {
                devices.insert(device.id, *device);
            }
        }
        let links = self
            .store()
            .links_of(visit.site)
            .await?
            .into_iter()
            .map(|it| it.state)
            .collect();
        Ok((
            told,
            AtSite {
                visit,
                devices,
                links,
            },
        ))
    }

    /// The filled checklist of a visit, under the checklist in force; signed by the first member present.
    pub async fn visit_record_paper(&self, visit: VisitId, signing: Signing) -> Result<Paper, AppError> {
        let (told, site) = self.visited(visit, signing.at).await?;
        let visit = &site.visit;
        let zone = told.context.agency.zone;
        let place = told.visited(visit);
        let began = began_at(visit).unwrap_or(told.at);
        let ended = ended_at(visit).unwrap_or(began);
        let outcome = visit.outcome.unwrap_or(Outcome::Partial);
        let team = visit.team.and_then(|team| told.bundle.run.teams.get(&team));
        let mut present: Vec<PersonId> = visit.present.iter().copied().collect();
        present.sort_by_key(|person| team.is_none_or(|team| team.leader != *person));
        let (confirmation, withheld) = match &visit.confirmation {
            Some(Confirmation::Given { met, at, .. }) => {
                let given = paper::Confirmation {
                    name: sealed(Some(&met.name)).unwrap_or_default(),
                    post: met.post.clone(),
                    at: zone.civil(*at),
                    agrees: true,
                    note: String::new(),
                };
                (Some(given), "")
            }
            Some(Confirmation::Withheld { reason, .. }) if *reason != outcome.code() => {
                (None, reason.as_str())
            }
            Some(Confirmation::Withheld { .. }) | None => (None, ""),
        };
        Ok(Paper::VisitRecord(paper::VisitRecord {
            sheet: told.plain_sheet(),
            order: told.order(),
            office: place.office,
            site: place.site,
            coordinates: coordinates(&told, visit),
            for_complaint: told.bundle.run.complaint.is_some(),
            started_at: zone.civil(began),
            ended_at: zone.civil(ended),
            end_estimated: visit.check_out.as_ref().is_none_or(|stamp| stamp.estimated),
            team: told.team_name(visit.team),
            members: told.lines(&present, team.map(|team| team.leader))?,
            met_name: visit.met.as_ref().and_then(|met| sealed(Some(&met.name))),
            met_post: visit
                .met
                .as_ref()
                .map(|met| met.post.clone())
                .filter(|post| !post.is_empty()),
            outcome: codes::outcome(outcome),
            outcome_note: String::new(),
            groups: groups(&told, &site),
            measurements: measurements(&told.context, visit),
            replacements: replacements(&site),
            verdicts: verdicts(&told, visit),
            conclusion: conclusion(visit),
            notes: joined([visit.note.as_str(), withheld].into_iter()),
            flags: visit
                .flags
                .iter()
                .map(|flag| paper::VisitFlag {
                    flag: codes::flag(flag.code),
                    person: flag.person.map(|person| told.name(Some(person))),
                })
                .collect(),
            confirmation,
            signature: told.signature(signing.by.or_else(|| recorder(visit)), None)?,
        }))
    }
}

/// Who stands for the team: the first member present, else whoever recorded the arrival.
pub(super) fn recorder(visit: &Visit) -> Option<PersonId> {
    visit
        .check_in
        .as_ref()
        .and_then(|stamp| stamp.by.person())
        .filter(|person| visit.present.contains(person))
        .or_else(|| visit.present.first().copied())
        .or_else(|| visit.check_in.as_ref().and_then(|stamp| stamp.by.person()))
}

fn began_at(visit: &Visit) -> Option<Timestamp> {
    let facts = visit.findings.iter().map(|finding| finding.at);
    visit
        .check_in
        .as_ref()
        .map(|stamp| stamp.at)
        .or_else(|| facts.min())
}

/// When the team left, or the last thing that is known of it.
pub(super) fn ended_at(visit: &Visit) -> Option<Timestamp> {
    let facts = visit.findings.iter().map(|finding| finding.at);
    visit
        .check_out
        .as_ref()
        .map(|stamp| stamp.at)
        .or_else(|| facts.max())
        .or_else(|| began_at(visit))
}

fn coordinates(told: &Told, visit: &Visit) -> Option<String> {
    let place = told.places.sites.get(&visit.site)?.place?;
    Some(format!("{:.5}; {:.5}", place.latitude, place.longitude).replace('.', ","))
}

/// A device as a checklist names it.
fn device_name(device: &Device) -> String {
    let number = match codes::identity(&device.serial).as_str() {
        "none" | "unreadable" | "unknown" => String::new(),
        known => format!(" ({known})"),
    };
    format!("{} {} {}{number}", device.code, device.brand, device.model)
}

fn link_name(link: &Link) -> String {
    format!("{} {} {}", link.code, link.provider, link.customer_number)
        .trim_end()
        .to_owned()
}

/// The things at a site that an item is about, with their names.
pub(super) fn subjects<'d>(
    item: &Item,
    devices: impl Iterator<Item = &'d Device>,
    links: &[Link],
) -> Vec<(Subject, Option<String>)> {
    match &item.about {
        About::Site => vec![(Subject::Site, None)],
        About::Devices(kinds) => {
            let mut devices: Vec<&Device> = devices
                .filter(|device| kinds.iter().any(|kind| kind == device.kind.code()))
                .collect();
            devices.sort_by(|a, b| a.code.cmp(&b.code));
            devices
                .into_iter()
                .map(|device| (Subject::Device(device.id), Some(device_name(device))))
                .collect()
        }
        About::Links(media) => links
            .iter()
            .filter(|link| media.iter().any(|medium| medium == link.medium.code()) && link.ended_on.is_none())
            .map(|link| (Subject::Link(link.id), Some(link_name(link))))
            .collect(),
    }
}

/// Whether a device stood there when the team came: one that was put in by this visit did not.
fn was_there(device: &Device, visit: &Visit) -> bool {
    let found = visit
        .findings
        .iter()
        .any(|finding| finding.subject == Subject::Device(device.id));
    let put_in = visit
        .findings
        .iter()
        .filter_map(|finding| finding.replacement.as_ref())
        .any(|replacement| replacement.new_device == device.id);
    found || (device.in_use() && !put_in)
}

fn finding_value(told: &Told, finding: &Finding) -> paper::FindingValue {
    paper::FindingValue {
        condition: codes::condition(finding.condition),
        action: codes::action(finding.action),
        note: finding.note.clone(),
        awaits: finding.awaits.as_ref().map(|awaited| paper::AwaitedPart {
            name: awaited.part.name.clone(),
            quantity: awaited.part.quantity,
        }),
        by: told.name(finding.by.person()),
        at: told.context.agency.zone.civil(finding.at),
    }
}

fn checklist_item(
    told: &Told,
    label: &str,
    subject: Option<String>,
    found: Option<Vec<&Finding>>,
) -> paper::ChecklistItem {
    let found = found.unwrap_or_default();
    let photos: usize = found.iter().map(|finding| finding.photos.len()).sum();
    paper::ChecklistItem {
        item: label.to_owned(),
        subject,
        values: found
            .into_iter()
            .map(|finding| finding_value(told, finding))
            .collect(),
        photos: u32::try_from(photos).unwrap_or(u32::MAX),
    }
}

/// The checklist in force with what was found; nothing of it when nothing was looked at.
fn groups(told: &Told, site: &AtSite) -> Vec<paper::ChecklistGroup> {
    let mut found = site.visit.holding();
    if found.is_empty() {
        return Vec::new();
    }
    let mut groups = Vec::new();
    for group in told.context.checklist.groups() {
        let mut items = Vec::new();
        for item in &group.items {
            let there = site
                .devices
                .values()
                .filter(|device| was_there(device, &site.visit));
            let subjects = subjects(item, there, &site.links);
            // What was looked at on none of the things it is about takes one line, not one for each.
            if subjects.len() > 1
                && !subjects
                    .iter()
                    .any(|(it, _)| found.contains_key(&(*it, item.id.as_str())))
            {
                items.push(checklist_item(told, &item.label.id, None, None));
                continue;
            }
            for (subject, name) in subjects {
                let values = found.remove(&(subject, item.id.as_str()));
                items.push(checklist_item(told, &item.label.id, name, values));
            }
        }
        if !items.is_empty() {
            groups.push(paper::ChecklistGroup {
                name: group.label.id.clone(),
                items,
            });
        }
    }
    // What an earlier checklist asked for is shown under its code.
    for ((subject, item), values) in found {
        let name = match subject {
            Subject::Site => None,
            Subject::Device(id) => site.devices.get(&id).map(device_name),
            Subject::Link(id) => site.links.iter().find(|link| link.id == id).map(link_name),
        };
        let label = told
            .context
            .checklist
            .item(item)
            .map_or(item, |known| known.label.id.as_str());
        let items = vec![checklist_item(told, label, name, Some(values))];
        groups.push(paper::ChecklistGroup {
            name: item.to_owned(),
            items,
        });
    }
    groups
}

/// The unit of a measure, wherever on the network it has a threshold.
pub(super) fn unit(context: &Context, measure: &str) -> String {
    [Scope::Any, Scope::Gateway, Scope::Noc, Scope::Internet]
        .into_iter()
        .find_map(|scope| context.thresholds.find(measure, scope))
        .map(|threshold| threshold.unit().to_owned())
        .unwrap_or_default()
}

fn measurements(context: &Context, visit: &Visit) -> Vec<paper::Measurement> {
    visit
        .measured
        .iter()
        .flat_map(|measured| {
            measured.values.iter().map(|(measure, value)| paper::Measurement {
                measure: measure.clone(),
                vantage: measured.vantage.clone(),
                value: Some(*value),
                unit: unit(context, measure),
                samples: None,
                class: measured.classes.get(measure).cloned(),
            })
        })
        .collect()
}

fn replacements(site: &AtSite) -> Vec<paper::Replacement> {
    holding(&site.visit)
        .filter_map(|finding| {
            let new = finding.replacement.as_ref()?;
            let old = match finding.subject {
                Subject::Device(id) => site.devices.get(&id),
                Subject::Site | Subject::Link(_) => None,
            };
            Some(paper::Replacement {
                device: old
                    .map(|device| device.kind.code().to_owned())
                    .unwrap_or_default(),
                old_model: old
                    .map(|device| format!("{} {}", device.brand, device.model))
                    .unwrap_or_default(),
                old_serial: codes::identity(&new.old_serial),
                old_inventory: old
                    .map(|device| codes::identity(&device.inventory_number))
                    .unwrap_or_default(),
                new_model: format!("{} {}", new.brand, new.model),
                new_serial: codes::identity(&new.new_serial),
                new_inventory: codes::identity(&new.new_inventory_number),
            })
        })
        .collect()
}

fn verdicts(told: &Told, visit: &Visit) -> Vec<paper::VisitVerdict> {
    let mut judged: Vec<_> = visit.verdicts.iter().map(|given| given.complaint).collect();
    judged.sort_unstable();
    judged.dedup();
    let mut verdicts: Vec<paper::VisitVerdict> = judged
        .into_iter()
        .filter_map(|complaint| {
            let given = visit.verdict_on(complaint)?;
            Some(paper::VisitVerdict {
                complaint: told.complaints.get(&complaint)?.number.clone(),
                verdict: codes::verdict(given.verdict),
                note: given.note.clone(),
            })
        })
        .collect();
    verdicts.sort_by(|a, b| a.complaint.cmp(&b.complaint));
    verdicts
}

/// What a visit comes to: a fault that was left, notes on what was put right, or nothing to say.
fn conclusion(visit: &Visit) -> paper::Conclusion {
    let looked = matches!(visit.outcome, Some(Outcome::Complete | Outcome::Partial) | None);
    if !looked || visit.findings.is_empty() {
        paper::Conclusion::Undetermined
    } else if holding(visit).any(Finding::leaves_fault) {
        paper::Conclusion::Fault
    } else if holding(visit).any(Finding::is_fault) || visit.outcome != Some(Outcome::Complete) {
        paper::Conclusion::NormalWithNotes
    } else {
        paper::Conclusion::Normal
    }
}
