//! The numbers of civil servants: NIP (PNS) and NI PPPK.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::person::CivilStatus;
use crate::act::{Unfit, UnfitCode};

/// Sex as digit 15 gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 1
    Male,
    /// 2
    Female,
}

/// Why a number is no NIP or NI PPPK. There is no check digit, so a wrong serial number is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NipError {
    /// Not 18 digits.
    #[error("{found} digits instead of 18")]
    Length {
        /// How many there are, spaces left out.
        found: usize,
    },
    /// Something else than a digit or a space.
    #[error("'{found}' at place {position} is not a digit")]
    NotADigit {
        /// Place from 1, spaces left out.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// No such month of birth.
    #[error("digits 5-6: there is no month {0:02} of birth")]
    BirthMonth(u8),
    /// No such day in the month of birth.
    #[error("digits 7-8: the month of birth has no day {0:02}")]
    BirthDay(u8),
    /// Neither a month (PNS) nor 21 and above (PPPK).
    #[error("digits 13-14: {0:02} is neither a month of appointment (01-12, PNS) nor 21 and above (PPPK)")]
    StartMonth(u8),
    /// Digits 13-14 say PPPK where a NIP was asked for.
    #[error("digits 13-14: this is the number of a PPPK, not of a PNS")]
    IsPppk,
    /// Digits 13-14 say PNS where a NI PPPK was asked for.
    #[error("digits 13-14: this is the number of a PNS, not of a PPPK")]
    IsPns,
    /// Sex is neither 1 nor 2.
    #[error("digit 15: the sex must be 1 (male) or 2 (female), not {0}")]
    Sex(u8),
    /// Serial number 000.
    #[error("digits 16-18: the serial number begins at 001")]
    Serial,
    /// Appointed after today.
    #[error("digits 9-14: the appointment lies in the future")]
    StartInFuture,
    /// Younger than 16 or older than 58 at the appointment: one of the two dates is mistyped.
    #[error("digits 1-14: an age of {age} at the appointment is outside 16-58")]
    AgeAtStart {
        /// In full years, as near to the allowed ages as the number permits.
        age: i16,
    },
}

impl NipError {
    /// The digits at fault, counted from 1, for the form to mark.
    pub fn digits(self) -> RangeInclusive<usize> {
        match self {
            Self::Length { .. } => 1..=18,
            Self::NotADigit { position, .. } => position..=position,
            Self::BirthMonth(_) => 5..=6,
            Self::BirthDay(_) => 7..=8,
            Self::StartMonth(_) | Self::IsPppk | Self::IsPns => 13..=14,
            Self::Sex(_) => 15..=15,
            Self::Serial => 16..=18,
            Self::StartInFuture => 9..=14,
            Self::AgeAtStart { .. } => 1..=14,
        }
    }
}

/// What is allowed but unusual; shown, never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NipWarning {
    /// Outside 18-40 at the appointment; staff appointed late after honorary years do occur.
    UnusualAgeAtStart {
        /// In full years.
        age: i16,
    },
}

/// Youngest and oldest age at appointment that is believed, and the usual ones.
const BELIEVED: RangeInclusive<i16> = 16..=58;
const USUAL: RangeInclusive<i16> = 18..=40;

/// What both numbers share: eighteen digits of which birth, sex and serial are sound.
/// No `Debug`: it would print the birth date of its owner beside the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Number {
    digits: [u8; 18],
    birth: Date,
    sex: Sex,
}

