//! What setting papers costs: `cargo run --release -p rajut-pdf --example render_cost -- [COUNT]`.
//!
//! Prints CPU milliseconds (user and system, all threads) of the first order after start, of each further one with
//! other data, and the memory at the beginning, in the middle and at the end, which must not grow.

use std::{error::Error, fs};

use rajut_pdf::paper::PageSize;
use rajut_pdf::samples::{self, Flavour};
use rajut_pdf::{Paper, render};

/// CPU time of the process so far, in milliseconds (the kernel counts in steps of 10).
fn cpu_ms() -> Result<u64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .ok_or("no fields")?
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(ticks * 10)
}

fn memory() -> Result<String, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    Ok(status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(300), |text| text.parse())?;
    for (what, flavour) in [
        ("usual order", Flavour::Usual),
        ("order of 60 people and 100 sites", Flavour::Many),
    ] {
        let Some((_, Paper::Order(mut order))) = samples::papers(flavour, PageSize::A4)
            .into_iter()
            .find(|(name, _)| *name == "order")
        else {
            return Err("there is no sample of an order".into());
        };
        let start = cpu_ms()?;
        let first = render(&Paper::Order(order.clone()))?;
        println!(
            "{what}: first {} ms, {} pages, {} bytes",
            cpu_ms()? - start,
            first.pages,
            first.pdf.len()
        );
        let start = cpu_ms()?;
        for number in 0..count {
            for (index, person) in order.addressees.iter_mut().enumerate() {
                person.name = format!("Contoh Teknisi {number}-{index}");
            }
            order.subject = format!("Pemeliharaan Jaringan Intra Pemerintah ke-{number}");
            render(&Paper::Order(order.clone()))?;
            if number == 0 || number == count / 2 || number + 1 == count {
                println!("  after {}: memory {}", number + 1, memory()?);
            }
        }
        let each = (cpu_ms()? - start) * 1000 / count;
        println!(
            "  each of {count} further: {}.{:02} CPU-ms",
            each / 1000,
            each % 1000 / 10
        );
    }
    Ok(())
}
