//! Name servers and clocks against real ones made here on the loopback, honest and hostile; the way to a host in the lab.
//! The lab needs root.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::num::NonZeroU16;
use std::thread::JoinHandle;
use std::time::Duration;

use rajut_core::check::{Outcome, Vantage};
use rajut_core::id::FreshIds;
use rajut_probe::Prober;
use rajut_probe::codec::{DnsKind, DnsQuestion, NtpReply, NtpTime, encode_ntp_reply};
use rajut_probe::network::EchoSockets;
use rajut_probe::services::{Details, DnsService, NtpService, PathService, ServiceLook, Terms, Wanting};
use rajut_probe::stage::{Lab, Topology};

use common::FixedClock;

fn terms(timeout_ms: u64, tries: u16) -> Terms {
    Terms {
        timeout: Duration::from_millis(timeout_ms),
        tries: NonZeroU16::new(tries).unwrap(),
        source: None,
        vantage: Vantage::Server,
    }
}

fn ids() -> FreshIds {
    FreshIds::new(FixedClock::AT, [6; 32])
}

/// A server that answers so many datagrams, each with what `answer` makes of it, and ends.
fn udp(
    questions: usize,
    mut answer: impl FnMut(usize, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> (SocketAddr, JoinHandle<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        for number in 0..questions {
            let (length, from) = socket.recv_from(&mut buffer).unwrap();
            for bytes in answer(number, &buffer[..length]) {
                socket.send_to(&bytes, from).unwrap();
            }
        }
    });
    (at, thread)
}

/// An answer to a DNS question: its header with this code and bits, the question, and addresses 10.9.1.N for it.
fn dns_answer(question: &[u8], bits: u8, code: u8, last: &[u8]) -> Vec<u8> {
    let mut bytes = question.to_vec();
    bytes[2] = 0x80 | bits | (question[2] & 1);
    bytes[3] = 0x80 | code;
    bytes[7] = u8::try_from(last.len()).unwrap();
    for last in last {
        bytes.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 9, 1, *last]);
    }
    bytes
}

fn ask_dns(server: SocketAddr, expected: &[&str], terms: Terms) -> ServiceLook {
    let service = DnsService {
        target: "www.contoh.go.id".to_owned(),
        server,
        question: DnsQuestion::new("www.contoh.go.id", DnsKind::A).unwrap(),
        expected: expected.iter().map(ToString::to_string).collect(),
    };
    Prober.dns(&service, &terms, &FixedClock, &mut ids())
}