impl Number {
    fn parse(text: &str) -> Result<Self, NipError> {
        let mut digits = Vec::with_capacity(18);
        for (found, position) in text.chars().filter(|char| !char.is_whitespace()).zip(1..) {
            match found.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
                Some(digit) => digits.push(digit),
                None => return Err(NipError::NotADigit { position, found }),
            }
        }
        let digits: [u8; 18] = digits
            .try_into()
            .map_err(|digits: Vec<u8>| NipError::Length { found: digits.len() })?;
        let (month, day) = (pair(&digits, 5), pair(&digits, 7));
        let year = century(&digits, 1);
        if !(1..=12).contains(&month) {
            return Err(NipError::BirthMonth(month));
        }
        let birth =
            Date::new(year, month.cast_signed(), day.cast_signed()).map_err(|_| NipError::BirthDay(day))?;
        let sex = match digits[14] {
            1 => Sex::Male,
            2 => Sex::Female,
            other => return Err(NipError::Sex(other)),
        };
        if digits[15..] == [0; 3] {
            return Err(NipError::Serial);
        }
        let number = Self { digits, birth, sex };
        match number.kind() {
            0 | 13..=20 => Err(NipError::StartMonth(number.kind())),
            _ => Ok(number),
        }
    }

    /// Digits 13-14.
    fn kind(&self) -> u8 {
        pair(&self.digits, 13)
    }

    /// Digits 9-12.
    fn start_year(&self) -> i16 {
        century(&self.digits, 9)
    }

    fn is_pns(&self) -> bool {
        self.kind() <= 12
    }

    /// The ages at the first and the last day on which the appointment may have begun.
    fn ages(&self, first: Date, last: Date) -> RangeInclusive<i16> {
        age(self.birth, first)..=age(self.birth, last)
    }

    /// First and last day of the appointment's month (PNS) or year (PPPK).
    fn start_bounds(&self) -> Option<(Date, Date)> {
        let (from, until) = if self.is_pns() {
            (self.kind(), self.kind())
        } else {
            (1, 12)
        };
        let first = Date::new(self.start_year(), from.cast_signed(), 1).ok()?;
        let last = Date::new(self.start_year(), until.cast_signed(), 1)
            .ok()?
            .last_of_month();
        Some((first, last))
    }

    fn checked_start(self, today: Date) -> Result<Self, NipError> {
        let (first, last) = self.start_bounds().ok_or(NipError::StartInFuture)?;
        if first > today {
            return Err(NipError::StartInFuture);
        }
        match outside(&BELIEVED, &self.ages(first, last)) {
            Some(age) => Err(NipError::AgeAtStart { age }),
            None => Ok(self),
        }
    }

    fn warning(&self) -> Option<NipWarning> {
        let (first, last) = self.start_bounds()?;
        outside(&USUAL, &self.ages(first, last)).map(|age| NipWarning::UnusualAgeAtStart { age })
    }

    fn masked(&self) -> String {
        format!("{} ****** * ***", self.text(0..8))
    }

    fn text(&self, range: std::ops::Range<usize>) -> String {
        self.digits[range]
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [birth, start, sex, serial] = [0..8, 8..14, 14..15, 15..18].map(|range| self.text(range));
        write!(f, "{birth} {start} {sex} {serial}")
    }
}

/// The two digits that begin at a place counted from 1.
fn pair(digits: &[u8; 18], place: usize) -> u8 {
    digits[place - 1] * 10 + digits[place]
}

/// The four-digit year that begins at a place counted from 1.
fn century(digits: &[u8; 18], place: usize) -> i16 {
    i16::from(pair(digits, place)) * 100 + i16::from(pair(digits, place + 2))
}

/// Full years from birth to a day; negative before birth.
fn age(birth: Date, on: Date) -> i16 {
    let had_birthday = (on.month(), on.day()) >= (birth.month(), birth.day());
    on.year() - birth.year() - i16::from(!had_birthday)
}

/// The age nearest to the allowed ones if none of the possible ones is allowed.
fn outside(allowed: &RangeInclusive<i16>, possible: &RangeInclusive<i16>) -> Option<i16> {
    if possible.end() < allowed.start() {
        Some(*possible.end())
    } else if possible.start() > allowed.end() {
        Some(*possible.start())
    } else {
        None
    }
}

/// Number of a permanent civil servant (PNS), Perka BKN 22/2007: birth date, month of appointment as
/// candidate, sex, serial.
///
/// Displayed in full as 8 6 1 3 digits; `Debug` is masked. It is not serialisable on purpose: outside the
/// store's side table a number stands as a [`Sealed`](super::Sealed) commitment.
///
/// ```
/// use rajut_core::people::Nip;
/// let nip = Nip::parse("196402181987031007", jiff::civil::date(2021, 1, 4)).unwrap();
/// assert_eq!(nip.to_string(), "19640218 198703 1 007");
/// assert_eq!(nip.masked(), "19640218 ****** * ***");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nip(Number);

