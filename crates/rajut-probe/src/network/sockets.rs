//! The real network on Linux: a raw ICMP socket where allowed, the unprivileged ping socket otherwise, and
//! non-blocking TCP. One thread, one `poll`.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Protocol, Socket, Type};

use super::{Connecting, Event, Network, SendError, StreamEnd, WaitError};
use crate::codec::{
    Echo, Malformed, Message, encode_request_v4, encode_request_v6, parse_ipv4, parse_v4, parse_v6,
};

/// Room for answers that come while we send. The kernel grants what it allows.
const RECEIVE_BUFFER: usize = 4 << 20;
const LARGEST_DATAGRAM: usize = 65_535;
/// Answers read in one go before the caller is served.
const BATCH: usize = 256;

/// Why the sockets cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither kind of ICMP socket is allowed.
    #[error(
        "this program may not send ICMP echoes ({raw}); allow it with `setcap cap_net_raw+ep` on the program \
         (the systemd unit: AmbientCapabilities=CAP_NET_RAW), or for a group with \
         `sysctl net.ipv4.ping_group_range=\"GID GID\"`"
    )]
    NotPermitted {
        /// What the system said about the raw socket.
        raw: io::Error,
    },
    /// Another failure of the system.
    #[error("cannot open an ICMP socket: {0}")]
    System(#[source] io::Error),
}

/// The real network.
#[derive(Debug)]
pub struct Sockets {
    started: Instant,
    v4: Option<IcmpSocket>,
    v6: Option<IcmpSocket>,
    udp: Vec<UdpSocket>,
    connects: Vec<Connect>,
    next_connect: u64,
    events: VecDeque<Event>,
}

#[derive(Debug)]
struct IcmpSocket {
    /// An ICMP socket in the dress of a UDP one: the standard library's way to send to and receive from an
    /// address without unsafe code. Ports are zero or without meaning.
    socket: UdpSocket,
    raw: bool,
    identifier: u16,
}

#[derive(Debug)]
struct Connect {
    id: Connecting,
    socket: Socket,
    give_up: Duration,
}

impl Sockets {
    /// Opens the sockets in the network namespace of this thread. `identifier` marks the echoes of a
    /// raw socket; take a random one. A ping socket gets its own from the kernel. A system without `IPv6` is no error.
    pub fn open(identifier: u16) -> Result<Self, OpenError> {
        let v4 = IcmpSocket::open(Domain::IPV4, identifier)?;
        Ok(Self {
            v4: Some(v4),
            v6: IcmpSocket::open(Domain::IPV6, identifier).ok(),
            ..Self::tcp_only()
        })
    }

    /// Opens as one without the right to ICMP sockets must: streams and UDP work, echoes do not.
    pub fn tcp_only() -> Self {
        Self {
            started: now(),
            v4: None,
            v6: None,
            udp: Vec::new(),
            connects: Vec::new(),
            next_connect: 0,
            events: VecDeque::new(),
        }
    }

    /// Whether echoes go through a raw socket, rather than the unprivileged ping socket or none.
    pub fn is_raw(&self) -> bool {
        self.v4.as_ref().is_some_and(|socket| socket.raw)
    }

    fn icmp(&self, to: IpAddr) -> Option<&IcmpSocket> {
        if to.is_ipv4() {
            self.v4.as_ref()
        } else {
            self.v6.as_ref()
        }
    }

    /// The UDP socket for addresses of this version, opened when it is first needed.
    fn udp_socket(&mut self, to: SocketAddr) -> io::Result<&UdpSocket> {
        let fits = |socket: &UdpSocket| socket.local_addr().is_ok_and(|own| own.is_ipv4() == to.is_ipv4());
        let place = self.udp.iter().position(fits);
        let place = if let Some(place) = place {
            place
        } else {
            self.udp.push(open_udp(to)?);
            self.udp.len() - 1
        };
        Ok(&self.udp[place])
    }

