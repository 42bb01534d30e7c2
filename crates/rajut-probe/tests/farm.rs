//! The real sockets against a farm behind a TUN device: planted delay, loss and silence come back as planted.
//! Needs root; fails without.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

mod common;

use std::fmt::Write as _;
use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use rajut_core::check::{Observation, Outcome, Vantage};
use rajut_core::id::FreshIds;
use rajut_probe::network::Sockets;
use rajut_probe::stage::{Farm, Namespace, StageError, Topology};
use rajut_probe::{How, Permitted, Prober, Settings, Target, explicit};

use common::FixedClock;

/// Hosts of four kinds in turn: prompt, slow (40 ms), lossy (20 %), silent.
fn town(hosts: u16) -> Topology {
    let mut text = String::from("seed = 5\n");
    for i in 0..hosts {
        let kind = [
            "delay_ms = 1",
            "delay_ms = 40",
            "loss_percent = 20",
            "silent = true",
        ][usize::from(i % 4)];
        writeln!(
            text,
            "[[host]]\nname = \"h{i}\"\naddress = \"10.77.{}.{}\"\n{kind}\n",
            i / 200,
            i % 200 + 1
        )
        .unwrap();
    }
    Topology::read(&text).unwrap()
}

fn targets(topology: &Topology) -> Permitted {
    let target = |address: IpAddr| Target {
        name: address.to_string(),
        address,
        how: How::Echo,
    };
    explicit(
        topology.hosts.iter().map(|host| target(host.address)).collect(),
        false,
    )
    .unwrap()
}

fn settings() -> Settings {
    Settings {
        count: NonZeroU16::new(20).unwrap(),
        spacing: Duration::from_millis(5),
        pace: NonZeroU32::new(4000).unwrap(),
        timeout: Duration::from_secs(2),
        ..Settings::visit(Vantage::Server)
    }
}

fn measure(observation: &Observation, name: &str) -> f64 {
    observation
        .measure(name)
        .unwrap_or_else(|| panic!("no {name}"))
        .value
}

fn look(namespace: &Namespace, topology: &Topology, open: fn() -> Sockets) -> (bool, Vec<Observation>) {
    let targets = targets(topology);
    namespace
        .run(|| {
            let mut sockets = open();
            let mut ids = FreshIds::new(FixedClock::AT, [9; 32]);
            let got = Prober
                .check(&mut sockets, &FixedClock, &mut ids, &targets, &settings())
                .unwrap();
            (sockets.is_raw(), got)
        })
        .unwrap()
}

fn stage(label: &str, topology: &Topology) -> Result<(Farm, Namespace), StageError> {
    let namespace = Namespace::create(&format!("rajut-farm-{label}-{}", std::process::id()))?;
    let farm = Farm::start(&namespace, topology, [10, 76, 0, 1].into(), "10.77.0.0/16")?;
    Ok((farm, namespace))
}

fn planted_comes_back(label: &str, hosts: u16, open: fn() -> Sockets) -> bool {
    let topology = town(hosts);
    let (farm, namespace) = stage(label, &topology).unwrap_or_else(|error| panic!("{error}"));
    let (raw, got) = look(&namespace, &topology, open);
    assert_eq!(got.len(), usize::from(hosts));
    let (mut asked, mut lost) = (0, 0);
    for (host, one) in topology.hosts.iter().zip(&got) {
        let tally = farm.tally(host.address);
        assert_eq!((tally.asked, one.samples.len()), (20, 20), "{}", host.name);
        // The farm knows what it lost: we must have lost neither more nor less.
        let unanswered = one
            .samples
            .iter()
            .filter(|sample| sample.rtt_us.is_none())
            .count();
        assert_eq!(unanswered, usize::try_from(tally.lost).unwrap(), "{}", host.name);
        if host.silent {
            assert_eq!((one.outcome, tally.lost), (Outcome::Silent, 20), "{}", host.name);
            continue;
        }
        assert_eq!(one.outcome, Outcome::Seen, "{}", host.name);
        // Nothing is faster than planted; the fastest of twenty is not much slower, on a busy machine too.
        let fastest = measure(one, "delay_min");
        assert!(
            (host.delay_ms..host.delay_ms + 25.0).contains(&fastest),
            "{}: {fastest} ms",
            host.name
        );
        if host.loss_percent > 0.0 {
            asked += tally.asked;
            lost += tally.lost;
        } else {
            assert_eq!(tally.lost, 0, "{}", host.name);
        }
    }
    assert!(
        lost > 0 && lost < asked / 2,
        "{lost} of {asked} were planted to be lost"
    );
    raw
}

#[test]
fn a_raw_socket_measures_what_was_planted_in_200_hosts() {
    assert!(planted_comes_back("raw", 200, || Sockets::open(0x5a17).unwrap()));
}

#[test]
fn sixteen_hosts_and_a_second_look_that_does_not_hear_the_first() {
    let topology = town(16);
    let (_farm, namespace) = stage("twice", &topology).unwrap_or_else(|error| panic!("{error}"));
    let targets = targets(&topology);
    let got = namespace
        .run(|| {
            let mut sockets = Sockets::open(0x5a18).unwrap();
            let mut ids = FreshIds::new(FixedClock::AT, [9; 32]);
            // Given up long before the slow hosts answer, whose answers then fall into the second look.
            let hasty = Settings {
                count: NonZeroU16::new(1).unwrap(),
                timeout: Duration::from_millis(1),
                ..settings()
            };
            Prober
                .check(&mut sockets, &FixedClock, &mut ids, &targets, &hasty)
                .unwrap();
            Prober
                .check(&mut sockets, &FixedClock, &mut ids, &targets, &settings())
                .unwrap()
        })
        .unwrap();
    for (host, one) in topology.hosts.iter().zip(&got).filter(|(host, _)| !host.silent) {
        assert!(
            measure(one, "delay_min") >= host.delay_ms,
            "{} answered before it was asked",
            host.name
        );
        assert!(one.measure("duplicates").is_none(), "{}", host.name);
    }
}
