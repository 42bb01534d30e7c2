//! A laptop is made ready, measures without a server, and its file comes home once.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rajut_app::laptop::{Bundle, CameHome, LaptopFor, OnSite};
use rajut_app::probe::stage::{Simulator, Topology};
use rajut_app::store::testkit::TestDb;
use rajut_app::{AppError, Key, Readings};
use rajut_core::act::Rule;
use rajut_core::check::{Observation, Scope, Vantage};
use rajut_core::clock::Clock as _;
use rajut_core::id::{LaptopKeyId, VisitId};
use rajut_core::laptop::{FORMAT, Header, Nonce, write};
use rajut_core::visit::{FlagCode, Subject, Visit};

use crate::on_both;
use crate::world::{OFFICES, Teamed, World};

on_both!(
    a_file_comes_home_once,
    a_file_that_two_bring_at_once_comes_in_once,
    an_observation_that_is_known_refuses_the_whole_file,
    the_same_key_twice_is_one_act,
    a_lost_laptop_is_refused_and_what_it_made_before_is_flagged,
    readings_fall_into_one_class_each
);

async fn ready(world: &World, teamed: &Teamed, site: &str) -> Bundle {
    let of = LaptopFor {
        person: world.people["teknisi-1"],
        visit: world.app.ids().fresh(),
        site: world.sites[site],
        run: Some(teamed.run),
        targets: BTreeSet::from([teamed.targets[&world.sites[site]]]),
        until: world.app.now() + SignedDuration::from_hours(24),
    };
    let bundle = world
        .app
        .enrol_laptop(world.who("teknisi-1"), Key::default(), &of)
        .await
        .unwrap();
    // What goes to the laptop is the file.
    let read = Bundle::read(bundle.to_json().unwrap().as_bytes()).unwrap();
    assert_eq!(read, bundle);
    read
}

/// The laptop looks at a network in which nothing is cut.
fn measured(world: &World, bundle: &Bundle) -> OnSite {
    let mut network = Simulator::new(&Topology::read(OFFICES).unwrap(), world.clock.now());
    let clock = network.clock();
    let mut ids = world.app.ids();
    bundle.measure(&mut network, &clock, &mut ids, None).unwrap()
}

async fn import(world: &World, file: &str) -> Result<CameHome, AppError> {
    world
        .app
        .import_observations(world.who("petugas-layanan-1"), file.as_bytes())
        .await
}

async fn visit(world: &World, id: VisitId) -> Visit {
    world.app.find(id.0).await.unwrap()
}

async fn a_file_comes_home_once(db: TestDb) {
    let world = World::on(&db.url).await;
    let teamed = world.teamed(&["setda", "puskesmas"]).await;
    let bundle = ready(&world, &teamed, "puskesmas").await;
    let names: Vec<(&str, Scope)> = bundle
        .targets
        .iter()
        .map(|target| (target.name.as_str(), target.scope))
        .collect();
    assert_eq!(
        names,
        [
            ("puskesmas-rt1", Scope::Gateway),
            ("kecamatan-rt1", Scope::Noc),
            ("noc-rt1", Scope::Noc)
        ],
        "its own device, then the way to the centre"
    );
    let file = measured(&world, &bundle).file;
    world.clock.forward(3);
    let early = import(&world, &file).await.unwrap_err();
    assert!(
        matches!(&early, AppError::Refused(refusal) if refusal.rule == Rule::NotFound),
        "{early}"
    );
    world.check_in(&teamed, "puskesmas", bundle.visit).await;
    let first = import(&world, &file).await.unwrap();
    assert_eq!((first.observations, first.already), (3, false));
    let known = visit(&world, bundle.visit).await;
    let subjects: Vec<Subject> = known.measured.iter().map(|it| it.subject).collect();
    assert_eq!(
        subjects,
        ["puskesmas", "kecamatan", "noc"].map(|code| Subject::Device(world.routers[code]))
    );
    for measured in &known.measured {
        assert_eq!(measured.vantage, "laptop");
        assert_eq!(
            measured.classes.keys().collect::<Vec<_>>(),
            measured.values.keys().collect::<Vec<_>>(),
            "each figure in exactly one class"
        );
        assert!(measured.classes.contains_key("delay") && measured.classes.contains_key("loss"));
    }
    assert!(known.flags.is_empty(), "{:?}", known.flags);
    let head = world.app.store().head().await.unwrap();
    for _ in 0..2 {
        let again = import(&world, &file).await.unwrap();
        assert_eq!((again.observations, again.already), (3, true));
    }
    assert_eq!(world.app.store().head().await.unwrap(), head, "nothing twice");
    let kept = world
        .app
        .store()
        .observations_of_visit(bundle.visit)
        .await
        .unwrap();
    assert_eq!(kept.len(), 3);
    // What a laptop sees on site says nothing about the way to it.
    let status = world.app.status(world.app.now()).await.unwrap();
    assert_eq!(status.unknown, 4, "{status:?}");
    let verified = world.app.store().verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(verified.faults, Vec::new());
}

