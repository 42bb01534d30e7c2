//! How to talk with one device by SNMP: what to ask next, when to ask again, when to give up. Hides retries, the
//! size of the steps and the defences against devices that loop, flood or drip; must not know sockets, bytes or
//! what a name means.

mod conversation;
mod settings;
#[cfg(test)]
mod tests;
mod values;

pub use conversation::{Conversation, Next, Trouble, Verdict};
pub use settings::SnmpSettings;
pub use values::Values;
