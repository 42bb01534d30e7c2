//! Wall time, processor time and memory of this process.

use std::time::{Duration, Instant};

/// What a piece of work took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// By the clock on the wall.
    pub wall: Duration,
    /// Of the processor, in seconds.
    pub cpu: f64,
}

/// A stopwatch for both.
pub struct Watch {
    began: Instant,
    cpu: f64,
}

impl Watch {
    /// Starts it.
    pub fn start() -> Self {
        Self {
            began: now(),
            cpu: cpu_seconds(),
        }
    }

    /// Reads it.
    pub fn took(&self) -> Took {
        Took {
            wall: self.began.elapsed(),
            cpu: cpu_seconds() - self.cpu,
        }
    }
}

impl Took {
    /// How many of `count` things that is in a second.
    pub fn per_second(self, count: u64) -> f64 {
        float(count) / self.wall.as_secs_f64()
    }

    /// Milliseconds of the processor for each of `count` things.
    pub fn cpu_ms(self, count: u64) -> f64 {
        self.cpu * 1000.0 / float(count)
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are small")]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// CPU time of this process: user and system, in hundredths of a second as Linux counts them.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| {
        after_name
            .split_whitespace()
            .nth(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    float(ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process held, in MiB.
pub fn peak_mib() -> f64 {
    status("VmHWM:")
}

/// The memory that this process holds now, in MiB.
pub fn resident_mib() -> f64 {
    status("VmRSS:")
}

fn status(line: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib: u64 = text
        .lines()
        .find_map(|it| {
            it.strip_prefix(line)?
                .trim()
                .strip_suffix(" kB")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    float(kib) / 1024.0
}

/// The middle of some durations, and the one below which 99 of 100 lie, in milliseconds.
pub fn median_and_p99(mut all: Vec<Duration>) -> (f64, f64) {
    all.sort();
    let at = |share: usize| {
        let place = (all.len() * share / 100).min(all.len().saturating_sub(1));
        all.get(place).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
    };
    (at(50), at(99))
}
