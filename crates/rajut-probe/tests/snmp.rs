//! Devices of the simulator, asked by the real walk: what they are named, and what those get who lie.

#![expect(
    clippy::unwrap_used,
    reason = "integration tests are not cfg(test): the exception of clippy.toml does not reach them"
)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::device::{Health, How as Follows, Named};
use rajut_core::check::{Outcome, Vantage};
use rajut_core::id::FreshIds;
use rajut_probe::codec::snmp::{Credential, Secret, Version};
use rajut_probe::naming::Families;
use rajut_probe::network::{Event, Network as _, Sockets};
use rajut_probe::stage::{Agent, Oddity, Simulator, Topology, read_recording};
use rajut_probe::strategy::snmp::SnmpSettings;
use rajut_probe::{Access, DeviceLook, How, Prober, Target, explicit};

const ROUTER: &str = include_str!("samples/router.snmprec");
const SWITCH: &str = include_str!("samples/switch.snmprec");
const SERVER: &str = include_str!("samples/server.snmprec");

fn agent(sample: &str) -> Agent {
    Agent::new("rahasia", read_recording(sample.as_bytes()).unwrap())
}

fn look(agents: Vec<Agent>, credential: &Credential, settings: &SnmpSettings) -> Vec<DeviceLook> {
    let mut hosts = String::new();
    let mut targets = Vec::new();
    for number in 1..=agents.len() {
        let host = format!("[[host]]\nname = \"h{number}\"\naddress = \"10.9.1.{number}\"\ndelay_ms = 2\n");
        hosts.push_str(&host);
        targets.push(Target {
            name: format!("h{number}"),
            address: IpAddr::from([10, 9, 1, u8::try_from(number).unwrap()]),
            how: How::Echo,
        });
    }
    let mut network = Simulator::new(&Topology::read(&hosts).unwrap(), Timestamp::UNIX_EPOCH);
    for (target, agent) in targets.iter().zip(agents) {
        network.add_agent(SocketAddr::new(target.address, 161), agent);
    }
    let access = vec![
        Access {
            port: 161,
            credential: credential.clone()
        };
        targets.len()
    ];
    let clock = network.clock();
    Prober
        .snmp(
            &mut network,
            &clock,
            &mut FreshIds::new(Timestamp::UNIX_EPOCH, [3; 32]),
            &explicit(targets, false).unwrap(),
            &access,
            &Families::shipped().unwrap(),
            settings,
            Vantage::Server,
        )
        .unwrap()
}

fn one(agent: Agent) -> DeviceLook {
    look(vec![agent], &Credential::v2c("rahasia"), &SnmpSettings::default()).remove(0)
}

fn named(sample: &str) -> Named {
    let look = one(agent(sample));
    assert_eq!(look.observation.outcome, Outcome::Seen);
    look.named.unwrap()
}

