//! The part of `rajut check` that asks services: name servers, clocks, the way to a host, pages and certificates.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use rajut_app::AppError;
use rajut_app::probe::Prober;
use rajut_app::probe::codec::{DnsKind, DnsQuestion};
use rajut_app::probe::network::{EchoNetwork as _, EchoSockets, Way};
use rajut_app::probe::services::{
    Details, DnsService, Hop, HttpService, NtpService, PathService, ServiceLook, Terms, TlsLook, TlsService,
};
use rajut_core::act::UnfitCode;
use rajut_core::check::{Outcome, Scope, Thresholds, Vantage};
use rajut_core::clock::Clock as _;
use rajut_core::id::FreshIds;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::output::{Format, Output, code};
use super::{Error, Exit, check};

const DNS_PORT: u16 = 53;
const NTP_PORT: u16 = 123;
/// Where Debian keeps whom it trusts (package ca-certificates).
const MACHINE_ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Arguments that ask services.
#[derive(Debug, Args)]
pub struct ServiceArguments {
    /// Ask a name server about a name: `www.contoh.go.id@10.9.0.53`. About an address it is asked for its names.
    #[arg(long, value_name = "NAME@SERVER", conflicts_with_all = ["targets", "visit", "inventory"])]
    dns: Vec<String>,
    /// What is asked about the name.
    #[arg(long, value_enum, default_value_t = DnsType::A, value_name = "TYPE", requires = "dns")]
    dns_type: DnsType,
    /// An address or name that must be answered; several are all of them, and no others.
    #[arg(long, value_name = "ANSWER", requires = "dns")]
    expect: Vec<String>,
    /// Ask a time server how far the clock of this machine is off.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["targets", "visit", "inventory"])]
    ntp: Vec<String>,
    /// Follow the way to a host, hop by hop.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["targets", "visit", "inventory"])]
    path: Vec<String>,
    /// Ask for a web page: `https://www.contoh.go.id/status`. With HTTPS its certificate is looked at too.
    #[arg(long, value_name = "URL", conflicts_with_all = ["targets", "visit", "inventory"])]
    http: Vec<String>,
    /// The status that the page must answer with; without it any below 400 will do.
    #[arg(long, value_name = "STATUS", requires = "http", value_parser = RangedU64ValueParser::<u16>::new().range(100..=599))]
    status: Option<u16>,
    /// What must stand in the page.
    #[arg(long, value_name = "TEXT", requires = "http")]
    text: Option<String>,
    /// How often the page may lead elsewhere on its host; another host is never asked.
    #[arg(long, value_name = "N", default_value = "5", value_parser = RangedU64ValueParser::<u8>::new().range(0..=20))]
    redirects: u8,
    /// Look at the certificate of a service with TLS: `mail.contoh.go.id:993`.
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["targets", "visit", "inventory"])]
    tls: Vec<String>,
    /// Trust the authorities of this file (PEM), not those of this machine.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// How long a service may take to answer, milliseconds.
    #[arg(long, value_name = "MS", default_value = "2000", value_parser = RangedU64ValueParser::<u32>::new().range(1..=60_000))]
    timeout: u32,
    /// How often a service is asked that does not answer, and each hop of a way.
    #[arg(long, value_name = "N", default_value = "3", value_parser = RangedU64ValueParser::<u16>::new().range(1..=100))]
    tries: u16,
    /// Ask services from this address of this machine.
    #[arg(long, value_name = "ADDRESS")]
    source: Option<IpAddr>,
}

/// What is asked about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DnsType {
    /// Its addresses of version 4.
    A,
    /// Its addresses of version 6.
    Aaaa,
    /// The names of an address.
    Ptr,
}

/// A service to be asked.
enum Service {
    Dns(DnsService),
    Ntp(NtpService),
    Path(PathService),
    Http(HttpService),
    Tls(TlsService),
}

impl ServiceArguments {
    /// Whether any service is to be asked.
    pub(super) fn any(&self) -> bool {
        ![&self.dns, &self.ntp, &self.path, &self.http, &self.tls]
            .iter()
            .all(|asked| asked.is_empty())
    }

