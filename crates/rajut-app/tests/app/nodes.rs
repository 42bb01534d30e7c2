//! Two programs on one database: one winner and one clear conflict, one register of numbers, one truth about who
//! may do what.

use std::collections::BTreeSet;

use rajut_app::store::testkit::TestDb;
use rajut_app::{App, AppError, Key, NewComplaint, Who};
use rajut_core::act::{Act, Rule};
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::flow::{Command, decide};
use rajut_core::id::{ActId, RunId};
use rajut_core::number::NumberStanding;
use rajut_core::people::{Assignment, AssignmentKind};
use rajut_core::register::{Edit, SettingKind};
use rajut_core::run::{Run, Standing, Target};
use rajut_core::stream::{State, StreamKind, StreamRef};

use crate::on_both;
use crate::world::{DAY, World};

on_both!(
    two_who_saw_the_same_have_one_winner_and_one_conflict,
    two_at_once_never_both_win,
    the_same_act_on_both_nodes_is_one,
    numbers_have_no_gap_and_no_twin,
    what_one_node_edits_holds_for_the_other
);

async fn two_who_saw_the_same_have_one_winner_and_one_conflict(db: TestDb) {
    let world = World::on(&db.url).await;
    let (a, b) = (world.app.clone(), world.node(2).await);
    let run = world.submitted(&["setda"]).await;
    // Both look at the same moment, and decide on what they saw.
    let command = Command::ReturnOrder {
        run,
        note: "lengkapi".to_owned(),
    };
    let first = decided(&a, &world, run, &command).await;
    let second = decided(&b, &world, run, &command).await;
    b.store().commit(&second).await.unwrap();
    let lost = AppError::from(a.store().commit(&first).await.unwrap_err());
    let AppError::Conflict { what } = &lost else {
        panic!("{lost:?}");
    };
    assert_eq!(*what, format!("run/{run}"), "it names the record");
    let known: Run = a.find(run.0).await.unwrap();
    assert!(known.order.unwrap().issued.is_none());
}

/// What a node would do, from what it sees now.
async fn decided(app: &App, world: &World, run: RunId, command: &Command) -> rajut_core::act::Changes {
    let context = app.context().await.unwrap();
    let mut records = context.records();
    let stream = StreamRef {
        kind: StreamKind::Run,
        id: run.0,
    };
    let known = app.store().load(stream).await.unwrap().unwrap();
    records.insert(stream, known.version, known.state);
    let now = app.now();
    let head = world.who("kepala");
    let envelope = rajut_core::act::Envelope {
        key: app.ids().fresh::<ActId>(),
        act: command.act(),
        occurred_at: now,
        received_at: now,
        done_by: head.done_by,
        entered_by: head.entered_by,
        scan: None,
    };
    decide(context.facts(&records), envelope, app.ids(), command).unwrap()
}

