//! What walking many devices costs: CPU seconds for 1,000 switches of 48 ports (1,968 values each), in process, without what
//! the simulated devices cost. Build it optimised: `cargo run --release -p rajut-probe --example walks`.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use rajut_core::check::Vantage;
use rajut_core::id::FreshIds;
use rajut_probe::codec::snmp::{Credential, Oid, Value};
use rajut_probe::naming::{self, Families};
use rajut_probe::network::{Connecting, Event, Network, SendError, WaitError};
use rajut_probe::stage::{Agent, Simulator, Topology};
use rajut_probe::strategy::snmp::{SnmpSettings, Values};
use rajut_probe::{Access, How, Prober, Target, explicit};

const DEVICES: u32 = 1000;
const PORTS: u32 = 48;
/// ifEntry has 22 columns, ifXEntry 19.
const COLUMNS: [(&str, u32); 2] = [("1.3.6.1.2.1.2.2.1", 22), ("1.3.6.1.2.1.31.1.1.1", 19)];

/// A network that remembers what was sent, so that the devices' part can be measured alone.
struct Remembering {
    inner: Simulator,
    sent: Vec<(SocketAddr, Vec<u8>)>,
}

impl Network for Remembering {
    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }
    fn identifier(&self, to: IpAddr) -> u16 {
        self.inner.identifier(to)
    }
    fn send_echo(&mut self, to: IpAddr, sequence: u16, payload: &[u8]) -> Result<(), SendError> {
        self.inner.send_echo(to, sequence, payload)
    }
    fn send_datagram(&mut self, to: SocketAddr, bytes: &[u8]) -> Result<(), SendError> {
        self.sent.push((to, bytes.to_vec()));
        self.inner.send_datagram(to, bytes)
    }
    fn connect(&mut self, to: SocketAddr, give_up: Duration) -> Result<Connecting, SendError> {
        self.inner.connect(to, give_up)
    }
    fn wait(&mut self, until: Duration) -> Result<Option<Event>, WaitError> {
        self.inner.wait(until)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let agent = Agent::new("public", switch()?);
    let mut hosts = String::new();
    let mut targets = Vec::new();
    for number in 1..=DEVICES {
        let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + number);
        let host = format!("[[host]]\nname = \"h{number}\"\naddress = \"{address}\"\ndelay_ms = 1\n");
        hosts.push_str(&host);
        targets.push(Target {
            name: address.to_string(),
            address: address.into(),
            how: How::Echo,
        });
    }
    let mut inner = Simulator::new(&Topology::read(&hosts)?, Timestamp::UNIX_EPOCH);
    for target in &targets {
        inner.add_agent(SocketAddr::new(target.address, 161), agent.clone());
    }
    let clock = inner.clock();
    let mut network = Remembering {
        inner,
        sent: Vec::new(),
    };
    let access = vec![
        Access {
            port: 161,
            credential: Credential::v2c("public"),
        };
        targets.len()
    ];
    let families = Families::shipped()?;
    let targets = explicit(targets, true)?;

    let before = cpu()?;
    let looks = Prober.snmp(
        &mut network,
        &clock,
        &mut FreshIds::new(Timestamp::UNIX_EPOCH, [1; 32]),
        &targets,
        &access,
        &families,
        &SnmpSettings::default(),
        Vantage::Server,
    )?;
    let whole = cpu()? - before;
    let named = looks.iter().filter_map(|look| look.named.as_ref());
    let ports: usize = named.map(|named| named.interfaces.len()).sum();

    let before = cpu()?;
    let mut agent = agent;
    for (to, bytes) in &network.sent {
        std::hint::black_box(agent.answer(*to, bytes));
    }
    let devices = cpu()? - before;
    println!(
        "{DEVICES} devices, {ports} ports named, {} questions",
        network.sent.len()
    );
    let values = switch()?;
    let before = cpu()?;
    for _ in 0..DEVICES {
        std::hint::black_box(naming::name(families.recognise(&values), &values));
    }
    let naming = cpu()? - before;
    println!("CPU seconds: whole {whole:.2}");
    println!("    the simulated devices {devices:.2}, naming {naming:.2}");
    println!("    walking {:.2}", whole - devices - naming);
    Ok(())
}

fn switch() -> Result<Values, Box<dyn Error>> {
    let mut values = vec![(
        "1.3.6.1.2.1.1.1.0".parse()?,
        Value::Octets(b"A switch".as_slice().into()),
    )];
    for (entry, columns) in COLUMNS {
        let entry: Oid = entry.parse()?;
        for column in 1..=columns {
            for port in 1..=PORTS {
                let value = match column {
                    1 | 2 => Value::Octets(format!("GigabitEthernet1/0/{port}").into_bytes().into()),
                    3..=8 => Value::Integer(i64::from(port)),
                    _ => Value::Counter64(u64::from(port) << 33),
                };
                values.push((entry.child(&[column, port]), value));
            }
        }
    }
    Ok(values.into_iter().collect())
}

/// CPU time of this process, seconds: fields 14 and 15 of its line in /proc, hundredths.
fn cpu() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit_once(')').ok_or("an odd line")?.1;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |place: usize| {
        fields
            .get(place)
            .and_then(|it| it.parse::<f64>().ok())
            .ok_or("an odd line")
    };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
