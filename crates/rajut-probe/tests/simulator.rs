//! The prober on the simulated network: virtual time, planted faults, exact figures.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::{Method, Observation, Outcome, Vantage};
use rajut_core::id::FreshIds;
use rajut_probe::codec::{Asked, Echo, Message};
use rajut_probe::network::{Connecting, Event, Network, SendError, WaitError};
use rajut_probe::stage::{Simulator, Topology};
use rajut_probe::{How, Prober, Settings, Target, explicit};

const TOWN: &str = r#"
seed = 11

[[link]]
name = "backbone"
delay_ms = 4

[[link]]
name = "hill"
parent = "backbone"
delay_ms = 6

[[host]]
name = "anchor"
address = "10.9.0.1"
delay_ms = 1

[[host]]
name = "office"
address = "10.9.1.1"
link = "backbone"
delay_ms = 2
tcp_open = [443]
tcp_refused = [22]

[[host]]
name = "village"
address = "10.9.2.1"
link = "hill"

[[host]]
name = "lossy"
address = "10.9.3.1"
loss_percent = 10
jitter_ms = 5

[[host]]
name = "dead"
address = "10.9.4.1"
silent = true

[[host]]
name = "echoing"
address = "10.9.5.1"
duplicates = true

[[host]]
name = "six"
address = "2001:db8::1"
delay_ms = 3
"#;

fn start() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

fn simulator() -> Simulator {
    Simulator::new(&Topology::read(TOWN).unwrap(), start())
}

fn echo(address: &str) -> Target {
    Target {
        name: address.to_owned(),
        address: address.parse().unwrap(),
        how: How::Echo,
    }
}

fn connect(address: &str, port: u16) -> Target {
    Target {
        name: format!("{address}:{port}"),
        address: address.parse().unwrap(),
        how: How::Connect { port },
    }
}

fn check_with(
    network: &mut impl Network,
    clock: &dyn rajut_core::clock::Clock,
    targets: Vec<Target>,
    settings: &Settings,
) -> Vec<Observation> {
    let mut ids = FreshIds::new(start(), [3; 32]);
    Prober
        .check(
            network,
            clock,
            &mut ids,
            &explicit(targets, false).unwrap(),
            settings,
        )
        .unwrap()
}

fn check(simulator: &mut Simulator, targets: Vec<Target>, settings: &Settings) -> Vec<Observation> {
    let clock = simulator.clock();
    check_with(simulator, &clock, targets, settings)
}

fn visit() -> Settings {
    Settings::visit(Vantage::Server)
}

fn with_anchor() -> Settings {
    Settings {
        anchors: vec![echo("10.9.0.1")],
        ..Settings::monitoring()
    }
}

fn measure(observation: &Observation, name: &str) -> Option<f64> {
    observation.measure(name).map(|measured| measured.value)
}

fn same(got: Option<f64>, want: f64) {
    assert!(
        got.is_some_and(|got| (got - want).abs() < 1e-9),
        "{got:?} is not {want}"
    );
}

#[test]
fn a_visit_measures_what_was_planted() {
    let targets = vec![
        echo("10.9.1.1"),
        echo("10.9.2.1"),
        echo("10.9.4.1"),
        echo("2001:db8::1"),
    ];
    let got = check(&mut simulator(), targets, &visit());
    let [office, village, dead, six] = got.as_slice() else {
        panic!("four observations")
    };
    assert_eq!((office.outcome, office.samples.len()), (Outcome::Seen, 20));
    assert_eq!(
        (office.method, office.vantage, office.target.as_str()),
        (Method::IcmpEcho, Vantage::Server, "10.9.1.1")
    );
    assert_eq!(office.started_at, start());
    assert_eq!(office.samples[1].offset_us, 200_000);
    same(measure(office, "delay"), 6.0);
    same(measure(office, "jitter"), 0.0);
    same(measure(office, "loss"), 0.0);
    same(measure(village, "delay"), 10.0);
    same(measure(six, "delay"), 3.0);
    assert_eq!(dead.outcome, Outcome::Silent);
    same(measure(dead, "loss"), 100.0);
    assert_eq!(measure(dead, "delay"), None);
    // The last of 20 questions goes out 19 spacings after the first and is given up after the timeout.
    assert_eq!(dead.duration_us, 19 * 200_000 + 2_000_000);
}

