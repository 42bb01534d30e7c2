//! The real sockets on the loopback of a namespace: both kinds of ICMP socket, both versions of IP, and TCP.
//! Needs root; fails without.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

mod common;

use std::net::{IpAddr, TcpListener};
use std::num::NonZeroU16;
use std::time::Duration;

use rajut_core::check::{Observation, Outcome, Vantage};
use rajut_core::id::FreshIds;
use rajut_probe::network::{OpenError, Sockets};
use rajut_probe::stage::Namespace;
use rajut_probe::{How, Prober, Settings, Target, explicit};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

use common::FixedClock;

fn namespace(label: &str) -> Namespace {
    Namespace::create(&format!("rajut-sock-{label}-{}", std::process::id()))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Takes the right to raw sockets from this thread, and says who may use ping sockets instead.
fn without_raw_sockets(ping_groups: &str) {
    std::fs::write("/proc/sys/net/ipv4/ping_group_range", ping_groups).unwrap();
    let mut sets = capabilities(None).unwrap();
    sets.effective.remove(CapabilitySet::NET_RAW);
    sets.permitted.remove(CapabilitySet::NET_RAW);
    sets.inheritable.remove(CapabilitySet::NET_RAW);
    set_capabilities(None, sets).unwrap();
}

fn look(sockets: &mut Sockets, targets: Vec<(IpAddr, How)>) -> Vec<Observation> {
    let targets = targets
        .into_iter()
        .map(|(address, how)| Target {
            name: address.to_string(),
            address,
            how,
        })
        .collect();
    let settings = Settings {
        count: NonZeroU16::new(5).unwrap(),
        spacing: Duration::from_millis(2),
        timeout: Duration::from_secs(2),
        ..Settings::visit(Vantage::Laptop)
    };
    let mut ids = FreshIds::new(FixedClock::AT, [2; 32]);
    Prober
        .check(
            sockets,
            &FixedClock,
            &mut ids,
            &explicit(targets, false).unwrap(),
            &settings,
        )
        .unwrap()
}

fn both_versions_answer(sockets: &mut Sockets) {
    let got = look(
        sockets,
        vec![
            (IpAddr::from([127, 0, 0, 1]), How::Echo),
            ("::1".parse().unwrap(), How::Echo),
            (IpAddr::from([127, 0, 0, 9]), How::Echo),
        ],
    );
    for one in got {
        assert_eq!(one.outcome, Outcome::Seen, "{}", one.target);
        assert!(
            one.samples.iter().all(|sample| sample.rtt_us.is_some()),
            "{}",
            one.target
        );
        // On loopback a raw socket also hears our own questions; they are no answers.
        assert!(one.measure("duplicates").is_none(), "{}", one.target);
    }
}

#[test]
fn a_raw_socket_hears_both_versions() {
    let namespace = namespace("raw");
    let open_and_look = || {
        let mut sockets = Sockets::open(0x5a21).unwrap();
        assert!(sockets.is_raw());
        both_versions_answer(&mut sockets);
    };
    namespace.run(open_and_look).unwrap();
}

#[test]
fn without_the_right_to_raw_sockets_the_ping_socket_serves() {
    let namespace = namespace("ping");
    let open_and_look = || {
        without_raw_sockets("0 2147483647");
        let mut first = Sockets::open(0x5a22).unwrap();
        let mut second = Sockets::open(0x5a22).unwrap();
        assert!(!first.is_raw());
        both_versions_answer(&mut first);
        both_versions_answer(&mut second);
    };
    namespace.run(open_and_look).unwrap();
}

#[test]
fn without_any_right_the_error_says_how_to_give_it() {
    let namespace = namespace("none");
    let open = || {
        without_raw_sockets("1 0");
        Sockets::open(0x5a23).unwrap_err()
    };
    let error = namespace.run(open).unwrap();
    assert!(matches!(error, OpenError::NotPermitted { .. }), "{error}");
    for hint in ["setcap cap_net_raw+ep", "ping_group_range"] {
        assert!(error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn tcp_tells_open_from_refused_and_needs_no_rights() {
    let namespace = namespace("tcp");
    let listen_and_look = || {
        without_raw_sockets("1 0");
        let v4 = TcpListener::bind("127.0.0.1:0").unwrap();
        let v6 = TcpListener::bind("[::1]:0").unwrap();
        let open = |listener: &TcpListener| {
            let address = listener.local_addr().unwrap();
            (address.ip(), How::Connect { port: address.port() })
        };
        let closed = (IpAddr::from([127, 0, 0, 1]), How::Connect { port: 1 });
        let mut sockets = Sockets::tcp_only();
        let targets = vec![open(&v4), open(&v6), closed, (closed.0, How::Echo)];
        look(&mut sockets, targets)
            .into_iter()
            .map(|one| one.outcome)
            .collect::<Vec<_>>()
    };
    let outcomes = namespace.run(listen_and_look).unwrap();
    assert_eq!(
        outcomes,
        [
            Outcome::Seen,
            Outcome::Seen,
            Outcome::Refused,
            Outcome::NotObserved
        ]
    );
}

#[test]
fn an_address_to_which_there_is_no_way_is_not_blamed() {
    let namespace = namespace("noway");
    let outcome = namespace
        .run(|| {
            let mut sockets = Sockets::open(0x5a24).unwrap();
            let got = look(
                &mut sockets,
                vec![
                    (IpAddr::from([10, 9, 1, 1]), How::Echo),
                    (IpAddr::from([10, 9, 1, 1]), How::Connect { port: 80 }),
                ],
            );
            got.into_iter()
                .map(|one| (one.outcome, one.raw.is_some()))
                .collect::<Vec<_>>()
        })
        .unwrap();
    assert_eq!(outcome, [(Outcome::NotObserved, true); 2]);
}
