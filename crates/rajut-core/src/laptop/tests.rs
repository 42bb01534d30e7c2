use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::FileFaultCode as Code;
use super::*;
use crate::check::{Measured, Method, Observation, Outcome, Sample, Vantage};
use crate::id::{FreshIds, LaptopKeyId, PersonId, VisitId};

const SKEW_MS: i64 = 300_000;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn secret(byte: u8) -> LaptopSecret {
    LaptopSecret::from_random([byte; 32])
}

fn key() -> LaptopKey {
    LaptopKey {
        id: LaptopKeyId(Uuid::from_u128(1)),
        person: PersonId(Uuid::from_u128(2)),
        visit: VisitId(Uuid::from_u128(3)),
        public: secret(7).public(),
        from: at("2026-02-02T01:00:00Z"),
        until: at("2026-02-09T01:00:00Z"),
        revoked: None,
        files: Vec::new(),
    }
}

fn header() -> Header {
    Header {
        format: FORMAT.to_owned(),
        visit: key().visit,
        person: key().person,
        made_at: at("2026-02-02T04:00:00Z"),
        nonce: Nonce::from_random([5; 16]),
    }
}

fn observation(number: u8) -> Observation {
    let started_at = at("2026-02-02T03:58:00Z");
    Observation {
        id: FreshIds::new(started_at, [number; 32]).fresh(),
        target: format!("rt-{number}"),
        method: Method::IcmpEcho,
        vantage: Vantage::Laptop,
        started_at,
        duration_us: 4_000_000,
        samples: vec![Sample {
            offset_us: 0,
            rtt_us: Some(812),
        }],
        measures: vec![Measured::new("delay", "ms", 0.812)],
        outcome: Outcome::Seen,
        raw: None,
    }
}

fn file() -> String {
    let seen = [observation(1), observation(2)];
    write(&header(), &seen, key().id, &secret(7)).unwrap()
}

/// Signs lines as they are, whatever they say.
fn signed(lines: &[String]) -> String {
    let text = lines.join("\n") + "\n";
    let signature = hex::encode(secret(7).sign(text.as_bytes()));
    format!(
        "{text}{{\"key\":\"{}\",\"signature\":\"{signature}\"}}\n",
        key().id
    )
}

fn read(text: &str) -> Result<Verified, FileFault> {
    open(text.as_bytes())?.verify(&key(), SKEW_MS)
}

fn fault(text: &str) -> (usize, FileFaultCode) {
    let fault = read(text).unwrap_err();
    (fault.line, fault.code)
}

#[test]
fn what_was_written_is_read() {
    let verified = read(&file()).unwrap();
    assert_eq!(verified.header(), &header());
    assert_eq!(verified.observations(), [observation(1), observation(2)]);
    assert_eq!((verified.key(), file().lines().count()), (key().id, 4));
    // A file without any observation says that nothing was seen, and a lost last line break changes nothing.
    assert!(read(&write(&header(), &[], key().id, &secret(7)).unwrap()).is_ok());
    assert_eq!(read(file().trim_end()).unwrap(), verified);
    let json: serde_json::Value = serde_json::from_str(file().lines().next().unwrap()).unwrap();
    assert_eq!(json["format"], "rajut-observations/1");
    assert_eq!(json["nonce"], "05".repeat(16));
}

