//! What a team does at a site in the demo: a queue of field facts, recorded on the device and sent later.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rajut_app::{App, AppError, Key, Registered, Who};
use rajut_core::check::checklist::{About, Checklist};
use rajut_core::flow::{CheckIn, CheckOut, Command, FindingDraft};
use rajut_core::id::{ActId, ComplaintId, PersonId, RunId, SiteId, TargetId, TeamId, VisitId};
use rajut_core::journal::PersonalValue;
use rajut_core::register::{Device, DeviceCondition, Identity, Link, Owner, Site};
use rajut_core::visit::{Action, Confirmation, Outcome, PersonMet, Replacement, Subject, Verdict};

/// One entry of a device's queue.
pub struct Queued {
    /// Who did it.
    pub who: Who,
    /// Its key, made on the device.
    pub key: ActId,
    /// When, by the device.
    pub at: Timestamp,
    /// What.
    pub command: Command,
}

/// A visit as the play wants it.
pub struct Plan {
    /// Under which run.
    pub run: RunId,
    /// By which team.
    pub team: TeamId,
    /// The members present; the first one records.
    pub present: Vec<PersonId>,
    /// The target.
    pub target: TargetId,
    /// Complaints to be judged.
    pub complaints: Vec<ComplaintId>,
    /// Arrival.
    pub arrive: Timestamp,
    /// How it goes.
    pub outcome: Outcome,
    /// What is wrong at the site, and what is done about it.
    pub trouble: Option<Trouble>,
}

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Repaired on the spot.
    Repaired,
    /// The device is replaced.
    Replaced,
    /// It needs a part: a follow-up.
    Escalated,
}

/// The registers of a site.
pub struct AtSite<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its devices.
    pub devices: &'a [&'a Device],
    /// Its links.
    pub links: &'a [&'a Link],
}

/// The item of the checklist under which a thing is recorded.
fn item(checklist: &Checklist, fits: impl Fn(&About) -> bool) -> Option<&str> {
    checklist
        .groups()
        .iter()
        .flat_map(|group| group.items.iter())
        .find(|item| fits(&item.about))
        .map(|item| item.id.as_str())
}

/// Writes the queue of a visit.
#[expect(clippy::too_many_lines, reason = "one visit from door to door, in its order")]
pub fn queue(app: &App, checklist: &Checklist, plan: &Plan, at_site: &AtSite<'_>) -> Vec<Queued> {
    let mut ids = app.ids();
    let recorder = plan
        .present
        .first()
        .copied()
        .map_or_else(Who::system, Who::person);
    let visit: VisitId = ids.fresh();
    let mut at = plan.arrive;
    let mut queue = Vec::new();
    let mut push = |ids: &mut rajut_core::id::FreshIds, at: Timestamp, command: Command| {
        queue.push(Queued {
            who: recorder,
            key: ids.fresh(),
            at,
            command,
        });
    };
    let check_in = CheckIn {
        visit,
        site: at_site.site.id,
        run: plan.run,
        team: Some(plan.team),
        targets: BTreeSet::from([plan.target]),
        present: plan.present.iter().copied().collect(),
        at,
        clock_off_ms: None,
        place: None,
    };
    push(&mut ids, at, Command::CheckIn(check_in));
    let seen = matches!(plan.outcome, Outcome::Complete | Outcome::Partial);
    let mut repair = 0;
    if seen {
        at = later(at, 4);
        if let Some(item) = item(checklist, |about| *about == About::Site) {
            let finding = good(&mut ids, Subject::Site, item, at);
            push(
                &mut ids,
                at,
                Command::RecordFinding {
                    visit,
                    finding: Box::new(finding),
                    new_device: None,
                },
            );
        }
        for link in at_site.links {
            let medium = link.medium.code().to_owned();
            let fits = |about: &About| matches!(about, About::Links(media) if media.contains(&medium));
            if let Some(item) = item(checklist, fits) {
                at = later(at, 2);
                let finding = good(&mut ids, Subject::Link(link.id), item, at);
                push(
                    &mut ids,
                    at,
                    Command::RecordFinding {
                        visit,
                        finding: Box::new(finding),
                        new_device: None,
                    },
                );
            }
        }
        for (index, device) in at_site.devices.iter().enumerate() {
            let kind = device.kind.code().to_owned();
            let fits = |about: &About| matches!(about, About::Devices(kinds) if kinds.contains(&kind));
            let Some(item) = item(checklist, fits) else {
                continue;
            };
            at = later(at, 2);
            let (finding, new_device) = match plan.trouble.filter(|_| index == 1) {
                None => (good(&mut ids, Subject::Device(device.id), item, at), None),
                Some(trouble) => {
                    let (finding, new_device, minutes) = faulty(&mut ids, device, item, trouble, at);
                    repair += minutes;
                    (finding, new_device)
                }
            };
            let command = Command::RecordFinding {
                visit,
                finding: Box::new(finding),
                new_device: new_device.map(Box::new),
            };
            push(&mut ids, at, command);
        }
        for complaint in &plan.complaints {
            at = later(at, 3);
            let verdict = match plan.trouble {
                Some(Trouble::Escalated) => Verdict::Escalate,
                Some(_) => Verdict::ProvenRepaired,
                None => Verdict::NotFound,
            };
            let note = "diperiksa bersama pelapor".to_owned();
            push(
                &mut ids,
                at,
                Command::GiveVerdict {
                    visit,
                    complaint: *complaint,
                    verdict,
                    note,
                    at,
                },
            );
        }
    }
    at = later(at, 8 + repair);
    let name = PersonalValue::seal(&format!("Contoh Kontak {}", at_site.site.code), &mut ids);
    let met = seen.then(|| PersonMet {
        name: name.sealed.clone(),
        post: "Pengelola TIK".to_owned(),
    });
    let out = CheckOut {
        visit,
        outcome: plan.outcome,
        met: met.clone(),
        personal: if seen { vec![name] } else { Vec::new() },
        note: String::new(),
        at,
    };
    push(&mut ids, at, Command::CheckOut(out));
    let confirmation = match met {
        Some(met) => Confirmation::Given {
            met,
            evidence: None,
            at,
        },
        None => Confirmation::Withheld {
            reason: plan.outcome.code().to_owned(),
            at,
        },
    };
    push(
        &mut ids,
        at,
        Command::ConfirmVisit {
            visit,
            confirmation,
            personal: Vec::new(),
        },
    );
    queue
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(minutes))
        .unwrap_or(at)
}

