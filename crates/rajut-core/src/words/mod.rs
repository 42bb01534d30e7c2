//! Indonesian official wording: numbers and dates in words, Roman months, days. It must not know documents.
