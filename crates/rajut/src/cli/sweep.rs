//! `rajut sweep`: echoes to any number of addresses, each with its figures.

use std::io::{IsTerminal as _, Read as _};
use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use indicatif::{ProgressBar, ProgressStyle};
use rajut_app::AppError;
use rajut_app::probe::network::{EchoSockets, OpenError, Sockets, Way};
use rajut_app::probe::strategy::sweep::{SweepAddresses, SweepSettings, is_block, read_list};
use rajut_app::probe::{How, Prober, Progress, Settings, Sweep, Swept, Target, explicit};
use rajut_core::act::UnfitCode;
use rajut_core::check::Vantage;
use rajut_core::clock::Clock as _;
use rajut_core::id::FreshIds;

use tokio::signal::unix::{SignalKind, signal};

use super::output::Output;
use super::sweep_print::Printer;
use super::{Error, Exit};

/// More of a list is not read.
const MOST_LIST: u64 = 64 << 20;
/// Addresses whose connections are opened in one go, where no echo may be sent: as often somebody may end it.
const CONNECTED_AT_ONCE: usize = 256;

/// Arguments of `rajut sweep`.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// Addresses, blocks (10.9.1.0/24), or files that list them, one on each line; `-` for standard input.
    #[arg(required = true, value_name = "CIDR|FILE")]
    targets: Vec<String>,
    /// Questions to each address.
    #[arg(long, value_name = "N", default_value = "3", value_parser = RangedU64ValueParser::<u16>::new().range(1..=1000))]
    count: u16,
    /// Questions a second to all together. Without it 1,000, and of them 100 to one subnet (a /24 or a /64).
    #[arg(long, value_name = "PPS", value_parser = RangedU64ValueParser::<u32>::new().range(1..=1_000_000))]
    rate: Option<u32>,
    /// Between two questions to one address, milliseconds at least.
    #[arg(long, value_name = "MS", default_value = "1000", value_parser = RangedU64ValueParser::<u32>::new().range(0..=3_600_000))]
    spacing: u32,
    /// How long an answer may take, milliseconds.
    #[arg(long, value_name = "MS", default_value = "2000", value_parser = RangedU64ValueParser::<u32>::new().range(1..=60_000))]
    timeout: u32,
    /// Ask from this address of this machine.
    #[arg(long, value_name = "ADDRESS")]
    source: Option<IpAddr>,
    /// The TCP port that is asked where no echo may be sent.
    #[arg(long, value_name = "PORT", default_value = "443")]
    tcp_port: u16,
    /// Print only those that answer.
    #[arg(long)]
    answering: bool,
    /// More than 1,024 addresses are meant.
    #[arg(long)]
    yes: bool,
}

impl SweepArguments {
    fn addresses(&self) -> Result<SweepAddresses, AppError> {
        let mut blocks = Vec::new();
        for target in &self.targets {
            let text = if is_block(target) {
                target.clone()
            } else {
                list(target)?
            };
            blocks.extend(read_list(&text).map_err(|error| AppError::invalid(target, error))?);
        }
        SweepAddresses::of(&blocks, self.count, self.yes)
            .map_err(|error| AppError::invalid(&self.targets.join(" "), error))
    }

    fn settings(&self) -> SweepSettings {
        let count = NonZeroU16::new(self.count).unwrap_or(NonZeroU16::MIN);
        let polite = SweepSettings::polite(count);
        let rate = self.rate.and_then(NonZeroU32::new);
        SweepSettings {
            spacing: Duration::from_millis(u64::from(self.spacing)),
            timeout: Duration::from_millis(u64::from(self.timeout)),
            pace: rate.unwrap_or(polite.pace),
            // Who names a rate means it, also where all of it goes to one subnet.
            subnet_pace: polite.subnet_pace.filter(|_| rate.is_none()),
            ..polite
        }
    }
}

/// The text of a list. What cannot be a file but looks like an address is told as one.
fn list(name: &str) -> Result<String, AppError> {
    let path = Path::new(name);
    let wrong = |error| AppError::file(path, error);
    let mut text = String::new();
    let read = if name == "-" {
        std::io::stdin().take(MOST_LIST + 1).read_to_string(&mut text)
    } else {
        let opened = match std::fs::File::open(path) {
            Ok(opened) => opened,
            Err(_) if looks_like_addresses(name) => return Ok(name.to_owned()),
            Err(error) => return Err(wrong(error)),
        };
        opened.take(MOST_LIST + 1).read_to_string(&mut text)
    };
    let read = read.map_err(wrong)?;
    if u64::try_from(read).is_ok_and(|read| read > MOST_LIST) {
        return Err(AppError::invalid(name, UnfitCode::TooLarge));
    }
    Ok(text)
}

fn looks_like_addresses(text: &str) -> bool {
    let part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/' | '-');
    text.chars().all(part) && text.contains(['.', ':']) && text.contains(|c: char| c.is_ascii_digit())
}

pub(super) async fn run(asked: SweepArguments, out: &Output) -> Result<Exit, Error> {
    let addresses = asked.addresses()?;
    let settings = asked.settings();
    let random = crate::rim::entropy()();
    let stop = stop_when_asked();
    let printer = Printer::new(out, &addresses, asked.answering)?;
    match EchoSockets::open(u16::from_be_bytes([random[0], random[1]]), asked.source) {
        Ok(network) => {
            let bar = progress(out);
            let sweep =
                tokio::task::spawn_blocking(move || by_echo(network, addresses, &settings, &bar, &stop))
                    .await
                    .map_err(|error| AppError::Network(error.to_string()))??;
            Ok(print(&sweep, printer, out))
        }
        Err(error @ OpenError::NotPermitted { .. }) => {
            crate::rim::tell(&error.to_string());
            out.say_with("sweep-by-tcp", &[("port", &asked.tcp_port.to_string())]);
            // Printed as it is seen, one part after the other; the printer stays on this thread.
            by_tcp(&addresses, asked.tcp_port, &settings, printer, &stop, out)
        }
        Err(error) => Err(AppError::Network(error.to_string())),
    }
}

