//! The order of a wave: each subnet's addresses lie evenly along it, so that no office gets its questions in one burst.

use std::net::IpAddr;

/// What counts as one subnet: a /24, or a /64.
fn subnet(address: IpAddr) -> (bool, u64) {
    match address {
        IpAddr::V4(it) => (false, u64::from(u32::from(it) >> 8)),
        IpAddr::V6(it) => (true, u64::try_from(u128::from(it) >> 64).unwrap_or(u64::MAX)),
    }
}

/// The places of `addresses` in the order of asking, and how many of them the largest subnet has.
///
/// Address `j` of a subnet of `m` lies at `(j + phase) / m` of the wave. The phases differ, or all small subnets would
/// meet in the middle; multiples of the golden ratio keep them apart however many there are.
pub(super) fn spread(addresses: &[IpAddr]) -> (Vec<u32>, u32) {
    const GOLDEN: u32 = 0x9e37_79b9;
    let mut by_subnet: Vec<u32> = (0..).zip(addresses).map(|(place, _): (u32, _)| place).collect();
    let subnet_of = |place: u32| subnet(addresses[place as usize]);
    by_subnet.sort_unstable_by_key(|&place| (subnet_of(place), place));
    let mut placed: Vec<(u32, u32)> = Vec::with_capacity(addresses.len());
    let mut largest = 0;
    let groups = by_subnet.chunk_by(|&a, &b| subnet_of(a) == subnet_of(b));
    for (group, members) in (0_u32..).zip(groups) {
        let phase = u64::from(group.wrapping_mul(GOLDEN));
        let size = members.len() as u64;
        largest = largest.max(size);
        for (number, &place) in (0_u64..).zip(members) {
            // Below 2^32: number + 1 <= size.
            let along = ((number << 32) + phase) / size;
            placed.push((u32::try_from(along).unwrap_or(u32::MAX), place));
        }
    }
    drop(by_subnet);
    placed.sort_unstable();
    let order = placed.into_iter().map(|(_, place)| place).collect();
    (order, u32::try_from(largest).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everybody_is_asked_once_and_no_subnet_in_a_burst(sizes in prop::collection::vec(1_u8..=254, 1..12)) {
            let mut addresses = Vec::new();
            for (subnet, size) in (0_u8..).zip(&sizes) {
                addresses.extend((1..=*size).map(|host| IpAddr::from([10, 9, subnet, host])));
            }
            let (order, largest) = spread(&addresses);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..u32::try_from(addresses.len()).unwrap()).collect::<Vec<_>>());
            prop_assert_eq!(largest, u32::from(*sizes.iter().max().unwrap()));
            // In each tenth of the wave a subnet has its tenth, and a little for how the phases of the others fall.
            let mut seen: HashMap<(usize, u64), usize> = HashMap::new();
            for (at, &place) in order.iter().enumerate() {
                let part = at * 10 / order.len();
                *seen.entry((part, subnet(addresses[place as usize]).1)).or_default() += 1;
            }
            for ((part, key), count) in seen {
                let size = usize::from(sizes[usize::try_from(key & 0xff).unwrap()]);
                prop_assert!(count <= size.div_ceil(10) + size / 20 + 3, "{count} of {size} in part {part}");
            }
        }
    }

    #[test]
    fn one_subnet_keeps_its_order_and_two_take_turns() {
        let hosts = |subnet, hosts: std::ops::RangeInclusive<u8>| {
            hosts.map(move |host| IpAddr::from([10, 9, subnet, host]))
        };
        let one: Vec<_> = hosts(1, 1..=5).collect();
        assert_eq!(spread(&one), (vec![0, 1, 2, 3, 4], 5));
        let two: Vec<_> = hosts(1, 1..=3).chain(hosts(2, 1..=3)).collect();
        assert_eq!(spread(&two), (vec![0, 3, 1, 4, 2, 5], 3));
        assert_eq!(spread(&[]), (vec![], 0));
        let six: Vec<IpAddr> = ["2001:db8::1", "2001:db8:0:1::1"]
            .map(|it| it.parse().unwrap())
            .to_vec();
        assert_eq!(spread(&six).1, 1);
    }
}
