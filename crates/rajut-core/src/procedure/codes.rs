//! The short names by which a procedure file refers to its own parts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::act::{Unfit, UnfitCode};

/// A text that cannot be a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the code {0:?}, expected lowercase letters a-z, digits, `-` or `_`, beginning with a letter")]
pub struct InvalidCode(
    /// The text as given.
    pub String,
);

fn is_code(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

/// Whether a text can be a code, for codes that have no type of their own.
///
/// # Errors
/// [`InvalidCode`] with the text.
pub fn check_code(text: &str) -> Result<(), InvalidCode> {
    if is_code(text) {
        Ok(())
    } else {
        Err(InvalidCode(text.to_owned()))
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidCode;
            fn try_from(text: String) -> Result<Self, InvalidCode> {
                if is_code(&text) { Ok(Self(text)) } else { Err(InvalidCode(text)) }
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;
            fn from_str(text: &str) -> Result<Self, InvalidCode> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

codes! {
    /// Names a procedure, in every version of it.
    ProcedureCode,
    /// Names a step within its procedure. `end` is not a step.
    StepId,
    /// Names a lane (pelaksana) within its procedure.
    LaneId,
    /// Names an exit of a step.
    ExitCode,
    /// Names a group of steps that share one cell of *mutu baku*.
    GroupId,
    /// Names a reason for which the clock of a step may stand still.
    PauseCode,
}

impl From<InvalidCode> for Unfit {
    fn from(error: InvalidCode) -> Self {
        Self::from(UnfitCode::NotACode).with("value", error.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_lowercase_ascii() {
        assert_eq!(
            "suku_cadang".parse::<PauseCode>().unwrap().as_str(),
            "suku_cadang"
        );
        for wrong in ["", "1a", "A", "a b", "é", "-a", &"a".repeat(65)] {
            assert!(wrong.parse::<StepId>().is_err(), "{wrong:?} was taken for a code");
        }
    }
}
