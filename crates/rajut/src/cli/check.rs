//! `rajut check`: measuring named targets now, and judging what was seen.

use rajut_core::act::UnfitCode;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use rajut_app::AppError;
use rajut_app::laptop::Bundle;
use rajut_app::probe::naming::Families;
use rajut_app::probe::network::Sockets;
use rajut_app::probe::strategy::snmp::SnmpSettings;
use rajut_app::probe::{Access, DeviceLook, How, Permitted, Prober, Settings, Target, explicit};
use rajut_core::check::{Observation, Outcome, Scope, Thresholds, Vantage};
use rajut_core::clock::Clock as _;
use rajut_core::id::FreshIds;

use super::devices::{self, Asked, Seen, SnmpArguments};
use super::output::{Format, Output, code};
use super::services::{self, ServiceArguments};
use super::{Error, Exit, Session, visit_facts};

/// The port that is asked by TCP where echoes are not permitted and the register names none.
const FALLBACK_PORT: u16 = 443;
/// More of a bundle is not read; the bundle says how much it may hold.
const MOST_BUNDLE: u64 = 8 << 20;

/// Arguments of `rajut check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Codes of registered devices, or addresses (`address[:port]`).
    #[arg(required_unless_present_any = ["visit", "inventory", "dns", "ntp", "path", "http", "tls"], value_name = "TARGET")]
    targets: Vec<String>,
    /// Measure what the bundle of a visit names (`rajut token create --laptop`), on site and without a server.
    #[arg(long, value_name = "BUNDLE", conflicts_with_all = ["targets", "tcp"], requires = "out")]
    visit: Option<PathBuf>,
    /// The file to bring home from such a visit; it is signed.
    #[arg(long, value_name = "FILE", requires = "visit")]
    out: Option<PathBuf>,
    /// Ask by a TCP connection to this port, not by echo.
    #[arg(long, value_name = "PORT")]
    tcp: Option<u16>,
    /// More than 1,024 addresses are meant.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    snmp: SnmpArguments,
    #[command(flatten)]
    services: ServiceArguments,
}

/// An address, with or without a port, which is SNMP's.
pub(super) fn address(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let bare = text.parse::<IpAddr>().ok().map(|address| (address, None));
    let with_port = || text.parse::<SocketAddr>().ok();
    bare.or_else(|| with_port().map(|socket| (socket.ip(), Some(socket.port()))))
}

impl CheckArguments {
    /// Whether every target is an address, or a bundle names them: then no register is opened.
    pub fn needs_no_register(&self) -> bool {
        self.visit.is_some() || self.targets.iter().all(|target| address(target).is_some())
    }
}

/// The real network, and whether echoes can be sent; if not, that is said with what to do about it.
pub(super) fn network(out: &Output) -> (Sockets, bool) {
    let random = crate::rim::entropy()();
    match Sockets::open(u16::from_be_bytes([random[0], random[1]])) {
        Ok(sockets) => (sockets, true),
        Err(error) => {
            crate::rim::tell(&error.to_string());
            out.say_with("tcp-fallback", &[("port", &FALLBACK_PORT.to_string())]);
            (Sockets::tcp_only(), false)
        }
    }
}

pub(super) async fn run(
    asked: CheckArguments,
    session: Option<&Session>,
    out: &Output,
) -> Result<Exit, Error> {
    if let (Some(bundle), Some(file)) = (&asked.visit, &asked.out) {
        return on_site(bundle, file, out).await;
    }
    if asked.services.any() {
        return services::run(&asked.services, out).await;
    }
    let asked_of = asked_of(&asked, session, out).await?;
    let (network, icmp) = network(out);
    let look = Look::new(asked_of, asked.tcp, icmp, asked.yes)?;
    let thresholds = match session {
        Some(session) => session.app.context().await?.thresholds.clone(),
        None => {
            Thresholds::read(Thresholds::SHIPPED).map_err(|error| AppError::invalid("thresholds", error))?
        }
    };
    let by_snmp = look.by_snmp();
    let seen = tokio::task::spawn_blocking(move || look.carry_out(network))
        .await
        .map_err(|error| AppError::Network(error.to_string()))??;
    if by_snmp {
        devices::print(&seen, &thresholds, Scope::Any, out);
        let outcomes: Vec<Outcome> = seen.iter().map(Seen::outcome).collect();
        return Ok(match exit(&outcomes) {
            // Alive, but it does not take our questions.
            Exit::Done if seen.iter().any(Seen::is_unread) => Exit::Refused,
            exit => exit,
        });
    }
    let seen: Vec<_> = seen
        .into_iter()
        .filter_map(|one| Some((one.reached?, Scope::Any)))
        .collect();
    print(&seen, &thresholds, out);
    Ok(exit(&outcomes(&seen)))
}

