//! What the echo of a sweep carries: which address, which question, when - and a mark that only we can make.
//!
//! An answer tells by itself what it answers, so that nothing is looked up and nothing is kept for each question on
//! its way. Whoever did not see the question cannot make the mark (AES-128 over the one block that stands before it,
//! under a key of this sweep): an answer that is made up, or that is left over from another sweep, is told apart.

use std::time::Duration;

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};

use super::checksum;

/// Octets of a stamp: 4 address, 2 question, 2 zero, 8 time, 8 mark.
pub const STAMP: usize = 24;
/// Octets of an echo request with a stamp.
pub const QUESTION: usize = 8 + STAMP;
const MARKED: usize = 16;

/// What an echo of a sweep says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Which address of the sweep was asked, by its place.
    pub place: u32,
    /// Which question to it, from 0.
    pub number: u16,
    /// When, in whole microseconds of the network's own time.
    pub at: Duration,
}

/// Makes stamps, and knows its own.
#[derive(Debug)]
pub struct Stamper {
    cipher: Aes128,
}

impl Stamper {
    /// With a key that nobody else knows.
    pub fn new(key: [u8; 16]) -> Self {
        Self {
            cipher: Aes128::new(&key.into()),
        }
    }

    /// Writes a stamp.
    pub fn write(&self, stamp: Stamp) -> [u8; STAMP] {
        let mut bytes = [0; STAMP];
        bytes[..4].copy_from_slice(&stamp.place.to_be_bytes());
        bytes[4..6].copy_from_slice(&stamp.number.to_be_bytes());
        let micros = u64::try_from(stamp.at.as_micros()).unwrap_or(u64::MAX);
        bytes[8..MARKED].copy_from_slice(&micros.to_be_bytes());
        let mark = self.mark(&bytes);
        bytes[MARKED..].copy_from_slice(&mark);
        bytes
    }

    /// Reads a stamp, if it is one of ours.
    pub fn read(&self, bytes: &[u8]) -> Option<Stamp> {
        let bytes: &[u8; STAMP] = bytes.try_into().ok()?;
        let differs = self
            .mark(bytes)
            .iter()
            .zip(&bytes[MARKED..])
            .fold(0, |all, (ours, theirs)| all | (ours ^ theirs));
        if differs != 0 {
            return None;
        }
        let (place, rest) = bytes.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (time, _) = rest.get(2..)?.split_first_chunk()?;
        Some(Stamp {
            place: u32::from_be_bytes(*place),
            number: u16::from_be_bytes(*number),
            at: Duration::from_micros(u64::from_be_bytes(*time)),
        })
    }

    /// An echo request with a stamp, for `IPv4` with its checksum; that of `IPv6` the kernel writes.
    pub fn question(&self, is_v4: bool, identifier: u16, sequence: u16, stamp: Stamp) -> [u8; QUESTION] {
        let mut bytes = [0; QUESTION];
        bytes[0] = if is_v4 { 8 } else { 128 };
        bytes[4..6].copy_from_slice(&identifier.to_be_bytes());
        bytes[6..8].copy_from_slice(&sequence.to_be_bytes());
        bytes[8..].copy_from_slice(&self.write(stamp));
        if is_v4 {
            let sum = checksum(&bytes);
            bytes[2..4].copy_from_slice(&sum.to_be_bytes());
        }
        bytes
    }

    fn mark(&self, bytes: &[u8; STAMP]) -> [u8; STAMP - MARKED] {
        let [block @ .., _, _, _, _, _, _, _, _] = *bytes;
        let mut block: [u8; MARKED] = block;
        self.cipher.encrypt_block((&mut block).into());
        let [mark @ .., _, _, _, _, _, _, _, _] = block;
        mark
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Peek, peek_v4, peek_v6};
    use super::*;

    const KEY: [u8; 16] = [7; 16];

    #[test]
    fn the_mark_is_aes_of_the_block() {
        // FIPS 197 appendix C.1, cut to its first half.
        let key = std::array::from_fn(|i| u8::try_from(i).unwrap());
        let mut bytes = [0; STAMP];
        for (i, byte) in bytes.iter_mut().take(MARKED).enumerate() {
            *byte = u8::try_from(i * 0x11).unwrap();
        }
        assert_eq!(
            Stamper::new(key).mark(&bytes),
            [0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30]
        );
    }

    #[test]
    fn of_another_sweep_or_of_another_length_is_none() {
        let stamp = Stamp {
            place: 1,
            number: 2,
            at: Duration::from_micros(3),
        };
        let bytes = Stamper::new(KEY).write(stamp);
        assert_eq!(Stamper::new([8; 16]).read(&bytes), None);
        assert_eq!(Stamper::new(KEY).read(&bytes[..STAMP - 1]), None);
        assert_eq!(Stamper::new(KEY).read(&[]), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_a_changed_bit_is_noticed(place: u32, number: u16, micros: u64, bit in 0..STAMP * 8) {
            let stamper = Stamper::new(KEY);
            let stamp = Stamp { place, number, at: Duration::from_micros(micros) };
            let mut bytes = stamper.write(stamp);
            prop_assert_eq!(stamper.read(&bytes), Some(stamp));
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(stamper.read(&bytes), None);
        }

        #[test]
        fn a_question_is_an_echo_request(identifier: u16, sequence: u16, place: u32) {
            let stamper = Stamper::new(KEY);
            let stamp = Stamp { place, number: 0, at: Duration::ZERO };
            let (v4, v6) = (true, false);
            let bytes = stamper.question(v4, identifier, sequence, stamp);
            let Ok(Peek::Request(echo)) = peek_v4(&bytes) else { panic!("no request") };
            prop_assert_eq!((echo.identifier, echo.sequence), (identifier, sequence));
            prop_assert_eq!(stamper.read(echo.payload), Some(stamp));
            let bytes = stamper.question(v6, identifier, sequence, stamp);
            let Ok(Peek::Request(echo)) = peek_v6(&bytes) else { panic!("no request") };
            prop_assert_eq!(stamper.read(echo.payload), Some(stamp));
        }

        #[test]
        fn no_bytes_are_taken_for_ours(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(Stamper::new(KEY).read(&bytes), None);
        }
    }
}
