//! The sweep through the real sockets: over the farm, where the figures are those that were planted, and over the
//! loopback of a namespace, where the kernel answers. Needs root; fails without.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

mod common;

use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use rajut_core::check::Outcome;
use rajut_core::id::FreshIds;
use rajut_probe::network::{EchoSockets, OpenError, Way};
use rajut_probe::stage::{Farm, Host, Namespace, StageError, Topology};
use rajut_probe::strategy::sweep::{SweepAddresses, SweepSettings, read_list};
use rajut_probe::{Prober, Sweep, Swept};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

use common::FixedClock;

fn namespace(label: &str) -> Namespace {
    Namespace::create(&format!("rajut-sweep-{label}-{}", std::process::id()))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn farm(namespace: &Namespace, hosts: Vec<Host>) -> Farm {
    let topology = Topology {
        seed: 11,
        links: Vec::new(),
        hosts,
    };
    let started: Result<Farm, StageError> =
        Farm::start(namespace, &topology, [10, 76, 0, 1].into(), "10.77.0.0/16");
    started.unwrap_or_else(|error| panic!("{error}"))
}

/// Host `number` of 10.77.0.0/16.
fn host(number: u16, text: &str) -> Host {
    let [third, last] = number.to_be_bytes();
    let text = format!("[[host]]\nname = \"h{number}\"\naddress = \"10.77.{third}.{last}\"\n{text}");
    Topology::read(&text).unwrap().hosts.remove(0)
}

fn settings(count: u16, pace: u32) -> SweepSettings {
    SweepSettings {
        pace: NonZeroU32::new(pace).unwrap(),
        subnet_pace: None,
        spacing: Duration::from_millis(10),
        ..SweepSettings::polite(NonZeroU16::new(count).unwrap())
    }
}

fn sweep(sockets: &mut EchoSockets, list: &str, settings: &SweepSettings) -> (Sweep, Vec<Swept>) {
    let blocks = read_list(list).unwrap();
    let addresses = SweepAddresses::of(&blocks, settings.count.get(), true).unwrap();
    let mut ids = FreshIds::new(FixedClock::AT, [3; 32]);
    let sweep = Prober
        .sweep(sockets, &FixedClock, &mut ids, addresses, settings, &mut |_| true)
        .unwrap();
    let all = sweep.all(&mut ids).collect();
    (sweep, all)
}

fn measure(swept: &Swept, name: &str) -> f64 {
    swept.observation.measure(name).map_or(0.0, |it| it.value)
}

/// Takes the right to raw sockets from this thread, and says who may use ping sockets instead.
fn without_raw_sockets(ping_groups: &str) {
    std::fs::write("/proc/sys/net/ipv4/ping_group_range", ping_groups).unwrap();
    let mut sets = capabilities(None).unwrap();
    for set in [&mut sets.effective, &mut sets.permitted, &mut sets.inheritable] {
        set.remove(CapabilitySet::NET_RAW | CapabilitySet::NET_ADMIN);
    }
    set_capabilities(None, sets).unwrap();
}

#[test]
fn sixteen_thousand_addresses_come_back_exact() {
    let namespace = namespace("many");
    let hosts = (1..=16_000).map(|number| host(number, "delay_ms = 5"));
    let farm = farm(&namespace, hosts.collect());
    let list: Vec<String> = (1..=16_000_u16)
        .map(|number| format!("10.77.{}.{}", number >> 8, number & 255))
        .collect();
    let (sweep, all) = namespace
        .run(|| {
            let mut sockets = EchoSockets::open(0x5b01, None).unwrap();
            sweep(&mut sockets, &list.join("\n"), &settings(3, 40_000))
        })
        .unwrap();
    assert_eq!((sweep.dropped(), all.len()), (0, 16_000));
    for one in all {
        let statistics = one.observation.statistics();
        let tally = farm.tally(one.address);
        assert_eq!((tally.asked, tally.lost), (3, 0), "{}", one.address);
        assert_eq!((statistics.sent, statistics.received), (3, 3), "{}", one.address);
        assert!(
            measure(&one, "delay_min") >= 5.0,
            "{} answered before it was asked",
            one.address
        );
        for nothing in ["duplicates", "late", "foreign"] {
            assert!(
                one.observation.measure(nothing).is_none(),
                "{}: {nothing}",
                one.address
            );
        }
    }
}

#[test]
fn planted_loss_is_measured_and_silence_is_silent() {
    let namespace = namespace("loss");
    let lossy = (1..=2000).map(|number| host(number, "delay_ms = 1\nloss_percent = 5"));
    let silent = (2001..=2200).map(|number| host(number, "silent = true"));
    let farm = farm(&namespace, lossy.chain(silent).collect());
    let list: Vec<String> = (1..=2200_u16)
        .map(|number| format!("10.77.{}.{}", number >> 8, number & 255))
        .collect();
    let (sweep, all) = namespace
        .run(|| {
            let mut sockets = EchoSockets::open(0x5b02, None).unwrap();
            let patient = SweepSettings {
                timeout: Duration::from_millis(1500),
                ..settings(25, 40_000)
            };
            sweep(&mut sockets, &list.join("\n"), &patient)
        })
        .unwrap();
    assert_eq!(sweep.dropped(), 0);
    let (mut sent, mut missed) = (0.0, 0.0);
    for (number, one) in (1..).zip(&all) {
        let statistics = one.observation.statistics();
        let tally = farm.tally(one.address);
        // The farm knows what it missed: we have missed neither more nor less.
        let missing = u32::try_from(statistics.sent - statistics.received).unwrap();
        assert_eq!((tally.asked, tally.lost), (25, missing), "{}", one.address);
        if number > 2000 {
            assert_eq!(one.observation.outcome, Outcome::Silent, "{}", one.address);
        } else {
            assert_eq!(one.observation.outcome, Outcome::Seen, "{}", one.address);
            sent += 25.0;
            missed += f64::from(missing);
        }
    }
    let percent = 100.0 * missed / sent;
    assert!((4.7..=5.3).contains(&percent), "{percent} % of {sent}");
}

#[test]
fn who_answers_for_another_is_foreign_and_errors_have_a_sender() {
    let namespace = namespace("odd");
    let hosts = vec![
        host(1, "delay_ms = 1"),
        host(2, "duplicates = true"),
        host(3, "answers_from = \"10.77.9.9\""),
        host(4, "unreachable_from = \"10.77.0.254\""),
        host(5, "delay_ms = 300"),
        host(6, "silent = true"),
    ];
    let _farm = farm(&namespace, hosts);
    let list = "10.77.0.1\n10.77.0.2\n10.77.0.3\n10.77.0.4\n10.77.0.5\n10.77.0.6\n10.78.0.1";
    let hasty = SweepSettings {
        timeout: Duration::from_millis(250),
        spacing: Duration::from_millis(200),
        ..settings(3, 1000)
    };
    let (sweep, all) = namespace
        .run(|| sweep(&mut EchoSockets::open(0x5b03, None).unwrap(), list, &hasty))
        .unwrap();
    let outcomes: Vec<Outcome> = all.iter().map(|it| it.observation.outcome).collect();
    let expected = [
        Outcome::Seen,
        Outcome::Seen,
        Outcome::Silent,
        Outcome::Unreachable,
        Outcome::Silent,
        Outcome::Silent,
        // There is no route to it: our own system says so, and that is nobody's fault there.
        Outcome::NotObserved,
    ];
    assert_eq!(outcomes, expected);
    assert!((measure(&all[1], "duplicates") - 3.0).abs() < 1e-9);
    assert!((measure(&all[2], "foreign") - 3.0).abs() < 1e-9);
    let [error] = &all[3].errors[..] else {
        panic!("{:?}", all[3].errors)
    };
    assert_eq!((error.from, error.count), (IpAddr::from([10, 77, 0, 254]), 3));
    assert!(measure(&all[4], "late") >= 1.0, "{:?}", all[4].observation);
    assert_eq!((sweep.ways(), sweep.strangers()), (vec![Way::RawSocket], 0));
}

/// Addresses of both versions that the kernel of a namespace answers for.
const BOTH: &str = "127.1.2.0/25\n::1\n127.0.0.1";

fn both_versions_answer(sockets: &mut EchoSockets, way: Way) {
    let (sweep, all) = sweep(sockets, BOTH, &settings(4, 2000));
    assert_eq!((all.len(), sweep.ways()), (128, vec![way]));
    for one in all {
        let statistics = one.observation.statistics();
        assert_eq!((statistics.sent, statistics.received), (4, 4), "{}", one.address);
        assert!(statistics.jitter_us.is_some(), "{}", one.address);
        // A raw socket hears our own questions too; they are no answers.
        assert!(one.observation.measure("duplicates").is_none(), "{}", one.address);
    }
}

#[test]
fn both_versions_by_raw_socket_and_by_ping_socket() {
    namespace("raw")
        .run(|| both_versions_answer(&mut EchoSockets::open(0x5b04, None).unwrap(), Way::RawSocket))
        .unwrap();
    let ping = || {
        without_raw_sockets("0 2147483647");
        both_versions_answer(&mut EchoSockets::open(0x5b05, None).unwrap(), Way::PingSocket);
    };
    namespace("ping").run(ping).unwrap();
}

#[test]
fn without_any_right_it_says_how_to_give_it() {
    let open = || {
        without_raw_sockets("1 0");
        EchoSockets::open(0x5b06, None).unwrap_err()
    };
    let error = namespace("none").run(open).unwrap();
    assert!(matches!(error, OpenError::NotPermitted { .. }), "{error}");
}

#[test]
fn questions_leave_from_the_source_that_was_named() {
    let open = || {
        let source = Some(IpAddr::from([127, 0, 0, 77]));
        let mut sockets = EchoSockets::open(0x5b07, source).unwrap();
        let of_others = EchoSockets::open(0x5b08, Some(IpAddr::from([10, 9, 9, 9])));
        assert!(
            matches!(of_others, Err(OpenError::System(_))),
            "it is not our address"
        );
        // One version only: the other cannot leave from there.
        let (_, all) = sweep(&mut sockets, "127.0.0.1\n::1", &settings(2, 1000));
        all.into_iter()
            .map(|it| it.observation.outcome)
            .collect::<Vec<_>>()
    };
    let outcomes = namespace("source").run(open).unwrap();
    assert_eq!(outcomes, [Outcome::Seen, Outcome::NotObserved]);
}
