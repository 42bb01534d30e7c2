//! SNMP on the wire: BER, values, questions and answers, and the messages of versions 1, 2c and 3. Hides tags,
//! lengths and keys; must not know devices, retries or what a name means.

mod ber;
mod message;
mod oid;
mod security;
#[cfg(test)]
mod security_tests;
#[cfg(test)]
mod tests;
mod usm;
mod v3;
mod value;

pub use message::{Binding, Kind, Message, Pdu, Version, encode_message, parse_message, peek_id};
pub use oid::{MOST_ARCS, NotAnOid, Oid};
pub use security::{Credential, Envelope, Opened, Secret, User};
pub use usm::{AuthProtocol, PrivProtocol};
pub use value::Value;
