//! rajut-probe
