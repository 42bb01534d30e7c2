//! Whom to ask, when, how often, and whom not to ask. Pure: hides pacing, waves, retries and deadlines behind
//! [`Plan`], which is told the time. It must not know sockets or bytes.

mod plan;
mod settings;
pub mod snmp;
pub mod sweep;
mod targets;

pub use plan::{Answer, Asking, End, Heard, Plan, Step};
pub use settings::Settings;
pub use targets::{How, Permitted, Refusal, Target, explicit, registered_only};
