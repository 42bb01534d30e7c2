//! rajut-store
