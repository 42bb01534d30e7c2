//! The personal values of a person, and how they look to whoever has not asked to see them.

use super::person::{Person, Sealed};
use crate::register::coded;

coded! {
    /// A personal value of somebody in the register: in the journal it is a commitment only.
    PersonalField {
        /// NIP or NI PPPK: it tells birth date and sex.
        Nip = "nip",
        /// Home address.
        Address = "address",
        /// Telephone number.
        Phone = "phone",
    }
}

impl PersonalField {
    /// The commitment that stands for it; `None` where nothing was entered, or it was erased.
    pub fn of(self, person: &Person) -> Option<&Sealed> {
        match self {
            Self::Nip => person.nip.as_ref(),
            Self::Address => person.address.as_ref(),
            Self::Phone => person.phone.as_ref(),
        }
    }

    /// Takes it away from a person.
    pub fn clear(self, person: &mut Person) {
        let slot = match self {
            Self::Nip => &mut person.nip,
            Self::Address => &mut person.address,
            Self::Phone => &mut person.phone,
        };
        *slot = None;
    }

    /// How it is shown without a reason (UU 27/2022): the birth date of a number, the last three digits of a
    /// telephone, nothing of an address.
    pub fn masked(self, value: &str) -> String {
        match self {
            Self::Nip => format!("{} ****** * ***", value.chars().take(8).collect::<String>()),
            Self::Address => "***".to_owned(),
            Self::Phone => {
                let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
                // Of a number that is too short three digits would be most of it.
                let shown = if digits.len() > 5 {
                    digits.len() - 3
                } else {
                    digits.len()
                };
                format!("***{}", digits[shown..].iter().collect::<String>())
            }
        }
    }
}

/// How the name of somebody outside the register (who complained, who was met) is shown without a reason: the
/// first letter of each word.
pub fn masked_name(name: &str) -> String {
    let words: Vec<String> = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .map(|first| format!("{first}***"))
        .collect();
    if words.is_empty() {
        "***".to_owned()
    } else {
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_without_a_reason() {
        for (field, value, shown) in [
            (PersonalField::Nip, "196402181987031007", "19640218 ****** * ***"),
            (PersonalField::Phone, "+62 812-3456-789", "***789"),
            (PersonalField::Phone, "112", "***"),
            (PersonalField::Phone, "12345", "***"),
            (PersonalField::Phone, "", "***"),
            (PersonalField::Address, "Jl. Contoh No. 1", "***"),
        ] {
            assert_eq!(field.masked(value), shown);
        }
        assert_eq!(masked_name("Contoh  Pelapor"), "C*** P***");
        assert_eq!(masked_name(" "), "***");
    }
}
