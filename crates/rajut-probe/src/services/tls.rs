//! A service with TLS: its version, its certificates, for how long they are good, whose they are.

use std::io::{self, ErrorKind};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::Method;
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use serde::Serialize;

use super::stream::{Asked, Phases, measures, ms, open};
use super::{Details, ServiceLook, Terms, Wanting};
use crate::Prober;
use crate::codec::{Certificate, parse_certificate};
use crate::network::{Deadline, Line, SecureLine};

/// Certificates of a chain that are told.
const MOST_CHAIN: usize = 10;

/// A service with TLS, whatever it speaks behind that.
#[derive(Debug, Clone)]
pub struct TlsService {
    /// What the observation calls it.
    pub target: String,
    /// The name that its certificate must bear.
    pub name: String,
    /// Where it listens.
    pub port: u16,
    /// Whose certificates are trusted; nothing: that is not judged.
    pub roots: Option<RootCertStore>,
}

/// What TLS showed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TlsLook {
    /// Its version.
    pub version: String,
    /// The certificates, the server's first.
    pub chain: Vec<Certificate>,
    /// Whole days until the first of them ends; negative when it has.
    pub days_left: i64,
    /// Whether it bears the name.
    pub name_matches: bool,
    /// Whether somebody who is trusted made it; nothing where nobody is.
    pub trusted: Option<bool>,
}

/// What one handshake needs to know.
pub(super) struct Handshake<'a> {
    pub(super) terms: &'a Terms,
    pub(super) now: Timestamp,
    pub(super) roots: Option<&'a RootCertStore>,
}

impl Prober {
    /// Does a handshake of TLS and ends the connection.
    pub fn tls(
        self,
        service: &TlsService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> ServiceLook {
        let asked = Asked {
            target: service.target.clone(),
            method: Method::Tls,
            roots: service.roots.as_ref(),
        };
        let (tries, found) = asked.ask(terms, clock, |handshake, deadline| {
            let mut phases = Phases::default();
            let line = open(&service.name, service.port, terms, deadline, &mut phases)?;
            let (_, look, wanting) = handshake.with(line, &service.name, deadline, &mut phases)?;
            Ok((look, wanting, phases))
        });
        let mut observation = tries.observation(ids);
        let Some((look, wanting, phases)) = found else {
            return ServiceLook {
                observation,
                details: None,
                wanting: Vec::new(),
            };
        };
        observation.measures.extend(measures(&phases, Some(&look)));
        ServiceLook {
            observation,
            details: Some(Details::Tls(look)),
            wanting,
        }
    }
}

impl Handshake<'_> {
    /// Agrees on keys with the other end, and judges what it shows.
    pub(super) fn with(
        &self,
        line: Line,
        name: &str,
        deadline: Deadline,
        phases: &mut Phases,
    ) -> io::Result<(SecureLine, TlsLook, Vec<Wanting>)> {
        let begun = deadline.passed();
        let server = ServerName::try_from(name.to_owned()).map_err(|_| ErrorKind::InvalidInput)?;
        let secure = SecureLine::handshake(line, server.clone())?;
        phases.tls_ms = Some(ms(deadline.passed().saturating_sub(begun)));
        let shown = secure.certificates();
        let chain: Vec<Certificate> = shown
            .iter()
            .take(MOST_CHAIN)
            .filter_map(|der| parse_certificate(der).ok())
            .collect();
        let Some(own) = chain.first() else {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "its certificate cannot be read",
            ));
        };
        let (days_left, good_from) = (days_between(self.now, own.not_after), own.not_before);
        let (name_matches, trusted) = self.verify(&shown, &server)?;
        let mut wanting = Vec::new();
        if days_left < 0 || good_from > self.now {
            wanting.push(Wanting::CertificateExpired);
        }
        if !name_matches {
            wanting.push(Wanting::OtherName);
        }
        if trusted == Some(false) {
            wanting.push(Wanting::NotTrusted);
        }
        let look = TlsLook {
            version: secure.version().to_owned(),
            chain,
            days_left,
            name_matches,
            trusted,
        };
        Ok((secure, look, wanting))
    }

    /// Whether the certificate bears the name, and whether somebody who is trusted made it.
    fn verify(
        &self,
        shown: &[CertificateDer<'_>],
        name: &ServerName<'_>,
    ) -> io::Result<(bool, Option<bool>)> {
        let [own, between @ ..] = shown else {
            return Err(ErrorKind::InvalidData.into());
        };
        let own = ParsedCertificate::try_from(own)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        let seconds = u64::try_from(self.now.as_second()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        let trusted = self.roots.map(|roots| {
            verify_server_cert_signed_by_trust_anchor(&own, roots, between, now, algorithms.all).is_ok()
        });
        Ok((verify_server_name(&own, name).is_ok(), trusted))
    }
}

/// Whole days, towards the past: a certificate of an hour ago has -1.
fn days_between(now: Timestamp, end: Timestamp) -> i64 {
    (end.as_second() - now.as_second()).div_euclid(24 * 60 * 60)
}
