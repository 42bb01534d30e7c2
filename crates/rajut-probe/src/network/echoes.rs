//! The face of the network for echoes in great number.

use std::net::IpAddr;
use std::time::Duration;

use crate::codec::{Peek, QUESTION};

use super::{SendError, WaitError};

/// An echo request, ready to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// To whom.
    pub to: IpAddr,
    /// The message.
    pub bytes: [u8; QUESTION],
}

/// By which way echoes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// A raw ICMP socket, which needs a right.
    RawSocket,
    /// The unprivileged ping socket.
    PingSocket,
    /// No echo at all: a TCP connection is opened.
    TcpConnect,
}

impl Way {
    /// The stable code, as it stands in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::RawSocket => "raw_socket",
            Self::PingSocket => "ping_socket",
            Self::TcpConnect => "tcp_connect",
        }
    }
}

/// A network that sends and hears echoes in batches: the real one, or one made for a test.
///
/// Times are durations since some fixed moment of this network; they never go back.
pub trait EchoNetwork {
    /// The time now.
    fn elapsed(&self) -> Duration;

    /// The identifier that echoes to this address must carry.
    fn identifier(&self, to: IpAddr) -> u16;

    /// By which way echoes go to this address.
    fn way(&self, to: IpAddr) -> Way;

    /// Sends in order. Returns how many went out, and why the next one did not.
    fn send(&mut self, questions: &[Question]) -> (usize, Option<SendError>);

    /// Gives everything that has come: who sent it, what it says, and when it came. Anybody may have sent it.
    /// Returns how many there were; 0 when nothing is left.
    fn receive(&mut self, heard: &mut dyn FnMut(IpAddr, Peek<'_>, Duration)) -> Result<usize, WaitError>;

    /// Lets time pass until then, whatever comes meanwhile.
    fn rest(&mut self, until: Duration);

    /// Lets what is sent to this version of IP pass so many hops from now on.
    fn limit_hops(&mut self, to: IpAddr, hops: u8) -> Result<(), SendError>;

    /// Answers that came and that our own system had no room for.
    fn dropped(&self) -> u64;
}
