//! Indonesian official wording: numbers and dates in words, Roman months, days. It must not know documents.
//!
//! Hides how Indonesian numbers are spelt and how official papers write dates. These words are the same on
//! every paper whatever language the screen speaks, so they are here and not among the locales.

mod dates;
mod numbers;

pub use dates::{
    MONTHS, WEEKDAYS, date_in_words, long_date, month_name, roman_month, short_date, time_of_day,
    time_with_zone, weekday_name,
};
pub use numbers::number_in_words;
