//! Overtime orders through the use cases: numbered once, known to every decision.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use rajut_core::act::Rule;
use rajut_core::flow::Command;
use rajut_core::id::ActId;
use rajut_core::people::{Overtime, OvertimePaper};
use rajut_core::visit::{FlagCode, Visit};
use rajut_store::testkit::TestDb;

use super::on_both;
use super::world::{DAY, World, office, site};
use crate::{AppError, Key, NewOvertime};

on_both!(an_order_lets_a_team_work_on_a_saturday);

const SATURDAY: Date = date(2026, 3, 7);

fn rule(error: &AppError) -> Rule {
    match error {
        AppError::Refused(refusal) => refusal.rule,
        other => panic!("{other}"),
    }
}

async fn an_order_lets_a_team_work_on_a_saturday(db: TestDb) {
    let world = World::new(db).await;
    let app = &world.app;
    let mut ids = app.ids();
    let office = office(ids.fresh(), "setda", "Setda Contoh");
    let site = site(ids.fresh(), "setda", office.id);
    world.enters(&office, &site).await;
    let run = world.ordered(&[site.id]).await;
    let team = world.team();
    let form = Command::FormTeams {
        run,
        teams: vec![team.clone()],
        plan: world.plan(run, &team, SATURDAY).await,
        reason: String::new(),
    };
    let kasi = world.who("kasi-telematika");
    let error = app.act(kasi, Key::default(), &form).await.unwrap_err();
    assert_eq!(rule(&error), Rule::NeedsReason);

    let people: BTreeSet<_> = team.members.iter().map(|member| member.person).collect();
    let new = NewOvertime {
        paper: None,
        people: people.clone(),
        days: BTreeSet::from([SATURDAY]),
        reason: "kantor kosong".to_owned(),
    };
    // What is refused takes no number.
    let nobody = NewOvertime {
        people: BTreeSet::new(),
        ..new.clone()
    };
    let records = world.records().await;
    for (who, new, refused) in [
        (world.who("teknisi-1"), &new, Rule::NoRight),
        (world.who("pengadministrasi"), &new, Rule::NoRight),
        (kasi, &nobody, Rule::InvalidValue),
    ] {
        let error = app
            .order_overtime(who, Key::default(), new.clone())
            .await
            .unwrap_err();
        assert_eq!(rule(&error), refused);
    }
    assert_eq!(world.records().await, records);
    let key = Key {
        key: Some(ids.fresh::<ActId>()),
        occurred_at: None,
    };
    let id = app.order_overtime(kasi, key, new.clone()).await.unwrap();
    let records = world.records().await;
    assert_eq!(app.order_overtime(kasi, key, new.clone()).await.unwrap(), id);
    assert_eq!(world.records().await, records);
    // Under a key that was used for something else, or by somebody else, nobody is told that it was done.
    let other = app.act(kasi, key, &form).await.unwrap_err();
    let boss = world.who("kepala");
    let others = app.order_overtime(boss, key, new.clone()).await.unwrap_err();
    for error in [other, others] {
        assert!(matches!(error, AppError::Invalid { what, .. } if what == "key"));
    }
    assert_eq!(world.records().await, records);
    let order: Overtime = app.find(id.0).await.unwrap();
    assert!(order.paper.number.contains("LBR-001"), "{order:?}");
    assert_eq!(
        (order.paper.dated, order.by),
        (DAY, world.person("kasi-telematika"))
    );

    app.act(kasi, Key::default(), &form).await.unwrap();
    world.set(SATURDAY, 9, 0);
    let target = app.bundle(run).await.unwrap().targets.remove(0);
    let visit = world.arrives(run, &team, &target, app.now()).await;
    let seen: Visit = app.find(visit.0).await.unwrap();
    assert!(
        seen.flags.iter().all(|flag| flag.code != FlagCode::DayOff),
        "{:?}",
        seen.flags
    );

    // The paper of another register, and an order that is withdrawn.
    let theirs = NewOvertime {
        paper: Some(OvertimePaper {
            number: "800/7/SETDA/2026".to_owned(),
            dated: SATURDAY,
            register: Some("Setda".to_owned()),
        }),
        days: BTreeSet::from([date(2026, 3, 8)]),
        ..new
    };
    let theirs = app
        .order_overtime(world.who("kepala"), Key::default(), theirs)
        .await
        .unwrap();
    // The same key twice withdraws it once; the key of another act withdraws nothing.
    let withdrawal = Key {
        key: Some(ids.fresh::<ActId>()),
        occurred_at: None,
    };
    let withdraw = |key, order| app.cancel_overtime(world.who("kepala"), key, order, "kantor dibuka Senin");
    let first = withdraw(withdrawal, theirs).await.unwrap();
    let records = world.records().await;
    let again = withdraw(withdrawal, theirs).await.unwrap();
    assert!(again.committed.repeated);
    assert_eq!(again.committed.first_seq, first.committed.first_seq);
    assert_eq!(
        rule(&withdraw(Key::default(), theirs).await.unwrap_err()),
        Rule::InvalidValue
    );
    for (used, order) in [(withdrawal, id), (key, id)] {
        assert!(matches!(
            withdraw(used, order).await,
            Err(AppError::Invalid { .. })
        ));
    }
    assert_eq!(world.records().await, records);
    world.set(date(2026, 3, 8), 9, 0);
    let visit = world.arrives(run, &team, &target, app.now()).await;
    let seen: Visit = app.find(visit.0).await.unwrap();
    assert!(
        seen.flags.iter().any(|flag| flag.code == FlagCode::DayOff),
        "{:?}",
        seen.flags
    );
    world.verify().await;
}
