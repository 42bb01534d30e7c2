//! An SNMP agent of the stage: it answers from a recording, as honestly or as badly as it is told.

use std::net::SocketAddr;

use crate::codec::snmp::{Binding, Kind, Message, Oid, Pdu, Value, Version, encode_message, parse_message};
use crate::strategy::snmp::Values;

/// How an agent misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// It jumps back to its first name after every few.
    Loops,
    /// Names increase without end.
    Endless,
    /// It answers with another id than that of the question.
    WrongId,
    /// It answers from another port.
    WrongPort,
    /// It answers no bulk question with more steps than this.
    FewSteps(i32),
    /// It says too big to more steps than this.
    TooBig(i32),
    /// It knows version 1 only.
    OnlyV1,
    /// It cuts its answers short.
    Cut,
    /// It answers every question twice.
    Twice,
}

/// An agent.
#[derive(Debug, Clone)]
pub struct Agent {
    community: Vec<u8>,
    values: Values,
    oddity: Option<Oddity>,
    largest: usize,
    endless: u32,
}

impl Agent {
    /// An honest agent that tells these values to those who know the community.
    pub fn new(community: &str, values: Values) -> Self {
        Self {
            community: community.as_bytes().to_vec(),
            values,
            oddity: None,
            largest: 1472,
            endless: 0,
        }
    }

    /// The same, misbehaving.
    pub fn with(self, oddity: Oddity) -> Self {
        Self {
            oddity: Some(oddity),
            ..self
        }
    }

    /// What it sends when this comes to it at `own`: datagrams and their senders.
    pub fn answer(&mut self, own: SocketAddr, bytes: &[u8]) -> Vec<(SocketAddr, Vec<u8>)> {
        let Ok(message) = parse_message(bytes) else {
            return Vec::new();
        };
        let deaf = self.oddity == Some(Oddity::OnlyV1) && message.version != Version::V1;
        if message.community != self.community || deaf {
            return Vec::new();
        }
        let Some(mut pdu) = self.reply(&message.pdu, message.version) else {
            return Vec::new();
        };
        let mut from = own;
        match self.oddity {
            Some(Oddity::WrongId) => pdu.request_id ^= 0x55,
            Some(Oddity::WrongPort) => from.set_port(own.port() ^ 1),
            _ => {}
        }
        let mut bytes = encode_message(&Message { pdu, ..message });
        if self.oddity == Some(Oddity::Cut) {
            bytes.truncate(bytes.len() / 2);
        }
        let times = if self.oddity == Some(Oddity::Twice) { 2 } else { 1 };
        vec![(from, bytes); times]
    }

    fn reply(&mut self, asked: &Pdu, version: Version) -> Option<Pdu> {
        let mut reply = Pdu {
            kind: Kind::Response,
            status: 0,
            index: 0,
            bindings: Vec::new(),
            ..asked.clone()
        };
        match asked.kind {
            Kind::Get => {
                for (place, Binding { name, .. }) in (1..).zip(&asked.bindings) {
                    match self.values.get(name.arcs()) {
                        Some(value) => reply.bindings.push(binding(name, value)),
                        None if version == Version::V1 => {
                            return Some(refusal(asked, Pdu::NO_SUCH_NAME, place));
                        }
                        None => reply.bindings.push(binding(name, &Value::NoSuchInstance)),
                    }
                }
            }
            Kind::GetNext => {
                for (place, Binding { name, .. }) in (1..).zip(&asked.bindings) {
                    match self.next(name) {
                        Some(next) => reply.bindings.push(next),
                        None if version == Version::V1 => {
                            return Some(refusal(asked, Pdu::NO_SUCH_NAME, place));
                        }
                        None => reply.bindings.push(binding(name, &Value::EndOfView)),
                    }
                }
            }
            Kind::GetBulk => match self.oddity {
                Some(Oddity::FewSteps(most)) if asked.index > most => return None,
                Some(Oddity::TooBig(most)) if asked.index > most => {
                    return Some(refusal(asked, Pdu::TOO_BIG, 0));
                }
                _ => reply.bindings = self.many(asked),
            },
            Kind::Response | Kind::Report => return None,
        }
        Some(reply)
    }

