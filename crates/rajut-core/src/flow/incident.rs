//! Incidents: opened for one cause, complaints joined to it, resolved. None of it closes a complaint.

use std::collections::BTreeSet;

use super::rights::Scene;
use super::{Command, Deciding, IncidentDraft, invalid, reason};
use crate::act::{Expect, FieldName, Refusal, Rule, Wanted, Why};
use crate::complaint::{Complaint, ComplaintEvent, Incident, IncidentEvent, ProviderTicket, Resolution};
use crate::id::{ComplaintId, IncidentId};
use crate::register::{Device, Link, Site};
use crate::stream::{StreamKind, StreamRef};

fn stream(id: IncidentId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Incident,
        id: id.0,
    }
}

impl<'a> Deciding<'a> {
    pub(super) fn incident(&mut self, command: &Command) -> Result<(), Refusal> {
        self.grant(Scene::default())?;
        match command {
            Command::OpenIncident(draft) => self.open_incident(draft),
            Command::AttachComplaints { incident, complaints } => {
                let known = self.open_one_incident(*incident)?;
                self.not_before(known.began_at)?;
                let complaints = self.join(*incident, complaints)?;
                self.on_incident(*incident, IncidentEvent::Attached { complaints });
                Ok(())
            }
            Command::DetachComplaints {
                incident,
                complaints,
                reason: why,
            } => {
                let known = self.open_one_incident(*incident)?;
                reason(why, Wanted::Detach)?;
                let wanted = set(complaints)?;
                for complaint in &wanted {
                    if !known.complaints.contains(complaint) {
                        let record = complaint_stream(*complaint);
                        return Err(Refusal::new(Rule::NotFound).with("record", record));
                    }
                    self.on_complaint(*complaint, ComplaintEvent::Left { incident: *incident });
                }
                let event = IncidentEvent::Detached {
                    complaints: wanted,
                    reason: why.clone(),
                };
                self.on_incident(*incident, event);
                Ok(())
            }
            Command::NoteTicket {
                incident,
                provider,
                number,
            } => {
                let known = self.open_one_incident(*incident)?;
                self.not_before(known.began_at)?;
                reason(number, Wanted::Ticket)?;
                let ticket = ProviderTicket {
                    provider: provider.clone(),
                    number: number.clone(),
                    at: self.at(),
                };
                self.on_incident(*incident, IncidentEvent::TicketNoted { ticket });
                Ok(())
            }
            Command::ResolveIncident { incident, what } => {
                let known = self.open_one_incident(*incident)?;
                self.not_before(known.began_at)?;
                reason(what, Wanted::Resolution)?;
                let resolution = Resolution {
                    at: self.at(),
                    by: self.person()?,
                    what: what.clone(),
                };
                self.on_incident(*incident, IncidentEvent::Resolved { resolution });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open_incident(&mut self, draft: &IncidentDraft) -> Result<(), Refusal> {
        let records = self.facts.records;
        if !self.facts.agency.causes.contains(&draft.cause) {
            return Err(invalid(FieldName::Cause, &draft.cause, Why::UnknownCause));
        }
        reason(&draft.what, Wanted::Incident)?;
        if draft.began_at > self.at() {
            return Err(Refusal::new(Rule::TimeOutOfBounds)
                .with("at", draft.began_at)
                .with("bound", self.at()));
        }
        let mut sites: BTreeSet<_> = draft.sites.iter().copied().collect();
        // What it is about is somewhere: those places are hit.
        for link in &draft.links {
            sites.insert(records.get::<Link>(link.0)?.site);
        }
        for device in &draft.devices {
            sites.insert(records.get::<Device>(device.0)?.site);
        }
        for site in &sites {
            records.get::<Site>(site.0)?;
        }
        if sites.is_empty() {
            return Err(invalid(FieldName::Sites, "", Why::Required));
        }
        let complaints = match draft.complaints.as_slice() {
            [] => BTreeSet::new(),
            some => self.join(draft.id, some)?,
        };
        let incident = Incident {
            id: draft.id,
            cause: draft.cause.clone(),
            what: draft.what.clone(),
            sites,
            links: draft.links.clone(),
            devices: draft.devices.clone(),
            began_at: draft.began_at,
            complaints,
            tickets: Vec::new(),
            resolution: None,
        };
        let event = IncidentEvent::Opened {
            incident: Box::new(incident),
        };
        self.changes.push(stream(draft.id), Expect::New, event);
        Ok(())
    }

    /// Joins complaints to an incident: all or none, and each to one at a time.
    fn join(
        &mut self,
        incident: IncidentId,
        complaints: &[ComplaintId],
    ) -> Result<BTreeSet<ComplaintId>, Refusal> {
        let wanted = set(complaints)?;
        for complaint in &wanted {
            let known = self.facts.records.get::<Complaint>(complaint.0)?;
            if known.incident.is_some() {
                return Err(Refusal::new(Rule::ComplaintJoined).with("complaint", &known.number));
            }
            self.not_before(known.received_at)?;
            self.on_complaint(*complaint, ComplaintEvent::Joined { incident });
        }
        Ok(wanted)
    }

    fn open_one_incident(&self, id: IncidentId) -> Result<&'a Incident, Refusal> {
        let known = self.facts.records.get::<Incident>(id.0)?;
        match &known.resolution {
            None => Ok(known),
            Some(_) => Err(Refusal::new(Rule::IncidentOver).with("incident", &known.what)),
        }
    }

    fn on_incident(&mut self, id: IncidentId, event: IncidentEvent) {
        let seen = self.facts.records.seen(stream(id));
        self.changes.push(stream(id), seen, event);
    }

    fn on_complaint(&mut self, id: ComplaintId, event: ComplaintEvent) {
        let stream = complaint_stream(id);
        let seen = self.facts.records.seen(stream);
        self.changes.push(stream, seen, event);
    }
}

fn complaint_stream(id: ComplaintId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Complaint,
        id: id.0,
    }
}

/// The complaints named, at least one and each once.
fn set(complaints: &[ComplaintId]) -> Result<BTreeSet<ComplaintId>, Refusal> {
    let wanted: BTreeSet<_> = complaints.iter().copied().collect();
    match wanted.len() {
        0 => Err(invalid(FieldName::Complaints, "", Why::Required)),
        some if some < complaints.len() => Err(invalid(FieldName::Complaints, some, Why::Repeated)),
        _ => Ok(wanted),
    }
}