    /// Waits for at most `patience` and takes in what has come.
    fn take_in(&mut self, patience: Duration) -> io::Result<()> {
        let ready = self.poll(patience)?;
        let at = self.elapsed();
        for (socket, ready) in [(&self.v4, ready.v4), (&self.v6, ready.v6)] {
            if let Some(socket) = socket.as_ref().filter(|_| ready) {
                socket.read_all(at, &mut self.events);
            }
        }
        for (socket, ready) in self.udp.iter().zip(&ready.udp) {
            if *ready {
                read_datagrams(socket, at, &mut self.events);
            }
        }
        let mut number = 0;
        let events = &mut self.events;
        self.connects.retain(|connect| {
            let ready = ready.connects.get(number).copied().unwrap_or(false);
            number += 1;
            let end = match () {
                () if ready => stream_end(connect.socket.take_error()),
                () if connect.give_up <= at => StreamEnd::Silent,
                () => return true,
            };
            events.push_back(Event::Stream {
                connecting: connect.id,
                end,
                at,
            });
            false
        });
        Ok(())
    }

    fn poll(&self, patience: Duration) -> io::Result<Ready> {
        let mut fds = Vec::with_capacity(4 + self.connects.len());
        for socket in [&self.v4, &self.v6].into_iter().flatten() {
            fds.push(PollFd::new(&socket.socket, PollFlags::IN));
        }
        for socket in &self.udp {
            fds.push(PollFd::new(socket, PollFlags::IN));
        }
        for connect in &self.connects {
            fds.push(PollFd::from_borrowed_fd(connect.socket.as_fd(), PollFlags::OUT));
        }
        let timeout = Timespec::try_from(patience).map_err(io::Error::other)?;
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
        let mut of = |socket: &Option<IcmpSocket>| socket.is_some() && ready.next().unwrap_or(false);
        let (v4, v6) = (of(&self.v4), of(&self.v6));
        let udp = ready.by_ref().take(self.udp.len()).collect();
        Ok(Ready {
            v4,
            v6,
            udp,
            connects: ready.collect(),
        })
    }
}

struct Ready {
    v4: bool,
    v6: bool,
    udp: Vec<bool>,
    connects: Vec<bool>,
}

impl Network for Sockets {
    fn elapsed(&self) -> Duration {
        now().saturating_duration_since(self.started)
    }

    fn identifier(&self, to: IpAddr) -> u16 {
        self.icmp(to).map_or(0, |socket| socket.identifier)
    }

    fn send_echo(&mut self, to: IpAddr, sequence: u16, payload: &[u8]) -> Result<(), SendError> {
        let socket = self
            .icmp(to)
            .ok_or_else(|| SendError::OurFault(ErrorKind::Unsupported.into()))?;
        let echo = Echo {
            identifier: socket.identifier,
            sequence,
            payload: payload.to_vec(),
        };
        let bytes = if to.is_ipv4() {
            encode_request_v4(&echo)
        } else {
            encode_request_v6(&echo)
        };
        match socket.socket.send_to(&bytes, (to, 0)) {
            Ok(_) => Ok(()),
            Err(error) => Err(send_error(error)),
        }
    }

    fn send_datagram(&mut self, to: SocketAddr, bytes: &[u8]) -> Result<(), SendError> {
        let socket = self.udp_socket(to).map_err(send_error)?;
        match socket.send_to(bytes, to) {
            Ok(_) => Ok(()),
            // An earlier datagram was refused; this one says nothing yet.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
            Err(error) => Err(send_error(error)),
        }
    }

    fn connect(&mut self, to: SocketAddr, give_up: Duration) -> Result<Connecting, SendError> {
        let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))
            .and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
            .map_err(send_error)?;
        let id = Connecting(self.next_connect);
        self.next_connect += 1;
        match socket.connect(&to.into()) {
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {
                self.connects.push(Connect { id, socket, give_up });
            }
            // A neighbour in our own machine may answer at once.
            Ok(()) => self.events.push_back(Event::Stream {
                connecting: id,
                end: StreamEnd::Open,
                at: self.elapsed(),
            }),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                self.events.push_back(Event::Stream {
                    connecting: id,
                    end: StreamEnd::Refused,
                    at: self.elapsed(),
                });
            }
            Err(error) => return Err(send_error(error)),
        }
        Ok(id)
    }

    fn wait(&mut self, until: Duration) -> Result<Option<Event>, WaitError> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            let now = self.elapsed();
            let wake = self
                .connects
                .iter()
                .map(|connect| connect.give_up)
                .fold(until, Duration::min);
            self.take_in(wake.saturating_sub(now)).map_err(WaitError)?;
            if self.events.is_empty() && now >= until {
                return Ok(None);
            }
        }
    }
}

