//! Personal values: a record before anything is handed out, a file that comes back, an erasure that holds.

use std::collections::{BTreeMap, BTreeSet};

use rajut_core::act::{Act, Rule};
use rajut_core::id::ActId;
use rajut_core::people::{Access, Person, PersonalField, Purpose};
use rajut_core::register::Edit;
use rajut_store::Page;
use rajut_store::testkit::{FaultPoint, TestDb, sqlite};

use super::on_both;
use super::world::{DAY, World};
use crate::import::{Limits, Table};
use crate::{App, AppError, Key, Who};

on_both!(
    a_look_is_recorded_before_it_is_given,
    the_same_key_shows_what_its_record_names,
    the_log_tells_who_saw_whom,
    an_export_in_clear_fills_an_empty_database,
    an_erasure_reaches_every_value_and_the_chain_holds,
);

fn all() -> BTreeSet<PersonalField> {
    PersonalField::ALL.iter().copied().collect()
}

async fn log(app: &App) -> Vec<Access> {
    app.access_log(None, None, &Page::first(100)).await.unwrap().items
}

fn rule(error: &AppError) -> Rule {
    match error {
        AppError::Refused(refusal) => refusal.rule,
        other => panic!("{other}"),
    }
}

async fn a_look_is_recorded_before_it_is_given(db: TestDb) {
    let world = World::new(db).await;
    let (app, kasi) = (&world.app, world.who("kasi-telematika"));
    let whose = BTreeSet::from([world.person("kabid-telematika")]);
    let before = world.records().await;
    for (who, reason, refused) in [
        (world.who("teknisi-1"), "ingin tahu", Rule::NoRight),
        (Who::system(), "rutin", Rule::NoRight),
        (kasi, "  ", Rule::ReasonMissing),
    ] {
        let error = app
            .reveal(who, Key::default(), &whose, &all(), reason)
            .await
            .unwrap_err();
        assert_eq!(rule(&error), refused);
        let error = app
            .export_people_in_clear(who, Key::default(), reason)
            .await
            .unwrap_err();
        assert_eq!(rule(&error), refused);
    }
    assert_eq!(world.records().await, before);

    let fields = BTreeSet::from([PersonalField::Nip, PersonalField::Phone]);
    // A right of yesterday is none today: the look happens now, whatever the key says.
    let yesterday = Key::at("2020-01-01T00:00:00Z".parse().unwrap());
    let seen = app
        .reveal(kasi, yesterday, &whose, &fields, "surat")
        .await
        .unwrap();
    assert_eq!(
        seen[0].values,
        BTreeMap::from([
            (PersonalField::Nip, "197501012000012002".to_owned()),
            (PersonalField::Phone, "+628000002".to_owned()),
        ])
    );
    assert!(!format!("{seen:?}").contains("1975"));
    assert_eq!(world.records().await, before + 1);
    let noted = &log(app).await[0];
    assert_eq!(
        (noted.by, &noted.people, &noted.fields),
        (world.person("kasi-telematika"), &whose, &fields)
    );
    assert_eq!(
        (noted.purpose, noted.values, noted.reason.as_str()),
        (Purpose::Reveal, 2, "surat")
    );
    assert_eq!(noted.at, app.now());
    world.verify().await;
}

/// A record that cannot be written shows nothing.
#[tokio::test]
async fn what_is_not_recorded_is_not_shown() {
    let world = World::new(sqlite().await).await;
    let whose = BTreeSet::from([world.person("kepala")]);
    for statement in 1.. {
        let fault = FaultPoint::after(statement);
        let mut app = world.app.clone();
        app.store = world.db.store.with_fault(fault.clone());
        let shown = app
            .reveal(
                world.who("kasi-telematika"),
                Key::default(),
                &whose,
                &all(),
                "surat",
            )
            .await;
        assert_eq!(shown.is_err(), fault.struck());
        assert_eq!(log(&world.app).await.len(), usize::from(shown.is_ok()));
        if shown.is_ok() {
            assert!(statement > 5, "{statement}");
            return;
        }
    }
}

