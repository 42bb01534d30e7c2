//! What a sweep prints: a line for each address as it is made, so that a hundred thousand of them need no memory.

use std::fmt::Write as _;
use std::io::{BufWriter, Stdout, Write as _};
use std::time::Duration;

use rajut_app::AppError;
use rajut_app::probe::Swept;
use rajut_app::probe::strategy::sweep::{Reported, SweepAddresses};
use rajut_core::check::{Judgement, Observation, Outcome, Scope, Statistics, Thresholds};
use serde::Serialize;

use super::Exit;
use super::output::{Format, Output, code};

/// The figures of a row, in their order: names of the columns in CSV, keys of their words in a table.
const COLUMNS: [&str; 13] = [
    "sent",
    "received",
    "loss_percent",
    "min_ms",
    "avg_ms",
    "max_ms",
    "stddev_ms",
    "jitter_ms",
    "duplicates",
    "late",
    "foreign",
    "errors",
    "remark",
];

/// Prints line by line, and counts what they come to.
pub(super) struct Printer<'a> {
    out: &'a Output,
    to: Sink,
    answering: bool,
    thresholds: Thresholds,
    /// Width of the column of addresses, and of outcomes.
    widths: (usize, usize),
    all: u64,
    seen: u64,
    unobserved: u64,
}

enum Sink {
    Text(BufWriter<Stdout>),
    Csv(Box<csv::Writer<BufWriter<Stdout>>>),
}

#[derive(Serialize)]
struct Line<'a> {
    target: &'a str,
    way: &'static str,
    sent: usize,
    received: usize,
    observations: [&'a Observation; 1],
    judgements: Vec<Judgement>,
    errors: Vec<ErrorLine>,
    more_errors: u16,
}

#[derive(Serialize)]
struct ErrorLine {
    from: std::net::IpAddr,
    kind: &'static str,
    code: u8,
    count: u16,
}

impl<'a> Printer<'a> {
    /// Begins with the header.
    pub(super) fn new(
        out: &'a Output,
        addresses: &SweepAddresses,
        answering: bool,
    ) -> Result<Self, AppError> {
        let to = BufWriter::with_capacity(1 << 16, std::io::stdout());
        let longest = addresses.all().iter().map(|it| it.to_string().len()).max();
        let outcomes = [
            Outcome::Seen,
            Outcome::Silent,
            Outcome::Refused,
            Outcome::Unreachable,
            Outcome::NotObserved,
        ];
        let widest = outcomes.map(|it| out.word("outcome", it.code()).chars().count());
        let thresholds =
            Thresholds::read(Thresholds::SHIPPED).map_err(|error| AppError::invalid("thresholds", error))?;
        let mut printer = Self {
            out,
            to: match out.format() {
                Format::Csv => Sink::Csv(Box::new(csv::Writer::from_writer(to))),
                Format::Table | Format::Json => Sink::Text(to),
            },
            answering,
            thresholds,
            widths: (
                longest.unwrap_or_default().max(8),
                widest.into_iter().max().unwrap_or_default(),
            ),
            all: 0,
            seen: 0,
            unobserved: 0,
        };
        match out.format() {
            Format::Json => {}
            Format::Csv => printer.row(
                &["address".to_owned(), "outcome".to_owned(), "way".to_owned()],
                str::to_owned,
            ),
            Format::Table => {
                let head = [out.words.say("address"), out.words.say("outcome")];
                printer.row(&head, |it| {
                    out.words.say(&format!("sweep-{}", it.replace('_', "-")))
                });
            }
        }
        // Whoever waits for the answers sees that they will come.
        printer.flush();
        Ok(printer)
    }

    fn flush(&mut self) {
        let _ = match &mut self.to {
            Sink::Text(to) => to.flush(),
            Sink::Csv(csv) => csv.flush(),
        };
    }

    fn row(&mut self, first: &[String], cell: impl Fn(&str) -> String) {
        let cells = first.iter().cloned().chain(COLUMNS.map(cell));
        // A reader that went away (`| head`) ends the output, not the command.
        let _ = match &mut self.to {
            Sink::Csv(csv) => csv.write_record(cells).map_err(std::io::Error::from),
            Sink::Text(to) => {
                let (address, outcome) = self.widths;
                let mut line = String::with_capacity(160);
                for (place, cell) in cells.enumerate() {
                    let _ = match place {
                        0 => write!(line, "{cell:<address$}"),
                        1 => write!(line, "  {cell:<outcome$}"),
                        // Words stand last, and are as long as they are.
                        13 | 14 => write!(line, "  {cell}"),
                        _ => write!(line, " {cell:>9}"),
                    };
                }
                writeln!(to, "{}", line.trim_end())
            }
        };
    }

