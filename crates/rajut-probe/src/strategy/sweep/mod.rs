//! The sweep: echoes to any number of addresses in waves. Pure: hides which addresses a text means, in which order they
//! are asked, how fast, and what an answer is worth. It must not know sockets, bytes or words.

mod addresses;
mod plan;
mod spread;
mod tally;

pub use addresses::{SweepAddresses, SweepRefusal, is_block, read_list};
pub use plan::{Heard as SweepHeard, SweepPlan, SweepSettings, SweepStep};
pub use tally::{Failure, Reported, Tally};
