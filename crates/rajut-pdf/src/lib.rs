//! rajut-pdf
