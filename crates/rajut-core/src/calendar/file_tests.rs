//! Tests of reading a calendar: the shipped one, and ones broken at a known place.

use super::{Calendar, CalendarFault, default_calendar};

#[test]
fn the_shipped_calendar_holds_two_years() {
    let calendar = Calendar::parse(default_calendar()).unwrap();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2026, 2027]);
    assert_eq!(calendar.days_off(2026).unwrap().count(), 25);
    assert_eq!(calendar.days_off(2027).unwrap().count(), 26);
    for number in ["1497", "2 Tahun 2025", "5 Tahun 2025"] {
        assert!(calendar.decree(2026).unwrap().contains(number));
    }
    for number in ["1205", "3 Tahun 2026", "2 Tahun 2026"] {
        assert!(calendar.decree(2027).unwrap().contains(number));
    }
}

/// Puts `new` for the first `old` in the shipped file; gives the error's line, that line, and the fault.
fn broken(old: &str, new: &str) -> (String, CalendarFault) {
    let text = default_calendar();
    assert!(text.contains(old), "{old}");
    let text = text.replacen(old, new, 1);
    let error = Calendar::parse(&text).unwrap_err();
    let line = text.lines().nth(error.line - 1).unwrap();
    let from_column: String = line.chars().skip(error.column - 1).collect();
    (from_column, error.fault)
}

#[test]
fn a_fault_is_found_where_it_stands() {
    use jiff::civil::{date, time};
    let day = date(2026, 1, 16);
    for (old, new, starts, fault) in [
        (
            "\"2026-01-16\"",
            "\"2025-01-16\"",
            "\"2025-01-16\"",
            CalendarFault::OtherYear {
                date: date(2025, 1, 16),
                year: 2026,
            },
        ),
        (
            "\"2026-02-17\"",
            "\"2026-01-16\"",
            "\"2026-01-16\", name = \"Tahun Baru Imlek",
            CalendarFault::DayTwice {
                date: day,
                name: "Isra Mikraj Nabi Muhammad SAW".to_owned(),
            },
        ),
        (
            "year = 2027",
            "year = 2026",
            "2026",
            CalendarFault::YearTwice(2026),
        ),
        ("\"Hari Suci Nyepi\"", "\" \"", "\" \"", CalendarFault::Empty),
        (
            "weekly_minutes = 2250",
            "weekly_minutes = 2400",
            "2400",
            CalendarFault::WeekSum {
                sum: 2250,
                said: 2400,
            },
        ),
        (
            "until = \"16:30\"",
            "until = \"07:30\"",
            "{ from",
            CalendarFault::Reversed {
                from: time(7, 30, 0, 0),
                until: time(7, 30, 0, 0),
            },
        ),
        (
            "until = \"13:00\" }] }",
            "until = \"16:00\" }] }",
            "{ from = \"12:00\"",
            CalendarFault::BreakOutside {
                from: time(12, 0, 0, 0),
                until: time(16, 0, 0, 0),
            },
        ),
        (
            "until = \"2026-03-20\"",
            "until = \"2026-03-21\"",
            "[[ramadan]]",
            CalendarFault::RamadanLength(31),
        ),
        (
            "# [[local]]",
            "[[local]]\ndate = \"2028-01-03\"\nname = \"a\"\ndecree = \"b\"\n#",
            "\"2028-01-03\"",
            CalendarFault::UnknownYear(date(2028, 1, 3)),
        ),
    ] {
        let (found, what) = broken(old, new);
        assert_eq!(what, fault);
        assert!(found.starts_with(starts), "{what}: points at {found}");
    }
}

#[test]
fn what_is_no_calendar_at_all_is_told_by_line() {
    for (old, new, starts, word) in [
        ("\"2026-05-31\"", "\"2026-02-31\"", "\"2026-02-31\"", "day"),
        (
            "estimate = true",
            "estimated = true",
            "estimated",
            "unknown field",
        ),
        ("weekly_minutes = 2250", "weekly_minutes =", "", "expected"),
    ] {
        let (found, what) = broken(old, new);
        assert!(found.starts_with(starts), "points at {found}");
        assert!(
            matches!(&what, CalendarFault::Syntax(message) if message.contains(word)),
            "{what}"
        );
    }
}

#[test]
fn every_year_has_a_ramadan() {
    let text = default_calendar();
    let from = text.find("[[ramadan]]\nhijri = 1448").unwrap();
    let until = text.find("[[year]]").unwrap();
    let text = format!("{}{}", &text[..from], &text[until..]);
    let error = Calendar::parse(&text).unwrap_err();
    assert_eq!(error.fault, CalendarFault::RamadanMissing(2027));
}
