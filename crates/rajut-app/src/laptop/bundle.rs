//! What a laptop takes along, and what it does with it: no server, no database.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use rajut_core::check::{Observation, Scope, Thresholds, Vantage};
use rajut_core::clock::{Clock, to_millis};
use rajut_core::id::{FreshIds, LaptopKeyId, PersonId, TargetId, VisitId};
use rajut_core::laptop::{Header, LaptopSecret, Nonce, write};
use rajut_core::register::{Device, DeviceKind};
use rajut_probe::network::Network;
use rajut_probe::{How, Prober, Settings, Target, explicit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::AppError;

/// What a bundle calls its format.
pub(super) const FORMAT: &str = "rajut-bundle/1";
/// The largest bundle that is read, in bytes: thresholds and the devices of one site are far smaller.
const MOST_BYTES: usize = 4 << 20;

/// Everything that a laptop needs to measure during one visit. It holds the private key: the file is its
/// owner's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The format.
    pub format: String,
    /// The visit; who checks in names it.
    pub visit: VisitId,
    /// The run, as people call it.
    pub run: Option<String>,
    /// The targets of the run that the visit serves.
    pub targets_of_run: BTreeSet<TargetId>,
    /// The site.
    pub site: BundleSite,
    /// Who measures.
    pub person: PersonId,
    /// That person's name.
    pub name: String,
    /// What to look at.
    pub targets: Vec<BundleTarget>,
    /// The thresholds in force when the bundle was made (TOML), to judge on site. At home the ones of the day
    /// judge again.
    pub thresholds: String,
    /// The key.
    pub key: BundleKey,
}

/// The site of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleSite {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A device to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleTarget {
    /// Its code in the register.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Its address.
    pub address: IpAddr,
    /// A TCP port to ask instead of by echo.
    pub tcp_port: Option<u16>,
    /// `gateway` at the site itself, `noc` on the way to the centre.
    pub scope: Scope,
}

impl BundleTarget {
    /// A device, if it is in use and answers anywhere.
    pub(super) fn of(device: &Device, scope: Scope) -> Option<Self> {
        let endpoint = device.endpoint.as_ref().filter(|_| device.in_use())?;
        Some(Self {
            name: device.code.clone(),
            kind: device.kind,
            address: endpoint.address,
            tcp_port: endpoint.tcp_port,
            scope,
        })
    }
}

/// The key of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleKey {
    /// Its id: what the file names.
    pub id: LaptopKeyId,
    /// In force from.
    pub from: Timestamp,
    /// In force until.
    pub until: Timestamp,
    /// The private half.
    #[serde(serialize_with = "reveal", deserialize_with = "read_secret")]
    pub secret: LaptopSecret,
}

fn reveal<S: Serializer>(secret: &LaptopSecret, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&secret.reveal())
}

fn read_secret<'de, D: Deserializer<'de>>(from: D) -> Result<LaptopSecret, D::Error> {
    // The text is not told back: it may be a key with one digit too few.
    LaptopSecret::read(&String::deserialize(from)?)
        .ok_or_else(|| serde::de::Error::custom("a secret is 64 hexadecimal digits"))
}

/// What a laptop measured: the signed file, and what is in it to be shown at once.
#[derive(Debug, Clone, PartialEq)]
pub struct OnSite {
    /// The file to bring home.
    pub file: String,
    /// What was seen, each with the part of the network it is judged by.
    pub seen: Vec<(Observation, Scope)>,
}

impl Bundle {
    /// As a file.
    pub fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string_pretty(self).map_err(|error| AppError::invalid("bundle", Unfit::detail(error)))
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, AppError> {
        let wrong = |why: Unfit| AppError::invalid("bundle", why);
        if bytes.len() > MOST_BYTES {
            return Err(wrong(Unfit::from(UnfitCode::TooLarge).with("most", MOST_BYTES)));
        }
        let bundle: Self = serde_json::from_slice(bytes).map_err(|error| wrong(Unfit::detail(error)))?;
        if bundle.format != FORMAT {
            return Err(wrong(
                Unfit::from(UnfitCode::OtherFormat)
                    .with("found", bundle.format)
                    .with("known", FORMAT),
            ));
        }
        Ok(bundle)
    }

    /// The thresholds that came along.
    pub fn thresholds(&self) -> Result<Thresholds, AppError> {
        Thresholds::read(&self.thresholds).map_err(|error| AppError::invalid("bundle", error))
    }

    /// Measures every target, n = 20 each, and signs what was seen. It blocks its thread.
    ///
    /// `tcp_instead` is the port to ask where echoes cannot be sent and the register names none.
    pub fn measure<N: Network>(
        &self,
        network: &mut N,
        clock: &dyn Clock,
        ids: &mut FreshIds,
        tcp_instead: Option<u16>,
    ) -> Result<OnSite, AppError> {
        let now = clock.now();
        let slack = SignedDuration::from_mins(5);
        let early = now.saturating_add(slack).unwrap_or(now) < self.key.from;
        if early || now > self.key.until {
            let why = Unfit::from(UnfitCode::MachineClock)
                .with("now", now)
                .with("from", self.key.from)
                .with("until", self.key.until);
            return Err(AppError::invalid("bundle", why));
        }
        let how = |target: &BundleTarget| match target.tcp_port.or(tcp_instead) {
            Some(port) => How::Connect { port },
            None => How::Echo,
        };
        let targets = self.targets.iter().map(|target| Target {
            name: target.name.clone(),
            address: target.address,
            how: how(target),
        });
        // The register named them; that there are many of them is no slip of the hand.
        let permitted =
            explicit(targets.collect(), true).map_err(|error| AppError::invalid("bundle", error))?;
        let settings = Settings::visit(Vantage::Laptop);
        let seen = Prober
            .check(network, clock, ids, &permitted, &settings)
            .map_err(|error| AppError::Network(error.to_string()))?;
        let header = Header {
            format: rajut_core::laptop::FORMAT.to_owned(),
            visit: self.visit,
            person: self.person,
            made_at: to_millis(clock.now()),
            nonce: Nonce::from_random(ids.salt()),
        };
        let file = write(&header, &seen, self.key.id, &self.key.secret)
            .map_err(|error| AppError::invalid("observations", Unfit::detail(error)))?;
        let scopes = self.targets.iter().map(|target| target.scope);
        Ok(OnSite {
            file,
            seen: seen.into_iter().zip(scopes).collect(),
        })
    }
}
