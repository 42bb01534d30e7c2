//! What services over a stream share: the tries, opening the line, how long each part takes.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use rajut_core::check::{Measured, Method, Outcome, Sample};
use rajut_core::clock::Clock;
use rustls::RootCertStore;
use serde::Serialize;

use super::tls::{Handshake, TlsLook};
use super::{Terms, Tries};
use crate::network::{Deadline, Line, resolve};
use crate::prober::micros;

/// How long each part took, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Phases {
    /// Finding the address of the name.
    pub resolve_ms: f64,
    /// Opening the connection.
    pub connect_ms: f64,
    /// The handshake of TLS.
    pub tls_ms: Option<f64>,
    /// From the question to the whole head of the answer.
    pub head_ms: Option<f64>,
    /// The body.
    pub body_ms: Option<f64>,
}

/// What is asked.
pub(super) struct Asked<'a> {
    /// What the observation calls it.
    pub target: String,
    /// By which method.
    pub method: Method,
    /// Whose certificates are trusted.
    pub roots: Option<&'a RootCertStore>,
}

impl Asked<'_> {
    /// Tries until it answers, or says that it will not.
    pub fn ask<T>(
        self,
        terms: &Terms,
        clock: &dyn Clock,
        mut once: impl FnMut(&Handshake<'_>, Deadline) -> io::Result<T>,
    ) -> (Tries, Option<T>) {
        let mut tries = Tries::new(self.target, self.method, terms, clock);
        let mut found = None;
        for _ in 0..terms.tries.get() {
            let deadline = Deadline::after(terms.timeout);
            let handshake = Handshake {
                terms,
                now: clock.now(),
                roots: self.roots,
            };
            found = tries.end(once(&handshake, deadline), deadline.passed());
            if found.is_some() || matches!(tries.outcome, Outcome::Refused) {
                break;
            }
        }
        (tries, found)
    }
}

impl Tries {
    /// Takes in how a try ended.
    fn end<T>(&mut self, ended: io::Result<T>, took: Duration) -> Option<T> {
        let offset_us = micros(self.passed);
        self.passed += took;
        let (found, outcome) = match ended {
            Ok(found) => (Some(found), Outcome::Seen),
            Err(error) => {
                let outcome = match error.kind() {
                    ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Outcome::Refused,
                    ErrorKind::HostUnreachable => Outcome::Unreachable,
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => Outcome::Silent,
                    // It speaks, and not what it should: the host is alive, the service is not there.
                    ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
                        Outcome::Refused
                    }
                    _ => Outcome::NotObserved,
                };
                self.raw = Some(error.to_string());
                (None, outcome)
            }
        };
        self.outcome = outcome;
        if outcome != Outcome::NotObserved {
            let rtt_us = found.as_ref().map(|_| micros(took));
            self.samples.push(Sample { offset_us, rtt_us });
        }
        if found.is_some() {
            self.raw = None;
        }
        found
    }
}

/// Opens a line to a host by its name.
pub(super) fn open(
    host: &str,
    port: u16,
    terms: &Terms,
    deadline: Deadline,
    phases: &mut Phases,
) -> io::Result<Line> {
    let mut mark = deadline.passed();
    let mut lap = || {
        let now = deadline.passed();
        ms(now.saturating_sub(std::mem::replace(&mut mark, now)))
    };
    let addresses = resolve(host, port, deadline)?;
    phases.resolve_ms = lap();
    let fits = |it: &&SocketAddr| terms.source.is_none_or(|source| source.is_ipv4() == it.is_ipv4());
    let mut last = ErrorKind::AddrNotAvailable.into();
    for address in addresses.iter().filter(fits) {
        match Line::open(terms.source, *address, deadline) {
            Ok(line) => {
                phases.connect_ms = lap();
                return Ok(line);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The parts as measures of an observation.
pub(super) fn measures(phases: &Phases, tls: Option<&TlsLook>) -> Vec<Measured> {
    let times = [
        ("resolve", Some(phases.resolve_ms)),
        ("connect", Some(phases.connect_ms)),
        ("tls", phases.tls_ms),
        ("head", phases.head_ms),
        ("body", phases.body_ms),
    ];
    let mut measures: Vec<Measured> = times
        .into_iter()
        .filter_map(|(name, value)| Some(Measured::new(name, "ms", value?)))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "no certificate lasts 2^53 days")]
    measures.extend(tls.map(|tls| Measured::new("certificate_left", "days", tls.days_left as f64)));
    measures
}

/// Milliseconds.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
