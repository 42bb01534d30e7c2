//! Who asks, and how what is asked is wrapped for one device and opened again: versions 1 and 2c by a community,
//! version 3 by a user, with the discovery of the device's engine and its clock (RFC 3414 section 4).

use std::fmt;
use std::time::Duration;

use super::super::Malformed;
use super::usm::{AuthProtocol, PrivProtocol};
use super::v3::{self, Packet};
use super::{Kind, Message, Oid, Pdu, Version, encode_message, parse_message};

/// A message may be as late as this (RFC 3414 section 2.2.3).
const WINDOW_S: u32 = 150;
/// usmStats (RFC 3414 section 5): why a message of ours was not taken.
const USM_STATS: [u32; 10] = [1, 3, 6, 1, 6, 3, 15, 1, 1, 0];

/// A secret word. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a word in.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<String> for Secret {
    fn from(word: String) -> Self {
        Self(word)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Anybody who knows the community.
    Community {
        /// The version to speak.
        version: Version,
        /// The community.
        community: Secret,
    },
    /// A user of version 3.
    User(User),
}

/// A user of version 3. Secrecy without proof does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// How messages are proven, and the password for it.
    pub auth: Option<(AuthProtocol, Secret)>,
    /// How messages are kept secret, and the password for it.
    pub privacy: Option<(PrivProtocol, Secret)>,
}

impl Credential {
    /// Version 2c with this community.
    pub fn v2c(community: impl Into<String>) -> Self {
        Self::Community {
            version: Version::V2c,
            community: Secret::new(community),
        }
    }
}

/// What a datagram says to one who holds the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// An answer.
    Answer(Pdu),
    /// The device told what our message lacked: send the question again.
    Again,
    /// The device does not take our messages.
    Refused(&'static str),
}

/// The engine of a device, its clock, and our keys for it.
#[derive(Debug, Clone)]
struct Engine {
    id: Vec<u8>,
    boots: u32,
    /// Its clock, seconds, when ours stood at `read`.
    time: u32,
    read: Duration,
    auth_key: Vec<u8>,
    priv_key: Vec<u8>,
}

impl Engine {
    fn time_at(&self, now: Duration) -> u32 {
        let passed = u32::try_from(now.saturating_sub(self.read).as_secs()).unwrap_or(u32::MAX);
        self.time.saturating_add(passed)
    }
}

/// Wraps questions for one device and opens what comes back.
#[derive(Debug, Clone)]
pub struct Envelope {
    credential: Credential,
    engine: Option<Engine>,
    salt: u64,
    /// How often in a row the device told what our messages lack.
    corrected: u32,
}

impl Envelope {
    /// For a device that was not asked yet. `salt` begins the numbers that must not come twice with one key: take a
    /// random one.
    pub fn new(credential: Credential, salt: u64) -> Self {
        Self {
            credential,
            engine: None,
            salt,
            corrected: 0,
        }
    }

    /// The version; version 1 knows no bulk questions, and version 3 asks as 2c does.
    pub fn version(&self) -> Version {
        match self.credential {
            Credential::Community { version, .. } => version,
            Credential::User(_) => Version::V2c,
        }
    }

    /// The datagram that carries a question. While the engine of a device is unknown it carries a question for that.
    pub fn wrap(&mut self, pdu: Pdu, now: Duration) -> Vec<u8> {
        match &self.credential {
            Credential::Community { version, community } => encode_message(&Message {
                version: *version,
                community: community.bytes(),
                pdu,
            }),
            Credential::User(user) => match &self.engine {
                None => discovery(pdu.request_id),
                Some(engine) => {
                    self.salt = self.salt.wrapping_add(1);
                    seal(user, engine, self.salt, &pdu, now)
                }
            },
        }
    }

    /// Opens a datagram.
    pub fn open(&mut self, bytes: &[u8], now: Duration) -> Result<Opened, Malformed> {
        match &self.credential {
            Credential::Community { version, community } => {
                let message = parse_message(bytes)?;
                if message.version != *version || message.community != community.bytes() {
                    return Err(Malformed::Header);
                }
                Ok(Opened::Answer(message.pdu))
            }
            Credential::User(user) => {
                let packet = Packet::read(bytes)?;
                let user = user.clone();
                self.open_packet(&user, &packet, bytes, now)
            }
        }
    }