#[test]
fn planted_loss_comes_back_as_loss() {
    let many = Settings {
        count: NonZeroU16::new(5000).unwrap(),
        spacing: Duration::from_millis(1),
        pace: NonZeroU32::new(10_000).unwrap(),
        ..visit()
    };
    let got = check(&mut simulator(), vec![echo("10.9.3.1")], &many).remove(0);
    let loss = measure(&got, "loss").unwrap();
    assert!((loss - 10.0).abs() < 1.5, "{loss}");
    assert!(measure(&got, "delay_max").unwrap() < 5.0);
    // Two even draws from 0 to 5 ms differ by a third of that on average.
    let jitter = measure(&got, "jitter").unwrap();
    assert!((jitter - 5.0 / 3.0).abs() < 0.15, "{jitter}");
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let once = || {
        check(
            &mut simulator(),
            vec![echo("10.9.3.1"), echo("10.9.1.1")],
            &visit(),
        )
    };
    assert_eq!(once(), once());
    let alone = check(&mut simulator(), vec![echo("10.9.3.1")], &visit()).remove(0);
    let rtts = |one: &Observation| one.samples.iter().map(|sample| sample.rtt_us).collect::<Vec<_>>();
    assert_eq!(
        rtts(&alone),
        rtts(&once()[0]),
        "who else is asked changes nothing"
    );
}

#[test]
fn a_refused_port_proves_that_the_host_is_alive() {
    let targets = vec![
        connect("10.9.1.1", 443),
        connect("10.9.1.1", 22),
        connect("10.9.1.1", 8080),
    ];
    let got = check(&mut simulator(), targets, &Settings::monitoring());
    let outcomes: Vec<_> = got.iter().map(|one| one.outcome).collect();
    assert_eq!(outcomes, [Outcome::Seen, Outcome::Refused, Outcome::Silent]);
    assert_eq!(got[1].outcome.alive(), Some(true));
    assert_eq!(got[0].method, Method::TcpConnect);
    same(measure(&got[1], "delay"), 6.0);
    assert_eq!(got[2].samples.len(), 4, "three questions and one retry");
}

#[test]
fn a_cut_link_silences_what_lies_behind_it_and_only_that() {
    let mut simulator = simulator();
    let all = || vec![echo("10.9.0.1"), echo("10.9.1.1"), echo("10.9.2.1")];
    let outcomes = |got: Vec<Observation>| got.into_iter().map(|one| one.outcome).collect::<Vec<_>>();
    simulator.set_cut("hill", true).unwrap();
    let got = check(&mut simulator, all(), &with_anchor());
    assert_eq!(outcomes(got), [Outcome::Seen, Outcome::Seen, Outcome::Silent]);
    simulator.set_cut("backbone", true).unwrap();
    simulator.set_cut("hill", false).unwrap();
    let got = check(&mut simulator, all(), &with_anchor());
    assert_eq!(outcomes(got), [Outcome::Seen, Outcome::Silent, Outcome::Silent]);
    simulator.set_cut("backbone", false).unwrap();
    let got = check(&mut simulator, all(), &with_anchor());
    assert_eq!(outcomes(got), [Outcome::Seen; 3]);
    assert!(simulator.set_cut("moon", true).is_err());
}

#[test]
fn when_no_anchor_answers_nobody_is_blamed() {
    let text = TOWN.replace("name = \"anchor\"\n", "name = \"anchor\"\nsilent = true\n");
    let mut simulator = Simulator::new(&Topology::read(&text).unwrap(), start());
    let got = check(
        &mut simulator,
        vec![echo("10.9.4.1"), connect("10.9.1.1", 8080), echo("10.9.1.1")],
        &with_anchor(),
    );
    assert_eq!(got[0].outcome, Outcome::NotObserved);
    assert_eq!(got[1].outcome, Outcome::NotObserved);
    assert!(got[0].raw.as_deref().unwrap().contains("anchor"));
    assert_eq!(
        got[2].outcome,
        Outcome::Seen,
        "what answered was seen, whatever the anchors do"
    );
}