#[test]
fn a_router_is_named_whole() {
    let named = named(ROUTER);
    let device = &named.device;
    assert_eq!(
        (device.os.as_str(), device.vendor.as_deref()),
        ("routeros", Some("MikroTik"))
    );
    assert_eq!(device.hardware.as_deref(), Some("CONTOH-8P"));
    assert_eq!(device.version.as_deref(), Some("7.18"));
    assert_eq!(device.serial.as_deref(), Some("CONTOH0001"));
    assert_eq!(device.uptime_s, Some(86_400));
    assert_eq!(
        device.sys_name.as_deref(),
        Some("rt-kampus[31m<b>"),
        "no control character is left"
    );
    assert_eq!(named.evidence["version"].how, Follows::Verbatim);
    assert_eq!(named.evidence["hardware"].how, Follows::Contained);
    assert_eq!(named.evidence["version"].oids, ["1.3.6.1.4.1.14988.1.1.4.4.0"]);

    let [first, second] = &named.interfaces[..] else {
        panic!("two interfaces")
    };
    assert_eq!(first.in_octets, Some(5_000_000_000), "the 64-bit counter");
    assert_eq!(first.evidence["in_octets"], "1.3.6.1.2.1.31.1.1.1.6.1");
    assert_eq!(first.alias.as_deref(), Some("ke kantor camat"));
    assert_eq!(first.phys_address.as_deref(), Some("02:00:00:00:00:a1"));
    assert_eq!(first.kind.as_deref(), Some("ethernetCsmacd"));
    assert_eq!(
        (second.in_octets, second.out_octets),
        (Some(9), None),
        "a counter at zero is no better"
    );
    assert_eq!(second.speed_bps, Some(10_000_000_000));
    assert_eq!(second.oper_status.as_deref(), Some("lowerLayerDown"));

    assert_eq!((named.processors[0].usage, named.processors.len()), (42.0, 1));
    assert_eq!(
        (named.memory[0].percent, named.memory[0].total),
        (Some(25.0), Some(268_435_456))
    );
    assert_eq!(
        (named.storage[0].descr.as_str(), named.storage[0].used),
        ("system disk", Some(4_194_304))
    );
    let sensor = |class: &str| named.sensors.iter().find(|it| it.class == class).unwrap();
    assert_eq!(
        (sensor("temperature").value, sensor("temperature").divisor),
        (41.5, Some(10.0))
    );
    assert_eq!(
        (sensor("fanspeed").value, sensor("fanspeed").descr.as_str()),
        (4210.0, "fan1-speed")
    );
    assert_eq!(
        (sensor("dbm").value, sensor("dbm").descr.as_str()),
        (-18.25, "sfp1 Rx")
    );
    let neighbour = &named.neighbours[0];
    assert_eq!(
        (neighbour.protocol.as_str(), neighbour.local_if_index),
        ("mndp", Some(1))
    );
    assert_eq!(neighbour.remote_name.as_deref(), Some("sw-kampus"));
    assert_eq!(neighbour.remote_address.as_deref(), Some("10.9.1.2"));
}

#[test]
fn what_no_family_fits_is_named_by_the_standard_mibs() {
    let named = named(SWITCH);
    assert_eq!(named.device.os, "generic");
    assert_eq!(
        named.device.hardware.as_deref(),
        Some("CONTOH-24"),
        "the stack has none, its first chassis has"
    );
    assert_eq!(named.device.serial.as_deref(), Some("CONTOH0002"));
    let sensors: Vec<_> = named
        .sensors
        .iter()
        .map(|it| (it.class.as_str(), it.descr.as_str(), it.value))
        .collect();
    assert_eq!(
        sensors,
        [
            ("temperature", "Hotspot Temperature", 41.5),
            ("dbm", "Gi1/0/24 Receive Power", -18.2)
        ]
    );
    let [lldp, cdp] = &named.neighbours[..] else {
        panic!("two neighbours")
    };
    assert_eq!(
        (lldp.local_if_index, lldp.remote_port.as_deref()),
        (Some(10124), Some("sfp1"))
    );
    assert_eq!(lldp.remote_address.as_deref(), Some("10.9.1.1"));
    assert_eq!(
        (cdp.protocol.as_str(), cdp.remote_address.as_deref()),
        ("cdp", Some("10.9.1.3"))
    );
    assert_eq!(
        named.interfaces[0].admin_status, None,
        "what was not told is absent"
    );
}

#[test]
fn memory_that_is_only_lent_is_not_used() {
    let named = named(SERVER);
    let physical = named
        .memory
        .iter()
        .find(|it| it.descr == "Physical memory")
        .unwrap();
    assert_eq!(
        (physical.used, physical.percent),
        (Some(2_000_000 * 1024), Some(50.0))
    );
    let [root] = &named.storage[..] else {
        panic!("one storage")
    };
    assert_eq!(
        (root.total, root.percent),
        (Some(3_000_000_000 * 4096), Some(25.0)),
        "a size of 32 bits"
    );
    assert_eq!(
        (named.processors[0].usage, named.device.os.as_str()),
        (7.0, "linux")
    );
}

#[test]
fn version_one_is_spoken_to_those_who_know_no_other() {
    let v1 = Credential::Community {
        version: Version::V1,
        community: Secret::new("rahasia"),
    };
    let old = agent(ROUTER).with(Oddity::OnlyV1);
    let looks = look(vec![old.clone(), agent(ROUTER)], &v1, &SnmpSettings::default());
    assert!(
        looks
            .iter()
            .all(|look| look.named == looks[1].named && look.named.is_some())
    );
    assert_eq!(one(old).observation.outcome, Outcome::Silent);
}

