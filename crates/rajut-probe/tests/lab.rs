//! The real sockets in a lab of three offices behind links of their own. Needs root; fails without.

#![expect(
    clippy::unwrap_used,
    reason = "tests may; the lint spares only the bodies of test functions"
)]

mod common;

use std::num::NonZeroU16;
use std::time::Duration;

use rajut_core::check::{Observation, Outcome};
use rajut_core::id::FreshIds;
use rajut_probe::network::Sockets;
use rajut_probe::stage::{Lab, Topology};
use rajut_probe::{How, Prober, Settings, Target, explicit};

use common::FixedClock;

const OFFICES: &str = r#"
[[link]]
name = "setda"

[[link]]
name = "kecamatan"

[[link]]
name = "puskesmas"
parent = "kecamatan"

[[host]]
name = "core"
address = "10.9.0.1"

[[host]]
name = "setda-router"
address = "10.9.1.1"
link = "setda"
tcp_open = [8728]

[[host]]
name = "kecamatan-router"
address = "10.9.2.1"
link = "kecamatan"

[[host]]
name = "puskesmas-router"
address = "10.9.3.1"
link = "puskesmas"

[[host]]
name = "puskesmas-cctv"
address = "10.9.3.2"
link = "puskesmas"
silent = true
"#;

fn target(address: &str, how: How) -> Target {
    Target {
        name: address.to_owned(),
        address: address.parse().unwrap(),
        how,
    }
}

fn look(lab: &Lab) -> Vec<Observation> {
    let mut targets: Vec<Target> = ["10.9.0.1", "10.9.1.1", "10.9.2.1", "10.9.3.1", "10.9.3.2"]
        .iter()
        .map(|address| target(address, How::Echo))
        .collect();
    targets.push(target("10.9.1.1", How::Connect { port: 8728 }));
    targets.push(target("10.9.1.1", How::Connect { port: 23 }));
    targets.push(target("10.9.2.1", How::Connect { port: 23 }));
    let settings = Settings {
        count: NonZeroU16::new(3).unwrap(),
        spacing: Duration::from_millis(20),
        timeout: Duration::from_millis(800),
        retries: 0,
        anchors: vec![target("10.9.0.1", How::Echo)],
        ..Settings::monitoring()
    };
    lab.at_centre(|| {
        let mut sockets = Sockets::open(0x5a19).unwrap();
        let mut ids = FreshIds::new(FixedClock::AT, [4; 32]);
        let targets = explicit(targets, false).unwrap();
        Prober
            .check(&mut sockets, &FixedClock, &mut ids, &targets, &settings)
            .unwrap()
    })
    .unwrap()
}

fn alive(observations: &[Observation]) -> Vec<Option<bool>> {
    observations.iter().map(|one| one.outcome.alive()).collect()
}

#[test]
fn three_offices_and_one_link_cut_and_mended() {
    let topology = Topology::read(OFFICES).unwrap();
    let lab = Lab::raise(&format!("rajut-lab-{}", std::process::id()), &topology)
        .unwrap_or_else(|error| panic!("{error}"));
    let (up, down) = (Some(true), Some(false));

    let whole = look(&lab);
    assert_eq!(alive(&whole), [up, up, up, up, down, up, up, up]);
    let outcomes: Vec<_> = whole.iter().map(|one| one.outcome).collect();
    assert_eq!(
        outcomes[4..],
        [Outcome::Silent, Outcome::Seen, Outcome::Refused, Outcome::Refused]
    );
    assert!(
        whole[0].samples.iter().all(|sample| sample.rtt_us.is_some()),
        "nothing is lost in a quiet lab"
    );

    // The health centre hangs on the district office: it goes with it, the secretariat stays.
    lab.cut("kecamatan").unwrap();
    assert_eq!(alive(&look(&lab)), [up, up, down, down, down, up, up, down]);

    lab.mend("kecamatan").unwrap();
    assert_eq!(alive(&look(&lab)), [up, up, up, up, down, up, up, up]);

    lab.cut("puskesmas").unwrap();
    assert_eq!(alive(&look(&lab)), [up, up, up, down, down, up, up, up]);
}

#[test]
fn a_lab_refuses_what_it_cannot_do() {
    let topology = Topology::read(&OFFICES.replace("name = \"core\"\n", "name = \"core\"\ndelay_ms = 5\n"));
    let error = Lab::raise("rajut-lab-never", &topology.unwrap()).unwrap_err();
    assert!(error.to_string().contains("core"), "{error}");
}
