//! The topology file: hosts, and the links that lead to them from the network operation centre.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;

/// A made network.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    /// All chance follows from it.
    #[serde(default)]
    pub seed: u64,
    /// The links.
    #[serde(default, rename = "link")]
    pub links: Vec<Link>,
    /// The hosts.
    #[serde(rename = "host")]
    pub hosts: Vec<Host>,
}

/// A link towards the centre.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// The next link towards the centre; a link without one ends there.
    pub parent: Option<String>,
    /// What it adds to a round trip, milliseconds.
    #[serde(default)]
    pub delay_ms: f64,
    /// At most this much more, evenly by chance, milliseconds.
    #[serde(default)]
    pub jitter_ms: f64,
    /// The share of round trips it loses, percent.
    #[serde(default)]
    pub loss_percent: f64,
    /// Whether it is cut from the start.
    #[serde(default)]
    pub cut: bool,
}

/// A host.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// The link it hangs on; one without stands at the centre.
    pub link: Option<String>,
    /// Round-trip time, milliseconds.
    #[serde(default)]
    pub delay_ms: f64,
    /// At most this much more, evenly by chance, milliseconds.
    #[serde(default)]
    pub jitter_ms: f64,
    /// The share of questions it does not answer, percent.
    #[serde(default)]
    pub loss_percent: f64,
    /// Whether it never answers.
    #[serde(default)]
    pub silent: bool,
    /// Whether it answers every echo twice.
    #[serde(default)]
    pub duplicates: bool,
    /// Another address that answers in its place.
    pub answers_from: Option<IpAddr>,
    /// A router that answers in its place, that the host cannot be reached.
    pub unreachable_from: Option<IpAddr>,
    /// TCP ports that open.
    #[serde(default)]
    pub tcp_open: Vec<u16>,
    /// TCP ports that refuse; all others are silent. (In the lab the kernel refuses all others.)
    #[serde(default)]
    pub tcp_refused: Vec<u16>,
}

/// A topology that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopologyError {
    /// Not the format.
    #[error("the topology cannot be read: {0}")]
    Format(String),
    /// Two of a kind.
    #[error("the topology names {0} twice")]
    Twice(String),
    /// A link that is not there.
    #[error("the topology has no link {0}")]
    NoLink(String),
    /// Links whose parents run in a ring.
    #[error("the way from link {0} never reaches the centre")]
    Ring(String),
    /// A share above 100, or a time or share below 0.
    #[error("{0} has a share outside 0 to 100 or a time outside 0 ms to one day")]
    OutOfRange(String),
}

impl Topology {
    /// Reads a topology and checks that it can be.
    pub fn read(text: &str) -> Result<Self, TopologyError> {
        let topology: Self =
            toml::from_str(text).map_err(|error| TopologyError::Format(error.to_string()))?;
        topology.check()?;
        Ok(topology)
    }

    fn check(&self) -> Result<(), TopologyError> {
        const DAY_MS: f64 = 86_400_000.0;
        let fits = |delay: f64, jitter: f64, loss: f64| {
            [delay, jitter].iter().all(|time| (0.0..=DAY_MS).contains(time)) && (0.0..=100.0).contains(&loss)
        };
        let mut names = HashSet::new();
        for link in &self.links {
            if !names.insert(link.name.as_str()) {
                return Err(TopologyError::Twice(link.name.clone()));
            }
            if !fits(link.delay_ms, link.jitter_ms, link.loss_percent) {
                return Err(TopologyError::OutOfRange(link.name.clone()));
            }
        }
        let mut addresses = HashSet::new();
        for host in &self.hosts {
            if !addresses.insert(host.address) {
                return Err(TopologyError::Twice(host.address.to_string()));
            }
            if !fits(host.delay_ms, host.jitter_ms, host.loss_percent) {
                return Err(TopologyError::OutOfRange(host.name.clone()));
            }
        }
        let parents = self.links.iter().filter_map(|link| link.parent.as_ref());
        if let Some(name) = self
            .hosts
            .iter()
            .filter_map(|host| host.link.as_ref())
            .chain(parents)
            .find(|name| !names.contains(name.as_str()))
        {
            return Err(TopologyError::NoLink(name.clone()));
        }
        for link in &self.links {
            if self.way(&link.name).len() > self.links.len() {
                return Err(TopologyError::Ring(link.name.clone()));
            }
        }
        Ok(())
    }

    /// The positions of the links from `link` to the centre. Ends after one more than there are links, so
    /// that a ring can be told.
    pub(super) fn way(&self, link: &str) -> Vec<usize> {
        let place: HashMap<&str, usize> = self
            .links
            .iter()
            .enumerate()
            .map(|(i, link)| (link.name.as_str(), i))
            .collect();
        let mut way = Vec::new();
        let mut next = place.get(link);
        while let Some(&i) = next.filter(|_| way.len() <= self.links.len()) {
            way.push(i);
            next = self.links[i]
                .parent
                .as_deref()
                .and_then(|parent| place.get(parent));
        }
        way
    }
}

pub(super) fn millis(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        let host = "[[host]]\nname = \"h\"\naddress = \"10.9.1.1\"\n";
        let link = |name: &str, parent: &str| format!("[[link]]\nname = \"{name}\"\nparent = \"{parent}\"\n");
        assert!(Topology::read(host).is_ok());
        for (text, error) in [
            (format!("{host}{host}"), TopologyError::Twice("10.9.1.1".into())),
            (format!("{host}link = \"a\"\n"), TopologyError::NoLink("a".into())),
            (
                format!("{host}loss_percent = 101\n"),
                TopologyError::OutOfRange("h".into()),
            ),
            (
                format!("{host}delay_ms = -1\n"),
                TopologyError::OutOfRange("h".into()),
            ),
            (
                link("a", "b") + &link("b", "a") + host,
                TopologyError::Ring("a".into()),
            ),
            (link("a", "c") + host, TopologyError::NoLink("c".into())),
        ] {
            assert_eq!(Topology::read(&text), Err(error), "{text}");
        }
        assert!(matches!(
            Topology::read("[[host]]\n"),
            Err(TopologyError::Format(_))
        ));
    }
}
