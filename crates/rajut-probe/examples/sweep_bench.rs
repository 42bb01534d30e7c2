//! What a sweep costs beside Debian's fping, in the same run: CPU microseconds a ping, time, memory, and whether every
//! answer was counted. Needs root; build it optimised: `cargo run --release -p rajut-probe --example sweep_bench`.
//!
//! Both run as children over one farm (a TUN device that answers), so that what the farm costs is not counted. `--quick`
//! takes small sizes.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU16, NonZeroU32};
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::Statistics;
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use rajut_probe::Prober;
use rajut_probe::network::{EchoNetwork as _, EchoSockets};
use rajut_probe::stage::{Farm, Host, Namespace, Topology};
use rajut_probe::strategy::sweep::{SweepAddresses, SweepSettings, read_list};

type Outcome<T> = Result<T, Box<dyn Error>>;

const COUNT: u32 = 3;
/// Questions per second that a sweep may send.
const RATES: [u32; 2] = [60_000, 100_000];

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["child", rate] => child(rate.parse()?),
        ["idle"] => {
            tell_memory("idle");
            Ok(())
        }
        [] => all(&[1000, 16_000, 65_000, 100_000]),
        ["--quick"] => all(&[200, 1000]),
        _ => Err("call it without arguments, or with --quick".into()),
    }
}

/// Addresses 10.64.0.0 and on.
fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 64, 0, 0)) + number)
}

fn all(sizes: &[u32]) -> Outcome<()> {
    let idle = run(Command::new(std::env::current_exe()?).arg("idle"), "")?;
    println!("idle program: {} KiB", memory(&idle.said)?);
    println!("| Addresses | After | By | Wall s | CPU us a ping | Counted | Memory above idle KiB |");
    println!("|---|---|---|---|---|---|---|");
    for &size in sizes {
        for delay_ms in [0.0, 5.0] {
            let namespace = Namespace::create(&format!("rajut-bench-{}", std::process::id()))?;
            let hosts = (1..=size).map(|number| host(number, delay_ms));
            let topology = Topology {
                seed: 1,
                links: Vec::new(),
                hosts: hosts.collect(),
            };
            let _farm = Farm::start(&namespace, &topology, [10, 63, 0, 1].into(), "10.64.0.0/14")?;
            let mut list = String::new();
            for number in 1..=size {
                writeln!(list, "{}", address(number))?;
            }
            let pings = f64::from(size) * f64::from(COUNT);
            let mut ours = f64::MAX;
            for rate in RATES {
                let own = inside(
                    &namespace,
                    std::env::current_exe()?.to_str().ok_or("an odd path")?,
                )
                .args(["child", &rate.to_string()])
                .stdin(Stdio::piped())
                .spawn_and_measure(&list)?;
                let above = memory(&own.said)? - memory(&idle.said)?;
                line(
                    size,
                    delay_ms,
                    &format!("rajut, {rate}/s"),
                    &own,
                    pings,
                    &above.to_string(),
                );
                ours = ours.min(own.cpu);
            }
            // fping refuses more than it can number.
            let interval = if delay_ms > 0.0 { "0.01" } else { "0" };
            let mut fping = inside(&namespace, "fping");
            fping.args([
                "-q", "-C", "3", "-p", "100", "-t", "2000", "-i", interval, "-f", "-",
            ]);
            match fping.spawn_and_measure(&list) {
                Ok(peer) => {
                    line(size, delay_ms, &format!("fping -i {interval}"), &peer, pings, "");
                    println!("| | | ratio of CPU | | {:.2} | | |", ours / peer.cpu.max(0.01));
                }
                Err(error) => println!("| {size} | {delay_ms} ms | fping | {error} | | | |"),
            }
        }
    }
    Ok(())
}

fn line(size: u32, delay_ms: f64, by: &str, run: &Run, pings: f64, above: &str) {
    println!(
        "| {size} | {delay_ms} ms | {by} | {:.2} | {:.1} | {} | {above} |",
        run.wall,
        run.cpu * 1e6 / pings,
        run.counted,
    );
}

