//! Echoes in great number on Linux: for each version of IP a raw socket where allowed, the ping socket otherwise.
//!
//! Nothing is lost here if it can be helped: the receive buffer is as large as the system grants, the kernel hands out
//! only what may be ours (a classic BPF program; what came before it was attached is checked again by the caller), and
//! what it had no room for is counted. The time of an answer is the kernel's: how long it lay in the buffer is taken off,
//! so that a busy machine does not make a network slow.

use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, poll};
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg, sockopt};
use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use super::echoes::{EchoNetwork, Question, Way};
use super::mailbox::{BATCH, Mailbox};
use super::sockets::{is_permission, own_identifier, send_error, unspecified};
use super::{OpenError, SendError, WaitError};
use crate::codec::{Peek, parse_ipv4, peek_v4, peek_v6};

/// Room for answers, octets: of 64 MiB the kernel needs no more than what really waits.
const RECEIVE_BUFFER: usize = 64 << 20;
/// Batches read in one go before the caller is served.
const BATCHES: usize = 64;

/// The real network.
#[derive(Debug)]
pub struct EchoSockets {
    started: Instant,
    v4: Option<Side>,
    v6: Option<Side>,
    mailbox: Mailbox,
}

/// One version of IP.
#[derive(Debug)]
struct Side {
    socket: Socket,
    raw: bool,
    is_v4: bool,
    identifier: u16,
    /// When nothing was left in the socket: whatever it holds came later.
    empty_at: Duration,
    dropped: u32,
}

impl EchoSockets {
    /// Opens in the network namespace of this thread. `identifier` marks the echoes of a raw socket; take a random
    /// one. Questions leave from `source` where it is given, and then only by its version of IP. A system that has one
    /// version only is no error.
    pub fn open(identifier: u16, source: Option<IpAddr>) -> Result<Self, OpenError> {
        let side = |is_v4: bool| match source {
            Some(source) if source.is_ipv4() != is_v4 => None,
            _ => Some(Side::open(is_v4, identifier, source)),
        };
        let (v4, v6) = match (side(true), side(false)) {
            (Some(Err(error)), None | Some(Err(_))) | (None, Some(Err(error))) => return Err(error),
            (v4, v6) => (v4.and_then(Result::ok), v6.and_then(Result::ok)),
        };
        Ok(Self {
            started: now(),
            v4,
            v6,
            mailbox: Mailbox::new(),
        })
    }

    fn side(&self, to: IpAddr) -> Option<&Side> {
        if to.is_ipv4() {
            self.v4.as_ref()
        } else {
            self.v6.as_ref()
        }
    }
}

impl EchoNetwork for EchoSockets {
    fn elapsed(&self) -> Duration {
        now().saturating_duration_since(self.started)
    }

    fn identifier(&self, to: IpAddr) -> u16 {
        self.side(to).map_or(0, |side| side.identifier)
    }

    fn way(&self, to: IpAddr) -> Way {
        match self.side(to) {
            Some(side) if side.raw => Way::RawSocket,
            _ => Way::PingSocket,
        }
    }

    fn send(&mut self, questions: &[Question]) -> (usize, Option<SendError>) {
        let mut sent = 0;
        for run in questions.chunk_by(|a, b| a.to.is_ipv4() == b.to.is_ipv4()) {
            let Some(side) = run.first().and_then(|first| self.side(first.to)) else {
                return (sent, Some(SendError::OurFault(io::ErrorKind::Unsupported.into())));
            };
            let mut left = run;
            while !left.is_empty() {
                // A batch that stops in its middle does not say why; the rest of it, asked again, does.
                match side.send(&left[..left.len().min(BATCH)]) {
                    Ok(count) => {
                        sent += count;
                        left = &left[count..];
                    }
                    Err(error) => return (sent, Some(send_error(error))),
                }
            }
        }
        (sent, None)
    }