#[test]
fn an_uplink_that_fails_half_way_blames_nobody_either() {
    let text = TOWN.replace("name = \"anchor\"\n", "name = \"anchor\"\nlink = \"own\"\n")
        + "\n[[link]]\nname = \"own\"\n";
    let topology = Topology::read(&text).unwrap();
    for (after, cut_first) in [(500, false), (1500, false), (1500, true), (500, true)] {
        let mut simulator = Simulator::new(&topology, start());
        simulator.set_cut("own", cut_first).unwrap();
        simulator.set_cut_later(Duration::from_millis(after), "own", !cut_first);
        let settings = Settings {
            retries: 0,
            ..with_anchor()
        };
        // Its three questions go out at 0, 1 and 2 seconds.
        let got = check(&mut simulator, vec![echo("10.9.4.1")], &settings).remove(0);
        // Cut on the way: no anchor answers in the second half. Mended at 1.5 s: none in the first.
        let expected = match (after, cut_first) {
            (500, true) => Outcome::Silent,
            _ => Outcome::NotObserved,
        };
        assert_eq!(
            (got.outcome, got.samples.len()),
            (expected, 3),
            "{after} ms, cut first: {cut_first}"
        );
    }
}

#[test]
fn our_own_pulled_plug_is_not_their_silence() {
    let mut simulator = simulator();
    simulator.unplug(true);
    let got = check(
        &mut simulator,
        vec![echo("10.9.1.1"), connect("10.9.1.1", 443)],
        &visit(),
    );
    for one in &got {
        assert_eq!((one.outcome, one.samples.len()), (Outcome::NotObserved, 0));
        assert!(one.measures.is_empty());
        assert!(one.raw.as_deref().unwrap().contains("our own system"));
    }
    simulator.unplug(false);
    assert_eq!(
        check(&mut simulator, vec![echo("10.9.1.1")], &visit())[0].outcome,
        Outcome::Seen
    );
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let got = check(&mut simulator(), vec![echo("10.9.5.1")], &visit()).remove(0);
    assert_eq!(got.samples.len(), 20);
    same(measure(&got, "loss"), 0.0);
    same(measure(&got, "duplicates"), 20.0);
}

#[test]
fn a_late_answer_is_no_answer() {
    let text = TOWN.replace("name = \"office\"\n", "name = \"office\"\njitter_ms = 2000\n");
    let mut simulator = Simulator::new(&Topology::read(&text).unwrap(), start());
    let impatient = Settings {
        timeout: Duration::from_millis(500),
        ..visit()
    };
    let got = check(&mut simulator, vec![echo("10.9.1.1")], &impatient).remove(0);
    let answered = got
        .samples
        .iter()
        .filter(|sample| sample.rtt_us.is_some())
        .count();
    assert!((1..20).contains(&answered), "{answered}");
    assert!(
        got.samples
            .iter()
            .all(|sample| sample.rtt_us.is_none_or(|rtt| rtt <= 500_000))
    );
    assert!(measure(&got, "late").unwrap() >= 1.0);
    // What is still under way when this look ends must not answer for the next one.
    let text_free = Settings {
        count: NonZeroU16::new(1).unwrap(),
        timeout: Duration::from_micros(1),
        ..visit()
    };
    let next = check(&mut simulator, vec![echo("10.9.1.1")], &text_free).remove(0);
    assert_eq!((next.outcome, measure(&next, "late")), (Outcome::Silent, None));
}

/// A network that lets a stranger answer every echo, in one wrong way.
struct Stranger {
    inner: Simulator,
    lie: fn(IpAddr, Echo) -> Event,
}

impl Network for Stranger {
    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }
    fn identifier(&self, to: IpAddr) -> u16 {
        self.inner.identifier(to)
    }
    fn send_echo(&mut self, to: IpAddr, sequence: u16, payload: &[u8]) -> Result<(), SendError> {
        let truth = Echo {
            identifier: Simulator::IDENTIFIER,
            sequence,
            payload: payload.to_vec(),
        };
        self.inner.inject(Duration::from_millis(1), (self.lie)(to, truth));
        self.inner.send_echo(to, sequence, payload)
    }
    fn send_datagram(&mut self, to: SocketAddr, bytes: &[u8]) -> Result<(), SendError> {
        self.inner.send_datagram(to, bytes)
    }
    fn connect(&mut self, to: SocketAddr, give_up: Duration) -> Result<Connecting, SendError> {
        self.inner.connect(to, give_up)
    }
    fn wait(&mut self, until: Duration) -> Result<Option<Event>, WaitError> {
        self.inner.wait(until)
    }
}

