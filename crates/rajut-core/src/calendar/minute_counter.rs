//! Tests of the clockwork: known answers, and properties against a counter that walks every minute.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, date, datetime};
use proptest::prelude::*;

use super::{Calendar, CalendarError, CivilInterval, ServiceWeek, Zone, default_calendar};

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse(default_calendar()).unwrap());

const MINUTE: i64 = 60_000;
const MINUTES_IN_TWO_YEARS: usize = 730 * 1440;

/// Days off as (month, day), written down a second time from the decrees of 2026 and 2027.
#[rustfmt::skip]
const DAYS_OFF: [&[(i8, i8)]; 2] = [
    &[
        (1, 1), (1, 16), (2, 16), (2, 17), (3, 18), (3, 19), (3, 20), (3, 21), (3, 22), (3, 23), (3, 24), (4, 3),
        (4, 5), (5, 1), (5, 14), (5, 15), (5, 27), (5, 28), (5, 31), (6, 1), (6, 16), (8, 17), (8, 25), (12, 24),
        (12, 25),
    ],
    &[
        (1, 1), (1, 5), (2, 5), (2, 6), (3, 8), (3, 9), (3, 10), (3, 11), (3, 12), (3, 15), (3, 25), (3, 26),
        (3, 28), (5, 1), (5, 6), (5, 17), (5, 18), (5, 19), (5, 20), (6, 1), (6, 6), (8, 15), (8, 17), (12, 24),
        (12, 25), (12, 26),
    ],
];

/// Whether a minute of the wall clock is office time, asked the slow way.
fn works(week: ServiceWeek, on: Date, minute: u32) -> bool {
    if week == ServiceWeek::AllHours {
        return true;
    }
    let off = DAYS_OFF[usize::from(on.year() == 2027)];
    if off.contains(&(on.month(), on.day())) {
        return false;
    }
    let fasting = (date(2026, 2, 19)..=date(2026, 3, 20)).contains(&on)
        || (date(2027, 2, 8)..=date(2027, 3, 9)).contains(&on);
    let day = on.weekday().to_monday_one_offset();
    let hm = |h: u32, m: u32| h * 60 + m;
    let within = |from: u32, until: u32| from <= minute && minute < until;
    match (week, fasting, day) {
        (ServiceWeek::Office, false, 1..=4) => within(hm(7, 30), hm(16, 0)) && !within(hm(12, 0), hm(13, 0)),
        (ServiceWeek::Office, false, 5) => within(hm(7, 30), hm(16, 30)) && !within(hm(11, 30), hm(13, 0)),
        (ServiceWeek::Office, true, 1..=4) => within(hm(8, 0), hm(15, 0)) && !within(hm(12, 0), hm(12, 30)),
        (ServiceWeek::Office, true, 5) => within(hm(8, 0), hm(15, 30)) && !within(hm(11, 30), hm(12, 30)),
        (ServiceWeek::SixDay, false, 1..=4) => within(hm(7, 30), hm(14, 30)),
        (ServiceWeek::SixDay, false, 5) => within(hm(7, 30), hm(11, 30)),
        (ServiceWeek::SixDay, false, 6) => within(hm(7, 30), hm(13, 0)),
        (ServiceWeek::SixDay, true, 1..=4) => within(hm(8, 0), hm(14, 0)),
        (ServiceWeek::SixDay, true, 5) => within(hm(8, 0), hm(11, 30)),
        (ServiceWeek::SixDay, true, 6) => within(hm(8, 0), hm(13, 0)),
        _ => false,
    }
}

/// For every minute of 2026 and 2027 on the wall clock: working minutes before it. One more at the end.
struct MinuteCounter(Vec<u32>);

impl MinuteCounter {
    fn walk(week: ServiceWeek) -> Self {
        let mut before = Vec::with_capacity(MINUTES_IN_TWO_YEARS + 1);
        let mut sum = 0;
        let mut day = date(2026, 1, 1);
        while day.year() < 2028 {
            for minute in 0..1440 {
                before.push(sum);
                sum += u32::from(works(week, day, minute));
            }
            day = day.tomorrow().unwrap();
        }
        before.push(sum);
        assert_eq!(before.len(), MINUTES_IN_TWO_YEARS + 1);
        Self(before)
    }

    /// Working milliseconds before a millisecond of the two years.
    fn before(&self, millis: i64) -> i64 {
        let minute = usize::try_from(millis / MINUTE).unwrap();
        let whole = i64::from(self.0[minute]) * MINUTE;
        let working = minute < MINUTES_IN_TWO_YEARS && self.0[minute + 1] > self.0[minute];
        whole + if working { millis % MINUTE } else { 0 }
    }
}

static COUNTERS: LazyLock<[(ServiceWeek, MinuteCounter); 3]> = LazyLock::new(|| {
    [ServiceWeek::Office, ServiceWeek::SixDay, ServiceWeek::AllHours]
        .map(|week| (week, MinuteCounter::walk(week)))
});

