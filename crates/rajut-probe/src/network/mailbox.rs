//! Many datagrams by one call (`recvmmsg`), with the time at which the kernel took each in and how many it had to drop.

use std::io;
use std::mem::size_of;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::time::Duration;

/// Datagrams read by one call, at most.
pub(super) const BATCH: usize = 64;
/// The longest datagram that we have a use for: an error that quotes 1,280 octets (RFC 4443). What is longer is cut.
const LONGEST: usize = 1536;
/// A socket address of either version.
const NAME: usize = size_of::<libc::sockaddr_in6>();
/// Room for a time stamp and a count of drops, in words, so that the headers in it are aligned.
const CONTROL: usize = 10;

/// Room for one batch.
#[derive(Debug)]
pub(super) struct Mailbox {
    /// BATCH of them, always.
    letters: Vec<Room>,
}

#[derive(Debug, Clone, Copy)]
struct Room {
    bytes: [u8; LONGEST],
    name: [u8; NAME],
    control: [u64; CONTROL],
    length: usize,
    name_length: usize,
    control_length: usize,
}

/// A datagram that came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    /// What it carries.
    pub bytes: &'a [u8],
    /// Who sent it.
    pub from: IpAddr,
    /// When the kernel took it in, by the machine's clock, since 1970.
    pub taken: Option<Duration>,
    /// Datagrams that this socket had no room for, since it was opened.
    pub dropped: Option<u32>,
}

impl Mailbox {
    pub(super) fn new() -> Self {
        let empty = Room {
            bytes: [0; LONGEST],
            name: [0; NAME],
            control: [0; CONTROL],
            length: 0,
            name_length: 0,
            control_length: 0,
        };
        Self {
            letters: vec![empty; BATCH],
        }
    }

    /// Reads what waits in a socket, without waiting for more. Returns how many there were.
    #[expect(
        unsafe_code,
        reason = "no safe wrapper in the dependencies reads many datagrams by one call"
    )]
    pub(super) fn fill(&mut self, socket: BorrowedFd<'_>) -> io::Result<usize> {
        let mut parts: [libc::iovec; BATCH] = std::array::from_fn(|place| libc::iovec {
            iov_base: self.letters[place].bytes.as_mut_ptr().cast(),
            iov_len: LONGEST,
        });
        let mut headers: [libc::mmsghdr; BATCH] = std::array::from_fn(|place| libc::mmsghdr {
            msg_hdr: libc::msghdr {
                msg_name: self.letters[place].name.as_mut_ptr().cast(),
                msg_namelen: libc::socklen_t::try_from(NAME).unwrap_or(0),
                msg_iov: &raw mut parts[place],
                msg_iovlen: 1,
                msg_control: self.letters[place].control.as_mut_ptr().cast(),
                msg_controllen: CONTROL * size_of::<u64>(),
                msg_flags: 0,
            },
            msg_len: 0,
        });
        // SAFETY: recvmmsg(2) writes, for each of the BATCH headers, at most `iov_len` octets at its one `iovec`, at most
        // `msg_namelen` at its name, at most `msg_controllen` at its control, and the fields of the header itself. All
        // of them lie in `self.letters`, which is borrowed exclusively and is not moved during the call, and in `parts`
        // and `headers`, which live until after it; each has the length that is given, and any octets are valid in
        // them. The kernel keeps no pointer. No timeout is given, so none is written. `socket` is open: it is borrowed.
        let read = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                libc::c_uint::try_from(BATCH).unwrap_or(1),
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        let Ok(read) = usize::try_from(read) else {
            let error = io::Error::last_os_error();
            return match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(0),
                _ => Err(error),
            };
        };
        for (room, header) in self.letters.iter_mut().zip(&headers).take(read) {
            room.length = LONGEST.min(header.msg_len as usize);
            room.name_length = NAME.min(header.msg_hdr.msg_namelen as usize);
            room.control_length = header.msg_hdr.msg_controllen.min(CONTROL * size_of::<u64>());
        }
        Ok(read)
    }

    /// One of the datagrams of the last batch; nothing when its sender cannot be told.
    pub(super) fn letter(&self, place: usize) -> Option<Letter<'_>> {
        let room = self.letters.get(place)?;
        let (taken, dropped) = room.told();
        Some(Letter {
            bytes: &room.bytes[..room.length],
            from: sender(&room.name[..room.name_length])?,
            taken,
            dropped,
        })
    }
}

