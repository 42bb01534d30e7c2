//! Days, dates and times as official papers write them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::numbers::number_in_words;
use crate::calendar::Zone;

/// The months, January first.
pub const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// The days of the week, Monday first.
pub const WEEKDAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];

const ROMAN: [&str; 12] = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
];

fn month_index(date: Date) -> usize {
    usize::from(date.month().unsigned_abs()) - 1
}

/// The name of the date's month: "November".
pub fn month_name(date: Date) -> &'static str {
    MONTHS[month_index(date)]
}

/// The name of the date's day of the week: "Senin".
pub fn weekday_name(date: Date) -> &'static str {
    WEEKDAYS[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
}

/// The date's month as it stands in the numbers of papers: "XI".
pub fn roman_month(date: Date) -> &'static str {
    ROMAN[month_index(date)]
}

/// "23 November 2026".
pub fn long_date(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date), date.year())
}

/// "23-11-2026".
pub fn short_date(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

/// The date as a record of proceedings (berita acara) writes it out, to follow "Pada hari ini".
///
/// ```
/// use rajut_core::words::date_in_words;
/// assert_eq!(
///     date_in_words(jiff::civil::date(2026, 11, 23)),
///     "Senin tanggal dua puluh tiga bulan November tahun dua ribu dua puluh enam",
/// );
/// ```
pub fn date_in_words(date: Date) -> String {
    format!(
        "{} tanggal {} bulan {} tahun {}",
        weekday_name(date),
        number_in_words(date.day().into()),
        month_name(date),
        number_in_words(date.year().into()),
    )
}

/// A time on the wall with its zone: "09.30 WIB".
pub fn time_with_zone(time: Time, zone: Zone) -> String {
    format!("{:02}.{:02} {zone}", time.hour(), time.minute())
}

/// The time on the wall of a zone at an instant, cut to the minute: "09.30 WIB".
pub fn time_of_day(at: Timestamp, zone: Zone) -> String {
    time_with_zone(zone.civil(at).time(), zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn dates() {
        for (date, words, long, short, roman) in [
            (
                date(2026, 11, 23),
                "Senin tanggal dua puluh tiga bulan November tahun dua ribu dua puluh enam",
                "23 November 2026",
                "23-11-2026",
                "XI",
            ),
            (
                date(2021, 1, 4),
                "Senin tanggal empat bulan Januari tahun dua ribu dua puluh satu",
                "4 Januari 2021",
                "04-01-2021",
                "I",
            ),
            (
                date(2000, 2, 29),
                "Selasa tanggal dua puluh sembilan bulan Februari tahun dua ribu",
                "29 Februari 2000",
                "29-02-2000",
                "II",
            ),
            (
                date(1999, 8, 11),
                "Rabu tanggal sebelas bulan Agustus tahun seribu sembilan ratus sembilan puluh sembilan",
                "11 Agustus 1999",
                "11-08-1999",
                "VIII",
            ),
        ] {
            assert_eq!(date_in_words(date), words);
            assert_eq!(long_date(date), long);
            assert_eq!(short_date(date), short);
            assert_eq!(roman_month(date), roman);
        }
    }

    #[test]
    fn the_week_and_the_year_in_order() {
        let monday = date(2026, 11, 23);
        for (name, day) in WEEKDAYS.iter().zip(0..) {
            assert_eq!(weekday_name(monday + jiff::Span::new().days(day)), *name);
        }
        let names: Vec<_> = (1..=12).map(|month| month_name(date(2026, month, 1))).collect();
        assert_eq!(names, MONTHS);
        let romans: Vec<_> = (1..=12).map(|month| roman_month(date(2026, month, 1))).collect();
        assert_eq!(romans.join(" "), "I II III IV V VI VII VIII IX X XI XII");
    }

    #[test]
    fn times() {
        let at: Timestamp = "2026-11-23T02:30:59.999Z".parse().unwrap();
        assert_eq!(time_of_day(at, Zone::Wib), "09.30 WIB");
        assert_eq!(time_of_day(at, Zone::Wita), "10.30 WITA");
        assert_eq!(time_of_day(at, Zone::Wit), "11.30 WIT");
        assert_eq!(time_with_zone(time(0, 5, 0, 0), Zone::Wib), "00.05 WIB");
    }
}
