//! How instants, days, durations and numbers are written for people.

use jiff::Timestamp;
use jiff::civil::Date;
use rajut_core::calendar::Zone;

use super::say;
use crate::words::{Language, Words};

/// "23 November 2026".
pub fn date(words: &Words, date: Date) -> String {
    words.date(date)
}

/// "23 Nov".
pub fn day_and_month(words: &Words, date: Date) -> String {
    let written = words.date(date);
    let month = written.split(' ').nth(1).unwrap_or_default();
    format!("{} {}", date.day(), month.chars().take(3).collect::<String>())
}

/// "23 November 2026, 09.30 WIB".
pub fn moment(words: &Words, zone: Zone, at: Timestamp) -> String {
    words.moment(zone, at)
}

/// A duration in the two largest units that it has: minutes, hours, days of 24 hours.
pub fn minutes(words: &Words, minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    let part = |key: &str, n: i64| (n > 0).then(|| say(words, key, &[("n", n.into())]));
    let parts: Vec<String> = if days > 0 {
        [part("web-days", days), part("web-hours", hours)]
            .into_iter()
            .flatten()
            .collect()
    } else {
        [part("web-hours", hours), part("web-minutes", rest)]
            .into_iter()
            .flatten()
            .collect()
    };
    if parts.is_empty() {
        say(words, "web-minutes", &[("n", 0.into())])
    } else {
        parts.join(" ")
    }
}

/// A duration of working time: hours and minutes, never days, since a working day is no 24 hours.
pub fn hours(words: &Words, minutes: i64) -> String {
    let part = |key: &str, n: i64| (n > 0).then(|| say(words, key, &[("n", n.into())]));
    let parts: Vec<String> = [part("web-hours", minutes / 60), part("web-minutes", minutes % 60)]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        say(words, "web-minutes", &[("n", 0.into())])
    } else {
        parts.join(" ")
    }
}

/// The word for a code of a kind, such as `verdict` and `not_found`; the code itself where there is none.
pub fn coded(words: &Words, of: &str, code: &str) -> String {
    let key = format!("web-{of}-{}", code.replace(['_', '.'], "-"));
    let said = words.say(&key);
    if said == key { code.to_owned() } else { said }
}

/// A text as one part of an address, or as a value of its query.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Key of the word and colour of how a site is connected.
pub fn connection(code: &str) -> (&'static str, &'static str) {
    match code {
        "connected" => ("web-connected", "green"),
        "without" => ("web-without", "red"),
        _ => ("web-unknown", "secondary"),
    }
}

/// A number with one decimal.
pub fn decimal(words: &Words, number: f64) -> String {
    let text = format!("{number:.1}");
    match words.language() {
        Language::Indonesian => text.replace('.', ","),
        Language::English => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_days_and_durations_in_their_language() {
        let (id, en) = (
            Words::shared(Language::Indonesian),
            Words::shared(Language::English),
        );
        let day = jiff::civil::date(2026, 5, 3);
        assert_eq!(
            (date(id, day), date(en, day)),
            ("3 Mei 2026".into(), "3 May 2026".into())
        );
        let at: Timestamp = "2026-05-03T02:30:00Z".parse().unwrap();
        assert_eq!(moment(id, Zone::Wib, at), "3 Mei 2026, 09.30 WIB");
        for (n, indonesian, english) in [
            (0, "0 menit", "0 minutes"),
            (1, "1 menit", "1 minute"),
            (60, "1 jam", "1 hour"),
            (125, "2 jam 5 menit", "2 hours 5 minutes"),
            (1441, "1 hari", "1 day"),
            (3000, "2 hari 2 jam", "2 days 2 hours"),
        ] {
            assert_eq!(
                (minutes(id, n), minutes(en, n)),
                (indonesian.into(), english.into()),
                "{n}"
            );
        }
        assert_eq!(
            (decimal(id, 2.25), decimal(en, 12.0)),
            ("2,2".into(), "12.0".into())
        );
    }
}
