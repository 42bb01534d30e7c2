//! Three offices with hosts that really answer, one link cut: the status says which sites, which services, and whose
//! fault. Needs root; fails without (`make test`).
#![expect(clippy::unwrap_used, reason = "whatever goes wrong here fails the test")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::civil::date;
use rajut_app::probe::network::Sockets;
use rajut_app::probe::stage::{Lab, Topology};
use rajut_app::{App, Defaults, StatusReport, Who};
use rajut_core::act::Act;
use rajut_core::clock::Clock;
use rajut_core::id::{DeviceId, FreshIds, OfficeId, ServiceId, SiteId};
use rajut_core::register::{
    Device, DeviceCondition, DeviceKind, Edit, Endpoint, Identity, Office, Owner, Service, ServiceWeekKind,
    Site,
};

const OFFICES: &str = r#"
[[link]]
name = "setda"

[[link]]
name = "kecamatan"

[[link]]
name = "puskesmas"
parent = "kecamatan"

[[host]]
name = "noc"
address = "10.9.0.1"

[[host]]
name = "setda-router"
address = "10.9.1.1"
link = "setda"

[[host]]
name = "kecamatan-router"
address = "10.9.2.1"
link = "kecamatan"

[[host]]
name = "puskesmas-router"
address = "10.9.3.1"
link = "puskesmas"
"#;

/// Site, the site above it, address of its router.
const SITES: [(&str, Option<&str>, &str); 4] = [
    ("noc", None, "10.9.0.1"),
    ("setda", Some("noc"), "10.9.1.1"),
    ("kecamatan", Some("noc"), "10.9.2.1"),
    ("puskesmas", Some("kecamatan"), "10.9.3.1"),
];

/// Shows one minute more each time somebody asks.
struct Minutes(AtomicI64);

impl Clock for Minutes {
    fn now(&self) -> Timestamp {
        let minutes = self.0.fetch_add(1, Ordering::SeqCst);
        let begin: Timestamp = "2026-11-02T01:00:00Z".parse().unwrap();
        Timestamp::from_millisecond(begin.as_millisecond() + minutes * 60_000).unwrap()
    }
}

fn new<T>(entries: Vec<T>) -> Vec<Edit<T>> {
    entries
        .into_iter()
        .map(|after| Edit { before: None, after })
        .collect()
}

/// Registers the four sites with a router each, and a service that is used at the puskesmas only.
async fn register(app: &App) {
    app.set_up(&Defaults::demo(), date(2026, 1, 1), &Defaults::demo_reasons())
        .await
        .unwrap();
    let mut ids = FreshIds::new(app.now(), [9; 32]);
    let office: OfficeId = ids.fresh();
    let sites: BTreeMap<&str, (SiteId, DeviceId)> = SITES
        .iter()
        .map(|(code, ..)| (*code, (ids.fresh(), ids.fresh())))
        .collect();
    let who = Who::system();
    let it = Office {
        id: office,
        code: "contoh".to_owned(),
        name: "Dinas Contoh".to_owned(),
        alias: String::new(),
        parent: None,
        predecessors: Vec::new(),
        ended_on: None,
    };
    app.edit_offices(who, Act::Import, new(vec![it])).await.unwrap();
    let entries = SITES.iter().map(|(code, parent, _)| Site {
        id: sites[code].0,
        code: (*code).to_owned(),
        name: format!("Lokasi {code}"),
        offices: vec![office],
        district: "Contoh".to_owned(),
        address: String::new(),
        place: None,
        service_week: ServiceWeekKind::FiveDays,
        parent: parent.map(|parent| sites[parent].0),
        gateway: Some(sites[code].1),
        public_counter: false,
        contact_name: None,
        contact_phone: None,
        ended_on: None,
    });
    app.edit_sites(who, Act::Import, new(entries.collect()))
        .await
        .unwrap();
    let routers = SITES.iter().map(|(code, _, address)| Device {
        id: sites[code].1,
        code: format!("{code}-rt1"),
        site: sites[code].0,
        office: None,
        kind: DeviceKind::Router,
        brand: "Contoh".to_owned(),
        model: "R1".to_owned(),
        serial: Identity::Unknown,
        inventory_number: Identity::Unknown,
        owner: Owner::Agency,
        endpoint: Some(Endpoint {
            address: address.parse().unwrap(),
            tcp_port: None,
        }),
        condition: DeviceCondition::Good,
        installed_on: None,
        replaces: None,
        removed_on: None,
    });
    app.edit_devices(who, Act::Import, new(routers.collect()))
        .await
        .unwrap();
    let simpus = Service {
        id: ids.fresh::<ServiceId>(),
        code: "simpus".to_owned(),
        name: "SIMPUS contoh".to_owned(),
        owner: office,
        sites: vec![sites["puskesmas"].0],
        hosted_at: None,
    };
    app.edit_services(who, Act::Import, new(vec![simpus]))
        .await
        .unwrap();
}

/// Three looks, which is what "without connection" takes, and then the status.
async fn look(app: &App, network: Sockets, clock: &Arc<Minutes>) -> (Sockets, StatusReport) {
    let mut network = network;
    for _ in 0..3 {
        let looked = app.look_at_all(network, Arc::clone(clock) as _).await.unwrap();
        network = looked.0;
    }
    (network, app.status(app.now()).await.unwrap())
}

fn without(status: &StatusReport) -> Vec<(&str, Option<&str>)> {
    status
        .sites
        .iter()
        .filter(|site| site.connection == "without")
        .map(|site| (site.code.as_str(), site.cause.as_deref()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_link_leaves_its_sites_without_connection_and_names_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("lab.db").display());
    let clock = Arc::new(Minutes(AtomicI64::new(0)));
    let drawn = AtomicU64::new(0);
    let entropy = move || {
        let mut seed = [3; 32];
        seed[..8].copy_from_slice(&drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        seed
    };
    let app = App::open(&url, Arc::clone(&clock) as _, Arc::new(entropy))
        .await
        .unwrap();
    register(&app).await;

    let lab = Lab::raise("app", &Topology::read(OFFICES).unwrap()).unwrap();
    // A socket keeps the network in which it was opened.
    let network = lab.at_centre(|| Sockets::open(0x4150).unwrap()).unwrap();

    let (network, status) = look(&app, network, &clock).await;
    assert_eq!((status.without, status.unknown), (0, 0), "{status:?}");
    assert!(status.services.is_empty());

    lab.cut("kecamatan").unwrap();
    let (network, status) = look(&app, network, &clock).await;
    let cause = Some("kecamatan-rt1");
    assert_eq!(
        without(&status),
        [("kecamatan", cause), ("puskesmas", cause)],
        "{status:?}"
    );
    assert_eq!(status.services, ["SIMPUS contoh"]);
    assert!(
        status
            .sites
            .iter()
            .all(|site| site.age_s.is_some_and(|age| age >= 0))
    );

    lab.mend("kecamatan").unwrap();
    let (_, status) = look(&app, network, &clock).await;
    assert_eq!(status.without, 0, "{status:?}");
}
