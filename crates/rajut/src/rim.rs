//! The world as it is: the machine's clock, the system's randomness, the log.

use std::sync::Arc;

use jiff::Timestamp;
use rajut_app::Entropy;
use rajut_core::clock::{Clock, to_millis};
use tracing_subscriber::EnvFilter;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that asks the machine"
        )]
        to_millis(Timestamp::now())
    }
}

/// Randomness from the operating system.
pub fn entropy() -> Entropy {
    Arc::new(|| {
        let mut bytes = [0; 32];
        // Without randomness no id is unique: there is nothing sensible to go on with.
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    })
}

/// Structured lines on standard error; `RUST_LOG` refines what `--verbose` asks for.
pub fn log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
