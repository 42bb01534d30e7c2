//! Names and codes in place of ids, wherever a person reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rajut_app::{App, AppError, Context};
use rajut_core::act::Refusal;
use rajut_core::id::{OfficeId, PersonId, PostId, SiteId};
use rajut_core::people::{Person, Post};
use rajut_core::register::Site;
use rajut_core::stream::{State, StreamKind, StreamRef};
use uuid::Uuid;

use crate::problem::Problem;
use crate::words::Words;

/// Names of sites and people.
pub struct Names {
    sites: BTreeMap<SiteId, Site>,
    offices: BTreeMap<OfficeId, String>,
    context: Arc<Context>,
}

impl Names {
    /// Reads them.
    pub async fn read(app: &App) -> Result<Self, AppError> {
        let mut offices = BTreeMap::new();
        for (_, known) in app.store().all(StreamKind::Office).await? {
            if let State::Office(office) = known.state {
                offices.insert(office.id, office.code.clone());
            }
        }
        Ok(Self {
            offices,
            sites: app.sites().await?,
            context: app.context().await?,
        })
    }

    /// The code of a site.
    pub fn site(&self, id: SiteId) -> String {
        self.sites
            .get(&id)
            .map_or_else(|| id.to_string(), |site| site.code.clone())
    }

    /// A person's full name.
    pub fn person(&self, id: PersonId) -> String {
        self.context
            .person(id)
            .map_or_else(|_| id.to_string(), Person::full_name)
    }

    /// The code of a post.
    pub fn post(&self, id: PostId) -> String {
        self.context
            .people
            .find::<Post>(id.0)
            .map_or_else(|| id.to_string(), |post| post.code.clone())
    }

    /// The code of an office.
    pub fn office(&self, id: OfficeId) -> String {
        self.offices.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// A site of the register.
    pub fn known_site(&self, id: SiteId) -> Option<&Site> {
        self.sites.get(&id)
    }

    /// Settings and people.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A moment by the agency's clock.
    pub fn time(&self, at: jiff::Timestamp) -> String {
        self.context
            .agency
            .zone
            .civil(at)
            .strftime("%Y-%m-%d %H:%M")
            .to_string()
    }
}

/// A refusal as its sentence, with names in place of ids, by the agency's clock.
pub async fn sentence(app: &App, words: &Words, refusal: &Refusal) -> String {
    let mut told = refusal.clone();
    for value in told.args.values_mut() {
        if let Some(known) = name_of(app, value).await {
            *value = known;
        }
    }
    let zone = app.context().await.ok().map(|context| context.agency.zone);
    words.refusal(&told, zone)
}

/// The same, and who could act.
pub async fn refusal(app: &App, words: &Words, refusal: &Refusal) -> String {
    Problem::refused(app, words, refusal).await.sentence(words)
}

/// The kinds of record that a refusal may name by a bare id.
const NAMED: &[StreamKind] = &[
    StreamKind::Site,
    StreamKind::Person,
    StreamKind::Post,
    StreamKind::Complaint,
    StreamKind::Incident,
    StreamKind::Target,
    StreamKind::Visit,
    StreamKind::Run,
    StreamKind::Device,
    StreamKind::Link,
    StreamKind::Office,
];

async fn name_of(app: &App, text: &str) -> Option<String> {
    let (kinds, id) = match text.split_once('/') {
        Some((kind, id)) => (vec![kind.parse().ok()?], id),
        None => (NAMED.to_vec(), text),
    };
    let id: Uuid = id.parse().ok()?;
    for kind in kinds {
        if let Ok(Some(known)) = app.store().load(StreamRef { kind, id }).await {
            return named(app, known.state).await;
        }
    }
    None
}

/// What a record is called, if it has a name.
pub async fn of_record(app: &App, record: StreamRef) -> Option<String> {
    let known = app.store().load(record).await.ok()??;
    named(app, known.state).await
}

async fn named(app: &App, state: State) -> Option<String> {
    let site = match state {
        State::Person(person) => return Some(person.full_name()),
        State::Post(post) => return Some(post.title),
        State::Complaint(complaint) => return Some(complaint.number),
        State::Run(run) => return Some(run.label().to_owned()),
        State::Incident(incident) => return Some(incident.what),
        State::Device(device) => return Some(device.code),
        State::Link(link) => return Some(link.code),
        State::Office(office) => return Some(office.code),
        State::Number(entry) => return Some(entry.text),
        State::Service(service) => return Some(service.code),
        State::Site(site) => return Some(format!("{} ({})", site.name, site.code)),
        State::Target(target) => target.site,
        State::Visit(visit) => visit.site,
        _ => return None,
    };
    let site: Site = app.find(site.0).await.ok()?;
    Some(format!("{} ({})", site.name, site.code))
}