#[test]
fn a_file_that_was_changed_names_its_line() {
    let text = file();
    let cut_in_line: String = text.chars().take(text.len() - 40).collect();
    let without_signature = text.lines().take(3).collect::<Vec<_>>().join(
        "
",
    ) + "
";
    let without_line: Vec<&str> = text
        .lines()
        .enumerate()
        .filter(|(n, _)| *n != 1)
        .map(|it| it.1)
        .collect();
    let swapped: Vec<&str> = [0, 2, 1, 3].map(|n| text.lines().nth(n).unwrap()).to_vec();
    for (changed, line, code) in [
        (text.replace("0.812", "0.912"), 4, FileFaultCode::BadSignature),
        (
            text.replace("2026-02-02T04", "2026-02-02T05"),
            4,
            FileFaultCode::BadSignature,
        ),
        (text.replace("\n{", "\r\n{"), 4, FileFaultCode::BadSignature),
        (without_line.join("\n"), 3, FileFaultCode::BadSignature),
        (swapped.join("\n"), 4, FileFaultCode::BadSignature),
        (cut_in_line, 4, FileFaultCode::NoSignature),
        (without_signature, 3, FileFaultCode::NoSignature),
        (
            text.replace("observations/1", "observations/9"),
            1,
            FileFaultCode::OtherFormat,
        ),
        (String::new(), 1, FileFaultCode::NoHeader),
        ("[]\n".to_owned(), 1, FileFaultCode::NoHeader),
        (
            serde_json::to_string(&header()).unwrap(),
            1,
            FileFaultCode::NoSignature,
        ),
    ] {
        assert_eq!(fault(&changed), (line, code), "{changed}");
    }
    let by_another = write(&header(), &[observation(1)], key().id, &secret(8)).unwrap();
    assert_eq!(fault(&by_another), (3, FileFaultCode::BadSignature));
    let not_text = open(b"{}\n\xff").unwrap_err();
    assert_eq!((not_text.line, not_text.code), (2, FileFaultCode::NotText));
}

#[test]
fn a_key_vouches_for_its_person_its_visit_and_its_time() {
    let with = |change: fn(&mut Header)| {
        let mut header = header();
        change(&mut header);
        fault(&write(&header, &[], key().id, &secret(7)).unwrap())
    };
    let person = with(|header| header.person = PersonId(Uuid::from_u128(9)));
    assert_eq!(person, (1, FileFaultCode::OtherPerson));
    let visit = with(|header| header.visit = VisitId(Uuid::from_u128(9)));
    assert_eq!(visit, (1, FileFaultCode::OtherVisit));
    let early = with(|header| header.made_at = at("2026-02-02T00:54:59Z"));
    assert_eq!(early, (1, FileFaultCode::BeforeKey));
    let late = with(|header| header.made_at = at("2026-02-09T01:05:01Z"));
    assert_eq!(late, (1, FileFaultCode::AfterKey));
    // A clock may be off by a little.
    let mut off = header();
    off.made_at = at("2026-02-02T00:55:00Z");
    assert!(read(&write(&off, &[], key().id, &secret(7)).unwrap()).is_ok());

    let mut revoked = key();
    let text = file();
    let opened = open(text.as_bytes()).unwrap();
    for (when, accepted) in [("2026-02-02T04:00:00Z", false), ("2026-02-02T04:00:01Z", true)] {
        revoked.revoked = Some(Revocation {
            at: at(when),
            by: crate::act::Actor::System,
            reason: "hilang".to_owned(),
        });
        let got = opened.verify(&revoked, SKEW_MS).map(drop).map_err(|it| it.code);
        assert_eq!(
            got,
            if accepted {
                Ok(())
            } else {
                Err(FileFaultCode::KeyRevoked)
            }
        );
    }
    let mut other = key();
    other.id = LaptopKeyId(Uuid::from_u128(8));
    assert_eq!(
        opened.verify(&other, SKEW_MS).unwrap_err().code,
        FileFaultCode::UnknownKey
    );
}

#[test]
fn one_nonce_is_one_file() {
    let verified = read(&file()).unwrap();
    let mut used = key();
    used.files.push(ImportedFile {
        nonce: header().nonce,
        hash: verified.hash(),
        observations: 2,
        made_at: header().made_at,
    });
    let text = file();
    assert!(
        open(text.as_bytes()).unwrap().verify(&used, SKEW_MS).is_ok(),
        "the same file again"
    );
    let other = write(&header(), &[observation(3)], key().id, &secret(7)).unwrap();
    let fault = open(other.as_bytes())
        .unwrap()
        .verify(&used, SKEW_MS)
        .unwrap_err();
    assert_eq!(fault.code, FileFaultCode::NonceReused);
}

