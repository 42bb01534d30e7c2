//! Laptops that measure on site without a server: the bundle to take along, the measuring, and the way home.
//!
//! Hides what a bundle holds and in which order a file is checked, decided and kept. Signatures are core's.

mod bundle;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rajut_core::act::{Act, Refusal, UnfitCode};
use rajut_core::check::{Observation, Scope};
use rajut_core::flow::{NewLaptopKey, enrol_laptop, import_observations as import, revoke_laptop as revoke};
use rajut_core::id::{LaptopKeyId, PersonId, RunId, SiteId, TargetId, VisitId};
use rajut_core::journal::Record;
use rajut_core::laptop::{FileFault, LaptopKey, LaptopSecret, Verified, open};
use rajut_core::people::Person;
use rajut_core::register::{Device, Site};
use rajut_core::run::Run;
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::{Measured, Subject, Visit};

pub use bundle::{Bundle, BundleKey, BundleSite, BundleTarget, OnSite};

use crate::act::Done;
use crate::monitor::stored;
use crate::{App, AppError, Context, Key, Who};

/// How often a file is decided anew when another act came between.
const TRIES: u32 = 8;

/// For whom and for what a laptop is made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaptopFor {
    /// Who will measure.
    pub person: PersonId,
    /// During which visit; it need not have begun.
    pub visit: VisitId,
    /// Where.
    pub site: SiteId,
    /// Under which run.
    pub run: Option<RunId>,
    /// Which of its targets.
    pub targets: BTreeSet<TargetId>,
    /// Until when the key is in force.
    pub until: Timestamp,
}

/// A file that came home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameHome {
    /// The visit that it belongs to.
    pub visit: VisitId,
    /// Who measured.
    pub person: PersonId,
    /// How many observations it holds.
    pub observations: usize,
    /// It had been imported before; nothing was written now.
    pub already: bool,
}

fn key_stream(id: LaptopKeyId) -> StreamRef {
    StreamRef {
        kind: StreamKind::LaptopKey,
        id: id.0,
    }
}

fn refused(fault: FileFault) -> AppError {
    AppError::Refused(Refusal::from(fault))
}

/// A private key is told once. Whoever did not get it revokes the key and enrols another.
fn bundle_given() -> AppError {
    AppError::invalid("key", UnfitCode::LaptopKeyUsed)
}

impl App {
    /// Enrols a key and gives the bundle that goes to the laptop. The private key is in the bundle and nowhere
    /// else: what is lost here cannot be had again, and the same idempotency key again enrols nothing.
    pub async fn enrol_laptop(&self, who: Who, key: Key, of: &LaptopFor) -> Result<Bundle, AppError> {
        let enrolled = |record: &Record| record.stream.kind == StreamKind::LaptopKey;
        if self
            .done_already(key, Act::EnrolLaptop, enrolled)
            .await?
            .is_some()
        {
            return Err(bundle_given());
        }
        let context = self.context().await?;
        let person: Person = context.person(of.person)?.clone();
        let secret = LaptopSecret::from_random((self.entropy)());
        let new = NewLaptopKey {
            id: self.ids().fresh(),
            person: of.person,
            visit: of.visit,
            public: secret.public(),
            until: of.until,
        };
        let envelope = self.envelope(who, key, Act::EnrolLaptop);
        // Whatever time the caller names: the key is in force from now on.
        let from = envelope.received_at;
        let records = context.records();
        // Everything that may fail is done before the key is enrolled.
        let site: Site = self.find(of.site.0).await?;
        let run = match of.run {
            Some(run) => Some(self.find::<Run>(run.0).await?.label().to_owned()),
            None => None,
        };
        let bundle = Bundle {
            format: bundle::FORMAT.to_owned(),
            visit: of.visit,
            run,
            targets_of_run: of.targets.clone(),
            site: BundleSite {
                code: site.code.clone(),
                name: site.name.clone(),
            },
            person: of.person,
            name: person.full_name(),
            targets: self.targets_from(&site).await?,
            thresholds: context.thresholds_text.clone(),
            key: BundleKey {
                id: new.id,
                from,
                until: of.until,
                secret,
            },
        };
        let changes = enrol_laptop(context.facts(&records), envelope, self.ids(), &new)?;
        if self.commit(changes).await?.committed.repeated {
            // Two at once: the other one's key was enrolled, this one was not.
            return Err(bundle_given());
        }
        Ok(bundle)
    }

    /// What can be looked at from a site: its own devices, and the routers on the way to the centre.
    async fn targets_from(&self, site: &Site) -> Result<Vec<BundleTarget>, AppError> {
        let mut targets = Vec::new();
        for device in self.store().devices_of(site.id).await? {
            targets.extend(BundleTarget::of(&device.state, Scope::Gateway));
        }
        let mut passed = BTreeSet::from([site.id]);
        let mut above = site.parent;
        // A register that goes round in a circle ends here too.
        while let Some(id) = above.filter(|id| passed.insert(*id)) {
            let next: Site = self.find(id.0).await?;
            if let Some(gateway) = next.gateway {
                let gateway: Device = self.find(gateway.0).await?;
                targets.extend(BundleTarget::of(&gateway, Scope::Noc));
            }
            above = next.parent;
        }
        Ok(targets)
    }