async fn a_file_that_two_bring_at_once_comes_in_once(db: TestDb) {
    let world = World::on(&db.url).await;
    let teamed = world.teamed(&["setda"]).await;
    let bundle = ready(&world, &teamed, "setda").await;
    world.check_in(&teamed, "setda", bundle.visit).await;
    let file = measured(&world, &bundle).file;
    let nodes = [world.node(2).await, world.node(3).await];
    let who = world.who("petugas-layanan-1");
    let bringing: Vec<_> = (0..8)
        .map(|n| {
            let (node, file) = (nodes[n % 2].clone(), file.clone());
            tokio::spawn(async move { node.import_observations(who, file.as_bytes()).await })
        })
        .collect();
    let mut new = 0;
    for brought in bringing {
        new += usize::from(!brought.await.unwrap().unwrap().already);
    }
    assert_eq!(new, 1);
    assert_eq!(visit(&world, bundle.visit).await.measured.len(), 2);
}

async fn an_observation_that_is_known_refuses_the_whole_file(db: TestDb) {
    let world = World::on(&db.url).await;
    let teamed = world.teamed(&["setda", "puskesmas"]).await;
    let bundle = ready(&world, &teamed, "setda").await;
    world.check_in(&teamed, "setda", bundle.visit).await;
    let first = measured(&world, &bundle);
    import(&world, &first.file).await.unwrap();
    // Another file: a look of its own, then one under an id that is known, with other figures.
    let second = measured(&world, &bundle);
    let mut other = first.seen[0].0.clone();
    other.duration_us += 1;
    let saw = [second.seen[0].0.clone(), other.clone()];
    let refused_at = |error: AppError| match error {
        AppError::Refused(it) => (it.rule, it.args["why"].clone(), it.args["line"].clone()),
        other => panic!("{other}"),
    };
    let expected = (Rule::LaptopFile, "known_id".to_owned(), "3".to_owned());
    let refused = import(&world, &signed(&bundle, &saw, 8)).await.unwrap_err();
    assert_eq!(refused_at(refused), expected);
    // So it is with a look that stands in no visit, whoever made it: here the laptop of another visit.
    let elsewhere = ready(&world, &teamed, "puskesmas").await;
    world.check_in(&teamed, "puskesmas", elsewhere.visit).await;
    for known in [other, first.seen[0].0.clone()] {
        let saw = [second.seen[0].0.clone(), known];
        let refused = import(&world, &signed(&elsewhere, &saw, 9)).await.unwrap_err();
        assert_eq!(refused_at(refused), expected);
    }
    let kept = world
        .app
        .store()
        .observations_of_visit(elsewhere.visit)
        .await
        .unwrap();
    assert_eq!(kept, [], "of a file that is refused nothing is kept");
    assert_eq!(visit(&world, bundle.visit).await.measured.len(), first.seen.len());
    assert!(visit(&world, elsewhere.visit).await.measured.is_empty());
    // The same file is still the same file.
    assert!(import(&world, &first.file).await.unwrap().already);
}

/// A file that the laptop of a bundle could have written.
fn signed(bundle: &Bundle, seen: &[Observation], nonce: u8) -> String {
    let made_at = seen.iter().map(|it| it.started_at).max().unwrap() + SignedDuration::from_secs(1);
    let header = Header {
        format: FORMAT.to_owned(),
        visit: bundle.visit,
        person: bundle.person,
        made_at,
        nonce: Nonce::from_random([nonce; 16]),
    };
    write(&header, seen, bundle.key.id, &bundle.key.secret).unwrap()
}