async fn the_same_key_shows_what_its_record_names(db: TestDb) {
    let world = World::new(db).await;
    let (app, kasi) = (&world.app, world.who("kasi-telematika"));
    let key = Key {
        key: Some(app.ids().fresh::<ActId>()),
        occurred_at: None,
    };
    let whose = BTreeSet::from([world.person("kepala")]);
    let first = app.reveal(kasi, key, &whose, &all(), "surat").await.unwrap();
    let records = world.records().await;
    assert_eq!(
        app.reveal(kasi, key, &whose, &all(), "surat").await.unwrap(),
        first
    );
    // Under a key that was used nobody sees more than its record says.
    let others = BTreeSet::from([world.person("admin")]);
    for (who, people) in [(kasi, &others), (world.who("pemeriksa"), &whose)] {
        let error = app.reveal(who, key, people, &all(), "surat").await.unwrap_err();
        assert!(matches!(error, AppError::Invalid { .. }), "{error}");
    }
    assert!(app.export_people_in_clear(kasi, key, "surat").await.is_err());
    assert_eq!(world.records().await, records);
}

async fn the_log_tells_who_saw_whom(db: TestDb) {
    let world = World::new(db).await;
    let app = &world.app;
    for n in 0..7_i8 {
        world.set(DAY, 9, n);
        let by = if n % 2 == 0 {
            "pemeriksa"
        } else {
            "kasi-telematika"
        };
        let whose = if n < 5 { "teknisi-1" } else { "teknisi-2" };
        let whose = BTreeSet::from([world.person(whose)]);
        app.reveal(world.who(by), Key::default(), &whose, &all(), &n.to_string())
            .await
            .unwrap();
    }
    world.set(DAY, 9, 30);
    app.export_people_in_clear(world.who("pemeriksa"), Key::default(), "pemeriksaan")
        .await
        .unwrap();
    let (auditor, kasi) = (world.person("pemeriksa"), world.person("kasi-telematika"));
    let (one, two) = (world.person("teknisi-1"), world.person("teknisi-2"));
    for (by, of, expected) in [
        (
            None,
            None,
            &["pemeriksaan", "6", "5", "4", "3", "2", "1", "0"][..],
        ),
        (Some(kasi), None, &["5", "3", "1"]),
        (None, Some(one), &["pemeriksaan", "4", "3", "2", "1", "0"]),
        (None, Some(two), &["pemeriksaan", "6", "5"]),
        (Some(auditor), Some(one), &["pemeriksaan", "4", "2", "0"]),
        (Some(one), None, &[]),
    ] {
        for limit in [1, 2, 100] {
            let (mut found, mut page) = (Vec::new(), Page::first(limit));
            loop {
                let part = app.access_log(by, of, &page).await.unwrap();
                assert!(part.items.len() <= usize::try_from(limit).unwrap());
                found.extend(part.items.into_iter().map(|access| access.reason));
                let Some(next) = part.next else { break };
                page.after = Some(next);
            }
            assert_eq!(found, expected, "{by:?} {of:?} {limit}");
        }
    }
}

async fn an_export_in_clear_fills_an_empty_database(db: TestDb) {
    let world = World::new(db).await;
    let before = world.records().await;
    let masked = world.app.export_people().await.unwrap().to_csv(true);
    assert!(
        masked.contains("19700101 ****** * ***") && masked.contains("***001"),
        "{masked}"
    );
    assert!(!masked.contains("Jl.") && !masked.contains("197001011995011001"));
    assert_eq!(world.records().await, before);
    let auditor = world.who("pemeriksa");
    let sheet = world
        .app
        .export_people_in_clear(auditor, Key::default(), "pemeriksaan")
        .await
        .unwrap();
    let noted = &log(&world.app).await[0];
    assert_eq!(
        (noted.purpose, noted.people.len(), noted.values),
        (Purpose::Export, 9, 21)
    );

    let other = World::bare(sqlite().await).await;
    let table = Table::read(sheet.to_csv(true).as_bytes(), &Limits::default()).unwrap();
    let preview = other.app.preview_people(Who::system(), &table).await.unwrap();
    let people = preview.into_people(&mut other.app.ids()).unwrap();
    other
        .app
        .edit_people(Who::system(), Act::Import, people.edits, people.personal)
        .await
        .unwrap();
    let clear = |world: &World| {
        let app = world.app.clone();
        async move {
            let context = app.context().await.unwrap();
            let mut rows: Vec<_> = app
                .opened(&context, None)
                .await
                .unwrap()
                .into_iter()
                .map(|open| {
                    (
                        open.person.full_name(),
                        open.person.status,
                        open.nip,
                        open.address,
                        open.phone,
                    )
                })
                .collect();
            rows.sort_by(|a, b| a.0.cmp(&b.0));
            rows
        }
    };
    let (sent, came) = (clear(&world).await, clear(&other).await);
    assert_eq!(came, sent);
    assert_eq!(came.iter().filter(|row| row.2.is_some()).count(), 3);
    other.verify().await;
}

