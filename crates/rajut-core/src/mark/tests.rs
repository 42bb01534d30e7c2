use jiff::civil::date;

use super::{AgencySecret, FileSignature, Finding, Mark, MarkFault, MarkTold, PREFIX, base32, short_code};
use crate::journal::Hash;

fn secret(n: u8) -> AgencySecret {
    AgencySecret::from_random([n; 32])
}

fn told() -> MarkTold {
    MarkTold {
        number: "100.3.5/012/DISKOMINFO/X/2026".to_owned(),
        date: date(2026, 10, 1),
        post: "Plt. Kepala Dinas Komunikasi dan Informatika".to_owned(),
        subject: "Pemeliharaan Jaringan Intra Pemerintah".to_owned(),
        data_hash: Hash::of(b"data"),
    }
}

#[test]
fn base32_is_that_of_rfc_4648_without_padding() {
    for (bytes, text) in [
        ("", ""),
        ("f", "MY"),
        ("fo", "MZXQ"),
        ("foo", "MZXW6"),
        ("foob", "MZXW6YQ"),
        ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ] {
        assert_eq!(base32::encode(bytes.as_bytes()), text);
        assert_eq!(base32::decode(&text.to_lowercase()).unwrap(), bytes.as_bytes());
    }
    for wrong in ["M", "MZ1", "MZ=", "MZ", "AAA"] {
        assert_eq!(base32::decode(wrong), None, "{wrong}");
    }
}

#[test]
fn a_mark_tells_what_was_signed_to_whoever_has_the_key() {
    let text = told().sign(&secret(1));
    assert_eq!(text, told().sign(&secret(1)), "the same data, the same mark");
    // What a QR code packs tightest.
    assert!(
        text.chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ':')
    );
    assert!(text.len() < 420, "{}", text.len());
    for written in [
        text.clone(),
        text.to_lowercase(),
        format!("  https://contoh.example/periksa?kode={text}\n"),
        format!("{}\n {}", &text[..50], &text[50..]),
    ] {
        let mark = Mark::read(&written).unwrap();
        assert_eq!(mark.verify(&secret(1).public()), Ok(&told()));
        assert_eq!(mark.verify(&secret(2).public()), Err(MarkFault::OtherKey));
    }
}

#[test]
fn a_mark_that_was_changed_anywhere_is_not_genuine() {
    let text = told().sign(&secret(1));
    let key = secret(1).public();
    for at in PREFIX.len()..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let found = Mark::read(&changed).and_then(|mark| mark.verify(&key).cloned());
        assert!(found.is_err(), "{at}: {found:?}");
    }
    for end in [
        0,
        1,
        PREFIX.len(),
        PREFIX.len() + 9,
        text.len() - 8,
        text.len() - 1,
    ] {
        assert!(Mark::read(&text[..end]).is_err(), "{end}");
    }
    // Somebody else's key under the name of ours.
    let mut other = told();
    "Perintah lain".clone_into(&mut other.subject);
    let forged = {
        let mut bytes = base32::decode(&other.sign(&secret(2))[PREFIX.len()..]).unwrap();
        bytes[1..9].copy_from_slice(&super::KeyId::of(&key).0);
        format!("{PREFIX}{}", base32::encode(&bytes))
    };
    let found = Mark::read(&forged).unwrap().verify(&key).cloned();
    assert_eq!(found, Err(MarkFault::Forged));
    assert_eq!(MarkFault::Forged.finding(), Finding::Altered);
}

#[test]
fn what_is_no_mark_is_told_apart_from_a_damaged_one() {
    for (text, fault) in [
        ("", MarkFault::NoMark),
        ("https://contoh.example/", MarkFault::NoMark),
        ("RAJUT1:", MarkFault::Damaged),
        ("RAJUT1:ABC", MarkFault::Damaged),
        ("RAJUT1:!!!", MarkFault::Damaged),
    ] {
        assert_eq!(Mark::read(text), Err(fault), "{text}");
    }
    assert_eq!(Mark::read(&"A".repeat(100_000)), Err(MarkFault::NoMark));
}

#[test]
fn long_texts_are_cut_in_the_mark_and_say_so() {
    let mut long = told();
    long.subject = "é".repeat(500);
    let text = long.sign(&secret(1));
    let mark = Mark::read(&text).unwrap();
    let told = mark.verify(&secret(1).public()).unwrap();
    assert!(
        told.subject.ends_with('\u{2026}') && told.subject.len() <= 240,
        "{told:?}"
    );
    assert_eq!(told.data_hash, long.data_hash);
}

#[test]
fn a_file_is_signed_by_its_hash() {
    let (bytes, key) = (Hash::of(b"%PDF"), secret(1).public());
    let signature = FileSignature::sign(bytes, &secret(1));
    let read: FileSignature = signature.to_string().parse().unwrap();
    assert_eq!(read, signature);
    assert_eq!(read.verify(bytes, &key), Ok(()));
    assert_eq!(read.verify(Hash::of(b"%PDF "), &key), Err(MarkFault::OtherFile));
    assert_eq!(read.verify(bytes, &secret(2).public()), Err(MarkFault::OtherKey));
    let text = signature
        .to_string()
        .replace(&bytes.to_string(), &Hash::of(b"other").to_string());
    let moved: FileSignature = text.parse().unwrap();
    assert_eq!(moved.verify(Hash::of(b"other"), &key), Err(MarkFault::Forged));
    for (text, fault) in [
        ("", MarkFault::NoMark),
        ("rajut-signature/1", MarkFault::Damaged),
        ("rajut-signature/1 aa bb cc", MarkFault::Damaged),
    ] {
        assert_eq!(text.parse::<FileSignature>(), Err(fault), "{text}");
    }
}

#[test]
fn the_secret_shows_in_no_debug_output() {
    let secret = secret(7);
    assert!(!format!("{secret:?}").contains(&secret.reveal()));
    assert_eq!(AgencySecret::read(&secret.reveal()), Some(secret));
    assert_eq!(AgencySecret::read("kurang"), None);
}

#[test]
fn the_short_code_is_twelve_characters_of_the_hash() {
    let code = short_code(&Hash::of(b"data"));
    assert_eq!(code.len(), 14);
    assert_ne!(code, short_code(&Hash::of(b"other")));
}