fn answers(look: &ServiceLook) -> Vec<String> {
    match &look.details {
        Some(Details::Dns(look)) => look.answers.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_name_server_is_asked_and_its_answer_compared() {
    let (at, server) = udp(3, |_, question| vec![dns_answer(question, 0, 0, &[1, 2])]);
    let look = ask_dns(at, &["10.9.1.2", "10.9.1.1"], terms(5000, 1));
    assert_eq!(
        (look.observation.outcome, &look.wanting[..]),
        (Outcome::Seen, &[][..])
    );
    assert_eq!(answers(&look), ["10.9.1.1", "10.9.1.2"]);
    assert!(look.observation.measure("delay").is_some());
    let other = ask_dns(at, &["10.9.1.1"], terms(5000, 1));
    assert_eq!(other.wanting, [Wanting::AnswerDiffers]);
    assert!(ask_dns(at, &[], terms(5000, 1)).wanting.is_empty());
    server.join().unwrap();
    let (at, server) = udp(1, |_, question| vec![dns_answer(question, 0, 3, &[])]);
    let none = ask_dns(at, &[], terms(5000, 1));
    assert_eq!(
        (none.observation.outcome, none.wanting),
        (Outcome::Seen, vec![Wanting::Refuses])
    );
    server.join().unwrap();
}

#[test]
fn lies_are_not_heard_and_a_second_try_is_answered() {
    let (at, server) = udp(2, |number, question| {
        let good = dns_answer(question, 0, 0, &[7]);
        if number == 1 {
            return vec![good];
        }
        let mut other_id = good.clone();
        other_id[0] ^= 0x55;
        let mut more_than_there_is = good.clone();
        more_than_there_is[7] = 200;
        let mut to_itself = good.clone();
        let end = question.len();
        to_itself[end..end + 2].copy_from_slice(&[0xc0, u8::try_from(end).unwrap()]);
        let mut other_name = good.clone();
        other_name[13] ^= 1;
        vec![
            other_id,
            more_than_there_is,
            to_itself,
            other_name,
            Vec::new(),
            vec![0xff; 900],
            question.to_vec(),
        ]
    });
    let look = ask_dns(at, &[], terms(400, 2));
    assert_eq!(answers(&look), ["10.9.1.7"]);
    let samples: Vec<bool> = look
        .observation
        .samples
        .iter()
        .map(|it| it.rtt_us.is_some())
        .collect();
    assert_eq!(samples, [false, true]);
    server.join().unwrap();
}

#[test]
fn who_does_not_answer_is_silent_and_a_closed_port_refuses() {
    let (at, server) = udp(2, |_, question| vec![vec![1; 3], question.to_vec()]);
    let look = ask_dns(at, &[], terms(50, 2));
    assert_eq!((look.observation.outcome, look.details), (Outcome::Silent, None));
    assert_eq!(look.observation.raw.as_deref(), Some("2 answers that were none"));
    server.join().unwrap();
    // The socket is gone with its thread.
    let look = ask_dns(at, &[], terms(5000, 1));
    assert_eq!(look.observation.outcome, Outcome::Refused);
    let elsewhere = Terms {
        source: Some(IpAddr::from([10, 9, 9, 9])),
        ..terms(5000, 1)
    };
    let look = ask_dns(at, &[], elsewhere);
    assert_eq!(
        look.observation.outcome,
        Outcome::NotObserved,
        "it is not our address"
    );
    assert!(look.observation.raw.is_some() && look.observation.samples.is_empty());
}

/// Answers by UDP that it is cut, and by TCP with what `answer` makes of the question: pieces, each sent alone.
fn cut(
    pieces: impl FnOnce(&[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> (SocketAddr, JoinHandle<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let socket = UdpSocket::bind(at).unwrap();
    let datagrams = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        socket
            .send_to(&dns_answer(&buffer[..length], 2, 0, &[]), from)
            .unwrap();
    });
    let streams = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut question).unwrap();
        for piece in pieces(&question) {
            if stream.write_all(&piece).is_err() {
                return;
            }
        }
        // Until the other side has enough of it.
        let _ = stream.read(&mut [0]);
    });
    (at, datagrams, streams)
}

#[test]
fn what_does_not_fit_into_a_datagram_comes_by_tcp() {
    let (at, datagrams, streams) = cut(|question| {
        let last: Vec<u8> = (1..=40).collect();
        let bytes = dns_answer(question, 0, 0, &last);
        let framed = [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], &bytes].concat();
        framed.chunks(1).map(<[u8]>::to_vec).collect()
    });
    let look = ask_dns(at, &[], terms(5000, 1));
    assert_eq!(answers(&look).len(), 40);
    assert!(matches!(look.details, Some(Details::Dns(ref it)) if it.by_tcp));
    datagrams.join().unwrap();
    streams.join().unwrap();
}

#[test]
fn a_stream_that_promises_and_does_not_keep_ends_in_time() {
    // It says that 60,000 octets follow and sends three.
    let (at, datagrams, streams) = cut(|_| vec![vec![0xea, 0x60], vec![1, 2, 3]]);
    let look = ask_dns(at, &[], terms(200, 1));
    assert_eq!((look.observation.outcome, look.details), (Outcome::Silent, None));
    datagrams.join().unwrap();
    streams.join().unwrap();
}