fn good(ids: &mut rajut_core::id::FreshIds, subject: Subject, item: &str, at: Timestamp) -> FindingDraft {
    FindingDraft {
        id: ids.fresh(),
        subject,
        item: item.to_owned(),
        condition: DeviceCondition::Good,
        action: Action::None,
        repair_minutes: None,
        replacement: None,
        note: String::new(),
        photos: Vec::new(),
        awaits: None,
        corrects: None,
        at,
    }
}

/// A fault on a device, and the minutes that it costs.
fn faulty(
    ids: &mut rajut_core::id::FreshIds,
    device: &Device,
    item: &str,
    trouble: Trouble,
    at: Timestamp,
) -> (FindingDraft, Option<Device>, i64) {
    let mut finding = good(ids, Subject::Device(device.id), item, at);
    finding.condition = DeviceCondition::Minor;
    match trouble {
        Trouble::Repaired => {
            finding.action = Action::Repair;
            finding.repair_minutes = Some(25);
            "konektor dipasang ulang".clone_into(&mut finding.note);
            (finding, None, 25)
        }
        Trouble::Escalated => {
            finding.action = Action::Escalate;
            "menunggu suku cadang".clone_into(&mut finding.note);
            (finding, None, 0)
        }
        Trouble::Replaced => {
            let id = ids.fresh();
            let serial = format!("CTH-{}", &format!("{id}")[28..]).to_uppercase();
            let new = Device {
                id,
                code: format!("{}-b", device.code),
                serial: Identity::Known(serial.clone()),
                inventory_number: Identity::Unknown,
                replaces: Some(device.id),
                ..device.clone()
            };
            finding.condition = DeviceCondition::Major;
            finding.action = Action::Replace;
            finding.repair_minutes = Some(30);
            "perangkat diganti".clone_into(&mut finding.note);
            finding.replacement = Some(Replacement {
                new_device: id,
                brand: device.brand.clone(),
                model: device.model.clone(),
                old_serial: device.serial.clone(),
                new_serial: Identity::Known(serial),
                new_inventory_number: Identity::Unknown,
                owner: Owner::Agency,
            });
            (finding, Some(new), 30)
        }
    }
}

/// What a queue came to.
#[derive(Default)]
pub struct Sent {
    /// The visits that ended, by site.
    pub ended: BTreeMap<SiteId, VisitId>,
    /// The complaints that they opened.
    pub opened: Vec<Registered>,
}

/// Sends a queue in its order: the same entry twice is one act.
pub async fn send(app: App, queue: Vec<Queued>) -> Result<Sent, AppError> {
    let mut sent = Sent::default();
    let mut at_site = BTreeMap::new();
    for entry in queue {
        let key = Key {
            key: Some(entry.key),
            occurred_at: Some(entry.at),
        };
        app.act(entry.who, key, &entry.command).await?;
        match &entry.command {
            Command::CheckIn(check_in) => {
                at_site.insert(check_in.visit, check_in.site);
            }
            Command::CheckOut(out) => {
                sent.opened.extend(app.follow_visit(out.visit).await?);
                if let Some(site) = at_site.get(&out.visit) {
                    sent.ended.insert(*site, out.visit);
                }
            }
            _ => {}
        }
    }
    Ok(sent)
}