/// Whom to look at, and how they are asked by SNMP.
async fn asked_of(
    asked: &CheckArguments,
    session: Option<&Session>,
    out: &Output,
) -> Result<Vec<Asked>, AppError> {
    let credentials = asked.snmp.credentials(out)?;
    if let Some(listed) = asked.snmp.listed(&credentials)? {
        return Ok(listed);
    }
    let mut all = Vec::new();
    for name in &asked.targets {
        let (address, port, tcp_port) = match (address(name), session) {
            (Some((address, port)), _) => (address, port, None),
            (None, Some(session)) => {
                let device = visit_facts::device(session, name).await?;
                let endpoint = device
                    .endpoint
                    .ok_or_else(|| AppError::invalid(name, UnfitCode::NoAddress))?;
                (endpoint.address, None, endpoint.tcp_port)
            }
            (None, None) => return Err(AppError::not_found("device", name)),
        };
        all.push(Asked {
            name: name.clone(),
            address,
            tcp_port,
            access: devices::access(&credentials, port)?,
        });
    }
    Ok(all)
}

/// What is about to be looked at. The two parts name their targets by place.
struct Look {
    names: Vec<String>,
    reached: (Vec<usize>, Permitted),
    devices: (Vec<usize>, Permitted, Vec<Access>),
}

impl Look {
    fn new(asked: Vec<Asked>, tcp: Option<u16>, icmp: bool, yes: bool) -> Result<Self, AppError> {
        let target = |one: &Asked, how| Target {
            name: one.name.clone(),
            address: one.address,
            how,
        };
        let (mut reached, mut reached_places) = (Vec::new(), Vec::new());
        let (mut devices, mut device_places, mut access) = (Vec::new(), Vec::new(), Vec::new());
        for (place, one) in asked.iter().enumerate() {
            let how = match (tcp.or(one.tcp_port), icmp) {
                (Some(port), _) => Some(How::Connect { port }),
                (None, true) => Some(How::Echo),
                // Who answers SNMP need not be asked by TCP too.
                (None, false) => one
                    .access
                    .is_none()
                    .then_some(How::Connect { port: FALLBACK_PORT }),
            };
            if let Some(how) = how {
                reached.push(target(one, how));
                reached_places.push(place);
            }
            if let Some(by) = &one.access {
                devices.push(target(one, How::Echo));
                device_places.push(place);
                access.push(by.clone());
            }
        }
        let permitted = |targets| explicit(targets, yes).map_err(|error| AppError::invalid("targets", error));
        Ok(Self {
            names: asked.into_iter().map(|one| one.name).collect(),
            reached: (reached_places, permitted(reached)?),
            devices: (device_places, permitted(devices)?, access),
        })
    }

    fn by_snmp(&self) -> bool {
        !self.devices.0.is_empty()
    }

    /// Looks. It blocks its thread.
    fn carry_out(self, mut network: Sockets) -> Result<Vec<Seen>, AppError> {
        let clock = crate::rim::SystemClock;
        let mut ids = FreshIds::new(clock.now(), crate::rim::entropy()());
        let wrong = |error: rajut_app::probe::ProbeError| AppError::Network(error.to_string());
        let settings = if self.by_snmp() {
            Settings::monitoring()
        } else {
            Settings::visit(Vantage::Server)
        };
        let (places, targets) = self.reached;
        let reached = Prober
            .check(&mut network, &clock, &mut ids, &targets, &settings)
            .map_err(wrong)?;
        let seen = |name| Seen {
            name,
            reached: None,
            device: None,
        };
        let mut all: Vec<Seen> = self.names.into_iter().map(seen).collect();
        for (place, observation) in places.into_iter().zip(reached) {
            all[place].reached = Some(observation);
        }
        let (places, targets, access) = self.devices;
        if !places.is_empty() {
            let families =
                Families::shipped().map_err(|error| AppError::invalid(&error.file, error.error))?;
            let looks: Vec<DeviceLook> = Prober
                .snmp(
                    &mut network,
                    &clock,
                    &mut ids,
                    &targets,
                    &access,
                    &families,
                    &SnmpSettings::default(),
                    Vantage::Server,
                )
                .map_err(wrong)?;
            for (place, look) in places.into_iter().zip(looks) {
                all[place].device = Some(look);
            }
        }
        Ok(all)
    }
}