    fn receive(&mut self, heard: &mut dyn FnMut(IpAddr, Peek<'_>, Duration)) -> Result<usize, WaitError> {
        let started = self.started;
        let mut count = 0;
        for side in [&mut self.v4, &mut self.v6].into_iter().flatten() {
            count += side
                .receive(&mut self.mailbox, started, heard)
                .map_err(WaitError)?;
        }
        Ok(count)
    }

    fn rest(&mut self, until: Duration) {
        let patience = until.saturating_sub(self.elapsed());
        if let Ok(timeout) = Timespec::try_from(patience) {
            // A signal that cuts it short is no harm: the caller looks at the time again.
            let _ = poll(&mut [], Some(&timeout));
        }
    }

    fn limit_hops(&mut self, to: IpAddr, hops: u8) -> Result<(), SendError> {
        let side = self.side(to);
        let side = side.ok_or_else(|| SendError::OurFault(io::ErrorKind::Unsupported.into()))?;
        let set = if side.is_v4 {
            side.socket.set_ttl_v4(u32::from(hops))
        } else {
            side.socket.set_unicast_hops_v6(u32::from(hops))
        };
        set.map_err(SendError::OurFault)
    }

    fn dropped(&self) -> u64 {
        let of = |side: &Option<Side>| side.as_ref().map_or(0, |side| u64::from(side.dropped));
        of(&self.v4) + of(&self.v6)
    }
}

impl Side {
    fn open(is_v4: bool, identifier: u16, source: Option<IpAddr>) -> Result<Self, OpenError> {
        let (domain, protocol) = if is_v4 {
            (Domain::IPV4, Protocol::ICMPV4)
        } else {
            (Domain::IPV6, Protocol::ICMPV6)
        };
        let (socket, raw) = match Socket::new(domain, Type::RAW, Some(protocol)) {
            Ok(socket) => (socket, true),
            Err(raw) if is_permission(&raw) => match Socket::new(domain, Type::DGRAM, Some(protocol)) {
                Ok(socket) => (socket, false),
                Err(error) if is_permission(&error) => return Err(OpenError::NotPermitted { raw }),
                Err(error) => return Err(OpenError::System(error)),
            },
            Err(error) => return Err(OpenError::System(error)),
        };
        let identifier = Self::prepare(&socket, raw, is_v4, identifier, source).map_err(OpenError::System)?;
        Ok(Self {
            socket,
            raw,
            is_v4,
            identifier,
            empty_at: Duration::ZERO,
            dropped: 0,
        })
    }

    fn prepare(
        socket: &Socket,
        raw: bool,
        is_v4: bool,
        identifier: u16,
        source: Option<IpAddr>,
    ) -> io::Result<u16> {
        socket.set_nonblocking(true)?;
        if raw {
            let filter = if is_v4 {
                Vec::from(filter_v4(identifier))
            } else {
                Vec::from(filter_v6(identifier))
            };
            socket.attach_filter(&filter)?;
        }
        // More room is a wish: beyond what the administrator allows it needs a right.
        if sockopt::set_socket_recv_buffer_size_force(socket, RECEIVE_BUFFER).is_err() {
            let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
        }
        // So are the time of arrival and the count of drops; without them the time of reading serves.
        let _ = switch_on(socket, libc::SO_TIMESTAMPNS);
        let _ = switch_on(socket, libc::SO_RXQ_OVFL);
        if raw {
            if let Some(source) = source {
                socket.bind(&SocketAddr::new(source, 0).into())?;
            }
            Ok(identifier)
        } else {
            own_identifier(socket, source.unwrap_or_else(|| unspecified(is_v4)))
        }
    }

    fn send(&self, questions: &[Question]) -> io::Result<usize> {
        let parts: Vec<[IoSlice<'_>; 1]> = questions.iter().map(|it| [IoSlice::new(&it.bytes)]).collect();
        let names: Vec<SocketAddrAny> = questions
            .iter()
            .map(|it| SocketAddr::new(it.to, 0).into())
            .collect();
        let mut controls: Vec<SendAncillaryBuffer<'_, '_, '_>> =
            questions.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut headers: Vec<MMsgHdr<'_>> = names
            .iter()
            .zip(&parts)
            .zip(&mut controls)
            .map(|((name, part), control)| MMsgHdr::new_with_addr(name, part, control))
            .collect();
        Ok(sendmmsg(&self.socket, &mut headers, SendFlags::DONTWAIT)?)
    }

    fn receive(
        &mut self,
        mailbox: &mut Mailbox,
        started: Instant,
        heard: &mut dyn FnMut(IpAddr, Peek<'_>, Duration),
    ) -> io::Result<usize> {
        let mut count = 0;
        for _ in 0..BATCHES {
            let before = now().saturating_duration_since(started);
            let read = match mailbox.fill(self.socket.as_fd()) {
                Ok(read) => read,
                // It is about an interface that went away, or about an earlier question. There may be more behind it.
                Err(error) if is_passing(&error) => continue,
                Err(error) => return Err(error),
            };
            let read_at = now().saturating_duration_since(started);
            let clock = super::wall_clock();
            for letter in (0..read).filter_map(|place| mailbox.letter(place)) {
                let lay = letter
                    .taken
                    .and_then(|taken| clock.checked_sub(taken))
                    .unwrap_or_default();
                // Longer than since the socket was last empty it cannot have lain: then the clock was set meanwhile.
                let possible = read_at.saturating_sub(self.empty_at);
                let at = read_at.saturating_sub(if lay <= possible { lay } else { Duration::ZERO });
                if let Some(dropped) = letter.dropped {
                    self.dropped = dropped;
                }
                if let Some(peek) = self.peek(letter.bytes) {
                    heard(letter.from, peek, at);
                }
            }
            count += read;
            if read < BATCH {
                self.empty_at = before;
                break;
            }
        }
        Ok(count)
    }

    /// What does not hold together is nobody's answer.
    fn peek<'a>(&self, bytes: &'a [u8]) -> Option<Peek<'a>> {
        match (self.is_v4, self.raw) {
            (true, true) => peek_v4(parse_ipv4(bytes).ok()?.payload).ok(),
            (true, false) => peek_v4(bytes).ok(),
            (false, _) => peek_v6(bytes).ok(),
        }
    }
}

/// Errors that a socket reports once and that say nothing about itself.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::ENETDOWN
                | libc::ENETUNREACH
                | libc::EHOSTDOWN
                | libc::EHOSTUNREACH
                | libc::ECONNREFUSED
                | libc::EPROTO
                | libc::EMSGSIZE
        )
    )
}

