//! A device of version 3 that exists in this test only.

use std::time::Duration;

use super::super::Malformed;
use super::security::{Credential, Envelope, Opened, Secret, User};
use super::usm::{AuthProtocol, PrivProtocol};
use super::v3::{self, Packet};
use super::{Binding, Kind, Oid, Pdu, Value};

const ENGINE: &[u8] = b"\x80\0\x1f\x88engine";
const NOW: Duration = Duration::from_secs(10);

struct Device {
    user: User,
    boots: u32,
    time: u32,
}

impl Device {
    fn report(&self, id: i32, number: u32, prove: bool) -> Vec<u8> {
        let name = Oid::new(&[1, 3, 6, 1, 6, 3, 15, 1, 1, number, 0]);
        let pdu = Pdu {
            bindings: vec![Binding {
                name,
                value: Value::Counter32(1),
            }],
            ..Pdu::ask(Kind::Report, id, 0, [])
        };
        self.packet(id, &pdu, prove, false)
    }

    fn packet(&self, id: i32, pdu: &Pdu, prove: bool, hide: bool) -> Vec<u8> {
        let mut data = v3::write_scoped(ENGINE, pdu);
        let (mut flags, mut salt) = (0, Vec::new());
        if let (true, Some((auth, _)), Some((protocol, word))) = (hide, &self.user.auth, &self.user.privacy) {
            let key = protocol.key(*auth, word.bytes(), ENGINE);
            let (secret, beside) = protocol.encrypt(&key, self.boots, self.time, 99, &data);
            (data, salt, flags) = (secret, beside.to_vec(), flags | v3::SECRET);
        }
        let mut packet = Packet {
            id,
            flags,
            engine: ENGINE.to_vec(),
            boots: self.boots,
            time: self.time,
            user: self.user.name.clone().into_bytes(),
            proof: Vec::new(),
            salt,
            data,
        };
        if let (true, Some((protocol, word))) = (prove, &self.user.auth) {
            packet.flags |= v3::AUTHENTICATED;
            packet.proof = vec![0; protocol.proof_length()];
            packet.proof = protocol.proof(&protocol.localized(word.bytes(), ENGINE), &packet.write());
        }
        packet.write()
    }

    /// What it does with a datagram, as RFC 3414 section 3.2 orders.
    fn answer(&self, bytes: &[u8]) -> Vec<u8> {
        let packet = Packet::read(bytes).unwrap();
        if packet.engine != ENGINE {
            return self.report(packet.id, 4, false);
        }
        if packet.user != self.user.name.as_bytes() {
            return self.report(packet.id, 3, false);
        }
        let mut data = packet.data.clone();
        if let Some((protocol, word)) = &self.user.auth {
            let key = protocol.localized(word.bytes(), ENGINE);
            let place = v3::proof_place(bytes, protocol.proof_length()).unwrap();
            let mut blank = bytes.to_vec();
            blank[place].fill(0);
            if !protocol.proves(&key, &blank, &packet.proof) {
                return self.report(packet.id, 5, false);
            }
            if packet.boots != self.boots || packet.time.abs_diff(self.time) > 150 {
                return self.report(packet.id, 2, true);
            }
            if let Some((privacy, word)) = &self.user.privacy {
                let key = privacy.key(*protocol, word.bytes(), ENGINE);
                data = privacy
                    .decrypt(&key, packet.boots, packet.time, &packet.salt, &data)
                    .unwrap();
            }
        }
        let asked = v3::read_scoped(&data).unwrap();
        let reply = Pdu {
            kind: Kind::Response,
            ..asked
        };
        self.packet(packet.id, &reply, true, true)
    }
}

fn user(auth: Option<AuthProtocol>, privacy: Option<PrivProtocol>) -> User {
    User {
        name: "rajut".into(),
        auth: auth.map(|protocol| (protocol, Secret::new("kata-sandi"))),
        privacy: privacy.map(|protocol| (protocol, Secret::new("sandi-lain"))),
    }
}

fn question(id: i32) -> Pdu {
    Pdu::ask(Kind::Get, id, 0, ["1.3.6.1.2.1.1.5.0".parse().unwrap()])
}