/// Measures on site what a bundle names, and writes the signed file.
async fn on_site(bundle: &Path, file: &Path, out: &Output) -> Result<Exit, Error> {
    let wrong = AppError::file;
    let mut bytes = Vec::new();
    std::fs::File::open(bundle)
        .and_then(|opened| opened.take(MOST_BUNDLE + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(bundle, error))?;
    let bundle = Bundle::read(&bytes)?;
    let thresholds = bundle.thresholds()?;
    // Minutes of measuring are not lost to a file that is there already.
    let mut opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(|error| wrong(file, error))?;
    let (mut network, icmp) = network(out);
    let clock = crate::rim::SystemClock;
    let mut ids = FreshIds::new(clock.now(), crate::rim::entropy()());
    let measured = tokio::task::spawn_blocking(move || {
        let tcp_instead = (!icmp).then_some(FALLBACK_PORT);
        bundle.measure(&mut network, &clock, &mut ids, tcp_instead)
    })
    .await
    .map_err(|error| AppError::Network(error.to_string()))
    .and_then(|measured| measured);
    let measured = match measured {
        Ok(measured) => measured,
        Err(error) => {
            let _ = std::fs::remove_file(file);
            return Err(error);
        }
    };
    opened
        .write_all(measured.file.as_bytes())
        .and_then(|()| opened.sync_all())
        .map_err(|error| wrong(file, error))?;
    print(&measured.seen, &thresholds, out);
    out.say_with("laptop-measured", &[("file", &file.display().to_string())]);
    Ok(exit(&outcomes(&measured.seen)))
}

fn outcomes(seen: &[(Observation, Scope)]) -> Vec<Outcome> {
    seen.iter().map(|(it, _)| it.outcome).collect()
}

/// 3 when nothing could be looked at, 1 when something does not answer.
pub(super) fn exit(outcomes: &[Outcome]) -> Exit {
    if outcomes.iter().all(|it| *it == Outcome::NotObserved) {
        Exit::Network
    } else if outcomes.iter().any(|it| matches!(it.alive(), Some(false))) {
        Exit::Refused
    } else {
        Exit::Done
    }
}

fn print(seen: &[(Observation, Scope)], thresholds: &Thresholds, out: &Output) {
    let mut rows = Vec::new();
    for (observation, scope) in seen {
        let judgements = thresholds.judge_observation(observation, *scope);
        if out.format() == Format::Json {
            // One object per target: JSON Lines for several.
            Output::json_line(&serde_json::json!({
                "target": observation.target,
                "observations": [observation],
                "judgements": judgements,
            }));
            continue;
        }
        let figure = |name: &str| {
            let Some(measured) = observation.measure(name) else {
                return String::new();
            };
            let class = judgements.iter().find(|it| it.measure == name);
            let class = class
                .map(|it| format!(" ({})", out.word("class", &code(&it.class))))
                .unwrap_or_default();
            format!("{:.2} {}{class}", measured.value, measured.unit)
        };
        rows.push(vec![
            observation.target.clone(),
            out.word("outcome", &code(&observation.outcome)),
            out.word("method", &code(&observation.method)),
            figure("delay"),
            figure("jitter"),
            figure("loss"),
            observation.raw.clone().unwrap_or_default(),
        ]);
    }
    if out.format() != Format::Json {
        out.print(
            &(),
            &["target", "outcome", "method", "delay", "jitter", "loss", "remark"],
            rows,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_an_address_with_or_without_port_or_a_name() {
        let local = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(address("127.0.0.1"), Some((local, None)));
        assert_eq!(address("127.0.0.1:1161"), Some((local, Some(1161))));
        assert_eq!(address("[::1]:161").map(|(_, port)| port), Some(Some(161)));
        assert_eq!(address("sw-kominfo-1"), None);
    }
}
