//! A complaint as it is shown, with everything that belongs to it; and its steps as its own form tells them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rajut_core::act::Actor;
use rajut_core::complaint::{Complaint, Priority, PromiseFacts, Promises, promises};
use rajut_core::flow::{Command, Place};
use rajut_core::id::{ComplaintId, SiteId};
use rajut_core::people::{Sealed, masked_name};
use rajut_core::procedure::{ExitCode, FieldKind, StepId};
use rajut_core::register::{Office, Service, Site};
use rajut_core::run::{FollowUp, RunEvent};
use rajut_core::stream::{Event, StreamKind, StreamRef};
use rajut_core::visit::Visit;
use rajut_store::{FollowUpFilter, Page, StoreError};

use crate::complaints::derived;
use crate::{App, AppError, Done, IncidentView, Key, OpenReporter, RunBundle, RunView, Who};

/// The fields of a step that sorts complaints, by convention: whoever fills them in classifies the complaint.
const CATEGORY: &str = "kategori";
/// The other one.
const PRIORITY: &str = "prioritas";
/// More follow-ups than these never wait at one site.
const FOLLOW_UPS: u32 = 200;

/// One record of what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// When the server learned of it.
    pub received_at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// Who entered it.
    pub entered_by: Actor,
    /// What happened; names of people outside the register stand in it as [`App::complaint_view`] masks them.
    pub what: Event,
}

/// A complaint with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct ComplaintView {
    /// The complaint.
    pub complaint: Complaint,
    /// Its run with what belongs to that.
    pub bundle: RunBundle,
    /// The same as it is shown.
    pub run: RunView,
    /// Who complained, masked.
    pub reporter: OpenReporter,
    /// Where.
    pub site: Site,
    /// Whose.
    pub office: Option<Office>,
    /// Names of the services that are hit.
    pub services: Vec<String>,
    /// The number of the complaint that it repeats.
    pub duplicate_of: Option<String>,
    /// The incident that it joined.
    pub incident: Option<IncidentView>,
    /// The follow-ups that wait for it.
    pub follow_ups: Vec<FollowUp>,
    /// The visits during which it was judged.
    pub visits: Vec<Visit>,
    /// What was promised, once it is classified.
    pub promises: Option<Promises>,
    /// What happened, the oldest first.
    pub history: Vec<Moment>,
}

impl App {
    /// The complaint with this number.
    pub async fn complaint(&self, number: &str) -> Result<Complaint, AppError> {
        let known = self.store().complaint_by_number(number).await?;
        known
            .map(|known| known.state)
            .ok_or_else(|| AppError::not_found("complaint", number))
    }

    /// A complaint as it is shown at `now`.
    pub async fn complaint_view(
        &self,
        complaint: Complaint,
        now: Timestamp,
    ) -> Result<ComplaintView, AppError> {
        let context = self.context().await?;
        let bundle = self.bundle(complaint.run).await?;
        let run = self.run_view(complaint.run, now).await?;
        let site: Site = self.find(complaint.site.0).await?;
        let office = match complaint.office {
            Some(office) => Some(self.find::<Office>(office.0).await?),
            None => None,
        };
        let mut services = Vec::new();
        for service in &complaint.services {
            services.push(self.find::<Service>(service.0).await?.name);
        }
        let duplicate_of = match complaint.duplicate_of {
            Some(other) => Some(self.find::<Complaint>(other.0).await?.number),
            None => None,
        };
        let incident = match complaint.incident {
            Some(incident) => Some(self.incident_view(incident).await?),
            None => None,
        };
        let mut visits = Vec::new();
        for (visit, _) in &complaint.verdicts {
            visits.push(self.find::<Visit>(visit.0).await?);
        }
        let level = complaint
            .priority
            .and_then(|class| context.levels.levels.get(&class));
        let promises = match (level, context.procedures.get(&bundle.run.procedure)) {
            (Some(level), Some(procedure)) => {
                let facts = PromiseFacts {
                    run: &bundle.run,
                    procedure,
                    level: *level,
                    week: site.service_week,
                    calendar: &context.calendar,
                    zone: context.agency.zone,
                };
                let told =
                    promises(&complaint, facts, now).map_err(|error| AppError::setting("calendar", error))?;
                Some(told)
            }
            _ => None,
        };
        Ok(ComplaintView {
            reporter: self.masked_reporter(&complaint).await?,
            follow_ups: self.follow_ups_for(complaint.id, complaint.site).await?,
            history: self.history_of(&complaint).await?,
            complaint,
            bundle,
            run,
            site,
            office,
            services,
            duplicate_of,
            incident,
            visits,
            promises,
        })
    }

