//! DNS questions and answers (RFC 1035). The messages are hickory-proto's; what counts as the answer is decided here.

use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType};
use serde::Serialize;

use super::Malformed;

/// Names that stand for others (CNAME) are followed so far.
const ALIASES: usize = 16;
/// Answers that are kept: an honest set fits into one datagram.
const MOST_ANSWERS: usize = 64;

/// What is asked about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsKind {
    /// Its `IPv4` addresses.
    A,
    /// Its `IPv6` addresses.
    Aaaa,
    /// The names of an address.
    Ptr,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsQuestion {
    name: Name,
    kind: DnsKind,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsReply {
    /// The code of the answer as a number: 0 no error, 3 there is no such name (RFC 1035 section 4.1.1).
    pub code: u16,
    /// The words for it.
    pub code_text: String,
    /// Whether the answer did not fit: it must be asked for by TCP.
    pub truncated: bool,
    /// The addresses or names, in the order of the answer; names without their last dot and in small letters.
    pub answers: Vec<String>,
}

impl DnsQuestion {
    /// A question about a name; about an address it is for its names, whatever kind is said. Nothing for what is no name.
    pub fn new(name: &str, kind: DnsKind) -> Option<Self> {
        if let Ok(address) = name.parse::<IpAddr>() {
            let (name, kind) = (Name::from(address), DnsKind::Ptr);
            return Some(Self { name, kind });
        }
        let mut name = Name::from_utf8(name).ok()?;
        name.set_fqdn(true);
        (!name.is_root()).then_some(Self { name, kind })
    }

    /// What is asked about it.
    pub fn kind(&self) -> DnsKind {
        self.kind
    }

    /// Its bytes under an id.
    pub fn encode(&self, id: u16) -> Result<Vec<u8>, Malformed> {
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.add_query(Query::query(self.name.clone(), self.record_type()));
        message.to_vec().map_err(|_| Malformed::Encoding)
    }

    fn record_type(&self) -> RecordType {
        match self.kind {
            DnsKind::A => RecordType::A,
            DnsKind::Aaaa => RecordType::AAAA,
            DnsKind::Ptr => RecordType::PTR,
        }
    }

    /// Reads the answer to this question under this id. Another's answer is malformed.
    pub fn read(&self, bytes: &[u8], id: u16) -> Result<DnsReply, Malformed> {
        let message = Message::from_vec(bytes).map_err(|_| Malformed::Encoding)?;
        let [asked] = &message.queries[..] else {
            return Err(Malformed::Header);
        };
        let is_ours = message.metadata.id == id
            && message.metadata.message_type == MessageType::Response
            && asked.name() == &self.name
            && asked.query_type() == self.record_type()
            && asked.query_class() == DNSClass::IN;
        if !is_ours {
            return Err(Malformed::Header);
        }
        let code = message.metadata.response_code;
        Ok(DnsReply {
            code: code.into(),
            code_text: code.to_str().to_owned(),
            truncated: message.metadata.truncation,
            answers: self.answers(&message),
        })
    }

    /// Records about the name, or about the name that it stands for.
    fn answers(&self, message: &Message) -> Vec<String> {
        let mut name = &self.name;
        for _ in 0..ALIASES {
            let alias = message.answers.iter().find_map(|record| match &record.data {
                RData::CNAME(target) if record.name == *name => Some(&target.0),
                _ => None,
            });
            match alias {
                Some(target) => name = target,
                None => break,
            }
        }
        let told = message
            .answers
            .iter()
            .filter(|record| record.name == *name)
            .filter_map(|record| match (&record.data, self.kind) {
                (RData::A(it), DnsKind::A) => Some(it.0.to_string()),
                (RData::AAAA(it), DnsKind::Aaaa) => Some(it.0.to_string()),
                (RData::PTR(it), DnsKind::Ptr) => Some(plain(&it.0)),
                _ => None,
            });
        told.take(MOST_ANSWERS).collect()
    }
}

/// A name as it is compared: small letters, without the last dot.
fn plain(name: &Name) -> String {
    let text = name.to_lowercase().to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}

/// Whether an answer is the one that was expected: the same address however it is written, the same name whatever its
/// letters and its last dot.
pub fn same_answer(answer: &str, expected: &str) -> bool {
    if let (Ok(answer), Ok(expected)) = (answer.parse::<IpAddr>(), expected.parse::<IpAddr>()) {
        return answer == expected;
    }
    let expected = expected.strip_suffix('.').unwrap_or(expected);
    answer.eq_ignore_ascii_case(expected)
}

#[cfg(test)]
mod tests {
    use hickory_proto::rr::Record;
    use hickory_proto::rr::rdata::{A, CNAME};
    use proptest::prelude::*;

    use super::*;

    fn question() -> DnsQuestion {
        DnsQuestion::new("www.contoh.go.id", DnsKind::A).unwrap()
    }

    fn name(text: &str) -> Name {
        Name::from_utf8(text).unwrap()
    }

    fn answer(id: u16, records: Vec<Record>) -> Vec<u8> {
        let mut message = Message::response(id, OpCode::Query);
        message.add_query(Query::query(name("WWW.contoh.go.id."), RecordType::A));
        message.answers = records;
        message.to_vec().unwrap()
    }

    fn address(of: &str, last: u8) -> Record {
        Record::from_rdata(name(of), 60, RData::A(A::new(10, 9, 1, last)))
    }

    fn alias(of: &str, to: &str) -> Record {
        Record::from_rdata(name(of), 60, RData::CNAME(CNAME(name(to))))
    }

    #[test]
    fn a_question_has_the_bytes_of_the_rfc() {
        let bytes = question().encode(0x1234).unwrap();
        assert_eq!(bytes[..12], [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(&bytes[12..], b"\x03www\x06contoh\x02go\x02id\0\0\x01\0\x01");
        let reverse = DnsQuestion::new("10.9.1.7", DnsKind::A).unwrap();
        assert_eq!(reverse.kind(), DnsKind::Ptr);
        assert!(reverse.encode(1).unwrap()[12..].starts_with(b"\x017\x011\x019\x0210\x07in-addr\x04arpa\0"));
        for text in ["", ".", "a..b", &"a".repeat(64)] {
            assert_eq!(DnsQuestion::new(text, DnsKind::A), None, "{text}");
        }
    }

    #[test]
    fn aliases_are_followed_and_what_belongs_to_others_is_no_answer() {
        let records = vec![
            address("orang.lain.id.", 66),
            alias("www.contoh.go.id.", "web.contoh.go.id."),
            address("web.contoh.go.id.", 1),
            address("web.contoh.go.id.", 2),
        ];
        let reply = question().read(&answer(7, records), 7).unwrap();
        assert_eq!((reply.code, reply.truncated), (0, false));
        assert_eq!(reply.answers, ["10.9.1.1", "10.9.1.2"]);
        let ring = vec![
            alias("www.contoh.go.id.", "b.id."),
            alias("b.id.", "www.contoh.go.id."),
        ];
        assert_eq!(question().read(&answer(7, ring), 7).unwrap().answers, [""; 0]);
    }

    #[test]
    fn the_answer_to_another_question_is_none() {
        let bytes = answer(7, vec![address("www.contoh.go.id.", 1)]);
        assert_eq!(question().read(&bytes, 8), Err(Malformed::Header));
        let other = DnsQuestion::new("lain.id", DnsKind::A).unwrap();
        assert_eq!(other.read(&bytes, 7), Err(Malformed::Header));
        let own = question().encode(7).unwrap();
        assert_eq!(
            question().read(&own, 7),
            Err(Malformed::Header),
            "an echo is no answer"
        );
        for cut in 0..bytes.len() {
            assert!(question().read(&bytes[..cut], 7).is_err(), "{cut}");
        }
    }

    #[test]
    fn answers_are_the_same_however_they_are_written() {
        assert!(same_answer("2001:db8::1", "2001:0DB8:0::1"));
        assert!(same_answer("gw.contoh.go.id", "GW.contoh.go.id."));
        assert!(!same_answer("10.9.1.1", "10.9.1.2"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), id: u16) {
            let _ = question().read(&bytes, id);
        }

        #[test]
        fn a_changed_answer_is_read_without_panic(at in 0_usize..100, byte: u8) {
            let records = vec![alias("www.contoh.go.id.", "web.contoh.go.id."), address("web.contoh.go.id.", 1)];
            let mut bytes = answer(7, records);
            let length = bytes.len();
            bytes[at % length] = byte;
            let _ = question().read(&bytes, 7);
        }
    }
}