impl IcmpSocket {
    fn open(domain: Domain, identifier: u16) -> Result<Self, OpenError> {
        let protocol = if domain == Domain::IPV4 {
            Protocol::ICMPV4
        } else {
            Protocol::ICMPV6
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
        socket.set_nonblocking(true).map_err(OpenError::System)?;
        // More room is a wish, not a need.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
        let identifier = if raw {
            identifier
        } else {
            own_identifier(&socket, unspecified(domain == Domain::IPV4)).map_err(OpenError::System)?
        };
        Ok(Self {
            socket: socket.into(),
            raw,
            identifier,
        })
    }

    fn read_all(&self, at: Duration, events: &mut VecDeque<Event>) {
        let mut buffer = [0_u8; 2048];
        for _ in 0..BATCH {
            // An error here is either "no more" or about an interface that went away: both end this round.
            let Ok((length, from)) = self.socket.recv_from(&mut buffer) else {
                return;
            };
            if let Ok(message) = self.parse(&buffer[..length], from.ip()) {
                events.push_back(Event::Icmp {
                    from: from.ip(),
                    message,
                    at,
                });
            }
        }
    }

    fn parse(&self, bytes: &[u8], from: IpAddr) -> Result<Message, Malformed> {
        match from {
            IpAddr::V6(_) => parse_v6(bytes),
            IpAddr::V4(_) if self.raw => parse_v4(parse_ipv4(bytes)?.payload),
            IpAddr::V4(_) => parse_v4(bytes),
        }
    }
}

fn open_udp(to: SocketAddr) -> io::Result<UdpSocket> {
    let any = unspecified(to.is_ipv4());
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // More room is a wish, not a need.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.bind(&SocketAddr::new(any, 0).into())?;
    Ok(socket.into())
}

/// The address that stands for all of our own.
pub(super) fn unspecified(is_v4: bool) -> IpAddr {
    if is_v4 {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    }
}

fn read_datagrams(socket: &UdpSocket, at: Duration, events: &mut VecDeque<Event>) {
    let mut buffer = vec![0_u8; LARGEST_DATAGRAM];
    for _ in 0..BATCH {
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => events.push_back(Event::Datagram {
                from,
                bytes: buffer[..length].to_vec(),
                at,
            }),
            // Somebody refused an earlier datagram: silence says the same a little later.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            Err(_) => return,
        }
    }
}

/// A ping socket's port is the identifier that the kernel writes into its echoes. Only one that the kernel
/// chose is sure to be free: two sockets bound to the same one steal each other's answers.
pub(super) fn own_identifier(socket: &Socket, source: IpAddr) -> io::Result<u16> {
    socket.bind(&SocketAddr::new(source, 0).into())?;
    let address = socket.local_addr()?.as_socket();
    address
        .map(|address| address.port())
        .ok_or_else(|| ErrorKind::AddrNotAvailable.into())
}

pub(super) fn is_permission(error: &io::Error) -> bool {
    // A ping socket for a group that is not allowed gives EACCES; a raw one EPERM or EACCES.
    error.kind() == ErrorKind::PermissionDenied
}

pub(super) fn send_error(error: io::Error) -> SendError {
    match error.raw_os_error() {
        Some(libc::EHOSTUNREACH) => SendError::Unreachable,
        Some(libc::ENOBUFS | libc::EAGAIN | libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::EINTR) => {
            SendError::Busy(error)
        }
        _ => SendError::OurFault(error),
    }
}

fn stream_end(error: io::Result<Option<io::Error>>) -> StreamEnd {
    let code = match error {
        Ok(None) => return StreamEnd::Open,
        Ok(Some(error)) | Err(error) => error.raw_os_error(),
    };
    match code {
        Some(libc::ECONNREFUSED | libc::ECONNRESET) => StreamEnd::Refused,
        Some(libc::EHOSTUNREACH | libc::ENETUNREACH | libc::EACCES | libc::EPERM) => StreamEnd::Unreachable,
        Some(libc::ETIMEDOUT) => StreamEnd::Silent,
        _ => StreamEnd::OurFault,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the network rim measures time; nobody above it does"
)]
fn now() -> Instant {
    Instant::now()
}
