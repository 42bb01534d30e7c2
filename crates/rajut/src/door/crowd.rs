//! How many connections each address holds, so that one machine cannot take all places.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connections that are open, by address.
#[derive(Clone, Default)]
pub struct Crowd(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; given back when it is dropped.
pub struct Seated {
    crowd: Crowd,
    peer: IpAddr,
}

impl Crowd {
    /// A place for another connection of this address, unless it holds `most` already.
    pub fn seat(&self, peer: IpAddr, most: usize) -> Option<Seated> {
        // One machine has as many addresses as it likes of its network (RFC 4291, section 2.5.1).
        let peer = match peer.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => v4,
        };
        let mut known = self.known();
        let held = known.entry(peer).or_default();
        if *held >= most {
            return None;
        }
        *held += 1;
        Some(Seated {
            crowd: self.clone(),
            peer,
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Numbers are counted up and down whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        let mut known = self.crowd.known();
        if let Some(held) = known.get_mut(&self.peer) {
            *held -= 1;
            if *held == 0 {
                known.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_so_many_and_gives_them_back() {
        let crowd = Crowd::default();
        let one: IpAddr = "10.0.0.1".parse().unwrap();
        let same: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        let other: IpAddr = "10.0.0.2".parse().unwrap();
        let held = [crowd.seat(one, 2).unwrap(), crowd.seat(same, 2).unwrap()];
        assert!(crowd.seat(one, 2).is_none());
        assert!(crowd.seat(other, 2).is_some());
        drop(held);
        assert!(crowd.seat(one, 2).is_some());
        assert!(crowd.known().is_empty(), "nobody is remembered");
        // One network of version 6 is one machine.
        let (a, b) = ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap());
        let first = crowd.seat(a, 1);
        assert!(first.is_some() && crowd.seat(b, 1).is_none());
    }
}