#[test]
fn even_what_is_signed_must_make_sense() {
    let first = serde_json::to_string(&header()).unwrap();
    let with = |change: &dyn Fn(&mut Observation)| {
        let mut changed = observation(2);
        change(&mut changed);
        let lines = [observation(1), changed].map(|it| serde_json::to_string(&it).unwrap());
        fault(&signed(&[std::slice::from_ref(&first), &lines[..]].concat()))
    };
    assert_eq!(with(&|it| it.vantage = Vantage::Server), (3, Code::OtherVantage));
    assert_eq!(
        with(&|it| it.target = "a\u{1b}[2J".to_owned()),
        (3, Code::ControlCharacter)
    );
    assert_eq!(
        with(&|it| it.raw = Some("a\u{0}".to_owned())),
        (3, Code::ControlCharacter)
    );
    assert_eq!(with(&|it| it.raw = Some("x".repeat(10_001))), (3, Code::TooLong));
    assert_eq!(with(&|it| it.target = "x".repeat(201)), (3, Code::TooLong));
    assert_eq!(with(&|it| it.measures[0].value = 1e16), (3, Code::OutOfRange));
    assert_eq!(
        with(&|it| it.samples = vec![it.samples[0]; 10_001]),
        (3, Code::TooLong)
    );
    assert_eq!(with(&|it| it.id = observation(1).id), (3, Code::Repeated));
    // JSON has no NaN and no infinity; what is written instead is no observation.
    let line = serde_json::to_string(&observation(1)).unwrap();
    for wild in ["1e999", "NaN", "Infinity", "null", "\"0.8\""] {
        let line = line.replace("0.812", wild);
        assert_eq!(
            fault(&signed(&[first.clone(), line])),
            (2, Code::NoObservation),
            "{wild}"
        );
    }
    assert_eq!(
        fault(&signed(&[first.clone(), String::new()])),
        (2, Code::NoObservation)
    );
}

#[test]
fn a_million_lines_are_not_read() {
    let first = serde_json::to_string(&header()).unwrap();
    let short = format!("{first}\n{}", "{}\n".repeat(1_000_000));
    assert_eq!(fault(&short), (MOST_OBSERVATIONS + 2, FileFaultCode::TooMany));
    let line = serde_json::to_string(&observation(1)).unwrap();
    let long = format!("{first}\n{}", format!("{line}\n").repeat(50_000));
    let told = fault(&long);
    assert_eq!(told.1, FileFaultCode::TooLarge);
    assert!(told.0 > MOST_OBSERVATIONS);
    // As many as are allowed pass.
    let mut ids = FreshIds::new(header().made_at, [1; 32]);
    let most: Vec<Observation> = (0..MOST_OBSERVATIONS)
        .map(|_| Observation {
            id: ids.fresh(),
            ..observation(1)
        })
        .collect();
    assert!(read(&write(&header(), &most, key().id, &secret(7)).unwrap()).is_ok());
}

#[test]
fn a_secret_is_not_shown_and_reads_back() {
    let secret = secret(7);
    assert_eq!(format!("{secret:?}"), "SecretKey(..)");
    assert_eq!(LaptopSecret::read(&secret.reveal()), Some(secret.clone()));
    assert_eq!(LaptopSecret::read("07"), None);
    let public = serde_json::to_string(&secret.public()).unwrap();
    assert_eq!(public, format!("\"{}\"", secret.public()));
    // Test vector 1 of RFC 8032, section 7.1.
    let vector =
        LaptopSecret::read("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    assert_eq!(
        vector.public().to_string(),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
    assert!(hex::encode(vector.sign(b"")).starts_with("e5564300c360ac729086e2cc806e828a"));
}

proptest! {
    /// Whatever single byte is changed, the file is refused.
    #[test]
    fn no_byte_can_be_changed(place in 0..1_000_usize, by in 1..255_u8) {
        let mut bytes = file().into_bytes();
        // The line break after the signature is the one byte that says nothing.
        let place = place % (bytes.len() - 1);
        bytes[place] = bytes[place].wrapping_add(by);
        let outcome = open(&bytes).and_then(|opened| opened.verify(&key(), SKEW_MS));
        // Hexadecimal digits may be written large: the same signature by other letters.
        let same = String::from_utf8(bytes).is_ok_and(|text| text.to_lowercase() == file().to_lowercase());
        prop_assert!(outcome.is_err() || same, "{place}");
    }

    /// Whatever comes, nothing panics.
    #[test]
    fn any_bytes_are_refused_calmly(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(open(&bytes).is_err());
    }
}
