//! A web page or any other service with TLS: does it answer, how long each part of that takes, and is its certificate good.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::{Measured, Method, Outcome, Sample};
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use serde::Serialize;
use url::Url;

use super::{Details, ServiceLook, Terms, Tries, Wanting};
use crate::Prober;
use crate::codec::{Body, Certificate, Head, encode_get, parse_certificate, parse_head};
use crate::network::{Deadline, Line, SecureLine, resolve};
use crate::prober::micros;

/// Octets of a body that are looked at.
const MOST_BODY: usize = 1 << 20;
/// Certificates of a chain that are told.
const MOST_CHAIN: usize = 10;

/// A web page.
#[derive(Debug, Clone)]
pub struct HttpService {
    /// Its address; `http` or `https`.
    pub url: Url,
    /// The status that it must answer with; without one any below 400 will do.
    pub status: Option<u16>,
    /// What must stand in its body, among the first 1,048,576 octets.
    pub text: Option<String>,
    /// How many times it may lead elsewhere. Only ways to the same host are followed, and never from HTTPS to HTTP.
    pub redirects: u8,
    /// Whose certificates are trusted; nothing: that is not judged.
    pub roots: Option<RootCertStore>,
}

impl HttpService {
    /// A page at an address (`https://www.contoh.go.id/status`), with nothing expected and five redirects. Nothing for
    /// what is no such address, and for one that bears a password: whoever lists processes would read it.
    pub fn new(url: &str) -> Option<Self> {
        let url: Url = url.parse().ok()?;
        let fits =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        (fits && url.host_str().is_some()).then_some(Self {
            url,
            status: None,
            text: None,
            redirects: 5,
            roots: None,
        })
    }
}

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

/// What a page answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpLook {
    /// Its status.
    pub status: u16,
    /// Where it was read in the end.
    pub url: String,
    /// Where it leads, if that was not followed.
    pub leads_to: Option<String>,
    /// How many times it led elsewhere.
    pub redirects: u8,
    /// Octets of its body that were read.
    pub body_octets: usize,
    /// How long each part took, of the last page.
    pub phases: Phases,
    /// Its certificate, where there is one.
    pub tls: Option<TlsLook>,
}

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

/// A conversation, in clear or not.
trait Talk: Read + Write {}
impl<T: Read + Write> Talk for T {}

/// What one page gave.
struct Page {
    head: Head,
    body: Body,
    phases: Phases,
    tls: Option<(TlsLook, Vec<Wanting>)>,
}

/// What one handshake needs to know.
struct Handshake<'a> {
    terms: &'a Terms,
    now: Timestamp,
    roots: Option<&'a RootCertStore>,
}

