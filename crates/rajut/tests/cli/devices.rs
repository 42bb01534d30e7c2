//! `rajut check` by SNMP, against agents of the stage on sockets of their own.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rajut_app::probe::stage::{Agent, read_recording};

use crate::stage::Stage;

const SWITCH: &str = "\
1.3.6.1.2.1.1.1.0|4|RouterOS CONTOH-5
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.14988.1
1.3.6.1.2.1.1.5.0|4x|73771b5b324a
1.3.6.1.2.1.2.2.1.2.1|4|ether1
1.3.6.1.2.1.2.2.1.8.1|2|1
1.3.6.1.4.1.14988.1.1.4.4.0|4|7.18
1.3.6.1.4.1.14988.1.1.7.3.0|4|CONTOH0001
";

/// An agent that answers on a port of our own host until it is dropped.
struct Served {
    at: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    fn new(community: &str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let at = socket.local_addr().unwrap();
        let mut agent = Agent::new(community, read_recording(SWITCH.as_bytes()).unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !stopped.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                    continue;
                };
                for (_, bytes) in agent.answer(at, &buffer[..length]) {
                    socket.send_to(&bytes, from).unwrap();
                }
            }
        });
        Self {
            at,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[test]
fn a_device_is_named_by_target_and_by_inventory() {
    let stage = Stage::bare();
    let served = Served::new("rahasia-snmp");
    let target = served.at.to_string();
    let file = stage.write("snmp.toml", "[gedung]\ncommunity = \"rahasia-snmp\"\n");
    let seen = stage.done(&[
        "check",
        &target,
        "--snmp-community-file",
        &file,
        "--format",
        "json",
    ]);
    assert!(
        !seen.err.contains("rahasia-snmp") && !seen.out.contains("rahasia-snmp"),
        "{seen:?}"
    );
    let seen = seen.json();
    assert_eq!(seen["target"], target.as_str());
    assert_eq!(seen["device"]["serial"], "CONTOH0001");
    assert_eq!(seen["evidence"]["version"]["how"], "verbatim");
    assert_eq!(seen["interfaces"][0]["oper_status"], "up");
    assert_eq!(
        seen["interfaces"][0]["evidence"]["descr"],
        "1.3.6.1.2.1.2.2.1.2.1"
    );
    let methods: Vec<_> = seen["observations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["method"])
        .collect();
    assert!(methods.contains(&&serde_json::json!("snmp")), "{methods:?}");
    for key in [
        "judgements",
        "processors",
        "memory",
        "storage",
        "sensors",
        "wireless",
        "neighbours",
    ] {
        assert!(seen[key].is_array(), "{key}");
    }

    let port = served.at.port();
    let lines = format!(
        "name,address,snmp_port,snmp_version,credential\nsw-1,127.0.0.1,{port},,gedung\nsw-2,127.0.0.1,{port},1,gedung\n"
    );
    let inventory = stage.write("perangkat.csv", lines);
    let arguments = ["check", "--inventory", &inventory, "--snmp-community-file", &file];
    let table = stage.done(&arguments);
    assert!(
        table.out.contains("CONTOH-5") && table.out.contains("1/1"),
        "{}",
        table.out
    );
    let json: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    let both = stage.done(&json).json_lines();
    assert_eq!(both.len(), 2);
    assert!(
        both.iter().all(|it| it["device"]["version"] == "7.18"),
        "{both:?}"
    );
}

#[test]
fn who_is_not_heard_is_found_wanting_and_a_community_in_clear_is_warned_about() {
    let stage = Stage::bare();
    let served = Served::new("lain");
    let target = served.at.to_string();
    let silent = stage.rajut(&["check", &target, "--snmp-community", "salah", "--format", "json"]);
    assert_eq!(silent.code, 1, "{silent:?}");
    assert!(silent.err.contains("--snmp-community-file"), "{}", silent.err);
    assert!(!silent.err.contains("salah"), "{}", silent.err);
    let seen = silent.json();
    assert_eq!(
        (&seen["device"], &seen["interfaces"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );

    let file = stage.write(
        "salah.toml",
        "[a]\ncommunity = \"rahasia-snmp\"\ncolour = \"rahasia-snmp\"\n",
    );
    let refused = stage.rajut(&["check", &target, "--snmp-community-file", &file]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(!refused.err.contains("rahasia-snmp"), "{}", refused.err);
    let inventory = stage.write("salah.csv", "name,address\nsw-1,10.9.1\n");
    let refused = stage.rajut(&["check", "--inventory", &inventory]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains('2'), "{}", refused.err);
}
