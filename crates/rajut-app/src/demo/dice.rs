//! Repeatable chance. Every purpose throws its own dice, so that a change of one part of the demo leaves
//! the others as they were.

use jiff::Timestamp;
use rajut_core::id::FreshIds;
use rajut_core::journal::Hash;

/// 32 bytes that follow from the seed and the purpose.
pub(super) fn seed_bytes(seed: u64, purpose: &str) -> [u8; 32] {
    // Half of the hexadecimal digits of a hash: 128 bits are more than chance needs here.
    let digits = Hash::of(format!("rajut-demo/1 {seed} {purpose}").as_bytes()).to_string();
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&digits.as_bytes()[..32]);
    bytes
}

/// Dice for one purpose.
pub(super) struct Dice(FreshIds);

impl Dice {
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        Self(FreshIds::new(Timestamp::UNIX_EPOCH, seed_bytes(seed, purpose)))
    }

    /// A number from `0` to `sides - 1`.
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        let throw = u128::from_be_bytes(self.0.salt()) % u128::from(sides.max(1));
        u64::try_from(throw).expect("a remainder of a 64-bit number fits")
    }

    /// A number of both ends and what lies between.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// A fraction from 0 to below 1, in steps of a millionth.
    pub(super) fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1_000_000)).expect("below a million")) / 1_000_000.0
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(of.len() as u64)).expect("an index of a slice fits");
        &of[index]
    }
}