#[expect(
    unsafe_code,
    reason = "no safe wrapper in the dependencies knows SO_TIMESTAMPNS and SO_RXQ_OVFL"
)]
fn switch_on(socket: &Socket, option: libc::c_int) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let on: libc::c_int = 1;
    let length = libc::socklen_t::try_from(size_of::<libc::c_int>()).map_err(io::Error::other)?;
    // SAFETY: setsockopt(2) reads `length` octets at the address given and keeps no pointer. `on` lives until after the
    // call and has that length; `socket` is open for as long as it is borrowed.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            option,
            (&raw const on).cast(),
            length,
        )
    };
    if done == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

// Codes of classic BPF (linux/filter.h), each with the class of instruction and how it finds its operand.
const LOAD_HEADER_LENGTH: u16 = 0xb1; // ldxb 4*([k]&0xf)
const LOAD_BYTE_AT_X: u16 = 0x50; // ldb [x+k]
const LOAD_HALF_AT_X: u16 = 0x48; // ldh [x+k]
const AND: u16 = 0x54;
const SHIFT_LEFT: u16 = 0x64;
const ADD_X: u16 = 0x0c;
const TO_X: u16 = 0x07; // tax
const SET_X: u16 = 0x01; // ldx #k
const IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;

fn step(code: u16, k: u32) -> SockFilter {
    SockFilter::new(code, 0, 0, k)
}

/// Goes on `yes` steps further if equal, else `no` steps further.
fn branch(k: u32, yes: u8, no: u8) -> SockFilter {
    SockFilter::new(IF_EQUAL, yes, no, k)
}

/// Lets echo replies with our identifier pass, and errors about echoes with it. What is shorter than a load reaches is
/// dropped by the kernel. The packet begins with its IP header.
fn filter_v4(identifier: u16) -> [SockFilter; 17] {
    let ours = u32::from(identifier);
    [
        step(LOAD_HEADER_LENGTH, 0),
        step(LOAD_BYTE_AT_X, 0),
        branch(0, 10, 0), // echo reply: to the load of its identifier
        branch(3, 2, 0),  // unreachable: to what it quotes
        branch(11, 1, 0), // expired
        branch(12, 0, 9), // parameter; whatever else it is, it is dropped
        // The length of the quoted IP header, and behind it the quoted identifier.
        step(LOAD_BYTE_AT_X, 8),
        step(AND, 0x0f),
        step(SHIFT_LEFT, 2),
        step(ADD_X, 0),
        step(TO_X, 0),
        step(LOAD_HALF_AT_X, 12),
        branch(ours, 3, 2), // to the end
        step(LOAD_HALF_AT_X, 4),
        branch(ours, 1, 0),
        step(RETURN, 0),
        step(RETURN, u32::MAX),
    ]
}

/// The same for `IPv6`, where the packet begins with its ICMP header and the quoted IP header has 40 octets. Errors that
/// quote extension headers are dropped: our questions have none.
fn filter_v6(identifier: u16) -> [SockFilter; 13] {
    let ours = u32::from(identifier);
    [
        step(SET_X, 0),
        step(LOAD_BYTE_AT_X, 0),
        branch(129, 6, 0), // echo reply: to the load of its identifier
        branch(1, 3, 0),   // unreachable: to what it quotes
        branch(2, 2, 0),   // too big
        branch(3, 1, 0),   // expired
        branch(4, 0, 4),   // parameter; whatever else it is, it is dropped
        step(LOAD_HALF_AT_X, 52),
        branch(ours, 3, 2), // to the end
        step(LOAD_HALF_AT_X, 4),
        branch(ours, 1, 0),
        step(RETURN, 0),
        step(RETURN, u32::MAX),
    ]
}

#[expect(
    clippy::disallowed_methods,
    reason = "the network rim measures time; nobody above it does"
)]
fn now() -> Instant {
    Instant::now()
}
