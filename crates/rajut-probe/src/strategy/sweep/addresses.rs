//! Which addresses a text means. Hides blocks (RFC 4632, RFC 4291) and how many are too many.

use std::collections::HashSet;
use std::net::IpAddr;

use rajut_core::act::{Unfit, UnfitCode};

use crate::strategy::targets::one_host_each_of;
use crate::strategy::{Permitted, Refusal};

/// Addresses that a sweep may ask; each stands once, in the order in which they were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepAddresses(Vec<IpAddr>);

/// A block: all addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    first: IpAddr,
    prefix: u8,
}

/// Why a text means no addresses that may be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SweepRefusal {
    /// More than one types on purpose, or addresses that belong to no one host.
    #[error(transparent)]
    NotPermitted(#[from] Refusal),
    /// Neither an address nor a block.
    #[error("line {line}: {text} is neither an address nor a block (10.9.1.0/24)")]
    NotUnderstood {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// More than one sweep asks, whatever is said.
    #[error("{count} are more than one sweep asks: {most}")]
    TooMuch {
        /// How many addresses, or questions to them together.
        count: u128,
        /// How many of them there may be.
        most: usize,
    },
    /// Nothing is named.
    #[error("no address is named")]
    Empty,
}

impl From<SweepRefusal> for Unfit {
    fn from(refusal: SweepRefusal) -> Self {
        match refusal {
            SweepRefusal::NotPermitted(refusal) => refusal.into(),
            SweepRefusal::NotUnderstood { line, text } => Self::from(UnfitCode::NotABlock)
                .with("row", line)
                .with("text", text),
            SweepRefusal::TooMuch { count, most } => Self::from(UnfitCode::TooMuchForOneSweep)
                .with("count", count)
                .with("most", most),
            SweepRefusal::Empty => Self::from(UnfitCode::Empty),
        }
    }
}

/// Whether a text is an address or a block, and not the name of a file.
pub fn is_block(text: &str) -> bool {
    Block::parse(text).is_some()
}

/// Reads a list: an address or a block on each line; `#` begins a remark.
pub fn read_list(text: &str) -> Result<Vec<Block>, SweepRefusal> {
    let mut blocks = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let block = Block::parse(line).ok_or_else(|| SweepRefusal::NotUnderstood {
            line: number,
            text: line.chars().take(60).collect(),
        })?;
        blocks.push(block);
    }
    Ok(blocks)
}

impl Block {
    /// Reads `10.9.1.0/24`, `10.9.1.7`, `2001:db8::/120`. Bits behind the prefix are ignored: `10.9.1.7/24` is the
    /// block in which that address lies.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) if prefix.bytes().all(|it| it.is_ascii_digit()) => {
                (address, Some(prefix))
            }
            Some(_) => return None,
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= bits)?,
            None => bits,
        };
        let first = match address {
            IpAddr::V4(it) => {
                let mask = u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0);
                IpAddr::V4((u32::from(it) & mask).into())
            }
            IpAddr::V6(it) => {
                let mask = u128::MAX.checked_shl(u32::from(128 - prefix)).unwrap_or(0);
                IpAddr::V6((u128::from(it) & mask).into())
            }
        };
        Some(Self { first, prefix })
    }

    /// Whether its first and last address name the network and everybody in it, not a host (RFC 1122 section 3.2.1.3;
    /// on links of two, RFC 3021, they are hosts).
    fn has_ends(self) -> bool {
        self.first.is_ipv4() && self.prefix < 31
    }

    /// How many hosts there may be in it.
    fn count(self) -> u128 {
        let bits = if self.first.is_ipv4() { 32 } else { 128 };
        let all = 1_u128
            .checked_shl(bits - u32::from(self.prefix))
            .unwrap_or(u128::MAX);
        all - if self.has_ends() { 2 } else { 0 }
    }

    fn addresses(self) -> impl Iterator<Item = IpAddr> {
        let skipped = u128::from(self.has_ends());
        (skipped..self.count() + skipped).map(move |number| match self.first {
            // A block of version 4 has fewer than 2^32 addresses from its first on.
            IpAddr::V4(first) => IpAddr::V4(
                u32::from(first)
                    .wrapping_add(u32::try_from(number).unwrap_or(0))
                    .into(),
            ),
            IpAddr::V6(first) => IpAddr::V6((u128::from(first).wrapping_add(number)).into()),
        })
    }
}

impl SweepAddresses {
    /// Addresses of one sweep at most.
    pub const MOST: usize = 1 << 20;
    /// Questions of one sweep at most: each is remembered by eight octets.
    pub const MOST_QUESTIONS: usize = 1 << 24;

