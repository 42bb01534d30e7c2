//! Findings that meet what the register and other findings say: none is lost.

use rajut_app::Key;
use rajut_app::store::testkit::TestDb;
use rajut_core::flow::{Command, FindingDraft};
use rajut_core::id::{DeviceId, VisitId};
use rajut_core::register::{Device, DeviceCondition, Identity, Owner};
use rajut_core::visit::{Action, FlagCode, Replacement, Subject, Visit};

use crate::on_both;
use crate::world::World;

on_both!(a_device_put_in_under_the_numbers_of_another_is_kept_and_flagged);

fn draft(world: &World, device: DeviceId, action: Action) -> FindingDraft {
    FindingDraft {
        id: world.app.ids().fresh(),
        subject: Subject::Device(device),
        item: "router_alive".to_owned(),
        condition: DeviceCondition::Major,
        action,
        repair_minutes: None,
        replacement: None,
        awaits: None,
        note: String::new(),
        photos: Vec::new(),
        corrects: None,
        at: world.app.now(),
    }
}

/// The router of a site is replaced by one with this code and serial number.
async fn replace(world: &World, visit: VisitId, site: &str, code: &str, serial: &str) {
    let old: Device = world.app.find(world.routers[site].0).await.unwrap();
    let serial = Identity::Known(serial.to_owned());
    let new = Device {
        id: world.app.ids().fresh(),
        code: code.to_owned(),
        serial: serial.clone(),
        ..old.clone()
    };
    let mut finding = draft(world, old.id, Action::Replace);
    finding.replacement = Some(Replacement {
        new_device: new.id,
        brand: new.brand.clone(),
        model: new.model.clone(),
        old_serial: Identity::Unknown,
        new_serial: serial,
        new_inventory_number: Identity::Unknown,
        owner: Owner::Agency,
    });
    let command = Command::RecordFinding {
        visit,
        finding: Box::new(finding),
        new_device: Some(Box::new(new)),
    };
    world
        .app
        .act(world.who("teknisi-1"), Key::default(), &command)
        .await
        .unwrap();
}

async fn a_device_put_in_under_the_numbers_of_another_is_kept_and_flagged(db: TestDb) {
    let world = World::on(&db.url).await;
    let sites = ["setda", "puskesmas", "kecamatan"];
    let teamed = world.teamed(&sites).await;
    let visits: Vec<VisitId> = sites.iter().map(|_| world.app.ids().fresh()).collect();
    let mut told = Vec::new();
    for ((site, visit), (code, serial)) in sites.iter().zip(&visits).zip([
        ("contoh-baru-1", "SN-CONTOH-1"),
        ("contoh-baru-1", "SN-CONTOH-2"),
        ("contoh-baru-3", "SN-CONTOH-1"),
    ]) {
        world.check_in(&teamed, site, *visit).await;
        world.clock.forward(10);
        replace(&world, *visit, site, code, serial).await;
        let known: Visit = world.app.find(visit.0).await.unwrap();
        assert_eq!(known.findings.len(), 1, "kept");
        let flags = known.flags.into_iter();
        told.push(
            flags
                .filter(|it| it.code != FlagCode::TwoPlaces)
                .map(|it| (it.code, it.detail))
                .collect::<Vec<_>>(),
        );
    }
    let in_use = vec![(FlagCode::NumberInUse, "contoh-baru-1".to_owned())];
    assert_eq!(told, [vec![], in_use.clone(), in_use]);
    replace(&world, visits[0], "setda", "contoh-baru-9", "SN-CONTOH-9").await;
    let known: Visit = world.app.find(visits[0].0).await.unwrap();
    assert!(
        known
            .flags
            .iter()
            .any(|it| (it.code, it.detail.as_str()) == (FlagCode::AlreadyReplaced, "setda-rt1")),
        "{:?}",
        known.flags
    );
    let verified = world.app.store().verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(verified.faults, Vec::new());
}
