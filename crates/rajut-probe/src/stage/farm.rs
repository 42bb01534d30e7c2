//! A TUN device behind which one thread answers ICMP echo for every host of a topology, with its delay, loss
//! and silence. The kernel routes to it, so the real sockets are what is tested. `IPv4` only; TCP is not
//! answered.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::terrain::Terrain;
use super::{Namespace, StageError, Topology, TopologyError};
use crate::codec::{
    ICMP, Ipv4Packet, Message, encode_ipv4, encode_reply_v4, encode_unreachable_v4, parse_ipv4, parse_v4,
};

const DEVICE: &str = "rajut0";
/// Packets that may wait for the farm.
const QUEUE: &str = "50000";

/// What the farm did with the questions to one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Questions that reached it.
    pub asked: u32,
    /// Questions that it will not answer.
    pub lost: u32,
}

/// A running farm; it stops on drop.
#[derive(Debug)]
pub struct Farm {
    shared: Arc<Mutex<Shared>>,
    stop: UnixStream,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    terrain: Terrain,
    tallies: HashMap<IpAddr, Tally>,
}

impl Farm {
    /// Starts a farm inside `namespace`: a device with the address `own`, and a route for `prefix` to it
    /// (`10.77.0.0/16`).
    pub fn start(
        namespace: &Namespace,
        topology: &Topology,
        own: Ipv4Addr,
        prefix: &str,
    ) -> Result<Self, StageError> {
        let device = namespace
            .run(open_tun)?
            .map_err(StageError::system("create a TUN device"))?;
        namespace.ip(&["addr", "add", &format!("{own}/32"), "dev", DEVICE])?;
        // As many questions may wait as a fast sweep sends while this thread has no turn: the farm loses only what it
        // is told to lose.
        namespace.ip(&["link", "set", DEVICE, "txqueuelen", QUEUE])?;
        namespace.ip(&["link", "set", DEVICE, "up"])?;
        namespace.ip(&["route", "add", prefix, "dev", DEVICE, "src", &own.to_string()])?;
        let shared = Arc::new(Mutex::new(Shared {
            terrain: Terrain::new(topology),
            tallies: HashMap::new(),
        }));
        let (stop, stopped) = UnixStream::pair().map_err(StageError::system("make a pair of sockets"))?;
        let thread = thread::Builder::new()
            .name("farm".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || {
                    Responder {
                        device,
                        stopped,
                        shared,
                        due: BTreeMap::new(),
                        next: 0,
                    }
                    .serve();
                }
            })
            .map_err(StageError::system("start a thread"))?;
        Ok(Self {
            shared,
            stop,
            thread: Some(thread),
        })
    }

    /// Cuts or mends a link.
    pub fn set_cut(&self, link: &str, cut: bool) -> Result<(), TopologyError> {
        lock(&self.shared).terrain.set_cut(link, cut)
    }

    /// What it did with the questions to a host.
    pub fn tally(&self, address: IpAddr) -> Tally {
        lock(&self.shared)
            .tallies
            .get(&address)
            .copied()
            .unwrap_or_default()
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        // Fails only when the thread has ended already.
        let _ = self.stop.write_all(&[0]);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Responder {
    device: File,
    stopped: UnixStream,
    shared: Arc<Mutex<Shared>>,
    due: BTreeMap<(Instant, u64), Vec<u8>>,
    next: u64,
}

impl Responder {
    fn serve(mut self) {
        let mut buffer = [0_u8; 2048];
        loop {
            let patience = self
                .due
                .first_key_value()
                .map(|((at, _), _)| at.saturating_duration_since(now()));
            let Ok(stop) = self.wait(patience) else { return };
            if stop {
                return;
            }
            // One go is bounded, so that answers leave on time under a flood of questions.
            for _ in 0..64 {
                let Ok(length) = self.device.read(&mut buffer) else {
                    break;
                };
                self.take(&buffer[..length]);
            }
            self.answer();
        }
    }

    fn wait(&self, patience: Option<Duration>) -> io::Result<bool> {
        let mut fds = [
            PollFd::new(&self.device, PollFlags::IN),
            PollFd::new(&self.stopped, PollFlags::IN),
        ];
        let timeout = patience
            .map(Timespec::try_from)
            .transpose()
            .map_err(io::Error::other)?;
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(!fds[1].revents().is_empty()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let arrived = now();
        let Ok(packet) = parse_ipv4(bytes) else { return };
        if packet.protocol != ICMP {
            return;
        }
        let Ok(Message::EchoRequest(echo)) = parse_v4(packet.payload) else {
            return;
        };
        let to = IpAddr::V4(packet.destination);
        let mut shared = lock(&self.shared);
        let round_trip = shared.terrain.round_trip(to);
        let tally = shared.tallies.entry(to).or_default();
        tally.asked += 1;
        tally.lost += u32::from(round_trip.is_none());
        let Some((round_trip, host)) = round_trip.zip(shared.terrain.host(to)) else {
            return;
        };
        let times = if host.duplicates { 2 } else { 1 };
        let v4 = |address: Option<IpAddr>| match address {
            Some(IpAddr::V4(address)) => Some(address),
            _ => None,
        };
        let (source, reply) = match v4(host.unreachable_from) {
            // Host unreachable, with as much of the question as an old router quotes (RFC 792).
            Some(router) => (router, encode_unreachable_v4(1, &bytes[..bytes.len().min(28)])),
            None => (
                v4(host.answers_from).unwrap_or(packet.destination),
                encode_reply_v4(&echo),
            ),
        };
        drop(shared);
        let packet = Ipv4Packet {
            source,
            destination: packet.source,
            protocol: ICMP,
            payload: &reply,
        };
        for _ in 0..times {
            self.due
                .insert((arrived + round_trip, self.next), encode_ipv4(&packet));
            self.next += 1;
        }
    }

    fn answer(&mut self) {
        let now = now();
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
            // The device takes a packet whole or, when its namespace is going away, not at all.
            let _ = self.device.write(&entry.remove());
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the farm stands for the world outside, which keeps its own time"
)]
fn now() -> Instant {
    Instant::now()
}

/// Creates the device in the network namespace of this thread.
fn open_tun() -> io::Result<File> {
    let device = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open("/dev/net/tun")?;
    let mut name = [0; libc::IFNAMSIZ];
    for (to, from) in name.iter_mut().zip(DEVICE.bytes()) {
        *to = libc::c_char::try_from(from).map_err(io::Error::other)?;
    }
    let flags = libc::c_short::try_from(libc::IFF_TUN | libc::IFF_NO_PI).map_err(io::Error::other)?;
    let mut request = libc::ifreq {
        ifr_name: name,
        ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: flags },
    };
    // SAFETY: TUNSETIFF reads and writes one `ifreq` at the address given and keeps no reference to it
    // (linux/if_tun.h). `request` is a live, exclusively borrowed `ifreq`; its name ends in zero, since DEVICE is
    // shorter than IFNAMSIZ; `device` is open for the whole call.
    #[expect(unsafe_code, reason = "no safe wrapper in the dependencies knows TUN devices")]
    let done = unsafe { libc::ioctl(device.as_raw_fd(), libc::TUNSETIFF, &raw mut request) };
    if done < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(device)
    }
}