fn new_year(zone: Zone) -> i64 {
    zone.instant(datetime(2026, 1, 1, 0, 0, 0, 0)).as_millisecond()
}

fn millis(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap()
}

/// A millisecond of the two years: anywhere, near the edges of minutes, or in one of the two Ramadans.
fn moment() -> impl Strategy<Value = i64> {
    let minutes = i64::try_from(MINUTES_IN_TWO_YEARS).unwrap();
    let fasting = prop_oneof![Just(date(2026, 2, 19)), Just(date(2027, 2, 8))].prop_flat_map(move |first| {
        let start = i64::from((first - date(2026, 1, 1)).get_days()) * 1440;
        start..start + 30 * 1440
    });
    prop_oneof![
        0..=minutes * MINUTE,
        (1..minutes, -1..=1_i64).prop_map(|(minute, edge)| minute * MINUTE + edge),
        (1..minutes / 30).prop_map(|half_hour| half_hour * 30 * MINUTE),
        (fasting, 0..MINUTE).prop_map(|(minute, rest)| minute * MINUTE + rest),
    ]
}

/// Milliseconds of work: any, or whole half hours, which often end exactly when the office closes.
fn work() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..400_000_000_u64,
        (0..220_u64).prop_map(|half_hours| half_hours * 30 * 60_000)
    ]
}

fn zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(Zone::ALL.to_vec())
}

fn nth() -> impl Strategy<Value = usize> {
    0..3_usize
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn between_is_what_the_counter_counts(a in moment(), b in moment(), zone in zone(), nth in nth()) {
        let (week, counter) = &COUNTERS[nth];
        let start = new_year(zone);
        let counted = counter.before(b) - counter.before(a);
        let calendar = CALENDAR.service(*week);
        prop_assert_eq!(calendar.working_millis_between(zone, millis(start + a), millis(start + b)), Ok(counted));
    }

    #[test]
    fn add_ends_when_the_counter_has_counted_it(
        from in moment(), add in work(), zone in zone(), nth in nth(),
    ) {
        let (week, counter) = &COUNTERS[nth];
        let start = new_year(zone);
        let calendar = CALENDAR.service(*week);
        let signed = i64::try_from(add).unwrap();
        let room = counter.before(i64::try_from(MINUTES_IN_TWO_YEARS).unwrap() * MINUTE) - counter.before(from);
        let end = calendar.add_working_millis(zone, millis(start + from), add);
        if signed > room && *week != ServiceWeek::AllHours {
            prop_assert_eq!(end, Err(CalendarError::MissingYear { year: 2028 }));
        } else if signed <= room {
            let end = end.unwrap();
            let at = end.as_millisecond() - start;
            prop_assert_eq!(counter.before(at) - counter.before(from), signed);
            // The earliest such instant: a millisecond before, less had passed.
            prop_assert!(add == 0 || counter.before(at - 1) - counter.before(from) < signed);
            prop_assert_eq!(calendar.working_millis_between(zone, millis(start + from), end), Ok(signed));
        }
    }

    #[test]
    fn a_morning_and_a_working_day_later_are_within_working_days(
        at in moment().prop_map(|at| at % (500 * 1440 * MINUTE)), days in 0..40_u32, zone in zone(), nth in nth(),
    ) {
        let calendar = CALENDAR.service(COUNTERS[nth].0);
        let at = millis(new_year(zone) + at);
        let morning = calendar.next_working_morning(zone, at).unwrap();
        prop_assert!(morning > at);
        let first = calendar.working_intervals(zone.date(morning)).unwrap()[0];
        prop_assert_eq!(zone.civil(morning), first.from);
        // No other opening lies in between.
        let mut day = zone.date(at);
        while day < zone.date(morning) {
            let opened_later = calendar.working_intervals(day).unwrap().first().is_some_and(|i| zone.instant(i.from) > at);
            prop_assert!(!opened_later);
            day = day.tomorrow().unwrap();
        }

        let later = calendar.add_working_days(zone, at, days).unwrap();
        prop_assert!(later >= at);
        if days > 0 {
            let intervals = calendar.working_intervals(zone.date(later)).unwrap();
            prop_assert!(intervals[0].from <= zone.civil(later));
            prop_assert!(zone.civil(later) <= intervals.last().unwrap().until);
            // One day more is the next working day.
            let next = calendar.add_working_days(zone, at, days + 1).unwrap();
            prop_assert_eq!(Ok(zone.date(next)), calendar.working_days_after(zone.date(later), 1));
        }
    }
}

#[test]
fn working_days_of_two_years() {
    assert_eq!(CALENDAR.working_days_in(2026), Ok(240));
    assert_eq!(CALENDAR.working_days_in(2027), Ok(242));
    assert_eq!(
        CALENDAR.working_days_in(2028),
        Err(CalendarError::MissingYear { year: 2028 })
    );
    assert_eq!(
        CALENDAR.service(ServiceWeek::AllHours).working_days_in(2028),
        Ok(366)
    );
}