    fn services(&self) -> Result<Vec<Service>, AppError> {
        let mut services = Vec::new();
        for text in &self.dns {
            services.push(Service::Dns(self.dns_service(text)?));
        }
        for text in &self.ntp {
            services.push(Service::Ntp(NtpService {
                target: text.clone(),
                server: server(text, NTP_PORT)?,
            }));
        }
        for text in &self.path {
            services.push(Service::Path(PathService {
                target: text.clone(),
                address: text.parse().map_err(|_| write_as(text, "10.9.1.1"))?,
                count: NonZeroU16::new(self.tries).unwrap_or(NonZeroU16::MIN),
            }));
        }
        if self.http.is_empty() && self.tls.is_empty() {
            return Ok(services);
        }
        let roots = self.roots()?;
        for text in &self.http {
            let service =
                HttpService::new(text).ok_or_else(|| write_as(text, "https://www.contoh.go.id/status"))?;
            services.push(Service::Http(HttpService {
                status: self.status,
                text: self.text.clone(),
                redirects: self.redirects,
                roots: roots.clone(),
                ..service
            }));
        }
        for text in &self.tls {
            let wrong = || write_as(text, "mail.contoh.go.id:993");
            let (name, port) = text.rsplit_once(':').ok_or_else(wrong)?;
            let name = name.trim_start_matches('[').trim_end_matches(']');
            if name.is_empty() {
                return Err(wrong());
            }
            services.push(Service::Tls(TlsService {
                target: text.clone(),
                name: name.to_owned(),
                port: port.parse().map_err(|_| wrong())?,
                roots: roots.clone(),
            }));
        }
        Ok(services)
    }

    /// Whose certificates are trusted: those of the file, else those that this machine trusts; nothing where it has no
    /// list of them.
    fn roots(&self) -> Result<Option<RootCertStore>, AppError> {
        let path = self.ca.as_deref().unwrap_or(Path::new(MACHINE_ROOTS));
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(_) if self.ca.is_none() => return Ok(None),
            Err(error) => return Err(AppError::file(path, error)),
        };
        let mut roots = RootCertStore::empty();
        let (taken, _) =
            roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok));
        if taken == 0 && self.ca.is_some() {
            return Err(AppError::invalid(
                &path.display().to_string(),
                UnfitCode::NotUnderstood,
            ));
        }
        Ok((taken > 0).then_some(roots))
    }

    fn dns_service(&self, text: &str) -> Result<DnsService, AppError> {
        let wrong = || write_as(text, "www.contoh.go.id@10.9.0.53");
        let (name, at) = text.rsplit_once('@').ok_or_else(wrong)?;
        let kind = match self.dns_type {
            DnsType::A => DnsKind::A,
            DnsType::Aaaa => DnsKind::Aaaa,
            DnsType::Ptr => DnsKind::Ptr,
        };
        Ok(DnsService {
            target: text.to_owned(),
            server: server(at, DNS_PORT)?,
            question: DnsQuestion::new(name, kind).ok_or_else(wrong)?,
            expected: self.expect.clone(),
        })
    }

    fn terms(&self) -> Terms {
        Terms {
            timeout: Duration::from_millis(u64::from(self.timeout)),
            tries: NonZeroU16::new(self.tries).unwrap_or(NonZeroU16::MIN),
            source: self.source,
            vantage: Vantage::Server,
        }
    }
}

fn server(text: &str, port: u16) -> Result<SocketAddr, AppError> {
    let (address, own_port) = check::address(text).ok_or_else(|| write_as(text, "10.9.0.53"))?;
    Ok(SocketAddr::new(address, own_port.unwrap_or(port)))
}

fn write_as(text: &str, form: &str) -> AppError {
    let why = rajut_core::act::Unfit::from(UnfitCode::WriteAs).with("form", form);
    AppError::invalid(text, why)
}

/// Asks the services, one after the other, and prints what they answered.
pub(super) async fn run(asked: &ServiceArguments, out: &Output) -> Result<Exit, Error> {
    let (services, terms) = (asked.services()?, asked.terms());
    let thresholds =
        Thresholds::read(Thresholds::SHIPPED).map_err(|error| AppError::invalid("thresholds", error))?;
    let looks = tokio::task::spawn_blocking(move || ask(services, &terms))
        .await
        .map_err(|error| AppError::Network(error.to_string()))??;
    print(&looks, &thresholds, out);
    let outcomes: Vec<Outcome> = looks.iter().map(|look| look.observation.outcome).collect();
    Ok(match check::exit(&outcomes) {
        Exit::Done if looks.iter().any(is_wanting) => Exit::Refused,
        exit => exit,
    })
}

/// A host that refuses the port is alive, but the service is not there.
fn is_wanting(look: &ServiceLook) -> bool {
    !look.wanting.is_empty() || look.observation.outcome == Outcome::Refused
}

fn ask(services: Vec<Service>, terms: &Terms) -> Result<Vec<ServiceLook>, AppError> {
    let clock = crate::rim::SystemClock;
    let random = crate::rim::entropy()();
    let mut ids = FreshIds::new(clock.now(), random);
    let mut looks = Vec::new();
    for service in services {
        looks.push(match service {
            Service::Dns(service) => Prober.dns(&service, terms, &clock, &mut ids),
            Service::Ntp(service) => Prober.ntp(&service, terms, &clock, &mut ids),
            Service::Http(service) => Prober.http(&service, terms, &clock, &mut ids),
            Service::Tls(service) => Prober.tls(&service, terms, &clock, &mut ids),
            Service::Path(service) => {
                let [high, low, ..] = ids.salt();
                let opened = EchoSockets::open(u16::from_be_bytes([high, low]), terms.source);
                let mut network = opened.map_err(|error| AppError::Network(error.to_string()))?;
                if network.way(service.address) != Way::RawSocket {
                    // A ping socket is told of no hop.
                    return Err(AppError::invalid("--path", UnfitCode::NeedsRawSocket));
                }
                Prober
                    .path(&mut network, &service, terms, &clock, &mut ids)
                    .map_err(|error| AppError::Network(error.to_string()))?
            }
        });
    }
    Ok(looks)
}

