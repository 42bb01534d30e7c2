//! `rajut check` of services, against servers made here on the loopback.

use std::net::UdpSocket;
use std::thread::JoinHandle;

use rajut_app::probe::codec::{NtpReply, NtpTime, encode_ntp_reply};

use crate::stage::Stage;

/// A server that answers so many questions.
fn served(questions: usize, answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> (String, JoinHandle<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap().to_string();
    let thread = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        for _ in 0..questions {
            let (length, from) = socket.recv_from(&mut buffer).unwrap();
            socket.send_to(&answer(&buffer[..length]), from).unwrap();
        }
    });
    (at, thread)
}

/// One address, 10.9.1.7, whatever is asked.
fn one_address(question: &[u8]) -> Vec<u8> {
    let mut bytes = question.to_vec();
    bytes[2] |= 0x80;
    bytes[7] = 1;
    bytes.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 9, 1, 7]);
    bytes
}

#[test]
fn a_name_server_is_asked_and_compared() {
    let stage = Stage::bare();
    let (at, server) = served(3, one_address);
    let target = format!("www.contoh.go.id@{at}");
    let good = stage.done(&[
        "check", "--dns", &target, "--expect", "10.9.1.7", "--format", "json",
    ]);
    let good = good.json();
    assert_eq!(good["target"], target.as_str());
    assert_eq!(good["observations"][0]["method"], "dns");
    assert_eq!(good["answer"]["dns"]["answers"], serde_json::json!(["10.9.1.7"]));
    assert_eq!(good["wanting"], serde_json::json!([]));
    let other = stage.rajut(&["check", "--dns", &target, "--expect", "10.9.1.8"]);
    assert_eq!(other.code, 1, "{other:?}");
    assert!(
        other.out.contains("10.9.1.7") && other.out.contains("bukan yang diharapkan"),
        "{other:?}"
    );
    assert!(stage.done(&["check", "--dns", &target]).out.contains("10.9.1.7"));
    server.join().unwrap();
    let closed = stage.rajut(&["check", "--dns", &target, "--tries", "1"]);
    assert_eq!(closed.code, 1, "{closed:?}");
    for wrong in [
        "www.contoh.go.id",
        "@127.0.0.1",
        "www.contoh.go.id@ns1.contoh.go.id",
    ] {
        let ended = stage.rajut(&["check", "--dns", wrong]);
        assert_eq!(ended.code, 2, "{ended:?}");
    }
}

#[test]
fn a_clock_and_a_way_are_told() {
    let stage = Stage::bare();
    let (at, server) = served(1, |question| {
        let then = NtpTime::since_1970(1_000_000_000_000_000_000);
        let reply = NtpReply {
            synchronised: true,
            stratum: 1,
            reference: *b"GPS\0",
            received: then,
            answered: then,
        };
        encode_ntp_reply(question, &reply).unwrap().to_vec()
    });
    let told = stage.done(&["check", "--ntp", &at]);
    assert!(told.out.contains("stratum 1 (GPS)"), "{told:?}");
    server.join().unwrap();

    let way = stage
        .done(&["check", "--path", "127.0.5.1", "--tries", "2", "--format", "json"])
        .json();
    assert_eq!(way["answer"]["path"]["reached"], true);
    assert_eq!(
        way["answer"]["path"]["hops"][0]["addresses"],
        serde_json::json!(["127.0.5.1"])
    );
    let table = stage.done(&["check", "--path", "127.0.5.1", "--tries", "1"]);
    assert!(table.out.contains("dalam jaringan privat"), "{table:?}");
    let both = stage.rajut(&["check", "127.0.0.1", "--path", "127.0.5.1"]);
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn a_page_is_asked_for_and_found_wanting() {
    let stage = Stage::bare();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/status", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            let mut one = [0];
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut one).unwrap() == 1 {
                asked.push(one[0]);
            }
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbaik")
                .unwrap();
        }
    });
    let good = stage
        .done(&["check", "--http", &url, "--text", "baik", "--format", "json"])
        .json();
    assert_eq!(
        (&good["answer"]["http"]["status"], &good["wanting"]),
        (&200.into(), &serde_json::json!([]))
    );
    assert_eq!(good["observations"][0]["method"], "http");
    let other = stage.rajut(&["check", "--http", &url, "--status", "401"]);
    assert_eq!(other.code, 1, "{other:?}");
    assert!(other.out.contains("statusnya bukan yang diharapkan"), "{other:?}");
    let missing = stage.rajut(&["check", "--http", &url, "--text", "sakit"]);
    assert_eq!(missing.code, 1, "{missing:?}");
    server.join().unwrap();
    for wrong in [
        &["--http", "contoh"][..],
        &["--tls", "contoh"],
        &["--tls", "127.0.0.1:1", "--ca", "tidak-ada.pem"],
    ] {
        let ended = stage.rajut(&[&["check"], wrong].concat());
        assert_eq!(ended.code, 2, "{ended:?}");
    }
}