    fn many(&mut self, asked: &Pdu) -> Vec<Binding> {
        let mut names: Vec<Oid> = asked.bindings.iter().map(|it| it.name.clone()).collect();
        let mut bindings = Vec::new();
        let mut size = 60;
        for _ in 0..asked.index.clamp(0, 1000) {
            for name in &mut names {
                let next = self
                    .next(name)
                    .unwrap_or_else(|| binding(name, &Value::EndOfView));
                size += next.name.arcs().len() * 2 + next.value.weight() + 12;
                if size > self.largest && !bindings.is_empty() {
                    return bindings;
                }
                name.clone_from(&next.name);
                bindings.push(next);
            }
        }
        bindings
    }

    fn next(&mut self, name: &Oid) -> Option<Binding> {
        match self.oddity {
            Some(Oddity::Loops) => {
                self.endless += 1;
                if self.endless.is_multiple_of(7) {
                    return self
                        .values
                        .iter()
                        .next()
                        .map(|(name, value)| binding(name, value));
                }
            }
            Some(Oddity::Endless) => {
                let mut arcs = name.arcs().to_vec();
                let deep = arcs.len() > 8;
                match arcs.last_mut() {
                    Some(last) if deep => *last = last.wrapping_add(1),
                    _ => arcs.push(1),
                }
                return Some(binding(&Oid::new(&arcs), &Value::Octets(vec![b'x'; 20].into())));
            }
            _ => {}
        }
        self.values.after(name).map(|(name, value)| binding(name, value))
    }
}

fn binding(name: &Oid, value: &Value) -> Binding {
    Binding {
        name: name.clone(),
        value: value.clone(),
    }
}

fn refusal(asked: &Pdu, status: i32, index: i32) -> Pdu {
    Pdu {
        kind: Kind::Response,
        status,
        index,
        ..asked.clone()
    }
}

/// Reads a recording: comments behind `#`, and lines `OID|TAG|VALUE`, where TAG is the decimal ASN.1 tag, with `x` when VALUE is
/// hexadecimal. The error names the line.
pub fn read_recording(text: &[u8]) -> Result<Values, String> {
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        values.push(read_line(line).ok_or_else(|| format!("line {number} is not OID|TAG|VALUE"))?);
    }
    Ok(values.into_iter().collect())
}

fn read_line(line: &[u8]) -> Option<(Oid, Value)> {
    let mut parts = line.splitn(3, |&byte| byte == b'|');
    let name = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    let tag = std::str::from_utf8(parts.next()?).ok()?;
    let content = parts.next()?;
    let (tag, bytes) = match tag.strip_suffix('x') {
        Some(tag) => (tag, unhex(content)?),
        None => (tag, content.to_vec()),
    };
    let text = || std::str::from_utf8(&bytes).ok().map(str::trim);
    let value = match tag {
        "2" => Value::Integer(text()?.parse().ok()?),
        "4" => Value::Octets(bytes.into()),
        "5" => Value::Null,
        "6" => Value::ObjectId(text()?.parse().ok()?),
        "64" => Value::IpAddress(match <[u8; 4]>::try_from(&*bytes) {
            Ok(address) => address,
            Err(_) => text()?.parse::<std::net::Ipv4Addr>().ok()?.octets(),
        }),
        "65" => Value::Counter32(text()?.parse().ok()?),
        "66" => Value::Gauge32(text()?.parse().ok()?),
        "67" => Value::TimeTicks(text()?.parse().ok()?),
        "68" => Value::Opaque(bytes.into()),
        "70" => Value::Counter64(text()?.parse().ok()?),
        _ => return None,
    };
    Some((name, value))
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if !text.is_ascii() || text.len() % 2 != 0 {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}
