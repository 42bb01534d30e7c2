//! The bytes of the standard, bytes of devices, and bytes of nobody.

use proptest::prelude::*;

use super::super::Malformed;
use super::*;

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn any_value() -> impl Strategy<Value = Value> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        bytes().prop_map(|bytes| Value::Octets(bytes.into())),
        Just(Value::Null),
        any_oid().prop_map(Value::ObjectId),
        any::<[u8; 4]>().prop_map(Value::IpAddress),
        any::<u32>().prop_map(Value::Counter32),
        any::<u32>().prop_map(Value::Gauge32),
        any::<u32>().prop_map(Value::TimeTicks),
        bytes().prop_map(|bytes| Value::Opaque(bytes.into())),
        any::<u64>().prop_map(Value::Counter64),
        Just(Value::NoSuchObject),
        Just(Value::NoSuchInstance),
        Just(Value::EndOfView),
    ]
}

fn any_oid() -> impl Strategy<Value = Oid> {
    (0..3_u32, 0..40_u32, prop::collection::vec(any::<u32>(), 0..30)).prop_map(|(first, second, rest)| {
        let arcs: Vec<u32> = [first, second].into_iter().chain(rest).collect();
        Oid::new(&arcs)
    })
}

fn any_pdu() -> impl Strategy<Value = Pdu> {
    let kind = prop::sample::select(vec![
        Kind::Get,
        Kind::GetNext,
        Kind::Response,
        Kind::GetBulk,
        Kind::Report,
    ]);
    let bindings = prop::collection::vec((any_oid(), any_value()), 0..12);
    (kind, any::<[i32; 3]>(), bindings).prop_map(|(kind, [request_id, status, index], bindings)| Pdu {
        kind,
        request_id,
        status,
        index,
        bindings: bindings
            .into_iter()
            .map(|(name, value)| Binding { name, value })
            .collect(),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(v1: bool, community in prop::collection::vec(any::<u8>(), 0..300), pdu in any_pdu()) {
        let version = if v1 { Version::V1 } else { Version::V2c };
        let message = Message { version, community: &community, pdu };
        let bytes = encode_message(&message);
        prop_assert_eq!(parse_message(&bytes), Ok(message));
    }

    #[test]
    fn a_message_cut_short_is_malformed(pdu in any_pdu(), cut in any::<prop::sample::Index>()) {
        let bytes = encode_message(&Message { version: Version::V2c, community: b"public", pdu });
        prop_assert!(parse_message(&bytes[..cut.index(bytes.len())]).is_err());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_message(&bytes);
    }

    #[test]
    fn a_changed_byte_is_read_without_panic(pdu in any_pdu(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = encode_message(&Message { version: Version::V1, community: b"x", pdu });
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = parse_message(&bytes);
    }

    #[test]
    fn names_are_ordered_as_text_of_numbers_is(a in any_oid(), b in any_oid()) {
        prop_assert_eq!(a.cmp(&b), a.arcs().cmp(b.arcs()));
        prop_assert_eq!(a.to_string().parse::<Oid>().unwrap(), a);
    }
}

#[test]
fn a_question_has_the_bytes_that_others_send() {
    // snmpget -v2c -c public of sysName.0, as net-snmp writes it.
    let pdu = Pdu::ask(Kind::Get, 0x0102_0304, 0, [oid("1.3.6.1.2.1.1.5.0")]);
    let message = Message {
        version: Version::V2c,
        community: b"public",
        pdu,
    };
    let expected = [
        0x30, 0x29, 0x02, 0x01, 0x01, 0x04, 0x06, b'p', b'u', b'b', b'l', b'i', b'c', 0xa0, 0x1c, 0x02, 0x04,
        1, 2, 3, 4, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x0e, 0x30, 0x0c, 0x06, 0x08, 0x2b, 6, 1, 2, 1,
        1, 5, 0, 0x05, 0x00,
    ];
    assert_eq!(encode_message(&message), expected);
}

#[test]
fn numbers_that_devices_write_wrongly_are_read_as_meant() {
    let read = |tag: u8, content: &[u8]| Value::read(tag, content);
    assert_eq!(
        read(0x41, &[0xff, 0xff, 0xff, 0xff]),
        Ok(Value::Counter32(u32::MAX)),
        "no leading zero"
    );
    assert_eq!(
        read(0x42, &[0, 0, 0, 0, 0, 5]),
        Ok(Value::Gauge32(5)),
        "needless zeros"
    );
    assert_eq!(
        read(
            0x02,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]
        ),
        Ok(Value::Integer(-2))
    );
    assert_eq!(read(0x46, &[0; 9]), Ok(Value::Counter64(0)));
    assert_eq!(read(0x02, &[]), Err(Malformed::Short));
    assert_eq!(read(0x40, &[1, 2, 3]), Err(Malformed::Encoding));
    assert_eq!(read(0x99, &[]), Err(Malformed::Encoding));
}

#[test]
fn lengths_that_lie_are_malformed() {
    for bytes in [
        &[0x30, 0x80, 0x02][..],
        &[0x30, 0x85, 1, 1, 1, 1, 1],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x30, 0x05, 0x02, 0x01, 0x01],
        &[],
    ] {
        assert!(parse_message(bytes).is_err(), "{bytes:?}");
    }
    let deep = [0x30, 0x02].repeat(5000);
    assert!(parse_message(&deep).is_err());
}

#[test]
fn names_have_bounds() {
    assert_eq!(
        Oid::read(&[0x2b, 0x8f, 0xff, 0xff, 0xff, 0x7f]).unwrap().arcs(),
        [1, 3, u32::MAX]
    );
    assert_eq!(
        Oid::read(&[0x2b, 0x90, 0x80, 0x80, 0x80, 0x00]),
        Err(Malformed::Encoding),
        "33 bits"
    );
    assert_eq!(Oid::read(&[0x2b, 0x81]), Err(Malformed::Short));
    assert_eq!(Oid::read(&[1; 200]), Err(Malformed::Encoding));
    assert!("1.3.".parse::<Oid>().is_err());
    assert!("1.+3".parse::<Oid>().is_err());
    assert!("1.4294967296".parse::<Oid>().is_err());
    assert_eq!(oid(".1.3.6"), oid("1.3.6"));
    assert!(oid("1.3.6.1").is_under(&oid("1.3.6")) && !oid("1.3.61").is_under(&oid("1.3.6")));
}
