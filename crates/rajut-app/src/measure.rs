//! Measuring for a visit: over the network from here, or as a person reads it off a screen or an instrument.

use jiff::Timestamp;
use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::check::{Method, Observation, Outcome, Scope, Vantage, read_reading};
use rajut_core::clock::Clock;
use rajut_core::flow::Command;
use rajut_core::id::VisitId;
use rajut_core::register::Device;
use rajut_core::visit::{Measured, Subject, Visit};
use rajut_probe::Settings;
use rajut_probe::network::Network;

use crate::act::Done;
use crate::monitor::stored;
use crate::{App, AppError, Held, Key, Who};

/// Readings as a person typed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// `phone` or `instrument`.
    pub vantage: Vantage,
    /// Of what.
    pub subject: Subject,
    /// On which part of the network.
    pub scope: Scope,
    /// `measure=value unit`, each.
    pub values: Vec<String>,
    /// Words of the source: what else the display said.
    pub raw: Option<String>,
}

/// The most bytes of what an instrument wrote itself.
const MOST_RAW: usize = 64 * 1024;

impl App {
    /// Measures devices from here for a visit, n = 20 each, judges what was seen and records it with the visit.
    /// Says how many devices were looked at.
    pub async fn measure_devices<N: Network + Send + 'static>(
        &self,
        who: Who,
        key: Key,
        network: &mut Held<N>,
        clock: std::sync::Arc<dyn Clock>,
        visit: VisitId,
        devices: &[Device],
    ) -> Result<usize, AppError> {
        let devices: Vec<Device> = devices
            .iter()
            .filter(|device| device.in_use() && device.endpoint.is_some())
            .cloned()
            .collect();
        let settings = Settings::visit(Vantage::Server);
        let seen = self.look(network, clock, &devices, settings).await?;
        let kept = devices
            .iter()
            .zip(&seen)
            .map(|(device, seen)| stored(Some(device.id), Some(visit), seen))
            .collect::<Result<Vec<_>, _>>()?;
        self.store().insert_observations(&kept).await?;
        let at = key.occurred_at.unwrap_or_else(|| self.now());
        // Each device is an act of its own.
        let key = Key { key: None, ..key };
        for (device, observation) in devices.iter().zip(&seen) {
            let subject = Subject::Device(device.id);
            self.record_measured(who, key, visit, observation, subject, Scope::Noc, at)
                .await?;
        }
        Ok(devices.len())
    }

    /// Measures every registered device of the site of a visit.
    pub async fn measure_visit<N: Network + Send + 'static>(
        &self,
        who: Who,
        key: Key,
        network: &mut Held<N>,
        clock: std::sync::Arc<dyn Clock>,
        visit: VisitId,
    ) -> Result<usize, AppError> {
        let site = self.find::<Visit>(visit.0).await?.site;
        let devices: Vec<Device> = self
            .store()
            .devices_of(site)
            .await?
            .into_iter()
            .map(|it| it.state)
            .collect();
        self.measure_devices(who, key, network, clock, visit, &devices)
            .await
    }

    /// Records what a person read off a phone or an instrument. Every reading falls into exactly one class, or
    /// it is refused and names what there is to choose from.
    pub async fn record_readings(
        &self,
        who: Who,
        key: Key,
        visit: VisitId,
        readings: &Readings,
    ) -> Result<Done, AppError> {
        if let Some(done) = self
            .repeated(&self.envelope(who, key, Act::RecordObservation))
            .await?
        {
            return Ok(done);
        }
        let context = self.context().await?;
        let mut measures: Vec<rajut_core::check::Measured> = Vec::new();
        for text in &readings.values {
            let read = read_reading(text, &context.thresholds, readings.scope)
                .map_err(|fault| AppError::Refused(fault.into()))?;
            if measures.iter().any(|known| known.measure == read.measure) {
                return Err(AppError::invalid(&read.measure, UnfitCode::ReadTwice));
            }
            measures.push(read);
        }
        let target = match readings.subject {
            Subject::Device(id) => self.find::<Device>(id.0).await?.code,
            Subject::Link(id) => self.find::<rajut_core::register::Link>(id.0).await?.code,
            Subject::Site => {
                let site = self.find::<Visit>(visit.0).await?.site;
                self.find::<rajut_core::register::Site>(site.0).await?.code
            }
        };
        let at = key.occurred_at.unwrap_or_else(|| self.now());
        let observation = Observation {
            id: self.ids().fresh(),
            target,
            method: Method::Reading,
            vantage: readings.vantage,
            started_at: at,
            duration_us: 0,
            samples: Vec::new(),
            measures,
            outcome: Outcome::Seen,
            raw: readings.raw.clone(),
        };
        let device = match readings.subject {
            Subject::Device(id) => Some(id),
            Subject::Site | Subject::Link(_) => None,
        };
        if observation.raw.as_ref().is_some_and(|raw| raw.len() > MOST_RAW) {
            let why = Unfit::from(UnfitCode::TooLarge).with("most", MOST_RAW);
            return Err(AppError::invalid("raw", why));
        }
        let judged = Measured::judged(
            &observation,
            readings.subject,
            readings.scope,
            &context.thresholds,
            at,
        );
        let command = Command::RecordObservation {
            visit,
            measured: Box::new(judged),
        };
        // What cannot be recorded is not kept either.
        if let Some(refusal) = self.would_refuse(who, &command).await? {
            return Err(refusal.into());
        }
        self.store()
            .insert_observations(&[stored(device, Some(visit), &observation)?])
            .await?;
        self.act(who, key, &command).await
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one measurement")]
    async fn record_measured(
        &self,
        who: Who,
        key: Key,
        visit: VisitId,
        observation: &Observation,
        subject: Subject,
        scope: Scope,
        at: Timestamp,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let measured = Measured::judged(observation, subject, scope, &context.thresholds, at);
        let command = Command::RecordObservation {
            visit,
            measured: Box::new(measured),
        };
        self.act(who, key, &command).await
    }
}