#[test]
fn a_clock_tells_how_far_we_are_off() {
    let reply = |synchronised| NtpReply {
        synchronised,
        stratum: 2,
        reference: [10, 9, 0, 1],
        received: NtpTime::since_1970(1_000_000_000_000_000_000),
        answered: NtpTime::since_1970(1_000_000_000_000_000_000),
    };
    let (at, server) = udp(2, move |number, question| {
        let good = encode_ntp_reply(question, &reply(number == 0)).unwrap().to_vec();
        let mut spoofed = good.clone();
        spoofed[25] ^= 1;
        vec![spoofed, good[..40].to_vec(), good]
    });
    let service = NtpService {
        target: at.to_string(),
        server: at,
    };
    let ask = || Prober.ntp(&service, &terms(5000, 1), &FixedClock, &mut ids());
    let look = ask();
    assert_eq!(
        (look.observation.outcome, &look.wanting[..]),
        (Outcome::Seen, &[][..])
    );
    let offset = look.observation.measure("clock_offset").unwrap().value;
    assert!(offset < -1e9, "the server lives in 2001: {offset}");
    let look = ask();
    assert_eq!(look.wanting, [Wanting::NotSynchronised]);
    assert!(look.observation.measure("clock_offset").is_none());
    server.join().unwrap();
}

const VALLEY: &str = r#"
[[link]]
name = "ridge"
[[link]]
name = "valley"
parent = "ridge"
[[host]]
name = "clinic"
address = "10.9.7.1"
link = "valley"
[[host]]
name = "gone"
address = "10.9.7.9"
link = "valley"
silent = true
"#;

fn follow(lab: &Lab, address: [u8; 4], count: u16) -> (ServiceLook, Vec<IpAddr>, bool) {
    let service = PathService {
        target: "klinik".to_owned(),
        address: address.into(),
        count: NonZeroU16::new(count).unwrap(),
    };
    let look = lab
        .at_centre(|| {
            let mut sockets = EchoSockets::open(0x5d01, None).unwrap();
            Prober
                .path(&mut sockets, &service, &terms(300, 1), &FixedClock, &mut ids())
                .unwrap()
        })
        .unwrap();
    let Some(Details::Path(path)) = &look.details else {
        panic!("{look:?}")
    };
    let hops = path.hops.iter().flat_map(|hop| hop.addresses.clone()).collect();
    let leaves = path.leaves_intranet;
    (look, hops, leaves)
}

#[test]
fn the_way_to_a_host_is_told_hop_by_hop() {
    let topology = Topology::read(VALLEY).unwrap();
    let lab = Lab::raise(&format!("rajut-path-{}", std::process::id()), &topology)
        .unwrap_or_else(|error| panic!("{error}"));
    let (look, hops, leaves) = follow(&lab, [10, 9, 7, 1], 3);
    assert_eq!(
        (look.observation.outcome, &look.wanting[..]),
        (Outcome::Seen, &[][..])
    );
    assert_eq!(hops, [IpAddr::from([100, 64, 0, 2]), IpAddr::from([10, 9, 7, 1])]);
    assert!(!leaves, "all of it is private");
    assert!((look.observation.measure("hops").unwrap().value - 2.0).abs() < 1e-9);
    assert_eq!(look.observation.samples.len(), 3);
    let Some(Details::Path(path)) = &look.details else {
        panic!("{look:?}")
    };
    assert!(
        path.hops.iter().all(|hop| (hop.sent, hop.received) == (3, 3)),
        "{path:?}"
    );
    // Behind the ridge everything is dark.
    lab.cut("valley").unwrap();
    let (look, hops, _) = follow(&lab, [10, 9, 7, 1], 1);
    assert_ne!(look.observation.outcome, Outcome::Seen);
    assert_eq!(hops.first(), Some(&IpAddr::from([100, 64, 0, 2])));
    assert_eq!(look.wanting, [Wanting::NotReached]);
}