fn host(number: u32, delay_ms: f64) -> Host {
    Host {
        name: String::new(),
        address: IpAddr::V4(address(number)),
        link: None,
        delay_ms,
        jitter_ms: 0.0,
        loss_percent: 0.0,
        silent: false,
        duplicates: false,
        answers_from: None,
        unreachable_from: None,
        tcp_open: Vec::new(),
        tcp_refused: Vec::new(),
    }
}

/// A sweep of the addresses on standard input; figures of each on standard output, and the memory on standard error.
fn child(rate: u32) -> Outcome<()> {
    let mut list = String::new();
    std::io::stdin().read_to_string(&mut list)?;
    let count = NonZeroU16::new(u16::try_from(COUNT)?).ok_or("no questions")?;
    let settings = SweepSettings {
        pace: NonZeroU32::new(rate).ok_or("no rate")?,
        subnet_pace: None,
        spacing: Duration::from_millis(100),
        ..SweepSettings::polite(count)
    };
    let addresses = SweepAddresses::of(&read_list(&list)?, count.get(), true)?;
    drop(list);
    let mut network = EchoSockets::open(0x5c01, None)?;
    let mut ids = FreshIds::new(Timestamp::UNIX_EPOCH, [1; 32]);
    let begun = network.elapsed();
    let sweep = Prober.sweep(&mut network, &Still, &mut ids, addresses, &settings, &mut |_| {
        true
    })?;
    let wall = network.elapsed().saturating_sub(begun);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for swept in sweep.all(&mut ids) {
        let Statistics {
            sent,
            received,
            round_trip,
            ..
        } = swept.observation.statistics();
        let average = round_trip.map_or(0.0, |it| it.avg_us);
        writeln!(out, "{} {sent} {received} {average:.1}", swept.address)?;
    }
    out.flush()?;
    eprintln!("wall {}", wall.as_secs_f64());
    if sweep.dropped() > 0 {
        eprintln!("dropped {}", sweep.dropped());
    }
    tell_memory("peak");
    Ok(())
}

fn tell_memory(of: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    eprintln!("memory of {of}: {}", line.unwrap_or_default().trim());
}

fn memory(said: &str) -> Outcome<i64> {
    let line = said
        .lines()
        .find(|line| line.starts_with("memory"))
        .ok_or("no memory was told")?;
    Ok(line
        .split_whitespace()
        .rev()
        .nth(1)
        .ok_or("no memory was told")?
        .parse()?)
}

fn inside(namespace: &Namespace, program: &str) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace.name(), program]);
    command
}

struct Run {
    wall: f64,
    cpu: f64,
    /// Pings that were answered, by its own output.
    counted: u64,
    said: String,
}

trait Measured {
    fn spawn_and_measure(&mut self, input: &str) -> Outcome<Run>;
}

impl Measured for Command {
    fn spawn_and_measure(&mut self, input: &str) -> Outcome<Run> {
        run(self, input)
    }
}

fn run(command: &mut Command, input: &str) -> Outcome<Run> {
    let (cpu, begun) = (children()?, uptime()?);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let input = input.to_owned();
    let feeding = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    let _ = feeding.join();
    let wall = uptime()? - begun;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let out = String::from_utf8_lossy(&output.stdout);
    // fping -C -q: "address : 5.1 - 5.2" on standard error; ours: "address sent received average".
    let ours: u64 = out
        .lines()
        .filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok())
        .sum();
    let fping = said
        .lines()
        .filter_map(|line| line.split_once(" : "))
        .map(|(_, times)| times.split(' ').filter(|it| it.parse::<f64>().is_ok()).count() as u64)
        .sum::<u64>();
    if ours + fping == 0 && !said.contains("memory of idle") {
        return Err(said.lines().next().unwrap_or("it said nothing").to_owned().into());
    }
    Ok(Run {
        wall,
        cpu: children()? - cpu,
        counted: ours + fping,
        said,
    })
}

/// CPU time of the children that have ended, seconds: fields 16 and 17 of our line in /proc, hundredths.
fn children() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit_once(')').ok_or("an odd line")?.1;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |place: usize| -> Outcome<f64> { Ok(fields.get(place).ok_or("an odd line")?.parse()?) };
    Ok((ticks(13)? + ticks(14)?) / 100.0)
}

/// Seconds since the machine started.
fn uptime() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/uptime")?;
    Ok(text.split_whitespace().next().ok_or("an odd line")?.parse()?)
}