    /// Prints an address.
    pub(super) fn print(&mut self, swept: &Swept) {
        let observation = &swept.observation;
        self.all += 1;
        match observation.outcome.alive() {
            Some(true) => self.seen += 1,
            Some(false) => {}
            None => self.unobserved += 1,
        }
        if self.answering && observation.outcome.alive() != Some(true) {
            return;
        }
        let statistics = observation.statistics();
        if let (Format::Json, Sink::Text(to)) = (self.out.format(), &mut self.to) {
            let line = Line {
                target: &observation.target,
                way: swept.way.code(),
                sent: statistics.sent,
                received: statistics.received,
                observations: [observation],
                judgements: self.thresholds.judge_observation(observation, Scope::Any),
                errors: swept.errors.iter().map(ErrorLine::from).collect(),
                more_errors: swept.more_errors,
            };
            let _ = serde_json::to_writer(&mut *to, &line)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(to));
            return;
        }
        let mut first = vec![
            observation.target.clone(),
            self.out.word("outcome", &code(&observation.outcome)),
        ];
        if self.out.format() == Format::Csv {
            first.push(swept.way.code().to_owned());
        }
        self.row(&first, |column| figure(column, swept, &statistics));
    }

    /// Ends the output, says what it comes to, and how the command ends by it.
    pub(super) fn finish(mut self, ways: &str, took: Duration) -> Exit {
        self.flush();
        let seconds = format!("{:.1}", took.as_secs_f64());
        let said = [
            ("seen", &*self.seen.to_string()),
            ("all", &self.all.to_string()),
            ("ways", ways),
            ("seconds", &seconds),
        ];
        self.out.say_with("sweep-summary", &said);
        match (self.seen, self.unobserved) {
            (_, unobserved) if unobserved == self.all => Exit::Network,
            (seen, unobserved) if seen + unobserved == self.all => Exit::Done,
            _ => Exit::Refused,
        }
    }
}

impl From<&Reported> for ErrorLine {
    fn from(reported: &Reported) -> Self {
        Self {
            from: reported.from,
            kind: reported.trouble.kind.code(),
            code: reported.trouble.code,
            count: reported.count,
        }
    }
}

fn figure(column: &str, swept: &Swept, statistics: &Statistics) -> String {
    let ms = |micros: Option<f64>| micros.map(|it| format!("{:.3}", it / 1000.0)).unwrap_or_default();
    #[expect(
        clippy::cast_precision_loss,
        reason = "no round-trip time has 2^53 microseconds"
    )]
    let whole = |micros: u64| micros as f64;
    let count = |name: &str| {
        let counted = swept.observation.measure(name);
        counted.map_or_else(|| "0".to_owned(), |it| format!("{:.0}", it.value))
    };
    let rtt = statistics.round_trip;
    match column {
        "sent" => statistics.sent.to_string(),
        "received" => statistics.received.to_string(),
        "loss_percent" => statistics
            .loss_percent
            .map(|it| format!("{it:.1}"))
            .unwrap_or_default(),
        "min_ms" => ms(rtt.map(|it| whole(it.min_us))),
        "avg_ms" => ms(rtt.map(|it| it.avg_us)),
        "max_ms" => ms(rtt.map(|it| whole(it.max_us))),
        "stddev_ms" => ms(rtt.map(|it| it.stddev_us)),
        "jitter_ms" => ms(statistics.jitter_us),
        "errors" => errors(swept),
        "remark" => swept.observation.raw.clone().unwrap_or_default(),
        counted => count(counted),
    }
}

fn errors(swept: &Swept) -> String {
    let told = swept.errors.iter().map(|it| {
        let (kind, code) = (it.trouble.kind.code(), it.trouble.code);
        format!("{} {kind}/{code} x{}", it.from, it.count)
    });
    let mut told: Vec<String> = told.collect();
    if swept.more_errors > 0 {
        told.push(format!("+{}", swept.more_errors));
    }
    told.join("; ")
}
