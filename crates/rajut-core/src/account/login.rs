//! Names to sign in with, and what passwords and PINs must be like (NIST SP 800-63B: length counts, composition
//! does not; names and the commonest are refused).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::act::{Unfit, UnfitCode, Why};

/// The fewest characters of a password.
pub const PASSWORD_LEAST: usize = 10;
/// The most: longer ones only cost the server.
pub const PASSWORD_MOST: usize = 200;
/// Passwords that everybody tries first; shorter than the least they would not pass anyway.
const COMMON: &[&str] = &[
    "1234567890",
    "0123456789",
    "12345678910",
    "qwertyuiop",
    "password123",
    "password1234",
    "passwordku",
    "adminadmin",
    "administrator",
    "diskominfo",
    "indonesia1",
    "indonesia123",
    "bismillah123",
    "katasandi123",
    "rahasia123",
    "sayangku123",
    "merdeka1945",
];

/// The name to sign in with: 3 to 40 of `a`-`z`, `0`-`9`, dot, hyphen and underscore, beginning with a letter.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

/// A text that is no name to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("3 to 40 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter")]
pub struct LoginError;

impl Login {
    /// As it is typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Login {
    type Err = LoginError;

    /// Capitals and spaces around it are forgiven: a phone's keyboard adds both.
    fn from_str(text: &str) -> Result<Self, LoginError> {
        let text = text.trim().to_ascii_lowercase();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if begins && (3..=40).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(LoginError)
        }
    }
}

impl TryFrom<String> for Login {
    type Error = LoginError;
    fn try_from(text: String) -> Result<Self, LoginError> {
        let read: Self = text.parse()?;
        if read.0 == text { Ok(read) } else { Err(LoginError) }
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than [`PASSWORD_LEAST`] characters.
    TooShort,
    /// More than [`PASSWORD_MOST`] characters.
    TooLong,
    /// One that everybody tries first, or one character again and again.
    Common,
    /// The name to sign in with stands in it.
    HoldsLogin,
}

impl From<PasswordFault> for Why {
    fn from(fault: PasswordFault) -> Self {
        match fault {
            PasswordFault::TooShort => Self::TooShort,
            PasswordFault::TooLong => Self::OverLength,
            PasswordFault::Common => Self::Common,
            PasswordFault::HoldsLogin => Self::HoldsLogin,
        }
    }
}

/// What is wrong with a password.
pub fn password_fault(login: &Login, password: &str) -> Option<PasswordFault> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let mut characters = lower.chars();
    let first = characters.next();
    if length < PASSWORD_LEAST {
        Some(PasswordFault::TooShort)
    } else if length > PASSWORD_MOST {
        Some(PasswordFault::TooLong)
    } else if COMMON.contains(&lower.as_str()) || characters.all(|other| Some(other) == first) {
        Some(PasswordFault::Common)
    } else if lower.contains(login.as_str()) {
        Some(PasswordFault::HoldsLogin)
    } else {
        None
    }
}

/// Whether a PIN is none: six digits, not all alike and no straight row.
pub fn pin_fault(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|pair| i16::from(pair[1]) - i16::from(pair[0]))
        .collect();
    digits.len() != 6
        || !digits.iter().all(u8::is_ascii_digit)
        || [0, 1, -1]
            .iter()
            .any(|same| steps.iter().all(|step| step == same))
}

impl From<LoginError> for Unfit {
    fn from(_: LoginError) -> Self {
        UnfitCode::LoginForm.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_forgive_what_a_phone_adds() {
        assert_eq!(" Contoh.Kasi ".parse::<Login>().unwrap().as_str(), "contoh.kasi");
        for bad in ["", "ab", "9kasi", "kasi kasi", "kasi@x", "käsi", &"a".repeat(41)] {
            assert!(bad.parse::<Login>().is_err(), "{bad}");
        }
        // What is stored is as it is shown.
        assert!(Login::try_from("Kasi".to_owned()).is_err());
    }

    #[test]
    fn passwords_are_long_and_not_the_first_guess() {
        let login: Login = "contoh.kasi".parse().unwrap();
        for (password, fault) in [
            ("pendek", Some(PasswordFault::TooShort)),
            (&*"x1".repeat(101), Some(PasswordFault::TooLong)),
            ("Diskominfo", Some(PasswordFault::Common)),
            ("aaaaaaaaaaaa", Some(PasswordFault::Common)),
            ("Contoh.Kasi2026", Some(PasswordFault::HoldsLogin)),
            ("kuda baterai jepit", None),
        ] {
            assert_eq!(password_fault(&login, password), fault, "{password}");
        }
    }

    #[test]
    fn pins_are_six_digits_and_no_row() {
        for bad in ["", "12345", "1234567", "12345a", "000000", "123456", "987654"] {
            assert!(pin_fault(bad), "{bad}");
        }
        assert!(!pin_fault("240718"));
    }
}
