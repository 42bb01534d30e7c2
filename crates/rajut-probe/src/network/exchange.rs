//! One question and its answer, by UDP or by TCP, within a time. It blocks its thread.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use super::sockets::unspecified;
use super::{Deadline, Line};

const LARGEST: usize = 65_535;

/// How an exchange ended.
#[derive(Debug)]
pub enum Exchanged {
    /// With an answer that fitted.
    Answer {
        /// What it carries.
        bytes: Vec<u8>,
        /// How long it took.
        took: Duration,
        /// The machine's clock when the question went out, since 1970.
        sent_at: Duration,
    },
    /// Nobody answered what fitted in time; so many answers did not fit.
    Silent {
        /// Datagrams from the right address that were no answer.
        unfit: u32,
    },
    /// The host said that nobody is there.
    Refused,
    /// Somebody on the way said that the host cannot be reached.
    Unreachable,
    /// Our own system could not ask. It says nothing about the host.
    OurFault(io::Error),
}

/// Asks by UDP. The socket is connected, so that only who was asked is heard, and its port is the system's random one;
/// `fits` says whether that really is the answer.
pub fn ask_datagram(
    source: Option<IpAddr>,
    to: SocketAddr,
    question: &[u8],
    patience: Duration,
    fits: &mut dyn FnMut(&[u8]) -> bool,
) -> Exchanged {
    let open = || {
        let socket = UdpSocket::bind(SocketAddr::new(
            source.unwrap_or_else(|| unspecified(to.is_ipv4())),
            0,
        ))?;
        socket.connect(to)?;
        Ok(socket)
    };
    let socket = match open() {
        Ok(socket) => socket,
        Err(error) => return Exchanged::OurFault(error),
    };
    let (sent_at, deadline) = (super::wall_clock(), Deadline::after(patience));
    if let Err(error) = socket.send(question) {
        return ended(error);
    }
    let mut buffer = vec![0; LARGEST];
    let mut unfit = 0;
    loop {
        let Ok(left) = deadline.left() else {
            return Exchanged::Silent { unfit };
        };
        if let Err(error) = socket.set_read_timeout(Some(left)) {
            return Exchanged::OurFault(error);
        }
        match socket.recv(&mut buffer) {
            Ok(length) => {
                let took = deadline.passed();
                if fits(&buffer[..length]) {
                    let bytes = buffer[..length].to_vec();
                    return Exchanged::Answer { bytes, took, sent_at };
                }
                unfit = unfit.saturating_add(1);
            }
            Err(error) if is_passing(&error) => {}
            Err(error) => return ended(error),
        }
    }
}

/// Asks by TCP for one message that stands behind its length in two octets, as DNS does (RFC 7766). All of it, the
/// opening too, must be done in time, however slowly the other side lets it drip.
pub fn ask_framed(source: Option<IpAddr>, to: SocketAddr, question: &[u8], patience: Duration) -> Exchanged {
    let (sent_at, deadline) = (super::wall_clock(), Deadline::after(patience));
    let exchange = || -> io::Result<Vec<u8>> {
        let mut line = Line::open(source, to, deadline)?;
        let length = u16::try_from(question.len()).map_err(io::Error::other)?;
        line.write_all(&[&length.to_be_bytes(), question].concat())?;
        let mut length = [0; 2];
        line.read_exact(&mut length)?;
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        line.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    match exchange() {
        Ok(bytes) => Exchanged::Answer {
            bytes,
            took: deadline.passed(),
            sent_at,
        },
        Err(error) => ended(error),
    }
}

/// The wait is over, or a signal came: the time is looked at again.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

fn ended(error: io::Error) -> Exchanged {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Exchanged::Refused,
        ErrorKind::HostUnreachable => Exchanged::Unreachable,
        // The other side ended before it had answered.
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
            Exchanged::Silent { unfit: 0 }
        }
        _ => Exchanged::OurFault(error),
    }
}