/// Number of a civil servant on contract (PPPK): birth date, year of appointment, two digits from 21 that
/// tell the kind of contract, sex, serial. Displayed and masked like [`Nip`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NiPppk(Number);

impl Nip {
    /// Reads a NIP; spaces are ignored. `today` bounds the appointment.
    pub fn parse(text: &str, today: Date) -> Result<Self, NipError> {
        match CivilId::parse(text, today)? {
            CivilId::Pns(nip) => Ok(nip),
            CivilId::Pppk(_) | CivilId::NonAsn => Err(NipError::IsPppk),
        }
    }

    /// Year and month (1-12) of the appointment as candidate.
    pub fn start(&self) -> (i16, u8) {
        (self.0.start_year(), self.0.kind())
    }
}

impl NiPppk {
    /// Reads a NI PPPK; spaces are ignored. `today` bounds the appointment.
    pub fn parse(text: &str, today: Date) -> Result<Self, NipError> {
        match CivilId::parse(text, today)? {
            CivilId::Pppk(number) => Ok(number),
            CivilId::Pns(_) | CivilId::NonAsn => Err(NipError::IsPns),
        }
    }

    /// Year of the appointment.
    pub fn start_year(&self) -> i16 {
        self.0.start_year()
    }

    /// Digits 13-14: the kind of contract (21 is common, 24 has been seen for part time).
    pub fn contract_kind(&self) -> u8 {
        self.0.kind()
    }
}

macro_rules! shared {
    ($name:ident) => {
        impl $name {
            /// The owner's date of birth.
            pub fn birth(&self) -> Date {
                self.0.birth
            }

            /// The owner's sex.
            pub fn sex(&self) -> Sex {
                self.0.sex
            }

            /// What is unusual about it.
            pub fn warning(&self) -> Option<NipWarning> {
                self.0.warning()
            }

            /// As shown to those who need not know it: the birth date and stars.
            pub fn masked(&self) -> String {
                self.0.masked()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.masked())
            }
        }
    };
}

shared!(Nip);
shared!(NiPppk);

/// What identifies an employee: a NIP, a NI PPPK, or nothing for technicians who are no civil servants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CivilId {
    /// Permanent civil servant.
    Pns(Nip),
    /// Civil servant on contract.
    Pppk(NiPppk),
    /// Contract or outsourced staff: they have no number.
    NonAsn,
}

impl CivilId {
    /// Reads a number and tells by digits 13-14 whose it is: 01-12 PNS, 21 and above PPPK.
    pub fn parse(text: &str, today: Date) -> Result<Self, NipError> {
        let number = Number::parse(text)?.checked_start(today)?;
        Ok(if number.is_pns() {
            Self::Pns(Nip(number))
        } else {
            Self::Pppk(NiPppk(number))
        })
    }

    /// The status that goes with it.
    pub fn status(&self) -> CivilStatus {
        match self {
            Self::Pns(_) => CivilStatus::Pns,
            Self::Pppk(_) => CivilStatus::Pppk,
            Self::NonAsn => CivilStatus::NonAsn,
        }
    }
}

impl From<NipError> for Unfit {
    fn from(error: NipError) -> Self {
        let of = |code: UnfitCode| Self::from(code);
        let two = |digits: u8| format!("{digits:02}");
        match error {
            NipError::Length { found } => of(UnfitCode::NipLength).with("found", found),
            NipError::NotADigit { position, found } => of(UnfitCode::NipNotADigit)
                .with("found", found)
                .with("position", position),
            NipError::BirthMonth(month) => of(UnfitCode::NipBirthMonth).with("value", two(month)),
            NipError::BirthDay(day) => of(UnfitCode::NipBirthDay).with("value", two(day)),
            NipError::StartMonth(month) => of(UnfitCode::NipStartMonth).with("value", two(month)),
            NipError::IsPppk => of(UnfitCode::NipIsPppk),
            NipError::IsPns => of(UnfitCode::NipIsPns),
            NipError::Sex(digit) => of(UnfitCode::NipSex).with("value", digit),
            NipError::Serial => of(UnfitCode::NipSerial),
            NipError::StartInFuture => of(UnfitCode::NipStartInFuture),
            NipError::AgeAtStart { age } => of(UnfitCode::NipAge).with("age", age),
        }
    }
}
