//! Names and addresses that a certificate is for, and how far an authority may go.
//!
//! An authority that a phone trusts could vouch for any site of the world to that phone. Ours says in its own
//! certificate that it vouches for the agency's names and for private addresses only, and phones hold it to that.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Addresses that mean something within one network only (RFC 1918, RFC 3927, RFC 4193), and this machine.
const PRIVATE: [&str; 7] = [
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
    "::1/128",
];

/// From so many parts on a name lies in a domain of its owner: `rajut.ciamiskab.go.id` in `ciamiskab.go.id`, while
/// anybody may have a name in `go.id`.
const PARTS_OF_A_HOST: usize = 4;

/// A name or an address by which browsers know the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostName {
    /// A name, in lower case.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => fmt::Display::fmt(address, f),
        }
    }
}

impl HostName {
    /// As it stands in an address of a page.
    pub fn in_url(&self) -> String {
        match self {
            Self::Address(IpAddr::V6(address)) => format!("[{address}]"),
            other => other.to_string(),
        }
    }
}

/// A text that is neither a name nor an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a host name nor an address")]
pub struct NoHostName(String);

impl FromStr for HostName {
    type Err = NoHostName;

    fn from_str(text: &str) -> Result<Self, NoHostName> {
        let text = text.trim();
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address));
        }
        let name = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // What ends in a number is meant as an address, by browsers too.
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
        if name.len() <= 253 && name.split('.').all(is_label) && !is_number {
            Ok(Self::Name(name))
        } else {
            Err(NoHostName(text.to_owned()))
        }
    }
}

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    /// The first of them.
    pub first: IpAddr,
    /// So many bits are alike.
    pub bits: u8,
}

impl Network {
    fn only(address: IpAddr) -> Self {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        Self { first: address, bits }
    }

    fn holds(self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
            IpAddr::V6(address) => Ipv6Addr::to_bits(address),
        };
        let differing = (bits(self.first) ^ bits(address)).leading_zeros();
        self.first.is_ipv4() == address.is_ipv4() && differing >= u32::from(self.bits)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        format!("{}/{}", network.first, network.bits)
    }
}

impl TryFrom<String> for Network {
    type Error = NoHostName;

    fn try_from(text: String) -> Result<Self, NoHostName> {
        let read = || {
            let (first, bits) = text.split_once('/')?;
            let first: IpAddr = first.parse().ok()?;
            let bits: u8 = bits.parse().ok()?;
            (bits <= Self::only(first).bits).then_some(Self { first, bits })
        };
        read().ok_or_else(|| NoHostName(text.clone()))
    }
}

/// How far an authority may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// These names and what lies in them.
    pub domains: Vec<String>,
    /// These addresses.
    pub networks: Vec<Network>,
}

impl Bounds {
    /// The bounds of an authority that is made for these names: the domain of each, itself where it is in nobody's own,
    /// this machine, private addresses, and the others that were named.
    pub fn around(names: &[HostName]) -> Self {
        let networks = PRIVATE
            .iter()
            .filter_map(|text| Network::try_from((*text).to_owned()).ok());
        let mut bounds = Self {
            domains: vec!["localhost".to_owned()],
            networks: networks.collect(),
        };
        for name in names {
            match name {
                HostName::Name(name) => {
                    let domain = match name.split_once('.') {
                        Some((_, domain)) if name.split('.').count() >= PARTS_OF_A_HOST => domain,
                        _ => name,
                    };
                    if !bounds.domains.iter().any(|known| known == domain) {
                        bounds.domains.push(domain.to_owned());
                    }
                }
                HostName::Address(address) => {
                    if !bounds.hold(name) {
                        bounds.networks.push(Network::only(*address));
                    }
                }
            }
        }
        bounds
    }

    /// Whether a name or an address lies within.
    pub fn hold(&self, name: &HostName) -> bool {
        match name {
            HostName::Name(name) => self.domains.iter().any(|domain| {
                name.strip_suffix(domain.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }),
            HostName::Address(address) => self.networks.iter().any(|network| network.holds(*address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<HostName> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_name_is_what_a_browser_takes_for_one() {
        assert_eq!(
            names(&[" Rajut.Ciamiskab.go.id ", "rajut", "10.1.2.3", "fd00::1"]),
            [
                HostName::Name("rajut.ciamiskab.go.id".to_owned()),
                HostName::Name("rajut".to_owned()),
                HostName::Address("10.1.2.3".parse().unwrap()),
                HostName::Address("fd00::1".parse().unwrap()),
            ]
        );
        for bad in [
            "",
            "10.1.2",
            "10.1.2.300",
            "http://rajut",
            "rajut:8080",
            "*.go.id",
            "a..b",
            "-a",
            "a_b",
            &"a".repeat(64),
        ] {
            assert!(bad.parse::<HostName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_authority_goes_as_far_as_the_agency_and_no_further() {
        let bounds = Bounds::around(&names(&["rajut.ciamiskab.go.id", "rajut.local", "203.0.113.7"]));
        for within in [
            "rajut.ciamiskab.go.id",
            "cadangan.ciamiskab.go.id",
            "ciamiskab.go.id",
            "rajut.local",
            "localhost",
            "192.168.7.9",
            "203.0.113.7",
            "fd12::1",
        ] {
            assert!(bounds.hold(&within.parse().unwrap()), "{within}");
        }
        for beyond in [
            "go.id",
            "bandung.go.id",
            "palsuciamiskab.go.id",
            "other.local",
            "203.0.113.8",
            "8.8.8.8",
            "2001:db8::1",
        ] {
            assert!(!bounds.hold(&beyond.parse().unwrap()), "{beyond}");
        }
        // Three parts may be somebody's own name in a domain that is open to all.
        let bounds = Bounds::around(&names(&["ciamiskab.go.id"]));
        assert!(!bounds.hold(&"bandungkab.go.id".parse().unwrap()));
    }

    #[test]
    fn networks_are_read_as_they_are_written() {
        for text in PRIVATE {
            let network = Network::try_from(text.to_owned()).unwrap();
            assert_eq!(String::from(network), text);
        }
        for bad in ["10.0.0.0", "10.0.0.0/33", "x/8", "::1/129"] {
            assert!(Network::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
