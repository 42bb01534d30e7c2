//! A name server: what it answers to one question, compared with what is expected.

use std::net::SocketAddr;

use rajut_core::check::{Measured, Method, Outcome};
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use serde::Serialize;

use super::{Details, ServiceLook, Terms, Tries, Wanting};
use crate::Prober;
use crate::codec::{DnsKind, DnsQuestion, DnsReply, same_answer};
use crate::network::{ask_datagram, ask_framed};

/// A question to a name server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsService {
    /// What the observation calls it.
    pub target: String,
    /// The server.
    pub server: SocketAddr,
    /// The question.
    pub question: DnsQuestion,
    /// The answers that it must give, all of them and no others; in any order. Empty: any will do.
    pub expected: Vec<String>,
}

/// What a name server answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DnsLook {
    /// What was asked.
    pub kind: DnsKind,
    /// The code of the answer in words (RFC 1035 section 4.1.1).
    pub code: String,
    /// The addresses or names.
    pub answers: Vec<String>,
    /// Whether it was fetched by TCP, because it did not fit into a datagram.
    pub by_tcp: bool,
}

impl Prober {
    /// Asks a name server. An answer that is cut is asked for again by TCP.
    pub fn dns(
        self,
        service: &DnsService,
        terms: &Terms,
        clock: &dyn Clock,
        ids: &mut FreshIds,
    ) -> ServiceLook {
        let mut tries = Tries::new(service.target.clone(), Method::Dns, terms, clock);
        let mut found = None;
        for _ in 0..terms.tries.get() {
            let [high, low, ..] = ids.salt();
            let id = u16::from_be_bytes([high, low]);
            let Ok(question) = service.question.encode(id) else {
                break;
            };
            let read = |bytes: &[u8]| service.question.read(bytes, id).ok();
            let mut reply = None;
            let ended = ask_datagram(
                terms.source,
                service.server,
                &question,
                terms.timeout,
                &mut |bytes| {
                    reply = read(bytes);
                    reply.is_some()
                },
            );
            tries.take(ended, terms.timeout);
            let Some(reply) = reply else { continue };
            if !reply.truncated {
                found = Some((reply, false));
                break;
            }
            let whole = ask_framed(terms.source, service.server, &question, terms.timeout);
            if let Some(whole) = tries.take(whole, terms.timeout) {
                found = read(&whole.bytes).map(|reply| (reply, true));
                if found.is_none() {
                    tries.outcome = Outcome::Silent;
                    tries.raw = Some("what came by TCP is no answer".to_owned());
                }
            }
            break;
        }
        let mut observation = tries.observation(ids);
        let Some((reply, by_tcp)) = found else {
            return ServiceLook {
                observation,
                details: None,
                wanting: Vec::new(),
            };
        };
        let count = u32::try_from(reply.answers.len()).unwrap_or(u32::MAX);
        observation
            .measures
            .push(Measured::new("answers", "count", f64::from(count)));
        ServiceLook {
            observation,
            wanting: wanting(&reply, &service.expected),
            details: Some(Details::Dns(DnsLook {
                kind: service.question.kind(),
                code: reply.code_text,
                answers: reply.answers,
                by_tcp,
            })),
        }
    }
}

fn wanting(reply: &DnsReply, expected: &[String]) -> Vec<Wanting> {
    let holds = |all: &[String], one: &String| all.iter().any(|it| same_answer(it, one));
    let missing = expected.iter().any(|one| !holds(&reply.answers, one));
    let extra = reply.answers.iter().any(|one| !holds(expected, one));
    let differs = !expected.is_empty() && (missing || extra);
    if reply.code != 0 {
        vec![Wanting::Refuses]
    } else if differs {
        vec![Wanting::AnswerDiffers]
    } else if reply.answers.is_empty() {
        vec![Wanting::NothingFound]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_compared_as_a_set() {
        let reply = |code, answers: &[&str]| DnsReply {
            code,
            code_text: String::new(),
            truncated: false,
            answers: answers.iter().map(ToString::to_string).collect(),
        };
        for (code, answers, expected, verdict) in [
            (0, &["10.9.1.1"][..], &[][..], None),
            (0, &["10.9.1.1", "10.9.1.2"], &["10.9.1.2", "10.9.1.1"], None),
            (
                0,
                &["10.9.1.1", "10.9.1.9"],
                &["10.9.1.1"],
                Some(Wanting::AnswerDiffers),
            ),
            (
                0,
                &["10.9.1.1"],
                &["10.9.1.1", "10.9.1.2"],
                Some(Wanting::AnswerDiffers),
            ),
            (0, &[], &["10.9.1.1"], Some(Wanting::AnswerDiffers)),
            (0, &[], &[], Some(Wanting::NothingFound)),
            (3, &[], &["10.9.1.1"], Some(Wanting::Refuses)),
        ] {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            assert_eq!(
                wanting(&reply(code, answers), &expected).first().copied(),
                verdict,
                "{answers:?}"
            );
        }
    }
}
