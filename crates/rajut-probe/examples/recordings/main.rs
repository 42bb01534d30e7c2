//! Runs a folder of recorded devices through the real walk over the simulator and prints how far what is named
//! agrees with what is expected: `recordings DIR [--misses]`, where DIR holds `recordings/NAME.snmprec` (lines
//! `OID|TAG|VALUE`) and `expected/NAME.json`.

mod compare;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use jiff::Timestamp;
use rajut_core::check::Vantage;
use rajut_core::id::FreshIds;
use rajut_probe::codec::snmp::Credential;
use rajut_probe::naming::Families;
use rajut_probe::stage::{Agent, Simulator, Topology, read_recording};
use rajut_probe::strategy::snmp::SnmpSettings;
use rajut_probe::{Access, How, Prober, Target, explicit};
use serde_json::Value;

use compare::Tally;

const PORT: u16 = 161;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .iter()
        .find(|it| !it.starts_with("--"))
        .ok_or("give the folder of the recordings")?;
    let misses = arguments.iter().any(|it| it == "--misses");
    let devices = read(Path::new(folder))?;

    let mut hosts = String::new();
    let mut targets = Vec::new();
    let mut access = Vec::new();
    for (number, (name, ..)) in (1_u32..).zip(&devices) {
        let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + number);
        let host = format!("[[host]]\nname = \"h{number}\"\naddress = \"{address}\"\ndelay_ms = 1\n");
        hosts.push_str(&host);
        targets.push(Target {
            name: name.clone(),
            address: address.into(),
            how: How::Echo,
        });
        access.push(Access {
            port: PORT,
            credential: Credential::v2c(name.as_str()),
        });
    }
    let mut network = Simulator::new(&Topology::read(&hosts)?, Timestamp::UNIX_EPOCH);
    for ((name, recording, _), target) in devices.iter().zip(&targets) {
        let values = read_recording(recording).map_err(|error| format!("{name}: {error}"))?;
        network.add_agent(SocketAddr::new(target.address, PORT), Agent::new(name, values));
    }
    let clock = network.clock();
    let mut ids = FreshIds::new(Timestamp::UNIX_EPOCH, [7; 32]);
    let looks = Prober.snmp(
        &mut network,
        &clock,
        &mut ids,
        &explicit(targets, true)?,
        &access,
        &Families::shipped()?,
        &SnmpSettings::default(),
        Vantage::Server,
    )?;

    let mut tally = Tally::default();
    for ((name, _, expected), look) in devices.iter().zip(looks) {
        let named = look.named.map(serde_json::to_value).transpose()?;
        tally.count(name, expected, &named.unwrap_or(Value::Null));
    }
    if misses {
        for miss in &tally.misses {
            println!("{miss}");
        }
    }
    tally.print();
    Ok(())
}

type Device = (String, Vec<u8>, Value);

/// The recordings that have an expectation, by name.
fn read(folder: &Path) -> Result<Vec<Device>, Box<dyn Error>> {
    let mut devices = Vec::new();
    for entry in std::fs::read_dir(folder.join("expected"))? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .and_then(|it| it.to_str())
            .unwrap_or_default()
            .to_owned();
        let recording = std::fs::read(folder.join("recordings").join(format!("{name}.snmprec")))?;
        devices.push((name, recording, serde_json::from_slice(&std::fs::read(&path)?)?));
    }
    devices.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(devices)
}