/// Becomes true at Ctrl-C; a second one ends the program at once.
fn stop_when_asked() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    // Caught from here on. Where it cannot be, Ctrl-C ends the program as it always does.
    let Ok(mut interrupts) = signal(SignalKind::interrupt()) else {
        return stop;
    };
    tokio::spawn(async move {
        while interrupts.recv().await.is_some() {
            if told.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Refused as i32);
            }
        }
    });
    stop
}

/// A bar on standard error, if that is a terminal.
fn progress(out: &Output) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let words = out.words.say("sweep-answered");
    let style =
        ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}}, {words} {{msg}}, {{eta}}"));
    ProgressBar::new(1).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn by_echo(
    mut network: EchoSockets,
    addresses: SweepAddresses,
    settings: &SweepSettings,
    bar: &ProgressBar,
    stop: &AtomicBool,
) -> Result<Sweep, AppError> {
    let clock = crate::rim::SystemClock;
    let mut ids = FreshIds::new(clock.now(), crate::rim::entropy()());
    let sweep = Prober.sweep(
        &mut network,
        &clock,
        &mut ids,
        addresses,
        settings,
        &mut |at: Progress| {
            if !bar.is_hidden() {
                bar.set_length(at.all);
                bar.set_position(at.sent);
                bar.set_message(at.answered.to_string());
            }
            !stop.load(Ordering::Relaxed)
        },
    );
    bar.finish_and_clear();
    sweep.map_err(|error| AppError::Network(error.to_string()))
}

fn print(sweep: &Sweep, mut printer: Printer<'_>, out: &Output) -> Exit {
    let mut ids = FreshIds::new(crate::rim::SystemClock.now(), crate::rim::entropy()());
    for swept in sweep.all(&mut ids) {
        printer.print(&swept);
    }
    let ways: Vec<String> = sweep.ways().into_iter().map(|way| word_of(way, out)).collect();
    if sweep.is_interrupted() {
        out.say("sweep-interrupted");
    }
    if sweep.dropped() > 0 {
        out.say_with("sweep-dropped", &[("count", &sweep.dropped().to_string())]);
    }
    if sweep.strangers() > 0 {
        out.say_with("sweep-strangers", &[("count", &sweep.strangers().to_string())]);
    }
    let exit = printer.finish(&ways.join(", "), sweep.duration());
    if sweep.is_interrupted() {
        Exit::Refused
    } else {
        exit
    }
}

fn word_of(way: Way, out: &Output) -> String {
    out.words.say(&format!("way-{}", way.code().replace('_', "-")))
}

/// The last resort: a TCP connection to each.
fn by_tcp(
    addresses: &SweepAddresses,
    port: u16,
    settings: &SweepSettings,
    mut printer: Printer<'_>,
    stop: &AtomicBool,
    out: &Output,
) -> Result<Exit, AppError> {
    const OPEN: NonZeroUsize = NonZeroUsize::new(32).expect("32 is not zero");
    let settings = Settings {
        count: settings.count,
        spacing: settings.spacing,
        timeout: settings.timeout,
        pace: settings.subnet_pace.unwrap_or(settings.pace),
        open_connects: OPEN,
        ..Settings::visit(Vantage::Server)
    };
    let clock = crate::rim::SystemClock;
    let begun = clock.now();
    let mut ids = FreshIds::new(begun, crate::rim::entropy()());
    let mut network = Sockets::tcp_only();
    for part in addresses.all().chunks(CONNECTED_AT_ONCE) {
        if stop.load(Ordering::Relaxed) {
            out.say("sweep-interrupted");
            break;
        }
        let target = |address: &IpAddr| Target {
            name: address.to_string(),
            address: *address,
            how: How::Connect { port },
        };
        let targets = explicit(part.iter().map(target).collect(), true);
        let targets = targets.map_err(|error| AppError::invalid("targets", error))?;
        let seen =
            tokio::task::block_in_place(|| Prober.check(&mut network, &clock, &mut ids, &targets, &settings));
        let seen = seen.map_err(|error| AppError::Network(error.to_string()))?;
        for (address, observation) in part.iter().zip(seen) {
            printer.print(&Swept {
                address: *address,
                way: Way::TcpConnect,
                observation,
                errors: Vec::new(),
                more_errors: 0,
            });
        }
    }
    let took = clock.now().duration_since(begun).try_into().unwrap_or_default();
    let interrupted = stop.load(Ordering::Relaxed);
    let exit = printer.finish(&word_of(Way::TcpConnect, out), took);
    Ok(if interrupted { Exit::Refused } else { exit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_addresses_is_told_as_such() {
        for text in ["10.9.1.0/33", "10.9.1", "2001:db8::/200", "10.9.1.1-9"] {
            assert_eq!(list(text).unwrap(), text);
        }
        for text in ["alamat.txt", "daftar", "fe80", "/tmp/tidak-ada-10.txt"] {
            assert!(matches!(list(text), Err(AppError::Invalid { .. })), "{text}");
        }
    }
}