impl Room {
    /// The control messages that stand in words: length of header and content, level, kind, content, padding to a word
    /// (cmsg(3)). A kernel is no stranger, but no length is believed that does not fit.
    fn told(&self) -> (Option<Duration>, Option<u32>) {
        const HEADER: usize = size_of::<libc::cmsghdr>();
        let mut bytes = [0; CONTROL * size_of::<u64>()];
        for (to, word) in bytes.chunks_exact_mut(size_of::<u64>()).zip(self.control) {
            to.copy_from_slice(&word.to_ne_bytes());
        }
        let (mut taken, mut dropped) = (None, None);
        let mut rest = &bytes[..self.control_length];
        while let Some(header) = rest.get(..HEADER) {
            let length = usize::from_ne_bytes(first(header));
            let level = i32::from_ne_bytes(first(&header[size_of::<usize>()..]));
            let kind = i32::from_ne_bytes(first(&header[size_of::<usize>() + 4..]));
            let Some(content) = rest.get(HEADER..length) else {
                break;
            };
            if level == libc::SOL_SOCKET && kind == libc::SCM_TIMESTAMPNS && content.len() >= 16 {
                let seconds = u64::try_from(i64::from_ne_bytes(first(content))).ok();
                let nanos = u32::try_from(i64::from_ne_bytes(first(&content[8..]))).ok();
                taken = seconds
                    .zip(nanos)
                    .map(|(seconds, nanos)| Duration::new(seconds, nanos));
            }
            if level == libc::SOL_SOCKET && kind == libc::SO_RXQ_OVFL && content.len() >= 4 {
                dropped = Some(u32::from_ne_bytes(first(content)));
            }
            let next = length.next_multiple_of(size_of::<usize>());
            rest = rest.get(next..).unwrap_or_default();
        }
        (taken, dropped)
    }
}

/// The first octets; zero where there are none.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    for (to, from) in taken.iter_mut().zip(bytes) {
        *to = *from;
    }
    taken
}

/// The address in a `sockaddr` of either version: family, port, then for `IPv4` the address, for `IPv6` the flow first.
fn sender(name: &[u8]) -> Option<IpAddr> {
    let family = u16::from_ne_bytes(name.get(..2)?.try_into().ok()?);
    match i32::from(family) {
        libc::AF_INET => {
            let address: [u8; 4] = name.get(4..8)?.try_into().ok()?;
            Some(Ipv4Addr::from(address).into())
        }
        libc::AF_INET6 => {
            let address: [u8; 16] = name.get(8..24)?.try_into().ok()?;
            Some(Ipv6Addr::from(address).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::AsFd as _;

    use super::*;

    #[test]
    fn what_waits_is_read_with_its_sender() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let to = UdpSocket::bind(address).unwrap();
            let from = UdpSocket::bind(address).unwrap();
            let mut mailbox = Mailbox::new();
            assert_eq!(mailbox.fill(to.as_fd()).unwrap(), 0, "nothing waits");
            let long = vec![7; LONGEST + 9];
            for bytes in [&b"satu"[..], b"", &long] {
                from.send_to(bytes, to.local_addr().unwrap()).unwrap();
            }
            assert_eq!(mailbox.fill(to.as_fd()).unwrap(), 3);
            for (place, length) in [(0, 4), (1, 0), (2, LONGEST)] {
                let letter = mailbox.letter(place).unwrap();
                assert_eq!(letter.bytes.len(), length);
                assert_eq!(letter.from, from.local_addr().unwrap().ip());
                assert_eq!((letter.taken, letter.dropped), (None, None));
            }
        }
    }

    #[test]
    fn control_messages_that_lie_are_not_believed() {
        let mut room = Mailbox::new().letters[0];
        for words in [
            [u64::MAX; CONTROL],
            [1; CONTROL],
            [0; CONTROL],
            [16; CONTROL],
            [40; CONTROL],
        ] {
            room.control = words;
            for length in 0..=CONTROL * 8 {
                room.control_length = length;
                let _ = room.told();
            }
        }
    }
}
