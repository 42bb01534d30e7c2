//! rajut-app
