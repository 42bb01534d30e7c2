//! Further checks of one target: a name server, a clock, the way to a host, a web page. Hides how each is asked and what counts as
//! its answer; all share the terms on which they are asked, and each gives an observation. It must not know words.

mod dns;
mod http;
mod ntp;
mod path;
mod stream;
mod tls;

use std::net::IpAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::{Method, Observation, Outcome, Sample, Statistics, Vantage};
use rajut_core::clock::{Clock, to_millis};
use rajut_core::id::FreshIds;
use serde::Serialize;

use crate::network::Exchanged;
use crate::prober::micros;

pub use dns::{DnsLook, DnsService};
pub use http::{HttpLook, HttpService};
pub use ntp::{NtpLook, NtpService};
pub use path::{Hop, PathLook, PathService};
pub use stream::Phases;
pub use tls::{TlsLook, TlsService};

/// On what terms a service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often it is asked, if it does not answer.
    pub tries: NonZeroU16,
    /// From which of our addresses; the system chooses where none is given.
    pub source: Option<IpAddr>,
    /// From where we look.
    pub vantage: Vantage,
}

/// What was seen of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceLook {
    /// What was seen.
    pub observation: Observation,
    /// What it answered, if it did.
    pub details: Option<Details>,
    /// What is wrong with that, although it answered.
    pub wanting: Vec<Wanting>,
}

/// What a service answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    /// A name server.
    Dns(DnsLook),
    /// A clock.
    Ntp(NtpLook),
    /// The way to a host.
    Path(PathLook),
    /// A web page.
    Http(HttpLook),
    /// What TLS showed.
    Tls(TlsLook),
}

/// What may be wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanting {
    /// It has an error code.
    Refuses,
    /// It is empty.
    NothingFound,
    /// It is not what was expected.
    AnswerDiffers,
    /// The server has no time itself.
    NotSynchronised,
    /// The way ends before the host.
    NotReached,
    /// The status is not the one expected.
    OtherStatus,
    /// The text does not stand in the page.
    TextMissing,
    /// It leads elsewhere more often than is followed.
    LeadsOnAndOn,
    /// The certificate is not good today.
    CertificateExpired,
    /// The certificate bears another name.
    OtherName,
    /// Nobody who is trusted made the certificate.
    NotTrusted,
}

impl Wanting {
    /// The stable code, the same as its JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Refuses => "refuses",
            Self::NothingFound => "nothing_found",
            Self::AnswerDiffers => "answer_differs",
            Self::NotSynchronised => "not_synchronised",
            Self::NotReached => "not_reached",
            Self::OtherStatus => "other_status",
            Self::TextMissing => "text_missing",
            Self::LeadsOnAndOn => "leads_on_and_on",
            Self::CertificateExpired => "certificate_expired",
            Self::OtherName => "other_name",
            Self::NotTrusted => "not_trusted",
        }
    }
}

/// The tries so far: each is a sample of the observation.
struct Tries {
    target: String,
    method: Method,
    vantage: Vantage,
    begun: Timestamp,
    passed: Duration,
    samples: Vec<Sample>,
    outcome: Outcome,
    raw: Option<String>,
}

impl Tries {
    fn new(target: String, method: Method, terms: &Terms, clock: &dyn Clock) -> Self {
        Self {
            target,
            method,
            vantage: terms.vantage,
            begun: clock.now(),
            passed: Duration::ZERO,
            samples: Vec::new(),
            outcome: Outcome::NotObserved,
            raw: None,
        }
    }

    /// Takes in how a try ended; `patience` is how long it may have lasted. Returns an answer, and when it was asked for.
    fn take(&mut self, ended: Exchanged, patience: Duration) -> Option<Answered> {
        let offset_us = micros(self.passed);
        let (rtt, outcome, raw) = match &ended {
            Exchanged::Answer { took, .. } => (Some(*took), Outcome::Seen, None),
            Exchanged::Silent { unfit: 0 } => (None, Outcome::Silent, None),
            Exchanged::Silent { unfit } => (
                None,
                Outcome::Silent,
                Some(format!("{unfit} answers that were none")),
            ),
            Exchanged::Refused => (None, Outcome::Refused, None),
            Exchanged::Unreachable => (None, Outcome::Unreachable, None),
            Exchanged::OurFault(error) => (None, Outcome::NotObserved, Some(error.to_string())),
        };
        self.outcome = outcome;
        self.raw = raw;
        // A question that did not go out is no question.
        if outcome != Outcome::NotObserved {
            let rtt_us = rtt.map(micros);
            self.samples.push(Sample { offset_us, rtt_us });
        }
        self.passed += rtt.unwrap_or(patience);
        match ended {
            Exchanged::Answer { bytes, took, sent_at } => Some(Answered { bytes, took, sent_at }),
            _ => None,
        }
    }

    fn observation(self, ids: &mut FreshIds) -> Observation {
        Observation {
            id: ids.fresh(),
            target: self.target,
            method: self.method,
            vantage: self.vantage,
            started_at: to_millis(self.begun),
            duration_us: micros(self.passed),
            measures: Statistics::of(&self.samples).measures(),
            samples: self.samples,
            outcome: self.outcome,
            raw: self.raw,
        }
    }
}

/// An answer.
struct Answered {
    bytes: Vec<u8>,
    took: Duration,
    sent_at: Duration,
}