    /// Takes a key out of force.
    pub async fn revoke_laptop(
        &self,
        who: Who,
        key: Key,
        laptop: LaptopKeyId,
        reason: &str,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let mut records = context.records();
        self.load_into(&mut records, [key_stream(laptop)]).await?;
        let revoked = |record: &Record| record.stream == key_stream(laptop);
        if let Some(done) = self.done_already(key, Act::RevokeLaptop, revoked).await? {
            return Ok(done);
        }
        let envelope = self.envelope(who, key, Act::RevokeLaptop);
        let changes = revoke(context.facts(&records), envelope, self.ids(), laptop, reason)?;
        self.commit(changes).await
    }

    /// All keys, the newest last.
    pub async fn laptop_keys(&self) -> Result<Vec<LaptopKey>, AppError> {
        let all = self.store().all(StreamKind::LaptopKey).await?;
        Ok(all
            .into_iter()
            .filter_map(|(_, versioned)| match versioned.state {
                State::LaptopKey(key) => Some(*key),
                _ => None,
            })
            .collect())
    }

    /// Takes in a laptop's file: once per nonce. A file whose signature, key or lines are not right is refused
    /// with the line; what is odd about the visit is stored and flagged.
    pub async fn import_observations(&self, who: Who, bytes: &[u8]) -> Result<CameHome, AppError> {
        let opened = open(bytes).map_err(refused)?;
        let mut tries = 1;
        loop {
            let context = self.context().await?;
            let mut records = context.records();
            // The key after the visit: where the visit holds the file already, the key tells of it too.
            self.load_visit(&mut records, opened.visit()).await?;
            self.load_into(&mut records, [key_stream(opened.key())]).await?;
            let key = records
                .find::<LaptopKey>(opened.key().0)
                .ok_or_else(|| refused(opened.unknown_key()))?;
            let file = opened
                .verify(key, context.agency.clock_skew_ms)
                .map_err(refused)?;
            let mut told = CameHome {
                visit: file.header().visit,
                person: file.header().person,
                observations: file.observations().len(),
                already: key.file(file.header().nonce).is_some(),
            };
            if told.already {
                return Ok(told);
            }
            let visit = records.get::<Visit>(told.visit.0)?.clone();
            let devices = self.devices_named(file.observations()).await?;
            let nonce = file.header().nonce;
            let key = Key {
                key: Some(crate::complaints::derived(
                    &format!("{}\n{nonce}", file.key()),
                    "laptop-file",
                )),
                occurred_at: Some(file.header().made_at),
            };
            let envelope = self.envelope(who, key, Act::ImportObservations);
            let judge = |it: &Observation| judged(it, &visit, &devices, &context);
            let changes = import(context.facts(&records), envelope, self.ids(), &file, judge)?;
            // Kept before the journal tells of them; of a file that is not taken in nothing is kept.
            self.keep(&file, &devices).await?;
            match self.commit(changes).await {
                Ok(done) => {
                    told.already = done.committed.repeated;
                    return Ok(told);
                }
                Err(AppError::Conflict { .. }) if tries < TRIES => tries += 1,
                Err(other) => return Err(other),
            }
        }
    }

    async fn devices_named(&self, seen: &[Observation]) -> Result<BTreeMap<String, Device>, AppError> {
        let mut devices = BTreeMap::new();
        let names: BTreeSet<&str> = seen.iter().map(|it| it.target.as_str()).collect();
        for name in names {
            let known = self.store().by_code(StreamKind::Device, name).await?;
            if let Some(State::Device(device)) = known.map(|(_, known)| known.state) {
                devices.insert(name.to_owned(), *device);
            }
        }
        Ok(devices)
    }

    /// Keeps the observations as they were signed; none is found at a time that has not come.
    async fn keep(&self, file: &Verified, devices: &BTreeMap<String, Device>) -> Result<(), AppError> {
        let now = self.now();
        let mut kept = Vec::new();
        for it in file.observations() {
            let device = devices.get(&it.target).map(|device| device.id);
            let mut row = stored(device, Some(file.header().visit), it)?;
            row.started_at = row.started_at.min(now);
            kept.push(row);
        }
        let outcome = self.store().insert_foreign_observations(&kept).await?;
        outcome.map_err(|id| refused(file.known_id(id)))
    }
}

/// An observation on its device and in its classes; a device of the site itself is judged as one that a cable
/// reaches, everything else as what lies on the way to the centre.
fn judged(
    it: &Observation,
    visit: &Visit,
    devices: &BTreeMap<String, Device>,
    context: &Context,
) -> (Measured, bool) {
    let device = devices.get(&it.target);
    let scope = match device {
        Some(device) if device.site == visit.site => Scope::Gateway,
        _ => Scope::Noc,
    };
    let subject = device.map_or(Subject::Site, |device| Subject::Device(device.id));
    let measured = Measured::judged(it, subject, scope, &context.thresholds, it.started_at);
    (measured, device.is_some())
}
