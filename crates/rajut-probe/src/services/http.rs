//! A web page: does it answer, with what, and how long each part of that takes.

use std::io::{self, ErrorKind, Read, Write};

use rajut_core::check::Method;
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use rustls::RootCertStore;
use serde::Serialize;
use url::Url;

use super::stream::{Asked, Phases, measures, ms, open};
use super::tls::{Handshake, TlsLook};
use super::{Details, ServiceLook, Terms, Wanting};
use crate::Prober;
use crate::codec::{Body, Head, encode_get, parse_head};
use crate::network::Deadline;

/// Octets of a body that are looked at.
const MOST_BODY: usize = 1 << 20;

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

impl Prober {
    /// Asks for a page.
    pub fn http(
        self,
        service: &HttpService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> ServiceLook {
        let asked = Asked {
            target: service.url.to_string(),
            method: Method::Http,
            roots: service.roots.as_ref(),
        };
        let (tries, found) = asked.ask(terms, clock, |handshake, deadline| {
            visit(service, handshake, deadline)
        });
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

fn invalid(error: crate::codec::Malformed) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
