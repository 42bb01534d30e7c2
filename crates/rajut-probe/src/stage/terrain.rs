//! What becomes of a question in a made network: shared by the simulator and the farm.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::dice::Dice;
use super::topology::{Host, Topology, TopologyError, millis};

#[derive(Debug)]
pub(super) struct Terrain {
    links: Vec<LinkState>,
    hosts: HashMap<IpAddr, HostState>,
}

#[derive(Debug)]
struct LinkState {
    name: String,
    hop: Hop,
    cut: bool,
}

#[derive(Debug)]
struct HostState {
    host: Host,
    hop: Hop,
    way: Vec<usize>,
    /// Each host has its own, so that what happens to one does not depend on who else is asked.
    dice: Dice,
}

#[derive(Debug, Clone, Copy)]
struct Hop {
    delay: Duration,
    jitter: Duration,
    loss_percent: f64,
}

impl Terrain {
    pub(super) fn new(topology: &Topology) -> Self {
        let hop = |delay_ms, jitter_ms, loss_percent| Hop {
            delay: millis(delay_ms),
            jitter: millis(jitter_ms),
            loss_percent,
        };
        let links = topology
            .links
            .iter()
            .map(|link| LinkState {
                name: link.name.clone(),
                hop: hop(link.delay_ms, link.jitter_ms, link.loss_percent),
                cut: link.cut,
            })
            .collect();
        let hosts = (1_u64..)
            .zip(&topology.hosts)
            .map(|(number, host)| {
                let state = HostState {
                    host: host.clone(),
                    hop: hop(host.delay_ms, host.jitter_ms, host.loss_percent),
                    way: host
                        .link
                        .as_ref()
                        .map(|link| topology.way(link))
                        .unwrap_or_default(),
                    dice: Dice::new(topology.seed ^ number.wrapping_mul(0xd134_2543_de82_ef95)),
                };
                (host.address, state)
            })
            .collect();
        Self { links, hosts }
    }

    pub(super) fn set_cut(&mut self, link: &str, cut: bool) -> Result<(), TopologyError> {
        let state = self.links.iter_mut().find(|state| state.name == link);
        state.ok_or_else(|| TopologyError::NoLink(link.to_owned()))?.cut = cut;
        Ok(())
    }

    /// The host at an address.
    pub(super) fn host(&self, address: IpAddr) -> Option<&Host> {
        self.hosts.get(&address).map(|state| &state.host)
    }

    /// How long the answer to one question takes, or nothing when none comes.
    pub(super) fn round_trip(&mut self, to: IpAddr) -> Option<Duration> {
        let HostState { host, hop, way, dice } = self.hosts.get_mut(&to)?;
        if host.silent || way.iter().any(|&link| self.links[link].cut) {
            return None;
        }
        let mut time = Duration::ZERO;
        let mut lost = false;
        for hop in way.iter().map(|&link| &self.links[link].hop).chain([&*hop]) {
            lost |= dice.chance(hop.loss_percent);
            time += hop.delay + dice.up_to(hop.jitter);
        }
        (!lost).then_some(time)
    }
}
