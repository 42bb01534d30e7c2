//! The observation: the one shape in which anything seen of the network is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Statistics;
use crate::id::ObservationId;

/// What one look at one target saw, and from where. It carries no opinion.
///
/// Everything that looks at the network, and every reading typed off an instrument, produces it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Observation {
    /// Its identifier.
    pub id: ObservationId,
    /// A registered name, or `address[:port]`.
    pub target: String,
    /// How it was looked at.
    pub method: Method,
    /// From where.
    pub vantage: Vantage,
    /// When the first question was asked.
    pub started_at: Timestamp,
    /// From the first question to the last answer or the end of waiting, microseconds.
    pub duration_us: u64,
    /// One entry per question sent, in the order of sending. An answer that came twice counts once.
    #[serde(default)]
    pub samples: Vec<Sample>,
    /// The figures that follow from the samples or were read off an instrument.
    #[serde(default)]
    pub measures: Vec<Measured>,
    /// What it comes to.
    pub outcome: Outcome,
    /// Words of the source, for people who look closely: an error, the text of a display.
    pub raw: Option<String>,
}

impl Observation {
    /// The figures of its samples.
    pub fn statistics(&self) -> Statistics {
        Statistics::of(&self.samples)
    }

    /// The value of a measure, if this observation has it.
    pub fn measure(&self, name: &str) -> Option<&Measured> {
        self.measures.iter().find(|measured| measured.measure == name)
    }
}

/// One question and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sample {
    /// When it was sent, microseconds after the observation's start.
    pub offset_us: u64,
    /// Round-trip time in microseconds, or nothing when no answer came in time.
    pub rtt_us: Option<u64>,
}

/// A figure with its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Measured {
    /// Name of the measure, as in the thresholds (`delay`, `loss`, `mains`).
    pub measure: String,
    /// Unit (`ms`, `percent`, `dBm`, `V`).
    pub unit: String,
    /// The value in that unit.
    pub value: f64,
}

impl Measured {
    /// A figure.
    pub fn new(measure: &str, unit: &str, value: f64) -> Self {
        Self {
            measure: measure.to_owned(),
            unit: unit.to_owned(),
            value,
        }
    }
}

/// What a look comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It answered.
    Seen,
    /// It did not answer in time.
    Silent,
    /// It answered that the port is closed: the host is alive.
    Refused,
    /// Something on the way said that it cannot be reached.
    Unreachable,
    /// We could not look: our own uplink, anchor or socket failed. It says nothing about the target.
    NotObserved,
}

impl Outcome {
    /// Whether the host is alive, or nothing when the look says nothing about it.
    pub fn alive(self) -> Option<bool> {
        match self {
            Self::Seen | Self::Refused => Some(true),
            Self::Silent | Self::Unreachable => Some(false),
            Self::NotObserved => None,
        }
    }
}

impl Outcome {
    /// The stable code, the same as its JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::NotObserved => "not_observed",
        }
    }
}

/// Where the looking was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vantage {
    /// The server, at the network operation centre.
    Server,
    /// A laptop on site.
    Laptop,
    /// A phone on site.
    Phone,
    /// An instrument, read by a person.
    Instrument,
}

impl Vantage {
    /// The stable code, the same as its JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Laptop => "laptop",
            Self::Phone => "phone",
            Self::Instrument => "instrument",
        }
    }
}

/// How it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// ICMP or `ICMPv6` echo (RFC 792, RFC 4443).
    IcmpEcho,
    /// The opening of a TCP connection.
    TcpConnect,
    /// Questions by SNMP (RFC 3416).
    Snmp,
    /// A question to a name server (RFC 1035).
    Dns,
    /// A question to a clock of the network (RFC 5905).
    Ntp,
    /// The way to a host, hop by hop.
    Path,
    /// A question for a web page (RFC 9110).
    Http,
    /// A handshake of TLS (RFC 8446).
    Tls,
    /// A reading typed off an instrument or a screen.
    Reading,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FreshIds;

    #[test]
    fn codes_are_those_of_the_json() {
        for vantage in [
            Vantage::Server,
            Vantage::Laptop,
            Vantage::Phone,
            Vantage::Instrument,
        ] {
            assert_eq!(serde_json::to_value(vantage).unwrap(), vantage.code());
        }
        for outcome in [
            Outcome::Seen,
            Outcome::Silent,
            Outcome::Refused,
            Outcome::Unreachable,
            Outcome::NotObserved,
        ] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.code());
        }
    }

    #[test]
    fn the_json_has_the_names_that_others_rely_on() {
        let at: Timestamp = "2026-11-23T02:00:00.5Z".parse().unwrap();
        let observation = Observation {
            id: FreshIds::new(at, [1; 32]).fresh(),
            target: "10.9.1.1".into(),
            method: Method::IcmpEcho,
            vantage: Vantage::Server,
            started_at: at,
            duration_us: 41,
            samples: vec![
                Sample {
                    offset_us: 0,
                    rtt_us: Some(40),
                },
                Sample {
                    offset_us: 1,
                    rtt_us: None,
                },
            ],
            measures: vec![Measured::new("loss", "percent", 50.0)],
            outcome: Outcome::NotObserved,
            raw: None,
        };
        let json = serde_json::to_value(&observation).unwrap();
        let expected = serde_json::json!({
            "id": observation.id.to_string(),
            "target": "10.9.1.1",
            "method": "icmp_echo",
            "vantage": "server",
            "started_at": "2026-11-23T02:00:00.5Z",
            "duration_us": 41,
            "samples": [{"offset_us": 0, "rtt_us": 40}, {"offset_us": 1, "rtt_us": null}],
            "measures": [{"measure": "loss", "unit": "percent", "value": 50.0}],
            "outcome": "not_observed",
            "raw": null,
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Observation>(json).unwrap(), observation);
    }
}