impl Prober {
    /// Asks for a page.
    pub fn http(
        self,
        service: &HttpService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> ServiceLook {
        let mut tries = Tries::new(service.url.to_string(), Method::Http, terms, clock);
        let mut found = None;
        for _ in 0..terms.tries.get() {
            let deadline = Deadline::after(terms.timeout);
            let handshake = Handshake {
                terms,
                now: clock.now(),
                roots: service.roots.as_ref(),
            };
            let ended = visit(service, &handshake, deadline);
            found = tries.end(ended, deadline.passed());
            if found.is_some() || matches!(tries.outcome, Outcome::Refused) {
                break;
            }
        }
        let mut observation = tries.observation(ids);
        let Some((look, wanting)) = found else {
            return ServiceLook {
                observation,
                details: None,
                wanting: Vec::new(),
            };
        };
        observation
            .measures
            .extend(measures(&look.phases, look.tls.as_ref()));
        ServiceLook {
            observation,
            details: Some(Details::Http(look)),
            wanting,
        }
    }

    /// Does a handshake of TLS and ends the connection.
    pub fn tls(
        self,
        service: &TlsService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> ServiceLook {
        let mut tries = Tries::new(service.target.clone(), Method::Tls, terms, clock);
        let mut found = None;
        for _ in 0..terms.tries.get() {
            let deadline = Deadline::after(terms.timeout);
            let handshake = Handshake {
                terms,
                now: clock.now(),
                roots: service.roots.as_ref(),
            };
            let mut phases = Phases::default();
            let ended = open(&service.name, service.port, terms, deadline, &mut phases)
                .and_then(|line| handshake.with(line, &service.name, deadline, &mut phases))
                .map(|(_, look, wanting)| (look, wanting, phases));
            found = tries.end(ended, deadline.passed());
            if found.is_some() || matches!(tries.outcome, Outcome::Refused) {
                break;
            }
        }
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

fn visit(
    service: &HttpService,
    handshake: &Handshake<'_>,
    deadline: Deadline,
) -> io::Result<(HttpLook, Vec<Wanting>)> {
    let mut url = service.url.clone();
    let mut redirects = 0;
    loop {
        let page = page(&url, handshake, deadline)?;
        let leads = page
            .head
            .location
            .as_deref()
            .filter(|_| (300..400).contains(&page.head.status));
        let leads = leads.and_then(|it| url.join(it).ok());
        let follows = |next: &Url| {
            next.host_str() == url.host_str()
                && matches!(next.scheme(), "http" | "https")
                && !(url.scheme() == "https" && next.scheme() == "http")
        };
        match leads {
            Some(next) if follows(&next) && redirects < service.redirects => {
                redirects += 1;
                url = next;
            }
            leads => {
                let endless = leads.as_ref().is_some_and(follows) && service.redirects > 0;
                let mut wanting = page
                    .tls
                    .as_ref()
                    .map(|(_, wanting)| wanting.clone())
                    .unwrap_or_default();
                wanting.extend(judge(service, &page, endless));
                let look = HttpLook {
                    status: page.head.status,
                    url: url.to_string(),
                    leads_to: leads.map(|it| it.to_string()),
                    redirects,
                    body_octets: page.body.kept().len(),
                    phases: page.phases,
                    tls: page.tls.map(|(look, _)| look),
                };
                return Ok((look, wanting));
            }
        }
    }
}

fn judge(service: &HttpService, page: &Page, endless: bool) -> Vec<Wanting> {
    let mut wanting = Vec::new();
    let good = service
        .status
        .map_or(page.head.status < 400, |status| status == page.head.status);
    if endless && service.status.is_none() {
        wanting.push(Wanting::LeadsOnAndOn);
    } else if !good {
        wanting.push(Wanting::OtherStatus);
    }
    let holds = |text: &String| {
        let text = text.as_bytes();
        text.is_empty() || page.body.kept().windows(text.len()).any(|it| it == text)
    };
    if service.text.as_ref().is_some_and(|text| !holds(text)) {
        wanting.push(Wanting::TextMissing);
    }
    wanting
}

fn page(url: &Url, handshake: &Handshake<'_>, deadline: Deadline) -> io::Result<Page> {
    let host = url.host_str().ok_or(ErrorKind::InvalidInput)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().ok_or(ErrorKind::InvalidInput)?;
    let mut phases = Phases::default();
    let line = open(bare, port, handshake.terms, deadline, &mut phases)?;
    let (mut talk, tls): (Box<dyn Talk>, _) = if url.scheme() == "https" {
        let (secure, look, wanting) = handshake.with(line, bare, deadline, &mut phases)?;
        (Box::new(secure), Some((look, wanting)))
    } else {
        (Box::new(line), None)
    };
    let begun = deadline.passed();
    let named = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let path = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    talk.write_all(&encode_get(&named, &path))?;
    talk.flush()?;
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 16 << 10];
    let (head, length) = loop {
        match parse_head(&bytes).map_err(invalid)? {
            // A word in between, before the answer (RFC 9110 section 15.2).
            Some((head, length)) if head.status < 200 => drop(bytes.drain(..length)),
            Some(found) => break found,
            None => match talk.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => bytes.extend(&buffer[..count]),
            },
        }
    };
    phases.head_ms = Some(ms(deadline.passed().saturating_sub(begun)));
    let begun = deadline.passed();
    let mut body = Body::new(head.body, MOST_BODY);
    body.take(&bytes[length..]).map_err(invalid)?;
    while !body.is_done() {
        match talk.read(&mut buffer)? {
            0 if body.may_end() => break,
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => body.take(&buffer[..count]).map_err(invalid)?,
        }
    }
    phases.body_ms = Some(ms(deadline.passed().saturating_sub(begun)));
    Ok(Page {
        head,
        body,
        phases,
        tls,
    })
}

fn open(host: &str, port: u16, terms: &Terms, deadline: Deadline, phases: &mut Phases) -> io::Result<Line> {
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

impl Handshake<'_> {
    fn with(
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

fn measures(phases: &Phases, tls: Option<&TlsLook>) -> Vec<Measured> {
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

/// Whole days, towards the past: a certificate of an hour ago has -1.
fn days_between(now: Timestamp, end: Timestamp) -> i64 {
    (end.as_second() - now.as_second()).div_euclid(24 * 60 * 60)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn invalid(error: crate::codec::Malformed) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