async fn the_same_key_twice_is_one_act(db: TestDb) {
    let world = World::on(&db.url).await;
    let teamed = world.teamed(&["setda"]).await;
    let app = &world.app;
    let fresh = || Key {
        key: Some(app.ids().fresh()),
        occurred_at: None,
    };
    let of = LaptopFor {
        person: world.people["teknisi-1"],
        visit: app.ids().fresh(),
        site: world.sites["setda"],
        run: Some(teamed.run),
        targets: BTreeSet::new(),
        until: app.now() + SignedDuration::from_hours(24),
    };
    let who = world.who("teknisi-1");
    let (enrolling, revoking) = (fresh(), fresh());
    let bundle = app.enrol_laptop(who, enrolling, &of).await.unwrap();
    let again = app.enrol_laptop(who, enrolling, &of).await.unwrap_err();
    assert!(
        matches!(again, AppError::Invalid { .. }),
        "a private key is told once: {again}"
    );
    let other = app.enrol_laptop(who, fresh(), &of).await.unwrap();
    let revoke = |key, laptop| app.revoke_laptop(who, key, laptop, "hilang");
    let first = revoke(revoking, bundle.key.id).await.unwrap();
    let head = app.store().head().await.unwrap();
    let again = revoke(revoking, bundle.key.id).await.unwrap();
    assert!(again.committed.repeated);
    assert_eq!(again.committed.first_seq, first.committed.first_seq);
    // Nobody is told that another laptop was revoked.
    assert!(matches!(
        revoke(revoking, other.key.id).await,
        Err(AppError::Invalid { .. })
    ));
    assert_eq!(app.store().head().await.unwrap(), head, "nothing twice");
    let keys = app.laptop_keys().await.unwrap();
    let revoked: Vec<bool> = keys.iter().map(|key| key.revoked.is_some()).collect();
    assert_eq!((revoked.len(), revoked.iter().filter(|it| **it).count()), (2, 1));
}

async fn a_lost_laptop_is_refused_and_what_it_made_before_is_flagged(db: TestDb) {
    let world = World::on(&db.url).await;
    let teamed = world.teamed(&["setda"]).await;
    let bundle = ready(&world, &teamed, "setda").await;
    world.check_in(&teamed, "setda", bundle.visit).await;
    let before = measured(&world, &bundle).file;
    world.clock.forward(5);
    let laptop: LaptopKeyId = bundle.key.id;
    world
        .app
        .revoke_laptop(
            world.who("kasi-telematika"),
            Key::default(),
            laptop,
            "laptop hilang",
        )
        .await
        .unwrap();
    world.clock.forward(5);
    let after = measured(&world, &bundle).file;
    let refused = import(&world, &after).await.unwrap_err();
    let AppError::Refused(refusal) = &refused else {
        panic!("{refused}");
    };
    assert_eq!(
        (refusal.rule, refusal.args["why"].as_str()),
        (Rule::LaptopFile, "key_revoked")
    );
    assert_eq!(refusal.args["line"], "1");
    assert!(visit(&world, bundle.visit).await.measured.is_empty());
    import(&world, &before).await.unwrap();
    let known = visit(&world, bundle.visit).await;
    assert!(known.flags.iter().all(|flag| flag.code == FlagCode::KeyRevoked));
    assert_eq!((known.measured.len(), known.flags.len()), (2, 1));
}

async fn readings_fall_into_one_class_each(db: TestDb) {
    let world = World::on(&db.url).await;
    let teamed = world.teamed(&["setda"]).await;
    let id: VisitId = world.app.ids().fresh();
    world.check_in(&teamed, "setda", id).await;
    let readings = |vantage, subject, values: &[&str]| Readings {
        vantage,
        subject,
        scope: Scope::Any,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        raw: Some("MAINS 221.4V".to_owned()),
    };
    let who = world.who("teknisi-1");
    let key = Key {
        key: Some(world.app.ids().fresh()),
        occurred_at: Some(world.app.now()),
    };
    let router = Subject::Device(world.routers["setda"]);
    let by_phone = readings(Vantage::Phone, router, &["radio_signal=-71 dBm", "delay=160 ms"]);
    for repeated in [false, true] {
        let done = world.app.record_readings(who, key, id, &by_phone).await.unwrap();
        assert_eq!(done.committed.repeated, repeated, "the same key twice is one act");
    }
    let at_site = readings(
        Vantage::Instrument,
        Subject::Site,
        &["mains=197,9 V", "rack_humidity=60 %"],
    );
    world
        .app
        .record_readings(who, Key::default(), id, &at_site)
        .await
        .unwrap();
    let classes: Vec<(String, Vec<(String, String)>)> = visit(&world, id)
        .await
        .measured
        .into_iter()
        .map(|it| (it.vantage, it.classes.into_iter().collect()))
        .collect();
    let class = |measure: &str, class: &str| (measure.to_owned(), class.to_owned());
    assert_eq!(
        classes,
        [
            (
                "phone".to_owned(),
                vec![class("delay", "good"), class("radio_signal", "fair")]
            ),
            (
                "instrument".to_owned(),
                vec![class("mains", "low"), class("rack_humidity", "high")]
            )
        ]
    );
    let wrong = readings(Vantage::Instrument, Subject::Site, &["mains=221 V", "taste=4 V"]);
    let refused = world
        .app
        .record_readings(who, Key::default(), id, &wrong)
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, AppError::Refused(it) if it.rule == Rule::ReadingUnusable),
        "{refused}"
    );
    assert_eq!(visit(&world, id).await.measured.len(), 2, "all of it or none");
    assert_eq!(
        world.app.store().observations_of_visit(id).await.unwrap().len(),
        2
    );
}