async fn an_erasure_reaches_every_value_and_the_chain_holds(db: TestDb) {
    let world = World::new(db).await;
    let app = &world.app;
    let (whose, other) = (world.person("teknisi-1"), world.person("teknisi-2"));
    // The telephone was another one before.
    let before: Person = app.find(whose.0).await.unwrap();
    let mut ids = app.ids();
    let moved = rajut_core::journal::PersonalValue::seal("+62899999", &mut ids);
    let after = Person {
        phone: Some(moved.sealed.clone()),
        ..before.clone()
    };
    let edit = Edit {
        before: Some(before.clone()),
        after,
    };
    app.edit_people(
        world.who("pengadministrasi"),
        Act::EditPeople,
        vec![edit],
        vec![moved.clone()],
    )
    .await
    .unwrap();
    let ever = [before.phone.clone().unwrap(), moved.sealed.clone()];
    assert_eq!(app.store().personal(&ever).await.unwrap().len(), 2);
    let fields = BTreeSet::from([PersonalField::Phone]);
    let erase = |by: &str, why: &'static str| app.erase(world.who(by), Key::default(), whose, &fields, why);
    assert_eq!(
        rule(&erase("kepala", "permintaan").await.unwrap_err()),
        Rule::NoRight
    );
    assert_eq!(rule(&erase("admin", "").await.unwrap_err()), Rule::ReasonMissing);
    assert_eq!(app.store().personal(&ever).await.unwrap().len(), 2);

    let key = Key {
        key: Some(app.ids().fresh::<ActId>()),
        occurred_at: None,
    };
    let why = "permintaan yang bersangkutan";
    let admin = world.who("admin");
    let first = app.erase(admin, key, whose, &fields, why).await.unwrap();
    // The same key twice is one act; for somebody else, or another value, it says that nothing was done.
    let records = world.records().await;
    let again = app.erase(admin, key, whose, &fields, why).await.unwrap();
    assert!(again.committed.repeated);
    assert_eq!(again.committed.first_seq, first.committed.first_seq);
    for (whose, fields) in [(other, fields.clone()), (whose, all())] {
        let error = app.erase(admin, key, whose, &fields, why).await.unwrap_err();
        assert!(matches!(error, AppError::Invalid { .. }), "{error}");
    }
    assert_eq!(world.records().await, records);
    assert!(app.store().personal(&ever).await.unwrap().is_empty());
    let gone: Person = app.find(whose.0).await.unwrap();
    assert_eq!((&gone.phone, &gone.address), (&None, &before.address));
    let people = BTreeSet::from([whose, other]);
    let seen = app
        .reveal(
            world.who("kasi-telematika"),
            Key::default(),
            &people,
            &fields,
            "piket",
        )
        .await
        .unwrap();
    let known: Vec<usize> = seen.iter().map(|open| open.values.len()).collect();
    assert_eq!(known.iter().sum::<usize>(), 1, "the other one keeps his");
    let noted = log(app).await;
    let erased = noted
        .iter()
        .find(|access| access.purpose == Purpose::Erase)
        .unwrap();
    assert_eq!((erased.by, erased.values), (world.person("admin"), 1));
    // What was erased can be entered anew, under another commitment.
    let again = rajut_core::journal::PersonalValue::seal("+62899999", &mut ids);
    assert_ne!(again.sealed, moved.sealed);
    world.verify().await;
    if world.db.url.starts_with("sqlite:") {
        for file in std::fs::read_dir(world.db.folder.path())
            .unwrap()
            .map(Result::unwrap)
        {
            if file.file_type().unwrap().is_file() {
                let bytes = std::fs::read(file.path()).unwrap();
                let found = bytes.windows(9).any(|window| window == b"+62899999");
                assert!(!found, "{}", file.path().display());
            }
        }
    }
}
