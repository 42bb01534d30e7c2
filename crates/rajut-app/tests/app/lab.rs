//! Three offices with hosts that really answer, one link cut: status and visit say which sites, which services, and
//! whose fault. Needs root; fails without (`make test`).

use std::sync::Arc;

use rajut_app::laptop::LaptopFor;
use rajut_app::probe::network::Sockets;
use rajut_app::probe::stage::{Lab, Topology};
use rajut_app::store::testkit::{TestDb, sqlite};
use rajut_app::{App, Held, Key, NewComplaint, StatusReport};
use rajut_core::check::Outcome as Seen;
use rajut_core::complaint::{Channel, Complaint, Origin, Symptom};
use rajut_core::flow::{CheckOut, Command, FindingDraft};
use rajut_core::id::VisitId;
use rajut_core::register::DeviceCondition;
use rajut_core::run::{Standing, Target};
use rajut_core::visit::{Action, Measured, Outcome, Subject, Verdict, Visit};

use crate::world::{Hand, OFFICES, World};

/// Five minutes and three looks, which is what "without connection" takes, and then the status.
async fn look(app: &App, network: &mut Held<Sockets>, clock: &Arc<Hand>) -> StatusReport {
    for _ in 0..3 {
        clock.forward(5);
        app.look_at_all(network, Arc::clone(clock) as _).await.unwrap();
    }
    clock.forward(1);
    app.status(app.now()).await.unwrap()
}

fn without(status: &StatusReport) -> Vec<(&str, Option<&str>)> {
    status
        .sites
        .iter()
        .filter(|site| site.connection == "without")
        .map(|site| (site.code.as_str(), site.cause.as_deref()))
        .collect()
}

async fn world() -> (TestDb, World) {
    let db = sqlite().await;
    let world = World::on(&db.url).await;
    (db, world)
}

fn raise(name: &str) -> Lab {
    Lab::raise(name, &Topology::read(OFFICES).unwrap()).unwrap()
}

/// A socket keeps the network in which it was opened.
fn at_centre(lab: &Lab) -> Held<Sockets> {
    Held::new(lab.at_centre(|| Sockets::open(0x4150).unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_link_leaves_its_sites_without_connection_and_names_the_cause() {
    let (_db, world) = world().await;
    let (app, clock) = (&world.app, &world.clock);
    let lab = raise("app-status");
    let mut network = at_centre(&lab);
    let status = look(app, &mut network, clock).await;
    assert_eq!((status.without, status.unknown), (0, 0), "{status:?}");
    assert!(status.services.is_empty());

    lab.cut("kecamatan").unwrap();
    let status = look(app, &mut network, clock).await;
    let cause = Some("kecamatan-rt1");
    assert_eq!(
        without(&status),
        [("kecamatan", cause), ("puskesmas", cause)],
        "{status:?}"
    );
    assert_eq!(status.services, ["SIMPUS contoh"]);
    clock.forward(60);
    let status = app.status(app.now()).await.unwrap();
    for site in &status.sites {
        // A minute and an hour; the look itself took seconds.
        let age = site.age_s.unwrap();
        assert!((3_600..=3_660).contains(&age), "{} {age}", site.code);
    }

    lab.mend("kecamatan").unwrap();
    let status = look(app, &mut network, clock).await;
    assert_eq!(status.without, 0, "{status:?}");
}

/// What a visit measured of the router of a site: delay's class, loss, its class.
fn of_router<'v>(world: &World, visit: &'v Visit, site: &str) -> &'v Measured {
    let subject = Subject::Device(world.routers[site]);
    let found = visit.measured.iter().find(|it| it.subject == subject);
    found.unwrap_or_else(|| panic!("{site} in {:?}", visit.measured))
}

fn close_to(value: f64, expected: f64) -> bool {
    (value - expected).abs() < f64::EPSILON
}

async fn leave(world: &World, visit: VisitId, outcome: Outcome) {
    let out = CheckOut {
        visit,
        outcome,
        met: None,
        personal: Vec::new(),
        note: String::new(),
        at: world.app.now(),
    };
    world.does("teknisi-1", &Command::CheckOut(out)).await;
}

async fn find(world: &World, visit: VisitId) -> Visit {
    world.app.find(visit.0).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "two visits, told in their order")]