    fn open_packet(
        &mut self,
        user: &User,
        packet: &Packet,
        bytes: &[u8],
        now: Duration,
    ) -> Result<Opened, Malformed> {
        let Some(engine) = &mut self.engine else {
            return self.discovered(user, packet, now);
        };
        if packet.engine != engine.id {
            return Err(Malformed::Header);
        }
        let proven = match &user.auth {
            Some((protocol, _)) if packet.flags & v3::AUTHENTICATED != 0 => {
                let place = v3::proof_place(bytes, protocol.proof_length())?;
                let mut blank = bytes.to_vec();
                blank[place].fill(0);
                if !protocol.proves(&engine.auth_key, &blank, &packet.proof) {
                    return Err(Malformed::Checksum);
                }
                true
            }
            _ => false,
        };
        let data = match &user.privacy {
            Some((protocol, _)) if packet.flags & v3::SECRET != 0 => protocol.decrypt(
                &engine.priv_key,
                packet.boots,
                packet.time,
                &packet.salt,
                &packet.data,
            )?,
            _ => packet.data.clone(),
        };
        let pdu = v3::read_scoped(&data)?;
        if pdu.kind == Kind::Report {
            let number = report_number(&pdu);
            // notInTimeWindows: the device's clock is told, and proven.
            if number == Some(2) && proven && self.corrected < 2 {
                engine.boots = packet.boots;
                engine.time = packet.time;
                engine.read = now;
                self.corrected += 1;
                return Ok(Opened::Again);
            }
            return Ok(Opened::Refused(refusal(number)));
        }
        let level = |flag: u8, asked: bool| !asked || packet.flags & flag != 0;
        if !level(v3::AUTHENTICATED, user.auth.is_some()) || !level(v3::SECRET, user.privacy.is_some()) {
            return Err(Malformed::Header);
        }
        if packet.user != user.name.as_bytes() {
            return Err(Malformed::Header);
        }
        if proven {
            let expected = engine.time_at(now);
            let old = packet.boots < engine.boots
                || (packet.boots == engine.boots && packet.time.saturating_add(WINDOW_S) < expected);
            if old {
                return Err(Malformed::Header);
            }
            if packet.boots > engine.boots || packet.time > expected {
                engine.boots = packet.boots;
                engine.time = packet.time;
                engine.read = now;
            }
        }
        self.corrected = 0;
        Ok(Opened::Answer(pdu))
    }

    /// The answer to a question for the engine.
    fn discovered(&mut self, user: &User, packet: &Packet, now: Duration) -> Result<Opened, Malformed> {
        // RFC 3411: an engine id has 5 to 32 octets.
        if !(5..=32).contains(&packet.engine.len()) || packet.flags & v3::SECRET != 0 {
            return Err(Malformed::Header);
        }
        let pdu = v3::read_scoped(&packet.data)?;
        if pdu.kind != Kind::Report {
            return Err(Malformed::Header);
        }
        let key = |auth: &(AuthProtocol, Secret)| auth.0.localized(auth.1.bytes(), &packet.engine);
        let priv_key = match (&user.auth, &user.privacy) {
            (Some((auth, _)), Some((privacy, word))) => privacy.key(*auth, word.bytes(), &packet.engine),
            _ => Vec::new(),
        };
        self.engine = Some(Engine {
            id: packet.engine.clone(),
            boots: packet.boots,
            time: packet.time,
            read: now,
            auth_key: user.auth.as_ref().map(key).unwrap_or_default(),
            priv_key,
        });
        Ok(Opened::Again)
    }
}

/// A question that tells nothing and asks for the engine.
fn discovery(id: i32) -> Vec<u8> {
    let pdu = Pdu::ask(Kind::Get, id, 0, []);
    Packet {
        id,
        flags: v3::REPORTABLE,
        engine: Vec::new(),
        boots: 0,
        time: 0,
        user: Vec::new(),
        proof: Vec::new(),
        salt: Vec::new(),
        data: v3::write_scoped(&[], &pdu),
    }
    .write()
}

fn seal(user: &User, engine: &Engine, salt: u64, pdu: &Pdu, now: Duration) -> Vec<u8> {
    let time = engine.time_at(now);
    let mut flags = v3::REPORTABLE;
    let mut data = v3::write_scoped(&engine.id, pdu);
    let mut beside = Vec::new();
    if let (Some((protocol, _)), Some(_)) = (&user.privacy, &user.auth) {
        let (secret, parameters) = protocol.encrypt(&engine.priv_key, engine.boots, time, salt, &data);
        data = secret;
        beside = parameters.to_vec();
        flags |= v3::SECRET;
    }
    let mut packet = Packet {
        id: pdu.request_id,
        flags,
        engine: engine.id.clone(),
        boots: engine.boots,
        time,
        user: user.name.as_bytes().to_vec(),
        proof: Vec::new(),
        salt: beside,
        data,
    };
    if let Some((protocol, _)) = &user.auth {
        packet.flags |= v3::AUTHENTICATED;
        packet.proof = vec![0; protocol.proof_length()];
        packet.proof = protocol.proof(&engine.auth_key, &packet.write());
    }
    packet.write()
}

/// Which of usmStats a report is about.
fn report_number(pdu: &Pdu) -> Option<u32> {
    let name: &Oid = &pdu.bindings.first()?.name;
    match name.arcs().strip_prefix(&USM_STATS[..9])? {
        [number, 0] => Some(*number),
        _ => None,
    }
}

fn refusal(number: Option<u32>) -> &'static str {
    match number {
        Some(1) => "the device does not offer this level of security to the user",
        Some(2) => "the device's clock does not fit our messages",
        Some(3) => "the device does not know the user",
        Some(4) => "the device does not know the engine that it named",
        Some(5) => "the device does not take our proof: wrong password or algorithm",
        Some(6) => "the device cannot decrypt our messages: wrong password or algorithm",
        _ => "the device does not take our messages",
    }
}
