//! `rajut check`: measuring named targets now, and judging what was seen.

use rajut_core::act::UnfitCode;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use rajut_app::AppError;
use rajut_app::laptop::Bundle;
use rajut_app::probe::network::Sockets;
use rajut_app::probe::{How, Prober, Settings, Target, explicit};
use rajut_core::check::{Observation, Outcome, Scope, Thresholds, Vantage};
use rajut_core::clock::Clock as _;
use rajut_core::id::FreshIds;

use super::output::{Format, Output, code};
use super::{Error, Exit, Session, visit_facts};

/// The port that is asked by TCP where echoes are not permitted and the register names none.
const FALLBACK_PORT: u16 = 443;
/// More of a bundle is not read; the bundle says how much it may hold.
const MOST_BUNDLE: u64 = 8 << 20;

/// Arguments of `rajut check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Codes of registered devices, or addresses (`address[:port]`).
    #[arg(required_unless_present = "visit", value_name = "TARGET")]
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
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
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
    let (mut network, icmp) = network(out);
    let mut targets = Vec::new();
    for name in &asked.targets {
        let (address, registered) = match (address(name), session) {
            (Some(address), _) => (address, None),
            (None, Some(session)) => {
                let device = visit_facts::device(session, name).await?;
                let endpoint = device
                    .endpoint
                    .ok_or_else(|| AppError::invalid(name, UnfitCode::NoAddress))?;
                (endpoint.address, endpoint.tcp_port)
            }
            (None, None) => return Err(AppError::not_found("device", name)),
        };
        let how = match (asked.tcp.or(registered), icmp) {
            (Some(port), _) => How::Connect { port },
            (None, true) => How::Echo,
            (None, false) => How::Connect { port: FALLBACK_PORT },
        };
        targets.push(Target {
            name: name.clone(),
            address,
            how,
        });
    }
    let permitted = explicit(targets, asked.yes).map_err(|error| AppError::invalid("targets", error))?;
    let thresholds = match session {
        Some(session) => session.app.context().await?.thresholds.clone(),
        None => {
            Thresholds::read(Thresholds::SHIPPED).map_err(|error| AppError::invalid("thresholds", error))?
        }
    };
    let clock = crate::rim::SystemClock;
    let mut ids = FreshIds::new(clock.now(), crate::rim::entropy()());
    let seen = tokio::task::spawn_blocking(move || {
        Prober.check(
            &mut network,
            &clock,
            &mut ids,
            &permitted,
            &Settings::visit(Vantage::Server),
        )
    })
    .await
    .map_err(|error| AppError::Network(error.to_string()))?
    .map_err(|error| AppError::Network(error.to_string()))?;
    let seen: Vec<_> = seen.into_iter().map(|it| (it, Scope::Any)).collect();
    print(&seen, &thresholds, out);
    Ok(exit(&seen))
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
    Ok(exit(&measured.seen))
}

/// 3 when nothing could be looked at, 1 when something does not answer.
fn exit(seen: &[(Observation, Scope)]) -> Exit {
    let silent = seen
        .iter()
        .any(|(it, _)| matches!(it.outcome.alive(), Some(false)));
    if seen.iter().all(|(it, _)| it.outcome == Outcome::NotObserved) {
        Exit::Network
    } else if silent {
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
        assert_eq!(address("127.0.0.1"), address("127.0.0.1:161"));
        assert_eq!(address("::1"), address("[::1]:161"));
        assert_eq!(address("sw-kominfo-1"), None);
    }
}
