//! rajut
fn main() {}
