//! The way out to the network: a datagram face (ICMP echo, UDP) and a stream face (TCP connect) behind one trait,
//! echoes in great number behind another, and the real sockets. Hides file descriptors, privileges and waiting. It must not know targets, waves,
//! outcomes or why anybody asks.

mod echo_sockets;
mod echoes;
mod exchange;
mod line;
mod mailbox;
mod sockets;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use crate::codec::Message;

pub use echo_sockets::EchoSockets;
pub use echoes::{EchoNetwork, Question, Way};
pub use exchange::{Exchanged, ask_datagram, ask_framed};
pub use line::{Deadline, Line, SecureLine, resolve};
pub use sockets::{OpenError, Sockets};

/// A network: the real one, or one made for a test.
///
/// Times are durations since some fixed moment of this network; they never go back.
pub trait Network {
    /// The time now.
    fn elapsed(&self) -> Duration;

    /// The identifier that echoes to this address must carry.
    fn identifier(&self, to: IpAddr) -> u16;

    /// Sends an echo request.
    fn send_echo(&mut self, to: IpAddr, sequence: u16, payload: &[u8]) -> Result<(), SendError>;

    /// Sends a UDP datagram from a port of our own.
    fn send_datagram(&mut self, to: SocketAddr, bytes: &[u8]) -> Result<(), SendError>;

    /// Begins to open a TCP connection, which ends in an [`Event::Stream`] at `give_up` at the latest.
    fn connect(&mut self, to: SocketAddr, give_up: Duration) -> Result<Connecting, SendError>;

    /// The next thing that happens, or nothing when `until` has come. With `until` in the past it only
    /// gives what has happened already.
    fn wait(&mut self, until: Duration) -> Result<Option<Event>, WaitError>;
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An ICMP message came. Anybody may have sent it.
    Icmp {
        /// Who sent it.
        from: IpAddr,
        /// What it says.
        message: Message,
        /// When it was read.
        at: Duration,
    },
    /// A UDP datagram came to our own port. Anybody may have sent it.
    Datagram {
        /// Who sent it.
        from: SocketAddr,
        /// What it carries.
        bytes: Vec<u8>,
        /// When it was read.
        at: Duration,
    },
    /// The opening of a connection ended. The connection is closed again.
    Stream {
        /// Which.
        connecting: Connecting,
        /// How.
        end: StreamEnd,
        /// When.
        at: Duration,
    },
}

/// Names the opening of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Connecting(pub u64);

/// How the opening of a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamEnd {
    /// It opened.
    Open,
    /// The host refused.
    Refused,
    /// Somebody on the way said that the host cannot be reached.
    Unreachable,
    /// Nobody answered in time.
    Silent,
    /// Our own system gave up. It says nothing about the host.
    OurFault,
}

/// Why a question could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Our system says at once that the host cannot be reached: it does not answer on its own cable.
    #[error("the host does not answer on our own segment")]
    Unreachable,
    /// Our queues or our open files are full for the moment.
    #[error("our own queues or open files are full: {0}")]
    Busy(std::io::Error),
    /// Our own system has no way to that address, or no permission. It says nothing about the host.
    #[error("our own system cannot send: {0}")]
    OurFault(std::io::Error),
}

/// Waiting itself failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot wait for the network: {0}")]
pub struct WaitError(#[source] pub std::io::Error);

/// The machine's clock, since 1970. It may be set at any time: only how far it is off is ever told by it.
#[expect(
    clippy::disallowed_methods,
    reason = "the kernel and other machines' clocks are compared with this one; nothing is decided by it"
)]
fn wall_clock() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}
