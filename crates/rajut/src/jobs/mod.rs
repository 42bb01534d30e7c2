//! Work that nobody asks for: looking at the network, timers, the daily anchor.