#[test]
fn an_hour_from_friday_afternoon_ends_on_monday_morning() {
    for zone in Zone::ALL {
        let friday = zone.instant(datetime(2026, 11, 20, 16, 0, 0, 0));
        let monday = zone.instant(datetime(2026, 11, 23, 8, 0, 0, 0));
        assert_eq!(CALENDAR.add_working_millis(zone, friday, 3_600_000), Ok(monday));
        assert_eq!(
            CALENDAR.working_millis_between(zone, friday, monday),
            Ok(3_600_000)
        );
        assert_eq!(
            CALENDAR.working_millis_between(zone, monday, friday),
            Ok(-3_600_000)
        );
    }
}

#[test]
fn working_days_later_at_the_same_time() {
    let at = |month, day, hour, minute| Zone::Wib.instant(datetime(2026, month, day, hour, minute, 0, 0));
    for (from, days, due) in [
        // Friday to Monday.
        (at(11, 20, 10, 15), 1, at(11, 23, 10, 15)),
        // Within the break the office is open.
        (at(11, 20, 12, 0), 1, at(11, 23, 12, 0)),
        // Saturday counts from Monday's opening.
        (at(11, 21, 10, 15), 1, at(11, 24, 7, 30)),
        // So does Friday evening, and the early morning of a working day from its opening.
        (at(11, 20, 19, 0), 1, at(11, 24, 7, 30)),
        (at(11, 23, 5, 0), 1, at(11, 24, 7, 30)),
        // From the last normal day into Ramadan, when the office closes at 15.00.
        (at(2, 18, 15, 45), 1, at(2, 19, 15, 0)),
        // Over the holidays of Idulfitri: 17 March to 25 and 26 March.
        (at(3, 17, 9, 0), 2, at(3, 26, 9, 0)),
        (at(11, 21, 10, 15), 0, at(11, 21, 10, 15)),
    ] {
        assert_eq!(
            CALENDAR.add_working_days(Zone::Wib, from, days),
            Ok(due),
            "{from} + {days}"
        );
    }
    assert_eq!(
        CALENDAR.working_days_after(date(2026, 12, 31), 1),
        Ok(date(2027, 1, 4))
    );
    assert_eq!(
        CALENDAR.working_days_after(date(2027, 12, 31), 1),
        Err(CalendarError::MissingYear { year: 2028 })
    );
}

#[test]
fn the_hours_of_a_day_leave_out_the_break() {
    let interval = |day: Date, from: (i8, i8), until: (i8, i8)| CivilInterval {
        from: day.at(from.0, from.1, 0, 0),
        until: day.at(until.0, until.1, 0, 0),
    };
    let friday = date(2026, 11, 20);
    assert_eq!(
        CALENDAR.working_intervals(friday).unwrap(),
        [
            interval(friday, (7, 30), (11, 30)),
            interval(friday, (13, 0), (16, 30))
        ]
    );
    let fasting = date(2027, 2, 8);
    assert_eq!(
        CALENDAR.working_intervals(fasting).unwrap(),
        [
            interval(fasting, (8, 0), (12, 0)),
            interval(fasting, (12, 30), (15, 0))
        ]
    );
    assert_eq!(CALENDAR.working_intervals(date(2026, 12, 25)).unwrap(), []);
    let saturday = date(2026, 11, 21);
    assert_eq!(
        CALENDAR
            .service(ServiceWeek::SixDay)
            .working_intervals(saturday)
            .unwrap(),
        [interval(saturday, (7, 30), (13, 0))]
    );
    assert_eq!(
        CALENDAR
            .service(ServiceWeek::AllHours)
            .working_intervals(saturday)
            .unwrap(),
        [CivilInterval {
            from: saturday.at(0, 0, 0, 0),
            until: date(2026, 11, 22).at(0, 0, 0, 0)
        }]
    );
}

#[test]
fn the_edge_of_what_is_known() {
    let end = Zone::Wib.instant(datetime(2028, 1, 1, 0, 0, 0, 0));
    let from = Zone::Wib.instant(datetime(2027, 12, 31, 15, 30, 0, 0));
    assert_eq!(
        CALENDAR.working_millis_between(Zone::Wib, from, end),
        Ok(3_600_000)
    );
    let past = millis(end.as_millisecond() + 1);
    let missing = Err(CalendarError::MissingYear { year: 2028 });
    assert_eq!(CALENDAR.working_millis_between(Zone::Wib, from, past), missing);
    // In the east the new year has begun two hours earlier.
    assert_eq!(CALENDAR.working_millis_between(Zone::Wit, from, end), missing);
    assert!(
        CalendarError::MissingYear { year: 2028 }
            .to_string()
            .contains("no year 2028")
    );
}
