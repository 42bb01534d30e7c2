//! Tests of employee numbers: known ones, each kind of fault, and reading back what is displayed.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{CivilId, CivilStatus, NiPppk, Nip, NipError, NipWarning, Sex};

const TODAY: Date = date(2026, 11, 23);

#[test]
fn the_approver_of_the_first_procedure() {
    for text in [
        "19640218 198703 1 007",
        "196402181987031007",
        " 1964 0218\t198703 1007 ",
    ] {
        let nip = Nip::parse(text, TODAY).unwrap();
        assert_eq!(nip.birth(), date(1964, 2, 18));
        assert_eq!(nip.start(), (1987, 3));
        assert_eq!(nip.sex(), Sex::Male);
        assert_eq!(nip.warning(), None);
        assert_eq!(nip.to_string(), "19640218 198703 1 007");
        assert_eq!(format!("{nip:?}"), "Nip(19640218 ****** * ***)");
    }
}

#[test]
fn a_contract_number() {
    let number = NiPppk::parse("199005142023212003", TODAY).unwrap();
    assert_eq!(number.to_string(), "19900514 202321 2 003");
    assert_eq!(
        (number.start_year(), number.contract_kind(), number.sex()),
        (2023, 21, Sex::Female)
    );
    assert_eq!(
        CivilId::parse("19900514 202321 2 003", TODAY).unwrap().status(),
        CivilStatus::Pppk
    );
    assert_eq!(Nip::parse("199005142023212003", TODAY), Err(NipError::IsPppk));
    assert_eq!(NiPppk::parse("196402181987031007", TODAY), Err(NipError::IsPns));
}

#[test]
fn what_is_wrong_and_where() {
    for (text, error, digits) in [
        ("19640218 198703 1 00", NipError::Length { found: 17 }, 1..=18),
        ("", NipError::Length { found: 0 }, 1..=18),
        ("19640218 198703 1 0077", NipError::Length { found: 19 }, 1..=18),
        (
            "1964O218 198703 1 007",
            NipError::NotADigit {
                position: 5,
                found: 'O',
            },
            5..=5,
        ),
        ("19641318 198703 1 007", NipError::BirthMonth(13), 5..=6),
        ("19640018 198703 1 007", NipError::BirthMonth(0), 5..=6),
        ("19640230 198703 1 007", NipError::BirthDay(30), 7..=8),
        ("19640200 198703 1 007", NipError::BirthDay(0), 7..=8),
        ("19630229 198703 1 007", NipError::BirthDay(29), 7..=8),
        ("19640218 198715 1 007", NipError::StartMonth(15), 13..=14),
        ("19640218 198700 1 007", NipError::StartMonth(0), 13..=14),
        ("19640218 198720 1 007", NipError::StartMonth(20), 13..=14),
        ("19640218 198703 3 007", NipError::Sex(3), 15..=15),
        ("19640218 198703 0 007", NipError::Sex(0), 15..=15),
        ("19640218 198703 1 000", NipError::Serial, 16..=18),
        ("20000218 202612 1 001", NipError::StartInFuture, 9..=14),
        ("20000218 202721 1 001", NipError::StartInFuture, 9..=14),
        ("19640218 197912 1 007", NipError::AgeAtStart { age: 15 }, 1..=14),
        ("19640218 202303 1 007", NipError::AgeAtStart { age: 59 }, 1..=14),
        ("19870218 196403 1 007", NipError::AgeAtStart { age: -23 }, 1..=14),
    ] {
        let found = CivilId::parse(text, TODAY).unwrap_err();
        assert_eq!(found, error, "{text}");
        assert_eq!(found.digits(), digits, "{text}");
    }
}

#[test]
fn the_month_of_appointment_may_have_begun() {
    assert!(Nip::parse("20000218 202611 1 001", TODAY).is_ok());
    assert!(NiPppk::parse("20000218 202621 1 001", TODAY).is_ok());
}

#[test]
fn born_on_a_leap_day() {
    assert!(Nip::parse("19640229 198703 1 007", TODAY).is_ok());
    assert!(Nip::parse("20000229 202201 1 007", TODAY).is_ok());
    assert_eq!(
        Nip::parse("19000229 192203 1 007", TODAY),
        Err(NipError::BirthDay(29))
    );
}

#[test]
fn an_unusual_age_is_only_told() {
    for (text, age) in [
        ("19640218 200403 1 007", None),
        ("19640218 200503 1 007", Some(41)),
        ("19640218 198202 1 007", None),
        ("19640218 198201 1 007", Some(17)),
        // Sixteen by the end of the month of appointment.
        ("19640218 198002 1 007", Some(16)),
    ] {
        let warning = age.map(|age| NipWarning::UnusualAgeAtStart { age });
        assert_eq!(Nip::parse(text, TODAY).unwrap().warning(), warning, "{text}");
    }
}

fn number() -> impl Strategy<Value = String> {
    let birth = (1940..2005_i16, 1..=12_i8, 1..=31_i8)
        .prop_filter_map("a date", |(year, month, day)| Date::new(year, month, day).ok());
    let kind = prop_oneof![1..=12_u8, 21..=99_u8];
    (birth, 17..=57_i16, kind, 1..=2_u8, 1..=999_u16)
        .prop_filter("appointed by now", |(birth, age, ..)| {
            birth.year() + age < TODAY.year()
        })
        .prop_map(|(birth, age, kind, sex, serial)| {
            let day = birth.strftime("%Y%m%d");
            format!("{day} {}{kind:02} {sex} {serial:03}", birth.year() + age)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_displayed_is_read_back(text in number()) {
        let id = CivilId::parse(&text, TODAY).unwrap();
        let (shown, masked) = match &id {
            CivilId::Pns(nip) => (nip.to_string(), nip.masked()),
            CivilId::Pppk(number) => (number.to_string(), number.masked()),
            CivilId::NonAsn => unreachable!("a number was read"),
        };
        prop_assert_eq!(&shown, &text);
        prop_assert_eq!(CivilId::parse(&shown, TODAY), Ok(id));
        prop_assert_eq!(CivilId::parse(&shown.replace(' ', ""), TODAY), Ok(id));
        prop_assert!(!masked.contains(&shown[9..]));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[0-9 ]{16,20}|.{0,30}") {
        if let Ok(id) = CivilId::parse(&text, TODAY) {
            prop_assert_ne!(id, CivilId::NonAsn);
        }
    }
}