#[test]
fn who_does_not_know_the_community_hears_nothing() {
    let looks = look(
        vec![agent(ROUTER)],
        &Credential::v2c("salah"),
        &SnmpSettings::default(),
    );
    assert_eq!(
        (looks[0].observation.outcome, &looks[0].named),
        (Outcome::Silent, &None)
    );
    assert_eq!(
        looks[0].observation.samples.len(),
        3,
        "one question and two retries"
    );
}

#[test]
fn weak_devices_are_read_whole() {
    let whole = named(ROUTER);
    for oddity in [Oddity::FewSteps(5), Oddity::TooBig(3), Oddity::Twice] {
        let look = one(agent(ROUTER).with(oddity));
        assert_eq!(look.named.as_ref(), Some(&whole), "{oddity:?}");
        assert_eq!(look.observation.raw, None, "{oddity:?}");
    }
}

#[test]
fn liars_cost_little_and_are_never_believed() {
    let settings = SnmpSettings {
        most_values: 5000,
        ..SnmpSettings::default()
    };
    for oddity in [Oddity::WrongId, Oddity::WrongPort, Oddity::Cut] {
        let looks = look(
            vec![agent(ROUTER).with(oddity)],
            &Credential::v2c("rahasia"),
            &settings,
        );
        assert_eq!(
            (looks[0].observation.outcome, &looks[0].named),
            (Outcome::Silent, &None),
            "{oddity:?}"
        );
    }
    for oddity in [Oddity::Loops, Oddity::Endless] {
        let looks = look(
            vec![agent(ROUTER).with(oddity)],
            &Credential::v2c("rahasia"),
            &settings,
        );
        let seen = &looks[0].observation;
        assert_eq!(
            seen.outcome,
            Outcome::Seen,
            "{oddity:?}: it is alive, whatever it says"
        );
        assert!(seen.raw.is_some(), "{oddity:?}: that it lies is said");
        assert!(
            seen.measure("snmp_questions").unwrap().value < 2000.0,
            "{oddity:?}"
        );
    }
}

#[test]
fn many_devices_are_asked_at_once_and_each_is_itself() {
    let agents: Vec<Agent> = (0..200).map(|n| agent([ROUTER, SWITCH, SERVER][n % 3])).collect();
    let looks = look(agents, &Credential::v2c("rahasia"), &SnmpSettings::default());
    let expected = ["routeros", "generic", "linux"];
    for (number, look) in looks.iter().enumerate() {
        assert_eq!(look.observation.target, format!("h{}", number + 1));
        assert_eq!(look.named.as_ref().unwrap().device.os, expected[number % 3]);
    }
    let longest = looks
        .iter()
        .map(|look| look.observation.duration_us)
        .max()
        .unwrap();
    assert!(
        longest < 5_000_000,
        "together, not one after the other: {longest} us"
    );
}

#[test]
fn a_state_has_its_meaning() {
    let sample = "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.27\n1.3.6.1.4.1.318.1.1.1.4.1.1.0|2|3\n";
    let named = named(sample);
    let state = named.sensors.iter().find(|it| it.class == "state").unwrap();
    assert_eq!(
        (state.state.as_deref(), state.generic),
        (Some("onBattery"), Some(Health::Critical))
    );
}

#[test]
fn datagrams_go_through_real_sockets() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let to = peer.local_addr().unwrap();
    let mut network = Sockets::tcp_only();
    network.send_datagram(to, b"halo").unwrap();
    let mut buffer = [0; 16];
    let (length, from) = peer.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"halo");
    peer.send_to(b"juga", from).unwrap();
    let until = network.elapsed() + Duration::from_secs(5);
    let event = network.wait(until).unwrap();
    let Some(Event::Datagram { from, bytes, .. }) = event else {
        panic!("{event:?}")
    };
    assert_eq!((from, bytes.as_slice()), (to, &b"juga"[..]));
    // A port where nobody listens is silence, not an error.
    let closed = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    for _ in 0..3 {
        network.send_datagram(closed, b"x").unwrap();
        let soon = network.elapsed() + Duration::from_millis(20);
        assert_eq!(network.wait(soon).unwrap(), None);
    }
}
