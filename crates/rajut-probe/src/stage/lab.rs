//! Network namespaces joined by veth pairs: the centre, and behind each link of the topology an office whose
//! router carries the office's addresses and really answers, by the kernel's own hand. `IPv4` only.
//!
//! What the kernel does not do by itself - delay, jitter, loss, duplicates - is refused here rather than
//! silently left out.

use std::io::Write;
use std::net::{IpAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};

use super::{Link, Namespace, StageError, Topology};

/// A running lab; it is torn down on drop.
#[derive(Debug)]
pub struct Lab {
    // Listeners go before the namespaces they stand in.
    services: Vec<Services>,
    centre: Namespace,
    offices: Vec<Office>,
}

#[derive(Debug)]
struct Office {
    link: String,
    /// The address of the other end of the link, the office's way to the centre.
    towards_centre: String,
    namespace: Namespace,
}

/// The office's end of its link.
const UPLINK: &str = "uplink";

impl Lab {
    /// Builds it. `name` begins the names of its namespaces and must be new on this machine.
    pub fn raise(name: &str, topology: &Topology) -> Result<Self, StageError> {
        refuse_what_we_cannot(topology)?;
        let centre = Namespace::create(&format!("{name}-noc"))?;
        let mut lab = Self {
            services: Vec::new(),
            centre,
            offices: Vec::new(),
        };
        lab.centre.run(forward)??;
        for (number, link) in parents_first(topology) {
            lab.join(name, topology, number, link)?;
        }
        lab.settle(topology)?;
        for link in topology.links.iter().filter(|link| link.cut) {
            lab.cut(&link.name)?;
        }
        Ok(lab)
    }

    /// Runs `act` on a thread of its own at the centre.
    pub fn at_centre<T: Send>(&self, act: impl FnOnce() -> T + Send) -> Result<T, StageError> {
        self.centre.run(act)
    }

    /// Runs `act` on a thread of its own in the office behind a link, where a laptop would stand.
    pub fn at_office<T: Send>(&self, link: &str, act: impl FnOnce() -> T + Send) -> Result<T, StageError> {
        self.office(link)?.namespace.run(act)
    }

    /// Cuts a link at the office's end, as a digger would: the centre still has its route, and no answer.
    pub fn cut(&self, link: &str) -> Result<(), StageError> {
        self.office(link)?.namespace.ip(&["link", "set", UPLINK, "down"])
    }

    /// Mends a link.
    pub fn mend(&self, link: &str) -> Result<(), StageError> {
        let office = self.office(link)?;
        office.namespace.ip(&["link", "set", UPLINK, "up"])?;
        // The kernel forgot the way out when the link went down.
        office.namespace.ip(&[
            "route",
            "replace",
            "default",
            "via",
            &office.towards_centre,
            "dev",
            UPLINK,
        ])
    }

    fn office(&self, link: &str) -> Result<&Office, StageError> {
        let office = self.offices.iter().find(|office| office.link == link);
        office.ok_or_else(|| StageError::Cannot(format!("the lab has no link {link}")))
    }

    /// Where a link ends on the side of the centre.
    fn upper_end(&self, link: &Link) -> Result<&Namespace, StageError> {
        match &link.parent {
            None => Ok(&self.centre),
            Some(parent) => Ok(&self.office(parent)?.namespace),
        }
    }

    fn join(&mut self, lab: &str, topology: &Topology, number: usize, link: &Link) -> Result<(), StageError> {
        let namespace = Namespace::create(&format!("{lab}-{number}"))?;
        namespace.run(forward)??;
        let upper = self.upper_end(link)?;
        let device = format!("link{number}");
        // One /30 of the shared space of RFC 6598 per link.
        let (above, below) = (format!("100.64.{number}.1"), format!("100.64.{number}.2"));
        upper.ip(&[
            "link",
            "add",
            &device,
            "type",
            "veth",
            "peer",
            "name",
            UPLINK,
            "netns",
            namespace.name(),
        ])?;
        upper.ip(&["addr", "add", &format!("{above}/30"), "dev", &device])?;
        upper.ip(&["link", "set", &device, "up"])?;
        namespace.ip(&["addr", "add", &format!("{below}/30"), "dev", UPLINK])?;
        namespace.ip(&["link", "set", UPLINK, "up"])?;
        namespace.ip(&["route", "add", "default", "via", &above])?;
        // Every namespace from here to the centre must know the way down to what lies behind this link.
        for host in &topology.hosts {
            let way = host
                .link
                .as_deref()
                .map(|name| topology.way(name))
                .unwrap_or_default();
            if way.contains(&number) {
                upper.ip(&["route", "add", &host.address.to_string(), "via", &below])?;
            }
        }
        self.offices.push(Office {
            link: link.name.clone(),
            towards_centre: above,
            namespace,
        });
        Ok(())
    }

