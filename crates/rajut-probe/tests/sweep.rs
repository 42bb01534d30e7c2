//! The sweep over the simulator: what was planted comes back, and who is not the one asked is not taken for it.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::{Outcome, Statistics};
use rajut_core::id::FreshIds;
use rajut_probe::codec::{Asked, Echo, Message};
use rajut_probe::network::{Event, Way};
use rajut_probe::stage::{Simulator, Topology};
use rajut_probe::strategy::sweep::{SweepAddresses, SweepSettings, read_list};
use rajut_probe::{Prober, Progress, Sweep, Swept};

const START: Timestamp = Timestamp::constant(1_795_399_200, 0);

const OFFICE: &str = r#"
seed = 3
[[link]]
name = "radio"
[[host]]
name = "prompt"
address = "10.9.1.1"
delay_ms = 2
[[host]]
name = "slow"
address = "10.9.1.2"
delay_ms = 700
[[host]]
name = "too slow"
address = "10.9.1.3"
delay_ms = 1100
[[host]]
name = "twice"
address = "10.9.1.4"
duplicates = true
[[host]]
name = "silent"
address = "10.9.1.5"
silent = true
[[host]]
name = "six"
address = "2001:db8::1"
delay_ms = 3
link = "radio"
"#;

fn simulator() -> Simulator {
    Simulator::new(&Topology::read(OFFICE).unwrap(), START)
}

fn settings() -> SweepSettings {
    SweepSettings {
        timeout: Duration::from_secs(1),
        spacing: Duration::from_millis(500),
        pace: NonZeroU32::new(1000).unwrap(),
        ..SweepSettings::polite(NonZeroU16::new(3).unwrap())
    }
}

fn sweep_while(
    simulator: &mut Simulator,
    list: &str,
    go_on: &mut dyn FnMut(Progress) -> bool,
) -> (Sweep, Vec<Swept>) {
    let addresses = SweepAddresses::of(&read_list(list).unwrap(), 3, false).unwrap();
    let clock = simulator.clock();
    let mut ids = FreshIds::new(START, [4; 32]);
    let sweep = Prober
        .sweep(simulator, &clock, &mut ids, addresses, &settings(), go_on)
        .unwrap();
    let all = sweep.all(&mut ids).collect();
    (sweep, all)
}

fn sweep(simulator: &mut Simulator, list: &str) -> Vec<Swept> {
    sweep_while(simulator, list, &mut |_| true).1
}

fn count(swept: &Swept, measure: &str) -> f64 {
    swept.observation.measure(measure).map_or(0.0, |it| it.value)
}

#[test]
fn what_was_planted_comes_back() {
    let list = "10.9.1.1\n10.9.1.2\n10.9.1.3\n10.9.1.4\n10.9.1.5\n10.9.1.6\n2001:db8::1";
    let all = sweep(&mut simulator(), list);
    let outcomes: Vec<Outcome> = all.iter().map(|it| it.observation.outcome).collect();
    let (seen, silent) = (Outcome::Seen, Outcome::Silent);
    assert_eq!(outcomes, [seen, seen, silent, seen, silent, silent, seen]);
    for (place, delay) in [(0, 2.0), (1, 700.0), (6, 3.0)] {
        let statistics = all[place].observation.statistics();
        assert_eq!((statistics.sent, statistics.received), (3, 3), "{place}");
        assert_eq!(statistics.jitter_us, Some(0.0));
        assert!((count(&all[place], "delay") - delay).abs() < 1e-9, "{place}");
    }
    // The answers of the one that is too slow come while others are still asked, and count for nothing.
    assert!(count(&all[2], "late") >= 1.0);
    assert!((count(&all[2], "loss") - 100.0).abs() < 1e-9);
    assert!((count(&all[3], "duplicates") - 3.0).abs() < 1e-9);
    assert!(
        all.iter()
            .all(|it| it.way == Way::RawSocket && it.errors.is_empty())
    );
    assert_eq!(all[0].observation.started_at, START);
}

#[test]
fn a_link_that_is_cut_on_the_way_is_half_a_loss() {
    let mut simulator = simulator();
    simulator.set_cut_later(Duration::from_millis(700), "radio", true);
    let all = sweep(&mut simulator, "2001:db8::1");
    let rtts: Vec<bool> = all[0]
        .observation
        .samples
        .iter()
        .map(|it| it.rtt_us.is_some())
        .collect();
    assert_eq!(rtts, [true, true, false]);
    assert_eq!(all[0].observation.outcome, Outcome::Seen);
}

#[test]
fn without_a_way_out_nobody_is_blamed() {
    let mut simulator = simulator();
    simulator.unplug(true);
    let all = sweep(&mut simulator, "10.9.1.1\n10.9.1.5");
    for one in all {
        assert_eq!(one.observation.outcome, Outcome::NotObserved);
        assert!(one.observation.raw.is_some() && one.observation.samples.is_empty());
    }
}

fn reply(from: &str, identifier: u16, payload: Vec<u8>) -> Event {
    Event::Icmp {
        from: from.parse().unwrap(),
        message: Message::EchoReply(Echo {
            identifier,
            sequence: 0,
            payload,
        }),
        at: Duration::ZERO,
    }
}

