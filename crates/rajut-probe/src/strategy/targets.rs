//! Who may be looked at. Hides the rule that the server asks only what is registered; the only ways to a
//! [`Permitted`] lead through it.

use std::collections::{BTreeSet, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use rajut_core::act::{Unfit, UnfitCode};
use rajut_core::check::Method;

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// What the observation will call it: a registered name, or `address[:port]`.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// How to ask.
    pub how: How,
}

/// How to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// By ICMP echo.
    Echo,
    /// By opening a TCP connection. A port that is refused proves that the host is alive.
    Connect {
        /// The port.
        port: u16,
    },
}

impl How {
    /// The method that the observation will carry.
    pub fn method(self) -> Method {
        match self {
            Self::Echo => Method::IcmpEcho,
            Self::Connect { .. } => Method::TcpConnect,
        }
    }
}

/// Targets that may be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted(Vec<Target>);

impl Permitted {
    /// Explicit targets beyond which the operator must say yes.
    pub const WITHOUT_ASKING: usize = 1024;

    /// The targets.
    pub fn targets(&self) -> &[Target] {
        &self.0
    }
}

/// Why targets may not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The server asks only what is registered.
    #[error(
        "{} not registered, and the server looks only at registered addresses; register them first: {}",
        count(addresses),
        list(addresses)
    )]
    NotRegistered {
        /// The addresses that are not, ordered.
        addresses: Vec<IpAddr>,
    },
    /// More explicit addresses than one types on purpose.
    #[error(
        "{count} addresses are more than {}; if you mean it, say --yes",
        Permitted::WITHOUT_ASKING
    )]
    TooMany {
        /// How many different addresses were given.
        count: usize,
    },
    /// An address that belongs to no one host.
    #[error("{} not the address of one host: {}", count(addresses), list(addresses))]
    NotOneHost {
        /// Those addresses, ordered.
        addresses: Vec<IpAddr>,
    },
}

impl From<Refusal> for Unfit {
    fn from(refusal: Refusal) -> Self {
        let of = |code: UnfitCode, addresses: &[IpAddr]| {
            Self::from(code)
                .with("count", addresses.len())
                .with("addresses", list(addresses))
        };
        match refusal {
            Refusal::NotRegistered { addresses } => of(UnfitCode::NotRegistered, &addresses),
            Refusal::NotOneHost { addresses } => of(UnfitCode::NotOneHost, &addresses),
            Refusal::TooMany { count } => Self::from(UnfitCode::TooManyAddresses)
                .with("count", count)
                .with("most", Permitted::WITHOUT_ASKING),
        }
    }
}

fn count(addresses: &[IpAddr]) -> String {
    match addresses.len() {
        1 => "one address is".to_owned(),
        several => format!("{several} addresses are"),
    }
}

fn list(addresses: &[IpAddr]) -> String {
    let shown: Vec<String> = addresses.iter().take(5).map(ToString::to_string).collect();
    let rest = addresses.len() - shown.len();
    shown.join(", ") + if rest > 0 { ", …" } else { "" }
}

/// The way of the server and its jobs: every target must stand in the register, or none is looked at.
pub fn registered_only(register: &BTreeSet<IpAddr>, targets: Vec<Target>) -> Result<Permitted, Refusal> {
    let strange: BTreeSet<IpAddr> = targets
        .iter()
        .map(|target| target.address)
        .filter(|address| !register.contains(address))
        .collect();
    if !strange.is_empty() {
        return Err(Refusal::NotRegistered {
            addresses: strange.into_iter().collect(),
        });
    }
    one_host_each(targets)
}

/// The way of an operator who names targets on the command line: more than
/// [`Permitted::WITHOUT_ASKING`] different addresses need `yes`.
pub fn explicit(targets: Vec<Target>, yes: bool) -> Result<Permitted, Refusal> {
    let different: HashSet<IpAddr> = targets.iter().map(|target| target.address).collect();
    if different.len() > Permitted::WITHOUT_ASKING && !yes {
        return Err(Refusal::TooMany {
            count: different.len(),
        });
    }
    one_host_each(targets)
}

fn one_host_each(targets: Vec<Target>) -> Result<Permitted, Refusal> {
    one_host_each_of(targets.iter().map(|target| &target.address)).map(|()| Permitted(targets))
}

/// Refuses addresses that belong to no one host.
pub(super) fn one_host_each_of<'a>(addresses: impl IntoIterator<Item = &'a IpAddr>) -> Result<(), Refusal> {
    let no_host = |address: &IpAddr| {
        // Seen through the IPv6 dress of an IPv4 address (::ffff:224.0.0.1).
        let address = address.to_canonical();
        let broadcast = matches!(address, IpAddr::V4(v4) if v4 == Ipv4Addr::BROADCAST);
        address.is_multicast() || address.is_unspecified() || broadcast
    };
    let wrong: BTreeSet<IpAddr> = addresses.into_iter().copied().filter(no_host).collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refusal::NotOneHost {
            addresses: wrong.into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(address: [u8; 4]) -> Target {
        Target {
            name: "contoh".into(),
            address: address.into(),
            how: How::Echo,
        }
    }

    #[test]
    fn the_server_looks_only_at_what_is_registered() {
        let register = BTreeSet::from([IpAddr::from([10, 9, 1, 1])]);
        let known = vec![target([10, 9, 1, 1]), target([10, 9, 1, 1])];
        assert_eq!(
            registered_only(&register, known.clone()).unwrap().targets(),
            known
        );
        let mut mixed = known;
        mixed.push(target([10, 9, 1, 9]));
        mixed.push(target([10, 9, 1, 2]));
        let refusal = registered_only(&register, mixed).unwrap_err();
        let addresses = vec![[10, 9, 1, 2].into(), [10, 9, 1, 9].into()];
        assert_eq!(refusal, Refusal::NotRegistered { addresses });
        assert!(refusal.to_string().contains("10.9.1.2, 10.9.1.9"));
    }

    #[test]
    fn more_than_1024_different_addresses_need_a_yes() {
        let many: Vec<Target> = (0..1025_u16)
            .map(|i| target([10, 9, (i >> 8) as u8, (i & 255) as u8]))
            .collect();
        assert_eq!(
            explicit(many.clone(), false),
            Err(Refusal::TooMany { count: 1025 })
        );
        assert_eq!(explicit(many.clone(), true).unwrap().targets().len(), 1025);
        assert!(explicit(many[..1024].to_vec(), false).is_ok());
        let mut twice = many[..1024].to_vec();
        twice.extend_from_slice(&many[..5]);
        assert!(
            explicit(twice, false).is_ok(),
            "the same address again is no further address"
        );
    }

    #[test]
    fn an_address_of_many_or_of_none_is_refused() {
        for address in [
            "224.0.0.1",
            "255.255.255.255",
            "0.0.0.0",
            "ff02::1",
            "::",
            "::ffff:224.0.0.1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            let target = Target {
                address,
                ..target([10, 9, 1, 1])
            };
            assert_eq!(
                explicit(vec![target], true),
                Err(Refusal::NotOneHost {
                    addresses: vec![address]
                })
            );
        }
    }
}