async fn a_good_and_a_cut_office_are_visited_and_measured_for_real() {
    let (_db, world) = world().await;
    let (app, clock) = (&world.app, &world.clock);
    let lab = raise("app-visit");
    lab.cut("kecamatan").unwrap();
    let mut network = at_centre(&lab);

    // Somebody at the good office complains; the order covers it and the office behind the cut link.
    let complain = NewComplaint {
        channel: Channel::Phone,
        happened_at: None,
        office: None,
        site: world.sites["setda"],
        reporter: "Contoh Pelapor".to_owned(),
        contact: None,
        post: String::new(),
        symptom: Symptom::Slow,
        text: "lambat sejak pagi".to_owned(),
        users_affected: None,
        services: std::collections::BTreeSet::new(),
    };
    let officer = world.who("petugas-layanan-1");
    let told = app
        .register_complaint(officer, Key::default(), complain)
        .await
        .unwrap();
    let teamed = world.teamed(&["setda", "kecamatan"]).await;
    let target = |site: &str| teamed.targets[&world.sites[site]];
    let attached: Target = app.find(target("setda").0).await.unwrap();
    assert!(attached.complaints.contains(&told.complaint), "{attached:?}");

    // The good office.
    let good: VisitId = app.ids().fresh();
    world.check_in(&teamed, "setda", good).await;
    let technician = world.who("teknisi-1");
    let looked = app
        .measure_visit(
            technician,
            Key::default(),
            &mut network,
            Arc::clone(clock) as _,
            good,
        )
        .await
        .unwrap();
    assert_eq!(looked, 1);
    let visit = find(&world, good).await;
    let measured = of_router(&world, &visit, "setda");
    assert_eq!(measured.vantage, "server");
    assert_eq!(measured.classes["delay"], "very_good", "{measured:?}");
    assert_eq!(measured.classes["loss"], "very_good");
    assert!(close_to(measured.values["loss"], 0.0));
    let verdict = Command::GiveVerdict {
        visit: good,
        complaint: told.complaint,
        verdict: Verdict::NotFound,
        note: "20 dari 20 dijawab".to_owned(),
        at: app.now(),
    };
    world.does("teknisi-1", &verdict).await;
    clock.forward(30);
    leave(&world, good, Outcome::Complete).await;
    assert!(
        app.follow_visit(good).await.unwrap().is_empty(),
        "nothing is wrong there"
    );

    // The office behind the cut link: nothing comes back, and the engine says whose fault it is not.
    let cut: VisitId = app.ids().fresh();
    clock.forward(30);
    world.check_in(&teamed, "kecamatan", cut).await;
    app.measure_visit(
        technician,
        Key::default(),
        &mut network,
        Arc::clone(clock) as _,
        cut,
    )
    .await
    .unwrap();
    let visit = find(&world, cut).await;
    let measured = of_router(&world, &visit, "kecamatan");
    assert!(close_to(measured.values["loss"], 100.0), "{measured:?}");
    assert_eq!(measured.classes["loss"], "poor");
    assert!(
        !measured.classes.contains_key("delay"),
        "what never came has no delay"
    );
    let finding = FindingDraft {
        id: app.ids().fresh(),
        subject: Subject::Device(world.routers["kecamatan"]),
        item: "router_alive".to_owned(),
        condition: DeviceCondition::Major,
        action: Action::Escalate,
        repair_minutes: None,
        replacement: None,
        note: "kabel uplink putus".to_owned(),
        photos: Vec::new(),
        awaits: None,
        corrects: None,
        at: app.now(),
    };
    let command = Command::RecordFinding {
        visit: cut,
        finding: Box::new(finding.clone()),
        new_device: None,
    };
    world.does("teknisi-1", &command).await;
    clock.forward(30);
    leave(&world, cut, Outcome::Complete).await;
    let opened = app.follow_visit(cut).await.unwrap();
    assert_eq!(opened.len(), 1, "the fault opens a complaint by itself");
    let complaint: Complaint = app.find(opened[0].complaint.0).await.unwrap();
    assert_eq!(
        (complaint.site, complaint.text.as_str()),
        (world.sites["kecamatan"], "kabel uplink putus")
    );
    assert_eq!(
        complaint.origin,
        Origin::Finding {
            visit: cut,
            finding: finding.id
        }
    );
    assert!(
        app.follow_visit(cut)
            .await
            .unwrap()
            .iter()
            .all(|again| again.complaint == complaint.id)
    );

    // Both targets are met, and the verdict stands at its complaint.
    for site in ["setda", "kecamatan"] {
        let met: Target = app.find(target(site).0).await.unwrap();
        assert_eq!(met.standing(), Standing::Met, "{site}");
    }
    let judged: Complaint = app.find(told.complaint.0).await.unwrap();
    assert_eq!(judged.verdicts.len(), 1);
    assert_eq!(judged.verdicts[0].1.verdict, Verdict::NotFound);

    // What the server watches says the same as what the visits measured.
    let status = look(app, &mut network, clock).await;
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
            .all(|site| site.age_s.is_some_and(|age| (1..=60).contains(&age)))
    );
    let verified = app.store().verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(verified.faults, Vec::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_in_the_cut_office_measures_without_a_server() {
    let (_db, world) = world().await;
    let (app, clock) = (&world.app, &world.clock);
    let lab = raise("app-laptop");
    let teamed = world.teamed(&["setda", "kecamatan"]).await;
    for (site, cut) in [("setda", false), ("kecamatan", true)] {
        if cut {
            lab.cut(site).unwrap();
        }
        let of = LaptopFor {
            person: world.people["teknisi-1"],
            visit: app.ids().fresh(),
            site: world.sites[site],
            run: Some(teamed.run),
            targets: [teamed.targets[&world.sites[site]]].into(),
            until: app.now() + jiff::SignedDuration::from_hours(24),
        };
        let bundle = app
            .enrol_laptop(world.who("teknisi-1"), Key::default(), &of)
            .await
            .unwrap();
        // In the office's own network, with the bundle and nothing else.
        let mut ids = app.ids();
        let measured = lab
            .at_office(site, || {
                let mut network = Sockets::open(0x4151).unwrap();
                bundle
                    .measure(&mut network, clock.as_ref(), &mut ids, None)
                    .unwrap()
            })
            .unwrap();
        let outcomes: Vec<Seen> = measured.seen.iter().map(|(it, _)| it.outcome).collect();
        assert_eq!(outcomes[0], Seen::Seen, "its own router answers, whatever is cut");
        assert_eq!(outcomes[1] == Seen::Seen, !cut, "{site}: {outcomes:?}");
        world.check_in(&teamed, site, bundle.visit).await;
        let home = app
            .import_observations(world.who("petugas-layanan-1"), measured.file.as_bytes())
            .await
            .unwrap();
        assert_eq!((home.observations, home.already), (2, false));
        let visit = find(&world, bundle.visit).await;
        let own = of_router(&world, &visit, site);
        assert_eq!(
            (own.vantage.as_str(), own.classes["loss"].as_str()),
            ("laptop", "good")
        );
        assert_eq!(
            own.classes["delay"], "good",
            "judged as a cable of a few metres: {own:?}"
        );
        if cut {
            // Without a way out the laptop blames itself or sees nothing; it never says that the centre is well.
            let centre = of_router(&world, &visit, "noc");
            assert!(!centre.classes.contains_key("delay"), "{centre:?}");
        } else {
            assert_eq!(of_router(&world, &visit, "noc").classes["delay"], "very_good");
        }
    }
}
