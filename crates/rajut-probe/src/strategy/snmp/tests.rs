//! Conversations without a network: a device of the test answers, the clock is a number.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::codec::snmp::{Binding, Kind, Oid, Pdu, Value, Version};

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn device(names: &[&str]) -> Values {
    (0_i64..)
        .zip(names)
        .map(|(number, name)| (oid(name), Value::Integer(number)))
        .collect()
}

/// An honest answer.
fn answer(device: &Values, asked: &Pdu) -> Pdu {
    let mut reply = Pdu {
        kind: Kind::Response,
        status: 0,
        index: 0,
        bindings: Vec::new(),
        ..asked.clone()
    };
    for Binding { name, .. } in &asked.bindings {
        let mut at = name.clone();
        for _ in 0..if asked.kind == Kind::GetBulk {
            asked.index
        } else {
            1
        } {
            let found = match asked.kind {
                Kind::Get => device.get(name.arcs()).map(|value| (name, value)),
                _ => device.after(&at),
            };
            let (next, value) = match found {
                Some((next, value)) => (next.clone(), value.clone()),
                None if asked.kind == Kind::Get => (at.clone(), Value::NoSuchInstance),
                None => (at.clone(), Value::EndOfView),
            };
            at.clone_from(&next);
            reply.bindings.push(Binding { name: next, value });
        }
    }
    reply
}

/// Talks until the end; gives how many questions were sent.
fn talk(conversation: &mut Conversation, mut respond: impl FnMut(&Pdu) -> Option<Pdu>) -> u32 {
    let mut now = Duration::ZERO;
    for _ in 0..200_000 {
        match conversation.next(now) {
            Next::Done => return conversation.questions(),
            Next::Wait(until) => now = until,
            Next::Ask(pdu) => {
                now += Duration::from_millis(1);
                if let Some(reply) = respond(&pdu) {
                    conversation.heard(reply);
                }
            }
        }
    }
    panic!("the talk never ends");
}

fn conversation() -> Conversation {
    Conversation::new(&SnmpSettings::default(), Version::V2c, 7)
}

#[test]
fn a_walk_takes_what_stands_below_its_roots_and_skips_the_rest() {
    let device = device(&[
        "1.3.1.1",
        "1.3.2.1",
        "1.3.2.2.5",
        "1.3.3.9",
        "1.3.7.1.1",
        "1.3.7.1.2",
        "1.3.9",
    ]);
    let mut conversation = conversation();
    conversation.walk([
        oid("1.3.7.1"),
        oid("1.3.2"),
        oid("1.3.2.2"),
        oid("1.3.5"),
        oid("1.3.8"),
    ]);
    let questions = talk(&mut conversation, |pdu| Some(answer(&device, pdu)));
    let told: Vec<String> = conversation
        .take_values()
        .iter()
        .map(|(name, _)| name.to_string())
        .collect();
    assert_eq!(told, ["1.3.2.1", "1.3.2.2.5", "1.3.7.1.1", "1.3.7.1.2"]);
    assert_eq!(questions, 1, "one answer reaches past the last root");
    assert!(conversation.trouble().is_empty());
}

#[test]
fn silence_ends_after_the_retries_and_says_nothing() {
    let mut conversation = conversation();
    conversation.get([oid("1.3.6")]);
    conversation.walk([oid("1.3")]);
    assert_eq!(talk(&mut conversation, |_| None), 3);
    assert!(!conversation.answered());
}