    /// The addresses of these blocks, `count` questions to each. More than [`Permitted::WITHOUT_ASKING`] need `yes`.
    pub fn of(blocks: &[Block], count: u16, yes: bool) -> Result<Self, SweepRefusal> {
        let named = blocks
            .iter()
            .fold(0_u128, |sum, block| sum.saturating_add(block.count()));
        let too_many = |count: u128, most: usize| u128::try_from(most).is_ok_and(|most| count > most);
        if too_many(named, Self::MOST) {
            let most = Self::MOST;
            // Who mistyped a /8 is asked what everybody is asked first.
            return Err(if yes {
                SweepRefusal::TooMuch { count: named, most }
            } else {
                too_many_without_asking(named)
            });
        }
        let mut addresses: Vec<IpAddr> = blocks.iter().flat_map(|block| block.addresses()).collect();
        let mut sorted = addresses.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() < addresses.len() {
            let mut seen = HashSet::with_capacity(sorted.len());
            addresses.retain(|address| seen.insert(*address));
        }
        drop(sorted);
        if addresses.is_empty() {
            return Err(SweepRefusal::Empty);
        }
        let number = addresses.len() as u128;
        if !yes && addresses.len() > Permitted::WITHOUT_ASKING {
            return Err(too_many_without_asking(number));
        }
        let questions = number * u128::from(count);
        if too_many(questions, Self::MOST_QUESTIONS) {
            return Err(SweepRefusal::TooMuch {
                count: questions,
                most: Self::MOST_QUESTIONS,
            });
        }
        one_host_each_of(&addresses)?;
        Ok(Self(addresses))
    }

    /// The addresses.
    pub fn all(&self) -> &[IpAddr] {
        &self.0
    }
}

fn too_many_without_asking(count: u128) -> SweepRefusal {
    SweepRefusal::NotPermitted(Refusal::TooMany {
        count: usize::try_from(count).unwrap_or(usize::MAX),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn addresses(text: &str, yes: bool) -> Result<Vec<String>, SweepRefusal> {
        let all = SweepAddresses::of(&read_list(text)?, 3, yes)?;
        Ok(all.all().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn blocks_and_addresses_are_read_in_their_order_and_once() {
        for (text, expected) in [
            ("10.9.1.7", vec!["10.9.1.7"]),
            ("10.9.1.6/31", vec!["10.9.1.6", "10.9.1.7"]),
            ("10.9.1.5/30", vec!["10.9.1.5", "10.9.1.6"]),
            ("10.9.1.5/32", vec!["10.9.1.5"]),
            (
                "2001:db8::/127\n::1 # we",
                vec!["2001:db8::", "2001:db8::1", "::1"],
            ),
            (
                "# none\n\n10.9.1.9\r\n10.9.1.8/31\n",
                vec!["10.9.1.9", "10.9.1.8"],
            ),
        ] {
            assert_eq!(addresses(text, false).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_named_with_its_line() {
        for (text, line) in [
            ("10.9.1.7\n10.9.1", 2),
            ("10.9.1.0/33", 1),
            ("10.9.1.0/", 1),
            ("10.9.1.0/+4", 1),
            ("2001:db8::/129", 1),
            ("10.9.1.1-9", 1),
            ("fe80::1%eth0", 1),
            ("sw-kominfo-1", 1),
        ] {
            let refused = addresses(text, true).unwrap_err();
            assert!(
                matches!(refused, SweepRefusal::NotUnderstood { line: found, .. } if found == line),
                "{text}: {refused}"
            );
            assert!(text.contains('\n') || !is_block(text));
        }
        assert_eq!(addresses("# nothing\n", true), Err(SweepRefusal::Empty));
    }

    #[test]
    fn a_mistyped_block_is_refused_before_it_costs_anything() {
        let many = |count| Err(SweepRefusal::NotPermitted(Refusal::TooMany { count }));
        assert_eq!(addresses("10.0.0.0/8", false), many(16_777_214));
        assert_eq!(addresses("2001:db8::/64", false), many(usize::MAX));
        assert_eq!(addresses("10.9.0.0/21\n10.9.0.0/24", false), many(2046));
        assert!(addresses("10.9.0.0/22\n10.9.0.0/24", false).is_ok());
        let too_much = |text, count| {
            let most = SweepAddresses::MOST;
            assert_eq!(addresses(text, true), Err(SweepRefusal::TooMuch { count, most }));
        };
        too_much("10.0.0.0/8", 16_777_214);
        too_much("0.0.0.0/0\n::/0", u128::MAX);
        assert_eq!(addresses("10.0.0.0/12", true).unwrap().len(), 1_048_574);
        let blocks = read_list("10.0.0.0/16").unwrap();
        assert!(matches!(
            SweepAddresses::of(&blocks, 1000, true),
            Err(SweepRefusal::TooMuch {
                count: 65_534_000,
                ..
            })
        ));
        assert!(matches!(
            addresses("224.0.0.0/30", true),
            Err(SweepRefusal::NotPermitted(Refusal::NotOneHost { .. }))
        ));
    }

    proptest! {
        #[test]
        fn a_block_holds_those_that_begin_like_it(address: u32, prefix in 20_u8..=32) {
            let block = Block::parse(&format!("{}/{prefix}", std::net::Ipv4Addr::from(address))).unwrap();
            let all: Vec<IpAddr> = block.addresses().collect();
            prop_assert_eq!(all.len() as u128, block.count());
            for one in all {
                let IpAddr::V4(one) = one else { panic!("version 6") };
                let differs = u32::from(one) ^ address;
                prop_assert_eq!(differs.checked_shr(u32::from(32 - prefix)).unwrap_or(0), 0);
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,60}") {
            let _ = read_list(&text);
        }
    }
}
