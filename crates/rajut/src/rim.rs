//! The world as it is: the machine's clock, the system's randomness, the log.

use std::io::Write as _;
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

/// Text that people read on a terminal or in a spreadsheet, with nothing in it that steers: control characters, and
/// those that turn the direction of writing so that a name reads as another, are shown as a mark. Line ends and tabs
/// within it become spaces: what a record says is never a line of its own.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if steers(c) => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// The same for text of many lines, which keeps them.
pub fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            c if steers(c) => '\u{FFFD}',
            c => c,
        })
        .collect()
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A message for whoever runs the program, on standard error. Everything that people are told goes through here.
pub fn tell(message: &str) {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}", plain_lines(message));
}

/// Structured lines on standard error, as JSON if asked for; `RUST_LOG` refines what `--verbose` asks for.
pub fn log(verbose: u8, json: bool) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json {
        lines.json().flatten_event(true).init();
    } else {
        lines.init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let hostile = "Budi\u{1b}[2J\u{202e}gnp.exe\u{2066}\u{9b}31m\r\nrajut: selesai";
        assert_eq!(
            plain(hostile),
            "Budi\u{FFFD}[2J\u{FFFD}gnp.exe\u{FFFD}\u{FFFD}31m  rajut: selesai"
        );
        assert_eq!(
            plain("Siti Nurhaliza, S.Kom. \u{2013} 5 \u{b5}s"),
            "Siti Nurhaliza, S.Kom. \u{2013} 5 \u{b5}s"
        );
        assert_eq!(plain_lines("a\r\n\tb\u{7}\r"), "a\n\tb\u{FFFD}\u{FFFD}");
    }
}