fn told(lie: fn(IpAddr, Echo) -> Event) -> Observation {
    let mut stranger = Stranger {
        inner: simulator(),
        lie,
    };
    let clock = stranger.inner.clock();
    check_with(&mut stranger, &clock, vec![echo("10.9.4.1")], &visit()).remove(0)
}

fn icmp(from: IpAddr, message: Message) -> Event {
    Event::Icmp {
        from,
        message,
        at: Duration::ZERO,
    }
}

#[test]
fn answers_of_strangers_are_ignored() {
    let lies: [fn(IpAddr, Echo) -> Event; 5] = [
        |_, echo| icmp([10, 9, 9, 9].into(), Message::EchoReply(echo)),
        |to, echo| {
            icmp(
                to,
                Message::EchoReply(Echo {
                    identifier: 1,
                    ..echo
                }),
            )
        },
        |to, echo| {
            icmp(
                to,
                Message::EchoReply(Echo {
                    sequence: echo.sequence.wrapping_add(999),
                    ..echo
                }),
            )
        },
        |to, echo| {
            icmp(
                to,
                Message::EchoReply(Echo {
                    payload: vec![0; 16],
                    ..echo
                }),
            )
        },
        |to, echo| icmp(to, Message::EchoRequest(echo)),
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let got = told(lie);
        assert_eq!(
            (got.outcome, measure(&got, "duplicates")),
            (Outcome::Silent, None),
            "lie {number}"
        );
    }
    let truth = told(|to, echo| icmp(to, Message::EchoReply(echo)));
    assert_eq!(
        truth.outcome,
        Outcome::Seen,
        "the same answer without a lie counts"
    );
}

#[test]
fn an_icmp_error_says_unreachable_and_by_whom() {
    let got = told(|to, echo| {
        let asked = Asked {
            to,
            identifier: echo.identifier,
            sequence: echo.sequence,
        };
        icmp([10, 9, 0, 254].into(), Message::Unreachable { code: 1, asked })
    });
    assert_eq!(got.outcome, Outcome::Unreachable);
    assert!(got.raw.as_deref().unwrap().contains("10.9.0.254"));
    same(measure(&got, "loss"), 100.0);
    let foreign = told(|to, echo| {
        let asked = Asked {
            to,
            identifier: echo.identifier ^ 1,
            sequence: echo.sequence,
        };
        icmp([10, 9, 0, 254].into(), Message::Unreachable { code: 1, asked })
    });
    assert_eq!(foreign.outcome, Outcome::Silent);
}

#[test]
fn two_targets_at_one_address_do_not_take_each_others_answers() {
    let got = check(
        &mut simulator(),
        vec![echo("10.9.1.1"), echo("10.9.1.1")],
        &visit(),
    );
    for one in &got {
        same(measure(one, "loss"), 0.0);
        assert_eq!(measure(one, "duplicates"), None);
    }
}

#[test]
fn a_thousand_hosts_are_looked_at_at_the_configured_pace() {
    use std::fmt::Write as _;
    let mut text = String::from("seed = 1\n");
    for i in 0..1000 {
        let address = format!("10.8.{}.{}", i / 250, i % 250);
        writeln!(
            text,
            "[[host]]\nname = \"h{i}\"\naddress = \"{address}\"\ndelay_ms = 20\n"
        )
        .unwrap();
    }
    let topology = Topology::read(&text).unwrap();
    let mut simulator = Simulator::new(&topology, start());
    let targets: Vec<Target> = topology
        .hosts
        .iter()
        .map(|host| echo(&host.address.to_string()))
        .collect();
    let got = check(&mut simulator, targets, &Settings::monitoring());
    assert!(
        got.iter()
            .all(|one| one.outcome == Outcome::Seen && one.samples.len() == 3)
    );
    // 3,000 questions at 200 a second, and the last answer.
    assert_eq!(simulator.elapsed(), Duration::from_millis(2999 * 5 + 20));
    assert_eq!(got[200].started_at, start() + Duration::from_secs(1));
}