#[test]
fn an_engine_is_discovered_its_clock_learned_and_the_answer_opened() {
    let levels = [
        (None, None),
        (Some(AuthProtocol::Md5), None),
        (Some(AuthProtocol::Md5), Some(PrivProtocol::Des)),
        (Some(AuthProtocol::Sha1), Some(PrivProtocol::Aes128)),
        (Some(AuthProtocol::Sha256), Some(PrivProtocol::Aes256)),
        (Some(AuthProtocol::Sha512), Some(PrivProtocol::Aes192Cisco)),
    ];
    for (auth, privacy) in levels {
        let device = Device {
            user: user(auth, privacy),
            boots: 5,
            time: 1000,
        };
        let mut envelope = Envelope::new(Credential::User(device.user.clone()), 1);
        let first = envelope.wrap(question(41), NOW);
        // A device may hide its clock from strangers.
        let hidden = Device {
            boots: 0,
            time: 0,
            user: device.user.clone(),
        };
        assert_eq!(envelope.open(&hidden.answer(&first), NOW), Ok(Opened::Again));
        let mut bytes = envelope.wrap(question(41), NOW);
        if auth.is_some() {
            assert_eq!(
                envelope.open(&device.answer(&bytes), NOW),
                Ok(Opened::Again),
                "{auth:?}"
            );
            bytes = envelope.wrap(question(41), NOW);
        }
        let Ok(Opened::Answer(answer)) = envelope.open(&device.answer(&bytes), NOW) else {
            panic!("{auth:?} {privacy:?}")
        };
        assert_eq!((answer.kind, answer.request_id), (Kind::Response, 41));
        if privacy.is_some() {
            let secret = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!secret.contains("sandi"), "no password travels");
        }
    }
}

#[test]
fn a_wrong_password_or_user_is_refused_and_nothing_is_asked_for_ever() {
    let device = Device {
        user: user(Some(AuthProtocol::Sha1), None),
        boots: 1,
        time: 50,
    };
    let wrong_word = User {
        auth: Some((AuthProtocol::Sha1, Secret::new("kata-salah"))),
        ..device.user.clone()
    };
    let wrong_name = User {
        name: "lain".into(),
        ..device.user.clone()
    };
    for (wrong, says) in [(wrong_word, "proof"), (wrong_name, "user")] {
        let mut envelope = Envelope::new(Credential::User(wrong), 1);
        let first = envelope.wrap(question(1), NOW);
        assert_eq!(envelope.open(&device.answer(&first), NOW), Ok(Opened::Again));
        let second = envelope.wrap(question(1), NOW);
        let Ok(Opened::Refused(why)) = envelope.open(&device.answer(&second), NOW) else {
            panic!("{says}")
        };
        assert!(why.contains(says), "{why}");
    }
    // A device whose clock never fits.
    let mut envelope = Envelope::new(Credential::User(device.user.clone()), 1);
    let first = envelope.wrap(question(1), NOW);
    envelope.open(&device.answer(&first), NOW).unwrap();
    let mut again = 0;
    while envelope.open(&device.report(1, 2, true), NOW) == Ok(Opened::Again) {
        again += 1;
        assert!(again < 5);
    }
}

#[test]
fn what_is_forged_changed_or_old_is_not_opened() {
    let device = Device {
        user: user(Some(AuthProtocol::Sha256), Some(PrivProtocol::Aes128)),
        boots: 3,
        time: 500,
    };
    let mut envelope = Envelope::new(Credential::User(device.user.clone()), 1);
    let first = envelope.wrap(question(9), NOW);
    envelope.open(&device.answer(&first), NOW).unwrap();
    let bytes = envelope.wrap(question(9), NOW);
    let good = device.answer(&bytes);
    let mut changed = good.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(envelope.open(&changed, NOW), Err(Malformed::Checksum));
    let reply = Pdu {
        kind: Kind::Response,
        ..question(9)
    };
    assert!(
        envelope
            .open(&device.packet(9, &reply, false, false), NOW)
            .is_err(),
        "neither proven nor secret"
    );
    assert!(
        envelope
            .open(&device.packet(9, &reply, true, false), NOW)
            .is_err(),
        "not secret"
    );
    let later = NOW + Duration::from_secs(400);
    assert_eq!(
        envelope.open(&good, later),
        Err(Malformed::Header),
        "outside the window"
    );
    assert!(matches!(envelope.open(&good, NOW), Ok(Opened::Answer(_))));
    for cut in 0..good.len() {
        assert!(envelope.open(&good[..cut], NOW).is_err());
    }
}