fn print(looks: &[ServiceLook], thresholds: &Thresholds, out: &Output) {
    if out.format() == Format::Json {
        for look in looks {
            Output::json_line(&serde_json::json!({
                "target": look.observation.target,
                "observations": [look.observation],
                "judgements": thresholds.judge_observation(&look.observation, Scope::Any),
                "wanting": look.wanting,
                "answer": look.details,
            }));
        }
        return;
    }
    let row = |look: &ServiceLook| {
        let observation = &look.observation;
        let delay = observation.measure("delay");
        let wanting = look.wanting.iter().map(|it| out.word("wanting", it.code()));
        let remark: Vec<String> = wanting.chain(observation.raw.clone()).collect();
        vec![
            observation.target.clone(),
            out.word("outcome", observation.outcome.code()),
            out.word("method", &code(&observation.method)),
            delay
                .map(|it| format!("{:.2} {}", it.value, it.unit))
                .unwrap_or_default(),
            look.details.as_ref().map(|it| told(it, out)).unwrap_or_default(),
            remark.join("; "),
        ]
    };
    let headers = ["target", "outcome", "method", "delay", "answer", "remark"];
    out.print(&(), &headers, looks.iter().map(row).collect());
    let hops: Vec<Vec<String>> = looks.iter().flat_map(hops).collect();
    // CSV is one table.
    if out.format() == Format::Table && !hops.is_empty() {
        let headers = [
            "target",
            "hop",
            "address",
            "sweep-sent",
            "sweep-received",
            "loss",
            "delay",
        ];
        out.print(&(), &headers, hops);
    }
}

/// What a service answered, in a cell.
fn told(details: &Details, out: &Output) -> String {
    match details {
        Details::Dns(look) if look.answers.is_empty() => look.code.clone(),
        Details::Dns(look) => look.answers.join(", "),
        Details::Ntp(look) => {
            let offset = look
                .offset_ms
                .map(|it| format!("{it:+.1} ms, "))
                .unwrap_or_default();
            format!("{offset}stratum {} ({})", look.stratum, look.reference)
        }
        Details::Http(page) => {
            let leads = page.leads_to.iter().map(|it| format!("> {it}"));
            let tls = page.tls.iter().map(|it| certificate(it, out));
            let parts: Vec<String> = [page.status.to_string()]
                .into_iter()
                .chain(leads)
                .chain(tls)
                .collect();
            parts.join(", ")
        }
        Details::Tls(tls) => certificate(tls, out),
        Details::Path(path) => {
            let ways = if path.leaves_intranet {
                "over-internet"
            } else {
                "within-intranet"
            };
            let addresses = path.hops.iter().map(|hop| joined(hop, "/"));
            format!(
                "{}; {}",
                addresses.collect::<Vec<_>>().join(" > "),
                out.word("way", ways)
            )
        }
    }
}

fn certificate(tls: &TlsLook, out: &Output) -> String {
    let subject = tls.chain.first().map(|it| it.subject.clone()).unwrap_or_default();
    let days = std::collections::BTreeMap::from([("days".to_owned(), tls.days_left.to_string())]);
    format!(
        "{}, {subject}, {}",
        tls.version,
        out.words.say_with("certificate-left", &days)
    )
}

fn joined(hop: &Hop, by: &str) -> String {
    if hop.addresses.is_empty() {
        return "*".to_owned();
    }
    let addresses: Vec<String> = hop.addresses.iter().map(ToString::to_string).collect();
    addresses.join(by)
}

fn hops(look: &ServiceLook) -> Vec<Vec<String>> {
    let Some(Details::Path(path)) = &look.details else {
        return Vec::new();
    };
    let row = |hop: &Hop| {
        vec![
            look.observation.target.clone(),
            hop.distance.to_string(),
            joined(hop, ", "),
            hop.sent.to_string(),
            hop.received.to_string(),
            format!("{:.0} %", hop.loss_percent),
            hop.delay_ms.map(|it| format!("{it:.2} ms")).unwrap_or_default(),
        ]
    };
    path.hops.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_address_with_or_without_port() {
        assert_eq!(server("10.9.0.53", 53).unwrap().to_string(), "10.9.0.53:53");
        assert_eq!(server("[::1]:5353", 53).unwrap().to_string(), "[::1]:5353");
        assert!(matches!(
            server("ns1.contoh.go.id", 53),
            Err(AppError::Invalid { .. })
        ));
    }
}