async fn two_at_once_never_both_win(db: TestDb) {
    let world = World::on(&db.url).await;
    let (a, b) = (world.app.clone(), world.node(2).await);
    let teamed = world.teamed(&["setda", "kecamatan", "puskesmas"]).await;
    let kasi = world.who("kasi-telematika");
    for target in teamed.targets.values() {
        let excuse = Command::ExcuseTarget {
            target: *target,
            reason: "gedung direnovasi".to_owned(),
        };
        let (one, two) = tokio::join!(
            a.act(kasi, Key::default(), &excuse),
            b.act(kasi, Key::default(), &excuse)
        );
        let lost = match (one, two) {
            (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
            other => panic!("{other:?}"),
        };
        let clear = match &lost {
            AppError::Conflict { what } => *what == format!("target/{target}"),
            // It came so late that it saw what the other one had done.
            AppError::Refused(refusal) => refusal.rule == Rule::TargetSettled,
            _ => false,
        };
        assert!(clear, "{lost:?}");
        let known: Target = b.find(target.0).await.unwrap();
        assert_eq!(known.standing(), Standing::Excused);
    }
    let verified = a.store().verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(verified.faults, Vec::new());
}

async fn the_same_act_on_both_nodes_is_one(db: TestDb) {
    let world = World::on(&db.url).await;
    let (a, b) = (world.app.clone(), world.node(2).await);
    let run = world.submitted(&["setda"]).await;
    let key = Key {
        key: Some(a.ids().fresh()),
        occurred_at: None,
    };
    let command = Command::ReturnOrder {
        run,
        note: "lengkapi".to_owned(),
    };
    // A browser that was sent to the other node repeats its form.
    let first = a.act(world.who("kepala"), key, &command).await.unwrap();
    let second = b.act(world.who("kepala"), key, &command).await.unwrap();
    assert_eq!(
        (first.committed.repeated, second.committed.repeated),
        (false, true)
    );
    assert_eq!(first.committed.first_seq, second.committed.first_seq);
}

async fn numbers_have_no_gap_and_no_twin(db: TestDb) {
    const REQUESTS: usize = 64;
    let world = World::on(&db.url).await;
    let nodes = [world.app.clone(), world.node(2).await];
    let site = world.sites["setda"];
    let who = world.who("petugas-layanan-1");
    let asking: Vec<_> = (0..REQUESTS)
        .map(|n| {
            let node = nodes[n % 2].clone();
            tokio::spawn(async move { node.register_complaint(who, Key::default(), told(site, n)).await })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for asked in asking {
        let registered = asked.await.unwrap().unwrap();
        assert!(
            numbers.insert(registered.number.clone()),
            "{} twice",
            registered.number
        );
    }
    let expected: BTreeSet<String> = (1..=REQUESTS).map(|n| format!("ADU-2026-{n:05}")).collect();
    assert_eq!(numbers, expected);
    // The register says the same, and every number carries its complaint.
    let entries = nodes[1].store().all(StreamKind::Number).await.unwrap();
    let used = entries
        .iter()
        .filter(|(_, it)| {
            matches!(&it.state, State::Number(entry) if matches!(entry.standing, NumberStanding::Used { .. }))
        })
        .count();
    assert_eq!((entries.len(), used), (REQUESTS, REQUESTS));
}

fn told(site: rajut_core::id::SiteId, n: usize) -> NewComplaint {
    NewComplaint {
        channel: Channel::Phone,
        happened_at: None,
        office: None,
        site,
        reporter: format!("Contoh Pelapor {n}"),
        contact: None,
        post: String::new(),
        symptom: Symptom::Slow,
        text: "lambat".to_owned(),
        users_affected: None,
        services: BTreeSet::new(),
    }
}

async fn what_one_node_edits_holds_for_the_other(db: TestDb) {
    let world = World::on(&db.url).await;
    let (a, b) = (world.app.clone(), world.node(2).await);
    let run = world.submitted(&["setda"]).await;
    let technician = world.who("teknisi-2");
    let cancel = Command::CancelRun {
        run,
        reason: "contoh".to_owned(),
    };
    // B has its context warm, and by it the technician may not.
    let refused = b.act(technician, Key::default(), &cancel).await.unwrap_err();
    assert!(
        matches!(&refused, AppError::Refused(it) if it.rule == Rule::NoRight),
        "{refused}"
    );
    let acting = Assignment {
        id: a.ids().fresh(),
        person: world.people["teknisi-2"],
        post: world.post("kasi-telematika"),
        kind: AssignmentKind::Plt,
        from: DAY,
        until: None,
        decree: "800/PLT/2026".to_owned(),
    };
    let admin: Who = world.who("admin");
    // The post is vacant before somebody acts for it.
    let context = a.context().await.unwrap();
    let held = context
        .people
        .all::<Assignment>()
        .find(|held| held.post == world.post("kasi-telematika"))
        .unwrap()
        .clone();
    let ended = Assignment {
        until: Some(DAY.yesterday().unwrap()),
        ..held.clone()
    };
    let edits = vec![
        Edit {
            before: Some(held),
            after: ended,
        },
        Edit {
            before: None,
            after: acting.clone(),
        },
    ];
    a.edit_assignments(admin, Act::EditPeople, edits).await.unwrap();
    b.act(technician, Key::default(), &cancel).await.unwrap();
    let gone = Assignment {
        until: Some(DAY.yesterday().unwrap()),
        ..acting.clone()
    };
    let edit = Edit {
        before: Some(acting),
        after: gone,
    };
    a.edit_assignments(admin, Act::EditPeople, vec![edit])
        .await
        .unwrap();
    let next = world.submitted_by("kepala", &["kecamatan"]).await;
    let cancel = Command::CancelRun {
        run: next,
        reason: "contoh".to_owned(),
    };
    let refused = b.act(technician, Key::default(), &cancel).await.unwrap_err();
    assert!(
        matches!(&refused, AppError::Refused(it) if it.rule == Rule::NoRight),
        "{refused}"
    );

    // Settings too, and in the other direction.
    let text =
        include_str!("../../../../data/demo/agency.toml").replace("every_minutes = 5", "every_minutes = 7");
    assert_eq!(a.context().await.unwrap().agency_file.monitoring.every_minutes, 5);
    b.load_setting(admin, SettingKind::Agency, DAY, &text)
        .await
        .unwrap();
    assert_eq!(a.context().await.unwrap().agency_file.monitoring.every_minutes, 7);
}