#[test]
fn a_device_that_survives_few_steps_is_asked_for_fewer() {
    let names: Vec<String> = (1..200).map(|number| format!("1.3.1.{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let device = device(&names);
    for too_big in [true, false] {
        let mut conversation = conversation();
        conversation.get([oid("1.3.1.1")]);
        conversation.walk([oid("1.3.1")]);
        let respond = |pdu: &Pdu| {
            if pdu.kind == Kind::GetBulk && pdu.index > 6 {
                return too_big.then(|| Pdu {
                    kind: Kind::Response,
                    status: Pdu::TOO_BIG,
                    index: 0,
                    ..pdu.clone()
                });
            }
            Some(answer(&device, pdu))
        };
        let questions = talk(&mut conversation, respond);
        assert_eq!(conversation.take_values().len(), 199, "too big: {too_big}");
        assert!(questions < 60, "it learned: {questions}");
    }
}

#[test]
fn a_loop_ends_its_subtree_only() {
    let device = device(&["1.3.1.1", "1.3.1.2", "1.3.5.1"]);
    let mut conversation = conversation();
    conversation.walk([oid("1.3.1"), oid("1.3.5")]);
    talk(&mut conversation, |pdu| {
        let mut reply = answer(&device, pdu);
        if pdu.bindings[0].name.is_under(&oid("1.3.1")) {
            let names = ["1.3.1.1", "1.3.1.2", "1.3.1.1"];
            reply.bindings = names
                .iter()
                .map(|name| Binding {
                    name: oid(name),
                    value: Value::Integer(1),
                })
                .collect();
        }
        Some(reply)
    });
    assert!(conversation.trouble().contains(&Trouble::Loop));
    assert_eq!(conversation.take_values().len(), 3);
}

#[test]
fn names_without_end_and_values_without_end_are_cut_off() {
    let settings = SnmpSettings {
        most_values: 500,
        ..SnmpSettings::default()
    };
    let mut number = 0;
    let mut conversation = Conversation::new(&settings, Version::V2c, 0);
    conversation.walk([oid("1.3")]);
    talk(&mut conversation, |pdu| {
        let more = (0..50).map(|_| {
            number += 1;
            Binding {
                name: Oid::new(&[1, 3, number]),
                value: Value::Octets([7; 900].into()),
            }
        });
        Some(Pdu {
            kind: Kind::Response,
            status: 0,
            index: 0,
            bindings: more.collect(),
            ..pdu.clone()
        })
    });
    assert!(conversation.trouble().contains(&Trouble::TooMuch));
    assert!(conversation.take_values().len() <= 550);
}

#[test]
fn a_device_that_drips_is_cut_off_by_the_deadline() {
    let settings = SnmpSettings {
        deadline: Duration::from_secs(30),
        ..SnmpSettings::default()
    };
    let mut conversation = Conversation::new(&settings, Version::V1, 0);
    conversation.walk([oid("1.3")]);
    let (mut now, mut number) = (Duration::ZERO, 0);
    loop {
        match conversation.next(now) {
            Next::Done => break,
            Next::Wait(until) => now = until,
            Next::Ask(pdu) => {
                now += Duration::from_millis(1900);
                number += 1;
                let binding = Binding {
                    name: Oid::new(&[1, 3, number]),
                    value: Value::Null,
                };
                conversation.heard(Pdu {
                    kind: Kind::Response,
                    bindings: vec![binding],
                    ..pdu
                });
            }
        }
    }
    assert!(now < Duration::from_secs(33), "{now:?}");
    assert!(conversation.trouble().contains(&Trouble::TooSlow));
}

#[test]
fn version_one_steps_singly_and_leaves_out_what_is_not_there() {
    let device = device(&["1.3.1.1", "1.3.1.2", "1.3.1.3"]);
    let mut conversation = Conversation::new(&SnmpSettings::default(), Version::V1, 0);
    conversation.get(["1.3.1.1", "1.3.1.9", "1.3.1.3"].map(oid));
    conversation.walk([oid("1.3.1")]);
    talk(&mut conversation, |pdu| {
        assert_ne!(pdu.kind, Kind::GetBulk);
        let mut reply = answer(&device, pdu);
        if let Some(place) = reply.bindings.iter().position(|it| it.value.is_missing()) {
            reply = Pdu {
                status: Pdu::NO_SUCH_NAME,
                index: i32::try_from(place).unwrap() + 1,
                ..pdu.clone()
            };
            reply.kind = Kind::Response;
        }
        Some(reply)
    });
    assert_eq!(conversation.take_values().len(), 3);
    assert!(conversation.trouble().is_empty());
}

#[test]
fn a_foreign_answer_is_no_answer() {
    let mut conversation = conversation();
    conversation.get([oid("1.3.1.1")]);
    let Next::Ask(pdu) = conversation.next(Duration::ZERO) else {
        panic!("it asks")
    };
    let wrong = Pdu {
        kind: Kind::Response,
        request_id: pdu.request_id + 1,
        ..pdu.clone()
    };
    assert_eq!(conversation.heard(wrong), Verdict::Foreign);
    assert_eq!(
        conversation.heard(Pdu {
            kind: Kind::GetBulk,
            ..pdu.clone()
        }),
        Verdict::Foreign
    );
    assert!(!conversation.answered());
    let planted = Binding {
        name: oid("1.3.9.9"),
        value: Value::Integer(1),
    };
    let right = Pdu {
        kind: Kind::Response,
        bindings: vec![planted],
        ..pdu
    };
    assert_eq!(conversation.heard(right.clone()), Verdict::Taken);
    assert_eq!(conversation.heard(right), Verdict::Foreign, "the second of two");
    assert!(
        conversation.take_values().is_empty(),
        "a name that was not asked for"
    );
}

proptest! {
    #[test]
    fn whatever_a_device_answers_the_talk_ends(
        answers in prop::collection::vec((any::<u8>(), prop::collection::vec((0_u32..6, 0_u32..6), 0..6)), 1..40),
    ) {
        let settings = SnmpSettings { most_questions: 300, ..SnmpSettings::default() };
        let mut conversation = Conversation::new(&settings, Version::V2c, 0);
        conversation.get([oid("1.3.1.1"), oid("1.3.2.2")]);
        conversation.walk([oid("1.3.1"), oid("1.3.4")]);
        let mut turn = 0;
        talk(&mut conversation, |pdu| {
            turn += 1;
            let (kind, names) = &answers[turn % answers.len()];
            let bindings = names.iter().map(|&(a, b)| {
                let value = if kind % 7 == 0 { Value::EndOfView } else { Value::Integer(1) };
                Binding { name: Oid::new(&[1, 3, a, b]), value }
            });
            (kind % 5 != 0).then(|| Pdu {
                kind: Kind::Response,
                status: i32::from(kind % 4 == 0) * i32::from(*kind) % 7,
                index: i32::from(kind % 3),
                bindings: bindings.collect(),
                ..pdu.clone()
            })
        });
        prop_assert!(conversation.questions() <= 301);
    }

    #[test]
    fn an_honest_device_is_told_whole(
        names in prop::collection::btree_set(prop::collection::vec(0_u32..5, 1..5), 0..80),
        roots in prop::collection::vec(prop::collection::vec(0_u32..5, 0..3), 1..6),
    ) {
        let told: Values = names.iter().map(|arcs| (oid("1.3").child(arcs), Value::Integer(1))).collect();
        let mut conversation = conversation();
        let roots: Vec<Oid> = roots.iter().map(|arcs| oid("1.3").child(arcs)).collect();
        conversation.walk(roots.clone());
        talk(&mut conversation, |pdu| Some(answer(&told, pdu)));
        let expected: Values = told
            .iter()
            .filter(|(name, _)| roots.iter().any(|root| name.is_under(root) && *name != root))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut walked = conversation.take_values();
        // A root that is itself a name may be passed on the way from another.
        walked = walked
            .iter()
            .filter(|(name, _)| expected.get(name.arcs()).is_some())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        prop_assert_eq!(walked, expected);
    }
}
