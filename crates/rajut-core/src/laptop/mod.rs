//! Measurements made on site by a laptop without a server: the key that it signs with, and the file that it
//! brings home.
//!
//! Hides the form of the file, what is checked of it and in which order, and the signature. It must not know
//! where a file or a key is kept, or what a measurement means for its visit.

mod fault;
mod file;
mod key;
#[cfg(test)]
mod tests;

pub use fault::{FileFault, FileFaultCode};
pub use file::{FORMAT, Header, MOST_BYTES, MOST_OBSERVATIONS, Nonce, Opened, Verified, open, write};
pub use key::{ImportedFile, LaptopKey, LaptopKeyEvent, Revocation};

pub use crate::signing::{PublicKey, SecretKey as LaptopSecret};