    async fn follow_ups_for(&self, complaint: ComplaintId, site: SiteId) -> Result<Vec<FollowUp>, AppError> {
        let filter = FollowUpFilter {
            site: Some(site),
            ..FollowUpFilter::default()
        };
        let listed = self.store().follow_ups(&filter, &Page::first(FOLLOW_UPS)).await?;
        let all = listed.items.into_iter().map(|it| it.state);
        Ok(all.filter(|it| it.complaint == Some(complaint)).collect())
    }

    /// What happened to a complaint and in its run.
    async fn history_of(&self, complaint: &Complaint) -> Result<Vec<Moment>, AppError> {
        let mut records = Vec::new();
        for (kind, id) in [
            (StreamKind::Complaint, complaint.id.0),
            (StreamKind::Run, complaint.run.0),
        ] {
            records.extend(self.store().history(StreamRef { kind, id }).await?);
        }
        records.sort_by_key(|record| record.seq);
        let mut moments = Vec::new();
        for record in records {
            let what = serde_json::from_str(&record.event).map_err(|error| {
                AppError::Store(StoreError::Corrupt {
                    what: format!("record {}", record.seq),
                    why: error.to_string(),
                })
            })?;
            moments.push(Moment {
                at: record.occurred_at,
                received_at: record.received_at,
                by: record.done_by,
                entered_by: record.entered_by,
                what,
            });
        }
        self.mask_names(&mut moments).await?;
        Ok(moments)
    }

    /// Puts the first letters of a name in the place of the commitment to it.
    async fn mask_names(&self, moments: &mut [Moment]) -> Result<(), AppError> {
        let sealed = |value: &String| Sealed::try_from(value.clone()).ok();
        let wanted: Vec<Sealed> = moments
            .iter()
            .filter_map(|moment| match &moment.what {
                Event::Run(RunEvent::Advanced { values, .. }) => Some(values),
                _ => None,
            })
            .flat_map(BTreeMap::values)
            .filter_map(sealed)
            .collect();
        let known = self.store().personal(&wanted).await?;
        for moment in moments {
            if let Event::Run(RunEvent::Advanced { values, .. }) = &mut moment.what {
                for value in values.values_mut() {
                    if let Some(commitment) = sealed(value) {
                        let name = known.get(&commitment).map(String::as_str).unwrap_or_default();
                        *value = masked_name(name);
                    }
                }
            }
        }
        Ok(())
    }

    /// Finishes a step of a complaint. A step that sorts complaints classifies it, too, for whoever may.
    pub async fn complete_complaint_step(
        &self,
        who: Who,
        key: Key,
        complaint: &Complaint,
        step: StepId,
        exit: Option<ExitCode>,
        values: BTreeMap<String, String>,
    ) -> Result<Done, AppError> {
        let place = Place::Run(complaint.run);
        let sorts = values.get(CATEGORY).zip(values.get(PRIORITY));
        let class =
            sorts.and_then(|(category, class)| Some((category.clone(), class.parse::<Priority>().ok()?)));
        let done = self.complete_step(who, key, place, step, exit, values).await?;
        if let Some((category, priority)) = class {
            let command = Command::ClassifyComplaint {
                complaint: complaint.id,
                category,
                priority,
                duplicate_of: complaint.duplicate_of,
            };
            let key = Key {
                key: Some(derived(&done.key, "classify")),
                ..key
            };
            match self.act(who, key, &command).await {
                // Who may do the step need not be who may classify.
                Ok(_) | Err(AppError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// The values with which the form of a step begins: what is known of the complaint already.
    pub fn known_for_step(complaint: &Complaint, field: &str, kind: FieldKind) -> Option<String> {
        match (field, kind) {
            (CATEGORY, FieldKind::Choice) => complaint.category.clone(),
            (PRIORITY, FieldKind::Choice) => complaint.priority.map(|class| class.code().to_owned()),
            _ => None,
        }
    }

    /// Whether a field of a step holds the category of a complaint.
    pub fn is_category(field: &str) -> bool {
        field == CATEGORY
    }

    /// The categories that the procedure of a complaint tells apart: code and label.
    pub async fn categories_of(&self, complaint: &Complaint) -> Result<Vec<(String, String)>, AppError> {
        let context = self.context().await?;
        let run: rajut_core::run::Run = self.find(complaint.run.0).await?;
        let fields = context
            .procedures
            .get(&run.procedure)
            .into_iter()
            .flat_map(|procedure| &procedure.steps)
            .flat_map(|step| &step.fields);
        Ok(fields
            .filter(|field| field.id == CATEGORY && field.kind == FieldKind::Choice)
            .flat_map(|field| &field.choices)
            .map(|choice| (choice.code.clone(), choice.label.clone()))
            .collect())
    }
}