#[test]
fn made_up_answers_are_foreign_and_bring_nobody_to_life() {
    let mut simulator = simulator();
    let ours = Simulator::IDENTIFIER;
    for number in 0..200_u64 {
        let after = Duration::from_millis(number * 5);
        // A stranger that guessed the identifier, one that did not, and one outside of what is swept.
        simulator.inject(after, reply("10.9.1.5", ours, vec![7; 24]));
        simulator.inject(after, reply("10.9.1.5", ours ^ 1, vec![7; 24]));
        simulator.inject(after, reply("10.9.9.9", ours, vec![]));
    }
    let (sweep, all) = sweep_while(&mut simulator, "10.9.1.1\n10.9.1.5", &mut |_| true);
    assert_eq!(all[1].observation.outcome, Outcome::Silent);
    assert!((count(&all[1], "foreign") - 200.0).abs() < 1e-9);
    assert_eq!(all[0].observation.statistics().received, 3);
    assert_eq!(sweep.strangers(), 200);
}

#[test]
fn an_error_is_told_with_its_sender_if_it_quotes_what_was_asked() {
    let mut simulator = simulator();
    let error = |to: &str, identifier, sequence| {
        let asked = Asked {
            to: to.parse().unwrap(),
            identifier,
            sequence,
        };
        Event::Icmp {
            from: IpAddr::from([10, 9, 0, 254]),
            message: Message::Unreachable { code: 1, asked },
            at: Duration::ZERO,
        }
    };
    // Who did not see the question does not know its sequence number: of all of them two are those of questions that
    // had gone out by then.
    for sequence in 0..=u16::MAX {
        let after = Duration::from_millis(600);
        simulator.inject(after, error("10.9.1.5", Simulator::IDENTIFIER, sequence));
        simulator.inject(after, error("10.9.1.5", Simulator::IDENTIFIER ^ 1, sequence));
        simulator.inject(after, error("10.9.9.9", Simulator::IDENTIFIER, sequence));
    }
    let all = sweep(&mut simulator, "10.9.1.1\n10.9.1.5");
    assert_eq!(all[0].errors, []);
    let [error] = &all[1].errors[..] else {
        panic!("{:?}", all[1].errors)
    };
    assert_eq!((error.from, error.count), (IpAddr::from([10, 9, 0, 254]), 3));
    assert_eq!(all[1].observation.outcome, Outcome::Unreachable);
    assert_eq!(
        all[1].observation.raw.as_deref(),
        Some("10.9.0.254 says unreachable, code 1")
    );
}

#[test]
fn whoever_ends_it_gets_what_is_known() {
    let mut simulator = simulator();
    let mut told = Vec::new();
    let (sweep, all) = sweep_while(&mut simulator, "10.9.1.1\n10.9.1.2\n10.9.1.5", &mut |progress| {
        told.push(progress);
        progress.sent < 6 || progress.answered < 3
    });
    assert!(sweep.is_interrupted());
    assert_eq!(told.first().map(|it| (it.sent, it.all)), Some((0, 9)));
    let sent = |place: usize| Statistics::of(&all[place].observation.samples).sent;
    // The second question to the slow one and to the silent one are still under way: that is no loss.
    assert_eq!((sent(0), sent(1), sent(2)), (2, 1, 0));
    assert_eq!(all[2].observation.outcome, Outcome::NotObserved);
    assert!((count(&all[1], "loss")).abs() < 1e-9);
}

#[test]
fn thousands_are_each_asked_as_often_as_they_should_be() {
    use std::fmt::Write as _;
    let mut topology = String::from("seed = 8\n");
    for host in 0..4000_u32 {
        let (third, last) = (host / 250, host % 250 + 1);
        let silent = host % 10 == 0;
        writeln!(
            topology,
            "[[host]]\nname = \"h{host}\"\naddress = \"10.9.{third}.{last}\"\ndelay_ms = {}\nsilent = {silent}",
            host % 900
        )
        .unwrap();
    }
    let mut simulator = Simulator::new(&Topology::read(&topology).unwrap(), START);
    let addresses = SweepAddresses::of(&read_list("10.9.0.0/20").unwrap(), 3, true).unwrap();
    let clock = simulator.clock();
    let mut ids = FreshIds::new(START, [4; 32]);
    let fast = SweepSettings {
        pace: NonZeroU32::new(50_000).unwrap(),
        subnet_pace: None,
        ..settings()
    };
    let sweep = Prober
        .sweep(&mut simulator, &clock, &mut ids, addresses, &fast, &mut |_| true)
        .unwrap();
    assert_eq!(sweep.count(), 4094);
    let mut answered = 0;
    for one in sweep.all(&mut ids) {
        let statistics = one.observation.statistics();
        assert_eq!(statistics.sent, 3);
        assert!(
            statistics.received == 0 || statistics.received == 3,
            "{}",
            one.address
        );
        answered += usize::from(statistics.received == 3);
    }
    assert_eq!(answered, 3600);
}