    /// Gives every host its address, and its open ports.
    fn settle(&mut self, topology: &Topology) -> Result<(), StageError> {
        for host in &topology.hosts {
            let namespace = match &host.link {
                None => &self.centre,
                Some(link) => &self.office(link)?.namespace,
            };
            let address = format!("{}/32", host.address);
            if host.silent {
                namespace.ip(&["route", "add", "blackhole", &address])?;
                continue;
            }
            namespace.ip(&["addr", "add", &address, "dev", "lo"])?;
            if !host.tcp_open.is_empty() {
                let services = namespace.run(|| Services::open(host.address, &host.tcp_open))??;
                self.services.push(services);
            }
        }
        Ok(())
    }
}

fn refuse_what_we_cannot(topology: &Topology) -> Result<(), StageError> {
    let shaped = |delay: f64, jitter: f64, loss: f64| delay > 0.0 || jitter > 0.0 || loss > 0.0;
    let link = topology
        .links
        .iter()
        .find(|link| shaped(link.delay_ms, link.jitter_ms, link.loss_percent));
    let host = topology.hosts.iter().find(|host| {
        shaped(host.delay_ms, host.jitter_ms, host.loss_percent)
            || host.duplicates
            || host.address.is_ipv6()
            || host.answers_from.is_some()
            || host.unreachable_from.is_some()
    });
    if let Some(name) = link.map(|link| &link.name).or(host.map(|host| &host.name)) {
        let why = "the lab has no delay, jitter, loss, duplicates, answers from elsewhere or IPv6";
        return Err(StageError::Cannot(format!("{why}, and {name} asks for it")));
    }
    if topology.links.len() > 256 {
        return Err(StageError::Cannot("the lab has room for 256 links".to_owned()));
    }
    Ok(())
}

/// The links with their numbers, each after its parent.
fn parents_first(topology: &Topology) -> Vec<(usize, &Link)> {
    let mut links: Vec<_> = topology.links.iter().enumerate().collect();
    links.sort_by_key(|(_, link)| topology.way(&link.name).len());
    links
}

/// Lets the namespace of this thread pass packets on.
fn forward() -> Result<(), StageError> {
    std::fs::write("/proc/sys/net/ipv4/ip_forward", "1")
        .map_err(StageError::system("let a namespace forward packets"))
}

/// Open TCP ports of one host: connections are accepted and closed.
#[derive(Debug)]
struct Services {
    stop: UnixStream,
    thread: Option<JoinHandle<()>>,
}

impl Services {
    fn open(address: IpAddr, ports: &[u16]) -> Result<Self, StageError> {
        let mut listeners = Vec::new();
        for &port in ports {
            let listener = TcpListener::bind((address, port))
                .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
                .map_err(StageError::system(format!("listen on {address}:{port}")))?;
            listeners.push(listener);
        }
        let (stop, stopped) = UnixStream::pair().map_err(StageError::system("make a pair of sockets"))?;
        let thread = thread::Builder::new()
            .name("lab services".to_owned())
            .spawn(move || accept_until(&stopped, &listeners))
            .map_err(StageError::system("start a thread"))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        // Fails only when the thread has ended already.
        let _ = self.stop.write_all(&[0]);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept_until(stopped: &UnixStream, listeners: &[TcpListener]) {
    loop {
        let mut fds: Vec<PollFd<'_>> = listeners
            .iter()
            .map(|listener| PollFd::new(listener, PollFlags::IN))
            .collect();
        fds.push(PollFd::new(stopped, PollFlags::IN));
        match poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
        if fds.last().is_some_and(|stop| !stop.revents().is_empty()) {
            return;
        }
        for listener in listeners {
            while listener.accept().is_ok() {}
        }
    }
}
