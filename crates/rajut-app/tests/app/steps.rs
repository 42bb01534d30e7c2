//! Steps of generic kinds, as they come in at the door.

use std::collections::{BTreeMap, BTreeSet};

use rajut_app::store::testkit::TestDb;
use rajut_app::{AppError, Defaults, Key, NewComplaint, Who};
use rajut_core::act::{Actor, Rule};
use rajut_core::complaint::{Channel, Symptom};
use rajut_core::flow::{Command, Place};
use rajut_core::id::{RunId, VisitId};
use rajut_core::run::Run;
use rajut_core::visit::Verdict;

use crate::on_both;
use crate::world::World;

on_both!(
    joint_actors_agree_on_a_name_that_each_seals,
    no_complaint_is_opened_before_its_procedure_is_in_force
);

fn complaint(world: &World) -> NewComplaint {
    NewComplaint {
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
        services: BTreeSet::new(),
    }
}

/// A complaint that waits to be tested by the technician and the reporter, each of whom must say so.
async fn to_be_tested(db: &TestDb) -> (World, RunId) {
    let mut defaults = Defaults::demo();
    let procedure = defaults.procedures.last_mut().unwrap();
    let (either, each) = ["either", "each"]
        .map(|joint| format!("joint = \"{joint}\"\nactivity = \"Menguji bersama"))
        .into();
    assert!(procedure.contains(&either), "the test could not fail");
    *procedure = procedure.replace(&either, &each);
    let world = World::with(&db.url, &defaults).await;
    let teamed = world.teamed(&["setda"]).await;
    let complain = complaint(&world);
    let officer = world.who("petugas-layanan-1");
    let told = world
        .app
        .register_complaint(officer, Key::default(), complain)
        .await
        .unwrap();
    let visit: VisitId = world.app.ids().fresh();
    world.check_in(&teamed, "setda", visit).await;
    let verdict = Command::GiveVerdict {
        visit,
        complaint: told.complaint,
        verdict: Verdict::ProvenRepaired,
        note: String::new(),
        at: world.app.now(),
    };
    world.does("teknisi-1", &verdict).await;
    world.clock.forward(5);
    (world, told.run)
}

async fn test(world: &World, who: Who, run: RunId, name: &str) -> Result<(), AppError> {
    let values =
        [("pelapor", name), ("sesudah", "baik")].map(|(field, value)| (field.to_owned(), value.to_owned()));
    let step = "pengujian".parse().unwrap();
    world
        .app
        .complete_step(
            who,
            Key::default(),
            Place::Run(run),
            step,
            None,
            BTreeMap::from(values),
        )
        .await
        .map(drop)
}

async fn open_steps(world: &World, run: RunId) -> Vec<String> {
    let run: Run = world.app.find(run.0).await.unwrap();
    let open = run.progress.open_steps();
    open.iter().map(ToString::to_string).collect()
}

async fn joint_actors_agree_on_a_name_that_each_seals(db: TestDb) {
    let (world, run) = to_be_tested(&db).await;
    let reporter = Who {
        done_by: Actor::Outsider,
        entered_by: Actor::Person(world.people["petugas-layanan-1"]),
        scan: None,
    };
    test(&world, world.who("teknisi-1"), run, "Contoh Pelapor")
        .await
        .unwrap();
    assert_eq!(open_steps(&world, run).await, ["pengujian"]);
    let other = test(&world, reporter, run, "Contoh Lain").await.unwrap_err();
    assert!(
        matches!(&other, AppError::Refused(it) if it.rule == Rule::JointDisagrees),
        "{other}"
    );
    test(&world, reporter, run, " Contoh Pelapor ").await.unwrap();
    assert_eq!(open_steps(&world, run).await, ["konfirmasi"]);
    let verified = world.app.store().verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(verified.faults, Vec::new());
}

async fn no_complaint_is_opened_before_its_procedure_is_in_force(db: TestDb) {
    let world = World::on(&db.url).await;
    let officer = world.who("petugas-layanan-1");
    let head = world.app.store().head().await.unwrap();
    // The set-up puts the procedures in force on the first day of the year.
    let before = Key::at("2025-12-31T03:00:00Z".parse().unwrap());
    let refused = world
        .app
        .register_complaint(officer, before, complaint(&world))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, AppError::Refused(it) if it.rule == Rule::ProcedureNotEffective),
        "{refused}"
    );
    assert_eq!(
        world.app.store().head().await.unwrap(),
        head,
        "and no number is taken"
    );
    world
        .app
        .register_complaint(officer, Key::default(), complaint(&world))
        .await
        .unwrap();
}
