//! Indonesian official wording: numbers and dates in words, Roman months, days. It must not know documents.

#![allow(missing_docs)]
pub fn roman_month(m: i8) -> &'static str { ["I","II","III","IV","V","VI","VII","VIII","IX","X","XI","XII"][(m-1) as usize] }
